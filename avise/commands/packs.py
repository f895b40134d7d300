"""`avise packs status | prepare | erase`: what a laptop carries, without its window.

JSON of all three, once done: `{"lease", "lease_until", "checked_out", "preparing", "trouble": null | {"key",
"message"}, "bytes", "size_limit", "packs": [{"kind", "state", "wanted", "held", "failed", "bytes",
"prepared_at", "ends_at"}]}`. Nobody is named.

`prepare` and `erase` speak to the hub: they need the profile for themselves, and are refused while a window
is open on it. Status 1: what was asked could not be done to its end.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, aclosing, contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from avise.commands.wrong_argument import WrongArgumentError
from avise.engine.engine import Engine
from avise.engine.pack_room import PackRoom
from avise.engine.profile_folder import default_profile_folder
from avise.engine.serving import ENGINE_LOCK_NAME
from avise.env import Env, SystemEnv
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.services.pack_values import PackOrder, PackRow, PacksStatus
from avise.services.packs.preparation import MEGABYTE
from avise.services.profile import load_profile
from avise.store.profile_lock import ProfileInUseError, ProfileLock
from avise.texts import text
from avise.texts.formats import format_moment, local

FAILED = 1
MOST_DAYS = 14
HUB_SECONDS = 20.0
"""How long the hub may take to be reached after the start."""

LOOK_SECONDS = 0.2
_NOT_YET = "hub.unreachable"

AskPassphrase = Callable[[], str] | None


def answer(chosen: argparse.Namespace, ask: AskPassphrase, console: Console) -> Callable[[], int]:
    """Do what was asked; the result prints it and returns the exit status.

    Raises:
        AviseError: `pack.not_allowed`, `pack.in_window`, or what keeps it from being done.
    """
    env = SystemEnv()
    order = _order(chosen, local(env.now()).date())
    folder = chosen.profile or default_profile_folder()
    if chosen.action == "status":
        with Engine.open(folder, env, ask_passphrase=ask) as engine:
            status = engine.run(read_status(engine))
    else:
        with _alone(folder, env, ask) as engine:
            work = _prepared(engine, order) if chosen.action == "prepare" else _erased(engine)
            status = engine.run(work)
    return partial(_tell, chosen, status, console, env)


def _order(chosen: argparse.Namespace, today: date) -> PackOrder:
    try:
        first_day = date.fromisoformat(chosen.first_day) if chosen.first_day else today
    except ValueError:
        raise WrongArgumentError("pack.bad_day", day=chosen.first_day) from None
    if not 1 <= chosen.days <= MOST_DAYS:
        raise WrongArgumentError("pack.bad_days", most=str(MOST_DAYS))
    return PackOrder(
        first_day,
        chosen.days,
        portfolio=not chosen.visits_only,
        documents=not chosen.no_documents,
        take_over=chosen.take_over,
    )


@contextmanager
def _alone(folder: Path, env: Env, ask: AskPassphrase) -> Iterator[Engine]:
    """Open a profile as its window does, when no window and no engine of one has it.

    Raises:
        AviseError: `pack.in_window`, or the profile cannot be opened.
    """
    profile = load_profile(folder, device="")
    with ExitStack() as held:
        for lock in (ProfileLock(folder, env), ProfileLock(folder, env, ENGINE_LOCK_NAME)):
            try:
                lock.take()
            except ProfileInUseError:
                raise AviseError("pack.in_window") from None
            held.callback(lock.give_back)
        engine = Engine(profile, env, ask_passphrase=ask, at_desk=True)
        held.callback(engine.stop)
        engine.start()
        yield engine


def _room(engine: Engine) -> PackRoom:
    if engine.on_board is None or engine.on_board.room is None:
        raise AviseError("pack.not_allowed")
    return engine.on_board.room


async def read_status(engine: Engine) -> PacksStatus:
    """Return what is on board now.

    Raises:
        AviseError: `pack.not_allowed`.
    """
    return await _room(engine).status()


async def _prepared(engine: Engine, order: PackOrder) -> PacksStatus:
    await engine.directory_ready()
    await _once_hub_answers(engine.env, lambda: engine.desk.prepare_packs(order))
    room = _room(engine)
    async with aclosing(room.follow()) as states:  # type: ignore[type-var]  # rooms give generators
        async for status in states:
            _show_progress(status)
            if not status.preparing:
                break
    return await room.status()


async def _erased(engine: Engine) -> PacksStatus:
    await _room(engine).forget()
    await _once_hub_answers(engine.env, engine.desk.erase_packs)
    return await _room(engine).status()


async def _once_hub_answers(env: Env, ask: Callable[[], Awaitable[None]]) -> None:
    """Ask again until the hub, which is spoken to from the start on, was reached."""
    until = env.monotonic() + HUB_SECONDS
    while True:
        try:
            await ask()
        except AviseError as error:
            if error.message_key != _NOT_YET or env.monotonic() > until:
                raise
            await env.sleep(LOOK_SECONDS)
        else:
            return


def _show_progress(status: PacksStatus) -> None:
    """Write how far a preparation is, where somebody looks."""
    if sys.stderr.isatty():
        parts = [f"{text(f'pack.kind.{row.kind}')} {_held(row)}" for row in status.packs if row.wanted]
        sys.stderr.write("\r\x1b[K" + " · ".join(parts))


def as_json(status: PacksStatus) -> dict[str, JSON]:
    """Return what is on board as the module's docstring describes."""
    trouble = status.trouble
    return {
        "lease": status.lease.value,
        "lease_until": _moment(status.lease_until),
        "checked_out": status.checked_out,
        "preparing": status.preparing,
        "trouble": None
        if trouble is None
        else {"key": trouble.message_key, "message": text(trouble.message_key, **trouble.params)},
        "bytes": sum(row.bytes for row in status.packs),
        "size_limit": status.size_limit,
        "packs": [
            {
                "kind": row.kind.value,
                "state": row.state.value,
                "wanted": row.wanted,
                "held": row.held,
                "failed": row.failed,
                "bytes": row.bytes,
                "prepared_at": _moment(row.prepared_at),
                "ends_at": _moment(row.ends_at),
            }
            for row in status.packs
        ],
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def print_status(status: PacksStatus, console: Console, env: Env) -> None:
    """Print what is on board for a person at a terminal."""
    now = env.now()
    names = ("kind", "state", "held", "size", "prepared", "ends")
    table = Table(*(text(f"pack.column.{name}") for name in names), box=None)
    for row in status.packs:
        table.add_row(
            text(f"pack.kind.{row.kind}"),
            text(f"pack.state.{row.state}"),
            _held(row),
            text("pack.size", megabytes=_megabytes(row.bytes)) if row.bytes else "",
            format_moment(row.prepared_at, now) if row.prepared_at else "",
            format_moment(row.ends_at, now) if row.ends_at else "",
        )
    console.print(table)
    until = format_moment(status.lease_until, now) if status.lease_until else ""
    console.print(text(f"pack.lease.{status.lease}", until=until), highlight=False)
    taken = _megabytes(sum(row.bytes for row in status.packs))
    console.print(text("pack.limit", taken=taken, limit=str(status.size_limit // MEGABYTE)), highlight=False)
    if status.trouble is not None:
        console.print(text(status.trouble.message_key, **status.trouble.params), highlight=False)


def _held(row: PackRow) -> str:
    if not row.wanted:
        return ""
    key = "pack.held_failed" if row.failed else "pack.held"
    return text(key, held=str(row.held), wanted=str(row.wanted), failed=str(row.failed))


def _megabytes(count: int) -> str:
    return str(-(-count // MEGABYTE))


def _tell(chosen: argparse.Namespace, status: PacksStatus, console: Console, env: Env) -> int:
    if sys.stderr.isatty() and chosen.action == "prepare":
        sys.stderr.write("\r\x1b[K")
    if chosen.json:
        sys.stdout.write(json.dumps(as_json(status), ensure_ascii=False, indent=2) + "\n")
    else:
        if chosen.action == "erase":
            console.print(text("pack.erased"), highlight=False)
        print_status(status, console, env)
    return FAILED if status.trouble is not None else 0
