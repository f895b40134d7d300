"""Commands as rows of the store, and back; a row of an older version reads with the defaults of this one."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from avise.models.commands import (
    Attempt,
    CommandContent,
    CommandReason,
    CommandState,
    Idempotency,
    OfflineRule,
    OutboxItem,
)
from avise.models.identifiers import holds_nir
from avise.models.json_types import JSON
from avise.models.merging import Choice, Keep
from avise.store.errors import NirAtRestError, TooBigError
from avise.store.times import from_microseconds, to_microseconds

MAX_COMMAND_BYTES = 256 * 1024
"""What a tool may be asked in one command, and what is kept of its plan."""

_MICROSECOND = timedelta(microseconds=1)


def item_row(item: OutboxItem, login: str) -> dict[str, Any]:
    """Return a command as its row, content excepted.

    Raises:
        NirAtRestError: something that would be kept holds a NIR.
        TooBigError: it is over `MAX_COMMAND_BYTES`.
    """
    return {
        "position": item.position,
        "command_id": item.command_id.bytes,
        "group_id": item.group_id.bytes,
        "login": login,
        "person": item.person.bytes,
        "instance": item.instance,
        "action": item.action,
        "state": item.state.value,
        "revision": item.revision,
        "fingerprint": item.fingerprint,
        "confirmed_at": to_microseconds(item.confirmed_at),
        "settled_at": _micro(item.settled_at),
        "body": _encoded(_body(item)),
    }


def _body(item: OutboxItem) -> dict[str, JSON]:
    return {
        "whom": item.whom,
        "source_name": item.source_name,
        "label": item.label,
        "summary": item.summary,
        "changes": [list(change) for change in item.changes],
        "idempotency": item.idempotency.value,
        "offline": item.offline.value,
        "touches": list(item.touches),
        "purpose": item.purpose,
        "not_before": _micro(item.not_before),
        "expires_at": _micro(item.expires_at),
        "lifetime": item.lifetime // _MICROSECOND,
        "depends_on": str(item.depends_on) if item.depends_on is not None else None,
        "needs_second": item.needs_second,
        "seconded_by": item.seconded_by,
        "reason": item.reason.value,
        "next_at": _micro(item.next_at),
        "sends": item.sends,
        "tries": item.tries,
        "checks": item.checks,
        "sent_at": _micro(item.sent_at),
        "uncertain": item.uncertain,
        "checked": item.checked,
        "verdict": item.verdict.value if item.verdict is not None else None,
        "message": item.message,
        "reference": item.reference,
        "document_name": item.document_name,
        "because": item.because,
        "acknowledged": item.acknowledged,
        "history": [[_micro(line.at), line.state.value, line.reason.value] for line in item.history],
    }


def item_of(row: Row[Any]) -> OutboxItem:
    """Return the command that a row keeps."""
    body = json.loads(row.body)
    return OutboxItem(
        command_id=uuid.UUID(bytes=row.command_id),
        group_id=uuid.UUID(bytes=row.group_id),
        person=uuid.UUID(bytes=row.person),
        whom=body["whom"],
        instance=row.instance,
        source_name=body["source_name"],
        action=row.action,
        label=body["label"],
        summary=body["summary"],
        changes=tuple((field, before, after) for field, before, after in body["changes"]),
        idempotency=Idempotency(body["idempotency"]),
        offline=OfflineRule(body["offline"]),
        touches=tuple(body["touches"]),
        purpose=body["purpose"],
        confirmed_at=from_microseconds(row.confirmed_at),
        not_before=from_microseconds(body["not_before"]),
        expires_at=from_microseconds(body["expires_at"]),
        lifetime=body["lifetime"] * _MICROSECOND,
        fingerprint=row.fingerprint,
        depends_on=uuid.UUID(body["depends_on"]) if body["depends_on"] else None,
        needs_second=body.get("needs_second", False),
        seconded_by=body.get("seconded_by", ""),
        state=CommandState(row.state),
        reason=CommandReason(body["reason"]),
        next_at=_moment(body["next_at"]),
        sends=body["sends"],
        tries=body["tries"],
        checks=body["checks"],
        sent_at=_moment(body["sent_at"]),
        uncertain=body["uncertain"],
        checked=body["checked"],
        verdict=CommandState(body["verdict"]) if body["verdict"] else None,
        message=body["message"],
        reference=body["reference"],
        document_name=body["document_name"],
        because=body["because"],
        settled_at=_moment(row.settled_at),
        acknowledged=body["acknowledged"],
        history=tuple(
            Attempt(from_microseconds(at), CommandState(state), CommandReason(reason))
            for at, state, reason in body["history"]
        ),
        position=row.position,
        revision=row.revision,
    )


def encoded_content(content: CommandContent) -> bytes:
    """Return what a command sends, as it is kept.

    Raises:
        NirAtRestError: it holds a NIR, which may wait on no workstation (decision 4).
        TooBigError: it is over `MAX_COMMAND_BYTES`.
    """
    return _encoded(
        {
            "ids": dict(content.ids),
            "input": dict(content.input),
            "precondition": dict(content.precondition),
            "on_copy": content.on_copy,
            "choices": {name: [choice.keep.value, choice.seen] for name, choice in content.choices.items()},
            "before": dict(content.before),
        }
    )


def content_of(encoded: bytes) -> CommandContent:
    """Return what a command sends."""
    found = json.loads(encoded)
    # Neither was known to the versions that wrote the oldest rows.
    choices = {name: Choice(Keep(keep), seen) for name, (keep, seen) in found.get("choices", {}).items()}
    on_copy = found.get("on_copy", False)
    return CommandContent(
        found["ids"], found["input"], found["precondition"], on_copy, choices, found.get("before", {})
    )


def _encoded(body: Mapping[str, JSON]) -> bytes:
    encoded = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    if len(encoded) > MAX_COMMAND_BYTES:
        raise TooBigError
    if holds_nir(encoded):
        raise NirAtRestError
    return encoded


def _micro(moment: datetime | None) -> int | None:
    return None if moment is None else to_microseconds(moment)


def _moment(value: int | None) -> datetime | None:
    return None if value is None else from_microseconds(value)
