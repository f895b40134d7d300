"""A window that the lock can cover."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.ui import tab_order


class LockableWindow(QWidget):
    """A window of the desk."""

    def set_locked(self, *, locked: bool) -> None:
        """Mask what was revealed, fall silent and say nothing in the title; or take all that back.

        Raises:
            NotImplementedError: the window does not say how.
        """
        raise NotImplementedError

    @override
    def focusNextPrevChild(self, forward: bool) -> bool:  # Qt's own signature
        """Go with Tab through what is seen, not through what was built first."""
        return tab_order.go(self, forward=forward)
