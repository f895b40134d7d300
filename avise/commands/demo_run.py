"""A demonstration that runs: its tools, its hub, and the profiles of those who sit at its windows."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from avise.demo.launcher import DemoTools
from avise.demo.mail_sink import MailSink
from avise.demo.only_run import OnlyRun
from avise.demo.population.personas import PERSONAS
from avise.demo.population.spec import WorldSpec
from avise.demo.profile import DemoHub, DemoUser, renew_profile, site_namespace, write_profile
from avise.demo.requests.house import House, forget_desks, prepare_house
from avise.demo.requests.staff import BY_LOGIN
from avise.demo.requests.team_house import team_house
from avise.demo.tools.prepare import spec_key
from avise.engine.loops import LoopThread
from avise.env import SystemEnv
from avise.services.profile import DIRECTORY_NAME
from avise.texts import text
from avise.texts.formats import format_member_number

PROFILE_FOLDER = "profile"
DATA_FOLDER = "data"
MAIL_FOLDER = "mail"
HUB_FOLDER = "hub"
WORLD_NAME = "world"
"""Names the world whose people the profile's directory lists."""
FIRST, SECOND = "lea.girard", "ines.moreau"
"""Who sits at the two windows: an agent of the call centre, and a case manager."""
START_SECONDS = 300.0
"""The first start generates the population: about twenty seconds on a slow machine."""


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """Where a demonstration keeps its data and its profiles."""

    root: Path

    @property
    def data(self) -> Path:
        """Return where the tools keep their data."""
        return self.root / DATA_FOLDER

    @property
    def mail(self) -> Path:
        """Return where the mail server of the demonstration leaves what it takes, as .eml files."""
        return self.root / MAIL_FOLDER

    @property
    def profile(self) -> Path:
        """Return the profile of the first window."""
        return self.root / PROFILE_FOLDER

    @property
    def house(self) -> House:
        """Return where the hub of the windows is."""
        return House(self.root / HUB_FOLDER)

    def profile_of(self, user: DemoUser) -> Path:
        """Return the profile of somebody's window."""
        return self.profile if user.login == FIRST else self.root / f"{PROFILE_FOLDER}-{user.login}"

    def profiles(self) -> tuple[Path, ...]:
        """Return every profile that there is."""
        return tuple(path for path in self.root.glob(f"{PROFILE_FOLDER}*") if path.is_dir())


def demo_user(login: str, role: str = "") -> DemoUser:
    """Return somebody of the demonstration's staff, or whoever takes that name.

    Args:
        login: "karim.benali".
        role: another one than theirs.
    """
    member = BY_LOGIN.get(login)
    if member is None:
        return DemoUser(login, login.replace(".", " ").title(), role or DemoUser().role)
    return DemoUser(login, member.name, role or member.role.value, member.team)


@dataclass(frozen=True, slots=True)
class DemoRun:
    """One run of a demonstration.

    Args:
        folder: where.
        spec: the world.
        users: who sits at its windows, the first first.
        only: the right to run here.
        postgres: serve contributions from a PostgreSQL server.
        team: the hub is a server with a PostgreSQL, not a file of this machine.
    """

    folder: DemoFolder
    spec: WorldSpec
    users: Sequence[DemoUser]
    only: OnlyRun
    postgres: bool = False
    team: bool = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[DemoTools]:
        """Start the tools and the hub, and write the profiles that reach them."""
        tell(text("demo.starting"))
        folder = self.folder
        async with (
            DemoTools.start(folder.data, self.spec, postgres=self.postgres) as tools,
            MailSink.start(folder.mail) as mail,
            self._hubs() as hubs,
        ):
            for user in self.users:
                profile = self.profile_of(user)
                _forget_other_world(profile, self.spec)
                write_profile(profile, tools, user, mail.port, hubs[user.login])
                tell(text("demo.desk", name=user.name, login=user.login, password=hubs[user.login].password))
            self._renew_others(tools, mail.port)
            self.only.note_ready()
            yield tools

    def _renew_others(self, tools: DemoTools, mail_port: int) -> None:
        """Have the desks of earlier starts reach these tools as well."""
        here = {self.profile_of(user) for user in self.users}
        for profile in self.folder.profiles():
            if profile not in here and renew_profile(profile, tools, mail_port):
                _forget_other_world(profile, self.spec)

    def profile_of(self, user: DemoUser) -> Path:
        """Return the profile of somebody's window; a team's are apart, since its hub ends with it."""
        profile = self.folder.profile_of(user)
        return profile.with_name(f"team-{profile.name}") if self.team else profile

    @asynccontextmanager
    async def _hubs(self) -> AsyncIterator[Mapping[str, DemoHub]]:
        """Give how each user reaches the hub, for the time of the block."""
        env, namespace = SystemEnv(), site_namespace(self.spec)
        if self.team:
            logins = tuple(user.login for user in self.users)
            forget_desks(self.profile_of(user) for user in self.users)
            async with team_house(self.spec, namespace, logins, env) as team:
                tell(text("demo.team", address=team.url))
                yield {
                    login: DemoHub(url=team.url, password=password)
                    for login, password in team.passwords.items()
                }
            return
        if await prepare_house(self.folder.house, self.spec, namespace, env):
            forget_desks(self.folder.profiles())
        house = self.folder.house
        hub = DemoHub(file=str(house.file.absolute()), password=house.password())
        yield {user.login: hub for user in self.users}

    async def serve(self) -> int:
        """Run until somebody stops it; return the exit status."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        async with self.running() as tools:
            for name, tool in tools.tools.items():
                sys.stdout.write(f"{name:<15} 127.0.0.1:{tool.port}\n")
            for user in self.users:
                told = text("demo.ready", profile=str(self.profile_of(user)), name=user.name)
                sys.stdout.write(told + "\n")
            for persona in list(PERSONAS.values())[:6]:
                number_of = format_member_number(persona.member_number)
                sys.stdout.write(f"  {number_of}  {persona.sentence}\n")
            sys.stdout.flush()
            await stop.wait()
        return 0

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Keep everything running in a thread of its own for the time of a `with` block."""
        thread = LoopThread("avise demo tools")
        thread.start()
        ending: asyncio.Event | None = None
        try:
            ready: Callable[[], asyncio.Event] = thread.submit(self._kept()).result(START_SECONDS)
            ending = ready()
            yield
        finally:
            if ending is not None:
                thread.submit(_set(ending)).result(START_SECONDS)
            thread.stop()

    async def _kept(self) -> Callable[[], asyncio.Event]:
        """Return once the tools answer; they run until the event that the result gives is set."""
        ending, started = asyncio.Event(), asyncio.get_running_loop().create_future()

        async def keep() -> None:
            try:
                async with self.running():
                    started.set_result(None)
                    await ending.wait()
            except Exception as error:  # noqa: BLE001 - told to whoever waits for the tools
                if not started.done():
                    started.set_exception(error)

        task = asyncio.get_running_loop().create_task(keep(), name="demo tools")
        _KEPT[ending] = task
        await started
        return lambda: ending


_KEPT: dict[asyncio.Event, asyncio.Task[None]] = {}
"""Holds the tasks that keep tools running, so that they are not collected."""


async def _set(ending: asyncio.Event) -> None:
    ending.set()
    await _KEPT.pop(ending)


def _forget_other_world(profile: Path, spec: WorldSpec) -> None:
    """Have the directory read again when the profile listed the people of another world."""
    mark = profile / WORLD_NAME
    world = spec_key(spec)
    if mark.is_file() and mark.read_text("utf-8") == world:
        return
    for file in profile.glob(f"{DIRECTORY_NAME}*"):
        file.unlink()
    profile.mkdir(parents=True, exist_ok=True)
    mark.write_text(world, "utf-8")


def tell(sentence: str) -> None:
    """Say something on the error output, at once."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()
