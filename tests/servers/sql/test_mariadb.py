"""The SQL gateway on a real MariaDB: read-only, bounded in rows and in time, its errors in our words."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from avise.connectors.contract import ConnectorError
from avise.connectors.endpoints import SqlEndpoint
from avise.connectors.sql.gateway import EngineSqlGateway, open_sql_gateway
from avise.connectors.sql.mariadb import rights_of
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON
from avise.transport.faults import PROXY_ACCOUNT, PROXY_SILENT
from avise.transport.outward import Outward, OwnWay
from avise.transport.proxies import Proxies
from tests.forward_proxy import proxy, silent_address
from tests.mariadb_server import MariadbServer
from tests.servers.sql.test_postgresql import rows
from tests.servers.tool_sign_in.authority import FAR

CANARY = "canary-28103"


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as threads:
        yield threads


@pytest.fixture(scope="module")
def base(mariadb: MariadbServer) -> MariadbServer:
    mariadb.run(
        "create table mutual.compte (no varchar(12) character set utf8mb4 primary key, nom varchar(40)"
        " character set latin1, solde decimal(10,2), ne date, vu datetime(6), actif bit(1), note text)",
        "insert into mutual.compte values"
        " ('A1', 'HÉLÈNE', 1234567.89, '1968-03-12', '2026-11-28 10:00:00.25', b'1', '🙂'),"
        " ('A2', 'Zoé', -0.10, '0000-00-00', '0000-00-00 00:00:00', b'0', null)",
        "create table mutual.verrou (n int primary key) engine=innodb",
        "insert into mutual.verrou values (1)",
    )
    return mariadb


def endpoint(
    base: MariadbServer, user: str = "reader", *, database: str = "mutual", seconds: float = 3
) -> SqlEndpoint:
    return SqlEndpoint(base.url(user, database), "password", timedelta(seconds=seconds))


@asynccontextmanager
async def opened(
    where: SqlEndpoint, password: str, pool: ThreadPoolExecutor, way: OwnWay | None = None
) -> AsyncIterator[EngineSqlGateway]:
    gateway = await open_sql_gateway(where, password, pool, way)
    try:
        yield gateway
    finally:
        await gateway.aclose()


async def fault(gateway: EngineSqlGateway, statement: str) -> ConnectorError:
    params: dict[str, JSON] = {"canary": CANARY} if ":canary" in statement else {}
    with pytest.raises(ConnectorError) as caught:
        await rows(gateway, statement, params)
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    return caught.value


async def test_values_keep_their_exact_meaning(base: MariadbServer, pool: ThreadPoolExecutor) -> None:
    async with opened(endpoint(base), base.password, pool) as gateway:
        found = await rows(gateway, "select * from compte where no = :no", {"no": "A1"})
        assert found == [
            {
                "no": "A1",
                "nom": "HÉLÈNE",
                "solde": Decimal("1234567.89"),
                "ne": date(1968, 3, 12),
                "vu": datetime(2026, 11, 28, 10, 0, 0, 250_000),  # noqa: DTZ001 - a column without zone
                "actif": 1,
                "note": "🙂",
            }
        ]
        (second,) = await rows(gateway, "select ne, vu, actif, solde from compte where no = 'A2'")
        assert second == {"ne": None, "vu": None, "actif": 0, "solde": Decimal("-0.10")}


async def test_a_statement_is_bound_and_sends_no_more_rows_than_are_read(
    base: MariadbServer, pool: ThreadPoolExecutor
) -> None:
    async with opened(endpoint(base), base.password, pool) as gateway:
        injected: dict[str, JSON] = {"no": "A1' or '1'='1"}
        assert await rows(gateway, "select 1 from compte where no = :no", injected) == []
        percent: dict[str, JSON] = {"no": "A%"}
        assert len(await rows(gateway, "select no from compte where no like :no", percent)) == 2
        endless = (
            "with recursive n as (select 1 as i union all select i + 1 from n where i < 900) select i from n"
        )
        assert len(await rows(gateway, endless, most=20)) == 21
        (limit,) = await rows(gateway, "select @@sql_select_limit as most", most=7)
        assert limit == {"most": 8}


async def test_two_numbers_that_differ_by_case_are_one_for_the_server_and_two_when_asked_exactly(
    base: MariadbServer, pool: ThreadPoolExecutor
) -> None:
    async with opened(endpoint(base), base.password, pool) as gateway:
        # The trap that `docs/connectors.md` tells of: the collation of the column decides.
        for lax in ("a1", "A1 ", "Á1"):
            assert await rows(gateway, "select no from compte where no = :no", {"no": lax}) == [{"no": "A1"}]
        exact = "select no from compte where no = :no and cast(no as binary) = cast(:no as binary)"
        assert await rows(gateway, exact, {"no": "a1"}) == []
        assert await rows(gateway, exact, {"no": "A1"}) == [{"no": "A1"}]


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("select * from absente where x = :canary", ErrorKind.BUG),
        ("select absente from compte where no = :canary", ErrorKind.BUG),
        ("select from where :canary", ErrorKind.BUG),
        ("select * from mysql.global_priv where user = :canary", ErrorKind.FORBIDDEN),
        ("with x as (select 1) delete from compte where no = :canary", ErrorKind.BUG),
        ("select * from compte where no = :canary for update", ErrorKind.BUG),
    ],
)
async def test_a_statement_that_fails_is_told_by_its_kind_without_its_values(
    base: MariadbServer, pool: ThreadPoolExecutor, statement: str, kind: ErrorKind
) -> None:
    async with opened(endpoint(base), base.password, pool) as gateway:
        assert (await fault(gateway, statement)).kind is kind
        assert await rows(gateway, "select 1 as one") == [{"one": 1}]


async def test_what_refuses_a_connection_is_told_apart(base: MariadbServer, pool: ThreadPoolExecutor) -> None:
    cases = (
        (endpoint(base), "wrong", ErrorKind.AUTH),
        (endpoint(base, "nobody"), base.password, ErrorKind.AUTH),
        (endpoint(base, database="ailleurs"), base.password, ErrorKind.FORBIDDEN),
        (
            replace(endpoint(base), url="mariadb+pymysql://reader@127.0.0.1:9/mutual"),
            "",
            ErrorKind.UNAVAILABLE,
        ),
        (replace(endpoint(base), tls="verify"), base.password, ErrorKind.CONFIG),
    )
    for where, password, kind in cases:
        async with opened(where, password, pool) as gateway:
            assert (await fault(gateway, "select 1")).kind is kind, where.url


async def test_an_account_that_may_write_is_refused(base: MariadbServer, pool: ThreadPoolExecutor) -> None:
    async with opened(endpoint(base, "writer"), base.password, pool) as gateway:
        refused = await fault(gateway, "select 1")
        assert (refused.kind, refused.detail) == (ErrorKind.CONFIG, "the account may insert")


@pytest.mark.parametrize(
    ("grant", "rights"),
    [
        ("GRANT USAGE ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD '*X'", ["USAGE"]),
        ("GRANT SELECT (a, b), SHOW VIEW ON `m`.`t` TO `a`@`%`", ["SELECT", "SHOW VIEW"]),
        ("GRANT ALL PRIVILEGES ON *.* TO `a`@`%` WITH GRANT OPTION", ["ALL PRIVILEGES", "GRANT OPTION"]),
        ("GRANT `lecteurs` TO `a`@`%`", []),
        ("SET DEFAULT ROLE `lecteurs` FOR `a`@`%`", []),
    ],
)
def test_rights_are_read_from_a_grant(grant: str, rights: list[str]) -> None:
    assert list(rights_of(grant)) == rights


def statements_under_way(base: MariadbServer) -> int:
    with closing(base.owner()) as owner, owner.cursor() as cursor:
        cursor.execute("select count(*) from information_schema.processlist where info like 'select sleep%'")
        (count,) = cursor.fetchone()
        return int(count)


async def until_there_are(base: MariadbServer, count: int) -> None:
    for _ in range(1_500):
        if statements_under_way(base) == count:
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"never {count} statements")


async def test_a_statement_that_lasts_is_stopped_by_the_server(
    base: MariadbServer, pool: ThreadPoolExecutor
) -> None:
    async with opened(endpoint(base, seconds=1), base.password, pool) as gateway:
        assert (await fault(gateway, "select sleep(300) from compte")).kind is ErrorKind.TIMEOUT
        assert await rows(gateway, "select 1 as one") == [{"one": 1}]
        await until_there_are(base, 0)


async def test_a_cancelled_reading_kills_its_statement_and_leaves_the_connection_usable(
    base: MariadbServer, pool: ThreadPoolExecutor
) -> None:
    async with opened(endpoint(base, seconds=60), base.password, pool) as gateway:
        reading = asyncio.create_task(rows(gateway, "select sleep(300) from compte"))
        await until_there_are(base, 1)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await until_there_are(base, 0)
        for _ in range(3):
            assert await rows(gateway, "select 1 as one") == [{"one": 1}]


async def test_a_connection_that_the_server_dropped_is_opened_again(
    base: MariadbServer, pool: ThreadPoolExecutor
) -> None:
    async with opened(endpoint(base), base.password, pool) as gateway:
        (mine,) = await rows(gateway, "select connection_id() as id")
        base.run(f"kill connection {mine['id']}")
        (other,) = await rows(gateway, "select connection_id() as id")
        assert other != mine


async def test_a_lock_that_is_waited_for_is_a_passing_trouble(
    base: MariadbServer, pool: ThreadPoolExecutor
) -> None:
    base.run("grant select on mutual.* to reader", "set global lock_wait_timeout = 1")
    with closing(base.owner()) as owner, owner.cursor() as cursor:
        cursor.execute("lock tables mutual.verrou write")
        async with opened(endpoint(base, seconds=20), base.password, pool) as gateway:
            assert (await fault(gateway, "select * from verrou")).kind is ErrorKind.UNAVAILABLE
    base.run("set global lock_wait_timeout = 86400")


async def test_a_server_is_recognised_by_its_certificate(
    base: MariadbServer, pool: ThreadPoolExecutor
) -> None:
    here = base.url().replace("127.0.0.1", "localhost")
    trusted = replace(endpoint(base), url=here, tls="verify", tls_ca=str(base.authority))
    async with opened(trusted, base.password, pool) as gateway:
        (cipher,) = await rows(gateway, "show session status like 'ssl_cipher'")
        assert cipher["Value"]
    # The same certificate under another name, and one whose authority nobody knows.
    for where in (replace(trusted, url=base.url()), replace(trusted, tls_ca="")):
        async with opened(where, base.password, pool) as gateway:
            assert (await fault(gateway, "select 1")).kind is ErrorKind.CONFIG


async def test_a_file_of_authorities_that_is_not_there_is_told_before_anything_is_sent(
    base: MariadbServer, pool: ThreadPoolExecutor
) -> None:
    where = replace(endpoint(base), tls="verify", tls_ca="/nowhere/authority.pem")
    with pytest.raises(ConnectorError) as refused:
        await open_sql_gateway(where, base.password, pool)
    assert refused.value.kind is ErrorKind.CONFIG


async def test_a_server_that_only_the_proxy_finds_is_read_through_it_under_the_house_s_certificate(
    base: MariadbServer, pool: ThreadPoolExecutor
) -> None:
    far = replace(endpoint(base), url=base.url().replace("127.0.0.1", FAR), tls="verify")
    async with proxy("svc:canari") as running:
        house = Outward(str(base.authority), Proxies(running.address, "svc", "canari"))
        async with opened(far, base.password, pool, OwnWay(house)) as gateway:
            assert len(await rows(gateway, "select no from compte")) == 2
        assert set(running.asked) == {f"CONNECT {FAR}:{base.port}"}
        no_account = OwnWay(Outward(str(base.authority), Proxies(running.address)))
        async with opened(far, base.password, pool, no_account) as gateway:
            assert (await fault(gateway, "select 1")).detail == PROXY_ACCOUNT
    silent = OwnWay(Outward(proxies=Proxies(silent_address())))
    async with opened(far, base.password, pool, silent) as gateway:
        assert (await fault(gateway, "select 1")).detail == PROXY_SILENT
    async with (
        proxy() as running,
        opened(
            replace(far, url=base.url().replace("127.0.0.1", "autre.maison.invalid")),
            base.password,
            pool,
            OwnWay(Outward(str(base.authority), Proxies(running.address))),
        ) as gateway,
    ):
        assert (await fault(gateway, "select 1")).detail == "certificate refused (62)"
