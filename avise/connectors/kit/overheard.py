"""Everything that a connector lets out beside its answers: logs, prints, errors, files, connections."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from urllib.parse import unquote

import structlog
from structlog.types import EventDict, WrappedLogger

SHORTEST = 3
"""A shorter value could be found anywhere by chance."""
_GROUPED = 10
"""Characters of a value that is recognised however it is grouped: a NIR, an IBAN, a telephone number."""
_SEPARATORS = re.compile(r"[\s.\-_/\u00a0\u202f]+")
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
            told = _told(value)
            for where, text in self.lines:
                if told(text):
                    return name, where
        return None


def _told(value: str) -> Callable[[str], bool]:
    """Return what recognises a value in a text: in any case, encoded or grouped; a short one as it stands."""
    if len(value) < _ALONE:
        alone = re.compile(rf"(?<![\w-]){re.escape(value)}(?![\w-])")
        return lambda text: alone.search(text) is not None
    folded, run = value.casefold(), _SEPARATORS.sub("", value.casefold())

    def found(text: str) -> bool:
        plain = unquote(text).casefold()
        if folded in plain or folded in plain.replace(" ", ""):
            return True
        return len(run) >= _GROUPED and run in _SEPARATORS.sub("", plain)

    return found


@contextmanager
def listening() -> Iterator[Overheard]:
    """Hear every log and print, at any level, and the name of every file and folder that is made."""
    heard = Overheard()
    handler = _Handler(heard)
    root = logging.getLogger()
    level, disabled = root.level, logging.root.manager.disable
    configured, was_configured = structlog.get_config(), structlog.is_configured()
    printed = io.StringIO()
    _hook()
    _heard.append(heard)
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
        _heard.remove(heard)


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


# ---- files and connections -----------------------------------------------------------------------

_MADE = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_MAKING = frozenset({"open", "os.mkdir", "os.rename", "os.link", "os.symlink"})
"""What Python audits when a name appears in a file system (CPython's table of audit events)."""
_heard: list[Overheard] = []
_listeners: list[Connections] = []
_lock = threading.Lock()
_hooked = False


@dataclass(slots=True)
class Connections:
    """Ports of this machine, and addresses of others, to which this process connected."""

    made: list[str] = field(default_factory=list)

    def beside(self, port: int) -> str:
        """Return the first address that is not this port of this machine, "" when there is none."""
        return next((address for address in self.made if address != f"127.0.0.1:{port}"), "")


_of_the_kit: ContextVar[bool] = ContextVar("of the kit", default=False)


@contextmanager
def by_the_kit() -> Iterator[None]:
    """Have the connections that are made meanwhile counted as the kit's own: nobody notes them."""
    before = _of_the_kit.set(True)
    try:
        yield
    finally:
        _of_the_kit.reset(before)


@contextmanager
def connections() -> Iterator[Connections]:
    """Note every connection that this process opens, whatever library opens it, but for the kit's own."""
    _hook()
    noted = Connections()
    _listeners.append(noted)
    try:
        yield noted
    finally:
        _listeners.remove(noted)


def _hook() -> None:
    global _hooked  # noqa: PLW0603 - an audit hook cannot be taken away: there is one, for ever
    with _lock:
        if not _hooked:
            sys.addaudithook(_audit)
            _hooked = True


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect" and _listeners and not _of_the_kit.get():
        _note_connection(arguments[1])
    elif event in _MAKING and _heard:
        _note_file(event, arguments)


def _note_file(event: str, arguments: tuple[object, ...]) -> None:
    """Note the name of a file or folder that is being made, wherever it is."""
    if event == "open":
        path, _, flags = arguments
        named: tuple[object, ...] = (path,) if isinstance(flags, int) and flags & _MADE else ()
    else:
        named = arguments[:2]
    for name in named:
        if isinstance(name, str | bytes | os.PathLike):
            for heard in tuple(_heard):
                heard.note("file name", os.fsdecode(name))


def _note_connection(address: object) -> None:
    if isinstance(address, tuple) and len(address) >= 2:
        for noted in tuple(_listeners):
            noted.made.append(f"{address[0]}:{address[1]}")
