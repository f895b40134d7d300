"""Types of the values found in a connector file: durations, rates, expressions, templates, schemes."""

from __future__ import annotations

import codecs
import re
from datetime import timedelta
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jmespath
import jmespath.exceptions
from jmespath.parser import ParsedResult
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError

from avise.connectors.declarative.expressions import expression_meant
from avise.connectors.declarative.placeholders import PlaceholderError, parse_template

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SCHEME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class Section(BaseModel):
    """A table of a connector file: frozen, and a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, protected_namespaces=())


def duration(text: object) -> timedelta:
    """Read "300ms", "2s", "10m", "24h" or "7d"; 0 is "0s"."""
    if isinstance(text, timedelta):
        return text
    if isinstance(text, str):
        number, unit = (text[:-2], "ms") if text.endswith("ms") else (text[:-1], text[-1:])
        if number.isascii() and number.isdigit() and len(number) <= 6:
            if unit == "ms":
                return timedelta(milliseconds=int(number))
            if unit in _UNITS:
                return timedelta(seconds=int(number) * _UNITS[unit])
    raise PydanticCustomError("duration", "not a duration")


def rate(text: object) -> float:
    """Read "10/s", "300/m" or "5000/h" as calls a second."""
    if isinstance(text, float):
        return text
    if isinstance(text, str):
        count, slash, unit = text.partition("/")
        digits = count.isascii() and count.isdigit() and 0 < len(count) <= 6
        if slash and digits and int(count) and unit in {"s", "m", "h"}:
            return int(count) / _UNITS[unit]
    raise PydanticCustomError("rate", "not a rate")


@cache
def compiled(expression: str) -> ParsedResult:
    """Return a JMESPath expression ready to search, compiled once."""
    return jmespath.compile(expression)


def _expression(text: str) -> str:
    try:
        compiled(text)
    except jmespath.exceptions.JMESPathError:
        told = {"value": text, "suggestion": expression_meant(text)}
        raise PydanticCustomError("expression", "not JMESPath", told) from None
    return text


def _template(text: str) -> str:
    try:
        parse_template(text)
    except PlaceholderError as error:
        raise PydanticCustomError(error.key, "placeholder", {"value": text}) from None
    return text


def _relative(text: str) -> str:
    if not text.startswith("/") or text.startswith("//"):
        raise PydanticCustomError("path_not_relative", "not a path", {"value": text})
    if "?" in text or "#" in text:
        raise PydanticCustomError("path_has_query", "query in a path", {"value": text})
    return text


def _scheme(text: str) -> str:
    if _SCHEME.fullmatch(text) is None:
        raise PydanticCustomError("scheme", "not a scheme", {"value": text})
    return text


def _name(text: str) -> str:
    if _NAME.fullmatch(text) is None:
        raise PydanticCustomError("name", "not a name", {"value": text})
    return text


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PydanticCustomError("timezone", "not a time zone", {"value": text}) from None
    return text


def _header_name(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise PydanticCustomError("header_name", "not a header", {"value": text})
    return text


def _encoding(text: str) -> str:
    try:
        codecs.lookup(text)
    except LookupError:
        raise PydanticCustomError("encoding", "not an encoding", {"value": text}) from None
    return text


_DURATION_SCHEMA = {
    "type": "string",
    "pattern": "^[0-9]{1,6}(ms|s|m|h|d)$",
    "examples": ["300ms", "4s", "10m"],
}
_RATE_SCHEMA = {"type": "string", "pattern": "^[0-9]{1,6}/(s|m|h)$", "examples": ["10/s"]}

Duration = Annotated[timedelta, BeforeValidator(duration), WithJsonSchema(_DURATION_SCHEMA)]
"""A duration written "300ms", "4s", "10m", "24h" or "7d"."""

Rate = Annotated[float, BeforeValidator(rate), WithJsonSchema(_RATE_SCHEMA)]
"""Calls a second, written "10/s", "300/m" or "5000/h"."""

Expression = Annotated[str, AfterValidator(_expression)]
"""A JMESPath expression."""

Text = Annotated[str, AfterValidator(_template)]
"""A text that may hold placeholders."""

RoutePath = Annotated[str, AfterValidator(_template), AfterValidator(_relative)]
"""A path that starts with "/", with placeholders percent-encoded, and no query."""

Scheme = Annotated[str, AfterValidator(_scheme)]
"""Name of an identifier: "member", "parties.party"."""

Name = Annotated[str, AfterValidator(_name)]
"""A name of ours: lower case, digits, underscore."""

TimeZone = Annotated[str, AfterValidator(_timezone)]
"""A zone of the IANA base, for instance "Europe/Paris"."""

HeaderName = Annotated[str, AfterValidator(_header_name)]
"""The name of an HTTP header (RFC 9110, section 5.6.2)."""

Encoding = Annotated[str, AfterValidator(_encoding)]
"""An encoding that Python knows: "utf-8", "latin-1", "cp1252"."""
