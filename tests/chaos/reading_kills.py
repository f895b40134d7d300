"""Everybody is read by a command that is killed at random moments, at a desk and at the hub.

Whatever the moment, the next one goes on, the directory in use answers meanwhile, and what is there at the
end is what a reading that nobody killed gives.

python -m tests.chaos.reading_kills desk|house [--persons 400000] [--kills 12]   with the commands themselves

Tests have a smaller program of the same parts read, which starts sooner.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Protocol

from sqlalchemy.exc import DBAPIError

from avise.commands.hub_directory import EnvironmentSecrets
from avise.directory.keys import Minter
from avise.directory.reading import DirectoryReader
from avise.directory.search import DirectorySearch
from avise.directory.search_answer import answer
from avise.directory.search_query import parse_search
from avise.directory.statements import Line, Statement
from avise.engine.connector_source import settings_of, started
from avise.engine.house_filling import HouseFilling
from avise.env import FixedEnv, SystemEnv
from avise.hub.dialect import postgres_engine
from avise.hub.directory import SCHEMA, HouseDirectory, HouseLoading
from avise.hub.directory_loading import HouseFiller
from avise.hub.migrating import migrate
from avise.models.bulk_reading import KeptReading
from avise.store.connections import close_quietly, open_encrypted
from avise.store.directory_line import FileLine
from avise.store.key_source import key_source
from avise.store.reading_file import ReadingFile
from tests.listed_persons import FIELDS, NEW, OLD, SQL_HEAD, write_persons
from tests.postgres_server import postgres_server
from tests.unit.engine.loading_station import KEY, station

SITE = uuid.UUID("00000000-0000-4000-8000-000000000001")
MINTER = Minter(SITE, "persons")
TODAY = date(2026, 11, 28)

QUESTION = """
query = "select * from person where id > :after order by id limit :size"
key = "id"
size = {size}
summary = "select count(*) as total from person"
everybody = "7d"
"""
PROFILE = """
synthetic = true
site_namespace = "{site}"
identity_master = "persons"
[user]
login = "check"
name = "Check"
[key]
source = "demo"
[instances.persons]
connector = "persons"
[instances.persons.config]
base = "{base}"
"""


_CONTENT = (
    "SELECT p.native, p.member, p.born, p.email, p.phones, l.value, f.value, b.value, c.name, c.postcode"
    " FROM party p LEFT JOIN spelling l ON l.id = p.last LEFT JOIN spelling f ON f.id = p.first"
    " LEFT JOIN spelling b ON b.id = p.birth_name LEFT JOIN city c ON c.id = p.city",
    "SELECT p.native, s.norm, f.norm, n.kind, n.born FROM name n JOIN party p ON p.id = n.party"
    " LEFT JOIN surname s ON s.id = n.last LEFT JOIN first_name f ON f.id = n.first",
    "SELECT p.native, k.ending FROM phone k JOIN party p ON p.id = k.party",
    "SELECT p.native, k.hash FROM identifier k JOIN party p ON p.id = k.party",
    "SELECT norm, uses FROM surname",
    "SELECT norm, uses FROM first_name",
    "SELECT s.norm, k.form FROM surname_form k JOIN surname s ON s.id = k.word",
)


def connector(size: int) -> str:
    """Return the connector's file, for pages of a size."""
    return (SQL_HEAD + QUESTION + FIELDS).replace("{size}", str(size))


class BrokenPromiseError(AssertionError):
    """Something that must hold over kills did not."""


def content_of(line: Line) -> list[Counter[tuple[object, ...]]]:
    """Return everything that a directory holds, without its own numbers."""
    return [Counter(map(tuple, line.rows(Statement(asked)))) for asked in _CONTENT]


def _finds(reader: DirectoryReader, name: str) -> bool:
    found = answer(DirectorySearch(reader, TODAY, 5), parse_search(name, TODAY), 5)
    return any(hit.entry.party.native_id == "1" for hit in found.hits)


class Place(Protocol):
    """Where everybody is read: a desk's file, or the hub's database."""

    def command(self) -> list[str]:
        """Return the arguments of the program that reads everybody."""

    async def read(self) -> None:
        """Read everybody, in this process."""

    def mark(self) -> object:
        """Return what changes once a command has begun to write what it reads."""

    def kept(self) -> KeptReading:
        """Return where the reading stands, while no command is at work."""

    def looks(self) -> str:
        """Return the name under which the first person is found now."""

    def content(self) -> list[Counter[tuple[object, ...]]]:
        """Return everything that the directory holds."""


class Desk:
    """A folder of its own.

    Args:
        folder: made.
        base: database of the persons.
        size: persons of a page.
        whole: it is a profile, read by the command.
    """

    def __init__(self, folder: Path, base: Path, size: int, *, whole: bool) -> None:
        self.folder, self._whole, self._key_read = folder, whole, b""
        self._base, self._connector = f"sqlite:///{base}?mode=ro", connector(size)
        (folder / "connectors").mkdir(parents=True)
        (folder / "connectors" / "persons.toml").write_text(self._connector, "utf-8")
        (folder / "settings.toml").write_text(PROFILE.format(site=SITE, base=self._base), "utf-8")

    def command(self) -> list[str]:
        if self._whole:
            return ["avise", "connector", "load", "persons", "--profile", str(self.folder)]
        return ["tests.chaos.reading_kills", "--child", "desk", str(self.folder), self._base]

    async def read(self) -> None:
        await read_at_desk(self.folder, self._base)

    @property
    def _key(self) -> bytes:
        if not self._whole:
            return KEY
        if not self._key_read:
            source = key_source("demo", self.folder, SystemEnv(), synthetic=True)
            self._key_read = asyncio.run(source.key(create=False))
        return self._key_read

    def mark(self) -> object:
        building = self.folder / "directory.db.building"
        return building.stat().st_ino if building.exists() else None

    def kept(self) -> KeptReading:
        async def read() -> KeptReading:
            file = await ReadingFile.open(self.folder / "directory.db", key)
            await file.aclose()
            return file.kept

        key = self._key
        return asyncio.run(read())

    @contextmanager
    def _line(self) -> Iterator[FileLine]:
        connection = open_encrypted(self.folder / "directory.db", self._key, read_only=True)
        try:
            with connection.begin():
                yield FileLine(connection)
        finally:
            close_quietly(connection)

    def looks(self) -> str:
        with self._line() as line:
            reader = DirectoryReader(line, MINTER)
            return next((name for name in (OLD, NEW) if _finds(reader, name)), "")

    def content(self) -> list[Counter[tuple[object, ...]]]:
        with self._line() as line:
            return content_of(line)


class House:
    """A database of the hub.

    Args:
        folder: made, for the connector's file.
        base: database of the persons.
        size: persons of a page.
        url: of the hub's database.
        whole: it is read by the command.
    """

    def __init__(self, folder: Path, base: Path, size: int, url: str, *, whole: bool) -> None:
        folder.mkdir(parents=True)
        self._file, self._whole = folder / "persons.toml", whole
        self._file.write_text(connector(size), "utf-8")
        self._base, self._url = f"sqlite:///{base}?mode=ro", url
        self._engine = postgres_engine(url, 2)
        self._house = HouseDirectory(SITE)
        with self._engine.begin() as connection:
            migrate(connection, FixedEnv())

    def command(self) -> list[str]:
        if not self._whole:
            return [
                "tests.chaos.reading_kills", "--child", "house", str(self._file), self._base, self._url
            ]  # fmt: skip
        return [
            "avise", "hub", "directory", "load", str(self._file), "--set", f"base={self._base}",
            "--database", self._url, "--namespace", str(SITE), "--scheme", MINTER.scheme,
        ]  # fmt: skip

    async def read(self) -> None:
        await read_at_house(str(self._file), self._base, self._url)

    def mark(self) -> object:
        try:
            return self.kept()
        except DBAPIError:
            # Put in place between two questions.
            return None

    def kept(self) -> KeptReading:
        with self._engine.connect() as connection:
            written = HouseLoading(connection, MINTER).facts().get("reading")
        return KeptReading.of_text(written) if written else KeptReading()

    def looks(self) -> str:
        with self._engine.connect() as connection, self._house.reader(connection) as reader:
            return next((name for name in (OLD, NEW) if _finds(reader, name)), "")

    def content(self) -> list[Counter[tuple[object, ...]]]:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(f"SET LOCAL search_path = {SCHEMA}")
            with self._house.reader(connection) as reader:
                return content_of(reader._line)

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()


class Watch:
    """Looks for the first person all the while, in a thread, and remembers what it saw."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.seen: list[str] = []
        self.failed: Exception | None = None

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(0.1):
            try:
                self.seen.append(self._place.looks())
            except Exception as error:  # noqa: BLE001 - told by whoever ends the watch
                self.failed = error
                return


async def read_at_desk(folder: Path, base: str) -> None:
    """Read everybody, as a desk's loading does."""
    text = (folder / "connectors" / "persons.toml").read_text("utf-8")
    async with station(folder, text, base=base) as at_work:
        at_work.loading.read_everybody()
        await at_work.whole()


async def read_at_house(file: str, base: str, url: str) -> None:
    """Read everybody, as the hub's command does."""
    env = SystemEnv()
    async with started(settings_of(file, {"base": base}), EnvironmentSecrets(), env) as source:
        opening = partial(HouseFiller.open, url, MINTER, source.name, env)
        async with aclosing(HouseFilling(opening, source, env)) as filling:
            await filling.fill(everybody=True)


def run(place: Place, *, whole: bool) -> float:
    """Read to the end; return how long it took.

    Args:
        place: where.
        whole: by the command, not in this process.
    """
    began = time.monotonic()
    if not whole:
        asyncio.run(place.read())
        return time.monotonic() - began
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", *place.command()], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BrokenPromiseError(f"status {done.returncode}: {done.stdout[-500:]} {done.stderr[-2000:]}")
    return time.monotonic() - began


def kill_after(place: Place, seconds: float) -> bool:
    """Run the command, kill it some time after it began to write; say whether it was still at work."""
    before = place.mark()
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", *place.command()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as command:
        while command.poll() is None and place.mark() == before:
            time.sleep(0.005)
        with contextlib.suppress(subprocess.TimeoutExpired):
            command.wait(seconds)
            return False
        os.kill(command.pid, signal.SIGKILL)
    return True


@dataclass(frozen=True, slots=True)
class Plan:
    """How a reading is killed.

    Args:
        persons: how many are read.
        kills: that meet a reading under way.
        size: persons of a page.
        whole: by the commands themselves.
    """

    persons: int
    kills: int
    size: int
    whole: bool = False


def drill(place: Place, calm: Place, base: Path, plan: Plan) -> Iterator[str]:
    """Kill a reading as often as asked; yield what happens, line by line.

    Args:
        place: where a reading is killed.
        calm: where nobody is.
        base: of the persons.
        plan: how.

    Raises:
        BrokenPromiseError: what must hold over kills did not.
    """
    chance = random.Random(plan.kills)
    write_persons(base, plan.persons, changed=False)
    run(place, whole=plan.whole)
    write_persons(base, plan.persons, changed=True)
    whole = run(calm, whole=plan.whole)
    yield f"whole reading, not killed: {whole:.1f} s"
    hit, before, latest = 0, 0, 0.5 * whole
    with Watch(place) as watch:
        for _ in range(8 * plan.kills):
            if hit == plan.kills:
                break
            moment = chance.uniform(0, latest)
            if not kill_after(place, moment):
                # Nothing was left to kill: the next command reads everybody again.
                latest, before = 0.9 * moment, 0
                continue
            kept = place.kept()
            hit += kept.began is not None
            yield f"killed after {moment:.2f} s: {kept.count} of {kept.total}, complete {kept.complete}"
            if kept.began is not None and kept.count < before:
                raise BrokenPromiseError(f"{kept.count} persons kept, {before} before")
            before = kept.count
        yield f"then to its end: {run(place, whole=plan.whole):.1f} s"
    if hit < plan.kills:
        raise BrokenPromiseError("no kill met a reading under way")
    if watch.failed is not None:
        raise BrokenPromiseError("the directory in use did not answer") from watch.failed
    if "" in watch.seen or watch.seen != sorted(watch.seen, key=(OLD, NEW).index):
        raise BrokenPromiseError(f"found otherwise: {Counter(watch.seen)}")
    yield f"searches meanwhile: {Counter(watch.seen)}, kills of a reading: {hit}"
    if place.content() != calm.content():
        raise BrokenPromiseError("another content than of a reading that nobody killed")
    if place.kept().began is not None:
        raise BrokenPromiseError("what was read was not forgotten at the end")


@contextmanager
def desks(folder: Path, plan: Plan) -> Iterator[tuple[Desk, Desk]]:
    """Give two desks."""
    base = folder / "persons.db"
    names = ("killed", "calm")
    killed, calm = (Desk(folder / name, base, plan.size, whole=plan.whole) for name in names)
    yield killed, calm


@contextmanager
def houses(folder: Path, plan: Plan) -> Iterator[tuple[House, House]]:
    """Give two databases of one server."""
    base = folder / "persons.db"
    with postgres_server() as server:
        killed, calm = (
            House(folder / name, base, plan.size, server.url(server.database()), whole=plan.whole)
            for name in ("killed", "calm")
        )
        try:
            yield killed, calm
        finally:
            killed.close()
            calm.close()


def main() -> None:
    """Run a drill and print what happened; or be the program that is killed."""
    if sys.argv[1:2] == ["--child"]:
        where, *arguments = sys.argv[2:]
        if where == "desk":
            asyncio.run(read_at_desk(Path(arguments[0]), arguments[1]))
        else:
            asyncio.run(read_at_house(*arguments))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("where", choices=("desk", "house"))
    parser.add_argument("--persons", type=int, default=400_000)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--size", type=int, default=5_000)
    chosen = parser.parse_args()
    plan = Plan(chosen.persons, chosen.kills, chosen.size, whole=True)
    with tempfile.TemporaryDirectory(prefix="avise-kills-") as name:
        folder = Path(name)
        with (desks if chosen.where == "desk" else houses)(folder, plan) as (place, calm):
            for line in drill(place, calm, folder / "persons.db", plan):
                sys.stdout.write(line + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
