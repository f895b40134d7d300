"""One facet whole: every record, every field, sorted and filtered, in the same tab; Échap goes back."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QTableView,
    QWidget,
)
from typing_extensions import override

from avise.models.facet_specs import FACETS
from avise.models.facets import FacetView
from avise.texts import text
from avise.ui.customer.block_content import BlockContent, SentenceRow, joined
from avise.ui.customer.facet_cells import FacetCells
from avise.ui.customer.facet_layouts import LAYOUTS
from avise.ui.customer.facet_table_model import FacetTableFilter, FacetTableModel
from avise.ui.shortcuts import with_keys
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.chip import Chip, ChipSpec
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import row
from avise.ui.widgets.painting import LEFT
from avise.ui.widgets.panel import Panel

_MAX_COLUMN = 260
_CELL_MARGINS = 8
_ROWS_MEASURED = 40
"""About two screens: what is further down is cut with an ellipsis when it is longer."""


class FacetDetail(Panel):
    """The whole of a facet.

    Signals:
        back_requested: the user goes back to the blocks.
        reread_requested: facet to read again.
        restricted_requested: what ("reveal", "compare"), field, record.
        record_opened: the record (a `FacetRecord`) whose row Enter or a double click opens.
    """

    back_requested = Signal()
    reread_requested = Signal(str)
    restricted_requested = Signal(str, str, str)
    record_opened = Signal(object)

    def __init__(self, facet: str, *, may_reveal: bool, parent: QWidget | None = None) -> None:
        super().__init__(text(f"facet.{facet}"), FACETS[facet].icon, parent)
        self.facet = facet
        self._may_reveal = may_reveal
        self.model = FacetTableModel(facet)
        self.shown = FacetTableFilter(self.model)
        self.table = QTableView()
        self.words = QLineEdit()
        self._status = Label("", "source", "meta")
        self._chip = Chip(ChipSpec(""))
        self._sentence = Label("", "body", "muted", wrap=True)
        self._build()

    def _build(self) -> None:
        back = Button("", ButtonKind.QUIET, icon="arrow-left", small=True, name=text("detail.back"))
        back.clicked.connect(self.back_requested)
        again = Button(
            "", ButtonKind.QUIET, icon="rotate-cw", small=True,
            name=with_keys(text("block.action.reread"), "refresh_block"),
        )  # fmt: skip
        again.clicked.connect(lambda: self.reread_requested.emit(self.facet))
        layout = self.header.layout()
        if isinstance(layout, QHBoxLayout):
            layout.insertWidget(0, back)
        self.right.insertWidget(0, self._status)
        self.right.insertWidget(1, self._chip)
        self.right.addWidget(self.words)
        self.right.addWidget(again)
        self.words.setPlaceholderText(text("detail.filter"))
        self.words.setAccessibleName(text("detail.filter"))
        self.words.setFixedWidth(theme().px(200))
        self.words.textEdited.connect(self.shown.set_words)
        self.words.installEventFilter(self)
        self._sentence_row = QWidget(self)
        self._sentence_row.setLayout(row(self._sentence, margins=(12, 8, 12, 8)))
        self._prepare_table()
        self.body.addWidget(self._sentence_row)
        self.body.addWidget(self.table, 1)

    def _prepare_table(self) -> None:
        table = self.table
        table.setModel(self.shown)
        table.setItemDelegate(FacetCells(self.model))
        table.setAccessibleName(self.title.text())
        table.setSortingEnabled(True)
        table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setFont(theme().font("value", tabular=True))
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(theme().px(27))
        table.horizontalHeader().setDefaultAlignment(LEFT)
        table.horizontalHeader().setStretchLastSection(True)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._on_menu_requested)
        table.installEventFilter(self)
        table.doubleClicked.connect(self._on_opened)

    # ---- content -----------------------------------------------------------------------------
    def set_views(self, views: Sequence[FacetView], content: BlockContent) -> None:
        """Show the records, with the state of their reading."""
        self.model.set_views(views)
        self.count.set_text(str(self.model.rowCount()) if self.model.rowCount() else "")
        self._status.setText(content.status)
        self._chip.setVisible(content.chip is not None)
        if content.chip is not None:
            self._chip.set_spec(content.chip)
        sentences = [joined(row.spans) for row in content.rows if isinstance(row, SentenceRow)]
        if content.strip is not None:
            sentences.insert(0, content.strip.text)
        self._sentence.setText(" ".join(sentences))
        self._sentence_row.setVisible(bool(sentences))
        self.table.setVisible(self.model.rowCount() > 0)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Give columns the width of what is seen first.

        Qt would ask for a thousand rows of each and measure them: half a second of a very long file.
        """
        px, header = theme().px, self.table.horizontalHeader()
        for column in range(self.model.columnCount() - 1):
            widest = max((self._width_of(row, column) for row in self._rows_measured()), default=0.0)
            wanted = max(header.sectionSizeHint(column), math.ceil(widest) + px(_CELL_MARGINS))
            self.table.setColumnWidth(column, min(wanted + px(10), px(_MAX_COLUMN)))

    def _rows_measured(self) -> range:
        return range(min(self.model.rowCount(), _ROWS_MEASURED))

    def _width_of(self, row: int, column: int) -> float:
        words = str(self.model.index(row, column).data() or "")
        return theme().text_width(words, "value", tabular=True)

    def focus_current(self) -> None:
        """Give focus to the first record."""
        target = self.table if self.model.rowCount() else self.words
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.model.rowCount() and not self.table.currentIndex().isValid():
            self.table.selectRow(0)

    def search(self) -> None:
        """Give focus to the field of the filter."""
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.words.selectAll()

    @Slot(QModelIndex)
    def _on_opened(self, index: QModelIndex) -> None:
        if index.isValid():
            self.record_opened.emit(self.model.record(self.shown.mapToSource(index).row()))

    # ---- menu --------------------------------------------------------------------------------
    @Slot(QPoint)
    def _on_menu_requested(self, place: QPoint) -> None:
        index = self.table.indexAt(place) if place.x() >= 0 else self.table.currentIndex()
        if not index.isValid():
            index = self.table.currentIndex()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        at = self.table.viewport().mapToGlobal(self.table.visualRect(index).bottomLeft())
        if index.isValid():
            if LAYOUTS[self.facet].leads_to:
                menu.addAction(text("company.open_file")).triggered.connect(lambda: self._on_opened(index))
            menu.addAction(text("block.action.copy_cell")).triggered.connect(lambda: self._copy(index))
            self._add_restricted(menu, index)
        menu.addAction(text("block.action.reread")).triggered.connect(
            lambda: self.reread_requested.emit(self.facet)
        )
        menu.popup(at)

    def _add_restricted(self, menu: QMenu, index: QModelIndex) -> None:
        record = self.model.record(self.shown.mapToSource(index).row()).id
        for field in FACETS[self.facet].live_fields:
            for what in ("reveal", "compare") if self._may_reveal else ("compare",):
                action = menu.addAction(text(f"restricted.{what}.{field}"))
                action.triggered.connect(
                    lambda _checked=False, what=what, field=field: self.restricted_requested.emit(
                        what, field, record
                    )
                )

    def _copy(self, index: QModelIndex) -> None:
        QGuiApplication.clipboard().setText(str(index.data() or ""))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Échap empties the filter, then goes back; Down goes from the filter to the rows."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self._leave(in_field=watched is self.words)
                return True
            if watched is self.table and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._on_opened(self.table.currentIndex())
                return True
            if watched is self.words and event.key() == Qt.Key.Key_Down:
                self.focus_current()
                return True
        return super().eventFilter(watched, event)

    def _leave(self, *, in_field: bool) -> None:
        if in_field and self.words.text():
            self.words.clear()
            self.shown.set_words("")
            self.focus_current()
        else:
            self.back_requested.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back with Échap from anywhere in the detail."""
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
            return
        super().keyPressEvent(event)
