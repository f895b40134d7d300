"""The file of a company: its own numbers, and nothing that only a person has."""

from __future__ import annotations

import uuid

from avise.models.customer import DirectoryEntry, Party, PartyKind
from avise.models.facets import FacetState
from avise.models.roles import Purpose
from avise.services.customer_updates import Header, HeaderChanged
from avise.services.open_customer import OpenDossier
from tests.unit.services.scripted_sources import ScriptedSources, answer, offer
from tests.unit.services.test_open_customer import AGENT, _Now, last_views, settled

BAKERY = uuid.UUID(int=8)
PARTY = Party(
    "ENT-000123455",
    PartyKind.COMPANY,
    company_name="LE FOURNIL",
    phones=("+33261910011",),
    city="Nantes",
    siren="000123455",
)


def _dossier(sources: ScriptedSources) -> OpenDossier:
    return OpenDossier(DirectoryEntry(BAKERY, BAKERY, PARTY), AGENT, Purpose.CALL, sources, _Now())


async def _headers(sources: ScriptedSources) -> list[Header]:
    return [update.header for update in await settled(_dossier(sources)) if isinstance(update, HeaderChanged)]


async def test_the_header_has_the_companys_numbers_from_the_directory_then_from_its_tool() -> None:
    record = {"name": "Le Fournil des Ormes", "siren": "000123455", "siret": "00012345500016"}
    sources = ScriptedSources(
        [offer("parties", "company")], {("parties", "company"): [answer("parties", "company", record)]}
    )
    first, *_, last = await _headers(sources)
    assert (first.kind, first.last_name, first.siren, first.siret) == (
        PartyKind.COMPANY, "LE FOURNIL", "000123455", "",
    )  # fmt: skip
    assert first.from_directory_only
    assert (last.last_name, last.siret, last.from_directory_only) == (
        "Le Fournil des Ormes", "00012345500016", False,
    )  # fmt: skip


async def test_a_prospect_whom_no_tool_knows_is_not_said_to_be_read() -> None:
    riou = Party("1", PartyKind.PROSPECT, last_name="RIOU", phones=("+33199009999",))
    dossier = OpenDossier(
        DirectoryEntry(BAKERY, BAKERY, riou), AGENT, Purpose.CALL, ScriptedSources([], {}), _Now()
    )
    headers = [update.header for update in await settled(dossier) if isinstance(update, HeaderChanged)]
    assert [header.from_directory_only for header in headers] == [False]


async def test_no_tool_is_asked_for_what_only_a_person_has() -> None:
    person = {"nir": "canary", "birth_date": "1968-03-12", "last_name": "CANARY"}
    sources = ScriptedSources(
        [offer("parties", "identity"), offer("rights", "rights"), offer("parties", "contracts")],
        {("parties", "identity"): [answer("parties", "identity", person)]},
    )
    updates = await settled(_dossier(sources))
    views = last_views(updates)
    assert views["identity"].state is FacetState.NOT_APPLICABLE
    assert views["rights"].state is FacetState.NOT_APPLICABLE
    assert sources.asked == [("parties", "contracts")]
    assert "canary" not in repr(updates).lower()
    header = next(update.header for update in updates if isinstance(update, HeaderChanged))
    assert (header.birth_date, header.age, header.nir_masked) == (None, None, "")
