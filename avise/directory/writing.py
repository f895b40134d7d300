"""Writing parties into a directory: all of them at once, or the changes one by one."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from avise.directory.dictionaries import Dictionaries
from avise.directory.keys import (
    Minter,
    NameKind,
    WordKind,
    company_words,
    day_number,
    identifier_hash,
    person_hash,
    phone_key,
)
from avise.directory.questions import FIND_NATIVE
from avise.directory.reading import DirectoryReader
from avise.directory.records import KIND_NUMBERS, SAME_NAME, extra_of, packed, phones_of
from avise.directory.restricted import any_restricted, holds_restricted
from avise.directory.seen import Seen
from avise.directory.statements import Line, Row, Statement
from avise.directory.tables import COLUMNS, INDEXES, KEYS, STAGED, definitions, keys
from avise.models.customer import Party, PartyKind
from avise.models.identifiers import normalised_member_number

MEMBER_SCHEME = "member"

_LAST_PARTY = Statement("SELECT coalesce(max(id), 0) FROM party")
_EVERY_NATIVE = "DECLARE every_native NO SCROLL CURSOR FOR SELECT native FROM party"
_NEXT_NATIVES = Statement("FETCH 50000 FROM every_native")
_OF_HASH = Statement("SELECT native, id FROM party WHERE person = :person ORDER BY id")
_FORGET = {
    table: Statement(f"DELETE FROM {table} WHERE {column} = :value AND party = :party")  # noqa: S608 - our own tables
    for table, column in (
        ("phone", "ending"), ("identifier", "hash"), ("company_number", "number"), ("company_word", "word"),
    )
}  # fmt: skip
_FORGET_NAME = Statement(
    "DELETE FROM name WHERE last = :last AND first = :first AND party = :party AND kind = :kind"
)
_FORGET_PARTY = Statement("DELETE FROM party WHERE id = :party")
_META = Statement(
    "INSERT INTO meta (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


class PartyWriter:
    """Writes parties through one line, inside the caller's transaction.

    Args:
        line: to the directory being written.
        minter: gives persons their identifier.
        bulk: the tables were made by `create_tables` and have no index yet; `sort_and_index` ends it.
    """

    def __init__(self, line: Line, minter: Minter, *, bulk: bool) -> None:
        self._line = line
        self._minter = minter
        self._bulk = bulk
        self._rows: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        self._texts = Dictionaries(line, self._rows, fresh=bulk)
        self._seen = Seen() if bulk else None
        self._perhaps_twice: set[int] = set()
        self._next_id = int(line.rows(_LAST_PARTY)[0][0]) + 1
        if bulk and self._next_id > 1:
            # A loading that goes on: what was written before is known again.
            self._texts.recall()
            self._look_back_at_everybody()
        self.gone: dict[str, int] = {}
        """Whom the source deleted during a whole loading: rows of smaller numbers are theirs to go."""
        self.left_out = 0
        """Parties that carried a NIR: never at rest (decision 4)."""

    def write(self, parties: Iterable[Party]) -> None:
        """Add, change or remove parties."""
        page = list(parties)
        if not self._bulk:
            self._write(page)
            return
        with _no_collections():
            self._write(page)

    def _write(self, page: list[Party]) -> None:
        wary = any_restricted(page)
        for party in page:
            known = None if self._bulk else self._remove(party.native_id)
            if party.deleted:
                if self._bulk:
                    self.gone[party.native_id] = self._next_id
                continue
            if wary and holds_restricted(party):
                self.left_out += 1
                continue
            number = known if known is not None else self._next_id
            self._next_id = max(self._next_id, number + 1)
            self._collect(party, number)
            if not self._bulk:
                # One batch may change the same person twice: the second change must find the first.
                self._flush()
        self._flush()

    def settle(self) -> None:
        """After a whole loading: drop what was published twice, keeping the latest, or deleted since."""
        for person in sorted(self._perhaps_twice):
            latest: dict[str, int] = {}
            for native, number in self._line.rows(_OF_HASH, person=person):
                if native in latest:
                    self._forget(latest[native])
                latest[native] = number
        for native, number in self.gone.items():
            self._remove(native, number)

    def _look_back_at_everybody(self) -> None:
        """Remember who was written before a stop, some at a time: PostgreSQL alone keeps what is built."""
        self._line.script(_EVERY_NATIVE)
        while natives := self._line.rows(_NEXT_NATIVES):
            for (native,) in natives:
                self._look_back(self._minter.digest(native))
        self._line.script("CLOSE every_native")

    def _look_back(self, digest: bytes) -> int:
        """Remember that an identity went by, and return what it is found by."""
        hashed = person_hash(digest)
        if self._seen is not None and self._seen.add(digest):
            self._perhaps_twice.add(hashed)
        return hashed

    def _flush(self) -> None:
        for table, rows in self._rows.items():
            if not rows:
                continue
            staged = self._bulk and table in STAGED and not self._line.is_postgres
            self._line.put(f"staged_{table}" if staged else table, COLUMNS[table], rows, bulk=self._bulk)
            rows.clear()

    def _collect(self, party: Party, number: int) -> None:
        texts, rows = self._texts, self._rows
        city = texts.city(party.city, party.postcode)
        born = day_number(party.birth_date)
        member = party.member_number
        if not (member.isdecimal() and member.isascii()):
            member = normalised_member_number(member)
        email = party.email.strip().lower() if party.email else ""
        local, _at, domain = email.partition("@")
        told = email if domain else local
        digest = self._minter.digest(party.native_id)
        hashed = self._look_back(digest) if self._bulk else person_hash(digest)
        schemes, packed_ids = packed(party.ids, party.native_id, member)
        rows["party"].append((
            number, hashed,
            self._minter.hash(party.dossier) if party.dossier else 0, party.native_id, party.dossier,
            KIND_NUMBERS[party.kind], texts.spelling(party.last_name), texts.spelling(party.first_name),
            SAME_NAME if party.birth_name == party.last_name else texts.spelling(party.birth_name), born,
            member, city, local, texts.spelling(domain), phones_of(party.phones) if party.phones else "",
            texts.spelling(party.relation), texts.spelling(party.representative), int(party.restricted),
            texts.shape(schemes), packed_ids, extra_of(party, told, member, odd_ids=schemes is None),
        ))  # fmt: skip
        if party.kind is PartyKind.COMPANY:
            self._collect_company(party, number)
        else:
            names = rows["name"]
            names.extend(
                [(last, first, number, kind, born, city) for last, first, kind in self._names(party)]
            )
        if party.phones:
            rows["phone"].extend([(found, number) for found in _phone_keys(party)])
        if party.ids:
            rows["identifier"].extend([(found, number) for found in self._hashes(party, member)])

    def _collect_company(self, party: Party, number: int) -> None:
        words = company_words(party.company_name)
        self._rows["company_word"].extend((word, number) for word in words)
        numbers = dict.fromkeys((party.siren, party.siret))
        self._rows["company_number"].extend((found, number) for found in numbers if found)

    def _names(self, party: Party) -> Sequence[tuple[int, int, int]]:
        """Return the names of a person (surname, first name, kind), each surname once, the first in use."""
        last, first = self._texts.surname(party.last_name), self._texts.first_name(party.first_name)
        if not party.birth_name or party.birth_name == party.last_name:
            if len(last) == 1:
                return ((last[0], first, 0),)
            born: tuple[int, ...] = ()
        else:
            born = self._texts.surname(party.birth_name)
        found: dict[int, int] = {}
        for words, kind in ((last, NameKind.LAST), (born, NameKind.BIRTH)):
            for place, word in enumerate(words):
                found.setdefault(word, int(kind if place == 0 else NameKind.PART))
        if not found:
            # A mononym is found under its only name.
            return ((0, first, 0),) if first else ()
        return [(word, first, kind) for word, kind in found.items()]

    def _hashes(self, party: Party, member: str) -> Sequence[int]:
        """Return what its identifiers are found by, but for those that have a column of their own."""
        mine, native = self._minter.scheme, party.native_id
        return [
            identifier_hash(scheme, value)
            for scheme, value in party.ids.items()
            if value
            and not (value == native and scheme == mine)
            and not (value == member and scheme == MEMBER_SCHEME)
        ]

    def _remove(self, native: str, before: int | None = None) -> int | None:
        """Remove a party and every key, if its number is smaller than one; return the number that it had."""
        for number, found in self._line.rows(FIND_NATIVE, person=self._minter.hash(native)):
            if found == native and (before is None or number < before):
                self._forget(number)
                return int(number)
        return None

    def _forget(self, number: int) -> None:
        """Delete a row and the keys that its own content gives; the dictionaries keep their words."""
        party = DirectoryReader(self._line, self._minter).parties([number])[number].party
        run = self._line.run
        for last, first, kind in () if party.kind is PartyKind.COMPANY else self._names(party):
            run(_FORGET_NAME, last=last, first=first, party=number, kind=kind)
        for phone in _phone_keys(party):
            run(_FORGET["phone"], value=phone, party=number)
        for found in self._hashes(party, normalised_member_number(party.member_number)):
            run(_FORGET["identifier"], value=found, party=number)
        if party.kind is PartyKind.COMPANY:
            for word in company_words(party.company_name):
                run(_FORGET["company_word"], value=word, party=number)
            for siren in (party.siren, party.siret):
                run(_FORGET["company_number"], value=siren, party=number)
        run(_FORGET_PARTY, party=number)


def _phone_keys(party: Party) -> Iterable[int]:
    if len(party.phones) == 1:
        return (phone_key(party.phones[0]),)
    return dict.fromkeys(phone_key(phone) for phone in party.phones)


@contextmanager
def _no_collections() -> Iterator[None]:
    """Let no garbage be collected meanwhile: a page is fifty thousand rows and not one cycle.

    A collection would look at every text of the dictionaries, in vain: a microsecond for each person.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def create_tables(line: Line) -> None:
    """Make an empty directory without its indexes, inside the caller's transaction."""
    for statement in definitions(postgres=line.is_postgres):
        line.script(statement)
    if not line.is_postgres:
        for table in STAGED:
            # In memory, where `temp_store` says so: neither ciphered nor left in the file (300 MB at most).
            line.script(f"CREATE TEMP TABLE staged_{table} ({', '.join(COLUMNS[table])})")


def sort_and_index(line: Line) -> None:
    """Put the rows in the order of their keys, then make the indexes."""
    if not line.is_postgres:
        for table in STAGED:
            listed = ", ".join(COLUMNS[table])
            order = KEYS[table]
            staged = f"SELECT {listed} FROM staged_{table} ORDER BY {order}"  # noqa: S608 - our own tables
            line.script(f"INSERT OR IGNORE INTO {table} {staged}")
            line.script(f"DROP TABLE staged_{table}")
    # Before the indexes of so many words, which each change of a row would change too.
    _count_uses(line, WordKind.SURNAME, "last")
    for statement in (*keys(postgres=line.is_postgres), *INDEXES):
        line.script(statement)
    # After, for few words count the rows of an index.
    _count_uses(line, WordKind.FIRST_NAME, "first")
    if line.is_postgres:
        for table in COLUMNS:
            line.script(f"ANALYZE {table}")


def _count_uses(line: Line, word: WordKind, column: str) -> None:
    line.script(
        f"UPDATE {word} SET uses = c.n FROM"  # noqa: S608 - our own tables
        f" (SELECT {column} AS w, count(*) AS n FROM name WHERE kind = 0 GROUP BY {column}) AS c"
        f" WHERE c.w = {word}.id"
    )


def write_meta(line: Line, values: dict[str, str]) -> None:
    """Replace facts about the directory itself ("cursor", "as_of")."""
    for name, value in values.items():
        line.run(_META, name=name, value=value)
