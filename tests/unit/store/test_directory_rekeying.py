"""The directory of a laptop goes under another key, is locked with it, and never shown without."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from avise.directory.keys import Minter
from avise.env import FixedEnv
from avise.models.customer import Party, PartyKind
from avise.models.errors import AviseError
from avise.store.directory import Directory
from avise.store.directory_rekeying import put_under
from avise.store.errors import CorruptedFileError

KEY, NEW_KEY = bytes(range(32)), bytes(range(32, 64))
MINTER = Minter(uuid.UUID(int=5), "parties.party")
HELENE = Party(
    "1", PartyKind.MEMBER, "MARCHAND", "Hélène", member_number="0482917350", representative="bruno"
)
YVES = Party("2", PartyKind.MEMBER, "ALLAIN", "Yves", representative="claire")


@pytest.fixture
async def directory(tmp_path: Path) -> AsyncIterator[Directory]:
    opened = await Directory.open(tmp_path / "directory.db", KEY, FixedEnv(), MINTER)
    builder = opened.rebuild()
    await builder.add([HELENE, YVES])
    await builder.finish("c1")
    yield opened
    await opened.aclose()


async def names(directory: Directory) -> list[str]:
    return [hit.entry.party.last_name for hit in (await directory.search("marchand")).hits]


def files_of(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm"))}


async def test_a_directory_goes_on_under_another_key_and_leaves_no_first_file(
    directory: Directory, tmp_path: Path
) -> None:
    await directory.move(tmp_path / "portfolio.db", NEW_KEY)
    assert await names(directory) == ["MARCHAND"]
    assert await directory.cursor() == "c1"
    assert files_of(tmp_path) == {"portfolio.db"}
    await directory.apply([YVES], "c2")
    await directory.aclose()
    again = await Directory.open(tmp_path / "portfolio.db", NEW_KEY, FixedEnv(), MINTER)
    assert await again.cursor() == "c2"
    await again.aclose()


async def test_a_locked_directory_finds_nobody_and_says_why(directory: Directory, tmp_path: Path) -> None:
    await directory.move(tmp_path / "portfolio.db", NEW_KEY)
    asked = [asyncio.ensure_future(directory.search("marchand")) for _ in range(12)]
    await asyncio.sleep(0)
    await directory.lock("pack.locked")
    assert all(found.hits for found in await asyncio.gather(*asked))
    with pytest.raises(AviseError, match=r"pack\.locked"):
        await directory.search("marchand")
    assert await directory.count() == 0
    await directory.unlock(NEW_KEY)
    assert await names(directory) == ["MARCHAND"]


async def test_a_directory_that_was_being_built_when_its_key_went_is_not_put_in_place(
    directory: Directory, tmp_path: Path
) -> None:
    builder = directory.rebuild()
    await builder.add([YVES])
    await directory.move(tmp_path / "portfolio.db", NEW_KEY)
    with pytest.raises(AviseError, match=r"directory\.building"):
        await builder.finish("c2")
    assert await names(directory) == ["MARCHAND"]
    assert files_of(tmp_path) == {"portfolio.db"}


async def test_a_directory_that_begins_anew_forgets_everybody(directory: Directory, tmp_path: Path) -> None:
    await directory.move(tmp_path / "portfolio.db", NEW_KEY)
    await directory.begin_anew(tmp_path / "directory.db", KEY)
    assert (directory.ready, files_of(tmp_path)) == (False, set())
    builder = directory.rebuild()
    await builder.add([HELENE])
    await builder.finish("c3")
    assert await names(directory) == ["MARCHAND"]
    assert files_of(tmp_path) == {"directory.db"}


async def test_nothing_is_opened_without_a_key(tmp_path: Path) -> None:
    locked = Directory.locked(tmp_path / "portfolio.db", FixedEnv(), MINTER, "pack.pin_needed")
    with pytest.raises(AviseError, match=r"pack\.pin_needed"):
        await locked.search("marchand")
    await locked.aclose()


async def test_a_wrong_key_leaves_the_first_file(directory: Directory, tmp_path: Path) -> None:
    await directory.aclose()
    with pytest.raises(CorruptedFileError):
        put_under(tmp_path / "directory.db", NEW_KEY, tmp_path / "portfolio.db", KEY)
    assert files_of(tmp_path) == {"directory.db"}


async def test_a_portfolio_is_whose_representative_says_so(directory: Directory) -> None:
    assert [entry.party.last_name for entry in await directory.portfolio("bruno")] == ["MARCHAND"]
    assert await directory.portfolio("nobody") == ()
