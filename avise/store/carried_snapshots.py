"""The copies of a workstation that carries packs: its store's, or the pack's where that is newer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from avise.env import Env
from avise.models.care_totals import CareTotal
from avise.models.customer import PersonId
from avise.models.errors import AviseError, Failure
from avise.models.packs import PackKind
from avise.models.record_dates import RecordDates
from avise.models.snapshot import Snapshot, SnapshotKey
from avise.store.packs import Packs
from avise.store.snapshots import Snapshots


class CarriedSnapshots:
    """Implements the snapshot port of the connectors' host over a store and packs.

    Args:
        store: copies of what was read at this desk.
        packs: what is on board; may be closed.
        env: the clock.
    """

    def __init__(self, store: Snapshots, packs: Packs, env: Env) -> None:
        self._store = store
        self._packs = packs
        self._env = env
        self.ends_by: Callable[[], datetime] = env.now
        """The time by which what is on board ends: the hub's, once a key is lent."""
        self._left_to_reader: set[SnapshotKey] = set()

    def leave_to_reader(self, key: SnapshotKey) -> None:
        """Have the next reading kept by whoever asked for it, and by nobody else."""
        self._left_to_reader.add(key)

    def forget_readers(self) -> None:
        """Keep every reading in the store again."""
        self._left_to_reader.clear()

    async def get(self, key: SnapshotKey) -> Snapshot | None:
        """Return the newer of the two copies, None when there is none that may be told."""
        kept = await self._store.get(key)
        if kept is not None and kept.fetched_at > self._env.now():
            # Read before the clock was set back: what is on board may be told, this says so itself.
            return kept
        try:
            carried = await self._packs.get(key, self.ends_by())
        except AviseError:
            # A damaged pack takes nothing away from what the store has.
            return kept
        if kept is None or (carried is not None and carried.fetched_at > kept.fetched_at):
            return carried
        return kept

    async def put(self, key: SnapshotKey, snapshot: Snapshot) -> None:
        """Replace the store's copy, unless the reading was for a pack."""
        if key in self._left_to_reader:
            self._left_to_reader.discard(key)
            return
        await self._store.put(key, snapshot)

    async def note_error(self, key: SnapshotKey, failure: Failure, at: datetime) -> None:
        """Write the last error beside the store's copy."""
        self._left_to_reader.discard(key)
        await self._store.note_error(key, failure, at)

    async def carried(self, customers: Iterable[PersonId]) -> frozenset[PersonId]:
        """Return those of some customers whose whole file is on board."""
        return frozenset(customers) & await self._packs.persons(PackKind.VISITS, self.ends_by())

    async def record_dates(self, persons: Iterable[PersonId]) -> Mapping[PersonId, RecordDates]:
        """Return when somebody's record was read and last changed, as far as the store's copies tell."""
        return await self._store.record_dates(persons)

    async def care_totals(self, person: PersonId) -> Sequence[CareTotal]:
        """Return what the care of a customer on board came to, by category."""
        return await self._packs.care_totals(person, self.ends_by())

    async def coverage(self) -> Mapping[str, tuple[int, datetime]]:
        """Return, for each instance, how many customers have a copy, the same ones in both once at least."""
        found = dict(await self._store.coverage())
        try:
            carried = await self._packs.coverage(self.ends_by())
        except AviseError:
            return found
        for instance, (count, oldest) in carried.items():
            kept, since = found.get(instance, (0, oldest))
            found[instance] = (max(kept, count), min(since, oldest))
        return found
