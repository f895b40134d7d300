"""Stations whose outbox acts on tools of a test, for two people who confirm one action."""

from __future__ import annotations

from dataclasses import dataclass, replace

from avise.models.commands import CommandState, ConfirmRule, OutboxItem
from avise.models.roles import Role
from avise.services.day_values import AskedConfirmation
from avise.services.outbox import Outbox
from avise.services.request_values import HubState
from avise.store.outbox import Commands
from tests.unit.engine.request_station import HELENE, Machine, Station, Worker, first
from tests.unit.services.acting_tools import ActingTools, action_offer

TOM = Worker("tom.riou", "Tom Riou", Role.AGENT, ("team/PLATEAU",))
OFFER = action_offer(
    "parties", "change_email", confirm=ConfirmRule.SECOND_AGENT, needs_ids=(), touches=("contact_points",)
)
EMAIL = {"email": "h.marchand@example.org"}


@dataclass
class ActingStation:
    """A station whose outbox acts on tools of its own."""

    station: Station
    tools: ActingTools
    outbox: Outbox

    async def asks(self, **plan: object) -> OutboxItem:
        """Plan the action and confirm it: a colleague is asked."""
        person = await self.station.person(HELENE)
        planned = await self.station.desk.plan_action(person, "parties", "change_email", EMAIL)
        return await self.station.desk.confirm_action(replace(planned, **plan))  # type: ignore[arg-type]  # test data

    async def reaches(self, item: OutboxItem, state: CommandState) -> OutboxItem:
        """Wait for a command to be in a state."""

        def found(shown: tuple[OutboxItem, ...]) -> OutboxItem | None:
            return next((one for one in shown if one.command_id == item.command_id), None)

        def wanted(shown: tuple[OutboxItem, ...]) -> bool:
            one = found(shown)
            return one is not None and one.state is state

        shown = found(await first(self.station.desk.outbox(), wanted))
        assert shown is not None
        return shown

    async def is_asked(self, item: OutboxItem) -> AskedConfirmation:
        """Wait for a question in this user's day."""
        day = await first(
            self.station.desk.my_day(),
            lambda told: any(row.asked.command == item.command_id for row in told.confirmations),
        )
        return next(row for row in day.confirmations if row.asked.command == item.command_id)

    async def asked_nothing(self) -> None:
        """Wait for a day without a question."""
        await first(self.station.desk.my_day(), lambda told: not told.confirmations)


async def acting(machine: Machine, worker: Worker, name: str = "") -> ActingStation:
    """Start the station of somebody who acts; ended with the machine."""
    station = await machine.station(worker, name)
    env, tools = machine.env, ActingTools([], action_offers=[OFFER])
    session = worker.session
    commands = Commands(station.store, env, station.journal, session.user)
    outbox = Outbox(session, tools, station.directory, commands, env)
    await outbox.start()
    machine.stack.push_async_callback(outbox.aclose)
    station.desk.use_outbox(outbox)
    station.desk.ask_colleagues(station.room.standing.name_of)
    await first(station.desk.hub_status(), lambda status: status.state is HubState.EMBEDDED)
    return ActingStation(station, tools, outbox)
