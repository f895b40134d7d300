"""A company beside its members: one link each way, employees that open their files, never their benefits."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from avise.models.customer import DirectoryEntry, Party, PartyKind, SearchAnswer, SearchHit
from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.models.roles import Role
from avise.services.customer_updates import FacetChanged, Header, HeaderChanged, OpeningSettled
from avise.services.dossier_blocks import blocks_of
from avise.ui.customer.block_content import KeyValueRow, ListRow, joined
from avise.ui.customer.compact_rows import compact_rows
from avise.ui.customer.record_words import Moment
from tests.ui.customer.opened_page import opened
from tests.ui.persona import HELENE, NOW, helene_updates
from tests.ui.scripted_desk import ScriptedDesk, hit_of
from tests.ui.waiting import until
from tests.unit.services.scripted_sources import offer

Run = Callable[[Coroutine[object, object, None]], None]
BAKERY = UUID(int=77)
SIREN = "000123455"
MOMENT = Moment(NOW, NOW.date())
CARD = FacetRecord(
    SIREN,
    {
        "name": "Le Fournil des Ormes", "siren": SIREN, "declaration_month": "2026-02",
        "declaration_state": "anomaly", "declaration_anomaly": "Salarié inconnu", "headcount": 9,
        "affiliated": 7, "portability": 1, "plan": "Pack Socle", "employer_share": 50,
        "hr_contact": "Soizic Ormelin", "hr_phone": "+33253010417",
    },
)  # fmt: skip
EMPLOYEES = (
    FacetRecord("P1", {"last_name": "Marchand", "first_name": "Hélène", "member_number": "0482917350",
                       "college": "Cadres", "kind": "group_mandatory", "status": "active"}),
    FacetRecord("P2", {"last_name": "Duval", "first_name": "Bastien", "member_number": "0550120977",
                       "college": "Non-cadres", "kind": "portability", "status": "active"}),
    FacetRecord("P3", {"last_name": "Roux", "first_name": "Michel", "member_number": "0031845120",
                       "college": "Cadres", "kind": "group_mandatory", "status": "terminated"}),
)  # fmt: skip


def _view(facet: str, *records: FacetRecord, at: datetime = NOW) -> FacetChanged:
    return FacetChanged(FacetView(facet, "parties", "Contrats", FacetState.FRESH, records, at, at))


def _header() -> Header:
    found = next(update.header for update in helene_updates() if isinstance(update, HeaderChanged))
    return replace(
        found, person=BAKERY, dossier=BAKERY, kind=PartyKind.COMPANY, last_name="Le Fournil des Ormes",
        first_name="", member_number="", siren=SIREN, siret=f"{SIREN}00016", hr_contact="Soizic Ormelin",
        affiliated=7,
    )  # fmt: skip


def _desk_of_company() -> ScriptedDesk:
    settled = OpeningSettled(fresh=2, stale=0, failed=0, forbidden=0, elapsed_ms=10)
    updates = (HeaderChanged(_header()), _view("company", CARD), _view("employees", *EMPLOYEES), settled)
    # Under the person that the page of the tests opens.
    return ScriptedDesk(updates={HELENE: updates})


def test_a_companys_card_says_declaration_cover_and_who_to_call() -> None:
    rows = [row for row in compact_rows("company", (CARD,), MOMENT) if isinstance(row, KeyValueRow)]
    told = {row.label: joined(row.spans) for row in rows}
    assert told["Dernière DSN"] == "2026-02 · Salarié inconnu"
    assert told["Couverts"] == "7 · plus 1 portabilité"
    assert told["Formule"] == "Pack Socle · employeur 50\u00a0%"
    assert told["Contact RH"] == "Soizic Ormelin · 02\u00a053\u00a001\u00a004\u00a017"


def test_employees_who_left_come_last_and_what_is_uncommon_is_marked() -> None:
    rows = [row for row in compact_rows("employees", EMPLOYEES, MOMENT) if isinstance(row, ListRow)]
    assert [joined(row.spans) for row in rows] == ["DUVAL Bastien", "MARCHAND Hélène", "ROUX Michel"]
    assert [row.chip.text if row.chip else "" for row in rows] == ["Portabilité", "", "résilié"]
    assert rows[0].right == "Non-cadres"


def test_the_college_is_left_out_when_there_is_one_only() -> None:
    rows = compact_rows("employees", (EMPLOYEES[0], EMPLOYEES[2]), MOMENT)
    assert [row.right for row in rows if isinstance(row, ListRow)] == ["", ""]


def test_sites_show_the_head_office_first_with_what_tells_them_apart() -> None:
    sites = (
        FacetRecord("2", {"siret": f"{SIREN}00024", "name": "Site de Rezé", "city": "Rezé", "headcount": 3}),
        FacetRecord("1", {"siret": f"{SIREN}00016", "name": "Siège", "head_office": True, "headcount": 1}),
    )
    rows = [row for row in compact_rows("establishments", sites, MOMENT) if isinstance(row, ListRow)]
    assert [joined(row.spans) for row in rows] == [
        "Siège · n°\u00a000016",
        "Site de Rezé · Rezé · n°\u00a000024",
    ]
    assert [row.right for row in rows] == ["1 personne", "3 personnes"]


@pytest.mark.parametrize(
    ("kind", "expected"), [(PartyKind.MEMBER, set()), (PartyKind.COMPANY, {"establishments", "employees"})]
)
def test_a_person_has_no_block_of_companies(kind: PartyKind, expected: set[str]) -> None:
    tools = [offer("parties", "company", "establishments", "employees")]
    found = {facet for facet, _tool in blocks_of(tools, Role.AGENT, {}, kind)}
    assert found - {"company"} == expected


def test_the_header_of_a_company_says_who_answers_and_how_many_are_covered(run: Run) -> None:
    async def scenario() -> None:
        async with opened(_desk_of_company()) as page:
            await until(lambda: "Soizic Ormelin" in page.header.facts.accessibleName())
            facts = page.header.facts.accessibleName()
            assert "7 salariés couverts" in facts
            assert "SIRET\u00a0000\u00a0123\u00a0455\u00a000016" in facts

    run(scenario())


def test_an_employees_row_opens_the_members_file(run: Run) -> None:
    async def scenario() -> None:
        async with opened(_desk_of_company()) as page:
            asked: list[SearchHit] = []
            page.open_requested.connect(asked.append)
            await until(lambda: bool(page.model.views("employees")))
            page.blocks.open_detail("employees")
            detail = page.sheet.detail
            assert detail is not None
            columns = [str(detail.model.headerData(n, Qt.Orientation.Horizontal)) for n in range(8)]
            assert not {"Montant", "Acte", "Date de soins"} & set(columns)
            QTest.keyClick(detail.table, Qt.Key.Key_Return)
            await until(lambda: bool(asked))
            assert asked[0].entry.person == HELENE

    run(scenario())


def test_a_members_employer_opens_from_its_block_and_the_company_does_not_lead_to_itself(run: Run) -> None:
    company = DirectoryEntry(
        BAKERY, BAKERY, Party("ENT", PartyKind.COMPANY, company_name="Le Fournil", siren=SIREN)
    )

    class Desk(ScriptedDesk):
        async def search(self, words: str, limit: int = 50) -> SearchAnswer:
            found = (hit_of(company),) if words == SIREN else ()
            return SearchAnswer(found[:limit], len(found))

    async def scenario() -> None:
        desk = Desk(updates={HELENE: (*helene_updates(), _view("company", CARD))})
        async with opened(desk) as page:
            asked: list[SearchHit] = []
            page.open_requested.connect(asked.append)
            await until(lambda: bool(page.model.views("company")))
            assert [action.id for action in page.model.content("company").actions] == ["open_company"]
            page.blocks.run("company", "open_company")
            await until(lambda: bool(asked))
            assert asked[0].entry.person == BAKERY
        async with opened(_desk_of_company()) as page:
            await until(lambda: page.model.state.header is not None)
            assert page.model.content("company").actions == ()

    run(scenario())


def test_a_file_that_the_directory_does_not_know_is_said(run: Run) -> None:
    async def scenario() -> None:
        async with opened(_desk_of_company()) as page:
            page.blocks.file_requested.emit("0000000000")
            await until(lambda: "n’est pas dans l’annuaire" in repr(page.model.wrap_up.shown()))

    run(scenario())
