"""Reads `resources/consents/*.toml`: what each purpose needs by channel, and the questions ever asked.

A question that was asked is a proof: its text is never edited, a new version is added with its date.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from avise.connectors.declarative.documents import CheckedFile, check_file
from avise.connectors.declarative.problems import Finding
from avise.connectors.declarative.values import Section
from avise.models.consent import ConsentChannel, ConsentPurpose, ConsentQuestion, ConsentRule, Regime
from avise.models.errors import AviseError
from avise.resources import resource_folder
from avise.texts import language

FOLDER = "consents"

PurposeName = Annotated[ConsentPurpose, Field(strict=False)]
RegimeName = Annotated[Regime, Field(strict=False)]
Sentence = Annotated[str, Field(min_length=1)]


class RegimeTable(Section):
    """What each channel needs."""

    phone: RegimeName
    email: RegimeName
    sms: RegimeName
    letter: RegimeName


class Questions(Section):
    """The question asked for each channel, in one language."""

    phone: Sentence
    email: Sentence
    sms: Sentence
    letter: Sentence


class ConsentText(Section):
    """One version of the questions."""

    version: Sentence
    effective_from: date
    fr: Questions
    en: Questions


class ConsentFile(Section):
    """Content of one file."""

    avise: Literal[1]
    purpose: PurposeName
    months: Annotated[int, Field(ge=1, le=120)]
    """How long a positive act counts."""
    regime: RegimeTable
    text: Annotated[list[ConsentText], Field(min_length=1)]


class ConsentBook:
    """Every purpose, with its rule and its questions.

    Args:
        files: checked.
    """

    def __init__(self, files: tuple[ConsentFile, ...]) -> None:
        self._files: Mapping[ConsentPurpose, ConsentFile] = {file.purpose: file for file in files}

    @property
    def purposes(self) -> tuple[ConsentPurpose, ...]:
        """The purposes that need a consent, in their order."""
        return tuple(purpose for purpose in ConsentPurpose if purpose in self._files)

    def rule(self, purpose: ConsentPurpose) -> ConsentRule:
        """Return what a purpose needs; a positive act everywhere for one that nobody described."""
        file = self._files.get(purpose)
        if file is None:
            return ConsentRule(purpose)
        regimes = {channel: getattr(file.regime, channel.value) for channel in ConsentChannel}
        return ConsentRule(purpose, regimes, file.months)

    def question(
        self, purpose: ConsentPurpose, channel: ConsentChannel, today: date
    ) -> ConsentQuestion | None:
        """Return the question in force on a day, in the language in use; None when there is none."""
        texts = self._files[purpose].text if purpose in self._files else ()
        in_force = [text for text in texts if text.effective_from <= today]
        if not in_force:
            return None
        newest = max(in_force, key=lambda text: text.effective_from)
        return _question(newest, purpose, channel)

    def asked(self, purpose: ConsentPurpose, channel: ConsentChannel, version: str) -> ConsentQuestion | None:
        """Return the question of a version, as it was asked; None when nobody knows that version."""
        texts = self._files[purpose].text if purpose in self._files else ()
        found = next((text for text in texts if text.version == version), None)
        return _question(found, purpose, channel) if found is not None else None


def _question(text: ConsentText, purpose: ConsentPurpose, channel: ConsentChannel) -> ConsentQuestion:
    code = language()
    questions: Questions = getattr(text, code)
    return ConsentQuestion(purpose, channel, text.version, getattr(questions, channel.value), code)


class ConsentFileError(AviseError):
    """A file of consents that cannot be used: without it, nobody knows what may be sent.

    Args:
        checked: the file, with every error.
    """

    def __init__(self, checked: CheckedFile[ConsentFile]) -> None:
        super().__init__("consent_check.refused", name=checked.path.name, count=str(len(checked.problems)))
        self.problems = checked.problems


def check_consents(path: Path) -> CheckedFile[ConsentFile]:
    """Return the content of a file of consents, or every error with its line.

    Raises:
        OSError: the file cannot be read.
    """
    return check_file(path, ConsentFile, _between_keys)


def load_consents(folder: Path) -> ConsentBook:
    """Return the consents of a folder.

    Raises:
        ConsentFileError: a file has errors.
    """
    files = []
    for path in sorted(folder.glob("*.toml")):
        checked = check_consents(path)
        if checked.content is None:
            raise ConsentFileError(checked)
        files.append(checked.content)
    return ConsentBook(tuple(files))


@cache
def shipped_consents() -> ConsentBook:
    """Return the consents that ship, read once a process."""
    return load_consents(resource_folder(FOLDER))


def _between_keys(file: ConsentFile) -> Iterator[Finding]:
    if file.purpose is ConsentPurpose.SERVICE:
        yield Finding(("purpose",), "consent_check.service")
    versions: set[str] = set()
    days: set[date] = set()
    for place, text in enumerate(file.text):
        if text.version in versions or text.effective_from in days:
            yield Finding(("text", place), "consent_check.twice", {"version": text.version})
        versions.add(text.version)
        days.add(text.effective_from)
