"""`avise hub accesses`: who looked at what and why, for whoever audits; people by login and identity only."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from sqlalchemy import Connection

from avise.commands.hub_asked import Asked, machine_account, person_of
from avise.commands.wrong_argument import WrongArgumentError
from avise.hub.access_reading import LAST, AskedAccesses, read_accesses, shown_access
from avise.hub.moments import microseconds
from avise.hub.port import Actor
from avise.models.json_types import JSON
from avise.models.roles import Role
from avise.texts import text
from avise.texts.formats import PARIS, local

MOST_LINES = 100_000
_SHOWN = ("login", "role", "what", "dossier", "request", "purpose")


async def accesses(asked: Asked) -> int:
    """Print the newest lines of the access log that were asked for; whoever reads them is in it next."""
    wanted, last = _wanted(asked), asked.chosen.last
    if not 1 <= last <= MOST_LINES:
        raise WrongArgumentError("hub_command.bad_last", most=str(MOST_LINES))
    reader, at = Actor(machine_account(), Role.ADMINISTRATOR, ""), microseconds(asked.env.now())

    def work(connection: Connection) -> Sequence[Mapping[str, JSON]]:
        found = read_accesses(connection, reader, wanted, LAST, last, at)
        return [shown_access(line) for line in found]

    for line in await asked.transactions.write(work):
        sys.stdout.write(_told(line, reasons=asked.chosen.reasons, as_json=asked.chosen.json) + "\n")
    return 0


def _wanted(asked: Asked) -> AskedAccesses:
    person, since = asked.chosen.person, asked.chosen.since
    dossier = str(person_of(person)) if person else ""
    try:
        starts = datetime.combine(date.fromisoformat(since), time(), PARIS) if since else None
        return AskedAccesses(asked.chosen.staff, dossier, 0 if starts is None else microseconds(starts))
    except (ValueError, OverflowError):
        raise WrongArgumentError("hub_command.bad_day") from None


def _told(line: Mapping[str, JSON], *, reasons: bool, as_json: bool) -> str:
    """Return one line; what somebody typed may name a person, and is told when it is asked for."""
    kept = {name: value for name, value in line.items() if reasons or name != "reason"}
    if as_json:
        return json.dumps(kept, ensure_ascii=False)
    at = local(datetime.fromisoformat(str(line["at"]))).isoformat(timespec="seconds")
    granted = text("hub_command.access_given" if line["granted"] else "hub_command.access_refused")
    words = [at, *(str(line[name]) for name in _SHOWN), granted]
    typed = [" ".join(str(line["reason"]).split())] if reasons else []
    return "\t".join([*words, *typed])
