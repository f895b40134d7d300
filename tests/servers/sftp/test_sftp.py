"""Nightly files on a real SFTP server: which one is read, by whom, and what a bad line makes of it."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from avise.connectors.contract import Batch, ConnectorError, Record
from avise.connectors.declarative import check_connector_file
from avise.models.bulk_reading import DoubtKind
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON
from tests.servers.sftp.server import PASSWORD, USER, SftpTool, sftp_tool
from tests.unit.connectors.declarative.opened_file import Open, Opened, open_connector_file

FILE = """
avise = 1
[connector]
id = "flux"
name = "Flux"
version = "1.0.0"
contract = ">=1.0,<2"
owner = "SI"
kind = "files"
needs_ids = ["noemie.registration"]
[config.host]
type = "text"
label = "Serveur"
[config.pass]
type = "secret"
label = "Mot de passe"
[sftp]
host = "{config.host}"
port = %PORT%
user = "avise"
%HOW%
[csv]
folder = "/depot"
pattern = "flux_*.csv"
encoding = "latin-1"
key = "matricule"
as_of = "name"
as_of_format = "flux_%d%m%Y.csv"
%MORE%
[[facet]]
id = "noemie"
key = "{customer.noemie.registration}"
[facet.fields]
id = "matricule"
fund = "caisse"
[directory]
size = 1000
[directory.fields]
native_id = "matricule"
kind = { value = "member" }
last_name = "caisse"
"""

CANARY = "CANARY-Kerguelen"


@pytest.fixture
async def tool(tmp_path: Path) -> AsyncIterator[SftpTool]:
    folder = tmp_path / "server"
    (folder / "depot").mkdir(parents=True)
    async with sftp_tool(folder) as running:
        yield running


@pytest.fixture
async def open_file(tmp_path: Path) -> AsyncIterator[Open]:
    async with AsyncExitStack() as stack:

        async def opened(text: str, secrets: dict[str, str]) -> Opened:
            path = tmp_path / "flux.toml"
            path.write_text(text, encoding="utf-8")
            assert check_connector_file(path) == []
            config: dict[str, JSON] = {"host": "127.0.0.1"}
            return await open_connector_file(path, config, secrets, stack)

        yield opened


def write(
    tool: SftpTool, name: str, count: int, *, end: str = "", age: int = 3600, word: str = "Is\u00e8re"
) -> Path:
    path = tool.folder / "depot" / name
    lines = ["matricule;caisse", *(f"M{number};{word} {number}" for number in range(count)), end]
    path.write_bytes("\r\n".join(lines).encode("latin-1"))
    moment = datetime.now(UTC).timestamp() - age
    os.utime(path, (moment, moment))
    return path


def text(tool: SftpTool, how: str = "", more: str = "") -> str:
    pinned = f'host_key = "{tool.host_key}"\npassword_secret = "pass"'
    return FILE.replace("%PORT%", str(tool.port)).replace("%HOW%", how or pinned).replace("%MORE%", more)


def everything(folder: Path) -> set[Path]:
    """Return what is there: nothing of a file may be left on the workstation."""
    return set(folder.rglob("*"))


SECRETS = {"pass": PASSWORD}


async def read(opened: Opened, number: str) -> Batch[Record]:
    (batch,) = await opened.facet("noemie", noemie__registration=number)
    return batch


async def kind_of(opened: Opened) -> ErrorKind:
    with pytest.raises(ConnectorError) as refused:
        await read(opened, "M1")
    for word in (PASSWORD, CANARY, USER):
        assert word not in f"{refused.value!r}{refused.value.__cause__}"
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    return refused.value.kind


async def test_the_newest_file_by_the_date_in_its_name_is_read_where_it_is(
    open_file: Open, tool: SftpTool, tmp_path: Path
) -> None:
    write(tool, "flux_31102026.csv", 10, word="vieux")
    write(tool, "flux_02112026.csv", 10)
    write(tool, "flux_lisez-moi.csv", 3)
    opened = await open_file(text(tool), SECRETS)
    before = everything(tmp_path)
    batch = await read(opened, "M7")
    assert [record.data["fund"] for record in batch.items] == ["Is\u00e8re 7"]
    assert batch.as_of == datetime.fromisoformat("2026-11-02T00:00:00+01:00")
    assert (await read(opened, "M99")).items == ()
    assert everything(tmp_path) == before


async def test_a_private_key_and_a_file_of_known_hosts_serve_too(
    open_file: Open, tool: SftpTool, tmp_path: Path
) -> None:
    write(tool, "flux_02112026.csv", 3)
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{tool.port} {tool.host_key}\n")
    opened = await open_file(
        text(tool, f'known_hosts = "{known}"\nkey_secret = "pass"'), {"pass": tool.private_key}
    )
    assert len((await read(opened, "M2")).items) == 1


async def test_a_server_that_nothing_vouches_for_is_not_spoken_to(
    open_file: Open, tool: SftpTool, tmp_path: Path
) -> None:
    write(tool, "flux_02112026.csv", 3)
    other = tool.client_key.export_public_key().decode().strip()
    opened = await open_file(text(tool, f'host_key = "{other}"\npassword_secret = "pass"'), SECRETS)
    assert await kind_of(opened) is ErrorKind.CONFIG
    known = tmp_path / "known_hosts"
    known.write_text(f"[somewhere.example]:22 {tool.host_key}\n")
    opened = await open_file(text(tool, f'known_hosts = "{known}"\npassword_secret = "pass"'), SECRETS)
    assert await kind_of(opened) is ErrorKind.CONFIG


@pytest.mark.parametrize(
    ("how", "key"),
    [
        ('password_secret = "pass"', "sftp_host_key"),
        ('host_key = ""\npassword_secret = "pass"', "sftp_host_key"),
        ('host_key = "none"\npassword_secret = "pass"', "sftp_host_key_form"),
        ('host_key = "ssh-ed25519 AAAA"', "sftp_secret"),
        (
            'host_key = "ssh-ed25519 AAAA"\npassword_secret = "pass"\npassphrase_secret = "pass"',
            "sftp_passphrase",
        ),
    ],
)
def test_an_account_or_a_server_badly_told_is_refused_with_a_sentence(
    tmp_path: Path, how: str, key: str
) -> None:
    path = tmp_path / "flux.toml"
    path.write_text(FILE.replace("%PORT%", "22").replace("%HOW%", how).replace("%MORE%", ""))
    problems = check_connector_file(path)
    assert [problem.message_key for problem in problems] == [f"connector_check.{key}"]
    assert key not in problems[0].sentence()


async def test_what_goes_wrong_is_told_by_its_kind(open_file: Open, tool: SftpTool) -> None:
    opened = await open_file(text(tool), {"pass": "wrong"})
    assert await kind_of(opened) is ErrorKind.AUTH
    opened = await open_file(text(tool), SECRETS)
    assert await kind_of(opened) is ErrorKind.UNAVAILABLE  # no file
    (tool.folder / "depot").rmdir()
    opened = await open_file(text(tool), SECRETS)
    assert await kind_of(opened) is ErrorKind.CONFIG
    opened = await open_file(text(tool).replace(f"port = {tool.port}", "port = 9"), SECRETS)
    assert await kind_of(opened) is ErrorKind.UNAVAILABLE
    with pytest.raises(ConnectorError) as unreadable:
        await open_file(text(tool, f'host_key = "{tool.host_key}"\nkey_secret = "pass"'), SECRETS)
    assert unreadable.value.kind is ErrorKind.CONFIG
    assert PASSWORD not in repr(unreadable.value)


@pytest.mark.parametrize("denied", ["list", "open"])
async def test_what_the_account_may_not_read_is_forbidden_and_not_absent(
    open_file: Open, tool: SftpTool, denied: str
) -> None:
    write(tool, "flux_02112026.csv", 3)
    tool.denied = denied
    assert await kind_of(await open_file(text(tool), SECRETS)) is ErrorKind.FORBIDDEN


async def test_a_server_that_never_answers_is_given_up(
    open_file: Open, tool: SftpTool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avise.connectors.sftp.connection.SIGN_IN_S", 0.3)

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as silent:
        port = silent.sockets[0].getsockname()[1]
        opened = await open_file(text(tool).replace(f"port = {tool.port}", f"port = {port}"), SECRETS)
        assert await kind_of(opened) in {ErrorKind.TIMEOUT, ErrorKind.UNAVAILABLE}


async def test_a_file_that_is_still_written_is_left(open_file: Open, tool: SftpTool) -> None:
    write(tool, "flux_01112026.csv", 3, word="avant")
    write(tool, "flux_02112026.csv", 3, age=0)
    write(tool, "flux_03112026.csv.part", 3)
    write(tool, ".flux_04112026.csv", 3)
    opened = await open_file(text(tool), SECRETS)
    assert [record.data["fund"] for record in (await read(opened, "M1")).items] == ["avant 1"]


async def test_a_file_without_its_last_line_is_left_whatever_its_age(open_file: Open, tool: SftpTool) -> None:
    write(tool, "flux_01112026.csv", 3, end="#FIN", word="avant")
    write(tool, "flux_02112026.csv", 3)
    opened = await open_file(text(tool, more='end = "#FIN"'), SECRETS)
    batch = await read(opened, "M1")
    assert [record.data["fund"] for record in batch.items] == ["avant 1"]
    assert batch.unreadable == 0


async def test_a_connection_cut_in_the_middle_goes_on_where_it_was(open_file: Open, tool: SftpTool) -> None:
    write(tool, "flux_02112026.csv", 80_000)
    tool.drops = 1
    opened = await open_file(text(tool), SECRETS)
    batches = await opened.changes()
    found = [party.native_id for batch in batches for party in batch.items]
    assert found == [f"M{number}" for number in range(80_000)]
    assert tool.drops == 0
    assert tool.connections == 2


async def test_a_directory_goes_on_from_any_page_and_doubts_a_small_file(
    open_file: Open, tool: SftpTool
) -> None:
    write(tool, "flux_01112026.csv", 5_000)
    opened = await open_file(text(tool), SECRETS)
    batches = await opened.changes()
    assert len(batches) == 5
    rest = await opened.changes(batches[2].cursor)
    assert [party.native_id for batch in rest for party in batch.items] == [
        f"M{n}" for n in range(3_000, 5_000)
    ]
    write(tool, "flux_02112026.csv", 2_000)
    opened = await open_file(text(tool), SECRETS)
    (held,) = await opened.changes(batches[-1].cursor)
    assert held.doubt is not None
    assert held.doubt.kind is DoubtKind.FILE
    assert held.doubt.before > 2 * held.doubt.now


async def test_a_file_larger_than_allowed_is_refused_before_it_is_read(
    open_file: Open, tool: SftpTool
) -> None:
    write(tool, "flux_02112026.csv", 60_000)
    opened = await open_file(
        text(tool, f'host_key = "{tool.host_key}"\npassword_secret = "pass"\nlargest_mb = 1'), SECRETS
    )
    assert await kind_of(opened) is ErrorKind.BAD_DATA
    assert tool.reads == []


async def test_cancelling_leaves_the_next_reading_unharmed_and_nothing_is_logged_of_the_file(
    open_file: Open, tool: SftpTool, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    write(tool, "flux_02112026.csv", 40_000, word=CANARY)
    opened = await open_file(text(tool), SECRETS)
    for pause in (0.0, 0.01, 0.05, 0.1):
        reading = asyncio.create_task(opened.changes())
        await asyncio.sleep(pause)
        reading.cancel()
        (ended,) = await asyncio.gather(reading, return_exceptions=True)
        # On a fast machine it may have come to its end.
        assert not isinstance(ended, Exception)
    assert len((await read(opened, "M39999")).items) == 1
    written = caplog.text + capsys.readouterr().out
    assert CANARY not in written
    assert PASSWORD not in written
