"""A tool's sentence is shown without its markup, whatever the tool sends."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.sentences import LONGEST_SENTENCE, shown_sentence


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Carte déjà envoyée.", "Carte déjà envoyée."),
        ("  deux \n lignes\t", "deux lignes"),
        ("<p>Refus&eacute; <b>net</b></p>", "Refusé net"),
        ("&lt;script&gt;x()&lt;/script&gt;Non", "Non"),
        ("<style>p{}</style>Non<script>alert(1)", "Non"),
        ("montant < 5 € et > 2", "montant < 5 € et > 2"),
        ("a\u202egauche\u200b", "agauche"),
        ("<\u200bimg src=x>Non", "Non"),
        ("<&#8203;b>Non", "Non"),
        ("", ""),
    ],
)
def test_markup_goes_and_the_words_stay(told: str, shown: str) -> None:
    assert shown_sentence(told) == shown


@given(st.text(max_size=600))
def test_whatever_comes_what_is_shown_is_one_short_visible_line(told: str) -> None:
    shown = shown_sentence(told)
    assert len(shown) <= LONGEST_SENTENCE
    assert not {"Cc", "Cf", "Cs"} & {unicodedata.category(letter) for letter in shown}


@given(st.text(alphabet="<>/ab &lt;gt#x;!-", max_size=200))
def test_no_tag_is_left_however_it_was_hidden(told: str) -> None:
    assert re.search(r"<[A-Za-z/!?]", shown_sentence(f"<img src={told}")) is None
