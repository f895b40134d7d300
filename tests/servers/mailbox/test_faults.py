"""What a mailbox does wrong, and what becomes of it."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from pathlib import Path

import pytest

from avise.connectors.contract import ConnectorError, Health
from avise.connectors.deadline import within
from avise.connectors.host import ConnectorHost
from avise.connectors.network_gate import Shut
from avise.connectors.ports import InstanceSettings, NoSnapshots
from avise.connectors.readings import TimelineReading
from avise.connectors.registry import Registry
from avise.env import SystemEnv
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON
from avise.texts import text
from tests.servers.mailbox.certificates import Certificates
from tests.servers.mailbox.conftest import FILE, PASSWORD, USER, Mailbox, running
from tests.servers.mailbox.letters import HELENE, SECRET_WORDS, YVON
from tests.servers.mailbox.odd_servers import (
    Speak,
    closing,
    drip,
    obeying,
    saying,
    secured,
    silence,
    speaking,
)
from tests.unit.connectors.declarative.opened_file import Opened, Secrets, open_connector_file

Open = Callable[..., Awaitable[Opened]]


@pytest.fixture
async def open_mailbox() -> AsyncIterator[Open]:
    """Open the connector over whatever listens at a port."""
    async with AsyncExitStack() as stack:

        async def opening(config: dict[str, JSON], password: str = PASSWORD, file: Path = FILE) -> Opened:
            return await open_connector_file(file, config, {"password": password}, stack)

        yield opening


async def kind_of(opened: Opened) -> tuple[ErrorKind, str]:
    with pytest.raises(ConnectorError) as caught:
        async with within(5):
            await opened.timeline(mail__addresses=HELENE)
    return caught.value.kind, caught.value.detail


async def test_nobody_listens(mailbox: Mailbox, open_mailbox: Open) -> None:
    opened = await open_mailbox(mailbox.config(port=1))
    assert await kind_of(opened) == (ErrorKind.UNAVAILABLE, "no connection")


async def test_a_wrong_password_asks_for_another(mailbox: Mailbox, open_mailbox: Open) -> None:
    opened = await open_mailbox(mailbox.config(), "faux")
    kind, detail = await kind_of(opened)
    assert (kind, detail) == (ErrorKind.AUTH, "sign-in refused")


async def test_a_certificate_that_nobody_signed_is_refused(mailbox: Mailbox, open_mailbox: Open) -> None:
    opened = await open_mailbox(mailbox.config(ca_file=None))
    kind, detail = await kind_of(opened)
    assert (kind, detail.startswith("certificate refused")) == (ErrorKind.CONFIG, True)


async def test_a_certificate_for_another_name_is_refused(mailbox: Mailbox, open_mailbox: Open) -> None:
    opened = await open_mailbox(mailbox.config(host="127.0.0.1"))
    kind, detail = await kind_of(opened)
    assert (kind, detail.startswith("certificate refused")) == (ErrorKind.CONFIG, True)


async def test_a_folder_that_is_not_there_is_no_empty_one(
    mailbox: Mailbox, open_mailbox: Open, tmp_path: Path
) -> None:
    file = tmp_path / "imap.toml"
    file.write_text(FILE.read_text("utf-8").replace('"Sent"]', '"Elsewhere"]'), "utf-8")
    opened = await open_mailbox(mailbox.config(), file=file)
    assert await kind_of(opened) == (ErrorKind.CONFIG, "no such folder")
    with pytest.raises(ConnectorError):
        await opened.check()


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        ({"port": 70_000}, "the port is no number of a port"),
        (
            {"security": "none"},
            text("instance_config.type.choice", name="security", choices="tls, starttls"),
        ),
    ],
)
async def test_a_configuration_that_makes_no_sense_opens_nothing(
    mailbox: Mailbox, open_mailbox: Open, changed: dict[str, JSON], detail: str
) -> None:
    with pytest.raises(ConnectorError) as caught:
        await open_mailbox(mailbox.config(**changed))
    assert (caught.value.kind, caught.value.detail) == (ErrorKind.CONFIG, detail)


async def test_certificates_that_cannot_be_read_are_a_matter_of_configuration(
    mailbox: Mailbox, open_mailbox: Open
) -> None:
    opened = await open_mailbox(mailbox.config(ca_file="/nowhere.pem"))
    assert await kind_of(opened) == (ErrorKind.CONFIG, "the file of certificates cannot be read")


CAPABLE = b"* CAPABILITY IMAP4rev1\r\n%s OK done\r\n"


@pytest.mark.parametrize(
    ("speak", "kind"),
    [
        (closing, ErrorKind.UNAVAILABLE),
        (saying(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>"), ErrorKind.BAD_DATA),
        (saying(bytes(range(256)) * 50), ErrorKind.BAD_DATA),
        (saying(b"* BYE too many connections\r\n"), ErrorKind.UNAVAILABLE),
        (saying(b"* BYE [UNAVAILABLE] down\r\n"), ErrorKind.UNAVAILABLE),
        (obeying(CAPABLE), ErrorKind.CONFIG),
        (obeying(CAPABLE.replace(b"rev1", b"rev1 STARTTLS"), b"%s NO never\r\n"), ErrorKind.CONFIG),
    ],
    ids=["closes", "http", "noise", "bye", "bye with a code", "no STARTTLS", "STARTTLS refused"],
)
async def test_what_is_no_mailbox_is_told_by_its_kind(
    mailbox: Mailbox, open_mailbox: Open, speak: Speak, kind: ErrorKind
) -> None:
    with speaking(speak) as port:
        opened = await open_mailbox(mailbox.config(port=port))
        assert (await kind_of(opened))[0] is kind


@pytest.mark.parametrize("speak", [silence, drip])
@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_server_that_hangs_holds_no_thread(
    mailbox: Mailbox, open_mailbox: Open, speak: Speak, security: str
) -> None:
    with speaking(speak) as port:
        opened = await open_mailbox(mailbox.config(port=port, security=security))

        async def hang() -> ErrorKind:
            with pytest.raises(ConnectorError) as caught:
                async with within(0.3):
                    # The time that the connector knows is long: only giving up sets its thread free.
                    await opened.connector.check(opened.context(60))
            return caught.value.kind

        kinds = await asyncio.gather(*(hang() for _ in range(4)))
        assert not set(kinds) - {ErrorKind.TIMEOUT, ErrorKind.BAD_DATA, ErrorKind.UNAVAILABLE}
        free = asyncio.gather(*(opened.context(60).blocking(threading.get_ident) for _ in range(4)))
        async with asyncio.timeout(30):
            await free


async def test_a_connection_that_is_secure_from_its_first_byte(
    certificates: Certificates, mailbox: Mailbox, open_mailbox: Open
) -> None:
    with running("--no-tls") as behind, speaking(secured(certificates.server, behind)) as port:
        opened = await open_mailbox(mailbox.config(port=port, security="tls"))
        with pytest.raises(ConnectorError) as caught:
            await opened.check()
    # The server behind has an inbox and no other folder: it was signed in, and asked for "Sent".
    assert (caught.value.kind, caught.value.detail) == (ErrorKind.CONFIG, "no such folder")


# ---- through the host ----------------------------------------------------------------------------


@asynccontextmanager
async def host_over(config: dict[str, JSON], password: str = PASSWORD) -> AsyncIterator[ConnectorHost]:
    settings = [InstanceSettings("mail", "imap", config, connector_file=FILE)]
    host = ConnectorHost(
        SystemEnv(), NoSnapshots(), settings, Secrets({"password": password}), connectors=Registry()
    )
    await host.start()
    await host.opened()
    try:
        yield host
    finally:
        await host.aclose()


async def last(host: ConnectorHost, asked: str, on_screen: str) -> TimelineReading:
    customer = CustomerKey(uuid.UUID(int=1), {"mail.addresses": asked})
    identity = IdentityEvidence("Marchand", "Hélène", date(1968, 3, 12), {"mail.addresses": on_screen})
    steps = [
        step async for step in host.read_timeline("mail", customer, identity, agent="lea", purpose="call")
    ]
    return steps[-1]


async def test_the_host_reads_it_by_its_name(mailbox: Mailbox) -> None:
    async with host_over(mailbox.config()) as host:
        assert (await host.check("mail")).health is Health.OK
        reading = await last(host, HELENE, HELENE)
        (opened,) = [one for one in reading.interactions if one.title == "Carte perdue"]
        content = host.content("mail", opened.body_ref, agent="lea", purpose="call")
        assert b"".join([piece async for piece in content]).decode() == SECRET_WORDS
    assert (reading.error, reading.withheld) == (None, False)


async def test_nobody_is_asked_while_the_user_works_offline(mailbox: Mailbox) -> None:
    async with host_over(mailbox.config()) as host:
        host.gate.shut = Shut.ALL
        reading = await last(host, HELENE, HELENE)
    assert reading.error is not None
    assert reading.error.kind is ErrorKind.OFFLINE


async def test_letters_of_somebody_else_are_withheld(mailbox: Mailbox) -> None:
    async with host_over(mailbox.config()) as host:
        reading = await last(host, YVON, HELENE)
    assert (reading.withheld, reading.interactions) == (True, ())


async def test_nothing_personal_is_written_whatever_happens(
    mailbox: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[object] = []
    async with host_over(mailbox.config()) as host:
        told += [(await last(host, asked, HELENE)).error for asked in (HELENE, YVON, "néant")]
        told.append(dict(host.diagnostics("mail")))
    async with host_over(mailbox.config(), "faux mot de passe") as host:
        told.append((await last(host, HELENE, HELENE)).error)
        told.append(dict(host.diagnostics("mail")))
    cruel = saying(f"* BYE {HELENE} {PASSWORD}\r\n".encode())
    with speaking(cruel) as port:
        async with host_over(mailbox.config(port=port)) as host:
            told.append((await last(host, HELENE, HELENE)).error)
    written = capsys.readouterr()
    text = f"{written.out}{written.err}{told}"
    assert text.count("reading failed") >= 3
    canaries = {HELENE, YVON, PASSWORD, USER, "faux mot", "néant", "Marchand", "Carte perdue", SECRET_WORDS}
    assert {canary for canary in canaries if canary.lower() in text.lower()} == set()
