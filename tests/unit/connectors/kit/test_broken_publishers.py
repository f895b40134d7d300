"""What comes in pieces: each broken publisher is caught by its check; the sound ones pass them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from avise.connectors.contract import Connector
from avise.connectors.kit import calls, directory, opened_content
from avise.connectors.kit.check import run_check
from avise.connectors.kit.scenarios import read_scenarios
from avise.connectors.kit.subject import subject_of_class
from avise.connectors.kit.trial import Severity, Trial
from avise.connectors.kit.upstream import LiveTool
from avise.connectors.kit.verdicts import Verdict
from tests.unit.connectors.kit.broken_publishers import BROKEN
from tests.unit.connectors.kit.little_tool import LittleTool, running_tool
from tests.unit.connectors.kit.sound_connector import SoundConnector
from tests.unit.connectors.kit.sound_publisher import PUBLISHER, SoundFile, SoundPublisher

SCENARIOS = read_scenarios(Path(__file__).with_name("publisher.toml"), PUBLISHER)
CHECKS = {check.name: check for check in (*directory.CHECKS, *opened_content.CHECKS, *calls.CHECKS)}
OF_A_FILE = {"the_directory_has_an_end", "half_a_directory_waits"}
QUICK = Severity(cancellations=5, rounds=4)


@pytest.fixture(scope="module")
def tool() -> Iterator[LittleTool]:
    with running_tool() as running:
        yield running


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    file = tmp_path / "everybody.txt"
    file.write_text("".join(f"M-{number:06d}\n" for number in range(400)), "utf-8")
    return file


def trial_of(made: Callable[[], Connector], tool: LittleTool, listing: Path) -> Trial:
    of_file = isinstance(made, type) and issubclass(made, SoundFile)
    config: dict[str, str] = {"file": str(listing)} if of_file else {"base_url": tool.base_url}
    return Trial(subject_of_class(made), SCENARIOS.with_tool({**config}, {}), LiveTool, severity=QUICK)


@pytest.mark.parametrize("name", [name for name in CHECKS if name != "half_a_directory_waits"])
def test_a_sound_publisher_passes(name: str, tool: LittleTool, listing: Path) -> None:
    result = run_check(CHECKS[name], trial_of(SoundPublisher, tool, listing))
    assert (result.verdict, result.sentence()) == (Verdict.OK, "")


@pytest.mark.parametrize("name", sorted(OF_A_FILE))
def test_a_sound_file_passes(name: str, tool: LittleTool, listing: Path) -> None:
    result = run_check(CHECKS[name], trial_of(SoundFile, tool, listing))
    assert (result.verdict, result.sentence()) == (Verdict.OK, "")


@pytest.mark.parametrize(("broken", "check"), BROKEN, ids=[broken.__name__ for broken, _ in BROKEN])
def test_a_broken_publisher_is_caught(
    broken: Callable[[], Connector], check: str, tool: LittleTool, listing: Path
) -> None:
    result = run_check(CHECKS[check], trial_of(broken, tool, listing))
    assert result.verdict is Verdict.FAILED
    assert result.why not in {"", "broke", "hangs", "unexpected"}
    assert result.sentence() != result.why


def test_every_check_of_what_comes_in_pieces_catches_somebody() -> None:
    assert {check for _, check in BROKEN} == set(CHECKS)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_who_gives_nothing_in_pieces_is_not_concerned(name: str, tool: LittleTool, listing: Path) -> None:
    result = run_check(CHECKS[name], trial_of(SoundConnector, tool, listing))
    assert result.verdict is Verdict.NOT_APPLICABLE


def test_what_was_not_seen_is_not_exercised(tool: LittleTool, listing: Path) -> None:
    mute = SCENARIOS.model_copy(update={"calls": None})
    seen = trial_of(SoundPublisher, tool, listing)
    without = Trial(seen.subject, mute.with_tool({"base_url": tool.base_url}, {}), LiveTool)
    for check in calls.CHECKS:
        result = run_check(check, without)
        assert (result.verdict, result.why) == (Verdict.NOT_EXERCISED, "no_call_events")
    cut = run_check(CHECKS["a_broken_directory_is_no_whole_one"], trial_of(SoundFile, tool, listing))
    assert cut.verdict is Verdict.NOT_APPLICABLE
    one_page = run_check(CHECKS["changes_go_on"], trial_of(SoundFile, tool, listing))
    assert (one_page.verdict, one_page.why) == (Verdict.NOT_EXERCISED, "one_page_of_changes")
