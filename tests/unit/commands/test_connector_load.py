"""`avise connector load`: everybody is read, what is too small waits, and one of two is decided."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from avise.cli import FAILED, main
from avise.commands.wrong_argument import WRONG_ARGUMENT
from tests.unit.engine.loading_station import FILE, write_file

PROFILE = """
synthetic = true
site_namespace = "00000000-0000-4000-8000-000000000001"
identity_master = "persons"
[user]
login = "check"
name = "Check"
[key]
source = "demo"
[instances.persons]
connector = "persons"
[instances.persons.config]
drop = "{drop}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "connectors").mkdir()
    (tmp_path / "connectors" / "persons.toml").write_text(FILE, encoding="utf-8")
    (tmp_path / "settings.toml").write_text(
        PROFILE.replace("{drop}", str(tmp_path / "drop")), encoding="utf-8"
    )
    write_file(tmp_path / "drop", "persons_1.csv", range(1, 301))
    return tmp_path


def load(folder: Path, *more: str, instance: str = "persons") -> int:
    return main(["connector", "load", instance, "--profile", str(folder), *more])


def test_a_directory_is_loaded_held_and_decided(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load(folder) == 0
    assert "300 personnes" in capsys.readouterr().out
    write_file(folder / "drop", "persons_2.csv", range(1, 101))
    assert load(folder) == FAILED
    told = capsys.readouterr().out.replace("\xa0", " ")
    sizes = [round((folder / "drop" / f"persons_{number}.csv").stat().st_size / 1000) for number in (1, 2)]
    assert [size for size in sizes if f"{size} ko" not in told] == []
    assert main(["doctor", "--json", "--profile", str(folder)]) == FAILED
    assert "avise connector load persons --accept" in capsys.readouterr().out
    assert load(folder, "--accept") == 0
    assert "100 personnes" in capsys.readouterr().out
    # Decided for the directory and for what else reads that file.
    assert main(["doctor", "--profile", str(folder)]) == 0
    assert load(folder, "--keep") == FAILED
    assert "Rien n’attend" in capsys.readouterr().err


def test_a_directory_that_was_not_wanted_can_be_taken_afterwards(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(folder) == 0
    write_file(folder / "drop", "persons_2.csv", range(1, 101))
    assert load(folder) == FAILED
    capsys.readouterr()
    assert load(folder, "--keep") == 0
    kept = capsys.readouterr().out
    # Whoever asks again is told what is kept, since when, and how to take it; never that all is up to date.
    assert load(folder) == 0
    again = capsys.readouterr().out
    for told in (kept, again):
        assert ("quelqu’un a décidé de garder" in told, "connector load persons --accept" in told) == (
            True,
            True,
        )
        assert re.search(r"\((hier )?\d\d:\d\d\)", told)
        assert "à jour" not in told
    assert load(folder, "--accept") == 0
    assert "100 personnes" in capsys.readouterr().out
    assert load(folder, "--accept") == FAILED
    capsys.readouterr()
    assert load(folder) == 0
    assert "100 personnes" in capsys.readouterr().out


def test_a_master_that_is_refused_is_no_directory_that_is_up_to_date(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(folder) == 0
    capsys.readouterr()
    (folder / "connectors" / "persons.toml").write_text("[connector\n", encoding="utf-8")
    assert load(folder) == FAILED
    told = capsys.readouterr()
    assert ("à jour" in told.out, "avise connector check" in told.err) == (False, True)


def with_flows(folder: Path) -> None:
    """Add a tool that fills no directory, with a file and one a tenth as large behind it."""
    flows = (
        FILE[: FILE.index("[directory]")] + '[[facet]]\nid = "noemie"\nkey = "1"\nfields = { id = "id" }\n'
    )
    (folder / "connectors" / "flows.toml").write_text(flows, encoding="utf-8")
    with (folder / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            f'[instances.flows]\nconnector = "flows"\nconfig = {{ drop = "{folder / "flows"}" }}\n'
        )
    write_file(folder / "flows", "persons_1.csv", range(100))
    write_file(folder / "flows", "persons_2.csv", range(10))


def test_a_file_of_another_tool_is_decided_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_flows(folder)
    assert load(folder, "--keep", instance="flows") == 0
    assert "ancien fichier" in capsys.readouterr().out
    assert load(folder, "--keep", instance="flows") == FAILED
    assert load(folder, "--accept", instance="flows") == 0
    assert "nouveau fichier" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("language", "stays", "came"),
    [("fr", "qui reste en service", "Arrivé : 0 ko"), ("en", "which stays in use", "Came: 0 kB")],
)
def test_a_file_that_waits_is_told_with_how_to_decide(
    folder: Path, capsys: pytest.CaptureFixture[str], language: str, stays: str, came: str
) -> None:
    with_flows(folder)
    how = "avise connector load flows --accept"
    said = ["--language", language]
    assert main([*said, "doctor", "--json", "--profile", str(folder)]) == FAILED
    findings = json.loads(capsys.readouterr().out)["findings"]
    (found,) = [finding for finding in findings if finding["instance"] == "flows"]
    assert (found["ok"], stays in found["sentence"], how in found["sentence"]) == (False, True, True)
    assert "smaller than the file before" not in found["sentence"]
    assert main([*said, "connector", "load", "flows", "--profile", str(folder)]) == FAILED
    told = capsys.readouterr().out.replace("\xa0", " ")
    assert (came in told, how in told) == (True, True)
    # Once decided, nothing waits: the tool fills no directory, as before.
    assert load(folder, "--keep", instance="flows") == 0
    assert load(folder, instance="flows") == WRONG_ARGUMENT
    assert main([*said, "doctor", "--profile", str(folder)]) == 0


def test_a_tool_that_fills_no_directory_and_one_without_a_file_are_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(folder, instance="benefits") == WRONG_ARGUMENT
    assert "persons" in capsys.readouterr().err
    (folder / "drop" / "persons_1.csv").unlink()
    assert load(folder) == FAILED
    assert "Référentiel des personnes" in capsys.readouterr().err
