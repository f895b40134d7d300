"""Erasing a workstation that the hub asked to erase itself; begun, it ends whatever stops it meanwhile.

Order: a mark on the disk; the keys of what is on board; what was written and can still be sent; the store's
key; every file; then the hub is told, by a secret whose digest it was given before anything was destroyed,
since nobody can sign in any more. A program that starts and finds the mark goes on from there, opens
nothing, and says one sentence.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import os
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from pathlib import Path

from avise.engine.lease_room import HALF_KEY
from avise.engine.outward import way_out
from avise.env import Env
from avise.hub.port import HubError, HubPort
from avise.models.errors import AviseError
from avise.services.messages.notices import FOLDER as NOTICES
from avise.services.profile import Profile
from avise.services.settings_file import HubMode
from avise.store.key_source import STORE_KEY, forget_in_keyring

_log = logging.getLogger(__name__)

TELL_SECONDS = 10.0

_KEYS = (HALF_KEY, STORE_KEY)
_MADE = (
    "store.*", "directory.*", "portfolio.*", "packs.*", "connector-starts.json", "demo-secrets.toml",
    "logs/avise.log*",
)  # fmt: skip
"""What Avise keeps of people in a profile. Settings, connectors and locks hold nothing of anybody."""


class WipedError(AviseError):
    """This workstation was erased: `wipe.done`, or `wipe.unfinished` when a file or a key resists."""


@dataclass(slots=True)
class _Mark:
    """What the mark says.

    Args:
        device: that the hub asked.
        secret: whose digest the hub has.
        begun: whether it has.
        told: whether the hub knows that it is done.
    """

    device: str
    secret: str
    begun: bool = False
    told: bool = False


class Wiping:
    """Erases one profile.

    Args:
        profile: to be erased.
        env: chance.
    """

    def __init__(self, profile: Profile, env: Env) -> None:
        self._profile = profile
        self._env = env
        self._path = profile.wipe_path
        self._mark: _Mark | None = None

    @property
    def is_asked(self) -> bool:
        """Whether this profile is to be erased, or was."""
        return self._path.exists()

    # ---- begun, in a program that works --------------------------------------------------------
    async def begin(self, device: str, hub: HubPort) -> None:
        """Make the mark, and leave the hub the digest of what will be said once all is done."""
        secret = self._env.token() + self._env.token()
        self._mark = mark = _Mark(device, secret)
        await asyncio.to_thread(self._write)
        try:
            async with asyncio.timeout(TELL_SECONDS):
                await hub.begin_wipe(hashlib.sha256(secret.encode("ascii")).hexdigest())
        except (HubError, TimeoutError) as error:
            # It goes on all the same: nobody may stop it by pulling a cable.
            _log.warning("the hub was not told that the wipe begins: %s", type(error).__name__)
        else:
            mark.begun = True
            await asyncio.to_thread(self._write)

    # ---- ended, with nothing open --------------------------------------------------------------
    async def finish(self) -> WipedError:
        """Destroy the keys and every file, tell the hub; return what is to be said. Again is harmless."""
        mark = await asyncio.to_thread(self._read) if self._mark is None else self._mark
        self._mark = mark
        done = await self._forget_keys()
        done = await asyncio.to_thread(self._delete) and done
        if done and mark.begun and not mark.told:
            mark.told = await self._tell(mark)
            await asyncio.to_thread(self._write)
        return WipedError("wipe.done" if done else "wipe.unfinished", folder=str(self._profile.folder))

    async def _forget_keys(self) -> bool:
        done = await asyncio.to_thread(self._delete_keys)
        if self._profile.settings.key.source == "keyring":
            folder = self._profile.folder
            for names in _KEYS:
                try:
                    await forget_in_keyring(names.in_keyring(folder))
                except AviseError as error:
                    _log.error("a key was not destroyed: %s", error.message_key)
                    done = False
        return done

    def _delete_keys(self) -> bool:
        folder = self._profile.folder
        return _delete_all(folder / name for names in _KEYS for name in (names.demo, names.sealed))

    def _delete(self) -> bool:
        folder = self._profile.folder
        found = [path for pattern in _MADE for path in sorted(folder.glob(pattern))]
        spool = (folder / self._profile.settings.messages.spool).resolve()
        if spool != folder.resolve() and spool.is_relative_to(folder.resolve()):
            # A folder elsewhere is others' too: what waits there was handed over, and is not ours any more.
            found += [path for pattern in ("sms-*", "letter-*") for path in spool.glob(pattern)]
            # Notices name whom mail was for.
            found += [*(spool / NOTICES).glob("*")]
        return _delete_all(found)

    async def _tell(self, mark: _Mark) -> bool:
        try:
            async with asyncio.timeout(TELL_SECONDS):
                await self._said(mark)
        except (AviseError, OSError, TimeoutError) as error:
            _log.warning("the hub does not know yet that this is erased: %s", type(error).__name__)
            return False
        return True

    def _said(self, mark: _Mark) -> Awaitable[None]:
        embedded = self._profile.settings.hub.mode is HubMode.EMBEDDED
        return self._said_here(mark) if embedded else self._said_far(mark)

    async def _said_far(self, mark: _Mark) -> None:
        from avise.hub.remote_line import HubLine  # noqa: PLC0415 - HTTP, for this alone

        # What was sealed is destroyed: a proxy that asks for an account lets nothing through any more.
        outward, tls = await way_out(self._profile, None)
        url = self._profile.settings.hub.url
        line = HubLine(url, tls, outward.proxy_to(url, tls))
        try:
            await line.wiped(mark.device, mark.secret)
        finally:
            await line.aclose()

    async def _said_here(self, mark: _Mark) -> None:
        from avise.engine.opened_hub import HUB_NAME, hub_key_source, hub_opener  # noqa: PLC0415 - SQL
        from avise.hub.core import HubCore  # noqa: PLC0415 - SQL
        from avise.hub.local import SqliteTransactions  # noqa: PLC0415 - SQL

        settings = self._profile.settings
        folder = (self._profile.folder / settings.hub.file).parent
        source = hub_key_source(settings.key.source, folder, self._env, synthetic=settings.synthetic)
        opening = hub_opener(folder / HUB_NAME, await source.key(create=False))
        transactions = SqliteTransactions(opening, self._env)
        core = HubCore(self._env)
        try:
            await transactions.open()
            await transactions.write(
                lambda connection: core.confirm_wipe(connection, mark.device, mark.secret)
            )
        finally:
            await transactions.aclose()

    # ---- the mark ------------------------------------------------------------------------------
    def _write(self) -> None:
        """Write the mark; a disk that takes nothing more stops nothing."""
        if self._mark is None:
            return
        try:
            self._write_mark(self._mark)
        except OSError as error:
            _log.error("the mark of the wipe was not written: %s", type(error).__name__)

    def _write_mark(self, mark: _Mark) -> None:
        told = {"device": mark.device, "secret": mark.secret, "begun": mark.begun, "told": mark.told}
        beside = self._path.with_name(self._path.name + ".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(json.dumps(told))
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(self._path)
        _settle(self._path.parent)

    def _read(self) -> _Mark:
        """Return what the mark says; an unreadable one still asks for everything to be erased."""
        try:
            told = json.loads(self._path.read_text("utf-8"))
            return _Mark(
                str(told["device"]), str(told["secret"]), told["begun"] is True, told["told"] is True
            )
        except (OSError, ValueError, KeyError, TypeError):
            return _Mark("", "")


async def refuse_wiped(profile: Profile, env: Env) -> None:
    """Go on with a wipe that was begun, and open nothing.

    Raises:
        WipedError: this profile is to be erased, or was.
    """
    wiping = Wiping(profile, env)
    if wiping.is_asked:
        raise await wiping.finish()


def _delete_all(paths: Iterator[Path] | list[Path]) -> bool:
    """Delete files; return whether none is left."""
    done = True
    for path in paths:
        try:
            if path.is_file() or path.is_symlink():
                path.unlink()
        except OSError as error:
            _log.error("a file was not deleted: %s", type(error).__name__)
            done = False
    return done


def _settle(folder: Path) -> None:
    """Have the system write a folder's names, where it can be told to."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
