"""What colleagues ask this user to confirm, as lines of Ma journée."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from avise.services.day_values import AskedConfirmation
from avise.texts import text
from avise.texts.formats import format_list_name, format_time
from avise.ui.home.lines_panel import Line
from avise.ui.home.moments import due_chip, moment_words


def confirmation_lines(rows: Sequence[AskedConfirmation], now: datetime) -> tuple[Line, ...]:
    """Return the questions that wait, each with when it must be answered."""
    return tuple(
        Line(
            title=row.asked.label,
            left=format_time(row.asked.asked_at),
            detail=whose(row),
            quiet=asked_words(row),
            chip=due_chip(row.asked.expires_at, now),
            action=text("confirmation.look"),
            key=row.asked.command,
        )
        for row in rows
    )


def whose(row: AskedConfirmation) -> str:
    """Return whom a question is about, "" when the directory does not say."""
    if row.who is None:
        return ""
    party = row.who.entry.party
    name = party.company_name or format_list_name(party.last_name, party.first_name)
    return text("confirmation.whom", name=name)


def asked_words(row: AskedConfirmation) -> str:
    """Return who asks, and of which tool."""
    return text("confirmation.asked_by", asker=row.asker, source=row.asked.source_name)


def until_words(row: AskedConfirmation, now: datetime) -> str:
    """Return by when an answer counts."""
    return text("confirmation.until", when=moment_words(row.asked.expires_at, now))
