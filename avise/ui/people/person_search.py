"""The search of a person on a panel: a field, and who was found."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from avise.models.customer import SearchHit
from avise.texts import text
from avise.ui.palette.customer_row import customer_row
from avise.ui.palette.delegate import ROW_HEIGHT, PaletteDelegate
from avise.ui.palette.table_model import PaletteTableModel
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column
from avise.ui.widgets.row_list import RowsView

SEARCH_AFTER_MS = 150


class PersonSearch(QWidget):
    """A field and who was found.

    Args:
        domain: of the sentences `<domain>.search`, `<domain>.search_hint` and `<domain>.found`.

    Signals:
        words_typed: what is looked for.
        chosen: who was chosen (a `SearchHit`).
        fitted: it has another height.
    """

    words_typed = Signal(str)
    chosen = Signal(object)
    fitted = Signal()

    def __init__(self, domain: str) -> None:
        super().__init__()
        self.field = QLineEdit()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_AFTER_MS)
        self._pause.timeout.connect(lambda: self.words_typed.emit(self.field.text()))
        self.field.setAccessibleName(text(f"{domain}.search"))
        self.field.setPlaceholderText(text(f"{domain}.search_hint"))
        self.field.textEdited.connect(lambda _words: self._pause.start())
        self.field.returnPressed.connect(self._take_current)
        self._model = PaletteTableModel(self)
        self.rows = RowsView(ROW_HEIGHT, text(f"{domain}.found"))
        self.rows.setModel(self._model)
        self.rows.setItemDelegate(PaletteDelegate(self.rows))
        self.rows.opened.connect(self._on_opened)
        self.rows.pressed_at.connect(self._on_pressed)
        self._said = Label("", "body", "muted", wrap=True)
        self.setLayout(column(self.field, self.rows, self._said, gap=6))
        self.set_hits((), "")

    def set_hits(self, hits: Sequence[SearchHit], sentence: str) -> None:
        """Show who was found; a sentence when nobody was, or could be."""
        self._model.set_rows([customer_row(hit, ()) for hit in hits])
        self.rows.setVisible(bool(hits))
        self.rows.setFixedHeight(self.rows.row_height() * len(hits))
        self.rows.go_to(0)
        self._said.setText(sentence)
        self._said.setVisible(bool(sentence))
        self.fitted.emit()

    def forget(self) -> None:
        """Empty the field and the list."""
        self._pause.stop()
        self.field.clear()
        self.set_hits((), "")

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
        if hit is not None:
            self.chosen.emit(hit)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go through those found with the arrows."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self.rows.isVisible():
            super().keyPressEvent(event)
            return
        last = self._model.rowCount() - 1
        self.rows.go_to(min(max(self.rows.current_row() + step, 0), last))
