"""Between a connector and a server of mail: hears their lines in clear, and speaks in the server's place.

TLS ends here and begins anew towards the server, with what the connector itself trusts. Threads and blocking
sockets: STARTTLS changes a connection in the middle, which streams of asyncio cannot do from outside.
"""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from avise.connectors.kit.certificate import MadeCertificate
from avise.connectors.kit.relay import by_the_relay

IMAP = b"* "
"""How a server of mail greets (RFC 3501, section 7.1); what others say is passed on as it comes."""
_HANDSHAKE = b"\x16"
"""First byte of a TLS connection (RFC 8446, section 5.1)."""
_PATIENCE_S = 5.0
_STEP_S = 0.02


class HangUp(Exception):  # noqa: N818 - no error: the server's last word
    """The server goes.

    Args:
        last: what it says before.
    """

    def __init__(self, last: bytes = b"") -> None:
        super().__init__()
        self.last = last


class Flood(Exception):  # noqa: N818 - no error: the server never stops
    """The server says the same for ever.

    Args:
        piece: what it says.
    """

    def __init__(self, piece: bytes) -> None:
        super().__init__()
        self.piece = piece


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the connector: `a1 UID FETCH 7 (…)`."""

    tag: bytes
    words: bytes
    """Upper case, without the tag."""


Reply = Callable[[Command], bytes | None]
"""What is answered in the server's place, None to let the server answer; may raise `HangUp` or `Flood`."""
Change = Callable[[bytes], bytes]
"""What becomes of the server's own bytes; may raise `HangUp`."""


def let_pass(_: Command) -> None:
    """Let the server answer."""


def as_it_is(piece: bytes) -> bytes:
    """Return the server's bytes."""
    return piece


@dataclass(slots=True)
class Interpreter:
    """One place to listen, and what is said there.

    Args:
        host: of the server; its port comes with the first connection that is led here.
        certificate: shown to the connector.
        reply: to its commands.
        change: of the server's bytes.
        trusted: the connector is made to trust the certificate.
    """

    host: str
    certificate: MadeCertificate
    reply: Reply = let_pass
    change: Change = as_it_is
    trusted: bool = True
    port: int = 0
    listens_at: int = 0
    greeting: bytes = b""
    """The first bytes that the server said."""
    secured: bool = False
    """Somebody asked for TLS."""
    _trust: tuple[ssl.SSLContext, str] | None = None
    _listener: socket.socket | None = None
    _threads: list[threading.Thread] = field(default_factory=list)
    _open: list[socket.socket] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Listen on a free port."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.listens_at = self._listener.getsockname()[1]
        self._run(self._accept)

    def close(self) -> None:
        """Stop listening, end every connection, and leave no thread."""
        self._over.set()
        held = [one for one in (self._listener, *self._open) if one is not None]
        for one in held:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        # Closed last: a thread that waits for a closed socket is never told.
        for thread in self._threads:
            thread.join(_PATIENCE_S)
        for one in held:
            one.close()

    def _run(self, target: Callable[..., None], *args: socket.socket) -> None:
        thread = threading.Thread(target=target, args=args, name="kit interpreter", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while self._listener is not None and not self._over.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(line)
            self._run(self._serve, line)

    def _serve(self, line: socket.socket) -> None:
        by_the_relay()
        with suppress(OSError, ValueError):
            inside = socket.create_connection((self.host, self.port), _PATIENCE_S)
            self._open.append(inside)
            for one in (line, inside):
                one.settimeout(None)
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _Talk(self, line, inside).run()

    # ---- what the connector trusts ---------------------------------------------------------------
    @contextmanager
    def believed(self) -> Iterator[None]:
        """Have whatever library the connector uses trust the certificate shown here, and nothing more."""
        plain, plain_bio = ssl.SSLContext.wrap_socket, ssl.SSLContext.wrap_bio

        def trust(tls: ssl.SSLContext, name: object) -> None:
            self._trust = (tls, str(name or self.host))
            if self.trusted:
                tls.load_verify_locations(cadata=self.certificate.pem)

        def wrap(tls: ssl.SSLContext, sock: socket.socket, *args: Any, **named: Any) -> ssl.SSLSocket:  # noqa: ANN401 - as the library's own
            with suppress(OSError):
                if sock.getpeername()[:2] == ("127.0.0.1", self.listens_at):
                    trust(tls, named.get("server_hostname"))
            return plain(tls, sock, *args, **named)

        def wrap_bio(tls: ssl.SSLContext, *args: Any, **named: Any) -> ssl.SSLObject:  # noqa: ANN401 - see above
            trust(tls, named.get("server_hostname"))
            return plain_bio(tls, *args, **named)

        ssl.SSLContext.wrap_socket = wrap  # type: ignore[method-assign,assignment] # given back below
        ssl.SSLContext.wrap_bio = wrap_bio  # type: ignore[method-assign,assignment] # given back below
        try:
            yield
        finally:
            ssl.SSLContext.wrap_socket = plain  # type: ignore[method-assign] # its own
            ssl.SSLContext.wrap_bio = plain_bio  # type: ignore[method-assign] # its own

    def secure(self, line: socket.socket, inside: socket.socket) -> tuple[socket.socket, socket.socket]:
        """Return both ends in TLS, ours with the certificate made here."""
        self.secured = True
        ours = self.certificate.server.wrap_socket(line, server_side=True)
        self._open.append(ours)
        if self._trust is None:
            raise OSError
        tls, name = self._trust
        theirs = tls.wrap_socket(inside, server_hostname=name)
        self._open.append(theirs)
        return ours, theirs


class _Talk:
    """One connection: lines of the connector one way, bytes of the server the other."""

    def __init__(self, interpreter: Interpreter, line: socket.socket, inside: socket.socket) -> None:
        self._interpreter = interpreter
        self._line, self._inside = line, inside
        self._begun = b""

    def run(self) -> None:
        """Carry what is said until somebody goes."""
        if self._first() is self._line and self._line.recv(1, socket.MSG_PEEK) == _HANDSHAKE:
            self._line, self._inside = self._interpreter.secure(self._line, self._inside)
        try:
            while True:
                ready = self._ready()
                if self._inside in ready and not self._from_server():
                    return
                if self._line in ready and not self._from_connector():
                    return
        except HangUp as end:
            self._line.sendall(end.last)
        except Flood as endless:
            while True:  # until the connector, or whoever closes, ends the connection
                self._line.sendall(endless.piece)
        finally:
            self._line.close()
            self._inside.close()

    def _first(self) -> socket.socket | None:
        ready = self._ready()
        return self._inside if self._inside in ready else next(iter(ready), None)

    def _ready(self) -> list[socket.socket]:
        both = (self._line, self._inside)
        pending: list[socket.socket] = []
        pending += [one for one in both if isinstance(one, ssl.SSLSocket) and one.pending()]
        if pending:
            return pending
        with selectors.DefaultSelector() as waiting:
            for one in both:
                waiting.register(one, selectors.EVENT_READ)
            return [key.fileobj for key, _ in waiting.select() if isinstance(key.fileobj, socket.socket)]

    def _from_server(self) -> bool:
        piece = _heard_from(self._inside)
        if piece:
            self._interpreter.greeting = self._interpreter.greeting or piece[:200]
            self._line.sendall(self._interpreter.change(piece))
        return piece != b""

    def _from_connector(self) -> bool:
        piece = _heard_from(self._line)
        if not self._interpreter.greeting.startswith(IMAP):
            self._inside.sendall(piece or b"")
            return piece != b""
        *lines, self._begun = (self._begun + (piece or b"")).split(b"\n")
        for line in lines:
            self._heard(line + b"\n")
        return piece != b""

    def _heard(self, line: bytes) -> None:
        tag, _, words = line.strip().partition(b" ")
        command = Command(tag, words.upper())
        told = self._interpreter.reply(command)
        if told is not None:
            self._line.sendall(told)
            return
        self._inside.sendall(line)
        if command.words == b"STARTTLS":
            answer = self._inside.recv(4096)
            self._line.sendall(answer)
            if answer.startswith(tag + b" OK"):
                self._line, self._inside = self._interpreter.secure(self._line, self._inside)


def _heard_from(one: socket.socket) -> bytes | None:
    """Return what came, b"" at the end; None for what only TLS was told, as tickets of a session."""
    one.settimeout(_STEP_S)
    try:
        return one.recv(65_536)
    except TimeoutError:
        return None
    finally:
        one.settimeout(None)
