"""A window that the lock can cover."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


class LockableWindow(QWidget):
    """A window of the desk."""

    def set_locked(self, *, locked: bool) -> None:
        """Mask what was revealed, fall silent and say nothing in the title; or take all that back.

        Raises:
            NotImplementedError: the window does not say how.
        """
        raise NotImplementedError
