"""A generated world laid down in the tools comes back through them as it was."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from avise.connectors.host import ConnectorHost
from avise.connectors.readings import FacetReading
from avise.demo.launcher import DemoTools
from avise.demo.population.defects import BIRTH_DATE_DIFFERS
from avise.demo.population.entities import Dossier
from avise.demo.population.generate import iter_dossiers
from avise.demo.population.spec import WorldSpec
from avise.env import SystemEnv
from avise.models.customer import CustomerKey, IdentityEvidence
from tests.servers.tools_b.world import DAY, host_of

SPEC = WorldSpec.for_preset("mini", DAY)
FACETS = ("documents", "noemie", "complaints")
"""Each is fed by the tool of the same name; appointments have a test of their own."""


@pytest.fixture(scope="module")
def dossiers() -> Sequence[Dossier]:
    return list(iter_dossiers(SPEC))


async def _read(host: ConnectorHost, facet: str, dossier: Dossier) -> FacetReading:
    member, known = dossier.member, dossier.ids.as_mapping()
    seen = IdentityEvidence(
        member.last_name, member.first_name, member.birth_date, known, (member.birth_name,)
    )
    key = CustomerKey(SystemEnv().uuid7(), known)
    async with aclosing(
        host.read_facet(facet, facet, key, seen, agent="lea", purpose="call", force=True)
    ) as stream:
        return [reading async for reading in stream][-1]


def _expected(facet: str, dossier: Dossier) -> list[tuple[Any, ...]]:
    if facet == "documents":
        return [
            (each.title, each.kind, each.dated, each.direction, each.status, each.medical)
            for each in dossier.documents
        ]
    if facet == "noemie":
        return [(each.state, each.code, each.requested_on) for each in dossier.noemie]
    return [
        (each.number, each.subject, each.channel, each.received_on, each.answer_by, each.status, each.outcome)
        for each in dossier.complaints
    ]


_NAMES = {
    "documents": ("title", "kind", "dated", "direction", "status", "medical"),
    "noemie": ("state", "code", "requested_on"),
    "complaints": ("number", "subject", "channel", "received_on", "answer_by", "status", "outcome"),
}


def _found(facet: str, reading: FacetReading) -> list[tuple[Any, ...]]:
    return [
        tuple(
            datetime.fromisoformat(str(record.data[name])) if name == "dated" else record.data[name]
            for name in _NAMES[facet]
        )
        for record in reading.records
    ]


def _plain(rows: list[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    """Return rows as texts, in an order of their own: each tool has its own order."""
    return sorted(tuple("" if value is None else str(value) for value in row) for row in rows)


async def test_every_dossier_comes_back_as_it_was(tmp_path: Path, dossiers: Sequence[Dossier]) -> None:
    counted = dict.fromkeys(FACETS, 0)
    async with DemoTools.start(tmp_path, SPEC, tools=FACETS) as tools, host_of(tools) as host:
        for dossier in dossiers:
            for facet in FACETS:
                reading = await _read(host, facet, dossier)
                if facet == "complaints" and BIRTH_DATE_DIFFERS in dossier.member.defects:
                    assert reading.withheld
                    continue
                assert (reading.error, reading.unreadable, reading.drift) == (None, 0, 0), facet
                assert _plain(_found(facet, reading)) == _plain(_expected(facet, dossier)), facet
                counted[facet] += len(reading.records)
    assert all(count > 0 for count in counted.values()), counted
