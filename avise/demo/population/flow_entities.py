"""What flows through a dossier: care, money, documents, exchanges. Import them from `entities`.

Same rules as there: frozen, French words, canonical codes, Decimal euros, aware datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

NO_DEFECT: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GuaranteeRule:
    """One row of the table of guarantees; with a ceiling, what one person has used of it."""

    category: str
    label: str
    rule: str
    """How the guarantee is written: "150 % BR", "60 € par séance, 4 par an"."""
    ceiling: Decimal | None = None
    used: Decimal | None = None
    renews_on: date | None = None
    waiting_until: date | None = None
    party: str = ""
    """Party id of the person; "" for a rule that everyone shares."""

    @property
    def remaining(self) -> Decimal | None:
        """Return what is left under the ceiling, None without one."""
        return None if self.ceiling is None or self.used is None else self.ceiling - self.used


@dataclass(frozen=True, slots=True)
class Card:
    """A direct-billing card."""

    number: str
    party: str
    amc_number: str
    valid_from: date
    valid_to: date
    edition: str
    sent_on: date | None
    status: str
    refusal: str = ""
    """What the provider was told, when the card was refused."""


@dataclass(frozen=True, slots=True)
class BenefitLine:
    """One act of one person. `spent == mandatory_amount + amount + out_of_pocket`, always."""

    number: str
    party: str
    contract: str
    act_family: str
    """Item of the frequency table ("consult_gp", "pharmacy"…)."""
    category: str
    act_code: str
    label: str
    provider: str
    received_on: date
    care_date: date
    paid_on: date | None
    spent: Decimal
    base: Decimal
    """Tariff on which the mandatory scheme pays."""
    rate: int
    """Percent paid by the mandatory scheme."""
    flat: Decimal
    """Flat contribution and deductible, never reimbursed by a responsible contract."""
    mandatory_amount: Decimal
    amount: Decimal
    """Paid by the mutual."""
    out_of_pocket: Decimal
    paid_to: str
    status: str
    reject_reason: str = ""
    statement: str = ""
    """Number of the statement that paid it; "" before payment."""
    direct_billing: bool = False
    defects: frozenset[str] = NO_DEFECT


@dataclass(frozen=True, slots=True)
class Authorization:
    """A quote or an authorization of care (PEC)."""

    number: str
    kind: str
    party: str
    provider: str
    requested_on: date
    care_date: date | None
    quoted: Decimal
    mandatory_amount: Decimal
    amount: Decimal
    out_of_pocket: Decimal
    status: str
    valid_until: date | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ContributionCall:
    """One due date of the contributions."""

    number: str
    contract: str
    due_on: date
    amount: Decimal
    employer_share: Decimal
    status: str
    method: str
    paid_on: date | None
    reject_code: str = ""
    rejected_on: date | None = None
    stage: str = "none"


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account and, when contributions are debited from it, its mandate."""

    usage: str
    iban: str
    """Valid keys, unassigned bank code 99999."""
    bic: str
    holder: str
    mandate: str
    """Unique mandate reference, "" without a mandate."""
    signed_on: date | None
    changed_on: date
    status: str
    holder_check: str
    debit_day: int | None = None


@dataclass(frozen=True, slots=True)
class NoemieEvent:
    """One message exchanged with the fund."""

    on: date
    direction: str
    """"out": asked by the mutual; "in": answered by the fund."""
    code: str
    """Return code of two digits, "" for a request."""


@dataclass(frozen=True, slots=True)
class NoemieLink:
    """The electronic link with the fund, for one person."""

    party: str
    registration: str
    state: str
    code: str
    fund: str
    requested_on: date | None
    changed_on: date | None
    last_statement_on: date | None
    other_insurer: str = ""
    events: tuple[NoemieEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the dossier; its bytes are made from this description by the tool."""

    id: str
    title: str
    kind: str
    dated: datetime
    direction: str
    status: str
    size: int
    """Bytes."""
    media_type: str
    medical: bool
    party: str = ""
    defects: frozenset[str] = NO_DEFECT


@dataclass(frozen=True, slots=True)
class Appointment:
    """A meeting with an advisor or a representative."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    kind: str
    subject: str
    place: str
    advisor: str
    status: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """An expression of dissatisfaction with its two legal dates."""

    number: str
    subject: str
    channel: str
    received_on: date
    acknowledge_by: date
    acknowledged_on: date | None
    answer_by: date
    level: str
    status: str
    outcome: str
    handler: str
    text: str


@dataclass(frozen=True, slots=True)
class MemberSpaceVisit:
    """One visit of the member's web space or application."""

    at: datetime
    device: str
    page: str
    search: str = ""


@dataclass(frozen=True, slots=True)
class MemberSpaceActivity:
    """The member's digital account and the visits, oldest first."""

    account: str
    created_on: date | None
    device: str
    notifications: str
    two_factor: bool
    visits: tuple[MemberSpaceVisit, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange with the member on one channel, as the relation tool keeps it."""

    id: str
    at: datetime
    channel: str
    """A code of `avise.models.interaction.Channel`."""
    direction: str
    title: str
    summary: str = ""
    status: str = ""
    author: str = ""
    reason: str = ""
    """"R01" to "R23" (`domain.md` 3.3), "" for a notice."""
    duration_s: int | None = None
    wait_s: int | None = None
    address: str = ""
    """Telephone (E.164) or e-mail used, when the channel has one."""
    body: str = ""
    defects: frozenset[str] = NO_DEFECT
