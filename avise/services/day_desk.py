"""What a desk offers around the exchanges themselves: wrap-up, tasks, the day, people nobody knows.

A part of `avise.services.desk.Desk`, which inherits it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from avise.models.customer import PersonId

if TYPE_CHECKING:
    # The window imports this before its first frame; checked files bring a schema library with them.
    from avise.models.acts import Act
    from avise.models.added_person import NewPerson
    from avise.models.contact_reasons import ContactReason, GuessedReason
    from avise.models.note_findings import Finding
    from avise.models.own_history import UnlinkedInteraction
    from avise.models.tasks import NewTask, TaskId
    from avise.models.wrap_up import Deed, WrapUp
    from avise.services.day_values import MyDay, SavedWrapUp, TaskBoard, WrapUpDraft


class DayDesk(Protocol):
    """What the window asks around an exchange."""

    # ---- wrap-up -----------------------------------------------------------------------------
    async def contact_reasons(self) -> tuple[ContactReason, ...]:
        """Return the reasons for contact, in the order of `domain.md` 3.3."""

    async def guess_reasons(
        self, person: PersonId | None, deeds: Sequence[Deed] = (), queue: str = ""
    ) -> tuple[GuessedReason, ...]:
        """Return the three likeliest reasons of an exchange, best first, each with why.

        Args:
            person: whose file is open; None for somebody whom nobody knows.
            deeds: what was done since the exchange began.
            queue: where the call waited, or the choice in the voice menu.
        """

    async def check_note(self, words: str) -> tuple[Finding, ...]:
        """Return what a note may not hold, and what it had better not (`avise.models.free_text`)."""

    async def save_wrap_up(self, person: PersonId | None, wrap_up: WrapUp) -> SavedWrapUp:
        """Keep a wrap-up that is being written; without a person, the call says which one it is.

        Raises:
            AviseError: the store could not write; what was kept before stays.
        """

    async def wrap_up_draft(self, person: PersonId | None, call_id: str = "") -> WrapUpDraft | None:
        """Return the wrap-up that was being written, None when there is none."""

    async def unfinished_wrap_ups(self) -> tuple[WrapUpDraft, ...]:
        """Return every wrap-up that is still to be recorded, newest first."""

    async def record_wrap_up(self, person: PersonId | None, wrap_up: WrapUp) -> Act:
        """Write an exchange and its promised call-back, and forget the draft: all or nothing.

        Raises:
            AviseError: `wrap_up.incomplete` when it lacks something, which `lacks_told` tells; or the
                store could not write. The draft stays.
        """

    async def undo(self, act: Act) -> None:
        """Take back what was done within the last ten minutes; an exchange becomes a draft again.

        Raises:
            AviseError: `undo.too_late`, `undo.already`, `undo.not_yours`, `undo.attached` or
                `undo.unknown`.
        """

    # ---- tasks and absences ------------------------------------------------------------------
    def tasks(self) -> AsyncIterator[TaskBoard]:
        """Follow this user's tasks: at once, at each change, and when a reminder comes due."""

    async def add_task(self, new: NewTask) -> Act:
        """Add a task or a call-back; the act's subject is its identity."""

    async def finish_task(self, task: TaskId) -> Act:
        """Say that a task is done."""

    async def move_task(self, task: TaskId, due: datetime, remind_at: datetime | None = None) -> Act:
        """Give a task another time."""

    async def assign_task(self, task: TaskId, assignee: str) -> Act:
        """Give a task to somebody else, by login."""

    async def declare_absence(self, starts: datetime, ends: datetime, deputy: str) -> Act:
        """Say that one will be away, and who does the tasks that fall due meanwhile."""

    async def end_absence(self, absence: UUID) -> Act:
        """Say that one is back."""

    # ---- the day -----------------------------------------------------------------------------
    def my_day(self) -> AsyncIterator[MyDay]:
        """Follow the day: at once, then whenever anything of it changes."""

    # ---- people whom no tool knows -----------------------------------------------------------
    async def add_person(self, new: NewPerson) -> Act:
        """Add somebody, a prospect for instance; the act's subject is the person's identity."""

    async def unlinked_interactions(self) -> tuple[UnlinkedInteraction, ...]:
        """Return the exchanges that belong to nobody yet, newest first."""

    async def attach_interaction(self, event: UUID, person: PersonId) -> Act:
        """Say with whom an exchange was; it joins that person's history."""
