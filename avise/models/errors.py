"""The closed list of what can go wrong, each with an addressee.

Messages live in the catalogue (`error.<kind>`), never in an exception's text, which never reaches
the screen and never holds personal data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ErrorKind(StrEnum):
    """Why a tool, or Avise itself, could not do what was asked."""

    OFFLINE = "offline"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    AUTH = "auth"
    FORBIDDEN = "forbidden"
    CONFIG = "config"
    NOT_FOUND = "not_found"
    INVALID = "invalid"
    REJECTED = "rejected"
    CONFLICT = "conflict"
    BAD_DATA = "bad_data"
    UNSUPPORTED = "unsupported"
    BUG = "bug"


class Origin(StrEnum):
    """Who must act: the owner of the tool, of the connector, or of Avise."""

    SOURCE = "source"
    CONNECTOR = "connector"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class Failure:
    """What a screen or a log may know of an error: never a text written by a tool."""

    kind: ErrorKind
    origin: Origin = Origin.SOURCE
    reference: str = ""
    """Ties the panel, the log line and the request header sent to the tool."""
    since: datetime | None = None
    """First failure of the current series, when the source is failing repeatedly."""
    retry_at: datetime | None = None
    source_code: str = ""
    """The tool's own error code, for support."""
    detail: str = ""
    """A word for support written by our code ("status 502", "field paid_on"); no personal data."""
    sign_in: bool = False
    """Whoever works here may sign in at the tool again by themselves."""


class AviseError(Exception):
    """Root of the errors that Avise raises on purpose.

    Args:
        message_key: key of the sentence in the catalogue.
        params: values for the sentence; no personal data.
    """

    def __init__(self, message_key: str, **params: str) -> None:
        super().__init__(message_key)
        self.message_key = message_key
        self.params = params


class AlreadyToldError(AviseError):
    """Somebody has read the sentence: only the exit status is left to give."""
