"""What a tool answers and should not, from its socket to what a person reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from avise.engine.engine import Engine
from avise.models.errors import ErrorKind
from avise.models.facets import FacetState, FacetView
from avise.services.wording import error_text, state_text, value_text
from tests.servers.bad_input.conftest import BadDay
from tests.servers.bad_input.guichet import CANARY, MEMBER
from tests.servers.bad_input.reading import read, views
from tests.servers.bad_input.shifted_clock import ShiftedEnv

LATER = timedelta(minutes=11)
"""Copies of benefits are then not fresh any more: the tool is asked again."""


@pytest.fixture
def clock() -> ShiftedEnv:
    return ShiftedEnv()


@pytest.fixture
def engine(day: BadDay, clock: ShiftedEnv) -> Iterator[Engine]:
    with Engine.open(day.profile, clock) as opened:
        yield opened


def benefits(engine: Engine) -> FacetView:
    (view,) = views(read(engine, MEMBER), "benefits")
    return view


def test_a_sound_answer_is_shown_whole(engine: Engine) -> None:
    view = benefits(engine)
    assert (view.state, len(view.records)) == (FacetState.FRESH, 3)


def test_nothing_found_and_could_not_look_never_look_alike(
    day: BadDay, engine: Engine, clock: ShiftedEnv
) -> None:
    day.guichet.rows = 0
    day.guichet.body = b"<html>Connexion</html>"
    unknown = benefits(engine)
    assert (unknown.state, unknown.as_of) == (FacetState.FAILED, None)
    assert "illisible" in error_text(unknown)
    day.guichet.body = None
    empty = benefits(engine)
    assert (empty.state, empty.error, error_text(empty)) == (FacetState.EMPTY, None, "")
    assert empty.as_of is not None
    clock.shift = LATER
    day.guichet.body = b"<html>Connexion</html>"
    not_sure = benefits(engine)
    assert (not_sure.state, not_sure.fetched_at) == (FacetState.STALE, empty.fetched_at)
    assert len({state_text(unknown), state_text(empty), state_text(not_sure)}) == 3


def test_somebody_elses_record_is_withheld_and_kept_nowhere(
    day: BadDay, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    day.guichet.person = {"nom": CANARY, "prenom": "Paule"}
    file = read(engine, MEMBER)
    (view,) = views(file, "benefits")
    assert (view.state, view.records, view.total) == (FacetState.WITHHELD, (), None)
    assert file.timeline.entries == ()
    assert file.timeline.missing_sources == ("Guichet",)
    engine.stop()
    assert CANARY not in caplog.text
    assert [str(path) for path in day.profile.rglob("*") if path.is_file() and holds(path, CANARY)] == []


def holds(path: Path, word: str) -> bool:
    return word.encode() in path.read_bytes()


def test_an_unknown_code_is_shown_as_it_is_and_takes_nothing_away(day: BadDay, engine: Engine) -> None:
    day.guichet.status = "ZZ9"
    view = benefits(engine)
    assert (view.state, len(view.records)) == (FacetState.FRESH, 3)
    assert value_text("benefits", "status", view.records[0].data["status"]) == "? ZZ9"


def test_ten_thousand_rows_are_cut_and_say_so(day: BadDay, engine: Engine) -> None:
    day.guichet.rows = 10_000
    file = read(engine, MEMBER)
    (view,) = views(file, "benefits")
    assert (view.state, len(view.records), view.total) == (FacetState.TRUNCATED, 500, 10_000)
    assert len(file.timeline.entries) + sum(entry.count - 1 for entry in file.timeline.entries) >= 10_000


def test_a_token_that_dies_between_two_pages_is_renewed_and_no_row_is_lost_or_doubled(
    day: BadDay, engine: Engine
) -> None:
    day.guichet.rows = 1_200
    day.guichet.refuse_after_pages = 1
    file = read(engine, MEMBER)
    (view,) = views(file, "benefits")
    assert view.error is None
    assert len({record.id for record in view.records}) == len(view.records) == 500
    assert file.timeline.missing_sources == ()
    assert day.guichet.tokens == 2


def test_a_token_that_nobody_renews_leaves_no_half_answer(day: BadDay, engine: Engine) -> None:
    day.guichet.rows = 1_200
    day.guichet.refuse_after_pages = 1
    day.guichet.refuse_for_ever = True
    file = read(engine, MEMBER)
    (view,) = views(file, "benefits")
    assert (view.state, view.records) == (FacetState.FAILED, ())
    assert view.error is not None
    assert view.error.kind is ErrorKind.AUTH
    assert "refuse la connexion" in error_text(view)
    assert file.timeline.missing_sources == ("Guichet",)


BAD_BODIES = {
    "HTML in place of JSON": b"<!doctype html><title>Connexion</title>",
    "truncated JSON": b'{"personne": {"nom": "MARCHAND"}, "lignes": [{"num": "L1", "le"',
    "wrong charset": '{"personne": {"nom": "MARCHAND", "prenom": "Hélène"}, "lignes": []}'.encode("latin-1"),
    "another shape": b"[1, 2, 3]",
    "nothing": b"",
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_an_unreadable_answer_is_told_and_the_copy_at_hand_stays(
    body: bytes, day: BadDay, engine: Engine, clock: ShiftedEnv
) -> None:
    before = benefits(engine)
    clock.shift = LATER
    day.guichet.body = body
    after = benefits(engine)
    assert (after.state, len(after.records)) == (FacetState.STALE, len(before.records))
    assert after.error is not None
    assert after.error.kind is ErrorKind.BAD_DATA
    assert "illisible" in error_text(after)
    assert after.error.reference in error_text(after)
    day.guichet.body = None
    assert benefits(engine).state is FacetState.FRESH
