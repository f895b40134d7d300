"""A log by allow-list: a field that nobody declared safe is left out, and its name alone is told.

A list of forbidden names always misses one (`connectors.md` §9, pitfall 13); here nothing passes
that was not thought about. Addresses are logged as route templates, never as they were asked.
"""

from __future__ import annotations

from typing import Protocol

import structlog

SAFE_FIELDS = frozenset(
    {
        "attempt", "bytes", "code", "column", "connector", "count", "detail", "facet", "gap_ms", "instance",
        "kind", "line", "method", "milliseconds", "origin", "outcome", "pages", "path", "reason", "reference",
        "rows", "seconds", "state", "status", "task", "template", "unreadable", "version",
    }
)  # fmt: skip
"""Words, counts and durations of ours; "path" is that of a connector file, never an address."""

LONGEST_TEXT = 160

Safe = str | int | float


class _Sink(Protocol):
    def info(self, event: str, **fields: object) -> object: ...

    def warning(self, event: str, **fields: object) -> object: ...


class SafeLogger:
    """Writes to structlog what is safe.

    Args:
        bound: fields added to every line.
    """

    def __init__(self, **bound: Safe) -> None:
        self._bound = bound
        self._sink: _Sink = structlog.get_logger("avise.connectors")

    def bind(self, **fields: Safe) -> SafeLogger:
        """Return a logger that adds these fields too."""
        return SafeLogger(**{**self._bound, **fields})

    def info(self, event: str, **fields: Safe) -> None:
        """Log an event of normal life; `event` is a fixed sentence, without a value in it."""
        self._sink.info(event, **_kept({**self._bound, **fields}))

    def warning(self, event: str, **fields: Safe) -> None:
        """Log what support may want to see; `event` is a fixed sentence, without a value in it."""
        self._sink.warning(event, **_kept({**self._bound, **fields}))


def _kept(fields: dict[str, Safe]) -> dict[str, Safe]:
    kept: dict[str, Safe] = {
        name: value[:LONGEST_TEXT] if isinstance(value, str) else value
        for name, value in fields.items()
        if name in SAFE_FIELDS
    }
    refused = sorted(set(fields) - set(kept))
    if refused:
        kept["refused_fields"] = ",".join(refused)[:LONGEST_TEXT]
    return kept
