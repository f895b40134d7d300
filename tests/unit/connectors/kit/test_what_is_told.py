"""What the kit says to an author: one cause, told once, by the check that is about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from avise import cli
from avise.connectors.contract import CallContext, FacetQuery, HealthReport
from avise.connectors.kit.check import run_check
from avise.connectors.kit.contact import UNREACHED
from avise.connectors.kit.dialects import CHECKS as DIALECTS
from avise.connectors.kit.pytest_suite import connector_suite
from avise.connectors.kit.scenarios import read_scenarios
from avise.connectors.kit.subject import subject_of_class, subject_of_file
from avise.connectors.kit.suite import ALL, run_suite
from avise.connectors.kit.trial import Severity, Trial
from avise.connectors.kit.upstream import LiveTool
from avise.connectors.kit.verdicts import CheckResult, Verdict
from avise.models.conformance import ConformanceLevel
from avise.texts import plural
from tests.unit.connectors.kit.broken_connectors import FollowsAnywhere, NumbersItsRows
from tests.unit.connectors.kit.little_tool import LittleTool, running_tool
from tests.unit.connectors.kit.sound_connector import MANIFEST, SoundConnector

HERE = Path(__file__).parent
CHECKS = {check.name: check for check in ALL}
QUICK = Severity(cancellations=1, rounds=2)


@pytest.fixture
def tool() -> Iterator[LittleTool]:
    with running_tool() as running:
        yield running


def sound(tool: LittleTool, secrets: dict[str, str] | None = None) -> Trial:
    scenarios = read_scenarios(HERE / "scenarios.toml", MANIFEST)
    there = scenarios.with_tool({"base_url": tool.base_url}, secrets or {})
    return Trial(subject_of_class(SoundConnector), there, LiveTool, severity=QUICK)


def of_file(folder: Path, tool: LittleTool, change: Callable[[str], str] = str) -> Trial:
    """Return a trial of the connector file, changed."""
    file = folder / "little.toml"
    file.write_text(change((HERE / "little.toml").read_text("utf-8")), "utf-8")
    text = (HERE / "scenarios.toml").read_text("utf-8").partition("[[action]]")[0]
    (folder / "scenarios.toml").write_text(text, "utf-8")
    subject = subject_of_file(file)
    scenarios = read_scenarios(folder / "scenarios.toml", subject.manifest)
    return Trial(subject, scenarios.with_tool({"base_url": tool.base_url}, {}), LiveTool)


def told(name: str, trial: Trial) -> CheckResult:
    return run_check(CHECKS[name], trial)


# ---- records ---------------------------------------------------------------------------------------


def test_a_field_that_the_tool_writes_otherwise_is_named(tmp_path: Path, tool: LittleTool) -> None:
    tool.due = "le cinq mars"
    trial = of_file(tmp_path, tool)
    result = told("records_fit", trial)
    assert (result.verdict, result.why) == (Verdict.FAILED, "unread_field")
    assert dict(result.params) == {"reading": "contributions", "count": "3", "total": "3", "field": "due_on"}
    assert told("amounts_are_exact", trial).why == "none_readable"
    dialects = [told(check.name, trial) for check in DIALECTS]
    # One reading has no record to show, and the tool was heard: it speaks none of these.
    assert {(one.verdict, one.why) for one in dialects} == {(Verdict.NOT_APPLICABLE, "speaks_otherwise")}


@pytest.mark.parametrize(("mark", "written"), [(",", "12,50"), (".", "12.50")])
def test_amounts_with_another_decimal_mark_are_told_with_what_to_write(
    tmp_path: Path, tool: LittleTool, mark: str, written: str
) -> None:
    other = "," if mark == "." else "."
    tool.euros = written
    rule = f'{{ from = "euros", as = "decimal", decimal = "{other}" }}'
    trial = of_file(tmp_path, tool, lambda text: text.replace('{ from = "cents", as = "cents" }', rule))
    result = told("records_fit", trial)
    assert (result.why, result.params["field"], result.params["mark"]) == ("unread_decimal", "amount", mark)
    assert f'decimal = "{mark}"' in result.sentence()


def test_rows_of_one_identifier_are_told_as_such(tmp_path: Path, tool: LittleTool) -> None:
    trial = of_file(tmp_path, tool, lambda text: text.replace('id = "no"', 'id = "state"'))
    assert told("records_fit", trial).why == "same_id"


def test_what_stops_a_reading_before_there_are_many_records_is_named(
    tmp_path: Path, tool: LittleTool
) -> None:
    trial = of_file(tmp_path, tool, lambda text: text.replace('at = "next"', 'at = "next", max_pages = 1'))
    result = told("a_cut_is_told", trial)
    assert (result.verdict, result.why) == (Verdict.NOT_EXERCISED, "stopped_before_many")
    assert (result.params["count"], result.params["because"]) == ("100", "max_pages")
    assert "max_pages" in result.sentence()


def test_a_file_that_reads_the_first_page_alone_is_not_taken_for_whole(
    tmp_path: Path, tool: LittleTool
) -> None:
    trial = of_file(tmp_path, tool, lambda text: text.replace('"next_url", at = "next"', '"none"'))
    without = replace(trial, scenarios=trial.scenarios.model_copy(update={"many": None}))
    assert told("a_cut_is_told", without).why == "no_many"
    few = without.scenarios.model_copy(update={"few_because": "Nobody ever has so many."})
    assert told("a_cut_is_told", replace(without, scenarios=few)).verdict is Verdict.OK


def test_a_code_is_not_blamed_for_identifiers_that_change(tool: LittleTool) -> None:
    scenarios = sound(tool).scenarios
    trial = Trial(subject_of_class(NumbersItsRows), scenarios, LiveTool)
    result = told("a_new_code_survives", trial)
    assert (result.verdict, result.why) == (Verdict.NOT_EXERCISED, "needs_lasting_ids")


def test_a_tool_that_says_of_whom_it_speaks_is_compared_with_the_customer(tool: LittleTool) -> None:
    assert told("about_the_customer", sound(tool)).verdict is Verdict.OK


def test_a_next_page_told_by_its_path_is_sent_to_another_host_too(tool: LittleTool) -> None:
    class FollowsPathsToo(FollowsAnywhere):
        async def page(self, ctx: CallContext, path: str, query: FacetQuery) -> dict[str, Any]:
            return await super().page(ctx, path.removeprefix("/api"), query)

    tool.relative = True
    trial = Trial(subject_of_class(FollowsPathsToo), sound(tool).scenarios, LiveTool)
    assert told("no_other_host", trial).why == "went_elsewhere"


# ---- a tool that cannot be reached -----------------------------------------------------------------


def nobody_there(tool: LittleTool) -> Trial:
    trial = sound(tool)
    scenarios = trial.scenarios.with_tool({"base_url": "http://127.0.0.1:1/api"}, {})
    return Trial(trial.subject, scenarios, LiveTool, severity=QUICK)


def wrong_secret(tool: LittleTool) -> Trial:
    return sound(tool, {"token": "another"})


def no_secret(tool: LittleTool) -> Trial:
    trial = sound(tool)
    scenarios = trial.scenarios
    lacking = scenarios.tool.model_copy(update={"secrets": {}})
    return Trial(trial.subject, scenarios.model_copy(update={"tool": lacking}), LiveTool, severity=QUICK)


@pytest.mark.parametrize(
    ("made", "why"),
    [(nobody_there, "tool_down"), (wrong_secret, "tool_refuses"), (no_secret, "tool_misconfigured")],
)
def test_a_tool_that_cannot_be_reached_is_told_once(
    tool: LittleTool, made: Callable[[LittleTool], Trial], why: str
) -> None:
    report = run_suite(made(tool))
    failed = [result for result in report.results if result.verdict is Verdict.FAILED]
    assert [(result.name, result.why) for result in failed] == [("check_answers", why)]
    assert "[tool]" in failed[0].sentence()
    after = report.results[report.results.index(failed[0]) + 1 :]
    assert {(result.verdict, result.why) for result in after} == {(Verdict.NOT_EXERCISED, UNREACHED)}
    assert report.level is None


class Breaks(SoundConnector):
    async def check(self, _: CallContext) -> HealthReport:
        raise RuntimeError


def test_a_defect_of_the_connector_is_no_tool_that_is_down(tool: LittleTool) -> None:
    report = run_suite(
        Trial(subject_of_class(Breaks), sound(tool).scenarios, LiveTool, severity=QUICK),
        most=ConformanceLevel.BRONZE,
    )
    whys = {result.name: result.why for result in report.results}
    assert whys["check_answers"] == "check_unwell"
    assert whys["nothing_is_left"] == ""


def test_a_tool_that_refuses_the_first_reading_alone_is_told_once(tmp_path: Path, tool: LittleTool) -> None:
    trial = of_file(tmp_path, tool, lambda text: text.replace('[check]\npath = "/about"\n', ""))
    there = trial.scenarios.with_tool({}, {"token": "another"})
    report = run_suite(Trial(trial.subject, there, LiveTool, severity=QUICK))
    failed = [(one.name, one.why) for one in report.results if one.verdict is Verdict.FAILED]
    assert failed == [("nothing_is_left", "tool_refuses")]


def test_a_file_without_a_check_is_not_blamed_for_it_before_gold(tmp_path: Path, tool: LittleTool) -> None:
    trial = of_file(tmp_path, tool, lambda text: text.replace('[check]\npath = "/about"\n', ""))
    first, gold = told("check_answers", trial), told("check_tells_a_fault", trial)
    assert (first.verdict, first.why) == (Verdict.NOT_APPLICABLE, "check_asks_nothing")
    assert (gold.verdict, gold.why) == (Verdict.FAILED, "well_unasked")


def test_the_command_line_says_it_in_one_line(
    tmp_path: Path, tool: LittleTool, capsys: pytest.CaptureFixture[str]
) -> None:
    of_file(tmp_path, tool)
    scenarios = tmp_path / "scenarios.toml"
    lost = scenarios.read_text("utf-8").replace(
        "[tool]\n", '[tool]\nconfig = { base_url = "http://127.0.0.1:1/api" }\n'
    )
    scenarios.write_text(lost.replace('codes = ["P", "VISIO"]\n', ""), "utf-8")
    assert cli.main(["connector", "test", str(tmp_path / "little.toml"), "--scenarios", str(scenarios)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert sum("✗" in line for line in lines) == 1
    assert sum("?" in line for line in lines) == 0
    before = [check.name for check in ALL].index("check_answers") + 1
    assert plural("kit.unreached", len(ALL) - before) in lines


def test_in_pytest_one_test_tells_it_and_the_others_name_it(tool: LittleTool) -> None:
    suite = connector_suite(
        SoundConnector,
        scenarios="scenarios.toml",
        config=lambda: {"base_url": "http://127.0.0.1:1/api"},
        severity=QUICK,
    )
    tests = suite()
    with pytest.raises(pytest.fail.Exception, match=r"\[tool\]"):
        tests.test_check_answers()
    with pytest.raises(pytest.fail.Exception, match="check_answers"):
        tests.test_amounts_are_exact()
