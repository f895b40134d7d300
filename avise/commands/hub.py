"""`avise hub`: make a hub, serve it, and look after its staff, perimeters, applications and backups."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping

from avise.commands import (
    hub_accesses,
    hub_backup,
    hub_checks,
    hub_devices,
    hub_directory,
    hub_erase,
    hub_people,
)
from avise.commands.hub_asked import Asked
from avise.commands.hub_database import chosen_database, opened, require_ready
from avise.env import SystemEnv


def run(chosen: argparse.Namespace) -> int:
    """Run `avise hub …`; return the exit status.

    Raises:
        AviseError: it cannot be done; the sentence says what to do.
    """
    if chosen.action == "serve":
        from avise.commands.hub_serve import serve  # noqa: PLC0415 - FastAPI, for the server alone

        return serve(chosen)
    return asyncio.run(_run(chosen))


async def _run(chosen: argparse.Namespace) -> int:
    env = SystemEnv()
    database = chosen_database(chosen)
    if chosen.action == "restore" and not database.is_postgres:
        return await hub_backup.restore_file(database, chosen.file, chosen.replaced_epoch, env)
    creates = chosen.action == "init"
    # Typed before anything is opened: a person takes their time.
    password = ""
    if chosen.action == "staff" and chosen.what == "password":
        password = hub_people.typed_password(chosen.name)
    async with opened(database, env, create=creates, connections=1) as transactions:
        asked = Asked(chosen, transactions, env, password)
        if not creates:
            await require_ready(transactions)
        return await _ACTIONS[chosen.action](asked)


_ACTIONS: Mapping[str, Callable[[Asked], Awaitable[int]]] = {
    "init": hub_checks.init,
    "doctor": hub_checks.doctor,
    "audit": hub_checks.audit_hub,
    "backup": hub_backup.backup,
    "restore": hub_backup.restore,
    "staff": hub_people.staff_action,
    "perimeter": hub_people.perimeter_action,
    "token": hub_people.token_action,
    "accesses": hub_accesses.accesses,
    "erase": hub_erase.erase,
    "directory": hub_directory.directory_action,
    "device": hub_devices.device_action,
}
