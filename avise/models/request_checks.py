"""What is wrong in the form of a request, field by field, and the one writing in which it is kept.

Pure: the same form and the same day give the same problems, on the workstation and at the hub. A
problem says what to do, never what was typed. A NIR has no field: a text that holds one is refused,
as is an account number out of the field made for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from stdnum import luhn

from avise.models.free_text import check_note
from avise.models.identifiers import check_iban, check_siret, compact, parse_phone
from avise.models.json_types import JSON
from avise.models.note_findings import FindingKind, blocking
from avise.models.request_types import (
    FieldCheck,
    FieldProblem,
    RequestField,
    RequestFieldKind,
    RequestType,
    person_of,
)

MOST_EUROS = Decimal("9999999.99")
_FIRST_DAY = date(1900, 1, 1)
_YEARS_AHEAD = timedelta(days=3660)
"""A date further than ten years away is a slip of the finger."""

_SPACES = re.compile(r"[\s\u00a0\u202f]")
_EUROS = re.compile(r"-?\d{1,9}(\.\d{1,2})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_IN_NOTE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_CONTRACT = re.compile(r"[0-9A-Za-z][0-9A-Za-z./_-]*")
_CORSICAN_FINESS = re.compile(r"2[AB]\d{7}")

_FINDINGS = {
    FindingKind.NIR: "holds_nir",
    FindingKind.BANK_ACCOUNT: "holds_account",
    FindingKind.CARD: "holds_card",
}

Flaw = tuple[str, Mapping[str, str]]
"""End of a key of the catalogue, `request_check.<end>`, and what its sentence names."""


def problems_of(kind: RequestType, fields: Mapping[str, JSON], today: date) -> tuple[FieldProblem, ...]:
    """Return everything that is wrong in a form, in the order of its fields; unknown fields come last."""
    asked = kind.asked(fields, today)
    found = [problem for each in asked for problem in _problems_in(each, fields, today)]
    known = {each.id for each in kind.fields}
    found += [FieldProblem(name, "request_check.unknown_field") for name in fields if name not in known]
    return tuple(found)


def kept_fields(kind: RequestType, fields: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """Return a form that has no problem as it is recorded."""
    return {
        each.id: kept_value(each, value)
        for each in kind.fields
        if not each.same_as and not is_empty(value := fields.get(each.id))
    }


def kept_value(each: RequestField, value: JSON) -> JSON:
    """Return a value that has no problem as it is recorded: "06 39 98 41 27" is "+33639984127"."""
    return _WRITINGS.get(each.kind, _as_text)(value)


def problem_in(each: RequestField, value: JSON, today: date) -> FieldProblem | None:
    """Return what is wrong in what one field holds, None when nothing is; the rest of the form apart."""
    flaw = _CHECKS[each.kind](each, value, today)
    return FieldProblem(each.id, f"request_check.{flaw[0]}", flaw[1]) if flaw is not None else None


def read_fields(kind: RequestType, typed: Mapping[str, str]) -> Mapping[str, JSON]:
    """Return what was typed as values of the form; what cannot be read stays as it was typed."""
    found: dict[str, JSON] = {}
    for name, text in typed.items():
        each = kind.field_named(name)
        if text.strip():
            found[name] = text if each is None else _READINGS.get(each.kind, str)(text.strip())
    return found


def is_empty(value: JSON) -> bool:
    """Say whether a field holds nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def check_finess(text: str) -> bool:
    """Say whether a text is the number of an establishment: nine characters, Luhn (`domain.md` 2.5).

    Those of Corsica have a letter, for which no key is published: their shape alone is looked at.
    """
    value = compact(text)
    if _CORSICAN_FINESS.fullmatch(value) is not None:
        return True
    return len(value) == 9 and value.isascii() and value.isdigit() and luhn.is_valid(value)


def _problems_in(each: RequestField, fields: Mapping[str, JSON], today: date) -> Iterator[FieldProblem]:
    value = fields.get(each.id)
    if is_empty(value):
        if each.required:
            chosen = each.kind in _CHOSEN
            yield FieldProblem(
                each.id, "request_check.required_choice" if chosen else "request_check.required"
            )
        return
    problem = problem_in(each, value, today)
    if problem is not None:
        yield problem
    elif each.same_as and kept_value(each, value) != kept_value(each, fields.get(each.same_as)):
        yield FieldProblem(each.id, "request_check.not_the_same")


# ---- one check a kind ------------------------------------------------------------------------------


def _text(each: RequestField, value: JSON, _today: date) -> Flaw | None:
    if not isinstance(value, str):
        return ("text", {})
    control = _CONTROL_IN_NOTE if each.kind is RequestFieldKind.NOTE else _CONTROL
    if control.search(value.strip()) is not None:
        return ("control", {})
    if len(value.strip()) > each.longest:
        return ("too_long", {"count": str(each.longest)})
    return _checked_text(each, value)


def _checked_text(each: RequestField, value: str) -> Flaw | None:
    if each.check is FieldCheck.FINESS:
        return None if check_finess(value) else ("finess", {})
    if each.check is FieldCheck.SIRET:
        return None if check_siret(value).valid else ("siret", {})
    if each.check is FieldCheck.MONTH and _MONTH.fullmatch(value.strip()) is None:
        return ("month", {})
    if each.check is FieldCheck.TIME and _TIME.fullmatch(value.strip()) is None:
        return ("time", {})
    found = blocking(check_note(value))
    return (_FINDINGS[found[0].kind], {}) if found else None


def _contract(each: RequestField, value: JSON, today: date) -> Flaw | None:
    flaw = _text(each, value, today)
    if flaw is None and _CONTRACT.fullmatch(str(value).strip()) is None:
        return ("contract", {})
    return flaw


def _date(each: RequestField, value: JSON, today: date) -> Flaw | None:
    try:
        on = (
            date.fromisoformat(value.strip()) if isinstance(value, str) and len(value.strip()) == 10 else None
        )
    except ValueError:
        on = None
    if on is None:
        return ("date", {})
    if not _FIRST_DAY <= on <= today + _YEARS_AHEAD:
        return ("date_range", {})
    if each.check is FieldCheck.NOT_FUTURE and on > today:
        return ("future", {})
    if each.check is FieldCheck.NOT_PAST and on < today:
        return ("past", {})
    return None


def _amount(_each: RequestField, value: JSON, _today: date) -> Flaw | None:
    euros = _euros(value)
    if euros is None:
        return ("amount", {})
    return ("amount_range", {}) if not 0 <= euros <= MOST_EUROS else None


def _euros(value: JSON) -> Decimal | None:
    """Read what people type and paste: "1 234,50 €" is 1234.50; a float is never an amount."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    written = _SPACES.sub("", str(value)).removesuffix("€").replace(",", ".")
    try:
        return Decimal(written) if written.isascii() and _EUROS.fullmatch(written) is not None else None
    except InvalidOperation:
        return None


def _person(_each: RequestField, value: JSON, _today: date) -> Flaw | None:
    return None if person_of(value) is not None else ("person", {})


def _choice(each: RequestField, value: JSON, _today: date) -> Flaw | None:
    return None if isinstance(value, str) and value in each.choices else ("choice", {})


def _phone(_each: RequestField, value: JSON, _today: date) -> Flaw | None:
    short = isinstance(value, str) and len(value) <= 40
    return None if short and parse_phone(str(value)) else ("phone", {})


def _iban(_each: RequestField, value: JSON, _today: date) -> Flaw | None:
    return None if isinstance(value, str) and check_iban(value).valid else ("iban", {})


def _yes_no(_each: RequestField, value: JSON, _today: date) -> Flaw | None:
    return None if isinstance(value, bool) else ("yes_no", {})


def _number(each: RequestField, value: JSON, _today: date) -> Flaw | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return ("number", {})
    if each.least is not None and value < each.least:
        return ("too_small", {"limit": str(each.least)})
    if each.most is not None and value > each.most:
        return ("too_large", {"limit": str(each.most)})
    return None


_CHECKS: Mapping[RequestFieldKind, Callable[[RequestField, JSON, date], Flaw | None]] = {
    RequestFieldKind.TEXT: _text,
    RequestFieldKind.NOTE: _text,
    RequestFieldKind.PERSON: _person,
    RequestFieldKind.PROVIDER: _text,
    RequestFieldKind.CONTRACT: _contract,
    RequestFieldKind.DATE: _date,
    RequestFieldKind.AMOUNT: _amount,
    RequestFieldKind.CHOICE: _choice,
    RequestFieldKind.PHONE: _phone,
    RequestFieldKind.IBAN: _iban,
    RequestFieldKind.YES_NO: _yes_no,
    RequestFieldKind.NUMBER: _number,
}


# ---- one writing a kind ----------------------------------------------------------------------------


def _as_text(value: JSON) -> JSON:
    return value.strip() if isinstance(value, str) else value


def _as_euros(value: JSON) -> JSON:
    euros = _euros(value)
    return f"{euros:.2f}" if euros is not None else None


_WRITINGS: Mapping[RequestFieldKind, Callable[[JSON], JSON]] = {
    RequestFieldKind.AMOUNT: _as_euros,
    RequestFieldKind.PERSON: lambda value: str(person_of(value)),
    RequestFieldKind.PHONE: lambda value: parse_phone(str(value)),
    RequestFieldKind.IBAN: lambda value: compact(str(value)),
}
"""Kinds that people write in several ways; the others are kept as they are, without spaces around."""


# ---- what people type ------------------------------------------------------------------------------

_TYPED_DATE = re.compile(r"([0-9]{1,2})[/. -]([0-9]{1,2})[/. -]([0-9]{4})")
_TYPED_NUMBER = re.compile(r"-?[0-9]{1,9}")
_CHOSEN = frozenset({RequestFieldKind.CHOICE, RequestFieldKind.PERSON, RequestFieldKind.YES_NO})
"""Kinds that are chosen in a list, not written."""
_YES = frozenset({"yes", "true", "oui", "o", "y"})
_NO = frozenset({"no", "false", "non", "n"})


def _read_date(text: str) -> JSON:
    """Read "24/03/2026", "24.3.2026" or "2026-03-24"."""
    match = _TYPED_DATE.fullmatch(text)
    return f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}" if match is not None else text


def _read_number(text: str) -> JSON:
    return int(text) if _TYPED_NUMBER.fullmatch(text) is not None else text


def _read_yes_no(text: str) -> JSON:
    said = text.casefold()
    return said in _YES if said in _YES | _NO else text


_READINGS: Mapping[RequestFieldKind, Callable[[str], JSON]] = {
    RequestFieldKind.DATE: _read_date,
    RequestFieldKind.NUMBER: _read_number,
    RequestFieldKind.YES_NO: _read_yes_no,
}
"""Kinds that are not kept as text, or not as people type them."""
