"""What "Adhérents" shows while no customer is open."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.models.customer import SearchHit
from avise.texts import text
from avise.ui.home.recents import RecentsPanel
from avise.ui.shell.page import Zone
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row

_WIDTH = 640


class NobodyPage(QWidget):
    """What "Adhérents" shows while no customer is open: the recents, and the way to the search.

    Args:
        parent: of the widget.

    Signals:
        customer_chosen: a hit of the recents.
        search_requested: the user looks for somebody.
    """

    customer_chosen = Signal(object)
    search_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "app")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._search = Button(text("home.search"), ButtonKind.PRIMARY, icon="search", keys=keys_of("palette"))
        self._search.clicked.connect(self.search_requested)
        self.recents = RecentsPanel()
        self.rows = self.recents.rows
        self.recents.customer_chosen.connect(self.customer_chosen)
        self.recents.setMaximumWidth(theme().px(_WIDTH))
        self.setLayout(
            column(
                row(Label(text("rail.customers"), "title"), None, self._search),
                self.recents,
                None,
                gap=8,
                margins=(16, 12, 16, 16),
            )
        )
        theme().changed.connect(self._on_theme_changed)

    def show_recents(self, hits: Sequence[SearchHit]) -> None:
        """Show the customers opened last."""
        self.recents.show_recents(hits)

    def zones(self) -> list[Zone]:
        """Return the recents, or the way to the search while there are none."""
        first: QWidget = self._search if self.rows.isHidden() else self.rows
        return [("home.recents", first)]

    def activate(self) -> None:
        """Nothing to start: the window feeds the page."""

    def deactivate(self) -> None:
        """Nothing to stop."""

    @Slot()
    def _on_theme_changed(self) -> None:
        self.recents.setMaximumWidth(theme().px(_WIDTH))
