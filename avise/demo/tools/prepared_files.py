"""The files that tools serve from: answers laid down at preparation, read back by key, changed in memory."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def answer_of(value: Mapping[str, object]) -> Answer:
    """Return a value as an answer."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(hashlib.sha256(body).hexdigest()[:20], body)


class AnswerWriter:
    """Writes the file that `AnswerFile` reads."""

    def __init__(self, path: Path) -> None:
        self._file = SqliteWriter(path, _SCHEMA)

    def answer(self, kind: str, owner: str, value: Mapping[str, object]) -> None:
        """Lay down one whole answer."""
        made = answer_of(value)
        self._file.insert("answer", (kind, owner, made.etag, zlib.compress(made.body, 1)))

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


FROM_THE_START = -(1 << 31)
"""Position before every entry, those that were added included."""


class ChangeableAnswers(AnswerFile):
    """The same, with what clients changed: kept in memory, gone after the run."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._changed: dict[tuple[str, str], Answer] = {}
        self._added: dict[tuple[str, str], list[dict[str, object]]] = {}

    def change(self, kind: str, owner: str, value: Mapping[str, object]) -> Answer:
        """Put an answer in the place of the one that was laid down."""
        self._changed[kind, owner] = answer_of(value)
        return self._changed[kind, owner]

    def value(self, kind: str, owner: str) -> dict[str, Any] | None:
        """Return an answer as JSON, to be changed; None when there is none for that owner."""
        found = self.answer(kind, owner)
        return None if found is None else json.loads(found.body)

    def add(self, kind: str, owner: str, value: Mapping[str, object]) -> None:
        """Put an entry before all others of its list."""
        self._added.setdefault((kind, owner), []).insert(0, dict(value))

    def answer(self, kind: str, owner: str) -> Answer | None:
        """Return an answer as it is now, None when there is none for that owner."""
        return self._changed.get((kind, owner)) or super().answer(kind, owner)

    def entries(self, kind: str, owner: str, after: int, limit: int) -> list[tuple[int, dict[str, object]]]:
        """Return the next entries of a list, those that were added first."""
        added = self._added.get((kind, owner), [])
        ahead = [(rank - len(added), value) for rank, value in enumerate(added) if rank - len(added) > after]
        laid_down = super().entries(kind, owner, max(after, 0), max(limit - len(ahead), 0))
        return [*ahead, *laid_down][:limit]

    def count(self, kind: str, owner: str) -> int:
        """Return how many entries a list holds now."""
        return super().count(kind, owner) + len(self._added.get((kind, owner), []))
