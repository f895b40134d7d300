"""The converters: what each accepts, and that nothing unreadable becomes a plausible value."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.declarative.conversion import Reading, UnreadableValueError, convert
from avise.connectors.declarative.mapping import Conversion

PARIS = ZoneInfo("Europe/Paris")
READING = Reading(PARIS)
COMMA = Reading(PARIS, decimal=",")

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.decimals(), st.dates(),
    st.datetimes(),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.text(), st.text(), max_size=2), st.binary(),
)  # fmt: skip


@given(st.sampled_from(Conversion), ANYTHING)
def test_a_converter_returns_json_without_float_or_says_unreadable(
    conversion: Conversion, value: object
) -> None:
    try:
        converted = convert(conversion, value, READING)
    except UnreadableValueError:
        return
    assert isinstance(converted, str | int | bool)


@given(st.dates(min_value=date(1900, 1, 1)), st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%Y%m%d"]))
def test_a_date_survives_any_way_of_writing_it(day: date, form: str) -> None:
    reading = Reading(PARIS, format="" if form == "%Y-%m-%d" else form)
    assert convert(Conversion.DATE, day.strftime(form), reading) == day.isoformat()
    assert convert(Conversion.DATE, day, READING) == day.isoformat()


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)))  # noqa: DTZ001 - a tool that writes no zone
def test_a_time_without_a_zone_takes_the_declared_one_and_is_aware(moment: datetime) -> None:
    written = convert(Conversion.DATETIME, moment.isoformat(), READING)
    assert datetime.fromisoformat(str(written)) == moment.replace(tzinfo=PARIS)


@given(st.datetimes(timezones=st.sampled_from([UTC, PARIS, ZoneInfo("Indian/Reunion")])))
def test_a_time_with_a_zone_keeps_its_instant(moment: datetime) -> None:
    written = convert(Conversion.DATETIME, moment.isoformat(), READING)
    assert abs(datetime.fromisoformat(str(written)) - moment) < timedelta(seconds=1)


@given(st.from_regex(r"(\+33|0033|0)[ .]?\(?[0-9]\)?[0-9]{8}", fullmatch=True))
def test_a_french_number_is_read_as_its_library_reads_it(written: str) -> None:
    try:
        parsed = phonenumbers.parse(written, "FR")
    except phonenumbers.NumberParseException:
        # « 000… » begins as a call abroad does: of a country that there is not, it stays as it is.
        assert convert(Conversion.PHONE, written, READING) == written
        return
    told = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    expected = told if phonenumbers.is_possible_number(parsed) else written
    assert convert(Conversion.PHONE, written, READING) == expected


@given(st.integers(-(10**12), 10**12))
def test_cents_are_exact(cents: int) -> None:
    assert Decimal(str(convert(Conversion.CENTS, cents, READING))) * 100 == cents
    assert convert(Conversion.CENTS, str(cents), READING) == convert(Conversion.CENTS, cents, READING)


@given(st.decimals(-(10**9), 10**9, places=2))
def test_an_amount_is_exact_with_either_mark(amount: Decimal) -> None:
    written = f"{amount:f}"
    assert convert(Conversion.DECIMAL, written, READING) == written
    assert convert(Conversion.DECIMAL, written.replace(".", ","), COMMA) == written
    assert convert(Conversion.DECIMAL, amount, READING) == written


@given(st.decimals(-(10**9), 10**9, places=2))
def test_a_real_number_of_a_database_gives_the_amount_that_was_typed(amount: Decimal) -> None:
    assert Decimal(str(convert(Conversion.DECIMAL, float(amount), READING))) == amount


@pytest.mark.parametrize(
    ("conversion", "value", "expected"),
    [
        (Conversion.ID, 482, "482"),
        (Conversion.ID, " 007 ", "007"),
        (Conversion.TEXT, " Optique ", "Optique"),
        (Conversion.TEXT, 12, "12"),
        (Conversion.DATE, "2026-03-24T23:30:00Z", "2026-03-25"),
        (Conversion.DATE, "2026-03-24 08:00:00", "2026-03-24"),
        (Conversion.DECIMAL, "1 234.50", "1234.50"),
        (Conversion.DECIMAL, "\u2212 84.20 €", "-84.20"),
        (Conversion.PERCENT, "85 %", "85"),
        (Conversion.INT, "1 200", 1200),
        (Conversion.INT, 3.0, 3),
        (Conversion.BOOL, "Oui", True),
        (Conversion.BOOL, 0, False),
        (Conversion.ENUM, 3, "3"),
        (Conversion.ENUM, True, "true"),
        (Conversion.PHONE, "06 39 98 41 27", "+33639984127"),
        (Conversion.PHONE, "+33 (0)6 39 98 41 27", "+33639984127"),
        (Conversion.PHONE, "0262 20 20 20 bureau", "+33262202020"),
        (Conversion.PHONE, "masqué", "masqué"),
        (Conversion.SIREN, "000 123 455", "000123455"),
        (Conversion.SIREN, "000 123 455 00016", "00012345500016"),
        (Conversion.IBAN, "FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606"),
        (Conversion.IBAN_MASKED, "FR14 2004 1010 0505 0001 3M02 606", "…2606"),
        (Conversion.IBAN_MASKED, "4417", "…4417"),
        (Conversion.NIR_MASKED, "2 95 10 99 126 111 93", "2 95 10 •• ••• •••"),
        (Conversion.NIR_MASKED, "253072B07300470", "2 53 07 •• ••• •••"),
        (Conversion.NIR_MASKED, "29510", "2 95 10 •• ••• •••"),
    ],
)
def test_values_as_tools_write_them(conversion: Conversion, value: object, expected: object) -> None:
    assert convert(conversion, value, READING) == expected


@pytest.mark.parametrize(
    ("conversion", "value"),
    [
        (Conversion.ID, True),
        (Conversion.ID, 1.5),
        (Conversion.DATE, "24/03/2026"),
        (Conversion.DATE, "2026-02-30"),
        (Conversion.DATETIME, "yesterday"),
        (Conversion.DECIMAL, "1,234.50"),
        (Conversion.DECIMAL, "1_000"),
        (Conversion.DECIMAL, "NaN"),
        (Conversion.DECIMAL, float("inf")),
        (Conversion.DECIMAL, True),
        (Conversion.CENTS, "84.20"),
        (Conversion.CENTS, 84.2),
        (Conversion.INT, "3.5"),
        (Conversion.BOOL, "peut-être"),
        (Conversion.IBAN, "FR14 2004 1010 0505 0001 3M02 607"),
        (Conversion.IBAN_MASKED, "17"),
        (Conversion.SIREN, "123"),
        (Conversion.NIR_MASKED, "x"),
    ],
)
def test_what_cannot_be_read_is_never_guessed(conversion: Conversion, value: object) -> None:
    with pytest.raises(UnreadableValueError):
        convert(conversion, value, READING)


@given(st.from_regex(r"[12][0-9]{2}(0[1-9]|1[0-2])[0-9]{10}", fullmatch=True))
def test_a_masked_nir_holds_nothing_past_the_month_of_birth(nir: str) -> None:
    masked = str(convert(Conversion.NIR_MASKED, nir, READING))
    assert sum(char.isdigit() for char in masked) == 5


def test_seconds_since_1970_are_read_when_the_file_says_so() -> None:
    seconds = Reading(PARIS, format="unix")
    milliseconds = Reading(PARIS, format="unix_ms")
    assert convert(Conversion.DATETIME, 1774345440, seconds) == "2026-03-24T09:44:00+00:00"
    assert convert(Conversion.DATETIME, "1774345440000", milliseconds) == "2026-03-24T09:44:00+00:00"


def test_an_unreadable_value_is_not_in_the_exception() -> None:
    with pytest.raises(UnreadableValueError) as caught:
        convert(Conversion.DATE, "canary-1850599999001", READING)
    assert "canary" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
