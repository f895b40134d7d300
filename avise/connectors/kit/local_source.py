"""What stands behind a connector that is not read by HTTP, and the ways in which it fails.

A file, a folder of files or an SQLite base is copied and spoiled; a database server is reached through a
relay of bytes. The connector is given the spoiled place by its own configuration, as a site would; to a
server of mail or SFTP it keeps the address, and its connections are led through the relay.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from avise.connectors.contract import UsesServer
from avise.connectors.kit.bench import Bench, filled_config, open_bench
from avise.connectors.kit.pages import ROWS
from avise.connectors.kit.pieces import changes_of
from avise.connectors.kit.relay import Carries, Relay, addresses_of, led_through
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import NotApplicable, NotExercised

Asked = Callable[[Bench], Awaitable[object]]
"""What is asked of a connector that is open."""
SQLITE = "sqlite:///"
NEW_CODE = "ZZ9"
"""What a later version of a tool says where this one has a known code."""
_PARTS = re.compile(r"[-/|:\x1f]")
_SHUT_FOR_READING = os.O_WRONLY | getattr(os, "O_NONBLOCK", 0)


class Spoiled(StrEnum):
    """How a source fails."""

    GONE = "gone"
    """There is no file, no base, or nobody listens."""
    CUT = "cut"
    """A file or a base written to its middle; a server that goes away in the middle of a result."""
    HANGS = "hangs"
    """It is taken and never answered: a pipe in the place of a file, a base under lock, a silent server."""
    DRIPS = "drips"
    """A server that answers byte by byte."""
    ENCODED = "encoded"
    """A file in another encoding."""
    MANY = "many"
    """A file with ten thousand lines of one customer."""
    RECODED = "recoded"
    """A file with codes that nobody knows."""


_OF_TEXT = frozenset({Spoiled.ENCODED, Spoiled.MANY, Spoiled.RECODED})


class Nature(StrEnum):
    """What the source is."""

    FOLDER = "folder"
    FILE = "file"
    BASE = "base"
    SERVER = "server"
    """A database's."""
    LINE = "line"
    """A server to which the connector speaks by itself: mail, SFTP."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the connector reads, by its configuration."""

    nature: Nature
    name: str
    """Of the config value, "" for a host."""
    value: str

    @property
    def path(self) -> Path:
        """The file or the folder."""
        return Path(self.value.removeprefix(SQLITE).partition("?")[0])


def source_of(trial: Trial) -> Source | None:
    """Return where a connector without HTTP reads, None when it cannot be told."""
    loaded = trial.subject.load()
    if isinstance(loaded.connector, UsesServer):
        host = loaded.connector.server_host(filled_config(trial, loaded.manifest))
        if host:
            return Source(Nature.LINE, "", host)
    natures = {"folder": Nature.FOLDER, "file": Nature.FILE}
    for declared in loaded.manifest.config:
        value = trial.scenarios.tool.config.get(declared.name, declared.default)
        if not isinstance(value, str) or not value:
            continue
        if declared.type == "sqlalchemy_url":
            nature = Nature.BASE if value.startswith(SQLITE) else Nature.SERVER
            return Source(nature, declared.name, value)
        if declared.type in natures and Path(value).exists():
            return Source(natures[declared.type], declared.name, value)
    return None


@asynccontextmanager
async def spoiled(
    trial: Trial,
    source: Source,
    way: Spoiled,
    words: Collection[str] = (),
    asked: Asked | None = None,
) -> AsyncIterator[Trial]:
    """Give the same trial with a source that fails.

    Args:
        trial: of a connector that is well.
        source: its source.
        way: how it fails.
        words: identifiers of the customer's records, for ten thousand lines of them; the codes that become
            unknown.
        asked: what will be asked of a server, so that it is cut in the middle of that; the first reading
            when None.

    Raises:
        NotApplicable: such a source cannot fail in that way.
    """
    ask = asked or partial(_first_reading, trial)
    if source.nature is Nature.SERVER:
        async with _behind_a_relay(trial, source, way, ask) as moved:
            yield moved
        return
    if source.nature is Nature.LINE:
        async with _led_through(trial, source, way, ask):
            yield trial
        return
    if way is Spoiled.DRIPS:
        raise NotApplicable("no_server")
    with tempfile.TemporaryDirectory(prefix="avise-kit-") as folder:
        place = Path(folder) / source.path.name
        with _spoiled_copy(source, way, place, Lines(trial, words)):
            yield _moved(trial, source, source.value.replace(str(source.path), str(place)))


def _moved(trial: Trial, source: Source, value: str) -> Trial:
    return replace(trial, scenarios=trial.scenarios.with_tool({source.name: value}, {}))


# ---- files and bases -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of the scenarios' first customer in a file."""

    trial: Trial
    words: Collection[str]

    @property
    def keys(self) -> Mapping[str, str]:
        """The customer's identifiers."""
        return self.trial.scenarios.known[0].ids

    def of(self, body: bytes) -> list[bytes]:
        """Return the lines that hold an identifier of the customer."""
        values = [value.encode() for value in self.keys.values()]
        return [line for line in body.splitlines(keepends=True) if any(value in line for value in values)]

    def cut(self, body: bytes) -> bytes:
        """Return a file that ends in the middle of the customer's last line."""
        lines = self.of(body)
        if not lines:
            return body[: len(body) // 2]
        return body[: body.rindex(lines[-1]) + len(lines[-1]) // 2]

    def many(self, body: bytes) -> bytes:
        """Return a file with ten thousand lines of the customer's."""
        own = set(self.keys.values())
        parts = {part for one in self.words for part in _PARTS.split(one) if len(part) > 1} - own
        for line in self.of(body):
            part = next((part.encode() for part in parts if part.encode() in line), None)
            if part is not None:
                more = b"".join(line.replace(part, part + b"%d" % rank, 1) for rank in range(ROWS))
                return body + more
        raise NotApplicable("not_multiplied")

    def recoded(self, body: bytes) -> bytes:
        """Return a file in which every field that is one of the codes is a new one."""
        codes = b"|".join(re.escape(word.encode()) for word in self.words)
        return re.sub(rb"(?<=[;,\t|])(?:" + codes + rb")(?=[;,\t|\r\n])", NEW_CODE.encode(), body)


@contextmanager
def _spoiled_copy(source: Source, way: Spoiled, place: Path, lines: Lines) -> Iterator[None]:
    if way is Spoiled.GONE:
        yield
        return
    if source.nature is Nature.BASE:
        with _spoiled_base(source.path, way, place):
            yield
        return
    if source.nature is Nature.FOLDER:
        shutil.copytree(source.path, place)
    else:
        shutil.copyfile(source.path, place)
    files = [file for file in place.rglob("*") if file.is_file()] if place.is_dir() else [place]
    for file in files:
        _spoil_file(file, way, lines)
    try:
        yield
    finally:
        for file in files:
            _let_go(file)


def _spoil_file(file: Path, way: Spoiled, lines: Lines) -> None:
    body, times = file.read_bytes(), file.stat()
    if way is Spoiled.HANGS:
        if not hasattr(os, "mkfifo"):
            raise NotApplicable("no_pipe")
        file.unlink()
        os.mkfifo(file)
        return
    if way is Spoiled.CUT:
        body = lines.cut(body)
    elif way is Spoiled.ENCODED:
        body = body.decode("latin-1").encode("utf-16")
    elif way is Spoiled.MANY:
        body = lines.many(body)
    elif way is Spoiled.RECODED:
        body = lines.recoded(body)
    file.write_bytes(body)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def _let_go(file: Path) -> None:
    """End whoever still waits for the other end of a pipe."""
    if file.is_fifo():
        with contextlib.suppress(OSError):
            os.close(os.open(file, _SHUT_FOR_READING))


@contextmanager
def _spoiled_base(path: Path, way: Spoiled, place: Path) -> Iterator[None]:
    if way in _OF_TEXT:
        raise NotApplicable("not_a_text_file")
    body = path.read_bytes()
    place.write_bytes(body[: len(body) // 2] if way is Spoiled.CUT else body)
    if way is not Spoiled.HANGS:
        yield
        return
    holder = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
    try:
        holder.execute("begin exclusive")
        yield
    finally:
        holder.close()


# ---- servers -------------------------------------------------------------------------------------

_CARRIES: Mapping[Spoiled, Carries] = {
    Spoiled.GONE: Carries.NOTHING,
    Spoiled.CUT: Carries.A_PART,
    Spoiled.HANGS: Carries.NOTHING,
    Spoiled.DRIPS: Carries.SLOWLY,
}


@asynccontextmanager
async def _behind_a_relay(trial: Trial, source: Source, way: Spoiled, asked: Asked) -> AsyncIterator[Trial]:
    """Give the same trial with a relay in the place of a database; nobody listens there when it is gone."""
    if way in _OF_TEXT:
        raise NotApplicable("not_a_text_file")
    most = 0
    if way is Spoiled.CUT:
        signed_in = await _bytes_behind(trial, source, Bench.check)
        # In the middle of the rows: after what a sign-in says.
        most = signed_in + (await _bytes_behind(trial, source, asked) - signed_in) // 2
    relay = _relay_to(source, _CARRIES[way], most)
    async with _running(relay, gone=way is Spoiled.GONE):
        yield _moved_to(trial, source, relay)


async def _bytes_behind(trial: Trial, source: Source, asked: Asked) -> int:
    """Return how much a database answers until what was asked is there."""
    relay = _relay_to(source, Carries.ALL, 0)
    async with _running(relay), open_bench(_moved_to(trial, source, relay)) as bench:
        await asked(bench)
    return relay.carried


def _relay_to(source: Source, carries: Carries, most: int) -> Relay:
    parts = urlsplit(source.value)
    return Relay(parts.hostname or "127.0.0.1", parts.port or 5432, carries, most, for_good=True)


def _moved_to(trial: Trial, source: Source, relay: Relay) -> Trial:
    parts = urlsplit(source.value)
    user, at, _ = parts.netloc.rpartition("@")
    place = parts._replace(netloc=f"{user}{at}127.0.0.1:{relay.listens_at}")
    return _moved(trial, source, place.geturl())


@asynccontextmanager
async def _led_through(trial: Trial, source: Source, way: Spoiled, asked: Asked) -> AsyncIterator[None]:
    """Have the connector reach its server through a relay that fails."""
    if way in _OF_TEXT:
        raise NotApplicable("not_a_text_file")
    most = await _bytes_of(trial, source, asked) * 3 // 4 if way is Spoiled.CUT else 0
    relay = Relay(source.value, 0, _CARRIES[way], most, for_good=True)
    async with _running(relay, gone=way is Spoiled.GONE):
        with led_through(relay, addresses_of(source.value)):
            yield


async def _first_reading(trial: Trial, bench: Bench) -> None:
    """Ask for the first reading of the first customer; for the directory where there is none."""
    if trial.readings():
        await bench.raw(trial.readings()[0], trial.scenarios.known[0].ids)
    else:
        await changes_of(bench)


async def _bytes_of(trial: Trial, source: Source, asked: Asked) -> int:
    """Return how much the server answers until what was asked is there."""
    relay = Relay(source.value, 0, Carries.ALL)
    async with _running(relay):
        with led_through(relay, addresses_of(source.value)):
            async with open_bench(trial) as bench:
                await asked(bench)
    if not relay.carried:
        raise NotExercised("no_way_between")
    return relay.carried


@asynccontextmanager
async def _running(relay: Relay, *, gone: bool = False) -> AsyncIterator[None]:
    await relay.start()
    try:
        if gone:
            await relay.aclose()
        yield
    finally:
        await relay.aclose()
