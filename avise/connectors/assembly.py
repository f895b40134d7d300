"""Puts the pages of one answer together: checked, bounded, compared with the customer on screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from avise.connectors.checked_pages import CheckedPages
from avise.connectors.contract import Batch, Completeness, ConnectorError, Record
from avise.connectors.identity_check import contradicts
from avise.connectors.lazy_items import joined
from avise.connectors.validation import Check
from avise.models.customer import IdentityEvidence
from avise.models.errors import ErrorKind, Origin


class SomebodyElseError(ConnectorError):
    """The answer concerns another person than the customer on screen."""


@dataclass(slots=True)
class Assembly:
    """The reading under way.

    Args:
        check: says whether an item is readable.
        expected: the customer on screen.
        limit: items kept; what comes after makes the reading truncated.
        conditional: a validator was sent, so that "not modified" is an answer.
    """

    check: Check
    expected: IdentityEvidence
    limit: int
    conditional: bool = False
    count: int = 0
    """Records kept so far."""
    completeness: Completeness = Completeness.MORE
    truncated_because: str = ""
    total: int | None = None
    validator: str = ""
    as_of: datetime | None = None
    unreadable: int = 0
    drift: int = 0
    not_modified: bool = False
    cut: bool = False
    """The limit was reached: there is no point in reading on."""
    _ids: set[str] = field(default_factory=set)
    _parts: list[Sequence[Record]] = field(default_factory=list)
    _plain: list[Record] = field(default_factory=list)
    """The last part, while records come one by one."""

    @property
    def full(self) -> bool:
        """Whether nothing more will be kept."""
        return self.completeness is not Completeness.MORE

    def records(self) -> Sequence[Record]:
        """Return what was kept so far; pages that came written are not read for it."""
        return joined([*self._parts, self._plain])

    def add(self, batch: Batch[Any]) -> None:
        """Take one page.

        Raises:
            ConnectorError: BAD_DATA when the page cannot follow what came before.
            SomebodyElseError: the page concerns another person.
        """
        if not isinstance(batch, Batch):
            raise ConnectorError(ErrorKind.BUG, "not a Batch", origin=Origin.CONNECTOR)
        if self.full:
            raise ConnectorError(ErrorKind.BAD_DATA, "page after the last", origin=Origin.CONNECTOR)
        if batch.not_modified and not self.conditional:
            raise ConnectorError(ErrorKind.BAD_DATA, "not modified, unasked", origin=Origin.CONNECTOR)
        if batch.as_of is not None and batch.as_of.tzinfo is None:
            raise ConnectorError(ErrorKind.BAD_DATA, "date without zone", origin=Origin.CONNECTOR)
        self._compare(batch.evidence)
        self.not_modified = self.not_modified or batch.not_modified
        self.unreadable += batch.unreadable
        self._take(batch.items)
        self.as_of = batch.as_of or self.as_of
        self.total = batch.total if batch.total is not None else self.total
        self.validator = batch.validator or self.validator
        if not self.full:
            self.completeness = batch.completeness
            self.truncated_because = batch.truncated_because

    def finish(self) -> None:
        """Check that the answer has an end and something readable.

        Raises:
            ConnectorError: BAD_DATA otherwise: an unfinished answer must not pass for a short one, nor
                an unreadable one for an empty one.
        """
        if not self.full:
            raise ConnectorError(ErrorKind.BAD_DATA, "answer without an end", origin=Origin.CONNECTOR)
        if self.unreadable and not self.count:
            raise ConnectorError(ErrorKind.BAD_DATA, "no readable record")

    def _take(self, items: Sequence[Any]) -> None:
        if isinstance(items, CheckedPages):
            self._take_pages(items)
            return
        for item in items:
            if self._cut_here():
                return
            checked = self.check(item)
            if checked is None or not self._counted(checked.record.id):
                self.unreadable += 1
                continue
            self._compare(checked.record.evidence)
            self.drift += checked.drift
            self._plain.append(checked.record)

    def _take_pages(self, items: CheckedPages[Any]) -> None:
        """Take what the worker process has checked, by what it tells beside the pages."""
        for found in items.evidence:
            self._compare(found)
        places = []
        for place, mark in enumerate(items.ids):
            if self._cut_here():
                break
            if self._counted(mark):
                places.append(place)
            else:
                self.unreadable += 1
        kept = items.picked(places)
        self.drift += kept.drift
        self._parts += [tuple(self._plain), *kept.as_records()]
        self._plain.clear()

    def _cut_here(self) -> bool:
        """End the reading when the limit is reached while something more comes; say whether it is."""
        if self.count < self.limit:
            return False
        self.completeness = Completeness.TRUNCATED
        self.truncated_because = "max_rows"
        self.cut = True
        return True

    def _counted(self, mark: str) -> bool:
        """Count a record; False when one of the same identifier was kept before."""
        if mark in self._ids:
            return False
        self._ids.add(mark)
        self.count += 1
        return True

    def _compare(self, found: IdentityEvidence | None) -> None:
        if found is not None and contradicts(self.expected, found):
            raise SomebodyElseError(ErrorKind.CONFLICT, "about somebody else")
