"""What one person's desk keeps about requests: what is being typed, what was seen, lists with a name."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from avise.env import Env
from avise.models.free_text import holds_nir_in_words
from avise.models.identifiers import holds_nir
from avise.models.requests import RequestId
from avise.store.desk_memory import MAX_DRAFT_CHARACTERS
from avise.store.errors import NirAtRestError, TooBigError
from avise.store.store import Store
from avise.store.tables import request_draft, request_seen, request_view
from avise.store.times import to_microseconds


def keeping_draft(
    login: str, subject: uuid.UUID, target: str, words: str, at: datetime
) -> Callable[[Connection], None]:
    """Return the change that keeps what is being typed in place of what was; empty words forget it."""
    table = request_draft
    mine = (table.c.login == login) & (table.c.request == subject.bytes) & (table.c.target == target)
    row = {"login": login, "request": subject.bytes, "target": target, "text": words}

    def change(connection: Connection) -> None:
        connection.execute(delete(table).where(mine))
        if words:
            connection.execute(insert(table).values(row | {"saved_at": to_microseconds(at)}))

    return change


class RequestMemory:
    """Keeps one person's own part of the middle office.

    Args:
        store: where it is kept.
        env: the clock.
        login: whose it is; nobody reads another's.
    """

    def __init__(self, store: Store, env: Env, login: str) -> None:
        self._store = store
        self._env = env
        self._login = login

    # ---- what is being typed -------------------------------------------------------------------
    async def save_draft(self, request: RequestId, target: str, words: str) -> None:
        """Keep what is being typed; empty words forget it.

        Raises:
            NirAtRestError: it holds a NIR (decision 4); what was kept before stays.
            TooBigError: it is over `MAX_DRAFT_CHARACTERS`.
        """
        if len(words) > MAX_DRAFT_CHARACTERS:
            raise TooBigError
        if holds_nir(words.encode("utf-8", "replace")) or holds_nir_in_words(words):
            raise NirAtRestError
        await self._store.write(keeping_draft(self._login, request, target, words, self._env.now()))

    async def drafts(self, request: RequestId) -> dict[str, str]:
        """Return what was being typed on a request, by target."""
        table = request_draft
        statement = select(table.c.target, table.c.text).where(
            table.c.login == self._login, table.c.request == request.bytes
        )
        rows = await self._store.read(lambda connection: connection.execute(statement).all())
        return {row.target: row.text for row in rows}

    # ---- what was seen -------------------------------------------------------------------------
    async def note_seen(self, request: RequestId, ver: int) -> None:
        """Remember that a request was looked at as it was then."""
        values = (self._login, request.bytes, ver)
        sql = "INSERT OR REPLACE INTO request_seen (login, request, ver) VALUES (?, ?, ?)"
        await self._store.write(lambda connection: connection.exec_driver_sql(sql, values).rowcount)

    async def seen(self) -> dict[RequestId, int]:
        """Return the version of each request that this user saw last."""
        table = request_seen
        statement = select(table.c.request, table.c.ver).where(table.c.login == self._login)
        rows = await self._store.read(lambda connection: connection.execute(statement).all())
        return {RequestId(bytes=row.request): row.ver for row in rows}

    # ---- lists with a name ---------------------------------------------------------------------
    async def keep_view(self, view_id: str, body: str) -> None:
        """Keep a list under its identifier, in place of the one before."""
        row = {"login": self._login, "view_id": view_id, "body": body}
        saved_at = to_microseconds(self._env.now())

        def change(connection: Connection) -> None:
            _forget(connection, self._login, view_id)
            connection.execute(insert(request_view).values(row | {"saved_at": saved_at}))

        await self._store.write(change)

    async def forget_view(self, view_id: str) -> None:
        """Forget a list."""
        await self._store.write(lambda connection: _forget(connection, self._login, view_id))

    async def views(self) -> dict[str, str]:
        """Return the lists kept, by identifier, the first saved first."""
        table = request_view
        statement = (
            select(table).where(table.c.login == self._login).order_by(table.c.saved_at, table.c.view_id)
        )
        rows = await self._store.read(lambda connection: connection.execute(statement).all())
        return {row.view_id: row.body for row in rows}


def _forget(connection: Connection, login: str, view_id: str) -> None:
    table = request_view
    connection.execute(delete(table).where(table.c.login == login, table.c.view_id == view_id))
