"""`avise hub device`: what each workstation has along, and whether it was erased."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from pathlib import Path

import pytest

from avise.cli import main
from avise.env import SystemEnv
from avise.hub import staff
from avise.hub.check_out_values import CheckOut
from avise.hub.core import HubCore
from avise.hub.local import LocalHub
from avise.hub.port import Actor
from avise.models.roles import Role
from avise.store.key_source import DemoKey
from avise.texts.formats import format_date, local
from tests.hub_house import LONG_AGO, opener

REP = Actor("bruno.kerhoas", Role.REP, "portable-1")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    key = ("--key-file", str(tmp_path / "key"))
    assert main(["hub", "init", "--database", str(tmp_path / "hub.db"), *key]) == 0
    asyncio.run(_take_along(tmp_path))
    return tmp_path


async def opened(folder: Path) -> LocalHub:
    env = SystemEnv()
    key = await DemoKey(folder / "key", env, synthetic=True).key(create=False)
    assert key
    opening = opener(folder / "hub.db", key)
    return await LocalHub.open(opening, HubCore(env), REP, env)


async def _take_along(folder: Path) -> None:
    hub = await opened(folder)

    def hire(connection: object) -> None:
        staff.save_member(connection, REP.login, "Bruno", Role.REP)  # type: ignore[arg-type]
        staff.join(connection, REP.login, "team/FIELD", LONG_AGO)  # type: ignore[arg-type]

    await hub.setting_up(hire)
    await hub.check_out(CheckOut((uuid.UUID(int=1), uuid.UUID(int=2)), 7))
    await hub.aclose()


async def _erase(folder: Path) -> None:
    hub = await opened(folder)
    await hub.begin_wipe(hashlib.sha256(b"0" * 64).hexdigest())
    await hub.wiped("0" * 64)
    await hub.aclose()


def test_workstations_are_listed_stopped_and_erased(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--database", str(made / "hub.db"), "--key-file", str(made / "key"))
    today = format_date(local(SystemEnv().now()).date())

    def line(*more: str) -> str:
        capsys.readouterr()
        assert main(["hub", "device", "list", *more, *options]) == 0
        return capsys.readouterr().out

    until = format_date(local(SystemEnv().now()).date())
    assert "portable-1\tbruno.kerhoas\t" in line()
    assert "\ten service\t2 personnes à bord jusqu’au " in line("--staff", REP.login)
    assert line("--staff", "lea.girard") == ""
    assert main(["hub", "device", "wipe", "portable-1", *options]) == 0
    assert line().endswith(f"\teffacement demandé le {until}, non confirmé\n")
    asyncio.run(_erase(made))
    assert line().endswith(f"\teffacé le {today}\n")


@pytest.mark.parametrize(("language", "kinds"), [("fr", "poste"), ("en", "workstation")])
def test_applications_stand_behind_the_workstations_under_their_own_word(
    made: Path, capsys: pytest.CaptureFixture[str], language: str, kinds: str
) -> None:
    options = ("--database", str(made / "hub.db"), "--key-file", str(made / "key"))
    # By the alphabet it would stand first.
    assert main(["hub", "token", "add", "appli", "--scope", "v360:read", *options]) == 0
    capsys.readouterr()
    assert main(["--language", language, "hub", "device", "list", *options]) == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [line[:3] for line in lines] == [
        ["portable-1", "bruno.kerhoas", kinds],
        ["app:appli", "app:appli", "application"],
    ]


def test_no_application_is_asked_to_erase_itself(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--database", str(made / "hub.db"), "--key-file", str(made / "key"))
    assert main(["hub", "token", "add", "portal", "--scope", "v360:read", *options]) == 0
    capsys.readouterr()
    assert main(["hub", "device", "wipe", "app:portal", *options]) == 1
    assert "avise hub token revoke portal" in capsys.readouterr().err
    assert main(["hub", "device", "list", "--staff", "app:portal", *options]) == 0
    assert capsys.readouterr().out.endswith("\ten service\n")


def test_a_workstation_that_nobody_knows_is_told_so(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--database", str(made / "hub.db"), "--key-file", str(made / "key"))
    assert main(["hub", "device", "revoke", "x", *options]) == 1
    assert "poste" in capsys.readouterr().err
    assert main(["hub", "device", "revoke", "portable-1", *options]) == 0
    capsys.readouterr()
    assert main(["hub", "device", "list", *options]) == 0
    assert "révoqué le" in capsys.readouterr().out
