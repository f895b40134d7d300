"""One preparation: what an order still lacks is read, and each customer kept as soon as they are read.

Visits come first, then their documents, then the portfolio: whatever stops a preparation, what is needed
most is on board. What was kept stays; another preparation goes on from there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from avise.connectors.contract import ConnectorError, Record
from avise.connectors.record_pages import decode_pages
from avise.env import Env
from avise.models.customer import DirectoryEntry, PersonId
from avise.models.errors import AviseError, ErrorKind
from avise.models.facet_specs import DOCUMENTS
from avise.models.network import NetworkMode
from avise.models.packs import PackKind
from avise.models.roles import Purpose, Session
from avise.models.snapshot import SnapshotKey
from avise.services.packs.documents import MAX_BYTES, ChosenDocument, chosen_documents
from avise.services.packs.plan import FRESH_FOR, PackPlan
from avise.services.packs.reading import CustomerReader
from avise.services.source_port import SourcePort
from avise.store.errors import NirAtRestError
from avise.store.pack_rows import DIARY, Target
from avise.store.packs import Packs
from avise.texts.formats import local

_log = logging.getLogger(__name__)

AT_ONCE = 3
"""Customers read side by side: tools answer other desks meanwhile."""

MEGABYTE = 1024 * 1024

Changed = Callable[[], None]


@dataclass(frozen=True, slots=True)
class PreparationParts:
    """What a preparation works with.

    Args:
        packs: open.
        reader: reads customers.
        sources: where documents are.
        session: for whom.
        env: the clock.
        max_bytes: of all packs together.
        changed: told after each customer or document.
        network: says how much there is; nothing is read ahead over a limited one.
    """

    packs: Packs
    reader: CustomerReader
    sources: SourcePort
    session: Session
    env: Env
    max_bytes: int
    changed: Changed
    network: Callable[[], NetworkMode]


class Preparation:
    """Reads what a plan lacks on board.

    Args:
        parts: what it works with.
        plan: whom to take.
        documents: whether documents are taken.
    """

    def __init__(self, parts: PreparationParts, plan: PackPlan, *, documents: bool) -> None:
        self._parts = parts
        self._plan = plan
        self._documents = documents

    async def run(self) -> None:
        """Prepare everything; cancelling it loses nothing that was kept.

        Raises:
            AviseError: `pack.size_limit`, `pack.network_lost`, `pack.limited`, `pack.locked`, or what the
                disk refuses.
        """
        packs, plan, env = self._parts.packs, self._plan, self._parts.env
        since = env.now() - FRESH_FOR
        diaries = [Target(diary.key.customer, DIARY) for diary in plan.diaries]
        await packs.order(PackKind.VISITS, [*diaries, *_targets(plan.visits)], plan.ends_at, since)
        for target, diary in zip(diaries, plan.diaries, strict=True):
            await packs.keep(PackKind.VISITS, target, [diary], failed=False, at=env.now())
        await packs.order(PackKind.PORTFOLIO, _targets(plan.portfolio), plan.ends_at, since)
        await self._customers(PackKind.VISITS, plan.visits)
        chosen = await self._chosen() if self._documents else ()
        targets = [Target(document.person, document.document) for document in chosen]
        await packs.order(PackKind.DOCUMENTS, targets, plan.ends_at, since)
        await self._take_documents({(one.person, one.document): one for one in chosen})
        await self._customers(PackKind.PORTFOLIO, plan.portfolio)

    # ---- customers -----------------------------------------------------------------------------
    async def _customers(self, kind: PackKind, entries: Iterable[DirectoryEntry]) -> None:
        by_person = {entry.person: entry for entry in entries}
        wanted = [target for target in await self._parts.packs.wanted(kind) if target.person in by_person]
        waiting = iter(wanted)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(AT_ONCE, len(wanted))):
                    group.create_task(self._take_in_turn(kind, waiting, by_person))
        except* AviseError as errors:
            raise _first(errors) from None
        await self._parts.packs.end(kind, self._parts.env.now())
        self._parts.changed()

    async def _take_in_turn(
        self, kind: PackKind, waiting: Iterable[Target], by_person: Mapping[PersonId, DirectoryEntry]
    ) -> None:
        for target in waiting:
            await self._refuse_to_go_on()
            await self._take(kind, target, by_person[target.person])

    async def _take(self, kind: PackKind, target: Target, entry: DirectoryEntry) -> None:
        parts = self._parts
        try:
            read = await parts.reader.read(entry, kind, local(parts.env.now()).date())
        except* AviseError as errors:
            raise _first(errors) from None
        at = parts.env.now()
        try:
            await parts.packs.keep(kind, target, read.readings, read.totals, failed=bool(read.failed), at=at)
        except NirAtRestError:
            # What a tool wrote where it may not stand keeps this customer at the office, and nobody else.
            _log.warning("a customer stays at the office: a reading holds what may not be at rest")
            await parts.packs.fail(kind, target, at)
        parts.changed()

    async def _refuse_to_go_on(self, more: int = 0) -> None:
        mode = self._parts.network()
        if mode is not NetworkMode.ONLINE:
            raise AviseError("pack.network_lost" if mode is NetworkMode.OFFLINE else "pack.limited")
        limit = self._parts.max_bytes
        if await self._parts.packs.size() + more >= limit:
            raise AviseError("pack.size_limit", megabytes=str(limit // MEGABYTE))

    # ---- documents -----------------------------------------------------------------------------
    async def _chosen(self) -> tuple[ChosenDocument, ...]:
        parts = self._parts
        offers = [
            (offer.instance, offer.facet(DOCUMENTS.id).schema)
            for offer in parts.sources.offers()
            if offer.content and offer.enabled and any(fed.facet == DOCUMENTS.id for fed in offer.facets)
        ]
        listed: dict[PersonId, list[tuple[str, Record]]] = {}
        for entry in self._plan.visits:
            rows = listed.setdefault(entry.person, [])
            for instance, schema in offers:
                key = SnapshotKey(instance, DOCUMENTS.id, schema, entry.dossier)
                found = await parts.packs.get(key, parts.env.now())
                if found is not None:
                    rows += [(instance, record) for record in await decode_pages(found.pages)]
        return chosen_documents(listed, parts.session.role)

    async def _take_documents(self, chosen: Mapping[tuple[PersonId, str], ChosenDocument]) -> None:
        parts = self._parts
        for target in await parts.packs.wanted(PackKind.DOCUMENTS):
            document = chosen[target.person, target.item]
            await self._refuse_to_go_on()
            try:
                content = await self._content(document)
            except ConnectorError as error:
                if error.kind is ErrorKind.OFFLINE:
                    raise AviseError("pack.network_lost") from None
                await parts.packs.fail(PackKind.DOCUMENTS, target, parts.env.now())
            else:
                await self._refuse_to_go_on(len(content))
                await parts.packs.keep_document(
                    target, document.instance, document.title, content, parts.env.now()
                )
            parts.changed()
        await parts.packs.end(PackKind.DOCUMENTS, parts.env.now())

    async def _content(self, document: ChosenDocument) -> bytes:
        content = bytearray()
        async for piece in self._parts.sources.content(
            document.instance, document.document, agent=self._parts.session.user, purpose=Purpose.VISIT
        ):
            content += piece
            if len(content) > MAX_BYTES:
                raise ConnectorError(ErrorKind.UNSUPPORTED, "document too large")
        return bytes(content)


def _targets(entries: Iterable[DirectoryEntry]) -> list[Target]:
    return [Target(entry.person) for entry in entries]


def _first(errors: BaseExceptionGroup[AviseError]) -> AviseError:
    """Return the first error of a group, however deep."""
    found = errors.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found
