"""Connections to servers that speak no HTTP: mail, databases; directly, or carried by a proxy (CONNECT).

Everything here blocks, for as many seconds as it is told.
"""

from __future__ import annotations

import base64
import re
import socket
import time
from contextlib import suppress

import httpx2

from avise.transport.faults import PROXY_REFUSES, PROXY_SILENT, PROXY_UNFIT, TunnelError, proxy_refusal

_LONGEST_ANSWER = 16 * 1024
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})\b")
_NAME = re.compile(rb"[A-Za-z0-9._:-]{1,255}")
_NO_NAME = "no name of a server"
_DEFAULT_PORT = 80


def dial(host: str, port: int, seconds: float, proxy: httpx2.Proxy | None = None) -> socket.socket:
    """Return a connection to a server, on which its own protocol begins.

    Args:
        host: of the server; resolved by the proxy where there is one.
        port: of the server.
        seconds: that reaching it may take in all.
        proxy: that leads there; None reaches it directly.

    Raises:
        TunnelError: the proxy did not lead there.
        OSError: the server cannot be reached.
    """
    if proxy is None:
        return socket.create_connection((host, port), seconds)
    if proxy.url.scheme != "http":
        # TLS in TLS, which plain sockets do not give.
        raise TunnelError(PROXY_UNFIT)
    asking = _asking(host, port, proxy)
    until = time.monotonic() + seconds
    try:
        made = socket.create_connection((proxy.url.host, proxy.url.port or _DEFAULT_PORT), seconds)
    except OSError:
        raise TunnelError(PROXY_SILENT) from None
    try:
        made.sendall(asking)
        _require_carried(_answer(made, until))
    except BaseException:
        with suppress(OSError):
            made.close()
        raise
    made.settimeout(seconds)
    return made


def _asking(host: str, port: int, proxy: httpx2.Proxy) -> bytes:
    try:
        name = host.encode("ascii") if host.isascii() else host.encode("idna")
    except UnicodeError:
        raise OSError(_NO_NAME) from None
    if _NAME.fullmatch(name) is None:
        raise OSError(_NO_NAME)
    server = b"%s:%d" % (b"[%s]" % name if b":" in name else name, port)
    head = b"CONNECT %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Avise\r\n" % (server, server)
    if proxy.raw_auth is not None:
        head += b"Proxy-Authorization: Basic %s\r\n" % base64.b64encode(b":".join(proxy.raw_auth))
    return head + b"\r\n"


def _answer(made: socket.socket, until: float) -> bytes:
    """Return the head of the proxy's answer, and not a byte of what the server says after it."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        made.settimeout(max(until - time.monotonic(), 0.001))
        try:
            piece = made.recv(1)
        except OSError:
            raise TunnelError(PROXY_SILENT) from None
        if not piece or len(head) > _LONGEST_ANSWER:
            raise TunnelError(PROXY_REFUSES)
        head += piece
    return head


def _require_carried(head: bytes) -> None:
    found = _STATUS.match(head)
    status = int(found[1]) if found else 0
    if not 200 <= status < 300:
        raise TunnelError(proxy_refusal(status))
