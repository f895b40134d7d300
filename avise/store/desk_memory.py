"""What one person's desk finds again: tabs, drafts, settings and the customers opened last."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

from sqlalchemy import Connection, delete, insert, select

from avise.env import Env
from avise.models.customer import PersonId
from avise.models.desk_memory import Draft, SavedTab
from avise.models.free_text import holds_nir_in_words
from avise.models.identifiers import holds_nir
from avise.store.errors import NirAtRestError, TooBigError
from avise.store.settings import Settings
from avise.store.store import Store
from avise.store.tables import draft, recent, session_tab
from avise.store.times import from_microseconds, to_microseconds

MAX_DRAFT_CHARACTERS = 100_000
RECENTS = 9
"""As many as session tabs."""

_NEWEST = "SELECT max(opened_at) FROM recent WHERE login = ?"
_NOTE_OPENED = "INSERT OR REPLACE INTO recent (login, person, opened_at) VALUES (?, ?, ?)"
_FORGET_OLDER = (
    "DELETE FROM recent WHERE login = ? AND person NOT IN"
    " (SELECT person FROM recent WHERE login = ? ORDER BY opened_at DESC LIMIT ?)"
)


class DeskMemory:
    """Keeps one person's desk; implements the services' port of the same name.

    Args:
        store: where it is kept.
        env: clock.
        login: whose desk it is; nobody reads another's.
    """

    def __init__(self, store: Store, env: Env, login: str) -> None:
        self._store = store
        self._env = env
        self._login = login
        self._settings = Settings(store, login)

    async def save_tabs(self, tabs: tuple[SavedTab, ...]) -> None:
        """Keep the open tabs; those kept before are replaced."""
        rows = [
            {
                "login": self._login,
                "position": position,
                "person": tab.person.bytes,
                "label": tab.label,
                "active": int(tab.active),
            }
            for position, tab in enumerate(sorted(tabs, key=lambda tab: tab.position))
        ]

        def change(connection: Connection) -> None:
            connection.execute(delete(session_tab).where(session_tab.c.login == self._login))
            if rows:
                connection.execute(insert(session_tab), rows)

        await self._store.write(change)

    async def saved_tabs(self) -> tuple[SavedTab, ...]:
        """Return the tabs kept, in order."""
        statement = select(session_tab).where(session_tab.c.login == self._login)
        ordered = statement.order_by(session_tab.c.position)
        rows = await self._store.read(lambda connection: connection.execute(ordered).all())
        return tuple(
            SavedTab(uuid.UUID(bytes=row.person), row.label, row.position, bool(row.active)) for row in rows
        )

    async def save_draft(self, person: PersonId, text: str) -> None:
        """Keep a text being typed; an empty one is forgotten.

        Raises:
            NirAtRestError: the text holds a NIR (decision 4); what was kept before stays.
            TooBigError: the text is over `MAX_DRAFT_CHARACTERS`.
        """
        await self._store.write(self.keeping_draft(person, text))

    def keeping_draft(self, person: PersonId, text: str) -> Callable[[Connection], None]:
        """Return the change that keeps a text, to be written with something else; as `save_draft`."""
        if len(text) > MAX_DRAFT_CHARACTERS:
            raise TooBigError
        if holds_nir(text.encode("utf-8", "replace")) or holds_nir_in_words(_typed_words(text)):
            raise NirAtRestError
        saved_at = to_microseconds(self._env.now())

        def change(connection: Connection) -> None:
            mine = (draft.c.login == self._login) & (draft.c.person == person.bytes)
            connection.execute(delete(draft).where(mine))
            if text:
                row = {"login": self._login, "person": person.bytes, "text": text, "saved_at": saved_at}
                connection.execute(insert(draft).values(row))

        return change

    async def draft(self, person: PersonId) -> Draft | None:
        """Return the text that was being typed, None when nothing was."""
        mine = (draft.c.login == self._login) & (draft.c.person == person.bytes)
        statement = select(draft).where(mine)
        row = await self._store.read(lambda connection: connection.execute(statement).first())
        return None if row is None else Draft(person, row.text, from_microseconds(row.saved_at))

    async def drafts(self) -> tuple[Draft, ...]:
        """Return every text that was being typed, the newest first."""
        statement = select(draft).where(draft.c.login == self._login).order_by(draft.c.saved_at.desc())
        rows = await self._store.read(lambda connection: connection.execute(statement).all())
        return tuple(
            Draft(uuid.UUID(bytes=row.person), row.text, from_microseconds(row.saved_at)) for row in rows
        )

    async def setting(self, key: str) -> str:
        """Return a setting, or its default."""
        return await self._settings.setting(key)

    async def change_setting(self, key: str, value: str) -> None:
        """Change a setting."""
        await self._settings.change(key, value)

    async def note_opened(self, person: PersonId) -> None:
        """Put a person first among the recents; the tenth is forgotten."""
        opened_at = to_microseconds(self._env.now())

        def change(connection: Connection) -> None:
            newest = connection.exec_driver_sql(_NEWEST, (self._login,)).scalar()
            # A clock set back must not put the person opened last behind the others.
            moment = opened_at if newest is None else max(opened_at, newest + 1)
            connection.exec_driver_sql(_NOTE_OPENED, (self._login, person.bytes, moment))
            connection.exec_driver_sql(_FORGET_OLDER, (self._login, self._login, RECENTS))

        await self._store.write(change)

    async def recents(self) -> tuple[PersonId, ...]:
        """Return the persons opened last, newest first."""
        statement = select(recent.c.person).where(recent.c.login == self._login)
        ordered = statement.order_by(recent.c.opened_at.desc())
        found = await self._store.read(lambda connection: connection.scalars(ordered).all())
        return tuple(uuid.UUID(bytes=person) for person in found)


def _typed_words(text: str) -> str:
    """Return what staff typed in a draft: the note of a wrap-up kept as JSON, else the whole text."""
    try:
        note = json.loads(text)["wrap_up"].get("note", "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return text
    return note if isinstance(note, str) else text
