"""The exchanges that belong to nobody yet, and the search that attaches one to somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QWidget
from typing_extensions import override

from avise.models.customer import SearchHit
from avise.models.own_history import UnlinkedInteraction
from avise.texts import text
from avise.ui.customer.discreet import PanelVeil
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.home.day_lines import unlinked_detail, unlinked_line, unlinked_title
from avise.ui.home.lines_panel import LinesPanel
from avise.ui.palette.delegate import ROW_HEIGHT, PaletteDelegate
from avise.ui.palette.rows import customer_row
from avise.ui.palette.table_model import PaletteTableModel
from avise.ui.theme import theme
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column
from avise.ui.widgets.link import Link
from avise.ui.widgets.row_list import RowsView

SEARCH_AFTER_MS = 150
MOST_FOUND = 8
_WIDTH, _LIST_HEIGHT = 600, 420


class UnlinkedPanel(FloatingPanel):
    """The list; pressing "Rattacher" asks to whom.

    Args:
        window: over which it stands.

    Signals:
        words_typed: what is looked for.
        attached: the exchange (its event) and to whom (a `SearchHit`).
    """

    words_typed = Signal(str)
    attached = Signal(object, object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(text("unlinked.title"), "user-x", _WIDTH, window)
        self._waiting: Sequence[UnlinkedInteraction] = ()
        self._chosen: UUID | None = None
        self._search = QWidget()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_AFTER_MS)
        self._pause.timeout.connect(lambda: self.words_typed.emit(self.field.text()))
        self.lines = LinesPanel(text("unlinked.title"), "user-x")
        self.lines.setProperty("role", "surface")
        self.lines.header.hide()
        self.lines.set_header_line(shown=False)
        self.lines.line_chosen.connect(self._choose)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.lines)
        self._build_search()
        self.body.addWidget(self._scroll)
        self.body.addWidget(self._search)
        self.veil = PanelVeil(self)

    def _build_search(self) -> None:
        self._who = Label("", "list-title")
        self._about = Label("", "small", "muted", wrap=True)
        self.field = QLineEdit()
        self.field.setAccessibleName(text("unlinked.search"))
        self.field.setPlaceholderText(text("unlinked.search_hint"))
        self.field.textEdited.connect(lambda _words: self._pause.start())
        self.field.returnPressed.connect(self._take_current)
        self._model = PaletteTableModel(self)
        self.rows = RowsView(ROW_HEIGHT, text("unlinked.found"))
        self.rows.setModel(self._model)
        self.rows.setItemDelegate(PaletteDelegate(self.rows))
        self.rows.opened.connect(self._on_opened)
        self.rows.pressed_at.connect(self._on_pressed)
        self._said = Label("", "body", "muted", wrap=True)
        self.back = Link(text("unlinked.back"))
        self.back.clicked.connect(self.show_list)
        self._search.setLayout(
            column(
                self._who, self._about, self.field, self.rows, self._said, self.back, gap=6,
                margins=(12, 10, 12, 10),
            )
        )  # fmt: skip
        self._search.hide()

    # ---- content -----------------------------------------------------------------------------
    def set_waiting(self, waiting: Sequence[UnlinkedInteraction], now: datetime) -> None:
        """Show the exchanges that wait."""
        self._waiting = waiting
        self.lines.show_lines(
            [unlinked_line(found, now) for found in waiting],
            "" if waiting else text("unlinked.none"),
        )
        self.count.set_text(str(len(waiting)) if waiting else "")
        if self._chosen is not None and all(found.event != self._chosen for found in waiting):
            self.show_list()
        self._fit_list()

    @Slot()
    def show_list(self) -> None:
        """Go back to the list."""
        self._chosen = None
        self._search.hide()
        self._scroll.show()
        self._fit_list()
        self.focus_first()

    def focus_first(self) -> None:
        """Give focus to the first link, or to the search."""
        if self._search.isVisible():
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.lines.links:
            self.lines.links[0].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def attach(self, event: UUID) -> None:
        """Ask to whom an exchange belongs."""
        found = next((found for found in self._waiting if found.event == event), None)
        if found is None:
            return
        self._chosen = event
        self._who.setText(unlinked_title(found))
        self._about.setText(unlinked_detail(found))
        self._scroll.hide()
        self._search.show()
        words = found.phone or found.caller
        self.field.setText(words)
        self.set_hits((), "")
        self.focus_first()
        self.field.selectAll()
        if words:
            self.words_typed.emit(words)

    def set_hits(self, hits: Sequence[SearchHit], sentence: str) -> None:
        """Show who was found; a sentence when nobody was, or could be."""
        self._model.set_rows([customer_row(hit, ()) for hit in hits])
        self.rows.setVisible(bool(hits))
        self.rows.setFixedHeight(self.rows.row_height() * len(hits))
        self.rows.go_to(0)
        self._said.setText(sentence)
        self._said.setVisible(bool(sentence))
        self.fit()

    @property
    def is_attaching(self) -> bool:
        """Whether the search is shown."""
        return self._chosen is not None

    def _fit_list(self) -> None:
        wanted = self.lines.sizeHint().height()
        self._scroll.setFixedHeight(min(wanted, theme().px(_LIST_HEIGHT)))
        if self.isVisible():
            self.fit()

    # ---- what the user does ------------------------------------------------------------------
    @Slot(object)
    def _choose(self, event: UUID) -> None:
        self.attach(event)

    @Slot()
    def _take_current(self) -> None:
        if self.rows.current_row() >= 0 and self.rows.isVisible():
            self._take(self.rows.current_row())

    @Slot(QModelIndex)
    def _on_opened(self, index: QModelIndex) -> None:
        self._take(index.row())

    @Slot(QModelIndex, int)
    def _on_pressed(self, index: QModelIndex, _left: int) -> None:
        self._take(index.row())

    def _take(self, place: int) -> None:
        hit = self._model.rows()[place].hit
        if hit is not None and self._chosen is not None:
            self.attached.emit(self._chosen, hit)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go through those found with the arrows; Échap goes back, then closes."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None and self.is_attaching and self.rows.isVisible():
            last = self._model.rowCount() - 1
            self.rows.go_to(min(max(self.rows.current_row() + step, 0), last))
            return
        if event.key() == Qt.Key.Key_Escape and self.is_attaching:
            self.show_list()
            return
        super().keyPressEvent(event)

    @override
    def forget(self) -> None:
        """Start with the list next time."""
        self._pause.stop()
        self._chosen = None
        self._search.hide()
        self._scroll.show()
