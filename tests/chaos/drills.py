"""What happens to workstations: kills at every step, copies of a machine, restores, poison, lost rights.

Each drill ends calm, with everything held against what was promised.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection, text

from avise import __version__
from avise.hub import staff
from tests.chaos.damaged_stores import LOG, STORE, cut, flip
from tests.chaos.promises import Account, BrokenPromiseError, read_hub, read_station
from tests.chaos.station import POISONS, REPAIRS, STEPS, STRANGE
from tests.chaos.yard import Yard
from tests.hub_house import LEAD, LONG_AGO, MANAGER, MEMBERSHIPS, SECOND

PEOPLE = (LEAD.login, MANAGER.login, SECOND.login)


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
    return await yard.calm()


async def random_kills(yard: Yard, times: int, chance: random.Random) -> Account:
    """Kill workstations at random moments, so many times, all of them at once."""
    await _begin(yard)
    until = yard.kills + times
    await asyncio.gather(*(_be_killed(yard, name, until, chance) for name in PEOPLE))
    return await yard.calm()


async def _be_killed(yard: Yard, name: str, until: int, chance: random.Random) -> None:
    while yard.kills < until:
        await yard.live(name, kill_after=chance.uniform(0.02, 0.3), settle=True)


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
    return await yard.calm()


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
    return await yard.calm()


async def poisons(yard: Yard, times: int = 1, *, deaths: bool = True) -> Account:
    """Write what no hub can take, and what only a newer one understands: neither holds anything up."""
    await _begin(yard)
    for number in range(times):
        for at, strange in enumerate((*POISONS, *STRANGE)):
            await yard.live(PEOPLE[(at + number) % len(PEOPLE)], strange=strange, settle=True)
    for at, step in enumerate(REPAIRS["refuse"] if deaths else ()):
        await yard.die(PEOPLE[at], step, strange=POISONS[at])
    found = await yard.calm()
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
    return await yard.calm()


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
    return await yard.calm()


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
    return await yard.calm()


async def mixed_fleet(yard: Yard) -> Account:
    """Have older and newer programs meet a hub: each sends, and one that is too old reads nothing."""
    await _begin(yard)
    await yard.on_hub(lambda connection: _require_version(connection, __version__))
    old, newer, current = PEOPLE
    for _ in range(3):
        await yard.live(newer, version="99.0.0", strange="newer_kind", settle=True)
        await yard.live(newer, version="99.0.0", strange="newer_version", settle=True)
        await yard.live(old, version="0.0.1", settle=True)
        await yard.live(current, settle=True)
    before = await read_station(yard.stations[old])
    hub = await yard.on_hub(read_hub, reading=True)
    if not before.saved <= hub.identities.keys():
        raise BrokenPromiseError("what an old program wrote is not at the hub")
    if all(before.sync.cursors.get(name) == len(places) for name, places in hub.feeds.items()):
        raise BrokenPromiseError("an old program read what it may not")
    return await yard.calm()


def _require_version(connection: Connection, version: str) -> None:
    statement = "UPDATE meta SET value = :version WHERE name = 'min_version'"
    connection.execute(text(statement), {"version": version})
