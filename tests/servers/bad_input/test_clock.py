"""The wall clock of the workstation is set back or forward while Avise runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from avise.engine.engine import Engine
from avise.models.facets import FacetState, FacetView
from avise.store.snapshots import Snapshots
from avise.texts.formats import format_age
from tests.servers.bad_input.conftest import BadDay
from tests.servers.bad_input.guichet import MEMBER
from tests.servers.bad_input.reading import read, views
from tests.servers.bad_input.shifted_clock import ShiftedEnv

TWO_DAYS = timedelta(days=2)


def benefits(engine: Engine) -> FacetView:
    (view,) = views(read(engine, MEMBER), "benefits")
    return view


@pytest.mark.parametrize("shift", [TWO_DAYS, -TWO_DAYS], ids=["forward", "back"])
def test_after_the_clock_changed_the_tool_is_asked_again(shift: timedelta, day: BadDay) -> None:
    clock = ShiftedEnv()
    with Engine.open(day.profile, clock) as engine:
        assert benefits(engine).state is FacetState.FRESH
        asked = day.guichet.pages
        clock.shift = shift
        again = benefits(engine)
        assert day.guichet.pages > asked
        assert again.state is FacetState.FRESH
        assert again.fetched_at is not None
        assert abs(clock.now() - again.fetched_at) < timedelta(minutes=1)


def test_after_the_clock_went_back_a_copy_never_passes_for_fresh(day: BadDay) -> None:
    clock = ShiftedEnv()
    with Engine.open(day.profile, clock) as engine:
        benefits(engine)
        clock.shift = -TWO_DAYS
        day.guichet.up = False
        view = benefits(engine)
        assert (view.state, len(view.records)) == (FacetState.STALE, 3)
        assert view.fetched_at is not None
        assert format_age(clock.now() - view.fetched_at) == "âge inconnu, l’horloge a changé"


def test_after_the_clock_went_forward_a_copy_too_old_is_not_told(day: BadDay) -> None:
    clock = ShiftedEnv()
    with Engine.open(day.profile, clock) as engine:
        benefits(engine)
        clock.shift = TWO_DAYS
        day.guichet.up = False
        view = benefits(engine)
        assert (view.state, view.records) == (FacetState.FAILED, ())


def test_a_copy_written_by_a_clock_far_ahead_does_not_outlive_its_time(day: BadDay) -> None:
    clock = ShiftedEnv()
    clock.shift = timedelta(days=400)
    with Engine.open(day.profile, clock) as engine:
        benefits(engine)
    clock.shift = timedelta(0)
    day.guichet.up = False
    with Engine.open(day.profile, clock) as engine:
        engine.run(purged(engine))
        view = benefits(engine)
    assert (view.state, view.records) == (FacetState.FAILED, ())


async def purged(engine: Engine) -> int:
    assert engine._store is not None
    return await Snapshots(engine._store, engine.env).purge()


def test_what_is_written_after_the_clock_went_back_is_kept_beside_the_rest(day: BadDay) -> None:
    clock = ShiftedEnv()
    with Engine.open(day.profile, clock) as engine:
        benefits(engine)
        clock.shift = -TWO_DAYS
        benefits(engine)
        assert len(engine.run(engine.desk.recents())) == 1
    with Engine.open(day.profile, clock) as engine:
        assert engine.notices() == ()
        assert len(engine.run(engine.desk.recents())) == 1
