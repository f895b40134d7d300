"""Portfolios on the road from a seed: a plain model of who has whom along judges as the hub does."""

from __future__ import annotations

import json
import os
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from avise.env import FixedEnv
from avise.hub import staff
from avise.hub.auditing import audit
from avise.hub.chain import content_hash
from avise.hub.check_out_values import CheckOut
from avise.hub.core import HubCore
from avise.hub.migrating import migrate
from avise.hub.port import Actor, HubError, PushedEvent
from avise.models.journal import EventKind
from avise.models.request_rules import Deed, RequestState, decide
from avise.models.requests import request_stream
from avise.models.roles import Role
from tests.chaos.hub_simulation import memory_hub
from tests.hub_house import LEAD, LONG_AGO, MANAGER, SECOND, SOINS, TEAM, hire, request_body

FIRST = int(os.environ.get("AVISE_HUB_SEED", "0"))
HISTORIES = int(os.environ.get("AVISE_HUB_HISTORIES", "30"))
STEPS = 120

BRUNO = Actor("bruno.kerhoas", Role.REP, "portable-bruno")
BRUNO_AT_HOME = replace(BRUNO, device="portable-bruno-2")
ALAN = Actor("alan.tanguy", Role.REP, "portable-alan")
ON_THE_ROAD = (BRUNO, BRUNO_AT_HOME, ALAN)
EVERYBODY = (*ON_THE_ROAD, MANAGER, SECOND, LEAD)
PERSONS = tuple(uuid.UUID(int=number, version=4) for number in range(1, 7))
KINDS = (EventKind.REQUEST_CLAIMED, EventKind.REQUEST_RELEASED, EventKind.REQUEST_RESOLVED)


class HistoryError(AssertionError):
    """The hub and the model do not agree."""


@dataclass
class Along:
    """What the model knows of one device."""

    login: str
    persons: set[uuid.UUID]
    days: int
    ends: datetime
    half: bytes
    taken: datetime
    ended: bool = False


@dataclass
class History:
    """A hub, and a model of it that fits on a page.

    Args:
        seed: of everything.
    """

    seed: int
    along: dict[str, Along] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    states: dict[str, tuple[RequestState | None, uuid.UUID]] = field(default_factory=dict)
    seqs: dict[str, int] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.env = FixedEnv(seed=self.seed)
        self.core, self.hub = HubCore(self.env), memory_hub()
        with self.hub.begin():
            migrate(self.hub, self.env)
            hire(self.hub)
            for actor in ON_THE_ROAD:
                staff.save_member(self.hub, actor.login, actor.login, actor.role)
                staff.join(self.hub, actor.login, TEAM, LONG_AGO)
            for actor in EVERYBODY:
                self.core.enrol(self.hub, actor)

    def run(self) -> None:
        """Let things happen."""
        happenings: tuple[Callable[[], None], ...] = (
            self.check_out, self.renew, self.check_in, self.write, self.write, self.write, self.create
        )  # fmt: skip
        for _ in range(STEPS):
            self.env.advance(timedelta(hours=self.chance.randrange(1, 20)))
            self.chance.choice(happenings)()
            if self.chance.random() < 0.01:
                self.revoke()
        with self.hub.begin():
            if audit(self.hub):
                raise HistoryError("the audit finds differences")

    # ---- what the model says -------------------------------------------------------------------
    def lasts(self, device: str) -> bool:
        """Say whether a device has something along now."""
        found = self.along.get(device)
        now = self.env.now()
        return found is not None and not found.ended and found.ends > now and device not in self.revoked

    def holder(self, person: uuid.UUID) -> str:
        """Return who has somebody along now."""
        found = [each for device, each in self.along.items() if self.lasts(device)]
        found = sorted((each for each in found if person in each.persons), key=lambda each: each.taken)
        if len({each.login for each in found}) > 1:
            raise HistoryError("two have one person along")
        return found[0].login if found else ""

    def free(self, persons: set[uuid.UUID], login: str) -> set[uuid.UUID]:
        """Return who may be taken along by somebody."""
        return {person for person in persons if self.holder(person) in ("", login)}

    # ---- what happens --------------------------------------------------------------------------
    def call(self, work: Callable[[Connection], object]) -> object:
        """Return an answer of the hub, or the key of its refusal."""
        try:
            with self.hub.begin():
                return work(self.hub)
        except HubError as error:
            return error.message_key

    def check_out(self) -> None:
        """Somebody takes persons along."""
        actor, days = self.chance.choice(ON_THE_ROAD), self.chance.randrange(1, 5)
        persons = set(self.chance.sample(PERSONS, self.chance.randrange(1, 5)))
        take_over = self.chance.random() < 0.5
        others = [
            each
            for device, each in self.along.items()
            if device != actor.device and each.login == actor.login
        ]
        elsewhere = any(not each.ended and each.ends > self.env.now() for each in others)
        told = self.call(
            lambda hub: self.core.check_out(hub, actor, CheckOut(tuple(persons), days, take_over))
        )
        if actor.device in self.revoked or (elsewhere and not take_over):
            key = "hub.device_revoked" if actor.device in self.revoked else "hub.checked_out_elsewhere"
            self.same(told, key)
            return
        for each in others:
            each.ended = True
        if isinstance(told, str):
            raise HistoryError(f"refused: {told}")
        mine = self.free(persons, actor.login)
        before = self.along.get(actor.device)
        self.same(told.count, len(mine))  # type: ignore[attr-defined]  # what was lent
        kept = before is not None and not before.ended
        half: bytes = told.half  # type: ignore[attr-defined]  # what was lent
        if kept != (before is not None and before.half == half):
            raise HistoryError("another half than it should be")
        now = self.env.now()
        self.along[actor.device] = Along(actor.login, mine, days, now + timedelta(days=days), half, now)
        self.count("check_out")

    def renew(self) -> None:
        """A contact renews what a device has along."""
        actor = self.chance.choice(ON_THE_ROAD)
        told = self.call(lambda hub: self.core.renew_check_out(hub, actor))
        found = self.along.get(actor.device)
        if actor.device in self.revoked:
            self.same(told, "hub.device_revoked")
        elif found is None:
            self.same(told, "hub.no_check_out")
        elif found.ended:
            self.same(told, "hub.check_out_ended")
        else:
            if found.ends <= self.env.now():
                found.persons = self.free(found.persons, found.login)
                self.count("renewed after its end")
            found.ends = self.env.now() + timedelta(days=found.days)
            self.same((told.half, told.count), (found.half, len(found.persons)))  # type: ignore[attr-defined]

    def check_in(self) -> None:
        """Somebody gives back what they have along."""
        actor = self.chance.choice(ON_THE_ROAD)
        self.call(lambda hub: self.core.check_in(hub, actor))
        if actor.device in self.along:
            self.along[actor.device].ended = True

    def revoke(self) -> None:
        """A device is revoked."""
        actor = self.chance.choice(ON_THE_ROAD)
        self.call(lambda hub: staff.revoke(hub, actor.device, self.env.now()))
        self.revoked.add(actor.device)
        if actor.device in self.along:
            self.along[actor.device].ended = True

    def create(self) -> None:
        """Somebody makes a request about a person."""
        person, stream = self.chance.choice(PERSONS), request_stream(self.env.uuid7())
        self.push(
            LEAD, stream, EventKind.REQUEST_CREATED, dict(request_body(SOINS, TEAM, person=str(person)))
        )
        self.states[stream] = (self.decided(LEAD, stream, None, person, EventKind.REQUEST_CREATED)[0], person)

    def write(self) -> None:
        """Somebody does something to a request."""
        writers = [actor for actor in EVERYBODY if actor.device not in self.revoked]
        if not self.states:
            return
        actor, kind = self.chance.choice(writers), self.chance.choice(KINDS)
        stream = self.chance.choice(list(self.states)[-4:])
        state, person = self.states[stream]
        after, refusal = self.decided(actor, stream, state, person, kind)
        told = self.push(actor, stream, kind, {"outcome": "done"})
        self.same(told, refusal)
        self.states[stream] = (after, person)
        self.count(refusal or "counts")

    def decided(
        self, actor: Actor, stream: str, state: RequestState | None, person: uuid.UUID, kind: EventKind
    ) -> tuple[RequestState | None, str]:
        """Judge as the model does."""
        body = dict(request_body(SOINS, TEAM)) if kind is EventKind.REQUEST_CREATED else {"outcome": "done"}
        rep = actor.role is Role.REP
        deed = Deed(
            kind, uuid.UUID(int=0), actor.login, actor.role, self.env.now(), body, handles=not rep,
            requests=actor != SECOND, stream=stream, checked_out_by=self.holder(person),
        )  # fmt: skip
        decision = decide(state, deed)
        return decision.state, decision.refusal.value if decision.refusal else ""

    def push(self, actor: Actor, stream: str, kind: EventKind, body: dict[str, object]) -> str:
        """Hand one event over; return why it does not count."""
        seq = self.seqs[actor.device] = self.seqs.get(actor.device, 0) + 1
        content, salt = json.dumps(body).encode(), b"salt"
        made = PushedEvent(
            self.env.uuid7(), seq, stream, kind.value, 1, actor.login, self.env.now(), 0, content, salt,
            content_hash(salt, content),
        )  # fmt: skip
        with self.hub.begin():
            return self.core.push(self.hub, actor, [made])[0].refusal

    def same(self, told: object, expected: object) -> None:
        """Require that the hub says what the model says."""
        if told != expected:
            raise HistoryError(f"the hub says {told}, the model {expected}")

    def count(self, what: str) -> None:
        """Count what happened, so that a history that does nothing is seen."""
        self.counted[what] = self.counted.get(what, 0) + 1

    def close(self) -> None:
        """Let the hub go."""
        self.hub.close()
        self.hub.engine.dispose()


def play(seed: int) -> History:
    """Run one history; what fails tells its seed."""
    history = History(seed)
    try:
        history.run()
    except HistoryError as error:
        raise HistoryError(f"seed {seed}: {error}") from error
    finally:
        history.close()
    return history


def play_some() -> None:
    """Run some histories."""
    for seed in range(10):
        play(seed)


def test_hub_and_rules_judge_alike_whoever_is_on_the_road() -> None:
    counted: dict[str, int] = {}
    for seed in range(FIRST, FIRST + HISTORIES):
        for what, times in play(seed).counted.items():
            counted[what] = counted.get(what, 0) + times
    assert {"check_out", "renewed after its end", "counts", "checked_out", "held_by_other"} <= set(counted)


DEFECTS = {
    "what ended still holds": ("avise.hub.checked_out.CheckedOutCustomers.holder", "ended"),
    "nobody looks": ("avise.hub.checked_out.CheckedOutCustomers.holder", "nobody"),
    "a colleague's are taken too": ("avise.hub.check_outs._elsewhere", "none"),
    "a revoked device is lent to": ("avise.hub.check_outs._require_device", "any"),
    "another half each time": ("avise.hub.check_outs._half", "new"),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, what = DEFECTS[name]
    spoiled: dict[str, Callable[..., object]] = {
        "ended": lambda _self, _stream, kind, _actor: BRUNO.login if kind is KINDS[0] else "",
        "nobody": lambda *_: "",
        "none": lambda *_: frozenset(),
        "any": lambda *_, **__: None,
        "new": lambda _kept, _actor, env: bytes.fromhex(env.token() + env.token()),
    }
    monkeypatch.setattr(where, spoiled[what])
    with pytest.raises(HistoryError):
        play_some()
