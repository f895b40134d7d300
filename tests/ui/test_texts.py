"""Every sentence that the window asks for exists, in both languages, in their typography."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from avise.models.source_status import SourceState
from avise.resources import resource_folder
from avise.texts.catalogue import LANGUAGES, catalogue
from avise.ui.palette.values import PaletteScope
from avise.ui.shell.rail import ENTRIES
from avise.ui.shortcuts import SHORTCUTS, Scope
from avise.ui.theme import Density, Scheme

OURS = (
    "shell",
    "palette",
    "sources",
    "shortcuts",
    "settings",
    "home",
    "people",
    "messages_ui",
    "consents_ui",
    "lock",
    "discretion",
    "reports",
    "export",
    "notifications",
    "recovery",
    "help",
    "detached",
    "requests_panel",
    "request_new",
    "team",
    "sign_in",
    "network",
    "on_board",
)  # fmt: skip
ROOMS = (
    "shell",
    "palette",
    "sources",
    "home",
    "people",
    "messages",
    "widgets",
    "lock",
    "notifications",
    "help",
    "export",
    "requests",
    "new_request",
    "team",
    "sign_in",
    "network",
    "on_board",
)

COMPOSED = (
    *(f"shortcut.{shortcut.id}" for shortcut in SHORTCUTS),
    *(f"shortcut_scope.{scope}" for scope in Scope),
    *(f"rail.{entry.id}" for entry in ENTRIES),
    *(f"{prefix}.{state}" for prefix in ("status", "source_state") for state in SourceState),
    *(f"palette.scope.{scope}" for scope in PaletteScope),
    *(f"theme.{scheme}" for scheme in Scheme),
    *(f"density.{density}" for density in Density),
    *(f"language.{code}" for code in LANGUAGES),
    *(f"agent.{state}" for state in ("available", "ringing", "on_call")),
)


def keys_in_code() -> set[str]:
    """Return the keys written whole in our rooms."""
    root = Path(__file__).parents[2] / "avise" / "ui"
    found: set[str] = set()
    for room in ROOMS:
        for path in (root / room).rglob("*.py"):
            found |= set(re.findall(r'(?:text|plural)\(\s*"([a-z_.]+)"', path.read_text(encoding="utf-8")))
            found |= set(re.findall(r'"(zone\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_sentence_asked_for_exists(code: str) -> None:
    wanted = keys_in_code() | set(COMPOSED)
    assert len(wanted) > 100
    assert not wanted - catalogue(code).keys()


@pytest.mark.parametrize("domain", OURS)
def test_both_languages_say_the_same_things_with_the_same_parameters(domain: str) -> None:
    french, english = (_messages(code, domain) for code in LANGUAGES)
    assert french.keys() == english.keys()
    for key, forms in french.items():
        asked = [set(re.findall(r"\{(\w+)\}", form)) for form in (*forms, *english[key])]
        assert all(names == asked[0] for names in asked), key


@pytest.mark.parametrize("domain", OURS)
def test_french_is_written_with_its_spaces_and_its_apostrophe(domain: str) -> None:
    for key, forms in _messages("fr", domain).items():
        for form in forms:
            assert "'" not in form, key
            assert "..." not in form, key
            assert not re.search(r"[^\u202f][;!?]", form), key
            assert not re.search(r"[^\u00a0\d]:", form), key
            assert not re.search(r"«[^\u00a0]|[^\u00a0]»", form), key


OF_SOMEBODY = re.compile(
    r"\b(malentendante?|malvoyante?|décédée?|née? |née?\(|(?:vous êtes|êtes-vous|une fois) (?:dé)?connecté)",
    re.IGNORECASE,
)
"""Words that agree with one person."""


def test_words_that_agree_with_a_person_are_said_by_title_alone() -> None:
    french = catalogue("fr")
    said = {key: french.get(key) or "" for key in french.keys()}  # noqa: SIM118 - a catalogue is no mapping
    agreeing = {key for key, words in said.items() if OF_SOMEBODY.search(words.replace("\u00a0", " "))}
    assert "customer.born_on.mrs" in agreeing
    assert {key for key in agreeing if not key.endswith((".mr", ".mrs"))} == set()


def _messages(code: str, domain: str) -> dict[str, tuple[str, ...]]:
    path = resource_folder("translations") / code / f"{domain}.po"
    with path.open("rb") as stream:
        found = read_po(stream, locale=code)
    messages: dict[str, tuple[str, ...]] = {}
    for message in found:
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        forms = message.string or ""
        messages[key] = (forms,) if isinstance(forms, str) else tuple(forms)
    return messages
