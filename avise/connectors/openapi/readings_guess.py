"""Which requests of a description read a customer's facets, with what identifier, and into which fields."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from avise.connectors.declarative.targets import facet_targets
from avise.connectors.declarative.vocabulary import (
    FACET_WORDS,
    facet_words,
    is_written,
    plain,
    slug,
    words_of,
)
from avise.connectors.openapi.document import Document
from avise.connectors.openapi.matching import RESTRICTED_WORDS, FieldGuess, guess_fields, likeness_of
from avise.connectors.openapi.operations import Operation, Parameter
from avise.connectors.openapi.paging_guess import PagingGuess, guess_paging
from avise.connectors.openapi.shapes import Answer, Property, answer_of
from avise.models.facets import FieldKind

LEAST = 60
"""Likeness below which a request is left to a human."""

_CUSTOMER_WORDS = frozenset(
    words_of(
        "adherent assure member person personne customer party individu patient user beneficiaire "
        "souscripteur affilie dossier matricule foyer subscriber client tiers"
    )
)
_PERSON_OF_THE_ANSWER = frozenset({"identity"})


@dataclass(frozen=True, slots=True)
class ReadingGuess:
    """One `[[facet]]` proposed."""

    facet: str
    likeness: int
    operation: Operation
    answer: Answer
    fields: Sequence[FieldGuess]
    paging: PagingGuess
    path: str
    """With `{customer.…}` in it."""
    scheme: str
    scheme_likeness: int
    query: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, str] = field(default_factory=dict)
    """Values that IT fills, by name, with the parameter that wants them."""
    on_404: str = "error"
    subject: Mapping[str, str] = field(default_factory=dict)
    says_on_each_record: bool = False
    """`subject` stands on each record, not on the answer."""
    doubts: Sequence[str] = ()
    left_out: Sequence[Property] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A request that no reading was made of, and why."""

    path: str
    reason: str
    """Catalogue key."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """The parameter of a request that says whose file it is about."""

    parameter: Parameter
    scheme: str
    likeness: int


def guess_readings(
    document: Document, operations: Sequence[Operation], tool: str, wanted: Collection[str]
) -> tuple[tuple[ReadingGuess, ...], tuple[LeftOut, ...]]:
    """Return the best request for each facet, and what was left out.

    Args:
        document: the description.
        operations: its requests.
        tool: id of the connector, the namespace of its identifiers.
        wanted: facets; all when empty.
    """
    best: dict[str, ReadingGuess] = {}
    left: list[LeftOut] = []
    for operation in operations:
        found = _reading(document, operation, tool, wanted)
        if isinstance(found, LeftOut):
            left.append(found)
            continue
        before = best.get(found.facet)
        if before is None or found.likeness > before.likeness:
            best[found.facet] = found
        loser = found if best[found.facet] is not found else before
        if loser is not None:
            left.append(LeftOut(loser.operation.path, "connector_new.left.another"))
    return tuple(best.values()), tuple(left)


def _reading(
    document: Document, operation: Operation, tool: str, wanted: Collection[str]
) -> ReadingGuess | LeftOut:
    identifier = identifier_of(operation, tool)
    if isinstance(identifier, LeftOut):
        return identifier
    answer = answer_of(document, operation.schema)
    if answer is None or not answer.properties:
        return LeftOut(operation.path, "connector_new.left.no_answer")
    ranked = sorted(
        ((_facet_likeness(facet, operation, answer), facet) for facet in wanted or FACET_WORDS), reverse=True
    )
    likeness, facet = ranked[0]
    if likeness < LEAST:
        return LeftOut(operation.path, "connector_new.left.no_facet")
    return _guess(operation, answer, facet, likeness, identifier)


def _guess(
    operation: Operation, answer: Answer, facet: str, likeness: int, identifier: Identifier
) -> ReadingGuess:
    fields = guess_fields(facet, facet_targets(facet), answer.properties)
    paging = guess_paging(operation, answer)
    used = {guess.property.path for guess in fields}
    query, config, doubts = query_of(operation, paging, identifier)
    subject = _subject(facet, answer)
    of_record = {} if subject else _subject_of_record(answer)
    parameter = identifier.parameter
    placeholder = "{customer." + identifier.scheme + "}"
    path = operation.path.replace("{" + parameter.name + "}", placeholder)
    return ReadingGuess(
        facet,
        likeness,
        operation,
        answer,
        fields,
        paging,
        path,
        identifier.scheme,
        identifier.likeness,
        query=query if parameter.place == "path" else {parameter.name: placeholder, **query},
        config=config,
        on_404=_on_404(operation, answer),
        subject=subject or of_record,
        says_on_each_record=bool(of_record),
        doubts=(*answer.doubts, *doubts),
        left_out=tuple(one for one in answer.properties if one.path not in used),
    )


# ---- which facet ----------------------------------------------------------------------------------


def _facet_likeness(facet: str, operation: Operation, answer: Answer) -> int:
    """Return how likely a request reads a facet: by its path, its words, and what its answer holds."""
    literal = set(words_of(operation.literal()))
    words = facet_words(facet)
    named = bool(literal & words) or is_written(operation.literal(), facet)
    told = len(words & set(words_of(operation.words)))
    if not named and not told:
        return 0  # what an answer holds proves nothing alone: half of all answers have a date and a status
    fields = guess_fields(facet, facet_targets(facet), answer.properties)[1:]
    if not fields:
        return 0
    held = sum(guess.likeness for guess in fields if guess.likeness >= 70) / 100
    return min(98, (50 if named else 35) + min(20, 10 * told) + min(35, round(9 * held)))


# ---- whose file -----------------------------------------------------------------------------------


def identifier_of(operation: Operation, tool: str) -> Identifier | LeftOut:
    """Return the parameter that says whose file is read; why there is none otherwise."""
    placed = sorted(operation.in_place("path"), key=lambda one: operation.path.find("{" + one.name + "}"))
    queries = [one for one in operation.in_place("query") if names_customer(one.name)]
    if not placed and not queries:
        return LeftOut(operation.path, "connector_new.left.no_customer")
    if {"?", "#"} & set(operation.path):
        return LeftOut(operation.path, "connector_new.left.no_path")
    parameter = placed[0] if placed else max(queries, key=lambda one: one.required)
    before = _before(operation.path, parameter.name) if placed else ""
    if unfit := _unfit(parameter, before, alone=len(placed) <= 1):
        return LeftOut(operation.path, f"connector_new.left.{unfit}")
    words = set(words_of(parameter.name))
    if "member" in words and ("number" in words or "id" not in words):
        return Identifier(parameter, "member", 80)
    if "member" in {*words, *words_of(before)}:
        # A member, but by what number? The one that everybody has is tried first.
        return Identifier(parameter, "member", 50)
    return Identifier(parameter, f"{tool}.{_scheme(before, parameter.name)}", 60)


def _scheme(before: str, parameter: str) -> str:
    """Return what an identifier numbers: the part before it where that is a customer, else its own name."""
    if names_customer(before) or not names_customer(parameter):
        return slug(before or parameter, "customer").rstrip("s")
    pieces = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", plain(parameter))
    return slug("_".join(piece for piece in pieces if names_customer(piece)), "customer").rstrip("s")


def _unfit(parameter: Parameter, before: str, *, alone: bool) -> str:
    """Return why a parameter cannot say whose file is read, "" when it can."""
    if RESTRICTED_WORDS & set(words_of(parameter.name)):
        return "restricted"
    if not names_customer(parameter.name) and not names_customer(before):
        return "no_customer"
    return "" if alone else "two_calls"


def names_customer(name: str) -> bool:
    """Tell whether a name is that of a customer, or of several."""
    return bool(_CUSTOMER_WORDS & set(words_of(name)))


def _before(path: str, parameter: str) -> str:
    """Return the part of a path before a parameter: "adherents" in "/adherents/{id}"."""
    parts = path.partition("{" + parameter + "}")[0].strip("/").split("/")
    return parts[-1]


# ---- the rest of the request ----------------------------------------------------------------------


def query_of(
    operation: Operation, paging: PagingGuess, identifier: Identifier
) -> tuple[dict[str, str], dict[str, str], tuple[str, ...]]:
    """Return what must be asked beside: a default, the first code, else a value that IT fills."""
    query: dict[str, str] = {}
    config: dict[str, str] = {}
    doubts: list[str] = []
    for one in operation.in_place("query"):
        if not one.required or one.name in paging.params or one is identifier.parameter:
            continue
        if one.default and not {"{", "}"} & set(one.default):
            query[one.name] = one.default
        elif one.codes and not {"{", "}"} & set(one.codes[0]):
            query[one.name] = one.codes[0]
            doubts.append("connector_new.doubt.first_code")
        else:
            name = slug(one.name, "value")
            query[one.name] = "{config." + name + "}"
            config[name] = one.name
            doubts.append("connector_new.doubt.asked")
    return query, config, tuple(doubts)


_EMPTY_WORDS = ("aucun", "vide", "no result", "empty", "nothing")


def _on_404(operation: Operation, answer: Answer) -> str:
    told = operation.not_found
    if told is None:
        return "empty" if answer.is_list else "not_found"
    written = plain(told).lower()
    return "empty" if any(word in written for word in _EMPTY_WORDS) else "not_found"


def _subject(facet: str, answer: Answer) -> dict[str, str]:
    """Return where the answer says whom it is about; a list of relatives says nothing of the member."""
    properties = answer.properties if facet in _PERSON_OF_THE_ANSWER and not answer.is_list else answer.around
    if not answer.is_list and facet not in _PERSON_OF_THE_ANSWER:
        return {}
    return _first_person(properties, {one.path[:-1] for one in properties})


_MEMBERS = frozenset(
    {"adherent", "assure", "souscripteur", "client"}
    | {"member", "insured", "policyholder", "subscriber", "customer"}
)
"""What an object of a record is called that holds the member: a beneficiary or a doctor is somebody else, and
so may the holder of an account be."""


def _subject_of_record(answer: Answer) -> dict[str, str]:
    """Return where each record of a list says whom it is about, in an object named after the member."""
    if not answer.is_list:
        return {}
    holders = {one.path[:-1] for one in answer.properties if one.path[:-1]}
    named = {holder for holder in holders if not _MEMBERS.isdisjoint(words_of(holder[-1]))}
    return _first_person(answer.properties, named)


def _first_person(properties: Sequence[Property], holders: Collection[tuple[str, ...]]) -> dict[str, str]:
    """Return where the outermost of some objects that holds a person tells them."""
    outermost = sorted(holders, key=lambda holder: (len(holder), holder))
    persons = (_person([one for one in properties if one.path[:-1] == holder]) for holder in outermost)
    return next((found for found in persons if found), {})


def _person(properties: Sequence[Property]) -> dict[str, str]:
    """Return where one object tells a person's name and birth, empty when it does not tell both."""
    kinds = {"last_name": FieldKind.TEXT, "first_name": FieldKind.TEXT, "birth_date": FieldKind.DATE}
    found = {name: _told(properties, name, kind) for name, kind in kinds.items()}
    if not (found["last_name"] and found["birth_date"]):
        return {}
    return {name: where for name, where in found.items() if where}


def _told(properties: Sequence[Property], name: str, kind: FieldKind) -> str:
    """Return the property of an object that is likeliest a person's."""
    own = ((likeness_of(name, kind, replace(one, path=one.path[-1:])), one) for one in properties)
    likeness, best = max(own, key=lambda found: found[0], default=(0, None))
    return best.expression if best is not None and likeness >= 80 else ""
