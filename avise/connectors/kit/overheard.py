"""Everything that a connector lets out beside its answers: logs, prints, errors, files, connections."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import re
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from structlog.types import EventDict, WrappedLogger

SHORTEST = 3
"""A shorter value could be found anywhere by chance."""
_ALONE = 5
"""A shorter value counts where it stands by itself only."""


@dataclass(slots=True)
class Overheard:
    """What was heard, by where."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    """(where, text); where is "log", "print", "error", "diagnostic" or "file name"."""

    def note(self, where: str, text: str) -> None:
        """Keep one text."""
        self.lines.append((where, text))

    def find(self, canaries: Mapping[str, str]) -> tuple[str, str] | None:
        """Return which canary was heard and where, None when none was.

        Args:
            canaries: value by what it is ("nir", "token"…).
        """
        for name, value in canaries.items():
            if len(value) < SHORTEST:
                continue
            alone = re.compile(rf"(?<![\w-]){re.escape(value)}(?![\w-])")
            for where, text in self.lines:
                if len(value) < _ALONE:
                    found = alone.search(text) is not None
                else:
                    found = value in text or value in text.replace(" ", "")
                if found:
                    return name, where
        return None


@contextmanager
def listening() -> Iterator[Overheard]:
    """Hear every log, print, and name of a file made in the folder of temporary files, at any level."""
    heard = Overheard()
    handler = _Handler(heard)
    root = logging.getLogger()
    level, disabled = root.level, logging.root.manager.disable
    configured, was_configured = structlog.get_config(), structlog.is_configured()
    printed = io.StringIO()
    before = _file_names()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    logging.disable(logging.NOTSET)
    structlog.configure(
        processors=[_keeper(heard)], wrapper_class=structlog.BoundLogger, cache_logger_on_first_use=False
    )
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            yield heard
    finally:
        if was_configured:
            structlog.configure(**configured)
        else:
            structlog.reset_defaults()
        logging.disable(disabled)
        root.setLevel(level)
        root.removeHandler(handler)
        heard.note("print", printed.getvalue())
        for name in _file_names() - before:
            heard.note("file name", name)


class _Handler(logging.Handler):
    def __init__(self, heard: Overheard) -> None:
        super().__init__(logging.DEBUG)
        self._heard = heard
        self._formatter = logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        self._heard.note("log", f"{self._formatter.format(record)} {record.__dict__.get('args')}")


def _keeper(heard: Overheard) -> structlog.types.Processor:
    def keep(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        heard.note("log", json.dumps(event, ensure_ascii=False, default=str))
        raise structlog.DropEvent

    return keep


def _file_names() -> set[str]:
    try:
        return {path.name for path in Path(tempfile.gettempdir()).iterdir()}
    except OSError:
        return set()


# ---- connections ---------------------------------------------------------------------------------

_listeners: list[Connections] = []
_lock = threading.Lock()
_hooked = False


@dataclass(slots=True)
class Connections:
    """Ports of this machine, and addresses of others, to which this process connected."""

    made: list[str] = field(default_factory=list)

    def beside(self, ports: frozenset[int]) -> str:
        """Return the first address that is not one of these ports of this machine, "" when there is none."""
        ours = {f"127.0.0.1:{port}" for port in ports}
        return next((address for address in self.made if address not in ours), "")


@contextmanager
def connections() -> Iterator[Connections]:
    """Note every connection that this process opens, whatever library opens it."""
    global _hooked  # noqa: PLW0603 - an audit hook cannot be taken away: there is one, for ever
    with _lock:
        if not _hooked:
            sys.addaudithook(_audit)
            _hooked = True
    noted = Connections()
    _listeners.append(noted)
    try:
        yield noted
    finally:
        _listeners.remove(noted)


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect" or not _listeners:
        return
    address = arguments[1]
    if isinstance(address, tuple) and len(address) >= 2:
        for noted in tuple(_listeners):
            noted.made.append(f"{address[0]}:{address[1]}")
