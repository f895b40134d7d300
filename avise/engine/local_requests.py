"""The desk around requests to the middle office, and the hub that carries them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TypeVar

from typing_extensions import override

from avise.engine.local_day import LocalDay
from avise.engine.request_dossiers import RequestDossiers, open_at_hub
from avise.hub.port import HubUnreachableError
from avise.models.absences import Absence
from avise.models.customer import DirectoryEntry, PartyKind, PersonId
from avise.models.errors import AviseError
from avise.models.journal import EventEnvelope
from avise.models.request_fold import JudgedEvent
from avise.models.requests import Request, RequestId
from avise.services.alerts import alerts
from avise.services.customer_rights import refuse_opening
from avise.services.facts import Facts
from avise.services.open_customer import OpenDossier, log_error
from avise.services.request_desk import RequestDesk
from avise.services.request_type_files import shipped_request_types
from avise.services.request_values import (
    CheckedFact,
    ColleagueRow,
    FieldTrouble,
    HubState,
    HubStatus,
    NewRequest,
    RequestActs,
    RequestBoard,
    RequestDeed,
    RequestDetail,
    RequestForm,
    RequestQuery,
    RequestRow,
    RequestTypeRow,
    SavedView,
    TeamBoard,
)
from avise.services.requests.checked_facts import checked_facts
from avise.services.requests.creation import About
from avise.services.requests.middle_office import MiddleOffice
from avise.services.requests.office import Written
from avise.services.wording import alert_text
from avise.texts.formats import local

T = TypeVar("T")

_log = logging.getLogger(__name__)

Family = Callable[[PersonId], Awaitable[tuple[DirectoryEntry, ...]]]

NO_HUB = HubStatus(HubState.NONE)


class LocalRequests(LocalDay):
    """Implements `avise.services.request_desk.RequestDesk`; `LocalDesk` is one.

    A profile without a hub has no middle office: its lists are empty, and whatever is asked of it is
    refused with a sentence that says so.
    """

    _middle_office: MiddleOffice | None = None
    _family: Family | None = None
    _tell_written: Written | None = None
    _beside: RequestDossiers | None = None

    def use_requests(self, middle_office: MiddleOffice, family: Family, written: Written) -> None:
        """Show the requests of a hub.

        Args:
            middle_office: open.
            family: tells who a dossier covers.
            written: told of everything that is written here, for the hub.
        """
        self._middle_office = middle_office
        self._family = family
        self._tell_written = written
        self._undo.requests = middle_office.deeds
        self.follow_requests(middle_office.sent_requests)

    def _requests(self) -> RequestDesk:
        if self._middle_office is None:
            raise AviseError("hub.none")
        return self._middle_office

    # ---- what the middle office asks of the desk -----------------------------------------------
    async def about_request(self, person: PersonId | None) -> About:
        """Return whom a request would be about, with what the tools told of an open file.

        Raises:
            AviseError: `open.nobody`, or the file may not be opened by this role.
        """
        now = self._env.now()
        nothing = Facts(local(now).date(), now)
        if person is None:
            return About(nothing)
        entry = await self._entry(person)
        member = await self._member_of(entry)
        dossier = self._dossier_of(member.dossier)
        if dossier is None:
            refuse_opening(self.session.role, (entry, member), "")
        guessed = await self.guess_reasons(dossier.entry.person if dossier is not None else None)
        is_company = member.party.kind is PartyKind.COMPANY
        return About(
            facts=dossier.facts() if dossier is not None else nothing,
            person=person,
            dossier=member.dossier,
            people={found.person: _full_name(found) for found in await self._covered(member)},
            company=member.person if is_company else None,
            reasons=tuple(found.reason for found in guessed) if dossier is not None else (),
        )

    async def known_of_request(self, request: Request) -> tuple[tuple[CheckedFact, ...], tuple[str, ...]]:
        """Return what the tools say of the matter of a request, and the worded alerts of its customer."""
        if request.dossier is None:
            return (), ()
        dossier = self._dossier_of(request.dossier) or self._request_dossiers.get(request.dossier)
        if dossier is None:
            return (), ()
        facts = dossier.facts()
        kind = shipped_request_types().book.get(request.type)
        reasons = kind.reasons if kind is not None else ()
        return checked_facts(facts, reasons), tuple(alert_text(alert) for alert in alerts(facts))

    def beside_request(self, request: Request) -> AbstractAsyncContextManager[None]:
        """Read the file of a request's customer for as long as somebody looks at the request."""
        return self._request_dossiers.beside(request)

    async def absences(self) -> Sequence[Absence]:
        """Return the absences that are known here."""
        return await self._tasks.absences()

    @property
    def _request_dossiers(self) -> RequestDossiers:
        if self._beside is None:
            find = self._directory.by_person
            self._beside = RequestDossiers(self.session, self._sources, self._env, find, self._tell_requests)
        return self._beside

    def _tell_requests(self) -> None:
        if self._middle_office is not None:
            self._middle_office.tell_changed()

    def _ask_hub(self, dossier: OpenDossier, reason: str) -> asyncio.Task[None]:
        """Tell the hub that a file is opened, and show what it holds of the customer meanwhile."""
        task = asyncio.create_task(self._show_hub(dossier, reason), name="ask the hub")
        task.add_done_callback(log_error)
        return task

    async def _show_hub(self, dossier: OpenDossier, reason: str) -> None:
        office = self._middle_office
        if office is None:
            return
        subject, told = dossier.entry.dossier, await self._told_by_hub(office, dossier, reason)
        async for _ in office.beats():
            # A file that was opened without the hub is logged there, and completed, once it is back.
            told = told or await self._told_by_hub(office, dossier, reason)
            dossier.show_open_requests(office.open_requests_of(subject))

    async def _told_by_hub(self, office: MiddleOffice, dossier: OpenDossier, reason: str) -> bool:
        """Show what the hub holds of a customer; say whether it answered, be it with a refusal."""
        subject = dossier.entry.dossier
        try:
            found = await open_at_hub(office.hub(), subject, dossier.purpose, reason, self._journal.events)
        except HubUnreachableError:
            return False
        except AviseError as error:
            _log.info("a file was opened without the hub: %s", error.message_key)
            return True
        office.show_subject(subject, found.requests)
        dossier.show_hub_entries(found.entries)
        return True

    def _dossier_of(self, dossier: PersonId) -> OpenDossier | None:
        return next((found for found in self._dossiers.values() if found.entry.dossier == dossier), None)

    async def _covered(self, member: DirectoryEntry) -> tuple[DirectoryEntry, ...]:
        try:
            found = await self._family(member.dossier) if self._family is not None else ()
        except AviseError:
            found = ()
        return found or (member,)

    @override
    async def _take(self, written: Iterable[EventEnvelope]) -> None:
        events = tuple(written)
        await super()._take(events)
        if self._tell_written is not None:
            self._tell_written(events)

    def take_shared(self, events: Sequence[EventEnvelope]) -> None:
        """Take the tasks and absences that others wrote."""
        self._tasks.take(events)

    def take_confirmations(self, events: Sequence[JudgedEvent]) -> None:
        """Take what the hub told of confirmations asked and answered."""
        self._confirmations.take_fed(events)

    # ---- lists ---------------------------------------------------------------------------------
    def request_board(self, query: RequestQuery) -> AsyncIterator[RequestBoard]:
        """Follow the corbeilles and one list."""
        if self._middle_office is None:
            return _once(RequestBoard(query, (), (), 0, 0, NO_HUB))
        return self._middle_office.request_board(query)

    def requests_of(self, person: PersonId) -> AsyncIterator[tuple[RequestRow, ...]]:
        """Follow the requests of a customer's dossier."""
        if self._middle_office is None:
            nobody: tuple[RequestRow, ...] = ()
            return _once(nobody)
        return self._middle_office.requests_of(person)

    async def find_request(self, words: str) -> tuple[RequestRow, ...]:
        """Return requests by number or title."""
        return await self._middle_office.find_request(words) if self._middle_office is not None else ()

    # ---- one request ---------------------------------------------------------------------------
    def follow_request(self, request: RequestId) -> AsyncIterator[RequestDetail]:
        """Follow one request."""
        return self._requests().follow_request(request)

    async def note_presence(self, request: RequestId | None, *, writing: bool = False) -> None:
        """Say what is on screen."""
        if self._middle_office is not None:
            await self._middle_office.note_presence(request, writing=writing)

    async def act_on_requests(self, requests: Sequence[RequestId], deed: RequestDeed) -> RequestActs:
        """Do something to requests."""
        return await self._requests().act_on_requests(requests, deed)

    async def take_next(self, basket: str) -> RequestActs:
        """Take the request of a corbeille that is due first and held by nobody."""
        return await self._requests().take_next(basket)

    async def save_attachment(self, request: RequestId, blob: str, folder: Path) -> Path:
        """Write an attachment to a folder and return the file."""
        return await self._requests().save_attachment(request, blob, folder)

    async def save_request_draft(self, request: RequestId, target: str, words: str) -> None:
        """Keep what is being typed."""
        await self._requests().save_request_draft(request, target, words)

    async def request_drafts(self, request: RequestId) -> dict[str, str]:
        """Return what was being typed on a request."""
        return await self._requests().request_drafts(request)

    # ---- creation ------------------------------------------------------------------------------
    async def request_types(self, person: PersonId | None = None) -> tuple[RequestTypeRow, ...]:
        """Return the types that this user may create."""
        return await self._middle_office.request_types(person) if self._middle_office is not None else ()

    async def request_form(self, type_id: str, person: PersonId | None) -> RequestForm:
        """Return what a type asks."""
        return await self._requests().request_form(type_id, person)

    async def check_request(self, new: NewRequest) -> tuple[FieldTrouble, ...]:
        """Return what is missing or malformed."""
        return await self._requests().check_request(new)

    async def create_request(self, new: NewRequest) -> RequestActs:
        """Send a request."""
        return await self._requests().create_request(new)

    # ---- views and team ------------------------------------------------------------------------
    async def save_view(self, view: SavedView) -> SavedView:
        """Keep a list under a name."""
        return await self._requests().save_view(view)

    async def delete_view(self, view_id: str) -> None:
        """Forget a saved view."""
        await self._requests().delete_view(view_id)

    async def saved_view(self, view_id: str) -> SavedView | None:
        """Return a saved view."""
        return await self._middle_office.saved_view(view_id) if self._middle_office is not None else None

    async def colleagues(self) -> tuple[ColleagueRow, ...]:
        """Return colleagues."""
        return await self._middle_office.colleagues() if self._middle_office is not None else ()

    def team_board(self) -> AsyncIterator[TeamBoard]:
        """Follow the load of the teams that this user leads."""
        return self._requests().team_board()

    # ---- the hub -------------------------------------------------------------------------------
    def hub_status(self) -> AsyncIterator[HubStatus]:
        """Follow how this station stands with the hub."""
        return self._middle_office.hub_status() if self._middle_office is not None else _once(NO_HUB)

    async def sign_in(self, password: str) -> None:
        """Sign this station's user in."""
        await self._requests().sign_in(password)

    async def sign_in_with_provider(self) -> str:
        """Begin a sign-in at the identity provider."""
        return await self._requests().sign_in_with_provider()

    async def sign_out(self) -> None:
        """Forget the tokens of this station."""
        await self._requests().sign_out()


def _full_name(entry: DirectoryEntry) -> str:
    party = entry.party
    return " ".join(part for part in (party.first_name, party.last_name) if part) or party.company_name


async def _once(value: T) -> AsyncIterator[T]:
    yield value
