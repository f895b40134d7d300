"""`[[action]]` of a connector file: what the tool can be asked to do, how it is shown, sent and verified."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

import jmespath
import jmespath.exceptions
from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from avise.connectors.action_contract import ConfirmRule, Idempotency, InputType, OfflineRule
from avise.connectors.declarative.mapping import ErrorRule, Scalar, SubjectMap
from avise.connectors.declarative.placeholders import PlaceholderError, parse_condition, parse_template
from avise.connectors.declarative.values import Duration, Expression, Name, RoutePath, Scheme, Section, Text


def _code_and_label(value: object) -> object:
    """Read a list of codes as a table: each code is its own label."""
    if isinstance(value, list) and all(isinstance(code, str) for code in value):
        return {code: code for code in value}
    return value


def _short_change(value: object) -> object:
    return {"to": value} if isinstance(value, str) else value


def _condition(text: str) -> str:
    try:
        jmespath.compile(parse_condition(text).fill(lambda _: '`""`'))
    except PlaceholderError as error:
        raise PydanticCustomError(error.key, "placeholder", {"value": text}) from None
    except jmespath.exceptions.JMESPathError:
        raise PydanticCustomError("expression", "not JMESPath", {"value": text}) from None
    return text


def _body(value: object) -> object:
    for text in texts_of(value):
        try:
            parse_template(text)
        except PlaceholderError as error:
            raise PydanticCustomError(error.key, "placeholder", {"value": text}) from None
    return value


def texts_of(value: object) -> list[str]:
    """Return every text of a JSON value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts_of(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts_of(item)]
    return []


_CHOICES_SCHEMA = {
    "anyOf": [
        {"type": "array", "items": {"type": "string"}},
        {"type": "object", "additionalProperties": {"type": "string"}},
    ]
}

Choices = Annotated[dict[str, str], BeforeValidator(_code_and_label), WithJsonSchema(_CHOICES_SCHEMA)]
"""Codes of the tool with what staff read; a list when they are the same."""

Condition = Annotated[str, AfterValidator(_condition)]
"""JMESPath whose placeholders are values: `commande == '{command_id}'`."""

Body = Annotated[JsonValue, AfterValidator(_body)]
"""JSON with placeholders in its texts; one that is a placeholder alone keeps its type."""


class InputRule(Section):
    """One value that the agent gives."""

    type: Annotated[InputType, Field(strict=False)]
    label: str = Field(min_length=1)
    required: bool = False
    choices: Choices = Field(default_factory=dict)
    default: Scalar | None = None
    max_length: Annotated[int, Field(ge=1, le=10_000)] = 200
    facet: str = ""
    """Of a `record`: where the agent picks it."""
    help: str = ""

    @model_validator(mode="after")
    def _coherent(self) -> InputRule:
        if (self.type is InputType.CHOICE) != bool(self.choices):
            raise PydanticCustomError("config_choices", "choices")
        if (self.type is InputType.RECORD) != bool(self.facet):
            raise PydanticCustomError("action_record_facet", "facet of a record")
        return self


class ActionHeader(Section):
    """What is said of an action whatever carries it out."""

    id: Scheme
    """The same in every tool that does the same thing."""
    label: str = Field(min_length=1)
    idempotency: Annotated[Idempotency, Field(strict=False)]
    """No default: what a second sending would do must be known."""
    offline: Annotated[OfflineRule, Field(strict=False)] = OfflineRule.REFUSE
    expires: Duration = timedelta(hours=72)
    confirm: Annotated[ConfirmRule, Field(strict=False)] = ConfirmRule.AGENT
    touches: list[str] = Field(default_factory=list)
    """Facets, and "timeline", to read again afterwards."""
    deadline: Duration | None = None
    needs_ids: list[Scheme] = Field(default_factory=list)
    """In addition to the connector's."""
    input: dict[Name, InputRule] = Field(default_factory=dict)


class PythonAction(ActionHeader):
    """An action that the Python connector carries out; how is said in `[options]`."""

    document: bool = False
    """Its result carries a file."""
    fields: dict[str, Name] = Field(default_factory=dict)
    """Changed field ("facet.field") → input whose value it takes: two changes can then be compared."""


class ChangeRule(Section):
    """One line of the plan: what is there now, and what will be."""

    source: Expression | None = Field(None, alias="from")
    """On the record; the field's own name unless told."""
    to: Text
    map: dict[str, str] = Field(default_factory=dict)
    """Value of an input → canonical code, when they differ."""
    when: Expression | None = None
    """True on `{ record, records, input }` for a change that does not always happen."""


class NoticeRule(Section):
    """Something to tell before anything is sent."""

    when: Expression
    """True on `{ record, records, input }`."""
    text: str = Field(min_length=1)


class PlanRule(Section):
    """What is read anew to show before and after."""

    summary: Text | None = None
    where: Expression | None = None
    """True for the record that changes; the first record unless told."""
    precondition: Name | None = None
    """Name under which the version that was read is kept: `{precondition.<name>}`."""
    changes: dict[str, Annotated[ChangeRule, BeforeValidator(_short_change)]] = Field(default_factory=dict)
    """Field → after."""
    warn: list[NoticeRule] = Field(default_factory=list)
    refuse: list[NoticeRule] = Field(default_factory=list)
    """The tool would refuse: said at once."""


class VerifyRule(Section):
    """How to see whether the action was done."""

    exists: Condition
    """True for the record that the action made or changed."""
    done_when: Expression | None = None
    """On that record: false while the tool has only taken the action; without it, it is done."""
    reference: Expression | None = None
    """On that record."""


class _WhereItIsRead(Section):
    facet: str | None = None
    """A facet of this file, read whole; its records, with their `extra`…"""
    path: RoutePath | None = None
    """… or an address of its own; its rows as the tool gives them."""
    query: dict[str, Text] = Field(default_factory=dict)
    records: Expression | None = None
    """With `path`: the list in the answer; the answer itself when absent."""

    @model_validator(mode="after")
    def _one_place(self) -> _WhereItIsRead:
        if (self.facet is None) == (self.path is None):
            raise PydanticCustomError("action_place", "facet or path")
        return self


class RestPlan(PlanRule, _WhereItIsRead):
    """A plan read over HTTP."""

    version: Expression | None = None
    """With `path`: the version on the record; the answer's ETag unless told."""
    subject: SubjectMap | None = None
    """With `path`: whom the answer concerns; a facet says it itself."""


class RestVerify(VerifyRule, _WhereItIsRead):
    """A verification read over HTTP."""

    on_404: Literal["error", "not_done"] = "error"
    """With `path`: what the absence of the place means."""


class RestRequest(Section):
    """The one request that acts."""

    method: Literal["POST", "PUT", "PATCH", "DELETE"]
    path: RoutePath
    query: dict[str, Text] = Field(default_factory=dict)
    body: Body = Field(None, alias="json")
    headers: dict[str, Text] = Field(default_factory=dict)
    """One that is a placeholder alone is left out when there is no value."""


class RestDocument(Section):
    """The file that the action made, fetched once it is done."""

    path: RoutePath
    """`{reference}` is the action's reference."""
    name: str = Field(min_length=1)
    """Of the file; says nothing of the customer."""
    accept: str = "application/pdf"


class RestAction(ActionHeader):
    """An action sent over HTTP."""

    done_when: Expression | None = None
    """On the answer: false when the tool has only taken the action; any success unless told."""
    reference: Expression | None = None
    """The tool's number for it, on the answer."""
    errors: list[ErrorRule] = Field(default_factory=list)
    """Of this action's answer alone; looked at before the file's."""
    plan: RestPlan | None = None
    verify: RestVerify | None = None
    document: RestDocument | None = None
    request: RestRequest
