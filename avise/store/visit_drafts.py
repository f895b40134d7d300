"""Reports of visits that are being written: on the disk of this workstation, and on no other.

They are kept where everything that is being typed is kept beside requests, under a target of their own.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from avise.env import Env
from avise.models.identifiers import holds_nir
from avise.models.visits import VisitId
from avise.store.desk_memory import MAX_DRAFT_CHARACTERS
from avise.store.errors import NirAtRestError, TooBigError
from avise.store.request_drafts import keeping_draft
from avise.store.store import Store
from avise.store.tables import request_draft as table
from avise.store.times import from_microseconds

TARGET = "visit_report"


class VisitDrafts:
    """Keeps one person's reports being written.

    Args:
        store: where they are kept.
        env: the clock.
        login: whose they are; nobody reads another's.
    """

    def __init__(self, store: Store, env: Env, login: str) -> None:
        self._store = store
        self._env = env
        self._login = login

    async def save(self, visit: VisitId, words: str) -> datetime:
        """Keep a report; an empty one is forgotten. Return when, once it is on the disk.

        Raises:
            NirAtRestError: it holds a NIR (decision 4); what was kept before stays.
            TooBigError: it is over `MAX_DRAFT_CHARACTERS`.
            StoreError: it could not be written.
        """
        at = self._env.now()
        await self._store.write(self.keeping(visit, words))
        return at

    def keeping(self, visit: VisitId, words: str) -> Callable[[Connection], None]:
        """Return the change that keeps a report, to be written with other things; errors as `save`."""
        if len(words) > MAX_DRAFT_CHARACTERS:
            raise TooBigError
        if holds_nir(words.encode("utf-8", "replace")):
            raise NirAtRestError
        return keeping_draft(self._login, visit, TARGET, words, self._env.now())

    async def all(self) -> Mapping[VisitId, tuple[str, datetime]]:
        """Return every report being written, and when each was kept last."""
        statement = select(table.c.request, table.c.text, table.c.saved_at).where(
            table.c.login == self._login, table.c.target == TARGET
        )
        rows = await self._store.read(lambda connection: connection.execute(statement).all())
        return {uuid.UUID(bytes=row.request): (row.text, from_microseconds(row.saved_at)) for row in rows}
