"""Each state of a reading has its look and its sentence; nothing found and not read never look alike."""

from __future__ import annotations

from datetime import timedelta

import pytest

from avise.models.errors import ErrorKind, Failure
from avise.models.facet_specs import FACETS
from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.texts import set_language
from avise.ui.customer.block_composer import BlockSituation, compose
from avise.ui.customer.block_content import BlockContent
from avise.ui.customer.record_words import Moment
from avise.ui.widgets.chip import Tone
from tests.ui.persona import NOW

RECORD = FacetRecord("c-1", {"due_on": "2026-03-05", "amount": "84.20", "status": "rejected"})


def _view(state: FacetState, *, error: Failure | None = None, age: float = 0, **more: object) -> FacetView:
    read = NOW - timedelta(minutes=age)
    return FacetView(
        "contributions",
        "contributions",
        "Cotisations",
        state,
        as_of=read,
        error=error,
        **more,  # type: ignore[arg-type]  # test data
    )


def _content(view: FacetView, *, copy_shown: bool = False, reading_s: float | None = None) -> BlockContent:
    situation = BlockSituation(Moment(NOW, NOW.date()), reading_s=reading_s, copy_shown=copy_shown)
    return compose(view.facet, (view,), situation)


def test_a_fresh_block_is_silent() -> None:
    content = _content(_view(FacetState.FRESH, records=(RECORD,)))
    assert content.status == "Cotisations · 10:44"
    assert content.chip is None
    assert "−84,20\u00a0€" in content.spoken()


def test_an_old_reading_warns_before_a_balance_is_told() -> None:
    content = _content(_view(FacetState.STALE, records=(RECORD,), age=155))
    assert content.chip is not None
    assert content.chip.text == "il y a 2\u00a0h\u00a035"
    assert content.strip is not None
    assert content.strip.text == "À vérifier avant d’annoncer un solde"
    assert "−84,20" in content.spoken()


def test_a_slow_tool_leaves_its_copy_in_sight() -> None:
    error = Failure(ErrorKind.TIMEOUT, since=NOW)
    content = _content(_view(FacetState.STALE, records=(RECORD,), age=20, error=error))
    assert "−84,20" in content.spoken()
    assert "met trop de temps à répondre depuis 10:44" in content.spoken()


def test_a_broken_tool_says_so_and_offers_its_copy() -> None:
    error = Failure(ErrorKind.UNAVAILABLE, since=NOW)
    view = _view(FacetState.STALE, records=(RECORD,), age=30, error=error)
    content = _content(view)
    assert "Cotisations ne répond pas depuis 10:44." in content.spoken()
    assert "Dernière copie\u00a0: 10:14, 1 ligne." in content.spoken()
    assert [action.id for action in content.actions] == ["retry", "show_copy"]
    assert "84,20" not in content.spoken()
    assert "84,20" in _content(view, copy_shown=True).spoken()


def test_a_broken_tool_without_copy_says_when_it_is_tried_again() -> None:
    error = Failure(ErrorKind.UNAVAILABLE, since=NOW, retry_at=NOW + timedelta(minutes=2))
    content = _content(_view(FacetState.FAILED, error=error))
    assert content.chip is not None
    assert content.chip.tone is Tone.DANGER
    assert "Nouvel essai à 10:46." in content.spoken()


def test_nothing_found_and_could_not_look_never_look_alike() -> None:
    empty = _content(_view(FacetState.EMPTY))
    failed = _content(_view(FacetState.FAILED, error=Failure(ErrorKind.UNAVAILABLE)))
    assert "Aucune cotisation appelée. (vérifié à 10:44)" in empty.spoken()
    assert empty.chip is None
    assert "Aucune" not in failed.spoken()
    assert failed.chip is not None


def test_a_reserved_block_says_whom_to_ask_and_offers_no_useless_retry() -> None:
    content = _content(_view(FacetState.FORBIDDEN, error=Failure(ErrorKind.FORBIDDEN)))
    assert content.chip is not None
    assert content.chip.icon == "lock"
    assert "Demander l’accès" in content.spoken()
    assert content.actions == ()


def test_an_answer_about_somebody_else_is_withheld_and_told() -> None:
    content = _content(_view(FacetState.WITHHELD, records=(RECORD,)))
    assert "a répondu pour un autre dossier" in content.spoken()
    assert "84,20" not in content.spoken()


def test_unreadable_records_are_counted() -> None:
    content = _content(_view(FacetState.PARTIAL, records=(RECORD, RECORD), unreadable=1))
    assert content.count == "2 sur 3"
    assert "1 fiche illisible" in content.spoken()


def test_pages_still_coming_are_no_trouble() -> None:
    content = _content(_view(FacetState.PARTIAL, records=(RECORD,)))
    assert content.chip is None
    assert content.reading


def test_a_truncated_list_says_that_more_exists() -> None:
    content = _content(_view(FacetState.TRUNCATED, records=(RECORD,), total=4210))
    assert content.count == "1 sur 4\u202f210"
    assert "tout n’est pas affiché" in content.spoken()


@pytest.mark.parametrize("kind", list(ErrorKind))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_kind_of_error_has_a_sentence_without_a_hole(kind: ErrorKind, language: str) -> None:
    set_language(language)
    spoken = _content(_view(FacetState.FAILED, error=Failure(kind, reference="7F3A", since=NOW))).spoken()
    assert "{" not in spoken
    assert f"error.{kind}" not in spoken


@pytest.mark.parametrize("state", list(FacetState))
@pytest.mark.parametrize("facet", list(FACETS))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_facet_in_every_state_speaks_words_and_not_keys(
    facet: str, state: FacetState, language: str
) -> None:
    set_language(language)
    view = FacetView(facet, "tool", "Outil", state, as_of=NOW)
    spoken = compose(facet, (view,), BlockSituation(Moment(NOW, NOW.date()), reading_s=2.0)).spoken()
    assert spoken
    assert not any(
        prefix in spoken for prefix in ("block.", "empty.", "facet.", "customer.", "stale_advice.")
    )


def test_support_needs_a_reference_when_nobody_here_can_help() -> None:
    content = _content(_view(FacetState.FAILED, error=Failure(ErrorKind.CONFIG, reference="7F3A")))
    assert "réf. 7F3A" in content.spoken()
    assert content.actions == ()


AWAY = Failure(ErrorKind.OFFLINE)


def test_on_board_a_block_tells_its_data_and_quietly_when_they_were_true() -> None:
    end = NOW + timedelta(days=6)
    view = _view(FacetState.STALE, records=(RECORD,), age=212, error=AWAY, carried_until=end)
    content = _content(view)
    assert content.chip is not None
    assert (content.chip.text, content.chip.tone) == ("à bord, 07:12", Tone.OUTLINE)
    assert "il y a 3\u00a0h\u00a032" in content.chip.told
    assert content.chip.told in content.spoken()
    assert "−84,20" in content.spoken()
    assert content.actions == ()
    assert content.strip is not None
    assert content.strip.action is None
    yesterday = _content(_view(FacetState.STALE, age=16 * 60, error=AWAY, carried_until=end))
    assert yesterday.chip is not None
    assert yesterday.chip.text == "à bord, hier 18:44"


def test_not_on_board_is_never_taken_for_nothing_found_and_offers_nothing_useless() -> None:
    absent = _content(_view(FacetState.FAILED, error=AWAY))
    end = NOW + timedelta(days=1)
    nothing = _content(_view(FacetState.STALE, age=212, error=AWAY, carried_until=end))
    assert absent.chip is not None
    assert (absent.chip.text, absent.chip.tone) == ("pas à bord", Tone.NEUTRAL)
    assert "Pas sur ce poste, donc pas regardé" in absent.spoken()
    assert "Aucune" not in absent.spoken()
    assert absent.offered == ()
    assert "Aucune cotisation appelée. (vérifié à 07:12)" in nothing.spoken()


def test_a_pack_that_ended_while_the_page_is_open_is_told_no_more() -> None:
    content = _content(_view(FacetState.STALE, records=(RECORD,), age=212, error=AWAY, carried_until=NOW))
    assert content.chip is not None
    assert content.chip.text == "pas à bord"
    assert "84,20" not in content.spoken()


def test_what_this_workstation_read_before_it_left_says_its_age_and_not_that_it_is_on_board() -> None:
    content = _content(_view(FacetState.STALE, records=(RECORD,), age=155, error=AWAY))
    assert content.chip is not None
    assert content.chip.text == "il y a 2\u00a0h\u00a035"
    assert "hors ligne" not in content.spoken()
    assert content.offered == ()
