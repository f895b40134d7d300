"""The hub's judgement, on any connection: synchronous, pure, the same on SQLite and PostgreSQL.

Each method runs in one transaction that its caller opens and commits; asyncio, threads and retries live
in adapters (decision 8).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from avise.env import Env
from avise.hub import blobs, check_outs, lists, posting, pulling, settling, staff, subjects, synthesis, wipes
from avise.hub.accesses import OPENINGS_AN_HOUR
from avise.hub.check_out_values import CheckedOut, CheckOut
from avise.hub.judging import CheckCreated
from avise.hub.port import (
    PAGE,
    Ack,
    Actor,
    Head,
    Page,
    Presence,
    Pulled,
    PushedEvent,
    SubjectOpened,
    View,
)
from avise.hub.pushing import Push
from avise.hub.steps import Reached, Step, unheard
from avise.models.json_types import JSON
from avise.models.request_types import Queue
from avise.models.roles import Purpose

QUEUES = frozenset(queue.value for queue in Queue)


class HubCore:
    """Answers the calls of the port on a connection.

    Args:
        env: clock and identifiers.
        check_created: says why the body of a created request is refused, by the types of requests; None
            lets every type pass.
        queues: the corbeilles that requests may be in.
        quota: files that one person may open in an hour.
        reached: told each step of a call, for tests that kill the hub there.
    """

    def __init__(
        self, env: Env, check_created: CheckCreated | None = None, queues: frozenset[str] = QUEUES,
        quota: int = OPENINGS_AN_HOUR, reached: Reached = unheard,
    ) -> None:  # fmt: skip
        self._env = env
        self._check_created = check_created
        self._queues = queues
        self._quota = quota
        self.reached = reached

    def enrol(self, connection: Connection, actor: Actor, *, take_over: bool = False) -> None:
        """Make a device known, once; whoever authenticated the actor decided that it may be."""
        staff.enrol(connection, actor, self._env.now(), take_over=take_over)

    def head(self, connection: Connection, actor: Actor) -> Head:
        """Return where the hub is; reads only."""
        return pulling.head(connection, actor, self._env.now())

    def tell_presences(self, connection: Connection, actor: Actor, presences: Sequence[Presence]) -> None:
        """Keep what a station looks at."""
        pulling.tell_presences(connection, actor, presences, self._env.now())

    def push(self, connection: Connection, actor: Actor, events: Sequence[PushedEvent]) -> tuple[Ack, ...]:
        """Take events, all in the connection's transaction."""
        push = Push(
            connection, actor, self._env.now(), self._queues, self._check_created, self.reached
        )  # fmt: skip
        acks = push.run(events)
        self.reached(Step.PUSH_WRITTEN)
        return acks

    def pull(
        self, connection: Connection, actor: Actor, cursors: Mapping[str, int], limit: int = PAGE
    ) -> Pulled:
        """Return what follows each cursor; reads only."""
        pulled = pulling.pull(connection, actor, cursors, limit, self._env.now())
        self.reached(Step.PULL_READ)
        return pulled

    def positions(self, connection: Connection, names: Sequence[str]) -> Mapping[str, int]:
        """Return how far some perimeters are; reads only."""
        return pulling.positions(connection, names)

    def open_subject(
        self, connection: Connection, actor: Actor, dossier: uuid.UUID, purpose: Purpose, reason: str = ""
    ) -> SubjectOpened:
        """Log that a customer's file is opened, then return what the hub holds of it."""
        return subjects.open_subject(
            connection, actor, dossier, purpose, reason, self._env.now(), self._quota
        )

    def query(
        self, connection: Connection, actor: Actor, view: View, filters: Mapping[str, JSON],
        cursor: str = "", limit: int = 50,
    ) -> Page:  # fmt: skip
        """Return one page of a list; `View.REQUEST` writes who looked."""
        return lists.query(connection, actor, view, filters, cursor, limit, self._env.now(), self._quota)

    def check_out(self, connection: Connection, actor: Actor, wanted: CheckOut) -> CheckedOut:
        """Lend a portfolio and half of its key, and log it as one access."""
        return check_outs.check_out(connection, actor, wanted, self._env)

    def renew_check_out(self, connection: Connection, actor: Actor) -> CheckedOut:
        """Lend again what was taken along."""
        return check_outs.renew(connection, actor, self._env.now())

    def check_in(self, connection: Connection, actor: Actor) -> None:
        """Take a portfolio back."""
        check_outs.check_in(connection, actor, self._env.now())

    def begin_wipe(self, connection: Connection, actor: Actor, receipt: str) -> None:
        """Keep that a device begins to erase itself."""
        wipes.begin_wipe(connection, actor, receipt)

    def confirm_wipe(self, connection: Connection, device: str, secret: str) -> None:
        """Keep that a device erased itself, by the secret whose digest it left."""
        wipes.confirm_wipe(connection, device, secret, self._env.now())

    def put_blob(self, connection: Connection, actor: Actor, name: str, content: bytes) -> None:
        """Keep an attachment under its keyed hash."""
        blobs.put_blob(connection, actor, name, content, self._env.now())
        self.reached(Step.BLOB_WRITTEN)

    def get_blob(self, connection: Connection, actor: Actor, name: str, request: uuid.UUID) -> bytes:
        """Return an attachment of a request that the actor may read, and log it."""
        return blobs.get_blob(connection, actor, name, request, self._env.now())

    def synthesis(self, connection: Connection, actor: Actor, dossier: uuid.UUID) -> Mapping[str, JSON]:
        """Return a customer's synthesis for another application, and log that it was read."""
        return synthesis.synthesis(connection, actor, dossier, self._env.now())

    def post_interaction(
        self, connection: Connection, actor: Actor, dossier: uuid.UUID, source_id: str,
        told: Mapping[str, JSON],
    ) -> posting.Posted:  # fmt: skip
        """Keep an interaction of another application, once for each of its own identifiers."""
        return posting.post_interaction(connection, actor, dossier, source_id, told, self._env)

    def settle_quarantined(
        self, connection: Connection, actor: Actor, event: uuid.UUID, *, adopt: bool
    ) -> Ack | None:
        """Let an event that was put aside in, as its author wrote it, or leave it aside for good."""
        return settling.settle_quarantined(
            connection, actor, event, self._env.now(), self._queues, self._check_created, adopt=adopt
        )
