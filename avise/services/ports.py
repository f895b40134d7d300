"""What services need kept: journal, directory, drafts and settings. The engine plugs the store in."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from avise.models.customer import DirectoryEntry, PersonId, SearchAnswer
from avise.models.desk_memory import Draft, SavedTab
from avise.models.interaction import Interaction
from avise.models.journal import EventEnvelope, EventKind, NewEvent
from avise.models.json_types import JSON
from avise.models.record_dates import RecordDates
from avise.models.roles import Session

StoreChange = Callable[[Any], object]
"""A change of the store that is written in the transaction of something else; opaque to services."""


class JournalPort(Protocol):
    """Appends what staff do; returns once it is on disk."""

    async def append(
        self, session: Session, kind: EventKind, stream: str, body: Mapping[str, JSON]
    ) -> EventEnvelope:
        """Write one event; the return is the promise that it is kept."""

    async def append_all(
        self, session: Session, *events: NewEvent, beside: Sequence[StoreChange] = ()
    ) -> tuple[EventEnvelope, ...]:
        """Write events, and other changes beside them, all or none."""

    async def stream(
        self, stream: str, kinds: Sequence[EventKind] = (), limit: int = 500
    ) -> tuple[EventEnvelope, ...]:
        """Return the last events of a stream, oldest first."""

    async def under(self, prefix: str, kinds: Sequence[EventKind] = ()) -> tuple[EventEnvelope, ...]:
        """Return every event of the streams that begin with a prefix, oldest first."""

    async def events(self, wanted: Iterable[uuid.UUID]) -> tuple[EventEnvelope, ...]:
        """Return events by identity; those that are not here are left out."""

    async def interactions(self, stream: str) -> tuple[Interaction, ...]:
        """Return the exchanges of a stream, newest first: those attached to it, none that was undone."""


class DirectoryPort(Protocol):
    """Finds people."""

    async def search(self, words: str, limit: int) -> SearchAnswer:
        """Find parties by any key in any form."""

    async def search_wider(self, words: str, known: Collection[PersonId], limit: int) -> SearchAnswer:
        """Find who else it may be when two letters of a name are wrong: `known` are not given again."""

    async def by_person(self, person: PersonId) -> DirectoryEntry | None:
        """Return one party."""

    async def by_identifier(self, scheme: str, value: str) -> DirectoryEntry | None:
        """Return the party that bears an identifier."""

    async def by_phone(self, number: str) -> tuple[DirectoryEntry, ...]:
        """Return who bears a telephone number (E.164)."""

    async def count(self) -> int:
        """Return how many parties are listed."""


class CopiesPort(Protocol):
    """Counts and dates the copies kept of what tools answered."""

    async def coverage(self) -> Mapping[str, tuple[int, datetime]]:
        """Return, by instance, how many customers have a copy and the date of the oldest."""

    async def record_dates(self, persons: Iterable[PersonId]) -> Mapping[PersonId, RecordDates]:
        """Return when somebody's record was read and last changed, as far as the copies tell."""


class DeskMemoryPort(Protocol):
    """What one desk keeps for itself."""

    async def save_tabs(self, tabs: tuple[SavedTab, ...]) -> None:
        """Keep the open tabs."""

    async def saved_tabs(self) -> tuple[SavedTab, ...]:
        """Return the tabs kept."""

    async def save_draft(self, person: PersonId, text: str) -> None:
        """Keep a text being typed; an empty one is forgotten."""

    def keeping_draft(self, person: PersonId, text: str) -> StoreChange:
        """Return the change that keeps a text, to be written with events."""

    async def draft(self, person: PersonId) -> Draft | None:
        """Return the text that was being typed."""

    async def drafts(self) -> tuple[Draft, ...]:
        """Return every text that was being typed, the newest first."""

    async def setting(self, key: str) -> str:
        """Return a setting, or its default."""

    async def change_setting(self, key: str, value: str) -> None:
        """Change a setting."""

    async def note_opened(self, person: PersonId) -> None:
        """Put a person first among the recents."""

    async def recents(self) -> tuple[PersonId, ...]:
        """Return the persons opened last, newest first."""
