"""Which request of a description lists everybody, and then what changed, as a `[directory]`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from avise.connectors.declarative.targets import PARTY
from avise.connectors.declarative.vocabulary import CHANGED_WORDS, SINCE_WORDS, plain, slug
from avise.connectors.openapi.document import Document
from avise.connectors.openapi.matching import FieldGuess, guess_fields
from avise.connectors.openapi.operations import Operation
from avise.connectors.openapi.paging_guess import PagingGuess, guess_paging
from avise.connectors.openapi.readings_guess import names_customer
from avise.connectors.openapi.shapes import Answer, Property, answer_of


@dataclass(frozen=True, slots=True)
class DirectoryGuess:
    """The `[directory]` proposed."""

    operation: Operation
    answer: Answer
    fields: Sequence[FieldGuess]
    kind: bool
    """Whether the description tells members from companies."""
    paging: PagingGuess
    changed: str
    """Where a row says when it changed."""
    ids: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, str] = field(default_factory=dict)
    left_out: Sequence[Property] = ()


def guess_directory(document: Document, operations: Sequence[Operation], tool: str) -> DirectoryGuess | None:
    """Return the first list of persons that can be asked for what changed, None when there is none.

    Args:
        document: the description.
        operations: its requests that read.
        tool: id of the connector, the namespace of its identifiers.
    """
    return next(
        (guess for operation in operations if (guess := _guess(document, operation, tool)) is not None), None
    )


def _guess(document: Document, operation: Operation, tool: str) -> DirectoryGuess | None:
    if "{" in operation.path or not names_customer(operation.literal()):
        return None
    since = next((one for one in operation.in_place("query") if _bare(one.name) in SINCE_WORDS), None)
    answer = answer_of(document, operation.schema)
    if since is None or answer is None or not answer.is_list:
        return None
    changed = next((one for one in answer.properties if _bare(one.name) in CHANGED_WORDS), None)
    fields = guess_fields("directory", PARTY, answer.properties)
    held = {guess.name: guess for guess in fields}
    if changed is None or not {"last_name", "company_name"} & set(held):
        return None
    paging = guess_paging(operation, answer)
    query, config = {since.name: "{since}"}, {}
    for one in operation.in_place("query"):
        if one.required and one is not since and one.name not in paging.params:
            name = slug(one.name, "value")
            query[one.name], config[name] = "{config." + name + "}", one.name
    ids = {f"{tool}.{slug(operation.literal(), 'party').rstrip('s')}": held["native_id"].property.expression}
    if "member_number" in held:
        ids = {"member": held["member_number"].property.expression, **ids}
    used = {guess.property.path for guess in fields}
    return DirectoryGuess(
        operation,
        answer,
        tuple(guess for guess in fields if guess.name != "kind" or guess.codes),
        bool("kind" in held and held["kind"].codes),
        paging,
        changed.expression,
        ids,
        query,
        config,
        tuple(one for one in answer.properties if one.path not in used and one is not changed),
    )


def _bare(name: str) -> str:
    return "".join(letter for letter in plain(name).lower() if letter.isalnum())
