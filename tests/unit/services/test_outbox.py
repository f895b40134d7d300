"""The outbox at work on a real store: what it promises, in which order it sends, and what it never does."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from avise.connectors.action_contract import ActionInput, ActionPlan, ActionResult, InputType, Outcome
from avise.connectors.contract import Record
from avise.connectors.readings import FacetReading
from avise.models.command_rules import HELD_PAUSE, SETTLING
from avise.models.commands import (
    CommandId,
    CommandReason,
    CommandState,
    ConfirmRule,
    Idempotency,
    OfflineRule,
    OutboxItem,
)
from avise.models.customer import PersonId
from avise.models.errors import AviseError, ErrorKind, Failure
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.roles import Role, Session
from avise.services.acting_values import PlannedAction
from avise.services.outbox import Outbox
from avise.services.outbox_planning import PLAN_VALID
from avise.store.errors import NirAtRestError
from avise.store.journal import Journal
from avise.store.outbox import Commands
from avise.store.store import Store
from tests.unit.services.acting_tools import (
    MEMBER,
    OTHER,
    ActingTools,
    SmallDirectory,
    TurnedEnv,
    action_offer,
    entry,
    failing,
    until,
)
from tests.unit.services.scripted_sources import answer, offer

KEY = bytes(range(32))
S = CommandState
UNKNOWN = failing(ErrorKind.UNAVAILABLE, unknown=True)


class Office:
    """A store, tools, and an outbox that sends."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "store.db"
        self.env = TurnedEnv()
        self.tools = ActingTools([])
        self.directory = SmallDirectory()
        self.role = Role.AGENT
        self.done: list[tuple[OutboxItem, Sequence[str]]] = []

    async def open(self) -> None:
        self.store = await Store.open(self.path, KEY, self.env)
        self.journal = Journal(self.store, self.env)
        session = Session("lea.girard", "Léa Girard", self.role, "poste-1")
        self.commands = Commands(self.store, self.env, self.journal, session.user)
        self.outbox = Outbox(session, self.tools, self.directory, self.commands, self.env)
        self.outbox.on_done = lambda item, facets: self.done.append((item, facets))
        await self.outbox.start()

    async def close(self) -> None:
        await self.outbox.aclose()
        await self.store.aclose()

    async def plan(
        self, person: PersonId = MEMBER, instance: str = "benefits", **given: JSON
    ) -> PlannedAction:
        action = next(found.action for found in self.tools.action_offers if found.instance == instance)
        return await self.outbox.plan(entry(person), "call", instance, action, given)

    async def confirm(
        self, *people: PersonId, undo: timedelta = timedelta(), depends_on: CommandId | None = None
    ) -> list[OutboxItem]:
        kept: list[OutboxItem] = []
        for person in people or (MEMBER,):
            plans = [await self.plan(person)]
            kept.extend(await self.outbox.confirm(plans, undo=undo, depends_on=depends_on))
        return kept

    def state(self, item: OutboxItem) -> CommandState:
        return self.outbox.item(item.command_id).state

    async def reaches(self, item: OutboxItem, *states: CommandState) -> OutboxItem:
        await until(lambda: self.state(item) in states)
        return self.outbox.item(item.command_id)

    async def passes(self, time: timedelta) -> None:
        """Let time pass once the outbox waits for it: it may still be busy with what the tool answered."""
        await until(lambda: bool(self.env.sleepers))
        self.env.advance(time)

    async def rest(self) -> None:
        """Let everything that can be done now be done."""
        for _ in range(20):
            await asyncio.sleep(0.002)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    found = Office(tmp_path)
    await found.open()
    yield found
    await found.close()


async def refused(attempt: Awaitable[object]) -> str:
    with pytest.raises(AviseError) as error:
        await attempt
    return error.value.message_key


# ---- planning and promising ------------------------------------------------------------------------


async def test_a_plan_writes_nothing_and_says_before_and_after(office: Office) -> None:
    plan = await office.plan(motive="loss")
    assert (plan.summary, plan.changes) == ("Une carte neuve part.", (("rights.card", "v1", "v2"),))
    assert office.tools.sendings == []
    assert office.outbox.visible() == ()
    assert office.tools.plans[0].input == {"motive": "loss"}
    assert dict(office.tools.plans[0].customer.ids) == {"benefits.insured": "4711"}


async def test_what_it_touches_is_read_again_before_the_plan(office: Office) -> None:
    office.tools.offered = [offer("benefits", "rights")]
    read = replace(answer("benefits", "rights"), records=(Record("r1", {}, version="7"),))
    office.tools.readings = {("benefits", "rights"): [read]}
    await office.plan()
    assert office.tools.asked == [("benefits", "rights")]
    assert office.tools.plans[0].precondition == {"r1": "7"}


async def test_nothing_is_planned_on_a_copy(office: Office) -> None:
    office.tools.offered = [offer("benefits", "rights")]
    stale = FacetReading("benefits", "rights", final=True, error=Failure(ErrorKind.TIMEOUT), from_cache=True)
    for readings in ([stale], []):
        office.tools.readings = {("benefits", "rights"): readings}
        assert await refused(office.plan()) == "acting.not_reread"
    office.tools.readings = {("benefits", "rights"): [replace(answer("benefits", "rights"), withheld=True)]}
    assert await refused(office.plan()) == "acting.withheld"
    assert office.tools.plans == []


@pytest.mark.parametrize(
    ("kind", "sentence", "key"),
    [
        (ErrorKind.UNAVAILABLE, "", "acting.no_answer"),
        (ErrorKind.REJECTED, "Carte déjà commandée", "acting.refused"),
        (ErrorKind.FORBIDDEN, "", "acting.plan.forbidden"),
    ],
)
async def test_a_plan_that_fails_says_why(office: Office, kind: ErrorKind, sentence: str, key: str) -> None:
    office.tools.plan_answer = failing(kind, sentence=sentence)
    assert await refused(office.plan()) == key


async def test_restricted_values_are_masked_in_what_is_shown_and_kept(office: Office) -> None:
    office.tools.plan_answer = ActionPlan(
        "Compte FR3399999000010000012345A11",
        (("bank.iban", "FR3399999000010000012345A11", "1850599999001 81"),),
    )
    plan = await office.plan()
    (item,) = await office.outbox.confirm([plan])
    (event,) = await office.journal.stream(f"customer/{MEMBER}", (EventKind.COMMAND_CONFIRMED,))
    for text in (repr(plan.changes), plan.summary, repr(item.changes), repr(event.body)):
        assert "12345A" not in text
        assert "99999001" not in text.replace(" ", "")


async def test_a_nir_is_never_queued(office: Office) -> None:
    plan = await office.plan(note="1 85 05 99 999 001 81")
    with pytest.raises(NirAtRestError):
        await office.outbox.confirm([plan])
    assert office.outbox.visible() == ()


async def test_confirming_is_a_promise_on_disk_with_its_event(office: Office) -> None:
    office.tools.gate = asyncio.Event()
    (item,) = await office.confirm()
    kept = await office.commands.item(item.command_id)
    assert kept is not None
    (event,) = await office.journal.stream(f"customer/{MEMBER}")
    assert event.kind is EventKind.COMMAND_CONFIRMED
    assert event.body["command"] == str(item.command_id)
    assert event.body["changes"] == [["rights.card", "v1", "v2"]]
    assert "MARCHAND" not in repr((event.stream, event.kind, event.author))
    office.tools.gate.set()


async def test_confirming_the_same_plan_twice_sends_once(office: Office) -> None:
    plan = await office.plan()
    first, second = await asyncio.gather(office.outbox.confirm([plan]), office.outbox.confirm([plan]))
    assert first[0].command_id == second[0].command_id
    await office.reaches(first[0], S.DONE)
    await office.outbox.confirm([plan])
    await office.rest()
    assert len(office.tools.sendings) == 1


async def test_a_plan_comes_back_from_the_windows_process_as_it_went(office: Office) -> None:
    plan = await office.plan(motive="loss")
    back = pickle.loads(pickle.dumps(plan))  # noqa: S301 - our own
    assert back == plan
    (item,) = await office.outbox.confirm([back])
    done = await office.reaches(item, S.DONE)
    assert pickle.loads(pickle.dumps(done)) == done  # noqa: S301 - our own


async def test_an_old_plan_is_not_confirmed(office: Office) -> None:
    plan = await office.plan()
    office.env.advance(PLAN_VALID + timedelta(seconds=1))
    assert await refused(office.outbox.confirm([plan])) == "acting.plan_too_old"


async def test_a_bank_account_asks_for_an_identified_caller_and_for_a_second_agent_when_declared(
    office: Office,
) -> None:
    office.tools.action_offers = [action_offer(confirm=ConfirmRule.STEP_UP)]
    plan = await office.plan()
    assert await refused(office.outbox.confirm([plan])) == "acting.step_up_needed"
    await office.outbox.confirm([plan], identified=True)
    office.tools.action_offers = [action_offer(confirm=ConfirmRule.SECOND_AGENT)]
    plan = await office.plan()
    refusal = office.outbox.confirm([plan], identified=True)
    assert await refused(refusal) == "acting.second_agent_needed"


async def test_only_what_a_role_may_read_and_a_tool_knows_is_offered(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.role = Role.REP
    await office.open()
    office.tools.action_offers = [
        action_offer(touches=("benefits",)),
        action_offer("parties", "address.change", touches=("contact_points",), needs_ids=("parties.party",)),
        action_offer("dsn", "x", touches=(), needs_ids=("dsn.id",)),
    ]
    assert [found.instance for found in office.outbox.offers(entry())] == ["parties"]
    assert office.outbox.offers(entry(restricted=True)) == ()
    assert await refused(office.plan()) == "acting.not_allowed"
    assert await refused(office.plan(instance="dsn")) == "acting.unknown_there"
    await office.close()


# ---- sending ---------------------------------------------------------------------------------------


async def test_a_command_is_sent_done_journaled_and_what_it_touched_is_told(office: Office) -> None:
    (item,) = await office.confirm()
    done = await office.reaches(item, S.DONE)
    assert (done.reference, done.sends) == ("CT-77", 1)
    await until(lambda: bool(office.done))
    assert [facets for _, facets in office.done] == [("rights",)]
    kinds = [event.kind for event in await office.journal.stream(f"customer/{MEMBER}")]
    assert kinds == [EventKind.COMMAND_CONFIRMED, EventKind.COMMAND_SETTLED]
    assert await office.commands.content(item.command_id) is None


async def test_the_row_says_sending_before_the_tool_is_called(office: Office) -> None:
    office.tools.gate = asyncio.Event()
    (item,) = await office.confirm()
    await until(lambda: bool(office.tools.sendings))
    kept = await office.commands.item(item.command_id)
    assert kept is not None
    assert kept.state is S.SENDING
    office.tools.gate.set()
    await office.reaches(item, S.DONE)


async def test_order_is_kept_for_a_tool_and_a_customer_and_never_two_are_in_flight(office: Office) -> None:
    items = [*await office.confirm(MEMBER, MEMBER, MEMBER), *await office.confirm(OTHER, OTHER)]
    for item in items:
        await office.reaches(item, S.DONE)
    of_member = [str(item.command_id) for item in items if item.person == MEMBER]
    assert [sent for sent in office.tools.sendings if sent in of_member] == of_member
    assert office.tools.most_in_flight == 1
    assert sorted(office.tools.ledger) == sorted(str(item.command_id) for item in items)


async def test_a_customer_whose_tool_is_slow_keeps_nobody_else_waiting(office: Office) -> None:
    office.tools.gate = asyncio.Event()
    (slow,) = await office.confirm(MEMBER)
    await until(lambda: len(office.tools.sendings) == 1)
    office.tools.action_offers.append(action_offer("parties", needs_ids=("parties.party",)))
    (other,) = await office.confirm(OTHER)
    await until(lambda: len(office.tools.sendings) == 2)
    office.tools.gate.set()
    await office.reaches(slow, S.DONE)
    await office.reaches(other, S.DONE)


async def test_a_refused_command_does_not_hold_the_next(office: Office) -> None:
    office.tools.executions = [failing(ErrorKind.REJECTED, sentence="<b>Carte</b> déjà commandée")]
    first, second = await office.confirm(MEMBER, MEMBER)
    found = await office.reaches(first, S.REJECTED)
    assert (found.reason, found.message) == (CommandReason.REJECTED, "Carte déjà commandée")
    await office.reaches(second, S.DONE)
    assert office.tools.ledger == [str(second.command_id)]


async def test_what_depends_on_a_refused_command_is_cancelled(office: Office) -> None:
    office.tools.gate = asyncio.Event()
    office.tools.executions = [failing(ErrorKind.REJECTED)]
    (first,) = await office.confirm()
    (second,) = await office.confirm(depends_on=first.command_id)
    (third,) = await office.confirm()
    office.tools.gate.set()
    dropped = await office.reaches(second, S.CANCELLED)
    assert dropped.reason is CommandReason.DEPENDENCY
    await office.reaches(third, S.DONE)
    assert office.tools.ledger == [str(third.command_id)]


async def test_what_depends_on_something_that_waits_lets_the_others_pass(office: Office) -> None:
    office.tools.executions = [failing(ErrorKind.OFFLINE)]
    (first,) = await office.confirm(OTHER)
    await office.reaches(first, S.WAITING)
    (second,) = await office.confirm(MEMBER, depends_on=first.command_id)
    (third,) = await office.confirm(MEMBER)
    await office.reaches(third, S.DONE)
    assert office.state(second) is S.CONFIRMED
    await office.passes(HELD_PAUSE)
    await office.reaches(second, S.DONE)


async def test_an_offline_command_waits_and_leaves_when_its_time_comes(office: Office) -> None:
    office.tools.executions = [failing(ErrorKind.OFFLINE)]
    (item,) = await office.confirm()
    waiting = await office.reaches(item, S.WAITING)
    assert (waiting.reason, waiting.next_at) == (CommandReason.OFFLINE, office.env.now() + HELD_PAUSE)
    await office.rest()
    assert len(office.tools.sendings) == 1
    await office.passes(HELD_PAUSE)
    await office.reaches(item, S.DONE)


async def test_a_tool_that_answers_again_is_not_waited_for(office: Office) -> None:
    office.tools.executions = [failing(ErrorKind.AUTH)]
    (item,) = await office.confirm()
    await office.reaches(item, S.WAITING)
    await office.passes(timedelta(seconds=6))
    office.tools.answers_again("benefits", office.env.now())
    office.env.advance(timedelta(seconds=6))
    await office.reaches(item, S.DONE)
    assert office.env.now() - item.confirmed_at < HELD_PAUSE


async def test_its_owner_may_ask_that_a_suspended_tool_be_tried(office: Office) -> None:
    office.tools.executions = [failing(ErrorKind.UNAVAILABLE)]
    (item,) = await office.confirm()
    await office.reaches(item, S.WAITING)
    await office.outbox.tool_back("benefits")
    await office.reaches(item, S.DONE)


@pytest.mark.parametrize(
    "rule", [{"offline": OfflineRule.REFUSE}, {"idempotency": Idempotency.NONE}], ids=["refuse", "none"]
)
async def test_what_may_not_be_queued_never_is(office: Office, rule: dict[str, Any]) -> None:
    office.tools.action_offers = [action_offer(**rule)]
    office.tools.executions = [failing(ErrorKind.OFFLINE)]
    (item,) = await office.confirm()
    refused_item = await office.reaches(item, S.REJECTED)
    assert refused_item.reason is CommandReason.OFFLINE
    assert refused_item.lifetime < timedelta(minutes=6)


async def test_a_command_expires_visibly(office: Office) -> None:
    office.tools.executions = [failing(ErrorKind.OFFLINE)] * 10
    (item,) = await office.confirm()
    await office.reaches(item, S.WAITING)
    await office.passes(timedelta(hours=73))
    expired = await office.reaches(item, S.EXPIRED)
    assert expired in office.outbox.visible()
    assert office.tools.ledger == []


async def test_it_can_be_undone_before_it_leaves(office: Office) -> None:
    item, other = await office.confirm(MEMBER, OTHER, undo=timedelta(minutes=2))
    await office.rest()
    assert office.tools.sendings == []
    await office.outbox.abandon(item.command_id, "erreur de saisie")
    office.env.advance(timedelta(minutes=2))
    await office.reaches(other, S.DONE)
    assert office.state(item) is S.CANCELLED
    assert office.tools.ledger == [str(other.command_id)]
    settled = await office.journal.stream(f"customer/{MEMBER}", (EventKind.COMMAND_SETTLED,))
    assert [event.body["because"] for event in settled] == ["erreur de saisie"]


async def test_who_lost_the_right_sends_nothing_of_what_was_queued(office: Office) -> None:
    office.tools.executions = [failing(ErrorKind.OFFLINE)]
    (item,) = await office.confirm()
    await office.reaches(item, S.WAITING)
    await office.close()
    office.role = Role.AUDITOR
    await office.open()
    await office.passes(HELD_PAUSE)
    lost = await office.reaches(item, S.REJECTED)
    assert lost.reason is CommandReason.RIGHTS
    assert office.tools.ledger == []


async def test_while_the_directory_does_not_know_the_person_nothing_leaves(office: Office) -> None:
    office.tools.executions = [failing(ErrorKind.OFFLINE)]
    (item,) = await office.confirm()
    await office.reaches(item, S.WAITING)
    office.directory.people.clear()
    await office.passes(HELD_PAUSE)
    await office.rest()
    assert office.state(item) is S.WAITING
    office.directory.people[MEMBER] = entry()
    office.env.advance(timedelta(seconds=6))
    await office.reaches(item, S.DONE)


# ---- lost answers ----------------------------------------------------------------------------------


async def test_a_lost_answer_is_verified_and_never_sent_again_when_it_was_done(office: Office) -> None:
    office.tools.executions, office.tools.effects_despite = [UNKNOWN], True
    (item,) = await office.confirm()
    await office.reaches(item, S.DONE)
    assert office.tools.ledger == [str(item.command_id)]
    assert len(office.tools.sendings) == 1


async def test_a_lost_request_is_sent_again_once_it_is_sure_that_nothing_came_of_it(office: Office) -> None:
    office.tools.executions = [UNKNOWN]
    (item,) = await office.confirm()
    await office.reaches(item, S.UNKNOWN)
    await until(lambda: len(office.tools.verifications) == 1)
    await office.rest()
    assert len(office.tools.sendings) == 1
    office.env.advance(SETTLING)
    await office.reaches(item, S.DONE)
    assert (len(office.tools.sendings), office.tools.ledger) == (2, [str(item.command_id)])


async def test_what_cannot_be_verified_nor_repeated_asks_for_a_person(office: Office) -> None:
    office.tools.action_offers = [action_offer(idempotency=Idempotency.NONE)]
    office.tools.executions = [UNKNOWN]
    (item,) = await office.confirm()
    found = await office.reaches(item, S.NEEDS_HUMAN)
    assert found.uncertain
    assert await refused(office.outbox.resend(item.command_id)) == "outbox.never_resent"
    assert await refused(office.outbox.abandon(item.command_id, " ")) == "outbox.reason_needed"
    given_up = await office.outbox.abandon(item.command_id, "vu avec le centre")
    assert (given_up.state, given_up.uncertain) == (S.CANCELLED, True)
    assert given_up in office.outbox.visible()
    await office.outbox.abandon(item.command_id, "")
    assert office.outbox.visible() == ()
    assert len(office.tools.sendings) == 1


async def test_a_command_that_needs_a_person_does_not_hold_the_next_and_can_be_verified(
    office: Office,
) -> None:
    office.tools.executions, office.tools.effects_despite = [UNKNOWN], True
    office.tools.verdicts = [failing(ErrorKind.UNSUPPORTED)]
    first, second = await office.confirm(MEMBER, MEMBER)
    await office.reaches(first, S.NEEDS_HUMAN)
    await office.reaches(second, S.DONE)
    # Told as done a moment before the line of this tool and customer is free again.
    await until(lambda: first.line not in office.outbox._sender._running)
    verified = await office.outbox.verify(first.command_id)
    assert verified.state is S.DONE
    assert await refused(office.outbox.verify(first.command_id)) == "outbox.nothing_to_verify"


async def test_a_connector_that_breaks_leaves_the_command_unknown(office: Office) -> None:
    office.tools.action_offers = [action_offer(idempotency=Idempotency.NONE)]

    async def broken(*_: object, **__: object) -> ActionResult:
        raise RuntimeError("CANARY 1850599999001")

    office.tools.__class__ = type("Broken", (ActingTools,), {"execute_action": broken, "__slots__": ()})
    (item,) = await office.confirm()
    assert (await office.reaches(item, S.NEEDS_HUMAN)).uncertain


async def test_a_process_that_ends_while_sending_leaves_it_unknown_and_verified_at_the_next_start(
    office: Office,
) -> None:
    office.tools.gate = asyncio.Event()
    (item,) = await office.confirm()
    await until(lambda: bool(office.tools.sendings))
    for task in list(office.outbox._sender._running.values()):
        task.cancel()
    await office.close()
    office.tools.gate = None
    office.tools.ledger.append(str(item.command_id))
    await office.open()
    found = await office.reaches(item, S.DONE)
    assert [line.state for line in found.history] == [S.SENDING, S.UNKNOWN, S.DONE]
    assert office.tools.ledger == [str(item.command_id)]


async def test_a_process_that_is_ending_and_one_that_starts_do_not_double(
    office: Office, tmp_path: Path
) -> None:
    """The first is still being answered when the second finds `sending`."""
    office.tools.gate = asyncio.Event()
    (item,) = await office.confirm()
    await until(lambda: bool(office.tools.sendings))
    second = Office(tmp_path)
    second.env, second.tools = office.env, ActingTools([])
    second.tools.ledger = office.tools.ledger
    await second.open()
    await second.reaches(item, S.UNKNOWN)
    office.tools.gate.set()
    await until(lambda: bool(office.tools.ledger))
    office.env.advance(SETTLING)
    done = await second.reaches(item, S.DONE)
    assert (done.sends, office.tools.ledger) == (1, [str(item.command_id)])
    assert second.tools.sendings == []
    settled = await second.journal.stream(f"customer/{MEMBER}", (EventKind.COMMAND_SETTLED,))
    assert len(settled) == 1
    await second.close()


async def test_a_full_disk_loses_no_answer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.tools.gate = asyncio.Event()
    (item,) = await office.confirm()
    await until(lambda: bool(office.tools.sendings))
    change = office.commands.change
    full = True

    async def sometimes(
        session: Session,
        before: OutboxItem,
        after: OutboxItem,
        **more: Any,  # noqa: ANN401 - handed on
    ) -> OutboxItem:
        if full:
            raise AviseError("store.full")
        return await change(session, before, after, **more)

    monkeypatch.setattr(office.commands, "change", sometimes)
    office.tools.gate.set()
    await until(lambda: bool(office.tools.ledger))
    await office.rest()
    assert office.state(item) is S.SENDING
    full = False
    office.env.advance(timedelta(seconds=3))
    await office.reaches(item, S.DONE)
    assert len(office.tools.sendings) == 1


# ---- several tools ---------------------------------------------------------------------------------


async def test_one_intention_is_carried_to_every_tool_with_a_report(office: Office) -> None:
    line = ActionInput("line", InputType.TEXT, "Voie")
    office.tools.action_offers = [
        action_offer("benefits", "address.change", inputs=(line,)),
        action_offer("parties", "address.change", inputs=(line,), needs_ids=("parties.party",)),
        action_offer("dsn", "address.change", needs_ids=("dsn.id",)),
    ]
    office.tools.executions = [failing(ErrorKind.REJECTED)]
    plan = await office.outbox.plan_everywhere(
        entry(), "call", "address.change", {"line": "12 rue du Port", "floor": "2"}
    )
    assert [found.offer.instance for found in plan.plans] == ["benefits", "parties"]
    assert all(command.input == {"line": "12 rue du Port"} for command in office.tools.plans)
    items = await office.outbox.confirm(plan.plans)
    assert len({item.group_id for item in items}) == 1
    for item in items:
        await office.reaches(item, S.DONE, S.REJECTED)
    (report,) = office.outbox.reports()
    assert sorted((*report.done, *report.not_done)) == ["Outil benefits", "Outil parties"]
    assert len(report.done) == 1
    assert (report.under_way, report.uncertain) == ((), ())


async def test_a_tool_that_cannot_be_planned_does_not_keep_the_others_from_it(office: Office) -> None:
    office.tools.action_offers = [action_offer("benefits"), action_offer("parties")]
    office.tools.offered = [offer("benefits", "rights")]
    plan = await office.outbox.plan_everywhere(entry(), "call", "card.reissue", {})
    assert [found.offer.instance for found in plan.plans] == ["parties"]
    assert [(found.instance, found.message_key) for found in plan.refused] == [
        ("benefits", "acting.not_reread")
    ]
    nothing = office.outbox.plan_everywhere(entry(), "call", "nothing", {})
    assert await refused(nothing) == "acting.not_offered"


# ---- following, redoing, documents -----------------------------------------------------------------


async def test_the_outbox_is_followed_from_confirmation_to_settlement(office: Office) -> None:
    office.tools.gate = asyncio.Event()
    async with aclosing(office.outbox.follow()) as changes:
        assert await anext(changes) == ()
        await office.confirm()
        seen = set()
        while S.SENDING not in seen:
            seen |= {item.state for item in await anext(changes)}
        office.tools.gate.set()
        while S.DONE not in seen:
            seen |= {item.state for item in await anext(changes)}


async def test_what_went_well_leaves_the_list_after_a_day_and_what_did_not_stays(office: Office) -> None:
    office.tools.executions = [failing(ErrorKind.CONFLICT)]
    first, second = await office.confirm(MEMBER, MEMBER)
    await office.reaches(first, S.CONFLICT)
    await office.reaches(second, S.DONE)
    assert [item.command_id for item in office.outbox.visible()] == [second.command_id, first.command_id]
    office.env.advance(timedelta(days=2))
    assert [item.command_id for item in office.outbox.visible()] == [first.command_id]


async def test_a_refused_action_is_planned_again_on_what_is_there_now(office: Office) -> None:
    office.tools.executions = [failing(ErrorKind.CONFLICT)]
    (item,) = await office.outbox.confirm([await office.plan(motive="loss")])
    await office.reaches(item, S.CONFLICT)
    assert await refused(office.outbox.resend(item.command_id)) == "outbox.settled"
    again = await office.outbox.plan_again(entry(), item.command_id)
    assert again.command_id != item.command_id
    assert again.content.input == {"motive": "loss"}
    (done,) = await office.outbox.confirm([again])
    await office.reaches(done, S.DONE)
    assert await refused(office.outbox.plan_again(entry(), done.command_id)) == "outbox.unknown"


async def test_a_document_is_kept_until_it_is_fetched(office: Office) -> None:
    office.tools.executions = [
        ActionResult(Outcome.DONE, "A-1", document=b"%PDF-1.7", document_name="attestation.pdf")
    ]
    (item,) = await office.confirm()
    done = await office.reaches(item, S.DONE)
    assert done.document_name == "attestation.pdf"
    assert await office.outbox.document(item.command_id) == ("attestation.pdf", b"%PDF-1.7")
    office.env.advance(timedelta(hours=2))
    await office.outbox.purge()
    assert await refused(office.outbox.document(item.command_id)) == "outbox.no_document"


async def test_a_process_that_does_not_send_promises_and_changes_nothing(tmp_path: Path) -> None:
    office = Office(tmp_path)
    await office.open()
    plan = await office.plan()
    await office.outbox.aclose()
    session = Session("lea.girard", "Léa Girard", Role.AGENT, "poste-1")
    reader = Outbox(session, office.tools, office.directory, office.commands, office.env)
    await reader.open()
    assert await refused(reader.confirm([plan])) == "outbox.not_here"
    await office.close()
