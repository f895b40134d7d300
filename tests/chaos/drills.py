"""What happens to workstations: kills at every step, copies of a machine, restores, poison, lost rights.

Each drill ends calm, with everything held against what was promised.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection

from avise.hub import staff
from tests.chaos.damaged_stores import LOG, STORE, cut, flip
from tests.chaos.promises import Account, BrokenPromiseError
from tests.chaos.station import POISONS, REPAIRS, STEPS, STRANGE
from tests.chaos.yard import Yard
from tests.hub_house import LEAD, LONG_AGO, MANAGER, MEMBERSHIPS, SECOND

PEOPLE = (LEAD.login, MANAGER.login, SECOND.login)


async def _calm(yard: Yard) -> Account:
    await yard.settle()
    return await yard.look(calm=True)


async def _begin(yard: Yard) -> None:
    for name in PEOPLE:
        await yard.live(name, settle=True)


async def kills(yard: Yard, times: int = 1, steps: Sequence[str] = STEPS) -> Account:
    """Kill workstations at each step, so many times."""
    await _begin(yard)
    for number in range(times):
        for at, step in enumerate(steps):
            yard_name = PEOPLE[(at + number) % len(PEOPLE)]
            await yard.die(yard_name, f"{step}#{number + 1}" if step.startswith("event") else step)
    return await _calm(yard)


async def random_kills(yard: Yard, times: int, chance: random.Random) -> Account:
    """Kill workstations at random moments."""
    await _begin(yard)
    for _ in range(times):
        await yard.live(chance.choice(PEOPLE), kill_after=chance.uniform(0.02, 0.3), settle=True)
    return await _calm(yard)


async def copies(yard: Yard, times: int = 1, *, deaths: bool = True) -> Account:
    """Copy a workstation that has something to send, and have both go on under one name."""
    await _begin(yard)
    for number in range(times):
        name = PEOPLE[number % len(PEOPLE)]
        await yard.live(name, offline=True, writes=3)
        yard.copy(name, f"copy-{number}")
        for each in (name, f"copy-{number}"):
            await yard.live(each, offline=True, writes=2)
        await yard.live(name, settle=True)
        for step in REPAIRS["renew"] if deaths else ():
            await yard.live(f"copy-{number}", settle=True, die_at=step)
        await yard.live(f"copy-{number}", settle=True)
    return await _calm(yard)


async def restores(yard: Yard, times: int = 1, *, deaths: bool = True) -> Account:
    """Put an older hub in the place of the one that workstations have just spoken to."""
    await _begin(yard)
    for number in range(times):
        await yard.back_up()
        for name in PEOPLE:
            await yard.live(name, settle=True)
        await yard.restore()
        for at, step in enumerate(REPAIRS["epoch"] if deaths else ()):
            await yard.die(PEOPLE[(at + number) % len(PEOPLE)], step)
    return await _calm(yard)


async def poisons(yard: Yard, times: int = 1, *, deaths: bool = True) -> Account:
    """Write what no hub can take, and what only a newer one understands: neither holds anything up."""
    await _begin(yard)
    for number in range(times):
        for at, strange in enumerate((*POISONS, *STRANGE)):
            await yard.live(PEOPLE[(at + number) % len(PEOPLE)], strange=strange, settle=True)
    for at, step in enumerate(REPAIRS["refuse"] if deaths else ()):
        await yard.die(PEOPLE[at], step, strange=POISONS[at])
    found = await _calm(yard)
    expected = times * len(POISONS) + (3 if deaths else 0)
    if found.refused != expected:
        raise BrokenPromiseError(f"{found.refused} of {expected} events were refused")
    return found


async def rights(yard: Yard, times: int = 1) -> Account:
    """Take somebody's rights away while they write far from the network."""
    await _begin(yard)
    for number in range(times):
        login = (MANAGER, SECOND)[number % 2].login
        before = (await yard.look()).aside
        await yard.live(login, offline=True, writes=4)
        await yard.on_hub(partial(_dismiss, login=login))
        await yard.live(login, writes=0, settle=True)
        if (await yard.look()).aside <= before:
            raise BrokenPromiseError("what was written without the right is not put aside")
        await yard.on_hub(partial(_engage, login=login))
    return await _calm(yard)


def _dismiss(connection: Connection, login: str) -> None:
    for actor, perimeters in MEMBERSHIPS.items():
        if actor.login == login:
            for perimeter in perimeters:
                staff.leave(connection, login, perimeter, datetime.now(UTC))


def _engage(connection: Connection, login: str) -> None:
    for actor, perimeters in MEMBERSHIPS.items():
        if actor.login == login:
            for perimeter in perimeters:
                staff.join(connection, login, perimeter, LONG_AGO)


async def set_backs(yard: Yard, times: int, chance: random.Random) -> Account:
    """Lose the last writings of a file whose process was killed: whole and older, only the hub can tell."""
    await _begin(yard)
    for number in range(times):
        name = PEOPLE[number % len(PEOPLE)]
        await yard.live(name, die_at="settled", settle=True, writes=6)
        log = yard.archive(name) / LOG
        (cut if number % 2 else flip)(log, chance)
        await yard.live(name, settle=True, writes=chance.choice((0, 2, 12)))
    return await _calm(yard)


async def damages(yard: Yard, times: int, chance: random.Random) -> Account:
    """Flip a bit of a file at rest: what can be read is saved, and the rest comes again from the hub."""
    await _begin(yard)
    for number in range(times):
        name = PEOPLE[number % len(PEOPLE)]
        await yard.live(name, settle=True)
        flip(yard.archive(name) / STORE, chance)
        await yard.try_to_live(name, writes=2)
        await yard.check_up(name)
        await yard.live(name, settle=True)
    return await _calm(yard)
