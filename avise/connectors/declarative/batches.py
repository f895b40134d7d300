"""What pages of an answer become: batches without doubles, bounded, that say whether something is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from avise.connectors.checked_pages import CheckedPages
from avise.connectors.contract import Completeness, ConnectorError
from avise.connectors.declarative.conversion import UnreadableValueError
from avise.connectors.declarative.rows import FieldReader, Mapped
from avise.models.customer import IdentityEvidence
from avise.models.errors import ErrorKind

T = TypeVar("T")

MORE_THAN_SHOWN = "max_rows"
MORE_PAGES = "max_pages"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of an answer, mapped."""

    items: Sequence[T]
    unreadable: int
    truncated_because: str
    """"" unless this is the last page and the tool has more."""
    last: bool
    answer: object = None
    total: int | None = None
    as_of: datetime | None = None
    evidence: IdentityEvidence | None = None
    """Whom the answer concerns as a whole."""
    validator: str = ""
    cursor: str = ""
    not_modified: bool = False

    @property
    def completeness(self) -> Completeness:
        """Return what the page says about the rest."""
        if self.truncated_because:
            return Completeness.TRUNCATED
        return Completeness.COMPLETE if self.last else Completeness.MORE


class Collected(Generic[T]):
    """Items of the pages read so far.

    Args:
        limit: how many are kept in all.
        id_of: gives the identifier of an item.
        overlapping: pages are read one after the other, so that a row may move to the next one meanwhile.
    """

    def __init__(self, limit: int, id_of: Callable[[T], str], *, overlapping: bool = True) -> None:
        self.limit = limit
        self._id_of = id_of
        self._overlapping = overlapping
        self._seen: set[str] = set()
        self._unread: set[str] = set()
        self._kept = 0
        self.cut = False
        """Something was left out because of the limit."""

    @property
    def full(self) -> bool:
        """Tell whether nothing more will be kept."""
        return self._kept >= self.limit

    def take(self, items: Sequence[T], *, beyond: bool = False, unread: str = "") -> Mapped[T]:
        """Return the items of a page that are new, up to the limit.

        Of pages that overlap, a row that comes again is kept once. Otherwise, and within one page, two
        rows of one identifier mean that it is none, and the second is unreadable.

        Args:
            items: of the page.
            beyond: whoever read the page has left items out, because `most` said so.
            unread: what tells a page again on which no row could be read, "" for another page.

        Raises:
            ConnectorError: BAD_DATA when a whole page has been seen before: the tool ignores paging.
        """
        marks = items.ids if isinstance(items, CheckedPages) else tuple(map(self._id_of, items))
        page: dict[str, int] = {}
        for place, mark in enumerate(marks):
            page.setdefault(mark, place)
        fresh = [place for mark, place in page.items() if mark not in self._seen]
        again = page and not fresh and not beyond
        if self._overlapping and (again or unread in self._unread):
            raise ConnectorError(ErrorKind.BAD_DATA, "the same page twice")
        self._unread |= {unread} - {""}
        self._seen.update(page)
        kept = fresh[: self.limit - self._kept]
        self.cut = self.cut or beyond or len(kept) < len(fresh)
        self._kept += len(kept)
        told_apart = len(page) if self._overlapping else len(fresh)
        return Mapped(_picked(items, kept), len(items) - told_apart)

    @property
    def most(self) -> int:
        """How many items of the next page may be kept, those that are known already included."""
        return self.limit - self._kept + len(self._seen)

    def cut_because(self, *, more: bool, at_the_last: bool) -> str:
        """Return why the reading stops before the tool's end, "" when it does not.

        Args:
            more: the tool has another page.
            at_the_last: no more pages may be asked.
        """
        if self.cut or (self.full and more):
            return MORE_THAN_SHOWN
        return MORE_PAGES if more and at_the_last else ""


def _picked(items: Sequence[T], places: Sequence[int]) -> Sequence[T]:
    if isinstance(items, CheckedPages):
        return items.picked(places)
    return tuple(items[place] for place in places)


def date_of_answer(reader: FieldReader | None, answer: object) -> datetime | None:
    """Return when the tool says that an answer was true, None when it does not say."""
    if reader is None:
        return None
    try:
        written = reader.read(answer)
    except UnreadableValueError:
        raise ConnectorError(ErrorKind.BAD_DATA, "the date of the answer is unreadable") from None
    return datetime.fromisoformat(str(written)) if written is not None else None


def total_of_answer(value: object) -> int | None:
    """Return how many records the tool says there are, None when it does not say."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
