"""`avise outbox`: the commands of the profile's user, as the window lists them.

JSON: `{"commands": [{"id", "group", "customer", "name", "source", "source_name", "action", "label", "state",
"uncertain", "reason", "message", "confirmed_at", "next_at", "expires_at", "settled_at", "sends", "reference",
"document", "history": [{"at", "state", "reason"}]}]}`, the newest first. What was asked is not printed.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from datetime import datetime

from rich.console import Console
from rich.table import Table

from avise.env import Env
from avise.models.commands import OutboxItem
from avise.models.json_types import JSON
from avise.services.desk import Desk
from avise.services.outbox_wording import reason_sentence, state_words
from avise.texts import text
from avise.texts.formats import format_moment


async def read_outbox(desk: Desk) -> tuple[OutboxItem, ...]:
    """Return what the outbox shows now."""
    async with aclosing(desk.outbox()) as changes:  # type: ignore[type-var]  # desks give generators
        async for items in changes:
            return tuple(items)
    return ()


def as_json(items: tuple[OutboxItem, ...]) -> dict[str, JSON]:
    """Return the outbox as the module's docstring describes."""
    return {"commands": [_command(item) for item in items]}


def _command(item: OutboxItem) -> dict[str, JSON]:
    return {
        "id": str(item.command_id),
        "group": str(item.group_id),
        "customer": str(item.person),
        "name": item.whom,
        "source": item.instance,
        "source_name": item.source_name,
        "action": item.action,
        "label": item.label,
        "state": item.state.value,
        "uncertain": item.uncertain,
        "reason": item.reason.value,
        "message": _reason(item),
        "confirmed_at": item.confirmed_at.isoformat(),
        "next_at": _moment(item.next_at),
        "expires_at": item.expires_at.isoformat(),
        "settled_at": _moment(item.settled_at),
        "sends": item.sends,
        "reference": item.reference,
        "document": item.document_name,
        "history": [
            {"at": line.at.isoformat(), "state": line.state.value, "reason": line.reason.value}
            for line in item.history
        ],
    }


def _reason(item: OutboxItem) -> str:
    """Return why it is so in our own words: a tool's may tell more of the person than the file does."""
    return reason_sentence(replace(item, message=""))


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def print_outbox(items: tuple[OutboxItem, ...], console: Console, env: Env) -> None:
    """Print the outbox for a person at a terminal."""
    if not items:
        console.print(text("outbox.empty"), highlight=False)
        return
    names = ("since", "state", "action", "whom", "source", "why")
    table = Table(*(text(f"outbox.column.{name}") for name in names), box=None)
    for item in items:
        since = format_moment(item.confirmed_at, env.now())
        table.add_row(
            since, state_words(item), item.label, item.whom, item.source_name, _why(item, env.now())
        )
    console.print(table)


def _why(item: OutboxItem, now: datetime) -> str:
    parts = [_reason(item)]
    if item.open and item.next_at is not None:
        parts.append(text("outbox.next", when=format_moment(item.next_at, now)))
    if item.reference:
        parts.append(text("outbox.reference", reference=item.reference))
    return " · ".join(part for part in parts if part)
