"""Items kept as JSON pages, each read when somebody looks at it.

A long answer comes from the worker process in this form and goes to the store as it came: nobody pays for
ten thousand rows to show thirty (decision 9).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TypeVar, overload

from typing_extensions import override

T = TypeVar("T")


class LazyPage(Sequence[T]):
    """One page, read when it is looked at.

    A look at one place keeps the page read. Going through the items keeps nothing: freeing ten thousand of
    them at once would hold the interpreter for milliseconds.

    Args:
        data: the page, a JSON array.
        count: items in it.
        read: reads it.
    """

    __slots__ = ("_count", "_items", "_read", "data")

    def __init__(self, data: bytes, count: int, read: Callable[[bytes], Iterable[T]]) -> None:
        self.data = data
        self._count = count
        self._read = read
        self._items: tuple[T, ...] | None = None

    @override
    def __len__(self) -> int:
        return self._count

    @override
    def __iter__(self) -> Iterator[T]:
        return iter(self._read(self.data) if self._items is None else self._items)

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...

    @override
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if self._items is None:
            # Two threads that look at the same time read twice; one of the two results stays.
            self._items = tuple(self._read(self.data))
        return self._items[index]


class Chain(Sequence[T]):
    """Several sequences, one after the other; none is looked into before it is needed.

    Args:
        parts: never changed afterwards.
    """

    def __init__(self, parts: Sequence[Sequence[T]]) -> None:
        self.parts = tuple(part for part in parts if len(part))
        self._ends = tuple(accumulate(len(part) for part in self.parts))

    @override
    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @override
    def __iter__(self) -> Iterator[T]:
        for part in self.parts:
            yield from part

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...

    @override
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return tuple(self._at(place) for place in range(*index.indices(len(self))))
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(index)
        return self._at(place)

    def _at(self, place: int) -> T:
        part, within = self.part_at(place)
        return part[within]

    def part_at(self, place: int) -> tuple[Sequence[T], int]:
        """Return the part that holds a place, counted from 0, and the place within it."""
        number = bisect_right(self._ends, place)
        part = self.parts[number]
        return part, place - self._ends[number] + len(part)


def joined(parts: Iterable[Sequence[T]]) -> Sequence[T]:
    """Return parts as one sequence: a plain tuple unless one of them is lazy."""
    kept = tuple(parts)
    if any(isinstance(part, LazyPage) for part in kept):
        return Chain([part if isinstance(part, LazyPage) else tuple(part) for part in kept])
    return tuple(item for part in kept for item in part)
