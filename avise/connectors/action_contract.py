"""Values of the acting side of the contract: what a tool can be asked to do, and what came of it.

`avise.connectors.contract` gives them together with the rest. An action goes plan → confirm → execute,
and verify when an answer was lost (`connectors.md` C3, C11). A connector never sends twice by itself:
whether a command may be sent again is the outbox's decision, by the declared idempotency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from avise.models.commands import ConfirmRule, Idempotency, OfflineRule, Outcome
from avise.models.customer import CustomerKey
from avise.models.json_types import JSON

__all__ = [
    "ActionCommand",
    "ActionInput",
    "ActionOffer",
    "ActionPlan",
    "ActionResult",
    "ActionSpec",
    "ConfirmRule",
    "CopiedRecord",
    "FieldInputs",
    "Idempotency",
    "InputChoice",
    "InputType",
    "OfflineRule",
    "Outcome",
]

DEFAULT_EXPIRES = timedelta(hours=72)


class InputType(StrEnum):
    """What an input of an action holds; the value is JSON."""

    TEXT = "text"
    INT = "int"
    BOOL = "bool"
    CHOICE = "choice"
    DATE = "date"
    """ISO date."""
    DATETIME = "datetime"
    """ISO date and time, with its offset."""
    EMAIL = "email"
    PHONE = "phone"
    """E.164."""
    POSTCODE = "postcode"
    """Five digits, leading zero kept."""
    RECORD = "record"
    """Identifier of a record of the customer, of the facet that the input names."""


@dataclass(frozen=True, slots=True)
class InputChoice:
    """One code that a CHOICE takes, and what staff read."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class ActionInput:
    """One value that the agent gives; the form is made from these."""

    name: str
    type: InputType
    label: str
    required: bool = False
    choices: tuple[InputChoice, ...] = ()
    default: JSON = None
    max_length: int = 200
    """Of a TEXT."""
    facet: str = ""
    """Of a RECORD: where the agent picks it."""
    help: str = ""


@dataclass(frozen=True, slots=True)
class CopiedRecord:
    """Where a workstation without network finds, in its copies, what an action changes (decision 021)."""

    facet: str
    where: str = ""
    """JMESPath on a record's fields, true for the one that changes; "" for the first."""
    precondition: str = ""
    """Name under which its version is kept, "" when the tool gives none."""


FieldInputs = tuple[tuple[str, str], ...]
"""("facet.field", input): whose value each changed field takes as it is typed."""


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action, as a manifest declares it."""

    action: str
    """Two tools that do the same thing give it the same name ("address.change")."""
    label: str
    idempotency: Idempotency
    offline: OfflineRule = OfflineRule.REFUSE
    expires: timedelta = DEFAULT_EXPIRES
    """A command that could not leave for so long never will."""
    confirm: ConfirmRule = ConfirmRule.AGENT
    inputs: tuple[ActionInput, ...] = ()
    touches: tuple[str, ...] = ()
    """Facets, and "timeline", to read again afterwards."""
    needs_ids: tuple[str, ...] = ()
    """Schemes without which the tool cannot be asked, the connector's own included."""
    deadline: timedelta | None = None
    """Of `execute` and of `verify`; 15 s unless told, 60 s at most."""
    document: bool = False
    """The result carries a file."""
    fields: FieldInputs = ()
    """Without them, two changes of the same thing cannot be compared field by field."""
    copied: CopiedRecord | None = None


@dataclass(frozen=True, slots=True)
class ActionOffer:
    """One action of one tool of the profile."""

    instance: str
    source_name: str
    """What staff call the tool."""
    action: str
    label: str
    idempotency: Idempotency
    offline: OfflineRule
    expires: timedelta
    confirm: ConfirmRule
    inputs: tuple[ActionInput, ...]
    touches: tuple[str, ...]
    needs_ids: tuple[str, ...] = ()
    document: bool = False
    fields: FieldInputs = ()
    copied: CopiedRecord | None = None


@dataclass(frozen=True, slots=True)
class ActionCommand:
    """One thing that an agent asks a tool to do for a customer."""

    action: str
    command_id: str
    """UUID made once, when the agent confirms: the same at each sending."""
    customer: CustomerKey
    input: Mapping[str, JSON]
    precondition: Mapping[str, str]
    """What the plan gave: the versions of what the agent was looking at, by name."""
    requested_at: datetime
    requested_by: str


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """What a command would change, shown before it is confirmed; making it changes nothing."""

    summary: str
    changes: tuple[tuple[str, str, str], ...]
    """(field, before, after); a field is "facet.field", a value is canonical text, "" for none."""
    warnings: tuple[str, ...] = ()
    precondition: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What a tool answered to a command."""

    outcome: Outcome
    reference: str = ""
    """The tool's own number for what was done."""
    touched_facets: tuple[str, ...] = ()
    document: bytes = field(default=b"", repr=False)
    document_name: str = ""
    """Of the file; says nothing of the customer."""
