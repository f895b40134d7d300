"""What becomes of a message after it was handed over: delivery notices, believed for what they say of one."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.env import FixedEnv
from avise.models.journal import EventKind
from avise.models.outgoing import DEPARTS_AFTER, MessageStatus, OutgoingMessage
from avise.services.messages.notices import NOT_DELIVERED, Notice, NoticeFolder, mail_notice, spool_notice
from avise.services.messages.ways import Delivery, Outcome
from avise.store.store import Store
from tests.unit.services.messages.test_outgoing import KEY, SMS, Office, draft

MESSAGE = uuid.UUID(int=0x0192D1F0_0000_7000_8000_000000000001)

DSN = """\
From: MAILER-DAEMON@mail.exemple.invalid
To: contact@mutuelle.invalid
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I am sorry to have to inform you that CANARY could not be reached.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.exemple.invalid

Final-Recipient: rfc822; canary@exemple.invalid
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <canary@exemple.invalid>: User unknown

--B
Content-Type: {kind}

From: contact@mutuelle.invalid
To: canary@exemple.invalid
Subject: Votre carte
Message-ID: <{message}@mutuelle.invalid>

--B--
"""


def dsn(action: str, status: str, message: uuid.UUID = MESSAGE, kind: str = "text/rfc822-headers") -> bytes:
    """Return a notice as a mail server writes it."""
    return DSN.format(action=action, status=status, message=message, kind=kind).encode()


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
@pytest.mark.parametrize(
    ("action", "status", "said"),
    [
        ("failed", "5.1.1", Notice(MESSAGE, False, "unknown_recipient", "5.1.1")),
        ("failed", "5.2.2", Notice(MESSAGE, False, "mailbox_full", "5.2.2")),
        ("failed", "5.7.1", Notice(MESSAGE, False, "content_refused", "5.7.1")),
        ("failed", "5.4.7", Notice(MESSAGE, False, NOT_DELIVERED, "5.4.7")),
        ("delivered", "2.0.0", Notice(MESSAGE, True, "", "2.0.0")),
        ("delayed", "4.4.1", None),
        ("relayed", "2.0.0", None),
    ],
)
def test_a_mail_servers_notice_tells_whether_it_arrived(
    kind: str, action: str, status: str, said: Notice | None
) -> None:
    assert mail_notice(dsn(action, status, kind=kind)) == said


def test_a_mail_that_is_no_notice_says_nothing() -> None:
    assert mail_notice(b"Subject: Re: Votre carte\r\n\r\nMerci") is None
    assert mail_notice(dsn("failed", "5.1.1").replace(b"Message-ID", b"X-Other")) is None


@pytest.mark.parametrize(
    "told", [b"", b"[]", b"{}", b'{"id": "x", "status": "failed"}', b'{"id": 3, "status": "failed"}']
)
def test_a_file_that_says_nothing_sound_is_no_notice(told: bytes) -> None:
    assert spool_notice(told) is None


@given(st.binary(max_size=400))
def test_no_file_breaks_the_reading(content: bytes) -> None:
    assert spool_notice(content) is None
    assert mail_notice(content) is None
    mail_notice(dsn("failed", "5.1.1").replace(b"Action: failed", b"Action: " + content))


# ---- taken -------------------------------------------------------------------------------------------


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    env = FixedEnv()
    store = await Store.open(tmp_path / "store.db", KEY, env)
    made = Office(store, env)
    made.outgoing.notices = NoticeFolder(tmp_path / "notices")
    yield made
    await made.outgoing.aclose()
    await store.aclose()


async def sent(office: Office, *says: Delivery) -> OutgoingMessage:
    """Have a message leave."""
    office.way.says.extend(says)
    await office.outgoing.plan(draft(channel=SMS))
    office.env.advance(DEPARTS_AFTER)
    await office.outgoing.depart_due()
    return await office.only()


def left(folder: Path, name: str, told: object) -> Path:
    """Leave a notice."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(told), "utf-8")
    return folder / name


async def test_what_is_said_of_a_message_is_its_status_and_a_line_of_the_history(
    office: Office, tmp_path: Path
) -> None:
    message = await sent(office)
    path = left(tmp_path / "notices", "a.json", {"id": str(message.id), "status": "delivered"})
    assert await office.outgoing.take_notices() == 1
    assert not path.exists()
    now = await office.only()
    assert now.status is MessageStatus.DELIVERED
    (told,) = await office.lines()
    assert told.summary.startswith("Remis au destinataire le")
    assert (await office.kinds())[-1] is EventKind.MESSAGE_DELIVERED
    bounce = tmp_path / "notices" / "b.eml"
    bounce.write_bytes(dsn("failed", "5.1.1", message.id))
    assert await office.outgoing.take_notices() == 1
    back = await office.only()
    assert (back.status, back.reason, back.detail) == (MessageStatus.RETURNED, "unknown_recipient", "5.1.1")
    (told,) = await office.lines()
    assert (told.status, told.summary.endswith("l’adresse ou le numéro n’existe pas")) == ("failed", True)
    left(tmp_path / "notices", "c.json", {"id": str(message.id), "status": "delivered"})
    assert await office.outgoing.take_notices() == 0
    assert (await office.only()).status is MessageStatus.RETURNED


async def test_a_notice_settles_a_message_of_which_nobody_knew_whether_it_left(
    office: Office, tmp_path: Path
) -> None:
    message = await sent(office, Delivery(Outcome.UNKNOWN, "answer_lost"))
    assert message.status is MessageStatus.UNKNOWN
    left(tmp_path / "notices", "a.json", {"id": str(message.id), "status": "failed", "reason": "CANARY"})
    assert await office.outgoing.take_notices() == 1
    now = await office.only()
    assert (now.status, now.reason) == (MessageStatus.RETURNED, NOT_DELIVERED)


async def test_notices_of_other_workstations_and_foreign_files_stay(office: Office, tmp_path: Path) -> None:
    await sent(office)
    other = left(tmp_path / "notices", "a.json", {"id": str(MESSAGE), "status": "delivered"})
    odd = left(tmp_path / "notices", "b.json", ["?"])
    for _ in range(2):
        assert await office.outgoing.take_notices() == 0
    assert other.exists()
    assert odd.exists()
    assert (await office.only()).status is MessageStatus.SENT


async def test_a_message_that_has_not_left_yet_takes_no_notice(office: Office, tmp_path: Path) -> None:
    planned = await office.outgoing.plan(draft(channel=SMS))
    left(tmp_path / "notices", "a.json", {"id": str(planned.id), "status": "delivered"})
    assert await office.outgoing.take_notices() == 0
    assert (await office.only()).status is MessageStatus.PLANNED
