"""`avise hub init | doctor | audit`: a hub that is made, and one that is as it should be."""

from __future__ import annotations

import sys

from sqlalchemy import Connection

from avise.commands.hub_asked import Asked, say
from avise.hub import api_grants
from avise.hub.auditing import audit
from avise.hub.dialect import Statement, is_sqlite, row
from avise.hub.migrating import migrate
from avise.texts import plural, text

_HUB_ID = Statement("SELECT value FROM meta WHERE name = 'hub_id'")
_STAFF = Statement("SELECT count(*) FROM staff WHERE locked = 0 AND login NOT LIKE 'app:%'")
_ALERTS = Statement("SELECT count(*) FROM alert WHERE seen_at IS NULL")
_ASIDE = Statement("SELECT count(*) FROM quarantine WHERE settled = ''")
_MAY_CHANGE = Statement("SELECT has_table_privilege('event', 'UPDATE, DELETE, TRUNCATE')")
_MOST_TOLD = 50


async def init(asked: Asked) -> int:
    """Make the hub, or bring it to this version."""

    def work(connection: Connection) -> str:
        migrate(connection, asked.env)
        api_grants.signing(connection, asked.env.now())
        if asked.chosen.new_key:
            api_grants.make_key(connection, asked.env.now())
        found = row(connection, _HUB_ID)
        return str(found[0]) if found is not None else ""

    say("hub_command.init", hub=await asked.transactions.write(work))
    return 0


async def doctor(asked: Asked) -> int:
    """Look at everything that must work; return 1 when something needs a person."""
    findings = await asked.transactions.read(_findings)
    for sound, sentence in findings:
        sys.stdout.write(f"{text('hub_command.sound' if sound else 'hub_command.unsound')}  {sentence}\n")
    return 0 if all(sound for sound, _ in findings) else 1


def _findings(connection: Connection) -> tuple[tuple[bool, str], ...]:
    hub = row(connection, _HUB_ID)
    people, alerts, aside = (_number(connection, which) for which in (_STAFF, _ALERTS, _ASIDE))
    found = [
        (True, text("hub_command.doctor_hub", hub=str(hub[0]) if hub is not None else "")),
        (people > 0, plural("hub_command.doctor_staff", people)),
        (alerts == 0, plural("hub_command.doctor_alerts", alerts)),
        (aside == 0, plural("hub_command.doctor_aside", aside)),
    ]
    if not is_sqlite(connection):
        may_change = row(connection, _MAY_CHANGE)
        confined = may_change is not None and not may_change[0]
        key = "hub_command.doctor_role" if confined else "hub_command.doctor_role_wide"
        found.append((confined, text(key)))
    return tuple(found)


def _number(connection: Connection, statement: Statement) -> int:
    found = row(connection, statement)
    return int(found[0]) if found is not None else 0


async def audit_hub(asked: Asked) -> int:
    """Check chains, densities, lists and counters against the events; return 1 on a difference."""
    differences = await asked.transactions.read(audit)
    if not differences:
        say("hub_command.audit_sound")
        return 0
    for difference in differences[:_MOST_TOLD]:
        sys.stdout.write(f"{difference.what}\t{difference.where}\t{difference.detail}\n")
    sys.stdout.write(plural("hub_command.audit_unsound", len(differences)) + "\n")
    return 1
