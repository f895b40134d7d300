"""What visits are made of, put together by the engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from avise.env import Env
from avise.models.care_totals import CareTotal
from avise.models.customer import PersonId
from avise.models.roles import Session
from avise.services.change_signal import ChangeSignal
from avise.services.ports import DirectoryPort, JournalPort
from avise.services.visits.book import VisitBook
from avise.services.visits.calendar import VisitCalendar
from avise.services.visits.consequences import Consequences
from avise.services.visits.files import VisitFiles
from avise.services.visits.routes import Communes

Carried = Callable[[Sequence[PersonId]], Awaitable[frozenset[PersonId]]]
"""Returns those of some members whose file can be read without network."""


CareOf = Callable[[PersonId], Awaitable[Sequence[CareTotal]]]
"""Returns what a member's care came to by category, as it is carried on board."""


@dataclass(frozen=True, slots=True)
class VisitParts:
    """What visits are made of.

    Args:
        session: who visits.
        journal: where acts are written.
        directory: who exists.
        calendar: when visits are.
        book: what was written about them.
        files: opens those who are visited.
        consequences: makes what follows from a report.
        carried: whose file is on board.
        care: what care came to, for those whose file is.
        open_requests: how many requests of a file somebody works on; None when nobody knows.
        env: clock and identifiers.
        changes: told of every change.
        communes: where they are.
    """

    session: Session
    journal: JournalPort
    directory: DirectoryPort
    calendar: VisitCalendar
    book: VisitBook
    files: VisitFiles
    consequences: Consequences
    carried: Carried
    care: CareOf
    open_requests: Callable[[PersonId], int | None]
    env: Env
    changes: ChangeSignal
    communes: Communes | None = None
