"""Types of requests to the middle office, as values: what each asks, who may, where it goes, how fast.

The types are written in `resources/requests/*.toml` and read by `avise.services.request_type_files`; the
window and the hub read these values. What is wrong in a form is told by `avise.models.request_checks`,
apart so that the window shows a type without what checks numbers.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from avise.models.customer import PersonId
from avise.models.json_types import JSON
from avise.models.requests import Priority, ServiceTerms
from avise.models.roles import Role

MOST_VISIBLE = 6
"""Fields that a form shows unfolded (`domain.md` 3.3, behaviour b)."""


class Queue(StrEnum):
    """The queues of `domain.md` 3.2, and two by which contacts arrive. Label: catalogue key `queue.<id>`."""

    PREST_SOINS = "PREST_SOINS"
    PREST_DENT = "PREST_DENT"
    PREST_OPT = "PREST_OPT"
    PREST_AUDIO = "PREST_AUDIO"
    PREST_HOSPI = "PREST_HOSPI"
    FLUX_NOEMIE = "FLUX_NOEMIE"
    CARTE_TP = "CARTE_TP"
    CONTRAT_IND = "CONTRAT_IND"
    CONTRAT_COLL = "CONTRAT_COLL"
    COTIS_ENC = "COTIS_ENC"
    COTIS_REC = "COTIS_REC"
    RESIL = "RESIL"
    RECLA = "RECLA"
    N2_CONFORMITE = "N2_CONFORMITE"
    DPO = "DPO"
    FRAUDE = "FRAUDE"
    RCT = "RCT"
    DECES = "DECES"
    ACTION_SOC = "ACTION_SOC"
    DIGITAL = "DIGITAL"
    COMMERCIAL = "COMMERCIAL"
    VIE_MUT = "VIE_MUT"
    RESEAUX = "RESEAUX"
    """Public mentions and private messages of social networks."""
    ACCUEIL = "ACCUEIL"
    """E-mails and whatever nobody has sorted yet."""


class RequestFieldKind(StrEnum):
    """What a field of a form holds, and in which JSON it is kept."""

    TEXT = "text"
    """One line."""
    NOTE = "note"
    """Several lines that the member may ask to read."""
    DATE = "date"
    """ISO: "2026-03-24"."""
    AMOUNT = "amount"
    """Euros, decimal text: "54.50"."""
    CHOICE = "choice"
    """One of the field's codes."""
    PERSON = "person"
    """A person of the dossier: a `PersonId`."""
    PROVIDER = "provider"
    """Name of a health professional or of an establishment."""
    PHONE = "phone"
    """E.164."""
    IBAN = "iban"
    """Without spaces; never shown whole in a list."""
    YES_NO = "yes_no"
    """true or false."""
    NUMBER = "number"
    """A whole number."""
    CONTRACT = "contract"
    """Number of a contract."""


class FieldCheck(StrEnum):
    """What is looked at in a field, besides what its kind asks."""

    FINESS = "finess"
    """Number of an establishment, nine characters with a Luhn key (`domain.md` 2.5)."""
    SIRET = "siret"
    MONTH = "month"
    """"2026-03"."""
    TIME = "time"
    """"10:41"."""
    NOT_FUTURE = "not_future"
    NOT_PAST = "not_past"


OUTCOMES = (
    "done",
    "done_partial",
    "refused_contract",
    "refused_document",
    "refused_late",
    "no_action_needed",
    "duplicate",
    "transferred",
    "abandoned_by_member",
)
"""How a request of any type may end (`domain.md` 3.2). Label: catalogue key `request.outcome.<code>`."""


@dataclass(frozen=True, slots=True)
class FieldIs:
    """A condition on one field of the form: what it holds is among some codes, or a date is near."""

    field: str
    among: tuple[str, ...] = ()
    """Codes of a choice; "yes" and "no" for a field of that kind."""
    within_days: int | None = None
    """The date is at most so many days after today; a past date too."""

    def holds(self, fields: Mapping[str, JSON], today: date) -> bool:
        """Say whether a form meets it; an empty field never does."""
        value = fields.get(self.field)
        if self.within_days is not None:
            on = _day(value)
            return on is not None and (on - today).days <= self.within_days
        if isinstance(value, bool):
            return ("yes" if value else "no") in self.among
        return value in self.among


def person_of(value: JSON) -> PersonId | None:
    """Return the person that a field names, None when it names none."""
    try:
        return uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


DuplicateKey = tuple[PersonId, str, PersonId]
"""Member, type and beneficiary (`domain.md` 3.3, behaviour c)."""


def _day(value: JSON) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class RequestField:
    """One field of a form. Label: catalogue key `request_field.<id>`."""

    id: str
    kind: RequestFieldKind
    required: bool = True
    choices: tuple[str, ...] = ()
    """Codes; label: catalogue key `request_choice.<id>.<code>`."""
    check: FieldCheck | None = None
    same_as: str = ""
    """Typed a second time, to be sure: must equal that field, and is not kept."""
    when: FieldIs | None = None
    """Asked only then."""
    longest: int = 120
    """Characters."""
    least: int | None = None
    """Of a number, with `most`."""
    most: int | None = None
    sensitive: bool = False
    """Shown masked to whoever does not handle the type."""
    folded: bool = False
    """Under "more details": always optional."""


@dataclass(frozen=True, slots=True)
class RequestDocument:
    """One document of the check list. Label: catalogue key `request_document.<id>`."""

    id: str
    required: bool = True
    when: FieldIs | None = None
    """Asked only then."""


@dataclass(frozen=True, slots=True)
class LegalDelays:
    """Delays that the law gives, which nothing pauses (`domain.md` R21)."""

    acknowledge_working_days: int
    answer_months: int


@dataclass(frozen=True, slots=True)
class Handling:
    """Where a request goes, how urgent it is, and within how long it is dealt with."""

    queue: Queue
    priority: Priority
    sla_minutes: int
    """Business minutes: 9 hours a day."""


@dataclass(frozen=True, slots=True)
class HandlingCase:
    """What is handled in another way when a field says so; None and "" leave the type's own."""

    when: FieldIs
    queue: Queue | None = None
    priority: Priority | None = None
    sla_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong in one field of a form. Sentence: `message_key` in the catalogue, with `params`."""

    field: str
    message_key: str
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Never what was typed."""


@dataclass(frozen=True, slots=True)
class RequestType:
    """One type of request. Label: catalogue key `request_type.<id>.label`."""

    id: str
    reasons: tuple[str, ...]
    """Reasons for contact after which it is proposed, "R01" to "R23"; none for what arrives unsorted."""
    effective_from: date
    """The day from which the type is as told here."""
    handling: Handling
    created_by: frozenset[Role]
    handled_by: frozenset[Role]
    fields: tuple[RequestField, ...]
    documents: tuple[RequestDocument, ...] = ()
    own_outcomes: tuple[str, ...] = ()
    """Ends of this type in particular, before those of all types."""
    cases: tuple[HandlingCase, ...] = ()
    """The first that holds decides of each thing that it tells."""
    acknowledge_minutes: int | None = None
    """Business minutes within which the member is told that it arrived, when that has a delay of its own."""
    soon_at: float = 0.8
    """Part of the delay from which it is due soon (decision 29)."""
    escalate_at: float = 1.2
    """Part of the delay at which the team lead gets it."""
    legal: LegalDelays | None = None
    confidential: bool = False
    """Its content is for those of its queue alone."""
    guarded: bool = True
    """A second one for the same member and beneficiary is proposed to complete the first."""

    @property
    def version(self) -> str:
        """What tells this form of the type from an earlier one."""
        return self.effective_from.isoformat()

    @property
    def outcomes(self) -> tuple[str, ...]:
        """How it may end: its own outcomes, then those of every type."""
        return (*self.own_outcomes, *(code for code in OUTCOMES if code not in self.own_outcomes))

    def field_named(self, name: str) -> RequestField | None:
        """Return the field of that name, None when there is none."""
        return next((each for each in self.fields if each.id == name), None)

    def asked(self, fields: Mapping[str, JSON], today: date) -> tuple[RequestField, ...]:
        """Return the fields that the form asks, given what it already holds."""
        return tuple(each for each in self.fields if _asked(each.when, fields, today))

    def documents_for(self, fields: Mapping[str, JSON], today: date) -> tuple[RequestDocument, ...]:
        """Return the check list of documents, given what the form holds."""
        return tuple(each for each in self.documents if _asked(each.when, fields, today))

    def handling_for(self, fields: Mapping[str, JSON], today: date) -> Handling:
        """Return where it goes, how urgent and how fast, given what the form holds."""
        holding = [case for case in self.cases if case.when.holds(fields, today)]
        own = self.handling
        return Handling(
            next((case.queue for case in holding if case.queue is not None), own.queue),
            next((case.priority for case in holding if case.priority is not None), own.priority),
            next((case.sla_minutes for case in holding if case.sla_minutes is not None), own.sla_minutes),
        )

    def terms(self, fields: Mapping[str, JSON], today: date) -> ServiceTerms:
        """Return what is promised to a request created with that form."""
        minutes = self.handling_for(fields, today).sla_minutes
        return ServiceTerms(
            target_minutes=minutes,
            soon_at=self.soon_at,
            escalate_at=self.escalate_at,
            legal=self.legal is not None,
        )

    def beneficiary(self, fields: Mapping[str, JSON]) -> PersonId | None:
        """Return the person whom the form is about, None when it names none."""
        names = (each.id for each in self.fields if each.kind is RequestFieldKind.PERSON)
        return person_of(fields.get(next(names, "")))

    def duplicate_key(self, member: PersonId, beneficiary: PersonId | None) -> DuplicateKey | None:
        """Return what two open requests share when one should complete the other; None: never.

        Args:
            member: whose dossier it is.
            beneficiary: whom it is about; the member when nobody is named.
        """
        return (member, self.id, beneficiary or member) if self.guarded else None


def _asked(when: FieldIs | None, fields: Mapping[str, JSON], today: date) -> bool:
    return when is None or when.holds(fields, today)


class RequestBook:
    """Every type of request, each in the form in force on a day.

    Args:
        types: checked; a type may come several times, with different dates.
        left_out: names of files that have errors: their types cannot be created until they are corrected.
    """

    def __init__(self, types: Iterable[RequestType], left_out: Iterable[str] = ()) -> None:
        self._versions: dict[str, list[RequestType]] = {}
        for each in sorted(types, key=lambda kind: kind.effective_from, reverse=True):
            self._versions.setdefault(each.id, []).append(each)
        self.left_out = tuple(left_out)

    def get(self, type_id: str, on: date | None = None) -> RequestType | None:
        """Return a type as it stands on a day, the latest one unless told; None when there is none."""
        found = self._versions.get(type_id, ())
        return next((each for each in found if on is None or each.effective_from <= on), None)

    def version(self, type_id: str, version: str) -> RequestType | None:
        """Return a type as it stood when a request was made; None when nobody knows that version."""
        found = self._versions.get(type_id, ())
        return next((each for each in found if each.version == version), None)

    def all(self, on: date | None = None) -> tuple[RequestType, ...]:
        """Return the types in force on a day, by identifier."""
        found = (self.get(type_id, on) for type_id in sorted(self._versions))
        return tuple(each for each in found if each is not None)

    def by_reason(self, reason: str, on: date | None = None) -> tuple[RequestType, ...]:
        """Return the types proposed after a reason for contact; those that name it first come first."""
        found = [each for each in self.all(on) if reason in each.reasons]
        return tuple(sorted(found, key=lambda each: each.reasons.index(reason)))

    def for_role(self, role: Role, on: date | None = None) -> tuple[RequestType, ...]:
        """Return the types that a role may create."""
        return tuple(each for each in self.all(on) if role in each.created_by)

    def handled_by(self, role: Role, on: date | None = None) -> tuple[RequestType, ...]:
        """Return the types that a role may handle."""
        return tuple(each for each in self.all(on) if role in each.handled_by)
