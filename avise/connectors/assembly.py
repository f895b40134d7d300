"""Puts the pages of one answer together: checked, bounded, compared with the customer on screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from avise.connectors.contract import Batch, Completeness, ConnectorError, FacetOffer, Record
from avise.connectors.identity_check import contradicts
from avise.connectors.record_pages import record_of
from avise.connectors.validation import Checked, check_interaction, check_record
from avise.models.customer import IdentityEvidence
from avise.models.errors import ErrorKind, Origin
from avise.models.facet_specs import FACETS
from avise.models.interaction import Interaction


class SomebodyElseError(ConnectorError):
    """The answer concerns another person than the customer on screen."""


Check = Callable[[Any], Checked | None]


def check_for(offer: FacetOffer) -> Check:
    """Return what checks one item of a facet; None means that the item cannot be read."""
    spec = FACETS.get(offer.facet)
    if spec is None:
        return _checked_interaction

    def check(item: object) -> Checked | None:
        return check_record(spec, item) if isinstance(item, Record) else None

    return check


def _checked_interaction(item: object) -> Checked | None:
    if not isinstance(item, Interaction) or not check_interaction(item):
        return None
    return Checked(record_of(item))


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
    records: list[Record] = field(default_factory=list)
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

    @property
    def full(self) -> bool:
        """Whether nothing more will be kept."""
        return self.completeness is not Completeness.MORE

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
        if self.unreadable and not self.records:
            raise ConnectorError(ErrorKind.BAD_DATA, "no readable record")

    def _take(self, items: Sequence[Any]) -> None:
        for item in items:
            if len(self.records) >= self.limit:
                self.completeness = Completeness.TRUNCATED
                self.truncated_because = "max_rows"
                self.cut = True
                return
            checked = self.check(item)
            if checked is None or checked.record.id in self._ids:
                self.unreadable += 1
                continue
            self._compare(checked.record.evidence)
            self._ids.add(checked.record.id)
            self.drift += checked.drift
            self.records.append(checked.record)

    def _compare(self, found: IdentityEvidence | None) -> None:
        if found is not None and contradicts(self.expected, found):
            raise SomebodyElseError(ErrorKind.CONFLICT, "about somebody else")
