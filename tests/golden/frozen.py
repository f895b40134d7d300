"""Reads the frozen events of `tests/golden/events`, as a workstation reads what the hub gives."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from avise.models.absences import fold_absences
from avise.models.added_person import fold_people
from avise.models.confirmations import fold_confirmation
from avise.models.consent import matrix_of
from avise.models.fed_events import FedEvent, judged
from avise.models.identity.descriptions import parties_told
from avise.models.identity.link_fold import fold_pair
from avise.models.journal import EventEnvelope
from avise.models.own_history import attached_events, told_interactions, unlinked_interactions
from avise.models.request_fold import JudgedEvent, fold_request, fold_state
from avise.models.tasks import fold_task
from avise.models.visits import fold_visit
from avise.services.messages.history import interactions_of

EVENTS = Path(__file__).parent / "events"
TODAY = date(2026, 3, 24)


def path_of(kind: str, schema_v: int) -> Path:
    """Return the file of a kind and a version."""
    return EVENTS / f"{kind}.v{schema_v}.json"


def fed(told: Mapping[str, Any]) -> FedEvent:
    """Return an event as a feed gives it."""
    return FedEvent(
        event_id=uuid.UUID(told["event_id"]),
        stream=told["stream"],
        ver=told["ver"],
        device=told["device"],
        device_seq=told["device_seq"],
        kind=told["kind"],
        schema_v=told["schema_v"],
        author=told["author"],
        role=told["role"],
        occurred_at=datetime.fromisoformat(told["occurred_at"]),
        clock_offset_ms=told["clock_offset_ms"],
        body=json.dumps(told["body"], ensure_ascii=False).encode(),
        content_sha=b"",
        effective=told["effective"],
        refusal=told["refusal"],
        number=told["number"],
        received_at=datetime.fromisoformat(told["received_at"]),
    )


def told_of(event: JudgedEvent) -> dict[str, Any]:
    """Return an event as a frozen file holds it."""
    envelope = event.event
    return {
        "event_id": str(envelope.event_id),
        "stream": envelope.stream,
        "ver": event.ver,
        "device": envelope.device_id,
        "device_seq": envelope.device_seq,
        "kind": envelope.kind.value,
        "schema_v": envelope.schema_v,
        "author": envelope.author,
        "role": envelope.role,
        "occurred_at": envelope.occurred_at.isoformat(),
        "clock_offset_ms": envelope.clock_offset_ms,
        "body": dict(envelope.body),
        "effective": event.effective,
        "refusal": str(event.refusal),
        "number": event.number,
        "received_at": event.at.isoformat(),
    }


def reading_of(events: Sequence[JudgedEvent]) -> dict[str, Any]:
    """Return all that this program makes of the events of one stream."""
    stream = events[-1].event.stream.split("/")[0]
    written = [event.event for event in events]
    made: dict[str, Any] = {"known": [event.known for event in events]}
    match stream:
        case "request":
            made |= {"request": fold_request(events), "state": fold_state(events)}
        case "task":
            made["task"] = fold_task(written)
        case "absence":
            made["absences"] = fold_absences(written)
        case "person":
            made["people"] = list(fold_people(written).values())
        case "confirmation":
            made["confirmation"] = fold_confirmation(written)
        case "visit":
            made["visit"] = fold_visit(written)
        case "identity":
            made["identity"] = fold_pair(written)
        case "unlinked":
            made["unlinked"] = unlinked_interactions(written)
        case _:
            made |= _of_customer(written)
    plain = _plain(made)
    assert isinstance(plain, dict)
    return plain


def _of_customer(written: Sequence[EventEnvelope]) -> dict[str, Any]:
    consents = matrix_of(written, TODAY)
    return {
        "interactions": told_interactions(written),
        "attached": attached_events(written),
        "messages": interactions_of(written),
        "consents": sorted(
            (cell.purpose, cell.channel, cell.state, str(cell.since)) for cell in consents.cells.values()
        ),
        "described": parties_told(written),
        "bodies": [event.body for event in written],
    }


def judged_of(told: Mapping[str, Any]) -> list[JudgedEvent]:
    """Return the events of a frozen file, read."""
    return [judged(fed(event)) for event in told["events"]]


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a fold makes
    """Return a value as JSON holds it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(_plain(name)): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        found = [_plain(each) for each in value]
        return sorted(found) if isinstance(value, set | frozenset) else found
    return _plain_word(value)


def _plain_word(value: Any) -> Any:  # noqa: ANN401 - one value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def holds(expected: Any, found: Any) -> bool:  # noqa: ANN401 - JSON
    """Say whether a reading holds all that was frozen; what was added to it since is no loss."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            name in found and holds(each, found[name]) for name, each in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(holds(*both) for both in zip(expected, found, strict=True))
        )
    return bool(expected == found)
