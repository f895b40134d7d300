"""Everybody whom a tool lists, by the hundred thousand: the same at each run, and others after a change."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

OLD, NEW = "VALLORIN", "KERVADEC"
"""Name of the first person, before a change and after it."""

COLUMNS = (
    "id", "last_name", "first_name", "birth_name", "birth_date", "member", "phone", "email", "city",
    "postcode",
)  # fmt: skip

HEAD = """
avise = 1
[connector]
id = "persons"
name = "Référentiel des personnes"
version = "1.0.0"
contract = ">=1.0,<2"
owner = "SI"
kind = "{kind}"
"""
"""How the file of a connector that lists them begins."""

SQL_HEAD = f"""{HEAD.format(kind="sql")}[config.base]
type = "sqlalchemy_url"
label = "Base"
required = true
[sql]
url = "{{config.base}}"
[directory]
"""
"""The same, read from a database, up to its question."""

FIELDS = """
[directory.fields]
native_id = "id"
kind = { value = "member" }
last_name = "last_name"
first_name = "first_name"
birth_name = "birth_name"
birth_date = "birth_date"
member_number = "member"
phones = "phone"
email = "email"
city = "city"
postcode = "postcode"
"""
"""How a connector's file reads them."""

_SYLLABLES = ("bar", "cor", "del", "fau", "gri", "lam", "mer", "nor", "pel", "rou", "sau", "tan", "ver")
_CITIES = (("Nantes", "44000"), ("Rennes", "35000"), ("Brest", "29200"), ("Vannes", "56000"))


def persons(count: int, *, changed: bool = False) -> Iterator[tuple[object, ...]]:
    """Yield a row a person, in the order of `COLUMNS`.

    Args:
        count: how many.
        changed: half of the surnames are others, and a fiftieth more persons have come.
    """
    for number in range(1, count + (count // 50 if changed else 0) + 1):
        last = _named(number // 9, 1 if changed and number % 2 else 0).upper()
        if number == 1:
            last = NEW if changed else OLD
        city, postcode = _CITIES[number % 4]
        born = f"{1930 + number % 80}-{1 + number % 12:02}-{1 + number % 28:02}"
        birth_name = "" if number % 4 else _named(number // 5, 3).upper()
        yield (
            number, last, _named(number % 400, 2).title(), birth_name, born,
            f"{number:010}", f"+336{number % 10**8:08}", f"p{number}@exemple.invalid", city, postcode,
        )  # fmt: skip


def write_persons(base: Path, count: int, *, changed: bool = False) -> None:
    """Write everybody into a database."""
    with closing(sqlite3.connect(base)) as connection, connection:
        connection.execute("drop table if exists person")
        connection.execute(f"create table person (id integer primary key, {', '.join(COLUMNS[1:])})")
        rows = persons(count, changed=changed)
        connection.executemany("insert into person values (?,?,?,?,?,?,?,?,?,?)", rows)


def _named(number: int, salt: int) -> str:
    chance = random.Random(number * 7 + salt)
    return "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 3)))
