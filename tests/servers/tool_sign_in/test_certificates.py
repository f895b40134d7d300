"""Certificates: those that tools show us, by which authority, and the one that we show to a tool."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from avise.connectors import client_certificate as words
from avise.connectors.readings import FacetReading
from avise.connectors.transport_errors import NOT_ACCEPTED
from avise.env import SystemEnv
from avise.models.errors import AviseError, ErrorKind
from avise.models.source_status import SourceState
from avise.services.certificate_words import certificate_sentence
from avise.transport import trust
from avise.transport.outward import Outward
from tests.servers.host.tool_server import Asked, reply, running_tool
from tests.servers.tool_sign_in.authority import Authority, Fronted, Issued, fronted
from tests.servers.tool_sign_in.conftest import Opening, Reader

PASSWORD = "canari-mot-de-passe"  # noqa: S105 - invented


async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
    del asked
    writer.write(reply({"rows": [{"id": "R-1", "subject": "Retard"}]}))
    await writer.drain()


@dataclass
class House:
    """An authority, and the file in which a workstation trusts it."""

    authority: Authority
    ca_file: str
    folder: Path

    @property
    def outward(self) -> Outward:
        return Outward(self.ca_file)


@pytest.fixture
def house(tmp_path: Path) -> House:
    authority = Authority()
    file = tmp_path / "house.pem"
    file.write_bytes(authority.pem)
    return House(authority, str(file), tmp_path)


Front = Callable[..., AbstractAsyncContextManager[Fronted]]


@pytest.fixture
def front(house: House) -> Front:
    """Run a tool behind TLS."""

    @asynccontextmanager
    async def running(*, asks: Authority | None = None) -> AsyncIterator[Fronted]:
        async with running_tool(answer) as tool:
            port = urlsplit(tool.base_url).port or 0
            with fronted(house.folder, house.authority, port, asks=asks) as found:
                yield found

    return running


def shown_by_files(house: House, issued: Issued, name: str = "ours") -> str:
    certificate, key = issued.files(house.folder, name)
    return f'{{ type = "mtls", certificate = "{certificate}", key = "{key}" }}'


def failed(reading: FacetReading) -> tuple[ErrorKind, str]:
    assert reading.error is not None
    return reading.error.kind, reading.error.detail


async def failure_of(reader: Reader) -> tuple[ErrorKind, str]:
    return failed(await reader.read())


# ---- whom we trust -------------------------------------------------------------------------------
async def test_the_authority_of_the_house_is_trusted_by_its_file_alone(
    open_reader: Opening, front: Front, house: House
) -> None:
    async with front() as tool:
        async with open_reader(tool.address, '{ type = "none" }') as reader:
            assert await failure_of(reader) == (ErrorKind.CONFIG, "certificate refused (20)")
        async with open_reader(tool.address, '{ type = "none" }', outward=house.outward) as reader:
            assert (await reader.read()).error is None


async def test_the_system_s_store_is_read(
    open_reader: Opening, front: Front, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", house.ca_file)
    async with front() as tool, open_reader(tool.address, '{ type = "none" }') as reader:
        assert (await reader.read()).error is None


async def test_the_system_s_own_verifier_is_asked_where_there_is_one(
    open_reader: Opening, front: Front, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trust, "SYSTEM_VERIFIES", True)
    async with front() as tool:
        async with open_reader(tool.address, '{ type = "none" }', outward=house.outward) as reader:
            assert (await reader.read()).error is None
        async with open_reader(tool.address, '{ type = "none" }') as reader:
            assert (await failure_of(reader))[0] is ErrorKind.CONFIG


@pytest.mark.parametrize("content", [None, "", "rien de tel"], ids=["missing", "empty", "no certificate"])
def test_a_file_of_the_house_without_certificates_says_so(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "house.pem"
    if content is not None:
        file.write_text(content, "utf-8")
    with pytest.raises(AviseError) as refused:
        trust.trusting(str(file))
    assert refused.value.message_key == "transport.ca_file"


# ---- what we show --------------------------------------------------------------------------------
async def test_a_tool_is_shown_the_certificate_of_its_files_and_no_other_tool_is(
    open_reader: Opening, front: Front, house: House
) -> None:
    auth = shown_by_files(house, house.authority.issue("avise"))
    async with front(asks=house.authority) as tool:
        async with open_reader(tool.address, auth, outward=house.outward) as reader:
            assert (await reader.read()).error is None
        assert tool.shown == ["avise"]
        async with open_reader(tool.address, '{ type = "none" }', outward=house.outward) as reader:
            assert await failure_of(reader) == (ErrorKind.AUTH, NOT_ACCEPTED)
            assert reader.host.status()[0].state is SourceState.NEEDS_AUTH


async def test_a_sealed_certificate_is_shown_and_its_key_stays_off_the_disk(
    open_reader: Opening, front: Front, house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    issued = house.authority.issue("avise", password=PASSWORD)
    secrets = {"token": (issued.certificate + issued.key).decode(), "password": PASSWORD}
    auth = '{ type = "mtls", secret = "token", password_secret = "password" }'
    async with (
        front(asks=house.authority) as tool,
        open_reader(tool.address, auth, outward=house.outward, secrets=secrets) as reader,
    ):
        assert (await reader.read()).error is None
        assert tool.shown == ["avise"]
    assert list(temporary.iterdir()) == []


async def test_a_certificate_of_another_authority_is_not_accepted(
    open_reader: Opening, front: Front, house: House
) -> None:
    auth = shown_by_files(house, Authority("Une autre").issue("avise"))
    async with (
        front(asks=house.authority) as tool,
        open_reader(tool.address, auth, outward=house.outward) as reader,
    ):
        assert await failure_of(reader) == (ErrorKind.AUTH, NOT_ACCEPTED)


async def test_what_is_wrong_with_our_certificate_is_told_before_anything_is_sent(
    open_reader: Opening, front: Front, house: House
) -> None:
    authority = house.authority
    ours, other = authority.issue("avise"), authority.issue("une autre")
    closed = authority.issue("avise", password=PASSWORD)
    cases = {
        words.EXPIRED: authority.issue("avise", ends_in=-timedelta(days=1)),
        words.WRONG_KEY: Issued(ours.certificate, other.key),
        words.WRONG_PASSWORD: closed,
        words.UNREADABLE: Issued(b"rien de tel", ours.key),
        words.NO_KEY: Issued(ours.certificate, b"rien de tel"),
    }
    async with front(asks=authority) as tool:
        for word, issued in cases.items():
            auth = shown_by_files(house, issued)
            async with open_reader(tool.address, auth, outward=house.outward) as reader:
                assert await failure_of(reader) == (ErrorKind.CONFIG, word)
                assert reader.host.status()[0].state is SourceState.MISCONFIGURED
        assert tool.shown == []


async def test_a_certificate_that_it_put_in_place_is_taken_without_a_restart(
    open_reader: Opening, front: Front, house: House
) -> None:
    auth = shown_by_files(house, house.authority.issue("avise", ends_in=-timedelta(days=1)))
    async with (
        front(asks=house.authority) as tool,
        open_reader(tool.address, auth, outward=house.outward) as reader,
    ):
        assert await failure_of(reader) == (ErrorKind.CONFIG, words.EXPIRED)
        shown_by_files(house, house.authority.issue("avise"))
        assert (await reader.read()).error is None


async def test_the_end_of_our_certificate_is_told_thirty_days_before(
    open_reader: Opening, front: Front, house: House
) -> None:
    now = SystemEnv().now()
    async with front(asks=house.authority) as tool:
        for days, told in ((29.5, 29), (0.5, 0), (31.5, None)):
            auth = shown_by_files(house, house.authority.issue("avise", ends_in=timedelta(days=days)))
            async with open_reader(tool.address, auth, outward=house.outward) as reader:
                assert (await reader.read()).error is None
                (row,) = reader.host.status()
                assert row.certificate_days(now) == told
                assert (row.name in certificate_sentence(row, now)) is (told is not None)
    async with front() as tool, open_reader(tool.address, '{ type = "none" }') as reader:
        assert reader.host.status()[0].certificate_ends is None
