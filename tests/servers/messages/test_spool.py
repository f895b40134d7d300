"""Text messages and letters left in a folder: whole or absent, private, named by nothing of a person."""

from __future__ import annotations

import json
import stat
import uuid
from dataclasses import replace
from pathlib import Path

from avise.env import FixedEnv
from avise.models.consent import ConsentChannel, ConsentPurpose
from avise.models.outgoing import MessageContent, MessageStatus, OutgoingMessage
from avise.services.messages.letter_pdf import Letterhead
from avise.services.messages.spool_way import LetterWay, SmsWay
from avise.services.messages.ways import SENT, Outcome

NOW = FixedEnv().now()
MESSAGE = OutgoingMessage(
    uuid.UUID(int=5), uuid.UUID(int=7), "card_available", "1", "Carte", ConsentPurpose.SERVICE,
    ConsentChannel.SMS, "fr", MessageStatus.SENDING, NOW, NOW, NOW,
)  # fmt: skip


async def test_a_text_message_is_one_private_file(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    way = SmsWay(folder, "La mutuelle")
    assert await way.deliver(MESSAGE, MessageContent("+33639984127", "", "Votre carte, Hélène"), NOW) == SENT
    await way.aclose()
    path = folder / f"sms-{MESSAGE.id}.json"
    assert json.loads(path.read_text("utf-8")) == {
        "id": str(MESSAGE.id),
        "from": "La mutuelle",
        "to": "+33639984127",
        "text": "Votre carte, Hélène",
        "created_at": "2026-03-24T09:44:00+00:00",
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in folder.iterdir()] == [path.name]


async def test_a_letter_is_one_pdf(tmp_path: Path) -> None:
    way = LetterWay(tmp_path, Letterhead("La mutuelle", ("12 rue des Écoles",)))
    content = MessageContent("Mme CANARY\n14 rue\n44000 NANTES", "Votre carte", "Madame,\n\nVoici.")
    assert await way.deliver(replace(MESSAGE, channel=ConsentChannel.LETTER), content, NOW) == SENT
    await way.aclose()
    (path,) = tmp_path.iterdir()  # noqa: ASYNC240 - one file
    assert path.name == f"letter-{MESSAGE.id}.pdf"
    assert path.read_bytes().startswith(b"%PDF-1.7")


async def test_a_folder_that_cannot_be_written_means_that_nothing_was_left(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    way = SmsWay(blocked, "La mutuelle")
    found = await way.deliver(MESSAGE, MessageContent("+33639984127", "", "x"), NOW)
    await way.aclose()
    assert (found.outcome, found.reason) == (Outcome.NOT_YET, "spool_unwritable")
