"""The header's facts: from the directory at once, from the tools as they answer."""

from __future__ import annotations

from datetime import date

from avise.models.customer import DirectoryEntry, PartyKind
from avise.models.facet_specs import FACETS
from avise.models.facets import FacetRecord
from avise.models.masking import mask_record
from avise.models.roles import Role
from avise.services.customer_updates import Header
from avise.services.facts import Facts, day, word

RESTRICTED_SCHEMES = frozenset({"nir", "iban"})
"""Never among the identifiers that a screen or an export lists."""


def age_on(birth: date, today: date) -> int:
    """Return whole years; a person born on 29 February is older on 1 March."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def header_of(entry: DirectoryEntry, facts: Facts, role: Role) -> Header:
    """Return the header, masked for the role."""
    party = entry.party
    if party.kind is PartyKind.COMPANY:
        return _company_header(entry, facts)
    found = facts.first("identity")
    identity = _masked("identity", found, role)
    birth = day(identity, "birth_date") or party.birth_date
    contract = next((r for r in facts.records("contracts") if word(r, "status") != "terminated"), None)
    return Header(
        person=entry.person,
        dossier=entry.dossier,
        title=word(identity, "title") or party.title,
        last_name=word(identity, "last_name") or party.last_name or party.company_name,
        first_name=word(identity, "first_name") or party.first_name,
        birth_date=birth,
        age=age_on(birth, facts.today) if birth else None,
        member_number=word(identity, "member_number") or party.member_number,
        phone=_contact(facts, ("mobile", "landline")) or (party.phones[0] if party.phones else ""),
        email=_contact(facts, ("email",)) or party.email,
        address=_address(facts) or " ".join(part for part in (party.postcode, party.city) if part),
        nir_masked=word(identity, "nir"),
        plan=word(contract, "plan") if contract else "",
        member_since=day(identity, "member_since"),
        company_name=word(contract, "company_name") if contract else party.company_name,
        restricted=party.restricted or identity.data.get("restricted") is True,
        advisor=word(identity, "advisor"),
        identifiers={k: v for k, v in party.ids.items() if k not in RESTRICTED_SCHEMES},
        # Whom no tool knows is not being read.
        from_directory_only=found is None and (party.kind is not PartyKind.PROSPECT or bool(party.ids)),
        kind=party.kind,
    )


def _company_header(entry: DirectoryEntry, facts: Facts) -> Header:
    """Return the header of a company: neither birth nor NIR, whatever a tool holds of persons."""
    party = entry.party
    found = facts.first("company")
    record = found or FacetRecord("", {})
    contract = next((r for r in facts.records("contracts") if word(r, "status") != "terminated"), None)
    return Header(
        person=entry.person,
        dossier=entry.dossier,
        title="",
        last_name=word(record, "name") or party.company_name or party.last_name,
        first_name="",
        birth_date=None,
        age=None,
        member_number=party.member_number,
        phone=_contact(facts, ("landline", "mobile")) or (party.phones[0] if party.phones else ""),
        email=_contact(facts, ("email",)) or party.email,
        address=_address(facts) or " ".join(part for part in (party.postcode, party.city) if part),
        nir_masked="",
        plan=word(contract, "plan") if contract else "",
        member_since=None,
        company_name="",
        restricted=party.restricted,
        advisor="",
        identifiers={k: v for k, v in party.ids.items() if k not in RESTRICTED_SCHEMES},
        from_directory_only=found is None,
        kind=party.kind,
        siren=word(record, "siren") or party.siren,
        siret=word(record, "siret") or party.siret,
        hr_contact=word(record, "hr_contact"),
        affiliated=covered if isinstance(covered := record.data.get("affiliated"), int) else None,
    )


def _masked(facet: str, record: FacetRecord | None, role: Role) -> FacetRecord:
    return mask_record(FACETS[facet], record or FacetRecord("", {}), role)


def _contact(facts: Facts, kinds: tuple[str, ...]) -> str:
    """Return the preferred contact point of some kinds, else the first of the first kind."""
    points = [r for r in facts.records("contact_points") if word(r, "kind") in kinds]
    points.sort(key=lambda r: (r.data.get("preferred") is not True, kinds.index(word(r, "kind"))))
    return word(points[0], "value") if points else ""


def _address(facts: Facts) -> str:
    for record in facts.records("contact_points"):
        if word(record, "kind") == "address":
            city = " ".join(part for part in (word(record, "postcode"), word(record, "city")) if part)
            return ", ".join(part for part in (word(record, "value"), city) if part)
    return ""
