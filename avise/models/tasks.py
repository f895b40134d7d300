"""Call-backs and tasks: what somebody has to do by a time, as the journal's events tell it.

A task is one stream, `task/<id>`. Its state is a fold of its events: the same events give the same
task whatever the order in which they were delivered (`avise.models.event_fold`).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from avise.models.customer import PersonId
from avise.models.event_fold import effective, identity_in, identity_of, moment_in, text_in
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON

PREFIX = "task/"
"""Begins the stream of every task."""

COMMAND = "command/"
"""Begins the name of a command in a task about it."""

KINDS = (
    EventKind.TASK_ADDED,
    EventKind.TASK_DONE,
    EventKind.TASK_MOVED,
    EventKind.TASK_ASSIGNED,
    EventKind.UNDONE,
)

TaskId = uuid.UUID


class TaskKind(StrEnum):
    """What there is to do."""

    CALLBACK = "callback"
    """Call somebody back, as promised."""
    TODO = "todo"


@dataclass(frozen=True, slots=True)
class NewTask:
    """What is to be done, before it is written."""

    kind: TaskKind
    words: str
    due: datetime
    remind_at: datetime | None = None
    person: PersonId | None = None
    """Whom it is about; the screen asks the directory for the name."""
    reason: str = ""
    """Code of the contact reason, for a call-back."""
    assignee: str = ""
    """Login; "" for oneself."""
    about: str = ""
    """What is to be compared: "request/<id>" or "command/<id>"; "" for any other task."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that somebody has to do by a time."""

    id: TaskId
    kind: TaskKind
    words: str
    due: datetime
    remind_at: datetime | None
    person: PersonId | None
    reason: str
    assignee: str
    """Login of whoever holds it; an absence may lend it to a deputy (`avise.models.absences`)."""
    author: str
    added_at: datetime
    done_at: datetime | None = None
    done_by: str = ""
    moves: int = 0
    """How many times its time was changed."""
    about: str = ""
    """What is to be compared: "request/<id>" or "command/<id>"; "" for any other task."""

    @property
    def is_open(self) -> bool:
        """Whether it is still to do."""
        return self.done_at is None


def task_stream(task: TaskId) -> str:
    """Return the stream of a task's events."""
    return f"{PREFIX}{task}"


def task_of_stream(stream: str) -> TaskId | None:
    """Return the task that a stream is of; None for any other stream."""
    return identity_of(stream.removeprefix(PREFIX)) if stream.startswith(PREFIX) else None


def about_command(command: uuid.UUID) -> str:
    """Return how a task names the command to be compared."""
    return f"{COMMAND}{command}"


def command_about(about: str) -> uuid.UUID | None:
    """Return the command that a task asks to compare; None for anything else."""
    return identity_of(about.removeprefix(COMMAND)) if about.startswith(COMMAND) else None


def added_body(task: NewTask, assignee: str) -> dict[str, JSON]:
    """Return the body of `task_added`."""
    about: dict[str, JSON] = {"about": task.about} if task.about else {}
    return about | {
        "kind": task.kind.value,
        "words": task.words,
        "due": task.due.isoformat(),
        "remind_at": task.remind_at.isoformat() if task.remind_at is not None else None,
        "person": str(task.person) if task.person is not None else None,
        "reason": task.reason,
        "assignee": assignee,
    }


def moved_body(due: datetime, remind_at: datetime | None) -> dict[str, JSON]:
    """Return the body of `task_moved`."""
    return {
        "due": due.isoformat(),
        "remind_at": remind_at.isoformat() if remind_at is not None else None,
    }


def fold_tasks(events: Iterable[EventEnvelope]) -> Mapping[TaskId, Task]:
    """Return every task that events tell of, done ones included; one taken back is not there."""
    by_stream: dict[str, list[EventEnvelope]] = defaultdict(list)
    for event in events:
        by_stream[event.stream].append(event)
    found = (fold_task(of_one) for of_one in by_stream.values())
    return {task.id: task for task in found if task is not None}


def fold_task(events: Iterable[EventEnvelope]) -> Task | None:
    """Return the task that the events of its stream make, None when it was not added, or taken back.

    Once done, a task is neither moved nor given to anybody: taking the end back makes that count again.
    """
    counted = effective(events)
    added = next((event for event in counted if event.kind is EventKind.TASK_ADDED), None)
    task = _added(added) if added is not None else None
    if task is None:
        return None
    for event in counted:
        if task.is_open:
            task = _after(task, event)
    return task


def _added(event: EventEnvelope) -> Task | None:
    identity, due, kind = task_of_stream(event.stream), moment_in(event, "due"), text_in(event, "kind")
    if identity is None or due is None:
        return None
    return Task(
        id=identity,
        kind=TaskKind(kind) if kind in set(TaskKind) else TaskKind.TODO,
        words=text_in(event, "words"),
        due=due,
        remind_at=moment_in(event, "remind_at"),
        person=identity_in(event, "person"),
        reason=text_in(event, "reason"),
        assignee=text_in(event, "assignee") or event.author,
        author=event.author,
        added_at=event.occurred_at,
        about=text_in(event, "about"),
    )


def _after(task: Task, event: EventEnvelope) -> Task:
    match event.kind:
        case EventKind.TASK_DONE:
            return replace(task, done_at=event.occurred_at, done_by=event.author)
        case EventKind.TASK_MOVED:
            due = moment_in(event, "due") or task.due
            return replace(task, due=due, remind_at=moment_in(event, "remind_at"), moves=task.moves + 1)
        case EventKind.TASK_ASSIGNED:
            return replace(task, assignee=text_in(event, "assignee") or task.assignee)
        case _:
            return task
