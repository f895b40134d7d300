"""A directory filled from a real database or a real file, by the engine's own parts, and nothing else.

python tests/unit/engine/loading_station.py FOLDER   prints each count, then "whole" and who is listed
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

from avise.connectors.host import ConnectorHost
from avise.connectors.network_gate import NetworkGate
from avise.connectors.ports import InstanceSettings
from avise.connectors.registry import Registry
from avise.connectors.shared import Shared
from avise.directory.keys import Minter
from avise.engine.directory_loading import DirectoryLoading
from avise.engine.loops import LoopThread
from avise.engine.source_crossing import CrossingSources
from avise.env import SystemEnv
from avise.models.bulk_reading import BulkReading, ReadingStep
from avise.store.directory import Directory
from tests.listed_persons import HEAD, SQL_HEAD

KEY = bytes(range(32))
SITE = uuid.UUID(int=11)
NOBODY = "persons"

_FIELDS = """
[directory.fields]
native_id = "id"
kind = { value = "member" }
last_name = "last_name"
first_name = "first_name"
member_number = "id"
"""

_QUESTIONS = """
query = "select * from person where gone = 0 and id > :after order by id limit :size"
key = "id"
size = 500
summary = "select count(*) as total, max(changed) as newest from person where gone = 0"
changes = '''
select * from person where changed > :since or (changed = :since and id > :after)
order by changed, id limit :size'''
changed = "changed"
everybody = "7d"
"""

SQL = f'{SQL_HEAD}{_QUESTIONS}{_FIELDS}deleted = "gone"\n'

FILE = (
    HEAD.format(kind="files")
    + """
[config.drop]
type = "folder"
label = "Dossier de dépôt"
required = true
[csv]
folder = "{config.drop}"
pattern = "persons_*.csv"
key = "id"
[directory]
size = 100
"""
    + _FIELDS
)

PORTFOLIO = SQL + 'representative = { value = "bruno.kerhoas" }\n'
"""As `SQL`; everybody is in one portfolio."""

NAMES = ("MARCHAND", "LEROY", "PETIT", "GARNIER", "ROUX")


class Snapshots:
    """Keeps nothing: only the directory is read here."""


class Secrets:
    """Has none."""

    async def get(self, instance: str, name: str) -> str | None:
        del instance, name
        return None


class Station:
    """The parts at work, on a folder."""

    def __init__(self, folder: Path, directory: Directory, loading: DirectoryLoading) -> None:
        self.folder = folder
        self.directory = directory
        self.loading = loading

    async def until(self, is_so: Callable[[BulkReading], bool]) -> BulkReading:
        """Return the first state that is so."""
        async with asyncio.timeout(60):
            while True:
                told = self.loading.told()
                if told is not None and is_so(told):
                    return told
                await asyncio.sleep(0.01)

    async def followed(self) -> None:
        """Ask what changed, and return once it is in the directory."""
        before = self.loading.rounds
        self.loading.look_now()
        await self.until(lambda _told: self.loading.rounds > before)

    async def whole(self) -> int:
        """Return how many are listed once everybody was read."""
        await self.until(lambda told: told.step is ReadingStep.FOLLOWING and self.loading.rounds > 0)
        return await self.directory.count()

    async def listed(self, number: object) -> bool:
        """Say whether somebody is listed."""
        return await self.directory.by_identifier("member", f"{number}") is not None


@asynccontextmanager
async def station(
    folder: Path, file: str, *, portfolio_of: str = "", **config: str
) -> AsyncIterator[Station]:
    """Open the parts on a folder, the connector's file written first."""
    connectors = folder / "connectors"
    connectors.mkdir(parents=True, exist_ok=True)
    (connectors / "persons.toml").write_text(file, encoding="utf-8")
    env, thread = SystemEnv(), LoopThread("connectors of a test")
    thread.start()
    host = ConnectorHost(
        env,
        Snapshots(),  # type: ignore[arg-type]  # never asked
        (InstanceSettings("persons", "persons", dict(config)),),
        Secrets(),
        connectors=Registry(connectors),
        shared=Shared(gate=NetworkGate(env)),
    )
    minter = Minter(SITE, "persons")
    directory = await Directory.open(folder / "directory.db", KEY, env, minter)
    try:
        await thread.call(host.start())
        loading = DirectoryLoading(
            "persons", directory, CrossingSources(thread, host), env, minter, portfolio_of
        )
        loading.start()
        try:
            yield Station(folder, directory, loading)
        finally:
            await loading.aclose()
            await thread.call(host.aclose())
    finally:
        await directory.aclose()
        await asyncio.to_thread(thread.stop)


def write_database(path: Path, numbers: Iterable[int], *, changed: str = "2026-11-01 10:00:00") -> str:
    """Write persons into a database, made when it is not there; return its address."""
    with closing(sqlite3.connect(path)) as base, base:
        base.execute(
            "create table if not exists person (id integer primary key, last_name, first_name, changed, gone)"
        )
        base.executemany(
            "insert or replace into person values (?, ?, ?, ?, 0)",
            ((number, NAMES[number % 5], "Jeanne", changed) for number in numbers),
        )
    return f"sqlite:///{path}?mode=ro"


def write_file(folder: Path, name: str, numbers: Iterable[int]) -> None:
    """Write a nightly file."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{number};{NAMES[number % 5]};Jeanne" for number in numbers]
    (folder / name).write_text("\n".join(["id;last_name;first_name", *lines, ""]), encoding="utf-8")


async def _main(folder: Path) -> None:
    address = f"sqlite:///{folder / 'persons.db'}?mode=ro"
    async with station(folder, SQL, base=address) as at_work:
        told = None
        while not at_work.loading.rounds:
            if (now := at_work.loading.told()) is not None and now != told:
                told = now
                sys.stdout.write(f"{now.count} {now.gone_on_from}\n")
                sys.stdout.flush()
            await asyncio.sleep(0)
        sys.stdout.write(f"whole {await at_work.directory.count()}\n")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_main(Path(sys.argv[1])))
