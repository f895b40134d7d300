"""The appointments of a representative, from whichever tool keeps a diary of staff, or from the copy of it.

An appointment is a visit when it is at somebody's place (`home_visit`). Its facet says who is met, as
"scheme:value"; the directory says who that is. What the diary last told stays when it answers no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from avise.connectors.contract import Record
from avise.connectors.readings import FacetReading, SourceOffer
from avise.env import Env
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.facets import FacetRecord
from avise.models.roles import Purpose, Session
from avise.models.visits import VisitId, visit_of_appointment
from avise.services.agenda import FACET, STAFF, diary_key, keeps_diaries
from avise.services.change_signal import ChangeSignal
from avise.services.facts import moment, word
from avise.services.source_port import SourcePort

VISIT_KIND = "home_visit"
REFRESH_EVERY = 300.0
"""Seconds between two questions to a diary while the day is on screen."""

USUAL_LENGTH = timedelta(hours=1)
"""Of an appointment that does not say when it ends."""

_CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit as the calendar tells it.

    Args:
        visit: its identity.
        scheme: of the identifier of whom is met ("calendar.contact"), "" when it is not told.
        identifier: of whom is met.
        subject: what the appointment is for.
        place: the address.
        notes: how to get in.
        starts_at: of the appointment.
        ends_at: of the appointment.
        tentative: still to be confirmed.
        missed: the calendar says that it did not take place.
    """

    visit: VisitId
    scheme: str
    identifier: str
    subject: str
    place: str
    notes: str
    starts_at: datetime
    ends_at: datetime
    tentative: bool = False
    missed: bool = False


class VisitCalendar:
    """Reads the diary once in a while, and answers with what is known meanwhile.

    Args:
        sources: the tools.
        session: whose diary.
        env: the clock.
        changes: told when a reading brought something.
    """

    def __init__(self, sources: SourcePort, session: Session, env: Env, changes: ChangeSignal) -> None:
        self._sources = sources
        self._session = session
        self._env = env
        self._changes = changes
        self._known: dict[str, tuple[PlannedVisit, ...]] = {}
        self._asked_at: float | None = None
        self._asking: asyncio.Task[None] | None = None
        self.read_at: datetime | None = None
        """When what is known was read from the diary; None before."""
        self.asked = asyncio.Event()
        """Set once the diary, or its copy, was asked: what is not known by then is not there."""

    def visits(self) -> tuple[PlannedVisit, ...]:
        """Return the visits that are known, and read the diary again when it is time."""
        now = self._env.monotonic()
        if self._asked_at is None or now >= self._asked_at + REFRESH_EVERY:
            self.read_again()
        found = [visit for visits in self._known.values() for visit in visits]
        return tuple(sorted(found, key=lambda visit: (visit.starts_at, visit.visit)))

    def read_again(self) -> None:
        """Ask the diary now."""
        self._asked_at = self._env.monotonic()
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask(), name="read visits")

    def forget(self) -> None:
        """Forget what was told; what may still be told is read again."""
        if self._asking is not None:
            self._asking.cancel()
        self._asking, self._asked_at, self.read_at = None, None, None
        self._known.clear()
        self.asked.clear()
        self._changes.tell()

    async def aclose(self) -> None:
        """Stop reading."""
        asking, self._asking, self._asked_at = self._asking, None, None
        if asking is not None:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _ask(self) -> None:
        offers = [
            offer
            for offer in self._sources.offers()
            if keeps_diaries(offer) and offer.enabled and offer.failure is None
        ]
        # A diary that fails on an error of ours is one that did not answer: what it told before stays.
        await asyncio.gather(*(self._read(offer) for offer in offers), return_exceptions=True)
        self.asked.set()
        self._changes.tell()

    async def _read(self, offer: SourceOffer) -> None:
        login = self._session.user
        ids = {STAFF: login}
        key = CustomerKey(diary_key(login), ids)
        async for reading in self._sources.read_facet(
            offer.instance, FACET, key, IdentityEvidence(ids=ids), agent=login, purpose=Purpose.VISIT
        ):
            self._take(reading)

    def _take(self, reading: FacetReading) -> None:
        """Keep what a reading tells; one without records that failed tells nothing."""
        if reading.withheld or reading.fetched_at is None:
            return
        found = visits_of(reading.instance, reading.records)
        self.read_at = reading.as_of or reading.fetched_at
        if found != self._known.get(reading.instance):
            self._known[reading.instance] = found
            self._changes.tell()


def visits_of(instance: str, records: Sequence[Record]) -> tuple[PlannedVisit, ...]:
    """Return the visits among the appointments of a diary; cancelled ones are left out."""
    found = (_visit(instance, record) for record in records)
    return tuple(visit for visit in found if visit is not None)


def _visit(instance: str, record: Record) -> PlannedVisit | None:
    told = FacetRecord(record.id, record.data)
    starts, status = moment(told, "starts_at"), word(told, "status")
    if starts is None or word(told, "kind") != VISIT_KIND or status == _CANCELLED:
        return None
    scheme, _, identifier = word(told, "customer").partition(":")
    return PlannedVisit(
        visit=visit_of_appointment(instance, record.id),
        scheme=scheme,
        identifier=identifier,
        subject=word(told, "subject"),
        place=word(told, "place"),
        notes=word(told, "notes"),
        starts_at=starts,
        ends_at=moment(told, "ends_at") or starts + USUAL_LENGTH,
        tentative=status == "tentative",
        missed=status == "missed",
    )
