"""The house's directory filled or brought up to date: each page is committed before the next.

One program at a time fills it. What it writes outlives a kill; what a search reads is the directory in
place, which is replaced in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from avise.directory.keys import Minter
from avise.directory.tables import VERSION
from avise.env import Env
from avise.hub.dialect import is_outage, postgres_engine
from avise.hub.directory import (
    HouseLoading,
    apply_changes,
    facts_in_place,
    has_directory,
    note_in_place,
)
from avise.hub.port import HubError
from avise.hub.refusals import HubBrokenError
from avise.models.bulk_reading import SMALLEST_SHARE, Doubt, DoubtKind, KeptReading
from avise.models.customer import Party

T = TypeVar("T")

_ALONE = 5_620_188_413_704_236
"""Number of the lock that whoever fills the directory holds."""

_WAITED = "SET lock_timeout = '10s'"
"""A program that was killed a moment ago may still hold the lock: its server process has to notice."""
_NOTICED = "SET client_connection_check_interval = '1s'"
_BUSY = "55P03"

_VERSION = str(VERSION)
"""Noted in a directory: one of other keys is read anew, as a workstation's is."""


@dataclass(frozen=True, slots=True)
class HouseStanding:
    """Where the house's directory stands.

    Args:
        listed: a directory is in place.
        changeable: its keys are those of this version, by which whoever changes is found.
        place: where changes follow it, as its source says; "" when it came from another one.
        kept: of the reading under way, or what was decided about the directory in place.
        building: a reading of everybody is under way.
    """

    listed: bool
    changeable: bool
    place: str
    kept: KeptReading
    building: bool


class HouseFiller:
    """The connection that fills the house's directory. Make it with `HouseFiller.open`, end it with `close`.

    Args:
        engine: on the hub's database, for a role that may make schemas.
        connection: of that engine, which holds the lock.
        minter: gives persons their identity.
        source: name of what the parties come from: a place is good for one source.
        env: the clock.
    """

    def __init__(self, engine: Engine, connection: Connection, minter: Minter, source: str, env: Env) -> None:
        self._engine = engine
        self._connection = connection
        self._minter = minter
        self._source = source
        self._env = env
        self._loading = HouseLoading(connection, minter)

    @classmethod
    def open(cls, url: str, minter: Minter, source: str, env: Env) -> HouseFiller:
        """Return a filler, once no other one is at work.

        Args:
            url: of the hub's database.
            minter: gives persons their identity.
            source: name of what the parties come from.
            env: the clock.

        Raises:
            HubError: `hub.directory_busy`, or the database cannot be used.
        """
        engine = postgres_engine(url, 1)
        try:
            return cls(engine, _held(engine), minter, source, env)
        except DBAPIError as error:
            engine.dispose()
            raise _told(error) from None

    def close(self) -> None:
        """Let another one work."""
        self._connection.close()
        self._engine.dispose()

    def standing(self) -> HouseStanding:
        """Return where the directory stands; a reading from another source is not under way."""
        return self._committed(self._standing)

    def _standing(self) -> HouseStanding:
        place, building = facts_in_place(self._connection), self._loading.facts()
        is_ours, from_ours = self._is_ours(building), self._is_ours(place)
        noted = building if is_ours else place if from_ours else {}
        reading = noted.get("reading")
        return HouseStanding(
            has_directory(self._connection),
            place.get("version") == _VERSION,
            place.get("cursor", "") if from_ours else "",
            KeptReading.of_text(reading) if reading else KeptReading(),
            is_ours,
        )

    def _is_ours(self, facts: Mapping[str, str]) -> bool:
        """Say whether a directory comes from this source, under the keys of this version."""
        return facts.get("source") == self._source and facts.get("version") == _VERSION

    def begin(self, kept: KeptReading) -> None:
        """Begin a reading of everybody, forgetting the one that was under way."""
        self._committed(lambda: self._loading.begin(self._facts(kept)))

    def add(self, parties: Sequence[Party], kept: KeptReading) -> None:
        """Add a page of everybody, with where the next one begins."""
        self._committed(lambda: self._loading.add(parties, kept.place, self._facts(kept)))

    def note(self, kept: KeptReading) -> None:
        """Note something of the reading under way."""
        self._committed(lambda: self._loading.note(self._facts(kept)))

    def note_in_place(self, kept: KeptReading) -> None:
        """Note something of the directory in place; nothing where none is."""
        if self._committed(lambda: has_directory(self._connection)):
            self._committed(lambda: note_in_place(self._connection, {"reading": kept.to_text()}))

    def doubt(self, mark: str) -> Doubt | None:
        """Index what was read; return why somebody must look before it is put in place, None for no reason.

        Args:
            mark: by which the reading is known again.
        """
        self._committed(self._loading.index)
        before, staying = self._committed(self._loading.staying)
        if not before or staying >= before * SMALLEST_SHARE:
            return None
        return Doubt(DoubtKind.PERSONS, mark, before, staying, None, self._env.now())

    def put_in_place(self, kept: KeptReading) -> int:
        """Put what was read in place; return how many it lists."""
        # What was not wanted before is past: it can be taken no more.
        facts = {**self._facts(KeptReading()), "cursor": kept.place}
        # Kept before the swap: a stop between both does not index again.
        self._committed(self._loading.index)
        return self._committed(lambda: self._loading.put_in_place(facts, self._env.now()))

    def forget(self) -> None:
        """Forget the reading under way; what is in place stays."""
        self._committed(self._loading.forget)

    def apply(self, parties: Sequence[Party], place: str = "") -> None:
        """Apply changes to what is in place.

        Args:
            parties: who changed.
            place: that follows them; "" leaves the one that is noted.

        Raises:
            HubError: `hub.no_directory`.
        """

        def change() -> None:
            if not has_directory(self._connection):
                raise HubError("hub.no_directory")
            facts = {"cursor": place} if place else {}
            apply_changes(self._connection, self._minter, parties, self._env.now(), facts)

        self._committed(change)

    def _facts(self, kept: KeptReading) -> dict[str, str]:
        return {
            "cursor": kept.place,
            "source": self._source,
            "version": _VERSION,
            "reading": kept.to_text(),
        }

    def _committed(self, work: Callable[[], T]) -> T:
        """Do work in a transaction of its own."""
        try:
            done = work()
            self._connection.commit()
        except DBAPIError as error:
            self._connection.rollback()
            raise _told(error) from None
        except BaseException:
            self._connection.rollback()
            raise
        return done


def _held(engine: Engine) -> Connection:
    """Return a connection that holds the lock until it ends."""
    connection = engine.connect()
    try:
        _hold(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _hold(connection: Connection) -> None:
    try:
        connection.exec_driver_sql(_NOTICED)
        connection.commit()
    except DBAPIError:
        # A platform where the server cannot tell.
        connection.rollback()
    connection.exec_driver_sql(_WAITED)
    connection.exec_driver_sql("SELECT pg_advisory_lock(%s)", (_ALONE,))
    connection.exec_driver_sql("RESET lock_timeout")
    connection.commit()


def _told(error: DBAPIError) -> BaseException:
    if getattr(error.orig, "sqlstate", None) == _BUSY:
        return HubError("hub.directory_busy")
    return HubBrokenError.of(error) if is_outage(error) else error
