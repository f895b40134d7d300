"""A representative's day at a real desk: nothing is asked of the network to write it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from avise.connectors.contract import ConnectorError
from avise.connectors.readings import FacetReading
from avise.models.commands import CommandState
from avise.models.errors import AviseError, ErrorKind, Failure
from avise.models.journal import EventKind
from avise.models.outgoing import MessageStatus
from avise.models.visits import visit_of_appointment, visit_stream
from avise.services.request_values import HubState
from avise.services.visit_values import (
    Delivery,
    VisitDetail,
    VisitNeed,
    VisitOutcome,
    VisitReport,
    VisitState,
)
from avise.services.visits.planned import ASKED
from avise.store.journal import Journal
from tests.unit.engine.request_station import KEY, Line, Machine, first
from tests.unit.engine.visit_station import (
    BRUNO,
    VisitStation,
    today_at,
    tools,
    until,
    visit_of,
    visit_station,
)

ERIC, FIRM, UNKNOWN, PROTECTED = (visit_of(number) for number in range(4))
NEXT = today_at(10) + timedelta(days=3)
WHOLE = VisitReport(
    outcome=VisitOutcome.QUOTE_HANDED,
    needs=(VisitNeed("dental", 5, "implant"),),
    note="Compare avec un concurrent.",
    next_step="Envoyer le devis",
    next_appointment=NEXT,
    requests=("dental_cover",),
    recap_by_email=True,
)


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with AsyncExitStack() as stack:
        made = Machine(tmp_path, stack)
        await made.hire(BRUNO)
        yield made


@pytest.fixture
async def bruno(machine: Machine) -> AsyncIterator[VisitStation]:
    async with visit_station(machine) as station:
        await first(station.station.desk.hub_status(), lambda status: status.state is HubState.EMBEDDED)
        yield station


async def offline(bruno: VisitStation) -> None:
    """Cut the hub off and have the tools answer no more."""
    bruno.station.line.cut = True
    bruno.tools.executions = [ConnectorError(ErrorKind.OFFLINE)] * 50


async def network_back(bruno: VisitStation) -> None:
    """Let the hub and the tools be reached again, and what waits for them leave."""

    async def waits() -> bool:
        return all(item.state is CommandState.WAITING for item in bruno.outbox.visible())

    await until(waits)
    bruno.station.line.cut = False
    bruno.tools.executions = []
    for item in bruno.outbox.visible():
        await bruno.outbox.resend(item.command_id)


async def rows(bruno: VisitStation) -> list[tuple[str, VisitState]]:
    """Return the visits of the day."""
    (day,) = await bruno.days()
    return [(row.title, row.state) for row in day.visits]


async def test_a_day_holds_visits_alone_in_the_order_of_the_route(bruno: VisitStation) -> None:
    (day,) = await bruno.days()
    assert [(row.title, row.place, row.state) for row in day.visits] == [
        ("FONTAINE Éric", "Vertaville", VisitState.PLANNED),
        ("Bâti Presqu’île", "Orvignac", VisitState.TO_CONFIRM),
        ("Personne inconnue sur ce poste", "Nortaison", VisitState.PLANNED),
        ("DELORME Anne", "Nortaison", VisitState.PLANNED),
    ]
    assert day.visits[0].minutes_by_car is None
    assert all(row.minutes_by_car for row in day.visits[1:])
    assert day.kilometres is not None
    assert day.visits[2].person is None


async def test_what_the_diary_told_stays_when_it_answers_no_more(bruno: VisitStation) -> None:
    before = await rows(bruno)
    down = FacetReading("agenda", "appointments", final=True, error=Failure(ErrorKind.OFFLINE))
    bruno.tools.readings["agenda", "appointments"] = [down]
    bruno.visits._calendar.read_again()  # what the timer of five minutes does
    assert await rows(bruno) == before


async def test_no_name_is_told_once_the_key_of_what_is_on_board_went(bruno: VisitStation) -> None:
    directory = bruno.station.directory
    async with aclosing(bruno.visits.visits.follow_visit(ERIC)) as details:  # type: ignore[type-var]
        shown = await anext(details)
        assert (shown.row.title, shown.phone != "") == ("FONTAINE Éric", True)
        await directory.lock("pack.locked")
        bruno.visits.forget_names()
        closed = await anext(details)
        while closed.row.person is not None:
            closed = await anext(details)
        assert closed.row.title == "Nom illisible\N{NO-BREAK SPACE}: données à bord fermées"
        assert (closed.phone, closed.sheet, closed.past) == ("", (), ())
        (day,) = await bruno.days()
        assert not any("FONTAINE" in row.title for row in day.visits)
        await directory.unlock(KEY)
        bruno.visits.changes.tell()
        again = await anext(details)
        while again.row.person is None:
            again = await anext(details)
        assert again.row.title == "FONTAINE Éric"


async def test_a_sheet_is_read_and_its_opening_is_journaled_once(bruno: VisitStation) -> None:
    detail = await bruno.detail(ERIC)
    assert detail.address == "8 rue du Moulin, 44996 Vertaville"
    assert detail.access_notes == "Portail bleu."
    assert {line.label: line.value for line in detail.sheet}["visit.sheet.contract"] == "Confort"
    stream = f"customer/{detail.row.person}"
    consulted = await bruno.station.journal.stream(stream, (EventKind.CONSULTED,))
    assert [event.body["purpose"] for event in consulted] == ["visit"]


async def test_a_file_whose_opening_cannot_be_journaled_is_open_to_nobody(
    bruno: VisitStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    detail = await bruno.detail(ERIC)
    assert detail.row.person is not None

    async def full(*_: object, **__: object) -> None:
        raise AviseError("store.full")

    monkeypatch.setattr(Journal, "append", full)
    with pytest.raises(AviseError, match=r"^store\.full$"):
        await bruno.detail(ERIC)
    assert bruno.visits.visits.open_file(detail.row.person) is None


async def test_a_protected_file_is_not_opened_by_a_visit(bruno: VisitStation) -> None:
    with pytest.raises(AviseError) as refused:
        await bruno.detail(PROTECTED)
    assert refused.value.message_key == "open.not_allowed"


async def test_a_visit_that_the_calendar_does_not_know_is_told_so(bruno: VisitStation) -> None:
    with pytest.raises(AviseError) as refused:
        await bruno.detail(visit_of(404))
    assert refused.value.message_key == "visit.nobody_knows"


async def test_what_is_typed_is_on_this_machine_and_survives_a_restart(machine: Machine) -> None:
    async with visit_station(machine) as bruno:
        await bruno.station.desk.save_visit_report(ERIC, WHOLE)
        (day,) = await bruno.days()
        assert day.visits[0].delivery is Delivery.HERE
    async with visit_station(machine) as again:
        detail = await again.detail(ERIC)
        assert detail.report == WHOLE
        assert detail.saved_at is not None
        assert [request.id for request in detail.proposed_requests] == ["dental_cover"]


async def test_a_text_that_holds_a_restricted_number_is_not_kept(bruno: VisitStation) -> None:
    await bruno.station.desk.save_visit_report(ERIC, WHOLE)
    with pytest.raises(AviseError) as refused:
        await bruno.station.desk.save_visit_report(ERIC, replace(WHOLE, note="2 68 03 44 109 214 35"))
    assert refused.value.message_key == "visit.restricted"
    assert (await bruno.detail(ERIC)).report == WHOLE


async def test_a_visit_without_network_is_whole_here_and_leaves_once_it_is_back(bruno: VisitStation) -> None:
    desk, station = bruno.station.desk, bruno.station
    await offline(bruno)
    looked_at = desk.follow_visit(ERIC)
    detail = await first_kept(looked_at)
    await desk.start_visit(ERIC)
    await desk.save_visit_report(ERIC, WHOLE)
    await desk.end_visit(ERIC, WHOLE)
    await looked_at.aclose()  # type: ignore[attr-defined]  # a generator
    # Everything of the end stands together in the journal: one act.
    own = await station.journal.since(0)
    ended = next(place for place, event in enumerate(own) if event.kind is EventKind.VISIT_ENDED)
    assert [event.kind for event in own[ended : ended + 5]] == [
        EventKind.VISIT_ENDED,
        EventKind.REQUEST_CREATED,
        EventKind.COMMAND_CONFIRMED,
        EventKind.MESSAGE_PLANNED,
        EventKind.INTERACTION_RECORDED,
    ]
    (day,) = await bruno.days()
    assert (day.visits[0].state, day.visits[0].delivery) == (VisitState.DONE, Delivery.WAITING)
    (message,) = await bruno.messages.outgoing.all()
    assert message.status is MessageStatus.PLANNED
    (command,) = bruno.outbox.visible()
    assert (command.person, command.expires_at) == (detail.row.person, NEXT)
    await network_back(bruno)
    await until(lambda: is_delivered(bruno, Delivery.CONFIRMED))
    await until(lambda: is_settled(bruno))
    assert (await bruno.detail(ERIC)).appointment is Delivery.CONFIRMED
    requests = [request for request in station.room.known if request.dossier == detail.row.person]
    assert [request.type for request in requests] == ["COVER_QUESTION"]
    assert len(bruno.tools.ledger) == 1


async def first_kept(stream: AsyncIterator[VisitDetail]) -> VisitDetail:
    """Return the first whole state of a visit, and keep following it."""
    async for found in stream:
        if any(line.label == "visit.sheet.contract" for line in found.sheet) and found.can_recap:
            return found
    raise AssertionError("the stream ended")


async def is_delivered(bruno: VisitStation, wanted: Delivery) -> bool:
    """Say whether the visit of the day is where it should be."""
    (day,) = await bruno.days()
    return day.visits[0].delivery is wanted


async def test_an_end_that_lacks_something_leaves_nothing_behind(bruno: VisitStation) -> None:
    bruno.tools.readings["parties", "contact_points"] = []
    await bruno.station.desk.save_visit_report(ERIC, WHOLE)
    stream = bruno.station.desk.follow_visit(ERIC)
    await anext(stream)
    with pytest.raises(AviseError) as refused:
        await bruno.station.desk.end_visit(ERIC, WHOLE)
    assert refused.value.message_key == "visit.no_recap"
    await stream.aclose()  # type: ignore[attr-defined]  # a generator
    assert await bruno.station.journal.stream(visit_stream(ERIC)) == ()
    assert bruno.outbox.visible() == ()
    detail = await bruno.detail(ERIC)
    assert (detail.row.state, detail.report) == (VisitState.PLANNED, WHOLE)


async def test_an_appointment_asked_for_is_in_the_day_until_the_calendar_answers(bruno: VisitStation) -> None:
    await offline(bruno)
    report = VisitReport(outcome=VisitOutcome.POSTPONED, next_appointment=NEXT)
    await bruno.station.desk.end_visit(ERIC, report)
    days = await bruno.days(5)
    (asked,) = [row for day in days for row in day.visits if row.asked]
    (command,) = bruno.outbox.visible()
    assert asked.visit == visit_of_appointment(ASKED, str(command.command_id))
    assert (asked.title, asked.starts_at, asked.state) == ("FONTAINE Éric", NEXT, VisitState.TO_CONFIRM)
    await network_back(bruno)
    await until(lambda: is_settled(bruno))
    days = await bruno.days(5)
    (planned,) = [row for day in days for row in day.visits if row.starts_at == NEXT]
    assert (planned.state, planned.asked) == (VisitState.PLANNED, False)


async def is_settled(bruno: VisitStation) -> bool:
    """Say whether the appointment was made."""
    return all(item.state is CommandState.DONE for item in bruno.outbox.visible())


async def test_a_refused_appointment_is_to_be_corrected(bruno: VisitStation) -> None:
    bruno.tools.executions = [ConnectorError(ErrorKind.REJECTED, user_message="Créneau fermé")]
    report = VisitReport(outcome=VisitOutcome.POSTPONED, next_appointment=NEXT)
    await bruno.station.desk.end_visit(ERIC, report)
    await until(lambda: is_delivered(bruno, Delivery.TO_CORRECT))


async def test_an_appointment_that_was_refused_and_put_away_is_in_no_day(bruno: VisitStation) -> None:
    bruno.tools.executions = [ConnectorError(ErrorKind.REJECTED, user_message="Créneau fermé")]
    report = VisitReport(outcome=VisitOutcome.POSTPONED, next_appointment=NEXT)
    await bruno.station.desk.end_visit(ERIC, report)
    await until(lambda: is_delivered(bruno, Delivery.TO_CORRECT))
    (command,) = bruno.outbox.visible()
    await bruno.outbox.abandon(command.command_id, "")
    days = await bruno.days(5)
    assert [row.title for day in days for row in day.visits if row.starts_at == NEXT] == []
    assert not await is_delivered(bruno, Delivery.TO_CORRECT)


async def test_what_is_typed_while_a_visit_ends_is_kept_as_a_correction(bruno: VisitStation) -> None:
    desk = bruno.station.desk
    said = VisitReport(outcome=VisitOutcome.QUOTE_HANDED, note="Compare avec un concurrent.")
    more = replace(said, note="Compare avec deux concurrents.")
    ending = asyncio.create_task(desk.end_visit(ERIC, said))
    await asyncio.sleep(0)
    await desk.save_visit_report(ERIC, more)
    await ending
    detail = await bruno.detail(ERIC)
    assert (detail.row.state, detail.row.delivery) == (VisitState.DONE, Delivery.HERE)
    assert detail.report == more


async def test_a_report_ended_again_corrects_it_and_asks_nothing_twice(bruno: VisitStation) -> None:
    desk = bruno.station.desk
    stream = desk.follow_visit(ERIC)
    await first_kept(stream)
    await desk.end_visit(ERIC, WHOLE)
    await desk.end_visit(ERIC, replace(WHOLE, note="Corrigé."))
    await stream.aclose()  # type: ignore[attr-defined]  # a generator
    assert (await bruno.detail(ERIC)).report.note == "Corrigé."
    kinds = [event.kind for event in await bruno.station.journal.since(0)]
    assert kinds.count(EventKind.VISIT_ENDED) == 2
    for once in (EventKind.REQUEST_CREATED, EventKind.COMMAND_CONFIRMED, EventKind.MESSAGE_PLANNED):
        assert kinds.count(once) == 1
    assert kinds.count(EventKind.INTERACTION_RECORDED) == 1


async def test_a_visit_to_somebody_unknown_here_is_reported_and_asks_for_nothing(bruno: VisitStation) -> None:
    desk = bruno.station.desk
    with pytest.raises(AviseError) as refused:
        await desk.end_visit(UNKNOWN, WHOLE)
    assert refused.value.message_key == "visit.unknown_person_acts"
    await desk.end_visit(UNKNOWN, VisitReport(outcome=VisitOutcome.DISCOVERY, note="À rattacher"))
    (day,) = await bruno.days()
    assert day.visits[2].state is VisitState.DONE


async def test_a_visit_that_did_not_take_place_says_why_and_one_that_ended_cannot(
    bruno: VisitStation,
) -> None:
    desk = bruno.station.desk
    await desk.miss_visit(FIRM, "Fermé")
    assert dict(await rows(bruno))["Bâti Presqu’île"] is VisitState.MISSED
    await desk.end_visit(ERIC, VisitReport(outcome=VisitOutcome.SERVICE))
    with pytest.raises(AviseError) as refused:
        await desk.miss_visit(ERIC, "")
    assert refused.value.message_key == "visit.already_ended"


async def test_another_workstation_of_the_same_representative_knows_what_was_done(machine: Machine) -> None:
    async with visit_station(machine) as bruno:
        await bruno.station.desk.end_visit(ERIC, VisitReport(outcome=VisitOutcome.SERVICE, note="Fait"))
        await bruno.station.settled()
        async with visit_station(machine, name="autre", line=Line(), acts=tools()) as other:

            async def is_known() -> bool:
                return (await other.days())[0].visits[0].state is VisitState.DONE

            await until(is_known)
            assert (await other.detail(ERIC)).report.note == "Fait"
            assert (await other.days())[0].visits[0].delivery is Delivery.CONFIRMED
