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

from avise.models.outgoing import MessageContent, OutgoingMessage
from avise.services.messages.ways import SENT, Delivery, Outcome
from avise.services.settings_file import MailSecurity, MessagesSection

CONNECT_TIMEOUT = 5.0
TIMEOUT = 20.0
"""Seconds that each answer of the server may take."""

Password = Callable[[], Awaitable[str | None]]


class SmtpWay:
    """Hands e-mails over.

    Args:
        settings: where the server is and who writes.
        password: gives the sealed password, asked at each message and kept nowhere.
        trust: certificates believed; those of the system unless told.
    """

    def __init__(
        self, settings: MessagesSection, password: Password, trust: ssl.SSLContext | None = None
    ) -> None:
        self._settings = settings
        self._password = password
        self._trust = trust
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
        except smtplib.SMTPAuthenticationError as error:
            return Delivery(Outcome.NOT_YET, "sign_in_refused", str(error.smtp_code))
        except ssl.SSLError:
            return Delivery(Outcome.NOT_YET, "certificate")
        except (OSError, smtplib.SMTPException):
            return Delivery(Outcome.NOT_YET, "server_unreachable")
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
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, local_hostname="localhost", timeout=CONNECT_TIMEOUT, context=self._certificates()
            )
        else:
            server = smtplib.SMTP(host, port, local_hostname="localhost", timeout=CONNECT_TIMEOUT)
        try:
            _be_patient(server)
            if settings.smtp_security is MailSecurity.STARTTLS:
                server.starttls(context=self._certificates())
                _be_patient(server)
            if settings.smtp_user:
                server.login(settings.smtp_user, password)
        except BaseException:
            server.close()
            raise
        return server

    def _certificates(self) -> ssl.SSLContext:
        return self._trust or ssl.create_default_context()

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
