"""What is said when the window closes while something has not left: it stays, and nothing is blocked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.texts import plural, text
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import row

HEIGHT = 44
SHOWN_MS = 8000
"""Then the window closes, as it was asked to; « Rester » stops that."""


class ClosingStrip(QWidget):
    """A strip over the top of the page.

    Args:
        window: under whose top bar it stands.

    Signals:
        closing: the window closes now.
        staying: it stays open.
    """

    closing = Signal()
    staying = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._top = 0
        self._left = 0
        self.setProperty("role", "strip-warn")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._sentence = Label("", "row", "warn", wrap=True)
        self.close_now = Button(text("outbox.closing.close"), ButtonKind.PRIMARY)
        self.stay = Button(text("outbox.closing.stay"))
        content = row(
            Icon("cloud-upload", 16, "warn"), self._sentence, self.stay, self.close_now, gap=10,
            margins=(16, 6, 12, 6),
        )  # fmt: skip
        content.setStretch(1, 1)
        self.setLayout(content)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self._close)
        self.close_now.clicked.connect(self._close)
        self.stay.clicked.connect(self._stay)
        window.installEventFilter(self)
        self.hide()

    def ask(self, count: int, written: int, left: int, top: int) -> str:
        """Come on screen; return what it says.

        Args:
            count: how many commands have not left.
            written: how much of what was written here the hub does not have.
            left: of its corner, in the window.
            top: of its corner, in the window.
        """
        self._left, self._top = left, top
        actions = plural("outbox.closing", count) if count else ""
        kept = plural("outbox.closing_written", written) if written else ""
        self._sentence.setText(" ".join(filter(None, (actions, kept))))
        self.setAccessibleName(self._sentence.text())
        self._place()
        self.show()
        self.raise_()
        self.close_now.setFocus(Qt.FocusReason.OtherFocusReason)
        self._timer.start()
        return self._sentence.text()

    def _place(self) -> None:
        self.setGeometry(self._left, self._top, self._window.width() - self._left, theme().px(HEIGHT))

    def _close(self) -> None:
        self._timer.stop()
        self.hide()
        self.closing.emit()

    def _stay(self) -> None:
        self._timer.stop()
        self.hide()
        self.staying.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Stay with Échap."""
        if event.key() == Qt.Key.Key_Escape:
            self._stay()
            return
        super().keyPressEvent(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the width of the window."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
