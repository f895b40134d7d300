"""Writing parties into a search directory: all of them at once, or the changes one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from avise.models.customer import Party, PersonId
from avise.store.directory_schema import (
    APPLICATION_ID,
    INDEXES,
    SORTED,
    TABLES,
    VERSION,
    Minter,
    WordKind,
    decoded,
    encoded,
    first_name_parts,
    holds_restricted,
    keys_of,
    sound_of,
    variants_of,
)

Row = tuple[object, ...]


class PartyWriter:
    """Writes parties through one connection, inside the caller's transaction.

    Args:
        connection: of the directory being written.
        minter: gives persons their identifier.
        staged: names, telephones and identifiers go to staging tables first (see `SORTED`).
    """

    def __init__(self, connection: Connection, minter: Minter, *, staged: bool) -> None:
        self._connection = connection
        self._minter = minter
        self._prefix = "staged_" if staged else ""
        self._staged = staged
        self._schemes: dict[str, int] = self._numbered("SELECT name, id FROM scheme")
        self._cities: dict[tuple[str, str], int] = {}
        self._words: set[tuple[int, str]] = set()
        self._next_id = self._number("SELECT coalesce(max(id), 0) FROM party") + 1
        self._deleted: list[PersonId] = []
        self.written = 0
        self.left_out = 0
        """Parties that carried a NIR: never at rest (decision 4)."""

    def write(self, parties: Iterable[Party]) -> None:
        """Add, change or remove parties."""
        rows: dict[str, list[Row]] = {}
        for party in parties:
            person = self._minter.person(party)
            known = None if self._staged else self._remove(person)
            if party.deleted:
                self._deleted.append(person)
                continue
            body = encoded(party)
            if holds_restricted(party, body):
                self.left_out += 1
                continue
            number = known if known is not None else self._next_id
            self._next_id = max(self._next_id, number + 1)
            self._collect(rows, party, person, number, body)
            self.written += 1
            if not self._staged:
                # One batch may change the same person twice: the second change must find the first.
                self._flush(rows)
        self._flush(rows)

    def _flush(self, rows: dict[str, list[Row]]) -> None:
        for table, found in rows.items():
            self._insert(table, found)
        rows.clear()

    def settle(self) -> None:
        """After a whole loading: drop what was published twice, keeping the latest, or deleted since."""
        twice = self._connection.exec_driver_sql(
            "SELECT person, max(id) FROM party GROUP BY person HAVING count(*) > 1"
        ).all()
        for person, latest in twice:
            older = self._connection.exec_driver_sql(
                "SELECT id, body FROM party WHERE person = ? AND id <> ?", (person, latest)
            ).all()
            for number, body in older:
                self._forget(number, decoded(body))
        for deleted in self._deleted:
            self._remove(deleted)

    def _collect(
        self, rows: dict[str, list[Row]], party: Party, person: PersonId, number: int, body: str
    ) -> None:
        keys = keys_of(party)
        city = self._city(keys.city, party.postcode)
        dossier = self._minter.dossier(party)
        rows.setdefault("party", []).append(
            (
                number,
                person.bytes,
                dossier.bytes,
                city,
                keys.member,
                keys.email,
                party.siren,
                party.siret,
                body,
            )
        )
        names = rows.setdefault(self._prefix + "name_key", [])
        for name in keys.names:
            names.append((name.last, name.first, keys.birth, number, int(name.kind), city))
            self._learn(rows, WordKind.SURNAME, name.last, ())
        if keys.names:
            self._learn(rows, WordKind.FIRST_NAME, keys.names[0].first, first_name_parts(party.first_name))
        phones = rows.setdefault(self._prefix + "phone", [])
        phones.extend((phone, number) for phone in keys.phones)
        identifiers = rows.setdefault(self._prefix + "identifier", [])
        identifiers.extend((value, self._scheme(scheme), number) for scheme, value in keys.ids)
        words = rows.setdefault("company_word", [])
        words.extend((word, number) for word in keys.company_words)

    def _learn(self, rows: dict[str, list[Row]], kind: WordKind, word: str, parts: Sequence[str]) -> None:
        """Put a word in its dictionary, once, with the forms under which a mistake finds it."""
        if not word or (int(kind), word) in self._words:
            return
        self._words.add((int(kind), word))
        rows.setdefault("word", []).append((int(kind), word, sound_of(word)))
        forms = variants_of(word) | frozenset(parts)
        rows.setdefault("variant", []).extend((int(kind), form, word) for form in sorted(forms))

    def _city(self, norm: str, postcode: str) -> int:
        """Return the number of a town, 0 when the party has none."""
        if not norm and not postcode:
            return 0
        key = (norm, postcode)
        if key not in self._cities:
            self._connection.exec_driver_sql("INSERT OR IGNORE INTO city (norm, postcode) VALUES (?, ?)", key)
            found = "SELECT id FROM city WHERE norm = ? AND postcode = ?"
            self._cities[key] = int(self._connection.exec_driver_sql(found, key).scalar_one())
        return self._cities[key]

    def _scheme(self, name: str) -> int:
        if name not in self._schemes:
            number = len(self._schemes) + 1
            self._connection.exec_driver_sql("INSERT INTO scheme (id, name) VALUES (?, ?)", (number, name))
            self._schemes[name] = number
        return self._schemes[name]

    def _insert(self, table: str, rows: list[Row]) -> None:
        if not rows:
            return
        marks = ", ".join("?" * len(rows[0]))
        statement = f"INSERT OR IGNORE INTO {table} VALUES ({marks})"  # noqa: S608 - names of our own tables
        self._connection.exec_driver_sql(statement, rows)

    def _remove(self, person: PersonId) -> int | None:
        """Remove a person and every key; return the number that it had."""
        row = self._connection.exec_driver_sql(
            "SELECT id, body FROM party WHERE person = ?", (person.bytes,)
        ).first()
        if row is None:
            return None
        self._forget(row[0], decoded(row[1]))
        return int(row[0])

    def _forget(self, number: int, party: Party) -> None:
        """Delete a row and the keys that its own content gives; the dictionaries keep their words."""
        keys = keys_of(party)
        run = self._connection.exec_driver_sql
        for name in keys.names:
            run(
                "DELETE FROM name_key WHERE last = ? AND first = ? AND birth = ? AND party = ? AND kind = ?",
                (name.last, name.first, keys.birth, number, int(name.kind)),
            )
        for phone in keys.phones:
            run("DELETE FROM phone WHERE reversed = ? AND party = ?", (phone, number))
        for scheme, value in keys.ids:
            run(
                "DELETE FROM identifier WHERE value = ? AND scheme = ? AND party = ?",
                (value, self._scheme(scheme), number),
            )
        for word in keys.company_words:
            run("DELETE FROM company_word WHERE word = ? AND party = ?", (word, number))
        run("DELETE FROM party WHERE id = ?", (number,))

    def _numbered(self, statement: str) -> dict[str, int]:
        return {row[0]: row[1] for row in self._connection.exec_driver_sql(statement)}

    def _number(self, statement: str) -> int:
        return int(self._connection.exec_driver_sql(statement).scalar_one())


def create_tables(connection: Connection) -> None:
    """Make an empty directory with its staging tables, inside the caller's transaction."""
    for statement in TABLES:
        connection.exec_driver_sql(statement)
    for table, columns in SORTED.items():
        connection.exec_driver_sql(f"CREATE TABLE staged_{table} ({', '.join(columns)})")
    connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")


def sort_and_index(connection: Connection) -> None:
    """Copy the staged rows in the order of their keys, then make the indexes."""
    for table, columns in SORTED.items():
        listed = ", ".join(columns)
        connection.exec_driver_sql(
            f"INSERT OR IGNORE INTO {table} SELECT {listed} FROM staged_{table} ORDER BY {listed}"  # noqa: S608 - names of our own tables
        )
        connection.exec_driver_sql(f"DROP TABLE staged_{table}")
    for statement in INDEXES:
        connection.exec_driver_sql(statement)


def write_meta(connection: Connection, values: dict[str, str]) -> None:
    """Replace facts about the directory itself ("cursor", "as_of")."""
    for name, value in values.items():
        connection.exec_driver_sql("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
