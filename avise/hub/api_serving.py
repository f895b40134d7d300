"""Running the application: uvicorn with our bounds, TLS, a graceful end, and logs without personal data."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import signal
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from avise.hub.api_app import HubApplication
from avise.hub.port import HubError

KEEP_ALIVE_S = 75
"""Longer than a workstation keeps a connection that it does not use: it never writes on a closed one."""
GRACE_S = 10
"""What is being answered when the server is told to stop has that long."""
STOPPING = (signal.SIGINT, signal.SIGTERM)
LONGEST_HEADERS = 32 * 1024
"""Bytes of a call's first line and headers."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What proves to workstations who the server is."""

    chain: Path
    key: Path


def settings_of(app: HubApplication, certificate: Certificate | None = None) -> uvicorn.Config:
    """Return how the application is run.

    Args:
        app: the application.
        certificate: for TLS; None for plain HTTP, on this very machine only.

    Raises:
        HubError: `hub.certificate`, it cannot be read.
    """
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    # Its lines hold addresses of callers and paths, and are written wherever the root logger has a handler.
    logging.getLogger("uvicorn.access").disabled = True
    context = None if certificate is None else context_of(certificate)
    return uvicorn.Config(
        app,
        lifespan="on",
        loop="asyncio",
        http="h11",
        ws="none",
        interface="asgi3",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        h11_max_incomplete_event_size=LONGEST_HEADERS,
        ssl_context_factory=None if context is None else lambda *_: context,
    )


def context_of(certificate: Certificate) -> ssl.SSLContext:
    """Return the context of a server: TLS 1.3, or 1.2 with what is still sound of it.

    Raises:
        HubError: `hub.certificate`.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
    try:
        context.load_cert_chain(certificate.chain, certificate.key)
    except (OSError, ssl.SSLError):
        raise HubError("hub.certificate") from None
    return context


def require_protected_host(host: str, certificate: Certificate | None) -> None:
    """Refuse to speak in clear to anybody but this machine.

    Raises:
        HubError: `hub.tls_needed`.
    """
    if certificate is None and not is_loopback(host):
        raise HubError("hub.tls_needed")


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class HubServer(uvicorn.Server):
    """A server that ends its streams before it waits for what is being answered.

    Args:
        app: what is served.
        certificate: for TLS.
        own_signals: whether it stops at SIGINT and SIGTERM.

    Raises:
        HubError: `hub.certificate`.
    """

    def __init__(
        self, app: HubApplication, certificate: Certificate | None = None, *, own_signals: bool = True
    ) -> None:
        super().__init__(settings_of(app, certificate))
        self._app = app
        self._own_signals = own_signals

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at a signal and end well; uvicorn's own would raise it again at the end."""
        if not self._own_signals:
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in STOPPING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: streams first, which would otherwise be waited for."""
        self._app.end_streams()
        await super().shutdown(sockets)
