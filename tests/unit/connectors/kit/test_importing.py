"""What the import of a connector's code and its package may not do."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.connectors.kit.bronze import import_is_light, package_is_no_burden
from avise.connectors.kit.check import Check, run_check
from avise.connectors.kit.importing import path_files, tight_requirements
from avise.connectors.kit.scenarios import read_scenarios
from avise.connectors.kit.subject import Subject, subject_of_class
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.upstream import LiveTool
from avise.connectors.kit.verdicts import CheckResult, Verdict
from avise.models.conformance import ConformanceLevel
from tests.unit.connectors.kit.sound_connector import MANIFEST, SoundConnector

SCENARIOS = read_scenarios(Path(__file__).with_name("scenarios.toml"), MANIFEST)
SOUND = subject_of_class(SoundConnector)


def judged(subject: Subject) -> CheckResult:
    """Return what the kit says of a connector's import."""
    check = Check("import_is_light", ConformanceLevel.BRONZE, import_is_light)
    return run_check(check, Trial(subject, SCENARIOS, LiveTool))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("x = 1\n", ""),
        ("import time\ntime.sleep(1.1)\n", "import_is_slow"),
        (
            "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n",
            "import_starts_threads",
        ),
        ("import socket\nsocket.socket().connect_ex(('127.0.0.1', 9))\n", "import_connects"),
        ("import a_package_that_nobody_has\n", "not_imported"),
    ],
    ids=["light", "slow", "thread", "network", "broken"],
)
def test_an_import_is_judged_in_a_process_of_its_own(tmp_path: Path, body: str, why: str) -> None:
    file = tmp_path / "kit_tried_module.py"
    file.write_text(body, "utf-8")
    subject = Subject("tried", SOUND.load, tmp_path, code=(file,), module="kit_tried_module")
    assert judged(subject).why == why


def install(folder: Path, *requirements: str, files: tuple[str, ...] = ()) -> None:
    """Make a package that looks installed."""
    information = folder / "kit_tried-1.0.dist-info"
    information.mkdir()
    lines = ["Metadata-Version: 2.1", "Name: kit-tried", "Version: 1.0"]
    lines += [f"Requires-Dist: {requirement}" for requirement in requirements]
    (information / "METADATA").write_text("\n".join(lines) + "\n", "utf-8")
    (information / "RECORD").write_text("".join(f"{name},,\n" for name in files), "utf-8")
    for name in files:
        # Some readers of metadata leave out what is not there.
        (folder / name).write_text("", "utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_a_pin_or_a_package_that_avise_ships_would_bind_the_whole_program(site: Path) -> None:
    install(site, "HTTPX2>=1", "useful==1.2", "harmless>=3", 'tests>=1; extra == "dev"')
    assert tight_requirements("kit-tried") == ["HTTPX2>=1", "useful==1.2"]


def test_a_file_that_python_runs_at_each_start_is_found(site: Path) -> None:
    install(site, files=("kit_tried.py", "kit_tried.pth"))
    assert path_files("kit-tried") == ["kit_tried.pth"]


def test_a_package_that_binds_the_program_is_caught_by_name(site: Path) -> None:
    install(site, "pydantic<3")
    subject = Subject("tried", SOUND.load, SOUND.home, distribution="kit-tried")
    check = Check("package_is_no_burden", ConformanceLevel.BRONZE, package_is_no_burden)
    result = run_check(check, Trial(subject, SCENARIOS, LiveTool))
    assert (result.verdict, result.why) == (Verdict.FAILED, "tight_requirement")
