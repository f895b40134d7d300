"""`avise hub accesses`: who looked at what, told by identity only, and who read it."""

from __future__ import annotations

import asyncio
import json
import uuid
from pathlib import Path

import pytest

from avise.cli import main
from avise.env import SystemEnv
from avise.hub.core import HubCore
from avise.hub.local import LocalHub, SqliteTransactions
from avise.hub.port import View
from avise.models.roles import Purpose
from tests.hub_house import AGENT, AUDITOR, KEY, MANAGER, hire, opener

ANNE, PAUL = uuid.UUID(int=1), uuid.UUID(int=2)
REASON = "CANARI rappelle sa fille"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Make a hub where two files were opened; return the options that name it."""
    path = tmp_path / "hub.db"
    asyncio.run(_opened_files(path))
    key = tmp_path / "key"
    key.write_text(KEY.hex(), "ascii")
    monkeypatch.setenv("AVISE_HUB_DATABASE", str(path))
    monkeypatch.setenv("LOGNAME", "exploitant")
    return ("--key-file", str(key))


async def _opened_files(path: Path) -> None:
    env = SystemEnv()
    transactions = SqliteTransactions(opener(path), env)
    await transactions.open()
    await transactions.write(hire)
    await transactions.aclose()
    for actor, person in ((AGENT, ANNE), (MANAGER, PAUL)):
        at = await LocalHub.open(opener(path), HubCore(env), actor, env)
        await at.open_subject(person, Purpose.CONTROL, REASON)
        await at.aclose()


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    capsys.readouterr()
    assert main(["hub", "accesses", "--json", *arguments]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_log_tells_who_opened_whose_file_and_never_a_name(
    hub: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["--language", "en", "hub", "accesses", *hub]) == 0
    newest, oldest = capsys.readouterr().out.splitlines()
    assert newest.split("\t")[1:] == [
        MANAGER.login, "case_manager", "dossier", str(PAUL), "", "control", "given",
    ]  # fmt: skip
    assert oldest.split("\t")[1] == AGENT.login
    assert "CANARI" not in newest + oldest
    assert main(["hub", "accesses", "--reasons", "--staff", AGENT.login, *hub]) == 0
    assert capsys.readouterr().out.rstrip().endswith(f"\t{REASON}")


def test_the_log_is_narrowed_to_one_person_one_member_of_staff_and_since_a_day(
    hub: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert [line["login"] for line in told(capsys, "--person", str(ANNE), *hub)] == [AGENT.login]
    assert [line["dossier"] for line in told(capsys, "--staff", MANAGER.login, *hub)] == [str(PAUL)]
    assert len(told(capsys, "--since", "2020-01-01", *hub)) > 2
    assert told(capsys, "--since", "2999-01-01", *hub) == []
    assert len(told(capsys, "--last", "1", *hub)) == 1


def test_reading_the_log_is_in_the_log(hub: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "--person", str(ANNE), *hub)
    told(capsys, "--staff", AGENT.login, *hub)
    readings = [(line["login"], line["what"], line["dossier"]) for line in told(capsys, "--last", "2", *hub)]
    assert readings == [
        ("machine:exploitant", "access_log", ""), ("machine:exploitant", "access_log", str(ANNE)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "arguments", [("--person", "Anne Martin"), ("--since", "hier"), ("--last", "0"), ("--last", "100001")]
)
def test_what_cannot_be_read_is_a_sentence(
    hub: tuple[str, ...], capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert main(["hub", "accesses", *arguments, *hub]) == 2
    error = capsys.readouterr().err
    assert error.startswith("Avise")
    assert "Martin" not in error


async def test_an_auditor_reads_at_the_hub_what_is_kept_of_their_own_reading(
    hub: tuple[str, ...], tmp_path: Path
) -> None:
    assert hub
    env = SystemEnv()
    anne = await LocalHub.open(opener(tmp_path / "hub.db"), HubCore(env), AUDITOR, env)
    await anne.query(View.ACCESSES, {"login": AGENT.login})
    (line,) = (await anne.query(View.ACCESSES, {"login": AUDITOR.login})).rows
    assert (line["what"], line["reason"]) == ("access_log", f"login {AGENT.login}")
    await anne.aclose()
