from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace

import pytest

from avise.connectors.contract import CallEvent, CallEventKind
from avise.env import FixedEnv
from avise.models.customer import DirectoryEntry
from avise.models.errors import AviseError
from avise.models.roles import Role, Session
from avise.services.desk import CallState, IncomingCall
from avise.services.incoming_calls import IncomingCalls
from tests.unit.services.scripted_sources import ScriptedSources

NUMBER = "+33639984127"


class _EmptyDirectory:
    async def by_phone(self, number: str) -> tuple[DirectoryEntry, ...]:
        del number
        return ()


class _ClosedDirectory:
    async def by_phone(self, number: str) -> tuple[DirectoryEntry, ...]:
        del number
        raise AviseError("directory.not_loaded", source="Contrats")


def _calls(*events: CallEvent, directory: object | None = None) -> IncomingCalls:
    sources = ScriptedSources((), calls=list(events))
    session = Session("lea.girard", "Léa Girard", Role.AGENT, "poste-1")
    return IncomingCalls(sources, directory or _EmptyDirectory(), FixedEnv(), session)  # type: ignore[arg-type]  # one method is used


def _event(kind: CallEventKind, call_id: str = "c-42", number: str = NUMBER) -> CallEvent:
    return CallEvent(call_id, kind, FixedEnv().now(), number=number)


async def _told(calls: IncomingCalls, count: int) -> list[IncomingCall]:
    async with aclosing(calls.follow()) as stream:  # type: ignore[type-var]  # a generator
        return [await anext(stream) for _ in range(count)]


async def test_a_call_of_the_telephony_is_followed_by_it() -> None:
    calls = _calls(_event(CallEventKind.RINGING), _event(CallEventKind.ANSWERED))
    ringing, answered = await _told(calls, 2)
    assert ringing.followed
    assert answered.followed
    assert answered.state is CallState.ANSWERED


async def test_the_telephone_of_a_colleague_rings_at_their_desk_alone() -> None:
    theirs = replace(_event(CallEventKind.RINGING, "c-1"), agent="karim.benali")
    mine = replace(_event(CallEventKind.RINGING, "c-2"), agent="lea.girard")
    (call,) = await _told(_calls(theirs, mine), 1)
    assert call.call_id == "c-2"


async def test_nobody_follows_a_call_that_a_link_announced() -> None:
    calls = _calls()
    await calls.announce(NUMBER, "")
    (call,) = await _told(calls, 1)
    assert (call.state, call.number, call.followed) == (CallState.RINGING, NUMBER, False)


async def test_a_call_that_a_link_announces_again_is_still_followed_by_the_telephony() -> None:
    calls = _calls(_event(CallEventKind.RINGING))
    await _told(calls, 1)
    await calls.announce("", "c-42")
    (again,) = await _told(calls, 1)
    assert again.followed
    assert again.number == NUMBER


async def test_the_telephony_takes_over_a_call_that_a_link_announced() -> None:
    calls = _calls(_event(CallEventKind.ANSWERED))
    await calls.announce(NUMBER, "c-42")
    announced, answered = await _told(calls, 2)
    assert not announced.followed
    assert answered.followed
    assert answered.answered_at is not None


@pytest.mark.parametrize(("directory", "looked_up"), [(_EmptyDirectory(), True), (_ClosedDirectory(), False)])
async def test_nobody_found_is_not_nobody_looked_for(directory: object, looked_up: bool) -> None:
    calls = _calls(_event(CallEventKind.RINGING), directory=directory)
    (call,) = await _told(calls, 1)
    assert (call.matches, call.looked_up) == ((), looked_up)
