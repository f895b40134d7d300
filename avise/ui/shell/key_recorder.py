"""A field that takes keys instead of typing them: the ones pressed are what a command will have."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.theme import theme
from avise.ui.widgets.painting import draw_box, draw_text

_WIDTH, _PADDING = 260, 8


class KeyRecorder(QWidget):
    """Waits for keys while it has focus; Échap and Tab leave it.

    Signals:
        pressed: the keys, as Qt writes them in any language.
        left: focus went without keys.
    """

    pressed = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text("keys.recorder"))

    @override
    def sizeHint(self) -> QSize:
        """Return the size of a field."""
        return QSize(theme().px(_WIDTH), theme().height_of("control"))

    @override
    def event(self, event: QEvent) -> bool:
        """Take the keys before a shortcut, and Tab with Ctrl, do."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell the keys pressed; Échap alone gives up."""
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            self.left.emit()
            return
        if event.key() in (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta):
            return
        sequence = QKeySequence(event.keyCombination())
        self.pressed.emit(sequence.toString(QKeySequence.SequenceFormat.PortableText))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field and what it waits for."""
        px = theme().px
        with QPainter(self) as painter:
            draw_box(painter, self.rect(), px(4), "bg-surface", "accent", theme().line_width)
            words = self.rect().adjusted(px(_PADDING), 0, -px(_PADDING), 0)
            draw_text(painter, words, text("keys.recorder"), "body", "text-2")
