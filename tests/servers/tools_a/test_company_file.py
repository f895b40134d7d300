"""A company as the parties tool knows it: sites, contract, HR contact, employees without their benefits."""

from __future__ import annotations

import uuid
from contextlib import aclosing
from pathlib import Path

from avise.connectors.host import ConnectorHost
from avise.connectors.readings import FacetReading
from avise.demo.launcher import DemoTools
from avise.demo.population.companies import BAKERY, companies, company, establishments
from avise.demo.population.generate import iter_dossiers
from avise.demo.population.spec import WorldSpec
from avise.demo.tools.loading import tool_kinds
from avise.demo.tools.prepare import lay_down
from avise.models.customer import CustomerKey, IdentityEvidence
from tests.servers.tools_a.test_read_by_avise import host_of

SPEC = WorldSpec.for_preset("mini")


async def _read(host: ConnectorHost, facet: str, party: str) -> FacetReading:
    known = {"parties.party": party}
    readings = host.read_facet(
        "parties", facet, CustomerKey(uuid.UUID(int=1), known), IdentityEvidence(ids=known),
        agent="lea", purpose="call", force=True,
    )  # fmt: skip
    async with aclosing(readings) as stream:
        return [reading async for reading in stream][-1]


async def test_the_bakery_has_its_contract_its_site_and_its_employees(tmp_path: Path) -> None:
    lay_down(tmp_path, SPEC, tool_kinds(["parties"]), list(iter_dossiers(SPEC)))
    bakery = company(SPEC, BAKERY)
    async with (
        DemoTools.start(tmp_path, SPEC, tools=["parties"], quick=True) as tools,
        host_of(tools) as host,
    ):
        party = f"ENT-{bakery.siren}"
        card = await _read(host, "company", party)
        sites = await _read(host, "establishments", party)
        contracts = await _read(host, "contracts", party)
        employees = await _read(host, "employees", party)
        nobody = await _read(host, "employees", iter_member())
    assert [reading.error for reading in (card, sites, contracts, employees)] == [None] * 4
    assert (card.records[0].data["hr_phone"], card.records[0].data["affiliated"]) == ("+33253010417", 7)
    assert card.records[0].data["employer_share"] == 50
    assert [site.data["head_office"] for site in sites.records] == [True]
    assert contracts.records[0].data["number"] == bakery.contract
    assert len(employees.records) == 7
    for record in employees.records:
        assert set(record.data) <= {
            "last_name", "first_name", "member_number", "college", "kind", "status", "joined_on", "left_on",
        }  # fmt: skip
        assert record.data["member_number"]
    assert not nobody.records


def iter_member() -> str:
    """Return the party of somebody who is no company."""
    return next(iter(iter_dossiers(SPEC))).ids.party


def test_the_sites_of_a_company_add_up_and_have_numbers_of_their_own() -> None:
    for firm in companies(WorldSpec.for_preset("demo")):
        sites = establishments(SPEC, firm)
        assert sum(site.headcount for site in sites) == firm.headcount
        assert len({site.siret for site in sites}) == len(sites)
        assert [site.head_office for site in sites] == [True, *[False] * (len(sites) - 1)]
        assert sites == establishments(SPEC, firm)
