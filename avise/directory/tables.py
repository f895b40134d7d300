"""The directory's tables: texts once in dictionaries, numbers elsewhere, B-trees in the searches' order.

Measured over 4.3 million persons, every lookup by a composite B-tree stays under 20 ms at p95 where full-text
and trigram indexes took 44 to 1,473: there is none here. A surname is forgiven one letter by its dictionary
and the forms with a letter left out, and its sound by a phonetic key of that dictionary. A person is one row
of `party` and, for each name that they are found under, one of `name`, in numbers of the dictionaries: 4.3
million persons are 1.2 GB where the same rows with their texts were 5.8.
"""

from __future__ import annotations

VERSION = 4
"""Of the keys too: whoever changes a person has to find what was written of them.

2 kept other parts of a surname, 3 each letter of « M.D.G.V. » apart.
"""
APPLICATION_ID = 0x41564452
"""Marks the file as a directory of Avise ("AVDR")."""

COLUMNS = {
    "meta": ("name", "value"),
    "spelling": ("id", "value"),
    "surname": ("id", "norm", "sound", "uses"),
    "surname_form": ("form", "word"),
    "first_name": ("id", "norm", "sound", "uses"),
    "first_name_form": ("form", "word"),
    "city": ("id", "norm", "postcode", "name"),
    "party": (
        "id", "person", "dossier", "native", "owner", "kind", "last", "first", "birth_name", "born",
        "member", "city", "email", "domain", "phones", "relation", "representative", "restricted", "shape",
        "ids", "extra",
    ),
    "name": ("last", "first", "party", "kind", "born", "city"),
    "phone": ("ending", "party"),
    "identifier": ("hash", "party"),
    "company_number": ("number", "party"),
    "company_word": ("word", "party"),
}  # fmt: skip
"""Columns of each table, in order."""

_TYPES = {
    "id": "INTEGER PRIMARY KEY", "kind": "INTEGER NOT NULL", "word": "INTEGER NOT NULL",
    "city": "INTEGER NOT NULL", "person": "INTEGER NOT NULL", "dossier": "INTEGER NOT NULL",
    "last": "INTEGER NOT NULL", "first": "INTEGER NOT NULL", "birth_name": "INTEGER NOT NULL",
    "born": "INTEGER NOT NULL", "domain": "INTEGER NOT NULL", "relation": "INTEGER NOT NULL",
    "representative": "INTEGER NOT NULL", "restricted": "INTEGER NOT NULL", "shape": "INTEGER NOT NULL",
    "party": "INTEGER NOT NULL", "hash": "INTEGER NOT NULL", "uses": "INTEGER NOT NULL",
    "ending": "INTEGER NOT NULL",
}  # fmt: skip
_TEXT = "TEXT NOT NULL"

KEYS = {
    "meta": "name",
    "surname_form": "form, word",
    "first_name_form": "form, word",
    "name": "last, first, party, kind",
    "phone": "ending, party",
    "identifier": "hash, party",
    "company_number": "number, party",
    "company_word": "word, party",
}
"""Tables that are their own index. `name` is read by surname and first name."""

STAGED = ("name", "phone", "identifier", "surname_form", "first_name_form")
"""Tables that SQLite fills through a staging table, then copies in their key's order: inserting millions of
rows at random places of a B-tree would read and write each page many times."""

DICTIONARY_INDEXES = (
    "CREATE UNIQUE INDEX spelling_by_value ON spelling (value)",
    "CREATE UNIQUE INDEX surname_by_norm ON surname (norm)",
    "CREATE UNIQUE INDEX first_name_by_norm ON first_name (norm)",
    "CREATE UNIQUE INDEX city_by_name ON city (norm, postcode, name)",
)
INDEXES = (
    *DICTIONARY_INDEXES,
    "CREATE INDEX surname_by_sound ON surname (sound)",
    "CREATE INDEX first_name_by_sound ON first_name (sound)",
    "CREATE INDEX city_by_postcode ON city (postcode)",
    # Three bytes of an identity and not sixteen: whoever reads checks the others (`reading.py`).
    "CREATE INDEX party_by_person ON party (person)",
    "CREATE INDEX party_by_dossier ON party (dossier) WHERE owner <> ''",
    # Not unique: a beneficiary bears the member's number, and a bad source gives one to two people.
    "CREATE INDEX party_by_member ON party (member) WHERE member <> ''",
    "CREATE INDEX party_by_email ON party (email, domain) WHERE email <> ''",
    "CREATE INDEX company_word_by_party ON company_word (party, word)",
    "CREATE INDEX name_by_birth ON name (born, last)",
    "CREATE INDEX name_by_city ON name (city, last, first)",
    "CREATE INDEX name_by_first ON name (first, city) WHERE kind = 0",
)


def definitions(*, postgres: bool) -> list[str]:
    """Return the statements that make empty tables, without their indexes."""
    made = []
    for table, columns in COLUMNS.items():
        listed = [f"{column} {_type(table, column, postgres=postgres)}" for column in columns]
        tail = ""
        if table in KEYS and not postgres:
            listed.append(f"PRIMARY KEY ({KEYS[table]})")
            tail = " WITHOUT ROWID"
        made.append(f"CREATE TABLE {table} ({', '.join(listed)}){tail}")
    return made


def _type(table: str, column: str, *, postgres: bool) -> str:
    found = _TYPES.get(column, _TEXT)
    if table == "company_word" and column == "word":
        found = _TEXT
    if not postgres:
        return found
    # Its locale's order is neither that of the searches' ranges nor that of Python.
    return found.replace("TEXT", 'TEXT COLLATE "C"').replace(" PRIMARY KEY", " NOT NULL")


def keys(*, postgres: bool) -> list[str]:
    """Return the statements that make the tables' own order, on an engine where it is an index apart."""
    if not postgres:
        return []
    ordered = {table: "id" for table, columns in COLUMNS.items() if "id" in columns} | KEYS
    return [f"ALTER TABLE {table} ADD PRIMARY KEY ({columns})" for table, columns in ordered.items()]
