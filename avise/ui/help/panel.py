"""The panel of help, at the right of the page: read, scrolled, closed with Échap; the page stays usable."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.help.topics import with_keys_in_force
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button
from avise.ui.widgets.layout import column, row

WIDTH, _HEIGHT, _TOP, _INDENT = 420, 520, 48, 18


class HelpPanel(FloatingPanel):
    """Shows one page of help.

    Args:
        window: over which it stands.

    Signals:
        keys_requested: the user wants the list of keys.
    """

    keys_requested = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(text("help.title"), "circle-help", WIDTH, window)
        self._window = window
        self._words = ""
        self.page = _HelpText()
        self.page.escaped.connect(self.close_panel)
        self.keys = Button(text("help.see_keys"), icon="keyboard", keys=keys_of("keys"))
        self.keys.clicked.connect(self._on_keys)
        self.body.addLayout(
            column(self.page, row(self.keys, None, margins=(0, 6, 0, 0)), margins=(14, 6, 14, 12))
        )
        theme().changed.connect(self._dress)

    def show_help(self, words: str) -> None:
        """Show a page, with focus on it so that the arrows scroll it and a reader reads it."""
        self._words = with_keys_in_force(words)
        self._dress()
        px = theme().px
        self.open_at(QPoint(self._window.width() - px(WIDTH + 16), px(_TOP)))
        # Its height is known once it is laid out at its width.
        self._fit_height()
        self.fit()
        self.page.setFocus(Qt.FocusReason.PopupFocusReason)

    def _fit_height(self) -> None:
        wanted = int(self.page.document().size().height()) + theme().px(12)
        tallest = min(theme().px(_HEIGHT), self._window.height() - theme().px(160))
        self.page.setFixedHeight(max(min(wanted, tallest), theme().px(80)))

    @Slot()
    def _dress(self) -> None:
        document = QTextDocument(self.page)
        document.setDefaultFont(theme().font("value"))
        document.setIndentWidth(theme().px(_INDENT))
        # A title of the third rank has the size that titles of panels have here.
        document.setMarkdown(
            self._words.replace("# ", "### ", 1), QTextDocument.MarkdownFeature.MarkdownNoHTML
        )
        self.page.setDocument(document)
        self.page.setAccessibleName(self.page.toPlainText())
        self._fit_height()

    @Slot()
    def _on_keys(self) -> None:
        self.close_panel()
        self.keys_requested.emit()


class _HelpText(QTextBrowser):
    """The page; Échap leaves it, Tab goes on."""

    escaped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.setProperty("role", "bare")
        self.viewport().setAutoFillBackground(False)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Échap."""
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
            return
        super().keyPressEvent(event)
