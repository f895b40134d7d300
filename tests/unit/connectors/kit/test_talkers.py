"""Protocols of a tool's own: each broken talker is caught by its check; the sound ones pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from avise.connectors.contract import Connector
from avise.connectors.kit import dialects
from avise.connectors.kit.check import run_check
from avise.connectors.kit.scenarios import read_scenarios
from avise.connectors.kit.subject import subject_of_class
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.upstream import LiveTool
from avise.connectors.kit.verdicts import Verdict
from tests.unit.connectors.kit.little_tool import LittleTool, running_tool
from tests.unit.connectors.kit.sound_connector import SoundConnector
from tests.unit.connectors.kit.talkers import BROKEN, TALKER, SoundSoap, SoundTryton

SCENARIOS = read_scenarios(Path(__file__).with_name("publisher.toml"), TALKER)
CHECKS = {check.name: check for check in dialects.CHECKS}
OF_SOAP = {"soap_faults_are_told", "xml_entities_stay_outside"}


@pytest.fixture(scope="module")
def tool() -> Iterator[LittleTool]:
    with running_tool() as running:
        yield running


def trial_of(made: Callable[[], Connector], tool: LittleTool) -> Trial:
    return Trial(subject_of_class(made), SCENARIOS.with_tool({"base_url": tool.base_url}, {}), LiveTool)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_who_speaks_a_protocol_well_passes(name: str, tool: LittleTool) -> None:
    speaks = SoundSoap if name in OF_SOAP else SoundTryton
    result = run_check(CHECKS[name], trial_of(speaks, tool))
    assert (result.verdict, result.sentence()) == (Verdict.OK, "")


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_who_speaks_another_protocol_is_not_concerned(name: str, tool: LittleTool) -> None:
    assert run_check(CHECKS[name], trial_of(SoundConnector, tool)).verdict is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize(("broken", "check"), BROKEN, ids=[broken.__name__ for broken, _ in BROKEN])
def test_a_broken_talker_is_caught(broken: type[SoundConnector], check: str, tool: LittleTool) -> None:
    result = run_check(CHECKS[check], trial_of(broken, tool))
    assert result.verdict is Verdict.FAILED
    assert result.why not in {"", "broke", "hangs", "unexpected"}
    assert result.sentence() != result.why


def test_every_check_of_a_protocol_catches_somebody() -> None:
    assert {check for _, check in BROKEN} == set(CHECKS)
