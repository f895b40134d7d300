"""The page of the customer who will be opened next, made while nobody waits for it.

A customer's page takes a third of a frame of Qt's thread and more to make (`benchmarks/stalls.py`): made
ahead, between the key and its echo there is only left to say whose page it is. It holds nobody's data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from avise.ui.announce import Announcer
from avise.ui.turns import turns

if TYPE_CHECKING:
    from avise.ui.shell.page import CustomerPageLike, MakeCustomerPage

MADE_AFTER_MS = 200
"""After a page was taken: it is built and its first answers are drawn."""


class SparePage(QObject):
    """Keeps one page in advance, from the first one that is taken.

    Args:
        make_page: builds one.
        announcer: speaks for the window.
        stack: where pages are shown; the spare one is its child and not in it yet.
        parent: of the object.
    """

    def __init__(
        self, make_page: MakeCustomerPage, announcer: Announcer, stack: QStackedWidget, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._make_page, self._announcer, self._stack = make_page, announcer, stack
        self._spare: QWidget | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(MADE_AFTER_MS)
        self._soon.timeout.connect(self._on_soon)

    def take(self) -> QWidget:
        """Return a page for nobody yet, made now when there was none; the next one is made soon."""
        page, self._spare = self._spare, None
        self._soon.start()
        return page if page is not None else self._made()

    def close(self) -> None:
        """Make none any more."""
        self._soon.stop()
        turns().forget(self)
        page, self._spare = self._spare, None
        if page is not None:
            cast("CustomerPageLike", page).close_page()
            page.deleteLater()

    def _made(self) -> QWidget:
        page = self._make_page(self._announcer, self._stack)
        # Otherwise it would be shown with the window, the next time that the window is.
        page.hide()
        return page

    @Slot()
    def _on_soon(self) -> None:
        turns().soon(self, self._make)

    def _make(self) -> None:
        if self._spare is None:
            self._spare = self._made()
            cast("CustomerPageLike", self._spare).build_ahead()
