"""The kit on a connector of a profile's wheel: by its name, or by its file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avise import cli
from avise.connectors.kit.levels import level_of
from avise.connectors.kit.subject import subject_of
from avise.connectors.wheels import WheelShelf
from avise.models.conformance import ConformanceLevel
from avise.models.errors import AviseError
from tests.unit.connectors.wheels.building import installed

SCENARIOS = """
avise = 1
[[known]]
ids = { member = "0042" }
"""


def test_a_wheel_of_a_profile_is_tested_by_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wheels = installed(tmp_path)
    scenarios = tmp_path / "scenarios.toml"
    scenarios.write_text(SCENARIOS, "utf-8")
    asked = ["connector", "test", "ledger", "--scenarios", str(scenarios), "--profile", str(tmp_path)]
    assert cli.main([*asked, "--level", "bronze", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)[0]
    verdicts = {check["name"]: check["verdict"] for check in report["checks"]}
    assert (report["connector"], report["level"]) == ("ledger", "bronze")
    assert verdicts["import_is_light"] == verdicts["package_is_no_burden"] == "ok"
    assert level_of(wheels / "ledger" / "connector.toml") is ConformanceLevel.BRONZE


@pytest.mark.parametrize("name", ["ledger", "ledger_history", "ledger/connector.toml"])
def test_its_name_and_its_file_name_the_same_connector(tmp_path: Path, name: str) -> None:
    wheels = installed(tmp_path)
    target = str(wheels / name) if name.endswith(".toml") else name
    subject = subject_of(target, WheelShelf(wheels))
    assert subject.file is not None
    assert (subject.distribution, subject.file.parent.name) == ("ledger-connector", "ledger")
    assert subject.module == ("" if name == "ledger_history" else "ledger.connector")


def test_a_wheel_that_the_program_would_refuse_is_refused(tmp_path: Path) -> None:
    wheels = installed(tmp_path, {"ledger/now.pth": ("", "import os\n")})
    for target in ("ledger", str(wheels / "ledger" / "connector.toml")):
        with pytest.raises(AviseError) as caught:
            subject_of(target, WheelShelf(wheels))
        assert caught.value.message_key == "source.refused.pth"


def test_without_the_profile_a_wheel_is_not_known(tmp_path: Path) -> None:
    installed(tmp_path)
    with pytest.raises(AviseError) as caught:
        subject_of("ledger")
    assert caught.value.message_key == "kit.no_connector"
