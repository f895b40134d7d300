"""A session in a window of its own, and what stands in its place in the main one (`ui.md` 4.3)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.models.customer import PersonId
from avise.texts import text
from avise.ui.lock.lockable import LockableWindow
from avise.ui.shell.page import CustomerPageLike, Zone
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.enter_presses import EnterPresses
from avise.ui.widgets.focus_ring import FocusRing
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, rescale_inside, row

MIN_WIDTH, MIN_HEIGHT = 960, 600
SETTLED_MS = 500


class DetachedWindow(LockableWindow):
    """The window of one session.

    Args:
        person: whose page.
        page: that comes in; it leaves again with `give_back`.

    Signals:
        close_requested: the user brings the session back.
        entered: this is the window with focus.
        placed: it stands somewhere else, or has another size.
    """

    close_requested = Signal()
    entered = Signal()
    placed = Signal()

    def __init__(self, person: PersonId, page: QWidget) -> None:
        super().__init__()
        self.person, self.page = person, page
        self.setProperty("role", "app")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        # Read by task bars and screen sharing: no name there.
        self.setWindowTitle(text("detached.window"))
        self.setMinimumSize(MIN_WIDTH, MIN_HEIGHT)
        self._layout = column(page)
        self.setLayout(self._layout)
        page.show()
        self.focus_ring = FocusRing(self)
        EnterPresses(self)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._settled.timeout.connect(self.placed)
        theme().changed.connect(self._on_theme_changed)

    def customer_page(self) -> CustomerPageLike:
        """Return the page as the window speaks to it."""
        return self.page  # type: ignore[return-value]  # a customer's page, as it was given

    def give_back(self) -> QWidget:
        """Let the page go, and the window with it."""
        self._settled.stop()
        self.placed.emit()
        self._layout.removeWidget(self.page)
        self.hide()
        self.deleteLater()
        return self.page

    @override
    def set_locked(self, *, locked: bool) -> None:
        """Mask what was revealed and say nothing in the title."""
        if locked:
            self.customer_page().deactivate()
        else:
            self.customer_page().activate()
        self.setWindowTitle(text("lock.window" if locked else "detached.window"))

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Bring the session back rather than close it: the note may still be open."""
        event.ignore()
        self.close_requested.emit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Note that this is the window with focus."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.entered.emit()

    @override
    def moveEvent(self, event: QMoveEvent) -> None:
        """Note the new place once it is settled."""
        super().moveEvent(event)
        self._settled.start()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Note the new size once it is settled."""
        super().resizeEvent(event)
        self._settled.start()

    @Slot()
    def _on_theme_changed(self) -> None:
        rescale_inside(self)


class DetachedPlace(QWidget):
    """Stands in the main window in the place of a session that is in its own.

    Signals:
        back_requested: the user brings it back.
        window_requested: the user goes to its window.
    """

    back_requested = Signal()
    window_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "app")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.go = Button(text("detached.go"), ButtonKind.PRIMARY, icon="maximize-2")
        self.back = Button(text("detached.back"), icon="arrow-left", keys=keys_of("detach_session"))
        self.go.clicked.connect(self.window_requested)
        self.back.clicked.connect(self.back_requested)
        self.setLayout(
            column(
                None,
                row(None, Label(text("detached.title"), "list-title"), None),
                row(None, Label(text("detached.explained"), "body", "muted"), None),
                row(None, self.go, self.back, None, gap=8, margins=(0, 8, 0, 0)),
                None,
                gap=6,
            )
        )

    def zones(self) -> list[Zone]:
        """Return the way to the window."""
        return [("zone.page", self.go)]

    def activate(self) -> None:
        """Nothing moves here."""

    def deactivate(self) -> None:
        """Nothing moves here."""
