"""What is said to an identity provider by HTTP: bounded in time and size, protected on the way, never logged.

Every call has an absolute deadline, a bounded answer and no redirect; off loopback only https is spoken.
No token, code or secret is part of a log or of an exception.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import ssl
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import httpx2

from avise.oidc.errors import ProviderError, barred, unreachable
from avise.transport.web import word_of_web

CALL_S = 8.0
"""A provider that has not answered by then will not."""
LARGEST_ANSWER = 256 * 1024
"""Bytes; a discovery document has about 3 kB, a key set about 10."""


class ProviderLine:
    """The connections to one identity provider.

    Args:
        tls: the context shared by all connections of the process; verification is never switched off.
        proxy: through which it is reached; None reaches it directly.
    """

    def __init__(self, tls: ssl.SSLContext, proxy: httpx2.Proxy | None = None) -> None:
        for name in ("httpx2", "httpcore2"):
            # At level DEBUG the library logs headers.
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._through_proxy = proxy is not None
        self._speaker = httpx2.AsyncClient(
            verify=tls, proxy=proxy, follow_redirects=False, trust_env=False, timeout=CALL_S
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._speaker.aclose()

    async def fetch_object(self, address: str) -> Mapping[str, object]:
        """Return a JSON document.

        Raises:
            ProviderError: the provider cannot be asked, or gives no document.
        """
        status, body = await self._send("GET", address)
        if status != 200:
            raise unfit_status(status)
        return json_object(body)

    async def post_form(
        self, address: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Return the status and the body that answer a form.

        Raises:
            ProviderError: the provider cannot be asked.
        """
        return await self._send("POST", address, form, headers)

    async def _send(
        self,
        method: str,
        address: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        content = None if form is None else urlencode(form).encode("ascii")
        ours = {"Accept": "application/json", "User-Agent": "Avise", **(headers or {})}
        if content is not None:
            ours["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            async with asyncio.timeout(CALL_S):
                return await self._transfer(method, address, content, ours)
        except TimeoutError:
            raise unreachable(f"over {CALL_S:.3g} s") from None
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, ssl.SSLError) as error:
            word = word_of_web(error, through_proxy=self._through_proxy)
            if word:
                raise barred(word, urlsplit(address).hostname or "") from None
            # Its text may name addresses; its type says enough.
            raise unreachable(type(error).__name__) from None

    async def _transfer(
        self, method: str, address: str, content: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        request = self._speaker.build_request(method, address, content=content, headers=dict(headers))
        response = await self._speaker.send(request, stream=True)
        try:
            chunks, size = [], 0
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > LARGEST_ANSWER:
                    raise ProviderError("oidc.provider_answer", "answer too large")
                chunks.append(chunk)
            return response.status_code, b"".join(chunks)
        finally:
            await response.aclose()


def require_protected(address: str) -> None:
    """Refuse an address where what is said could be read or changed on the way.

    Raises:
        ProviderError: neither https, nor http on this very machine; or a password in the address.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise ProviderError("oidc.provider_insecure", "address unreadable") from None
    if not host or parts.username is not None or parts.fragment:
        raise ProviderError("oidc.provider_insecure", "address unfit")
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)):
        return
    raise ProviderError("oidc.provider_insecure", "no https")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def json_object(body: bytes) -> Mapping[str, object]:
    """Return the JSON object of a body.

    Raises:
        ProviderError: it is none.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise ProviderError("oidc.provider_answer", "not JSON") from None
    if not isinstance(document, dict):
        raise ProviderError("oidc.provider_answer", "not an object")
    return document


def unfit_status(status: int) -> ProviderError:
    """Return the error of a status that no call expects."""
    if status == 429 or status >= 500:
        return unreachable(f"status {status}")
    return ProviderError("oidc.provider_answer", f"status {status}")
