"""Tools that act as a test tells them to, a world whose clock it turns, and an office around them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from avise.connectors.action_contract import ActionCommand, ActionOffer, ActionPlan, ActionResult, Outcome
from avise.connectors.contract import ConnectorError
from avise.env import FixedEnv
from avise.models.commands import ConfirmRule, Idempotency, OfflineRule
from avise.models.customer import DirectoryEntry, Party, PartyKind, PersonId, SearchAnswer
from avise.models.errors import ErrorKind
from avise.models.source_status import SourceState, SourceStatus
from tests.unit.services.scripted_sources import ScriptedSources

MEMBER = uuid.UUID("0192d1f0-0000-7000-8000-000000000001")
OTHER = uuid.UUID("0192d1f0-0000-7000-8000-000000000002")


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something is so; the store's threads take real time."""
    for _ in range(int(seconds / 0.002)):
        if condition():
            return
        await asyncio.sleep(0.002)
    raise AssertionError("never came")


@dataclass(slots=True)
class TurnedEnv(FixedEnv):
    """A world where whoever sleeps is woken by the test that moves the clock."""

    sleepers: list[tuple[float, asyncio.Event]] = field(default_factory=list)

    def advance(self, delta: timedelta) -> None:
        """Move the clocks and wake whoever has slept long enough."""
        FixedEnv.advance(self, delta)
        for until_then, woken in self.sleepers:
            if self.monotonic() >= until_then:
                woken.set()

    async def sleep(self, seconds: float) -> None:
        """Wait for the test."""
        sleeper = (self.monotonic() + seconds, asyncio.Event())
        self.sleepers.append(sleeper)
        try:
            await sleeper[1].wait()
        finally:
            self.sleepers.remove(sleeper)


def entry(person: PersonId = MEMBER, *, restricted: bool = False) -> DirectoryEntry:
    """Return a member whom every tool knows."""
    ids = {"benefits.insured": "4711", "parties.party": "PTY-1"}
    party = Party("PTY-1", PartyKind.MEMBER, "MARCHAND", "Hélène", member_number="0482917350", ids=ids)
    return DirectoryEntry(person, person, replace(party, restricted=restricted))


def action_offer(instance: str = "benefits", action: str = "card.reissue", **fields: object) -> ActionOffer:
    """Return an action of one tool."""
    usual: dict[str, object] = {
        "instance": instance,
        "source_name": f"Outil {instance}",
        "action": action,
        "label": "Renvoyer la carte",
        "idempotency": Idempotency.VERIFY,
        "offline": OfflineRule.QUEUE,
        "expires": timedelta(hours=72),
        "confirm": ConfirmRule.AGENT,
        "inputs": (),
        "touches": ("rights",),
        "needs_ids": ("benefits.insured",),
    }
    return ActionOffer(**(usual | fields))  # type: ignore[arg-type]  # test data


Answer = ActionResult | ConnectorError


def failing(kind: ErrorKind, *, unknown: bool = False, sentence: str = "") -> ConnectorError:
    """Return an error as the connectors' host raises it."""
    return ConnectorError(kind, outcome_unknown=unknown, user_message=sentence)


@dataclass(slots=True)
class ActingTools(ScriptedSources):
    """Reads as scripted, and acts; every effect is written in `ledger`."""

    action_offers: list[ActionOffer] = field(default_factory=lambda: [action_offer()])
    ledger: list[str] = field(default_factory=list)
    """Command identifiers, each time something took effect."""
    sendings: list[str] = field(default_factory=list)
    verifications: list[str] = field(default_factory=list)
    plans: list[ActionCommand] = field(default_factory=list)
    executions: list[Answer | None] = field(default_factory=list)
    """What the next sendings answer, in order; None, and afterwards: done."""
    effects_despite: bool = False
    """Whether a sending that fails takes effect all the same."""
    verdicts: list[Answer] = field(default_factory=list)
    """What the next verifications answer; afterwards: the truth."""
    plan_answer: ActionPlan | ConnectorError = field(
        default_factory=lambda: ActionPlan("Une carte neuve part.", (("rights.card", "v1", "v2"),))
    )
    gate: asyncio.Event | None = None
    """Held while a test wants to see a sending under way."""
    in_flight: dict[tuple[str, PersonId], int] = field(default_factory=dict)
    most_in_flight: int = 0
    statuses: list[SourceStatus] = field(default_factory=list)

    def actions(self) -> Sequence[ActionOffer]:
        return self.action_offers

    async def plan_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionPlan:
        del instance, agent, purpose
        self.plans.append(command)
        if isinstance(self.plan_answer, ConnectorError):
            raise self.plan_answer
        return self.plan_answer

    async def execute_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionResult:
        del agent, purpose
        line = (instance, command.customer.avise_id)
        self.in_flight[line] = self.in_flight.get(line, 0) + 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight[line])
        try:
            self.sendings.append(command.command_id)
            if self.gate is not None:
                await self.gate.wait()
            answer = self.executions.pop(0) if self.executions else None
            if not isinstance(answer, ConnectorError) or self.effects_despite:
                self.ledger.append(command.command_id)
            if isinstance(answer, ConnectorError):
                raise answer
            return answer or ActionResult(Outcome.DONE, "CT-77", ("rights",))
        finally:
            self.in_flight[line] -= 1

    async def verify_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionResult:
        del instance, agent, purpose
        self.verifications.append(command.command_id)
        if self.verdicts:
            answer = self.verdicts.pop(0)
            if isinstance(answer, ConnectorError):
                raise answer
            return answer
        done = command.command_id in self.ledger
        return ActionResult(Outcome.DONE if done else Outcome.NOT_DONE, "CT-77" if done else "")

    async def status(self) -> Sequence[SourceStatus]:
        return self.statuses

    def answers_again(self, instance: str, at: datetime) -> None:
        """Have a tool's state say that it answered at a moment."""
        row = SourceStatus(
            instance, instance, "c 1", "o", "s", SourceState.UP_TO_DATE, None, 10, 20, last_success=at
        )
        self.statuses = [row]


@dataclass(slots=True)
class SmallDirectory:
    """Implements the services' directory port for a few people."""

    people: dict[PersonId, DirectoryEntry] = field(
        default_factory=lambda: {person: entry(person) for person in (MEMBER, OTHER)}
    )

    async def search(self, words: str, limit: int) -> SearchAnswer:
        del words, limit
        return SearchAnswer((), 0)

    async def search_wider(self, words: str, known: Collection[PersonId], limit: int) -> SearchAnswer:
        del known
        return await self.search(words, limit)

    async def by_person(self, person: PersonId) -> DirectoryEntry | None:
        return self.people.get(person)

    async def by_identifier(self, scheme: str, value: str) -> DirectoryEntry | None:
        del scheme, value
        return None

    async def by_phone(self, number: str) -> tuple[DirectoryEntry, ...]:
        del number
        return ()

    async def count(self) -> int:
        return len(self.people)
