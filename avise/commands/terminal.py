"""The terminal that answers are printed on."""

from __future__ import annotations

from rich.console import Console


class Terminal(Console):
    """A console that leaves a broken pipe to the command, whose exit status tells it."""

    def on_broken_pipe(self) -> None:
        """Tell whoever prints that nobody reads any more.

        Raises:
            BrokenPipeError: always.
        """
        raise BrokenPipeError


def terminal() -> Terminal:
    """Return the terminal, on which nothing is markup: "[/]" in a tool's text would end the command."""
    return Terminal(soft_wrap=True, markup=False, emoji=False)
