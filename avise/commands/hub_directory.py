"""`avise hub directory`: who exists goes into the hub's database, from a connector or from JSON lines.

A loading that is interrupted, Ctrl+C included, goes on at the next command.
"""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path

from avise.commands.hub_asked import Asked, say
from avise.commands.hub_database import chosen_database
from avise.commands.hub_parser import NAMESPACE_VARIABLE
from avise.commands.party_file import PartyFile
from avise.commands.reading_progress import reading_bar, tell_doubt
from avise.commands.terminal import terminal
from avise.commands.wrong_argument import WrongArgumentError
from avise.connectors.contract import ConnectorError, Manifest
from avise.directory.keys import Minter
from avise.engine.connector_source import manifest_of, settings_of, started
from avise.engine.house_filling import HouseFilling, HouseSource
from avise.env import Env
from avise.hub.directory_loading import HouseFiller
from avise.models.bulk_reading import BulkReading, Decision
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.services.bulk_words import kept_sentence
from avise.texts import text

LOOK_EVERY = 0.2
"""Seconds between two looks at the reading."""
RETRY_AFTER = 5.0
"""Seconds before a source that did not answer is asked again."""
TRIES = 3
"""Questions in a row that gave nobody, after which the command ends."""

SECRET_VARIABLE = "AVISE_SECRET_"  # noqa: S105 - beginning of a variable's name
"""Followed by the name of a secret in capitals."""

NEEDS_A_PERSON = 1


async def directory_action(asked: Asked) -> int:
    """Load or update the house's directory; return 1 when somebody must decide."""
    chosen = asked.chosen
    database = chosen_database(chosen)
    if not database.is_postgres:
        raise WrongArgumentError("hub_command.directory_needs_server")
    try:
        namespace = uuid.UUID(chosen.namespace or os.environ.get(NAMESPACE_VARIABLE, ""))
    except ValueError:
        raise WrongArgumentError("hub_command.bad_namespace") from None
    minter = Minter(namespace, chosen.scheme)
    async with _source(asked) as source:
        opening = partial(HouseFiller.open, database.where, minter, source.name, asked.env)
        async with aclosing(HouseFilling(opening, source, asked.env)) as filling:
            return await _filled(asked, filling)


@asynccontextmanager
async def _source(asked: Asked) -> AsyncIterator[HouseSource]:
    """Give what lists everybody."""
    named, chosen = asked.chosen.source, asked.chosen
    if not _is_connector(named):
        if not await asyncio.to_thread(Path(named).is_file):
            raise WrongArgumentError("hub_command.no_party_file")
        yield PartyFile(Path(named))
        return
    manifest = await asyncio.to_thread(manifest_of, settings_of(named, {}))
    if not manifest.directory:
        raise WrongArgumentError("hub_command.connector_lists_nobody", name=manifest.name)
    _refuse_without_secrets(manifest)
    settings = settings_of(named, config_of(manifest, chosen.set))
    async with started(settings, EnvironmentSecrets(), asked.env) as source:
        yield source


def _is_connector(named: str) -> bool:
    """Say whether what was named is a connector's file or package, not a file of lines."""
    path = Path(named)
    return path.suffix == ".toml" or (path.name == named and not path.suffix and not path.exists())


async def _filled(asked: Asked, filling: HouseFilling) -> int:
    chosen, console = asked.chosen, terminal()
    if chosen.decision is not None:
        await filling.decide(Decision(chosen.decision))
        say(f"bulk.decided.{chosen.decision}")
        if chosen.decision == Decision.KEEP:
            say("hub_command.directory_take")
            return 0
    if chosen.what == "update" and not _is_connector(chosen.source):
        say("hub_command.directory_update", count=str(await filling.apply_all()))
        return 0
    with reading_bar(console) as show:
        told = await _followed(filling, asked.env, show, everybody=chosen.what == "load")
    if told.doubt is not None:
        tell_doubt(told.doubt, text("hub_command.directory_decide"), console, asked.env)
        return NEEDS_A_PERSON
    if filling.left_out:
        sys.stdout.write(kept_sentence(filling.kept_since, asked.env.now()) + "\n")
        say("hub_command.directory_take")
    elif filling.listed is not None:
        say("hub_command.directory_load", count=str(filling.listed))
    else:
        say("hub_command.directory_update", count=str(filling.changed))
    return 0


async def _followed(
    filling: HouseFilling, env: Env, show: Callable[[BulkReading], None], *, everybody: bool
) -> BulkReading:
    """Fill, show how far it is, and ask a source that failed again while it gives somebody.

    Raises:
        AviseError: `hub_command.source_failed` with what the source said, last; or the database failed.
    """
    showing = asyncio.create_task(_shown(filling, env, show), name="show a reading")
    tries, count = 0, 0
    try:
        while True:
            try:
                return await filling.fill(everybody=everybody)
            except ConnectorError as error:
                now = filling.told().count
                tries, count = (1 if now > count else tries + 1), now
                if tries == TRIES or not now:
                    cause = text(f"attempt.{error.kind}")
                    detail = error.detail or "–"
                    raise AviseError("hub_command.source_failed", cause=cause, detail=detail) from None
            await env.sleep(RETRY_AFTER)
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)


async def _shown(filling: HouseFilling, env: Env, show: Callable[[BulkReading], None]) -> None:
    while True:
        show(filling.told())
        await env.sleep(LOOK_EVERY)


class EnvironmentSecrets:
    """Gives a connector's secrets from the environment: a server has no profile."""

    async def get(self, instance: str, name: str) -> str | None:
        """Return a secret, None when its variable is not set."""
        del instance
        return os.environ.get(secret_variable(name))


def secret_variable(name: str) -> str:
    """Return the variable that holds a secret."""
    return SECRET_VARIABLE + name.upper()


def _refuse_without_secrets(manifest: Manifest) -> None:
    lacking = [
        secret_variable(one.name)
        for one in manifest.config
        if one.type == "secret" and one.required and not os.environ.get(secret_variable(one.name))
    ]
    if lacking:
        raise WrongArgumentError("hub_command.secrets_lack", variables=", ".join(lacking))


def config_of(manifest: Manifest, written: list[str]) -> Mapping[str, JSON]:
    """Return the values of a configuration as its connector declares them.

    Args:
        manifest: declares their types.
        written: each "name=value".

    Raises:
        WrongArgumentError: one is not written so.
    """
    types = {one.name: one.type for one in manifest.config}
    found: dict[str, JSON] = {}
    for one in written:
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise WrongArgumentError("hub_command.bad_setting", setting=name)
        found[name] = _typed(value, types.get(name, "text"))
    return found


def _typed(value: str, kind: str) -> JSON:
    if kind == "int" and value.lstrip("-").isdecimal():
        return int(value)
    if kind == "bool" and value in ("true", "false"):
        return value == "true"
    return value
