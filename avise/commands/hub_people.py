"""`avise hub staff | perimeter | token`: who may do what at the hub."""

from __future__ import annotations

import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, time, timedelta
from getpass import getpass

from sqlalchemy import Connection

from avise.commands.hub_asked import Asked, say
from avise.commands.hub_devices import end_device
from avise.commands.wrong_argument import WrongArgumentError
from avise.hub import api_grants, staff
from avise.hub.passwords import check_new_password, hash_password
from avise.hub.port import HubError
from avise.hub.tokens import Scope
from avise.models.request_types import Queue
from avise.models.roles import Role
from avise.texts import text
from avise.texts.formats import PARIS

_LOGIN = re.compile(r"[\w.@+-]{1,120}")
_TEAM = re.compile(r"team/[\w.-]{1,80}")


def typed_password(login: str) -> str:
    """Return a new password, typed twice at a terminal or read from standard input; never an argument.

    Raises:
        AviseError: nobody may choose it, or it was typed in two ways.
    """
    _require_login(login)
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass(text("hub_command.ask_password", login=login))
        if getpass(text("hub_command.ask_again")) != password:
            raise WrongArgumentError("hub_command.passwords_differ")
    check_new_password(login, password)
    return password


async def staff_action(asked: Asked) -> int:
    """Do what was asked of the staff."""
    what, name = asked.chosen.what, asked.chosen.name
    if what == "list":
        return await _list_staff(asked)
    if what in ("revoke", "wipe"):
        return await end_device(asked, name)
    _require_login(name)
    if what == "add":
        full_name, role = asked.chosen.full_name or name, Role(asked.chosen.role)
        await asked.transactions.write(
            lambda connection: staff.save_member(connection, name, full_name, role)
        )
    else:
        await asked.transactions.write(lambda connection: _change_member(connection, asked))
    say(f"hub_command.staff_{what.replace('-', '_')}", login=name)
    return 0


def _change_member(connection: Connection, asked: Asked) -> None:
    what, name, now = asked.chosen.what, asked.chosen.name, asked.env.now()
    if staff.member(connection, name) is None:
        raise HubError("hub_command.nobody", login=name)
    if what == "password":
        staff.keep_password(connection, name, hash_password(asked.password, asked.env))
    if what in ("password", "unlock"):
        staff.keep_failures(connection, name, 0, None)
    if what in ("lock", "unlock"):
        staff.lock_out(connection, name, locked=what == "lock")
    if what in ("password", "lock", "sign-out"):
        # Whoever holds an older sign-in signs in again.
        api_grants.end_sign_ins(connection, name, now)


async def _list_staff(asked: Asked) -> int:
    found = await asked.transactions.read(lambda connection: staff.colleagues(connection, asked.env.now()))
    for colleague in found:
        perimeters = " ".join(colleague.perimeters)
        sys.stdout.write(f"{colleague.login}\t{colleague.role.value}\t{colleague.name}\t{perimeters}\n")
    return 0


def _require_login(login: str) -> None:
    if _LOGIN.fullmatch(login) is None:
        raise WrongArgumentError("hub_command.bad_login")


# ---- perimeters ------------------------------------------------------------------------------------


async def perimeter_action(asked: Asked) -> int:
    """Do what was asked of the perimeters."""
    what, login, perimeter = asked.chosen.what, asked.chosen.login, asked.chosen.perimeter
    if what == "list":
        sys.stdout.write("".join(f"queue/{queue.value}\n" for queue in Queue))
        found = await asked.transactions.read(
            lambda connection: staff.colleagues(connection, asked.env.now())
        )
        teams = {name for colleague in found for name in colleague.perimeters if name.startswith("team/")}
        sys.stdout.write("".join(f"{name}\n" for name in sorted(teams)))
        return 0
    _require_login(login)
    if perimeter not in {f"queue/{queue.value}" for queue in Queue} and not _TEAM.fullmatch(perimeter):
        raise WrongArgumentError("hub_command.bad_perimeter")
    ends = _end_of(asked.chosen.until)
    if ends is not None and ends <= asked.env.now():
        raise WrongArgumentError("hub_command.past_day")

    def work(connection: Connection) -> None:
        if staff.member(connection, login) is None:
            raise HubError("hub_command.nobody", login=login)
        now = asked.env.now()
        staff.leave(connection, login, perimeter, now)
        if what == "grant":
            staff.join(connection, login, perimeter, now, ends, can_write=not asked.chosen.read_only)

    await asked.transactions.write(work)
    say(f"hub_command.perimeter_{what}", login=login, perimeter=perimeter)
    return 0


def _end_of(day: str) -> datetime | None:
    """Return the first moment after a day, None for no end.

    Raises:
        WrongArgumentError: it is no day.
    """
    if not day:
        return None
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), PARIS)
    except (ValueError, OverflowError):
        raise WrongArgumentError("hub_command.bad_day") from None


# ---- applications ----------------------------------------------------------------------------------


async def token_action(asked: Asked) -> int:
    """Do what was asked of the other applications of the house."""
    return await _TOKENS[asked.chosen.what](asked)


async def _list_tokens(asked: Asked) -> int:
    for found in await asked.transactions.read(api_grants.applications):
        scopes = " ".join(sorted(found.scopes))
        state = text("hub_command.revoked") if found.revoked else ""
        sys.stdout.write(f"{found.name}\t{scopes}\t{found.team}\t{state}\n".rstrip() + "\n")
    return 0


async def _add_token(asked: Asked) -> int:
    chosen = asked.chosen
    if not chosen.scope:
        raise WrongArgumentError("hub_command.no_scope")
    scopes = frozenset(Scope(word) for word in chosen.scope)
    secret = await asked.transactions.write(
        lambda connection: api_grants.make_application(
            connection, chosen.name, scopes, chosen.team, asked.env
        )
    )
    sys.stderr.write(text("hub_command.token_add", name=chosen.name) + "\n")
    sys.stdout.write(secret + "\n")
    return 0


async def _revoke_token(asked: Asked) -> int:
    name = asked.chosen.name
    await asked.transactions.write(
        lambda connection: api_grants.revoke_application(connection, name, asked.env.now())
    )
    say("hub_command.token_revoke", name=name)
    return 0


_TOKENS: Mapping[str, Callable[[Asked], Awaitable[int]]] = {
    "list": _list_tokens,
    "add": _add_token,
    "revoke": _revoke_token,
}
