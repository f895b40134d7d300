"""The commands of authors of connectors, as they are typed."""

from __future__ import annotations

import io
import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest
from rich.console import Console

from avise.cli import main
from avise.commands import connector_list
from avise.connectors.declarative.kinds import KINDS
from avise.resources import resource_folder
from avise.services.profile import load_profile
from tests.unit.connectors.wheels.building import installed

SPEC = Path(__file__).parents[1] / "connectors" / "openapi" / "prestations.json"
SETTINGS = """\
site_namespace = "00000000-0000-4000-8000-000000000001"
identity_master = "books"
synthetic = true
[user]
login = "lea.girard"
name = "Léa Girard"
[key]
source = "demo"
[instances.books]
connector = "ledger"
"""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Lay down a profile with one wheel and nothing else."""
    folder = tmp_path / "profile"
    folder.mkdir()
    (folder / "settings.toml").write_text(SETTINGS, "utf-8")
    installed(tmp_path / "built").rename(folder / "wheels")
    return folder


def test_the_schema_printed_is_the_one_that_ships(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["connector", "schema"]) == 0
    shipped = (resource_folder("connectors") / "schema.json").read_text("utf-8")
    assert json.loads(capsys.readouterr().out) == json.loads(shipped)


def test_the_list_tells_origin_version_contract_and_state(
    profile: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["connector", "list", "--profile", str(profile), "--json"]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)["connectors"]}
    assert rows["ledger"] == {
        "id": "ledger", "name": "Grand livre", "origin": "wheel", "from": "ledger-connector 1.4.0",
        "version": "1.4.0", "contract": ">=1.3,<2", "state": "ready", "reason": "", "detail": "",
        "instances": ["books"],
    }  # fmt: skip
    assert rows["caldav"]["origin"] == "built_in"
    assert main(["connector", "list", "--profile", str(profile)]) == 0
    assert "extension ledger-connector 1.4.0" in " ".join(capsys.readouterr().out.split())


def test_the_list_is_one_line_a_connector_in_a_pipe_and_cuts_no_word_on_a_narrow_terminal(
    profile: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = profile / "connectors"
    folder.mkdir()
    shutil.copy(resource_folder("connectors") / "demo" / "contributions.toml", folder)
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["connector", "list", "--profile", str(profile)]) == 0
    piped = capsys.readouterr().out.splitlines()
    (line,) = [line for line in piped if line.startswith("ledger ")]
    for told in ("Grand livre", "extension ledger-connector 1.4.0", ">=1.3,<2", "books"):
        assert told in line
    rows = connector_list.known_connectors(load_profile(profile, device=""))
    told_to = io.StringIO()
    console = Console(file=told_to, force_terminal=True, color_system=None, width=80, soft_wrap=True)
    connector_list.print_rows(rows, console)
    lines = told_to.getvalue().splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [
        line.split()[0] for line in piped[1:]
    ]
    words = set(told_to.getvalue().replace(",", " ").split())
    assert {"contributions.toml", "ledger-connector", "books", "Cotisations"} <= words


def test_a_file_that_uses_the_code_of_a_wheel_is_checked_with_it(
    profile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = profile.parent / "books.toml"
    file.write_text((profile / "wheels" / "ledger" / "connector.toml").read_text("utf-8"), "utf-8")
    assert main(["connector", "check", str(file)]) == 1
    assert main(["connector", "check", str(file), "--profile", str(profile)]) == 0
    assert "correct" in capsys.readouterr().out


def test_a_proposal_is_written_once_and_never_over_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["connector", "new", "--from-openapi", str(SPEC)]) == 0
    written = tmp_path / "api_prestations_sante.toml"
    before = written.read_text("utf-8")
    assert before.startswith("#:schema ./connector.schema.json\n")
    assert main(["connector", "new", "--from-openapi", str(SPEC)]) == 1
    assert "existe déjà" in capsys.readouterr().err
    assert written.read_text("utf-8") == before


@pytest.mark.usefixtures("spoken_again")
@pytest.mark.parametrize(
    ("language", "one", "many"),
    [("fr", "1 lecture proposée", "lectures proposées"), ("en", "1 reading proposed", "readings proposed")],
)
def test_one_reading_that_is_proposed_is_told_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, one: str, many: str
) -> None:
    spec = json.loads(SPEC.read_text("utf-8"))
    path = "/adherents/{numAdherent}"
    spec["paths"] = {path: spec["paths"][path]}
    (tmp_path / "spec.json").write_text(json.dumps(spec), "utf-8")
    asked = ["--from-openapi", str(tmp_path / "spec.json"), "--language", language]
    main(["connector", "new", str(tmp_path / "mine.toml"), *asked])
    told = " ".join(capsys.readouterr().out.split())
    assert one in told
    assert many not in told


def test_new_needs_a_name_or_a_description(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["connector", "new"]) == 2
    assert "--from-openapi" in capsys.readouterr().err


def test_a_template_names_the_schema_that_its_author_prints(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    assert main(["connector", "new", str(file), "--kind", "sql"]) == 0
    assert file.read_text("utf-8").startswith("#:schema ./connector.schema.json\n")


FRENCH = re.compile(r"[éèêàçùœ]|\b(le|la|les|des|une|pour|dans|est)\b", re.IGNORECASE)


@pytest.fixture
def spoken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the language that a command asks for imposed on no other test."""
    monkeypatch.setattr("avise.texts.imposed._is_imposed", False)


@pytest.mark.usefixtures("spoken_again")
def test_every_command_for_authors_takes_a_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("avise = 1\n", "utf-8")
    assert main(["connector", "check", str(file), "--language", "en"]) == 1
    assert "error" in capsys.readouterr().out
    assert main(["connector", "test", "--language", "en"]) == 2
    assert "Say which connector" in capsys.readouterr().err


@pytest.mark.usefixtures("spoken_again")
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_asked_for_in_english_is_commented_in_english(tmp_path: Path, kind: str) -> None:
    for language in ("en", "fr"):
        file = tmp_path / f"{language}.toml"
        assert main(["connector", "new", str(file), "--kind", kind, "--language", language]) == 0
        assert main(["connector", "check", str(file)]) == 0
    assert FRENCH.search((tmp_path / "en.toml").read_text("utf-8")) is None
    assert FRENCH.search((tmp_path / "fr.toml").read_text("utf-8"))
    values = [tomllib.loads((tmp_path / f"{language}.toml").read_text("utf-8")) for language in ("en", "fr")]
    assert shape(values[0]) == shape(values[1])


def shape(value: object) -> object:
    """Return what a template holds, without its names and sentences: both languages say the same."""
    if isinstance(value, dict):
        return sorted(map(repr, map(shape, value.values())))
    return [shape(one) for one in value] if isinstance(value, list) else type(value).__name__


@pytest.mark.usefixtures("spoken_again")
def test_a_proposal_asked_for_in_english_is_commented_in_english(tmp_path: Path) -> None:
    file = tmp_path / "proposed.toml"
    assert main(["connector", "new", str(file), "--from-openapi", str(SPEC), "--language", "en"]) == 0
    lines = file.read_text("utf-8").splitlines()
    guesses = [line for line in lines if "# TO CHECK (" in line]
    assert len(guesses) > 20
    assert all(re.search(r"# TO CHECK \(\d+%\): \w", line) for line in guesses)
    assert not [line for line in lines if "À VÉRIFIER" in line or " : " in line.partition("#")[2]]


def test_no_row_at_all_is_a_wrong_argument(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("avise = 1\n", "utf-8")
    assert main(["connector", "try", str(file), "--customer", "1", "--rows", "0"]) == 2
    assert "--rows 1" in capsys.readouterr().err


def test_a_secret_that_the_connector_does_not_declare_is_refused_with_those_it_does(
    profile: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = profile / "connectors"
    folder.mkdir()
    shipped = resource_folder("connectors")
    claims = (shipped / "templates" / "fr" / "rest.toml").read_text("utf-8")
    (folder / "claims.toml").write_text(claims.replace('id = "mon_outil"', 'id = "claims"'), "utf-8")
    shutil.copy(shipped / "examples" / "datasette.toml", folder)
    with (profile / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write('[instances.claims]\nconnector = "claims"\n')
        settings.write('[instances.datasette]\nconnector = "datasette"\n')
    kept = {}
    for instance, name in (("datasette", "password"), ("claims", "nosuch"), ("claims", "jeton")):
        monkeypatch.setattr("sys.stdin", io.StringIO("canary-7f3a\n"))
        status = main(["--profile", str(profile), "secret", instance, name])
        kept[instance, name] = status, capsys.readouterr().err
    assert kept["datasette", "password"][0] != 0
    assert kept["claims", "nosuch"][0] != 0
    assert "nosuch" in kept["claims", "nosuch"][1]
    assert "jeton" in kept["claims", "nosuch"][1]
    assert kept["claims", "jeton"] == (0, "")


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        (["new", "x.toml", "--kind", "sql", "--from-openapi", str(SPEC)], "--kind"),
        (["new", "x.toml", "--facet", "nope"], "--from-openapi"),
        (["check", "."], "dossier"),
        (["try", ".", "--customer", "1"], "dossier"),
    ],
)
def test_what_cannot_be_done_is_refused_rather_than_ignored(
    tmp_path: Path,
    asked: list[str],
    word: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["connector", *asked]) != 0
    assert word in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
