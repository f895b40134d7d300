"""One connection to a mailbox, read on threads that another thread can set free.

The library waits on its socket for as long as the server drips a byte now and then. Whoever gives up on a
reading therefore cuts the connection, and the thread that waits ends with it (`connectors.md` C8).
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Event, Lock
from typing import ParamSpec, TypeVar

from imap_tools.mailbox import BaseMailBox

from avise.connectors.contract import ConnectorError
from avise.connectors.imap.errors import refusal, told
from avise.connectors.imap.letters import Headers
from avise.connectors.imap.places import Place
from avise.models.errors import ErrorKind

P = ParamSpec("P")
T = TypeVar("T")

CONNECT_S = 3.0
"""A connection that takes longer will not come (`connectors.md` C8)."""
MOST_HEADER_BYTES = 64 * 1024
LARGEST_READ = 8 * 1024 * 1024
"""Bytes read of a letter; its text comes first."""

_HEADERS = f"BODY.PEEK[HEADER.FIELDS (DATE FROM TO CC BCC SUBJECT MESSAGE-ID)]<0.{MOST_HEADER_BYTES}>"
_UID = re.compile(rb"\bUID (\d+)")
_ARRIVED = re.compile(rb'INTERNALDATE "([^"]{1,40})"')


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox is, and as whom it is read."""

    host: str
    port: int
    starttls: bool
    user: str
    password: str = field(repr=False)


class _Box(BaseMailBox):
    """The library's mailbox over a connection that is already there."""

    def __init__(self, line: imaplib.IMAP4) -> None:
        self._line = line
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return self._line


class Connection:
    """Reads one mailbox; nothing that it sends changes anything there.

    Args:
        account: whose.
        tls: trusts the server's certificate.
        dial: reaches a server by the house's way out.
    """

    def __init__(
        self, account: Account, tls: ssl.SSLContext, dial: Callable[[str, int, float], socket.socket]
    ) -> None:
        self._account = account
        self._tls = tls
        self._reach = dial
        self._lock = Lock()
        self._handle: socket.socket | None = None
        self._box: _Box | None = None
        self._busy = False
        self._given_up = Event()
        self._examined = (0, "")

    # ---- between threads -----------------------------------------------------------------------
    def run(self, seconds: float, function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Run one step on this thread, with so many seconds for each answer.

        Raises:
            ConnectorError: what the step raised, or TIMEOUT when somebody gave up before it began.
        """
        with self._lock:
            if self._given_up.is_set():
                raise ConnectorError(ErrorKind.TIMEOUT, "given up")
            self._busy = True
        try:
            if self._box is not None:
                self._box.client.sock.settimeout(max(seconds, 0.01))
            return function(*args, **named)
        finally:
            with self._lock:
                self._busy = False
                if self._given_up.is_set():
                    self._close()

    def give_up(self) -> None:
        """Cut the connection, from any thread, and set free whoever waits; may be called twice."""
        with self._lock:
            self._given_up.set()
            if self._handle is not None:
                with suppress(OSError):
                    self._handle.shutdown(socket.SHUT_RDWR)
            if not self._busy:
                self._close()

    def _close(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None
        if self._box is not None:
            with suppress(OSError):
                self._box.client.shutdown()
            self._box = None

    def _dial(self, host: str, port: int, seconds: float | None) -> socket.socket:
        made = self._reach(host, port, min(CONNECT_S, seconds or CONNECT_S))
        made.settimeout(seconds)
        with self._lock:
            # A second handle of the same connection: the library wraps and replaces the first.
            self._handle = made.dup()
            given_up = self._given_up.is_set()
        if given_up:
            made.close()
            raise TimeoutError
        return made

    # ---- steps ---------------------------------------------------------------------------------
    def sign_in(self, seconds: float) -> None:
        """Connect, with TLS, and sign in.

        Raises:
            ConnectorError: AUTH for a refused password, CONFIG for a certificate that nobody trusts or a
                server without TLS, UNAVAILABLE, TIMEOUT or BAD_DATA for a server that does not answer so.
        """
        with told(ErrorKind.UNAVAILABLE, "no greeting"):
            line = self._line(seconds)
        # From here on, closing is ours.
        self._box = _Box(line)
        if self._account.starttls:
            if "STARTTLS" not in line.capabilities:
                raise ConnectorError(ErrorKind.CONFIG, "no STARTTLS")
            with told(ErrorKind.CONFIG, "STARTTLS refused"):
                line.starttls(self._tls)
        with told(ErrorKind.AUTH, "sign-in refused"):
            self._prove(self._box, line)

    def _line(self, seconds: float) -> imaplib.IMAP4:
        if self._account.starttls:
            return _Plain(self._account, self._dial, seconds)
        return _Secure(self._account, self._dial, seconds, self._tls)

    def _prove(self, box: _Box, line: imaplib.IMAP4) -> None:
        user, password = self._account.user, self._account.password
        if "AUTH=PLAIN" in line.capabilities:
            box.login_utf8(user, password, initial_folder=None)
            return
        if not (user + password).isascii() or not (user + password).isprintable():
            raise ConnectorError(ErrorKind.CONFIG, "account or password unfit for LOGIN")
        box.login(user, password, initial_folder=None)

    def validity(self, folder: str) -> int:
        """Return the validity of a folder, opened for reading only (EXAMINE).

        Raises:
            ConnectorError: CONFIG when there is no such folder.
        """
        known, opened = self._examined
        if opened != folder:
            with told(ErrorKind.CONFIG, "no such folder"):
                box = self._opened()
                box.folder.set(folder, readonly=True)
                _, answer = box.client.response("UIDVALIDITY")
                known = int(answer[0] or 0)
            self._examined = known, folder
        return known

    def search(self, folder: str, criteria: str) -> list[Place]:
        """Return the letters of a folder that match, newest first.

        Raises:
            ConnectorError: CONFIG when there is no such folder.
        """
        validity = self.validity(folder)
        with told(ErrorKind.UNAVAILABLE, "search refused"):
            # Without a charset: some servers refuse any that is named.
            found = self._opened().uids(criteria, charset=None)
            uids = sorted({int(uid) for uid in found}, reverse=True)
        return [Place(folder, validity, uid) for uid in uids]

    def headers(self, places: Sequence[Place]) -> list[Headers]:
        """Return the headers of letters of one folder; what is gone meanwhile is not among them.

        Raises:
            ConnectorError: the folder cannot be read.
        """
        if self.validity(places[0].folder) != places[0].validity:
            raise ConnectorError(ErrorKind.BAD_DATA, "folder numbered anew")
        wanted = {place.uid: place for place in places}
        uids = ",".join(str(uid) for uid in wanted)
        with told(ErrorKind.UNAVAILABLE, "headers refused"):
            answer = self._fetched(uids, f"(UID INTERNALDATE {_HEADERS})")
            return [
                _headers(wanted[_uid(about)], about, raw) for about, raw in answer if _uid(about) in wanted
            ]

    def letter(self, place: Place) -> tuple[bytes, bool]:
        """Return a letter, or its first 8 MiB, and whether there is more.

        Raises:
            ConnectorError: NOT_FOUND when it is not there any more.
        """
        gone = ConnectorError(ErrorKind.NOT_FOUND, "the letter is gone")
        if self.validity(place.folder) != place.validity:
            raise gone
        with told(ErrorKind.UNAVAILABLE, "letter refused"):
            answer = self._fetched(str(place.uid), f"(UID BODY.PEEK[]<0.{LARGEST_READ}>)")
        for about, raw in answer:
            if _uid(about) == place.uid:
                return raw, len(raw) >= LARGEST_READ
        raise gone

    def sign_out(self) -> None:
        """Say good-bye."""
        with suppress(ConnectorError), told(ErrorKind.UNAVAILABLE, "no good-bye"):
            self._opened().client.logout()

    def _fetched(self, uids: str, parts: str) -> list[tuple[bytes, bytes]]:
        """Return what the server tells of letters, and the bytes that it gives of each."""
        status, answer = self._opened().client.uid("FETCH", uids, parts)
        if status != "OK":
            raise refusal(answer, ErrorKind.UNAVAILABLE, "letters refused")
        found: list[tuple[bytes, bytes]] = []
        for item in answer:
            if isinstance(item, tuple):
                found.append((item[0], item[1]))
            elif isinstance(item, bytes) and found:
                # Some servers tell the number after the bytes.
                found[-1] = (found[-1][0] + b" " + item, found[-1][1])
        return found

    def _opened(self) -> _Box:
        if self._box is None:
            raise ConnectorError(ErrorKind.UNAVAILABLE, "no connection")
        return self._box


Dial = Callable[[str, int, float | None], socket.socket]


class _Plain(imaplib.IMAP4):
    """A connection that becomes secure by STARTTLS."""

    def __init__(self, account: Account, dial: Dial, seconds: float) -> None:
        self._dial = dial
        super().__init__(account.host, account.port, seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self._dial(self.host, self.port, timeout)


class _Secure(imaplib.IMAP4_SSL):
    """A connection that is secure from its first byte."""

    def __init__(self, account: Account, dial: Dial, seconds: float, tls: ssl.SSLContext) -> None:
        self._dial, self._trusting = dial, tls
        super().__init__(account.host, account.port, ssl_context=tls, timeout=seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        made = self._dial(self.host, self.port, timeout)
        return self._trusting.wrap_socket(made, server_hostname=self.host)


def _uid(about: bytes) -> int:
    found = _UID.search(about)
    return int(found[1]) if found else 0


def _headers(place: Place, about: bytes, raw: bytes) -> Headers:
    return Headers(place, _arrived(about), raw, len(raw) >= MOST_HEADER_BYTES)


def _arrived(about: bytes) -> datetime:
    """Return when a letter arrived; ValueError when the server does not say it."""
    found = _ARRIVED.search(about)
    moment = parsedate_to_datetime(found[1].decode("ascii") if found else "")
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
