"""A representative's laptops on a hub served by HTTP: whole engines, real tokens, moved clocks."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from avise.engine.engine import Engine
from avise.engine.lease_room import LeaseRoom
from avise.env import SystemEnv
from avise.hub import staff
from avise.models.roles import Role
from avise.services.request_values import HubState
from tests.servers.hub_http.serving import HouseEnv
from tests.servers.requests.desks import PATIENCE, first, opened

LOGIN, TEAM = "bruno.kerhoas", "team/FIELD"
SENTENCE = "une phrase que personne ne dit"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

SETTINGS = f"""
synthetic = true
site_namespace = "5b1f5bb6-0b6b-5d2e-9f3c-0d4b1b7a8f11"
identity_master = "parties"

[user]
login = "{LOGIN}"
name = "Bruno Kerhoas"
role = "rep"

[key]
source = "demo"

[hub]
mode = "remote"
url = "{{url}}"

[offline]
allowed = true
pin = "optional"
"""


class MovedEnv(SystemEnv):
    """The real clocks, moved by a test."""

    moved = timedelta(0)

    def now(self) -> datetime:
        """Return the time as moved."""
        return super().now() + self.moved


@dataclass
class Road:
    """A hub, and what carries laptops on it.

    Args:
        address: of the hub.
        folder: where profiles are made.
        env: of the hub.
        set_up: runs work on the hub's tables, from any thread.
        stack: closes laptops.
    """

    address: str
    folder: Path
    env: HouseEnv
    set_up: Callable[[Callable[[Connection], Any]], Any]
    stack: ExitStack

    def profile(self, name: str) -> Path:
        """Return the profile of a laptop."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / "settings.toml").write_text(SETTINGS.format(url=self.address), encoding="utf-8")
        (folder / "demo-secrets.toml").write_text(f'[hub]\npassword = "{SENTENCE}"\n', encoding="utf-8")
        return folder

    def laptop(self, name: str, env: MovedEnv | None = None) -> Engine:
        """Open a laptop and wait until its user is signed in."""
        engine = self.stack.enter_context(opened(self.profile(name), env or MovedEnv()))
        engine.run(first(engine.desk.hub_status(), lambda found: found.state is HubState.ONLINE))
        return engine


def hire(connection: Connection, password: str) -> None:
    """Make the representative known."""
    staff.save_member(connection, LOGIN, "Bruno Kerhoas", Role.REP)
    staff.join(connection, LOGIN, TEAM, LONG_AGO)
    staff.keep_password(connection, LOGIN, password)


def lease(engine: Engine) -> LeaseRoom:
    """Return what lends a laptop its key."""
    assert engine.lease is not None
    return engine.lease


def device_of(engine: Engine) -> str:
    """Return the identity of a laptop."""
    assert engine.requests is not None
    assert engine.requests.sync is not None
    return engine.requests.sync.device


def poke(engine: Engine) -> None:
    """Have a laptop speak to the hub now."""
    assert engine.requests is not None
    assert engine.requests.sync is not None
    engine.thread.loop.call_soon_threadsafe(engine.requests.sync.poke)


def wait(engine: Engine | None, wanted: Callable[[], bool]) -> None:
    """Wait until something is so, a laptop speaking to the hub meanwhile."""
    until = time.monotonic() + PATIENCE
    while not wanted():
        assert time.monotonic() < until, "it never came"
        if engine is not None:
            poke(engine)
        time.sleep(0.05)
