"""The text of an exchange: asked of its tool when somebody opens it, journaled, never kept."""

from __future__ import annotations

import asyncio
import codecs
import unicodedata
from collections.abc import AsyncGenerator
from contextlib import aclosing

from avise.connectors.contract import ConnectorError
from avise.connectors.readings import SourceOffer
from avise.models.errors import AviseError, ErrorKind
from avise.models.free_text import masked_note
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.masking import may_read_bodies
from avise.services.open_customer import OpenDossier
from avise.services.ports import JournalPort
from avise.services.restricted_values import stream_of
from avise.services.source_port import SourcePort
from avise.texts import text

LONGEST_BODY = 50_000
"""Bytes that are read: twenty pages. What comes after is said to lack."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Categories of characters by which a text could pass for another."""

_SENTENCES = {
    ErrorKind.OFFLINE: "exchange_body.offline",
    ErrorKind.NOT_FOUND: "exchange_body.gone",
    ErrorKind.AUTH: "exchange_body.refused",
    ErrorKind.FORBIDDEN: "exchange_body.refused",
    ErrorKind.BAD_DATA: "exchange_body.unreadable",
    ErrorKind.UNSUPPORTED: "exchange_body.unreadable",
}
"""Every other error is one of a tool that does not answer."""


class ExchangeBodies:
    """Reads the text of the exchanges that tools listed.

    Args:
        sources: the tools.
        journal: written before anything is asked.
    """

    def __init__(self, sources: SourcePort, journal: JournalPort) -> None:
        self._sources = sources
        self._journal = journal

    async def read(self, dossier: OpenDossier, entry: str) -> str:
        """Return the text of an exchange of an open dossier, its restricted numbers masked.

        Only what a tool listed for this customer can be asked for, whatever the window says.

        Raises:
            AviseError: `exchange_body.not_allowed` for the role, `exchange_body.gone`, and why the tool
                did not give it.
        """
        if not may_read_bodies(dossier.session.role):
            raise AviseError("exchange_body.not_allowed")
        found = dossier.exchange(entry)
        if found is None or not found[1].body_ref:
            raise AviseError("exchange_body.gone")
        offer, exchange = found
        body: dict[str, JSON] = {
            "person": str(dossier.entry.person),
            "purpose": dossier.purpose,
            "reason": "",
            "exchange": entry,
        }
        await self._journal.append(dossier.session, EventKind.CONSULTED, stream_of(dossier), body)
        raw, is_cut = await self._bytes(dossier, offer, exchange.body_ref)
        try:
            # Numbers are looked for in the whole text: a tenth of a second for the longest.
            return await asyncio.to_thread(shown_body, raw, is_cut=is_cut)
        except ValueError:
            raise AviseError("exchange_body.unreadable", source=offer.name) from None

    async def _bytes(self, dossier: OpenDossier, offer: SourceOffer, ref: str) -> tuple[bytes, bool]:
        pieces = self._sources.content(
            offer.instance, ref, agent=dossier.session.user, purpose=dossier.purpose
        )
        try:
            return await _beginning(pieces)
        except ConnectorError as error:
            key = _SENTENCES.get(error.kind, "exchange_body.unavailable")
            raise AviseError(key, source=offer.name) from None


async def _beginning(pieces: AsyncGenerator[bytes, None]) -> tuple[bytes, bool]:
    """Return what can be shown of a content, and whether there is more."""
    read = bytearray()
    async with aclosing(pieces):
        async for piece in pieces:
            read += piece
            if len(read) > LONGEST_BODY:
                break
    return bytes(read[:LONGEST_BODY]), len(read) > LONGEST_BODY


def shown_body(raw: bytes, *, is_cut: bool) -> str:
    """Return a text in UTF-8 as it may be shown: without invisible characters and restricted numbers.

    Raises:
        ValueError: it is no text.
    """
    words = codecs.getincrementaldecoder("utf-8-sig")().decode(raw, final=not is_cut)
    if "\0" in words:
        raise ValueError("no text")
    lines = words.replace("\r\n", "\n").replace("\r", "\n")
    seen = "".join(one for one in lines if one in "\n\t" or unicodedata.category(one) not in _UNSEEN)
    shown = masked_note(seen.strip()) or text("exchange_body.empty")
    return f"{shown}\n\n{text('exchange_body.cut')}" if is_cut else shown
