"""What may be written in a file of request types, and the values that it makes.

Rules that need more than one key are in `avise.services.request_type_rules`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from avise.connectors.declarative.values import Name, Section
from avise.models.note_findings import MAX_NOTE
from avise.models.request_types import (
    FieldCheck,
    FieldIs,
    Handling,
    HandlingCase,
    LegalDelays,
    Queue,
    RequestDocument,
    RequestField,
    RequestFieldKind,
    RequestType,
)
from avise.models.requests import Priority
from avise.models.roles import Role
from avise.services.answer_files import Reason
from avise.services.fact_rules import FactRule

_TYPE = re.compile(r"[A-Z][A-Z0-9_]*")
_HOURS = re.compile(r"(\d{1,3})h")
_MOST_HOURS = 180
_LONGEST_TEXT = 120

TODAY = "today"
"""Prefills a date that nobody has to tell."""


def _type_id(text: str) -> str:
    if _TYPE.fullmatch(text) is None:
        raise PydanticCustomError("request_type_check.type_id", "not a type", {"value": text})
    return text


def _business_minutes(text: object) -> int:
    """Read "27h" as business minutes: days would hide how many hours one works."""
    match = _HOURS.fullmatch(text) if isinstance(text, str) else None
    if match is None or not 1 <= int(match[1]) <= _MOST_HOURS:
        raise PydanticCustomError("request_type_check.hours", "not business hours")
    return int(match[1]) * 60


TypeId = Annotated[str, AfterValidator(_type_id)]
"""Name of a request type: "REIMB_SEARCH"."""

BusinessHours = Annotated[
    int, BeforeValidator(_business_minutes), WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,3}h$"})
]
"""Business hours written "27h", kept in minutes."""

RoleName = Literal["agent", "case_manager", "team_lead", "rep"]
"""Roles that read customer data; the auditor and the administrator have no request."""

QueueName = Annotated[Queue, Field(strict=False)]
PriorityName = Annotated[Priority, Field(strict=False)]
KindName = Annotated[RequestFieldKind, Field(strict=False)]
CheckName = Annotated[FieldCheck, Field(strict=False)]


class WhenSection(Section):
    """A condition on one field: exactly one comparison is written."""

    field: Name
    is_: str | None = Field(None, alias="is")
    in_: Annotated[list[str], Field(min_length=1)] | None = Field(None, alias="in")
    within_days: Annotated[int, Field(ge=0, le=365)] | None = None

    @model_validator(mode="after")
    def _one_comparison(self) -> WhenSection:
        if sum(given is not None for given in (self.is_, self.in_, self.within_days)) != 1:
            raise PydanticCustomError("request_type_check.one_comparison", "one comparison")
        return self

    def codes(self) -> tuple[str, ...]:
        """Return the codes that it names."""
        return (self.is_,) if self.is_ is not None else tuple(self.in_ or ())

    def value(self) -> FieldIs:
        """Return the condition."""
        return FieldIs(self.field, self.codes(), self.within_days)


class FieldSection(Section):
    """One `[[type.field]]`."""

    id: Name
    kind: KindName
    required: bool = True
    choices: list[Name] = Field(default_factory=list)
    check: CheckName | None = None
    same_as: Name | None = None
    when: WhenSection | None = None
    longest: Annotated[int, Field(ge=1, le=2000)] | None = None
    least: int | None = None
    most: int | None = None
    sensitive: bool = False
    folded: bool = False
    from_: str | None = Field(None, alias="from")
    """Where the tools tell it: "fact.field" of the file, or "facet.field" for the tool's first record; or
    "today"."""
    codes: dict[str, Name] = Field(default_factory=dict)
    """For a choice: which of its codes stands for each code of the tools; the same one unless told."""

    def value(self) -> RequestField:
        """Return the field."""
        usual = MAX_NOTE if self.kind is RequestFieldKind.NOTE else _LONGEST_TEXT
        return RequestField(
            id=self.id,
            kind=self.kind,
            required=self.required,
            choices=tuple(self.choices),
            check=self.check,
            same_as=self.same_as or "",
            when=self.when.value() if self.when is not None else None,
            longest=self.longest or usual,
            least=self.least,
            most=self.most,
            sensitive=self.sensitive,
            folded=self.folded,
        )


class DocumentSection(Section):
    """One `[[type.document]]`."""

    id: Name
    required: bool = True
    when: WhenSection | None = None

    def value(self) -> RequestDocument:
        """Return the document."""
        return RequestDocument(self.id, self.required, self.when.value() if self.when is not None else None)


class CaseSection(Section):
    """One `[[type.case]]`: handled in another way when a field says so."""

    when: WhenSection
    queue: QueueName | None = None
    priority: PriorityName | None = None
    sla: BusinessHours | None = None

    @model_validator(mode="after")
    def _tells_something(self) -> CaseSection:
        if self.queue is None and self.priority is None and self.sla is None:
            raise PydanticCustomError("request_type_check.empty_case", "nothing told")
        return self

    def value(self) -> HandlingCase:
        """Return the case."""
        return HandlingCase(self.when.value(), self.queue, self.priority, self.sla)


class LegalSection(Section):
    """The delays that the law gives."""

    acknowledge_working_days: Annotated[int, Field(ge=1, le=60)]
    answer_months: Annotated[int, Field(ge=1, le=12)]


class TypeSection(Section):
    """One `[[type]]`."""

    id: TypeId
    reasons: list[Reason] = Field(default_factory=list)
    effective_from: date
    queue: QueueName
    priority: PriorityName
    sla: BusinessHours
    acknowledge: BusinessHours | None = None
    soon_at: Annotated[float, Field(ge=0.1, le=1)] = 0.8
    escalate_at: Annotated[float, Field(ge=1, le=5)] = 1.2
    create: Annotated[list[RoleName], Field(min_length=1)]
    handle: Annotated[list[RoleName], Field(min_length=1)]
    outcomes: list[Name] = Field(default_factory=list)
    legal: LegalSection | None = None
    confidential: bool = False
    guarded: bool = True
    field: Annotated[list[FieldSection], Field(min_length=1)]
    document: list[DocumentSection] = Field(default_factory=list)
    case: list[CaseSection] = Field(default_factory=list)

    def value(self) -> RequestType:
        """Return the type."""
        legal = self.legal
        return RequestType(
            id=self.id,
            reasons=tuple(self.reasons),
            effective_from=self.effective_from,
            handling=Handling(self.queue, self.priority, self.sla),
            created_by=frozenset(Role(name) for name in self.create),
            handled_by=frozenset(Role(name) for name in self.handle),
            fields=tuple(each.value() for each in self.field),
            documents=tuple(each.value() for each in self.document),
            own_outcomes=tuple(self.outcomes),
            cases=tuple(each.value() for each in self.case),
            acknowledge_minutes=self.acknowledge,
            soon_at=self.soon_at,
            escalate_at=self.escalate_at,
            legal=LegalDelays(legal.acknowledge_working_days, legal.answer_months) if legal else None,
            confidential=self.confidential,
            guarded=self.guarded,
        )


class RequestsFile(Section):
    """Content of one file."""

    avise: Literal[1]
    fact: dict[str, FactRule] = Field(default_factory=dict)
    """Named facts that forms are prefilled from."""
    type: Annotated[list[TypeSection], Field(min_length=1)]
