"""`avise packs`: what a laptop carries is prepared, told and erased without its window."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from avise.cli import main
from avise.demo.population.spec import WorldSpec
from avise.demo.profile import DemoHub, DemoUser, site_namespace, write_profile
from avise.demo.requests.house import House, prepare_house
from avise.demo.requests.staff import BY_LOGIN
from avise.env import SystemEnv
from avise.store.profile_lock import ProfileLock
from tests.servers.engine.conftest import MutualInABox

SPEC = WorldSpec.for_preset("mini", date(2026, 3, 24))


@pytest.fixture(scope="module")
def profile(mutual: MutualInABox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the profile of a laptop, with a hub on this machine."""
    folder = tmp_path_factory.mktemp("laptop")
    house, worker = House(folder / "hub"), BY_LOGIN["bruno.kerhoas"]
    asyncio.run(prepare_house(house, SPEC, site_namespace(SPEC), SystemEnv()))
    user = DemoUser(worker.login, worker.name, worker.role.value, worker.team)
    hub = DemoHub(str(house.file), password=house.password())
    write_profile(folder / "profile", mutual.tools, user, hub=hub)
    return folder / "profile"


def packs(capsys: pytest.CaptureFixture[str], profile: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    status = main(["packs", *arguments, "--json", "--profile", str(profile)])
    return status, json.loads(capsys.readouterr().out)


def states(told: dict[str, Any]) -> dict[str, str]:
    return {row["kind"]: row["state"] for row in told["packs"]}


def test_a_laptop_is_prepared_told_and_erased(profile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = packs(capsys, profile, "status")
    assert (status, told["lease"]) == (0, "none")
    assert set(states(told).values()) == {"absent"}

    status, told = packs(capsys, profile, "prepare", "--days", "2")
    assert (status, told["lease"], told["trouble"]) == (0, "held", None)
    assert set(states(told).values()) == {"ready"}
    portfolio = next(row for row in told["packs"] if row["kind"] == "portfolio")
    assert portfolio["held"] == portfolio["wanted"] == told["checked_out"] > 20
    assert (profile / "packs.db").exists()

    assert main(["--language", "fr", "packs", "status", "--profile", str(profile)]) == 0
    printed = capsys.readouterr().out
    assert "Portefeuille" in printed
    assert "Clé sur ce poste jusqu" in printed

    status, told = packs(capsys, profile, "erase")
    assert (status, told["lease"], told["checked_out"]) == (0, "none", 0)
    assert set(states(told).values()) == {"absent"}
    assert not (profile / "packs.db").exists()
    assert not (profile / "portfolio.db").exists()


@pytest.mark.parametrize("action", ["prepare", "erase"])
def test_an_open_window_does_it_itself(
    profile: Path, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    lock = ProfileLock(profile, SystemEnv())
    lock.take()
    try:
        assert main(["packs", action, "--profile", str(profile)]) == 1
    finally:
        lock.give_back()
    assert "fenêtre" in capsys.readouterr().err


def test_a_desk_that_carries_nothing_says_so(
    mutual: MutualInABox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = mutual.profile(tmp_path / "profile")
    assert main(["packs", "status", "--profile", str(folder)]) == 1
    assert "[offline]" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [("--from", "demain"), ("--days", "0"), ("--days", "15")])
def test_days_that_cannot_be_are_refused_before_anything_is_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: tuple[str, str]
) -> None:
    assert main(["packs", "prepare", *wrong, "--profile", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().out == ""
