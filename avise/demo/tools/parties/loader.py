"""Takes persons, contracts and companies out of the population."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from avise.demo.population.companies import companies, contract_since, establishments
from avise.demo.population.entities import Company, Dossier, Person
from avise.demo.population.spec import WorldSpec
from avise.demo.tools import codes
from avise.demo.tools.parties import shapes
from avise.demo.tools.prepared_files import AnswerWriter

FILE_NAME = "parties.sqlite"

_ACTIVE = codes.CONTRACT_STATUS["active"]
_PORTABILITY = codes.CONTRACT_KINDS["portability"]

CHANGES = "changes"
"""Kind and owner of the list that the feed of changes is read from."""


class Loader:
    """Writes the answers of the parties tool (`ToolLoader`)."""

    def __init__(self, folder: Path, spec: WorldSpec) -> None:
        self._file = AnswerWriter(folder / FILE_NAME)
        self._spec = spec
        self._companies: dict[str, Company] = {}
        self._employees: dict[str, list[shapes.Shape]] = defaultdict(list)
        """Of each company, by SIREN, in the order of the dossiers."""
        self._changes = 0

    def add(self, dossier: Dossier) -> None:
        """Take a dossier's persons and, when the world is detailed, its contracts."""
        self._publish(shapes.person_change(dossier.member, dossier, ""))
        self._identity(dossier.member, shapes.member_identity(dossier))
        for covered in dossier.beneficiaries:
            self._publish(shapes.person_change(covered.person, dossier, covered.relation))
            self._identity(covered.person, shapes.person_identity(covered.person))
        for twice in dossier.duplicates:
            self._publish(shapes.person_change(twice, dossier, ""))
            self._identity(twice, shapes.person_identity(twice))
        if dossier.company is not None:
            self._company(dossier.company)
        if self._spec.detail == "full":
            self._membership(dossier)

    def close(self) -> None:
        """Add the companies without a member in the world, and finish the file."""
        for company in companies(self._spec):
            self._company(company)
        for company in self._companies.values():
            self._details(company)
        self._file.close()

    def _publish(self, change: shapes.Shape) -> None:
        self._changes += 1
        self._file.entries(CHANGES, "", (change,), start=self._changes)

    def _identity(self, person: Person, identity: shapes.Shape) -> None:
        self._file.answer("identity", person.ids.party, identity)
        if person.nir:
            self._file.answer("nir", person.ids.party, {**shapes.holder(person), "nir": person.nir})

    def _company(self, company: Company) -> None:
        if company.siren in self._companies:
            return
        self._companies[company.siren] = company
        self._publish(shapes.company_change(company))
        self._file.answer("companies", company.siren, shapes.company(company))
        self._list(shapes.company_holder(company), "contact-points", shapes.company_contacts(company))

    def _details(self, company: Company) -> None:
        """Write what is known of a company once every dossier was seen: sites, contract, employees."""
        holder, employees = shapes.company_holder(company), self._employees.pop(company.siren, [])
        counts = Counter(str(found["typeContrat"]) for found in employees if found["etat"] == _ACTIVE)
        kept = counts[_PORTABILITY]
        shape = {
            **shapes.company(company),
            "effectifAffilie": sum(counts.values()) - kept,
            "portabilites": kept,
        }
        self._list(holder, "company", [shape])
        self._list(holder, "employees", employees)
        self._list(holder, "consents", [])
        if self._spec.detail != "full":
            return
        sites = establishments(self._spec, company)
        self._list(holder, "establishments", [shapes.establishment(site) for site in sites])
        since = contract_since(self._spec, company)
        self._list(holder, "contracts", [shapes.company_contract(company, since)])

    def _membership(self, dossier: Dossier) -> None:
        holder = shapes.holder(dossier.member)
        names = {person.ids.party: person.first_name for person in dossier.persons()}
        self._list(holder, "contact-points", [
            shapes.contact_point(point, rank) for rank, point in enumerate(dossier.contact_points, 1)
        ])  # fmt: skip
        self._list(holder, "contracts", [shapes.contract(value) for value in dossier.contracts])
        self._list(holder, "guarantees", [
            shapes.guarantee(value, names, rank) for rank, value in enumerate(dossier.guarantees, 1)
        ])  # fmt: skip
        self._list(holder, "cards", [shapes.card(value, names) for value in dossier.cards])
        self._list(holder, "beneficiaries", [
            shapes.beneficiary(value) for value in dossier.beneficiaries
        ])  # fmt: skip
        if dossier.company is not None:
            self._employee(dossier, dossier.company.siren)
        company = [] if dossier.company is None else [shapes.company(dossier.company)]
        self._list(holder, "company", company)
        for kind in ("establishments", "employees"):
            self._list(holder, kind, [])
        self._list(holder, "consents", [
            shapes.consent(value, rank) for rank, value in enumerate(dossier.consents, 1)
        ])  # fmt: skip

    def _employee(self, dossier: Dossier, siren: str) -> None:
        cover = next((found for found in dossier.contracts if found.company_siren == siren), None)
        if cover is not None:
            self._employees[siren].append(shapes.employee(dossier.member, cover))

    def _list(self, holder: shapes.Shape, kind: str, values: Sequence[shapes.Shape]) -> None:
        answer = {"titulaire": holder, "nb": len(values), "lignes": values}
        self._file.answer(kind, str(holder["numPers"]), answer)
