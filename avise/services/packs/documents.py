"""Which documents of the visited customers are taken along: the newest of each in turn, 40 in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from avise.connectors.contract import Record
from avise.models.customer import PersonId
from avise.models.facets import Datum
from avise.models.json_types import JSON
from avise.models.masking import Access, access
from avise.models.packs import MOST_DOCUMENTS
from avise.models.roles import Role

MAX_BYTES = 10 * 1024 * 1024
"""A larger document is left at the office."""


@dataclass(frozen=True, slots=True)
class ChosenDocument:
    """A document to be taken along."""

    person: PersonId
    instance: str
    document: str
    title: str


def chosen_documents(
    listed: Mapping[PersonId, Sequence[tuple[str, Record]]], role: Role, most: int = MOST_DOCUMENTS
) -> tuple[ChosenDocument, ...]:
    """Return which documents to take: the newest of each customer, then the next of each, and so on.

    Args:
        listed: the documents of each customer, in the order of the visits, with the tool that has them.
        role: of whoever carries them; medical ones only for roles that read them.
        most: in all.
    """
    rows = [
        [ChosenDocument(person, instance, record.id, _text(record.data.get("title")))
         for instance, record in _newest_first(documents, role)]
        for person, documents in listed.items()
    ]  # fmt: skip
    found: list[ChosenDocument] = []
    for place in range(max(map(len, rows), default=0)):
        found += [row[place] for row in rows if place < len(row)]
    return tuple(found[:most])


def _newest_first(documents: Sequence[tuple[str, Record]], role: Role) -> list[tuple[str, Record]]:
    medical = access(role, Datum.MEDICAL_DOCUMENT) is Access.CLEAR
    taken = [
        (instance, record)
        for instance, record in documents
        # A tool that does not say may mean a prescription: it is not carried about.
        if (medical or record.data.get("medical") is False)
        and record.data.get("status") != "awaited"
        and _size(record.data.get("size")) <= MAX_BYTES
    ]
    return sorted(taken, key=lambda one: _text(one[1].data.get("dated")), reverse=True)


def _size(value: JSON) -> int:
    return value if isinstance(value, int) else 0


def _text(value: JSON) -> str:
    return value if isinstance(value, str) else ""
