"""The view-model folds the desk's updates: in any order, each block apart."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from avise.env import FixedEnv
from avise.models.facets import FacetState, FacetView
from avise.services.customer_updates import (
    CustomerUpdate,
    FacetChanged,
    Verification,
    VerificationChanged,
    VerificationLevel,
)
from avise.ui.bridge import DeskBridge
from avise.ui.customer.deeds import deed_words
from avise.ui.customer.facet_layouts import LAYOUTS, without_layout
from avise.ui.customer.view_model import CustomerState, CustomerViewModel
from tests.ui.persona import NOW, helene_updates
from tests.ui.scripted_desk import ScriptedDesk


@pytest.fixture
def env() -> FixedEnv:
    return FixedEnv(NOW)


@pytest.fixture
def model(dressed: QApplication, env: FixedEnv) -> CustomerViewModel:
    loop = asyncio.new_event_loop()
    bridge = DeskBridge(ScriptedDesk(), loop)
    loop.close()
    return CustomerViewModel(bridge, env)


def _state_after(updates: tuple[CustomerUpdate, ...]) -> CustomerState:
    state = CustomerState()
    for update in updates:
        state.fold(update)
    return state


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(helene_updates()))
def test_updates_give_the_same_screen_in_any_order(order: list[CustomerUpdate]) -> None:
    assert _state_after(tuple(order)) == _state_after(helene_updates())


def test_every_facet_has_its_place_on_the_screen() -> None:
    assert without_layout() == set()


def test_an_update_of_a_block_touches_only_that_block(model: CustomerViewModel) -> None:
    model.apply(helene_updates())
    told: list[str] = []
    model.facet_changed.connect(told.append)
    view = model.views("contracts")[0]
    model.apply((FacetChanged(replace(view, refreshing=True)),))
    assert told == ["contracts"]


def test_two_tools_of_one_facet_keep_their_own_dates(model: CustomerViewModel) -> None:
    old = NOW - timedelta(hours=3)
    first = FacetView("documents", "ged", "GED", FacetState.EMPTY, as_of=NOW)
    second = FacetView("documents", "archive", "Archives", FacetState.STALE, as_of=old)
    model.apply((FacetChanged(first), FacetChanged(second)))
    spoken = model.content("documents").spoken()
    assert "GED · 10:44" in spoken
    assert "Archives" in spoken
    assert "il y a 3" in spoken


def test_seconds_are_counted_while_a_tool_is_read_and_no_longer(
    model: CustomerViewModel, env: FixedEnv
) -> None:
    waiting = FacetView("benefits", "benefits", "Prestations", FacetState.WAITING)
    model.apply((FacetChanged(waiting),))
    assert model.content("benefits").skeleton == 0
    env.advance(timedelta(seconds=0.3))
    assert model.content("benefits").skeleton > 0
    assert model.content("benefits").status == "Prestations"
    env.advance(timedelta(seconds=1.5))
    assert model.content("benefits").status == "lecture… 1,8\u00a0s"
    model.apply((FacetChanged(replace(waiting, state=FacetState.EMPTY, as_of=NOW)),))
    assert not model.content("benefits").reading


def test_a_facet_whose_tools_do_not_know_the_person_is_hidden(model: CustomerViewModel) -> None:
    unknown = FacetView("company", "parties", "Contrats", FacetState.NOT_APPLICABLE)
    model.apply((FacetChanged(unknown),))
    assert model.hidden() == {"company"}
    model.apply((FacetChanged(replace(unknown, source="other", state=FacetState.EMPTY)),))
    assert model.hidden() == frozenset()


def test_what_was_done_is_listed_without_the_members_values(model: CustomerViewModel) -> None:
    state = Verification(VerificationLevel.WEAK, 2, 0, 3, NOW)
    model.apply((VerificationChanged(state),))
    model.apply((VerificationChanged(replace(state, level=VerificationLevel.STRONG, correct=3)),))
    model.note_deed("revealed", "nir")
    assert [deed_words(deed) for deed in model.deeds] == [
        "Appelant\u00a0: 3 réponses justes",
        "N°\u00a0de sécurité sociale affiché",
    ]


def test_every_block_can_be_composed_folded_and_wide(model: CustomerViewModel) -> None:
    model.apply(helene_updates())
    for facet in LAYOUTS:
        model.toggle_fold(facet)
        assert model.content(facet).title
    model.set_wide(wide=True)
    assert len(model.content("benefits").columns) == 9
