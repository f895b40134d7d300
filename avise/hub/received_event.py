"""One event as it came: whether it can ever be taken, and what it is about."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from avise.hub.chain import content_hash
from avise.hub.port import MAX_BODY, PushedEvent
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.requests import request_of_stream

VOID = "void"
"""Takes the sequence number of an event that could not be taken, and says nothing."""

REQUEST_SCHEMA = 1
"""Newest version of the bodies of a request's events that `avise.models.request_rules` judges."""

_KINDS = {kind.value: kind for kind in EventKind}
_WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")
_STREAM = re.compile(r"[a-z_]{1,40}(/[\w.@:+-]{1,120})?")
_LOGIN = re.compile(r"[\w.@:+-]{1,120}")
_LONGEST_SALT = 64
_MOST = 2**62


@dataclass(frozen=True, slots=True)
class Received:
    """A pushed event that can be taken, with its body read."""

    event: PushedEvent
    body: Mapping[str, JSON]
    request: uuid.UUID | None
    """When its stream is a request's."""
    kind: EventKind | None
    """What this version knows it as; None for a kind or a version of a newer one."""


def settled(event: PushedEvent, device: str) -> PushedEvent:
    """Return the event as it is kept: one that says nothing belongs to its device's own stream."""
    return replace(event, stream=f"{VOID}/{device}") if event.kind == VOID else event


def received(event: PushedEvent) -> Received | str:
    """Return the event read, or a word that says why it can never be taken."""
    if not _header_is_sound(event):
        return "header"
    if len(event.body) > MAX_BODY:
        return "too_big"
    if len(event.salt) > _LONGEST_SALT or content_hash(event.salt, event.body) != event.content_sha:
        return "content_sha"
    body = body_of(event.body)
    if body is None:
        return "body"
    request = request_of_stream(event.stream)
    newer = request is not None and event.schema_v != REQUEST_SCHEMA
    return Received(event, body, request, None if newer else _KINDS.get(event.kind))


def body_of(written: bytes | None) -> Mapping[str, JSON] | None:
    """Return a body as JSON; None when it is no object that both engines can keep."""
    try:
        text = (written or b"").decode()
        body = json.loads(text, parse_constant=_no_constant)
        if "\\u" in text:
            # Half a surrogate pair and NUL can be written so, and no text of PostgreSQL holds them.
            json.dumps(body, ensure_ascii=False).encode()
            if "\\u0000" in text:
                return None
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _no_constant(word: str) -> JSON:
    raise ValueError(word)


def _header_is_sound(event: PushedEvent) -> bool:
    return (
        _STREAM.fullmatch(event.stream) is not None
        and _WORD.fullmatch(event.kind) is not None
        and _LOGIN.fullmatch(event.author) is not None
        and 0 < event.schema_v < 10**6
        and abs(event.clock_offset_ms) < _MOST
        and event.occurred_at.tzinfo is not None
        and len(event.content_sha) == 32
    )
