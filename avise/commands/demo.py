"""`avise demo`: a mutual in a box, its eight tools in processes of their own, and two windows on it.

avise demo                     the tools and two windows side by side: an agent's, and a case manager's
avise demo --as NAME           one window, of that member of staff
avise demo --team              the same two windows on a hub of their team: PostgreSQL and `avise hub serve`
avise demo --serve             the tools only, and profiles that the other commands use
avise demo --tour DIR          the main screens drawn to PNG files
avise demo call [NUMBER]       the first agent's telephone rings (--as NAME for another's); --answer, --end
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
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from avise.commands.demo_run import FIRST, SECOND, DemoFolder, DemoRun, demo_user, tell
from avise.commands.wrong_argument import WrongArgumentError
from avise.demo.calls import ANSWERED, ENDED, TELEPHONY, change_call, change_latest_call, simulate_call
from avise.demo.faults import Fault, FaultKind, ToolNotRunningError, UnsupportedFaultError, break_tool
from avise.demo.only_run import AlreadyRunningError, OnlyRun
from avise.demo.population.personas import PERSONAS
from avise.demo.population.spec import WorldSpec
from avise.demo.profile import DemoUser
from avise.demo.tools.loading import tool_kinds
from avise.env import Env, SystemEnv
from avise.models.errors import AviseError
from avise.models.identifiers import parse_phone
from avise.models.roles import Role
from avise.texts import plural, text
from avise.texts.catalogue import language
from avise.texts.formats import PARIS
from avise.texts.imposed import is_language_imposed

INTERRUPTED = 130
ALREADY_RUNNING = 3
"""Exit status of a start that leaves the tools to the process that runs them."""


def run(chosen: argparse.Namespace) -> int:
    """Do what the command line asked; return the exit status."""
    folder = DemoFolder(chosen.folder or default_folder())
    if chosen.action == "break":
        return _break(folder, chosen)
    if chosen.action == "call":
        return _call(folder, chosen)
    env = SystemEnv()
    spec = _spec(chosen, env)
    users = _users(chosen)
    try:
        with OnlyRun.taken(folder.root, env) as only:
            demo = DemoRun(folder, spec, users, only, postgres=chosen.postgres, team=chosen.team)
            if chosen.serve:
                return asyncio.run(demo.serve())
            with demo.beside():
                return _tour(demo, chosen.tour) if chosen.tour else _windows(demo, chosen)
    except AlreadyRunningError as error:
        return _beside(error, folder, users, chosen)


def _beside(
    error: AlreadyRunningError, folder: DemoFolder, users: Sequence[DemoUser], chosen: argparse.Namespace
) -> int:
    """Say who runs the tools, and open a window on their profile when one was asked for."""
    tell(text(error.message_key, **error.params))
    sys.stdout.write(text("demo.profile_in_use", profile=str(folder.profile)) + "\n")
    sys.stdout.flush()
    if chosen.serve or chosen.tour or not error.run.ready:
        return ALREADY_RUNNING
    profile = folder.profile_of(users[0])
    return _window(profile if profile.is_dir() else folder.profile, chosen)


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


def _users(chosen: argparse.Namespace) -> tuple[DemoUser, ...]:
    """Return who sits at the windows; a name given on the command line sits alone."""
    if chosen.role and chosen.role not in set(Role):
        raise AviseError("demo.unknown_role", role=chosen.role, roles=", ".join(Role))
    if chosen.as_user or chosen.role:
        return (demo_user(chosen.as_user or FIRST, chosen.role),)
    return tuple(demo_user(login) for login in (FIRST, SECOND))


def _windows(demo: DemoRun, chosen: argparse.Namespace) -> int:
    """Show a window for each; return once all are closed, with the worst of their statuses."""
    profiles = [demo.profile_of(user) for user in demo.users]
    if len(profiles) == 1 or chosen.check_start:
        return _window(profiles[0], chosen)
    commands = [
        window_command(profile, (number, len(profiles))) for number, profile in enumerate(profiles, start=1)
    ]
    windows = [subprocess.Popen(command) for command in commands]  # noqa: S603 - ours
    # Told to end, the demonstration closes its windows and leaves in order: its tools end with it.
    before = signal.signal(signal.SIGTERM, lambda *_: _close(windows))
    try:
        return max(window.wait() for window in windows)
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        _close(windows)
        for window in windows:
            window.wait()
        signal.signal(signal.SIGTERM, before)


def _close(windows: Sequence[subprocess.Popen[bytes]]) -> None:
    for window in windows:
        window.terminate()


def window_command(profile: Path, share: tuple[int, int] = (1, 1)) -> list[str]:
    """Return the command that opens a window on a profile, one of several beside each other."""
    spoken = ["--language", language()] if is_language_imposed() else []
    number, count = share
    beside = ["--share", f"{number}/{count}"] if count > 1 else []
    return [sys.executable, "-P", "-m", "avise", *spoken, *beside, "--profile", str(profile)]


def _window(profile: Path, chosen: argparse.Namespace) -> int:
    from avise.start import run_window  # noqa: PLC0415 - Qt is imported for the window only

    return run_window(profile, call_url=None, check_start=chosen.check_start)


def _tour(demo: DemoRun, target: Path) -> int:
    from avise.app import run_tour  # noqa: PLC0415 - Qt is imported for the window only
    from avise.ui.tour import TourScript  # noqa: PLC0415

    folder, calls = demo.folder, list[str]()

    def ring(number: str, answered: bool) -> None:
        for call in calls:
            change_call(folder.data, call, ENDED)
        agent = demo.users[0].login
        calls[:] = [simulate_call(folder.data, number, queue="Remboursements", waited_s=70, agent=agent)]
        if answered:
            change_call(folder.data, calls[0], ANSWERED)

    script = TourScript(
        target=target,
        members={code: persona.member_number for code, persona in PERSONAS.items()},
        set_fault=lambda tool, kind: _set_fault(folder, tool, kind),
        ring=ring,
        phone=PERSONAS["P00"].phone,
    )
    status = run_tour(demo.profile_of(demo.users[0]), script)
    drawn = len(json.loads((target / "tour.json").read_text("utf-8"))["pictures"])
    sys.stdout.write(plural("demo.drawn", drawn, folder=str(target.resolve())) + "\n")
    return status


def _set_fault(folder: DemoFolder, tool: str, kind: str) -> None:
    break_tool(folder.data, tool, Fault(FaultKind(kind)))


def _call(folder: DemoFolder, chosen: argparse.Namespace) -> int:
    """Make the agent's telephone ring, or answer or end the call that rang last."""
    try:
        told = _changed(folder, chosen) if chosen.answer or chosen.end else _ring(folder, chosen)
    except ToolNotRunningError:
        raise AviseError("demo.not_running", tool=TELEPHONY) from None
    sys.stdout.write(told + "\n")
    return 0


def _ring(folder: DemoFolder, chosen: argparse.Namespace) -> str:
    """Make one desk's telephone ring: the first one's, unless told."""
    number = chosen.target or PERSONAS["P00"].phone
    if not parse_phone(number):
        raise WrongArgumentError("demo.bad_number")
    agent = demo_user(chosen.as_user or FIRST)
    simulate_call(folder.data, number, queue="Remboursements", waited_s=70, agent=agent.login)
    return text("demo.ringing", name=agent.name)


def _changed(folder: DemoFolder, chosen: argparse.Namespace) -> str:
    if chosen.target:
        raise WrongArgumentError("demo.no_number_needed")
    if not change_latest_call(folder.data, ANSWERED if chosen.answer else ENDED):
        raise AviseError("demo.no_call")
    return text("demo.answered" if chosen.answer else "demo.ended")


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
    sys.stdout.write(text(f"demo.broken.{fault.kind}", tool=chosen.target) + "\n")
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
