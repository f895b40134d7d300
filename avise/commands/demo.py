"""`avise demo`: a mutual in a box, its eight tools in processes of their own, and the window on it.

avise demo                     the tools and the window
avise demo --serve             the tools only, and a profile that the other commands use
avise demo --tour DIR          the main screens drawn to PNG files
avise demo break documents --slow 8s | --down | --garbage | --expire-token | --restore

The tools of a folder run once. A second start says which process runs them and which profile reaches
them, and leaves them alone: `avise demo` then opens the window on that profile, `--serve` and `--tour`
end with status 3.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from avise.commands.wrong_argument import WrongArgumentError
from avise.demo.calls import ANSWERED, ENDED, change_call, simulate_call
from avise.demo.faults import Fault, FaultKind, ToolNotRunningError, UnsupportedFaultError, break_tool
from avise.demo.launcher import DemoTools
from avise.demo.mail_sink import MailSink
from avise.demo.only_run import AlreadyRunningError, OnlyRun
from avise.demo.population.personas import PERSONAS
from avise.demo.population.spec import WorldSpec
from avise.demo.profile import DemoUser, write_profile
from avise.demo.tools.loading import tool_kinds
from avise.demo.tools.prepare import spec_key
from avise.engine.loops import LoopThread
from avise.env import Env, SystemEnv
from avise.models.errors import AviseError
from avise.models.identifiers import parse_phone
from avise.models.roles import Role
from avise.services.profile import DIRECTORY_NAME
from avise.texts import plural, text
from avise.texts.formats import PARIS, format_member_number

PROFILE_FOLDER = "profile"
DATA_FOLDER = "data"
MAIL_FOLDER = "mail"
WORLD_NAME = "world"
"""Names the world whose people the profile's directory lists."""
START_SECONDS = 300.0
"""The first start generates the population: about twenty seconds on a slow machine."""
ALREADY_RUNNING = 3
"""Exit status of a start that leaves the tools to the process that runs them."""


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """Where a demonstration keeps its data and its profile."""

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
        """Return the profile that the window opens."""
        return self.root / PROFILE_FOLDER


def run(chosen: argparse.Namespace) -> int:
    """Do what the command line asked; return the exit status."""
    folder = DemoFolder(chosen.folder or default_folder())
    if chosen.action == "break":
        return _break(folder, chosen)
    if chosen.action == "call":
        return _call(folder, chosen.target or PERSONAS["P00"].phone)
    env = SystemEnv()
    spec = _spec(chosen, env)
    user = _user(chosen)
    try:
        with OnlyRun.taken(folder.root, env) as only:
            if chosen.serve:
                return asyncio.run(_serve(folder, spec, user, only, postgres=chosen.postgres))
            return _with_tools(folder, spec, user, only, chosen)
    except AlreadyRunningError as error:
        return _beside(error, folder, chosen)


def _beside(error: AlreadyRunningError, folder: DemoFolder, chosen: argparse.Namespace) -> int:
    """Say who runs the tools, and open a window on their profile when one was asked for."""
    _told(text(error.message_key, **error.params))
    sys.stdout.write(text("demo.profile_in_use", profile=str(folder.profile)) + "\n")
    sys.stdout.flush()
    if chosen.serve or chosen.tour or not error.run.ready:
        return ALREADY_RUNNING
    return _window(folder, chosen)


def default_folder() -> Path:
    """Return where the demonstration lives on this machine."""
    return platformdirs.user_data_path("avise", appauthor=False) / "demo"


def _spec(chosen: argparse.Namespace, env: Env) -> WorldSpec:
    today = env.now().astimezone(PARIS).date()
    if chosen.persons is not None and chosen.persons < 1:
        raise WrongArgumentError("demo.bad_persons")
    if chosen.persons:
        return WorldSpec.for_persons(chosen.persons, today, chosen.seed, detail="full")
    return WorldSpec.for_preset(chosen.preset, today, chosen.seed)


def _user(chosen: argparse.Namespace) -> DemoUser:
    if chosen.role not in set(Role):
        raise AviseError("demo.unknown_role", role=chosen.role, roles=", ".join(Role))
    login: str = chosen.as_user
    name = DemoUser().name if login == DemoUser().login else login.replace(".", " ").title()
    return DemoUser(login, name, chosen.role)


def _told(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


@asynccontextmanager
async def _tools(
    folder: DemoFolder, spec: WorldSpec, user: DemoUser, only: OnlyRun, *, postgres: bool
) -> AsyncIterator[DemoTools]:
    """Start the tools and write the profile that reaches them."""
    _told(text("demo.starting"))
    async with (
        DemoTools.start(folder.data, spec, postgres=postgres) as tools,
        MailSink.start(folder.mail) as mail,
    ):
        _forget_other_world(folder, spec)
        write_profile(folder.profile, tools, user, mail.port)
        only.note_ready()
        yield tools


def _forget_other_world(folder: DemoFolder, spec: WorldSpec) -> None:
    """Have the directory read again when the profile listed the people of another world."""
    mark = folder.profile / WORLD_NAME
    world = spec_key(spec)
    if mark.is_file() and mark.read_text("utf-8") == world:
        return
    for file in folder.profile.glob(f"{DIRECTORY_NAME}*"):
        file.unlink()
    folder.profile.mkdir(parents=True, exist_ok=True)
    mark.write_text(world, "utf-8")


async def _serve(
    folder: DemoFolder, spec: WorldSpec, user: DemoUser, only: OnlyRun, *, postgres: bool
) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with _tools(folder, spec, user, only, postgres=postgres) as tools:
        for name, tool in tools.tools.items():
            sys.stdout.write(f"{name:<15} 127.0.0.1:{tool.port}\n")
        sys.stdout.write(text("demo.ready", profile=str(folder.profile)) + "\n")
        for persona in list(PERSONAS.values())[:6]:
            sys.stdout.write(f"  {format_member_number(persona.member_number)}  {persona.sentence}\n")
        sys.stdout.flush()
        await stop.wait()
    return 0


def _with_tools(
    folder: DemoFolder, spec: WorldSpec, user: DemoUser, only: OnlyRun, chosen: argparse.Namespace
) -> int:
    """Keep the tools running in a thread of their own while the window, or the tour, has this one."""
    thread = LoopThread("avise demo tools")
    thread.start()
    ending: asyncio.Event | None = None
    try:
        ready: Callable[[], asyncio.Event] = thread.submit(
            _kept(folder, spec, user, only, postgres=chosen.postgres)
        ).result(START_SECONDS)
        ending = ready()
        return _tour(folder, chosen.tour) if chosen.tour else _window(folder, chosen)
    finally:
        if ending is not None:
            thread.submit(_set(ending)).result(START_SECONDS)
        thread.stop()


async def _kept(
    folder: DemoFolder, spec: WorldSpec, user: DemoUser, only: OnlyRun, *, postgres: bool
) -> Callable[[], asyncio.Event]:
    """Return once the tools answer; they run until the event that the result gives is set."""
    ending, started = asyncio.Event(), asyncio.get_running_loop().create_future()

    async def keep() -> None:
        try:
            async with _tools(folder, spec, user, only, postgres=postgres):
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


def _window(folder: DemoFolder, chosen: argparse.Namespace) -> int:
    from avise.start import run_window  # noqa: PLC0415 - Qt is imported for the window only

    return run_window(folder.profile, call_url=None, check_start=chosen.check_start)


def _tour(folder: DemoFolder, target: Path) -> int:
    from avise.app import run_tour  # noqa: PLC0415 - Qt is imported for the window only
    from avise.ui.tour import TourScript  # noqa: PLC0415

    calls: list[str] = []

    def ring(number: str, answered: bool) -> None:
        for call in calls:
            change_call(folder.data, call, ENDED)
        calls[:] = [simulate_call(folder.data, number, queue="Remboursements", waited_s=70)]
        if answered:
            change_call(folder.data, calls[0], ANSWERED)

    script = TourScript(
        target=target,
        members={code: persona.member_number for code, persona in PERSONAS.items()},
        set_fault=lambda tool, kind: _set_fault(folder, tool, kind),
        ring=ring,
        phone=PERSONAS["P00"].phone,
    )
    status = run_tour(folder.profile, script)
    drawn = len(json.loads((target / "tour.json").read_text("utf-8"))["pictures"])
    sys.stdout.write(plural("demo.drawn", drawn, folder=str(target.resolve())) + "\n")
    return status


def _set_fault(folder: DemoFolder, tool: str, kind: str) -> None:
    break_tool(folder.data, tool, Fault(FaultKind(kind)))


def _call(folder: DemoFolder, number: str) -> int:
    """Make the agent's telephone ring."""
    if not parse_phone(number):
        raise WrongArgumentError("demo.bad_number")
    try:
        simulate_call(folder.data, number, queue="Remboursements", waited_s=70)
    except ToolNotRunningError:
        raise AviseError("demo.not_running", tool="relation") from None
    sys.stdout.write(text("demo.ringing") + "\n")
    return 0


def _break(folder: DemoFolder, chosen: argparse.Namespace) -> int:
    """Set a fault on a running tool."""
    names = [kind.name for kind in tool_kinds()]
    if not chosen.target:
        raise WrongArgumentError("demo.which_tool", tools=", ".join(names))
    if chosen.target not in names:
        raise WrongArgumentError("demo.unknown_tool", tool=chosen.target, tools=", ".join(names))
    fault = _fault(chosen)
    try:
        break_tool(folder.data, chosen.target, fault)
    except ToolNotRunningError:
        raise AviseError("demo.not_running", tool=chosen.target) from None
    except UnsupportedFaultError:
        raise AviseError("demo.cannot_break", tool=chosen.target, kind=fault.kind) from None
    sys.stdout.write(text("demo.broken", tool=chosen.target, kind=fault.kind) + "\n")
    return 0


def _fault(chosen: argparse.Namespace) -> Fault:
    if chosen.slow:
        try:
            return Fault(FaultKind.SLOW, seconds=float(chosen.slow.removesuffix("s")))
        except ValueError:
            raise AviseError("demo.bad_seconds", value=chosen.slow) from None
    for flag, kind in (
        (chosen.down, FaultKind.DOWN),
        (chosen.garbage, FaultKind.GARBAGE),
        (chosen.expire_token, FaultKind.EXPIRE_TOKEN),
        (chosen.restore, FaultKind.NONE),
    ):
        if flag:
            return Fault(kind)
    raise AviseError("demo.which_fault")
