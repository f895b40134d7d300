"""Records kept as pages come back as they were."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.contract import Record
from avise.connectors.lazy_items import LazyPage, joined
from avise.connectors.record_pages import (
    GrowingExchanges,
    decode_pages,
    encode_pages,
    interactions_of,
    page_of,
    read_page,
    record_of,
)
from avise.models.interaction import Channel, Direction, Interaction
from avise.models.snapshot import PAGE_SIZE

moments = st.datetimes(timezones=st.just(UTC))
plain = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner)
)
records = st.builds(
    Record,
    st.text(min_size=1, max_size=8),
    st.dictionaries(st.text(max_size=6), values, max_size=4),
    st.none() | moments,
    st.text(max_size=6),
    st.dictionaries(st.text(max_size=6), values, max_size=2),
)
interactions = st.builds(
    Interaction,
    id=st.text(min_size=1, max_size=8),
    at=moments,
    channel=st.sampled_from(Channel),
    direction=st.sampled_from(Direction),
    title=st.text(max_size=12),
    duration_s=st.none() | st.integers(0, 9999),
    links=st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2),
)


@given(st.lists(records, max_size=6))
async def test_records_come_back_as_they_were(given_records: list[Record]) -> None:
    assert list(await decode_pages(await encode_pages(given_records))) == given_records


@pytest.mark.parametrize(("count", "pages"), [(0, 0), (1, 1), (PAGE_SIZE, 1), (PAGE_SIZE + 1, 2)])
async def test_a_page_holds_at_most_its_size(count: int, pages: int) -> None:
    encoded = await encode_pages([Record(str(number), {}) for number in range(count)])
    assert len(encoded) == pages
    assert len(await decode_pages(encoded)) == count


@given(st.lists(interactions, max_size=5))
async def test_exchanges_come_back_as_they_were(given_interactions: list[Interaction]) -> None:
    kept = await encode_pages([record_of(interaction) for interaction in given_interactions])
    assert list(interactions_of(await decode_pages(kept))) == given_interactions


@given(st.lists(interactions, max_size=8), st.lists(st.integers(0, 8), max_size=4))
async def test_a_growing_reading_gives_the_same_as_reading_it_whole(
    given_interactions: list[Interaction], cuts: list[int]
) -> None:
    kept = [record_of(interaction) for interaction in given_interactions]
    growing = GrowingExchanges()
    for cut in [*cuts, len(kept)]:
        assert list(await growing.of(kept[:cut])) == given_interactions[:cut]


@given(st.lists(interactions, max_size=9), st.lists(st.integers(0, 9), max_size=4), st.integers(1, 4))
async def test_a_reading_that_grows_by_written_pages_gives_the_same(
    given_interactions: list[Interaction], cuts: list[int], size: int
) -> None:
    """Plain records and written pages alternate, as a tool's pages do when some are long."""
    kept = [record_of(interaction) for interaction in given_interactions]
    parts = [kept[start : start + size] for start in range(0, len(kept), size)]
    mixed = [
        LazyPage(page_of(part), len(part), read_page) if at % 2 else part for at, part in enumerate(parts)
    ]
    growing = GrowingExchanges()
    for cut in [*cuts, len(mixed)]:
        known = sum(map(len, mixed[:cut]))
        reading = joined(mixed[:cut])
        assert list(await growing.of(reading)) == given_interactions[:known]
        assert list(await decode_pages(await encode_pages(reading))) == kept[:known]


@pytest.mark.parametrize("page", [b"", b"[", b"{}x", b"[1]", b'[{"id": 1}]', b"\xff"])
async def test_bytes_that_are_no_page_are_told(page: bytes) -> None:
    with pytest.raises(ValueError, match="not a page"):
        await decode_pages([page])


async def test_half_a_surrogate_pair_does_not_keep_the_others_from_being_kept() -> None:
    (record,) = await decode_pages(await encode_pages([Record("1", {"label": "a\ud800b"})]))
    assert record.data["label"] == "a?b"
