"""The converters: what a tool writes, made into the form that facets hold.

Each takes a value of the tool (text, number, boolean, a date of a database) and returns JSON: dates in
ISO 8601, datetimes aware, amounts as decimal text. What cannot be read raises `UnreadableValueError`,
without the value in its text, since it may be personal data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

import phonenumbers
from stdnum import iban as iban_number

from avise.connectors.declarative.date_format import UNIX, moment_of
from avise.connectors.declarative.mapping import Conversion

Canonical = str | int | bool | None
"""What a converter returns."""

_SPACES = str.maketrans("", "", " \t\u00a0\u202f\u2009")
_BETWEEN_DIGITS = str.maketrans("", "", " .-()\u00a0\u202f")
_TRUE = frozenset({"true", "1", "o", "oui", "y", "yes", "t", "v", "vrai"})
_FALSE = frozenset({"false", "0", "n", "non", "no", "f", "faux"})
_NIR_START = re.compile(r"([1-478])(\d\d)(\d\d)")
_FRENCH_E164 = re.compile(r"\+33[1-9][0-9]{8}")
_AFTER_NUMBER = re.compile(r"[^\d+().\-/ \u00a0\u202f\t].*", re.DOTALL)
_LARGEST = Decimal(10) ** 13
"""Euros; more is a broken file, and would be unreadable on screen."""


class UnreadableValueError(ValueError):
    """A value that its converter cannot read.

    Args:
        conversion: the converter; the value itself is never kept.
    """

    def __init__(self, conversion: str) -> None:
        super().__init__(conversion)
        self.conversion = conversion


@dataclass(frozen=True, slots=True)
class Reading:
    """How values are written where they come from.

    Args:
        timezone: of dates and times without a zone.
        decimal: decimal mark of amounts given as text.
        format: of a date, see `date_format`; "unix" and "unix_ms" for seconds and milliseconds since 1970.
    """

    timezone: ZoneInfo
    decimal: str = "."
    format: str = ""


Converter = Callable[[object, Reading], Canonical]
"""Converts a value that is there, or raises whatever error reading it gives."""


def convert(conversion: Conversion, value: object, reading: Reading) -> Canonical:
    """Convert a value that is there (neither `None` nor an empty text).

    Raises:
        UnreadableValueError: the converter does not accept it.
    """
    return converted(converter_of(conversion), conversion, value, reading)


def converter_of(conversion: Conversion) -> Converter:
    """Return what converts, found once for a million values."""
    return _CONVERTERS[conversion]


def converted(converter: Converter, conversion: Conversion, value: object, reading: Reading) -> Canonical:
    """Convert as `convert` does, by what `converter_of` gave."""
    try:
        return converter(value, reading)
    except (ValueError, TypeError, OverflowError, InvalidOperation):
        raise UnreadableValueError(conversion) from None


def is_absent(value: object) -> bool:
    """Tell whether a tool gave nothing: null, or a text of spaces."""
    return value is None or (isinstance(value, str) and not value.strip())


def _written(value: object) -> str:
    """Return a text, or a whole number as text; a boolean is neither."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return str(int(value))
    raise TypeError


def _id(value: object, reading: Reading) -> str:
    del reading
    return _written(value)


def _text(value: object, reading: Reading) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, date):
        return value.isoformat()
    return _plain(_number(value, reading))


def _date(value: object, reading: Reading) -> str:
    if isinstance(value, datetime):
        return _day(value, reading)
    if isinstance(value, date):
        return value.isoformat()
    written = _written(value)
    if reading.format:
        return _day(_moment(value, reading), reading)
    if len(written) > len("2026-03-24"):
        return _day(datetime.fromisoformat(written), reading)
    return date.fromisoformat(written).isoformat()


def _day(moment: datetime, reading: Reading) -> str:
    local = moment if moment.tzinfo is None else moment.astimezone(reading.timezone)
    return local.date().isoformat()


def _datetime(value: object, reading: Reading) -> str:
    moment = _moment(value, reading)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=reading.timezone)
    return moment.isoformat()


def _moment(value: object, reading: Reading) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=reading.timezone)
    written = _written(value)
    if reading.format in UNIX:
        divisor = 1000 if reading.format == "unix_ms" else 1
        return datetime.fromtimestamp(int(written) / divisor, tz=UTC)
    if reading.format:
        parsed = moment_of(written, reading.format)
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=reading.timezone)
    return datetime.fromisoformat(written)


def _number(value: object, reading: Reading) -> Decimal:
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, int | Decimal):
        number = Decimal(value)
    elif isinstance(value, float):
        # Only a database gives one (SQLite's REAL); its shortest writing is the amount as it was typed.
        number = Decimal(repr(value))
    elif isinstance(value, str):
        number = _typed(value, reading.decimal)
    else:
        raise TypeError
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise ValueError
    return number


def _typed(value: str, mark: str) -> Decimal:
    compact = value.translate(_SPACES).replace("\u2212", "-").removesuffix("€")
    other = "," if mark == "." else "."
    if other in compact or "_" in compact:
        raise ValueError
    return Decimal(compact.replace(mark, "."))


def _plain(number: Decimal) -> str:
    return f"{number:f}"


def _decimal(value: object, reading: Reading) -> str:
    return _plain(_number(value, reading))


def _cents(value: object, reading: Reading) -> str:
    del reading
    return f"{Decimal(int(_written(value))) / 100:.2f}"


def _percent(value: object, reading: Reading) -> str:
    number = value.translate(_SPACES).removesuffix("%") if isinstance(value, str) else value
    return _plain(_number(number, reading))


def _int(value: object, reading: Reading) -> int:
    del reading
    if isinstance(value, float):
        value = Decimal(repr(value))
    return int(_written(value).translate(_SPACES))


def _bool(value: object, reading: Reading) -> bool:
    del reading
    if isinstance(value, bool):
        return value
    written = _written(value).lower()
    if written in _TRUE:
        return True
    if written in _FALSE:
        return False
    raise ValueError


def _enum(value: object, reading: Reading) -> str:
    del reading
    return str(value).lower() if isinstance(value, bool) else _written(value)


def _phone(value: object, reading: Reading) -> str:
    """Return E.164; a number that cannot be one stays as the tool wrote it, staff may still read it."""
    del reading
    written = _written(value)
    compact = written.translate(_BETWEEN_DIGITS)
    # Phonenumbers costs about 11 µs each (decision 15); most of them are plain French numbers.
    if len(compact) == 10 and compact.isascii() and compact.isdigit() and compact[0] == "0" != compact[1]:
        return f"+33{compact[1:]}"
    if _FRENCH_E164.fullmatch(compact):
        return compact
    try:
        parsed = phonenumbers.parse(_AFTER_NUMBER.sub("", written), "FR")
    except phonenumbers.NumberParseException:
        return written
    if not phonenumbers.is_possible_number(parsed):
        return written
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _iban(value: object, reading: Reading) -> str:
    del reading
    compact = _written(value).translate(_SPACES).upper()
    if not iban_number.is_valid(compact, check_country=False):
        raise ValueError
    return compact


def _iban_masked(value: object, reading: Reading) -> str:
    """Return "…4417": the last four characters, also of a number that the tool already masked."""
    del reading
    last = _written(value).translate(_SPACES)[-4:]
    if len(last) != 4 or not (last.isascii() and last.isalnum()):
        raise ValueError
    return f"…{last.upper()}"


def _siren(value: object, reading: Reading) -> str:
    del reading
    compact = _written(value).translate(_SPACES)
    if len(compact) not in {9, 14} or not (compact.isascii() and compact.isdigit()):
        raise ValueError
    return compact


def _nir_masked(value: object, reading: Reading) -> str:
    """Return "2 68 03 •• ••• •••": sex, year and month, all that may rest on a workstation."""
    del reading
    match = _NIR_START.match(_written(value).translate(_SPACES))
    if match is None:
        raise ValueError
    return f"{match[1]} {match[2]} {match[3]} •• ••• •••"


_CONVERTERS: Mapping[Conversion, Converter] = {
    Conversion.ID: _id,
    Conversion.TEXT: _text,
    Conversion.DATE: _date,
    Conversion.DATETIME: _datetime,
    Conversion.DECIMAL: _decimal,
    Conversion.CENTS: _cents,
    Conversion.PERCENT: _percent,
    Conversion.INT: _int,
    Conversion.BOOL: _bool,
    Conversion.ENUM: _enum,
    Conversion.PHONE: _phone,
    Conversion.IBAN: _iban,
    Conversion.IBAN_MASKED: _iban_masked,
    Conversion.SIREN: _siren,
    Conversion.NIR_MASKED: _nir_masked,
}
