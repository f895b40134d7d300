"""One mark at the end of a sentence."""

from __future__ import annotations

import pytest

from avise.texts.endings import ended_once


@pytest.mark.parametrize(
    ("sentence", "ended"),
    [
        ("Pour le support : client ?.", "Pour le support : client ?"),
        ("Pour le support : fini..", "Pour le support : fini."),
        ("Pour le support : rien", "Pour le support : rien"),
        ("Pour le support : v1.", "Pour le support : v1."),
    ],
)
def test_a_sentence_ends_with_one_mark(sentence: str, ended: str) -> None:
    assert ended_once(sentence) == ended
