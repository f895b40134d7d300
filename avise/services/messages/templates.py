"""Reads the message templates: `resources/templates/*.toml`, every error with its line.

    avise = 1
    id = "card_available"
    version = "2026-03-01"
    purpose = "service"
    reasons = ["R09"]
    channels = ["email", "sms", "letter"]

    [title]
    fr = "Carte disponible"
    en = "Card available"

    [fact.card]
    facet = "rights"
    where = [{ field = "status", is = "active" }]
    latest = "valid_from"

    [told]
    until = "card.valid_to:long"

    [label.fr]
    until = "fin de validité de la carte"

    [fr.email]
    subject = "Votre carte de tiers payant"
    body = \"\"\"…jusqu’au {until}…\"\"\"

Texts are written for the member, in each language; what is put in them is declared in `told`. A fact of
care never goes in an e-mail or a text message (`domain.md` 8): only in a letter.
"""

from __future__ import annotations

import logging
import string
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from avise.connectors.declarative.documents import CheckedFile, check_file
from avise.connectors.declarative.positions import KeyPath
from avise.connectors.declarative.problems import Finding, ProblemAt, closest
from avise.connectors.declarative.values import Name, Section
from avise.models.consent import ConsentChannel
from avise.models.facet_specs import FACETS
from avise.models.facets import Sensitivity
from avise.resources import resource_folder
from avise.services.answer_files import Reason
from avise.services.consent_texts import PurposeName
from avise.services.fact_rules import FactRule, Told, check_facts, check_told
from avise.texts import LANGUAGES, language

_log = logging.getLogger(__name__)

FOLDER = "templates"

BUILT_IN = ("greeting", "first_name", "last_name", "member_number", "today", "agent", "mutual")
"""What every template may name: who is written to, who writes, and when."""

ChannelName = Literal["email", "sms", "letter"]
Sentence = Annotated[str, Field(min_length=1)]


class Words(Section):
    """A sentence in each language."""

    fr: Sentence
    en: Sentence


class Message(Section):
    """A subject and a body."""

    subject: Sentence
    body: Sentence


class ShortMessage(Section):
    """A body alone."""

    body: Sentence


class Texts(Section):
    """The texts of one language, by channel."""

    email: Message | None = None
    sms: ShortMessage | None = None
    letter: Message | None = None


class Labels(Section):
    """How each declared fact is called when it is missing, by language."""

    fr: dict[str, Sentence] = Field(default_factory=dict)
    en: dict[str, Sentence] = Field(default_factory=dict)


class Template(Section):
    """One template."""

    avise: Literal[1]
    id: Name
    version: Sentence
    """Changes with the texts: what was sent is proved by template and version (`domain.md` 6.20)."""
    purpose: PurposeName
    reasons: list[Reason] = Field(default_factory=list)
    """Reasons for contact after which it is proposed first."""
    channels: Annotated[list[ChannelName], Field(min_length=1)]
    """In the order in which they are tried when the member prefers none of them."""
    title: Words
    fact: dict[str, FactRule] = Field(default_factory=dict)
    told: dict[Name, str] = Field(default_factory=dict)
    label: Labels = Field(default_factory=Labels)
    fr: Texts
    en: Texts

    def channel_order(self) -> tuple[ConsentChannel, ...]:
        """Return its channels."""
        return tuple(ConsentChannel(name) for name in self.channels)

    def texts(self, code: str, channel: ConsentChannel) -> tuple[str, str]:
        """Return the subject, "" for a text message, and the body."""
        texts: Texts = getattr(self, code)
        found = getattr(texts, channel.value)
        return ("", found.body) if isinstance(found, ShortMessage) else (found.subject, found.body)

    def label_of(self, name: str) -> str:
        """Return what a declared fact is called, in the language in use."""
        labels: Mapping[str, str] = getattr(self.label, language())
        return labels.get(name, name)

    def title_in(self, code: str) -> str:
        """Return its title in a language."""
        title: str = getattr(self.title, code)
        return title


class TemplateBook:
    """Every template.

    Args:
        templates: checked.
    """

    def __init__(self, templates: Sequence[Template]) -> None:
        self._by_id = {template.id: template for template in templates}

    def all(self) -> tuple[Template, ...]:
        """Return the templates by identifier."""
        return tuple(self._by_id[name] for name in sorted(self._by_id))

    def get(self, name: str) -> Template | None:
        """Return a template, None when there is none of that name."""
        return self._by_id.get(name)

    def proposed(self, reason: str) -> tuple[Template, ...]:
        """Return the templates, those of a reason for contact first."""
        return tuple(sorted(self.all(), key=lambda template: reason not in template.reasons))


def check_template(path: Path) -> tuple[ProblemAt, ...]:
    """Return every error of a template with its line; empty when it is good.

    Raises:
        OSError: the file cannot be read.
    """
    return _checked(path).problems


def load_templates(folder: Path) -> TemplateBook:
    """Return the templates of a folder; one with errors is left out and named in the log."""
    found = [_checked(path) for path in sorted(folder.glob("*.toml"))]
    for file in found:
        if file.content is None:
            _log.error("%s is left out: %d errors", file.path.name, len(file.problems))
    return TemplateBook([file.content for file in found if file.content is not None])


@cache
def shipped_templates() -> TemplateBook:
    """Return the templates that ship, read once a process."""
    return load_templates(resource_folder(FOLDER))


def _checked(path: Path) -> CheckedFile[Template]:
    return check_file(path, Template, lambda template: _between_keys(template, path.stem))


# ---- what one key cannot tell ---------------------------------------------------------------------


def _between_keys(template: Template, stem: str) -> Iterator[Finding]:
    if template.id != stem:
        yield Finding(("id",), "template_check.file_name", {"name": template.id, "file": stem})
    yield from check_facts(template.fact, ("fact",))
    for name, value in template.told.items():
        here: KeyPath = ("told", name)
        if name in BUILT_IN:
            yield Finding(here, "template_check.built_in", {"name": name})
        elif "." not in value:
            yield Finding(here, "template_check.which_fact", {"name": name})
        else:
            yield from check_told(value, "", template.fact, here)
        for code in LANGUAGES:
            if name not in getattr(template.label, code):
                yield Finding(("label", code, name), "missing_key", {"key": name}, missing=True)
    for code in LANGUAGES:
        yield from _check_texts(template, code)


def _check_texts(template: Template, code: str) -> Iterator[Finding]:
    written: Texts = getattr(template, code)
    for channel in template.channel_order():
        here: KeyPath = (code, channel.value)
        if getattr(written, channel.value) is None:
            yield Finding(here, "missing_key", {"key": channel.value}, missing=True)
            continue
        for part, text in zip(("subject", "body"), template.texts(code, channel), strict=True):
            for name in _names(text):
                yield from _check_name(template, channel, name, (*here, part))


def _check_name(template: Template, channel: ConsentChannel, name: str, at: KeyPath) -> Iterator[Finding]:
    if name not in (*BUILT_IN, *template.told):
        choices = (*BUILT_IN, *template.told)
        params = {"name": name, "choices": ", ".join(choices), "suggestion": closest(name, choices)}
        yield Finding(at, "template_check.undeclared", params)
    elif channel is not ConsentChannel.LETTER and _is_health(template, name):
        yield Finding(at, "template_check.health", {"name": name})


def _is_health(template: Template, name: str) -> bool:
    fact = Told.read(template.told[name], "").fact if name in template.told else ""
    spec = FACETS.get(template.fact[fact].facet) if fact in template.fact else None
    return spec is not None and spec.sensitivity is Sensitivity.HEALTH


def parsed(text: str) -> Iterator[tuple[str, str]]:
    """Yield the runs of a text: words, then the name that follows them, "" after the last."""
    for words, name, _, _ in string.Formatter().parse(text):
        yield words, name or ""


def _names(text: str) -> Iterator[str]:
    try:
        yield from (name for _, name in parsed(text) if name)
    except ValueError:
        yield "{"
