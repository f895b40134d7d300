"""What `avise connector test` prints, and its exit status."""

from __future__ import annotations

import argparse
import io
import json

import pytest
from rich.console import Console

from avise.commands.connector_report import line_of, progress_of, tell
from avise.connectors.kit.suite import Report
from avise.connectors.kit.verdicts import CheckResult, Verdict
from avise.models.conformance import ConformanceLevel
from avise.texts import text

RESULTS = (
    CheckResult("check_answers", ConformanceLevel.BRONZE, Verdict.OK),
    CheckResult(
        "amounts_are_exact",
        ConformanceLevel.SILVER,
        Verdict.FAILED,
        "float",
        {"reading": "benefits", "field": "amount"},
    ),
    CheckResult(
        "a_validator_is_used",
        ConformanceLevel.SILVER,
        Verdict.SKIPPED,
        params={"reason": "réparé en version 5"},
        until="2027-03-31",
    ),
)
REPORT = Report("claims", "1.2.0", RESULTS)


def chosen(level: str, *, as_json: bool = False) -> argparse.Namespace:
    return argparse.Namespace(level=level, json=as_json)


def quiet() -> Console:
    return Console(file=io.StringIO(), width=200)


@pytest.mark.parametrize(("level", "status"), [("bronze", 0), ("silver", 1), ("gold", 1)])
def test_the_exit_status_says_whether_the_wished_level_is_reached(level: str, status: int) -> None:
    assert tell(chosen(level), quiet(), [REPORT]) == status


def test_one_connector_below_the_wished_level_is_enough_to_fail() -> None:
    good = Report("other", "1.0.0", [CheckResult("x", level, Verdict.OK) for level in ConformanceLevel])
    assert tell(chosen("gold"), quiet(), [good]) == 0
    assert tell(chosen("gold"), quiet(), [good, REPORT]) == 1


def test_a_failure_is_one_line_with_the_check_and_what_was_seen() -> None:
    line = line_of(RESULTS[1]).plain
    assert "amounts_are_exact" in line
    assert text("kit.why.float", reading="benefits", field="amount") in line


def test_a_skip_tells_its_reason_and_its_last_day() -> None:
    line = line_of(RESULTS[2]).plain
    assert "réparé en version 5" in line
    assert "2027-03-31" in line


def test_each_level_has_one_heading() -> None:
    console = quiet()
    progress = progress_of(chosen("gold"), console)
    for result in RESULTS:
        progress(result)
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    headings = [line for line in lines if not line.startswith("  ")]
    assert headings == [text("conformance_level.bronze"), text("conformance_level.silver")]


def test_json_holds_every_check_and_nothing_else_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    console = quiet()
    progress_of(chosen("gold", as_json=True), console)(RESULTS[0])
    tell(chosen("gold", as_json=True), console, [REPORT])
    told = json.loads(capsys.readouterr().out)[0]
    assert (told["connector"], told["version"], told["level"]) == ("claims", "1.2.0", "bronze")
    assert [check["verdict"] for check in told["checks"]] == ["ok", "failed", "skipped"]
    assert told["checks"][2]["until"] == "2027-03-31"
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == ""
