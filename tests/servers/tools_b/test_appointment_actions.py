"""Appointments made, moved and cancelled on a real Radicale server, through the host."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from avise.connectors.action_contract import ActionCommand, ActionPlan, ActionResult, Idempotency, Outcome
from avise.connectors.contract import ConnectorError
from avise.connectors.host import ConnectorHost
from avise.demo.faults import RESTORED, Fault, FaultKind, break_tool
from avise.demo.launcher import DemoTools
from avise.env import SystemEnv
from avise.models.customer import CustomerKey
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON
from tests.servers.tools_a.world import ids
from tests.servers.tools_b.conftest import StartTools
from tests.servers.tools_b.test_appointments import _prints
from tests.servers.tools_b.world import EMPTY, FULL, NOBODY, host_of, read

FIRST, SECOND = "0197f3a0-0000-7000-8000-000000000001", "0197f3a0-0000-7000-8000-000000000002"
TUESDAY = SystemEnv().now().replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=20)
NEW: Mapping[str, JSON] = {
    "starts_at": TUESDAY.isoformat(),
    "duration_min": 45,
    "kind": "home_visit",
    "subject": "Bilan, devis ; « famille »",
    "place": "Chez l’adhérent",
    "advisor": "Raphaël Ségur",
}


def command(
    action: str,
    values: Mapping[str, JSON],
    index: int = EMPTY,
    command_id: str = FIRST,
    shown: Mapping[str, str] | None = None,
) -> ActionCommand:
    customer = CustomerKey(UUID(int=index), ids(index).as_mapping())
    return ActionCommand(
        action, command_id, customer, values, shown or {}, datetime(2026, 3, 24, tzinfo=UTC), "lea"
    )


async def plan(host: ConnectorHost, asked: ActionCommand) -> ActionPlan:
    return await host.plan_action("appointments", asked, agent="lea", purpose="call")


async def execute(host: ConnectorHost, asked: ActionCommand) -> ActionResult:
    return await host.execute_action("appointments", asked, agent="lea", purpose="call")


async def verify(host: ConnectorHost, asked: ActionCommand) -> ActionResult:
    return await host.verify_action("appointments", asked, agent="lea", purpose="call")


async def refused(host: ConnectorHost, asked: ActionCommand) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        await execute(host, asked)
    return caught.value


async def appointments(host: ConnectorHost, index: int = EMPTY) -> list[Mapping[str, JSON]]:
    reading = await read(host, "appointments", "appointments", index)
    assert (reading.error, reading.unreadable, reading.drift) == (None, 0, 0)
    return [{"id": record.id, **record.data} for record in reading.records]


async def lose(tools: DemoTools, fault: FaultKind | None) -> None:
    chosen = RESTORED if fault is None else Fault(fault)
    await asyncio.to_thread(break_tool, tools.state_dir, "appointments", chosen)


def moved(
    uid: str, etag: str, start: datetime, command_id: str = SECOND, index: int = EMPTY
) -> ActionCommand:
    values: Mapping[str, JSON] = {"appointment": uid, "starts_at": start.isoformat()}
    return command("move_appointment", values, index, command_id, {"appointment": etag})


async def test_an_appointment_is_made_and_read_back(start: StartTools, data_dir: Path) -> None:
    before = _prints(data_dir)
    async with start("appointments") as tools, host_of(tools) as host:
        planned = await plan(host, command("create_appointment", NEW))
        assert await appointments(host) == []
        made = await execute(host, command("create_appointment", NEW))
        (found,) = await appointments(host)
    assert made == ActionResult(Outcome.DONE, f"{FIRST}@avise.invalid", ("appointments",))
    assert found == {
        "id": made.reference,
        "starts_at": found["starts_at"],
        "ends_at": found["ends_at"],
        "kind": "home_visit",
        "subject": NEW["subject"],
        "place": NEW["place"],
        "advisor": NEW["advisor"],
        "status": "confirmed",
    }
    assert datetime.fromisoformat(str(found["starts_at"])) == TUESDAY
    assert datetime.fromisoformat(str(found["ends_at"])) == TUESDAY + timedelta(minutes=45)
    after = {name.partition(".")[2]: value for name, _, value in planned.changes}
    assert after == {name: value for name, value in found.items() if name != "id"}
    assert _prints(data_dir) == before


async def test_the_same_command_makes_one_appointment(start: StartTools) -> None:
    async with start("appointments") as tools, host_of(tools) as host:
        first = await execute(host, command("create_appointment", NEW))
        again = await execute(host, command("create_appointment", NEW))
        listed = await appointments(host)
    assert (first.outcome, again.outcome, len(listed)) == (Outcome.DONE, Outcome.ALREADY_DONE, 1)


async def test_an_answer_lost_after_the_calendar_was_written_is_unknown_then_done(start: StartTools) -> None:
    asked = command("create_appointment", NEW)
    async with start("appointments") as tools, host_of(tools) as host:
        await plan(host, asked)
        await lose(tools, FaultKind.LOSE_ANSWER)
        error = await refused(host, asked)
        await lose(tools, None)
        found = await verify(host, asked)
        again = await execute(host, asked)
        listed = await appointments(host)
    assert error.outcome_unknown
    assert (found.outcome, again.outcome, len(listed)) == (Outcome.DONE, Outcome.ALREADY_DONE, 1)


async def test_a_request_lost_before_is_not_done(start: StartTools) -> None:
    asked = command("create_appointment", NEW)
    async with start("appointments") as tools, host_of(tools) as host:
        await plan(host, asked)
        await lose(tools, FaultKind.LOSE_REQUEST)
        error = await refused(host, asked)
        await lose(tools, None)
        found = await verify(host, asked)
    assert (error.outcome_unknown, found.outcome) == (True, Outcome.NOT_DONE)


async def test_an_appointment_is_moved_and_keeps_its_length(start: StartTools) -> None:
    later = TUESDAY + timedelta(days=1, hours=2)
    async with start("appointments") as tools, host_of(tools) as host:
        uid = (await execute(host, command("create_appointment", NEW))).reference
        planned = await plan(host, moved(uid, "", later))
        etag = planned.precondition["appointment"]
        done = await execute(host, moved(uid, etag, later))
        again = await execute(host, moved(uid, etag, later))
        checked = await verify(host, moved(uid, etag, later))
        (found,) = await appointments(host)
    assert [name for name, _, _ in planned.changes] == ["appointments.starts_at", "appointments.ends_at"]
    assert (done.outcome, again.outcome, checked.outcome) == (
        Outcome.DONE,
        Outcome.ALREADY_DONE,
        Outcome.DONE,
    )
    assert datetime.fromisoformat(str(found["starts_at"])) == later
    assert datetime.fromisoformat(str(found["ends_at"])) == later + timedelta(minutes=45)
    assert (found["kind"], found["subject"]) == ("home_visit", NEW["subject"])


async def test_a_prepared_appointment_is_moved_with_all_it_says(start: StartTools) -> None:
    async with start("appointments") as tools, host_of(tools) as host:
        before = next(each for each in await appointments(host, FULL) if each["status"] == "confirmed")
        later = datetime.fromisoformat(str(before["starts_at"])) + timedelta(days=400)
        planned = await plan(host, moved(str(before["id"]), "", later, index=FULL))
        etag = planned.precondition["appointment"]
        await execute(host, moved(str(before["id"]), etag, later, index=FULL))
        after = next(each for each in await appointments(host, FULL) if each["id"] == before["id"])
    assert {name for name in before if before[name] != after[name]} == {"starts_at", "ends_at"}
    assert planned.warnings == ()


async def test_an_appointment_that_somebody_moved_meanwhile_is_a_conflict(start: StartTools) -> None:
    async with start("appointments") as tools, host_of(tools) as host:
        uid = (await execute(host, command("create_appointment", NEW))).reference
        later, elsewhere = TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=2)
        etag = (await plan(host, moved(uid, "", later))).precondition["appointment"]
        await execute(host, moved(uid, etag, elsewhere, FIRST))
        error = await refused(host, moved(uid, etag, later))
        (found,) = await appointments(host)
    assert (error.kind, error.outcome_unknown) == (ErrorKind.CONFLICT, False)
    assert datetime.fromisoformat(str(found["starts_at"])) == elsewhere


async def test_a_cancelled_appointment_stays_in_the_calendar_as_cancelled(start: StartTools) -> None:
    async with start("appointments") as tools, host_of(tools) as host:
        uid = (await execute(host, command("create_appointment", NEW))).reference
        cancel = command("cancel_appointment", {"appointment": uid}, command_id=SECOND)
        planned = await plan(host, cancel)
        sent = command(
            "cancel_appointment", {"appointment": uid}, command_id=SECOND, shown=planned.precondition
        )
        done, again = await execute(host, sent), await execute(host, sent)
        checked = await verify(host, sent)
        with pytest.raises(ConnectorError) as caught:
            await plan(host, cancel)
        (found,) = await appointments(host)
    assert planned.changes == (("appointments.status", "confirmed", "cancelled"),)
    assert (done.outcome, again.outcome, checked.outcome) == (
        Outcome.DONE,
        Outcome.ALREADY_DONE,
        Outcome.DONE,
    )
    assert (caught.value.kind, caught.value.user_message) == (
        ErrorKind.REJECTED,
        "Ce rendez-vous est déjà annulé.",
    )
    assert found["status"] == "cancelled"


async def test_a_plan_warns_of_the_past_and_of_another_appointment(start: StartTools) -> None:
    past = {**NEW, "starts_at": (TUESDAY - timedelta(days=60)).isoformat()}
    async with start("appointments") as tools, host_of(tools) as host:
        await execute(host, command("create_appointment", NEW))
        overlap = await plan(host, command("create_appointment", NEW, command_id=SECOND))
        gone = await plan(host, command("create_appointment", past, command_id=SECOND))
        uid = f"{FIRST}@avise.invalid"
        itself = await plan(host, moved(uid, "", TUESDAY + timedelta(minutes=15)))
    assert overlap.warnings == ("L’adhérent a déjà un rendez-vous à cet horaire.",)
    assert gone.warnings == ("Cet horaire est déjà passé.",)
    assert itself.warnings == ()


async def test_what_is_not_there_is_told_for_what_it_is(start: StartTools) -> None:
    async with start("appointments") as tools, host_of(tools) as host:
        with pytest.raises(ConnectorError) as no_event:
            await plan(host, moved("rien@exemple.invalid", "", TUESDAY))
        with pytest.raises(ConnectorError) as no_calendar:
            await plan(host, command("create_appointment", NEW, NOBODY))
        await lose(tools, FaultKind.DOWN)
        down = await refused(host, command("create_appointment", NEW))
    assert (no_event.value.kind, no_calendar.value.kind) == (ErrorKind.NOT_FOUND, ErrorKind.NOT_FOUND)
    assert (down.kind, down.outcome_unknown) == (ErrorKind.UNAVAILABLE, False)


async def test_offers_of_the_calendar_are_announced(start: StartTools) -> None:
    async with start("appointments") as tools, host_of(tools) as host:
        offers = {offer.action: offer.idempotency for offer in host.actions()}
    assert offers == {
        "create_appointment": Idempotency.CLIENT_ID,
        "move_appointment": Idempotency.NATURAL,
        "cancel_appointment": Idempotency.NATURAL,
    }
