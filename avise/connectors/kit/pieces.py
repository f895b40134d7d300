"""What a connector gives piece by piece, asked of it directly: a content, the directory's changes, calls."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import aclosing, asynccontextmanager
from typing import cast

from avise.connectors.contract import (
    Batch,
    CallContext,
    CallEvent,
    ConnectorError,
    FetchesContent,
    PublishesDirectory,
    StreamsCalls,
)
from avise.connectors.deadline import Deadline
from avise.connectors.direct_calls import PAGE_S, by_page
from avise.connectors.kit.bench import CALLER, Bench
from avise.models.customer import Party
from avise.models.errors import ErrorKind


async def content_of(bench: Bench, ref: str) -> bytes:
    """Return what is behind a reference, each piece within the deadline of a reading.

    Raises:
        ConnectorError: what the connector raised.
    """
    connector = cast("FetchesContent", bench.instance.connector)
    context, deadline = _lent(bench)
    async with aclosing(by_page(connector.content(ref, context), deadline)) as pieces:
        return b"".join([bytes(piece) async for piece in pieces])


async def changes_of(
    bench: Bench, since: str = "", given: list[Batch[Party]] | None = None, *, most: int = 0
) -> list[Batch[Party]]:
    """Return the pages of the directory since a cursor.

    Args:
        bench: of the connector.
        since: the cursor, "" for everybody.
        given: filled with the pages as they come, for a reading that fails on the way.
        most: pages after which nobody reads on; 0 for all.

    Raises:
        ConnectorError: what the connector raised.
    """
    found = given if given is not None else []
    connector = cast("PublishesDirectory", bench.instance.connector)
    context, deadline = _lent(bench)
    async with aclosing(by_page(connector.changes(since, context), deadline)) as pages:
        async for page in pages:
            found.append(page)
            if most and len(found) >= most:
                break
    return found


@asynccontextmanager
async def calls_of(bench: Bench) -> AsyncIterator[AsyncGenerator[CallEvent, None]]:
    """Lend the calls that the connector hears, without a deadline: nobody may call for hours."""
    connector = cast("StreamsCalls", bench.instance.connector)
    context, _ = _lent(bench)
    async with aclosing(by_page(connector.call_events(context), None)) as events:
        yield events


async def kind_raised(asked: Awaitable[object]) -> ErrorKind | None:
    """Return why what is asked of the connector fails, None when it is answered."""
    try:
        await asked
    except ConnectorError as error:
        return error.kind
    return None


def seconds_of(bench: Bench) -> float:
    """Return how long a piece may take: as the host gives, or the scenarios' deadline once the tool fails."""
    return bench.deadline.total_seconds() if bench.deadline is not None else PAGE_S


def _lent(bench: Bench) -> tuple[CallContext, Deadline]:
    deadline = Deadline(seconds_of(bench))
    reference = bench.trial.env.token()[:8]
    return bench.instance.context(CALLER, reference, deadline, may_retry=True), deadline
