"""The port answered by `HubCore`, for one actor: the six calls as transactions of whatever engine."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from avise.env import Env
from avise.hub import staff
from avise.hub.check_out_values import CheckedOut, CheckOut
from avise.hub.core import HubCore
from avise.hub.port import (
    PAGE,
    Ack,
    Actor,
    Head,
    HubError,
    Page,
    Presence,
    Pulled,
    PushedEvent,
    SubjectOpened,
    View,
)
from avise.hub.steps import Step
from avise.models.json_types import JSON
from avise.models.roles import Purpose

T = TypeVar("T")


class Transactions(Protocol):
    """Runs work on a connection, in a transaction of its own, off the event loop."""

    @property
    def poll_seconds(self) -> float:
        """How often somebody who waits looks again."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run work that reads."""

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run work that writes; it is durable when this returns, and made again when engines ask for it.

        A `KeptRefusalError` is raised once what was written before it is durable.
        """

    async def aclose(self) -> None:
        """End; nothing runs afterwards."""


class ActingHub:
    """The hub to one authenticated actor.

    Args:
        core: judges.
        transactions: where.
        actor: authenticated.
        env: for waiting.
    """

    def __init__(self, core: HubCore, transactions: Transactions, actor: Actor, env: Env) -> None:
        self._core = core
        self._transactions = transactions
        self.actor = actor
        self._env = env
        self._told: tuple[Presence, ...] = ()
        self._told_at = 0.0

    async def enrol(self) -> None:
        """Make the actor's device known."""
        await self._transactions.write(lambda connection: self._core.enrol(connection, self.actor))

    async def head(self, presence: Sequence[Presence] = ()) -> Head:
        """Return where the hub is; presences are written when they changed, or are about to be forgotten."""
        told, now = tuple(presence), self._env.monotonic()
        if told != self._told or (told and now - self._told_at > RETOLD_AFTER):
            await self._tell(told)
            self._told, self._told_at = told, now
        return await self._transactions.read(lambda connection: self._core.head(connection, self.actor))

    async def _tell(self, told: Sequence[Presence]) -> None:
        try:
            await self._transactions.write(
                self._known(lambda connection: self._core.tell_presences(connection, self.actor, told))
            )
        except HubError as error:
            if error.message_key != "hub.device_revoked":
                raise
            # It shows nothing to anybody any more, and is still told what is asked of it.

    async def push(self, events: Sequence[PushedEvent]) -> tuple[Ack, ...]:
        """Hand events over, all in one transaction."""
        self._core.reached(Step.PUSH_RECEIVED)
        acks = await self._transactions.write(
            lambda connection: self._core.push(connection, self.actor, events)
        )
        self._core.reached(Step.PUSH_COMMITTED)
        return acks

    async def pull(self, cursors: Mapping[str, int], limit: int = PAGE) -> Pulled:
        """Return what follows each cursor."""
        return await self._transactions.read(
            self._known(lambda connection: self._core.pull(connection, self.actor, cursors, limit))
        )

    async def open_subject(self, dossier: uuid.UUID, purpose: Purpose, reason: str = "") -> SubjectOpened:
        """Log that a customer's file is opened, then return what the hub holds of it."""
        return await self._transactions.write(
            self._known(
                lambda connection: self._core.open_subject(connection, self.actor, dossier, purpose, reason)
            )
        )

    async def query(self, view: View, filters: Mapping[str, JSON], cursor: str = "", limit: int = 50) -> Page:
        """Return one page of a list."""
        run = self._transactions.write if view in LOGGED else self._transactions.read
        return await run(
            self._known(
                lambda connection: self._core.query(connection, self.actor, view, filters, cursor, limit)
            )
        )

    async def put_blob(self, name: str, content: bytes) -> None:
        """Keep an attachment; again is harmless."""
        self._core.reached(Step.BLOB_RECEIVED)
        await self._transactions.write(
            self._known(lambda connection: self._core.put_blob(connection, self.actor, name, content))
        )
        self._core.reached(Step.BLOB_COMMITTED)

    async def get_blob(self, name: str, request: uuid.UUID) -> bytes:
        """Return an attachment of a request that the actor may read."""
        return await self._transactions.write(
            self._known(lambda connection: self._core.get_blob(connection, self.actor, name, request))
        )

    async def check_out(self, wanted: CheckOut) -> CheckedOut:
        """Take a portfolio along."""
        return await self._transactions.write(
            lambda connection: self._core.check_out(connection, self.actor, wanted)
        )

    async def renew_check_out(self) -> CheckedOut:
        """Have what was taken along lent again."""
        return await self._transactions.write(
            lambda connection: self._core.renew_check_out(connection, self.actor)
        )

    async def check_in(self) -> None:
        """Give back what was taken along; again is harmless."""
        await self._transactions.write(lambda connection: self._core.check_in(connection, self.actor))

    async def begin_wipe(self, receipt: str) -> None:
        """Tell that this device begins to erase itself."""
        await self._transactions.write(
            lambda connection: self._core.begin_wipe(connection, self.actor, receipt)
        )

    async def wiped(self, secret: str) -> None:
        """Tell that this device erased itself."""
        await self._transactions.write(
            lambda connection: self._core.confirm_wipe(connection, self.actor.device, secret)
        )

    def _known(self, work: Callable[[Connection], T]) -> Callable[[Connection], T]:
        """Return work that is done for a device which may read: as the server asks of who calls it."""

        def done(connection: Connection) -> T:
            staff.require_device(connection, self.actor)
            return work(connection)

        return done

    async def wait_for_change(self, seen: Mapping[str, int], seconds: float) -> bool:
        """Return True when a position moved past those seen, False after some seconds without knowing."""
        until = self._env.monotonic() + seconds
        names = tuple(seen)
        while True:
            found = await self._transactions.read(lambda connection: self._core.positions(connection, names))
            if any(found.get(name, 0) > seen[name] for name in names):
                return True
            left = until - self._env.monotonic()
            if left <= 0:
                return False
            await self._pause(min(left, self._transactions.poll_seconds))

    async def _pause(self, seconds: float) -> None:
        await self._env.sleep(seconds)

    async def aclose(self) -> None:
        """End; what waits ends with it."""
        await self._transactions.aclose()


RETOLD_AFTER = 5.0
"""Seconds after which the same presence is told again, well before it is forgotten."""

LOGGED = frozenset((View.REQUEST, View.ACCESSES))
"""Views that write who looked."""
