"""Reads the index of the documents tool."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from avise.demo.tools.documents.loader import PARIS

_COLUMNS = "name, title, kind, dated, direction, state, size, media_type, medical, person"


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """The folder of a dossier, and whom it is said to concern."""

    code: str
    last_name: str
    first_name: str
    birth_date: str


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """One document as the store describes it."""

    name: str
    title: str
    kind: str
    dated: str
    """"24/03/2026 10:44", in Paris."""
    direction: str
    state: str
    size: int
    media_type: str
    medical: str
    person: str

    @property
    def modified(self) -> float:
        """Return the moment of the document, in seconds since 1970."""
        return datetime.strptime(self.dated, "%d/%m/%Y %H:%M").replace(tzinfo=PARIS).timestamp()


class DocumentIndex:
    """The prepared file, opened read-only and shared by the threads of the server.

    Args:
        path: what `Loader` wrote.
    """

    def __init__(self, path: Path) -> None:
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = Lock()

    def folder(self, code: str) -> FolderEntry | None:
        """Return a folder, None when there is none of that code."""
        rows = self._rows("select code, last_name, first_name, birth_date from folder where code = ?", code)
        return FolderEntry(*(value or "" for value in rows[0])) if rows else None

    def documents(self, code: str) -> list[DocumentEntry]:
        """Return the documents of a folder, in the order of their names."""
        rows = self._rows(f"select {_COLUMNS} from document where folder = ? order by name", code)  # noqa: S608 - our own columns
        return [DocumentEntry(*row) for row in rows]

    def document(self, code: str, name: str) -> DocumentEntry | None:
        """Return one document, None when there is none."""
        statement = f"select {_COLUMNS} from document where folder = ? and name = ?"  # noqa: S608 - our own columns
        rows = self._rows(statement, code, name)
        return DocumentEntry(*rows[0]) if rows else None

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _rows(self, statement: str, *values: str) -> Sequence[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()
