"""`avise hub device`: workstations and applications, what they have along, whether they were erased."""

from __future__ import annotations

import sys

from sqlalchemy import Connection

from avise.commands.hub_asked import Asked, say
from avise.commands.wrong_argument import WrongArgumentError
from avise.hub import staff
from avise.hub.devices import Device, devices
from avise.hub.port import HubError
from avise.texts import plural, text
from avise.texts.formats import format_date, format_time, local


async def device_action(asked: Asked) -> int:
    """Do what was asked of the workstations."""
    if asked.chosen.what == "list":
        return await _list(asked)
    return await end_device(asked, asked.chosen.device)


async def end_device(asked: Asked, device: str) -> int:
    """Stop a workstation, or have it erase itself too.

    Raises:
        AviseError: no name was given, nothing bears it, or it is not one that erases itself.
    """
    what = asked.chosen.what
    if not device:
        raise WrongArgumentError("hub_command.which_device")

    def work(connection: Connection) -> None:
        now = asked.env.now()
        known = next((one for one in devices(connection, now) if one.device == device), None)
        if known is None:
            raise HubError("hub_command.no_device")
        if what == "revoke":
            staff.revoke(connection, device, now)
        elif known.is_application:
            # It never would, and its erasure would be waited for.
            raise HubError("hub_command.wipes_no_application", name=known.application)
        else:
            staff.ask_wipe(connection, device, now)

    await asked.transactions.write(work)
    say(f"hub_command.device_{what}", device=device)
    return 0


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
