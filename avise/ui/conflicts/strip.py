"""A line under a customer's header: something changed here was changed at the office too."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.models.commands import OutboxItem
from avise.texts import text
from avise.ui.widgets.button import Button
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import row


class CollisionStrip(QWidget):
    """Names what is to be compared, one at a time; says no value.

    Signals:
        compare_requested: the command to compare (an `OutboxItem`).
    """

    compare_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item: OutboxItem | None = None
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.words = Label("", "small", "warn", wrap=True)
        self.compare = Button(text("outbox.do.compare"), icon="git-compare", small=True)
        self.compare.clicked.connect(self._on_clicked)
        line = row(Icon("git-compare", 14, "warn"), self.words, self.compare, gap=8, margins=(16, 5, 12, 5))
        line.setStretch(1, 1)
        self.setLayout(line)
        self.hide()

    def show_items(self, items: Sequence[OutboxItem]) -> None:
        """Show the first command to compare, nothing when there is none."""
        self._item = items[0] if items else None
        if self._item is not None:
            names = {"what": self._item.label, "source": self._item.source_name}
            self.words.setText(text("conflict.on_page", **names))
            self.setAccessibleName(self.words.text())
        self.setVisible(bool(items))

    @Slot()
    def _on_clicked(self) -> None:
        if self._item is not None:
            self.compare_requested.emit(self._item)
