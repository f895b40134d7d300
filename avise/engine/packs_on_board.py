"""The data on board of a profile that may carry some: built with the engine, ended before its store."""

from __future__ import annotations

from collections.abc import Sequence

from avise.engine.lease_room import LeaseRoom
from avise.engine.local_desk import LocalDesk
from avise.engine.pack_room import PackParts, PackRoom
from avise.engine.source_crossing import CrossingSources
from avise.env import Env
from avise.models.customer import DirectoryEntry
from avise.services.pack_values import PackOrder
from avise.services.packs.visited import Visited, visited_in
from avise.services.profile import Profile
from avise.store.carried_snapshots import CarriedSnapshots
from avise.store.directory import Directory
from avise.store.pack_file import PackFile
from avise.store.packs import Packs
from avise.store.snapshots import Snapshots
from avise.store.store import Store

PACKS_NAME = "packs.db"


class OnBoard:
    """What a profile carries, from `open` to `aclose`.

    Args:
        profile: that allows it.
        store: of the profile.
        env: the clock.
    """

    def __init__(self, profile: Profile, store: Store, env: Env) -> None:
        self._profile, self._env = profile, env
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
        lease.on_changed = room.key_changed
        lease.on_gone = room.forget
        await room.open()
        desk.use_packs(room, self.packs)
        return room

    async def aclose(self) -> None:
        """Stop preparing and close the file."""
        if self.room is not None:
            await self.room.aclose()
        await self.packs.file.aclose()
