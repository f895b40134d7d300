"""Reads a customer's file through an engine, as the command line does."""

from __future__ import annotations

from avise.commands.show import CustomerFile, find_person, read_file
from avise.engine.engine import Engine
from avise.models.facets import FacetView


def read(engine: Engine, member: str) -> CustomerFile:
    """Wait for the directory, open the member's file and wait until every reading has settled."""

    async def whole() -> CustomerFile:
        await engine.directory_ready()
        return await read_file(engine.desk, await find_person(engine.desk, member), "")

    return engine.run(whole())


def views(file: CustomerFile, facet: str) -> tuple[FacetView, ...]:
    """Return the readings of a facet."""
    return tuple(view for view in file.ordered() if view.facet == facet)
