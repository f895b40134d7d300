"""What every hub answers alike of records held to be one person's: told to all, decided by few."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Connection

from avise.hub.auditing import audit
from avise.hub.erasing import erase_customer
from avise.hub.port import Outcome, PulledEvent, View
from avise.hub.settling import settle_quarantined
from avise.hub.stream_state import HOUSE
from avise.models.identity.descriptions import described
from avise.models.identity.link_bodies import side_body
from avise.models.identity.links import Side, pair_of, pair_stream
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.roles import Purpose
from tests.hub_house import ADMINISTRATOR, AGENT, AUDITOR, LEAD, MANAGER, STRANGER, Desk, House, desk
from tests.unit.models.identity.test_links import PARTY

ONE, OTHER, THIRD = (uuid.UUID(int=number, version=4) for number in (21, 22, 23))
PAIR = pair_stream(ONE, OTHER)
LINKED, PROPOSED, REFUSED, UNLINKED = (
    EventKind.IDENTITY_LINKED,
    EventKind.IDENTITY_PROPOSED,
    EventKind.IDENTITY_REFUSED,
    EventKind.IDENTITY_UNLINKED,
)


def of_pair(one: uuid.UUID = ONE, other: uuid.UUID = OTHER, **more: JSON) -> Mapping[str, JSON]:
    """Return the body of an event of a pair."""
    return {"one": side_body(Side(one)), "other": side_body(Side(other, tool="relation")), **more}


def a_link(one: uuid.UUID = ONE, other: uuid.UUID = OTHER) -> Mapping[str, JSON]:
    """Return the body of a link, as a desk writes it."""
    return of_pair(
        one, other, how="person", rule="names_and_contact", probability=0.97, model="fs1-x", over=[],
        why=[["birth_date", "same", 15.9]], link=str(uuid.UUID(int=99, version=4)),
    )  # fmt: skip


async def told(at: Desk, since: int = 0) -> tuple[PulledEvent, ...]:
    """Return what the house is told after a position."""
    return tuple((await at.hub.pull({HOUSE: since})).events)


TOO_MUCH: tuple[Mapping[str, JSON], ...] = (
    {"reason": "Deux cousines"},
    {"other": {"person": str(OTHER), "party": {"last_name": "Trévallec"}}},
    {"other": {"person": str(THIRD)}},
    {"rule": "elle a dit s’appeler Trévallec"},
    {"why": [["birth_date", "1951-03-12", 15.9]]},
    {"link": "Trévallec"},
    {"over": ["Trévallec"]},
    {"probability": "Trévallec"},
    {"probability": 10**400},
    {"why": [["birth_date", "same", 10**400]]},
)


class Links:
    """Records of one person."""

    async def test_what_is_decided_of_two_records_is_told_to_every_team(self, house: House) -> None:
        marc, jean, anne = [await desk(house, actor) for actor in (MANAGER, STRANGER, AUDITOR)]
        assert (await marc.send(PAIR, LINKED, a_link())).effective
        assert [event.kind for event in await told(jean)] == [LINKED.value]
        assert (await jean.hub.head()).positions[HOUSE] == 1
        assert HOUSE not in (await anne.hub.head()).positions
        assert await told(anne) == ()

    async def test_whoever_manages_files_decides_and_the_others_propose(self, house: House) -> None:
        lea, paul = await desk(house, AGENT), await desk(house, LEAD)
        assert (await lea.send(PAIR, PROPOSED, of_pair(how="person", seen="s"))).effective
        decided = [
            await lea.send(PAIR, LINKED, a_link()),
            await lea.send(PAIR, REFUSED, of_pair(seen="s", against=[])),
            await lea.send(PAIR, UNLINKED, of_pair(link=str(ONE), others=[], seen="s")),
            await lea.send(PAIR, EventKind.CONSULTED, {}),
        ]
        assert {(ack.outcome, ack.refusal) for ack in decided} == {(Outcome.QUARANTINED, "no_right")}
        aside = (await paul.hub.query(View.QUARANTINE, {})).rows
        assert {row["kind"] for row in aside} == {*map(str, (LINKED, REFUSED, UNLINKED, EventKind.CONSULTED))}
        assert [event.kind for event in await told(paul)] == [PROPOSED.value]

    async def test_a_lead_lets_in_what_somebody_had_no_right_to_decide(self, house: House) -> None:
        lea, paul = await desk(house, AGENT), await desk(house, LEAD)
        await lea.send(PAIR, LINKED, a_link())
        (row,) = (await paul.hub.query(View.QUARANTINE, {})).rows

        def let_in(connection: Connection) -> object:
            event = uuid.UUID(str(row["event"]))
            now = house.env.now()
            return settle_quarantined(connection, paul.actor, event, now, frozenset(), None, adopt=True)

        await house.set_up(let_in)
        assert [(event.author, event.effective) for event in await told(lea)] == [(AGENT.login, True)]

    async def test_an_event_that_says_more_than_which_records_is_refused_and_not_kept(
        self, house: House
    ) -> None:
        marc, jean = await desk(house, MANAGER), await desk(house, STRANGER)
        written = [marc.written(PAIR, LINKED, {**a_link(), **more}) for more in TOO_MUCH]
        written.append(marc.written(PAIR, EventKind.UNDONE, {"event": "Trévallec"}))
        acks = await marc.hub.push(written)
        assert [ack.refusal for ack in acks] == ["malformed"] * len(written)
        assert {(event.body, event.salt, event.effective) for event in await told(jean)} == {
            (None, None, False)
        }

    async def test_an_erasure_of_either_reaches_every_desk_and_what_comes_late(self, house: House) -> None:
        marc, jean = await desk(house, MANAGER), await desk(house, STRANGER)
        elsewhere = pair_stream(OTHER, THIRD)
        told_of = described(OTHER, pair_of(ONE, OTHER), PARTY)
        then = house.env.now()
        await marc.send(PAIR, LINKED, a_link())
        await marc.send(told_of.stream, told_of.kind, told_of.body)
        await marc.send(elsewhere, LINKED, a_link(OTHER, THIRD))
        before = await told(jean)
        house.env.advance(timedelta(minutes=1))
        erased = await house.set_up(
            lambda connection: erase_customer(connection, ADMINISTRATOR, ONE, "demande", house.env.now())
        )
        assert erased == 2
        (again,) = await told(jean, len(before))
        assert (again.event_id, again.body, again.salt) == (before[0].event_id, None, None)
        assert [event.body is None for event in await told(jean)] == [True, False, True]
        opened = await jean.hub.open_subject(OTHER, Purpose.CONTROL)
        assert [event.body for event in opened.events] == [None]
        house.env.advance(timedelta(minutes=1))
        late = [
            marc.written(PAIR, REFUSED, of_pair(seen="s", against=[]), at=then),
            marc.written(f"customer/{ONE}", told_of.kind, told_of.body, at=then),
        ]
        acks = await marc.hub.push(late)
        assert {(ack.effective, ack.refusal) for ack in acks} == {(False, "erased")}
        assert (await told(jean))[-1].body is None
        assert (await marc.send(PAIR, PROPOSED, of_pair(how="person", seen="s"))).effective
        assert await house.set_up(audit) == ()
        kept = await house.set_up(_words)
        assert not any(PARTY.last_name in words for words in kept)


def _words(connection: Connection) -> list[str]:
    rows = connection.exec_driver_sql("SELECT body FROM event WHERE body IS NOT NULL").scalars()
    return [json.dumps(json.loads(bytes(body)), ensure_ascii=False) for body in rows]
