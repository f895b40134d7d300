"""Every word of a request that a person reads is written, in both languages."""

from __future__ import annotations

import string

import pytest

from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.request_fold import REFUSED, fold_request
from avise.models.request_rules import KINDS, PAUSE_REASONS, Refusal
from avise.models.request_undo import TAKEN_BACK, UNDONE_REASON
from avise.models.requests import ExchangeKind, Priority, RequestStatus
from avise.texts.catalogue import LANGUAGES, catalogue
from tests.unit.models.request_stories import KARIM, OTHER, SARA, Person, Story, created

K = EventKind
SYSTEM = sorted(kind for kind in KINDS - TAKEN_BACK if kind.value.startswith("request_"))
"""Kinds that make a line by themselves, and not somebody's words."""
KEYS = [
    *(f"request.status.{status}" for status in RequestStatus),
    *(f"request.refused.{refusal}" for refusal in (*Refusal, REFUSED)),
    *(f"request.pause.{reason}" for reasons in PAUSE_REASONS.values() for reason in reasons),
    f"request.pause.{UNDONE_REASON}",
    *(f"request_panel.priority.{priority.lower()}" for priority in Priority),
    *(f"request.happened.{kind}" for kind in SYSTEM),
    "request.happened.request_completed",
    "request.happened.request_attached",
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_it_is_written(key: str, language: str) -> None:
    assert catalogue(language).get(key)


def told(*acts: tuple[Person, EventKind, dict[str, JSON]]) -> Story:
    story = created()
    for person, kind, body in acts:
        assert story.tell(person, kind, body) is None
    return story


def test_a_line_of_the_conversation_holds_what_its_sentence_names() -> None:
    took: tuple[Person, EventKind, dict[str, JSON]] = (KARIM, K.REQUEST_CLAIMED, {})
    stories = [
        told(took, (KARIM, K.REQUEST_TRANSFERRED, {"queue": "PREST_DENT"})),
        told((SARA, K.REQUEST_ASSIGNED, {"assignee": KARIM.login})),
        told((SARA, K.REQUEST_PRIORITISED, {"priority": "P1"})),
        told(took, (KARIM, K.REQUEST_RESOLVED, {"outcome": "done"})),
        told(took, (KARIM, K.REQUEST_MERGED, {"into": str(OTHER), "number": "D-2026-000188-Z"})),
    ]
    for story in stories:
        request = fold_request(story.events)
        assert request is not None
        for line in request.exchanges:
            if line.kind is ExchangeKind.SYSTEM:
                sentence = catalogue("fr").get(f"request.happened.{line.what}") or "{missing}"
                named = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
                assert named <= {"name", *line.params}, line.what
