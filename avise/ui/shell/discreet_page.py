"""What the window shows while the screen is discreet, in the place of a page that is about many people."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from avise.texts import text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.discretion import discretion
from avise.ui.shell.page import Zone
from avise.ui.shortcuts import keys_of
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row


def is_hidden(page: QWidget) -> bool:
    """Return whether a page may not be shown now."""
    return discretion().is_on and getattr(page, "hidden_when_discreet", False)


class DiscreetPage(QWidget):
    """Says that the page is hidden, and which keys show it again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        title = Label(text("discreet.page"), "list-title")
        words = Label(text("discreet.veil", keys=keys_of("discreet")), "body", "muted", wrap=True)
        self._told = QWidget()
        self._told.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        heard_as(self._told, Role.StaticText)
        self._told.setAccessibleName(f"{title.text()}. {words.text()}")
        told = row(Icon("eye"), words, gap=8)
        told.setStretch(1, 1)
        self._told.setLayout(column(title, told, None, gap=4, margins=(16, 16, 16, 16)))
        self.setLayout(column(self._told))

    def zones(self) -> list[Zone]:
        """Return the sentence."""
        return [("zone.discreet", self._told)]

    def activate(self) -> None:
        """Nothing to start."""

    def deactivate(self) -> None:
        """Nothing to stop."""
