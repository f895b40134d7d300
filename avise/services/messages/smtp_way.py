"""Hands e-mails over to a mail server (RFC 5321), and tells what surely did not leave from what may have.

The library blocks: it runs on a thread of its own, one message at a time. Until the final dot was sent,
nothing left; after it, only the server's answer tells.
"""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import socket
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from avise.models.errors import AviseError
from avise.models.outgoing import MessageContent, OutgoingMessage
from avise.services.messages.ways import SENT, Delivery, Outcome
from avise.services.settings_file import MailSecurity, MessagesSection
from avise.transport.faults import PROXY_ACCOUNT, PROXY_REFUSES, PROXY_SILENT, PROXY_UNFIT, TunnelError
from avise.transport.outward import Outward

CONNECT_TIMEOUT = 5.0
TIMEOUT = 20.0
"""Seconds that each answer of the server may take."""

_CERTIFICATES = {
    10: "certificate_expired",
    **dict.fromkeys((18, 19, 20, 21), "certificate_unknown"),
    **dict.fromkeys((62, 64), "certificate_name"),
}
"""Reasons by OpenSSL's number (openssl-verification-options(1))."""

_PROXIES = {
    PROXY_ACCOUNT: "proxy_account",
    PROXY_REFUSES: "proxy_refuses",
    PROXY_SILENT: "proxy_silent",
    PROXY_UNFIT: "proxy_unfit",
}

Password = Callable[[], Awaitable[str | None]]


class SmtpWay:
    """Hands e-mails over.

    Args:
        settings: where the server is and who writes.
        password: gives the sealed password, asked at each message and kept nowhere.
        outward: how the house's servers are reached; as the system says unless told.
    """

    def __init__(self, settings: MessagesSection, password: Password, outward: Outward | None = None) -> None:
        self._settings = settings
        self._password = password
        self._outward = outward or Outward()
        self._thread = ThreadPoolExecutor(1, "avise-mail")
        self._line: smtplib.SMTP | None = None

    async def deliver(self, message: OutgoingMessage, content: MessageContent, now: datetime) -> Delivery:
        """Hand an e-mail over."""
        try:
            mail = mail_of(message, content, self._settings, now)
        except ValueError:
            # An address or a subject that no mail can bear: the library refused to write it.
            return Delivery(Outcome.REFUSED, "bad_address")
        password = await self._password() if self._settings.smtp_user else None
        if self._settings.smtp_user and password is None:
            return Delivery(Outcome.NOT_YET, "no_password")
        future = self._thread.submit(self._deliver, mail, content.recipient, password or "")
        return await asyncio.shield(asyncio.wrap_future(future))

    async def aclose(self) -> None:
        """Cut the line, if a message is still being handed over, and end the thread."""
        line = self._line
        if line is not None and line.sock is not None:
            with contextlib.suppress(OSError):
                line.sock.shutdown(socket.SHUT_RDWR)
        await asyncio.to_thread(self._thread.shutdown)

    # ---- on the thread -------------------------------------------------------------------------
    def _deliver(self, mail: EmailMessage, recipient: str, password: str) -> Delivery:
        try:
            server = self._connected(password)
        except (OSError, smtplib.SMTPException, AviseError) as error:
            return Delivery(Outcome.NOT_YET, *_why_not_reached(error))
        self._line = server
        try:
            return self._hand_over(server, mail, recipient)
        finally:
            self._line = None
            server.close()

    def _connected(self, password: str) -> smtplib.SMTP:
        settings = self._settings
        host, port = settings.smtp_host, settings.smtp_port
        if settings.smtp_security is MailSecurity.TLS:
            server: smtplib.SMTP = _Secure(self._outward, host, port)
        else:
            server = _Plain(self._outward, host, port)
        try:
            _be_patient(server)
            if settings.smtp_security is MailSecurity.STARTTLS:
                server.starttls(context=self._outward.context())
                _be_patient(server)
            if settings.smtp_user:
                server.login(settings.smtp_user, password)
        except BaseException:
            server.close()
            raise
        return server

    def _hand_over(self, server: smtplib.SMTP, mail: EmailMessage, recipient: str) -> Delivery:
        try:
            server.ehlo_or_helo_if_needed()
            for answer in (server.mail(self._settings.sender), server.rcpt(recipient)):
                if answer[0] not in (250, 251):
                    return _refused(answer[0])
            code, _ = server.docmd("data")
        except (OSError, smtplib.SMTPException):
            return Delivery(Outcome.NOT_YET, "server_unreachable")
        if code != 354:
            return _refused(code)
        return self._content(server, mail)

    def _content(self, server: smtplib.SMTP, mail: EmailMessage) -> Delivery:
        try:
            server.send(_on_the_wire(mail))
            code, _ = server.getreply()
        except (OSError, smtplib.SMTPException):
            return Delivery(Outcome.UNKNOWN, "answer_lost")
        if code == 250:
            _say_goodbye(server)
            return SENT
        # -1: the line was cut where the code should be.
        return Delivery(Outcome.UNKNOWN, "answer_lost") if code < 0 else _refused(code)


class _Plain(smtplib.SMTP):
    """A connection that may become secure by STARTTLS."""

    def __init__(self, outward: Outward, host: str, port: int) -> None:
        self._outward = outward
        super().__init__(host, port, local_hostname="localhost", timeout=CONNECT_TIMEOUT)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._outward.dial(host, port, timeout)


class _Secure(smtplib.SMTP_SSL):
    """A connection that is secure from its first byte."""

    def __init__(self, outward: Outward, host: str, port: int) -> None:
        self._outward, self._named, self._tls = outward, host, outward.context()
        super().__init__(host, port, local_hostname="localhost", timeout=CONNECT_TIMEOUT, context=self._tls)

    def _get_socket(self, host: str, port: int, timeout: float) -> ssl.SSLSocket:
        made = self._outward.dial(host, port, timeout)
        return self._tls.wrap_socket(made, server_hostname=self._named)


def _why_not_reached(error: Exception) -> tuple[str, str]:
    """Return the reason, and the server's own code where it gave one."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return "sign_in_refused", str(error.smtp_code)
        case ssl.SSLCertVerificationError():
            return _CERTIFICATES.get(error.verify_code, "certificate"), ""
        case ssl.SSLError():
            return "no_tls", ""
        case TunnelError():
            return _PROXIES[error.word], ""
        case AviseError():
            # The file of the house's certificates went away since the start.
            return "certificate", ""
    return "server_unreachable", ""


def _be_patient(server: smtplib.SMTP) -> None:
    """Give the server longer to answer than to be reached."""
    if server.sock is not None:
        server.sock.settimeout(TIMEOUT)


def _refused(code: int) -> Delivery:
    """Return what a refusal means: 4yz may pass later, anything else will not (RFC 5321, 4.2.1)."""
    outcome = Outcome.NOT_YET if 400 <= code < 500 or code < 0 else Outcome.REFUSED
    return Delivery(outcome, "server_refused", str(code) if code > 0 else "")


def _say_goodbye(server: smtplib.SMTP) -> None:
    try:
        server.docmd("quit")
    except (OSError, smtplib.SMTPException):
        # It has the message: how the line ends changes nothing.
        return


def _on_the_wire(mail: EmailMessage) -> bytes:
    """Return a mail with its lines ended and its dots doubled, up to the final dot (RFC 5321, 4.5.2)."""
    lines = mail.as_bytes().replace(b"\r\n", b"\n").split(b"\n")
    doubled = (b"." + line if line.startswith(b".") else line for line in lines)
    return b"\r\n".join(doubled).rstrip(b"\r\n") + b"\r\n.\r\n"


def mail_of(
    message: OutgoingMessage, content: MessageContent, settings: MessagesSection, now: datetime
) -> EmailMessage:
    """Return a message as a mail; its identifier is the message's own, whatever try it is.

    Raises:
        ValueError: an address that no mail can bear.
    """
    mail = EmailMessage()
    local, _, domain = settings.sender.rpartition("@")
    mail["From"] = Address(settings.mutual, local, domain)
    mail["To"] = _address(content.recipient)
    mail["Subject"] = content.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.id}@{domain}>"
    mail["Content-Language"] = message.language
    mail.set_content(content.body, cte="quoted-printable")
    return mail


def _address(recipient: str) -> Address:
    local, at, domain = recipient.rpartition("@")
    if (
        not at
        or not local
        or not domain
        or not recipient.isascii()
        or any(c in recipient for c in " \r\n<>,;")
    ):
        raise ValueError(at)
    return Address("", local, domain)
