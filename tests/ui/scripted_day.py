"""The part of the scripted desk around the exchanges: wrap-up, tasks, the day, people nobody knows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from avise.models.acts import Act
from avise.models.added_person import NewPerson
from avise.models.contact_reasons import ContactReason, GuessedReason
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.free_text import masked_note
from avise.models.journal import EventKind
from avise.models.note_findings import Finding
from avise.models.own_history import UnlinkedInteraction
from avise.models.tasks import NewTask, TaskId
from avise.models.wrap_up import Deed, WrapUp, lacks
from avise.services.day_values import MyDay, SavedWrapUp, TaskBoard, WrapUpDraft
from avise.services.reason_file import contact_reasons
from avise.services.wrap_up import IncompleteWrapUpError, WrapUps
from tests.ui.stream import Stream

NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
GUESSES = (
    GuessedReason("R01", "queue", "Remboursements"),
    GuessedReason("R21", "alert", "Réclamation R-2291 · réponse due le 27/03"),
    GuessedReason("R15", "answer", "Rejet du prélèvement de mars"),
)


@dataclass(kw_only=True)
class ScriptedDay:
    """Implements `DayDesk` from values; a test changes them and reads `asked`."""

    asked: list[tuple[object, ...]] = field(default_factory=list)
    guesses: tuple[GuessedReason, ...] = GUESSES
    wrap_ups: dict[tuple[PersonId | None, str], WrapUpDraft] = field(default_factory=dict)
    """Drafts, by person and call; a person's own under an empty call."""
    recording_error: AviseError | None = None
    board: TaskBoard = field(default_factory=TaskBoard)
    day: MyDay = field(default_factory=lambda: MyDay(NOW.date()))
    unlinked: tuple[UnlinkedInteraction, ...] = ()
    board_stream: Stream = field(default_factory=Stream)
    day_stream: Stream = field(default_factory=Stream)

    # ---- what a test plays -------------------------------------------------------------------
    def show_board(self, board: TaskBoard) -> None:
        """Change the tasks."""
        self.board = board
        self.board_stream.tell(board)

    def show_day(self, day: MyDay) -> None:
        """Change the day."""
        self.day = day
        self.day_stream.tell(day)

    def _act(self, kind: EventKind, subject: UUID | None = None) -> Act:
        event = uuid5(UUID(int=0), f"{kind}/{len(self.asked)}")
        return Act(kind, (event,), NOW + timedelta(minutes=10), subject or event)

    # ---- wrap-up -----------------------------------------------------------------------------
    async def contact_reasons(self) -> tuple[ContactReason, ...]:
        """Return the real reasons."""
        return tuple(contact_reasons().values())

    async def guess_reasons(
        self, person: PersonId | None, deeds: Sequence[Deed] = (), queue: str = ""
    ) -> tuple[GuessedReason, ...]:
        """Return the scripted guesses."""
        self.asked.append(("guess_reasons", person, tuple(deeds), queue))
        return self.guesses

    async def check_note(self, words: str) -> tuple[Finding, ...]:
        """Check by the real rules."""
        return WrapUps.check(words)

    async def save_wrap_up(self, person: PersonId | None, wrap_up: WrapUp) -> SavedWrapUp:
        """Keep a draft, numbers that must not stay masked in it as the real desk does."""
        self.asked.append(("save_wrap_up", person, wrap_up))
        key = (person, "" if person is not None else wrap_up.call_id)
        self.wrap_ups.pop(key, None)
        kept = replace(wrap_up, note=masked_note(wrap_up.note))
        if not wrap_up.is_blank:
            self.wrap_ups[key] = WrapUpDraft(person, kept, NOW)
        return SavedWrapUp(NOW, WrapUps.check(wrap_up.note), masked=kept != wrap_up)

    async def wrap_up_draft(self, person: PersonId | None, call_id: str = "") -> WrapUpDraft | None:
        """Return a draft."""
        return self.wrap_ups.get((person, "" if person is not None else call_id))

    async def unfinished_wrap_ups(self) -> tuple[WrapUpDraft, ...]:
        """Return the drafts."""
        return tuple(self.wrap_ups.values())

    async def record_wrap_up(self, person: PersonId | None, wrap_up: WrapUp) -> Act:
        """Note what is recorded, and forget the draft; refuse what the real desk refuses."""
        self.asked.append(("record_wrap_up", person, wrap_up))
        if self.recording_error is not None:
            raise self.recording_error
        found = lacks(wrap_up, contact_reasons(), WrapUps.check(wrap_up.note), NOW)
        if found:
            raise IncompleteWrapUpError(found)
        self.wrap_ups.pop((person, "" if person is not None else wrap_up.call_id), None)
        return self._act(EventKind.INTERACTION_RECORDED)

    async def undo(self, act: Act) -> None:
        """Note the wish."""
        self.asked.append(("undo", act))

    # ---- tasks and absences ------------------------------------------------------------------
    async def tasks(self) -> AsyncIterator[TaskBoard]:
        """Play the boards."""
        async for board in self.board_stream.follow(self.board):
            yield board  # type: ignore[misc]  # a stream of boards by construction

    async def add_task(self, new: NewTask) -> Act:
        """Note the task."""
        self.asked.append(("add_task", new))
        return self._act(EventKind.TASK_ADDED)

    async def finish_task(self, task: TaskId) -> Act:
        """Note the wish."""
        self.asked.append(("finish_task", task))
        return self._act(EventKind.TASK_DONE, task)

    async def move_task(self, task: TaskId, due: datetime, remind_at: datetime | None = None) -> Act:
        """Note the wish."""
        self.asked.append(("move_task", task, due, remind_at))
        return self._act(EventKind.TASK_MOVED, task)

    async def assign_task(self, task: TaskId, assignee: str) -> Act:
        """Note the wish."""
        self.asked.append(("assign_task", task, assignee))
        return self._act(EventKind.TASK_ASSIGNED, task)

    async def declare_absence(self, starts: datetime, ends: datetime, deputy: str) -> Act:
        """Note the wish."""
        self.asked.append(("declare_absence", starts, ends, deputy))
        return self._act(EventKind.ABSENCE_DECLARED)

    async def end_absence(self, absence: UUID) -> Act:
        """Note the wish."""
        self.asked.append(("end_absence", absence))
        return self._act(EventKind.ABSENCE_ENDED, absence)

    # ---- the day -----------------------------------------------------------------------------
    async def my_day(self) -> AsyncIterator[MyDay]:
        """Play the days."""
        async for day in self.day_stream.follow(self.day):
            yield day  # type: ignore[misc]  # a stream of days by construction

    # ---- people whom no tool knows -----------------------------------------------------------
    async def add_person(self, new: NewPerson) -> Act:
        """Note the person."""
        self.asked.append(("add_person", new))
        return self._act(EventKind.PERSON_ADDED)

    async def unlinked_interactions(self) -> tuple[UnlinkedInteraction, ...]:
        """Return the scripted exchanges."""
        return self.unlinked

    async def attach_interaction(self, event: UUID, person: PersonId) -> Act:
        """Note the wish."""
        self.asked.append(("attach_interaction", event, person))
        return self._act(EventKind.INTERACTION_ATTACHED, person)
