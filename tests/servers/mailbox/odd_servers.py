"""Servers that speak IMAP badly, or something else; each connection has a thread, ended with the server."""

from __future__ import annotations

import selectors
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

Speak = Callable[[socket.socket], None]


@contextmanager
def speaking(speak: Speak) -> Iterator[int]:
    """Run a server that says what a test wants, and give its port."""

    class Answer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                speak(self.request)

    with _Server(("127.0.0.1", 0), Answer) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            server.end()
            serving.join()


class _Server(socketserver.ThreadingTCPServer):
    def __init__(self, address: tuple[str, int], answer: type[socketserver.BaseRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(address, answer)

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        request, address = super().get_request()
        self._open.add(request)
        return request, address

    def end(self) -> None:
        """Break every connection: its thread then ends."""
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def saying(text: bytes) -> Speak:
    """Say something, then wait for the other side to go."""

    def speak(line: socket.socket) -> None:
        line.sendall(text)
        silence(line)

    return speak


def closing(line: socket.socket) -> None:
    """Say nothing and go."""


def silence(line: socket.socket) -> None:
    """Say nothing and stay."""
    while line.recv(4096):
        pass


def drip(line: socket.socket) -> None:
    """Say a greeting that never ends, a byte at a time."""
    waiting = threading.Event()
    while not waiting.wait(0.02):
        line.sendall(b"*")


def obeying(*answers: bytes) -> Speak:
    """Greet, then answer each command with the next of these; %s stands for its tag."""

    def speak(line: socket.socket) -> None:
        line.sendall(b"* OK hello\r\n")
        for answer in answers:
            tag = line.recv(4096).split(b" ")[0]
            line.sendall(answer.replace(b"%s", tag))
        silence(line)

    return speak


def secured(certificate: Path, port: int) -> Speak:
    """Speak TLS in front of a server that does not."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)

    def speak(line: socket.socket) -> None:
        inside = socket.create_connection(("127.0.0.1", port))
        with inside, tls.wrap_socket(line, server_side=True) as outside:
            _relay(outside, inside)

    return speak


def _relay(outside: ssl.SSLSocket, inside: socket.socket) -> None:
    with selectors.DefaultSelector() as ready:
        ready.register(outside, selectors.EVENT_READ, inside)
        ready.register(inside, selectors.EVENT_READ, outside)
        while True:
            for key, _ in ready.select():
                source: Any = key.fileobj
                piece = source.recv(65536)
                if not piece:
                    return
                key.data.sendall(piece)
