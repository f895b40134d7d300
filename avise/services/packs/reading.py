"""Reads one customer for a pack, through the same pipeline as a screen, behind whatever a screen asks."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from avise.connectors.contract import Completeness, Priority, Record
from avise.connectors.readings import TIMELINE, TIMELINE_OFFER, FacetReading, SourceOffer, TimelineReading
from avise.connectors.record_pages import encode_pages, record_of
from avise.models.care_totals import CareTotal, care_totals
from avise.models.customer import CustomerKey, DirectoryEntry, IdentityEvidence, PartyKind
from avise.models.errors import AviseError, ErrorKind, Failure
from avise.models.facet_specs import BENEFITS, FACETS
from avise.models.facets import FacetRecord
from avise.models.masking import may_open
from avise.models.packs import SYNTHESIS, PackKind, carried_record
from avise.models.roles import Purpose, Session
from avise.models.snapshot import Snapshot, SnapshotKey
from avise.services.dossier_blocks import Block, blocks_of, has_ids, histories_of
from avise.services.source_port import SourcePort
from avise.store.pack_rows import CarriedReading

_WHOLE = (Completeness.COMPLETE, Completeness.TRUNCATED)

_ANSWERS = frozenset({ErrorKind.NOT_FOUND, ErrorKind.FORBIDDEN, ErrorKind.UNSUPPORTED})
"""Errors by which a tool says that there is nothing to take: asking again would change nothing."""


class KeepsElsewhere(Protocol):
    """The copies of the workstation, which leave a pack's readings to it."""

    def leave_to_reader(self, key: SnapshotKey) -> None:
        """Have the next reading kept by whoever asked for it."""


@dataclass(slots=True)
class ReadCustomer:
    """What was read of one customer.

    Args:
        readings: to be kept.
        totals: of care, by category.
        failed: readings that tools did not give.
    """

    readings: list[CarriedReading] = field(default_factory=list)
    totals: tuple[CareTotal, ...] = ()
    failed: int = 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """One facet of one tool, to be read."""

    offer: SourceOffer
    facet: str


class CustomerReader:
    """Reads customers for packs.

    Args:
        sources: the tools.
        copies: of the workstation.
        session: for whom; what their role may not read is not carried.
    """

    def __init__(self, sources: SourcePort, copies: KeepsElsewhere, session: Session) -> None:
        self._sources = sources
        self._copies = copies
        self._session = session

    async def read(self, entry: DirectoryEntry, kind: PackKind, today: date) -> ReadCustomer:
        """Read a customer: the synthesis for a portfolio, everything that their screen shows for a visit.

        Each tool is asked one thing at a time, the tools side by side.

        Raises:
            AviseError: `pack.network_lost`: the workstation has no network any more.
        """
        found = ReadCustomer()
        by_tool: dict[str, list[_Asked]] = defaultdict(list)
        for block in self._blocks(entry):
            if block.readable and (kind is PackKind.VISITS or block.view.facet in SYNTHESIS):
                by_tool[block.offer.instance].append(_Asked(block.offer, block.view.facet))
        if entry.party.kind is not PartyKind.COMPANY:
            for offer in self._sources.offers():
                if _feeds_care(offer, _ids(entry)):
                    by_tool[offer.instance].append(_Asked(offer, BENEFITS.id))
        if kind is PackKind.VISITS:
            for history in histories_of(self._sources.offers(), _ids(entry)).values():
                if history.readable:
                    by_tool[history.offer.instance].append(_Asked(history.offer, TIMELINE))
        async with asyncio.TaskGroup() as group:
            for asked in by_tool.values():
                group.create_task(self._read_in_turn(entry, kind, dict.fromkeys(asked), today, found))
        return found

    def _blocks(self, entry: DirectoryEntry) -> Iterable[Block]:
        offers, ids = self._sources.offers(), _ids(entry)
        return blocks_of(offers, self._session.role, ids, entry.party.kind).values()

    async def _read_in_turn(
        self, entry: DirectoryEntry, kind: PackKind, asked: Iterable[_Asked], today: date, found: ReadCustomer
    ) -> None:
        for one in asked:
            if one.facet == TIMELINE:
                await self._read_timeline(entry, one.offer, found)
            else:
                await self._read_facet(entry, kind, one, today, found)

    async def _read_facet(
        self, entry: DirectoryEntry, kind: PackKind, asked: _Asked, today: date, found: ReadCustomer
    ) -> None:
        offer, facet = asked.offer, asked.facet
        key = SnapshotKey(offer.instance, facet, offer.facet(facet).schema, entry.dossier)
        self._copies.leave_to_reader(key)
        reading = FacetReading(offer.instance, facet)
        async for step in self._sources.read_facet(
            offer.instance, facet, self._customer(entry, offer.needs(facet)), _identity(entry),
            agent=self._session.user, purpose=Purpose.VISIT, priority=Priority.BACKGROUND,
        ):  # fmt: skip
            reading = step
        if not _is_whole(reading):
            found.failed += _counts_as_failed(reading.error, withheld=reading.withheld)
            return
        if facet == BENEFITS.id:
            found.totals = care_totals([record.data for record in reading.records], today)
        if may_open(self._session.role, FACETS[facet]) and (kind is PackKind.VISITS or facet in SYNTHESIS):
            carried = [self._carried(facet, record) for record in reading.records]
            found.readings.append(await _carried_reading(kind, key, reading, carried))

    async def _read_timeline(self, entry: DirectoryEntry, offer: SourceOffer, found: ReadCustomer) -> None:
        key = SnapshotKey(offer.instance, TIMELINE, TIMELINE_OFFER.schema, entry.dossier)
        self._copies.leave_to_reader(key)
        last = TimelineReading(offer.instance)
        async for step in self._sources.read_timeline(
            offer.instance, self._customer(entry, offer.needs("")), _identity(entry),
            agent=self._session.user, purpose=Purpose.VISIT,
        ):  # fmt: skip
            last = step
        reading = FacetReading(
            offer.instance,
            TIMELINE,
            as_of=last.as_of,
            fetched_at=last.fetched_at,
            final=last.final,
            completeness=last.completeness,
            truncated_because=last.truncated_because,
            unreadable=last.unreadable,
            error=last.error,
            withheld=last.withheld,
        )
        if not _is_whole(reading):
            found.failed += _counts_as_failed(reading.error, withheld=reading.withheld)
            return
        records = [record_of(interaction) for interaction in last.interactions]
        found.readings.append(await _carried_reading(PackKind.VISITS, key, reading, records))

    def _carried(self, facet: str, record: Record) -> Record:
        told = FacetRecord(record.id, record.data, record.as_of, frozenset(), record.extra)
        shown = carried_record(FACETS[facet], told, self._session.role)
        return replace(record, data=shown.data, extra=shown.extra, evidence=None)

    @staticmethod
    def _customer(entry: DirectoryEntry, needs: Iterable[str]) -> CustomerKey:
        ids = _ids(entry)
        return CustomerKey(entry.dossier, {scheme: ids[scheme] for scheme in needs if ids.get(scheme)})


async def _carried_reading(
    kind: PackKind, key: SnapshotKey, reading: FacetReading, records: Sequence[Record]
) -> CarriedReading:
    if reading.fetched_at is None:
        raise ValueError("a whole reading says when it was made")
    spec = FACETS.get(key.facet)
    snapshot = Snapshot(
        pages=await encode_pages(records),
        count=len(records),
        as_of=reading.as_of,
        fetched_at=reading.fetched_at,
        usable_until=reading.fetched_at,
        completeness=reading.completeness.value,
        truncated_because=reading.truncated_because,
        total=reading.total,
        unreadable=reading.unreadable,
        sensitivity=str(spec.sensitivity if spec is not None else TIMELINE_OFFER.sensitivity),
    )
    belongs = PackKind.PORTFOLIO if key.facet in SYNTHESIS else kind
    return CarriedReading(belongs, key, snapshot)


def _is_whole(reading: FacetReading) -> bool:
    return (
        reading.final
        and reading.error is None
        and not reading.withheld
        and reading.fetched_at is not None
        and reading.completeness in _WHOLE
    )


def _counts_as_failed(error: Failure | None, *, withheld: bool) -> int:
    """Return 1 for a reading that should be tried again, 0 for an answer that there is nothing.

    Raises:
        AviseError: `pack.network_lost`.
    """
    if error is not None and error.kind is ErrorKind.OFFLINE:
        raise AviseError("pack.network_lost")
    return int(withheld or error is None or error.kind not in _ANSWERS)


def _feeds_care(offer: SourceOffer, ids: Mapping[str, str]) -> bool:
    feeds = any(fed.facet == BENEFITS.id for fed in offer.facets)
    return feeds and offer.enabled and offer.failure is None and has_ids(offer, BENEFITS.id, ids)


def _ids(entry: DirectoryEntry) -> dict[str, str]:
    return {**entry.party.ids, "member": entry.party.member_number}


def _identity(entry: DirectoryEntry) -> IdentityEvidence:
    party = entry.party
    others = (party.birth_name,) if party.birth_name else ()
    return IdentityEvidence(
        party.last_name, party.first_name, party.birth_date, _ids(entry), other_last_names=others
    )
