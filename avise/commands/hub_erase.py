"""`avise hub erase`: take away what the hub holds of one person, once somebody has seen how much it is."""

from __future__ import annotations

import sys
import uuid

from sqlalchemy import Connection

from avise.commands.hub_asked import Asked, machine_account, person_of, say
from avise.commands.wrong_argument import WrongArgumentError
from avise.hub.erasing import Erasable, erasable, erase_customer, may_erase
from avise.hub.port import Actor, HubError
from avise.models.roles import Role
from avise.texts import plural, text

NOTHING_DONE = 1


async def erase(asked: Asked) -> int:
    """Say what would go, and erase it once its number was typed; return 1 when nothing was erased.

    Raises:
        AviseError: `hub_command.bad_person`, `hub_command.no_reason`, `hub_command.not_allowed`.
    """
    chosen, person = asked.chosen, person_of(asked.chosen.person)
    reason = " ".join(chosen.reason.split())
    if not reason and not chosen.dry_run:
        raise WrongArgumentError("hub_command.no_reason")
    there = await asked.transactions.read(lambda connection: _foreseen(connection, person))
    sys.stdout.write("".join(f"{line}\n" for line in _told(there)))
    if not there.contents:
        return NOTHING_DONE
    if chosen.dry_run:
        return 0
    if not chosen.yes and _typed(there.contents) != str(there.contents):
        say("hub_command.not_erased")
        return NOTHING_DONE
    actor = Actor(machine_account(), Role.ADMINISTRATOR, "")
    now = asked.env.now()
    erased = await asked.transactions.write(
        lambda connection: erase_customer(connection, actor, person, reason, now)
    )
    sys.stdout.write(plural("hub_command.erased", erased) + "\n")
    return 0


def _foreseen(connection: Connection, person: uuid.UUID) -> Erasable:
    if not may_erase(connection):
        raise HubError("hub_command.not_allowed")
    return erasable(connection, person)


def _told(there: Erasable) -> list[str]:
    """Return how much there is, a line a kind; figures only."""
    if not there.contents:
        return [text("hub_command.nothing_to_erase")]
    lines = [text("hub_command.will_go")]
    counted = (("entries", there.entries), ("put_aside", there.put_aside))
    lines += [f"  {plural(f'hub_command.erases_{name}', count)}" for name, count in counted if count]
    if there.pairs:
        entries = plural("hub_command.entries", there.in_pairs)
        lines.append(f"  {plural('hub_command.erases_pairs', there.pairs, entries=entries)}")
    return [*lines, text("hub_command.will_stay")]


def _typed(number: int) -> str:
    """Return what is typed at a terminal, or read from standard input."""
    if sys.stdin.isatty():
        sys.stdout.write(plural("hub_command.ask_erase", number) + " ")
        sys.stdout.flush()
    return sys.stdin.readline().strip()
