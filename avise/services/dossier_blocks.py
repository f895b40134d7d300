"""The blocks and histories of one open dossier: which tool feeds which, and what a reading makes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from avise.connectors.contract import Completeness, Record
from avise.connectors.readings import FacetReading, SourceOffer, TimelineReading
from avise.models.customer import CustomerKey, DirectoryEntry, IdentityEvidence, PartyKind
from avise.models.errors import ErrorKind, Failure, Origin
from avise.models.facet_specs import FACETS
from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.models.freshness import Known, facet_state
from avise.models.interaction import Interaction, TimelineEntry
from avise.models.masking import mask_record, may_open, may_read_bodies
from avise.models.roles import Role
from avise.services.agenda import keeps_diaries
from avise.services.timeline import entry_of

ViewKey = tuple[str, str]
"""(facet, instance): a facet fed by two tools makes two blocks."""

FAILED_STATES = frozenset({FacetState.FAILED, FacetState.WITHHELD})

_FOR_SOME = frozenset({"company"})
"""Facets that many members do not have: nothing found means that there is no such block."""

_OF_PERSONS = frozenset(
    {"identity", "guarantees", "benefits", "noemie", "rights", "beneficiaries", "member_space"}
)
"""Facets that a company does not have: no tool is asked for them."""

_OF_COMPANIES = frozenset({"establishments", "employees"})
"""Facets that a person does not have: no block says so, no tool is asked."""

_BROKE = Failure(ErrorKind.BUG, Origin.HOST)
"""A reading that ended on an error of ours: nothing more will come of it."""


@dataclass(slots=True)
class Block:
    """One facet from one tool: its last view with clear values, and its reading under way."""

    offer: SourceOffer
    view: FacetView
    """Records in clear: rules read them, screens get the masked form."""
    readable: bool = False
    """Whether its tool may be asked at all."""
    entries: tuple[TimelineEntry, ...] = ()
    task: asyncio.Task[None] | None = None
    linked: DirectoryEntry | None = None
    """The linked record whose number the tool is asked with; None for the customer's own."""

    def masked_view(self, role: Role) -> FacetView:
        """Return the view as a role may read it."""
        spec = FACETS[self.view.facet]
        records = tuple(mask_record(spec, record, role) for record in self.view.records)
        return replace(self.view, records=records)

    def view_after(self, reading: FacetReading, now: datetime) -> FacetView:
        """Return the view that a step of a reading makes."""
        state = self._state_after(reading, now)
        shown = state not in (FacetState.WITHHELD, FacetState.FORBIDDEN, FacetState.FAILED)
        return replace(
            self.view,
            state=state,
            records=tuple(_record_of(record) for record in reading.records) if shown else (),
            as_of=reading.as_of or reading.fetched_at,
            fetched_at=reading.fetched_at,
            total=reading.total,
            truncated_because=reading.truncated_because,
            error=reading.error,
            refreshing=not reading.final,
            unreadable=reading.unreadable,
            carried_until=reading.carried_until if shown else None,
        )

    def set_aside(self) -> None:
        """Say that the block does not concern this customer; its tool is not asked."""
        self.readable = False
        self.view = replace(self.view, state=FacetState.NOT_APPLICABLE, error=None)

    def broken_view(self) -> FacetView:
        """Return the view of a block whose reading ended on an error of ours."""
        return replace(self.view, state=FacetState.FAILED, records=(), error=_BROKE, refreshing=False)

    def _state_after(self, reading: FacetReading, now: datetime) -> FacetState:
        spec = FACETS[self.view.facet]
        offer = self.offer.facet(self.view.facet)
        known = Known(
            read_at=reading.fetched_at,
            count=len(reading.records),
            reading=not reading.final,
            complete=reading.completeness is not Completeness.MORE,
            truncated=reading.completeness is Completeness.TRUNCATED,
            unreadable=reading.unreadable,
            error=reading.error,
            withheld=reading.withheld,
        )
        usable_for = offer.usable_for or spec.usable_for
        if reading.carried_until is not None and reading.fetched_at is not None:
            # On board, a reading may be told until the end of its pack.
            usable_for = max(usable_for, reading.carried_until - reading.fetched_at)
        found = facet_state(known, now, offer.fresh_for or spec.fresh_for, usable_for)
        if found is FacetState.EMPTY and spec.id in _FOR_SOME:
            return FacetState.NOT_APPLICABLE
        return found


@dataclass(slots=True)
class History:
    """Exchanges that one tool lists."""

    offer: SourceOffer
    interactions: tuple[Interaction, ...] = ()
    entries: tuple[TimelineEntry, ...] = ()
    failed: bool = False
    truncated: bool = False
    task: asyncio.Task[None] | None = None
    linked: DirectoryEntry | None = None
    """As of a block."""

    @property
    def readable(self) -> bool:
        """Whether its tool may be asked at all."""
        return self.offer.failure is None

    def take(self, reading: TimelineReading, role: Role) -> None:
        """Take a step of a reading; what was known stays when the tool did not answer."""
        self.failed = reading.error is not None or reading.withheld
        self.truncated = reading.completeness is Completeness.TRUNCATED
        if not reading.withheld and (reading.interactions or reading.error is None):
            self.interactions = tuple(reading.interactions)
            opens = self.offer.content and may_read_bodies(role)
            self.entries = tuple(
                entry_of(item, self.offer.instance, opens_bodies=opens) for item in reading.interactions
            )


def has_ids(offer: SourceOffer, facet: str, ids: Mapping[str, str]) -> bool:
    """Say whether a customer bears every identifier that a tool needs; facet "" for its exchanges."""
    return all(ids.get(scheme) for scheme in offer.needs(facet))


def blocks_of(
    offers: Sequence[SourceOffer],
    role: Role,
    ids: Mapping[str, str],
    kind: PartyKind = PartyKind.MEMBER,
) -> dict[ViewKey, Block]:
    """Return the blocks that tools feed, before any is read.

    A block that no tool feeds, while a tool of unknown content was refused, says who may lack.
    """
    found = {
        (fed.facet, offer.instance): _block_of(offer, fed.facet, role, ids)
        for offer in offers
        for fed in offer.facets
        if fed.facet in FACETS and not keeps_diaries(offer)
        if kind is PartyKind.COMPANY or fed.facet not in _OF_COMPANIES
    }
    if kind is PartyKind.COMPANY:
        for (facet, _), block in found.items():
            if facet in _OF_PERSONS:
                block.set_aside()
    fed_facets = {facet for facet, _ in found}
    for offer in offers:
        if offer.failure is not None and not offer.facets and not offer.timeline:
            for facet in (facet for facet in FACETS if facet not in fed_facets):
                found[facet, offer.instance] = _block_of(offer, facet, role, ids)
    return found


def histories_of(offers: Iterable[SourceOffer], ids: Mapping[str, str]) -> dict[str, History]:
    """Return the histories that tools list, by instance, before any is read."""
    return {
        offer.instance: History(offer, failed=offer.failure is not None)
        for offer in offers
        if offer.timeline and offer.enabled and has_ids(offer, "", ids)
    }


def read_by(
    offers: Sequence[SourceOffer], role: Role, entry: DirectoryEntry, linked: Sequence[DirectoryEntry]
) -> tuple[dict[ViewKey, Block], dict[str, History]]:
    """Return the blocks and histories of a customer, those of linked records where the own has no number.

    Nothing is mixed: each is asked with the numbers of one record, and checked against that record.

    Args:
        offers: what tools feed.
        role: who looks.
        entry: the customer.
        linked: other records of the same person, the nearest first.
    """
    blocks = blocks_of(offers, role, ids_of(entry), entry.party.kind)
    histories = histories_of(offers, ids_of(entry))
    for other in linked:
        for key, block in blocks_of(offers, role, ids_of(other), entry.party.kind).items():
            if block.readable and blocks[key].view.state is FacetState.NOT_APPLICABLE:
                block.linked = other
                blocks[key] = block
        for instance, history in histories_of(offers, ids_of(other)).items():
            if instance not in histories:
                history.linked = other
                histories[instance] = history
    return blocks, histories


def ids_of(entry: DirectoryEntry) -> dict[str, str]:
    """Return the numbers of a record in each tool, by scheme."""
    return {**entry.party.ids, "member": entry.party.member_number}


def key_of(entry: DirectoryEntry, needs: Iterable[str]) -> CustomerKey:
    """Return a record with only the numbers that a tool needs."""
    ids = ids_of(entry)
    return CustomerKey(entry.dossier, {scheme: ids[scheme] for scheme in needs if ids.get(scheme)})


def evidence_of(entry: DirectoryEntry) -> IdentityEvidence:
    """Return whose record it is, to compare with what answers say."""
    party = entry.party
    others = (party.birth_name,) if party.birth_name else ()
    return IdentityEvidence(
        party.last_name, party.first_name, party.birth_date, ids_of(entry), other_last_names=others
    )


def _block_of(offer: SourceOffer, facet: str, role: Role, ids: Mapping[str, str]) -> Block:
    state = _first_state(offer, facet, role, ids)
    view = FacetView(facet, offer.instance, offer.name, state, error=offer.failure)
    return Block(offer, view, readable=state is FacetState.WAITING)


def _first_state(offer: SourceOffer, facet: str, role: Role, ids: Mapping[str, str]) -> FacetState:
    if offer.failure is not None:
        return FacetState.FAILED
    if not offer.enabled:
        return FacetState.DISABLED
    if not may_open(role, FACETS[facet]):
        return FacetState.FORBIDDEN
    return FacetState.WAITING if has_ids(offer, facet, ids) else FacetState.NOT_APPLICABLE


def _record_of(record: Record) -> FacetRecord:
    return FacetRecord(record.id, record.data, record.as_of, frozenset(), record.extra)
