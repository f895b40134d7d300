from __future__ import annotations

import re
import string
import threading

import pytest

from avise.resources import resource_folder
from avise.texts import LANGUAGES, language, plural, set_language, speaking, text
from avise.texts.catalogue import catalogue


def test_both_languages_hold_the_same_keys() -> None:
    french, english = (catalogue(code).keys() for code in LANGUAGES)
    assert french == english


def test_both_languages_name_the_same_parameters() -> None:
    for key in catalogue("fr").keys():  # noqa: SIM118 - a catalogue is not a mapping
        names = {code: _parameters(catalogue(code).get(key) or "") for code in LANGUAGES}
        assert names["fr"] == names["en"], key


def _parameters(sentence: str) -> set[str]:
    """Names in braces; a sentence about braces themselves, without any name, is left alone."""
    if not re.search(r"\{\w+\}", sentence):
        return set()
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_french_uses_its_own_apostrophes_and_spaces() -> None:
    for source in sorted((resource_folder("translations") / "fr").glob("*.po")):
        for number, line in enumerate(source.read_text("utf-8").splitlines(), start=1):
            if not line.startswith("msgstr") or '""' in line:
                continue
            where = f"{source.name}:{number}"
            assert "'" not in line, where
            for sign in "!?;:€»":
                assert f" {sign}" not in line, f"{where} before {sign}"


def test_a_key_that_nobody_wrote_is_shown_as_it_is() -> None:
    assert text("no.such.key") == "no.such.key"


def test_french_counts_zero_and_one_as_singular() -> None:
    set_language("fr")
    assert plural("search.count", 0) == "0 résultat"
    assert plural("search.count", 2) == "2 résultats"


def test_english_counts_zero_as_plural() -> None:
    set_language("en")
    try:
        assert plural("search.count", 0) == "0 results"
    finally:
        set_language("fr")


@pytest.mark.parametrize("code", ["de", ""])
def test_an_unknown_language_falls_back_to_french(code: str) -> None:
    set_language(code)
    assert text("when.today_short") == "auj."


def test_a_block_speaks_another_language_and_leaves_the_others_alone() -> None:
    heard: list[str] = []
    with speaking("en"):
        other = threading.Thread(target=lambda: heard.append(language()))
        other.start()
        other.join()
        assert (language(), plural("search.count", 2)) == ("en", "2 results")
    assert (language(), heard) == ("fr", ["fr"])
    with speaking("de"):
        assert language() == "fr"
