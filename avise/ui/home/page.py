"""Accueil: recents, the state of the tools, and the way to the search."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.models.customer import SearchHit
from avise.models.source_status import SourceState, SourceStatus
from avise.texts import plural, text
from avise.ui.palette.delegate import ROW_HEIGHT, PaletteDelegate
from avise.ui.palette.rows import customer_row
from avise.ui.palette.table_model import PaletteTableModel
from avise.ui.shell.page import Zone
from avise.ui.shell.status_bar import STATE_LOOKS, counted
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column, row
from avise.ui.widgets.link import Link
from avise.ui.widgets.panel import Panel
from avise.ui.widgets.row_list import RowsView

_RECENTS_WIDTH, _SOURCES_WIDTH = 640, 320


class HomePage(QWidget):
    """The page of the rail; also what "Adhérents" shows while no customer is open.

    Args:
        user: who works here.
        title: of the page.
        with_sources: whether the state of the tools stands beside the recents.
        parent: of the widget.

    Signals:
        customer_chosen: a hit of the recents.
        search_requested: the user looks for somebody.
        sources_requested: the user wants the Sources page.
    """

    customer_chosen = Signal(object)
    search_requested = Signal()
    sources_requested = Signal()

    def __init__(self, title: str, *, with_sources: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told: list[tuple[SourceState, str]] = []
        self.setProperty("role", "app")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._search = Button(text("home.search"), ButtonKind.PRIMARY, icon="search", keys=keys_of("palette"))
        self._search.clicked.connect(self.search_requested)
        self._model = PaletteTableModel(self)
        self.rows = RowsView(ROW_HEIGHT, text("home.recents"))
        self.rows.setModel(self._model)
        self.rows.setItemDelegate(PaletteDelegate(self.rows))
        self.rows.opened.connect(self._on_opened)
        self.rows.pressed_at.connect(self._on_pressed)
        self._empty = Label(text("home.no_recents"), "body", "muted", wrap=True)
        self._recents = Panel(text("home.recents"), "history")
        self._recents.body.addWidget(self.rows)
        self._nothing = QWidget()
        self._nothing.setLayout(row(self._empty, margins=(12, 10, 12, 12)))
        self._recents.body.addWidget(self._nothing)
        self._sources = Panel(text("home.sources"), "database")
        self._sources.setVisible(with_sources)
        panels = row(
            column(self._recents, None), column(self._sources, None), None, gap=8, margins=(0, 4, 0, 0)
        )
        panels.setStretch(0, 3)
        panels.setStretch(2, 1)
        self.setLayout(
            column(
                row(Label(title, "title"), None, self._search),
                panels,
                None,
                gap=8,
                margins=(16, 12, 16, 16),
            )
        )
        self.show_recents(())
        theme().changed.connect(self._on_theme_changed)

    def show_recents(self, hits: Sequence[SearchHit]) -> None:
        """Show the customers opened last."""
        rows = [customer_row(hit, ()) for hit in hits]
        self._model.set_rows(rows)
        self._recents.count.set_text(str(len(rows)) if rows else "")
        self.rows.setVisible(bool(rows))
        self._on_theme_changed()
        self._nothing.setVisible(not rows)
        if rows:
            self.rows.go_to(0)

    def show_sources(self, sources: Sequence[SourceStatus]) -> None:
        """Count the tools by state, and name those that need somebody."""
        told = [(source.state, source.name) for source in sources]
        if told == self._told:
            return
        self._told = told
        clear(self._sources.body)
        for state, count in counted(sources):
            look = STATE_LOOKS[state]
            line = QWidget()
            names = ", ".join(source.name for source in sources if source.state is state)
            line.setLayout(
                row(
                    Icon(look.icon, 15, look.role),
                    column(
                        Label(plural(f"status.{state}", count), "value-strong"),
                        *([Label(names, "small", "muted", wrap=True)] if look.role != "ok" else []),
                        gap=1,
                    ),
                    None,
                    gap=8,
                    margins=(12, 6, 12, 4),
                )
            )
            self._sources.body.addWidget(line)
        link = Link(text("home.see_sources"))
        link.clicked.connect(self.sources_requested)
        last = QWidget()
        last.setLayout(row(link, None, margins=(12, 2, 12, 8)))
        self._sources.body.addWidget(last)

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
        px = theme().px
        self._recents.setMaximumWidth(px(_RECENTS_WIDTH))
        self._sources.setFixedWidth(px(_SOURCES_WIDTH))
        self.rows.setFixedHeight(px(ROW_HEIGHT) * self._model.rowCount() + px(4))

    @Slot(QModelIndex)
    def _on_opened(self, index: QModelIndex) -> None:
        self._choose(index)

    @Slot(QModelIndex, int)
    def _on_pressed(self, index: QModelIndex, _left: int) -> None:
        self._choose(index)

    def _choose(self, index: QModelIndex) -> None:
        hit = self._model.rows()[index.row()].hit
        if hit is not None:
            self.customer_chosen.emit(hit)
