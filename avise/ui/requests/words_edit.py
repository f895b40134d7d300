"""Where a reply is typed: 78 high, up to 200 as it grows; Tab leaves it, so that it is no trap."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QTextBlock
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget
from typing_extensions import override

from avise.models.request_rules import WORDS_LIMIT
from avise.ui.shortcuts import SHORTCUTS, Scope, chords_of
from avise.ui.theme import theme

LEAST, MOST = 78, 200


class WordsEdit(QPlainTextEdit):
    """The field.

    Signals:
        edited: the user typed; loading a text is silent.
        send_requested: Ctrl+Entrée; True with Maj: send and close.
        mention_requested: an at sign was typed; the menu of colleagues is wanted at this point.
    """

    edited = Signal()
    send_requested = Signal(bool)
    mention_requested = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_loading = False
        self._height = 0
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.textChanged.connect(self._on_text)
        theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def words(self) -> str:
        """Return what is written, no-break spaces included."""
        return self.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def load(self, words: str) -> None:
        """Show a text without saying that it was typed; the cursor goes to its end."""
        if words == self.words():
            return
        self._is_loading = True
        self.setPlainText(words)
        self.moveCursor(self.textCursor().MoveOperation.End)
        self._is_loading = False
        self._grow()

    def insert(self, words: str) -> None:
        """Put words where the cursor is, apart from what stands before."""
        cursor = self.textCursor()
        before = self.toPlainText()[: cursor.position()]
        gap = " " if before and not before[-1].isspace() else ""
        cursor.insertText(f"{gap}{words}")
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def event(self, event: QEvent) -> bool:
        """Leave the keys of the page to the page: on Linux a text field edits its line with some of them."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and _is_of_page(event)
        ):
            event.ignore()
            return False
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send with Ctrl+Entrée; offer colleagues after an at sign."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.send_requested.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            return
        if (
            len(self.toPlainText()) >= WORDS_LIMIT
            and event.text().isprintable()
            and event.text()
            and not control
        ):
            return
        super().keyPressEvent(event)
        if event.text() == "@" and not self.isReadOnly():
            rect = self.cursorRect()
            self.mention_requested.emit(self.viewport().mapToGlobal(rect.bottomLeft()))

    @Slot()
    def _on_text(self) -> None:
        self._grow()
        if not self._is_loading:
            self.edited.emit()

    def _grow(self) -> None:
        lines = sum(max(1, block.layout().lineCount()) for block in _blocks(self))
        wanted = lines * self.fontMetrics().lineSpacing() + theme().px(18)
        height = min(max(wanted, theme().px(LEAST)), theme().px(MOST))
        if height != self._height:
            self._height = height
            self.setFixedHeight(height)

    @override
    def sizeHint(self) -> QSize:
        """Return the least height."""
        return QSize(theme().px(200), theme().px(LEAST))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the lines of another width."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._grow()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFont(theme().font("body"))
        self._height = 0
        self._grow()


def _blocks(edit: QPlainTextEdit) -> Iterator[QTextBlock]:
    block = edit.document().firstBlock()
    while block.isValid():
        yield block
        block = block.next()


def _is_of_page(event: QKeyEvent) -> bool:
    pressed = QKeySequence(event.keyCombination())
    return any(
        pressed == QKeySequence(keys)
        for declared in SHORTCUTS
        if declared.scope is Scope.REQUESTS
        for keys in chords_of(declared.id)
        if keys not in _EDITING
    )


_EDITING = frozenset({"Ctrl+Up", "Ctrl+Down", "Up", "Down", "Return", "Space"})
"""Keys that a text field keeps for itself."""
