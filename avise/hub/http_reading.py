"""JSON that came over the wire, read field by field: what is not what a call takes is refused whole."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from avise.hub.port import HubError
from avise.models.json_types import JSON

T = TypeVar("T")

LONGEST_TEXT = 4_096
"""Characters of any text but a body."""
LARGEST = 2**63 - 1
"""What a database keeps of a whole number."""
MOST_ENTRIES = 1_000
"""Entries of a map: perimeters, filters."""


class MalformedError(HubError):
    """What came is not what this call takes (`hub.malformed`); nothing of it is repeated."""

    def __init__(self) -> None:
        super().__init__("hub.malformed")


def to_json(value: JSON) -> bytes:
    """Return a value as it crosses the wire.

    Raises:
        MalformedError: a text that is none (half a surrogate pair).
    """
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise MalformedError from None


def from_json(content: bytes) -> JSON:
    """Return the value that crossed the wire.

    Raises:
        MalformedError: no JSON, or a text that no database keeps (NUL, half a surrogate pair).
    """
    try:
        text = content.decode()
        value: JSON = json.loads(text, parse_constant=_no_constant)
        if "\\u" in text:
            written = json.dumps(value, ensure_ascii=False)
            written.encode()
            if "\\u0000" in written and _holds_nul(value):
                raise MalformedError
    except (ValueError, RecursionError):
        raise MalformedError from None
    return value


def _holds_nul(value: JSON) -> bool:
    """Say whether a text holds a NUL; one that spells its escape holds none."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, Mapping):
        return any(_holds_nul(key) or _holds_nul(held) for key, held in value.items())
    return isinstance(value, list) and any(_holds_nul(held) for held in value)


def _no_constant(word: str) -> JSON:
    raise ValueError(word)


class Told:
    """An object that came, read field by field.

    Args:
        value: what came.
        known: its fields; None lets others be.

    Raises:
        MalformedError: no object, or a field that is not known.
    """

    __slots__ = ("_value",)

    def __init__(self, value: JSON, known: frozenset[str] | None = None) -> None:
        if not isinstance(value, dict) or (known is not None and not known.issuperset(value)):
            raise MalformedError
        self._value: dict[str, Any] = value

    def text(self, name: str, default: str | None = None, most: int = LONGEST_TEXT) -> str:
        """Return a text."""
        found = self._value.get(name, default)
        if not isinstance(found, str) or len(found) > most or "\0" in found:
            raise MalformedError
        return found

    def number(self, name: str, default: int | None = None, least: int = -LARGEST) -> int:
        """Return a whole number."""
        return whole_number(self._value.get(name, default), least)

    def flag(self, name: str, default: bool | None = None) -> bool:
        """Return a yes or no."""
        found = self._value.get(name, default)
        if not isinstance(found, bool):
            raise MalformedError
        return found

    def identity(self, name: str) -> uuid.UUID:
        """Return an identity in its one writing."""
        return identity_in(self._value.get(name))

    def moment(self, name: str) -> datetime:
        """Return an aware time, in UTC."""
        return moment_in(self._value.get(name))

    def moment_or_none(self, name: str) -> datetime | None:
        """Return an aware time, None when there is none."""
        return None if self._value.get(name) is None else self.moment(name)

    def binary(self, name: str) -> bytes:
        """Return bytes."""
        found = self._value.get(name)
        if not isinstance(found, str):
            raise MalformedError
        try:
            return base64.b64decode(found, validate=True)
        except (binascii.Error, ValueError):
            raise MalformedError from None

    def binary_or_none(self, name: str) -> bytes | None:
        """Return bytes, None when there are none."""
        return None if self._value.get(name) is None else self.binary(name)

    def each(self, name: str, read: Callable[[JSON], T], most: int = 100_000) -> tuple[T, ...]:
        """Return a list, each entry read; empty when absent."""
        found = self._value.get(name, [])
        if not isinstance(found, list) or len(found) > most:
            raise MalformedError
        return tuple(read(one) for one in found)

    def numbers(self, name: str) -> dict[str, int]:
        """Return whole numbers by name; empty when absent."""
        return {key: whole_number(value) for key, value in self.mapping(name).items()}

    def mapping(self, name: str) -> Mapping[str, JSON]:
        """Return an object as it is; empty when absent."""
        found = self._value.get(name, {})
        if not isinstance(found, dict) or len(found) > MOST_ENTRIES or any(map(_is_unfit, found)):
            raise MalformedError
        return found


def _is_unfit(name: str) -> bool:
    return len(name) > LONGEST_TEXT or "\0" in name


def whole_number(value: object, least: int = -LARGEST) -> int:
    """Return a whole number that a database keeps.

    Raises:
        MalformedError: something else.
    """
    if type(value) is not int or not least <= value <= LARGEST:
        raise MalformedError
    return value


def identity_in(value: object) -> uuid.UUID:
    """Return an identity from its one writing, with dashes.

    Raises:
        MalformedError: anything else, braces and "urn:" included.
    """
    try:
        found = uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or str(found) != value:
        raise MalformedError
    return found


def moment_in(value: object) -> datetime:
    """Return an aware time in UTC.

    Raises:
        MalformedError: no time, or one without a zone.
    """
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
        if found is None or found.tzinfo is None:
            raise MalformedError
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise MalformedError from None


def mapping_of(value: JSON) -> Mapping[str, JSON]:
    """Return an object as it is.

    Raises:
        MalformedError: something else.
    """
    if not isinstance(value, dict):
        raise MalformedError
    return value
