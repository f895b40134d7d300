"""What the generated world is made of, before any back-office tool gives it its own shape.

Frozen values, neutral of every tool. Words that end on a screen (titles, labels, names) are French, as
a real tool would send them. Enumerated values are the canonical codes of `avise.models.facet_specs` and of
`avise.models.interaction.Channel`; a self-check holds them to it. Amounts are Decimal euros with two
places; datetimes are aware, in Europe/Paris. Nobody here exists (`domain.md` 7.1).

`defects` names the faults injected on purpose in an entity (`avise.demo.population.defects`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from avise.demo.population.flow_entities import (
    NO_DEFECT,
    Appointment,
    Authorization,
    BankAccount,
    BenefitLine,
    Card,
    Complaint,
    ContributionCall,
    Document,
    Exchange,
    GuaranteeRule,
    MemberSpaceActivity,
    MemberSpaceVisit,
    NoemieEvent,
    NoemieLink,
)

__all__ = [
    "NO_DEFECT",
    "Appointment",
    "Authorization",
    "BankAccount",
    "Beneficiary",
    "BenefitLine",
    "Card",
    "Company",
    "Complaint",
    "Consent",
    "ContactPoint",
    "Contract",
    "ContributionCall",
    "Document",
    "Dossier",
    "Exchange",
    "ExternalIds",
    "GuaranteeRule",
    "MemberSpaceActivity",
    "MemberSpaceVisit",
    "NoemieEvent",
    "NoemieLink",
    "Person",
]


@dataclass(frozen=True, slots=True)
class ExternalIds:
    """The identifier of one person in each tool; no two tools share a shape.

    `party`, `insured` and `registration` are the person's own. The others are the dossier's: a
    beneficiary carries the member's.
    """

    member_number: str
    """Ten opaque digits; leading zeros count ("0482917350")."""
    party: str
    """Parties: "PTY-" and eight hexadecimal digits."""
    insured: str
    """Benefits: eight capitals and digits."""
    account: int
    """Billing: an integer."""
    folder: str
    """Documents: "D07-0392817"."""
    calendar_contact: str
    """Calendar: "ct" and seven lower-case hexadecimal digits."""
    registration: str
    """NOEMIE: the fund's registration key, never the NIR ("R0048213977K")."""
    contact: str
    """Relation: a UUID."""
    client: str
    """Complaints: "CLI0417735X"."""

    def as_mapping(self) -> Mapping[str, str]:
        """Return the identifiers by the scheme that connectors ask for, all as text."""
        return {
            "member": self.member_number,
            "parties.party": self.party,
            "benefits.insured": self.insured,
            "billing.account": str(self.account),
            "documents.folder": self.folder,
            "calendar.contact": self.calendar_contact,
            "noemie.registration": self.registration,
            "relation.contact": self.contact,
            "complaints.client": self.client,
        }


@dataclass(frozen=True, slots=True)
class Person:
    """A natural person: a member, a beneficiary or a prospect."""

    ids: ExternalIds
    kind: str
    """"member", "beneficiary" or "prospect" (`avise.models.customer.PartyKind`)."""
    title: str
    """"mr" or "mrs"."""
    sex: str
    """"F" or "M"."""
    last_name: str
    """Name in use."""
    birth_name: str
    first_name: str
    """"" for a person who has one name only."""
    birth_date: date
    birth_place: str
    nir: str
    """15 characters with a valid key and an unassigned commune, or "" when unknown."""
    nir_certified: bool
    language: str = "fr"
    scheme_code: str = "01"
    """Mandatory scheme, 2 digits."""
    fund_code: str = ""
    """3 digits."""
    fund_center: str = ""
    """4 digits."""
    fund_name: str = ""
    """"CPAM 44"."""
    vital_status: str = "alive"
    death_date: date | None = None
    restricted: bool = False
    staff_member: bool = False
    protection: str = "none"
    legal_representative: str = ""
    authorized_third_party: str = ""
    authorized_scope: str = ""
    """What the mandate is for: "all", "benefits", "contract" or "contributions"."""
    authorized_until: date | None = None
    accessibility: str = "none"
    defects: frozenset[str] = NO_DEFECT


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """A person covered through the member."""

    person: Person
    relation: str
    rank: int
    """Order number used with the fund, from 1; twins share one."""
    joined_on: date
    left_on: date | None = None
    rights_until: date | None = None
    awaited_document: str = "none"
    own_statements: bool = False
    """Receives the statements of the own benefits (allowed from 16)."""
    shared_custody: bool = False


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """An address, a telephone or an e-mail."""

    kind: str
    """"address", "landline", "mobile" or "email"."""
    value: str
    """First line of an address; E.164; an address under `.invalid`."""
    city: str = ""
    postcode: str = ""
    status: str = "ok"
    preferred: bool = False
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """A health contract, current, past or to come."""

    number: str
    kind: str
    product: str
    plan: str
    options: tuple[str, ...]
    effective_date: date
    anniversary_date: date | None
    end_date: date | None
    status: str
    end_reason: str
    responsible: bool
    company_name: str = ""
    company_siren: str = ""
    college: str = ""
    fund: str = ""
    monthly_amount: Decimal = Decimal("0.00")
    """What one month costs, employer share included."""
    employer_percent: int = 0
    origin_channel: str = "agency"
    defects: frozenset[str] = NO_DEFECT


@dataclass(frozen=True, slots=True)
class Consent:
    """What the member accepts, for one purpose on one channel."""

    purpose: str
    channel: str
    state: str
    since: date | None
    proof: str


@dataclass(frozen=True, slots=True)
class Company:
    """A client company and the state of its monthly declaration (DSN)."""

    siren: str
    siret: str
    name: str
    city: str
    postcode: str
    collective_agreement: str
    """"IDCC 1979"."""
    headcount: int
    colleges: tuple[str, ...]
    contract: str
    product: str
    employer_percent: int
    hr_contact: str
    hr_phone: str
    hr_email: str
    payroll_agent: str
    declaration_month: str
    """"2026-02"."""
    declaration_state: str
    declaration_anomaly: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that the mutual knows of one member and of those covered through the member."""

    index: int
    persona: str
    """Code of a scripted persona ("P01"), "" for the others."""
    member: Person
    member_since: date
    rights_status: str
    rights_until: date | None
    advisor: str
    agency: str
    beneficiaries: tuple[Beneficiary, ...] = ()
    duplicates: tuple[Person, ...] = ()
    """Further party records of the member, entered twice by mistake; own party id, nothing attached."""
    contact_points: tuple[ContactPoint, ...] = ()
    relation_address: ContactPoint | None = None
    """The address as the relation tool has it, when it contradicts `contact_points`."""
    contracts: tuple[Contract, ...] = ()
    guarantees: tuple[GuaranteeRule, ...] = ()
    cards: tuple[Card, ...] = ()
    benefit_lines: tuple[BenefitLine, ...] = ()
    """Latest care first."""
    authorizations: tuple[Authorization, ...] = ()
    contributions: tuple[ContributionCall, ...] = ()
    accounts: tuple[BankAccount, ...] = ()
    noemie: tuple[NoemieLink, ...] = ()
    documents: tuple[Document, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    member_space: MemberSpaceActivity = field(
        default_factory=lambda: MemberSpaceActivity("none", None, "web", "none", two_factor=False)
    )
    exchanges: tuple[Exchange, ...] = ()
    """Latest first."""
    consents: tuple[Consent, ...] = ()
    company: Company | None = None
    defects: frozenset[str] = NO_DEFECT

    @property
    def ids(self) -> ExternalIds:
        """Return the member's identifiers."""
        return self.member.ids

    def persons(self) -> Iterator[Person]:
        """Iterate the member, then the beneficiaries in their order."""
        yield self.member
        for beneficiary in self.beneficiaries:
            yield beneficiary.person

    def person(self, party: str) -> Person:
        """Return the person of the dossier with that party id; KeyError when there is none."""
        for person in self.persons():
            if person.ids.party == party:
                return person
        raise KeyError(party)
