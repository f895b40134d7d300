"""What `avise doctor` and `avise connector list` say of connectors that are not used."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from avise import cli
from avise.commands import connector_list, doctor
from avise.connectors.starts import START_FILE
from avise.engine.engine import Engine
from avise.texts import text
from tests.servers.engine.conftest import MutualInABox
from tests.servers.tool_sign_in.authority import Authority
from tests.servers.tool_sign_in.conftest import FILE
from tests.unit.connectors.wheels.building import installed

UNFIT = {"pyproject.toml": ("dependencies = []", 'dependencies = ["pydantic>=2"]')}
"""A wheel that wants its own copy of what Avise ships."""


def test_a_connector_set_apart_and_an_unfit_wheel_are_told_with_their_reason(
    mutual: MutualInABox, tmp_path: Path
) -> None:
    folder = mutual.profile(tmp_path / "profile")
    installed(tmp_path / "built", UNFIT).rename(folder / "wheels")
    starts = {"complaints": {"strikes": 3, "under_way": False, "reason": "bug: KeyError at rpc.py:12"}}
    (folder / START_FILE).write_text(json.dumps(starts), "utf-8")
    with Engine.open(folder) as engine:
        findings = {finding.name: finding for finding in engine.run(doctor.examine(engine))}
        rows = {row.id: row for row in connector_list.known_connectors(engine.profile)}
    apart, unfit = findings["Réclamations"], findings["Grand livre"]
    assert (apart.ok, unfit.ok) == (False, False)
    assert "KeyError at rpc.py:12" in apart.sentence
    assert (unfit.about, "pydantic" in unfit.sentence) == ("wheel", True)
    assert rows["complaints"].state == "quarantined"
    assert rows["ledger"].state == "refused"
    assert (rows["ledger"].origin, rows["ledger"].place) == ("wheel", "ledger-connector 1.4.0")
    assert (rows["benefits"].state, rows["benefits"].instances) == ("ready", ("benefits",))
    assert rows["webdav"].origin == "built_in"
    assert connector_list.status(tuple(rows.values())) == 1


def test_a_refused_wheel_that_an_instance_wants_is_told_once(mutual: MutualInABox, tmp_path: Path) -> None:
    folder = mutual.profile(tmp_path / "profile")
    installed(tmp_path / "built", UNFIT).rename(folder / "wheels")
    with (folder / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[instances.books]\nconnector = "ledger"\n')
    with Engine.open(folder) as engine:
        findings = [
            finding for finding in engine.run(doctor.examine(engine)) if finding.name == "Grand livre"
        ]
    # Once for the instance; the wheel's other connector, a file, bears another name.
    assert [finding.about for finding in findings] == ["connector"]


@pytest.mark.parametrize("said", ["UNVERIFIED", "OK"])
def test_a_tool_whose_connector_asks_nothing_is_not_told_as_answering(
    mutual: MutualInABox, tmp_path: Path, said: str
) -> None:
    folder = mutual.profile(tmp_path / "profile")
    changes = {"ledger/connector.py": ("Health.UNVERIFIED", f"Health.{said}")}
    installed(tmp_path / "built", changes).rename(folder / "wheels")
    with (folder / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[instances.books]\nconnector = "ledger"\n')
    with Engine.open(folder) as engine:
        findings = {finding.name: finding for finding in engine.run(doctor.examine(engine))}
    books = findings["Grand livre"]
    assert (books.ok, books.verified) == (True, False)
    assert books.sentence == text("doctor.health.unverified")


def test_two_tools_of_one_name_are_told_apart_by_what_the_profile_calls_them(
    mutual: MutualInABox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = mutual.profile(tmp_path / "profile")
    with (folder / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[instances.noemie-south]\nconnector = "noemie"\n')
    cli.main(["doctor", "--profile", str(folder)])
    told = capsys.readouterr().out
    assert ("Flux NOÉMIE (noemie) " in told, "Flux NOÉMIE (noemie-south) " in told) == (True, True)
    # One that bears its name alone is called by it.
    assert "(benefits)" not in told
    cli.main(["doctor", "--json", "--profile", str(folder)])
    findings = json.loads(capsys.readouterr().out)["findings"]
    flows = [found["instance"] for found in findings if found["name"] == "Flux NOÉMIE"]
    assert flows == ["noemie", "noemie-south"]


def test_a_terminal_puts_back_what_was_set_apart(
    mutual: MutualInABox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = mutual.profile(tmp_path / "profile")
    starts = {"complaints": {"strikes": 3, "under_way": False, "reason": "bug: KeyError at rpc.py:12"}}
    (folder / START_FILE).write_text(json.dumps(starts), "utf-8")
    asked = ["connector", "enable", "--profile", str(folder)]
    assert cli.main([*asked, "complaints"]) == 0
    with Engine.open(folder) as engine:
        rows = {row.id: row for row in connector_list.known_connectors(engine.profile)}
    assert rows["complaints"].state == "ready"
    assert cli.main([*asked, "nosuch"]) != 0
    assert "complaints" in capsys.readouterr().err


def test_a_certificate_that_ends_soon_is_told_before_it_fails(mutual: MutualInABox, tmp_path: Path) -> None:
    folder = mutual.profile(tmp_path / "profile")
    certificate, key = Authority().issue("avise", ends_in=timedelta(days=12, hours=1)).files(tmp_path, "ours")
    auth = f'{{ type = "mtls", certificate = "{certificate}", key = "{key}" }}'
    # Without a [check], the doctor opens it and asks it nothing.
    content = FILE.replace("AUTH", auth).replace('[check]\npath = "/ping"\n', "")
    (folder / "connectors" / "guarded.toml").write_text(content, "utf-8")
    with (folder / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            '\n[instances.guarded]\nconnector = "guarded"\n'
            '[instances.guarded.config]\nbase_url = "https://127.0.0.1:9"\n'
        )
    with Engine.open(folder) as engine:
        findings = engine.run(doctor.examine(engine))
    guarded = [finding.sentence for finding in findings if not finding.ok]
    assert any("expire dans 12 jours" in sentence for sentence in guarded)
