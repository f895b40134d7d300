"""Birth dates of any table, slips included."""

import pytest

from avise.models.identity.dates import DateOrder, birth_digits, order_of


@pytest.mark.parametrize(
    ("text", "order", "digits"),
    [
        ("1980-03-12", "", "19800312"),
        ("1980-03-12T00:00:00", "", "19800312"),
        ("19800312", "", "19800312"),
        ("01021980", DateOrder.DAY_FIRST, "19800201"),
        ("01021980", DateOrder.MONTH_FIRST, "19800102"),
        ("19800102", DateOrder.YEAR_FIRST, "19800102"),
        ("12/03/1980", DateOrder.DAY_FIRST, "19800312"),
        ("03/12/1980", DateOrder.MONTH_FIRST, "19800312"),
        ("12.3.80", DateOrder.DAY_FIRST, "19800312"),
        ("1/2/05", DateOrder.DAY_FIRST, "20050201"),
        ("80-03-12", DateOrder.YEAR_FIRST, "19800312"),
        ("12 mars 1980", "", "19800312"),
        ("1er août 1980", "", "19800801"),
        ("March 12, 1980", "", "19800312"),
        ("12-Mar-1980", "", "19800312"),
        ("1980", "", "19800000"),
        ("03/1980", "", "19800300"),
        ("19801432", "", "19801432"),
        ("", "", ""),
        ("unknown", "", ""),
        ("00000000", "", ""),
    ],
)
def test_a_date_is_read_in_every_form_and_a_slip_is_kept(text: str, order: str, digits: str) -> None:
    assert birth_digits(text, order) == digits


def test_the_order_of_a_column_is_the_one_that_its_dates_fit() -> None:
    assert order_of(["03/12/1980", "04/25/1971"]) is DateOrder.MONTH_FIRST
    assert order_of(["03/12/1980", "25/04/1971"]) is DateOrder.DAY_FIRST
    assert order_of(["03/12/1980"]) is DateOrder.DAY_FIRST
    assert order_of(["80-12-31", "71-01-25"]) is DateOrder.YEAR_FIRST
