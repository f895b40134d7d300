"""What asks for somebody's eyes although another list is on screen: a mention, requests long past due."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from avise.env import SystemEnv
from avise.models.journal import EventKind
from avise.services.request_values import CallKind, RequestBoard, RequestDeed, RequestQuery
from tests.unit.engine.request_station import INES, KARIM, LEA, MAUD, NEW, WORKERS, Machine, Station, first

SENT = RequestQuery("me/sent")


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with AsyncExitStack() as stack:
        made = Machine(tmp_path, stack)
        await made.hire(*WORKERS)
        yield made


def calls(board: RequestBoard) -> list[tuple[CallKind, int]]:
    return [(call.kind, call.count) for call in board.calls]


async def board(station: Station, count: int) -> RequestBoard:
    """Wait until so much asks for somebody's eyes, another list being shown."""
    return await first(station.desk.request_board(SENT), lambda found: len(found.calls) == count)


async def test_whoever_is_mentioned_is_told_until_they_look_and_nobody_else_is(machine: Machine) -> None:
    lea, karim, ines = [await machine.station(who) for who in (LEA, KARIM, INES)]
    await lea.settled()
    made = (await lea.desk.create_request(NEW)).done[0]
    for desk in (karim, ines):
        await desk.known(made, lambda found: bool(found.number))
    deed = RequestDeed(EventKind.REQUEST_NOTED, words="@Inès Moreau tu connais ?", mentions=(INES.login,))
    assert (await karim.desk.act_on_requests((made,), deed)).done

    told = (await board(ines, 1)).calls[0]
    assert (told.kind, told.request, told.where) == (CallKind.MENTION, made, "Accueil des messages")
    assert (await board(karim, 0)).calls == ()
    await ines.detail(made, lambda found: len(found.request.exchanges) == 1)
    await board(ines, 0)
    deed = RequestDeed(EventKind.REQUEST_NOTED, words="Sans rien demander à personne.")
    assert (await karim.desk.act_on_requests((made,), deed)).done
    await ines.row(lambda row: row.id == made and row.unread)
    assert (await board(ines, 0)).calls == ()


class Later(SystemEnv):
    """The real clock, set forward."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the time so far ahead."""
        return super().now() + self.ahead


async def test_a_lead_is_told_of_requests_long_past_their_delay_and_others_are_not(machine: Machine) -> None:
    machine.env = env = Later()
    lea, karim, maud = [await machine.station(who) for who in (LEA, KARIM, MAUD)]
    await lea.settled()
    made = (await lea.desk.create_request(NEW)).done[0]
    for desk in (karim, maud):
        await desk.known(made, lambda found: bool(found.number))
    assert (await board(maud, 0)).calls == ()
    env.ahead = timedelta(days=20)
    maud.room.changes.tell()
    assert calls(await board(maud, 1)) == [(CallKind.ESCALATION, 1)]
    assert calls(await board(karim, 0)) == []
