"""Two agents for one action, on a real hub: who plans never confirms, nothing leaves unconfirmed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from avise.models.commands import CommandReason, CommandState, OutboxItem
from avise.models.confirmations import confirmation_stream
from avise.models.errors import AviseError
from avise.models.journal import EventKind, NewEvent
from avise.models.roles import Purpose
from avise.services.outbox import Outbox
from avise.store.outbox import Commands
from tests.unit.engine.acting_station import EMAIL, OFFER, TOM, ActingStation, acting
from tests.unit.engine.request_station import (
    HELENE,
    KARIM,
    LEA,
    PROTECTED,
    WORKERS,
    Machine,
    Worker,
    first,
)
from tests.unit.services.acting_tools import ActingTools

S = CommandState


@dataclass
class House:
    """A hub, and three people of whom two share a team."""

    machine: Machine
    lea: ActingStation
    tom: ActingStation

    async def started(self, worker: Worker, name: str = "") -> ActingStation:
        """Start somebody's station."""
        return await acting(self.machine, worker, name)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        machine = Machine(tmp_path, stack)
        await machine.hire(*WORKERS, TOM)
        yield House(machine, await acting(machine, LEA), await acting(machine, TOM))


async def refused(doing: object) -> str:
    with pytest.raises(AviseError) as error:
        await doing  # type: ignore[misc]  # a coroutine
    return error.value.message_key


async def test_a_colleague_sees_before_and_after_and_confirms_then_it_is_sent_once(house: House) -> None:
    item = await house.lea.asks()
    assert (item.state, item.needs_second) == (S.AWAITING_SECOND, True)
    row = await house.tom.is_asked(item)
    assert row.asked.asker == LEA.login
    assert row.asked.changes == (("rights.card", "v1", "v2"),)
    assert row.asker == LEA.name
    assert row.who is not None
    assert row.who.entry.party.last_name == HELENE.last_name
    assert house.lea.tools.sendings == []
    await house.tom.station.desk.confirm_for_colleague(item.command_id)
    done = await house.lea.reaches(item, S.DONE)
    assert (done.seconded_by, house.lea.tools.ledger) == (TOM.login, [str(item.command_id)])
    assert house.tom.tools.sendings == []
    await house.tom.asked_nothing()


async def test_who_asked_never_confirms_not_even_past_their_own_program(house: House) -> None:
    item = await house.lea.asks()
    await house.tom.is_asked(item)
    lea = house.lea.station
    assert await refused(lea.desk.confirm_for_colleague(item.command_id)) == "confirmation.own"
    assert (await first(lea.desk.my_day(), lambda _: True)).confirmations == ()
    forged = NewEvent(confirmation_stream(item.command_id), EventKind.CONFIRMATION_GIVEN, {})
    await lea.journal.append_all(LEA.session, forged)
    await first(lea.desk.my_day(), lambda told: any("confirmation" in row.task.words for row in told.today))
    # Under another name it is not even taken: the hub knows who signed in.
    await lea.journal.append_all(TOM.session, forged)
    await lea.settled()
    assert lea_state(house, item) is S.AWAITING_SECOND
    assert house.lea.tools.sendings == []


def lea_state(house: House, item: OutboxItem) -> CommandState:
    return house.lea.outbox.item(item.command_id).state


async def test_a_refusal_comes_back_with_its_reason_and_nothing_is_sent(house: House) -> None:
    item = await house.lea.asks()
    await house.tom.is_asked(item)
    tom = house.tom.station.desk
    assert await refused(tom.refuse_for_colleague(item.command_id, " ")) == "confirmation.reason_needed"
    nir = "Voir 2 69 05 49 588 157 80"
    assert await refused(tom.refuse_for_colleague(item.command_id, nir)) == "confirmation.restricted"
    await tom.refuse_for_colleague(item.command_id, "Appelant non identifié")
    found = await house.lea.reaches(item, S.REJECTED)
    assert (found.reason, found.because) == (CommandReason.SECOND_REFUSED, "Appelant non identifié")
    assert await refused(tom.confirm_for_colleague(item.command_id)) == "confirmation.answered"
    assert house.lea.tools.sendings == []


async def test_what_is_given_up_can_be_confirmed_no_more(house: House) -> None:
    item = await house.lea.asks()
    await house.tom.is_asked(item)
    await house.lea.station.desk.abandon(item.command_id, "Erreur de dossier")
    await house.tom.asked_nothing()
    error = await refused(house.tom.station.desk.confirm_for_colleague(item.command_id))
    assert error == "confirmation.answered"
    assert lea_state(house, item) is S.CANCELLED


async def test_of_two_answers_the_first_counts_and_the_other_is_told(house: House) -> None:
    item = await house.lea.asks()
    await house.tom.is_asked(item)
    tom = house.tom.station
    tom.line.cut = True
    await house.machine.hire(replace(LEA, login="ines.morel", name="Inès Morel"))
    ines = await house.started(replace(LEA, login="ines.morel", name="Inès Morel"))
    await ines.is_asked(item)
    await tom.desk.confirm_for_colleague(item.command_id)
    await ines.station.desk.refuse_for_colleague(item.command_id, "Double")
    await house.lea.reaches(item, S.REJECTED)
    tom.line.cut = False
    await first(tom.desk.my_day(), lambda told: any("compté" in row.task.words for row in told.today))
    assert house.lea.tools.sendings == []


async def test_another_team_is_not_asked(house: House) -> None:
    karim = await house.started(KARIM)
    item = await house.lea.asks()
    await house.tom.is_asked(item)
    await karim.station.settled()
    assert (await first(karim.station.desk.my_day(), lambda _: True)).confirmations == ()
    error = await refused(karim.station.desk.confirm_for_colleague(item.command_id))
    assert error == "confirmation.unknown"


async def test_without_a_hub_such_an_action_is_refused_at_once(house: House) -> None:
    lea, tools = house.lea.station, ActingTools([], action_offers=[OFFER])
    commands = Commands(lea.store, house.machine.env, lea.journal, LEA.login)
    alone = Outbox(LEA.session, tools, lea.directory, commands, house.machine.env)
    await alone.start()
    try:
        entry = await lea.directory.by_person(await lea.person(HELENE))
        assert entry is not None
        plan = await alone.plan(entry, "call", "parties", "change_email", EMAIL)
        assert await refused(alone.confirm([plan])) == "acting.second_agent_needed"
    finally:
        await alone.aclose()


async def test_a_protected_file_is_opened_with_its_reason_before_its_change_is_confirmed(
    house: House,
) -> None:
    lea, tom = house.lea.station, house.tom.station
    person = await lea.person(PROTECTED)
    opened = lea.desk.open_customer(person, Purpose.CALL, "Appel du 24 mars")
    async with aclosing(opened) as updates:  # type: ignore[type-var]  # desks give generators
        await anext(updates)
        plan = await lea.desk.plan_action(person, "parties", "change_email", EMAIL)
        item = await lea.desk.confirm_action(plan)
    row = await house.tom.is_asked(item)
    assert row.sealed
    assert await refused(tom.desk.confirm_for_colleague(item.command_id)) == "confirmation.open_first"
    seen = tom.desk.open_customer(person, Purpose.REQUEST, "Confirmation demandée")
    async with aclosing(seen) as updates:  # type: ignore[type-var]  # desks give generators
        await anext(updates)
        assert not (await house.tom.is_asked(item)).sealed
        await tom.desk.confirm_for_colleague(item.command_id)
    await house.lea.reaches(item, S.DONE)
