"""A request that goes to a corbeille of others: nothing stays of it in the lists that it left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from avise.models.journal import EventKind
from avise.models.roles import Role
from avise.services.request_values import RequestBoard, RequestDeed, RequestQuery
from tests.unit.engine.request_station import KARIM, LEA, NEW, WORKERS, Machine, Worker, first

DORA = Worker("dora.simon", "Dora Simon", Role.CASE_MANAGER, ("queue/DECES",))


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with AsyncExitStack() as stack:
        made = Machine(tmp_path, stack)
        await made.hire(*WORKERS, DORA)
        yield made


def views(board: RequestBoard) -> dict[str, int | None]:
    return {basket.id: basket.count for basket in board.baskets if basket.count}


async def test_what_was_transferred_to_others_is_in_no_list_of_whoever_sent_it_there(
    machine: Machine,
) -> None:
    lea, karim, dora = [await machine.station(who) for who in (LEA, KARIM, DORA)]
    await lea.settled()
    made = (await lea.desk.create_request(NEW)).done[0]
    await karim.known(made, lambda found: bool(found.number))
    claim = RequestDeed(EventKind.REQUEST_CLAIMED)
    assert (await karim.desk.act_on_requests((made,), claim)).done
    deed = RequestDeed(EventKind.REQUEST_TRANSFERRED, queue="DECES")
    assert (await karim.desk.act_on_requests((made,), deed)).done
    await dora.known(made, lambda found: found.queue == "DECES")
    await karim.known(made, lambda found: not found.tentative)
    assert (await dora.desk.act_on_requests((made,), claim)).done
    await lea.known(made, lambda found: found.holder == DORA.login)

    board = await first(karim.desk.request_board(RequestQuery("view/late")), lambda _found: True)
    assert views(board) == {}
    assert await karim.desk.find_request("E-mail") == ()
    seen = await first(lea.desk.request_board(RequestQuery("me/sent")), lambda found: found.total == 1)
    assert seen.rows[0].holder == DORA.login
