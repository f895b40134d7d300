"""Words for support that the author of a connector file meets, in the language in use."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

import avise.connectors.declarative
from avise.commands.connector_try import print_trial
from avise.commands.trial_words import detail_words
from avise.connectors.trial import ReadingTrial, Trial
from avise.models.errors import ErrorKind, Failure, Origin
from avise.texts import LANGUAGES, speaking

FOLDER = Path(avise.connectors.declarative.__path__[0])
_WORDS = re.compile(r'ErrorKind\.BAD_DATA, "([^"]+)"')
_OF_WHAT_NO_TRIAL_READS = frozenset(
    {
        "no content in the answer",
        "the changes do not move",
        "the cursor is no text",
        "the date of a change is no text",
        "the key of the directory does not grow",
        "the same cursor twice",
    }
)


def refused_answers() -> list[str]:
    texts = [file.read_text("utf-8") for file in FOLDER.glob("*.py")]
    return sorted({word for text in texts for word in _WORDS.findall(text)} - _OF_WHAT_NO_TRIAL_READS)


def test_every_answer_that_files_refuse_has_its_words_in_both_languages() -> None:
    words = refused_answers()
    assert "no list of records in the answer" in words
    for code in LANGUAGES:
        with speaking(code):
            assert [word for word in words if not detail_words(word)] == []


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("not JSON (text/html)", "la réponse n’est pas du JSON, mais text/html"),
        ("not JSON ()", "la réponse n’est pas du JSON, mais ?"),
        ("no column matricule", "pas de colonne matricule"),
        ("status 500", "statut 500"),
        ("told in the body (status 200)", "dit dans la réponse, statut 200"),
        ("over 5 s", "plus de 5 s"),
        ("a word of tomorrow", ""),
        ("", ""),
    ],
)
def test_a_name_or_a_number_stays_in_its_words(detail: str, words: str) -> None:
    assert detail_words(detail) == words


@pytest.mark.parametrize(
    ("kind", "detail", "told"),
    [
        (ErrorKind.BAD_DATA, "no list of records in the answer", "pas de liste d’enregistrements"),
        (ErrorKind.BUG, "status 422", "statut 422"),
        (ErrorKind.BUG, "KeyError at mine.py:12", "s’est interrompu\u00a0: KeyError at mine.py:12"),
        (ErrorKind.BAD_DATA, "a word of tomorrow", "(a word of tomorrow)"),
    ],
)
def test_a_failed_reading_is_told_in_these_words(kind: ErrorKind, detail: str, told: str) -> None:
    failed = ReadingTrial("benefits", error=Failure(kind, Origin.SOURCE, detail=detail))
    out = io.StringIO()
    print_trial(Trial("mine 1.0.0", (failed,)), Console(file=out, width=200, color_system=None))
    assert told in out.getvalue()
