"""Takes the documents out of the population: an index from which folders and bytes are made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from avise.demo.population.entities import Document, Dossier
from avise.demo.population.spec import WorldSpec
from avise.demo.population.unattached import orphan_documents
from avise.demo.tools.codes import coded, iso
from avise.demo.tools.loading import SqliteWriter

FILE_NAME = "documents.sqlite"
PARIS = ZoneInfo("Europe/Paris")

_SCHEMA = """
create table folder (code text primary key, last_name text, first_name text, birth_date text) without rowid;
create table document (folder text not null, name text not null, title text not null, kind text not null,
                       dated text not null, direction text not null, state text not null,
                       size integer not null, media_type text not null, medical text not null, person text,
                       primary key (folder, name)) without rowid;
"""

KINDS: Mapping[str, str] = {
    "certificate": "ATT",
    "invoice": "FAC",
    "quote": "DEV",
    "letter": "COU",
    "form": "FOR",
    "bank_details": "RIB",
    "identity": "IDE",
    "statement": "REL",
    "other": "DIV",
}
DIRECTIONS: Mapping[str, str] = {"in": "E", "out": "S"}
STATES: Mapping[str, str] = {
    "received": "RECU",
    "checked": "VU",
    "rejected": "REFUSE",
    "sent": "ENVOYE",
    "awaited": "ATTENDU",
}
_EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "text/plain": "txt"}


class Loader:
    """Writes the index of the documents tool (`ToolLoader`)."""

    def __init__(self, folder: Path, spec: WorldSpec) -> None:
        self._file = SqliteWriter(folder / FILE_NAME, _SCHEMA)
        self._spec = spec
        self._taken: set[str] = set()

    def add(self, dossier: Dossier) -> None:
        """Take a dossier's folder, which exists even when it is empty."""
        member = dossier.member
        code = dossier.ids.folder
        self._taken.add(code)
        self._file.insert(
            "folder", (code, member.last_name.upper(), member.first_name, iso(member.birth_date))
        )
        names = {person.ids.party: person.first_name for person in dossier.persons()}
        for document in dossier.documents:
            self._document(code, document, names.get(document.party, ""))

    def close(self) -> None:
        """Add what was filed nowhere, and finish the file."""
        for code, document in orphan_documents(self._spec):
            if code in self._taken:
                continue  # in a very large world the number is somebody's
            self._file.insert("folder", (code, None, None, None))
            self._document(code, document, "")
        self._file.close()

    def _document(self, code: str, document: Document, person: str) -> None:
        awaited = document.status == "awaited"
        self._file.insert(
            "document",
            (
                code,
                f"{document.id}.{_EXTENSIONS.get(document.media_type, 'bin')}",
                document.title,
                coded(KINDS, document.kind),
                f"{document.dated.astimezone(PARIS):%d/%m/%Y %H:%M}",
                coded(DIRECTIONS, document.direction),
                coded(STATES, document.status),
                # An awaited document is a place kept for it: there is nothing to open yet.
                0 if awaited else document.size,
                document.media_type,
                "O" if document.medical else "N",
                person,
            ),
        )
