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


async def test_a_reply_and_a_question_ring_at_the_desk_that_waits_for_them_and_nowhere_else(
    machine: Machine,
) -> None:
    lea, karim, ines = [await machine.station(who) for who in (LEA, KARIM, INES)]
    await lea.settled()
    made = (await lea.desk.create_request(NEW)).done[0]
    await karim.known(made, lambda found: bool(found.number))
    assert (await karim.desk.act_on_requests((made,), RequestDeed(EventKind.REQUEST_CLAIMED))).done
    assert calls(await board(lea, 0)) == [], "taken: nobody said anything to her"
    for words in ("Le virement est parti.", "Il arrive demain."):
        deed = RequestDeed(EventKind.REQUEST_REPLIED, words=words)
        assert (await karim.desk.act_on_requests((made,), deed)).done
    told = await first(lea.desk.request_board(SENT), lambda found: calls(found) == [(CallKind.REPLY, 2)])
    assert (told.calls[0].request, told.calls[0].where) == (made, "Accueil des messages")
    assert calls(await board(ines, 0)) == [], "neither hers nor sent by her"
    await lea.detail(made, lambda found: len(found.request.exchanges) >= 2)
    await board(lea, 0)

    due = machine.env.now() + timedelta(hours=3)
    asked = RequestDeed(EventKind.REQUEST_ASKED, words="Sur quel compte ?", due_at=due)
    assert (await karim.desk.act_on_requests((made,), asked)).done
    assert calls(await board(lea, 1)) == [(CallKind.QUESTION, 1)]
    question = (await lea.known(made, lambda found: bool(found.open_questions))).open_questions[0]
    answer = RequestDeed(EventKind.REQUEST_ANSWERED, words="Le nouveau.", question=question.event)
    assert (await lea.desk.act_on_requests((made,), answer)).done
    assert calls(await board(lea, 0)) == []
    assert calls(await board(karim, 1)) == [(CallKind.REPLY, 1)]


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
