"""A nightly file loaded whole into an indexed table in memory, and replaced whole by the next one.

The table is in memory and not on disk: a copy of the file outside the encrypted store would be
personal data at rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from avise.connectors.body_worker import BIG_BODY, BodyWorker
from avise.connectors.contract import ConnectorError
from avise.connectors.declarative.csv_lines import CsvDialect, LineCount
from avise.connectors.declarative.csv_loading import LoadedFile, file_of, file_pieces, joined_key, load_file
from avise.connectors.declarative.csv_place import Drop, FileMark, file_doubt
from avise.connectors.declarative.date_format import moment_of
from avise.models.bulk_reading import Decision, Doubt
from avise.models.errors import ErrorKind


@dataclass(frozen=True, slots=True)
class DateRule:
    """Where the date of a file is.

    Args:
        source: "mtime", "name" or "column".
        column: for "column".
        format: for "name" and "column", see `date_format`; ISO 8601 when "".
        timezone: of a date without a zone.
    """

    source: str
    timezone: ZoneInfo
    column: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of one key, and the file that they come from."""

    rows: tuple[dict[str, str], ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class FileState:
    """What is loaded, for the health of the source and its diagnostic; no content of the file."""

    loaded: str
    """Name of the file in use."""
    as_of: datetime
    lines: int
    broken: int
    broken_lines: tuple[int, ...]
    refused: str
    """Name of a newer file that is refused because it is much smaller, "" for none."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    mark: FileMark
    file: LoadedFile
    as_of: datetime


class CsvTable:
    """The lines of the newest good file, by key. Blocking, and safe from several threads.

    Args:
        place: finds the file.
        dialect: how it is written.
        key: columns that tell whose line it is.
        date: where the file's date is.
        accepted: name of a file that somebody accepted although it is much smaller; "" for none.
    """

    def __init__(
        self, place: Drop, dialect: CsvDialect, key: Sequence[str], date: DateRule, accepted: str = ""
    ) -> None:
        self._place = place
        self._dialect = dialect
        self._key = tuple(key)
        self._date = date
        self._accepted = accepted
        self._lock = Lock()
        self._loaded: _Loaded | None = None
        self._refused: FileMark | None = None
        self._decided: dict[str, Decision] = {}
        self.count = LineCount()
        """Of the file that was loaded last, which may be refused because too many of its lines are broken."""
        self.doubt: Doubt | None = None
        """What somebody must decide about, as of the last look at the files."""

    def lines(self, key: Sequence[str], most: int, worker: BodyWorker | None = None) -> Lines:
        """Return the lines of a key, at most `most`, from the newest file.

        Args:
            key: whose lines.
            most: how many.
            worker: loads a long file; without it the calling thread does.

        Raises:
            ConnectorError: UNAVAILABLE when there is no file, BAD_DATA when it cannot be read as a whole.
        """
        with self._lock:
            loaded = self._current(worker)
            cursor = loaded.file.database.execute(
                "select fields from line where key = ? order by number limit ?",
                (joined_key(key), most),
            )
            rows = tuple(dict(zip(loaded.file.columns, json.loads(text), strict=True)) for (text,) in cursor)
            return Lines(rows, loaded.as_of)

    def state(self, worker: BodyWorker | None = None) -> FileState:
        """Return what is loaded, the newest file being loaded first if need be.

        Raises:
            ConnectorError: as `lines`.
        """
        with self._lock:
            loaded = self._current(worker)
            count = loaded.file.count
            return FileState(
                loaded=loaded.mark.path.name,
                as_of=loaded.as_of,
                lines=count.read,
                broken=count.broken,
                broken_lines=tuple(count.broken_lines),
                refused=self._refused.path.name if self._refused else "",
            )

    def names(self) -> tuple[str, str]:
        """Return the name of the file in use and of a newer one that is refused, "" for none."""
        loaded, refused = self._loaded, self._refused
        return loaded.mark.path.name if loaded else "", refused.path.name if refused else ""

    def every_line(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the number and the fields of each line that is loaded, its header first.

        The header is line 1, and left out when the connector's file names the columns. The table answers
        nobody else meanwhile.
        """
        with self._lock:
            if self._loaded is None:
                return
            file = self._loaded.file
            if not self._dialect.columns:
                yield 1, file.columns
            for number, fields in file.database.execute("select number, fields from line order by number"):
                yield number, json.loads(fields)

    def decide(self, mark: str, decision: Decision) -> None:
        """Take what somebody decided about the file that bears a mark."""
        self._decided[mark] = decision
        if self.doubt is not None and self.doubt.mark == mark:
            self.doubt = None

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            if self._loaded is not None:
                self._loaded.file.database.close()
                self._loaded = None

    def _current(self, worker: BodyWorker | None) -> _Loaded:
        candidates = self._place.newest()
        if not candidates:
            # A file that is not there says nothing about the customer: never "empty".
            raise ConnectorError(ErrorKind.UNAVAILABLE, "no file")
        mark = self._chosen(candidates)
        if self._loaded is None or self._loaded.mark != mark:
            fresh = self._load(mark, worker)
            if self._loaded is not None:
                self._loaded.file.database.close()
            self._loaded = fresh
        return self._loaded

    def _chosen(self, candidates: Sequence[FileMark]) -> FileMark:
        """Return the newest file, or the one before while the newest is suspiciously small."""
        newest = candidates[0]
        self._refused = self.doubt = None
        before = self._before(newest, candidates)
        if before is None or newest.path.name == self._accepted:
            return newest
        doubt = file_doubt(before.edition, newest.edition)
        decided = self._decided.get(doubt.mark) if doubt is not None else Decision.ACCEPT
        if decided is Decision.ACCEPT:
            return newest
        if decided is None:
            self._refused, self.doubt = newest, doubt
        return before

    def _before(self, newest: FileMark, candidates: Sequence[FileMark]) -> FileMark | None:
        if self._loaded is not None:
            return None if self._loaded.mark == newest else self._loaded.mark
        return candidates[1] if len(candidates) > 1 else None

    def _load(self, mark: FileMark, worker: BodyWorker | None) -> _Loaded:
        file = self._read(mark, worker)
        self.count = file.count
        try:
            self._refuse_unfit(mark, file)
            return _Loaded(mark, file, self._as_of(mark, file.dates))
        except ConnectorError:
            file.database.close()
            raise

    def _read(self, mark: FileMark, worker: BodyWorker | None) -> LoadedFile:
        if worker is None or mark.size <= BIG_BODY:
            return load_file(mark.path, self._dialect, self._key, self._date.column)
        here = mark.path if isinstance(mark.path, Path) else None
        body = b"" if here is not None else self._body(mark)
        return file_of(
            worker.run_blocking(file_pieces, body, here, self._dialect, self._key, self._date.column)
        )

    def _body(self, mark: FileMark) -> bytes:
        with mark.path.open("rb") as stream:
            return stream.read()

    def _refuse_unfit(self, mark: FileMark, file: LoadedFile) -> None:
        wanted = {*self._key, self._date.column} - {""}
        missing = sorted(wanted - set(file.columns))
        if missing:
            # Also an empty file, or a page of excuses: it has not the header.
            raise ConnectorError(ErrorKind.BAD_DATA, f"no column {missing[0]}")
        if file.count.broken > file.count.read:
            raise ConnectorError(ErrorKind.BAD_DATA, "most lines of the file are unreadable")
        if mark not in self._place.newest():
            raise ConnectorError(ErrorKind.UNAVAILABLE, "the file changed while it was read")

    def _as_of(self, mark: FileMark, dates: Set[str]) -> datetime:
        if self._date.source == "mtime":
            return datetime.fromtimestamp(mark.modified_ns / 1e9, tz=UTC)
        written = {mark.path.name} if self._date.source == "name" else dates - {""}
        try:
            moments = [self._parsed(text) for text in written]
        except ValueError:
            raise ConnectorError(ErrorKind.BAD_DATA, "the date of the file is unreadable") from None
        if not moments:
            # An empty file has no dated line; it was true when it was written.
            return datetime.fromtimestamp(mark.modified_ns / 1e9, tz=UTC)
        return max(moments)

    def _parsed(self, written: str) -> datetime:
        if self._date.format:
            moment = moment_of(written, self._date.format)
        else:
            moment = datetime.fromisoformat(written)
        return moment if moment.tzinfo else moment.replace(tzinfo=self._date.timezone)
