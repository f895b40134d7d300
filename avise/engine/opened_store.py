"""The store and the directory of a profile, opened: the first half of an engine, and the quick one.

Needs neither a connector nor a rule: somebody who types a name at the start finds people while the rest
of the engine is still being imported.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from avise.directory.keys import Minter
from avise.env import Env
from avise.models.errors import AviseError
from avise.services.profile import Profile
from avise.store.directory import Directory
from avise.store.identity_file import Diagnosis
from avise.store.key_source import key_source
from avise.store.store import Store


@dataclass(frozen=True, slots=True)
class OpenedStore:
    """What is open; whoever holds it closes it.

    Args:
        profile: with the identifier of this device.
        key: of the store's files.
        store: open.
        directory: open.
    """

    profile: Profile
    key: bytes
    store: Store
    directory: Directory

    @classmethod
    async def open(
        cls, profile: Profile, env: Env, ask_passphrase: Callable[[], str] | None = None
    ) -> OpenedStore:
        """Open both files of a profile.

        Raises:
            AviseError: the key or a file cannot be used; the sentence says what to do.
        """
        if await asyncio.to_thread(profile.wipe_path.exists):
            from avise.engine.wiping import refuse_wiped  # noqa: PLC0415 - once in the life of a machine

            await refuse_wiped(profile, env)
        settings = profile.settings
        source = key_source(
            settings.key.source,
            profile.folder,
            env,
            synthetic=settings.synthetic,
            ask_passphrase=ask_passphrase,
        )
        key = await source.key(create=not profile.store_path.exists())
        store = await Store.open(profile.store_path, key, env)
        minter = Minter(settings.site_namespace, settings.identity_master)
        try:
            if profile.portfolio_of and profile.portfolio_path.exists():
                # Whoever lends the key of what is on board opens it (`avise.engine.packs_on_board`).
                directory = Directory.locked(profile.portfolio_path, env, minter, "directory.building")
            else:
                directory = await Directory.open(profile.directory_path, key, env, minter)
        except BaseException:
            await store.aclose()
            raise
        return cls(Profile(profile.folder, settings, store.device_id), key, store, directory)

    def notices(self) -> tuple[AviseError, ...]:
        """Return what staff must be told about this start."""
        return (*self.store.notices, *self.directory.notices)

    async def aclose(self) -> None:
        """Close both."""
        await self.directory.aclose()
        await self.store.aclose()


def set_aside(profile: Profile) -> tuple[str, ...]:
    """Return the names of store files set aside by this start or an earlier one, oldest first."""
    store = profile.store_path
    reasons = (Diagnosis.FOREIGN, Diagnosis.CORRUPTED)
    found = (store.parent.glob(f"{store.stem}.{reason.value}-*{store.suffix}") for reason in reasons)
    return tuple(sorted(file.name for files in found for file in files))
