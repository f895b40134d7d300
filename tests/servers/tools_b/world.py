"""A few dossiers with known values, and how to read their tools as Avise does."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings, NoSnapshots
from avise.connectors.readings import FacetReading
from avise.connectors.registry import Registry
from avise.demo.launcher import DemoTools
from avise.demo.population.defects import BIRTH_DATE_DIFFERS, MOJIBAKE, STALE
from avise.demo.population.entities import (
    Appointment,
    Beneficiary,
    Complaint,
    Document,
    Dossier,
    NoemieLink,
    Person,
)
from avise.demo.population.spec import WorldSpec
from avise.demo.tools.loading import tool_kinds
from avise.demo.tools.prepare import lay_down
from avise.env import SystemEnv
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.errors import ErrorKind
from avise.resources import resource_folder
from tests.servers.tools_a.world import dossier as bare_dossier
from tests.servers.tools_a.world import ids, person

OURS = ("documents", "appointments", "noemie", "complaints")
DAY = date(2026, 3, 24)
SPEC = WorldSpec(dossiers=6, as_of=DAY, seed=7, heavy=False)
MOMENT = datetime(2026, 3, 1, 10, tzinfo=UTC)

FULL, EMPTY, MISREAD, DAY_OFF, STALE_FLOW, MANY = range(1, 7)
"""The dossiers of this world."""
NOBODY = 99
"""Identifiers of no dossier."""
LONG_LIST = 620
"""Documents and complaints of the dossier that has too many."""


def document(index: int, place: int, **changes: object) -> Document:
    """Return a document; the later its place, the older it is."""
    made = Document(
        f"G{index}-{place:04d}",
        f"Facture n° {place} <soins & appareillage>",
        "invoice",
        MOMENT - timedelta(hours=place),
        "in",
        "checked",
        5_000 + place,
        "application/pdf",
        medical=True,
        party=ids(index).party,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the caller's names are the document's


def complaint(index: int, place: int) -> Complaint:
    """Return a closed complaint."""
    received = DAY - timedelta(days=100 + place)
    return Complaint(
        f"R-{index}-{place}",
        "Délai de traitement",
        "member_space",
        received,
        received + timedelta(days=14),
        received + timedelta(days=4),
        received + timedelta(days=60),
        "second",
        "closed",
        "goodwill",
        "Solène Marteau",
        "Texte de la réclamation",
    )


def child(index: int) -> Person:
    """Return a child of the dossier, whose own registration key differs from the member's."""
    own = replace(ids(index), party=f"PTY-C{index:07d}", registration=f"R8{index:09d}C")
    return replace(person(index), ids=own, kind="beneficiary", first_name="Zoé", birth_date=date(2015, 5, 5))


def links(index: int) -> tuple[NoemieLink, ...]:
    """Return the links of the member and of the child."""
    asked = date(2025, 1, 2)
    member, other = person(index), child(index)
    return (
        NoemieLink(member.ids.party, member.ids.registration, "acknowledged", "33", "CPAM 44", asked,
                   date(2025, 1, 9), date(2026, 3, 20)),
        NoemieLink(other.ids.party, other.ids.registration, "conflict", "35", "CPAM 44", asked,
                   DAY, None, "Mutuelle de l’Œuvre (fictif)"),
    )  # fmt: skip


def appointment(index: int, place: int, status: str = "confirmed") -> Appointment:
    """Return an appointment at 10:30 in Paris."""
    start = datetime(2026, 4, 7 + place, 8, 30, tzinfo=UTC)
    return Appointment(
        f"rdv-{index}-{place}@exemple.invalid", start, start + timedelta(minutes=45), "home_visit",
        "Bilan de garanties, devis ; famille", "Chez l’adhérent", "Raphaël Ségur", status,
    )  # fmt: skip


def dossier(index: int) -> Dossier:
    """Return one of the dossiers."""
    bare = replace(bare_dossier(1000 + index), index=index, member=person(index))
    if index == EMPTY:
        return bare
    count = LONG_LIST if index == MANY else 3
    member = person(index)
    if index == DAY_OFF:
        member = replace(member, defects=frozenset({BIRTH_DATE_DIFFERS}))
    tags = {MISREAD: {MOJIBAKE}, STALE_FLOW: {STALE}}.get(index, set())
    return replace(
        bare,
        member=member,
        beneficiaries=(Beneficiary(child(index), "child", 1, date(2015, 5, 5)),),
        documents=(
            *(document(index, place) for place in range(count)),
            document(index, 9001, status="awaited", kind="certificate"),
            document(index, 9002, media_type="image/jpeg", size=60_000, kind="identity"),
        ),
        appointments=(appointment(index, 0), appointment(index, 1, "cancelled")),
        noemie=links(index),
        complaints=tuple(complaint(index, place) for place in range(count)),
        defects=frozenset(tags),
    )


def lay_down_world(folder: Path) -> None:
    """Prepare our tools in a data folder."""
    lay_down(folder, SPEC, tool_kinds(OURS), (dossier(index) for index in range(1, SPEC.dossiers + 1)))


@dataclass(frozen=True)
class Secrets:
    """Gives secrets from a mapping."""

    values: Mapping[tuple[str, str], str]

    async def get(self, instance: str, name: str) -> str | None:
        return self.values.get((instance, name))


@contextlib.asynccontextmanager
async def host_of(
    tools: DemoTools, secrets: Mapping[tuple[str, str], str] | None = None
) -> AsyncIterator[ConnectorHost]:
    """Run the connectors' host over running tools, with the connector files of the demonstration.

    Args:
        tools: running.
        secrets: given in the place of the right ones.
    """
    folder = resource_folder("connectors") / "demo"
    settings = [
        InstanceSettings(name, name, config, connector_file=folder / f"{name}.toml")
        for name, config in tools.settings().items()
    ]
    kept = Secrets(tools.secrets() if secrets is None else secrets)
    host = ConnectorHost(SystemEnv(), NoSnapshots(), settings, kept, connectors=Registry())
    await host.start()
    try:
        yield host
    finally:
        await host.aclose()


SOMEBODY_ELSE = IdentityEvidence("Kerdraon", "Yvon", date(1945, 1, 2))


def identity(index: int) -> IdentityEvidence:
    """Return who the customer on screen is."""
    someone = person(index)
    return IdentityEvidence(
        someone.last_name, someone.first_name, someone.birth_date, ids(index).as_mapping()
    )


async def read(
    host: ConnectorHost, tool: str, facet: str, index: int, seen: IdentityEvidence | None = None
) -> FacetReading:
    """Return the final reading of a dossier's facet, for the customer on screen."""
    key = CustomerKey(SystemEnv().uuid7(), ids(index).as_mapping())
    readings = host.read_facet(
        tool, facet, key, seen or identity(index), agent="lea", purpose="call", force=True
    )
    async with aclosing(readings) as stream:
        return [reading async for reading in stream][-1]


def kind_of(reading: FacetReading) -> ErrorKind | None:
    """Return why a reading failed, None when it did not."""
    return reading.error.kind if reading.error is not None else None
