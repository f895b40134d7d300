"""A panel over the page, never a window: screen readers keep their place, and nothing is modal."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.focus_place import FocusPlace
from avise.ui.widgets.panel import Panel


class FloatingPanel(Panel):
    """A panel that Échap closes; focus goes back to where it was.

    Args:
        title: of the panel.
        icon: before the title.
        width: in pixels at 100 %.
        parent: page over which it stands.

    Signals:
        closed: the panel left the screen.
    """

    closed = Signal()

    def __init__(self, title: str, icon: str, width: float, parent: QWidget) -> None:
        super().__init__(title, icon, parent)
        self.setProperty("role", "overlay")
        self._width, self._page = width, parent
        self._anchor = QPoint()
        self._before: FocusPlace | None = None
        cross = Button("", ButtonKind.QUIET, icon="x", small=True, name=text("block.action.close"))
        cross.clicked.connect(self.close_panel)
        self.right.addWidget(cross)
        parent.installEventFilter(self)
        self.hide()

    def open_at(self, anchor: QPoint) -> None:
        """Come on screen with the upper left corner near a point of the page."""
        focused = QApplication.focusWidget()
        if focused is not None and not self.isAncestorOf(focused):
            self._before = FocusPlace(focused)
        self._anchor = anchor
        self.show()
        self.raise_()
        self.fit()

    def fit(self) -> None:
        """Take the size of the content, inside the page."""
        page = self._page
        width = min(theme().px(self._width), page.width() - theme().px(16))
        self.setFixedWidth(width)
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self.adjustSize()
        left = min(self._anchor.x(), page.width() - width - theme().px(8))
        top = min(self._anchor.y(), page.height() - self.height() - theme().px(8))
        self.move(max(left, theme().px(8)), max(top, theme().px(8)))

    def close_panel(self) -> None:
        """Leave the screen; a subclass forgets what was typed."""
        if not self.isVisible():
            return
        inside = QApplication.focusWidget()
        self.hide()
        self.forget()
        if self._before is not None and inside is not None and self.isAncestorOf(inside):
            self._before.take_focus()
        self._before = None
        self.closed.emit()

    def forget(self) -> None:
        """Forget what was typed and shown."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Échap."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
            return
        super().keyPressEvent(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay inside the page when its size changes."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.fit()
        return super().eventFilter(watched, event)


def in_floating_panel(widget: QWidget | None) -> bool:
    """Return whether a widget is inside such a panel, whose keys are its own."""
    while widget is not None:
        if isinstance(widget, FloatingPanel):
            return True
        widget = widget.parentWidget()
    return False
