"""Reads the types of requests: `resources/requests/*.toml`, every error with its line.

    avise = 1

    [fact.contract]
    facet = "contracts"
    where = [{ field = "status", is = "active" }]

    [[type]]
    id = "CERTIFICATE"
    reasons = ["R10"]
    effective_from = 2026-01-01
    queue = "CONTRAT_IND"
    priority = "P3"
    sla = "9h"
    create = ["agent", "case_manager", "team_lead", "rep"]
    handle = ["case_manager", "team_lead"]
    outcomes = ["certificate_sent"]

    [[type.field]]
    id = "certificate"
    kind = "choice"
    choices = ["rights", "payment"]

    [[type.field]]
    id = "contract"
    kind = "contract"
    from = "contract.number"

Labels are in the catalogue: `request_type.<id>.label`, `request_field.<id>`, `request_choice.<field>.<code>`,
`request_document.<id>`, `request.outcome.<code>`. A form that changes is another `[[type]]` of the same id,
with its own `effective_from`: a request keeps the form with which it was made.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from avise.connectors.declarative.documents import CheckedFile, check_file
from avise.connectors.declarative.problems import ProblemAt
from avise.models.request_types import RequestBook, RequestType
from avise.resources import resource_folder
from avise.services.fact_rules import FactRule, Told
from avise.services.request_type_rules import between_keys, facts_for_prefill
from avise.services.request_type_sections import TODAY, FieldSection, RequestsFile
from avise.texts import LANGUAGES

_log = logging.getLogger(__name__)

FOLDER = "requests"

TypeVersion = tuple[str, str]
"""A type and its version: the day from which it is as told."""


@dataclass(frozen=True, slots=True)
class Prefill:
    """Where a field of a form is read: which record of which facet, and which of its fields."""

    fact: FactRule | None
    """None: the day on which the form is filled."""
    field: str
    codes: Mapping[str, str]
    """For a choice: the code that stands for each code of the tools."""


@dataclass(frozen=True, slots=True)
class RequestTypes:
    """What a folder says: the types as values, and where their forms are prefilled from."""

    book: RequestBook
    prefills: Mapping[TypeVersion, Mapping[str, Prefill]]


def check_request_types(path: Path) -> tuple[ProblemAt, ...]:
    """Return every error of a file of request types with its line; empty when it is good.

    Raises:
        OSError: the file cannot be read.
    """
    return _checked(path, LANGUAGES).problems


def load_request_types(folder: Path) -> RequestTypes:
    """Return the types of a folder; a file with errors is left out, alone, and named in the log.

    So is a file that tells again a version told by a file before it, in the order of their names.
    """
    types: dict[TypeVersion, RequestType] = {}
    prefills: dict[TypeVersion, Mapping[str, Prefill]] = {}
    left_out = []
    # The other languages are not read for this: a label that they lack is shown in the first.
    for path in sorted(folder.glob("*.toml")):
        checked = _checked(path, LANGUAGES[:1])
        found = list(_types_of(checked.content)) if checked.content is not None else []
        again = [mark for mark, _, _ in found if mark in types]
        if checked.content is None or again:
            _log.error("%s is left out: %d errors", path.name, len(checked.problems) + len(again))
            left_out.append(path.name)
            continue
        for mark, kind, prefill in found:
            types[mark], prefills[mark] = kind, prefill
    return RequestTypes(RequestBook(types.values(), left_out), prefills)


@cache
def shipped_request_types() -> RequestTypes:
    """Return the types that ship, read once a process."""
    return load_request_types(resource_folder(FOLDER))


def _checked(path: Path, languages: Sequence[str]) -> CheckedFile[RequestsFile]:
    return check_file(path, RequestsFile, lambda file: between_keys(file, languages))


def _types_of(file: RequestsFile) -> Iterator[tuple[TypeVersion, RequestType, Mapping[str, Prefill]]]:
    facts = facts_for_prefill(file.fact)
    for section in file.type:
        kind = section.value()
        yield (kind.id, kind.version), kind, _prefills(section.field, facts)


def _prefills(fields: Iterable[FieldSection], facts: Mapping[str, FactRule]) -> Mapping[str, Prefill]:
    found = {}
    for each in fields:
        if each.from_ == TODAY:
            found[each.id] = Prefill(None, "", {})
        elif each.from_ is not None:
            told = Told.read(each.from_, "")
            found[each.id] = Prefill(facts[told.fact], told.field, each.codes)
    return found
