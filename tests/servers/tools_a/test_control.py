from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from avise.demo.faults import Fault, UnsupportedFaultError
from avise.demo.tools.control import ControlServer

_SIGNED = "Authorization: Bearer jeton\r\n"


class _Tool:
    """A tool that accepts one fault only."""

    fault = Fault()

    async def set_fault(self, fault: Fault) -> None:
        if fault != Fault():
            raise UnsupportedFaultError


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async def echo(body: bytes) -> str:
        return body.decode("utf-8")

    control = ControlServer(_Tool(), "jeton", {"/echo": echo})
    yield await control.start()
    await control.aclose()


async def _status(port: int, request: str) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.encode("utf-8"))
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return int(answer.split()[1])


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (f"GET /_demo/fault HTTP/1.1\r\n{_SIGNED}\r\n", 200),
        ("GET /_demo/fault HTTP/1.1\r\n\r\n", 401),
        ("GET /_demo/fault HTTP/1.1\r\nAuthorization: Bearer autre\r\n\r\n", 401),
        (f"GET /ailleurs HTTP/1.1\r\n{_SIGNED}\r\n", 404),
        (f"POST /ailleurs HTTP/1.1\r\n{_SIGNED}\r\n", 404),
        (f"POST /_demo/fault HTTP/1.1\r\n{_SIGNED}Content-Length: 2\r\n\r\n{{}}", 200),
        (f'POST /_demo/fault HTTP/1.1\r\n{_SIGNED}Content-Length: 15\r\n\r\n{{"kind":"slow"}}', 422),
        (f'POST /_demo/fault HTTP/1.1\r\n{_SIGNED}Content-Length: 15\r\n\r\n{{"kind":"vite"}}', 400),
        (f"POST /_demo/fault HTTP/1.1\r\n{_SIGNED}Content-Length: 2\r\n\r\n[]", 400),
        (f"POST /_demo/fault HTTP/1.1\r\n{_SIGNED}Content-Length: 9999999\r\n\r\n", 400),
        (f"POST /_demo/fault HTTP/1.1\r\n{_SIGNED}Content-Length: beaucoup\r\n\r\n", 400),
        (f"POST /echo HTTP/1.1\r\n{_SIGNED}Content-Length: 7\r\n\r\nbonjour", 200),
        ("n'importe quoi\r\n\r\n", 400),
        ("GET /\u00e9 HTTP/1.1\r\n\r\n", 400),
    ],
)
async def test_the_control_port_answers_every_request_by_its_status(
    port: int, request_text: str, status: int
) -> None:
    assert await _status(port, request_text) == status
