"""What is said under the top bar when this machine's clock is wrong; nothing is taken away."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.widgets.button import Button
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import row


class ClockStrip(QWidget):
    """The strip.

    Signals:
        put_off: the user has read it.
    """

    put_off = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "strip-warn")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.sentence = Label("", "row", "warn", wrap=True)
        self.read = Button(text("network.clock.read"), small=True)
        content = row(Icon("clock", 15, "warn"), self.sentence, self.read, gap=10, margins=(16, 6, 12, 6))
        content.setStretch(1, 1)
        self.setLayout(content)
        self._matter = ""
        self._read = False
        """Whether the matter was read already: the strip comes back for another one only."""
        self.read.clicked.connect(self._on_read)
        self.hide()

    def show_sentence(self, sentence: str, matter: str) -> bool:
        """Show what is wrong, "" when nothing is; return whether it came on screen for it.

        Args:
            sentence: to show.
            matter: what it is about: its minutes creep, and are no news.
        """
        if matter != self._matter:
            self._matter, self._read = matter, False
        came = bool(sentence) and self.isHidden() and not self._read
        self.sentence.setText(sentence)
        self.setAccessibleName(sentence)
        self.setVisible(bool(sentence) and not self._read)
        return came

    def _on_read(self) -> None:
        self._read = True
        self.hide()
        self.put_off.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Put it off with Échap."""
        if event.key() == Qt.Key.Key_Escape:
            self._on_read()
            return
        super().keyPressEvent(event)
