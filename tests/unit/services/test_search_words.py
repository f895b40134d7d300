"""What is not looked for, and what is told of words that found nobody."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from avise.models.typed_search import MOST_CHARACTERS, DateFault
from avise.services.search_words import (
    MOST_SAID_AGAIN,
    RefusedSearchError,
    nothing_found,
    nothing_found_at_length,
    refuse_unsearchable,
    said_again,
)
from avise.texts.catalogue import LANGUAGES, set_language, text

TODAY = date(2026, 3, 24)
AT_FAULT = {
    DateFault.NO_SUCH_DAY: "31/02/1970",
    DateFault.TO_COME: "12/03/2031",
    DateFault.TOO_OLD: "12/03/1868",
    DateFault.NO_YEAR: "12/03",
}


def test_a_text_pasted_whole_is_refused_with_its_limit_and_without_its_words() -> None:
    refuse_unsearchable("a" * MOST_CHARACTERS + "\n ")
    with pytest.raises(RefusedSearchError) as refused:
        refuse_unsearchable("a" * (MOST_CHARACTERS + 1))
    assert refused.value.message_key == "search.too_long"
    assert refused.value.params == {"most": str(MOST_CHARACTERS)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fault", list(DateFault))
def test_a_date_at_fault_is_told_rather_than_that_nobody_is_known(language: str, fault: DateFault) -> None:
    set_language(language)
    told = nothing_found(f"marchand {AT_FAULT[fault]}", TODAY)
    assert AT_FAULT[fault] in told
    assert told == text(f"search.date.{fault}", date=AT_FAULT[fault])
    assert "marchand" not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_words_leave_room_for_what_to_do(language: str) -> None:
    set_language(language)
    told = nothing_found("zz " * 1000, TODAY)
    assert len(told) < 120
    assert f"{'zz ' * 7}zz…" in told


@pytest.mark.parametrize(
    ("typed", "advised"),
    [
        ("marchand", "date de naissance ou numéro d’adhérent"),
        ("12/03/1968", "nom ou numéro d’adhérent"),
        ("12031968", "nom ou téléphone"),
        ("marchand 12/03/1968", "numéro d’adhérent ou téléphone"),
        ("marchand 58 ans", "numéro d’adhérent ou téléphone"),
        ("06 39 98 12 34", "nom ou date de naissance"),
        ("MV-00482917", "nom ou date de naissance"),
        ("zz.marchand@example.org", "nom ou date de naissance"),
        ("marchand 12/03/1968 0639981234", "numéro d’adhérent"),
    ],
)
def test_whoever_found_nobody_is_advised_what_they_did_not_type(typed: str, advised: str) -> None:
    assert nothing_found_at_length(typed, TODAY).endswith(f"cherchez par {advised}.")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["06 39 98", "0639", "063", "4127", "98 41 2", "917350"])
def test_a_number_too_short_to_be_looked_for_is_told_as_such(language: str, typed: str) -> None:
    set_language(language)
    told = nothing_found(typed, TODAY)
    assert told == text("palette.nothing_short", words=typed, first=7, last=6, member=4)
    assert told == nothing_found_at_length(typed, TODAY)


@pytest.mark.parametrize("typed", ["0639984", "75001", "1968", "120368", "marchand 4127", "06 39 98 12 34"])
def test_a_number_that_was_looked_for_is_not_told_as_too_short(typed: str) -> None:
    assert nothing_found(typed, TODAY) == text("palette.nothing", words=typed)


def test_whoever_typed_everything_is_advised_to_type_less() -> None:
    told = nothing_found_at_length("marchand 12/03/1968 0639981234 MV-00482917", TODAY)
    assert told.endswith("tapez-en moins.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_date_at_fault_is_all_that_is_said_of_it_at_length_too(language: str) -> None:
    set_language(language)
    typed = "marchand 31/02/1970"
    assert nothing_found_at_length(typed, TODAY) == nothing_found(typed, TODAY)


def test_words_are_said_again_as_they_were_typed_while_they_are_short() -> None:
    assert said_again(" fernández  y\tlópez ") == "fernández y lópez"
    assert len(said_again("x" * 3000)) == MOST_SAID_AGAIN


def test_the_window_has_them_without_the_directory() -> None:
    code = (
        "import sys, avise.services.search_words\n"
        "print([name for name in sys.modules if name.startswith('avise.directory')])"
    )
    found = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "[]"
