"""What the Sources page says of each state, without a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.errors import ErrorKind
from avise.models.source_status import Attempt, SourceState
from avise.models.tool_sign_in import SignInWay
from avise.texts import LANGUAGES, set_language, text
from avise.ui.sources.charts import grid, nice_top
from avise.ui.sources.sentences import (
    attempt_line,
    can_retry,
    chart_sentence,
    countdown,
    explained,
    failures,
    instead,
    last_reading,
    overall,
    row_sentence,
    since,
    to_do,
    worst_first,
)
from avise.ui.sources.table import columns
from tests.ui.persona import NOW
from tests.ui.scripted_sources import scripted_sources

SOURCES = {source.instance: source for source in scripted_sources()}
DOCUMENTS = SOURCES["documents"]


def test_the_worst_comes_first_and_the_rest_by_name() -> None:
    names = [source.name for source in worst_first(scripted_sources())]
    assert names[:3] == ["Enquêtes", "Documents", "Cotisations"]
    assert names[3:-1] == sorted(names[3:-1])
    assert names[-1] == "Parcours de santé"


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("state", list(SourceState))
def test_every_state_has_its_sentences_in_both_languages(state: SourceState, code: str) -> None:
    set_language(code)
    source = replace(DOCUMENTS, state=state)
    told = [
        since(source, NOW),
        explained(source, NOW),
        to_do(source),
        row_sentence(source, NOW),
        chart_sentence(source),
        last_reading(source, NOW),
    ]
    for sentence in told:
        assert "source" not in sentence.split(".")[0].split(" ")[0] or " " in sentence
        assert "{" not in sentence
        assert not sentence.startswith(("sources.", "source_state.", "attempt."))


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("outcome", ["ok", *ErrorKind])
def test_every_outcome_of_a_call_has_a_word(outcome: str, code: str) -> None:
    set_language(code)
    _moment, words = attempt_line(Attempt(NOW, "GET /x/{id}", str(outcome), 120), DOCUMENTS)
    assert not words.startswith("attempt.")


def test_no_account_of_ours_is_refused_where_users_sign_in_themselves() -> None:
    refused = Attempt(NOW, "GET /x/{id}", ErrorKind.AUTH, 120)
    assert "compte d’Avise" in attempt_line(refused, DOCUMENTS)[1]
    signed_in = replace(DOCUMENTS, sign_in=SignInWay.BROWSER)
    assert attempt_line(refused, signed_in)[1].startswith("connexion à refaire")


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_refused_sign_in_and_a_tool_that_nobody_reaches_bear_two_names(code: str) -> None:
    set_language(code)
    assert text("attempt.unavailable") != text("block.chip.auth")


def test_a_tool_that_does_not_answer_is_explained_with_its_cause() -> None:
    assert explained(DOCUMENTS, NOW) == (
        "Documents ne répond pas\u00a0: délai dépassé. "
        "Échecs sur lectures de la dernière heure\u00a0: 12 / 12."
    )
    assert since(DOCUMENTS, NOW) == "en erreur depuis 14\u00a0min"
    assert countdown(DOCUMENTS, NOW) == "Nouvel essai automatique dans 0:38."
    assert countdown(DOCUMENTS, NOW + timedelta(minutes=1)) == "Nouvel essai automatique dans un instant."


def test_a_refused_connector_says_why_and_what_to_do() -> None:
    refused = SOURCES["surveys"]
    assert "autre version d’Avise" in explained(refused, NOW)
    assert "surveys.toml, ligne 14" in explained(refused, NOW)
    assert to_do(refused)
    assert not can_retry(refused)
    assert can_retry(replace(refused, refused_because="source.refused.quarantined"))


def test_a_tool_disabled_by_the_profile_is_not_called_ill() -> None:
    disabled = replace(
        SOURCES["noemie"], state=SourceState.SUSPENDED, refused_because="source.disabled", refused_detail=""
    )
    assert explained(disabled, NOW) == "L’outil est désactivé par le profil de ce poste."
    assert not can_retry(disabled)


def test_what_is_shown_instead_names_the_copies_or_says_there_are_none() -> None:
    with_copies = [sentence for _icon, sentence in instead(DOCUMENTS, NOW)]
    assert with_copies[0] == "Copies pour 23\u202f210 dossiers consultés, la plus ancienne il y a 16\u00a0h"
    without = [sentence for _icon, sentence in instead(SOURCES["surveys"], NOW)]
    assert len(without) == 1
    assert instead(SOURCES["parties"], NOW) == ()


def test_a_copy_is_never_told_as_a_fresh_reading() -> None:
    assert last_reading(DOCUMENTS, NOW) == "hier 19:20, copie"
    assert last_reading(SOURCES["parties"], NOW) == "10:43"
    assert last_reading(SOURCES["surveys"], NOW) == "jamais"


def test_failures_are_empty_for_a_tool_that_is_not_asked() -> None:
    assert failures(DOCUMENTS) == "12 / 12"
    assert failures(SOURCES["surveys"]) == ""


def test_the_overall_figures_are_those_of_all_readings() -> None:
    two = [
        replace(SOURCES["parties"], samples_ms=(100, 300)),
        replace(SOURCES["benefits"], samples_ms=(500, 5000)),
    ]
    assert overall(two) == ("0,40\u00a0s", "75,0\u00a0%")
    assert overall([]) == ("", "")


@given(seconds=st.floats(0, 1e6))
def test_the_axis_ends_on_a_round_number_that_holds_everything(seconds: float) -> None:
    top = nice_top(seconds)
    assert top >= seconds * 0.999999
    assert top <= max(1.0, seconds * 10)


@pytest.mark.parametrize(
    ("top", "found"), [(5, (5, 0)), (2, (4, 1)), (1, (5, 1)), (0.5, (5, 1)), (20, (4, 0))]
)
def test_the_lines_of_a_chart_stand_on_round_numbers(top: float, found: tuple[int, int]) -> None:
    assert grid(top) == found


@given(width=st.integers(200, 3000))
def test_columns_follow_each_other_and_keep_state_and_name(qapp: object, width: int) -> None:
    found = columns(width)
    assert [column.name for column in found[:2]] == ["state", "source"]
    for before, after in pairwise(found):
        assert before.left + before.width <= after.left
    if width >= 700:
        assert found[-1].left + found[-1].width <= width
