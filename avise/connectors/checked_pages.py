"""Items that were checked where they were read, in the worker process, and came back as pages.

What the host has to know without reading the pages is beside them: identifiers, drift, and whom the
records concern.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Self, TypeVar

from avise.connectors.contract import Record
from avise.connectors.lazy_items import Chain, LazyPage
from avise.connectors.record_pages import page_of, read_page
from avise.connectors.validation import Check
from avise.models.customer import IdentityEvidence
from avise.models.json_types import JSON
from avise.models.snapshot import PAGE_SIZE

T = TypeVar("T")


class CheckedPages(Chain[T]):
    """Records, or exchanges, that fit their facet; no identifier comes twice.

    Args:
        pages: as `record_pages` writes them.
        read: reads the items of a page.
        ids: of the items, in order.
        drifts: by place of an item, how many of its codes the facet does not know.
        evidence: whom the items concern, each answer once.
    """

    def __init__(
        self,
        pages: Sequence[LazyPage[T]],
        read: Callable[[bytes], Iterable[T]],
        ids: tuple[str, ...],
        drifts: Mapping[int, int] = MappingProxyType({}),
        evidence: tuple[IdentityEvidence, ...] = (),
    ) -> None:
        super().__init__(pages)
        self.pages = tuple(pages)
        self.ids = ids
        self.evidence = evidence
        self._drifts = drifts
        self._read = read

    @property
    def drift(self) -> int:
        """How many codes the facet does not know."""
        return sum(self._drifts.values())

    def as_records(self) -> tuple[LazyPage[Record], ...]:
        """Return the pages as the store takes them."""
        return tuple(LazyPage(page.data, len(page), read_page) for page in self.pages)

    def picked(self, places: Sequence[int]) -> Self:
        """Return the items at these places, in their order; a page of which all are taken is not read."""
        if len(places) == len(self):
            return self
        wanted, pages, start = iter([*places, len(self)]), [], 0
        place = next(wanted)
        for page in self.pages:
            inside = []
            while place < start + len(page):
                inside.append(place - start)
                place = next(wanted)
            pages += _part_of(page, inside, self._read)
            start += len(page)
        ids = tuple(self.ids[place] for place in places)
        drifts = {at: self._drifts[place] for at, place in enumerate(places) if place in self._drifts}
        return type(self)(pages, self._read, ids, drifts, self.evidence)


def ids_of(items: Sequence[Record]) -> Sequence[str]:
    """Return the identifiers of records, without reading pages that came written."""
    return items.ids if isinstance(items, CheckedPages) else [record.id for record in items]


def _part_of(
    page: LazyPage[T], places: Sequence[int], read: Callable[[bytes], Iterable[T]]
) -> list[LazyPage[T]]:
    if not places:
        return []
    if len(places) == len(page):
        return [page]
    plain = json.loads(page.data)
    data = json.dumps([plain[place] for place in places], ensure_ascii=False, separators=(",", ":")).encode()
    return [LazyPage(data, len(places), read)]


@dataclass(slots=True)
class CheckedItems:
    """Items while they are checked, in the worker process.

    Args:
        check: says whether an item can be read.
        most: items kept; those beyond are only counted.
    """

    check: Check
    most: int
    records: list[Record] = field(default_factory=list)
    unreadable: int = 0
    beyond: bool = False
    """Something was left out because of `most`."""
    drifts: dict[int, int] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _evidence: dict[str, JSON] = field(default_factory=dict)

    def take(self, items: Iterable[Any]) -> None:
        """Check items and keep those that can be read; the second of one identifier cannot."""
        for item in items:
            if item.id in self._seen:
                self.unreadable += 1
                continue
            self._seen.add(item.id)
            if len(self.records) >= self.most:
                self.beyond = True
                continue
            self._keep(item)

    def _keep(self, item: object) -> None:
        checked = self.check(item)
        if checked is None:
            self.unreadable += 1
            return
        if checked.drift:
            self.drifts[len(self.records)] = checked.drift
        self.records.append(checked.record)
        if checked.record.evidence is not None:
            plain = plain_evidence(checked.record.evidence)
            self._evidence[json.dumps(plain, sort_keys=True)] = plain

    def pages(self) -> list[bytes]:
        """Return the pages."""
        starts = range(0, len(self.records), PAGE_SIZE)
        return [page_of(self.records[start : start + PAGE_SIZE]) for start in starts]

    def beside(self) -> Mapping[str, JSON]:
        """Return what is told beside the pages; what is unreadable or left out is the caller's to tell."""
        return {
            "ids": [record.id for record in self.records],
            "drifts": [[place, drift] for place, drift in self.drifts.items()],
            "subjects": list(self._evidence.values()),
        }


def checked_pages(
    beside: Mapping[str, Any], pages: Sequence[bytes], read: Callable[[bytes], Iterable[T]]
) -> CheckedPages[T]:
    """Return what the worker process sent."""
    ids = tuple(beside["ids"])
    lazy = [
        LazyPage(page, min(PAGE_SIZE, len(ids) - number * PAGE_SIZE), read)
        for number, page in enumerate(pages)
    ]
    evidence = tuple(evidence_of(plain) for plain in beside["subjects"])
    return CheckedPages(lazy, read, ids, dict(beside["drifts"]), evidence)


def plain_evidence(evidence: IdentityEvidence) -> dict[str, JSON]:
    """Write whom an answer concerns as JSON."""
    return {
        "last_name": evidence.last_name,
        "first_name": evidence.first_name,
        "birth_date": evidence.birth_date.isoformat() if evidence.birth_date else None,
        "ids": dict(evidence.ids),
        "other_last_names": list(evidence.other_last_names),
    }


def evidence_of(plain: Mapping[str, Any]) -> IdentityEvidence:
    """Read it back."""
    birth_date = plain["birth_date"]
    return IdentityEvidence(
        last_name=plain["last_name"],
        first_name=plain["first_name"],
        birth_date=date.fromisoformat(birth_date) if birth_date else None,
        ids=plain["ids"],
        other_last_names=tuple(plain["other_last_names"]),
    )
