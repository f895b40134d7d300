"""The engine: everything but the window, built in order and ended in order.

    with Engine.open(folder) as engine:
        engine.run(engine.desk.search("marchand"))

Order at the end (decision 43): the connectors' loop is joined, what the engine's still has is
cancelled, then the store closes and the engine's loop is joined. Nothing here imports Qt.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TypeVar

from avise.connectors.ports import SecretPort
from avise.connectors.shared import Shared
from avise.directory.keys import Minter
from avise.engine.at_contact import AtContact
from avise.engine.connector_trials import ConnectorTrials
from avise.engine.directory_loading import DirectoryLoading
from avise.engine.house_directory import HouseDirectory
from avise.engine.hub_sync import HubSync
from avise.engine.lease_room import LeaseRoom, half_source
from avise.engine.local_desk import LocalDesk
from avise.engine.local_messages import MessageRoom
from avise.engine.log_files import log_to_profile, stop_logging
from avise.engine.loops import LoopThread, cancel_others
from avise.engine.message_room import open_message_room
from avise.engine.network_room import NetworkRoom
from avise.engine.opened_store import OpenedStore
from avise.engine.outbox_room import OutboxRoom
from avise.engine.packs_on_board import OnBoard
from avise.engine.profile_secrets import ProfileSecrets
from avise.engine.purging import Purge, Purging, purge_at_log_off
from avise.engine.request_room import DeskParts, RequestRoom
from avise.engine.source_crossing import CrossingSources
from avise.engine.tool_room import ToolRoom
from avise.engine.visit_room import Beside, VisitRoom
from avise.engine.wiping import Wiping
from avise.env import Env, SystemEnv
from avise.models.errors import AviseError
from avise.models.roles import Role
from avise.services.outbox import Outbox
from avise.services.profile import Profile, load_profile
from avise.services.settings_file import HubMode
from avise.services.suggestions import shipped_book
from avise.store.desk_memory import DeskMemory
from avise.store.directory import Directory
from avise.store.journal import Journal
from avise.store.sealed import SealedSecrets
from avise.store.snapshots import Snapshots
from avise.store.store import Store

T = TypeVar("T")

SWITCH_INTERVAL = 0.00005
"""Seconds between two offers of the interpreter lock. Qt's thread asks for it back at every call that
lets it go, dozens of times a paint, while the engine reads and writes: with 0.5 ms it missed half of
its frames under load (`benchmarks/stalls.py`), with the default of 5 ms nearly all."""


class Engine:
    """One profile at work. Build it with `Engine.open`, or `start` and `stop` from a window.

    Args:
        profile: what to work on.
        env: clock, chance, identifiers.
        thread: the engine's loop, when it runs already.
        ask_passphrase: for a profile whose key is sealed by one; None when nobody can be asked.
        at_desk: whether somebody works at this engine's window: its end is then a log-off.
        opened: the store, when it is open already; this engine closes it.
    """

    desk: LocalDesk
    directory: Directory
    sources: CrossingSources
    trials: ConnectorTrials
    """Tries connector files for their authors."""

    def __init__(
        self,
        profile: Profile,
        env: Env,
        thread: LoopThread | None = None,
        *,
        ask_passphrase: Callable[[], str] | None = None,
        at_desk: bool = False,
        opened: OpenedStore | None = None,
    ) -> None:
        self.profile = profile
        self.started = False
        """The desk answers."""
        self._opened = opened
        # The store and this machine's half of the key of what is on board: asked once for both.
        self._ask_passphrase = None if ask_passphrase is None else functools.cache(ask_passphrase)
        self._at_desk = at_desk
        self._secrets: SealedSecrets | None = None
        self.env = env
        self.thread = thread or LoopThread("avise engine")
        self._tools = ToolRoom(env, at_desk=at_desk)
        self._store: Store | None = None
        self._outbox: OutboxRoom | None = None
        self.loading: DirectoryLoading | None = None
        """What fills the directory."""
        self._purging: Purging | None = None
        self._reloads: asyncio.Task[None] | None = None
        self._log: RotatingFileHandler | None = None
        self._room: MessageRoom | None = None
        self.requests: RequestRoom | None = None
        """The middle office, where the profile has a hub and somebody works."""
        self._visits: VisitRoom | None = None
        self._reading_rules: asyncio.Task[object] | None = None
        self.lease: LeaseRoom | None = None
        """What lends the data on board their key, where the profile allows any."""
        self.on_board: OnBoard | None = None
        """The data on board, where the profile allows any."""
        self._wiping = Wiping(profile, env)
        self._at_contact: AtContact | None = None
        self._is_over = False
        self.on_over: Callable[[], None] = lambda: None
        """Called, on the engine's loop, once this engine is to be stopped: its profile is then erased."""

    @property
    def network(self) -> NetworkRoom | None:
        """How much network there is, where somebody works."""
        return self._tools.network

    @classmethod
    @contextlib.contextmanager
    def open(
        cls, folder: Path, env: Env | None = None, *, ask_passphrase: Callable[[], str] | None = None
    ) -> Iterator[Engine]:
        """Open a profile for the time of a `with` block.

        Raises:
            AviseError: the profile or its store cannot be used; the sentence says what to do.
        """
        profile = load_profile(folder, device="")
        engine = cls(profile, env or SystemEnv(), ask_passphrase=ask_passphrase)
        try:
            engine.start()
            yield engine
        finally:
            engine.stop()

    def start(self) -> None:
        """Start the loops and build everything; blocks until the desk can be used."""
        with contextlib.suppress(OSError):
            # A folder that cannot be written is told by the store, whose sentence says what to do.
            self._log = log_to_profile(self.profile.folder)
        sys.setswitchinterval(SWITCH_INTERVAL)
        if not self.thread.started:
            self.thread.start()
        self._tools.start()
        self.thread.submit(self._assemble()).result()
        self.started = True

    def run(self, coroutine: Coroutine[object, object, T]) -> T:
        """Run a coroutine on the engine's loop and wait for its result, from another thread."""
        return self.thread.submit(coroutine).result()

    def submit(self, coroutine: Coroutine[object, object, T]) -> Future[T]:
        """Run a coroutine on the engine's loop without waiting."""
        return self.thread.submit(coroutine)

    async def keep_secret(self, instance: str, name: str, value: str) -> None:
        """Seal a connector's secret in the store.

        Raises:
            AviseError: `secret.no_instance`, `secret.not_declared`, `secret.none_declared` or `secret.empty`.
        """
        self._tools.require_secret(self.profile, instance, name)
        if not value:
            raise AviseError("secret.empty")
        if self._secrets is not None:
            await self._secrets.put(instance, name, value)

    async def directory_ready(self) -> None:
        """Wait until the directory holds somebody, or until its tool was asked in vain."""
        if self.loading is not None:
            await self.loading.ready()

    async def store_faults(self) -> int:
        """Read every page of the store; return how many are damaged."""
        return await self._store.check() if self._store is not None else 0

    def notices(self) -> tuple[AviseError, ...]:
        """Return what staff must be told about this start."""
        if self._store is None:
            return ()
        return (*self._store.notices, *self.directory.notices, *self._tools.notices)

    def stop(self) -> None:
        """End everything in order; may be called twice."""
        with contextlib.ExitStack() as steps:
            # Last in, first out; a step that fails keeps none of the others from being taken.
            steps.callback(self._erase_if_asked)
            steps.callback(self._end_log)
            steps.callback(self.thread.stop)
            steps.callback(self._end_on_loop, self._close_store)
            steps.callback(self._tools.stop)
            steps.callback(self._end_on_loop, self._end_services)

    def _end_on_loop(self, step: Callable[[], Coroutine[object, object, None]]) -> None:
        if self.thread.started:
            with contextlib.suppress(AviseError):
                self.thread.submit(step()).result()

    def _erase_if_asked(self) -> None:
        if self._is_over:
            asyncio.run(self._wiping.finish())

    def _end_log(self) -> None:
        if self._log is not None:
            stop_logging(self._log)
            self._log = None

    # ---- on the engine's loop --------------------------------------------------------------------
    async def _assemble(self) -> None:
        """Build the parts of this engine, each upon those before it."""
        opened = self._opened or await OpenedStore.open(self.profile, self.env, self._ask_passphrase)
        self.profile, self._store, self.directory = opened.profile, opened.store, opened.directory
        profile, store = opened.profile, opened.store
        self._secrets = sealed = SealedSecrets(store, opened.key, self.env)
        secrets = ProfileSecrets(sealed, profile.folder, synthetic=profile.settings.synthetic)
        journal = Journal(store, self.env)
        await self._open_desk(opened, journal, secrets, sealed)
        self.trials = ConnectorTrials(
            profile, self.directory, journal, secrets,
            Shared(tokens=sealed, outward=self._tools.outward), self._tools.thread, self.env,
        )  # fmt: skip
        self._outbox = OutboxRoom(self.desk, self.sources, self.directory, store, journal, self.env)
        outbox = await self._outbox.open(at_desk=self._at_desk)
        if self.network is not None:
            self._follow_network(self.network, outbox)
        room = self._open_messages(store, secrets)
        if self.on_board is not None:
            self.lease = await self._open_lease(store, sealed)
            await self._open_packs(self.on_board, self.lease)
        if self._at_desk and profile.settings.hub.mode is not HubMode.NONE:
            # Two processes of one profile would number the same events: a command alone has no hub.
            self.requests = await self._open_requests(opened, sealed, secrets, journal)
        if self._at_desk and self.desk.session.role is Role.REP:
            await self._open_visits(store, journal, Beside(outbox, room, self.requests))
        self._begin_loading()
        if self.requests is not None and self.requests.sync is not None:
            self._begin_contact(self.requests, self.requests.sync)
        if self._at_desk:
            self._reloads = asyncio.create_task(self.desk.follow_reloads(), name="follow reloads")
        purges: list[Purge] = [Snapshots(store, self.env).purge, outbox.purge]
        if self.requests is not None:
            purges.append(self.requests.purge)
        self._purging = Purging(purges, self.env)

    async def _open_desk(
        self, opened: OpenedStore, journal: Journal, secrets: SecretPort, sealed: SealedSecrets
    ) -> None:
        """Open the tools, and the desk over what they tell."""
        profile, store, env = opened.profile, opened.store, self.env
        self.on_board = OnBoard(profile, store, opened.key, env) if profile.settings.offline.allowed else None
        copies = Snapshots(store, env) if self.on_board is None else self.on_board.copies
        self.sources = await self._tools.open(profile, store, copies, secrets, sealed)
        session = profile.session()
        memory = DeskMemory(store, env, session.user)
        self.desk = LocalDesk(
            session, self.sources, self.directory, journal, memory, copies, env, profile.folder
        )
        self.desk.data_quality = profile.settings.desk.data_quality
        self.desk.ignores_code = profile.settings.desk.ignore_lock_code

    def _follow_network(self, network: NetworkRoom, outbox: Outbox) -> None:
        """Show how much network there is; once it is back, what waited for it goes on."""
        self.desk.use_network(network)
        network.on_back += [self.sources.network_back, outbox.network_back, self.desk.network_back]

    def _begin_loading(self) -> None:
        """Have the directory filled."""
        settings, portfolio_of = self.profile.settings, self.profile.portfolio_of
        minter = Minter(settings.site_namespace, settings.identity_master)
        self.loading = DirectoryLoading(
            settings.identity_master, self.directory, self.sources, self.env, minter, portfolio_of
        )
        self.desk.use_loading(self.loading)
        self._begin_finding(self.loading, portfolio_of)

    def _begin_finding(self, loading: DirectoryLoading, portfolio_of: str) -> None:
        """Find people at the house where the profile says so (decision 15), and fill what is carried."""
        sync = self.requests.sync if self.requests is not None else None
        if sync is None or self.profile.settings.directory != "hub":
            loading.start()
            return
        self.directory.use_house(HouseDirectory(lambda: sync.hub))
        if portfolio_of:
            loading.start()

    def _open_messages(self, store: Store, secrets: SecretPort) -> MessageRoom:
        """Let the desk write to members; where somebody works, what was planned leaves."""
        self._room = room = open_message_room(
            self.profile, self.desk.session, store, self.sources, self.desk.everybody, secrets,
            self.env, self._tools.outward,
        )  # fmt: skip
        self.desk.use_messages(room)
        if self.network is not None:
            network = self.network
            room.outgoing.is_held = lambda: network.is_offline
            network.on_back.append(room.outgoing.network_back)
        if self._at_desk:
            room.outgoing.start()
            # Read beside what follows: the first dossier would wait for the rules of its answers.
            self._reading_rules = asyncio.create_task(asyncio.to_thread(shipped_book), name="read answers")
        return room

    def _begin_contact(self, requests: RequestRoom, sync: HubSync) -> None:
        """Have the lease of what is on board, and an erasing that the hub asks, follow each contact."""
        self._at_contact = AtContact(self._wiping, self.lease, sync, self.env, self._end_here)
        if self.lease is not None:
            self.lease.hub = lambda: sync.hub
            requests.standing.carries = self.lease.key.carries
            if self.on_board is not None and self.on_board.room is not None:
                self.on_board.room.lender = self.lease

    async def _open_visits(self, store: Store, journal: Journal, beside: Beside) -> None:
        session = self.desk.session
        self._visits = VisitRoom(session, store, journal, self.env, self.desk, self.sources, beside)
        if self.on_board is not None:
            self._visits.copies = self.on_board.copies
            self._visits.care = self.on_board.copies.care_totals
            if self.on_board.room is not None:
                self.on_board.room.key_gone = self._visits.forget_names
        await self._visits.open()
        self.desk.use_visits(self._visits.visits)

    async def _open_requests(
        self, opened: OpenedStore, sealed: SealedSecrets, plain: SecretPort, journal: Journal
    ) -> RequestRoom:
        desk = self.desk
        parts = DeskParts(
            desk.everybody, journal, desk.about_request, desk.known_of_request, desk.add_task,
            desk.take_shared, desk.take_confirmations, desk, desk.beside_request, desk.absences,
        )  # fmt: skip
        room = RequestRoom(self.profile, opened, sealed, parts, self.env, plain)
        room.network = self.network
        await room.open()
        desk.use_requests(room.desk, self.directory.family, room.on_written)
        if self._outbox is not None:
            self._outbox.outbox.right_by_hub = room.right_by_hub
        desk.ask_colleagues(room.standing.name_of)
        return room

    def _end_here(self) -> None:
        """Want to be stopped: the hub had this workstation erased."""
        self._is_over = True
        self.on_over()

    async def _open_lease(self, store: Store, sealed: SealedSecrets) -> LeaseRoom:
        local = half_source(self.profile, self.env, self._ask_passphrase)
        lease = LeaseRoom(self.profile, store, sealed, local, self.env)
        await lease.open()
        return lease

    async def _open_packs(self, on_board: OnBoard, lease: LeaseRoom) -> None:
        room = await on_board.open(lease, self.desk, self.sources, self.directory)
        if self.network is not None:
            network = self.network
            room.network = lambda: network.state.mode
            network.on_changed.append(room.network_changed)

    async def _end_services(self) -> None:
        if self._purging is not None:
            await self._purging.aclose()
        if self._reloads is not None:
            self._reloads.cancel()
            await asyncio.gather(self._reloads, return_exceptions=True)
        for first in (self.loading, self.network, self._visits, self._outbox):
            if first is not None:
                await first.aclose()
        if self._room is not None:
            await self._room.outgoing.aclose()
        for part in (self._at_contact, self.requests, self.on_board, self.lease):
            if part is not None:
                await part.aclose()
        await self._tools.aclose()

    async def _close_store(self) -> None:
        # What is still asked of the store ends before it closes, not on a closed store.
        await cancel_others()
        if hasattr(self, "directory"):
            await self.directory.aclose()
        if self._store is not None:
            await purge_at_log_off(self._store, self.profile.folder, self.env, at_desk=self._at_desk)
            await self._store.aclose()
