"""The port's values as JSON, written and read by the same functions at both ends of the wire.

What a caller sends is read strictly: an unknown field, a text too long or a number out of range is
`hub.malformed`. What the hub answers is read tolerantly: a newer hub may say more.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import TypeVar

from avise.hub.http_check_outs import read_standing, standing_to_json
from avise.hub.http_reading import MalformedError, Told, mapping_of, whole_number
from avise.hub.moments import microseconds
from avise.hub.port import (
    MAX_PUSH,
    Ack,
    Head,
    HubError,
    Outcome,
    Page,
    Perimeter,
    Presence,
    Pulled,
    PulledEvent,
    PushedEvent,
    SubjectOpened,
)
from avise.models.json_types import JSON

T = TypeVar("T")


def _base64(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode("ascii")


# ---- what a workstation sends ----------------------------------------------------------------------

_PUSHED = frozenset(
    (
        "event_id", "device_seq", "stream", "kind", "schema_v", "author", "occurred_at", "clock_offset_ms",
        "body", "salt", "content_sha",
    )
)  # fmt: skip
_PRESENCE = frozenset(("login", "request", "writing", "since"))


def pushed_to_json(event: PushedEvent) -> Mapping[str, JSON]:
    """Return an event as a workstation sends it."""
    return {
        "event_id": str(event.event_id),
        "device_seq": event.device_seq,
        "stream": event.stream,
        "kind": event.kind,
        "schema_v": event.schema_v,
        "author": event.author,
        "occurred_at": event.occurred_at.isoformat(),
        "clock_offset_ms": event.clock_offset_ms,
        "body": _base64(event.body),
        "salt": _base64(event.salt),
        "content_sha": _base64(event.content_sha),
    }


def read_pushed(value: JSON) -> PushedEvent:
    """Read an event that a workstation sent, strictly."""
    told = Told(value, _PUSHED)
    return PushedEvent(
        event_id=told.identity("event_id"),
        device_seq=told.number("device_seq"),
        stream=told.text("stream"),
        kind=told.text("kind"),
        schema_v=told.number("schema_v"),
        author=told.text("author"),
        occurred_at=told.moment("occurred_at"),
        clock_offset_ms=told.number("clock_offset_ms"),
        body=told.binary("body"),
        salt=told.binary("salt"),
        content_sha=told.binary("content_sha"),
    )


def read_push(value: JSON) -> tuple[PushedEvent, ...]:
    """Read what a push carries, strictly.

    Raises:
        HubError: `hub.too_many`; `hub.malformed`.
    """
    told = Told(value, frozenset(("events",)))
    events = told.each("events", lambda event: event)
    if len(events) > MAX_PUSH:
        raise HubError("hub.too_many", most=str(MAX_PUSH))
    return tuple(map(read_pushed, events))


def presence_to_json(presence: Presence) -> Mapping[str, JSON]:
    """Return a presence as it crosses the wire."""
    return {
        "login": presence.login,
        "request": str(presence.request),
        "writing": presence.writing,
        "since": presence.since.isoformat(),
    }


def read_presence(value: JSON, *, strict: bool = False) -> Presence:
    """Read a presence."""
    told = Told(value, _PRESENCE if strict else None)
    return Presence(told.text("login"), told.identity("request"), told.flag("writing"), told.moment("since"))


# ---- what the hub answers --------------------------------------------------------------------------


def ack_to_json(ack: Ack) -> Mapping[str, JSON]:
    """Return the answer to one event as it crosses the wire."""
    return {
        "device_seq": ack.device_seq,
        "outcome": ack.outcome.value,
        "effective": ack.effective,
        "refusal": ack.refusal,
        "ver": ack.ver,
        "number": ack.number,
    }


def read_ack(value: JSON) -> Ack:
    """Read the answer to one event."""
    told = Told(value)
    return Ack(
        told.number("device_seq"), _member(Outcome, told.text("outcome")), told.flag("effective"),
        told.text("refusal"), told.number("ver"), told.text("number"),
    )  # fmt: skip


def _member(kind: Callable[[str], T], value: str) -> T:
    try:
        return kind(value)
    except ValueError:
        raise MalformedError from None


def pulled_event_to_json(event: PulledEvent) -> Mapping[str, JSON]:
    """Return an event of a feed as it crosses the wire."""
    return {
        "perimeter": event.perimeter,
        "pos": event.pos,
        "event_id": event.identity,
        "device": event.device,
        "device_seq": event.device_seq,
        "stream": event.stream,
        "kind": event.kind,
        "schema_v": event.schema_v,
        "author": event.author,
        "role": event.role,
        "occurred_at": event.occurred_at.isoformat(),
        "clock_offset_ms": event.clock_offset_ms,
        "body": _base64(event.body),
        "salt": _base64(event.salt),
        "content_sha": _base64(event.content_sha),
        "effective": event.effective,
        "refusal": event.refusal,
        "ver": event.ver,
        "number": event.number,
        "received_at": event.received_at.isoformat(),
        "chain": _base64(event.chain),
    }


def read_pulled_event(value: JSON) -> PulledEvent:
    """Read an event of a feed."""
    told = Told(value)
    return PulledEvent(
        perimeter=told.text("perimeter"),
        pos=told.number("pos"),
        identity=str(told.identity("event_id")),
        device=told.text("device"),
        device_seq=told.number("device_seq"),
        stream=told.text("stream"),
        kind=told.text("kind"),
        schema_v=told.number("schema_v"),
        author=told.text("author"),
        role=told.text("role"),
        occurred=microseconds(told.moment("occurred_at")),
        clock_offset_ms=told.number("clock_offset_ms"),
        body=told.binary_or_none("body"),
        salt=told.binary_or_none("salt"),
        content_sha=told.binary("content_sha"),
        counted=int(told.flag("effective")),
        refusal=told.text("refusal"),
        ver=told.number("ver"),
        number=told.text("number"),
        received=microseconds(told.moment("received_at")),
        chain=told.binary("chain"),
    )


def pulled_to_json(pulled: Pulled) -> Mapping[str, JSON]:
    """Return a page of feeds as it crosses the wire."""
    return {
        "events": [pulled_event_to_json(event) for event in pulled.events],
        "through": dict(pulled.through),
        "skipped": dict(pulled.skipped),
        "more": pulled.more,
    }


def read_pulled(value: JSON) -> Pulled:
    """Read a page of feeds."""
    told = Told(value)
    return Pulled(
        told.each("events", read_pulled_event), told.numbers("through"), told.numbers("skipped"),
        told.flag("more"),
    )  # fmt: skip


def head_to_json(head: Head) -> Mapping[str, JSON]:
    """Return where the hub is as it crosses the wire."""
    return {
        "hub_id": str(head.hub_id),
        "epoch": head.epoch,
        "min_version": head.min_version,
        "now": head.now.isoformat(),
        "perimeters": [
            {"id": perimeter.id, "kind": perimeter.kind, "can_write": perimeter.can_write}
            for perimeter in head.perimeters
        ],
        "positions": dict(head.positions),
        "last_seq": head.last_seq,
        "wipe": head.wipe,
        "backed_up": dict(head.backed_up),
        "presences": [presence_to_json(presence) for presence in head.presences],
        "colleagues_version": head.colleagues_version,
        "check_out": None if head.check_out is None else standing_to_json(head.check_out),
    }


def read_head(value: JSON) -> Head:
    """Read where the hub is."""
    told = Told(value)
    return Head(
        hub_id=told.identity("hub_id"),
        epoch=told.number("epoch"),
        min_version=told.text("min_version"),
        now=told.moment("now"),
        perimeters=told.each("perimeters", _read_perimeter),
        positions=told.numbers("positions"),
        last_seq=told.number("last_seq"),
        wipe=told.flag("wipe"),
        backed_up=told.numbers("backed_up"),
        presences=told.each("presences", read_presence),
        colleagues_version=told.number("colleagues_version"),
        check_out=read_standing(mapping_of(value).get("check_out")),
    )


def _read_perimeter(value: JSON) -> Perimeter:
    told = Told(value)
    return Perimeter(told.text("id"), told.text("kind"), told.flag("can_write"))


def page_to_json(page: Page) -> Mapping[str, JSON]:
    """Return a page of a list as it crosses the wire."""
    return {
        "rows": list(page.rows),
        "cursor": page.cursor,
        "total": page.total,
        "events": [pulled_event_to_json(event) for event in page.events],
        "as_of": None if page.as_of is None else page.as_of.isoformat(),
    }


def read_page(value: JSON) -> Page:
    """Read a page of a list."""
    told = Told(value)
    total = mapping_of(value).get("total")
    return Page(
        told.each("rows", mapping_of), told.text("cursor"), None if total is None else whole_number(total),
        told.each("events", read_pulled_event), told.moment_or_none("as_of"),
    )  # fmt: skip


def opened_to_json(opened: SubjectOpened) -> Mapping[str, JSON]:
    """Return a customer's file as it crosses the wire."""
    return {
        "events": [pulled_event_to_json(event) for event in opened.events],
        "requests": list(opened.requests),
        "as_of": opened.as_of.isoformat(),
    }


def read_opened(value: JSON) -> SubjectOpened:
    """Read a customer's file."""
    told = Told(value)
    return SubjectOpened(
        told.each("events", read_pulled_event), told.each("requests", mapping_of), told.moment("as_of")
    )
