"""What the pipeline asks of a connector for each kind of reading, and the shape of a timeline's."""

from __future__ import annotations

from typing import cast

from avise.connectors.contract import FacetQuery, ListsInteractions, ReadsFacets, TimelineQuery
from avise.connectors.flight import Ask
from avise.connectors.instance import Instance
from avise.connectors.pipeline import Stream
from avise.connectors.readings import FacetReading, TimelineReading
from avise.connectors.record_pages import GrowingExchanges


def facet_stream(tool: Instance, ask: Ask) -> Stream:
    """Return what asks a tool for a facet."""
    connector = cast("ReadsFacets", tool.connector)  # checked at admission
    return lambda validator, context: connector.read_facet(
        FacetQuery(ask.key.facet, ask.customer, ask.limit, validator), context
    )


def timeline_stream(tool: Instance, ask: Ask) -> Stream:
    """Return what asks a tool for its exchanges."""
    connector = cast("ListsInteractions", tool.connector)  # checked at admission
    return lambda _, context: connector.interactions(TimelineQuery(ask.customer, ask.limit), context)


async def as_timeline(reading: FacetReading, exchanges: GrowingExchanges) -> TimelineReading:
    """Return a step of a timeline's reading, its records as exchanges again."""
    return TimelineReading(
        reading.instance,
        await exchanges.of(reading.records),
        as_of=reading.as_of,
        fetched_at=reading.fetched_at,
        final=reading.final,
        completeness=reading.completeness,
        truncated_because=reading.truncated_because,
        unreadable=reading.unreadable,
        error=reading.error,
        from_cache=reading.from_cache,
        withheld=reading.withheld,
    )
