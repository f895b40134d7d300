"""The middle office of one desk: lists, one request, acts, creation, the hub (`RequestDesk`).

Everything is answered from what this workstation holds; the hub is asked only for what it alone knows.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from avise.hub.port import HubError, HubPort, Presence
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.journal import EventKind, NewEvent
from avise.models.requests import Request, RequestId
from avise.models.roles import Role
from avise.services.change_signal import ChangeSignal
from avise.services.customer_rights import refuse_without_right
from avise.services.day_values import SentRequest
from avise.services.request_values import (
    ColleagueRow,
    FieldTrouble,
    HubStatus,
    NewRequest,
    RequestActs,
    RequestBoard,
    RequestDeed,
    RequestDetail,
    RequestFilters,
    RequestForm,
    RequestQuery,
    RequestRow,
    RequestTypeRow,
    SavedView,
    TeamBoard,
)
from avise.services.request_wording import say, type_label
from avise.services.requests.acts import RequestDeeds
from avise.services.requests.calls import Calls
from avise.services.requests.clocks import Clocks
from avise.services.requests.creation import NewRequests
from avise.services.requests.far_requests import FarRequests, refused_far
from avise.services.requests.lists import Lists
from avise.services.requests.next_request import NextRequests
from avise.services.requests.office import Office
from avise.services.requests.rows import Rows, questions_for
from avise.services.requests.saved_views import PREFIX as VIEWS
from avise.services.requests.saved_views import view_from, view_text
from avise.services.requests.surroundings import Around, HubLink, SignIn
from avise.services.requests.team import Team

LOOK_EVERY = 20.0
"""Seconds between two looks at the clock: a mark changes its minute at most that late."""

PAUSE = 0.5
"""Seconds between two states told to a screen, on average: at most two a second."""

AT_ONCE = 2
"""States told one after the other without a pause: an act, then what the hub says of it."""

FOUND_AT_MOST = 50

QUARANTINE_EVERY = 60.0
"""Seconds between two counts of what waits for a team lead at the hub."""


class MiddleOffice:
    """Implements `RequestDesk`, and hears of the hub (`SyncListener` of the engine).

    Args:
        office: what there is, and where it is written.
        around: the rest of the desk.
        changes: told of each change.
    """

    def __init__(self, office: Office, around: Around, changes: ChangeSignal) -> None:
        self._office = office
        self._known = office.known
        self._standing = office.standing
        self._env = office.env
        self._memory = around.memory
        self._names = around.names
        self._changes = changes
        self._details = around.details
        self._clocks = Clocks()
        self.rows = Rows(office.known, office.standing, self._clocks)
        self._views: dict[str, SavedView] = {}
        self._lists = Lists(office.standing, self._clocks, self._views)
        self._calls = Calls(office.known, self.rows, office.standing, self._clocks)
        self.deeds = RequestDeeds(office, around.types, self._is_away)
        self.next = NextRequests(self._due_first, self._take)
        self._new = NewRequests(office, around.types, around.about, self._drawn)
        self.team = Team(office, self._clocks)
        self._beside, self._absences = around.beside, around.absences
        self._far = FarRequests(self.hub)
        self._subjects: dict[PersonId, tuple[Request, ...]] = {}
        """Requests that the hub told when a file was opened, by dossier."""
        around.details.away_until = self.team.away_until
        self.ready = asyncio.Event()
        """Set once what is kept is read: whoever asks before waits."""
        self.link: HubLink | None = None
        self.signing: SignIn | None = None

    def _is_away(self, login: str) -> bool:
        return self.team.away_until(login, self._env.now()) is not None

    async def open(self) -> None:
        """Read what this desk keeps for itself."""
        self.rows.seen.update(await self._memory.seen())
        for view_id, kept in (await self._memory.views()).items():
            view = view_from(view_id, kept)
            if view is not None:
                self._views[view_id] = view

    # ---- lists ---------------------------------------------------------------------------------
    async def request_board(self, query: RequestQuery) -> AsyncIterator[RequestBoard]:
        """Follow the corbeilles and one list."""
        refuse_without_right(self._office.session.role)
        told: RequestBoard | None = None
        async for _ in self.beats():
            board = await self._board(query)
            if board != told:
                told = board
                yield board

    async def _board(self, query: RequestQuery) -> RequestBoard:
        now = self._env.now()
        fragile = self.rows.fragile_dossiers()
        listing = self._lists.listing(query, self._known, fragile, now)
        shown = listing.found[: query.limit]
        people = await self._names.of(request.person for request in shown)
        return RequestBoard(
            query=query,
            baskets=self._lists.baskets(self._known, fragile, now),
            rows=tuple(
                self.rows.row(request, people, now, fragile=request.dossier in fragile) for request in shown
            ),
            total=len(listing.found),
            basket_total=listing.basket_total,
            hub=self._standing.status,
            hours=listing.hours,
            calls=self._calls.found(now),
            instead=self.next.instead,
        )

    async def beats(self) -> AsyncIterator[None]:
        """Come once all is read, then after each change, at most twice a second, and by the clock."""
        await self.ready.wait()
        told: deque[float] = deque(maxlen=AT_ONCE)
        while True:
            seen = self._changes.count
            told.append(self._env.monotonic())
            yield None
            await self._changes.wait(seen, self._env, LOOK_EVERY)
            left = told[0] + AT_ONCE * PAUSE - self._env.monotonic() if len(told) == AT_ONCE else 0.0
            if left > 0:
                await self._env.sleep(left)

    async def requests_of(self, person: PersonId) -> AsyncIterator[tuple[RequestRow, ...]]:
        """Follow the requests of a customer's dossier."""
        refuse_without_right(self._office.session.role)
        told: tuple[RequestRow, ...] | None = None
        async for _ in self.beats():
            now = self._env.now()
            found = [request for request in self._known if person in (request.dossier, request.person)]
            here = {request.id for request in found}
            found.extend(other for other in self._subjects.get(person, ()) if other.id not in here)
            found.sort(key=lambda request: (not request.is_open, self._due(request, now)))
            drawn = await self._drawn(found)
            if drawn != told:
                told = drawn
                yield drawn

    def _due(self, request: Request, now: datetime) -> datetime:
        return self._clocks.of(request, now).due_at

    async def _drawn(self, requests: Sequence[Request]) -> tuple[RequestRow, ...]:
        people = await self._names.of(request.person for request in requests)
        now = self._env.now()
        return tuple(self.rows.row(request, people, now) for request in requests)

    async def find_request(self, words: str) -> tuple[RequestRow, ...]:
        """Return requests by number or title."""
        refuse_without_right(self._office.session.role)
        if not words.strip():
            return ()
        await self.ready.wait()
        found = self._lists.searched(words, self._known)[:FOUND_AT_MOST]
        here = {request.id for request in self._known}
        far = [request for request in await self._far.search(words) if request.id not in here]
        return await self._drawn([*found, *far][:FOUND_AT_MOST])

    def tell_changed(self) -> None:
        """Say that something shown beside requests changed."""
        self._changes.tell()

    def show_subject(self, dossier: PersonId, requests: tuple[Request, ...]) -> None:
        """Show with a customer the requests that the hub told when the file was opened."""
        self._subjects[dossier] = requests
        self._changes.tell()

    def open_requests_of(self, dossier: PersonId) -> int:
        """Return how many requests of a dossier are open."""
        here = {request.id: request for request in self._known if request.dossier == dossier}
        far = {request.id: request for request in self._subjects.get(dossier, ())}
        return sum(request.is_open for request in (far | here).values())

    # ---- one request ---------------------------------------------------------------------------
    async def follow_request(self, request: RequestId) -> AsyncIterator[RequestDetail]:
        """Follow one request; the opening is journaled when it is about a person."""
        refuse_without_right(self._office.session.role)
        await self.ready.wait()
        found = self._known.get(request) or await self._fetched(request)
        await self._details.note_opening(found)
        async with self._beside(found), aclosing(self._followed(request)) as details:  # type: ignore[type-var]  # a generator
            async for detail in details:
                yield detail

    async def _fetched(self, request: RequestId) -> Request:
        """Return a request that the hub alone knows; it stays here for the time of a session."""
        try:
            events = await self._far.events(request)
        except HubError as error:
            raise refused_far(error) from None
        self._known.take_fed(events)
        found = self._known.get(request)
        if found is None:
            raise AviseError("request.nobody_knows")
        return found

    async def _followed(self, request: RequestId) -> AsyncIterator[RequestDetail]:
        told: RequestDetail | None = None
        async for _ in self.beats():
            self.team.absences = await self._absences()
            found = self._known.get(request)
            if found is None:
                raise AviseError("request.nobody_knows")
            detail = await self._details.of(found, self.rows, self.deeds, await self._related(found))
            await self._note_seen(found)
            if detail != told:
                told = detail
                yield detail

    async def _related(self, request: Request) -> tuple[RequestRow, ...]:
        if request.dossier is None:
            return ()
        others = [
            other
            for other in self._known
            if other.dossier == request.dossier and other.is_open and other.id != request.id
        ]
        return await self._drawn(others[:FOUND_AT_MOST])

    async def _note_seen(self, request: Request) -> None:
        if self.rows.seen.get(request.id, 0) < request.ver:
            self.rows.seen[request.id] = request.ver
            await self._memory.note_seen(request.id, request.ver)
            self._changes.tell()

    async def note_presence(self, request: RequestId | None, *, writing: bool = False) -> None:
        """Say what is on screen."""
        if self.link is not None:
            session, now = self._office.session, self._env.now()
            here = Presence(session.user, request, writing, now) if request is not None else None
            self.link.show_presence(here)

    async def act_on_requests(self, requests: Sequence[RequestId], deed: RequestDeed) -> RequestActs:
        """Do something to requests: stored and shown at once, then sent."""
        refuse_without_right(self._office.session.role)
        await self.ready.wait()
        done = await self.deeds.act(requests, deed)
        for request in done.done:
            self.rows.refused.pop(request, None)
        return done

    async def take_next(self, basket: str) -> RequestActs:
        """Take the request of a corbeille that is due first and held by nobody."""
        await self.ready.wait()
        return await self.next.take(basket)

    def _due_first(self, basket: str) -> Sequence[Request]:
        query = RequestQuery(basket, RequestFilters())
        return self._lists.listing(query, self._known, self.rows.fragile_dossiers(), self._env.now()).found

    async def _take(self, request: RequestId) -> RequestActs:
        return await self.act_on_requests((request,), RequestDeed(EventKind.REQUEST_CLAIMED))

    async def save_attachment(self, request: RequestId, blob: str, folder: Path) -> Path:
        """Write an attachment to a folder and return the file."""
        found = self._known.get(request)
        if found is None:
            raise AviseError("request.nobody_knows")
        return await self._details.save_attachment(found, blob, folder, self.hub)

    def hub(self) -> HubPort:
        """Return the hub, to ask what is not kept here.

        Raises:
            HubUnreachableError: it is not there.
        """
        if self.link is None:
            raise AviseError("hub.none")
        return self.link.hub

    async def save_request_draft(self, request: RequestId, target: str, words: str) -> None:
        """Keep what is being typed."""
        await self._memory.save_draft(request, target, words)

    async def request_drafts(self, request: RequestId) -> dict[str, str]:
        """Return what was being typed on a request."""
        return await self._memory.drafts(request)

    # ---- creation ------------------------------------------------------------------------------
    async def request_types(self, person: PersonId | None = None) -> tuple[RequestTypeRow, ...]:
        """Return the types that this user may create."""
        return await self._new.types(person)

    async def request_form(self, type_id: str, person: PersonId | None) -> RequestForm:
        """Return what a type asks."""
        await self.ready.wait()
        return await self._new.form(type_id, person)

    async def check_request(self, new: NewRequest) -> tuple[FieldTrouble, ...]:
        """Return what is missing or malformed."""
        return await self._new.check(new)

    async def create_request(self, new: NewRequest) -> RequestActs:
        """Send a request."""
        refuse_without_right(self._office.session.role)
        await self.ready.wait()
        return await self._new.create(new)

    async def prepare_request(self, new: NewRequest) -> tuple[RequestId, NewEvent]:
        """Return the event that sends a request, for whoever writes it with other things."""
        await self.ready.wait()
        return await self._new.prepare(new)

    # ---- views and team ------------------------------------------------------------------------
    async def save_view(self, view: SavedView) -> SavedView:
        """Keep a list under a name."""
        name = view.name.strip()
        if not name:
            raise AviseError("request.view_nameless")
        kept = replace(view, id=view.id or f"{VIEWS}{self._env.uuid7()}", name=name)
        await self._memory.keep_view(kept.id, view_text(kept))
        self._views[kept.id] = kept
        self._changes.tell()
        return kept

    async def delete_view(self, view_id: str) -> None:
        """Forget a saved view."""
        await self._memory.forget_view(view_id)
        self._views.pop(view_id, None)
        self._changes.tell()

    async def saved_view(self, view_id: str) -> SavedView | None:
        """Return a saved view."""
        return self._views.get(view_id)

    async def colleagues(self) -> tuple[ColleagueRow, ...]:
        """Return colleagues, to assign a request to or to mention."""
        self.team.absences = await self._absences()
        return self.team.colleagues(self._env.now())

    async def team_board(self) -> AsyncIterator[TeamBoard]:
        """Follow the load of the teams that this user leads."""
        if self._office.session.role is not Role.TEAM_LEAD:
            raise AviseError("board.leads_only")
        told: TeamBoard | None = None
        counted_at = -QUARANTINE_EVERY
        async for _ in self.beats():
            self.team.absences = await self._absences()
            if self._env.monotonic() >= counted_at + QUARANTINE_EVERY:
                counted_at = self._env.monotonic()
                self.team.quarantined = await self._far.quarantined()
            board = self.team.board(await self._drawn(self.team.late(self._env.now())), self._env.now())
            if board != told:
                told = board
                yield board

    # ---- the day -------------------------------------------------------------------------------
    async def sent_requests(self) -> tuple[SentRequest, ...]:
        """Return the open requests that this user passed on, those with a question to answer first."""
        user, now = self._office.session.user, self._env.now()
        mine = [request for request in self._known if request.requester == user and request.is_open]
        mine.sort(key=lambda request: (not questions_for(request, user), self._due(request, now)))
        return tuple(self._sent(request, now) for request in mine)

    def _sent(self, request: Request, now: datetime) -> SentRequest:
        due = self._due(request, now)
        return SentRequest(
            number=request.number,
            title=request.title or type_label(request.type),
            sent_at=request.created_at,
            sentence=say(request.type, request.status, request.queue, due, now),
            due=due,
            person=request.person,
            request=request.id,
            questions=len(questions_for(request, self._office.session.user)),
        )

    # ---- the hub -------------------------------------------------------------------------------
    async def hub_status(self) -> AsyncIterator[HubStatus]:
        """Follow how this station stands with the hub."""
        told: HubStatus | None = None
        while True:
            seen = self._changes.count
            if self._standing.status != told:
                told = self._standing.status
                yield told
            await self._changes.wait(seen, self._env, LOOK_EVERY)

    async def sign_in(self, password: str) -> None:
        """Sign this station's user in."""
        await self._signing().sign_in(password)

    async def sign_in_with_provider(self) -> str:
        """Begin a sign-in at the identity provider."""
        return await self._signing().sign_in_with_provider()

    async def sign_out(self) -> None:
        """Forget the tokens of this station."""
        await self._signing().sign_out()

    def _signing(self) -> SignIn:
        if self.signing is None:
            raise AviseError("hub.no_sign_in")
        return self.signing
