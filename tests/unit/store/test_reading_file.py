"""What a bulk reading has read is kept page after page, or not at all."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avise.env import FixedEnv
from avise.models.bulk_reading import Doubt, DoubtKind, KeptReading
from avise.models.customer import Party, PartyKind
from avise.store.errors import StoreBusyError
from avise.store.reading_file import ReadingFile, _packed, _unpacked

NOW = FixedEnv().now()
DOUBT = Doubt(DoubtKind.FILE, "mark", 10, 4, NOW, None)


def party(number: int, **values: str) -> Party:
    return Party(f"P{number}", PartyKind.MEMBER, **values)  # type: ignore[arg-type]  # fields that are text


async def ids(file: ReadingFile) -> list[list[str]]:
    return [[one.native_id for one in page] async for page in file.pages()]


async def append(file: ReadingFile, *parties: Party, place: str, complete: bool = False) -> None:
    await file.append(parties, place, read=len(parties), total=9, complete=complete)


async def test_pages_and_their_place_are_there_at_the_next_start(tmp_path: Path, key: bytes) -> None:
    file = await ReadingFile.open(tmp_path / "directory.db", key)
    await file.begin(NOW)
    await append(file, party(1), party(2), place="two")
    await append(file, place="none")
    await append(file, party(3, last_name="L\u2028\x85É\n"), place="three", complete=True)
    await file.note(doubt=DOUBT)
    await file.aclose()
    again = await ReadingFile.open(tmp_path / "directory.db", key)
    assert again.kept == KeptReading(NOW, "three", 3, 9, complete=True, doubt=DOUBT)
    assert await ids(again) == [["P1", "P2"], ["P3"]]
    await again.note(doubt=None, kept_against="mark", kept_at=NOW, kept_file_at=NOW)
    await again.end()
    await again.aclose()
    last = await ReadingFile.open(tmp_path / "directory.db", key)
    decided = KeptReading(kept_against="mark", kept_at=NOW, kept_file_at=NOW)
    assert (last.kept, await ids(last)) == (decided, [])
    await last.aclose()


def test_what_an_earlier_version_noted_is_read() -> None:
    noted = json.loads(KeptReading(kept_against="mark").to_text())
    del noted["kept_file_at"]
    assert KeptReading.of_text(json.dumps(noted)) == KeptReading(kept_against="mark")


async def test_a_file_that_cannot_be_read_is_one_that_is_not_there(tmp_path: Path, key: bytes) -> None:
    path = tmp_path / "directory.db"
    file = await ReadingFile.open(path, key)
    await file.begin(NOW)
    await append(file, party(1), place="one")
    await file.aclose()
    other = await ReadingFile.open(path, bytes(32))
    assert other.kept == KeptReading()
    await other.begin(NOW)
    await other.aclose()
    kept = tmp_path / "directory.db.reading"
    await asyncio.to_thread(kept.write_bytes, b"damaged" * 1_000)
    damaged = await ReadingFile.open(path, key)
    assert damaged.kept == KeptReading()
    await damaged.aclose()


async def test_a_second_program_is_told_that_another_reads(tmp_path: Path, key: bytes) -> None:
    file = await ReadingFile.open(tmp_path / "directory.db", key)
    with pytest.raises(StoreBusyError):
        await ReadingFile.open(tmp_path / "directory.db", key)
    await file.aclose()


async def test_neither_a_name_in_clear_nor_a_nir_is_at_rest(tmp_path: Path, key: bytes) -> None:
    file = await ReadingFile.open(tmp_path / "directory.db", key)
    await file.begin(NOW)
    canary = party(1, last_name="CANARYKERGUELEN")
    restricted = replace(party(2), ids={"fund.nir": "284079799000544"})
    await append(file, canary, restricted, place="two")
    assert await ids(file) == [["P1"]]
    await file.aclose()
    for kept in await asyncio.to_thread(lambda: list(tmp_path.iterdir())):
        assert b"CANARYKERGUELEN" not in await asyncio.to_thread(kept.read_bytes)


@settings(max_examples=50)
@given(st.lists(st.text().map(lambda name: party(1, last_name=name.replace("\ud800", ""))), min_size=1))
def test_a_party_comes_back_as_it_was(parties: list[Party]) -> None:
    assert list(_unpacked(_packed(parties))) == parties
