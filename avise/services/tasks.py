"""Call-backs and tasks: added, done, moved, given; who holds them while somebody is away."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from avise.env import Env
from avise.models.absences import KINDS as ABSENCE_KINDS
from avise.models.absences import PREFIX as ABSENCES
from avise.models.absences import Absence, absence_stream, declared_body, fold_absences, holder
from avise.models.acts import Act, act_of
from avise.models.customer import MatchedOn, SearchHit
from avise.models.errors import AviseError
from avise.models.journal import EventEnvelope, EventKind, NewEvent
from avise.models.json_types import JSON
from avise.models.roles import Session
from avise.models.tasks import KINDS as TASK_KINDS
from avise.models.tasks import PREFIX as TASKS
from avise.models.tasks import (
    NewTask,
    Task,
    TaskId,
    TaskKind,
    added_body,
    fold_task,
    moved_body,
    task_of_stream,
    task_stream,
)
from avise.services.change_signal import ChangeSignal
from avise.services.customer_rights import listed
from avise.services.day_values import TaskBoard, TaskRow
from avise.services.ports import DirectoryPort, JournalPort
from avise.services.wrap_up import refuse_restricted

LOOK_EVERY = 15.0
"""Seconds between two looks at the clock: a reminder comes at most that late, also after a sleep."""


class Tasks:
    """Keeps the tasks and absences that the journal tells.

    Args:
        session: who works here.
        journal: where they are written.
        directory: names the people that they are about.
        env: clock and identifiers.
        changes: told of each change.
    """

    def __init__(
        self,
        session: Session,
        journal: JournalPort,
        directory: DirectoryPort,
        env: Env,
        changes: ChangeSignal,
    ) -> None:
        self._session = session
        self._journal = journal
        self._directory = directory
        self._env = env
        self._changes = changes
        self._events: dict[str, list[EventEnvelope]] = defaultdict(list)
        """By stream; one that is read and told comes twice, and counts once."""
        self._loaded = False
        self._loading = asyncio.Lock()
        self._tasks: dict[TaskId, Task] = {}
        self._absences: tuple[Absence, ...] = ()

    # ---- what there is -------------------------------------------------------------------------
    async def board(self) -> TaskBoard:
        """Return the open tasks of this user, now."""
        await self._load()
        now, user = self._env.now(), self._session.user
        held = [(task, holder(task, self._absences, now)) for task in self._tasks.values() if task.is_open]
        mine = [await self._row(task, who) for task, who in _by_time(held) if who == user]
        lent = [await self._row(task, who) for task, who in _by_time(held) if who != user == task.assignee]
        reminders = tuple(row.task.id for row in mine if _reminder(row.task) <= now)
        return TaskBoard(tuple(mine), tuple(lent), reminders, self._absence(now))

    async def follow(self) -> AsyncIterator[TaskBoard]:
        """Yield the board at once, then when it changes, a reminder that comes due included."""
        told: TaskBoard | None = None
        while True:
            seen = self._changes.count
            board = await self.board()
            if board != told:
                told = board
                yield board
            await self._changes.wait(seen, self._env, LOOK_EVERY)

    def _absence(self, now: datetime) -> Absence | None:
        user = self._session.user
        return next((found for found in self._absences if found.user == user and found.ends > now), None)

    async def _row(self, task: Task, who: str) -> TaskRow:
        entry = await self._directory.by_person(task.person) if task.person is not None else None
        hits = listed((SearchHit(entry, 1.0, (MatchedOn.NAME,)),), self._session.role) if entry else ()
        return TaskRow(task, who, hits[0] if hits else None)

    # ---- tasks ---------------------------------------------------------------------------------
    async def add(self, new: NewTask) -> Act:
        """Write a task.

        Raises:
            AviseError: `task.no_words`, `task.due_past` or `task.restricted`.
        """
        refuse_restricted(new.words, key="task.restricted")
        if not new.words.strip() and not (new.kind is TaskKind.CALLBACK and new.reason):
            raise AviseError("task.no_words")
        self._refuse_past(new.due)
        task = self._env.uuid7()
        body = added_body(new, new.assignee.strip() or self._session.user)
        return await self._write(task_stream(task), EventKind.TASK_ADDED, body, task)

    async def finish(self, task: TaskId) -> Act:
        """Write that a task is done.

        Raises:
            AviseError: `task.unknown` or `task.not_open`.
        """
        await self._open_task(task)
        return await self._write(task_stream(task), EventKind.TASK_DONE, {}, task)

    async def move(self, task: TaskId, due: datetime, remind_at: datetime | None = None) -> Act:
        """Write another time for a task.

        Raises:
            AviseError: `task.unknown`, `task.not_open` or `task.due_past`.
        """
        await self._open_task(task)
        self._refuse_past(due)
        return await self._write(task_stream(task), EventKind.TASK_MOVED, moved_body(due, remind_at), task)

    async def assign(self, task: TaskId, assignee: str) -> Act:
        """Write that somebody else holds a task from now on.

        Raises:
            AviseError: `task.unknown`, `task.not_open` or `task.no_assignee`.
        """
        await self._open_task(task)
        if not assignee.strip():
            raise AviseError("task.no_assignee")
        body: dict[str, JSON] = {"assignee": assignee.strip()}
        return await self._write(task_stream(task), EventKind.TASK_ASSIGNED, body, task)

    async def _open_task(self, identity: TaskId) -> Task:
        await self._load()
        task = self._tasks.get(identity)
        if task is None:
            raise AviseError("task.unknown")
        if not task.is_open:
            raise AviseError("task.not_open")
        return task

    def _refuse_past(self, due: datetime) -> None:
        if due <= self._env.now():
            raise AviseError("task.due_past")

    # ---- absences ------------------------------------------------------------------------------
    async def declare_absence(self, starts: datetime, ends: datetime, deputy: str) -> Act:
        """Write that this user will be away, and who does their tasks meanwhile.

        Raises:
            AviseError: `absence.dates` or `absence.deputy`.
        """
        if ends <= starts or ends <= self._env.now():
            raise AviseError("absence.dates")
        if deputy.strip() in ("", self._session.user):
            raise AviseError("absence.deputy")
        body = declared_body(deputy.strip(), starts, ends)
        return await self._write(absence_stream(self._session.user), EventKind.ABSENCE_DECLARED, body)

    async def end_absence(self, absence: UUID) -> Act:
        """Write that this user is back, or will not be away after all.

        Raises:
            AviseError: `absence.unknown`.
        """
        await self._load()
        user, now = self._session.user, self._env.now()
        if not any(
            known.id == absence and known.user == user and known.ends > now for known in self._absences
        ):
            raise AviseError("absence.unknown")
        body: dict[str, JSON] = {"absence": str(absence)}
        return await self._write(absence_stream(user), EventKind.ABSENCE_ENDED, body, absence)

    async def absences(self) -> tuple[Absence, ...]:
        """Return the absences that are known here, of everybody."""
        await self._load()
        return self._absences

    # ---- events --------------------------------------------------------------------------------
    async def _write(
        self, stream: str, kind: EventKind, body: Mapping[str, JSON], subject: UUID | None = None
    ) -> Act:
        await self._load()
        written = await self._journal.append_all(self._session, NewEvent(stream, kind, body))
        self.take(written)
        return act_of(written, subject or written[0].event_id)

    def take(self, written: Iterable[EventEnvelope]) -> None:
        """Take events that were just written, by whoever wrote them; those of other streams are left."""
        for event in written:
            if event.stream.startswith((TASKS, ABSENCES)):
                self._events[event.stream].append(event)
                self._fold(event.stream)
        self._changes.tell()

    async def _load(self) -> None:
        async with self._loading:
            if self._loaded:
                return
            found = await self._journal.under(TASKS, TASK_KINDS)
            for event in (*found, *await self._journal.under(ABSENCES, ABSENCE_KINDS)):
                self._events[event.stream].append(event)
            self._loaded = True
            for stream in tuple(self._events):
                self._fold(stream)

    def _fold(self, stream: str) -> None:
        if stream.startswith(ABSENCES):
            told = (events for name, events in self._events.items() if name.startswith(ABSENCES))
            self._absences = fold_absences(event for events in told for event in events)
            return
        identity, task = task_of_stream(stream), fold_task(self._events[stream])
        if task is not None:
            self._tasks[task.id] = task
        elif identity is not None:
            self._tasks.pop(identity, None)


def _reminder(task: Task) -> datetime:
    """Return when a task reminds of itself: at its hour at the latest."""
    return min(task.remind_at or task.due, task.due)


def _by_time(held: Iterable[tuple[Task, str]]) -> list[tuple[Task, str]]:
    return sorted(held, key=lambda pair: (pair[0].due, pair[0].id))
