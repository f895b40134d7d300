"""What a command prints, and an output that does not take it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from avise.models.errors import AviseError


class OutputRefusedError(AviseError):
    """The answer could not be written where it was sent."""


def printed(telling: Callable[[], int]) -> int:
    """Print an answer to the last character; return the exit status.

    Args:
        telling: prints it, and returns the status. What it raises of its own work passes as it is: a disk may
            be full, or a hub silent, without the output having anything to do with it.

    Raises:
        OutputRefusedError: the output does not take it (a full disk).
        BrokenPipeError: nobody reads it any more.
    """
    stream = sys.stdout
    if stream is None:
        return telling()
    own = cast("TextIO", _Output(stream))
    sys.stdout = own
    try:
        status = telling()
        own.flush()
    except OutputRefusedError:
        forget_output()
        raise
    finally:
        if sys.stdout is own:
            sys.stdout = stream
    return status


def forget_output() -> None:
    """Print nowhere until the exit, which would fail on what could not be written."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the exit


class _Output:
    """Standard output, whose own errors are told apart from those of what is printed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, words: str) -> int:
        with _refusals():
            return self._stream.write(words)

    def flush(self) -> None:
        with _refusals():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self._stream, name)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError:
        raise OutputRefusedError("cli.output_refused") from None
