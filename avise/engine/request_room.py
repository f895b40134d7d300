"""Builds the middle office of a desk: what is kept, the hub that carries it, and what the screens ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime

from avise.connectors.addresses import is_remote
from avise.connectors.ports import SecretPort
from avise.engine.hub_calls import CALL_SECONDS, Connect
from avise.engine.hub_clock import HubClock
from avise.engine.hub_connection import HubConnection, Secrets
from avise.engine.hub_standing import CLOCK
from avise.engine.hub_sync import HubSync
from avise.engine.network_room import NetworkRoom
from avise.engine.opened_store import OpenedStore
from avise.env import Env
from avise.hub.port import View
from avise.models.absences import Absence
from avise.models.confirmations import PREFIX as CONFIRMATIONS
from avise.models.errors import AviseError
from avise.models.fed_events import judged
from avise.models.identity.links import PREFIX as IDENTITY
from avise.models.journal import EventEnvelope
from avise.models.requests import Request, RequestId
from avise.models.roles import Role
from avise.models.visits import PREFIX as VISITS
from avise.services.change_signal import ChangeSignal
from avise.services.hub_rights import HubWord, right_by_hub
from avise.services.open_customer import log_error
from avise.services.outbox_sending import Right
from avise.services.ports import DirectoryPort
from avise.services.profile import Profile
from avise.services.request_type_files import shipped_request_types
from avise.services.requests.creation import AboutPort
from avise.services.requests.customer_names import CustomerNames
from avise.services.requests.details import Details, KnownOf
from avise.services.requests.hub_news import (
    STANDING,
    AddTask,
    HubNews,
    LinkNews,
    TakeConfirmations,
    TakeShared,
)
from avise.services.requests.joined_files import JoinedFiles
from avise.services.requests.known_requests import KnownRequests
from avise.services.requests.middle_office import MiddleOffice
from avise.services.requests.office import Office
from avise.services.requests.standing import Standing
from avise.services.requests.surroundings import Around
from avise.services.settings_file import HubMode, HubSignIn
from avise.store.attachments import Attachments
from avise.store.feed import Feed
from avise.store.journal import Journal
from avise.store.own_events import purge_own
from avise.store.request_drafts import RequestMemory

STREAMS = ("request/", "task/", "absence/", CONFIRMATIONS, VISITS, IDENTITY)
"""Streams of the hub that a workstation shows."""

OWN_AT_MOST = 5_000
"""Own events that the hub has not acknowledged, read at a start."""


@dataclass(frozen=True, slots=True)
class DeskParts:
    """What the middle office asks of the rest of the desk.

    Args:
        directory: who exists.
        journal: what staff do.
        about: tells whom a request would be about.
        known_of: what the tools say of the matter of a request.
        add_task: adds a task of this user's.
        take_shared: takes the tasks and absences of others.
        take_confirmations: takes what the hub tells of confirmations.
        links: takes what the hub tells of records held to be one person's.
        beside: reads the file of a request's customer while the request is on screen.
        absences: tells who is away.
    """

    directory: DirectoryPort
    journal: Journal
    about: AboutPort
    known_of: KnownOf
    add_task: AddTask
    take_shared: TakeShared
    take_confirmations: TakeConfirmations
    links: LinkNews
    beside: Callable[[Request], AbstractAsyncContextManager[None]]
    absences: Callable[[], Awaitable[Sequence[Absence]]]


class RequestRoom:
    """The middle office of one profile, and its hub, from `open` to `aclose`.

    Args:
        profile: with its section `[hub]`.
        opened: the store and its key, from which attachments get their names.
        secrets: where tokens are sealed.
        parts: of the desk.
        env: the clock.
        plain: secrets of a demonstration's profile.
    """

    def __init__(
        self,
        profile: Profile,
        opened: OpenedStore,
        secrets: Secrets,
        parts: DeskParts,
        env: Env,
        plain: SecretPort | None = None,
    ) -> None:
        self._store = store = opened.store
        self._parts = parts
        self._env = env
        self._section = section = profile.settings.hub
        self._laptop, self._started = profile.settings.offline.allowed, env.monotonic()
        self._session = session = profile.session()
        self.feed = Feed(store, env)
        self._attachments = attachments = Attachments(store, opened.key, env)
        self.known = KnownRequests()
        self.standing = Standing(session, section.team)
        self.known.is_followed = self.standing.follows
        self.changes = ChangeSignal()
        office = Office(
            self.known,
            self.standing,
            parts.journal,
            JoinedFiles(attachments),
            HubClock(env, parts.journal),
            self.on_written,
        )
        names = CustomerNames(parts.directory, session.role, env)
        types = shipped_request_types()
        details = Details(office, names, types, parts.known_of)
        memory = RequestMemory(store, env, session.user)
        self.desk = MiddleOffice(
            office,
            Around(memory, names, parts.about, details, types, parts.beside, parts.absences),
            self.changes,
        )
        self.news = HubNews(
            office, self.desk.rows, self.feed, self.changes, parts.add_task, parts.take_shared,
            memory, env.now,
        )  # fmt: skip
        self.news.take_confirmations, self.news.links = parts.take_confirmations, parts.links
        self.news.settle_next = self.desk.next.settle
        self.news.who_has = self._who_has
        self._connection = HubConnection(profile, session, secrets, env, plain)
        self._connection.on_changed = self._on_sign_in
        self.desk.signing = self._connection
        self.network: NetworkRoom | None = None
        """Says whether the hub may be asked."""
        self.sync: HubSync | None = None
        self._opening: asyncio.Task[None] | None = None

    async def open(self, connect: Connect | None = None) -> None:
        """Begin: what is kept is read, then the hub spoken to, in the background.

        Args:
            connect: opens the hub; the profile's, unless told.
        """
        self.standing.read(await self.feed.noted(STANDING))
        self._parts.journal.clock_offset_ms = int(await self.feed.noted(CLOCK) or 0)
        await self.desk.open()
        self._opening = asyncio.create_task(self._load(), name="load requests")
        self._opening.add_done_callback(log_error)
        self.sync = self.desk.link = HubSync(
            self._session, connect or self._connection.connect, self.feed, self._parts.journal,
            self._attachments, self.news, self._env, self._sign_in,
        )  # fmt: skip
        self.sync.watch_for_loss(self._connection.is_lost)
        self.sync.network, self.sync.elsewhere = self.network, self._is_elsewhere
        if self.network is not None:
            self.network.on_woken.append(self.sync.resume)
            self.network.on_clock_set.append(self._clock_set)

    async def _load(self) -> None:
        state = await self.feed.state()
        fed = await self.feed.events(STREAMS)
        own = await self._parts.journal.since(state.sent, OWN_AT_MOST)
        loaded = KnownRequests()
        await asyncio.to_thread(loaded.load, fed, own)
        self.known.adopt(loaded)
        await self._parts.links.put_links_aside(await self.feed.not_counted(IDENTITY))
        await self.news.on_kept([event for event in fed if not event.stream.startswith(STREAMS[0])])
        self.desk.ready.set()
        self.changes.tell()
        if self.sync is not None:
            self._parts.journal.on_written = self.sync.poke
            await self.sync.start(embedded=self._section.mode is HubMode.EMBEDDED)

    async def shared_visits(self) -> tuple[EventEnvelope, ...]:
        """Return what the hub gave of visits: those that this user wrote elsewhere among them."""
        fed = (judged(event) for event in await self.feed.events((VISITS,)))
        return tuple(found.event for found in fed if found.known and found.effective)

    async def _who_has(self, request: RequestId) -> tuple[str, datetime] | None:
        """Ask the hub who has the customer of a request along; None when it does not say."""
        if self.sync is None:
            return None
        try:
            async with asyncio.timeout(CALL_SECONDS):
                page = await self.sync.hub.query(View.CHECKED_OUT, {"request": str(request)})
        except (AviseError, TimeoutError):
            return None
        for row in page.rows:
            return str(row["login"]), datetime.fromisoformat(str(row["until"]))
        return None

    async def aclose(self) -> None:
        """End the talk with the hub."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        if self.sync is not None:
            await self.sync.aclose()
        await self._connection.aclose()

    def right_by_hub(self) -> tuple[Right, Role]:
        """Return whether the hub lets commands of this user leave, and with which role."""
        sync, network = self.sync, self.network
        word = HubWord(
            sync.heard_at if sync is not None else None,
            self.standing.colleagues,
            sync.trouble if sync is not None else None,
        )
        absent_until = network.absent_until if network is not None else None
        laptop = self._laptop
        if laptop and absent_until is None:
            # A laptop that was just started comes from anywhere.
            absent_until = self._started
        return right_by_hub(self._session, word, absent_until, self._env.monotonic(), laptop=laptop)

    async def purge(self) -> None:
        """Forget what ended long ago, and files that the hub has."""
        gone = self.known.drop_ended(self._env.now())
        if gone:
            await self.feed.drop(gone)
            self.changes.tell()
        await self._attachments.purge()
        if self.sync is not None:
            clock = HubClock(self._env, self._parts.journal)
            await purge_own(self._store, clock.now(), self.sync.backed_up)

    @property
    def _is_elsewhere(self) -> bool:
        return self._section.mode is HubMode.REMOTE and is_remote(self._section.url)

    def _clock_set(self, seconds: float) -> None:
        """Keep the hub's time although this machine's clock was set: nobody measured it since."""
        self._parts.journal.clock_offset_ms += round(seconds * 1000)

    @property
    def _sign_in(self) -> str:
        # A hub of this machine asks for a password of its own, where it keeps one.
        return (self._section.sign_in if self._section.mode is HubMode.REMOTE else HubSignIn.LOCAL).value

    def on_written(self, written: Sequence[EventEnvelope]) -> None:
        """Show what was just written; the journal has it sent."""
        self.known.take_own(written)
        self.changes.tell()

    def _on_sign_in(self, error: AviseError | None) -> None:
        """Speak to the hub again: somebody signed in or out, or could not."""
        if self.sync is not None:
            self.sync.sign_in_changed(error)
