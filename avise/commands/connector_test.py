"""`avise connector test`: run the conformance kit on a connector, say its level, and keep the result."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from avise.commands.connector import refuse_no_file
from avise.commands.connector_report import NOT_REACHED, keep_result, last_level, progress_of, tell
from avise.commands.waiting_lines import told_while_waiting
from avise.commands.wrong_argument import WrongArgumentError
from avise.connectors.declarative import ConnectorFileError, ProblemAt
from avise.connectors.kit.scenarios import Scenarios, ScenariosError, read_scenarios
from avise.connectors.kit.skips import SkipsError, read_skips
from avise.connectors.kit.subject import Subject, subject_of
from avise.connectors.kit.suite import ALL, checks_up_to, run_suite
from avise.connectors.kit.trial import THOROUGH, Severity, Trial, recorded, recording_of
from avise.connectors.kit.upstream import LiveTool, Tape, read_tape
from avise.connectors.wheels import WheelShelf
from avise.models.errors import AviseError
from avise.services.profile import WHEELS_FOLDER


def run(chosen: argparse.Namespace, console: Console) -> int:
    """Run the command; return the exit status: 0 when the wished level is reached.

    Raises:
        AviseError: there is no such connector, no such file, or what was recorded cannot be used.
    """
    if chosen.shipped:
        from avise.commands.shipped_connectors import run_shipped  # noqa: PLC0415 - needs the demo's servers

        return run_shipped(chosen, console)
    if chosen.connector and Path(chosen.connector).suffix == ".toml":
        refuse_no_file(Path(chosen.connector))
    if not chosen.connector or chosen.scenarios is None:
        raise WrongArgumentError("kit.what_to_test")
    if chosen.scenarios.is_dir():
        raise AviseError("kit.scenarios_folder", file=str(chosen.scenarios))
    try:
        wheels = chosen.profile / WHEELS_FOLDER if chosen.profile is not None else None
        subject = subject_of(chosen.connector, WheelShelf(wheels))
        scenarios = read_scenarios(chosen.scenarios, subject.manifest)
        skips = read_skips(subject.home, subject.name, [check.name for check in ALL])
    except ConnectorFileError as error:
        return _told(console, error.path, error.problems)
    except ScenariosError as error:
        return _told(console, error.checked.path, error.checked.problems)
    except SkipsError as error:
        return _told(console, error.path, error.problems)
    tape = Tape("", tuple(scenarios.tool.secret_values().values()))
    trial = _trial(chosen, subject, scenarios, tape)
    most, progress = last_level(chosen), progress_of(chosen, console)
    with told_while_waiting(len(checks_up_to(most)), silent=chosen.json) as beginning:
        report = run_suite(trial, skips, most=most, progress=progress, beginning=beginning)
    if chosen.record is not None:
        tape.write(chosen.record)
    if not chosen.no_result:
        tool = "recorded" if chosen.recorded is not None else "live"
        keep_result(subject, report, tool, trial.env)
    return tell(chosen, console, [report])


def _trial(chosen: argparse.Namespace, subject: Subject, scenarios: Scenarios, tape: Tape) -> Trial:
    """Return the trial that the command line asks for.

    Raises:
        AviseError: nothing was recorded, or what would be is of a tool that may hold real people.
    """
    severity = THOROUGH if chosen.thorough else Severity()
    if chosen.recorded is not None:
        return Trial(subject, scenarios, recorded(read_tape(chosen.recorded)), acts=False, severity=severity)
    if chosen.record is not None:
        if not scenarios.synthetic:
            raise AviseError("kit.not_synthetic")
        return Trial(subject, scenarios, recording_of(tape), severity=severity)
    return Trial(subject, scenarios, LiveTool, severity=severity)


def _told(console: Console, path: Path, problems: Sequence[ProblemAt]) -> int:
    for problem in problems:
        line = f"{path}:{problem.line}: {problem.sentence()}"
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    return NOT_REACHED
