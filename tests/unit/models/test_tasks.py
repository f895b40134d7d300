"""Tasks fold to the same state in any order, and an absence lends them to a deputy."""

from __future__ import annotations

import random
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.absences import Absence, absence_stream, declared_body, fold_absences, holder
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from avise.models.tasks import (
    NewTask,
    Task,
    TaskKind,
    about_command,
    added_body,
    command_about,
    fold_task,
    fold_tasks,
    moved_body,
    task_stream,
)
from tests.unit.models.events_builder import NOON, event

ONE = uuid.UUID(int=1)
PROMISE = NewTask(
    TaskKind.CALLBACK, "Rappeler pour le devis", NOON + timedelta(hours=2), person=uuid.UUID(int=9)
)
HOUR = timedelta(hours=1)


def added(seq: int = 1, task: uuid.UUID = ONE, **more: object) -> EventEnvelope:
    return event(
        EventKind.TASK_ADDED,
        task_stream(task),
        added_body(PROMISE, "lea.girard"),
        seq=seq,
        **more,  # type: ignore[arg-type]  # test data
    )


def test_a_task_names_the_command_that_two_people_met_and_any_other_task_names_nothing() -> None:
    asked = replace(PROMISE, about=about_command(ONE))
    told = fold_task([event(EventKind.TASK_ADDED, task_stream(ONE), added_body(asked, "lea.girard"))])
    assert told is not None
    assert command_about(told.about) == ONE
    assert command_about("request/1") is None
    assert "about" not in added_body(PROMISE, "lea.girard")


def after(kind: EventKind, seq: int, **body: JSON) -> EventEnvelope:
    return event(kind, task_stream(ONE), body, seq=seq)


@st.composite
def histories(draw: st.DrawFn) -> list[EventEnvelope]:
    """Events of three tasks from two workstations, some of them taken back."""
    found: list[EventEnvelope] = []
    for device in ("a", "b"):
        for seq in range(1, draw(st.integers(1, 8)) + 1):
            stream = task_stream(uuid.UUID(int=draw(st.integers(1, 3))))
            at = NOON + timedelta(seconds=draw(st.integers(-3, 3)))
            kind = draw(
                st.sampled_from(
                    [
                        EventKind.TASK_ADDED,
                        EventKind.TASK_DONE,
                        EventKind.TASK_MOVED,
                        EventKind.TASK_ASSIGNED,
                        EventKind.UNDONE,
                    ]
                )
            )
            body: dict[str, JSON] = added_body(PROMISE, draw(st.sampled_from(["lea", "paul"])))
            if kind is EventKind.UNDONE:
                same = [one for one in found if one.stream == stream]
                body = {"event": str(draw(st.sampled_from(same)).event_id)} if same else {}
            found.append(event(kind, stream, body, seq=seq, device=device, at=at))
    return found


@given(histories(), st.integers(0, 10_000))
def test_any_order_of_delivery_and_any_repeat_fold_the_same(told: list[EventEnvelope], seed: int) -> None:
    chance = random.Random(seed)
    again = [*told, *chance.choices(told, k=4)]
    chance.shuffle(again)
    assert fold_tasks(again) == fold_tasks(told)


def test_a_task_is_moved_given_and_done() -> None:
    told = [
        added(),
        after(EventKind.TASK_MOVED, 2, **moved_body(PROMISE.due + HOUR, PROMISE.due)),
        after(EventKind.TASK_ASSIGNED, 3, assignee="paul"),
        after(EventKind.TASK_DONE, 4),
    ]
    task = fold_task(told)
    assert task is not None
    assert (task.due, task.remind_at, task.moves) == (PROMISE.due + HOUR, PROMISE.due, 1)
    assert (task.assignee, task.done_by, task.is_open) == ("paul", "lea.girard", False)
    assert (task.words, task.person, task.kind) == (PROMISE.words, PROMISE.person, TaskKind.CALLBACK)


def test_a_task_done_is_no_more_moved_until_its_end_is_taken_back() -> None:
    done = after(EventKind.TASK_DONE, 2)
    told = [added(), done, after(EventKind.TASK_MOVED, 3, **moved_body(PROMISE.due + HOUR, None))]
    task = fold_task(told)
    assert task is not None
    assert (task.due, task.is_open) == (PROMISE.due, False)
    told.append(after(EventKind.UNDONE, 4, event=str(done.event_id)))
    task = fold_task(told)
    assert task is not None
    assert (task.due, task.is_open) == (PROMISE.due + HOUR, True)


def test_a_task_taken_back_or_never_added_is_not_there() -> None:
    assert fold_task([added(), after(EventKind.UNDONE, 2, event=str(added().event_id))]) is None
    assert fold_task([after(EventKind.TASK_DONE, 2)]) is None
    assert fold_tasks([event(EventKind.TASK_ADDED, "task/none", {"due": "x"})]) == {}


@given(
    st.dictionaries(
        st.sampled_from(["kind", "words", "due", "remind_at", "person", "reason", "assignee"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.just("2026-03-24T10:00:00+01:00")),
    )
)
def test_a_body_of_another_version_breaks_nothing(body: dict[str, JSON]) -> None:
    task = fold_task([event(EventKind.TASK_ADDED, task_stream(ONE), body)])
    assert task is None or task.due.tzinfo is not None


# ---- absences --------------------------------------------------------------------------------------


def away(user: str, deputy: str, start: int, end: int) -> Absence:
    return Absence(uuid.uuid5(ONE, user), user, deputy, NOON + start * HOUR, NOON + end * HOUR)


def due_in(hours: int) -> Task:
    return Task(ONE, TaskKind.TODO, "x", NOON + hours * HOUR, None, None, "", "lea", "lea", NOON)


@pytest.mark.parametrize(
    ("hours", "absences", "expected"),
    [
        (2, [], "lea"),
        (2, [away("lea", "paul", 1, 4)], "paul"),
        (5, [away("lea", "paul", 1, 4)], "lea"),
        (-3, [away("lea", "paul", -1, 4)], "paul"),  # late, and she is away now
        (-3, [away("lea", "paul", -5, -1)], "lea"),  # late, and she is back
        (2, [away("lea", "paul", 1, 4), away("paul", "anne", 1, 4)], "anne"),
        (2, [away("lea", "paul", 1, 4), away("paul", "lea", 1, 4)], "lea"),
        (4, [away("lea", "paul", 1, 4)], "lea"),  # the end itself is no more away
    ],
)
def test_a_task_is_done_by_whoever_is_there_when_it_falls_due(
    hours: int, absences: list[Absence], expected: str
) -> None:
    assert holder(due_in(hours), absences, NOON) == expected


names = st.sampled_from(["lea", "paul", "anne", "zoe"])


@given(st.lists(st.builds(away, names, names, st.integers(-3, 0), st.integers(1, 3)), max_size=6))
def test_somebody_always_holds_a_task(absences: list[Absence]) -> None:
    found = holder(due_in(0), absences, NOON)
    assert found == "lea" or any(absence.deputy == found for absence in absences)


def test_an_absence_ends_when_declared_or_sooner_and_can_be_taken_back() -> None:
    stream = absence_stream("lea")
    declared = event(EventKind.ABSENCE_DECLARED, stream, declared_body("paul", NOON, NOON + 8 * HOUR))
    (found,) = fold_absences([declared])
    assert (found.user, found.deputy, found.ends) == ("lea", "paul", NOON + 8 * HOUR)
    ended = event(EventKind.ABSENCE_ENDED, stream, {"absence": str(found.id)}, seq=2, at=NOON + 3 * HOUR)
    (shorter,) = fold_absences([ended, declared])
    assert shorter.ends == NOON + 3 * HOUR
    undone = event(EventKind.UNDONE, stream, {"event": str(ended.event_id)}, seq=3, at=NOON + 3 * HOUR)
    assert fold_absences([undone, declared, ended]) == (found,)
    before = event(EventKind.ABSENCE_ENDED, stream, {"absence": str(found.id)}, seq=2, at=NOON - HOUR)
    assert fold_absences([declared, before]) == ()
