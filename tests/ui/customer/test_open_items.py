"""What is open: "found nothing" and "could not look" never look alike."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.services.customer_updates import CustomerUpdate, FacetChanged, HeaderChanged, OpeningSettled
from avise.texts.formats import local
from avise.ui.customer.open_items import ITEM_FACETS, OpenItems, OpenItemsPanel, open_items
from avise.ui.customer.record_words import Moment
from tests.ui.customer.opened_page import opened, until
from tests.ui.persona import HELENE, NOW, helene_updates
from tests.ui.scripted_desk import ScriptedDesk

Run = Callable[[Coroutine[object, object, None]], None]
MOMENT = Moment(NOW, local(NOW).date())
NOTHING = "Rien d’ouvert sur cette fiche."
COMPLAINT = FacetRecord(
    "c-1", {"status": "open", "subject": "Délai", "number": "R-1", "answer_by": "2026-03-27"}
)


def _view(facet: str, state: FacetState, *records: FacetRecord, **more: object) -> FacetView:
    return FacetView(facet, f"tool_{facet}", f"Outil {facet}", state, records, NOW, NOW, **more)  # type: ignore[arg-type]  # test data


def _all(state: FacetState, **others: FacetView) -> Mapping[str, Sequence[FacetView]]:
    """Return every facet that may hold something in one state, but some."""
    return {facet: (others.get(facet) or _view(facet, state),) for facet in ITEM_FACETS}


def test_nothing_is_open_where_every_tool_was_read() -> None:
    found = open_items(_all(FacetState.EMPTY), MOMENT)
    assert (found.headline(), found.notice()) == (NOTHING, "")


def test_a_tool_that_does_not_answer_is_named_and_the_list_may_lack_items() -> None:
    down = _view("complaints", FacetState.FAILED)
    found = open_items(_all(FacetState.EMPTY, complaints=down), MOMENT)
    assert found.headline() == "Rien d’ouvert dans ce qui a été lu."
    assert found.notice() == "Sans réponse\u00a0: Outil complaints. La liste peut être incomplète."


def test_what_was_found_is_shown_beside_the_tool_that_does_not_answer() -> None:
    views = _all(
        FacetState.EMPTY,
        complaints=_view("complaints", FacetState.FRESH, COMPLAINT),
        documents=_view("documents", FacetState.FAILED),
    )
    found = open_items(views, MOMENT)
    assert [item.reference for item in found.items] == ["R-1"]
    assert "Outil documents" in found.notice()


def test_nothing_can_be_said_where_no_tool_answers() -> None:
    found = open_items(_all(FacetState.FAILED), MOMENT)
    assert found.headline() == "On ne sait pas ce qui est ouvert."
    assert found.notice().count("Outil") == len(ITEM_FACETS)


def test_a_block_that_this_role_may_not_read_is_told() -> None:
    views = _all(FacetState.EMPTY, complaints=_view("complaints", FacetState.FORBIDDEN))
    assert open_items(views, MOMENT).notice() == "Accès réservé\u00a0: Réclamations."


def test_a_copy_and_a_part_are_told_as_such() -> None:
    views = _all(
        FacetState.EMPTY,
        complaints=_view("complaints", FacetState.STALE),
        documents=_view("documents", FacetState.TRUNCATED),
        appointments=_view("appointments", FacetState.PARTIAL, unreadable=2),
    )
    assert open_items(views, MOMENT).notice() == (
        "D’après une copie\u00a0: Outil complaints. "
        "Tout n’est pas affiché\u00a0: Outil appointments, Outil documents."
    )


def test_no_connected_tool_is_not_nothing_open() -> None:
    assert open_items({}, MOMENT).headline() == "Aucun outil relié ne dit ce qui est ouvert."


@given(states=st.fixed_dictionaries({facet: st.sampled_from(FacetState) for facet in sorted(ITEM_FACETS)}))
def test_nothing_open_needs_a_complete_reading_of_every_tool(states: dict[str, FacetState]) -> None:
    found = open_items({facet: (_view(facet, state),) for facet, state in states.items()}, MOMENT)
    whole = {FacetState.FRESH, FacetState.EMPTY, FacetState.NOT_APPLICABLE, FacetState.PARTIAL}
    assert (found.headline() == NOTHING) is (set(states.values()) <= whole)
    assert bool(found.notice()) is not (set(states.values()) <= whole | {FacetState.WAITING})


@pytest.fixture
def panel(dressed: QApplication) -> OpenItemsPanel:
    return OpenItemsPanel(lambda: MOMENT.today)


def test_a_new_panel_says_that_it_is_being_read(panel: OpenItemsPanel) -> None:
    assert panel.said() == "Lecture en cours…"


def test_the_notice_stands_under_the_rows(panel: OpenItemsPanel) -> None:
    views = _all(FacetState.FAILED, complaints=replace(_view("complaints", FacetState.FRESH, COMPLAINT)))
    panel.set_items(open_items(views, MOMENT))
    assert panel.model.rowCount() == 1
    assert panel.said().startswith("Sans réponse")
    panel.set_items(OpenItems(is_fed=True, was_read=True))
    assert panel.said() == NOTHING


def _told_alone(update: CustomerUpdate) -> bool:
    return isinstance(update, HeaderChanged | OpeningSettled)


def test_the_page_names_the_tool_that_does_not_answer(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            await until(lambda: page.parts.has("open_items"))
            panel = page.rail.open_items
            # The document tool is down and quotes are being read: what was found is not all there is.
            await until(lambda: "Sans réponse\u00a0: GED" in panel.said())
            assert panel.model.rowCount() > 0
            quotes = FacetView("authorizations", "authorizations", "Devis et PEC", FacetState.EMPTY)
            desk.tell(HELENE, FacetChanged(quotes))
            documents = FacetView("documents", "documents", "GED", FacetState.EMPTY)
            desk.tell(HELENE, FacetChanged(documents))
            await until(lambda: not panel.said())

    run(scenario())


def test_a_page_that_no_tool_feeds_does_not_go_on_reading(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        desk.updates[HELENE] = tuple(update for update in helene_updates() if _told_alone(update))
        async with opened(desk) as page:
            await until(lambda: page.parts.has("open_items"))
            assert page.rail.open_items.said() == "Aucun outil relié ne dit ce qui est ouvert."

    run(scenario())


def test_the_zone_takes_focus_when_nothing_is_open(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        desk.updates[HELENE] = tuple(update for update in helene_updates() if _told_alone(update))
        async with opened(desk) as page:
            await until(lambda: page.parts.has("open_items"))
            page.rail.open_items.focus_current()
            focused = QApplication.focusWidget()
            assert focused is not None
            assert page.rail.open_items.isAncestorOf(focused)
            assert focused.accessibleName() == page.rail.open_items.said()

    run(scenario())
