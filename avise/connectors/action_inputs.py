"""What is wrong with the values given for an action, before any tool is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from avise.connectors.action_contract import ActionInput, InputType
from avise.models.json_types import JSON

_EMAIL = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,190}\.[^@\s<>,;.]{2,}")
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_POSTCODE = re.compile(r"\d{5}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONGEST_IDENTIFIER = 200


class InputFault(StrEnum):
    """Why a value cannot be sent."""

    REQUIRED = "required"
    UNKNOWN = "unknown"
    """The action has no input of that name."""
    FORMAT = "format"
    CHOICE = "choice"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One value that cannot be sent."""

    name: str
    fault: InputFault


def input_problems(inputs: Sequence[ActionInput], given: Mapping[str, JSON]) -> tuple[InputProblem, ...]:
    """Return what is wrong with an action's values, in the order of its inputs; empty when they may go.

    Args:
        inputs: of the offer.
        given: by name; null and "" stand for nothing.
    """
    known = {declared.name for declared in inputs}
    found = [InputProblem(name, InputFault.UNKNOWN) for name in given if name not in known]
    for declared in inputs:
        fault = _fault(declared, given.get(declared.name))
        if fault is not None:
            found.append(InputProblem(declared.name, fault))
    return tuple(found)


def filled_inputs(inputs: Sequence[ActionInput], given: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the values with the defaults of those that were not given, without those that stay empty."""
    values = {declared.name: given.get(declared.name, declared.default) for declared in inputs}
    return {name: value for name, value in values.items() if value not in (None, "")}


def _fault(declared: ActionInput, value: JSON) -> InputFault | None:
    if value is None or value == "":
        return InputFault.REQUIRED if declared.required and declared.default is None else None
    if declared.type is InputType.INT:
        fits = isinstance(value, int) and not isinstance(value, bool)
        return None if fits else InputFault.FORMAT
    if declared.type is InputType.BOOL:
        return None if isinstance(value, bool) else InputFault.FORMAT
    return _fault_of_text(declared, value)


def _fault_of_text(declared: ActionInput, value: JSON) -> InputFault | None:
    if not isinstance(value, str) or any(unicodedata.category(letter) == "Cc" for letter in value):
        return InputFault.FORMAT
    if declared.type is InputType.CHOICE:
        return None if value in {choice.code for choice in declared.choices} else InputFault.CHOICE
    if len(value) > (declared.max_length if declared.type is InputType.TEXT else _LONGEST_IDENTIFIER):
        return InputFault.TOO_LONG
    fits = _FITS.get(declared.type)
    return None if fits is None or fits(value) else InputFault.FORMAT


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return _DATE.fullmatch(value) is not None


def _is_moment(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


_FITS: Mapping[InputType, Callable[[str], bool]] = {
    InputType.DATE: _is_date,
    InputType.DATETIME: _is_moment,
    InputType.EMAIL: lambda value: _EMAIL.fullmatch(value) is not None,
    InputType.PHONE: lambda value: _PHONE.fullmatch(value) is not None,
    InputType.POSTCODE: lambda value: _POSTCODE.fullmatch(value) is not None,
    InputType.RECORD: lambda value: bool(value.strip()),
}
