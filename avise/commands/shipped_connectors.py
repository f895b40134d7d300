"""`avise connector test --shipped`: the connectors that ship with Avise, against the demo's tools."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from avise.commands.connector_report import keep_result, last_level, progress_of, tell
from avise.commands.waiting_lines import told_while_waiting
from avise.commands.wrong_argument import WrongArgumentError
from avise.connectors.kit.scenarios import read_scenarios
from avise.connectors.kit.skips import read_skips
from avise.connectors.kit.subject import subject_of_file
from avise.connectors.kit.suite import ALL, Report, checks_up_to, run_suite
from avise.connectors.kit.trial import THOROUGH, Severity, Trial
from avise.connectors.kit.upstream import LiveTool
from avise.demo.conformance import conformance_tools
from avise.demo.launcher import DemoTools
from avise.demo.profile import instance_secrets, instances_of
from avise.env import SystemEnv
from avise.resources import resource_folder
from avise.texts import text

_TOOL_OF = {"agenda": "appointments"}
"""Connectors of a tool of another name."""


def shipped_files() -> Mapping[str, Path]:
    """Return the connector files of the demonstration by name."""
    return {path.stem: path for path in sorted((resource_folder("connectors") / "demo").glob("*.toml"))}


def run_shipped(chosen: argparse.Namespace, console: Console) -> int:
    """Test them all, or the one that is named; return 0 when all reach the wished level.

    Raises:
        WrongArgumentError: none that ships bears that name.
    """
    shipped = shipped_files()
    if chosen.connector and chosen.connector not in shipped:
        raise WrongArgumentError("kit.not_shipped", given=chosen.connector, names=", ".join(shipped))
    return asyncio.run(_run(chosen, console))


async def _run(chosen: argparse.Namespace, console: Console) -> int:
    names = [chosen.connector] if chosen.connector else list(shipped_files())
    today = SystemEnv().now().date()
    sys.stderr.write(f"{text('connector_test.starting_tools')}\n")
    with tempfile.TemporaryDirectory(prefix="avise-kit-") as folder:
        wanted = list(dict.fromkeys(_TOOL_OF.get(name, name) for name in names))
        async with conformance_tools(Path(folder), today, wanted, postgres=chosen.postgres) as tools:
            reports = [await asyncio.to_thread(_test, name, tools, chosen, console) for name in names]
    return tell(chosen, console, reports)


def _test(name: str, tools: DemoTools, chosen: argparse.Namespace, console: Console) -> Report:
    """Test one connector, on a thread without an event loop."""
    subject = subject_of_file(shipped_files()[name])
    if not chosen.json:
        console.print(Text(f"\n{subject.manifest.id}", style="bold underline"))
    scenarios = read_scenarios(scenarios_file(name), subject.manifest)
    secrets = {field: value for (tool, field), value in instance_secrets(tools).items() if tool == name}
    trial = Trial(
        subject,
        scenarios.with_tool(instances_of(tools)[name], secrets),
        LiveTool,
        severity=THOROUGH if chosen.thorough else Severity(),
    )
    skips = read_skips(subject.home, subject.name, _CHECKS)
    most, progress = last_level(chosen), progress_of(chosen, console)
    with told_while_waiting(len(checks_up_to(most)), silent=chosen.json) as beginning:
        report = run_suite(trial, skips, most=most, progress=progress, beginning=beginning)
    if not chosen.no_result:
        keep_result(subject, report, "live", trial.env)
    return report


def scenarios_file(name: str) -> Path:
    """Return the scenarios of a connector of the demonstration."""
    return resource_folder("connectors") / "demo" / "scenarios" / f"{name}.toml"


_CHECKS: Sequence[str] = tuple(check.name for check in ALL)
