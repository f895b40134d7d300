"""Commands of one person's outbox: confirmed in one transaction with their event, changed one at a time.

The row of a command is the promise made to the agent: `confirm` returns after its commit. Every change
names the revision it was computed from, so that two of them never overwrite each other, whatever
process they come from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, true, update
from sqlalchemy.sql.elements import ColumnElement

from avise.env import Env
from avise.models.commands import SETTLED, CommandContent, CommandId, CommandState, OutboxItem
from avise.models.errors import AviseError
from avise.models.journal import NewEvent
from avise.models.roles import Session
from avise.store.journal import Journal
from avise.store.outbox_rows import content_of, encoded_content, item_of, item_row
from avise.store.store import Store
from avise.store.tables import command, command_document
from avise.store.times import to_microseconds

KEPT_SETTLED = timedelta(days=30)
"""How long a command that ended stays in the outbox's history."""

KEPT_FETCHED = timedelta(hours=1)
"""How long a document stays once it was fetched: saving it may have to be done again."""


class _AlreadyKeptError(Exception):
    """Ends a transaction that would keep a command twice."""


_NO_LONGER_SENT = (CommandState.DONE, CommandState.CANCELLED)


class Commands:
    """Keeps the commands of one person; implements the services' port of the same name.

    Args:
        store: where they are kept.
        env: the clock.
        journal: what is written together with them.
        login: whose outbox it is; nobody reads another's.
    """

    def __init__(self, store: Store, env: Env, journal: Journal, login: str) -> None:
        self._store = store
        self._env = env
        self._journal = journal
        self._login = login

    async def confirm(
        self,
        session: Session,
        commands: Sequence[tuple[OutboxItem, CommandContent]],
        events: Sequence[NewEvent],
    ) -> tuple[OutboxItem, ...]:
        """Keep commands and their events, all or none; they are durable when this returns.

        A command confirmed a second time is not written again: what is kept of it is returned.

        Raises:
            AviseError: `outbox.other_fingerprint` when an identifier already covers something else.
            NirAtRestError, TooBigError, StoreError: nothing was kept.
        """
        kept: list[OutboxItem] = []
        write = self.keeping(commands, kept)
        try:
            await self._journal.append_all(session, *events, beside=(write,))
        except _AlreadyKeptError:
            return await self._already({item.command_id.bytes: item.fingerprint for item, _ in commands})
        return tuple(kept)

    def keeping(
        self, commands: Sequence[tuple[OutboxItem, CommandContent]], kept: list[OutboxItem]
    ) -> Callable[[Connection], None]:
        """Return the change that keeps new commands, to be written with other things.

        Args:
            commands: confirmed just now.
            kept: filled with what is kept, once it is.
        """
        rows = [
            item_row(item, self._login) | {"content": encoded_content(content)} for item, content in commands
        ]
        wanted = [row["command_id"] for row in rows]

        def write(connection: Connection) -> None:
            kept.clear()
            if connection.scalar(select(func.count()).where(command.c.command_id.in_(wanted))):
                raise _AlreadyKeptError
            position = int(connection.scalar(select(func.max(command.c.position))) or 0)
            for row in rows:
                position += 1
                connection.execute(insert(command).values(row | {"position": position}))
                kept.append(item_of(_row(connection, row["command_id"])))

        return write

    async def _already(self, wanted: Mapping[bytes, bytes]) -> tuple[OutboxItem, ...]:
        rows = await self._rows(command.c.command_id.in_(list(wanted)))
        if {row.command_id: row.fingerprint for row in rows} != wanted:
            raise AviseError("outbox.other_fingerprint")
        return tuple(item_of(row) for row in rows)

    async def change(
        self,
        session: Session,
        before: OutboxItem,
        after: OutboxItem,
        *,
        events: Sequence[NewEvent] = (),
        document: bytes = b"",
        content: CommandContent | None = None,
    ) -> OutboxItem:
        """Keep a command's new state, whole, with its events; return it as kept.

        Args:
            session: who works here.
            before: as it was read.
            after: as it is now.
            events: told with it.
            document: that a tool gave back.
            content: what it now sends, of one that never left; None leaves what is kept.

        Raises:
            AviseError: `outbox.changed` when somebody changed it since `before` was read.
            StoreError: nothing was kept.
        """
        row = item_row(after, self._login) | {"revision": before.revision + 1}
        if content is not None:
            row["content"] = encoded_content(content)
        if after.state in _NO_LONGER_SENT or after.acknowledged:
            # What was asked is no longer needed: the history tells what was done.
            row["content"] = None
        name, kept_at = after.document_name, to_microseconds(self._env.now())
        kept: list[OutboxItem] = []

        def write(connection: Connection) -> None:
            kept.clear()
            unchanged = (command.c.command_id == row["command_id"]) & (command.c.revision == before.revision)
            if connection.execute(update(command).where(unchanged).values(row)).rowcount != 1:
                raise AviseError("outbox.changed")
            if document:
                of_command = command_document.c.command_id == row["command_id"]
                connection.execute(delete(command_document).where(of_command))
                whole = {
                    "command_id": row["command_id"], "name": name, "content": document, "kept_at": kept_at
                }  # fmt: skip
                connection.execute(insert(command_document).values(whole))
            kept.append(item_of(_row(connection, row["command_id"])))

        if events:
            await self._journal.append_all(session, *events, beside=(write,))
        else:
            await self._store.write(write)
        return kept[0]

    async def items(self) -> tuple[OutboxItem, ...]:
        """Return every command kept, in order of confirmation."""
        return tuple(item_of(row) for row in await self._rows(true()))

    async def item(self, command_id: CommandId) -> OutboxItem | None:
        """Return one command."""
        rows = await self._rows(command.c.command_id == command_id.bytes)
        return item_of(rows[0]) if rows else None

    async def content(self, command_id: CommandId) -> CommandContent | None:
        """Return what a command sends; None once it is no longer kept."""
        rows = await self._rows(command.c.command_id == command_id.bytes)
        return content_of(rows[0].content) if rows and rows[0].content is not None else None

    async def document(self, command_id: CommandId) -> tuple[str, bytes] | None:
        """Return the name and the bytes of what a tool gave back, which leave an hour later."""
        of_command = command_document.c.command_id == command_id.bytes
        fetched_at = to_microseconds(self._env.now())

        def fetch(connection: Connection) -> tuple[str, bytes] | None:
            row = connection.execute(select(command_document).where(of_command)).first()
            if row is None:
                return None
            never = command_document.c.fetched_at.is_(None)
            connection.execute(
                update(command_document).where(of_command & never).values(fetched_at=fetched_at)
            )
            return row.name, row.content

        return await self._store.write(fetch)

    async def purge(self) -> int:
        """Delete commands that ended long ago and documents that were fetched; return how many commands.

        One that is uncertain or that nobody took note of is kept.
        """
        now = self._env.now()
        old = to_microseconds(now - KEPT_SETTLED)
        fetched = to_microseconds(now - KEPT_FETCHED)
        settled = [state.value for state in SETTLED]
        mine = (command.c.login == self._login) & command.c.state.in_(settled)

        def change(connection: Connection) -> int:
            rows = connection.execute(select(command).where(mine & (command.c.settled_at < old))).all()
            gone = [row.command_id for row in rows if _forgettable(item_of(row))]
            for table in (command_document, command):
                connection.execute(delete(table).where(table.c.command_id.in_(gone)))
            connection.execute(delete(command_document).where(command_document.c.fetched_at < fetched))
            return len(gone)

        return await self._store.write(change)

    async def _rows(self, condition: ColumnElement[bool]) -> Sequence[Row[Any]]:
        mine = select(command).where((command.c.login == self._login) & condition)
        ordered = mine.order_by(command.c.position)
        return await self._store.read(lambda connection: connection.execute(ordered).all())


def _forgettable(item: OutboxItem) -> bool:
    quiet = item.state in (*_NO_LONGER_SENT, CommandState.ACCEPTED) and not item.uncertain
    return quiet or item.acknowledged


def _row(connection: Connection, command_id: bytes) -> Row[Any]:
    return connection.execute(select(command).where(command.c.command_id == command_id)).one()
