"""Proves what ships beside the demonstration's files, each against its real server, and writes the results.

Minutes: with AVISE_TESTS_PROVE=1 only, after a change of one of them (`test_running.py` tells which).
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest

from avise.connectors.kit.levels import result_path
from avise.connectors.kit.result_file import write_result
from avise.connectors.kit.scenarios import read_scenarios
from avise.connectors.kit.skips import read_skips
from avise.connectors.kit.subject import Subject, subject_of
from avise.connectors.kit.suite import ALL, run_suite
from avise.connectors.kit.trial import THOROUGH, Trial
from avise.connectors.kit.upstream import LiveTool
from avise.connectors.kit.verdicts import AGAINST
from avise.models.conformance import ConformanceLevel
from avise.models.json_types import JSON
from avise.resources import resource_folder
from tests.mariadb_server import MariadbServer, mariadb_server, why_no_mariadb
from tests.postgres_server import has_postgres, postgres_server
from tests.servers.datasette.conftest import datasette
from tests.servers.mailbox.conftest import Mailbox, certificates, mailbox
from tests.servers.sftp.server import PASSWORD, USER, sftp_tool
from tests.servers.soap.contracts_service import USER as SOAP_USER
from tests.servers.soap.contracts_service import contracts_service
from tests.servers.tryton.conftest import Tryton, tryton

__all__ = ["certificates", "datasette", "mailbox", "tryton"]

pytestmark = pytest.mark.skipif(
    "AVISE_TESTS_PROVE" not in os.environ, reason="minutes: with AVISE_TESTS_PROVE=1 only"
)
HERE = Path(__file__).parent
EXAMPLES = resource_folder("connectors") / "examples"
SSH_PORT = 22
"""Of the example, as everywhere."""
T = TypeVar("T")


def prove(
    target: str, scenarios: Path, config: Mapping[str, JSON], secrets: Mapping[str, str] | None = None
) -> Subject:
    """Run every check thoroughly; gold, or the test fails with what stands against it."""
    subject = subject_of(target)
    content = read_scenarios(scenarios, subject.manifest).with_tool(config, secrets or {})
    trial = Trial(subject, content, LiveTool, severity=THOROUGH)
    report = run_suite(trial, read_skips(subject.home, subject.name, [check.name for check in ALL]))
    stand = [f"{one.name}: {one.sentence()}" for one in report.results if one.verdict in AGAINST]
    assert not stand, "\n".join(stand)
    assert report.level is ConformanceLevel.GOLD
    path = result_path(subject.home / f"{subject.name}.toml")
    write_result(path, subject, report, "live", trial.env.now())
    return subject


def test_a_mailbox(mailbox: Mailbox) -> None:
    prove("imap", HERE.parent / "mailbox" / "scenarios.toml", mailbox.config())


def test_a_soap_service() -> None:
    with contracts_service() as service:
        config: dict[str, JSON] = {"base_url": service.base_url, "user": SOAP_USER}
        prove("soap", HERE.parent / "soap" / "scenarios.toml", config)


def test_a_tryton_server(tryton: Tryton) -> None:
    prove("trytond", HERE.parent / "tryton" / "scenarios.toml", tryton.config())


def test_a_datasette(datasette: str) -> None:
    prove(str(EXAMPLES / "datasette.toml"), HERE / "datasette.toml", {"base_url": datasette})


# ---- an SFTP drop --------------------------------------------------------------------------------


def _line(number: int, rank: int) -> str:
    day = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=rank % 300)
    name = "Marchand" if number == 7 else f"Nom{number}"
    return f"M{number:04d};{rank};{name};P{rank};CPAM {number % 7};{'ARE'[rank % 3]};{day:%d/%m/%Y}"


def _drop(folder: Path) -> None:
    (folder / "depot").mkdir(parents=True)
    many = [_line(8, rank) for rank in range(250)]
    lines = [_line(number, 0) for number in range(1, 1_300) if number != 8] + many
    file = folder / "depot" / "flux_28112026.csv"
    file.write_text("\n".join(["matricule;lien;nom;prenom;caisse;etat;maj", *lines, ""]), "latin-1")
    settled = datetime.now(UTC).timestamp() - 3_600
    os.utime(file, (settled, settled))


@contextmanager
def _loop_apart() -> Iterator[asyncio.AbstractEventLoop]:
    """Run a loop on a thread: each check has one of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="sftp server")
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_an_sftp_drop(tmp_path: Path) -> None:
    _drop(tmp_path)
    with _loop_apart() as loop:
        scope = AsyncExitStack()

        def there(work: Coroutine[None, None, T]) -> T:
            return asyncio.run_coroutine_threadsafe(work, loop).result(10)

        try:
            tool = there(scope.enter_async_context(sftp_tool(tmp_path, SSH_PORT)))
            config: dict[str, JSON] = {"host": "127.0.0.1", "user": USER, "host_key": tool.host_key}
            prove(str(EXAMPLES / "sftp.toml"), HERE / "sftp.toml", config, {"password": PASSWORD})
        finally:
            there(scope.aclose())


# ---- SQL -----------------------------------------------------------------------------------------

TABLES = (
    "create table member (member_no varchar(12) primary key, last_name varchar(40), first_name varchar(40),"
    " birth_date date)",
    "create table premium (id integer primary key, member_no varchar(12), due_on date, amount numeric(9,2),"
    " status varchar(1))",
)
MEMBERS = 1_200


def _rows() -> tuple[str, str]:
    members = [
        f"('A{number:04d}', '{'Marchand' if number == 7 else f'Nom{number}'}', 'Hélène', '1968-03-12')"
        for number in range(1, MEMBERS)
    ]
    owners = [(number % 40, number) for number in range(1, 400)] + [(8, number) for number in range(400, 650)]
    premiums = [
        f"({number}, 'A{member:04d}', '2026-{number % 12 + 1:02d}-05', 41.10, '{'PDR'[number % 3]}')"
        for member, number in owners
    ]
    return (
        f"insert into member values {', '.join(members)}",  # noqa: S608 - rows of ours
        f"insert into premium values {', '.join(premiums)}",  # noqa: S608 - rows of ours
    )


def test_a_base_on_mariadb_and_on_postgresql() -> None:
    """One file for both: its result is written once both have reached gold."""
    lacks = why_no_mariadb() or ("" if has_postgres() else "no PostgreSQL")
    if lacks:
        pytest.skip(lacks)
    file = str(EXAMPLES / "sql.toml")
    with mariadb_server() as base:
        _fill_mariadb(base)
        prove(file, HERE / "sql.toml", {"url": base.url()}, {"password": base.password})
    with postgres_server() as server:
        with psycopg.connect(server.url(), autocommit=True) as owner:
            owner.execute(f"create role reader login password '{server.password}'".encode())
            for statement in (*TABLES, *_rows(), "grant select on member, premium to reader"):
                owner.execute(statement.encode())
        url = f"postgresql+psycopg://reader@127.0.0.1:{server.port}/postgres"
        prove(file, HERE / "sql.toml", {"url": url}, {"password": server.password})


def _fill_mariadb(base: MariadbServer) -> None:
    base.run("use mutual")
    for statement in (*TABLES, *_rows()):
        base.run(statement.replace(" member ", " mutual.member ").replace(" premium ", " mutual.premium "))
