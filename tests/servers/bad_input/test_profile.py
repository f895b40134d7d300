"""A profile with something wrong in it: what runs all the same, and what every command says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avise.cli import main
from avise.engine.engine import Engine
from avise.models.errors import AviseError, ErrorKind
from avise.models.facets import FacetState
from avise.models.source_status import SourceState, SourceStatus
from avise.services.wording import error_text
from tests.servers.bad_input.conftest import BadDay, written_profile
from tests.servers.bad_input.guichet import CONNECTOR, MEMBER, SECRETS
from tests.servers.bad_input.reading import read, views

SECOND = """
[instances.second]
connector = "{connector}"

[instances.second.config]
base_url = "{base_url}"
"""


def add_second(day: BadDay, connector: str, file: str = "") -> None:
    """Add a second tool to the profile; `file` is the content of its connector file."""
    settings = day.profile / "settings.toml"
    section = SECOND.replace("{connector}", connector).replace("{base_url}", day.base_url)
    settings.write_text(settings.read_text("utf-8") + section, "utf-8")
    if file:
        (day.profile / "connectors" / f"{connector}.toml").write_text(file, "utf-8")


def complaints_file() -> str:
    """Return a file like the counter's that announces complaints in place of benefits."""
    content = CONNECTOR.replace('id = "guichet"', 'id = "second"').replace('"Guichet"', '"Réclamations"')
    for old, new in (
        ('id = "benefits"', 'id = "complaints"'),
        ('paid_on = "le"', 'received_on = "le"'),
        ('label = "acte"', 'subject = "acte"'),
        ('amount = { from = "montant", as = "decimal" }\n', ""),
        ('status = { from = "etat", map = { PAY = "paid" } }\n', ""),
    ):
        content = content.replace(old, new)
    return content


def status_of(engine: Engine, instance: str) -> SourceStatus:
    rows = engine.run(engine.sources.status())
    return next(row for row in rows if row.instance == instance)


BROKEN = {
    "broken TOML": (complaints_file() + "\n[[facet\n", "source.refused.file"),
    "wrong values": (complaints_file().replace('num"', 'num"\nunknown_key = 1'), "source.refused.file"),
    "not UTF-8": (complaints_file(), "source.refused.file"),
    "another contract": (complaints_file().replace(">=1.0,<2", ">=7.0"), "source.refused.contract"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_refused_connector_has_its_row_its_reason_and_blocks_that_say_so(case: str, day: BadDay) -> None:
    content, because = BROKEN[case]
    add_second(day, "second", content)
    if case == "not UTF-8":
        (day.profile / "connectors" / "second.toml").write_bytes(content.encode("latin-1"))
    with Engine.open(day.profile) as engine:
        row = status_of(engine, "second")
        file = read(engine, MEMBER)
    assert (row.state, row.refused_because) == (SourceState.REFUSED, because)
    assert "complaints" in row.facets
    (complaints,) = views(file, "complaints")
    assert (complaints.state, complaints.records) == (FacetState.FAILED, ())
    assert complaints.error is not None
    assert complaints.error.kind is ErrorKind.CONFIG
    assert "mal configuré" in error_text(complaints)
    assert complaints.source_name in file.timeline.missing_sources
    assert views(file, "benefits")[0].state is FacetState.FRESH


def test_a_connector_that_is_not_installed_leaves_no_block_silently_empty(day: BadDay) -> None:
    add_second(day, "gone")
    with Engine.open(day.profile) as engine:
        row = status_of(engine, "second")
        file = read(engine, MEMBER)
    assert (row.state, row.refused_because) == (SourceState.REFUSED, "source.refused.not_found")
    (complaints,) = views(file, "complaints")
    assert complaints.state is FacetState.FAILED
    assert error_text(complaints).endswith("réf. –.")
    assert [view.state for view in views(file, "benefits")] == [FacetState.FRESH]


def test_a_missing_secret_names_its_tool_and_says_what_to_do(
    day: BadDay, capsys: pytest.CaptureFixture[str]
) -> None:
    add_second(day, "second", complaints_file())
    with Engine.open(day.profile) as engine:
        file = read(engine, MEMBER)
        row = status_of(engine, "second")
    (complaints,) = views(file, "complaints")
    assert complaints.state is FacetState.FAILED
    assert error_text(complaints).startswith("Réclamations est mal configuré.")
    assert row.state is SourceState.MISCONFIGURED
    assert row.last_failure is not None
    assert "client_secret" in row.last_failure.detail
    assert main(["--profile", str(day.profile), "doctor"]) == 1
    printed = capsys.readouterr().out
    assert "Réclamations" in printed
    assert "client_secret" in printed


def test_a_wrong_secret_is_told_as_a_refused_sign_in(day: BadDay, capsys: pytest.CaptureFixture[str]) -> None:
    day.guichet.accepted = "another"
    assert main(["--profile", str(day.profile), "search", "marchand"]) == 1
    assert "Guichet refuse la connexion de ce poste" in capsys.readouterr().err
    assert main(["--profile", str(day.profile), "doctor", "--json"]) == 1
    sentences = [finding["sentence"] for finding in json.loads(capsys.readouterr().out)["findings"]]
    assert any("refuse l’identification" in sentence for sentence in sentences)
    assert "un-secret" not in str(sentences)


@pytest.mark.parametrize("command", [["search", "marchand"], ["show", MEMBER]], ids=["search", "show"])
def test_an_identity_tool_that_is_down_at_the_first_start_is_not_an_empty_directory(
    command: list[str], day: BadDay, capsys: pytest.CaptureFixture[str]
) -> None:
    day.guichet.up = False
    assert main(["--profile", str(day.profile), *command]) == 1
    captured = capsys.readouterr()
    assert "L’annuaire n’est pas chargé" in captured.err
    assert "Guichet ne répond pas" in captured.err
    assert captured.out == ""


def test_the_doctor_says_that_the_directory_is_not_loaded(
    day: BadDay, capsys: pytest.CaptureFixture[str]
) -> None:
    day.guichet.up = False
    assert main(["--profile", str(day.profile), "doctor", "--json"]) == 1
    findings = {finding["about"]: finding for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert not findings["directory"]["ok"]
    assert "n’est pas chargé" in findings["directory"]["sentence"]


def test_a_directory_read_before_is_searched_while_its_tool_is_down(
    day: BadDay, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--profile", str(day.profile), "search", "marchand"]) == 0
    day.guichet.up = False
    assert main(["--profile", str(day.profile), "search", "marchand"]) == 0
    assert "MARCHAND" in capsys.readouterr().out


def test_a_name_with_two_wrong_letters_is_found_at_the_terminal_as_in_the_window(
    day: BadDay, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--profile", str(day.profile), "search", "marcnd"]) == 0
    printed = capsys.readouterr().out
    assert "MARCHAND" in printed
    assert "1 résultat" in printed
    assert main(["--profile", str(day.profile), "search", "marchand"]) == 0
    assert capsys.readouterr().out.count("MARCHAND") == 1


def test_a_host_that_cannot_be_reached_is_told_by_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = written_profile(tmp_path / "unreachable", "http://127.0.0.1:9")
    assert main(["--profile", str(profile), "doctor"]) == 1
    printed = capsys.readouterr().out
    assert "Guichet" in printed
    assert "ne répond pas" in printed
    assert "127.0.0.1" not in printed


BROKEN_SETTINGS = {
    "syntax": ("[user\n", "n’est pas un fichier TOML correct"),
    "values": ('identity_master = "x"\n', "valeurs refusées"),
    "encoding": ("é", "illisible"),
    "absent": ("", "settings.toml manque"),
}


@pytest.mark.parametrize("case", BROKEN_SETTINGS)
def test_broken_settings_are_told_with_their_place_and_left_alone(
    case: str, day: BadDay, capsys: pytest.CaptureFixture[str]
) -> None:
    content, told = BROKEN_SETTINGS[case]
    settings = day.profile / "settings.toml"
    if case == "absent":
        settings.unlink()
    else:
        settings.write_bytes(content.encode("latin-1"))
    assert main(["--profile", str(day.profile), "search", "marchand"]) == 1
    printed = capsys.readouterr().err
    assert told in printed
    assert str(day.profile) in printed
    assert not (day.profile / "store.db").exists()
    assert case == "absent" or settings.read_bytes() == content.encode("latin-1")


def test_broken_secrets_are_told_by_their_file(day: BadDay, capsys: pytest.CaptureFixture[str]) -> None:
    (day.profile / "demo-secrets.toml").write_text(SECRETS + "[", "utf-8")
    assert main(["--profile", str(day.profile), "search", "marchand"]) == 1
    printed = capsys.readouterr().err
    assert "demo-secrets.toml" in printed
    assert "un-secret" not in printed


def test_somebody_who_does_not_exist_is_told_otherwise(
    day: BadDay, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--profile", str(day.profile), "search", "introuvable"]) == 1
    captured = capsys.readouterr()
    assert "Aucun adhérent ne correspond" in captured.out
    assert captured.err == ""


def test_a_call_is_told_even_when_its_number_cannot_be_looked_up(day: BadDay) -> None:
    day.guichet.up = False
    with Engine.open(day.profile) as engine:
        engine.run(engine.directory_ready())

        async def call() -> tuple[bool, int]:
            calls = engine.desk.calls()
            await engine.desk.announce_call("+33639984127", "c1")
            told = await anext(calls)
            await calls.aclose()  # type: ignore[attr-defined]  # the desk gives a generator
            return told.looked_up, len(told.matches)

        assert engine.run(call()) == (False, 0)
        with pytest.raises(AviseError) as refused:
            engine.run(engine.desk.search("marchand"))
    assert refused.value.message_key == "directory.not_loaded"
