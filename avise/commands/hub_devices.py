"""`avise hub device`: workstations and applications, what they have along, whether they were erased."""

from __future__ import annotations

import sys

from sqlalchemy import Connection

from avise.commands.hub_asked import Asked, say
from avise.hub import staff
from avise.hub.devices import Device, devices
from avise.hub.dialect import Statement, row
from avise.hub.port import HubError
from avise.texts import plural, text
from avise.texts.formats import format_date, format_time, local

_DEVICE = Statement("SELECT device FROM device WHERE device = :device")


async def device_action(asked: Asked) -> int:
    """Do what was asked of the workstations."""
    what, device = asked.chosen.what, asked.chosen.device
    if what == "list":
        return await _list(asked)
    end = staff.ask_wipe if what == "wipe" else staff.revoke

    def work(connection: Connection) -> None:
        if row(connection, _DEVICE, device=device) is None:
            raise HubError("hub_command.no_device")
        if what == "wipe":
            _refuse_application(connection, device, asked)
        end(connection, device, asked.env.now())

    await asked.transactions.write(work)
    say(f"hub_command.device_{what}", device=device)
    return 0


def _refuse_application(connection: Connection, device: str, asked: Asked) -> None:
    """Refuse to ask another application of the house to erase itself: it never would.

    Raises:
        HubError: `hub_command.wipes_no_application`.
    """
    known = {found.device: found for found in devices(connection, asked.env.now())}
    if known[device].is_application:
        raise HubError("hub_command.wipes_no_application", name=known[device].application)


async def _list(asked: Asked) -> int:
    login = asked.chosen.staff
    for found in await asked.transactions.read(lambda connection: devices(connection, asked.env.now())):
        if login in ("", found.login):
            sys.stdout.write(_line(found) + "\n")
    return 0


def _line(found: Device) -> str:
    since = "" if found.since is None else format_date(local(found.since).date())
    state = text(f"hub_command.device_state.{found.state}", since=since)
    along = ""
    if found.on_board_until is not None:
        until = format_date(local(found.on_board_until).date())
        along = plural("hub_command.on_board", found.on_board, until=until)
    seen = f"{format_date(local(found.seen_at).date())} {format_time(found.seen_at)}"
    kind = text(f"hub_command.device_kind.{'application' if found.is_application else 'workstation'}")
    return f"{found.device}\t{found.login}\t{kind}\t{seen}\t{state}\t{along}".rstrip()
