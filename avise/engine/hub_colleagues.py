"""Who else works with the hub, read whole."""

from __future__ import annotations

from collections.abc import Mapping

from avise.engine.hub_calls import HubCalls
from avise.hub.port import Colleague, HubPort, View
from avise.models.roles import Role

_PAGE = 200


async def read_colleagues(calls: HubCalls, hub: HubPort) -> tuple[Colleague, ...]:
    """Return everybody who works with the hub.

    Raises:
        HubError: what the hub says, or that it cannot be reached.
    """
    found: list[Colleague] = []
    cursor = ""
    while True:
        page = await calls.answer(hub.query(View.COLLEAGUES, {}, cursor, _PAGE))
        found.extend(_colleague(row) for row in page.rows)
        cursor = page.cursor
        if not cursor:
            return tuple(found)


def _colleague(row: Mapping[str, object]) -> Colleague:
    perimeters = row.get("perimeters")
    return Colleague(
        str(row.get("login", "")),
        str(row.get("name", "")),
        Role(str(row.get("role", Role.AGENT.value))),
        tuple(str(found) for found in perimeters) if isinstance(perimeters, list | tuple) else (),
    )
