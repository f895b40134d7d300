"""The hub of a demonstration on one machine: made once, with its staff and its past, and kept.

What people do in the demonstration's windows stays from one day to the next. A past that has become too
old shows nothing but late requests: the demonstration then begins anew, its desks with it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from avise.demo.launcher import write_private
from avise.demo.population.spec import WorldSpec
from avise.demo.requests.filling import fill
from avise.demo.requests.staff import STAFF
from avise.engine.opened_hub import HUB_NAME, hub_key_source, open_local_hub
from avise.env import Env
from avise.hub.core import HubCore
from avise.hub.passwords import hash_password
from avise.models.roles import Role, Session
from avise.services.request_type_files import shipped_request_types

MARK = "past.json"
"""Tells of which world, and until which day, the past was written."""

PASSWORD_FILE = "password.txt"  # noqa: S105 - the name of a file

PAST_VERSION = 4
"""Raised when the past is told in another way: a hub that holds an older one begins anew."""

KEPT_FOR = timedelta(days=5)
"""After a week without work every list would be red."""


@dataclass(frozen=True, slots=True)
class House:
    """Where the hub of a demonstration is.

    Args:
        folder: of the hub alone.
    """

    folder: Path

    @property
    def file(self) -> Path:
        """Return the hub's file."""
        return self.folder / HUB_NAME

    def password(self) -> str:
        """Return the password with which everybody of the demonstration signs in here."""
        return (self.folder / PASSWORD_FILE).read_text("utf-8")

    def is_of(self, spec: WorldSpec) -> bool:
        """Say whether there is a hub, of this world, whose past is recent enough."""
        try:
            told = json.loads((self.folder / MARK).read_text("utf-8"))
            same = (told["version"], told["dossiers"], told["seed"]) == (
                PAST_VERSION,
                spec.dossiers,
                spec.seed,
            )
            age = spec.as_of - date.fromisoformat(told["until"])
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return (
            same
            and self.file.is_file()
            and (self.folder / PASSWORD_FILE).is_file()
            and timedelta(0) <= age <= KEPT_FOR
        )


async def prepare_house(house: House, spec: WorldSpec, namespace: uuid.UUID, env: Env) -> bool:
    """Make the hub unless there is one that can be used; say whether it was made.

    Args:
        house: where.
        spec: the world whose people the requests are about.
        namespace: of the identifiers of its people.
        env: the clock.
    """
    if house.is_of(spec):
        return False
    password = new_password()
    hashed = await asyncio.to_thread(hash_password, password, env)
    hashes = {member.login: hashed for member in STAFF}
    await asyncio.to_thread(shutil.rmtree, house.folder, ignore_errors=True)
    house.folder.mkdir(parents=True)
    source = hub_key_source("demo", house.folder, env, synthetic=True)
    session = Session("demo", "Demo", Role.ADMINISTRATOR, "demo")
    book = (await asyncio.to_thread(shipped_request_types)).book
    hub = await open_local_hub(house.folder, source, HubCore(env), session, env)
    try:
        now = env.now()
        await hub.setting_up(lambda connection: fill(connection, spec, namespace, book, now, hashes))
    finally:
        await hub.aclose()
    write_private(house.folder / PASSWORD_FILE, password)
    told = {
        "version": PAST_VERSION,
        "dossiers": spec.dossiers,
        "seed": spec.seed,
        "until": spec.as_of.isoformat(),
    }
    write_private(house.folder / MARK, json.dumps(told))
    return True


def new_password() -> str:
    """Return a password that can be read aloud."""
    return "-".join(secrets.token_hex(2) for _ in range(4))


def forget_desks(profiles: Iterable[Path]) -> None:
    """Remove what desks keep of a hub that is no more; their people and settings stay."""
    for profile in profiles:
        for file in profile.glob("store.db*"):
            file.unlink()
