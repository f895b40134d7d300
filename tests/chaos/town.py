"""A house's hub as it is served, and workstations that reach it over a line on which everything goes wrong.

PostgreSQL and `avise hub serve` are the real ones, in processes of their own that crash and come back.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from avise.env import FixedEnv, SystemEnv
from avise.hub import staff
from avise.hub.backing_up import back_up_tables, epoch_of, publish, restore_tables
from avise.hub.core import HubCore
from avise.hub.passwords import hash_password
from tests.chaos.faulty_line import FaultyLine, faulty_line
from tests.chaos.nurseries import Nursery, nursery
from tests.chaos.station import SENTENCE, STEPS
from tests.chaos.yard import Yard
from tests.hub_house import LEAD, MANAGER, SECOND, PostgresHouse, hire, postgres_house
from tests.postgres_server import PostgresServer, postgres_server
from tests.servers.hub_http.processes import Served, serving

T = TypeVar("T")

SECONDS_OF_A_CALL = 2.0
"""So that a call into a black hole costs a test less; the program waits for ten."""
OFF = (-48.0, -1.0, -0.08, 0.08, 1.0, 48.0, 8_766 * 12.0, -8_766 * 5.0)
"""Hours by which clocks are wrong: minutes, days, after 2038, before Avise was written."""
JUMPS = (0.0, 0.0, 1.0, -1.0, 50.0)


@dataclass(kw_only=True)
class Town(Yard):
    """A hub that is served; `town` makes it.

    Args:
        server: the PostgreSQL.
        line: between the workstations and the hub.
        chance: of everything that happens.
    """

    server: PostgresServer
    line: FaultyLine
    chance: random.Random
    house: PostgresHouse = field(init=False)
    served: Served = field(init=False)
    crashes: int = 0
    server_kills: int = 0
    wrong_clocks: int = 0
    _serving: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def open(self) -> None:
        """Make the hub and its staff, serve it, and set up four workstations, two of them of one person."""
        self.folder.mkdir(parents=True)
        self.house = postgres_house(self.server, HubCore(FixedEnv()), FixedEnv(SystemEnv().now()))
        kept = await asyncio.to_thread(hash_password, SENTENCE, SystemEnv())
        await self.on_hub(hire)
        for actor in (LEAD, MANAGER, SECOND):
            await self.on_hub(partial(staff.keep_password, login=actor.login, password_hash=kept))
            self.add(actor.login, actor)
        self.add("marc.laptop", MANAGER)
        await self.serve()

    def way(self) -> str:
        """See `Yard.way`."""
        return f'mode = "remote"\nurl = "http://127.0.0.1:{self.line.port}"'

    async def serve(self) -> None:
        """Start the server, as an administrator or their system does."""
        opened = serving(self.folder, database=self.house.url)
        self.served = await self._serving.enter_async_context(opened)
        self.line.to = int(self.served.address.rsplit(":", 1)[1])

    async def on_hub(self, work: Callable[[Connection], T], *, reading: bool = False) -> T:
        """See `Yard.on_hub`."""
        del reading
        return await self.house.set_up(work)

    async def aclose(self) -> None:
        """End the server and the way to its tables."""
        await self._serving.aclose()
        await self.house.aclose()

    # ---- what happens ----------------------------------------------------------------------------
    async def back_up(self) -> None:
        """See `Yard.back_up`."""
        path = self.folder / "backup.zip"
        path.unlink(missing_ok=True)
        positions = await self.on_hub(partial(back_up_tables, path=path))
        await self.on_hub(partial(publish, positions=positions))

    async def restore(self) -> None:
        """See `Yard.restore`."""
        replaced = await self.on_hub(epoch_of)
        await self.served.stop()
        await self.house.aclose()
        self.house = postgres_house(self.server, HubCore(FixedEnv()), FixedEnv(SystemEnv().now()))
        await self.on_hub(partial(restore_tables, path=self.folder / "backup.zip", replaced=replaced))
        await self.serve()
        self.restores += 1

    async def crash(self) -> None:
        """Have PostgreSQL crash, and start again."""
        await asyncio.to_thread(self.server.crash)
        await asyncio.sleep(self.chance.random() * 0.3)
        await asyncio.to_thread(self.server.start)
        # Whoever looked at the tables was cut too.
        await self.house.aclose()
        self.crashes += 1

    async def kill_server(self) -> None:
        """Have the hub's process killed, and started again elsewhere."""
        await self.served.kill()
        await self.serve()
        self.server_kills += 1

    async def storm(self, kills: int, faults: float = 0.4) -> None:
        """Let workstations live and be killed, at random moments and at steps, on a bad line."""
        until = self.kills + kills
        self.line.faults = faults
        try:
            await asyncio.gather(*(self._live_on(name, until) for name in self.stations))
        finally:
            self.line.faults = 0.0

    async def _live_on(self, name: str, until: int) -> None:
        chance = self.chance
        lives = 0
        while self.kills < until and lives < 4 * until:
            lives += 1
            off = chance.choice(OFF) if chance.random() < 0.5 else 0.0
            self.wrong_clocks += bool(off)
            at_step = chance.random() < 0.4
            await self.live(
                name, writes=chance.randint(1, 6), hours_off=off, jump=chance.choice(JUMPS) if off else 0.0,
                die_at=chance.choice(STEPS) if at_step else "", deadline=SECONDS_OF_A_CALL,
                kill_after=None if at_step else chance.uniform(0.1, 0.9),
            )  # fmt: skip
            if chance.random() < 0.1:
                self.line.cut_all()

    async def bad_line(self, cuts: int, faults: float = 0.7) -> None:
        """Let workstations write on a line that is cut again and again, each until all is through."""
        until = self.line.cut + cuts
        self.line.faults = faults
        try:
            await asyncio.gather(*(self._write_through(name, until) for name in self.stations))
        finally:
            self.line.faults = 0.0

    async def _write_through(self, name: str, until: int) -> None:
        while self.line.cut < until:
            await self.live(name, writes=self.chance.randint(2, 8), settle=True, deadline=SECONDS_OF_A_CALL)

    async def black_hole(self, name: str) -> None:
        """Have a workstation's calls vanish on the way: each of them ends, and what was written leaves."""
        self.line.holes = 2
        await self.live(name, writes=2, settle=True, deadline=SECONDS_OF_A_CALL)

    def figures(self) -> Counter[str]:
        """Return what has happened so far."""
        told = Counter({f"cut: {kind}": times for kind, times in self.line.cuts.items()})
        told.update(
            kills=self.kills, lives=self.lives, crashes=self.crashes, restores=self.restores,
            server_kills=self.server_kills, wrong_clocks=self.wrong_clocks,
        )  # fmt: skip
        return told


@asynccontextmanager
async def town(folder: Path, seed: int, *, stations: Nursery | None = None) -> AsyncIterator[Town]:
    """Run a hub and the way to it for the time of the block.

    Args:
        folder: empty.
        seed: of everything that happens.
        stations: where workstations are born; one of its own when None.
    """
    chance = random.Random(seed)
    async with AsyncExitStack() as stack:
        if stations is None:
            stations = await stack.enter_async_context(nursery("tests.chaos.station"))
        server = await asyncio.to_thread(stack.enter_context, postgres_server(fsync=True))
        line = await stack.enter_async_context(faulty_line(chance))
        made = Town(folder, stations, seed=seed, server=server, line=line, chance=chance)
        stack.push_async_callback(made.aclose)
        await made.open()
        yield made
