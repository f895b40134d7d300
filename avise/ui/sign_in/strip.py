"""What is said under the top bar when the sign-in ended while somebody works: nothing is taken away."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import row


class SignInStrip(QWidget):
    """The strip.

    Signals:
        wanted: the user signs in now.
        put_off: the user signs in later; the status bar goes on saying it.
    """

    wanted = Signal()
    put_off = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "strip-warn")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.sentence = Label(text("sign_in.ended"), "row", "warn", wrap=True)
        self.sign_in = Button(text("sign_in.again"), ButtonKind.PRIMARY, small=True)
        self.later = Button(text("sign_in.later"), small=True)
        content = row(
            Icon("user-x", 15, "warn"), self.sentence, self.sign_in, self.later, gap=10,
            margins=(16, 6, 12, 6),
        )  # fmt: skip
        content.setStretch(1, 1)
        self.setLayout(content)
        self.setAccessibleName(self.sentence.text())
        self.sign_in.clicked.connect(self.wanted)
        self.later.clicked.connect(self.put_off)
        self.hide()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Put it off with Échap."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_off.emit()
            return
        super().keyPressEvent(event)
