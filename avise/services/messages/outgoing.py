"""Messages from the agent's *send* to their end: two minutes to undo, then out, at most once.

The order of a departure: the message is marked *sending* in the store, then the consent is asked again,
then the way out is called, then what came of it is written. Whatever stops the machine in between leaves
a mark from which the next start can tell: *planned* may still leave, *sending* is unknown.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from avise.env import Env
from avise.models.consent import ConsentChannel
from avise.models.customer import DirectoryEntry, PersonId, customer_stream
from avise.models.errors import AviseError
from avise.models.journal import EventKind, NewEvent
from avise.models.outgoing import (
    DEPARTS_AFTER,
    NEXT,
    TOO_LATE_AFTER,
    MessageContent,
    MessageDraft,
    MessageId,
    MessageStatus,
    OutgoingMessage,
    plain,
)
from avise.models.roles import Session
from avise.services.change_signal import ChangeSignal
from avise.services.consents import Consents
from avise.services.messages.notices import NoticeFolder
from avise.services.messages.ways import Delivery, Outcome, Way
from avise.services.ports import StoreChange
from avise.services.promises import Promise

_log = logging.getLogger(__name__)

PATIENT = frozenset({"visit_recap"})
"""Templates whose messages wait for the network, not for a mail server that is down: a representative
without network for days promised them. They are tried until `PATIENT_FOR` has passed."""

PATIENT_FOR = timedelta(days=14)
"""As long as the longest time without contact that a laptop may have (`hub.md`: a check-out)."""

RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
"""Between two tries of a message that surely did not leave; then it has failed."""

LONGEST_SLEEP = 15.0
"""Seconds between two looks at the clock: a laptop that slept wakes with another time."""

ENDS_WITHIN = 5.0
"""Seconds that a departure under way has when Avise ends; cut later, it is unknown at the next start."""

NOTICES_EVERY = 30.0
"""Seconds between two looks at what became of messages that were handed over."""

AFTER_TROUBLE = 30.0
"""Seconds before the store is asked again when it could not answer."""

_KINDS = {
    MessageStatus.UNDONE: EventKind.MESSAGE_UNDONE,
    MessageStatus.STOPPED: EventKind.MESSAGE_STOPPED,
    MessageStatus.SENT: EventKind.MESSAGE_SENT,
    MessageStatus.FAILED: EventKind.MESSAGE_FAILED,
    MessageStatus.UNKNOWN: EventKind.MESSAGE_UNKNOWN,
    MessageStatus.DELIVERED: EventKind.MESSAGE_DELIVERED,
    MessageStatus.RETURNED: EventKind.MESSAGE_RETURNED,
}
_OUTCOMES = {
    Outcome.SENT: MessageStatus.SENT,
    Outcome.REFUSED: MessageStatus.FAILED,
    Outcome.UNKNOWN: MessageStatus.UNKNOWN,
}


class OutgoingPort(Protocol):
    """Keeps messages; the engine plugs the store in (`avise.store.outgoing`)."""

    async def plan(
        self, session: Session, message: OutgoingMessage, content: MessageContent, event: NewEvent
    ) -> None:
        """Keep a message and its event, both or none."""

    def planning(self, message: OutgoingMessage, content: MessageContent) -> StoreChange:
        """Return the change that keeps a message, to be written with other things."""

    async def change(
        self, session: Session, before: OutgoingMessage, after: OutgoingMessage, event: NewEvent | None = None
    ) -> bool:
        """Keep a new status with its event; False when the message no longer has the one it had."""

    async def content(self, message: MessageId) -> MessageContent | None:
        """Return what leaves, None once it is no longer needed."""

    async def message(self, message: MessageId) -> OutgoingMessage | None:
        """Return one message."""

    async def all(self) -> tuple[OutgoingMessage, ...]:
        """Return every message of this desk, the last planned first."""

    async def with_status(
        self, status: MessageStatus, person: PersonId | None = None
    ) -> tuple[OutgoingMessage, ...]:
        """Return the messages that have a status, of one member or of all."""

    async def next_departure(self) -> datetime | None:
        """Return when the next planned message leaves."""

    async def purge(self) -> int:
        """Forget the messages that ended long ago."""


class EntryPort(Protocol):
    """Finds who a message is for."""

    async def by_person(self, person: PersonId) -> DirectoryEntry | None:
        """Return one party."""


class Outgoing:
    """Plans, undoes, stops and hands over messages.

    Args:
        session: who works here.
        kept: where messages are kept.
        consents: asked again before a message leaves.
        directory: who messages are for.
        ways: out, by channel.
        env: clock and identifiers.
    """

    def __init__(
        self,
        session: Session,
        kept: OutgoingPort,
        consents: Consents,
        directory: EntryPort,
        ways: Mapping[ConsentChannel, Way],
        env: Env,
    ) -> None:
        self.changes = ChangeSignal()
        self.ways = ways
        self._session = session
        self._kept = kept
        self._consents = consents
        self._directory = directory
        self._env = env
        self._wake = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._following: asyncio.Task[None] | None = None
        self.is_held: Callable[[], bool] = _never
        """Whether nothing may leave now: without network, a try would count against the message."""
        self._hurries = False
        """The network is back: what waits to be tried again is tried now."""
        self.notices: NoticeFolder | None = None
        """What others say of messages that were handed over; None where nobody does."""
        self._listeners: list[Callable[[OutgoingMessage], None]] = []
        consents.on_withdrawn(self.stop_for)

    def on_change(self, listener: Callable[[OutgoingMessage], None]) -> None:
        """Have somebody told of each new status."""
        self._listeners.append(listener)

    def _tell(self, message: OutgoingMessage) -> None:
        for listener in self._listeners:
            listener(message)
        self.changes.tell()

    # ---- what the agent does -------------------------------------------------------------------
    async def plan(self, draft: MessageDraft) -> OutgoingMessage:
        """Keep a message that leaves in two minutes; durable when this returns.

        Raises:
            AviseError: `message.no_channel` or `message.missing_facts`; or nothing could be kept.
        """
        message, content, event = self._planned(draft)
        await self._kept.plan(self._session, message, content, event)
        self._planned_now(message)
        return message

    def promise(self, draft: MessageDraft) -> tuple[MessageId, Promise]:
        """Return what plans a message together with other things, all or none.

        Raises:
            AviseError: `message.no_channel` or `message.missing_facts`.
        """
        message, content, event = self._planned(draft)
        change = self._kept.planning(message, content)
        return message.id, Promise((event,), (change,), lambda: self._planned_now(message))

    def _planned_now(self, message: OutgoingMessage) -> None:
        self._wake.set()
        self._tell(message)

    def _planned(self, draft: MessageDraft) -> tuple[OutgoingMessage, MessageContent, NewEvent]:
        if draft.channel is None:
            raise AviseError("message.no_channel", reason=draft.chosen_because)
        if draft.missing:
            raise AviseError("message.missing_facts", facts=", ".join(fact.label for fact in draft.missing))
        now = self._env.now()
        message = OutgoingMessage(
            id=self._env.uuid7(),
            person=draft.person,
            template=draft.template,
            template_version=draft.template_version,
            title=draft.title,
            purpose=draft.purpose,
            channel=draft.channel,
            language=draft.language,
            status=MessageStatus.PLANNED,
            planned_at=now,
            departs_at=now + DEPARTS_AFTER,
            changed_at=now,
        )
        content = MessageContent(draft.recipient, plain(draft.subject), plain(draft.body))
        event = _event(message, EventKind.MESSAGE_PLANNED)
        if draft.words:
            # Template and version no longer prove what was written (`domain.md` 6.20).
            event = replace(event, body={**event.body, "edited": True})
        return message, content, event

    async def undo(self, message: MessageId) -> OutgoingMessage:
        """Keep a message from leaving.

        Raises:
            AviseError: `message.not_found` or `message.too_late_to_undo`.
        """
        found = await self._kept.message(message)
        if found is None:
            raise AviseError("message.not_found")
        undone = found.status is MessageStatus.PLANNED and await self._change(found, MessageStatus.UNDONE)
        if not undone:
            raise AviseError("message.too_late_to_undo")
        return await self._kept.message(message) or found

    async def stop_for(self, member: PersonId, purpose: str, channel: str) -> None:
        """Stop what waits and rests on a consent that was just withdrawn; "" stands for all."""
        for message in await self._kept.with_status(MessageStatus.PLANNED, member):
            concerned = purpose in ("", message.purpose) and channel in ("", message.channel)
            if concerned and message.purpose in self._consents.book.purposes:
                await self._change(message, MessageStatus.STOPPED, "consent_withdrawn")

    async def all(self) -> tuple[OutgoingMessage, ...]:
        """Return every message of this desk, the last planned first."""
        return await self._kept.all()

    # ---- departures ----------------------------------------------------------------------------
    def start(self) -> None:
        """Begin to hand messages over, those of an earlier day included."""
        self._running = asyncio.create_task(self._run(), name="messages leave")
        if self.notices is not None:
            self._following = asyncio.create_task(self._follow(), name="follow messages")

    async def aclose(self) -> None:
        """Let the message under way end, then the ways; what waits leaves at the next start."""
        for task in (self._running, self._following):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        if self.notices is not None:
            await self.notices.aclose()
        for way in self.ways.values():
            await way.aclose()

    async def _run(self) -> None:
        try:
            await self.recover()
            await self._kept.purge()
        except AviseError as error:
            _log.warning("messages of an earlier run could not be read: %s", error.message_key)
        while True:
            try:
                await self.depart_due()
                due = await self._kept.next_departure()
                if self.is_held():
                    due = self._env.now() + timedelta(seconds=LONGEST_SLEEP)
            except AviseError as error:
                _log.warning("messages wait: %s", error.message_key)
                await self._env.sleep(AFTER_TROUBLE)
                continue
            await self._until(due)

    async def _until(self, due: datetime | None) -> None:
        """Wait for the next departure, or until something is planned."""
        self._wake.clear()
        waiting: list[asyncio.Future[object]] = [asyncio.ensure_future(self._wake.wait())]
        if due is not None:
            left = (due - self._env.now()).total_seconds()
            pause = self._env.sleep(min(max(left, 0.0), LONGEST_SLEEP))
            waiting.append(asyncio.ensure_future(pause))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for future in waiting:
                future.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def network_back(self) -> None:
        """Try again now what could not leave."""
        self._hurries = True
        self._wake.set()

    async def recover(self) -> int:
        """Mark as unknown what an earlier run was handing over when it stopped; return how many."""
        lost = await self._kept.with_status(MessageStatus.SENDING)
        for message in lost:
            await self._change(message, MessageStatus.UNKNOWN, "interrupted")
        return len(lost)

    # ---- what became of them -------------------------------------------------------------------
    async def _follow(self) -> None:
        while True:
            try:
                await self.take_notices()
            except AviseError as error:
                _log.warning("notices wait: %s", error.message_key)
            await self._env.sleep(NOTICES_EVERY)

    async def take_notices(self) -> int:
        """Take what is said of messages of here; return of how many. What is of others stays."""
        notices, taken = self.notices, 0
        if notices is None:
            return 0
        for path, notice in await notices.read():
            message = await self._kept.message(notice.message)
            if message is None:
                await notices.leave(path)
                continue
            status = MessageStatus.DELIVERED if notice.delivered else MessageStatus.RETURNED
            if status in NEXT.get(message.status, frozenset()):
                taken += await self._change(message, status, notice.reason, notice.detail)
            await notices.put_away(path)
        return taken

    async def depart_due(self) -> int:
        """Hand over every message whose time has come, oldest first; return how many were tried."""
        if self.is_held():
            return 0
        now, hurries, self._hurries = self._env.now(), self._hurries, False
        planned = await self._kept.with_status(MessageStatus.PLANNED)
        due = [
            replace(message, departs_at=min(message.departs_at, now))
            for message in planned
            if message.departs_at <= now or (hurries and message.attempts)
        ]
        for message in reversed(due):
            # Once begun, a departure is not cut: its mark would say unknown where the answer is near.
            await _uncut(self._depart(message))
        return len(due)

    async def _depart(self, message: OutgoingMessage) -> None:
        if self._env.now() - message.departs_at > _too_late_after(message):
            await self._change(message, MessageStatus.STOPPED, "too_late")
            return
        content = await self._kept.content(message.id)
        sending = replace(message, attempts=message.attempts + 1)
        if content is None or not await self._change(sending, MessageStatus.SENDING):
            return
        sending = replace(sending, status=MessageStatus.SENDING)
        refusal = await self._refusal(sending)
        if refusal:
            await self._change(sending, MessageStatus.STOPPED, refusal)
            return
        way = self.ways.get(sending.channel)
        if way is None:
            await self._change(sending, MessageStatus.FAILED, "no_way")
            return
        await self._settle(sending, await way.deliver(sending, content, self._env.now()))

    async def _refusal(self, message: OutgoingMessage) -> str:
        """Return why a message may no longer leave, "" when it may."""
        if message.purpose not in self._consents.book.purposes:
            return ""
        entry = await self._directory.by_person(message.person)
        if entry is None:
            return "consent_unverified"
        permission = await self._consents.verified(entry, message.purpose, message.channel)
        if permission.allowed:
            return ""
        return "consent_unverified" if permission.reason == "unverified" else "consent_refused"

    async def _settle(self, sending: OutgoingMessage, delivery: Delivery) -> None:
        status = _OUTCOMES.get(delivery.outcome)
        if status is not None:
            await self._change(sending, status, delivery.reason, delivery.detail)
        elif sending.attempts > len(RETRY_AFTER) and not self._may_wait(sending):
            await self._change(sending, MessageStatus.FAILED, delivery.reason, delivery.detail)
        else:
            later = self._env.now() + RETRY_AFTER[min(sending.attempts, len(RETRY_AFTER)) - 1]
            again = replace(sending, departs_at=later)
            await self._change(again, MessageStatus.PLANNED, delivery.reason, delivery.detail)

    def _may_wait(self, message: OutgoingMessage) -> bool:
        patient = message.template in PATIENT
        return patient and self._env.now() < message.planned_at + PATIENT_FOR

    async def _change(
        self, message: OutgoingMessage, status: MessageStatus, reason: str = "", detail: str = ""
    ) -> bool:
        """Keep a new status; False when somebody else changed the message first."""
        after = replace(message, status=status, changed_at=self._env.now(), reason=reason, detail=detail)
        kind = _KINDS.get(status)
        event = _event(after, kind) if kind is not None else None
        if not await self._kept.change(self._session, message, after, event):
            return False
        _log.info("message %s: %s %s", status, reason, detail)
        self._tell(after)
        return True


def _never() -> bool:
    return False


def _too_late_after(message: OutgoingMessage) -> timedelta:
    return PATIENT_FOR if message.template in PATIENT else TOO_LATE_AFTER


def _event(message: OutgoingMessage, kind: EventKind) -> NewEvent:
    """Return the event of a status: what proves it, without a word of what was written."""
    body = {
        "message": str(message.id),
        "template": message.template,
        "template_version": message.template_version,
        "title": message.title,
        "purpose": message.purpose.value,
        "channel": message.channel.value,
        "language": message.language,
        "departs_at": message.departs_at.isoformat(),
        "reason": message.reason,
        "detail": message.detail,
    }
    return NewEvent(customer_stream(message.person), kind, dict(body))


async def _uncut(coroutine: Coroutine[object, object, None]) -> None:
    """Await a departure; when the caller is cancelled meanwhile, leave it a moment to end."""
    task = asyncio.ensure_future(coroutine)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,), timeout=ENDS_WITHIN)
        raise
