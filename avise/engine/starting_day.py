"""The part of a starting desk around the exchanges: every intention waits for the engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from avise.engine.awaited_desk import AwaitedDesk
from avise.models.customer import PersonId

if TYPE_CHECKING:
    from avise.models.acts import Act
    from avise.models.added_person import NewPerson
    from avise.models.contact_reasons import ContactReason, GuessedReason
    from avise.models.note_findings import Finding
    from avise.models.own_history import UnlinkedInteraction
    from avise.models.tasks import NewTask, TaskId
    from avise.models.wrap_up import Deed, WrapUp
    from avise.services.day_values import MyDay, SavedWrapUp, TaskBoard, WrapUpDraft


class StartingDay(AwaitedDesk):
    """Implements `avise.services.day_desk.DayDesk` by waiting for the real desk."""

    async def contact_reasons(self) -> tuple[ContactReason, ...]:
        """See `DayDesk.contact_reasons`."""
        return await (await self._desk()).contact_reasons()

    async def guess_reasons(
        self, person: PersonId | None, deeds: Sequence[Deed] = (), queue: str = ""
    ) -> tuple[GuessedReason, ...]:
        """See `DayDesk.guess_reasons`."""
        return await (await self._desk()).guess_reasons(person, deeds, queue)

    async def check_note(self, words: str) -> tuple[Finding, ...]:
        """See `DayDesk.check_note`."""
        return await (await self._desk()).check_note(words)

    async def save_wrap_up(self, person: PersonId | None, wrap_up: WrapUp) -> SavedWrapUp:
        """See `DayDesk.save_wrap_up`."""
        return await (await self._desk()).save_wrap_up(person, wrap_up)

    async def wrap_up_draft(self, person: PersonId | None, call_id: str = "") -> WrapUpDraft | None:
        """See `DayDesk.wrap_up_draft`."""
        return await (await self._desk()).wrap_up_draft(person, call_id)

    async def unfinished_wrap_ups(self) -> tuple[WrapUpDraft, ...]:
        """See `DayDesk.unfinished_wrap_ups`."""
        return await (await self._desk()).unfinished_wrap_ups()

    async def record_wrap_up(self, person: PersonId | None, wrap_up: WrapUp) -> Act:
        """See `DayDesk.record_wrap_up`."""
        return await (await self._desk()).record_wrap_up(person, wrap_up)

    async def undo(self, act: Act) -> None:
        """See `DayDesk.undo`."""
        await (await self._desk()).undo(act)

    def tasks(self) -> AsyncIterator[TaskBoard]:
        """See `DayDesk.tasks`."""
        return self._follow(lambda desk: desk.tasks())

    async def add_task(self, new: NewTask) -> Act:
        """See `DayDesk.add_task`."""
        return await (await self._desk()).add_task(new)

    async def finish_task(self, task: TaskId) -> Act:
        """See `DayDesk.finish_task`."""
        return await (await self._desk()).finish_task(task)

    async def move_task(self, task: TaskId, due: datetime, remind_at: datetime | None = None) -> Act:
        """See `DayDesk.move_task`."""
        return await (await self._desk()).move_task(task, due, remind_at)

    async def assign_task(self, task: TaskId, assignee: str) -> Act:
        """See `DayDesk.assign_task`."""
        return await (await self._desk()).assign_task(task, assignee)

    async def declare_absence(self, starts: datetime, ends: datetime, deputy: str) -> Act:
        """See `DayDesk.declare_absence`."""
        return await (await self._desk()).declare_absence(starts, ends, deputy)

    async def end_absence(self, absence: UUID) -> Act:
        """See `DayDesk.end_absence`."""
        return await (await self._desk()).end_absence(absence)

    def my_day(self) -> AsyncIterator[MyDay]:
        """See `DayDesk.my_day`."""
        return self._follow(lambda desk: desk.my_day())

    async def add_person(self, new: NewPerson) -> Act:
        """See `DayDesk.add_person`."""
        return await (await self._desk()).add_person(new)

    async def unlinked_interactions(self) -> tuple[UnlinkedInteraction, ...]:
        """See `DayDesk.unlinked_interactions`."""
        return await (await self._desk()).unlinked_interactions()

    async def attach_interaction(self, event: UUID, person: PersonId) -> Act:
        """See `DayDesk.attach_interaction`."""
        return await (await self._desk()).attach_interaction(event, person)
