"""The desk around the exchanges: wrap-up, tasks, the day, people whom no tool knows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from avise.engine.finding_desk import FindingDesk
from avise.env import Env
from avise.models.acts import Act
from avise.models.added_person import NewPerson
from avise.models.callers import CallerKind
from avise.models.contact_reasons import ContactReason, GuessedReason
from avise.models.customer import DirectoryEntry, PersonId, customer_stream
from avise.models.errors import AviseError
from avise.models.interaction import Direction, TimelineEntry
from avise.models.journal import EventEnvelope
from avise.models.note_findings import Finding
from avise.models.own_history import UNLINKED, UnlinkedInteraction
from avise.models.roles import Session
from avise.models.tasks import NewTask, TaskId
from avise.models.wrap_up import Deed, WrapUp
from avise.services.added_people import AddedPeople, DirectoryWithAdded
from avise.services.agenda import Agenda
from avise.services.alerts import alerts
from avise.services.change_signal import ChangeSignal
from avise.services.confirmations import Confirmations
from avise.services.customer_rights import refuse_without_right
from avise.services.day_values import MyDay, SavedWrapUp, TaskBoard, WrapUpDraft
from avise.services.facts import Facts
from avise.services.my_day import DayParts, Days, RequestsSent
from avise.services.open_customer import OpenDossier
from avise.services.ports import DeskMemoryPort, DirectoryPort, JournalPort
from avise.services.reason_file import contact_reasons
from avise.services.reason_guess import guess_reasons
from avise.services.source_port import SourcePort
from avise.services.tasks import Tasks
from avise.services.team_news import NewsBoard
from avise.services.timeline import entry_of
from avise.services.undo import Undo
from avise.services.unlinked import Unlinked
from avise.services.wrap_up import WrapUps
from avise.texts.formats import local

JOURNAL_SOURCE = "journal"


class LocalDay(FindingDesk):
    """Implements `avise.services.day_desk.DayDesk`; `LocalDesk` is one.

    Args:
        session: who works here.
        sources: the tools.
        directory: who exists; people added here are found beside them.
        journal: what staff do.
        memory: what this desk keeps for itself.
        env: the clock.
        folder: of the profile, where the team's news are.
    """

    def __init__(
        self,
        session: Session,
        sources: SourcePort,
        directory: DirectoryPort,
        journal: JournalPort,
        memory: DeskMemoryPort,
        env: Env,
        folder: Path | None = None,
    ) -> None:
        self._sources = sources
        self._journal = journal
        self._env = env
        self._dossiers: dict[PersonId, OpenDossier] = {}
        self._changes = changes = ChangeSignal()
        self._people = AddedPeople(session, journal, env, changes)
        super().__init__(session, DirectoryWithAdded(directory, self._people), memory)
        self._tasks = Tasks(session, journal, self._directory, env, changes)
        self._wrap_ups = WrapUps(session, journal, memory, env)
        self._unlinked = Unlinked(session, journal)
        self._confirmations = Confirmations(
            session, journal, self._directory, env, changes, self._is_on_screen
        )
        self._undo = Undo(session, journal, memory, env)
        agenda = Agenda(sources, session, env, changes)
        parts = DayParts(self._tasks, self._wrap_ups, self._unlinked, agenda, NewsBoard(folder), sources)
        self._days = Days(parts, env, changes)

    def _is_on_screen(self, dossier: PersonId) -> bool:
        """Say whether a dossier is open, with whatever reason it takes."""
        return any(shown.entry.dossier == dossier for shown in self._dossiers.values())

    # ---- wrap-up -------------------------------------------------------------------------------
    async def contact_reasons(self) -> tuple[ContactReason, ...]:
        """Return the reasons for contact."""
        return tuple(contact_reasons().values())

    async def guess_reasons(
        self, person: PersonId | None, deeds: Sequence[Deed] = (), queue: str = ""
    ) -> tuple[GuessedReason, ...]:
        """Return the three likeliest reasons of an exchange."""
        refuse_without_right(self.session.role)
        dossier = self._dossiers.get(person) if person is not None else None
        if dossier is None:
            now = self._env.now()
            return guess_reasons(contact_reasons(), Facts(local(now).date(), now), (), (), deeds, queue)
        facts = dossier.facts()
        written = await self._journal.interactions(customer_stream(dossier.entry.dossier))
        listed = (*written, *dossier.interactions())
        return guess_reasons(contact_reasons(), facts, alerts(facts), listed, deeds, queue)

    async def check_note(self, words: str) -> tuple[Finding, ...]:
        """Return what a note may not hold, and what it had better not."""
        return self._wrap_ups.check(words)

    async def save_wrap_up(self, person: PersonId | None, wrap_up: WrapUp) -> SavedWrapUp:
        """Keep a wrap-up that is being written."""
        refuse_without_right(self.session.role)
        saved = await self._wrap_ups.save(person, wrap_up)
        self._changes.tell()
        return saved

    async def wrap_up_draft(self, person: PersonId | None, call_id: str = "") -> WrapUpDraft | None:
        """Return the wrap-up that was being written."""
        return await self._wrap_ups.draft(person, call_id)

    async def unfinished_wrap_ups(self) -> tuple[WrapUpDraft, ...]:
        """Return every wrap-up that is still to be recorded."""
        return await self._wrap_ups.drafts()

    async def record_wrap_up(self, person: PersonId | None, wrap_up: WrapUp) -> Act:
        """Write an exchange and its promised call-back, and forget the draft."""
        refuse_without_right(self.session.role)
        stream = await self._stream_of(person) if person is not None else UNLINKED
        wrap_up = self._with_caller(person, wrap_up)
        act, written = await self._wrap_ups.record(person, stream, wrap_up)
        await self._take(written)
        return act

    def _with_caller(self, person: PersonId | None, wrap_up: WrapUp) -> WrapUp:
        """Say with the exchange who spoke, when it was not the member."""
        dossier = self._dossiers.get(person) if person is not None else None
        if dossier is None or wrap_up.direction is Direction.INTERNAL:
            return wrap_up
        caller = dossier.verification.state.caller
        if caller.kind is CallerKind.MEMBER:
            return wrap_up
        return replace(wrap_up, caller=caller.kind.value, caller_name=caller.name)

    async def undo(self, act: Act) -> None:
        """Take back what was done within the last ten minutes."""
        await self._take(await self._undo.undo(act))

    # ---- tasks and absences --------------------------------------------------------------------
    def tasks(self) -> AsyncIterator[TaskBoard]:
        """Follow this user's tasks."""
        return self._tasks.follow()

    def _name_of(self, login: str) -> str:
        """Return what staff call somebody; their login when nobody knows it."""
        own = login == self.session.user
        return self.session.display_name if own else self._confirmations.name_of(login)

    async def add_task(self, new: NewTask) -> Act:
        """Add a task or a call-back."""
        return await self._tasks.add(new)

    async def finish_task(self, task: TaskId) -> Act:
        """Say that a task is done."""
        return await self._tasks.finish(task)

    async def move_task(self, task: TaskId, due: datetime, remind_at: datetime | None = None) -> Act:
        """Give a task another time."""
        return await self._tasks.move(task, due, remind_at)

    async def assign_task(self, task: TaskId, assignee: str) -> Act:
        """Give a task to somebody else."""
        return await self._tasks.assign(task, assignee)

    async def declare_absence(self, starts: datetime, ends: datetime, deputy: str) -> Act:
        """Say that one will be away."""
        return await self._tasks.declare_absence(starts, ends, deputy)

    async def end_absence(self, absence: UUID) -> Act:
        """Say that one is back."""
        return await self._tasks.end_absence(absence)

    # ---- the day -------------------------------------------------------------------------------
    def my_day(self) -> AsyncIterator[MyDay]:
        """Follow the day."""
        return self._days.follow()

    def follow_requests(self, sent: RequestsSent) -> None:
        """Show in the day the requests that this user passed on, from whatever keeps them."""
        self._days.requests = sent
        self._changes.tell()

    # ---- people whom no tool knows -------------------------------------------------------------
    async def add_person(self, new: NewPerson) -> Act:
        """Add somebody."""
        refuse_without_right(self.session.role)
        _, act = await self._people.add(new)
        return act

    async def unlinked_interactions(self) -> tuple[UnlinkedInteraction, ...]:
        """Return the exchanges that belong to nobody yet."""
        refuse_without_right(self.session.role)
        return await self._unlinked.waiting()

    async def attach_interaction(self, event: UUID, person: PersonId) -> Act:
        """Say with whom an exchange was."""
        refuse_without_right(self.session.role)
        stream = await self._stream_of(person)
        act = await self._unlinked.attach(event, person, stream)
        await self._tell_history(stream)
        self._changes.tell()
        return act

    # ---- what others of the desk need ----------------------------------------------------------
    async def _entry(self, person: PersonId) -> DirectoryEntry:
        entry = await self._directory.by_person(person)
        if entry is None:
            raise AviseError("open.nobody")
        return entry

    async def _member_of(self, entry: DirectoryEntry) -> DirectoryEntry:
        if entry.dossier == entry.person:
            return entry
        return await self._directory.by_person(entry.dossier) or entry

    async def _stream_of(self, person: PersonId) -> str:
        """Return the stream of the dossier that covers a person."""
        member = await self._member_of(await self._entry(person))
        return customer_stream(member.dossier)

    async def own_entries(self, stream: str) -> tuple[TimelineEntry, ...]:
        """Return the exchanges of a stream that were written at this desk."""
        return await self._own_entries(stream)

    async def _own_entries(self, stream: str) -> tuple[TimelineEntry, ...]:
        written = await self._journal.interactions(stream)
        return tuple(entry_of(interaction, JOURNAL_SOURCE) for interaction in written)

    async def _take(self, written: Iterable[EventEnvelope]) -> None:
        """Show everywhere what was just written."""
        events = tuple(written)
        self._tasks.take(events)
        self._people.take(events)
        for stream in {event.stream for event in events}:
            await self._tell_history(stream)

    async def _tell_history(self, stream: str) -> None:
        """Tell open screens their exchanges again, when the stream is theirs."""
        shown = [found for found in self._dossiers.values() if customer_stream(found.entry.dossier) == stream]
        if shown:
            entries = await self._own_entries(stream)
            for dossier in shown:
                dossier.show_own_entries(entries)
