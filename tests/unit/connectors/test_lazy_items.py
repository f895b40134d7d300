"""Pages read when they are looked at behave as the sequence that they stand for."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.checked_pages import CheckedPages
from avise.connectors.lazy_items import Chain, LazyPage, joined
from avise.models.snapshot import PAGE_SIZE

parts = st.lists(st.lists(st.integers(0, 99), max_size=4), max_size=5)


def read(page: bytes) -> list[int]:
    numbers: list[int] = json.loads(page)
    return numbers


def refused(page: bytes) -> list[int]:
    raise AssertionError("a page was read that nobody looked at")


def page(numbers: Sequence[int], reader: Callable[[bytes], list[int]] = read) -> LazyPage[int]:
    return LazyPage(json.dumps(list(numbers)).encode(), len(numbers), reader)


@given(parts, st.data())
def test_a_chain_is_the_sequence_of_its_parts(given_parts: list[list[int]], data: st.DataObject) -> None:
    whole = [number for part in given_parts for number in part]
    chain: Chain[int] = Chain([page(part) for part in given_parts])
    assert list(chain) == whole
    assert len(chain) == len(whole)
    wanted = data.draw(st.slices(len(whole)))
    assert list(chain[wanted]) == whole[wanted]
    if whole:
        place = data.draw(st.integers(-len(whole), len(whole) - 1))
        assert chain[place] == whole[place]


@given(parts)
def test_plain_parts_become_a_tuple_and_lazy_ones_stay_unread(given_parts: list[list[int]]) -> None:
    whole = tuple(number for part in given_parts for number in part)
    assert joined(given_parts) == whole
    lazy = joined([*given_parts, page([1, 2], refused)])
    assert isinstance(lazy, Chain)
    assert len(lazy) == len(whole) + 2
    assert tuple(lazy[: len(whole)]) == whole


def test_a_look_at_one_place_keeps_the_page_and_going_through_it_does_not() -> None:
    made = LazyPage(b"", 1, lambda _: [object()])
    assert next(iter(made)) is not next(iter(made))
    assert made[0] is made[0]
    assert made[0] is next(iter(Chain([made])))


@given(st.integers(0, 12), st.data())
def test_items_are_picked_without_reading_pages_that_are_taken_whole(count: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 5))
    numbers = list(range(count))
    pages = [page(numbers[start : start + size]) for start in range(0, count, size)]
    items = CheckedPages(pages, read, tuple(map(str, numbers)))
    places = sorted(data.draw(st.sets(st.sampled_from(numbers)))) if numbers else []
    picked = items.picked(places)
    assert list(picked) == places
    assert picked.ids == tuple(map(str, places))
    assert all(len(kept) <= PAGE_SIZE for kept in picked.pages)
    whole = [one for one in pages if {*one} <= {*places}]
    assert [one for one in picked.pages if one in whole] == whole
