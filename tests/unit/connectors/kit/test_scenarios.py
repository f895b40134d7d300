"""A scenarios file: every error with its line, as of any file that authors write."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from avise.connectors.kit.check import Check
from avise.connectors.kit.scenarios import ScenariosError, Tool, read_scenarios
from avise.connectors.kit.skips import Skip, SkipsError, read_skips, skipped
from avise.connectors.kit.subject import subject_of_file
from avise.connectors.kit.suite import ALL
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import Verdict
from avise.env import FixedEnv
from avise.models.conformance import ConformanceLevel
from avise.models.errors import AviseError
from avise.resources import resource_folder
from tests.unit.connectors.kit.sound_connector import MANIFEST

SHIPPED = sorted((resource_folder("connectors") / "demo").glob("*.toml"))
GOOD = 'avise = 1\n[[known]]\nids = { "little.member" = "1" }\n'


def refused(tmp_path: Path, text: str) -> dict[int, str]:
    """Return the sentences of a scenarios file by line."""
    file = tmp_path / "scenarios.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ScenariosError) as caught:
        read_scenarios(file, MANIFEST)
    return {problem.line: problem.sentence() for problem in caught.value.checked.problems}


def test_all_errors_are_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    told = refused(tmp_path, GOOD + 'redings = ["contributions"]\n[unknow]\nids = {}\n')
    assert set(told) == {4, 5}
    assert "readings" in told[4]
    assert "unknown" in told[5]


def test_what_the_connector_does_not_declare_is_told_with_a_suggestion(tmp_path: Path) -> None:
    told = refused(
        tmp_path,
        GOOD + 'readings = ["contribution"]\n'
        '[tool.config]\nbase_ulr = "http://x"\n'
        '[[action]]\nid = "order_cards"\nids = { "little.member" = "1" }\ninput = {}\n',
    )
    assert "contributions" in told[4]
    assert "base_url" in told[6]
    assert "order_card" in told[8]


def test_an_exception_needs_its_reason(tmp_path: Path) -> None:
    told = refused(tmp_path, GOOD + '[unknown]\nids = {}\nempty_for = ["contributions"]\n')
    assert list(told) == [4]


def test_scenarios_without_a_customer_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "avise = 1\nknown = []\n")


def test_a_secret_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    tool = Tool.model_validate({"secrets": {"token": {"env": "KIT_TEST_TOKEN"}}})
    with pytest.raises(AviseError) as missing:
        tool.secret_values()
    assert missing.value.message_key == "kit.no_variable"
    monkeypatch.setenv("KIT_TEST_TOKEN", "t0")
    assert tool.secret_values() == {"token": "t0"}


@pytest.mark.parametrize("file", SHIPPED, ids=[file.stem for file in SHIPPED])
def test_every_shipped_connector_has_scenarios_of_invented_people(file: Path) -> None:
    scenarios = read_scenarios(file.parent / "scenarios" / file.name, subject_of_file(file).manifest)
    assert scenarios.synthetic
    assert {action.id for action in scenarios.action} == {
        spec.action for spec in subject_of_file(file).manifest.actions
    }


# ---- checks left out -------------------------------------------------------------------------------


async def fine(_: Trial) -> None:
    """Find nothing."""


CHECK = Check("a_validator_is_used", ConformanceLevel.SILVER, fine)
NAMES = [check.name for check in ALL]


def write_skips(folder: Path, text: str) -> None:
    (folder / "conformance.toml").write_text(text, "utf-8")


def test_a_skip_has_a_reason_and_a_last_day(tmp_path: Path) -> None:
    write_skips(tmp_path, '[[skip]]\ncheck = "a_validator_is_used"\n')
    with pytest.raises(SkipsError) as caught:
        read_skips(tmp_path, "little", NAMES)
    assert {problem.key_path for problem in caught.value.problems} == {"skip[0].reason", "skip[0].until"}


def test_a_skip_of_an_unknown_check_is_told_with_a_suggestion(tmp_path: Path) -> None:
    write_skips(tmp_path, '[[skip]]\ncheck = "a_validator_is_use"\nreason = "x"\nuntil = 2027-01-01\n')
    with pytest.raises(SkipsError) as caught:
        read_skips(tmp_path, "little", NAMES)
    assert "a_validator_is_used" in caught.value.problems[0].sentence()


def test_a_skip_of_another_connector_of_the_folder_is_not_mine(tmp_path: Path) -> None:
    write_skips(
        tmp_path,
        '[[skip]]\ncheck = "a_validator_is_used"\nreason = "x"\nuntil = 2027-01-01\nconnector = "other"\n',
    )
    assert read_skips(tmp_path, "little", NAMES) == []
    assert len(read_skips(tmp_path, "other", NAMES)) == 1


def test_a_folder_without_the_file_skips_nothing(tmp_path: Path) -> None:
    assert read_skips(tmp_path, "little", NAMES) == ()


def test_a_skip_ends_after_its_last_day() -> None:
    env = FixedEnv()
    today = env.now().date()
    current = skipped(CHECK, Skip(check=CHECK.name, reason="mended in 5", until=today), env)
    assert current is not None
    assert (current.verdict, current.sentence(), current.until) == (
        Verdict.SKIPPED,
        "mended in 5",
        today.isoformat(),
    )
    assert skipped(CHECK, Skip(check=CHECK.name, reason="x", until=date(2026, 3, 23)), env) is None
