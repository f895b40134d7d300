"""A request's number tells a slip of the pen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from avise.models.request_numbers import is_request_number, request_number

numbers = st.builds(request_number, st.integers(2000, 2999), st.integers(1, 999_999_999))


def test_a_number_reads_as_it_is_written() -> None:
    assert request_number(2026, 187) == "D-2026-000187-1"
    assert is_request_number("D-2026-000187-1")


@given(numbers)
def test_every_number_given_is_one(number: str) -> None:
    assert is_request_number(number)


@given(numbers, st.data())
def test_one_wrong_character_is_seen(number: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([at for at, sign in enumerate(number) if sign.isdigit()]))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    assert not is_request_number(number[:place] + other + number[place + 1 :])


def test_two_neighbours_exchanged_are_seen_but_for_a_few_in_a_thousand() -> None:
    turned = [
        number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        for number in (request_number(2026, count) for count in range(1, 40_000, 37))
        for place in range(len(number) - 1)
        if number[place].isdigit() and number[place + 1].isdigit() and number[place] != number[place + 1]
    ]
    missed = sum(is_request_number(number) for number in turned)
    assert len(turned) > 5_000
    assert missed / len(turned) < 0.005


@given(st.text(max_size=30))
def test_any_other_text_is_none(text: str) -> None:
    assert not is_request_number(text)
