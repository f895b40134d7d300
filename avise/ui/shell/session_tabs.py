"""The bar of session tabs: widths, order, the list of those that do not fit."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget
from typing_extensions import override

from avise.models.customer import PersonId
from avise.texts import plural, text
from avise.ui.shell.session_tab import SessionTabButton
from avise.ui.shell.sessions import Sessions
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind

ACTIVE_WIDTH, WIDTH, MIN_WIDTH, PAGE_WIDTH = 236, 188, 120, 120
HEIGHT = 40
_BUTTON_ROOM = 40
_NOBODY = PersonId(int=0)


class SessionTabs(QWidget):
    """The tabs of the open customers, after the page of the rail when one is shown.

    Args:
        sessions: what is open.
        parent: of the widget.

    Signals:
        close_requested: the user closes a customer (its person).
        new_requested: the user wants another customer.
        shown: the user pressed a tab: its customer is wanted on screen.
    """

    close_requested = Signal(object)
    new_requested = Signal()
    shown = Signal(object)

    def __init__(self, sessions: Sessions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sessions = sessions
        self._buttons: dict[PersonId, SessionTabButton] = {}
        self._hidden: list[PersonId] = []
        self.setAccessibleName(text("zone.tabs"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._page = SessionTabButton(_NOBODY, self)
        self._page.setChecked(True)
        self._page.setAutoExclusive(False)
        self._page.hide()
        self._page.clicked.connect(self._keep_page_checked)
        self._pin = SessionTabButton(_NOBODY, self)
        self._pin.setAutoExclusive(False)
        self._pin.hide()
        self._pin.clicked.connect(self._on_pin_pressed)
        self._pinned = ""
        self._show_pinned: Callable[[], None] | None = None
        self._more = Button("»", ButtonKind.QUIET, name=text("tabs.more"), parent=self)
        self._more.hide()
        self._more.clicked.connect(self._show_hidden)
        self._new = Button(
            icon="plus",
            kind=ButtonKind.QUIET,
            name=text("tabs.new"),
            keys=keys_of("new_session"),
            parent=self,
        )
        self._new.clicked.connect(self.new_requested)
        sessions.changed.connect(self._on_sessions_changed)
        theme().changed.connect(self._on_sessions_changed)
        self._on_sessions_changed()

    # ---- what the window says ----------------------------------------------------------------
    def set_page(self, label: str, icon: str) -> None:
        """Show the tab of a page of the rail; "" when a customer is shown."""
        self._page.setVisible(bool(label))
        if label:
            self._page.set_page(label, icon)
        self._pin.setVisible(bool(self._pinned) and label != self._pinned)
        self._place()

    def pin(self, label: str, icon: str, show: Callable[[], None]) -> None:
        """Keep the tab of a work page first, whatever is shown (`ui.md` 5.1); it has no cross.

        Args:
            label: of the page.
            icon: of the page.
            show: brings it on screen.
        """
        self._pinned, self._show_pinned = label, show
        self._pin.set_page(label, icon)
        self._place()

    @Slot()
    def _on_pin_pressed(self) -> None:
        self._pin.setChecked(False)
        if self._show_pinned is not None:
            self._show_pinned()

    def set_call_seconds(self, person: PersonId, seconds: int) -> None:
        """Show how long a customer's call has lasted."""
        if person in self._buttons:
            self._buttons[person].set_seconds(seconds)

    def set_wrap_up_seconds(self, person: PersonId, seconds: int) -> None:
        """Show how long a customer's wrap-up still is, 0 when it is over."""
        if person in self._buttons:
            self._buttons[person].set_wrap_up_seconds(seconds)

    def button(self, person: PersonId) -> SessionTabButton:
        """Return a customer's tab."""
        return self._buttons[person]

    def hidden_people(self) -> tuple[PersonId, ...]:
        """Return the customers whose tab does not fit."""
        return tuple(self._hidden)

    def focus_current(self) -> None:
        """Take focus on the tab shown."""
        current: QWidget | None = self._buttons.get(self._sessions.current or _NOBODY)
        if current is None:
            current = self._new if self._page.isHidden() else self._page
        current.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- events ------------------------------------------------------------------------------
    @override
    def sizeHint(self) -> QSize:
        """Return the height of the bar."""
        return QSize(theme().px(3 * WIDTH), theme().px(HEIGHT))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give tabs the widths that fit."""
        self._place()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from one tab to the next with the arrows; close with Delete."""
        shown = [tab.person for tab in self._sessions.tabs if tab.person not in self._hidden]
        here = next((p for p, person in enumerate(shown) if self._buttons[person].hasFocus()), None)
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if here is not None and step is not None:
            self._buttons[shown[(here + step) % len(shown)]].setFocus(Qt.FocusReason.TabFocusReason)
        elif here is not None and event.key() == Qt.Key.Key_Delete:
            self.close_requested.emit(shown[here])
        else:
            super().keyPressEvent(event)

    @Slot()
    def _keep_page_checked(self) -> None:
        self._page.setChecked(True)

    @Slot()
    def _on_sessions_changed(self) -> None:
        tabs = self._sessions.tabs
        for person in [person for person in self._buttons if self._sessions.tab(person) is None]:
            button = self._buttons.pop(person)
            button.hide()
            button.deleteLater()
        for place, tab in enumerate(tabs, start=1):
            button = self._buttons.get(tab.person) or self._add(tab.person)
            button.set_tab(tab, self._sessions.label_of(tab), place, len(tabs))
            button.setChecked(tab.person == self._sessions.current)
        self._place()

    def _add(self, person: PersonId) -> SessionTabButton:
        button = self._buttons[person] = SessionTabButton(person, self)
        button.clicked.connect(lambda: self._on_pressed(person))
        button.close_requested.connect(lambda: self.close_requested.emit(person))
        return button

    def _on_pressed(self, person: PersonId) -> None:
        self._buttons[person].setChecked(person == self._sessions.current)
        self.shown.emit(person)

    # ---- widths ------------------------------------------------------------------------------
    def _place(self) -> None:
        px, tabs = theme().px, self._sessions.tabs
        pages = [page for page in (self._pin, self._page) if not page.isHidden()]
        widths = [max(px(PAGE_WIDTH), min(page.wanted_width(), px(WIDTH))) for page in pages]
        room = self.width() - sum(widths) - px(_BUTTON_ROOM)
        width, active, fitting = tab_widths(
            room, len(tabs), px, has_active=self._sessions.current is not None
        )
        self._hidden = self._overflow(fitting)
        left = 0
        for page, taken in zip(pages, widths, strict=True):
            page.setGeometry(left, 0, taken, self.height())
            left += taken
        for tab in tabs:
            button = self._buttons[tab.person]
            if tab.person in self._hidden:
                button.hide()
                continue
            taken = active if tab.person == self._sessions.current else width
            button.setGeometry(left, 0, taken, self.height())
            button.show()
            left += taken
        self._more.setVisible(bool(self._hidden))
        if self._hidden:
            self._more.setText(f"» {len(self._hidden)}")
            self._more.setAccessibleName(plural("tabs.hidden", len(self._hidden)))
            left = self._put(self._more, left)
        self._put(self._new, left)

    def _overflow(self, fitting: int) -> list[PersonId]:
        """Return who does not fit: the last ones, never the customer shown."""
        people = [tab.person for tab in self._sessions.tabs]
        kept = people[:fitting]
        if self._sessions.current in people and self._sessions.current not in kept and kept:
            kept[-1] = self._sessions.current
        return [person for person in people if person not in kept]

    def _put(self, button: Button, left: int) -> int:
        size = button.sizeHint()
        button.setGeometry(
            left + theme().px(6), (self.height() - size.height()) // 2, size.width(), size.height()
        )
        return button.geometry().right()

    @Slot()
    def _show_hidden(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for person in self._hidden:
            tab = self._sessions.tab(person)
            if tab is not None:
                action = menu.addAction(self._sessions.label_of(tab))
                action.triggered.connect(lambda _checked=False, who=person: self.shown.emit(who))
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height())))


def tab_widths(
    room: int, count: int, px: Callable[[float], int], *, has_active: bool
) -> tuple[int, int, int]:
    """Return the width of a tab, of the active tab, and how many tabs fit.

    Tabs shrink from 188 (236 for the active one) to 120 before any goes to the list.
    """
    wide, active, least = px(WIDTH), px(ACTIVE_WIDTH), px(MIN_WIDTH)
    extra = active - wide if has_active else 0
    if count == 0:
        return wide, active, 0
    if count * wide + extra <= room:
        return wide, active, count
    width = max(min(wide, (room - extra) // count), least)
    fitting = min(count, max(1, (room - extra - _BUTTON_ROOM) // width)) if width == least else count
    return width, width + extra, fitting
