"""What is written together with other things in one transaction, and what follows once it is on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from avise.models.journal import EventEnvelope, NewEvent
from avise.models.roles import Session
from avise.services.ports import JournalPort, StoreChange


def _nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class Promise:
    """One part of an act: nothing of it is kept unless the whole act is.

    Args:
        events: to be written.
        changes: of other tables, in the same transaction.
        then: called once everything is on disk.
    """

    events: tuple[NewEvent, ...] = ()
    changes: tuple[StoreChange, ...] = ()
    then: Callable[[], None] = _nothing


async def keep_promises(
    journal: JournalPort, session: Session, promises: Iterable[Promise]
) -> Sequence[EventEnvelope]:
    """Write every part of an act, all or none, then tell each; return the events as written.

    Raises:
        AviseError: nothing was kept.
    """
    parts = tuple(promises)
    events = [event for part in parts for event in part.events]
    changes = [change for part in parts for change in part.changes]
    written = await journal.append_all(session, *events, beside=changes)
    for part in parts:
        part.then()
    return written
