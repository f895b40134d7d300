"""The hub of this machine, opened: its key, its file, and the device that calls it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from avise.env import Env
from avise.hub.core import HubCore
from avise.hub.local import LocalHub, Opener
from avise.hub.port import Actor
from avise.hub.refusals import HubBrokenError
from avise.models.roles import Session
from avise.store.connections import READER_PRAGMAS, STORE_PRAGMAS, check_library, open_encrypted
from avise.store.errors import LIBRARY_ERRORS, WrongKeyError, translated
from avise.store.key_source import KeyNames, KeySource, key_source

HUB_NAME = "hub.db"
HUB_KEY = KeyNames("hub", "hub-demo.key", "hub.key")
_NOT_A_DATABASE = "SQLITE_NOTADB"
"""What the library says of pages that a key does not open."""


def hub_key_source(
    source: str,
    folder: Path,
    env: Env,
    *,
    synthetic: bool,
    ask_passphrase: Callable[[], str] | None = None,
) -> KeySource:
    """Return where the key of a hub's file comes from (decisions 16 and 25); errors as `key_source`."""
    return key_source(source, folder, env, synthetic=synthetic, ask_passphrase=ask_passphrase, names=HUB_KEY)


def hub_opener(path: Path, key: bytes) -> Opener:
    """Return what opens a hub's file, for reading only when told so."""
    return lambda read_only: open_encrypted(
        path, key, read_only=read_only, pragmas=READER_PRAGMAS if read_only else STORE_PRAGMAS
    )


async def open_local_hub(
    folder: Path, source: KeySource, core: HubCore, session: Session, env: Env
) -> LocalHub:
    """Open the hub that a folder holds, made when there is none, for whoever is signed in.

    Args:
        folder: of the hub; several processes of one user may open it at once.
        source: of its key.
        core: judges, with the types of requests.
        session: who is signed in, and on which device.
        env: clock and chance.

    Raises:
        AviseError: the key or the file cannot be used; the sentence says what to do.
    """
    check_library()
    path = folder / HUB_NAME
    key = await source.key(create=not path.exists())
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    actor = Actor(session.user, session.role, session.device)
    try:
        return await LocalHub.open(hub_opener(path, key), core, actor, env)
    except HubBrokenError as error:
        if error.params.get("code") == _NOT_A_DATABASE:
            raise WrongKeyError from None
        raise
    except LIBRARY_ERRORS as error:
        raise translated(error) from None
