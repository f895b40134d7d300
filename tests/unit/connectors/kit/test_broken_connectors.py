"""Each broken connector is caught by the check that is made for it; the sound one passes them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from avise.connectors.contract import Connector
from avise.connectors.kit.check import run_check
from avise.connectors.kit.scenarios import read_scenarios
from avise.connectors.kit.subject import subject_of_class
from avise.connectors.kit.suite import ALL, run_suite
from avise.connectors.kit.trial import Severity, Trial
from avise.connectors.kit.upstream import LiveTool
from avise.connectors.kit.verdicts import AGAINST, Verdict
from avise.models.conformance import ConformanceLevel
from tests.unit.connectors.kit.broken_connectors import BROKEN
from tests.unit.connectors.kit.little_tool import LittleTool, running_tool
from tests.unit.connectors.kit.sound_connector import MANIFEST, SoundConnector

SCENARIOS = read_scenarios(Path(__file__).with_name("scenarios.toml"), MANIFEST)
BY_NAME = {check.name: check for check in ALL}


@pytest.fixture
def tool() -> Iterator[LittleTool]:
    with running_tool() as running:
        yield running


QUICK = Severity(cancellations=5, rounds=4)


def trial_of(connector: Callable[[], Connector], tool: LittleTool) -> Trial:
    scenarios = SCENARIOS.with_tool({"base_url": tool.base_url}, {})
    return Trial(subject_of_class(connector), scenarios, LiveTool, severity=QUICK)


def test_a_sound_connector_reaches_platinum(tool: LittleTool) -> None:
    report = run_suite(trial_of(SoundConnector, tool))
    against = {result.name: result.sentence() for result in report.results if result.verdict in AGAINST}
    assert against == {}
    assert report.level is ConformanceLevel.PLATINUM


@pytest.mark.parametrize(("broken", "check"), BROKEN, ids=[broken.__name__ for broken, _ in BROKEN])
def test_a_broken_connector_is_caught(broken: type[SoundConnector], check: str, tool: LittleTool) -> None:
    result = run_check(BY_NAME[check], trial_of(broken, tool))
    assert result.verdict is Verdict.FAILED
    assert result.why not in {"", "broke", "hangs", "unexpected"}
    assert result.sentence() != result.why


def test_every_defect_is_of_its_own() -> None:
    assert len({broken for broken, _ in BROKEN}) == len(BROKEN) >= 15
    assert {check for _, check in BROKEN} <= set(BY_NAME)
