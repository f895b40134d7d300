"""Making lists, counters and timelines again from the events, in one transaction."""

from __future__ import annotations

from sqlalchemy import Connection

from avise.hub.contact_rows import ADD_FIGURES, INSERT_LINE
from avise.hub.dialect import Statement, change, change_each
from avise.hub.read_models import INSERT_USE
from avise.hub.remaking import Remade, streams
from avise.hub.request_rows import INSERT_ROW, Row

_EMPTIED = tuple(
    Statement(f"DELETE FROM {table}")  # noqa: S608 - our own names
    for table in ("request", "queue_count", "hour_count", "timeline", "synthesis", "blob_use")
)
_AT_ONCE = 500


def rebuild(connection: Connection) -> int:
    """Make every read model again; return how many requests there are.

    Args:
        connection: in a transaction that writes, while nobody pushes.
    """
    for statement in _EMPTIED:
        change(connection, statement)
    remade = Remade()
    made = 0
    waiting: list[Row] = []
    for stream, events in streams(connection):
        _, row = remade.take(stream, events)
        if row is not None:
            waiting.append(row)
            made += 1
        if len(waiting) >= _AT_ONCE:
            change_each(connection, INSERT_ROW, waiting)
            waiting = []
    change_each(connection, INSERT_ROW, waiting)
    remade.finish()
    remade.counts.save(connection)
    change_each(connection, INSERT_LINE, list(remade.lines.values()))
    names = sorted({*remade.contacts, *remade.open_requests})
    figures = [
        {
            "dossier": name,
            "contacts": remade.contacts[name],
            "requests": remade.open_requests[name],
            "complaints": remade.open_complaints[name],
        }
        for name in names
    ]
    change_each(connection, ADD_FIGURES, figures)
    uses = [{"name": name, "stream": stream} for name, stream in sorted(remade.uses)]
    change_each(connection, INSERT_USE, uses)
    return made
