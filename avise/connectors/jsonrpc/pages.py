"""One page of a facet, read from the answer of a service; by the worker process when it is long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from avise.connectors.contract import Batch, HttpReply, Record
from avise.connectors.declarative.batches import MORE_PAGES, MORE_THAN_SHOWN, total_of_answer
from avise.connectors.declarative.rows import rows_of, search
from avise.connectors.jsonrpc.options import JsonrpcFacet
from avise.connectors.jsonrpc.reply import put_right, result_of
from avise.connectors.row_mapping import RowMapper
from avise.models.errors import ErrorKind

SOURCE_LIMIT = "source_limit"


@dataclass(frozen=True, slots=True)
class PageAsked:
    """Which page was asked.

    Args:
        facet: as the file says it.
        mapper: of its rows.
        limit: records of the whole reading.
        read: rows of the pages before.
        number: of this page, from 1.
    """

    facet: JsonrpcFacet
    mapper: RowMapper
    limit: int
    read: int
    number: int


def page_batch(
    reply: HttpReply, call: str, meanings: Mapping[int, ErrorKind], misread_utf8: bool, asked: PageAsked
) -> Batch[Record]:
    """Return the records of a page.

    Args:
        reply: of the service.
        call: identifier of the request.
        meanings: what the codes of this service mean.
        misread_utf8: its texts are UTF-8 that it read as latin-1.
        asked: which page.

    Raises:
        ConnectorError: what the service tells, or an answer that is none.
    """
    result = result_of(reply, call, meanings)
    result = put_right(result) if misread_utf8 else result
    facet = asked.facet
    rows = rows_of(result, facet.records)
    total = total_of_answer(search(facet.total, result)) if facet.total else None
    known = asked.read + len(rows)
    more = facet.pages is not None and _follows(facet.pages.size, len(rows), known, total)
    return asked.mapper.batch(
        [row if isinstance(row, Mapping) else {} for row in rows],
        max(0, asked.limit - asked.read),
        answer=result if isinstance(result, Mapping) else None,
        truncated_because=_because(asked, known, total, more=more),
        total=total,
        more=more,
    )


def _because(asked: PageAsked, known: int, total: int | None, *, more: bool) -> str:
    if more and known >= asked.limit:
        return MORE_THAN_SHOWN
    if more and asked.facet.pages is not None and asked.number >= asked.facet.pages.max_pages:
        return MORE_PAGES
    return SOURCE_LIMIT if not more and total is not None and total > known else ""


def _follows(size: int, came: int, read: int, total: int | None) -> bool:
    """Tell whether another page follows; a page without records is the last, whatever the total says."""
    if not came:
        return False
    return read < total if total is not None else came >= size
