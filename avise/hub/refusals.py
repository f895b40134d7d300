"""What the hub's adapters raise beside the port's own errors."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from avise.hub.port import HubError, HubUnreachableError

FULL = "hub.full"
_NO_ROOM = frozenset(("53100", "SQLITE_FULL"))
"""No room on the disk, as PostgreSQL and SQLite say it (errcodes appendix; result codes)."""


class KeptRefusalError(HubError):
    """A refusal whose trace is kept: what was written before it is committed, then it is raised."""


class HubClosedError(HubUnreachableError):
    """A call came after the hub was closed."""

    def __init__(self) -> None:
        super().__init__("hub.unreachable")


class HubFullError(HubError):
    """The disk of the hub is full: it answers, and keeps nothing more. What was written waits here."""

    def __init__(self) -> None:
        super().__init__(FULL)


class HubBrokenError(HubUnreachableError):
    """The engine underneath could not do it; `code` is its own word, without any value."""

    @classmethod
    def of(cls, error: DBAPIError) -> HubBrokenError | HubFullError:
        """Return the error for one of the engine's, without its text."""
        original = error.orig
        code = getattr(original, "sqlstate", None) or getattr(original, "sqlite_errorname", None)
        if code in _NO_ROOM:
            return HubFullError()
        return cls("hub.unreachable", code=str(code or type(original).__name__))
