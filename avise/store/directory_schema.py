"""The search directory's tables: B-trees only, in the order that the searches read them.

Measured over 4.3 million persons (`platform.md` 6), every lookup by a composite B-tree stays under
20 ms at p95 where full-text and trigram indexes took 44 to 1,473: there is none here. A surname is
forgiven one letter by its dictionary and the forms with a letter left out, and its sound by a
phonetic key of that dictionary, so that the persons' table carries no such column.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import IntEnum
from typing import Any

from avise.models.customer import Party, PartyKind, PersonId, person_id
from avise.models.identifiers import holds_nir, normalised_member_number
from avise.models.names import (
    LEGAL_FORMS,
    fold,
    fold_words,
    name_keys,
    one_letter_deletes,
    phonetic_key,
)

VERSION = 1
APPLICATION_ID = 0x41564452
"""Marks the file as a directory of Avise ("AVDR")."""

MIN_FORGIVEN = 3
"""Shorter names are not forgiven a letter: everything would be near them."""

HIGHEST = "\U0010ffff"
"""Follows every text in SQLite's binary order: the end of a prefix's range."""


class NameKind(IntEnum):
    """Which of a person's names a row of `name_key` is."""

    LAST = 0
    BIRTH = 1
    PART = 2


class WordKind(IntEnum):
    """What a word of the dictionaries is."""

    SURNAME = 0
    FIRST_NAME = 1


TABLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """
    CREATE TABLE party (
        id INTEGER PRIMARY KEY, person BLOB NOT NULL, dossier BLOB NOT NULL, city INTEGER NOT NULL,
        member TEXT NOT NULL, email TEXT NOT NULL, siren TEXT NOT NULL, siret TEXT NOT NULL,
        body TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE name_key (
        last TEXT NOT NULL, first TEXT NOT NULL, birth INTEGER NOT NULL, party INTEGER NOT NULL,
        kind INTEGER NOT NULL, city INTEGER NOT NULL, PRIMARY KEY (last, first, birth, party, kind)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE phone (
        reversed TEXT NOT NULL, party INTEGER NOT NULL, PRIMARY KEY (reversed, party)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE identifier (
        value TEXT NOT NULL, scheme INTEGER NOT NULL, party INTEGER NOT NULL,
        PRIMARY KEY (value, scheme, party)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE scheme (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    """
    CREATE TABLE city (
        id INTEGER PRIMARY KEY, norm TEXT NOT NULL, postcode TEXT NOT NULL, UNIQUE (norm, postcode)
    )
    """,
    """
    CREATE TABLE word (
        kind INTEGER NOT NULL, norm TEXT NOT NULL, sound TEXT NOT NULL, PRIMARY KEY (kind, norm)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE variant (
        kind INTEGER NOT NULL, form TEXT NOT NULL, norm TEXT NOT NULL, PRIMARY KEY (kind, form, norm)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE company_word (
        word TEXT NOT NULL, party INTEGER NOT NULL, PRIMARY KEY (word, party)
    ) WITHOUT ROWID
    """,
)  # fmt: skip

INDEXES = (
    "CREATE INDEX party_by_person ON party (person)",
    "CREATE INDEX party_by_dossier ON party (dossier)",
    # Not unique: a beneficiary may bear the member's number, and a bad source two of them.
    "CREATE INDEX party_by_member ON party (member) WHERE member <> ''",
    "CREATE INDEX party_by_email ON party (email) WHERE email <> ''",
    "CREATE INDEX party_by_siren ON party (siren) WHERE siren <> ''",
    "CREATE INDEX party_by_siret ON party (siret) WHERE siret <> ''",
    "CREATE INDEX name_by_birth ON name_key (birth, last, first, city)",
    "CREATE INDEX name_by_last_and_birth ON name_key (last, birth, city)",
    "CREATE INDEX name_by_city ON name_key (city, last, first)",
    "CREATE INDEX name_by_city_and_first ON name_key (city, first, last) WHERE kind = 0",
    "CREATE INDEX name_by_first ON name_key (first, last, city) WHERE kind = 0",
    "CREATE INDEX word_by_sound ON word (kind, sound)",
    "CREATE INDEX city_by_postcode ON city (postcode)",
)

SORTED = {
    "name_key": ("last", "first", "birth", "party", "kind", "city"),
    "phone": ("reversed", "party"),
    "identifier": ("value", "scheme", "party"),
}
"""Tables loaded through a staging table, then copied in their key's order: inserting millions of rows
at random places of a B-tree would read and write each page many times."""


@dataclass(frozen=True, slots=True)
class NameKey:
    """One name under which a person is found."""

    last: str
    first: str
    kind: NameKind


@dataclass(frozen=True, slots=True)
class PartyKeys:
    """Everything that a party is found by."""

    names: tuple[NameKey, ...]
    birth: int
    """20260324 for 24 March 2026, 0 when unknown."""
    member: str
    email: str
    phones: tuple[str, ...]
    """E.164 digits, reversed: an end is then a beginning."""
    ids: tuple[tuple[str, str], ...]
    city: str
    company_words: tuple[str, ...]


def keys_of(party: Party) -> PartyKeys:
    """Return what a party is found by; the same party always gives the same keys."""
    return PartyKeys(
        names=tuple(_names_of(party)),
        birth=day_number(party.birth_date),
        member=normalised_member_number(party.member_number),
        email=party.email.strip().lower(),
        phones=tuple(dict.fromkeys(reversed_digits(phone) for phone in party.phones if phone)),
        ids=tuple((scheme, value) for scheme, value in sorted(party.ids.items()) if value),
        city=fold(party.city),
        company_words=company_words(party.company_name) if party.kind is PartyKind.COMPANY else (),
    )


def _names_of(party: Party) -> Iterator[NameKey]:
    """Yield the names of a person, each surname once, the name in use first."""
    if party.kind is PartyKind.COMPANY:
        return
    first = fold(party.first_name)
    seen: set[str] = set()
    for name, kind in ((party.last_name, NameKind.LAST), (party.birth_name, NameKind.BIRTH)):
        for position, key in enumerate(name_keys(name)):
            if key not in seen:
                seen.add(key)
                yield NameKey(key, first, kind if position == 0 else NameKind.PART)
    if not seen and first:
        # A mononym is found under its only name.
        yield NameKey("", first, NameKind.LAST)


def company_words(name: str) -> tuple[str, ...]:
    """Return the words that a company is searched by: neither its legal form nor articles."""
    words = dict.fromkeys(fold_words(name))
    return tuple(word for word in words if word not in LEGAL_FORMS) or tuple(words)


def first_name_parts(first_name: str) -> tuple[str, ...]:
    """Return the parts of a compound first name that people call by: Marie-Claire, Claire."""
    parts = fold_words(first_name)
    return tuple(part for part in parts if len(part) >= MIN_FORGIVEN) if len(parts) > 1 else ()


def variants_of(word: str) -> frozenset[str]:
    """Return the forms under which a word is found with one letter wrong."""
    return one_letter_deletes(word) if len(word) >= MIN_FORGIVEN else frozenset()


def sound_of(word: str) -> str:
    """Return the phonetic key of a word, "" for one too short to be mistaken for another."""
    return phonetic_key(word) if len(word) >= MIN_FORGIVEN else ""


def day_number(day: date | None) -> int:
    """Return a day as an integer that sorts by date; 0 when unknown."""
    return 0 if day is None else day.year * 10_000 + day.month * 100 + day.day


def reversed_digits(phone: str) -> str:
    """Return a telephone number's digits from the last to the first."""
    return "".join(character for character in reversed(phone) if character in "0123456789")


_RESTRICTED_SCHEMES = ("nir", "nia")
"""Identifiers that the directory never holds (decision 4)."""

_DEFAULTS: dict[str, object] = {
    field.name: field.default for field in fields(Party) if field.name not in ("native_id", "kind", "ids")
}


def holds_restricted(party: Party, body: str) -> bool:
    """Say whether a party carries a NIR, in a scheme of that name or in any text."""
    restricted = any(scheme.rsplit(".", 1)[-1].lower() in _RESTRICTED_SCHEMES for scheme in party.ids)
    return restricted or holds_nir(body.encode("utf-8"))


def encoded(party: Party) -> str:
    """Return a party as JSON, default values left out."""
    body: dict[str, Any] = {"native_id": party.native_id, "kind": party.kind.value}
    for name, default in _DEFAULTS.items():
        value = getattr(party, name)
        if value != default:
            body[name] = value.isoformat() if isinstance(value, date) else value
    if party.ids:
        body["ids"] = dict(party.ids)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def decoded(body: str) -> Party:
    """Return the party of a JSON body."""
    found = json.loads(body)
    found["kind"] = PartyKind(found["kind"])
    if "birth_date" in found:
        found["birth_date"] = date.fromisoformat(found["birth_date"])
    if "phones" in found:
        found["phones"] = tuple(found["phones"])
    return Party(**found)


@dataclass(frozen=True, slots=True)
class Minter:
    """Gives persons the identifier that every workstation of the site derives (decision 1)."""

    site_namespace: uuid.UUID
    scheme: str
    """Of the identity master's own key, "parties.party"."""

    def person(self, party: Party) -> PersonId:
        """Return a party's identifier."""
        return person_id(self.site_namespace, self.scheme, party.native_id)

    def dossier(self, party: Party) -> PersonId:
        """Return the identifier of the member whose dossier covers a party; its own for a member."""
        return person_id(self.site_namespace, self.scheme, party.dossier or party.native_id)
