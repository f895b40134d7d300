"""The kit as authors run it: from the command line, in pytest, on what was recorded."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from avise import cli
from avise.connectors.kit.check import run_check
from avise.connectors.kit.levels import level_of, level_of_code, result_path
from avise.connectors.kit.pytest_suite import connector_suite
from avise.connectors.kit.scenarios import read_scenarios
from avise.connectors.kit.subject import subject_of, subject_of_class
from avise.connectors.kit.suite import ALL
from avise.connectors.kit.trial import Severity, Trial, recorded, recording_of
from avise.connectors.kit.upstream import LiveTool, Tape, read_tape
from avise.connectors.kit.verdicts import Verdict
from avise.models.conformance import ConformanceLevel
from avise.models.errors import AviseError
from avise.resources import resource_folder
from avise.texts import text
from tests.unit.connectors.kit.broken_connectors import CountsInFloats
from tests.unit.connectors.kit.little_tool import NIR, TOKEN, LittleTool, running_tool
from tests.unit.connectors.kit.sound_connector import MANIFEST, SoundConnector

HERE = Path(__file__).parent
CHECKS = {check.name: check for check in ALL}
SILVER = ("records_fit", "unknown_is_not_empty", "a_cut_is_told", "a_validator_is_used")


@pytest.fixture
def tool() -> Iterator[LittleTool]:
    with running_tool() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, tool: LittleTool) -> Path:
    """Return a folder with a connector file and its scenarios, for the command line."""
    shutil.copyfile(HERE / "little.toml", tmp_path / "little.toml")
    text = (HERE / "scenarios.toml").read_text("utf-8").partition("[[action]]")[0]
    text = text.replace("[tool]\n", f'[tool]\nconfig = {{ base_url = "{tool.base_url}" }}\n')
    text = text.replace('codes = ["P", "VISIO"]\n', "")
    (tmp_path / "scenarios.toml").write_text(text, "utf-8")
    return tmp_path


def command(folder: Path, *more: str) -> int:
    file, scenarios = str(folder / "little.toml"), str(folder / "scenarios.toml")
    return cli.main(["connector", "test", file, "--scenarios", scenarios, *more])


# ---- the command line ------------------------------------------------------------------------------


def test_a_connector_that_reaches_the_wished_level_ends_well_and_keeps_its_result(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(folder, "--json") == 0
    report = json.loads(capsys.readouterr().out)[0]
    assert report["level"] == "gold"
    assert {check["verdict"] for check in report["checks"]} == {"ok", "not_applicable"}
    assert all(check["title"] and check["title"] != check["name"] for check in report["checks"])
    assert level_of(folder / "little.toml") is ConformanceLevel.GOLD


def test_only_the_checks_up_to_the_wished_level_run_and_a_better_result_stays(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(folder, "--level", "bronze") == 0
    out = capsys.readouterr().out
    assert ("check_answers" in out, "records_fit" in out) == (True, False)
    assert text("kit.no_further", level=text("conformance_level.bronze")) in out.replace("\n", " ")
    kept = json.loads(result_path(folder / "little.toml").read_text("utf-8"))
    assert level_of(folder / "little.toml") is ConformanceLevel.BRONZE
    result_path(folder / "little.toml").write_text(json.dumps({**kept, "level": "gold"}), "utf-8")
    assert command(folder, "--level", "bronze", "--json") == 0
    report = json.loads(capsys.readouterr().out)[0]
    assert {check["level"] for check in report["checks"]} == {report["checked_up_to"]} == {"bronze"}
    assert level_of(folder / "little.toml") is ConformanceLevel.GOLD


def test_a_mistake_in_the_scenarios_is_told_with_its_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (folder / "scenarios.toml").open("a", encoding="utf-8") as stream:
        stream.write("[unknow]\n")
    assert command(folder) == 1
    lines = len((folder / "scenarios.toml").read_text("utf-8").splitlines())
    assert f"scenarios.toml:{lines}:" in capsys.readouterr().out
    assert not result_path(folder / "little.toml").exists()


def test_a_command_without_scenarios_says_what_to_type(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["connector", "test"]) == 2
    assert "--scenarios" in capsys.readouterr().err


def test_a_tool_that_may_hold_real_people_is_not_recorded(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenarios = folder / "scenarios.toml"
    scenarios.write_text(scenarios.read_text("utf-8").replace("synthetic = true\n", ""), "utf-8")
    assert command(folder, "--record", str(folder / "answers")) == 1
    assert "synthetic = true" in capsys.readouterr().err
    assert not (folder / "answers").exists()


def test_a_name_that_is_no_connector_is_refused() -> None:
    with pytest.raises(AviseError) as caught:
        subject_of("nothing-of-that-name")
    assert caught.value.message_key == "kit.no_connector"


def test_an_installed_connector_is_found_by_its_name() -> None:
    assert subject_of("caldav").manifest.kind == "python"


# ---- pages -----------------------------------------------------------------------------------------

OF_PAGES = ("ids_are_lasting", "a_cut_is_told", "no_other_host", "repeated_page_is_noticed")


@pytest.mark.parametrize("paging", ['type = "next_url", at = "next"', 'type = "link_header"'])
@pytest.mark.parametrize("relative", [False, True])
def test_pages_told_by_an_address_or_by_a_path_alone_are_both_read(
    folder: Path, tool: LittleTool, paging: str, relative: bool
) -> None:
    tool.relative = relative
    file = folder / "little.toml"
    file.write_text(file.read_text("utf-8").replace('type = "next_url", at = "next"', paging), "utf-8")
    subject = subject_of(str(file))
    trial = Trial(subject, read_scenarios(folder / "scenarios.toml", subject.manifest), LiveTool)
    results = {name: run_check(CHECKS[name], trial) for name in OF_PAGES}
    assert {name: result.sentence() for name, result in results.items()} == dict.fromkeys(OF_PAGES, "")


# ---- recordings ------------------------------------------------------------------------------------


def test_what_was_recorded_answers_in_the_tools_place_and_holds_no_secret(
    tool: LittleTool, tmp_path: Path
) -> None:
    scenarios = read_scenarios(HERE / "scenarios.toml", MANIFEST)
    there = scenarios.with_tool({"base_url": tool.base_url}, {})
    tape = Tape("", (TOKEN,))
    live = Trial(subject_of_class(SoundConnector), there, recording_of(tape))
    first = {name: run_check(CHECKS[name], live).verdict for name in SILVER}
    tape.write(tmp_path)
    gone = scenarios.with_tool({"base_url": "http://127.0.0.1:1/api"}, {})
    played = Trial(subject_of_class(SoundConnector), gone, recorded(read_tape(tmp_path)), acts=False)
    again = {name: run_check(CHECKS[name], played).verdict for name in SILVER}
    assert set(first.values()) == {Verdict.OK}
    assert again == first
    assert TOKEN not in (tmp_path / "exchanges.json").read_text("utf-8")


def test_an_action_is_not_exercised_on_a_recording(tmp_path: Path) -> None:
    Tape("http://127.0.0.1:1").write(tmp_path)
    scenarios = read_scenarios(HERE / "scenarios.toml", MANIFEST)
    trial = Trial(subject_of_class(SoundConnector), scenarios, recorded(read_tape(tmp_path)), acts=False)
    result = run_check(CHECKS["twice_is_once"], trial)
    assert (result.verdict, result.why) == (Verdict.NOT_EXERCISED, "recorded_action")


def test_a_folder_without_a_recording_says_so(tmp_path: Path) -> None:
    with pytest.raises(AviseError) as caught:
        read_tape(tmp_path)
    assert caught.value.message_key == "kit.no_recording"


# ---- pytest ----------------------------------------------------------------------------------------


def test_the_suite_has_one_test_a_check_that_fails_and_skips_by_name(tool: LittleTool) -> None:
    suite = connector_suite(
        CountsInFloats,
        scenarios="scenarios.toml",
        level="silver",
        config=lambda: {"base_url": tool.base_url},
        severity=Severity(cancellations=1, rounds=1),
    )
    names = {name for name in dir(suite) if name.startswith("test_")}
    upto = [check for check in ALL if check.level.rank <= ConformanceLevel.SILVER.rank]
    assert names == {f"test_{check.name}" for check in upto}
    tests = suite()
    tests.test_ids_are_lasting()
    with pytest.raises(pytest.fail.Exception, match="flottant"):
        tests.test_amounts_are_exact()
    with pytest.raises(pytest.skip.Exception):
        tests.test_newest_comes_first()


def test_the_nir_is_in_what_the_little_tool_answers(tool: LittleTool) -> None:
    assert NIR in json.dumps(tool.contributions("M-000001", 1))


# ---- what ships ------------------------------------------------------------------------------------

SHIPPED = sorted((resource_folder("connectors") / "demo").glob("*.toml"))


@pytest.mark.parametrize("file", SHIPPED, ids=[file.stem for file in SHIPPED])
def test_every_shipped_connector_reaches_gold_as_it_is(file: Path) -> None:
    """After a change of one of them: `avise connector test --shipped NAME`."""
    level = level_of(file)
    assert level is not None, f"changed since it was proven: avise connector test --shipped {file.stem}"
    acts = "[[action]]" in file.read_text("utf-8")
    assert level is (ConformanceLevel.PLATINUM if acts else ConformanceLevel.GOLD)


EXAMPLES = sorted((resource_folder("connectors") / "examples").glob("*.toml"))
PROVE = "changed since it was proven: AVISE_TESTS_PROVE=1 python3 dev.py test tests/servers/proving"


@pytest.mark.parametrize("file", EXAMPLES, ids=[file.stem for file in EXAMPLES])
def test_every_example_reaches_gold_as_it_is(file: Path) -> None:
    assert level_of(file) is ConformanceLevel.GOLD, PROVE


@pytest.mark.parametrize("name", ["imap", "soap", "trytond"])
def test_every_connector_with_a_server_of_its_own_reaches_gold_as_it_is(name: str) -> None:
    assert level_of_code(name, f"avise.connectors.{name}.connector") is ConformanceLevel.GOLD, PROVE
