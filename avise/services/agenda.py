"""The agent's own appointments of the day, from whichever tool keeps a diary of staff.

A connector that offers the facet `appointments` and needs the identifier `staff.login` keeps diaries of
staff: it is asked with the login of whoever works here. It is never asked about a customer, who has no
such identifier.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from datetime import date

from avise.connectors.contract import Completeness, Record
from avise.connectors.readings import FacetReading, SourceOffer
from avise.env import Env
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.facets import FacetRecord
from avise.models.roles import Purpose, Session
from avise.services.change_signal import ChangeSignal
from avise.services.day_values import Diary, DiaryEntry, DiaryState
from avise.services.facts import moment, word
from avise.services.source_port import SourcePort
from avise.texts.formats import local

STAFF = "staff.login"
"""Identifier that only staff bear."""

FACET = "appointments"
REFRESH_EVERY = 600.0
"""Seconds between two questions to a diary."""

_DIARIES = uuid.UUID("0f0f6cbb-5f2e-5f7c-8a53-2b7c0a1f5d21")
"""Namespace under which copies of diaries are kept, apart from any customer."""

_CANCELLED = frozenset({"cancelled"})


def diary_key(login: str) -> uuid.UUID:
    """Return under which identity the copy of somebody's diary is kept."""
    return uuid.uuid5(_DIARIES, login)


def keeps_diaries(offer: SourceOffer) -> bool:
    """Say whether a tool keeps diaries of staff."""
    return any(fed.facet == FACET for fed in offer.facets) and STAFF in offer.needs(FACET)


class Agenda:
    """Reads the agent's diary once in a while, and answers with what is known meanwhile.

    Args:
        sources: the tools.
        session: whose diary.
        env: the clock.
        changes: told when a reading ended.
    """

    def __init__(self, sources: SourcePort, session: Session, env: Env, changes: ChangeSignal) -> None:
        self._sources = sources
        self._session = session
        self._env = env
        self._changes = changes
        self._read: tuple[FacetReading, ...] | None = None
        self._asked_at: float | None = None
        self._asking: asyncio.Task[None] | None = None

    def of(self, today: date) -> Diary:
        """Return the appointments of a day as far as they are known, and read them again when it is time."""
        offers = [offer for offer in self._sources.offers() if keeps_diaries(offer) and offer.enabled]
        if not offers:
            return Diary()
        now = self._env.monotonic()
        if self._asked_at is None or now >= self._asked_at + REFRESH_EVERY:
            self._asked_at = now
            self._asking = asyncio.create_task(self._ask(offers), name="read diary")
        return Diary(DiaryState.READING) if self._read is None else self._diary(self._read, offers, today)

    async def aclose(self) -> None:
        """Stop reading; the next question starts anew."""
        asking, self._asking, self._asked_at = self._asking, None, None
        if asking is not None:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _ask(self, offers: Sequence[SourceOffer]) -> None:
        asked = (self._reading(offer) for offer in offers if offer.failure is None)
        # A reading that ended on an error of ours is one that lacks: the tool is named as not asked.
        found = await asyncio.gather(*asked, return_exceptions=True)
        self._read = tuple(reading for reading in found if isinstance(reading, FacetReading))
        self._changes.tell()

    async def _reading(self, offer: SourceOffer) -> FacetReading:
        login = self._session.user
        ids = {STAFF: login}
        key = CustomerKey(diary_key(login), ids)
        last = FacetReading(offer.instance, FACET)
        async for reading in self._sources.read_facet(
            offer.instance, FACET, key, IdentityEvidence(ids=ids), agent=login, purpose=Purpose.VISIT
        ):
            last = reading
        return last

    @staticmethod
    def _diary(read: Sequence[FacetReading], offers: Sequence[SourceOffer], today: date) -> Diary:
        answered = [reading for reading in read if _is_whole(reading)]
        whole = {reading.instance for reading in answered}
        missing = tuple(offer.name for offer in offers if offer.instance not in whole)
        entries = [
            entry
            for reading in read
            for record in reading.records
            if (entry := _entry(record, reading.instance)) is not None
            and local(entry.starts_at).date() == today
            and entry.status not in _CANCELLED
        ]
        read_at = [reading.as_of or reading.fetched_at for reading in read]
        return Diary(
            DiaryState.FAILED if missing else DiaryState.KNOWN,
            tuple(sorted(entries, key=lambda entry: (entry.starts_at, entry.source, entry.id))),
            missing,
            min((at for at in read_at if at is not None), default=None),
        )


def _is_whole(reading: FacetReading) -> bool:
    return reading.error is None and not reading.withheld and reading.completeness is Completeness.COMPLETE


def _entry(record: Record, source: str) -> DiaryEntry | None:
    told = FacetRecord(record.id, record.data)
    starts = moment(told, "starts_at")
    if starts is None:
        return None
    return DiaryEntry(
        id=record.id,
        starts_at=starts,
        ends_at=moment(told, "ends_at"),
        kind=word(told, "kind"),
        subject=word(told, "subject"),
        place=word(told, "place"),
        status=word(told, "status"),
        source=source,
    )
