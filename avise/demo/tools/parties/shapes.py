"""The JSON shapes of the parties tool, in the words of a French back office."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from avise.demo.population import staff
from avise.demo.population.companies import Establishment
from avise.demo.population.entities import (
    Beneficiary,
    Card,
    Company,
    Consent,
    ContactPoint,
    Contract,
    Dossier,
    GuaranteeRule,
    Person,
)
from avise.demo.tools import codes
from avise.demo.tools.codes import coded, iso, national_phone

Shape = Mapping[str, object]


def holder(person: Person) -> Shape:
    """Return the head that every answer about a person carries: whom it concerns."""
    return {
        "numPers": person.ids.party,
        "numAdh": person.ids.member_number,
        "nom": person.last_name,
        "prenom": person.first_name,
        "dtNais": iso(person.birth_date),
    }


def member_identity(dossier: Dossier) -> Shape:
    """Return a member's own file: the person and the state of the membership."""
    return {
        **person_identity(dossier.member),
        "dtAdhesion": iso(dossier.member_since),
        "etatDroits": coded(codes.RIGHTS_STATUS, dossier.rights_status),
        "dtFinDroits": iso(dossier.rights_until),
        "conseiller": dossier.advisor or None,
        "agence": dossier.agency or None,
    }


def person_identity(person: Person) -> Shape:
    """Return a person's file. The NIR only shows its sex, year and month."""
    return {
        "numPers": person.ids.party,
        "numAdh": person.ids.member_number,
        "typePers": coded(codes.PARTY_KINDS, person.kind),
        "civilite": coded(codes.TITLES, person.title),
        "nomUsage": person.last_name,
        "nomNaissance": person.birth_name,
        "prenom": person.first_name,
        "dtNais": iso(person.birth_date),
        "lieuNais": person.birth_place,
        "nirPartiel": person.nir[:5] or None,
        "nirCertifie": "O" if person.nir_certified else "N",
        "etatVital": coded(codes.VITAL_STATUS, person.vital_status),
        "dtDeces": iso(person.death_date),
        "dossierProtege": "O" if person.restricted else "N",
        "salarieMutuelle": "O" if person.staff_member else "N",
        "mesureProtection": coded(codes.PROTECTION, person.protection),
        "representantLegal": person.legal_representative or None,
        "tiersAutorise": person.authorized_third_party or None,
        "objetMandatTiers": coded(codes.MANDATE_SCOPES, person.authorized_scope) or None,
        "dtFinMandatTiers": iso(person.authorized_until),
        "amenagement": coded(codes.ACCESSIBILITY, person.accessibility),
        "langue": person.language,
    }


def contact_point(point: ContactPoint, rank: int) -> Shape:
    """Return one way of reaching a member."""
    phone = point.kind in {"landline", "mobile"}
    return {
        "idCoord": rank,
        "typeCoord": coded(codes.CONTACT_KINDS, point.kind),
        "valeur": national_phone(point.value) if phone else point.value,
        "ville": point.city or None,
        "codePostal": point.postcode or None,
        "etat": coded(codes.CONTACT_STATUS, point.status),
        "prefere": "O" if point.preferred else "N",
        "dtEffet": iso(point.since),
    }


def contract(value: Contract) -> Shape:
    """Return one contract."""
    return {
        "numContrat": value.number,
        "typeContrat": coded(codes.CONTRACT_KINDS, value.kind),
        "produit": value.product,
        "formule": value.plan,
        "options": list(value.options),
        "dtEffet": iso(value.effective_date),
        "dtEcheance": iso(value.anniversary_date),
        "dtFin": iso(value.end_date),
        "etat": coded(codes.CONTRACT_STATUS, value.status),
        "motifFin": value.end_reason or None,
        "responsable": "O" if value.responsible else "N",
        "entreprise": value.company_name or None,
        "siren": value.company_siren or None,
        "college": value.college or None,
        "caisse": value.fund or None,
        "canalOrigine": value.origin_channel,
    }


def guarantee(value: GuaranteeRule, names: Mapping[str, str], rank: int) -> Shape:
    """Return one row of the table of guarantees; `names` says what to call each party."""
    return {
        "idGar": rank,
        "poste": coded(codes.CATEGORIES, value.category),
        "libelle": value.label,
        "regle": value.rule,
        "plafond": None if value.ceiling is None else str(value.ceiling),
        "consomme": None if value.used is None else str(value.used),
        "reste": None if value.remaining is None else str(value.remaining),
        "dtRenouvellement": iso(value.renews_on),
        "dtFinCarence": iso(value.waiting_until),
        "beneficiaire": names.get(value.party),
    }


def card(value: Card, names: Mapping[str, str]) -> Shape:
    """Return one direct-billing card."""
    return {
        "numCarte": value.number,
        "porteur": names.get(value.party),
        "numAMC": value.amc_number,
        "dtDebut": iso(value.valid_from),
        "dtFin": iso(value.valid_to),
        "edition": coded(codes.CARD_EDITIONS, value.edition),
        "dtEnvoi": iso(value.sent_on),
        "etat": coded(codes.CARD_STATUS, value.status),
        "motifRefus": value.refusal or None,
    }


def beneficiary(value: Beneficiary) -> Shape:
    """Return one person covered through the member."""
    return {
        "numPers": value.person.ids.party,
        "nom": value.person.last_name,
        "prenom": value.person.first_name,
        "dtNais": iso(value.person.birth_date),
        "lien": coded(codes.RELATIONS, value.relation),
        "rang": value.rank,
        "dtEntree": iso(value.joined_on),
        "dtSortie": iso(value.left_on),
        "dtFinDroits": iso(value.rights_until),
        "pieceAttendue": coded(codes.AWAITED_DOCUMENTS, value.awaited_document),
        "decomptesPropres": "O" if value.own_statements else "N",
        "gardeAlternee": "O" if value.shared_custody else "N",
    }


def consent(value: Consent, rank: int) -> Shape:
    """Return one choice of the member."""
    return {
        "idCons": rank,
        "finalite": coded(codes.CONSENT_PURPOSES, value.purpose),
        "canal": coded(codes.CONSENT_CHANNELS, value.channel),
        "etat": coded(codes.CONSENT_STATES, value.state),
        "depuis": iso(value.since),
        "preuve": value.proof or None,
    }


def company(value: Company) -> Shape:
    """Return a client company with the state of its monthly declaration."""
    return {
        "siren": value.siren,
        "siret": value.siret,
        "raisonSociale": value.name,
        "ville": value.city,
        "codePostal": value.postcode,
        "convention": value.collective_agreement,
        "effectif": value.headcount,
        "colleges": list(value.colleges),
        "numContrat": value.contract,
        "formule": value.product,
        "tauxEmployeur": value.employer_percent,
        "contactRH": value.hr_contact,
        "telRH": national_phone(value.hr_phone) or None,
        "melRH": value.hr_email or None,
        "tiersDeclarant": value.payroll_agent or None,
        "dsn": {
            "mois": value.declaration_month,
            "etat": coded(codes.DECLARATION_STATES, value.declaration_state),
            "anomalie": value.declaration_anomaly or None,
        },
    }


def company_contract(value: Company, since: date) -> Shape:
    """Return the contract that a company subscribed."""
    return {
        "numContrat": value.contract,
        "typeContrat": coded(codes.CONTRACT_KINDS, "group_mandatory"),
        "produit": value.product,
        "formule": value.product,
        "options": [],
        "dtEffet": iso(since),
        "dtEcheance": None,
        "dtFin": None,
        "etat": coded(codes.CONTRACT_STATUS, "active"),
        "motifFin": None,
        "responsable": "O",
        "entreprise": value.name,
        "siren": value.siren,
        "college": ", ".join(value.colleges),
        "caisse": None,
        "canalOrigine": None,
    }


def establishment(value: Establishment) -> Shape:
    """Return one site of a company."""
    return {
        "siret": value.siret,
        "libelle": value.name,
        "ville": value.city,
        "codePostal": value.postcode,
        "effectif": value.headcount,
        "siege": "O" if value.head_office else "N",
    }


def employee(person: Person, cover: Contract) -> Shape:
    """Return one member covered by a company's contract: the affiliation, and nothing of the benefits."""
    return {
        "numPers": person.ids.party,
        "numAdh": person.ids.member_number,
        "nom": person.last_name,
        "prenom": person.first_name,
        "college": cover.college or None,
        "typeContrat": coded(codes.CONTRACT_KINDS, cover.kind),
        "etat": coded(codes.CONTRACT_STATUS, cover.status),
        "dtAffiliation": iso(cover.effective_date),
        "dtSortie": iso(cover.end_date),
    }


def company_holder(value: Company) -> Shape:
    """Return the head of the answers about a company."""
    return {
        "numPers": company_party(value.siren),
        "numAdh": None,
        "nom": None,
        "prenom": None,
        "dtNais": None,
        "raisonSociale": value.name,
    }


def company_contacts(value: Company) -> list[Shape]:
    """Return how the company's human resources are reached."""
    points = (
        ContactPoint("landline", value.hr_phone, preferred=True),
        ContactPoint("email", value.hr_email),
        ContactPoint("address", value.name, value.city, value.postcode),
    )
    return [contact_point(point, rank) for rank, point in enumerate(points, 1) if point.value]


_REFERENCES = {
    "benefits.insured": "PRESTATIONS",
    "billing.account": "COTISATIONS",
    "documents.folder": "GED",
    "calendar.contact": "AGENDA",
    "noemie.registration": "NOEMIE",
    "relation.contact": "RELATION",
    "complaints.client": "RECLAMATIONS",
}


_PARTNERS = frozenset({"spouse", "civil_partner", "cohabitant"})


def _reaches(point: ContactPoint, relation: str) -> bool:
    """Tell whether a contact point of the member reaches this person too: a home telephone is shared."""
    if not relation or point.kind == "address":
        return True
    return point.kind == "landline" and relation in _PARTNERS


def person_change(person: Person, dossier: Dossier, relation: str) -> Shape:
    """Return a person's line in the feed of changes, with the identifiers of the other tools.

    Args:
        person: member, beneficiary, prospect, or a duplicate of the member.
        dossier: whose household the person belongs to.
        relation: canonical relation to the member, "" for the member.
    """
    points = [point for point in dossier.contact_points if _reaches(point, relation)]
    mails = [point.value for point in points if point.kind == "email"]
    address = next((point for point in points if point.kind == "address"), None)
    # A person covered belongs to the portfolio of the member, wherever they live.
    home = next((point for point in dossier.contact_points if point.kind == "address"), None)
    ids = person.ids.as_mapping()
    return {
        **holder(person),
        "typePers": coded(codes.PARTY_KINDS, person.kind),
        "civilite": coded(codes.TITLES, person.title),
        "nomNaissance": person.birth_name,
        "tels": [national_phone(point.value) for point in points if point.kind in {"landline", "mobile"}],
        "mel": mails[0] if mails else None,
        "ville": address.city if address else None,
        "codePostal": address.postcode if address else None,
        "raisonSociale": None,
        "siren": None,
        "siret": None,
        "dossierProtege": "O" if person.restricted else "N",
        "dossierDe": dossier.ids.party if relation else None,
        "lien": coded(codes.RELATIONS, relation),
        "portefeuille": staff.portfolio_of(home.postcode if home else "") or None,
        "supprime": "N",
        "refs": {code: ids[scheme] for scheme, code in _REFERENCES.items()},
    }


def company_change(value: Company) -> Shape:
    """Return a company's line in the feed of changes."""
    return {
        "numPers": company_party(value.siren),
        "numAdh": None,
        "typePers": "ENT",
        "civilite": None,
        "nom": None,
        "prenom": None,
        "nomNaissance": None,
        "dtNais": None,
        "tels": [national_phone(value.hr_phone)] if value.hr_phone else [],
        "mel": value.hr_email or None,
        "ville": value.city,
        "codePostal": value.postcode,
        "raisonSociale": value.name,
        "siren": value.siren,
        "siret": value.siret,
        "dossierProtege": "N",
        "dossierDe": None,
        "lien": "",
        "portefeuille": staff.portfolio_of(value.postcode) or None,
        "supprime": "N",
        "refs": {},
    }


def company_party(siren: str) -> str:
    """Return the party id under which a company is known."""
    return f"ENT-{siren}"
