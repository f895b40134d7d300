"""The list of contact reasons, read from `resources/reasons/reasons.toml`: every error with its line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from avise.connectors.declarative.documents import CheckedFile, check_file
from avise.connectors.declarative.problems import Finding, ProblemAt, closest
from avise.connectors.declarative.values import Name, Section
from avise.models.contact_reasons import ContactReason
from avise.models.errors import AviseError
from avise.models.facet_specs import FACETS
from avise.resources import resource_folder

WHOLE = Decimal(100)

_CODE = re.compile(r"R[0-9]{2}")


class ReasonSection(Section):
    """One `[[reason]]`."""

    id: str
    share: Annotated[float, Field(ge=0, le=100)]
    facets: Annotated[list[str], Field(min_length=1)]
    outcomes: list[Name] = Field(default_factory=list)
    words: list[Annotated[str, Field(min_length=2)]] = Field(default_factory=list)
    alerts: list[str] = Field(default_factory=list)

    def value(self) -> ContactReason:
        """Return the reason."""
        return ContactReason(
            id=self.id,
            share=Decimal(str(self.share)),
            facets=tuple(self.facets),
            outcomes=tuple(self.outcomes),
            words=tuple(self.words),
            alerts=tuple(self.alerts),
        )


class ReasonFile(Section):
    """What may be written in the file."""

    avise: Literal[1]
    reason: Annotated[list[ReasonSection], Field(min_length=1)]


class ReasonFileError(AviseError):
    """A list of reasons that cannot be used.

    Args:
        path: the file.
        problems: every error, in the order of lines.
    """

    def __init__(self, path: Path, problems: tuple[ProblemAt, ...]) -> None:
        super().__init__("reason_file.refused", name=path.name, count=str(len(problems)))
        self.path = path
        self.problems = problems


def check_reason_file(path: Path) -> CheckedFile[ReasonFile]:
    """Return the content of a list of reasons, or every error with its line.

    Raises:
        OSError: the file cannot be read.
    """
    return check_file(path, ReasonFile, _between)


def load_reasons(path: Path) -> Mapping[str, ContactReason]:
    """Return the reasons of a file by code, in the order of the file.

    Raises:
        OSError: the file cannot be read.
        ReasonFileError: the file has errors; all of them are in it.
    """
    checked = check_reason_file(path)
    if checked.content is None:
        raise ReasonFileError(path, checked.problems)
    return {section.id: section.value() for section in checked.content.reason}


@cache
def contact_reasons() -> Mapping[str, ContactReason]:
    """Return the reasons that ship with Avise, read once a process."""
    return load_reasons(resource_folder("reasons") / "reasons.toml")


def _between(file: ReasonFile) -> Iterator[Finding]:
    counted = Counter(section.id for section in file.reason)
    for number, section in enumerate(file.reason):
        path = ("reason", number)
        if _CODE.fullmatch(section.id) is None:
            yield Finding((*path, "id"), "reason_file.code", {"id": section.id})
        if counted[section.id] > 1:
            yield Finding((*path, "id"), "twice", {"value": section.id})
        for place, facet in enumerate(section.facets):
            if facet not in FACETS:
                params = {"name": facet, "suggestion": closest(facet, FACETS)}
                yield Finding((*path, "facets", place), "unknown_facet", params)
    total = sum((Decimal(str(section.share)) for section in file.reason), Decimal(0))
    if total != WHOLE:
        yield Finding(("reason",), "reason_file.shares", {"total": f"{total.normalize():f}"})
