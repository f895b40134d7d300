"""Messages and consents on the real tools: written from a dossier, sent by mail, left in the folder, told."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest

from avise.commands.show import find_person
from avise.demo.mail_sink import MailSink
from avise.demo.population.personas import PERSONAS
from avise.demo.profile import write_profile
from avise.engine.engine import Engine
from avise.engine.loops import LoopThread
from avise.env import SystemEnv
from avise.models.consent import ConsentAct, ConsentChannel, ConsentPurpose, ConsentState
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.facets import FacetView
from avise.models.interaction import TimelineEntry
from avise.models.outgoing import MessageStatus, OutgoingMessage, plain
from avise.models.roles import Purpose
from avise.services.customer_updates import CustomerUpdate, FacetChanged, OpeningSettled, TimelineChanged
from avise.services.profile import load_profile
from tests.servers.engine.conftest import MutualInABox
from tests.servers.engine.test_answers_of_personas import OF_THE_WORLD

EMAIL, SMS, LETTER = ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.LETTER
COMMERCIAL = ConsentPurpose.COMMERCIAL


class HastyEnv(SystemEnv):
    """The morning of the invented world, on which a test makes minutes pass."""

    def __init__(self) -> None:
        self.shift: timedelta = OF_THE_WORLD - super().now()

    def now(self) -> datetime:
        """Return what a clock of that morning shows."""
        return super().now() + self.shift

    def pass_minutes(self, minutes: float) -> None:
        """Make time pass."""
        self.shift += timedelta(minutes=minutes)

    async def sleep(self, seconds: float) -> None:
        """Sleep, and look at the clock often: minutes may have passed."""
        await super().sleep(min(seconds, 0.05))


class Box:
    """A desk with a mail server beside it."""

    def __init__(self, engine: Engine, sink: MailSink, env: HastyEnv, folder: Path) -> None:
        self.engine, self.sink, self.env, self.folder = engine, sink, env, folder

    @property
    def spool(self) -> Path:
        return self.folder / "to-send"


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailSink]:
    thread = LoopThread("mail sink of the tests")
    thread.start()
    ready, ending = threading.Event(), threading.Event()
    sinks: list[MailSink] = []

    async def keep() -> None:
        async with MailSink.start(tmp_path_factory.mktemp("mail")) as started:
            sinks.append(started)
            ready.set()
            await asyncio.to_thread(ending.wait)

    kept = thread.submit(keep())
    assert ready.wait(60)
    yield sinks[0]
    ending.set()
    kept.result(60)
    thread.stop()


@pytest.fixture
def box(mutual: MutualInABox, sink: MailSink, tmp_path: Path) -> Iterator[Box]:
    folder = tmp_path / "profile"
    write_profile(folder, mutual.tools, mail_port=sink.port)
    env = HastyEnv()
    engine = Engine(load_profile(folder, device=""), env, at_desk=True)
    engine.start()
    try:
        engine.run(engine.directory_ready())
        yield Box(engine, sink, env, folder)
    finally:
        engine.stop()


class Screen:
    """What an open dossier was told."""

    def __init__(self, person: PersonId) -> None:
        self.person = person
        self.entries: tuple[TimelineEntry, ...] = ()
        self.views: dict[str, FacetView] = {}

    def take(self, update: CustomerUpdate) -> None:
        if isinstance(update, TimelineChanged):
            self.entries = update.entries
        if isinstance(update, FacetChanged):
            self.views[update.view.facet] = update.view


@asynccontextmanager
async def opened(engine: Engine, code: str) -> AsyncGenerator[Screen, None]:
    """Follow a persona's dossier for the time of a block, once everything was read."""
    person = await find_person(engine.desk, PERSONAS[code].member_number)
    screen, settled = Screen(person), asyncio.Event()
    updates = cast("AsyncGenerator[CustomerUpdate, None]", engine.desk.open_customer(person, Purpose.CALL))

    async def follow() -> None:
        async for update in updates:
            screen.take(update)
            if isinstance(update, OpeningSettled):
                settled.set()

    following = asyncio.create_task(follow())
    await asyncio.wait_for(settled.wait(), 60)
    try:
        yield screen
    finally:
        await engine.desk.leave(person)
        await following


async def status_of(engine: Engine, message: OutgoingMessage, *wanted: MessageStatus) -> OutgoingMessage:
    """Return a message once it has one of the statuses."""
    stream = cast("AsyncGenerator[tuple[OutgoingMessage, ...], None]", engine.desk.messages())
    try:
        async with asyncio.timeout(60):
            async for told in stream:
                for found in told:
                    if found.id == message.id and found.status in wanted:
                        return found
    finally:
        await stream.aclose()
    raise AssertionError(wanted)


async def line_of(screen: Screen, message: OutgoingMessage, words: str) -> TimelineEntry:
    """Return the line of a message once it says something."""
    async with asyncio.timeout(60):
        while True:
            for entry in screen.entries:
                if entry.id == f"journal/{message.id}" and words in entry.summary:
                    return entry
            await asyncio.sleep(0.02)


def test_a_message_is_read_sent_by_mail_and_told_in_the_history(box: Box) -> None:
    async def write() -> None:
        async with opened(box.engine, "P13") as screen:
            desk = box.engine.desk
            proposed = await desk.message_templates("R21")
            assert proposed[0].id == "complaint_received"
            draft = await desk.draft_message(screen.person, "complaint_received", EMAIL)
            assert (draft.missing, draft.stale) == ((), ())
            assert "R-2304" in plain(draft.body)
            planned = await desk.send_message(draft)
            line = await line_of(screen, planned, "annulable")
            assert (line.status, line.variant) == ("to_send", "email_out")
            assert box.sink.messages() == []
            box.env.pass_minutes(2)
            await status_of(box.engine, planned, MessageStatus.SENT)
            assert (await line_of(screen, planned, "Remis le 24/03/2026")).status == ""

    box.engine.run(write())
    (raw,) = box.sink.messages()
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert str(mail["To"]).endswith("@exemple.invalid")
    assert "R-2304" in mail.get_content()
    for path in box.sink.folder.iterdir():
        path.unlink()


def test_an_undone_message_does_not_leave(box: Box) -> None:
    async def write() -> None:
        async with opened(box.engine, "P13") as screen:
            desk = box.engine.desk
            planned = await desk.send_message(
                await desk.draft_message(screen.person, "complaint_received", EMAIL)
            )
            await desk.undo_message(planned.id)
            await line_of(screen, planned, "Annulé avant l’envoi")
            box.env.pass_minutes(3)
            await asyncio.sleep(0.3)
            with pytest.raises(AviseError):
                await desk.undo_message(planned.id)

    box.engine.run(write())
    assert box.sink.messages() == []


def test_letters_and_text_messages_are_left_in_the_folder_under_names_of_nobody(box: Box) -> None:
    async def write() -> None:
        async with opened(box.engine, "P12") as screen:
            desk = box.engine.desk
            for channel in (SMS, LETTER):
                draft = await desk.draft_message(screen.person, "card_available", channel)
                planned = await desk.send_message(draft)
                box.env.pass_minutes(2.1)
                await status_of(box.engine, planned, MessageStatus.SENT)

    box.engine.run(write())
    names = sorted(path.name for path in box.spool.iterdir())
    assert [name.partition("-")[0] for name in names] == ["letter", "sms"]
    assert not any(part in " ".join(names).lower() for part in ("tessandier", "mickaël", "06399"))
    (sms,) = [path for path in box.spool.iterdir() if path.suffix == ".json"]
    assert json.loads(sms.read_text("utf-8"))["to"] == PERSONAS["P12"].phone
    (letter,) = [path for path in box.spool.iterdir() if path.suffix == ".pdf"]
    assert letter.read_bytes().startswith(b"%PDF")


def test_what_changed_since_it_was_read_is_not_sent(box: Box) -> None:
    async def write() -> None:
        async with opened(box.engine, "P13") as screen:
            desk = box.engine.desk
            draft = await desk.draft_message(screen.person, "complaint_received", EMAIL)
            box.env.shift += timedelta(days=1)
            changed = await desk.draft_message(screen.person, "complaint_received", EMAIL, "en")
            with pytest.raises(AviseError) as refused:
                await desk.send_message(replace(draft, body=changed.body))
            assert refused.value.message_key == "message.changed"

    box.engine.run(write())


def test_a_withdrawal_holds_at_once_on_the_screen_and_for_what_waits(box: Box) -> None:
    async def write() -> None:
        async with opened(box.engine, "P24") as screen:
            desk = box.engine.desk
            questions = await desk.consent_questions(screen.person)
            asked = {(question.purpose, question.channel) for question in questions}
            for channel in (EMAIL, SMS):
                cells = await desk.give_consent(screen.person, ConsentAct(COMMERCIAL, channel, proof="oral"))
                (cell,) = [c for c in cells if (c.purpose, c.channel) == (COMMERCIAL, channel)]
                assert (cell.state, cell.source) == (ConsentState.YES, "journal"), cell
            after = await desk.consent_questions(screen.person)
            assert asked - {(q.purpose, q.channel) for q in after} <= {(COMMERCIAL, EMAIL), (COMMERCIAL, SMS)}
            draft = await desk.draft_message(screen.person, "plan_review", EMAIL)
            if draft.channel is None:
                pytest.fail(str([choice.reason for choice in draft.choices]))
            planned = await desk.send_message(draft)
            await desk.withdraw_consent(screen.person, COMMERCIAL, proof="ne souhaite plus d’offres")
            stopped = await status_of(box.engine, planned, MessageStatus.STOPPED)
            assert stopped.reason == "consent_withdrawn"
            await line_of(screen, planned, "consentement retiré")
            shown = {
                (record.data["channel"], record.data["state"])
                for record in screen.views["consents"].records
                if record.data["purpose"] == "commercial"
            }
            assert shown == {(channel.value, "no") for channel in ConsentChannel}
            again = await desk.draft_message(screen.person, "plan_review")
            assert again.channel is None
            with pytest.raises(AviseError) as refused:
                await desk.send_message(draft)
            assert refused.value.message_key == "message.no_channel"

    box.engine.run(write())
    assert box.sink.messages() == []


def test_a_restart_finds_again_what_waits(box: Box, mutual: MutualInABox) -> None:
    async def plan() -> OutgoingMessage:
        async with opened(box.engine, "P13") as screen:
            desk = box.engine.desk
            return await desk.send_message(
                await desk.draft_message(screen.person, "complaint_received", EMAIL)
            )

    planned = box.engine.run(plan())
    box.engine.stop()
    env = HastyEnv()
    env.pass_minutes(10)
    again = Engine(load_profile(box.folder, device=""), env, at_desk=True)
    again.start()
    try:
        again.run(status_of(again, planned, MessageStatus.SENT))
    finally:
        again.stop()
    assert len(box.sink.messages()) == 1
    for path in box.sink.folder.iterdir():
        path.unlink()


def test_nothing_of_what_was_written_is_in_the_log_or_the_store_afterwards(box: Box) -> None:
    async def write() -> None:
        async with opened(box.engine, "P13") as screen:
            desk = box.engine.desk
            draft = await desk.draft_message(
                screen.person, "complaint_received", EMAIL, filled={"number": "CANARY"}
            )
            planned = await desk.send_message(draft)
            box.env.pass_minutes(2.1)
            await status_of(box.engine, planned, MessageStatus.SENT)

    box.engine.run(write())
    recipient = message_from_bytes(box.sink.messages()[0], policy=policy.default)["To"]
    for path in box.sink.folder.iterdir():
        path.unlink()
    for path in box.folder.rglob("*.log*"):
        written = path.read_text("utf-8")
        assert str(recipient) not in written
        assert "Grimbaud" not in written
