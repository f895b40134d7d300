"""Fill a hub that is new with the demonstration's staff and past, through the hub's own door.

Every event of the past is pushed as its author's station would have pushed it then: what the hub holds
afterwards (numbers, verdicts, chains, lists) is what it would hold had those weeks really passed.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from avise.demo.population.spec import WorldSpec
from avise.demo.requests.past import PastEvent, past_events
from avise.demo.requests.scripted import scripted_events
from avise.demo.requests.staff import STAFF, StaffMember
from avise.env import FixedEnv
from avise.hub import staff
from avise.hub.core import HubCore
from avise.hub.port import Actor, Outcome, PushedEvent
from avise.models.request_types import RequestBook
from avise.services.requests.created_check import created_check

HIRED_BEFORE = timedelta(days=400)
"""How long ago everybody's rights began."""


class PastRefusedError(Exception):
    """The hub did not take an event of the demonstration's past: a bug of the demonstration."""


def fill(
    connection: Connection,
    spec: WorldSpec,
    namespace: uuid.UUID,
    book: RequestBook,
    now: datetime,
    password_hashes: Mapping[str, str],
) -> int:
    """Add the staff and play the past, in the transaction that is open; return how many events it took.

    Args:
        connection: to a hub without staff.
        spec: the world whose people the requests are about.
        namespace: of the identifiers of its people.
        book: the types of requests.
        now: nothing is written after.
        password_hashes: of those who sign in with a password, by login.

    Raises:
        PastRefusedError: an event is not taken, or does not count.
    """
    for member in STAFF:
        _hire(connection, member, now - HIRED_BEFORE, password_hashes.get(member.login, ""))
    drawn = past_events(spec, namespace, book, now)
    told = sorted((*drawn, *scripted_events(spec, namespace, now)), key=lambda event: (event.at, event.event))
    _play(connection, told, book, now)
    return len(told)


def _hire(connection: Connection, member: StaffMember, since: datetime, password_hash: str) -> None:
    staff.save_member(connection, member.login, member.name, member.role)
    if password_hash:
        staff.keep_password(connection, member.login, password_hash)
    staff.join(connection, member.login, f"team/{member.team}", since)
    for queue in member.queues:
        staff.join(connection, member.login, f"queue/{queue}", since)
    for queue in member.reads:
        if queue not in member.queues:
            staff.join(connection, member.login, f"queue/{queue}", since, can_write=False)


def _play(connection: Connection, events: Iterable[PastEvent], book: RequestBook, now: datetime) -> None:
    env = FixedEnv(moment=now - HIRED_BEFORE)
    core = HubCore(env, created_check(book, env))
    sequence: Counter[str] = Counter()
    for event in events:
        env.moment = event.at
        actor = Actor(event.author.login, event.author.role, event.author.device)
        if actor.device not in sequence:
            core.enrol(connection, actor)
        sequence[actor.device] += 1
        (ack,) = core.push(connection, actor, (_pushed(event, sequence[actor.device]),))
        if ack.outcome is not Outcome.ACCEPTED or not ack.effective:
            raise PastRefusedError(f"{event.kind}: {ack.outcome} {ack.refusal}")


def _pushed(event: PastEvent, sequence: int) -> PushedEvent:
    body = json.dumps(event.body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    salt = hashlib.sha256(event.event.bytes).digest()[:16]
    return PushedEvent(
        event_id=event.event,
        device_seq=sequence,
        stream=event.stream,
        kind=event.kind.value,
        schema_v=1,
        author=event.author.login,
        occurred_at=event.at,
        clock_offset_ms=0,
        body=body,
        salt=salt,
        content_sha=hashlib.sha256(salt + body).digest(),
    )
