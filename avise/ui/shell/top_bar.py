"""The top bar: session tabs, the search field, the network, what waits, the agent's state and initials."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget
from typing_extensions import override

from avise.texts import text
from avise.texts.formats import format_countdown
from avise.ui.discretion import discretion
from avise.ui.notifications.bell import Bell
from avise.ui.outbox.chips import OutboxChips
from avise.ui.shell.session_tabs import HEIGHT, SessionTabs
from avise.ui.shell.sessions import Sessions
from avise.ui.shortcuts import keys_of, with_keys
from avise.ui.theme import theme
from avise.ui.widgets.chip import Chip, ChipSpec, Tone
from avise.ui.widgets.key_cap import key_cap_width, paint_key_cap
from avise.ui.widgets.painting import CENTRE, draw_box, draw_icon, draw_text

SEARCH_WIDTH, NARROW_SEARCH_WIDTH = 272, 200


class SearchField(QAbstractButton):
    """Looks like a field and opens the palette."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._narrow = False
        self._hovered = False
        self.show_words(text("search.placeholder"))
        self.setCursor(Qt.CursorShape.IBeamCursor)

    def show_words(self, words: str) -> None:
        """Say what is searched."""
        self.setText(words)
        self.setAccessibleName(f"{words}, {keys_of('palette')}")
        self.updateGeometry()
        self.update()

    def set_narrow(self, *, narrow: bool) -> None:
        """Take less room."""
        self._narrow = narrow
        self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        """Return the size of a field."""
        px = theme().px
        if self._narrow:
            return QSize(px(NARROW_SEARCH_WIDTH), px(28))
        said = theme().text_width(self.text(), "body") + key_cap_width(keys_of("palette")) + px(46)
        return QSize(max(px(SEARCH_WIDTH), int(said) + 1), px(28))

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        """Note that the mouse is over the field."""
        self._hovered = True
        self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        """Note that the mouse left the field."""
        self._hovered = False
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, its words and its key."""
        px, keys = theme().px, keys_of("palette")
        with QPainter(self) as painter:
            fill = "bg-hover" if self._hovered else "bg-surface"
            draw_box(painter, self.rect(), px(4), fill, "border-control", theme().line_width)
            middle = self.height() / 2
            draw_icon(painter, "search", px(9), middle, 14, "text-2")
            cap = self.width() - px(8) - key_cap_width(keys)
            words = QRectF(px(30), 0, cap - px(36), self.height())
            draw_text(painter, words, self.text(), "body", "text-3")
            paint_key_cap(painter, keys, cap, middle)


class Initials(QWidget):
    """Who works here, as two letters; the name is in the tooltip."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = [word for word in name.split() if word]
        self._letters = "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words))
        self.setToolTip(name)
        self.setAccessibleName(name)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the letters in a disc."""
        with QPainter(self) as painter:
            draw_box(painter, self.rect(), self.height() / 2, "bg-sunken", "border")
            draw_text(painter, self.rect(), self._letters.upper(), "micro", "text-2", CENTRE)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFixedSize(theme().px(26), theme().px(26))


class TopBar(QWidget):
    """The bar over the work area.

    Args:
        sessions: what is open.
        user: name of who works here.
        parent: of the widget.

    Signals:
        search_requested: the user goes to the search field.
    """

    search_requested = Signal()

    def __init__(self, sessions: Sessions, user: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "chrome")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tabs = SessionTabs(sessions)
        self.search = SearchField()
        self.search.clicked.connect(self.search_requested)
        self.network = Chip(ChipSpec("", Tone.OUTLINE, "cloud-off", tall=True), pressable=True)
        self.network.hide()
        self.outbox = OutboxChips()
        self.agent = Chip(ChipSpec(text("agent.available"), Tone.OK, "circle-check", edged=True, tall=True))
        self.discreet = Chip(
            ChipSpec(text("discreet.chip"), Tone.WARN, "eye", edged=True, tall=True), pressable=True
        )
        self.discreet.setAccessibleName(text("discreet.leave"))
        self.discreet.setToolTip(with_keys(text("discreet.leave"), "discreet"))
        self.discreet.setVisible(discretion().is_on)
        self.bell = Bell()
        self.initials = Initials(user)
        discretion().changed.connect(self._on_discretion_changed)
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self.tabs, 1)
        for widget in (
            self.search,
            self.discreet,
            self.network,
            self.outbox,
            self.agent,
            self.bell,
            self.initials,
        ):
            self._layout.addWidget(widget)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def show_wrap_up(self, seconds: int) -> None:
        """Show how long the agent still wraps a call up, 0 when that is over.

        Where telephony is absent the agent has no state, and the tab counts alone.
        """
        if self.agent.isHidden():
            return
        if not seconds:
            self.show_agent("available")
            return
        words = text("agent.wrap_up", time=format_countdown(seconds))
        self.agent.set_spec(ChipSpec(words, Tone.WARN, "timer", edged=True, tall=True))

    @Slot()
    def _on_discretion_changed(self) -> None:
        self.discreet.setVisible(discretion().is_on)

    def show_agent(self, state: str) -> None:
        """Show the agent's state: "available", "ringing", "on_call" or "" when telephony is absent."""
        looks = {
            "available": (Tone.OK, "circle-check"),
            "ringing": (Tone.ACCENT, "phone-incoming"),
            "on_call": (Tone.ACCENT, "headset"),
        }
        self.agent.setVisible(bool(state))
        if state:
            tone, icon = looks[state]
            self.agent.set_spec(ChipSpec(text(f"agent.{state}"), tone, icon, edged=True, tall=True))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, and the edge under the part without tabs."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme().colour("bg-chrome"))
            painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme().colour("border"))

    @Slot()
    def _on_theme_changed(self) -> None:
        px = theme().px
        self.setFixedHeight(px(HEIGHT))
        self._layout.setContentsMargins(0, 0, px(10), 0)
        self._layout.setSpacing(px(10))
        self.tabs.setFixedHeight(px(HEIGHT))
