"""The hub of a team on one machine: PostgreSQL, `avise hub serve` before it, the demonstration's past in it.

The commands are those of the operating guide, run as an administrator runs them. Everything ends with the
block, the database too: a team's demonstration begins anew each time.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import sys
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from psycopg import sql

from avise.demo.population.spec import WorldSpec
from avise.demo.postgres_server import PostgresServer, postgres_server
from avise.demo.requests.filling import fill
from avise.demo.requests.house import new_password
from avise.env import Env
from avise.hub.database_roles import SERVER
from avise.hub.passwords import hash_password
from avise.hub.postgres import PostgresTransactions
from avise.services.request_type_files import shipped_request_types

DATABASE = "avise_hub"
SERVER_LOGIN = "avise_hub_demo"
WORKERS = 2
CONNECTIONS = 60
_READY_S = 60.0
_END_S = 20.0
_ADDRESS = re.compile(rb"https?://[\w.:\[\]]+")


class HubNotServedError(Exception):
    """`avise hub` failed; the text is what it said."""


@dataclass(frozen=True, slots=True)
class TeamHouse:
    """A hub that is served.

    Args:
        url: where workstations reach it.
        passwords: of those who may sign in, by login.
    """

    url: str
    passwords: Mapping[str, str]


@contextlib.asynccontextmanager
async def team_house(
    spec: WorldSpec, namespace: uuid.UUID, logins: tuple[str, ...], env: Env
) -> AsyncIterator[TeamHouse]:
    """Serve a hub for the time of the block.

    Args:
        spec: the world whose people the requests are about.
        namespace: of the identifiers of its people.
        logins: who gets a password.
        env: the clock.

    Raises:
        PostgresUnavailableError, HubNotServedError: with what was said.
    """
    passwords = {login: new_password() for login in logins}
    async with postgres_server(CONNECTIONS) as server:
        url = await _made(server)
        await _fill(server, spec, namespace, passwords, env)
        async with _served(url, namespace) as address:
            yield TeamHouse(address, passwords)


async def _made(server: PostgresServer) -> str:
    """Make the hub's database and its tables; return the address for the server's own role."""
    async with await server.connect() as owner:
        await owner.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
    command = await _avise(("hub", "init"), server.url(DATABASE), asyncio.subprocess.DEVNULL)
    _, complaint = await command.communicate()
    if command.returncode:
        raise HubNotServedError(complaint.decode("utf-8", "replace"))
    password = secrets.token_urlsafe(18)
    async with await server.connect(DATABASE) as owner:
        await owner.execute(
            sql.SQL("create role {} login password {} in role {}").format(
                sql.Identifier(SERVER_LOGIN), sql.Literal(password), sql.Identifier(SERVER)
            )
        )
    return server.url(DATABASE, SERVER_LOGIN, password)


async def _fill(
    server: PostgresServer, spec: WorldSpec, namespace: uuid.UUID, passwords: Mapping[str, str], env: Env
) -> None:
    hashes = {
        login: await asyncio.to_thread(hash_password, password, env) for login, password in passwords.items()
    }
    book = (await asyncio.to_thread(shipped_request_types)).book
    now = env.now()
    transactions = PostgresTransactions.to(server.url(DATABASE), env, 1)
    try:
        await transactions.write(lambda connection: fill(connection, spec, namespace, book, now, hashes))
    finally:
        await transactions.aclose()


@contextlib.asynccontextmanager
async def _served(url: str, namespace: uuid.UUID) -> AsyncIterator[str]:
    """Run `avise hub serve` on a free port of loopback, and give its address."""
    arguments = ("hub", "serve", "--port", "0", "--workers", str(WORKERS), "--namespace", str(namespace))
    command = await _avise(arguments, url, asyncio.subprocess.PIPE)
    try:
        yield await _address(command)
    finally:
        with contextlib.suppress(ProcessLookupError):
            command.terminate()
        try:
            await asyncio.wait_for(command.wait(), _END_S)
        except TimeoutError:
            command.kill()
            await command.wait()


async def _address(command: asyncio.subprocess.Process) -> str:
    if command.stdout is None:
        raise HubNotServedError
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_READY_S):
            found = _ADDRESS.search(await command.stdout.readline())
            if found is not None:
                return found.group().decode("ascii")
    raise HubNotServedError


async def _avise(arguments: tuple[str, ...], url: str, output: int) -> asyncio.subprocess.Process:
    """Start `avise` on a database; its address, which holds a password, is not an argument."""
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "avise", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=asyncio.subprocess.PIPE if output == asyncio.subprocess.DEVNULL else None,
        env={**os.environ, "PYTHONPATH": path, "AVISE_HUB_DATABASE": url},
    )
