"""Which request of a description lists the exchanges with a customer, as a `[[timeline]]`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from avise.connectors.declarative.targets import INTERACTION
from avise.connectors.declarative.vocabulary import TIMELINE_WORDS, words_of
from avise.connectors.openapi.document import Document
from avise.connectors.openapi.matching import FieldGuess, guess_fields
from avise.connectors.openapi.operations import Operation
from avise.connectors.openapi.paging_guess import PagingGuess, guess_paging
from avise.connectors.openapi.readings_guess import LeftOut, identifier_of, query_of
from avise.connectors.openapi.shapes import Answer, Property, answer_of

_SUPPOSED = {"channel": "email", "direction": "in", "title": "Échange"}
"""Required, and told by a human where the description tells nothing of it."""


@dataclass(frozen=True, slots=True)
class TimelineGuess:
    """The `[[timeline]]` proposed."""

    likeness: int
    operation: Operation
    answer: Answer
    fields: Sequence[FieldGuess]
    supposed: Mapping[str, str]
    """Fields that are the same for each row until a human says otherwise."""
    paging: PagingGuess
    path: str
    scheme: str
    scheme_likeness: int
    query: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, str] = field(default_factory=dict)
    doubts: Sequence[str] = ()
    left_out: Sequence[Property] = ()


def guess_timeline(
    document: Document, operations: Sequence[Operation], tool: str, used: Collection[str]
) -> TimelineGuess | None:
    """Return the best list of exchanges, None when no request resembles one.

    Args:
        document: the description.
        operations: its requests that read.
        tool: id of the connector, the namespace of its identifiers.
        used: paths that feed a facet already.
    """
    found = [
        guess
        for operation in operations
        if operation.path not in used and (guess := _guess(document, operation, tool)) is not None
    ]
    return max(found, key=lambda guess: guess.likeness, default=None)


def _guess(document: Document, operation: Operation, tool: str) -> TimelineGuess | None:
    if not TIMELINE_WORDS & {*words_of(operation.literal()), operation.literal().lower()}:
        return None
    identifier = identifier_of(operation, tool)
    answer = answer_of(document, operation.schema)
    if isinstance(identifier, LeftOut) or answer is None or not answer.is_list or not answer.properties:
        return None
    fields = guess_fields("timeline", INTERACTION, answer.properties)
    held = {guess.name for guess in fields}
    if "at" not in held:
        return None
    supposed = {name: value for name, value in _SUPPOSED.items() if name not in held}
    likeness = 90 - 10 * len(supposed)
    paging = guess_paging(operation, answer)
    query, config, doubts = query_of(operation, paging, identifier)
    placeholder = "{customer." + identifier.scheme + "}"
    parameter = identifier.parameter
    used = {guess.property.path for guess in fields}
    return TimelineGuess(
        likeness,
        operation,
        answer,
        fields,
        supposed,
        paging,
        operation.path.replace("{" + parameter.name + "}", placeholder),
        identifier.scheme,
        identifier.likeness,
        query=query if parameter.place == "path" else {parameter.name: placeholder, **query},
        config=config,
        doubts=(*answer.doubts, *doubts),
        left_out=tuple(one for one in answer.properties if one.path not in used),
    )
