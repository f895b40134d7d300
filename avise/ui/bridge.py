"""The only crossing between Qt's loop and the engine's: the same intentions as `Desk`, and watches.

A call runs on the engine's loop and is awaited on Qt's; cancelling it cancels it there. A watch
follows one of the desk's streams: a task of the engine puts what comes into a mailbox where the
latest value of each kind wins, and Qt's thread empties it frame by frame (`avise.ui.mailbox`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QCoreApplication, QObject

from avise.models.callers import Caller
from avise.models.customer import PersonId, SearchAnswer, SearchHit
from avise.models.errors import AviseError
from avise.models.roles import Purpose, Session
from avise.models.source_status import SourceStatus
from avise.services.customer_updates import CustomerUpdate, update_key
from avise.services.desk import (
    Comparison,
    Desk,
    Draft,
    IncomingCall,
    Revealed,
    SavedTab,
    VerificationQuestion,
)
from avise.ui.acting_bridge import ActingBridge
from avise.ui.day_bridge import DayBridge
from avise.ui.mailbox import Drain, Mailbox
from avise.ui.message_bridge import MessageBridge
from avise.ui.workstation_bridge import WorkstationBridge

if TYPE_CHECKING:
    from avise.connectors.contract import HealthReport

T = TypeVar("T")

_log = logging.getLogger(__name__)

INTERRUPTED = "engine.interrupted"
"""What a stream ends on when its engine is lost and another one is coming."""

PAUSE_S, PAUSE_AT_MOST_S = 0.05, 1.0
"""Before a stream is followed again, doubled each time."""

Updates = tuple[CustomerUpdate, ...]
Failed = Callable[[AviseError], None]


class _BrokenError(AviseError):
    """Ends a watch: carried through its mailbox, after what came before."""


class Watch:
    """A stream being followed, until it is closed.

    Args:
        mailbox: closed with the watch.
        follower: the engine's task.
    """

    def __init__(self, mailbox: Mailbox[T], follower: Future[None]) -> None:
        self._close_mailbox = mailbox.close
        self._follower = follower

    def close(self) -> None:
        """Stop following: nothing is delivered any more, and the engine closes the stream."""
        self._close_mailbox()
        self._follower.cancel()


class DeskBridge(DayBridge, ActingBridge, MessageBridge, WorkstationBridge):
    """The desk, as the window calls it from Qt's loop.

    Args:
        desk: whose methods run on the engine's loop.
        engine_loop: that loop.
        parent: of the Qt object that receives; give the application or a window that outlives the
            engine.
    """

    def __init__(
        self, desk: Desk, engine_loop: asyncio.AbstractEventLoop, parent: QObject | None = None
    ) -> None:
        self._desk = desk
        self._loop = engine_loop
        # Owned by an object of Qt's thread: the last reference may be dropped by the engine's.
        self._drain = Drain(parent or QCoreApplication.instance())
        self._watches: set[Watch] = set()

    @property
    def session(self) -> Session:
        """Who works at this desk."""
        return self._desk.session

    # ---- crossing ----------------------------------------------------------------------------
    def _submit(self, coroutine: Coroutine[object, object, T]) -> Future[T]:
        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        except RuntimeError:
            coroutine.close()
            raise AviseError("engine.stopped") from None

    async def _call(self, coroutine: Coroutine[object, object, T]) -> T:
        future = self._submit(coroutine)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # The engine cancelled, not the caller: it is stopping.
            raise AviseError("engine.stopped") from None

    def _watch(
        self,
        make_iterator: Callable[[], AsyncIterator[T]],
        key_of: Callable[[T], Hashable],
        deliver: Callable[[T], None],
        on_failed: Failed | None,
        on_interrupted: Callable[[], None] | None = None,
    ) -> Watch:
        def on_item(item: T | _BrokenError) -> None:
            if not isinstance(item, _BrokenError):
                deliver(item)
            elif item.message_key == INTERRUPTED:
                if on_interrupted is not None:
                    on_interrupted()
            elif on_failed is not None:
                on_failed(item)

        mailbox: Mailbox[T | _BrokenError] = Mailbox(self._drain, on_item)
        try:
            follower = self._submit(_follow(make_iterator, key_of, mailbox))
        except AviseError:
            mailbox.close()
            raise
        watch = Watch(mailbox, follower)
        self._watches.add(watch)
        follower.add_done_callback(lambda _future: self._watches.discard(watch))
        return watch

    def close(self) -> None:
        """Close every watch: first step of the window's end, before the engine stops."""
        for watch in tuple(self._watches):
            watch.close()

    # ---- watches -----------------------------------------------------------------------------
    def watch_customer(
        self,
        person: PersonId,
        purpose: Purpose,
        reason: str,
        on_updates: Callable[[Updates], None],
        on_failed: Failed | None = None,
    ) -> Watch:
        """Open a dossier and follow it.

        Args:
            person: whose dossier.
            purpose: written in the journal.
            reason: needed for a protected file, "" otherwise.
            on_updates: called on Qt's thread, with the latest value of each kind and of each block.
            on_failed: called on Qt's thread when the dossier cannot be opened or followed.

        Raises:
            AviseError: `engine.stopped`.
        """

        def deliver(update: CustomerUpdate) -> None:
            on_updates((update,))

        return self._watch(
            lambda: self._desk.open_customer(person, purpose, reason), update_key, deliver, on_failed
        )

    def watch_calls(
        self,
        on_call: Callable[[IncomingCall], None],
        on_failed: Failed | None = None,
        on_interrupted: Callable[[], None] | None = None,
    ) -> Watch:
        """Follow this agent's calls, the latest state of each.

        Args:
            on_call: called on Qt's thread.
            on_failed: nothing is followed any more.
            on_interrupted: what happened to the calls meanwhile will not be told; new ones will.
        """
        return self._watch(self._desk.calls, lambda call: call.call_id, on_call, on_failed, on_interrupted)

    def watch_sources(
        self, on_sources: Callable[[tuple[SourceStatus, ...]], None], on_failed: Failed | None = None
    ) -> Watch:
        """Follow the state of every tool."""
        return self._watch(self._desk.sources, lambda _sources: "sources", on_sources, on_failed)

    # ---- customers ---------------------------------------------------------------------------
    async def search(self, words: str, limit: int = 50) -> SearchAnswer:
        """Find parties by any key in any form."""
        return await self._call(self._desk.search(words, limit))

    async def recents(self) -> tuple[SearchHit, ...]:
        """Return the customers opened last by this user, newest first."""
        return await self._call(self._desk.recents())

    async def find_by_identifier(self, scheme: str, value: str) -> PersonId | None:
        """Return the person who bears an identifier."""
        return await self._call(self._desk.find_by_identifier(scheme, value))

    async def reread(self, person: PersonId, facet: str = "") -> None:
        """Read one facet again, or all."""
        await self._call(self._desk.reread(person, facet))

    async def leave(self, person: PersonId) -> None:
        """Say that nobody looks at this customer any more."""
        await self._call(self._desk.leave(person))

    # ---- restricted values, verification -----------------------------------------------------
    async def reveal(self, person: PersonId, field: str, record: str, reason: str) -> Revealed:
        """Show a NIR or an IBAN, live, after writing who asked and why."""
        return await self._call(self._desk.reveal(person, field, record, reason))

    async def compare(self, person: PersonId, field: str, record: str, answer: str) -> bool:
        """Say whether a NIR or an IBAN told by the caller is the right one."""
        return await self._call(self._desk.compare(person, field, record, answer))

    async def verification_questions(self, person: PersonId) -> tuple[VerificationQuestion, ...]:
        """Return the questions that this dossier can answer."""
        return await self._call(self._desk.verification_questions(person))

    async def callers(self, person: PersonId) -> tuple[Caller, ...]:
        """Return who may call about this file."""
        return await self._call(self._desk.callers(person))

    async def choose_caller(self, person: PersonId, caller: Caller) -> None:
        """Note who says to be calling."""
        await self._call(self._desk.choose_caller(person, caller))

    async def forget_verification(self, person: PersonId) -> None:
        """See `Desk.forget_verification`."""
        await self._call(self._desk.forget_verification(person))

    async def verify(self, person: PersonId, question: str, answer: str) -> Comparison:
        """Compare what the caller says with what is known."""
        return await self._call(self._desk.verify(person, question, answer))

    # ---- calls -------------------------------------------------------------------------------
    async def announce_call(self, number: str = "", call_id: str = "") -> None:
        """Take a call announced by a softphone."""
        await self._call(self._desk.announce_call(number, call_id))

    async def record_interaction(self, person: PersonId | None, body: Mapping[str, str]) -> None:
        """Write an exchange in the journal."""
        await self._call(self._desk.record_interaction(person, body))

    # ---- sources -----------------------------------------------------------------------------
    async def check_source(self, instance: str) -> HealthReport:
        """Ask a tool whether it answers."""
        return await self._call(self._desk.check_source(instance))

    async def retry_source(self, instance: str) -> None:
        """Let one probe through a suspended tool and reread what failed."""
        await self._call(self._desk.retry_source(instance))

    async def diagnostic(self, instance: str = "") -> str:
        """Return a diagnostic as JSON text, without personal data."""
        return await self._call(self._desk.diagnostic(instance))

    # ---- the desk itself ---------------------------------------------------------------------
    async def save_tabs(self, tabs: tuple[SavedTab, ...]) -> None:
        """Keep the open session tabs for the next start."""
        await self._call(self._desk.save_tabs(tabs))

    async def saved_tabs(self) -> tuple[SavedTab, ...]:
        """Return the tabs that were open."""
        return await self._call(self._desk.saved_tabs())

    async def save_draft(self, person: PersonId, text: str) -> None:
        """Keep what is being typed on a customer's screen."""
        await self._call(self._desk.save_draft(person, text))

    async def draft(self, person: PersonId) -> Draft | None:
        """Return what was being typed, None when nothing was."""
        return await self._call(self._desk.draft(person))

    async def setting(self, key: str) -> str:
        """Return a setting's value; its default when nobody changed it."""
        return await self._call(self._desk.setting(key))

    async def change_setting(self, key: str, value: str) -> None:
        """Change a setting."""
        await self._call(self._desk.change_setting(key, value))


async def _follow(
    make_iterator: Callable[[], AsyncIterator[T]],
    key_of: Callable[[T], Hashable],
    mailbox: Mailbox[T | _BrokenError],
) -> None:
    """Put everything that a stream gives into a mailbox; on the engine's loop.

    A stream whose engine was lost is followed again from its beginning: the desk waits for the next engine.
    """
    pause = PAUSE_S
    while await _followed_once(make_iterator(), key_of, mailbox):
        mailbox.put(INTERRUPTED, _BrokenError(INTERRUPTED))
        _log.warning("a stream is followed again on another engine")
        await asyncio.sleep(pause)
        pause = min(2 * pause, PAUSE_AT_MOST_S)


async def _followed_once(
    iterator: AsyncIterator[T], key_of: Callable[[T], Hashable], mailbox: Mailbox[T | _BrokenError]
) -> bool:
    """Follow a stream to its end; return whether its engine was lost."""
    try:
        async for item in iterator:
            mailbox.put(key_of(item), item)
    except AviseError as error:
        if error.message_key == INTERRUPTED:
            return True
        mailbox.put("failed", _BrokenError(error.message_key, **error.params))
    except Exception as error:
        # A bug of ours: told on screen by its kind; its text may hold a person's data.
        _log.error("a watch ended on %s", type(error).__name__)
        mailbox.put("failed", _BrokenError("error.bug"))
        raise
    finally:
        close = getattr(iterator, "aclose", None)
        if close is not None:
            await close()
    return False
