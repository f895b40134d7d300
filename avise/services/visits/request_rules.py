"""The requests that the end of a visit proposes, read from `resources/visits/requests.toml`.

A rule names the outcomes after which it counts, the need that calls for it, the type of request, and what
its fields are filled with. Nothing is filed by itself: the representative keeps what is proposed, or not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from avise.connectors.declarative.documents import CheckedFile, check_file
from avise.connectors.declarative.positions import KeyPath
from avise.connectors.declarative.problems import Finding, ProblemAt, closest
from avise.connectors.declarative.values import Name, Section
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.resources import resource_folder
from avise.services.visit_values import VisitOutcome, VisitReport
from avise.texts import text

NEEDS = (
    "hospital", "dental", "optics", "audiology", "overruns", "soft_medicine", "direct_billing",
    "income_protection", "budget",
)  # fmt: skip
"""What a need may be about (`domain.md` 5.2, needs per category). Label: `visit.need.<code>`."""

GIVEN = ("@today", "@need", "@note", "@member", "@purpose")
"""What a field may be filled with besides words of the rule."""

Priority = Annotated[int, Field(ge=1, le=5)]


class RuleSection(Section):
    """One `[[rule]]`."""

    id: Name
    """Why it is proposed is the sentence `visit.because.<id>`."""
    outcomes: Annotated[list[str], Field(min_length=1)]
    need: str = ""
    from_priority: Priority = 1
    type: Annotated[str, Field(min_length=1)]
    values: dict[Name, str] = Field(default_factory=dict)


class RuleFile(Section):
    """What may be written in the file."""

    avise: Literal[1]
    rule: list[RuleSection] = Field(default_factory=list)


class RequestRuleError(AviseError):
    """Rules that cannot be used.

    Args:
        path: the file.
        problems: every error, in the order of lines.
    """

    def __init__(self, path: Path, problems: tuple[ProblemAt, ...]) -> None:
        super().__init__("visit_rules.refused", name=path.name, count=str(len(problems)))
        self.path = path
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Filling:
    """What fields of a request are filled with.

    Args:
        today: the day of the visit.
        member: whom it was to.
        purpose: of the appointment.
    """

    today: date
    member: PersonId
    purpose: str


def check_rule_file(path: Path) -> CheckedFile[RuleFile]:
    """Return the rules of a file, or every error with its line.

    Raises:
        OSError: the file cannot be read.
    """
    return check_file(path, RuleFile, _between)


@cache
def request_rules() -> tuple[RuleSection, ...]:
    """Return the rules that ship with Avise, read once a process.

    Raises:
        RequestRuleError: the file has errors; all of them are in it.
    """
    path = resource_folder("visits") / "requests.toml"
    checked = check_rule_file(path)
    if checked.content is None:
        raise RequestRuleError(path, checked.problems)
    return tuple(checked.content.rule)


def proposed(rules: Sequence[RuleSection], report: VisitReport) -> tuple[RuleSection, ...]:
    """Return the rules that a report calls for, in the order of the file."""
    priorities = {need.need: need.priority for need in report.needs}
    return tuple(
        rule
        for rule in rules
        if report.outcome is not None
        and report.outcome.value in rule.outcomes
        and (not rule.need or priorities.get(rule.need, 0) >= rule.from_priority)
    )


def filled(rule: RuleSection, report: VisitReport, filling: Filling) -> Mapping[str, str]:
    """Return the fields of a request, as somebody would type them."""
    need = next((found for found in report.needs if found.need == rule.need), None)
    words = need.words if need is not None and need.words else text(f"visit.need.{rule.need}")
    because = text(f"visit.because.{rule.id}")
    given = {
        "@today": filling.today.isoformat(),
        "@member": str(filling.member),
        "@purpose": filling.purpose or because,
        "@need": words if rule.need else because,
        "@note": report.next_step or report.note or because,
    }
    return {name: given.get(value, value) for name, value in rule.values.items()}


def _between(file: RuleFile) -> Iterator[Finding]:
    counted = Counter(rule.id for rule in file.rule)
    known = {outcome.value for outcome in VisitOutcome}
    for number, rule in enumerate(file.rule):
        path = ("rule", number)
        if counted[rule.id] > 1:
            yield Finding((*path, "id"), "twice", {"value": rule.id})
        for place, outcome in enumerate(rule.outcomes):
            if outcome not in known:
                yield _not_one_of((*path, "outcomes", place), outcome, known)
        if rule.need and rule.need not in NEEDS:
            yield _not_one_of((*path, "need"), rule.need, NEEDS)
        for name, value in rule.values.items():
            if value.startswith("@") and value not in GIVEN:
                yield _not_one_of((*path, "values", name), value, GIVEN)


def _not_one_of(path: KeyPath, given: str, choices: Collection[str]) -> Finding:
    params = {
        "given": given, "choices": ", ".join(sorted(choices)), "suggestion": closest(given, choices)
    }  # fmt: skip
    return Finding(path, "not_one_of", params)
