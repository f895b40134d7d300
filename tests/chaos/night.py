"""Chaos for as long as it is told to: `python3 dev.py chaos [--minutes N] [--seed S]`.

Two courses run beside each other until the minutes are over: a house that is served, whose everything dies,
and workstations on a hub in a file, with their disks. Each step ends calm, and everything that was promised
is held against what there is. The figures are printed at the end; the first promise that is broken ends it
with the seed that leads there and the folder that shows it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import drills
from tests.chaos.damaged_stores import Original, damage_often
from tests.chaos.full_disks import fill_often
from tests.chaos.hub_mutants import RESTORES
from tests.chaos.hub_simulation import simulate
from tests.chaos.nurseries import Nursery, nursery
from tests.chaos.power_losses import cut_often, recorded_life
from tests.chaos.promises import Account, BrokenPromiseError
from tests.chaos.station import STEPS
from tests.chaos.town import Town, town
from tests.chaos.yard import Yard
from tests.postgres_server import has_postgres

FIGURES = (
    "kills", "cuts", "black holes", "crashes of PostgreSQL", "kills of the server", "restores",
    "pushes delivered again", "lives with a wrong clock", "power cuts", "full disks", "damaged files",
    "histories", "events called saved", "lost", "doubled",
)  # fmt: skip


@dataclass
class Night:
    """What happened so far, and until when more may.

    Args:
        folder: for everything.
        seed: of everything.
        end: on the clock that never goes back.
    """

    folder: Path
    seed: int
    end: float
    figures: Counter[str] = field(default_factory=Counter)
    steps: int = 0

    @property
    def over(self) -> bool:
        """Whether no step may begin any more."""
        return time.monotonic() >= self.end

    def place(self) -> Path:
        """Return an empty folder's name."""
        self.steps += 1
        return self.folder / f"step-{self.steps}"

    def add(self, **more: int) -> None:
        """Add figures, their names with underscores."""
        self.figures.update({name.replace("_", " "): value for name, value in more.items()})

    def take(self, found: Account) -> None:
        """Add what was held against the truth."""
        self.figures.update(
            {"events called saved": found.saved, "lost": found.lost, "doubled": found.doubled}
        )


# ---- a house that is served ------------------------------------------------------------------------
async def house_course(night: Night) -> None:
    """Open a house, have everything of it die, and open the next."""
    number = 0
    while not night.over:
        number += 1
        async with town(night.place(), night.seed + number) as house:
            found = await _house(night, house)
        night.take(found)
        cuts = house.line.cuts
        night.add(
            kills=house.kills, cuts=house.line.cut, black_holes=cuts["hole"], restores=house.restores,
            kills_of_the_server=house.server_kills, lives_with_a_wrong_clock=house.wrong_clocks,
        )  # fmt: skip
        night.figures["crashes of PostgreSQL"] += house.crashes


async def _house(night: Night, house: Town) -> Account:
    await house.storm(10)
    found = await house.calm()
    for _ in range(6):
        if night.over:
            break
        dying = asyncio.create_task(house.storm(20))
        for _ in range(house.chance.randrange(3)):
            await asyncio.sleep(house.chance.random() * 2)
            await house.crash()
        if house.chance.random() < 0.5:
            await house.kill_server()
        await dying
        await house.bad_line(30)
        await house.black_hole(house.chance.choice(sorted(house.stations)))
        answers = await house.line.deliver_again(100)
        night.add(pushes_delivered_again=answers.total())
        if house.chance.random() < 0.4:
            await drills.restores(house, deaths=False)
        found = await house.calm()
    return found


# ---- workstations and their disks ------------------------------------------------------------------
async def desk_course(night: Night) -> None:
    """Kill, copy, poison, cut, fill and damage, in turn."""
    chance = random.Random(night.seed)
    async with nursery("tests.chaos.station") as stations:
        number = 0
        while not night.over:
            for step in (_power, _drills(stations, chance), _full, _damage, _histories):
                if not night.over:
                    number += 1
                    await step(night, night.seed + number)


Step = Callable[[Night, int], Awaitable[None]]


def _drills(stations: Nursery, chance: random.Random) -> Step:
    """Return a step in which one thing after the other happens to some workstations."""
    all_of_them: tuple[Callable[[Yard], Awaitable[Account]], ...] = (
        lambda yard: drills.kills(yard, steps=chance.sample(STEPS, 6)),
        lambda yard: drills.random_kills(yard, 60, chance),
        drills.copies,
        drills.restores,
        drills.poisons,
        drills.rights,
        drills.mixed_fleet,
        lambda yard: drills.set_backs(yard, 3, chance),
        lambda yard: drills.damages(yard, 3, chance),
    )

    async def step(night: Night, seed: int) -> None:
        for drill in chance.sample(all_of_them, 4):
            if night.over:
                return
            yard = Yard(night.place(), stations, seed=seed * 1_000)
            await yard.open()
            night.take(await drill(yard))
            night.add(kills=yard.kills, restores=yard.restores)

    return step


async def _power(night: Night, seed: int) -> None:
    async with nursery("tests.chaos.power_life") as lives:
        place = night.place()
        place.mkdir()
        record = await recorded_life(lives, place, seed)
        found = await cut_often(record, place, seed, 150)
        night.add(power_cuts=found.cuts, lost=found.lost)
        if found.lost or found.unsound:
            raise BrokenPromiseError(f"power cuts: {found}")


async def _full(night: Night, seed: int) -> None:
    async with nursery("tests.chaos.full_disk_life") as lives:
        place = night.place()
        place.mkdir()
        found = await fill_often(lives, place, seed, 16)
        night.add(full_disks=found.disks, events_called_saved=found.saved, lost=found.lost)
        if found.lost or found.faults:
            raise BrokenPromiseError(f"full disks: {found}")


async def _damage(night: Night, seed: int) -> None:
    original = Original(night.place())
    await original.make()
    found = await damage_often(original, seed, 100)
    night.add(damaged_files=found.damages.total())
    if found.silent.total() or found.altered or found.detected + found.set_back != found.damages:
        raise BrokenPromiseError(f"damaged files: {found}")


async def _histories(night: Night, seed: int) -> None:
    for number in range(20):
        history = seed * 1_000 + number
        await asyncio.to_thread(simulate, history, 150, RESTORES if number % 3 == 0 else None)
        night.add(histories=1)


async def run(minutes: float, seed: int) -> int:
    """Run both courses; return the exit status."""
    folder = Path(tempfile.mkdtemp(prefix="avise-chaos-"))
    night = Night(folder, seed, time.monotonic() + minutes * 60)
    courses = [desk_course(night)]
    if has_postgres():
        courses.append(house_course(night))
    else:
        sys.stdout.write("There are no PostgreSQL binaries here: no house is served.\n")
    status = 0
    try:
        async with asyncio.TaskGroup() as running:
            for course in courses:
                running.create_task(course)
    except* Exception as broken:  # noqa: BLE001 - whatever it is, it ends the night and is told
        status = 1
        for error in broken.exceptions:
            sys.stdout.write(f"Broken with seed {seed}, in {folder}: {type(error).__name__} {error}\n")
    for name in FIGURES:
        sys.stdout.write(f"{night.figures[name]:>8}  {name}\n")
    if status == 0:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return status


def main() -> int:
    """Run for the minutes that the command line gives."""
    words = argparse.ArgumentParser(prog="dev.py chaos", description=__doc__)
    words.add_argument("--minutes", type=float, default=10.0, help="how long (10)")
    words.add_argument("--seed", type=int, default=1, help="another one plays other nights (1)")
    chosen = words.parse_args()
    return asyncio.run(run(chosen.minutes, chosen.seed))


if __name__ == "__main__":
    raise SystemExit(main())
