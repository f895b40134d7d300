from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from avise.demo.faults import RESTORED, Fault, FaultKind, UnsupportedFaultError, break_tool
from avise.demo.launcher import DemoTools
from avise.demo.tools.contributions.postgres_base import PostgresUnavailableError, binaries
from tests.servers.tools_a.world import IBAN, SPEC, StartTools, ids

ACCOUNT = ids(1).account


def _path(tools: DemoTools) -> str:
    return tools.settings()["contributions"]["url"].removeprefix("sqlite:///").removesuffix("?mode=ro")


@contextlib.contextmanager
def _reading(tools: DemoTools, timeout: float = 0.3) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(
        sqlite3.connect(f"file:{_path(tools)}?mode=ro", uri=True, timeout=timeout)
    ) as base:
        yield base


def _count(base: sqlite3.Connection) -> int:
    row = base.execute("select count(*) from echeance").fetchone()
    return int(row[0])


async def test_due_dates_are_read_in_cents_and_old_dates(start: StartTools) -> None:
    async with start("contributions") as tools:
        with _reading(tools) as base:
            row = base.execute(
                "select dt_echeance, mt_cts, cd_etat, cd_rejet from echeance where no_compte = ?", (ACCOUNT,)
            ).fetchone()
            iban = base.execute("select iban from rib where no_compte = ?", (ACCOUNT,)).fetchone()
    assert row == ("20260305", 8420, "R", "AM04")
    assert iban == (IBAN,)


async def test_the_file_of_a_base_that_is_down_is_absent(start: StartTools, data_dir: Path) -> None:
    async with start("contributions") as tools:
        with _reading(tools) as already_open:
            assert _count(already_open) == SPEC.dossiers
            break_tool(data_dir, "contributions", Fault(FaultKind.DOWN))
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                _count(already_open)
        with pytest.raises(sqlite3.OperationalError, match="unable to open"), _reading(tools) as base:
            _count(base)
        break_tool(data_dir, "contributions", RESTORED)
        with _reading(tools) as base:
            assert _count(base) == SPEC.dossiers


async def test_a_base_that_hangs_lets_nobody_in(start: StartTools, data_dir: Path) -> None:
    async with start("contributions") as tools:
        break_tool(data_dir, "contributions", Fault(FaultKind.HANG))
        with _reading(tools) as base, pytest.raises(sqlite3.OperationalError, match="locked"):
            _count(base)
        break_tool(data_dir, "contributions", RESTORED)
        with _reading(tools) as base:
            assert _count(base) == SPEC.dossiers


async def test_a_slow_base_lets_a_patient_reader_in(start: StartTools, data_dir: Path) -> None:
    async with start("contributions") as tools:
        break_tool(data_dir, "contributions", Fault(FaultKind.SLOW, seconds=0.4))
        with _reading(tools, timeout=30) as base:
            assert _count(base) == SPEC.dossiers


async def test_a_base_overwritten_by_something_else_says_so_to_those_who_had_it_open(
    start: StartTools, data_dir: Path
) -> None:
    async with start("contributions") as tools:
        with _reading(tools) as base:
            assert _count(base) == SPEC.dossiers
            break_tool(data_dir, "contributions", Fault(FaultKind.GARBAGE))
            with pytest.raises(sqlite3.DatabaseError):
                _count(base)
        break_tool(data_dir, "contributions", RESTORED)
        with _reading(tools) as base:
            assert _count(base) == SPEC.dossiers


@pytest.mark.parametrize("kind", [FaultKind.EXPIRE_TOKEN, FaultKind.DRIP])
async def test_a_file_has_no_token_and_does_not_drip(
    start: StartTools, data_dir: Path, kind: FaultKind
) -> None:
    async with start("contributions"):
        with pytest.raises(UnsupportedFaultError):
            break_tool(data_dir, "contributions", Fault(kind))


def _has_postgres() -> bool:
    try:
        return (binaries() / "postgres").exists()
    except PostgresUnavailableError:
        return False


HAS_POSTGRES = _has_postgres()


@pytest.mark.skipif(not HAS_POSTGRES, reason="the PostgreSQL binaries of the demo extra are not installed")
async def test_postgres_serves_the_same_rows_to_a_role_that_only_reads(
    start: StartTools, data_dir: Path
) -> None:
    async with start("contributions", postgres=True) as tools:
        url = tools.settings()["contributions"]["url"].replace("+psycopg", "")
        password = tools.secrets()["contributions", "password"]
        async with await psycopg.AsyncConnection.connect(url, password=password) as base:
            found = await base.execute("select mt_cts from echeance where no_compte = %s", (ACCOUNT,))
            assert await found.fetchall() == [(8420,)]
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                await base.execute("delete from rib")
        async with await psycopg.AsyncConnection.connect(url, password=password) as base:
            await base.set_read_only(False)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await base.execute("delete from rib")
        break_tool(data_dir, "contributions", Fault(FaultKind.EXPIRE_TOKEN))
        with pytest.raises(psycopg.OperationalError):
            await psycopg.AsyncConnection.connect(url, password=password)
        break_tool(data_dir, "contributions", Fault(FaultKind.DOWN))
        with pytest.raises(psycopg.OperationalError):
            await psycopg.AsyncConnection.connect(url, password=password)
        break_tool(data_dir, "contributions", RESTORED)
        async with await psycopg.AsyncConnection.connect(url, password=password) as base:
            found = await base.execute("select count(*) from rib")
            assert await found.fetchone() == (SPEC.dossiers,)
