"""The level that stands beside a connector, and what makes it void."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from avise.connectors.instance import Loaded
from avise.connectors.kit.contents import code_used_by, content_hash
from avise.connectors.kit.levels import level_in, level_of, result_path
from avise.connectors.kit.result_file import write_result
from avise.connectors.kit.subject import Subject, subject_of_file
from avise.connectors.kit.suite import Report
from avise.connectors.kit.verdicts import CheckResult, Verdict, level_reached
from avise.models.conformance import ConformanceLevel
from avise.resources import resource_folder

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def result(level: ConformanceLevel, verdict: Verdict = Verdict.OK, name: str = "a_check") -> CheckResult:
    return CheckResult(name, level, verdict)


def unused() -> Loaded:
    raise NotImplementedError


def all_levels(**changed: Verdict) -> list[CheckResult]:
    return [result(level, changed.get(str(level), Verdict.OK)) for level in ConformanceLevel]


@pytest.fixture
def connector(tmp_path: Path) -> Path:
    """Return a copy of a connector file with a result of gold."""
    file = tmp_path / "benefits.toml"
    file.write_bytes((resource_folder("connectors") / "demo" / "benefits.toml").read_bytes())
    report = Report("benefits", "1.0.0", all_levels(platinum=Verdict.NOT_APPLICABLE))
    write_result(result_path(file), subject_of_file(file), report, "live", NOON)
    return file


def test_every_level_needs_those_below_it() -> None:
    assert level_reached(all_levels()) is ConformanceLevel.PLATINUM
    assert level_reached(all_levels(silver=Verdict.FAILED)) is ConformanceLevel.BRONZE
    assert level_reached(all_levels(bronze=Verdict.FAILED)) is None


def test_what_was_not_exercised_stands_against_the_level_like_a_failure() -> None:
    assert level_reached(all_levels(gold=Verdict.NOT_EXERCISED)) is ConformanceLevel.SILVER


def test_a_connector_that_does_not_act_stops_at_gold() -> None:
    assert level_reached(all_levels(platinum=Verdict.NOT_APPLICABLE)) is ConformanceLevel.GOLD


def test_a_skip_costs_no_level() -> None:
    assert level_reached(all_levels(silver=Verdict.SKIPPED)) is ConformanceLevel.PLATINUM


def test_the_level_is_read_back_beside_the_connector(connector: Path) -> None:
    assert level_of(connector) is ConformanceLevel.GOLD


def test_a_connector_that_has_changed_since_has_no_level(connector: Path) -> None:
    connector.write_text(connector.read_text("utf-8") + "# une virgule\n", "utf-8")
    assert level_of(connector) is None


def test_line_endings_are_no_change(connector: Path) -> None:
    connector.write_bytes(connector.read_bytes().replace(b"\n", b"\r\n"))
    assert level_of(connector) is ConformanceLevel.GOLD


@pytest.mark.parametrize("text", ["", "[]", "{", '{"level": "gold"}', '{"level": "diamond", "format": 1}'])
def test_a_result_that_cannot_be_read_gives_no_level(connector: Path, text: str) -> None:
    result_path(connector).write_text(text, "utf-8")
    assert level_of(connector) is None


def test_a_connector_that_was_never_tested_has_no_level(tmp_path: Path) -> None:
    assert level_of(tmp_path / "absent.toml") is None


def test_the_code_that_a_file_uses_counts_as_its_content() -> None:
    files = code_used_by(resource_folder("connectors") / "demo" / "appointments.toml")
    assert {"connector.py", "events.py"} <= {file.name for file in files}
    assert code_used_by(resource_folder("connectors") / "demo" / "benefits.toml") == ()


def test_another_code_under_the_same_file_has_no_level(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "connector.py"
    code.write_text("x = 1\n", "utf-8")
    subject = Subject("tried", unused, tmp_path, code=(code,))
    path = tmp_path / "tried.conformance.json"
    write_result(path, subject, Report("tried", "1.0.0", all_levels()), "live", NOON)
    assert level_in(path, (), (code,)) is ConformanceLevel.PLATINUM
    code.write_text("x = 2\n", "utf-8")
    assert level_in(path, (), (code,)) is None
    assert level_in(path, (), ()) is None
    # In the packaged program the code cannot be read, nor changed.
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert level_in(path, (), ()) is ConformanceLevel.PLATINUM


def test_the_mark_of_contents_changes_with_any_file(tmp_path: Path) -> None:
    first, second = tmp_path / "a.toml", tmp_path / "b.py"
    first.write_text("a", "utf-8")
    second.write_text("b", "utf-8")
    before = content_hash([first, second])
    second.write_text("c", "utf-8")
    assert content_hash([second, first]) != before


def test_the_result_tells_of_nobody(connector: Path) -> None:
    kept = json.loads(result_path(connector).read_text("utf-8"))
    told = {"format", "connector", "version", "level", "on", "tool", "avise", "content", "code", "skips"}
    assert set(kept) == told
