from __future__ import annotations

import pytest

from avise.models.facet_specs import FACETS
from avise.models.facets import Datum, FacetRecord
from avise.models.json_types import JSON
from avise.models.masking import MASK, Access, access, mask_record, may_open
from avise.models.roles import Role

LINE = FacetRecord(
    "1", {"paid_on": "2026-03-20", "amount": "214.00", "label": "CANARY-ACT", "provider": "CANARY-OPTIC"}
)


def test_an_agent_reads_the_amount_but_not_the_detailed_act() -> None:
    masked = mask_record(FACETS["benefits"], LINE, Role.AGENT)
    assert masked.data["amount"] == "214.00"
    assert masked.data["label"] == MASK
    assert masked.masked == {"label", "provider"}


def test_a_case_manager_reads_the_act() -> None:
    assert mask_record(FACETS["benefits"], LINE, Role.CASE_MANAGER).data["label"] == "CANARY-ACT"


def test_a_rep_does_not_see_reimbursements_at_all() -> None:
    assert not may_open(Role.REP, FACETS["benefits"])


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_roles_without_customer_data_read_nothing(role: Role) -> None:
    for spec in FACETS.values():
        record = FacetRecord("1", {field.name: "CANARY" for field in spec.fields}, extra={"x": "CANARY"})
        assert "CANARY" not in repr(mask_record(spec, record, role))
        assert not may_open(role, spec)


def test_an_agent_compares_an_iban_and_never_reveals_it() -> None:
    assert access(Role.AGENT, Datum.IBAN) is Access.COMPARE
    assert access(Role.TEAM_LEAD, Datum.IBAN) is Access.MASKED


def test_a_medical_document_hides_its_title_from_an_agent() -> None:
    document = FacetRecord("1", {"title": "CANARY ordonnance", "medical": True})
    plain = FacetRecord("2", {"title": "Attestation", "medical": False})
    assert mask_record(FACETS["documents"], document, Role.AGENT).data["title"] == MASK
    assert mask_record(FACETS["documents"], plain, Role.AGENT).data["title"] == "Attestation"


def test_every_datum_has_a_row_for_every_role() -> None:
    for role in Role:
        for datum in Datum:
            assert isinstance(access(role, datum), Access)


@pytest.mark.parametrize(
    ("facet", "data"), [("benefits", {}), ("identity", {}), ("bank", {}), ("documents", {"medical": True})]
)
def test_fields_that_nobody_mapped_are_read_only_where_every_field_is(
    facet: str, data: dict[str, JSON]
) -> None:
    record = FacetRecord("1", data, extra={"libelle": "CANARY"})
    assert mask_record(FACETS[facet], record, Role.AGENT).extra == {}
    plain = FacetRecord("1", {}, extra={"libelle": "CANARY"})
    assert mask_record(FACETS["contracts"], plain, Role.AGENT).extra == plain.extra
