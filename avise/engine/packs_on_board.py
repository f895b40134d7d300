"""The data on board of a profile that may carry some: built with the engine, ended before its store."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from avise.engine.lease_room import LeaseRoom
from avise.engine.local_desk import LocalDesk
from avise.engine.pack_parts import PackParts
from avise.engine.pack_room import PackRoom
from avise.engine.source_crossing import CrossingSources
from avise.env import Env
from avise.models.customer import DirectoryEntry
from avise.models.errors import AviseError
from avise.models.leases import LeaseState
from avise.services.pack_values import PackOrder
from avise.services.packs.visited import Visited, visited_in
from avise.services.profile import Profile
from avise.store.carried_snapshots import CarriedSnapshots
from avise.store.directory import Directory
from avise.store.directory_rekeying import forget_file
from avise.store.pack_file import PackFile
from avise.store.packs import Packs
from avise.store.snapshots import Snapshots
from avise.store.store import Store

PACKS_NAME = "packs.db"


class _PortfolioDirectory:
    """The search directory of a laptop: under the key of what is on board, as soon as there is one.

    Args:
        profile: whose.
        directory: locked, or in its first file under the store's key.
        store_key: for the time when nothing is on board.
    """

    def __init__(self, profile: Profile, directory: Directory, store_key: bytes) -> None:
        self._profile, self._directory, self._store_key = profile, directory, store_key

    async def key_here(self, key: bytes) -> None:
        """Open the directory with the key; the first time, put it under that key."""
        if self._directory.path != self._profile.portfolio_path:
            await self._directory.move(self._profile.portfolio_path, key)
        elif self._directory.is_locked:
            await self._directory.unlock(key)
            # What a crash left in the middle of the first time.
            await asyncio.to_thread(forget_file, self._profile.directory_path)

    async def key_gone(self, because: str) -> None:
        """Close the directory, and say why to whoever searches."""
        if self._directory.path != self._profile.portfolio_path:
            return
        if self._directory.is_locked:
            self._directory.say_why_absent(because)
        else:
            await self._directory.lock(because)

    async def forgotten(self) -> None:
        """Delete it, and have it built again under the store's key."""
        if self._directory.path == self._profile.portfolio_path:
            await self._directory.begin_anew(self._profile.directory_path, self._store_key)


class OnBoard:
    """What a profile carries, from `open` to `aclose`.

    Args:
        profile: that allows it.
        store: of the profile.
        key: of that store.
        env: the clock.
    """

    def __init__(self, profile: Profile, store: Store, key: bytes, env: Env) -> None:
        self._profile, self._env, self._store_key = profile, env, key
        self.packs = Packs(PackFile(profile.folder / PACKS_NAME))
        self.copies = CarriedSnapshots(Snapshots(store, env), self.packs, env)
        self.room: PackRoom | None = None

    async def open(
        self, lease: LeaseRoom, desk: LocalDesk, sources: CrossingSources, directory: Directory
    ) -> PackRoom:
        """Open what is on board if its key is there, and let the desk ask for it.

        Args:
            lease: open; lends the key.
            desk: that shows it.
            sources: the tools.
            directory: who exists.
        """
        session = desk.session
        self.copies.ends_by = lease.key.now

        async def portfolio() -> Sequence[DirectoryEntry]:
            return await directory.portfolio(session.user)

        async def visited(order: PackOrder) -> Visited:
            return await visited_in(order, sources, session, directory)

        self.room = room = PackRoom(
            PackParts(
                self.packs,
                self.copies,
                lease.key,
                sources,
                session,
                self._profile.settings.offline,
                portfolio,
                visited,
                self._env,
            )
        )
        room.pin = lease
        if self._profile.portfolio_of:
            room.beside = _PortfolioDirectory(self._profile, directory, self._store_key)
        if lease.key.state() is LeaseState.NONE:
            # Given back, or never taken: what a crash left under a key that is no more goes.
            await _forget(room)
        lease.on_changed = room.key_changed
        lease.on_gone = room.forget
        lease.on_trouble = room.tell
        await room.open()
        desk.use_packs(room, self.packs)
        return room

    async def aclose(self) -> None:
        """Stop preparing and close the file."""
        if self.room is not None:
            await self.room.aclose()
        await self.packs.file.aclose()


async def _forget(room: PackRoom) -> None:
    try:
        await room.forget()
    except AviseError as error:
        # The system keeps the file: nobody can read it, and the next start tries again.
        room.tell(error)
