"""Visits as a fold of their events: the same events give the same visit, whatever their order."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from avise.models.visits import (
    fold_visit,
    fold_visits,
    visit_of_appointment,
    visit_of_stream,
    visit_stream,
)

VISIT = visit_of_appointment("agenda", "rdv-1")
PERSON, COMMAND = uuid.UUID(int=41), uuid.UUID(int=42)
START = datetime(2026, 3, 24, 9, 30, tzinfo=UTC)


def event(number: int, kind: EventKind, device: str = "portable", **body: JSON) -> EventEnvelope:
    """Return an event of the visit."""
    return EventEnvelope(
        event_id=uuid.uuid5(PERSON, f"{device}/{number}"),
        device_id=device,
        device_seq=number,
        stream=visit_stream(VISIT),
        kind=kind,
        schema_v=1,
        author="bruno.kerhoas",
        role="rep",
        occurred_at=START + timedelta(minutes=number),
        clock_offset_ms=0,
        body={"person": str(PERSON), "starts_at": START.isoformat(), **body},
        content_sha=b"",
        salt=b"",
    )


def test_an_appointment_gives_the_same_visit_on_every_workstation_and_another_one_another() -> None:
    assert visit_of_appointment("agenda", "rdv-1") == VISIT
    assert visit_of_appointment("agenda", "rdv-2") != VISIT
    assert visit_of_appointment("autre", "rdv-1") != VISIT
    assert visit_of_stream(visit_stream(VISIT)) == VISIT
    assert visit_of_stream("task/1") is None


def test_a_visit_begins_once_and_ends_with_its_report() -> None:
    told = [
        event(1, EventKind.VISIT_STARTED),
        event(2, EventKind.VISIT_STARTED),
        event(
            3, EventKind.VISIT_ENDED, report={"outcome": "signed"}, command=str(COMMAND), asked=["enrolment"]
        ),
    ]
    visit = fold_visit(told)
    assert visit is not None
    assert (visit.started_at, visit.ended_at) == (START + timedelta(minutes=1), START + timedelta(minutes=3))
    assert (visit.report, visit.command, visit.asked) == ({"outcome": "signed"}, COMMAND, ("enrolment",))
    assert (visit.person, visit.starts_at) == (PERSON, START)


def test_a_report_recorded_again_corrects_the_one_before_and_forgets_nothing_that_was_asked() -> None:
    visit = fold_visit(
        [
            event(1, EventKind.VISIT_ENDED, report={"note": "un"}, command=str(COMMAND), asked=["service"]),
            event(2, EventKind.VISIT_ENDED, report={"note": "deux"}, asked=["price"]),
        ]
    )
    assert visit is not None
    assert visit.report == {"note": "deux"}
    assert visit.command == COMMAND
    assert visit.asked == ("service", "price")


def test_a_visit_that_was_missed_and_then_took_place_took_place() -> None:
    missed = event(1, EventKind.VISIT_MISSED, reason="absent")
    visit = fold_visit([missed])
    assert visit is not None
    assert visit.missed_at is not None
    after = fold_visit([missed, event(2, EventKind.VISIT_ENDED, report={})])
    assert after is not None
    assert (after.missed_at, after.ended_at is not None) == (None, True)
    kept = fold_visit([event(1, EventKind.VISIT_ENDED, report={}), event(2, EventKind.VISIT_MISSED)])
    assert kept is not None
    assert kept.missed_at is None


def test_what_is_taken_back_does_not_count() -> None:
    ended = event(1, EventKind.VISIT_ENDED, report={"note": "trop tôt"})
    undone = event(2, EventKind.UNDONE, event=str(ended.event_id))
    assert fold_visit([ended, undone]) is None


_EVENTS = [
    event(1, EventKind.VISIT_STARTED),
    event(2, EventKind.VISIT_ENDED, report={"note": "un"}, asked=["service"]),
    event(3, EventKind.VISIT_ENDED, report={"note": "deux"}, command=str(COMMAND)),
    event(1, EventKind.VISIT_MISSED, device="autre", reason="absent"),
    event(2, EventKind.VISIT_ENDED, device="autre", report={"note": "trois"}),
]


@given(st.permutations(_EVENTS), st.lists(st.sampled_from(_EVENTS)))
def test_any_order_and_any_repetition_of_events_give_the_same_visits(
    shuffled: Sequence[EventEnvelope], again: Sequence[EventEnvelope]
) -> None:
    assert fold_visits([*shuffled, *again]) == fold_visits(_EVENTS)
