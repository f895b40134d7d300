"""Telephone numbers as they are said, and names that are number words."""

from __future__ import annotations

from datetime import date
from itertools import pairwise, starmap

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from avise.directory.search_query import parse_search
from avise.directory.spoken_numbers import spoken_digits
from avise.models.names import fold_words

TODAY = date(2026, 3, 24)
_SMALL = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
)  # fmt: skip
_TENS = (
    "",
    "",
    "vingt",
    "trente",
    "quarante",
    "cinquante",
    "soixante",
    "soixante",
    "quatre-vingt",
    "quatre-vingt",
)


def said(pair: int) -> str:
    """Say a pair of digits as in France."""
    if pair < 10:
        return f"zéro {_SMALL[pair]}"
    if pair < 20:
        return _SMALL[pair]
    tens, unit = divmod(pair, 10)
    if tens in (7, 9):
        return f"{_TENS[tens]}{' et ' if pair == 71 else '-'}{_SMALL[10 + unit]}"
    if unit == 0:
        return _TENS[tens] + ("s" if pair == 80 else "")
    return f"{_TENS[tens]}{' et ' if unit == 1 and tens != 8 else '-'}{_SMALL[unit]}"


def sound_alike(one: int, next_one: int) -> bool:
    """Whether two pairs are said as two others are, or as one: 20 80 as 24 20, 60 12 as 72, 4 20 as 80."""
    return (
        (one == 4 and next_one in range(20, 30))
        or (one in (20, 30, 40, 50, 60, 80) and next_one >= 80)
        or (one in (60, 80) and 10 <= next_one < 20)
    )


@given(st.lists(st.integers(0, 99), min_size=4, max_size=4), st.sampled_from((1, 2, 6, 7)))
def test_a_number_said_by_pairs_is_that_number(pairs: list[int], first: int) -> None:
    assume(not any(starmap(sound_alike, pairwise(pairs))))
    words = fold_words(" ".join([f"zéro {_SMALL[first]}", *map(said, pairs)]))
    digits, others = spoken_digits(words)
    assert (digits, others) == (f"0{first}" + "".join(f"{pair:02d}" for pair in pairs), ())


@pytest.mark.parametrize(
    ("words", "digits", "others"),
    [
        ("zéro six trente-neuf quatre-vingt-dix-huit quarante et un vingt-sept", "0639984127", ()),
        ("marchand zéro six douze trente-quatre", "061234", ("MARCHAND",)),
        ("vincent dix", "", ("VINCENT", "DIX")),
        ("deux six sept", "", ("DEUX", "SIX", "SEPT")),
        ("un deux trois quatre cinq six", "123456", ()),
        ("zéro six soixante-dix soixante zéro zéro", "06706000", ()),
    ],
)
def test_what_is_said(words: str, digits: str, others: tuple[str, ...]) -> None:
    assert spoken_digits(fold_words(words)) == (digits, others)


@given(
    st.lists(
        st.sampled_from(("QUATRE", "VINGT", "ET", "DIX", "ZERO", "SEPT", "SOIXANTE", "ROUX")), max_size=9
    )
)
def test_any_words_are_read_without_harm(words: list[str]) -> None:
    digits, others = spoken_digits(words)
    assert digits == "" or digits.isdigit()
    assert set(others) <= set(words)


def test_the_search_reads_them() -> None:
    query = parse_search(
        "Marchand zéro six trente-neuf quatre-vingt-dix-huit quarante et un vingt-sept", TODAY
    )
    assert query.words == ("MARCHAND",)
    assert [number.phone() for number in query.numbers] == ["+33639984127"]


def test_an_age_is_a_span_of_birth_dates() -> None:
    query = parse_search("marchand 58 ans", TODAY)
    (span,) = query.spans
    assert (query.words, span.first, span.last) == (("MARCHAND",), date(1967, 3, 25), date(1968, 3, 24))
    assert parse_search("marchand 158 ans", TODAY).spans == ()
    (leap,) = parse_search("58 ans", date(2028, 2, 29)).spans
    assert (leap.first, leap.last) == (date(1969, 3, 1), date(1970, 2, 28))
