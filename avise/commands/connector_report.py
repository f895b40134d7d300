"""What `avise connector test` tells of a connector: each result as it comes, its level, and what is kept."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from avise.connectors.kit.contact import UNREACHED
from avise.connectors.kit.levels import level_in, result_path
from avise.connectors.kit.result_file import write_result
from avise.connectors.kit.subject import Subject
from avise.connectors.kit.suite import Progress, Report
from avise.connectors.kit.verdicts import CheckResult, Verdict
from avise.env import Env
from avise.models.conformance import ConformanceLevel
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.texts import plural, text

NOT_REACHED = 1
"""Exit status when the wished level is not reached."""

_MARKS = {
    Verdict.OK: ("✓", "green"),
    Verdict.FAILED: ("✗", "bold red"),
    Verdict.NOT_EXERCISED: ("?", "yellow"),
    Verdict.NOT_APPLICABLE: ("–", "dim"),
    Verdict.SKIPPED: ("↷", "yellow"),
}


def progress_of(chosen: argparse.Namespace, console: Console) -> Progress:
    """Return what prints each result as it comes, with its level's heading before the first."""
    if chosen.json:
        return lambda _: None
    headed: set[ConformanceLevel] = set()

    def progress(result: CheckResult) -> None:
        if result.why == UNREACHED or result.verdict is Verdict.NOT_APPLICABLE:
            return  # told together, by `tell`
        if result.level not in headed:
            headed.add(result.level)
            console.print(Text(text(f"conformance_level.{result.level}"), style="bold"))
        console.print(line_of(result), soft_wrap=True)

    return progress


def line_of(result: CheckResult) -> Text:
    """Return a result as one line: mark, name, and what is wrong."""
    mark, style = _MARKS[result.verdict]
    line = Text(f"  {mark} ", style=style)
    line.append(result.name, style="" if result.verdict is Verdict.OK else style)
    said = result.sentence()
    if result.verdict is not Verdict.OK:
        word = text(f"kit.verdict.{result.verdict}", until=result.until)
        line.append(f"  {_with_reason(word, said)}", style="")
    return line


def tell(chosen: argparse.Namespace, console: Console, reports: Sequence[Report]) -> int:
    """Print the level of each connector; return 0 when all reach the wished one."""
    wished = ConformanceLevel(chosen.level or ConformanceLevel.GOLD)
    if chosen.json:
        sys.stdout.write(
            json.dumps([as_json(report) for report in reports], ensure_ascii=False, indent=2) + "\n"
        )
    else:
        for report in reports:
            for line in not_concerned(report):
                console.print(line, soft_wrap=True)
            unreached = sum(result.why == UNREACHED for result in report.results)
            if unreached:
                console.print(Text(plural("kit.unreached", unreached)), soft_wrap=True)
            level = (
                text(f"conformance_level.{report.level}")
                if report.level is not None
                else text("kit.no_level")
            )
            reached = text("kit.reached", connector=report.connector, version=report.version, level=level)
            console.print(Text(reached, style="bold"), soft_wrap=True)
            if above := above_sentence(report):
                console.print(above, soft_wrap=True, highlight=False)
    return 0 if all(report.reaches(wished) for report in reports) else NOT_REACHED


def last_level(chosen: argparse.Namespace) -> ConformanceLevel:
    """Return the level of the last checks to run: the one asked for, else the highest."""
    return ConformanceLevel(chosen.level or ConformanceLevel.PLATINUM)


def above_sentence(report: Report) -> str:
    """Return that the checks of higher levels did not run, "" when there are none."""
    if report.most is ConformanceLevel.PLATINUM:
        return ""
    return text("kit.no_further", level=text(f"conformance_level.{report.most}"))


def not_concerned(report: Report) -> Sequence[Text]:
    """Return the checks that have no object, one line a reason."""
    by_reason: dict[str, list[str]] = {}
    for result in report.results:
        if result.verdict is Verdict.NOT_APPLICABLE:
            by_reason.setdefault(result.sentence(), []).append(result.name)
    mark, style = _MARKS[Verdict.NOT_APPLICABLE]
    word = text(f"kit.verdict.{Verdict.NOT_APPLICABLE}", until="")
    return [
        Text(f"  {mark} {_with_reason(word, reason)} ({', '.join(names)})", style=style)
        for reason, names in by_reason.items()
    ]


def _with_reason(word: str, reason: str) -> str:
    return text("kit.verdict_because", verdict=word, reason=reason) if reason else word


def as_json(report: Report) -> dict[str, JSON]:
    """Return a report for programs."""
    return {
        "connector": report.connector,
        "version": report.version,
        "level": str(report.level) if report.level is not None else None,
        "checked_up_to": str(report.most),
        "checks": [
            {
                "name": result.name,
                "level": str(result.level),
                "verdict": str(result.verdict),
                "title": result.title,
                "why": result.sentence(),
                "until": result.until or None,
                "milliseconds": result.milliseconds,
            }
            for result in report.results
        ],
    }


def keep_result(subject: Subject, report: Report, tool: str, env: Env) -> None:
    """Write the result beside the connector, unless one of a run that went further says more.

    Raises:
        AviseError: it cannot be written.
    """
    path = result_path(subject.home / f"{subject.name}.toml")
    files = (subject.file,) if subject.file is not None else ()
    before = level_in(path, files, subject.code)
    if report.reaches(report.most) and before is not None and before.rank > report.most.rank:
        return
    try:
        write_result(path, subject, report, tool, env.now())
    except OSError:
        raise AviseError("connector.cannot_write", file=str(path)) from None
