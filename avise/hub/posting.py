"""Interactions that other applications of the house post: once each, whatever they send again."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from avise.env import Env
from avise.hub import staff
from avise.hub.chain import content_hash
from avise.hub.dialect import Statement, change, row
from avise.hub.moments import moment
from avise.hub.port import MAX_BODY, Actor, HubError, Outcome, PushedEvent
from avise.hub.pushing import Push
from avise.models.customer import customer_stream
from avise.models.event_fold import moment_of
from avise.models.free_text import holds_nir_in_words
from avise.models.interaction import Channel, Direction
from avise.models.journal import EventKind
from avise.models.json_types import JSON

WRITE_SCOPE = "v360:write"
LONGEST_WORDS = 8_000

_POSTED = Statement(
    "SELECT p.event_id, e.received_at FROM posted p JOIN event e ON e.event_id = p.event_id"
    " WHERE p.source = :source AND p.source_id = :source_id"
)
_KEEP = Statement("INSERT INTO posted (source, source_id, event_id) VALUES (:source, :source_id, :event_id)")
_LAST = Statement("SELECT last_seq FROM device WHERE device = :device FOR NO KEY UPDATE")


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a posted interaction."""

    event: uuid.UUID
    received_at: datetime
    known: bool
    """Whether it had been posted before: nothing was added."""


def post_interaction(
    connection: Connection, actor: Actor, dossier: uuid.UUID, source_id: str, told: Mapping[str, JSON],
    env: Env,
) -> Posted:  # fmt: skip
    """Keep an interaction of another application, once for each of its own identifiers.

    Args:
        connection: in a transaction that writes; made again when two post the same at once.
        actor: the application, with the scope `v360:write`; its login is the source.
        dossier: the customer.
        source_id: the application's identifier of the interaction.
        told: `channel`, `direction`, `at`, `reason`, `title`, `summary`, `author`, `duration_s`.
        env: clock and identifiers.

    Raises:
        HubError: `hub.no_right`; `hub.bad_interaction`, a field is none; `hub.nir_in_words`.
    """
    if WRITE_SCOPE not in actor.scopes:
        raise HubError("hub.no_right")
    if not 0 < len(source_id) <= 200 or not source_id.isprintable():
        raise HubError("hub.bad_interaction", field="source_id")
    # The device's row first: two posts of one application follow each other.
    device = replace(actor, device=f"app.{actor.login}")
    now = env.now()
    staff.enrol(connection, device, now)
    last = row(connection, _LAST, device=device.device)
    known = row(connection, _POSTED, source=actor.login, source_id=source_id)
    if known is not None:
        return Posted(uuid.UUID(known.event_id), moment(known.received_at), known=True)
    body = json.dumps(_body(told, actor.login, source_id), ensure_ascii=False).encode()
    if len(body) > MAX_BODY:
        raise HubError("hub.bad_interaction", field="summary")
    salt = bytes.fromhex(env.token())
    event = PushedEvent(
        event_id=env.uuid7(),
        device_seq=(0 if last is None else last.last_seq) + 1,
        stream=customer_stream(dossier),
        kind=EventKind.INTERACTION_RECORDED.value,
        schema_v=2,
        author=actor.login,
        occurred_at=now,
        clock_offset_ms=0,
        body=body,
        salt=salt,
        content_sha=content_hash(salt, body),
    )
    ack = Push(connection, device, now, frozenset()).run([event])[0]
    if ack.outcome is not Outcome.ACCEPTED:
        raise HubError("hub.bad_interaction", field="body")
    change(connection, _KEEP, source=actor.login, source_id=source_id, event_id=str(event.event_id))
    return Posted(event.event_id, now, known=False)


def _body(told: Mapping[str, JSON], source: str, source_id: str) -> Mapping[str, JSON]:
    at = moment_of(told.get("at"))
    if at is None:
        raise HubError("hub.bad_interaction", field="at")
    duration = told.get("duration_s")
    if duration is not None and (type(duration) is not int or not 0 <= duration < 86_400 * 7):
        raise HubError("hub.bad_interaction", field="duration_s")
    title, summary = _words(told, "title", 200), _words(told, "summary", LONGEST_WORDS)
    if any(holds_nir_in_words(words) for words in (title, summary)):
        raise HubError("hub.nir_in_words")
    return {
        "channel": _code(told, "channel", frozenset(channel.value for channel in Channel)),
        "direction": _code(told, "direction", frozenset(direction.value for direction in Direction)),
        "at": at.isoformat(),
        "reason": _words(told, "reason", 20),
        "title": title,
        "note": summary,
        "author": _words(told, "author", 120) or source,
        "duration_s": duration,
        "source": source,
        "source_id": source_id,
    }


def _code(told: Mapping[str, JSON], name: str, among: frozenset[str]) -> str:
    value = told.get(name)
    if not isinstance(value, str) or value not in among:
        raise HubError("hub.bad_interaction", field=name)
    return value


def _words(told: Mapping[str, JSON], name: str, longest: int) -> str:
    value = told.get(name)
    if value is None:
        return ""
    sound = (
        isinstance(value, str) and len(value) <= longest and value.encode("utf-8", "ignore").decode() == value
    )
    if not isinstance(value, str) or not sound or "\0" in value:
        raise HubError("hub.bad_interaction", field=name)
    return value
