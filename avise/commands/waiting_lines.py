"""What a long command says on the error output while it has nothing to print: which check runs.

The answer goes to the standard output alone, so that a pipe, a file or a program gets nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from avise.texts import text

EVERY = 5.0
"""Seconds of silence before a line."""


@contextmanager
def told_while_waiting(
    total: int, *, silent: bool = False, every: float = EVERY
) -> Iterator[Callable[[str], None]]:
    """Give what is told the name of each check that begins; while one lasts, it is named on the error output.

    Args:
        total: how many checks there are.
        silent: nothing else is printed before the end, so that quick checks are named now and then too.
        every: seconds between two lines.
    """
    waiting = _Waiting(total, every, silent=silent)
    thread = Thread(target=waiting.run, name="avise waiting lines", daemon=True)
    thread.start()
    try:
        yield waiting.begin
    finally:
        waiting.end()
        thread.join()


class _Waiting:
    def __init__(self, total: int, every: float, *, silent: bool) -> None:
        self._total, self._every, self._silent = total, every, silent
        self._name, self._number, self._is_over = "", 0, False
        self._changed = Event()
        # The kit looks at what a connector writes on the error output, in the place of this one.
        self._output = sys.stderr

    def begin(self, name: str) -> None:
        """Note that a check begins: the one before was just told."""
        self._name, self._number = name, self._number + 1
        if not self._silent:
            self._changed.set()

    def end(self) -> None:
        """Have nothing told any more."""
        self._is_over = True
        self._changed.set()

    def run(self) -> None:
        """Tell what lasts, until the end."""
        while not self._is_over:
            if self._changed.wait(self._every):
                self._changed.clear()
            elif self._name:
                told = text(
                    "connector_test.waiting",
                    check=self._name,
                    number=str(self._number),
                    total=str(self._total),
                )
                self._output.write(f"{told}\n")
                self._output.flush()
