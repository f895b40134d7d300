"""State of Ma journée: the day as the desk tells it, and what the agent does with it."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from avise.env import Env
from avise.models.acts import Act
from avise.models.errors import AviseError
from avise.models.tasks import NewTask, TaskId
from avise.services.day_values import MyDay, TaskRow
from avise.texts import text
from avise.texts.formats import format_time
from avise.ui.aio import Report, TaskScope
from avise.ui.bridge import DeskBridge, Watch
from avise.ui.home.day_rows import DayRow, day_rows
from avise.ui.home.moments import moment_words
from avise.ui.undoing import Undoing
from avise.ui.widgets.toast import Message

if TYPE_CHECKING:
    from avise.models.commands import CommandId

AGE_MS = 30_000
"""What is late, and by how much, is told again every 30 s (`ui.md` 6.1)."""


class MyDayViewModel(QObject):
    """One user's day.

    Args:
        desk: the services.
        env: the clock.
        undoing: offers to take back what is done here.
        report: told of failures that no screen shows.
        parent: Qt's owner.

    Signals:
        day_changed: `day` is not what it was, or time went by.
        reminder_due: a task whose reminder has just come (a `TaskRow`).
        confirmation_asked: a question of a colleague's has come (its command).
        confirmation_gone: it waits no more.
        message: something could not be done (a `Message`).
    """

    day_changed = Signal()
    reminder_due = Signal(object)
    confirmation_asked = Signal(object)
    confirmation_gone = Signal(object)
    message = Signal(object)

    def __init__(
        self, desk: DeskBridge, env: Env, undoing: Undoing, report: Report, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._env, self._undoing = desk, env, undoing
        self._tasks = TaskScope(self, report)
        self._watch: Watch | None = None
        self._reminded: frozenset[TaskId] | None = None
        """Tasks whose reminder has come already; None before the first day."""
        self._asked: frozenset[CommandId] = frozenset()
        """Commands that colleagues have asked to confirm already."""
        self.day: MyDay | None = None
        self.failure = ""
        """Why the day cannot be followed, as a sentence."""
        self._ages = QTimer(self)
        self._ages.setInterval(AGE_MS)
        self._ages.timeout.connect(self.day_changed)

    # ---- life --------------------------------------------------------------------------------
    def start(self) -> None:
        """Follow the day; once."""
        if self._watch is not None:
            return
        try:
            self._watch = self._desk.watch_my_day(self.take, self._on_failed)
        except AviseError as error:
            self._on_failed(error)
            return
        self._ages.start()

    async def aclose(self) -> None:
        """Stop following, and wait for what was being written."""
        self._ages.stop()
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        await self._tasks.aclose()

    def take(self, day: MyDay) -> None:
        """Take the day as it now is; a reminder that comes is told once."""
        self.day, self.failure = day, ""
        due = frozenset(day.board.reminders)
        new = due - self._reminded if self._reminded is not None else frozenset()
        self._reminded = due
        self.day_changed.emit()
        for row in day.board.mine:
            if row.task.id in new:
                self.reminder_due.emit(row)
        self._tell_asked(frozenset(asked.asked.command for asked in day.confirmations))

    def _tell_asked(self, asked: frozenset[CommandId]) -> None:
        before, self._asked = self._asked, asked
        for command in sorted(asked - before):
            self.confirmation_asked.emit(command)
        for command in before - asked:
            self.confirmation_gone.emit(command)

    def _on_failed(self, error: AviseError) -> None:
        self.failure = text(error.message_key, **error.params)
        self.day_changed.emit()

    # ---- what views read ---------------------------------------------------------------------
    @property
    def user(self) -> str:
        """Login of whoever works here."""
        return self._desk.session.user

    def now(self) -> datetime:
        """Return the present."""
        return self._env.now()

    def rows(self) -> tuple[DayRow, ...]:
        """Return the call-backs and tasks, by time."""
        return day_rows(self.day, self.user, self.now()) if self.day is not None else ()

    # ---- intentions --------------------------------------------------------------------------
    def finish(self, task: TaskId) -> None:
        """Say that a task is done."""
        self._do(self._desk.finish_task(task), text("day.told.done"))

    def move(self, task: TaskId, due: datetime) -> None:
        """Give a task another time."""
        self._do(self._desk.move_task(task, due), text("day.told.moved", when=moment_words(due, self.now())))

    def assign(self, task: TaskId, login: str) -> None:
        """Give a task to somebody else."""
        self._do(self._desk.assign_task(task, login), text("day.told.assigned", login=login))

    def add(self, new: NewTask) -> None:
        """Add a task."""
        self._do(self._desk.add_task(new), text("day.told.added", when=moment_words(new.due, self.now())))

    def declare_absence(self, starts: datetime, ends: datetime, deputy: str) -> None:
        """Say that one will be away."""
        self._do(self._desk.declare_absence(starts, ends, deputy), text("day.told.absent", login=deputy))

    def end_absence(self, absence: UUID) -> None:
        """Say that one is back."""
        self._do(self._desk.end_absence(absence), text("day.told.back"))

    def confirm(self, command: CommandId) -> None:
        """Confirm what a colleague asked."""
        self._answer(self._desk.confirm_for_colleague(command), text("confirmation.told.given"))

    def refuse(self, command: CommandId, because: str) -> None:
        """Refuse what a colleague asked."""
        self._answer(self._desk.refuse_for_colleague(command, because), text("confirmation.told.refused"))

    def _answer(self, answer: Coroutine[object, object, None], sentence: str) -> None:
        self._tasks.spawn(self._answered(answer, sentence), name="answer a colleague", when_busy="parallel")

    async def _answered(self, answer: Coroutine[object, object, None], sentence: str) -> None:
        try:
            await answer
        except AviseError as error:
            told = text(error.message_key, **error.params)
            self.message.emit(Message(told, "circle-x", is_error=True))
            return
        self.message.emit(Message(sentence, "circle-check"))

    def _do(self, act: Coroutine[object, object, Act], sentence: str) -> None:
        self._tasks.spawn(self._done(act, sentence), name="write a task", when_busy="parallel")

    async def _done(self, act: Coroutine[object, object, Act], sentence: str) -> None:
        try:
            done = await act
        except AviseError as error:
            told = text(error.message_key, **error.params)
            self.message.emit(Message(told, "circle-x", is_error=True))
            return
        self._undoing.offer(sentence, done)


def reminder_sentence(row: TaskRow) -> str:
    """Return what a reminder says; without a name: anybody may see the message."""
    return text(f"day.reminder.{row.task.kind}", time=format_time(row.task.due))
