"""The files that REST tools serve from: answers laid down at preparation, read back by key."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from avise.demo.tools.loading import SqliteWriter

_SCHEMA = """
create table answer (kind text not null, owner text not null, etag text not null, body blob not null,
                     primary key (kind, owner)) without rowid;
create table entry (kind text not null, owner text not null, position integer not null, body text not null,
                    primary key (kind, owner, position)) without rowid;
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer with its validator."""

    etag: str
    body: bytes
    """JSON in UTF-8."""


class AnswerWriter:
    """Writes the file that `AnswerFile` reads."""

    def __init__(self, path: Path) -> None:
        self._file = SqliteWriter(path, _SCHEMA)

    def answer(self, kind: str, owner: str, value: Mapping[str, object]) -> None:
        """Lay down one whole answer."""
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        etag = hashlib.sha256(body).hexdigest()[:20]
        self._file.insert("answer", (kind, owner, etag, zlib.compress(body, 1)))

    def entries(self, kind: str, owner: str, values: Sequence[Mapping[str, object]], start: int = 1) -> None:
        """Lay down a list that is served by pages, in this order, numbered from `start`."""
        for position, value in enumerate(values, start):
            body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            self._file.insert("entry", (kind, owner, position, body))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class AnswerFile:
    """Reads what `AnswerWriter` laid down; opened read-only."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)

    def answer(self, kind: str, owner: str) -> Answer | None:
        """Return an answer, None when there is none for that owner."""
        row = self._connection.execute(
            "select etag, body from answer where kind = ? and owner = ?", (kind, owner)
        ).fetchone()
        return None if row is None else Answer(row[0], zlib.decompress(row[1]))

    def entries(self, kind: str, owner: str, after: int, limit: int) -> list[tuple[int, dict[str, object]]]:
        """Return the next entries of a list with their positions, at most `limit`."""
        rows = self._connection.execute(
            "select position, body from entry where kind = ? and owner = ? and position > ?"
            " order by position limit ?",
            (kind, owner, after, limit),
        )
        return [(position, json.loads(body)) for position, body in rows]

    def count(self, kind: str, owner: str) -> int:
        """Return how many entries a list holds."""
        row = self._connection.execute(
            "select count(*) from entry where kind = ? and owner = ?", (kind, owner)
        ).fetchone()
        return int(row[0])

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
