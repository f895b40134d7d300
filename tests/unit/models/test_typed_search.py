"""Dates typed in a search that nobody can have been born on."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.directory.search_query import parse_search
from avise.models.typed_search import DateFault, FaultyDate, faulty_date

TODAY = date(2026, 3, 24)


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        ("marchand 31/02/1970", "31/02/1970"),
        ("31/04/1985 dupont jean", "31/04/1985"),
        ("dupont 31/04", "31/04"),
        ("dupont 00/12/1970", "00/12/1970"),
        ("dupont 00/12", "00/12"),
        ("dupont 29/02/1970", "29/02/1970"),
        ("dupont 29/02/70", "29/02/70"),
        ("dupont 29-02-1970", "29-02-1970"),
        ("dupont 29.02.1970", "29.02.1970"),
        ("1970-02-30", "1970-02-30"),
        ("dupont 12/31/1970", "12/31/1970"),
        ("dupont 13/1970", "13/1970"),
        ("né le 31 février 1970", "31 février 1970"),
    ],
)
def test_a_day_that_no_calendar_has_is_told_as_it_was_typed(words: str, typed: str) -> None:
    assert faulty_date(words, TODAY) == FaultyDate(typed, DateFault.NO_SUCH_DAY)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("dupont 12/03/2031", DateFault.TO_COME),
        ("dupont 25/03/2026", DateFault.TO_COME),
        ("dupont 12/2031", DateFault.TO_COME),
        ("dupont 12/03/1868", DateFault.TOO_OLD),
        ("dupont 12/03", DateFault.NO_YEAR),
        ("dupont 29/02", DateFault.NO_YEAR),
        ("dupont 29/02/", DateFault.NO_YEAR),
        ("dupont 29/02/1", DateFault.NO_YEAR),
        ("dupont 29/02/197", DateFault.NO_YEAR),
    ],
)
def test_a_day_on_which_nobody_can_be_looked_for_says_why(words: str, fault: DateFault) -> None:
    found = faulty_date(words, TODAY)
    assert found is not None
    assert found.fault is fault


@pytest.mark.parametrize(
    "words",
    [
        "",
        "marchand",
        "marchand 12/03/1968",
        "dupont 29/02/68",
        "dupont 29/02/2000",
        "dupont 24/03/2026",
        "06.12.34.56.78",
        "31.02.70",
        "31-02-70",
        "0482 917 350",
        "+33 6/39/98/41/27",
        "31021970",
        "mars 1968",
        "garage 2000",
        "dupont 12/",
        "dupont 12/0",
        "31 rue 1970",
    ],
)
def test_what_may_be_somebodys_date_or_number_is_left_alone(words: str) -> None:
    assert faulty_date(words, TODAY) is None


@given(st.text(max_size=60))
def test_nothing_typed_breaks_the_reading_of_dates(words: str) -> None:
    found = faulty_date(words, TODAY)
    assert found is None or found.typed in words


@given(
    st.integers(0, 40),
    st.integers(0, 14),
    st.integers(1800, 2100),
    st.sampled_from(["{0}/{1}/{2}", "{2}-{1:02}-{0:02}", "{0}.{1}.{2}", "{0:02}-{1:02}-{2}"]),
)
def test_a_date_is_either_looked_for_or_told_at_fault(day: int, month: int, year: int, form: str) -> None:
    typed = form.format(day, month, year)
    looked_for = parse_search(f"dupont {typed}", TODAY).spans
    assert bool(looked_for) == (faulty_date(f"dupont {typed}", TODAY) is None)
