"""Words for support: each that IT can act upon has its sentence, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import avise
from avise.services.support_words import meaning_of
from avise.texts import LANGUAGES, set_language

ROOM = Path(avise.__file__).parent / "connectors"
WRITTEN = re.compile(
    r'(?:ConnectorError\(\s*ErrorKind\.(?:CONFIG|AUTH),\s*|config_error\()"([^"{}]+)"', re.DOTALL
)
"""Words that our own code gives to what somebody of the house must set right."""

SAID_OTHERWISE = {"sign-in needed", "no such database, or another path"}
"""By the button that signs in; by the sentence of the database's own room."""

WORDS = sorted(
    {word for path in ROOM.rglob("*.py") for word in WRITTEN.findall(path.read_text("utf-8"))}
    - SAID_OTHERWISE
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", WORDS)
def test_each_word_says_what_to_do(word: str, language: str) -> None:
    set_language(language)
    said = meaning_of(word, "Prestations")
    assert said.endswith(".")
    assert "{" not in said


def test_words_are_found_in_the_code() -> None:
    assert {"the connector is not open", "secrets locked", "no STARTTLS", "no common algorithm"} <= set(WORDS)


@pytest.mark.parametrize(
    "detail",
    [
        "certificate refused (99)",
        "the account may insert",
        "secrets unreachable, KeyringError",
        "known_hosts: FileNotFoundError",
        "provider insecure, no https",
    ],
)
def test_a_word_that_ends_with_a_number_or_a_name_has_the_sentence_of_its_family(detail: str) -> None:
    assert meaning_of(detail, "Prestations")


@pytest.mark.parametrize("detail", ["", "status 502", "Le réglage « user » n’est pas rempli.", "{source}"])
def test_a_word_that_only_support_understands_has_none(detail: str) -> None:
    assert meaning_of(detail, "Prestations") == ""
