"""Who is visited on the days of an order, as the representative's diary says; the diary goes along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from avise.connectors.contract import Completeness, Record
from avise.connectors.readings import FacetReading, SourceOffer
from avise.connectors.record_pages import encode_pages, page_of
from avise.models.customer import CustomerKey, DirectoryEntry, IdentityEvidence, PersonId
from avise.models.errors import AviseError
from avise.models.packs import PackKind
from avise.models.roles import Purpose, Session
from avise.models.snapshot import Snapshot, SnapshotKey
from avise.services.agenda import FACET, STAFF, diary_key, keeps_diaries
from avise.services.pack_values import PackOrder
from avise.services.ports import DirectoryPort
from avise.services.source_port import SourcePort
from avise.services.visits.calendar import PlannedVisit, visits_of
from avise.store.errors import NirAtRestError
from avise.store.pack_rows import CarriedReading
from avise.store.snapshots import refuse_nir
from avise.texts.formats import local


@dataclass(frozen=True, slots=True)
class Visited:
    """Who is visited, in the order of the visits, and the diaries that say so."""

    entries: tuple[DirectoryEntry, ...] = ()
    diaries: tuple[CarriedReading, ...] = ()


async def visited_in(
    order: PackOrder, sources: SourcePort, session: Session, directory: DirectoryPort
) -> Visited:
    """Return who is visited on the days of an order.

    Raises:
        AviseError: `pack.no_diary`: a diary did not answer, and who is visited is not known.
    """
    visits: list[PlannedVisit] = []
    diaries: list[CarriedReading] = []
    for offer in sources.offers():
        if not keeps_diaries(offer) or not offer.enabled:
            continue
        reading = await _read(offer, sources, session)
        if reading.fetched_at is None or reading.withheld or reading.error is not None:
            raise AviseError("pack.no_diary", source=offer.name)
        visits += visits_of(offer.instance, reading.records)
        diaries.append(await _carried(offer, session, reading))
    found: dict[PersonId, DirectoryEntry] = {}
    last = order.first_day + timedelta(days=max(order.days, 1) - 1)
    for visit in sorted(visits, key=lambda visit: visit.starts_at):
        entry = await _entry(visit, order.first_day, last, directory)
        if entry is not None:
            found.setdefault(entry.person, entry)
    return Visited(tuple(found.values()), tuple(diaries))


async def _entry(
    visit: PlannedVisit, first: date, last: date, directory: DirectoryPort
) -> DirectoryEntry | None:
    """Return whose file a visit needs: the member's, also for a visit to somebody covered."""
    if not visit.identifier or not first <= local(visit.starts_at).date() <= last:
        return None
    entry = await directory.by_identifier(visit.scheme, visit.identifier)
    if entry is None or entry.person == entry.dossier:
        return entry
    return await directory.by_person(entry.dossier)


async def _read(offer: SourceOffer, sources: SourcePort, session: Session) -> FacetReading:
    ids = {STAFF: session.user}
    last = FacetReading(offer.instance, FACET)
    async for reading in sources.read_facet(
        offer.instance, FACET, CustomerKey(diary_key(session.user), ids), IdentityEvidence(ids=ids),
        agent=session.user, purpose=Purpose.VISIT,
    ):  # fmt: skip
        last = reading
    return last


async def _carried(offer: SourceOffer, session: Session, reading: FacetReading) -> CarriedReading:
    read_at = reading.fetched_at
    if read_at is None:
        raise ValueError("a diary that was read says when")
    whole = reading.completeness is Completeness.COMPLETE
    records = [record for record in reading.records if _may_be_carried(record)]
    key = SnapshotKey(offer.instance, FACET, offer.facet(FACET).schema, diary_key(session.user))
    snapshot = Snapshot(
        pages=await encode_pages(records),
        count=len(records),
        as_of=reading.as_of,
        fetched_at=read_at,
        usable_until=read_at,
        completeness="complete" if whole else "truncated",
        truncated_because=reading.truncated_because,
        total=reading.total,
        unreadable=reading.unreadable + len(reading.records) - len(records),
    )
    return CarriedReading(PackKind.VISITS, key, snapshot)


def _may_be_carried(record: Record) -> bool:
    """Say whether an appointment may be at rest: one in whose words a NIR was typed stays at the office."""
    try:
        refuse_nir(page_of([record]))
    except NirAtRestError:
        return False
    return True
