"""Two screens on one customer: leaving one of them drops nothing that the other waits for."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import cast

from avise.connectors.host import ConnectorHost
from avise.connectors.readings import FacetReading
from avise.engine.loops import LoopThread
from avise.engine.source_crossing import CrossingSources
from avise.models.customer import CustomerKey, IdentityEvidence

CUSTOMER = CustomerKey(uuid.UUID(int=1), {"member": "1"})
IDENTITY = IdentityEvidence(ids={"member": "1"})


class Host:
    """Begins a reading and never ends it; notes who is left."""

    def __init__(self) -> None:
        self.left: list[uuid.UUID] = []

    async def read_facet(
        self, instance: str, facet: str, *_: object, **__: object
    ) -> AsyncIterator[FacetReading]:
        yield FacetReading(instance, facet)
        await asyncio.Event().wait()

    def leave(self, customer: CustomerKey) -> None:
        self.left.append(customer.avise_id)


async def test_a_customer_is_left_with_the_last_of_two_screens() -> None:
    host, thread = Host(), LoopThread("connectors of a test")
    thread.start()
    try:
        sources = CrossingSources(thread, cast("ConnectorHost", host))
        first = sources.read_facet("parties", "identity", CUSTOMER, IDENTITY, agent="a", purpose="call")
        other = sources.read_facet("parties", "identity", CUSTOMER, IDENTITY, agent="a", purpose="visit")
        async with aclosing(first):  # type: ignore[type-var]
            async with aclosing(other):  # type: ignore[type-var]
                await anext(first)
                await anext(other)
            await sources.leave(CUSTOMER)
            assert host.left == []
        await sources.leave(CUSTOMER)
        assert host.left == [CUSTOMER.avise_id]
    finally:
        await asyncio.to_thread(thread.stop)
