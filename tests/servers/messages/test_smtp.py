"""E-mails handed over to real mail servers on the loopback, those that misbehave included."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import os
import ssl
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from avise.demo.mail_sink import HOST, MailSink, Writer
from avise.env import FixedEnv
from avise.models.consent import ConsentChannel, ConsentPurpose
from avise.models.outgoing import MessageContent, MessageStatus, OutgoingMessage
from avise.services.messages import smtp_way
from avise.services.messages.smtp_way import SmtpWay
from avise.services.messages.ways import Delivery, Outcome
from avise.services.settings_file import MailSecurity, MessagesSection
from avise.transport.outward import Outward
from tests.servers.messages.faulty_mail import FaultyMail

NOW = FixedEnv().now()
MESSAGE = OutgoingMessage(
    uuid.UUID(int=5), uuid.UUID(int=7), "card_available", "1", "Carte", ConsentPurpose.SERVICE,
    ConsentChannel.EMAIL, "fr", MessageStatus.SENDING, NOW, NOW, NOW,
)  # fmt: skip
CONTENT = MessageContent(
    "helene.canary@exemple.invalid",
    "Votre carte de tiers payant\u00a0: c’est prêt",
    "Madame,\n\nVoici.\n.\n..deux points, et une ligne très longue " + "é" * 120 + "\nLa mutuelle",
)


def settings(sink: MailSink, **changes: object) -> MessagesSection:
    section = MessagesSection(
        "La mutuelle", "contact@mutuelle.invalid", (), HOST, sink.port, MailSecurity.NONE, "", ""
    )
    return replace(section, **changes)  # type: ignore[arg-type]  # fields of the section


async def secret() -> str | None:
    return "s3cret CANARY"


async def delivered(section: MessagesSection, content: MessageContent = CONTENT) -> Delivery:
    way = SmtpWay(section, secret)
    try:
        return await way.deliver(MESSAGE, content, NOW)
    finally:
        await way.aclose()


@asynccontextmanager
async def faulty(folder: Path, **answers: str) -> AsyncIterator[FaultyMail]:
    async with FaultyMail.start(folder) as sink:
        assert isinstance(sink, FaultyMail)
        sink.answers = answers
        yield sink


async def test_a_message_arrives_whole_with_its_own_identifier(tmp_path: Path) -> None:
    async with MailSink.start(tmp_path) as sink:
        assert await delivered(settings(sink)) == Delivery(Outcome.SENT)
    (raw,) = sink.messages()
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert mail["To"] == "helene.canary@exemple.invalid"
    assert mail["From"] == "La mutuelle <contact@mutuelle.invalid>"
    assert mail["Subject"] == CONTENT.subject
    assert mail["Message-ID"] == f"<{MESSAGE.id}@mutuelle.invalid>"
    assert mail["Date"].datetime == NOW
    assert mail.get_content().replace("\r\n", "\n").rstrip("\n") == CONTENT.body
    assert all("canary" not in name for name in await asyncio.to_thread(os.listdir, tmp_path))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"MAIL": "451 later"}, Delivery(Outcome.NOT_YET, "server_refused", "451")),
        ({"MAIL": "552 no room"}, Delivery(Outcome.REFUSED, "server_refused", "552")),
        ({"RCPT": "450 busy"}, Delivery(Outcome.NOT_YET, "server_refused", "450")),
        ({"RCPT": "550 helene.canary is unknown"}, Delivery(Outcome.REFUSED, "server_refused", "550")),
        ({"DATA": "421 closing"}, Delivery(Outcome.NOT_YET, "server_refused", "421")),
        ({"EHLO": "drop"}, Delivery(Outcome.NOT_YET, "server_unreachable")),
        ({"MAIL": "drop"}, Delivery(Outcome.NOT_YET, "server_unreachable")),
        ({"DATA": "drop"}, Delivery(Outcome.NOT_YET, "server_unreachable")),
        ({"dot": "drop"}, Delivery(Outcome.UNKNOWN, "answer_lost")),
        ({"dot": "nonsense"}, Delivery(Outcome.UNKNOWN, "answer_lost")),
        ({"dot": "452 full"}, Delivery(Outcome.NOT_YET, "server_refused", "452")),
        ({"dot": "554 spam"}, Delivery(Outcome.REFUSED, "server_refused", "554")),
        ({"QUIT": "drop"}, Delivery(Outcome.SENT)),
    ],
)
async def test_each_way_of_failing_says_whether_the_message_may_have_left(
    tmp_path: Path, answers: dict[str, str], expected: Delivery
) -> None:
    async with faulty(tmp_path, **answers) as sink:
        assert await delivered(settings(sink)) == expected


async def test_a_server_that_says_nothing_after_the_message_leaves_it_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp_way, "TIMEOUT", 0.3)
    async with faulty(tmp_path, dot="") as sink:
        assert await delivered(settings(sink)) == Delivery(Outcome.UNKNOWN, "answer_lost")
    async with faulty(tmp_path, RCPT="") as sink:
        assert (await delivered(settings(sink))).outcome is Outcome.NOT_YET


async def test_nobody_listening_means_that_nothing_left(tmp_path: Path) -> None:
    async with MailSink.start(tmp_path) as sink:
        section = settings(sink)
    assert await delivered(section) == Delivery(Outcome.NOT_YET, "server_unreachable")


@pytest.mark.parametrize(
    "address", ["", "helene", "a@b\r\nBcc: x@y.invalid", "a b@c.invalid", "é@c.invalid", "<a@b.invalid>"]
)
async def test_an_address_that_no_mail_can_bear_is_refused_before_the_line_opens(
    tmp_path: Path, address: str
) -> None:
    async with MailSink.start(tmp_path) as sink:
        found = await delivered(settings(sink), replace(CONTENT, recipient=address))
    assert found == Delivery(Outcome.REFUSED, "bad_address")
    assert sink.messages() == []


async def test_a_subject_on_two_lines_adds_no_header(tmp_path: Path) -> None:
    async with MailSink.start(tmp_path) as sink:
        found = await delivered(settings(sink), replace(CONTENT, subject="Carte\nBcc: x@y.invalid"))
    assert found.outcome is Outcome.REFUSED
    assert sink.messages() == []


async def test_an_end_cuts_a_line_that_hangs(tmp_path: Path) -> None:

    async with faulty(tmp_path, dot="") as sink:
        way = SmtpWay(settings(sink), secret)
        delivering = asyncio.create_task(way.deliver(MESSAGE, CONTENT, NOW))
        async with asyncio.timeout(30):
            while not sink.messages():  # noqa: ASYNC110 - the sink writes on its own line
                await asyncio.sleep(0.01)
            await way.aclose()
            assert await delivering == Delivery(Outcome.UNKNOWN, "answer_lost")


# ---- signing in, in clear and under TLS ------------------------------------------------------------


class Guarded(FaultyMail):
    """A server that asks who sends, and speaks TLS when told to."""

    context: ssl.SSLContext | None = None
    greeting = "250-sink\r\n250-STARTTLS\r\n250 AUTH PLAIN"

    async def answer(self, verb: bytes, line: bytes, writer: Writer) -> None:
        if verb == b"EHLO":
            self.commands.append(line)
            writer.write(self.greeting.encode() + b"\r\n")
            await writer.drain()
        elif verb == b"STARTTLS" and self.context is not None:
            writer.write(b"220 go\r\n")
            await writer.drain()
            await writer.start_tls(self.context)
        elif verb == b"AUTH":
            self.commands.append(line)
            writer.write(self.answers.get("AUTH", "235 welcome").encode() + b"\r\n")
            await writer.drain()
        else:
            await super().answer(verb, line, writer)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a certificate for the loopback and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    start = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)

    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


def trusting(certificate: tuple[Path, Path]) -> Outward:
    return Outward(str(certificate[0]))


@asynccontextmanager
async def guarded(folder: Path, certificate: tuple[Path, Path]) -> AsyncIterator[Guarded]:
    async with Guarded.start(folder) as sink:
        assert isinstance(sink, Guarded)
        sink.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        sink.context.load_cert_chain(*certificate)
        yield sink


async def signed_in(sink: Guarded, outward: Outward | None, **changes: object) -> Delivery:
    section = settings(sink, smtp_security=MailSecurity.STARTTLS, smtp_user="avise", **changes)
    way = SmtpWay(section, secret, outward)
    try:
        return await way.deliver(MESSAGE, CONTENT, NOW)
    finally:
        await way.aclose()


async def test_the_password_goes_only_under_tls_and_the_message_arrives(
    tmp_path: Path, certificate: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        async with guarded(tmp_path, certificate) as sink:
            assert await signed_in(sink, trusting(certificate)) == Delivery(Outcome.SENT)
    verbs = [command.split()[0].upper() for command in sink.commands]
    # The second greeting is the one under TLS.
    assert verbs[: verbs.index(b"AUTH")] == [b"EHLO", b"EHLO"]
    assert "canary" not in caplog.text.lower()
    assert "s3cret" not in caplog.text


async def test_a_certificate_that_nobody_trusts_ends_the_try(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    async with guarded(tmp_path, certificate) as sink:
        assert await signed_in(sink, None) == Delivery(Outcome.NOT_YET, "certificate_unknown")
    assert sink.messages() == []


async def test_a_server_without_tls_never_gets_the_password(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    async with guarded(tmp_path, certificate) as sink:
        sink.greeting = "250-sink\r\n250 AUTH PLAIN"
        assert await signed_in(sink, trusting(certificate)) == Delivery(Outcome.NOT_YET, "server_unreachable")
    assert not any(command.startswith(b"AUTH") for command in sink.commands)


async def test_a_refused_account_may_be_mended_and_is_told_by_its_code(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    async with guarded(tmp_path, certificate) as sink:
        sink.answers = {"AUTH": "535 no"}
        found = await signed_in(sink, trusting(certificate))
    assert found == Delivery(Outcome.NOT_YET, "sign_in_refused", "535")


async def test_without_its_password_no_line_is_opened(tmp_path: Path) -> None:
    async def nothing() -> str | None:
        return None

    async with FaultyMail.start(tmp_path) as sink:
        way = SmtpWay(settings(sink, smtp_user="avise"), nothing)
        assert await way.deliver(MESSAGE, CONTENT, NOW) == Delivery(Outcome.NOT_YET, "no_password")
        await way.aclose()
