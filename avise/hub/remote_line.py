"""The line to the hub of a house: HTTPS, each call with a deadline, and what a refusal says (`hub.md` 1).

The only module of the hub that speaks HTTP to somebody else. Certificates are always verified; plain http
is spoken on this very machine only. Nothing of a call is logged.
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections.abc import AsyncGenerator, Mapping

import httpx2

from avise.hub.http_reading import MalformedError, Told, from_json, to_json
from avise.hub.port import (
    HubError,
    HubUnreachableError,
    IdCollisionError,
    ResendMismatchError,
    SequenceGapError,
)
from avise.hub.refusals import FULL, HubFullError
from avise.hub.remote_sign_in import Ways, read_ways
from avise.models.json_types import JSON
from avise.oidc.errors import ProviderError
from avise.oidc.line import require_protected
from avise.transport.faults import key_of
from avise.transport.web import word_of_web

HEAD_S = 5.0
CALL_S = 10.0
STREAM_SILENT_S = 40.0
"""The hub's streams say something every 15 s: one that is silent for longer is dead."""
KEPT_S = 30.0
"""A connection that was idle for longer may be closed at the other end as we use it."""
LARGEST_ANSWER = 256 * 1024 * 1024
_KEY = re.compile(r"[a-z_]{1,40}(\.[a-z_]{1,60}){1,3}")


class HubLine:
    """HTTP to one hub.

    Args:
        address: "https://hub.example", with a path when it is behind a proxy.
        tls: the context that all connections of the process share; it verifies certificates.
        proxy: through which it is reached; None reaches it directly.

    Raises:
        HubError: `hub.address_unfit`: neither https, nor http on this very machine, or a context that
            verifies nothing.
    """

    def __init__(self, address: str, tls: ssl.SSLContext, proxy: httpx2.Proxy | None = None) -> None:
        try:
            require_protected(address)
        except ProviderError:
            raise HubError("hub.address_unfit") from None
        if "?" in address or tls.verify_mode is not ssl.CERT_REQUIRED or not tls.check_hostname:
            raise HubError("hub.address_unfit")
        for name in ("httpx2", "httpcore2"):
            # At level DEBUG the library logs headers.
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._address = address.rstrip("/")
        self._through_proxy = proxy is not None
        self._speaker = httpx2.AsyncClient(
            verify=tls,
            proxy=proxy,
            follow_redirects=False,
            trust_env=False,
            timeout=httpx2.Timeout(CALL_S),
            limits=httpx2.Limits(max_connections=20, keepalive_expiry=KEPT_S),
        )

    async def ways(self) -> Ways:
        """Return how one may sign in at this hub."""
        return read_ways(from_json(await self.call("GET", "/sign-in/ways", seconds=HEAD_S)))

    async def post(self, path: str, value: JSON) -> JSON:
        """Return what is answered to a JSON call that needs no token."""
        content = await self.call("POST", path, to_json(value))
        return from_json(content) if content else None

    async def wiped(self, device: str, secret: str) -> None:
        """Tell that a workstation erased itself; it can sign in no more, and needs not."""
        await self.call("POST", "/wiped", to_json({"device": device, "receipt": secret}))

    async def call(
        self, method: str, path: str, content: bytes | None = None, *, seconds: float = CALL_S,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:  # fmt: skip
        """Return the body of an answer.

        Raises:
            HubUnreachableError: none came, or not in time, or the server could not do it.
            HubError: the hub refused.
        """
        told = {"Accept": "application/json", "User-Agent": "Avise", **(headers or {})}
        if content is not None:
            told.setdefault("Content-Type", "application/json")
        try:
            async with asyncio.timeout(seconds):
                status, body = await self._transfer(method, path, content, told)
        except (TimeoutError, httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
            raise self._unreachable(error) from None
        if status in (200, 204):
            return body
        raise _refusal(status, body)

    async def _transfer(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        request = self._speaker.build_request(
            method, self._address + path, content=content, headers=dict(headers)
        )
        response = await self._speaker.send(request, stream=True)
        try:
            chunks, size = [], 0
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > LARGEST_ANSWER:
                    raise HubUnreachableError("hub.unreachable")
                chunks.append(chunk)
            return response.status_code, b"".join(chunks)
        finally:
            await response.aclose()

    async def positions(self, headers: Mapping[str, str]) -> AsyncGenerator[tuple[str, int]]:
        """Yield where perimeters are as the hub says it, until the stream ends; ("", 0) once it is heard.

        Raises:
            HubUnreachableError: no answer, or none for too long.
            HubError: the hub refused.
        """
        timeout = httpx2.Timeout(HEAD_S, read=STREAM_SILENT_S)
        address = self._address + "/pokes"
        try:
            async with self._speaker.stream(
                "GET", address, headers=dict(headers), timeout=timeout
            ) as response:
                if response.status_code != 200:
                    raise _refusal(response.status_code, await response.aread())
                yield "", 0
                async for line in response.aiter_lines():
                    if line.startswith("data: "):
                        told = Told(from_json(line.removeprefix("data: ").encode()))
                        yield told.text("p"), told.number("pos")
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
            raise self._unreachable(error) from None

    def _unreachable(self, error: Exception) -> HubUnreachableError:
        """Return the error of no answer, with what IT can mend where a certificate or a proxy is why."""
        word = word_of_web(error, through_proxy=self._through_proxy)
        if not word:
            return HubUnreachableError("hub.unreachable")
        return HubUnreachableError(key_of(word), source=httpx2.URL(self._address).host)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._speaker.aclose()


def _refusal(status: int, body: bytes) -> HubError:
    """Return the error that an answer tells."""
    try:
        told = Told(from_json(body))
        key = told.text("key")
        params = {name: str(value) for name, value in told.mapping("params").items()}
    except MalformedError:
        # Not our server: a proxy's page, or something else on that port.
        return HubUnreachableError("hub.unreachable")
    if _KEY.fullmatch(key) is None:
        return HubUnreachableError("hub.unreachable")
    if key == "hub.sequence_gap":
        return SequenceGapError(_number(params, "expected"))
    if key == "hub.copied_device":
        return ResendMismatchError()
    if key == "hub.id_collision":
        return IdCollisionError(_number(params, "device_seq"))
    return _failure(key) if status >= 500 else HubError(key, **params)


def _failure(key: str) -> HubError:
    return HubFullError() if key == FULL else HubUnreachableError("hub.unreachable")


def _number(params: Mapping[str, str], name: str) -> int:
    word = params.get(name, "")
    return int(word) if re.fullmatch(r"\d{1,18}", word) else 0
