from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from avise.demo.population.entities import Dossier
from avise.demo.population.generate import iter_dossiers
from avise.demo.population.spec import WorldSpec
from avise.demo.tools.loading import tool_kinds
from avise.demo.tools.prepare import lay_down, prepare, prepared_folder, spec_key
from tests.servers.tools_a.world import OURS

MINI = WorldSpec.for_preset("mini")


def _content(folder: Path) -> str:
    """Return a digest of everything that a tool's SQLite file holds, page layout left aside."""
    (file,) = folder.iterdir()
    digest = hashlib.sha256()
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as base:
        for statement in base.iterdump():
            digest.update(statement.encode())
    return digest.hexdigest()


def test_two_preparations_of_a_world_hold_the_same(tmp_path: Path) -> None:
    first = prepare(tmp_path / "a", MINI, OURS)
    second = prepare(tmp_path / "b", MINI, OURS)
    assert {name: _content(folder) for name, folder in first.items()} == {
        name: _content(folder) for name, folder in second.items()
    }


def test_a_prepared_world_is_not_made_again(tmp_path: Path) -> None:
    folders = prepare(tmp_path, MINI, OURS)
    marks = {name: (folder.stat().st_ino, folder.stat().st_mtime_ns) for name, folder in folders.items()}
    again = prepare(tmp_path, MINI, OURS)
    assert again == folders
    assert marks == {name: (path.stat().st_ino, path.stat().st_mtime_ns) for name, path in again.items()}


def test_only_the_tool_that_lacks_is_made(tmp_path: Path) -> None:
    (alone,) = prepare(tmp_path, MINI, ["parties"]).values()
    mark = alone.stat().st_mtime_ns
    folders = prepare(tmp_path, MINI, OURS)
    assert folders["parties"].stat().st_mtime_ns == mark
    assert all(folder.is_dir() for folder in folders.values())


def test_each_world_has_a_folder_of_its_own() -> None:
    others = [
        WorldSpec.for_preset("mini", seed=2),
        WorldSpec.for_preset("mini", as_of=MINI.as_of + timedelta(days=1)),
        WorldSpec(dossiers=61, heavy=False),
    ]
    assert len({spec_key(spec) for spec in (MINI, *others)}) == 4


def test_an_interrupted_preparation_leaves_nothing_that_looks_ready(tmp_path: Path) -> None:
    def interrupted() -> Iterator[Dossier]:
        for index, dossier in enumerate(iter_dossiers(MINI)):
            if index == 10:
                raise KeyboardInterrupt
            yield dossier

    kinds = tool_kinds(OURS)
    with pytest.raises(KeyboardInterrupt):
        lay_down(tmp_path, MINI, kinds, interrupted())
    assert not any(prepared_folder(tmp_path, MINI, kind).exists() for kind in kinds)
    assert not list((tmp_path / "prepared" / spec_key(MINI)).iterdir())


def test_the_worlds_made_longest_ago_are_forgotten(tmp_path: Path) -> None:
    specs = [WorldSpec(dossiers=1, seed=seed, heavy=False) for seed in range(5)]
    for spec in specs:
        prepare(tmp_path, spec, ["contributions"])
    assert len(list((tmp_path / "prepared").iterdir())) == 3
    assert (tmp_path / "prepared" / spec_key(specs[-1])).is_dir()


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    spec = WorldSpec(dossiers=250, heavy=False, detail="directory")
    prepare(tmp_path, spec, ["parties"], lambda done, total: told.append((done, total)))
    assert told == [(100, 250), (200, 250)]
