"""Files joined to requests: kept here until the hub has them, named by a keyed hash of their content."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from sqlalchemy import Connection, delete, insert, select, update

from avise.env import Env
from avise.models.customer import PersonId
from avise.store.store import Store
from avise.store.tables import attachment
from avise.store.times import to_microseconds

_PURPOSE = b"avise attachments v1"


KEPT_SENT = timedelta(days=7)
"""How long a file stays once sent (`hub.md` 4, retention)."""


class Attachments:
    """Keeps the files that this desk joined.

    Args:
        store: where they are kept.
        key: the store's key, from which names are derived: the same file of two people has two names.
        env: the clock.
    """

    def __init__(self, store: Store, key: bytes, env: Env) -> None:
        self._store = store
        self._env = env
        self._key = hmac.digest(key, _PURPOSE, hashlib.sha256)

    def name_of(self, content: bytes, person: PersonId | None) -> str:
        """Return the name of a file of somebody."""
        keyed = hmac.new(self._key, person.bytes if person is not None else b"", hashlib.sha256)
        keyed.update(content)
        return keyed.hexdigest()

    async def keep(self, blob: str, content: bytes) -> None:
        """Keep a file; again is harmless."""
        row = {"blob": blob, "content": content, "kept_at": to_microseconds(self._env.now())}

        def change(connection: Connection) -> None:
            known = connection.scalar(select(attachment.c.blob).where(attachment.c.blob == blob))
            if known is None:
                connection.execute(insert(attachment).values(row | {"sent_at": None}))

        await self._store.write(change)

    async def content(self, blob: str) -> bytes | None:
        """Return a file, None when it is no longer here."""
        statement = select(attachment.c.content).where(attachment.c.blob == blob)
        return await self._store.read(lambda connection: connection.scalar(statement))

    async def unsent(self) -> tuple[str, ...]:
        """Return the names of the files that the hub does not have."""
        waiting = select(attachment.c.blob).where(attachment.c.sent_at.is_(None))
        ordered = waiting.order_by(attachment.c.kept_at)
        return tuple(await self._store.read(lambda connection: connection.scalars(ordered).all()))

    async def sent(self, blob: str) -> None:
        """Note that the hub has a file; it stays here for a week, until a backup has it too."""
        now = to_microseconds(self._env.now())
        statement = update(attachment).where(attachment.c.blob == blob).values(sent_at=now)
        await self._store.write(lambda connection: connection.execute(statement).rowcount)

    async def purge(self) -> int:
        """Forget the files that the hub has had for long enough; return how many."""
        limit = to_microseconds(self._env.now() - KEPT_SENT)
        statement = delete(attachment).where(attachment.c.sent_at < limit)
        return await self._store.write(lambda connection: connection.execute(statement).rowcount)

    async def again(self) -> None:
        """Take every file as not sent: the hub was restored from a backup."""
        await self._store.write(
            lambda connection: connection.execute(update(attachment).values(sent_at=None)).rowcount
        )
