"""Whether the screen is discreet: somebody else sees it, or it is shared (decision 33, `domain.md` 2.7).

One a process, like the theme: every page listens to `changed`. It ends with the program.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Discretion(QObject):
    """The mode in force.

    Signals:
        changed: it was entered or left.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._is_on = False

    @property
    def is_on(self) -> bool:
        """Whether NIR, IBAN, amounts and health are hidden."""
        return self._is_on

    def set_on(self, *, on: bool) -> None:
        """Enter the mode or leave it."""
        if on != self._is_on:
            self._is_on = on
            self.changed.emit()


_current: Discretion | None = None


def discretion() -> Discretion:
    """Return the mode of this process, made at the first call."""
    global _current  # noqa: PLW0603 - one a process, as the theme is
    if _current is None:
        _current = Discretion()
    return _current
