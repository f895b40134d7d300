"""Lines of a block that are composed when they are read: ten are shown of a file of three thousand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, overload

from typing_extensions import override

from avise.models.facets import FacetRecord

Line_co = TypeVar("Line_co", covariant=True)


class RecordLines(Sequence[Line_co], Generic[Line_co]):
    """One line a record, in their order.

    Args:
        records: in the order of the lines.
        compose: returns the line of a record.
    """

    def __init__(self, records: Sequence[FacetRecord], compose: Callable[[FacetRecord], Line_co]) -> None:
        self._records, self._compose = records, compose

    @override
    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, place: int) -> Line_co: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Line_co, ...]: ...

    @override
    def __getitem__(self, place: int | slice) -> Line_co | tuple[Line_co, ...]:
        """Return a line, or some of them."""
        if isinstance(place, slice):
            return tuple(self._compose(record) for record in self._records[place])
        return self._compose(self._records[place])
