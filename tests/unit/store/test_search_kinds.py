"""People of many origins are found whatever is typed: recall and reasons, kind by kind, on a workstation."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from avise.directory.keys import Minter
from avise.env import FixedEnv
from avise.models.customer import PersonId, SearchAnswer
from avise.store.directory import Directory
from tests.search_crowd import people
from tests.search_kinds import COMPANY_KINDS, KINDS, Kind, faults

PEOPLE = tuple(people(3_000))
ASKED = 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A directory that is asked from outside any task."""

    directory: Directory
    runner: asyncio.Runner

    def quick(self, words: str) -> SearchAnswer:
        """Return the first part of an answer."""
        return self.runner.run(self.directory.search(words))

    def wide(self, words: str, known: Collection[PersonId]) -> SearchAnswer:
        """Return its second part."""
        return self.runner.run(self.directory.search_wider(words, known))


async def _built(folder: Path) -> Directory:
    minter = Minter(uuid.UUID(int=5), "parties.party")
    directory = await Directory.open(folder / "directory.db", bytes(32), FixedEnv(), minter)
    builder = directory.rebuild()
    await builder.add(PEOPLE)
    await builder.finish("cursor-1")
    return directory


@pytest.fixture(scope="module")
def searching() -> Iterator[Opened]:
    """The people in one encrypted directory."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        directory = runner.run(_built(Path(folder)))
        yield Opened(directory, runner)
        runner.run(directory.aclose())


@pytest.mark.parametrize("kind", [*KINDS, *COMPANY_KINDS], ids=lambda kind: kind.name)
def test_they_are_found_and_told_why(searching: Opened, kind: Kind) -> None:
    found = faults(PEOPLE, kind, ASKED, searching)
    assert 1 - len(found) / ASKED >= kind.recall, "\n".join(found)


@pytest.mark.parametrize(
    "typed",
    [
        "\u200b", " \u00a0\u2003 ", "???", "--", "%", "_", "@", "'", "''", "\\", "*", "🙂🙂", "()", "\0", "+",
        "0", "tél :", "\ud800",
    ],
)  # fmt: skip
def test_nothing_that_names_nobody_finds_anybody(searching: Opened, typed: str) -> None:
    assert searching.quick(typed).hits == ()


@pytest.mark.parametrize(
    "typed", ["dupont " * 1_500, "7" * 10_000, "a" * 10_000, "é’-" * 3_000, "zéro " * 2_000]
)
def test_ten_thousand_characters_are_answered(searching: Opened, typed: str) -> None:
    known = [hit.entry.person for hit in searching.quick(typed).hits]
    assert not {hit.entry.person for hit in searching.wide(typed, known).hits} & set(known)
