"""`avise hub erase`: nothing goes before its number was typed, and only that one person's."""

from __future__ import annotations

import asyncio
import io
import uuid
from pathlib import Path

import pytest

from avise.cli import main
from avise.env import FixedEnv
from avise.hub.core import HubCore
from avise.hub.erasing import erasable
from avise.models.identity.links import pair_stream
from avise.models.journal import EventKind
from tests.hub_house import AGENT, KEY, LocalHouse, desk, hire
from tests.hub_links import of_pair

ANNE, PAUL = uuid.UUID(int=1), uuid.UUID(int=2)
CANARY = "CANARI rappelle sa fille"
REASON = ("--reason", "demande du 3 mars")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Make a hub that knows two persons and compared them; return the options that name it."""
    asyncio.run(_at_hub(tmp_path, None))
    key = tmp_path / "key"
    key.write_text(KEY.hex(), "ascii")
    monkeypatch.setenv("AVISE_HUB_DATABASE", str(tmp_path / "hub.db"))
    monkeypatch.setenv("LOGNAME", "exploitant")
    return (str(ANNE), "--key-file", str(key))


async def _at_hub(folder: Path, person: uuid.UUID | None) -> int:
    """Fill a hub, or return how much it holds of a person."""
    env = FixedEnv()
    house = LocalHouse(folder / "hub.db", HubCore(env), env)
    if person is not None:
        there = await house.set_up(lambda connection: erasable(connection, person))
    else:
        await house.set_up(hire)
        lea = await desk(house, AGENT)
        for whose in (ANNE, ANNE, PAUL):
            await lea.send(f"customer/{whose}", EventKind.INTERACTION_RECORDED, {"note": CANARY})
        sides = of_pair(ANNE, PAUL, how="person", seen="s")
        await lea.send(pair_stream(ANNE, PAUL), EventKind.IDENTITY_PROPOSED, sides)
        there = await house.set_up(lambda connection: erasable(connection, ANNE))
    await house.aclose()
    return there.contents


def held(folder: Path, person: uuid.UUID) -> int:
    return asyncio.run(_at_hub(folder, person))


def typed(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(words))


def test_a_dry_run_tells_how_much_would_go_and_no_words(
    hub: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--language", "fr", "hub", "erase", *hub, "--dry-run"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:3] == [
        "  2 écritures de son dossier",
        "  1 rapprochement avec une autre fiche (1 écriture)",
    ]
    assert "CANARI" not in "".join(lines)
    assert held(tmp_path, ANNE) == 3


def test_what_was_typed_decides(
    hub: tuple[str, ...],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for wrong in ("", "oui\n", "2\n"):
        typed(monkeypatch, wrong)
        assert main(["hub", "erase", *hub, *REASON]) == 1
        assert held(tmp_path, ANNE) == 3
    typed(monkeypatch, " 3 \n")
    assert main(["hub", "erase", *hub, *REASON]) == 0
    assert (held(tmp_path, ANNE), held(tmp_path, PAUL)) == (0, 1)
    capsys.readouterr()
    assert main(["hub", "accesses", "--person", str(ANNE), "--reasons", *hub[1:]]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.split("\t")[1:5] == ["machine:exploitant", "administrator", "erasure", str(ANNE)]
    assert line.endswith("\tdemande du 3 mars")


def test_a_second_erasure_finds_nothing_and_says_so(
    hub: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "")
    assert main(["--language", "en", "hub", "erase", *hub, *REASON, "--yes"]) == 0
    assert "3 entries erased" in capsys.readouterr().out
    assert main(["--language", "en", "hub", "erase", *hub, *REASON, "--yes"]) == 1
    assert capsys.readouterr().out.startswith("The hub holds no content of this person.")


def test_an_erasure_needs_an_identifier_and_a_reason(
    hub: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hub", "erase", "Anne Martin", *hub[1:], *REASON, "--yes"]) == 2
    assert main(["hub", "erase", *hub, "--reason", " ", "--yes"]) == 2
    assert "Martin" not in capsys.readouterr().err
