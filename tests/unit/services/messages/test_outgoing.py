"""Messages from the agent's *send* to their end, over a real store: undone, stopped, sent once."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avise.env import FixedEnv
from avise.models.consent import ConsentAct, ConsentChannel, ConsentPurpose
from avise.models.customer import DirectoryEntry, Party, PartyKind, PersonId, customer_stream
from avise.models.errors import AviseError
from avise.models.interaction import Interaction
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.outgoing import (
    Fragment,
    MessageContent,
    MessageDraft,
    MessageStatus,
    MissingFact,
    OutgoingMessage,
)
from avise.models.roles import Role, Session
from avise.services.consent_texts import shipped_consents
from avise.services.consents import Consents
from avise.services.messages.history import KINDS, interactions_of
from avise.services.messages.outgoing import RETRY_AFTER, Outgoing
from avise.services.messages.ways import SENT, Delivery, Outcome
from avise.store.journal import Journal
from avise.store.outgoing import OutgoingMessages
from avise.store.store import Store
from tests.unit.services.scripted_sources import ScriptedSources, answer, offer

KEY = bytes(range(32))
PERSON = uuid.UUID(int=7)
MEMBER = DirectoryEntry(
    PERSON, PERSON, Party("P1", PartyKind.MEMBER, "Marchand", "Hélène", member_number="0482917350")
)
AGENT = Session("lea.girard", "Léa Girard", Role.AGENT, "poste-1")
EMAIL, SMS = ConsentChannel.EMAIL, ConsentChannel.SMS
SERVICE, COMMERCIAL = ConsentPurpose.SERVICE, ConsentPurpose.COMMERCIAL
NOT_YET = Delivery(Outcome.NOT_YET, "server_unreachable")


@dataclass
class ScriptedWay:
    """Says what it is told to, and remembers what it was given."""

    says: list[Delivery] = field(default_factory=list)
    given: list[MessageContent] = field(default_factory=list)
    gate: asyncio.Event | None = None
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def deliver(self, message: OutgoingMessage, content: MessageContent, now: datetime) -> Delivery:
        assert message.status is MessageStatus.SENDING
        assert message.departs_at <= now
        self.given.append(content)
        self.begun.set()
        if self.gate is not None:
            await self.gate.wait()
        return self.says.pop(0) if self.says else SENT

    async def aclose(self) -> None:
        return


class People:
    """The directory, as messages see it."""

    async def by_person(self, person: PersonId) -> DirectoryEntry | None:
        return MEMBER if person == PERSON else None


class Office:
    """One desk that writes to members."""

    def __init__(self, store: Store, env: FixedEnv) -> None:
        self.env, self.store = env, store
        self.sources = ScriptedSources([])
        self.journal = Journal(store, env)
        self.kept = OutgoingMessages(store, env, self.journal, AGENT.user)
        self.consents = Consents(AGENT, self.journal, self.sources, shipped_consents(), env)
        self.way = ScriptedWay()
        self.outgoing = Outgoing(
            AGENT, self.kept, self.consents, People(), {EMAIL: self.way, SMS: self.way}, env
        )

    async def only(self) -> OutgoingMessage:
        (message,) = await self.outgoing.all()
        return message

    async def lines(self) -> tuple[Interaction, ...]:
        return interactions_of(reversed(await self.journal.stream(customer_stream(PERSON), KINDS)))

    async def kinds(self) -> list[EventKind]:
        return [event.kind for event in await self.journal.stream(customer_stream(PERSON), KINDS)]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    env = FixedEnv()
    store = await Store.open(tmp_path / "store.db", KEY, env)
    yield Office(store, env)
    await store.aclose()


def draft(
    purpose: ConsentPurpose = SERVICE, channel: ConsentChannel | None = EMAIL, person: PersonId = PERSON
) -> MessageDraft:
    return MessageDraft(
        person=person, template="card_available", template_version="1", title="Carte disponible",
        purpose=purpose, channel=channel, chosen_because="Canal préféré", choices=(), language="fr",
        recipient="canary@exemple.invalid", subject=(Fragment("Votre carte"),),
        body=(Fragment("Bonjour "), Fragment("CANARY", "first_name")),
    )  # fmt: skip


async def test_a_message_leaves_two_minutes_after_it_was_planned(office: Office) -> None:
    planned = await office.outgoing.plan(draft())
    assert planned.departs_at - planned.planned_at == timedelta(minutes=2)
    office.env.advance(timedelta(seconds=119))
    assert await office.outgoing.depart_due() == 0
    office.env.advance(timedelta(seconds=1))
    assert await office.outgoing.depart_due() == 1
    assert office.way.given == [MessageContent("canary@exemple.invalid", "Votre carte", "Bonjour CANARY")]
    assert (await office.only()).status is MessageStatus.SENT
    assert await office.outgoing.depart_due() == 0
    assert await office.kinds() == [EventKind.MESSAGE_PLANNED, EventKind.MESSAGE_SENT]


@pytest.mark.parametrize(
    ("bad", "key"),
    [
        (draft(channel=None), "message.no_channel"),
        (replace(draft(), missing=(MissingFact("until", "date"),)), "message.missing_facts"),
    ],
)
async def test_a_draft_with_a_gap_or_without_a_channel_is_not_planned(
    office: Office, bad: MessageDraft, key: str
) -> None:
    with pytest.raises(AviseError) as refused:
        await office.outgoing.plan(bad)
    assert refused.value.message_key == key
    assert await office.outgoing.all() == ()


async def test_an_undone_message_never_leaves_even_after_a_restart(office: Office, tmp_path: Path) -> None:
    planned = await office.outgoing.plan(draft())
    again = Office(office.store, office.env)
    assert (await again.outgoing.undo(planned.id)).status is MessageStatus.UNDONE
    office.env.advance(timedelta(minutes=3))
    assert await again.outgoing.depart_due() == 0
    assert again.way.given == []
    assert await office.kinds() == [EventKind.MESSAGE_PLANNED, EventKind.MESSAGE_UNDONE]
    with pytest.raises(AviseError) as late:
        await again.outgoing.undo(planned.id)
    assert late.value.message_key == "message.too_late_to_undo"
    with pytest.raises(AviseError) as unknown:
        await again.outgoing.undo(uuid.UUID(int=99))
    assert unknown.value.message_key == "message.not_found"


async def test_a_planned_message_survives_a_restart_and_leaves(office: Office) -> None:
    await office.outgoing.plan(draft())
    office.env.advance(timedelta(minutes=10))
    again = Office(office.store, office.env)
    assert await again.outgoing.recover() == 0
    assert await again.outgoing.depart_due() == 1
    assert len(again.way.given) == 1


async def test_what_was_being_sent_when_the_machine_stopped_is_unknown_and_not_sent_again(
    office: Office,
) -> None:
    office.way.gate = asyncio.Event()
    await office.outgoing.plan(draft())
    office.env.advance(timedelta(minutes=2))
    departing = asyncio.create_task(office.outgoing.depart_due())
    await office.way.begun.wait()
    # The machine stops here: what follows is another process on the same store.
    again = Office(office.store, office.env)
    assert await again.outgoing.recover() == 1
    assert await again.outgoing.depart_due() == 0
    assert again.way.given == []
    lost = await again.only()
    assert (lost.status, lost.reason) == (MessageStatus.UNKNOWN, "interrupted")
    office.way.gate.set()
    await departing
    assert (await again.only()).status is MessageStatus.UNKNOWN


async def test_two_processes_hand_a_message_over_once(office: Office) -> None:
    other = Office(office.store, office.env)
    await office.outgoing.plan(draft())
    office.env.advance(timedelta(minutes=2))
    await asyncio.gather(office.outgoing.depart_due(), other.outgoing.depart_due())
    assert len(office.way.given) + len(other.way.given) == 1


async def test_undoing_and_leaving_at_the_same_moment_end_in_one_of_the_two(office: Office) -> None:
    for _ in range(10):
        planned = await office.outgoing.plan(draft())
        office.env.advance(timedelta(minutes=2))
        before = len(office.way.given)
        undone, _tried = await asyncio.gather(
            office.outgoing.undo(planned.id), office.outgoing.depart_due(), return_exceptions=True
        )
        left = len(office.way.given) - before
        assert left == (1 if isinstance(undone, AviseError) else 0)


async def test_what_surely_did_not_leave_is_tried_again_then_fails(office: Office) -> None:
    office.way.says = [NOT_YET] * 4
    await office.outgoing.plan(draft())
    office.env.advance(timedelta(minutes=2))
    for pause in RETRY_AFTER:
        assert await office.outgoing.depart_due() == 1
        waiting = await office.only()
        assert (waiting.status, waiting.reason) == (MessageStatus.PLANNED, "server_unreachable")
        assert waiting.departs_at == office.env.now() + pause
        office.env.advance(pause)
    assert await office.outgoing.depart_due() == 1
    failed = await office.only()
    assert (failed.status, failed.attempts) == (MessageStatus.FAILED, 4)
    assert await office.kinds() == [EventKind.MESSAGE_PLANNED, EventKind.MESSAGE_FAILED]


@pytest.mark.parametrize(
    ("delivery", "status"),
    [
        (Delivery(Outcome.UNKNOWN, "answer_lost"), MessageStatus.UNKNOWN),
        (Delivery(Outcome.REFUSED, "server_refused", "550"), MessageStatus.FAILED),
    ],
)
async def test_an_answer_lost_or_a_refusal_is_never_sent_again(
    office: Office, delivery: Delivery, status: MessageStatus
) -> None:
    office.way.says = [delivery]
    await office.outgoing.plan(draft())
    office.env.advance(timedelta(minutes=2))
    await office.outgoing.depart_due()
    office.env.advance(timedelta(hours=1))
    assert await office.outgoing.depart_due() == 0
    ended = await office.only()
    assert (ended.status, ended.reason, ended.detail) == (status, delivery.reason, delivery.detail)
    assert len(office.way.given) == 1


async def test_a_message_that_waited_a_day_is_stopped(office: Office) -> None:
    await office.outgoing.plan(draft())
    office.env.advance(timedelta(hours=25))
    await office.outgoing.depart_due()
    assert ((await office.only()).status, (await office.only()).reason) == (MessageStatus.STOPPED, "too_late")


async def test_nothing_leaves_without_network_and_no_try_counts(office: Office) -> None:
    await office.outgoing.plan(draft())
    office.outgoing.is_held = lambda: True
    office.env.advance(timedelta(hours=3))
    assert await office.outgoing.depart_due() == 0
    assert (await office.only()).attempts == 0
    office.outgoing.is_held = lambda: False
    assert await office.outgoing.depart_due() == 1
    assert (await office.only()).status is MessageStatus.SENT


async def test_what_could_not_leave_is_tried_at_once_when_the_network_is_back(office: Office) -> None:
    await office.outgoing.plan(draft())
    office.way.says = [NOT_YET]
    office.env.advance(timedelta(minutes=2))
    await office.outgoing.depart_due()
    assert await office.outgoing.depart_due() == 0
    await office.outgoing.network_back()
    assert await office.outgoing.depart_due() == 1
    assert (await office.only()).attempts == 2


async def test_a_visit_s_summary_waits_for_days_and_then_no_longer(office: Office) -> None:
    await office.outgoing.plan(replace(draft(), template="visit_recap"))
    office.way.says = [NOT_YET] * 200
    office.env.advance(timedelta(days=5))
    for _ in range(20):
        await office.outgoing.depart_due()
        office.env.advance(timedelta(minutes=15))
    assert (await office.only()).status is MessageStatus.PLANNED
    office.way.says = []
    await office.outgoing.depart_due()
    assert (await office.only()).status is MessageStatus.SENT
    late = await office.outgoing.plan(replace(draft(), template="visit_recap"))
    office.env.advance(timedelta(days=15))
    await office.outgoing.depart_due()
    found = next(each for each in await office.outgoing.all() if each.id == late.id)
    assert found.status is MessageStatus.STOPPED


async def test_a_channel_whose_way_is_gone_fails(office: Office) -> None:
    await office.outgoing.plan(draft(channel=ConsentChannel.LETTER))
    office.env.advance(timedelta(minutes=2))
    await office.outgoing.depart_due()
    assert (await office.only()).reason == "no_way"


async def test_a_withdrawal_stops_at_once_what_rests_on_it_and_nothing_else(office: Office) -> None:
    for channel in (EMAIL, SMS):
        await office.consents.give(PERSON, ConsentAct(COMMERCIAL, channel))
    offer_by_mail = await office.outgoing.plan(draft(COMMERCIAL))
    offer_by_sms = await office.outgoing.plan(draft(COMMERCIAL, SMS))
    service = await office.outgoing.plan(draft())
    told: list[OutgoingMessage] = []
    office.outgoing.on_change(told.append)
    await office.consents.withdraw(PERSON, COMMERCIAL, EMAIL)
    found = {message.id: message for message in await office.outgoing.all()}
    assert (found[offer_by_mail.id].status, found[offer_by_mail.id].reason) == (
        MessageStatus.STOPPED, "consent_withdrawn",
    )  # fmt: skip
    assert [message.id for message in told] == [offer_by_mail.id]
    assert found[offer_by_sms.id].status is found[service.id].status is MessageStatus.PLANNED
    await office.consents.withdraw(PERSON)
    found = {message.id: message for message in await office.outgoing.all()}
    assert found[offer_by_sms.id].status is MessageStatus.STOPPED
    assert found[service.id].status is MessageStatus.PLANNED


async def test_a_withdrawal_of_somebody_else_stops_nothing(office: Office) -> None:
    await office.consents.give(PERSON, ConsentAct(COMMERCIAL, EMAIL))
    await office.outgoing.plan(draft(COMMERCIAL))
    await office.consents.withdraw(uuid.UUID(int=8))
    assert (await office.only()).status is MessageStatus.PLANNED


@pytest.mark.parametrize(
    ("tool", "reason"), [("no", "consent_refused"), ("down", "consent_unverified"), ("yes", "")]
)
async def test_the_consent_is_asked_again_of_the_tool_when_a_message_leaves(
    office: Office, tool: str, reason: str
) -> None:
    await office.outgoing.plan(draft(COMMERCIAL))
    office.sources.offered = [offer("parties", "consents")]
    row = {"purpose": "commercial", "channel": "email", "state": tool, "since": "2026-03-24"}
    if tool != "down":
        office.sources.readings = {("parties", "consents"): [answer("parties", "consents", row)]}
    office.env.advance(timedelta(minutes=2))
    await office.outgoing.depart_due()
    ended = await office.only()
    assert ended.status is (MessageStatus.STOPPED if reason else MessageStatus.SENT)
    assert ended.reason == reason
    assert len(office.way.given) == (0 if reason else 1)


async def test_an_offer_to_somebody_who_is_no_longer_known_does_not_leave(office: Office) -> None:
    await office.outgoing.plan(draft(COMMERCIAL, person=uuid.UUID(int=8)))
    office.env.advance(timedelta(minutes=2))
    await office.outgoing.depart_due()
    assert (await office.only()).reason == "consent_unverified"


async def test_the_history_tells_one_line_a_message_with_what_became_of_it(office: Office) -> None:
    first = await office.outgoing.plan(draft())
    second = await office.outgoing.plan(replace(draft(channel=SMS), title="Rappel"))
    office.way.says = [Delivery(Outcome.REFUSED, "server_refused", "550")]
    await office.outgoing.undo(second.id)
    office.env.advance(timedelta(minutes=2))
    await office.outgoing.depart_due()
    lines = {line.id: line for line in await office.lines()}
    assert lines[str(first.id)].summary == "Non envoyé\u00a0: le serveur de messagerie a refusé le message"
    assert (lines[str(first.id)].channel, lines[str(first.id)].status) == ("email", "failed")
    assert lines[str(second.id)].summary == "Annulé avant l’envoi par lea.girard"
    assert lines[str(second.id)].title == "Rappel"


@pytest.mark.parametrize("kind", KINDS)
async def test_whatever_becomes_of_a_message_has_its_words(office: Office, kind: EventKind) -> None:
    message = await office.outgoing.plan(draft())
    body: dict[str, JSON] = {"message": str(message.id), "reason": "answer_lost"}
    if kind is not EventKind.MESSAGE_PLANNED:
        await office.journal.append(AGENT, kind, customer_stream(PERSON), body)
    (line,) = await office.lines()
    assert line.summary
    assert "message." not in line.summary
    assert "{" not in line.summary


async def test_no_word_of_a_message_is_in_the_journal_or_the_log(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        await office.outgoing.plan(draft())
        office.env.advance(timedelta(minutes=2))
        await office.outgoing.depart_due()
    events = await office.journal.stream(customer_stream(PERSON))
    assert "canary" not in repr(events).lower()
    assert "canary" not in caplog.text.lower()


class Story:
    """What may happen to a desk, one step at a time."""

    def __init__(self, store: Store, env: FixedEnv) -> None:
        self.store, self.env = store, env
        self.office = Office(store, env)
        self.way = self.office.way
        self.undone: set[uuid.UUID] = set()

    async def plan(self) -> None:
        await self.office.outgoing.plan(draft())

    async def undo(self) -> None:
        for message in await self.office.kept.with_status(MessageStatus.PLANNED):
            self.undone.add((await self.office.outgoing.undo(message.id)).id)

    async def wait(self) -> None:
        self.env.advance(timedelta(minutes=2))

    async def depart(self) -> None:
        await self.office.outgoing.depart_due()

    async def restart(self) -> None:
        self.office = Office(self.store, self.env)
        self.office.outgoing.ways = {EMAIL: self.way}
        await self.office.outgoing.recover()

    async def withdraw(self) -> None:
        await self.office.consents.withdraw(PERSON)

    async def lose_the_next_answer(self) -> None:
        self.way.says.append(Delivery(Outcome.UNKNOWN, "answer_lost"))

    async def refuse_the_next(self) -> None:
        self.way.says.append(Delivery(Outcome.REFUSED, "server_refused", "550"))

    async def put_the_next_off(self) -> None:
        self.way.says.append(NOT_YET)


_STEPS = (
    Story.plan, Story.undo, Story.wait, Story.depart, Story.restart, Story.withdraw,
    Story.lose_the_next_answer, Story.refuse_the_next, Story.put_the_next_off,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.sampled_from(_STEPS), min_size=3, max_size=14))
async def test_whatever_happens_a_message_leaves_at_most_once_and_an_undone_one_never(
    steps: list[Callable[[Story], Awaitable[None]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    env = FixedEnv()
    store = await Store.open(tmp_path_factory.mktemp("story") / "store.db", KEY, env)
    story = Story(store, env)
    for step in steps:
        await step(story)
    events = await story.office.journal.stream(customer_stream(PERSON), KINDS)
    ended = [event.body["message"] for event in events if event.kind is not EventKind.MESSAGE_PLANNED]
    assert len(ended) == len(set(ended))
    messages = await story.office.outgoing.all()
    assert all(message.status is MessageStatus.UNDONE for message in messages if message.id in story.undone)
    assert sum(message.attempts for message in messages) == len(story.way.given)
    await store.aclose()


class TurnedByHand(FixedEnv):
    """A clock turned by hand, whose sleepers wait until it is turned far enough."""

    def __init__(self) -> None:
        super().__init__()
        self._turned = asyncio.Event()

    def advance(self, delta: timedelta) -> None:
        FixedEnv.advance(self, delta)
        self._turned.set()

    async def sleep(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        while self.monotonic() < until:
            self._turned.clear()
            await self._turned.wait()


async def test_the_loop_hands_over_by_itself_and_ends_when_it_is_told_to(tmp_path: Path) -> None:
    env = TurnedByHand()
    store = await Store.open(tmp_path / "store.db", KEY, env)
    office = Office(store, env)
    sent = asyncio.Event()
    office.outgoing.on_change(lambda message: sent.set() if message.status is MessageStatus.SENT else None)
    office.outgoing.start()
    await office.outgoing.plan(draft())
    await asyncio.sleep(0.1)
    assert office.way.given == []
    env.advance(timedelta(minutes=2))
    async with asyncio.timeout(30):
        await sent.wait()
    await office.outgoing.aclose()
    await store.aclose()


async def test_an_end_in_the_middle_of_a_departure_lets_it_finish(tmp_path: Path) -> None:
    env = TurnedByHand()
    store = await Store.open(tmp_path / "store.db", KEY, env)
    office = Office(store, env)
    office.way.gate = asyncio.Event()
    office.outgoing.start()
    await office.outgoing.plan(draft())
    env.advance(timedelta(minutes=2))
    async with asyncio.timeout(30):
        await office.way.begun.wait()
    ending = asyncio.create_task(office.outgoing.aclose())
    await asyncio.sleep(0.05)
    office.way.gate.set()
    await ending
    assert (await office.only()).status is MessageStatus.SENT
    await store.aclose()
