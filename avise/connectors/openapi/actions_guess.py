"""Which requests of a description do what an agent may ask of a tool, as `[[action]]`.

None is proposed as something that may be sent twice: that is for a human to say, who knows the tool.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from avise.connectors.action_contract import InputType
from avise.connectors.declarative.vocabulary import plain, slug, words_of
from avise.connectors.openapi.document import Document
from avise.connectors.openapi.matching import RESTRICTED_WORDS
from avise.connectors.openapi.operations import Operation
from avise.connectors.openapi.readings_guess import LeftOut, identifier_of
from avise.connectors.openapi.shapes import Property, properties_of

MOST_INPUTS = 12
_LONGEST_CHOICES = 30

_ACTIONS: Mapping[str, tuple[frozenset[str], frozenset[str], tuple[str, ...]]] = {
    "change_address": (frozenset({"address"}), frozenset({"PUT", "PATCH", "POST"}), ("contact_points",)),
    "change_email": (frozenset({"email"}), frozenset({"PUT", "PATCH", "POST"}), ("contact_points",)),
    "resend_card": (frozenset({"card"}), frozenset({"POST"}), ("rights",)),
    "issue_certificate": (frozenset({"attestation", "certificat", "certificate"}), frozenset({"POST"}), ()),
    "create_appointment": (
        frozenset({"rendezvou", "rendezvous", "rdv", "appointment", "meeting"}),
        frozenset({"POST"}),
        ("appointments",),
    ),
}
"""Actions that Avise has a name for: words of the address, methods, and what is read anew afterwards."""


@dataclass(frozen=True, slots=True)
class InputGuess:
    """One value that the agent gives."""

    name: str
    property: Property
    type: InputType


@dataclass(frozen=True, slots=True)
class ActionGuess:
    """One `[[action]]` proposed."""

    id: str
    likeness: int
    operation: Operation
    path: str
    scheme: str
    inputs: Sequence[InputGuess]
    touches: Sequence[str] = ()
    guards: Sequence[str] = field(default_factory=tuple)
    """Headers by which a second sending could be made harmless: "Idempotency-Key", "If-Match"."""
    left_out: Sequence[Property] = ()


def guess_actions(
    document: Document, operations: Sequence[Operation], tool: str, facets: Collection[str]
) -> tuple[ActionGuess, ...]:
    """Return an action for each that Avise has a name for.

    Args:
        document: the description.
        operations: its requests that write.
        tool: id of the connector, the namespace of its identifiers.
        facets: those that the file reads.
    """
    found: dict[str, ActionGuess] = {}
    for operation in operations:
        guess = _guess(document, operation, tool, facets)
        if guess is not None and (guess.id not in found or guess.likeness > found[guess.id].likeness):
            found[guess.id] = guess
    return tuple(found.values())


def _guess(
    document: Document, operation: Operation, tool: str, facets: Collection[str]
) -> ActionGuess | None:
    known = _named(operation)
    identifier = identifier_of(operation, tool)
    if not known or isinstance(identifier, LeftOut) or identifier.parameter.place != "path":
        return None
    if any(one.required for one in operation.in_place("query")):
        return None
    properties = properties_of(document, operation.body) if operation.body is not None else ()
    inputs = tuple(_inputs(properties))
    taken = {one.property.path for one in inputs}
    lacking = any(one.required and one.path not in taken for one in properties)
    guards = tuple(
        one.name
        for one in operation.in_place("header")
        if one.name.lower() in ("idempotency-key", "if-match")
    )
    return ActionGuess(
        known,
        50 if lacking else 70,
        operation,
        operation.path.replace("{" + identifier.parameter.name + "}", "{customer." + identifier.scheme + "}"),
        identifier.scheme,
        inputs,
        tuple(facet for facet in _ACTIONS[known][2] if facet in facets),
        guards,
        tuple(one for one in properties if one.path not in taken),
    )


def _named(operation: Operation) -> str:
    literal = operation.literal()
    words = {*words_of(literal), plain(literal).lower().replace("-", "").replace("_", "").rstrip("s")}
    for action, (said, methods, _) in _ACTIONS.items():
        if said & words and operation.method in methods:
            return action
    return ""


def _inputs(properties: Sequence[Property]) -> Iterator[InputGuess]:
    names: set[str] = set()
    for one in properties:
        if RESTRICTED_WORDS & set(words_of(one.name)) or len(names) >= MOST_INPUTS:
            continue
        if not all(key and "{" not in key and "}" not in key for key in one.path):
            continue
        name = slug("_".join(one.path), "value")
        if name not in names:
            names.add(name)
            yield InputGuess(name, one, _type(one))


def _type(one: Property) -> InputType:
    words = set(words_of(one.name))
    if one.codes and len(one.codes) <= _LONGEST_CHOICES:
        return InputType.CHOICE
    by_format = {"date": InputType.DATE, "date-time": InputType.DATETIME, "email": InputType.EMAIL}
    if one.format in by_format:
        return by_format[one.format]
    by_type = {"boolean": InputType.BOOL, "integer": InputType.INT}
    if one.type in by_type:
        return by_type[one.type]
    for word, kind in (
        ("email", InputType.EMAIL),
        ("phone", InputType.PHONE),
        ("postcode", InputType.POSTCODE),
    ):
        if word in words:
            return kind
    return InputType.TEXT
