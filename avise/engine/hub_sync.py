"""Carries out what the pure core decides (`avise.services.sync`): talks to the hub, keeps what comes.

One task, on the engine's loop. It never ends on an error of the hub: it waits and tries again, and what
was written here stays until then.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from avise import __version__
from avise.engine.hub_calls import FILE_SECONDS, Connect, HubCalls, cancel
from avise.engine.hub_clock import HubClock
from avise.engine.hub_colleagues import read_colleagues
from avise.engine.hub_events import push_of
from avise.engine.hub_standing import SIGN_IN, HubStanding
from avise.engine.network_room import NetworkRoom
from avise.engine.sync_listener import SyncListener
from avise.env import Env
from avise.hub.port import (
    MAX_PUSH,
    Head,
    HubError,
    HubPort,
    HubUnreachableError,
    Presence,
)
from avise.models.errors import AviseError
from avise.models.roles import Session
from avise.services.sync import (
    Action,
    Ask,
    Begin,
    Fetch,
    Forget,
    Judgement,
    Rename,
    Renew,
    Rest,
    Rewind,
    Send,
    Skip,
    SyncCore,
)
from avise.store.attachments import Attachments
from avise.store.feed import Feed, KeptAck
from avise.store.journal import Journal

_log = logging.getLogger(__name__)

LISTEN_SECONDS = 20.0
"""How long the hub is asked at once to tell of a change."""

REVOKED = "hub.device_revoked"

AfterHead = Callable[[Head, HubPort], Awaitable[None]]


class HubSync:
    """Keeps this workstation and its hub in step, until `aclose`.

    Args:
        session: who works here.
        connect: opens the hub; called again when it has to be another device's.
        feed: where what comes is kept.
        journal: what was written here.
        attachments: files to send.
        listener: told of everything.
        env: the clock.
        sign_in: how people sign in, "" where the system vouches for them.
    """

    def __init__(
        self,
        session: Session,
        connect: Connect,
        feed: Feed,
        journal: Journal,
        attachments: Attachments,
        listener: SyncListener,
        env: Env,
        sign_in: str = "",
    ) -> None:
        self._session = session
        self._calls = HubCalls(connect, session.device)
        self._standing = HubStanding(session.user, feed, journal, listener, env, sign_in)
        self._feed = feed
        self._journal = journal
        self._attachments = attachments
        self._listener = listener
        self._env = env
        self._core: SyncCore | None = None
        self._poked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._presence: tuple[Presence, ...] = ()
        self._colleagues_version: int | None = None
        self._reopen = False
        self.heard_at: float | None = None
        """When the hub last answered, by the monotonic clock."""
        self.network: NetworkRoom | None = None
        """Says whether the hub may be asked, and is told whether it answers."""
        self.elsewhere = False
        """Whether the hub is on a network, and not on this machine."""
        self.hidden = False
        """Whether nobody looks at the window."""
        self.after_head: AfterHead = _nothing_more
        """Called with each head, before anything else is asked of the hub."""

    def watch_for_loss(self, is_lost: Callable[[], bool]) -> None:
        """Have the hub opened again once `is_lost` says that what is open is no longer it."""
        self._calls.is_lost = is_lost

    # ---- from the desk -------------------------------------------------------------------------
    @property
    def hub(self) -> HubPort:
        """The hub, to ask what is not kept here.

        Raises:
            HubUnreachableError: there is none now.
        """
        if self._calls.hub is None or self._core is None or self._core.failures:
            raise HubUnreachableError("hub.unreachable")
        return self._calls.hub

    @property
    def trouble(self) -> AviseError | None:
        """Why the hub refuses this workstation, None while it does not."""
        return (self._core.trouble if self._core is not None else None) or self._standing.revoked

    @property
    def backed_up(self) -> Mapping[str, int]:
        """Position of each perimeter that a backup of the hub holds, as last told."""
        head = self._core.head if self._core is not None else None
        return head.backed_up if head is not None else {}

    def poke(self) -> None:
        """Say that something was written, or that the hub is to be looked at now."""
        self._poked.set()

    def resume(self) -> None:
        """Ask the hub anew, once and at once: the machine slept, or its clock or its network changed.

        A call under way would wait for a line that is gone; sent again, what it carried counts once.
        """
        self._calls.are_stale.set()
        # Who works there is asked anew as well: rights may have been withdrawn meanwhile.
        self._reopen, self._colleagues_version = True, None
        if self._core is not None:
            self._core.resumed()
        self.poke()

    def show_presence(self, presence: Presence | None) -> None:
        """Say what is on screen."""
        told = (presence,) if presence is not None else ()
        if told != self._presence:
            self._presence = told
            self.poke()

    def sign_in_changed(self, error: AviseError | None) -> None:
        """Try the hub again, as whoever signed in; or say why nobody did."""
        if error is not None and self._core is not None:
            self._core.refusal = error
            self._tell_status()
            return
        self._reopen = True
        self.poke()

    async def start(self, *, embedded: bool) -> None:
        """Begin; returns before the hub is reached."""
        kept = await self._feed.state()
        self._core = SyncCore(
            kept.hub_id, kept.epoch, kept.base, kept.written, kept.sent,
            dict(kept.cursors), dict(kept.chains), kept.copied, __version__,
        )  # fmt: skip
        await self._standing.open(embedded=embedded)
        self._tell_status()
        self._task = asyncio.create_task(self._run(self._core), name="hub sync")

    async def aclose(self) -> None:
        """End; what is on its way is sent again next time."""
        if self._task is not None:
            await cancel((self._task,))
            self._task = None
        await self._calls.disconnect()

    def _tell_status(self) -> None:
        if self._core is not None:
            self._standing.tell(self._core, away=self._is_away())

    # ---- the task ------------------------------------------------------------------------------
    async def _run(self, core: SyncCore) -> None:
        while True:
            self._calls.are_stale.clear()
            if self._is_away():
                await self._stay_away(core)
                continue
            limited = self.network is not None and self.network.is_limited
            action = core.next(self._env.random(), hidden=self.hidden, limited=limited)
            try:
                await self._carry_out(core, action)
            except AviseError as error:
                self._note_failure(core, error)
            except Exception as error:  # noqa: BLE001 - the sync outlives a bug of ours: told by its kind
                _log.error("the sync met %s", type(error).__name__)
                core.failed(HubError("error.bug"))
            await self._standing.count_unsent(core)
            self._tell_status()

    def _is_away(self) -> bool:
        return self.network is not None and not self.network.allows_hub

    async def _stay_away(self, core: SyncCore) -> None:
        """Ask nothing: the user works offline. What is written meanwhile is counted."""
        await self._calls.disconnect()
        with contextlib.suppress(AviseError):
            core.wrote((await self._feed.state()).written)
        await self._standing.count_unsent(core)
        self._tell_status()
        await self._poked.wait()
        self._poked.clear()

    def _note_failure(self, core: SyncCore, error: AviseError) -> None:
        if self._calls.are_stale.is_set():
            return
        if self.network is not None and self.elsewhere and isinstance(error, HubUnreachableError):
            self.network.hub_lost()
        if not isinstance(error, HubUnreachableError) or not core.failures:
            _log.warning("the hub: %s", error.message_key)
        self._standing.note_failure(error)
        core.failed(error)
        if error.message_key in SIGN_IN:
            self._reopen = True

    async def _carry_out(self, core: SyncCore, action: Action) -> None:
        match action:
            case Rest():
                await self._rest(core, action)
            case Ask():
                await self._ask(core)
            case Send():
                await self._send(core, action)
            case Fetch():
                await self._fetch(core, action)
            case _:
                await self._repair(core, action)

    async def _repair(self, core: SyncCore, action: Action) -> None:
        """Put right what the hub and this station know of each other."""
        match action:
            case Begin():
                _log.info("the hub begins epoch %d", action.epoch)
                await self._feed.begin_epoch(action.hub_id, action.epoch, action.position)
                await self._attachments.again()
                await self._listener.on_begun()
                core.begun(action)
            case Rewind():
                _log.warning("sending again after %d", action.position)
                await self._feed.rewind(action.position)
                core.rewound(action)
            case Renew():
                _log.warning("this device was copied: it takes another identity")
                self._calls.device = await self._feed.renew_device(action.position)
                await self._calls.disconnect()
                core.renewed(action)
            case Rename():
                await self._feed.rename(action.position)
                core.renamed()
            case Skip():
                await self._feed.skip(action.position)
                core.skipped()
            case Forget():
                await self._feed.forget(action.perimeters)
                core.forgotten(action)
                await self._listener.on_forgotten()

    async def _rest(self, core: SyncCore, action: Rest) -> None:
        pause = asyncio.ensure_future(self._env.sleep(action.seconds))
        poked = asyncio.ensure_future(self._poked.wait())
        waiting = {pause, poked}
        if action.listening and self._calls.hub is not None:
            seen = core.reached()
            waiting.add(asyncio.ensure_future(self._hears(self._calls.hub, seen)))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await cancel(waiting)
        self._poked.clear()
        core.woken()

    async def _hears(self, hub: HubPort, seen: Mapping[str, int]) -> None:
        """Return once the hub tells of a change; never when it cannot."""
        try:
            while not await hub.wait_for_change(seen, LISTEN_SECONDS):
                if hub is not self._calls.hub:
                    # A hub that was closed answers at once: the loop would do nothing else for ever.
                    return
        except AviseError:
            # The next look says what happened; until then there is nothing to hear.
            await asyncio.Event().wait()

    async def _ask(self, core: SyncCore) -> None:
        # What was poked for until now is looked at here.
        self._poked.clear()
        core.wrote((await self._feed.state()).written)
        if self._reopen:
            self._reopen = False
            await self._calls.disconnect()
        hub = await self._calls.connected()
        before = self._env.now()
        head = await self._calls.answer(hub.head(self._presence))
        after = self._env.now()
        self._measure(head, before + (after - before) / 2)
        self._tell_network((after - before).total_seconds())
        core.asked(head)
        await self._listener.on_head(head)
        await self.after_head(head, hub)
        if head.colleagues_version != self._colleagues_version:
            await self._tell_colleagues(head, hub)
        # Only now is it known who works there: rights are judged by it.
        self.heard_at = self._env.monotonic()

    async def _tell_colleagues(self, head: Head, hub: HubPort) -> None:
        try:
            found = await read_colleagues(self._calls, hub)
        except HubError as error:
            if error.message_key != REVOKED:
                raise
            # A revoked device is told of nobody, and still hands over what was written on it.
            self._standing.revoked = error
            return
        self._standing.revoked = None
        await self._listener.on_colleagues(found)
        self._colleagues_version = head.colleagues_version

    @property
    def device(self) -> str:
        """Return the identity under which this workstation speaks to the hub."""
        return self._calls.device

    @property
    def pending(self) -> int:
        """Return how many own events the hub has not acknowledged."""
        return self._core.pending if self._core is not None else 0

    def _measure(self, head: Head, here: datetime) -> None:
        """Note how far this workstation's clock is from the hub's."""
        self._journal.clock_offset_ms = round((head.now - here) / timedelta(milliseconds=1))

    def _tell_network(self, seconds: float) -> None:
        if self.network is not None:
            ahead = -self._journal.clock_offset_ms / 1000
            self.network.hub_answered(seconds, ahead, elsewhere=self.elsewhere)

    async def _send(self, core: SyncCore, action: Send) -> None:
        hub = await self._calls.connected()
        await self._send_files(hub)
        unsent = await self._feed.unsent(action.after, MAX_PUSH)
        events = push_of(unsent, action.after, action.base, self.device, self._session.user)
        told = core.sent_events(await self._calls.answer(hub.push(events)))
        kept = []
        for judgement in told:
            if judgement.state == "void":
                _log.error("the hub can never take event %d: %s", judgement.position, judgement.refusal)
                await self._feed.refuse(judgement.position)
            else:
                kept.append(KeptAck(judgement.position, judgement.state, judgement.refusal))
        # Told before it is kept: cut in between, it is sent, answered and told again; what was told is known.
        await self._tell_judged(told)
        await self._feed.acknowledge(kept, core.epoch, HubClock(self._env, self._journal).now())
        core.acknowledged(told)

    async def _tell_judged(self, told: Sequence[Judgement]) -> None:
        # Of one that can never be taken, its void event tells, once the hub has it.
        by_position = {judgement.position: judgement for judgement in told if judgement.state != "void"}
        if by_position:
            first = min(by_position)
            written = await self._journal.since(first - 1, max(by_position) - first + 1)
            elsewhere = await self._feed.elsewhere(first)
            pairs = [
                (event, by_position[event.device_seq])
                for event in written
                if event.device_seq in by_position and event.device_seq not in elsewhere
            ]
            await self._listener.on_judged(pairs)

    async def _send_files(self, hub: HubPort) -> None:
        for blob in await self._attachments.unsent():
            content = await self._attachments.content(blob)
            if content is not None:
                await self._calls.answer(hub.put_blob(blob, content), FILE_SECONDS)
            await self._attachments.sent(blob)

    async def _fetch(self, core: SyncCore, action: Fetch) -> None:
        hub = await self._calls.connected()
        pulled = await self._calls.answer(hub.pull(action.cursors))
        page = core.fetched(action, pulled)
        await self._feed.keep(page)
        core.kept(page, more=pulled.more)
        await self._listener.on_fed(page.events)


async def _nothing_more(_head: Head, _hub: HubPort) -> None:
    return
