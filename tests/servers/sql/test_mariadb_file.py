"""A connector file read from a real MariaDB: a facet exactly, and a directory to its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from avise.connectors.contract import Completeness, ConnectorError
from avise.connectors.declarative import check_connector_file
from avise.models.errors import ErrorKind
from tests.mariadb_server import MariadbServer
from tests.unit.connectors.declarative.opened_file import Opened, open_connector_file

FILE = """
avise = 1
[connector]
id = "persons"
name = "Personnes"
version = "1.0.0"
contract = ">=1.0,<2"
owner = "SI"
kind = "sql"
needs_ids = ["billing.account"]
[config.url]
type = "sqlalchemy_url"
label = "Base"
[config.password]
type = "secret"
label = "Mot de passe"
[sql]
url = "{config.url}"
password_secret = "password"
[[facet]]
id = "contributions"
query = "select id, member, due, amount from premium where member = :member order by id"
params = { member = "{customer.billing.account}" }
[facet.subject]
ids = { "billing.account" = "member" }
[facet.fields]
id = "id"
due_on = "due"
amount = { from = "amount", as = "decimal" }
[directory]
query = "select * from person where gone = 0 and id > :after order by id limit :size"
key = "id"
start = %START%
size = 3
summary = "select count(*) as total, max(changed) as newest from person where gone = 0"
changes = '''select * from person where changed > :since or (changed = :since and id > :after)
order by changed, id limit :size'''
changed = "changed"
[directory.fields]
native_id = "id"
kind = { value = "member" }
last_name = "name"
birth_date = "born"
deleted = "gone"
"""


@pytest.fixture(scope="module")
def base(mariadb: MariadbServer) -> MariadbServer:
    mariadb.run(
        "create table mutual.premium (id int primary key, member varchar(12), due date, amount decimal(9,2))",
        "insert into mutual.premium values (1, 'A1', '2026-01-05', 41.10), (2, 'a1', '2026-02-05', 99.99)",
        "create table mutual.person (id varchar(12) primary key, name varchar(40), born date,"
        " changed datetime(6), gone bit(1)) character set latin1",
        "insert into mutual.person select concat('P', lpad(n, 2, '0')), 'LEFÈVRE', '0000-00-00',"
        " timestampadd(hour, n, '2026-11-01'), b'0' from"
        " (with recursive s as (select 1 as n union all select n + 1 from s where n < 8) select n from s) t",
    )
    return mariadb


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


async def opened(base: MariadbServer, folder: Path, stack: AsyncExitStack, start: str) -> Opened:
    path = folder / "persons.toml"
    path.write_text(FILE.replace("%START%", start), encoding="utf-8")
    assert check_connector_file(path) == []
    return await open_connector_file(path, {"url": base.url()}, {"password": base.password}, stack)


async def test_a_record_that_only_the_collation_takes_for_ours_shows_whose_it_is(
    base: MariadbServer, tmp_path: Path, stack: AsyncExitStack
) -> None:
    connector = await opened(base, tmp_path, stack, '""')
    (batch,) = await connector.facet("contributions", billing__account="A1")
    found = [(record.data["amount"], record.evidence and record.evidence.ids) for record in batch.items]
    # The host withholds what does not bear the very identifier that was asked for.
    assert found == [("41.10", {"billing.account": "A1"}), ("99.99", {"billing.account": "a1"})]


async def test_everybody_then_what_changed_goes_on_from_each_page(
    base: MariadbServer, tmp_path: Path, stack: AsyncExitStack
) -> None:
    connector = await opened(base, tmp_path, stack, '""')
    batches = await connector.changes()
    parties = [party for batch in batches for party in batch.items]
    assert [party.native_id for party in parties] == [f"P{number:02d}" for number in range(1, 9)]
    assert {(party.last_name, party.birth_date) for party in parties} == {("LEFÈVRE", None)}
    assert [batch.total for batch in batches] == [8, 8, 8]
    rest = await connector.changes(batches[0].cursor)
    assert [party.native_id for batch in rest for party in batch.items] == [f"P{n:02d}" for n in range(4, 9)]
    base.run("update mutual.person set gone = b'1', changed = '2026-11-03 10:00:00.5' where id = 'P02'")
    later = await connector.changes(batches[-1].cursor)
    assert {party.native_id: party.deleted for batch in later for party in batch.items}["P02"]
    assert later[-1].completeness is Completeness.COMPLETE
    again = await connector.changes(later[-1].cursor)
    assert [party.native_id for batch in again for party in batch.items][-1] == "P02"
    base.run("update mutual.person set gone = b'0', changed = '2026-11-01 02:00:00' where id = 'P02'")


async def test_a_start_of_another_kind_than_the_key_is_told_and_nobody_is_gone(
    base: MariadbServer, tmp_path: Path, stack: AsyncExitStack
) -> None:
    connector = await opened(base, tmp_path, stack, "0")
    with pytest.raises(ConnectorError) as told:
        await connector.changes()
    assert told.value.kind is ErrorKind.BUG
