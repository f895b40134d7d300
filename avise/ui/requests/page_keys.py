"""The keys of the middle office: they work on its screen, and leave other screens theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from avise.ui.customer.floating_panel import in_floating_panel
from avise.ui.shortcuts import SHORTCUTS, Scope, chords_of

_MOVES = ("request_previous", "request_following")
"""In a text field these keys move in the text."""


class PageKeys(QObject):
    """Binds the keys of a page.

    Args:
        page: in which they work.
        runs: what each declared shortcut does.
    """

    def __init__(self, page: QWidget, runs: Mapping[str, Callable[[], None]]) -> None:
        super().__init__(page)
        self.runs = runs
        self._bound = [
            self._bind(page, keys, partial(self._by_key, run, declared.id))
            for declared in SHORTCUTS
            if declared.scope is Scope.REQUESTS and (run := runs.get(declared.id)) is not None
            for keys in chords_of(declared.id)
        ]

    @staticmethod
    def _bind(page: QWidget, keys: str, run: Callable[[], None]) -> QShortcut:
        bound = QShortcut(QKeySequence(keys), page)
        bound.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        bound.activated.connect(run)
        return bound

    @staticmethod
    def _by_key(run: Callable[[], None], identifier: str) -> None:
        focused = QApplication.focusWidget()
        if in_floating_panel(focused):
            return  # its keys are its own
        if identifier in _MOVES and isinstance(focused, QPlainTextEdit | QLineEdit):
            return
        run()
