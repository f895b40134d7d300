"""The part of the bridge around the exchanges: wrap-up, tasks, the day, people whom no tool knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from avise.models.customer import PersonId
from avise.ui.crossing import Crossing, Failed, Watch

if TYPE_CHECKING:
    from avise.models.acts import Act
    from avise.models.added_person import NewPerson
    from avise.models.contact_reasons import ContactReason, GuessedReason
    from avise.models.note_findings import Finding
    from avise.models.own_history import UnlinkedInteraction
    from avise.models.tasks import NewTask, TaskId
    from avise.models.wrap_up import Deed, WrapUp
    from avise.services.day_values import MyDay, SavedWrapUp, TaskBoard, WrapUpDraft


class DayBridge(Crossing):
    """The intentions of `avise.services.day_desk.DayDesk`, as the window calls them from Qt's loop."""

    # ---- watches -----------------------------------------------------------------------------
    def watch_tasks(self, on_board: Callable[[TaskBoard], None], on_failed: Failed | None = None) -> Watch:
        """Follow this user's tasks, reminders that come due included."""
        return self._watch(self._desk.tasks, lambda _board: "tasks", on_board, on_failed)

    def watch_my_day(self, on_day: Callable[[MyDay], None], on_failed: Failed | None = None) -> Watch:
        """Follow the day."""
        return self._watch(self._desk.my_day, lambda _day: "day", on_day, on_failed)

    # ---- wrap-up -----------------------------------------------------------------------------
    async def contact_reasons(self) -> tuple[ContactReason, ...]:
        """Return the reasons for contact."""
        return await self._call(self._desk.contact_reasons())

    async def guess_reasons(
        self, person: PersonId | None, deeds: Sequence[Deed] = (), queue: str = ""
    ) -> tuple[GuessedReason, ...]:
        """Return the three likeliest reasons of an exchange, best first, each with why."""
        return await self._call(self._desk.guess_reasons(person, deeds, queue))

    async def check_note(self, words: str) -> tuple[Finding, ...]:
        """Return what a note may not hold, and what it had better not."""
        return await self._call(self._desk.check_note(words))

    async def save_wrap_up(self, person: PersonId | None, wrap_up: WrapUp) -> SavedWrapUp:
        """Keep a wrap-up that is being written."""
        return await self._call(self._desk.save_wrap_up(person, wrap_up))

    async def wrap_up_draft(self, person: PersonId | None, call_id: str = "") -> WrapUpDraft | None:
        """Return the wrap-up that was being written, None when there is none."""
        return await self._call(self._desk.wrap_up_draft(person, call_id))

    async def unfinished_wrap_ups(self) -> tuple[WrapUpDraft, ...]:
        """Return every wrap-up that is still to be recorded."""
        return await self._call(self._desk.unfinished_wrap_ups())

    async def record_wrap_up(self, person: PersonId | None, wrap_up: WrapUp) -> Act:
        """Write an exchange and its promised call-back, and forget the draft."""
        return await self._call(self._desk.record_wrap_up(person, wrap_up))

    async def undo(self, act: Act) -> None:
        """Take back what was done within the last ten minutes."""
        await self._call(self._desk.undo(act))

    # ---- tasks and absences ------------------------------------------------------------------
    async def add_task(self, new: NewTask) -> Act:
        """Add a task or a call-back."""
        return await self._call(self._desk.add_task(new))

    async def finish_task(self, task: TaskId) -> Act:
        """Say that a task is done."""
        return await self._call(self._desk.finish_task(task))

    async def move_task(self, task: TaskId, due: datetime, remind_at: datetime | None = None) -> Act:
        """Give a task another time."""
        return await self._call(self._desk.move_task(task, due, remind_at))

    async def assign_task(self, task: TaskId, assignee: str) -> Act:
        """Give a task to somebody else."""
        return await self._call(self._desk.assign_task(task, assignee))

    async def declare_absence(self, starts: datetime, ends: datetime, deputy: str) -> Act:
        """Say that one will be away, and who does the tasks meanwhile."""
        return await self._call(self._desk.declare_absence(starts, ends, deputy))

    async def end_absence(self, absence: UUID) -> Act:
        """Say that one is back."""
        return await self._call(self._desk.end_absence(absence))

    # ---- people whom no tool knows -----------------------------------------------------------
    async def add_person(self, new: NewPerson) -> Act:
        """Add somebody, a prospect for instance."""
        return await self._call(self._desk.add_person(new))

    async def unlinked_interactions(self) -> tuple[UnlinkedInteraction, ...]:
        """Return the exchanges that belong to nobody yet."""
        return await self._call(self._desk.unlinked_interactions())

    async def attach_interaction(self, event: UUID, person: PersonId) -> Act:
        """Say with whom an exchange was."""
        return await self._call(self._desk.attach_interaction(event, person))
