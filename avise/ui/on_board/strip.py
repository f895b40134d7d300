"""What is said under the top bar when what is on board can no longer be read while somebody works."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.models.leases import LeaseState
from avise.texts import text
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import row


class OnBoardStrip(QWidget):
    """The strip.

    Signals:
        wanted: the user types the code.
        put_off: the user has read it.
    """

    wanted = Signal()
    put_off = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "strip-warn")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.sentence = Label("", "row", "warn", wrap=True)
        self.open = Button(text("on_board.code"), ButtonKind.PRIMARY, small=True)
        self.read = Button("", small=True)
        content = row(
            Icon("lock", 15, "warn"), self.sentence, self.open, self.read, gap=10, margins=(16, 6, 12, 6)
        )
        content.setStretch(1, 1)
        self.setLayout(content)
        self.open.clicked.connect(self.wanted)
        self.read.clicked.connect(self.put_off)
        self.hide()

    def show_lease(self, lease: LeaseState) -> str:
        """Come on screen for a key that is away; return what it says."""
        asks = lease is LeaseState.PIN_NEEDED
        self.sentence.setText(text(f"on_board.page.{LeaseState.PIN_NEEDED if asks else 'ended'}"))
        self.setAccessibleName(self.sentence.text())
        self.open.setVisible(asks)
        self.read.setText(text("on_board.later" if asks else "on_board.understood"))
        self.show()
        return self.sentence.text()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Put it off with Échap."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_off.emit()
            return
        super().keyPressEvent(event)
