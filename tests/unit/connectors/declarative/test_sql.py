"""SQL connector files against SQLite files, through the host's own gateway."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from avise.connectors.contract import Completeness, ConnectorError, Health
from avise.connectors.declarative import new_connector_file
from avise.models.errors import ErrorKind
from tests.unit.connectors.declarative.opened_file import Open

FILE = new_connector_file("sql").replace("status = {", 'contract = "n"\nstatus = {', 1)
FILE = FILE.replace("select id,", 'select id, "order" as n, real_amount, who,').replace(
    'from = "amount"', 'from = "real_amount"'
)

MORE = """
[facet.subject]
last_name = "who"
[[timeline]]
query = "select id, at from call where member_no = :m order by at desc"
params = { m = "{customer.mon_outil.adherent}" }
[timeline.fields]
id = "id"
at = "at"
channel = { value = "phone_in" }
direction = { value = "in" }
title = { value = "Appel" }
[[live]]
field = "iban"
query = "select iban from bank where member_no = :m and id = :record"
params = { m = "{customer.mon_outil.adherent}", record = "{record}" }
value = "iban"
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "dues.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """
            create table premium (id, member_no, due_on, amount, real_amount, status, "order", who);
            create table call (id, member_no, at);
            create table bank (id integer, member_no, iban);
            insert into call values (1, 'A1', '2026-03-24T10:40:00');
            insert into bank values (3, 'A1', 'FR1420041010050500013M02606');
            """
        )
        rows = [(n, "A1", "2026-03-05", "84.20", 84.2, "P", n, "MARCHAND") for n in range(40)]
        rows.append((98, "A2", "2026-03-05", "84.20", 84.2, "X", 1, "DUVAL"))
        rows.append((99, "A2", "someday", "84.20", 84.2, "X", 1, "DUVAL"))
        rows.append((98, "A2", "2026-04-05", "84.20", 84.2, "X", 1, "DUVAL"))
        connection.executemany("insert into premium values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        connection.commit()
    return path


def config(path: Path) -> dict[str, str]:
    return {"url": f"sqlite:///{path}?mode=ro"}


async def test_rows_become_records_with_exact_amounts(open_file: Open, database: Path) -> None:
    opened = await open_file(FILE + MORE, config(database))
    batches = await opened.facet("contributions", mon_outil__adherent="A1")
    records = [record for batch in batches for record in batch.items]
    assert len(records) == 40
    assert batches[-1].completeness is Completeness.COMPLETE
    assert records[0].data["amount"] == "84.2"
    assert records[0].data["status"] == "paid"
    assert records[0].evidence is not None
    assert records[0].evidence.last_name == "MARCHAND"


async def test_unreadable_rows_and_doubled_identifiers_are_counted(open_file: Open, database: Path) -> None:
    opened = await open_file(FILE, config(database))
    (batch,) = await opened.facet("contributions", mon_outil__adherent="A2")
    assert [record.id for record in batch.items] == ["98"]
    assert batch.unreadable == 2


async def test_nobody_is_complete_and_empty(open_file: Open, database: Path) -> None:
    opened = await open_file(FILE, config(database))
    (batch,) = await opened.facet("contributions", mon_outil__adherent="nobody")
    assert (batch.items, batch.completeness) == ((), Completeness.COMPLETE)


async def test_a_value_is_bound_and_never_becomes_sql(open_file: Open, database: Path) -> None:
    opened = await open_file(FILE, config(database))
    (batch,) = await opened.facet("contributions", mon_outil__adherent="A1' or '1'='1")
    assert batch.items == ()


@pytest.mark.parametrize(("most", "read", "completeness"), [(39, 39, "truncated"), (40, 40, "complete")])
async def test_rows_are_bounded_and_the_reading_says_it(
    open_file: Open, database: Path, most: int, read: int, completeness: str
) -> None:
    opened = await open_file(FILE.replace("max_rows = 500", f"max_rows = {most}"), config(database))
    batches = await opened.facet("contributions", mon_outil__adherent="A1")
    assert sum(len(batch.items) for batch in batches) == read
    assert batches[-1].completeness == completeness


async def test_exchanges_and_restricted_values_are_read_too(open_file: Open, database: Path) -> None:
    opened = await open_file(FILE + MORE, config(database))
    batches = await opened.timeline(mon_outil__adherent="A1")
    assert [item.at.isoformat() for batch in batches for item in batch.items] == ["2026-03-24T10:40:00+01:00"]
    assert await opened.live("iban", "3", mon_outil__adherent="A1") == "FR1420041010050500013M02606"
    assert await opened.live("iban", "4", mon_outil__adherent="A1") == ""


async def test_the_check_runs_without_customer_data(open_file: Open, database: Path) -> None:
    opened = await open_file(FILE, config(database))
    assert (await opened.check()).health is Health.OK


def spoil(database: Path, damage: str) -> None:
    database.unlink()
    if damage == "garbage":
        database.write_bytes(b"canary, no database at all" * 400)
    if damage == "other shape":
        sqlite3.connect(database).close()


def created(database: Path) -> bool:
    return database.exists()


@pytest.mark.parametrize(
    ("damage", "kind"),
    [("missing", ErrorKind.UNAVAILABLE), ("garbage", ErrorKind.BAD_DATA), ("other shape", ErrorKind.BUG)],
)
async def test_a_database_that_cannot_be_read_says_why(
    open_file: Open, database: Path, damage: str, kind: ErrorKind
) -> None:
    opened = await open_file(FILE, config(database))
    spoil(database, damage)
    with pytest.raises(ConnectorError) as caught:
        await opened.facet("contributions", mon_outil__adherent="canary-A1")
    assert caught.value.kind is kind
    assert "canary" not in repr(caught.value)
    assert not created(database) or damage != "missing"


@pytest.mark.parametrize(
    "address", ["sqlite:///x.db", "postgresql+psycopg://u:canary@h/b", "mysql://h/b", "nonsense"]
)
async def test_an_address_that_could_write_or_tells_a_password_is_refused(
    open_file: Open, address: str
) -> None:
    with pytest.raises(ConnectorError) as caught:
        await open_file(FILE, {"url": address})
    assert caught.value.kind is ErrorKind.CONFIG
    assert "canary" not in str(caught.value)


ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"


async def test_a_statement_that_lasts_is_stopped(open_file: Open, database: Path) -> None:
    endless = FILE.replace('query = "select 1"', f'query = "{ENDLESS}"').replace('"3s"', '"100ms"')
    opened = await open_file(endless, config(database))
    with pytest.raises(ConnectorError) as caught:
        await opened.check()
    assert caught.value.kind is ErrorKind.TIMEOUT


async def test_a_reader_who_goes_away_leaves_no_statement_behind(open_file: Open, database: Path) -> None:
    opened = await open_file(FILE.replace('query = "select 1"', f'query = "{ENDLESS}"'), config(database))
    for _ in range(8):
        task = asyncio.create_task(opened.check())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    batches = await opened.facet("contributions", mon_outil__adherent="A1")
    assert batches[-1].completeness is Completeness.COMPLETE


async def test_nothing_can_be_written_through_the_gateway(open_file: Open, database: Path) -> None:
    opened = await open_file(FILE, config(database))
    for statement in ("delete from premium", f"attach '{database}' as other", "create temp table t (a)"):
        with pytest.raises(ConnectorError):
            async for _ in opened.context().sql.select(statement, {}, max_rows=1):
                pass
    (batch,) = await opened.facet("contributions", limit=1, mon_outil__adherent="A2")
    assert batch.items


async def test_a_server_that_is_not_there_is_unavailable(open_file: Open) -> None:
    opened = await open_file(
        FILE, {"url": "postgresql+psycopg://avise@127.0.0.1:1/none"}, {"mot_de_passe": "canary"}
    )
    with pytest.raises(ConnectorError) as caught:
        await opened.facet("contributions", mon_outil__adherent="A1")
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert "canary" not in repr(caught.value)
