"""Reads the files of suggested answers: `resources/answers/*.toml`, every error with its line.

    avise = 1

    [fact.last_payment]
    facet = "benefits"
    where = [{ field = "status", is = "paid" }, { field = "paid_on", days = [-10, 0] }]
    latest = "paid_on"
    add_up = "amount"

    [[answer]]
    id = "payment"
    reason = "R01"
    fact = "last_payment"
    when = [{ field = "paid_on", days = [-2, 0] }]
    likelihood = "likely"
    very_likely_when = [{ field = "paid_on", days = [-4, 0] }]
    params = { amount = "amount", date = "paid_on" }
    freshness = { benefits = "24h" }
    actions = [{ do = "insert" }, { do = "show" }, { do = "request", target = "REIMB_SEARCH" }]

The sentences are in the catalogue: `suggestion.<sentence>.question` and `.answer`.
"""

from __future__ import annotations

import logging
import re
import string
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from avise.connectors.declarative.documents import CheckedFile, check_file
from avise.connectors.declarative.positions import KeyPath
from avise.connectors.declarative.problems import Finding, ProblemAt, closest
from avise.connectors.declarative.values import Duration, Name, Section
from avise.models.facet_specs import FACETS
from avise.resources import resource_folder
from avise.services.customer_updates import Likelihood
from avise.services.fact_rules import Condition, FactRule, check_conditions, check_facts, check_told
from avise.texts import LANGUAGES
from avise.texts.catalogue import catalogue

_log = logging.getLogger(__name__)

FOLDER = "answers"

LikelihoodName = Annotated[Likelihood, Field(strict=False)]
_REASON = re.compile(r"R\d\d")


def _reason(text: str) -> str:
    if _REASON.fullmatch(text) is None:
        raise PydanticCustomError("answer_check.reason", "not a reason", {"value": text})
    return text


Reason = Annotated[str, AfterValidator(_reason)]
"""A reason for contact, "R01" to "R23" (`domain.md` 3.3)."""

_TARGETS = {
    "request": re.compile(r"[A-Z][A-Z0-9_]*"),
    "act": re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+"),
    "message": re.compile(r"[a-z][a-z0-9_]*"),
    "show": re.compile(r"[a-z][a-z0-9_]*"),
}
"""Form of what each action aims at: a request type, an action of a tool, a template, a facet."""


class AnswerAction(Section):
    """What one key does with an answer: insert it, show a block, open a request, act, write."""

    do: Literal["insert", "show", "request", "act", "message"]
    target: str | None = None

    @model_validator(mode="after")
    def _target_fits(self) -> AnswerAction:
        form = _TARGETS.get(self.do)
        needed = self.do in ("request", "act", "message")
        if (self.target is None and needed) or (self.target is not None and form is None):
            raise PydanticCustomError("answer_check.target", "target or none", {"value": self.do})
        if self.target is not None and form is not None and form.fullmatch(self.target) is None:
            raise PydanticCustomError("answer_check.target_form", "form", {"value": self.target})
        return self


def _insert_then_show() -> list[AnswerAction]:
    return [AnswerAction(do="insert"), AnswerAction(do="show")]


class AnswerRule(Section):
    """One answer: when it is proposed, how likely, in which sentence, with which actions."""

    id: Name
    reason: Reason
    fact: Name
    """The fact that it tells; no record, no answer."""
    when: list[Condition] = Field(default_factory=list)
    sentence: Name | None = None
    """Its sentences in the catalogue, when several answers share them; the id unless told."""
    likelihood: LikelihoodName
    likely_when: list[Condition] = Field(default_factory=list)
    very_likely_when: list[Condition] = Field(default_factory=list)
    searched: list[str] = Field(default_factory=list)
    """Words of the member's last search, in the member space, that raise it by one rank."""
    weight: Annotated[int, Field(ge=0, le=20)] = 0
    """Breaks ties within a likelihood; higher first."""
    params: dict[str, str] = Field(default_factory=dict)
    """What the sentences name: "field" of the fact, "fact.field", "fact.field:form"."""
    freshness: dict[str, Duration] = Field(default_factory=dict)
    """By facet, how old a reading may be; older, the answer says so and loses one rank."""
    actions: list[AnswerAction] = Field(default_factory=_insert_then_show, min_length=1)

    def key(self) -> str:
        """Return the beginning of its keys in the catalogue."""
        return f"suggestion.{self.sentence or self.id}"


class AnswersFile(Section):
    """Content of one file."""

    avise: Literal[1]
    fact: dict[str, FactRule]
    answer: Annotated[list[AnswerRule], Field(min_length=1)]


def check_answers(path: Path) -> tuple[ProblemAt, ...]:
    """Return every error of a file of answers with its line; empty when it is good.

    Raises:
        OSError: the file cannot be read.
    """
    return _checked(path, LANGUAGES).problems


def load_answers(folder: Path) -> tuple[AnswersFile, ...]:
    """Return the files of a folder, by name; a file with errors is left out and named in the log."""
    # The other languages are not read for this: a sentence that they lack is shown in the first.
    found = [_checked(path, LANGUAGES[:1]) for path in sorted(folder.glob("*.toml"))]
    for file in found:
        if file.content is None:
            _log.error("%s is left out: %d errors", file.path.name, len(file.problems))
    return tuple(file.content for file in found if file.content is not None)


@cache
def shipped_answers() -> tuple[AnswersFile, ...]:
    """Return the files that ship, read once a process."""
    return load_answers(resource_folder(FOLDER))


def _checked(path: Path, languages: Sequence[str]) -> CheckedFile[AnswersFile]:
    return check_file(path, AnswersFile, lambda file: _between_keys(file, languages))


# ---- what one key cannot tell ---------------------------------------------------------------------


def _between_keys(file: AnswersFile, languages: Sequence[str]) -> Iterator[Finding]:
    yield from check_facts(file.fact, ("fact",))
    seen: set[str] = set()
    for place, rule in enumerate(file.answer):
        here: KeyPath = ("answer", place)
        if rule.id in seen:
            yield Finding((*here, "id"), "answer_check.twice", {"name": rule.id})
        seen.add(rule.id)
        if rule.fact not in file.fact:
            params = {"given": rule.fact, "choices": ", ".join(file.fact)}
            suggestion = closest(rule.fact, tuple(file.fact))
            yield Finding((*here, "fact"), "fact_check.unknown_fact", {**params, "suggestion": suggestion})
            continue
        for name in ("when", "likely_when", "very_likely_when"):
            yield from check_conditions(getattr(rule, name), rule.fact, file.fact, (*here, name))
        for name, value in rule.params.items():
            yield from check_told(value, rule.fact, file.fact, (*here, "params", name))
        yield from _check_facets(rule, here)
        yield from _check_sentences(rule, here, languages)


def _check_facets(rule: AnswerRule, here: KeyPath) -> Iterator[Finding]:
    shown = [
        ((*here, "actions", place, "target"), action.target)
        for place, action in enumerate(rule.actions)
        if action.do == "show" and action.target is not None
    ]
    named = [((*here, "freshness", facet), facet) for facet in rule.freshness]
    for path, facet in (*shown, *named):
        if facet not in FACETS:
            params = {"given": facet, "choices": ", ".join(FACETS), "suggestion": closest(facet, FACETS)}
            yield Finding(path, "fact_check.unknown_facet", params)


def _check_sentences(rule: AnswerRule, here: KeyPath, languages: Sequence[str]) -> Iterator[Finding]:
    for language in languages:
        for part in ("question", "answer"):
            key = f"{rule.key()}.{part}"
            sentence = catalogue(language).get(key)
            if sentence is None:
                yield Finding((*here, "sentence"), "answer_check.no_sentence", {"key": key}, missing=True)
                continue
            for name in placeholders(sentence):
                if name not in rule.params:
                    params = {"name": name, "key": key}
                    yield Finding((*here, "params"), "answer_check.no_value", params, missing=True)


def placeholders(sentence: str) -> Iterable[str]:
    """Return what a sentence names between braces."""
    return [name for _, name, _, _ in string.Formatter().parse(sentence) if name]
