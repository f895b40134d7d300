"""How a document is opened piece by piece, against stores that behave well and badly."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from avise.connectors.contract import ConnectorError
from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings, NoSnapshots
from avise.connectors.registry import Registry
from avise.connectors.webdav.connector import PIECE
from avise.env import SystemEnv
from avise.models.errors import ErrorKind
from avise.resources import resource_folder
from tests.servers.host.tool_server import Asked, Behaviour, Tool, reply, running_tool
from tests.servers.tools_b.world import Secrets

REF = "/dossiers/D07-0000001/à signer.pdf"
WHOLE = bytes(range(256)) * (PIECE // 256 * 2) + b"the end"


@asynccontextmanager
async def store(behaviour: Behaviour) -> AsyncIterator[tuple[ConnectorHost, Tool]]:
    """Run a host over a store that behaves like this."""
    file = resource_folder("connectors") / "demo" / "documents.toml"
    async with running_tool(behaviour) as tool:
        settings = [InstanceSettings("documents", "GED", {"base_url": tool.base_url}, connector_file=file)]
        secrets = Secrets({("documents", "password"): "secret"})
        host = ConnectorHost(SystemEnv(), NoSnapshots(), settings, secrets, connectors=Registry())
        await host.start()
        try:
            yield host, tool
        finally:
            await host.aclose()


async def pieces_of(host: ConnectorHost) -> list[bytes]:
    """Open the document and return what comes."""
    async with aclosing(host.content("documents", REF, agent="lea", purpose="call")) as stream:
        return [piece async for piece in stream]


async def failure(host: ConnectorHost) -> ErrorKind:
    """Open the document, which fails."""
    with pytest.raises(ConnectorError) as raised:
        await pieces_of(host)
    assert "signer" not in str(raised.value)
    return raised.value.kind


def ranged(body: bytes, *etags: str) -> Behaviour:
    """Answer ranges of a body; each request has the next validator, the last one again and again."""
    left = list(etags or ['"1"'])

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", asked.headers["range"])
        assert found is not None
        start, end = int(found[1]), min(int(found[2]), len(body) - 1)
        etag = left.pop(0) if len(left) > 1 else left[0]
        headers = {"ETag": etag, "Content-Range": f"bytes {start}-{end}/{len(body)}"}
        if start >= len(body):
            writer.write(reply(b"", status=416))
        else:
            writer.write(reply(body[start : end + 1], status=206, headers=headers))
        await writer.drain()

    return behave


def plain(body: bytes, status: int = 200, content_type: str = "application/pdf") -> Behaviour:
    """Ignore the range that is asked."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(body, status=status, content_type=content_type))
        await writer.drain()

    return behave


async def test_a_large_document_comes_by_pieces_of_a_mebibyte() -> None:
    async with store(ranged(WHOLE)) as (host, tool):
        pieces = await pieces_of(host)
    assert [len(piece) for piece in pieces] == [PIECE, PIECE, 7]
    assert b"".join(pieces) == WHOLE
    assert [asked.headers["range"] for asked in tool.asked] == [
        f"bytes=0-{PIECE - 1}",
        f"bytes={PIECE}-{2 * PIECE - 1}",
        f"bytes={2 * PIECE}-{3 * PIECE - 1}",
    ]
    assert tool.asked[0].path == "/dossiers/D07-0000001/%C3%A0%20signer.pdf"


async def test_a_document_of_exactly_one_piece_is_asked_once() -> None:
    async with store(ranged(WHOLE[:PIECE])) as (host, tool):
        assert [len(piece) for piece in await pieces_of(host)] == [PIECE]
    assert len(tool.asked) == 1


async def test_a_store_that_ignores_ranges_sends_the_document_whole() -> None:
    async with store(plain(WHOLE)) as (host, tool):
        assert b"".join(await pieces_of(host)) == WHOLE
    assert len(tool.asked) == 1


async def test_an_empty_document_is_no_failure() -> None:
    async with store(plain(b"", status=416)) as (host, _):
        assert await pieces_of(host) == []


async def test_a_document_that_changes_meanwhile_is_not_made_of_two() -> None:
    async with store(ranged(WHOLE, '"1"', '"2"')) as (host, _):
        assert await failure(host) is ErrorKind.BAD_DATA


async def test_a_document_that_ends_before_its_length_is_not_handed_over_as_whole() -> None:
    whole = ranged(WHOLE)

    async def shrunk(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.headers["range"].startswith("bytes=0-"):
            await whole(asked, writer)
        else:
            writer.write(reply(b"", status=416))
            await writer.drain()

    async with store(shrunk) as (host, _):
        assert await failure(host) is ErrorKind.BAD_DATA


async def test_a_sign_in_page_is_no_document() -> None:
    page = b"<html><form><input type='password' name='p'></form></html>"
    async with store(plain(page, content_type="text/html")) as (host, _):
        assert await failure(host) is ErrorKind.AUTH


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, ErrorKind.NOT_FOUND), (403, ErrorKind.FORBIDDEN), (401, ErrorKind.AUTH)],
)
async def test_a_refusal_keeps_its_meaning(status: int, kind: ErrorKind) -> None:
    async with store(plain(b"", status=status)) as (host, _):
        assert await failure(host) is kind
