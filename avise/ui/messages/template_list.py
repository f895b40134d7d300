"""The templates as a list: title, why one writes, and by which channels; typing filters it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QPainter
from typing_extensions import override

from avise.models.outgoing import TemplateChoice
from avise.texts import text
from avise.ui.messages.wording import template_words
from avise.ui.theme import theme
from avise.ui.widgets.chip import ChipSpec, Tone, chip_size, paint_chip
from avise.ui.widgets.painting import LEFT, draw_text, elided
from avise.ui.widgets.row_list import RowDelegate, RowLook

Index = QModelIndex | QPersistentModelIndex
CHOICE_ROLE = int(Qt.ItemDataRole.UserRole)
ROW_HEIGHT = 44
_PADDING = 10


class TemplateTable(QAbstractTableModel):
    """The templates that fit what is searched."""

    def __init__(self) -> None:
        super().__init__()
        self._choices: tuple[TemplateChoice, ...] = ()

    def set_choices(self, choices: Sequence[TemplateChoice]) -> bool:
        """Show other templates; return whether they are others."""
        if tuple(choices) == self._choices:
            return False
        self.beginResetModel()
        self._choices = tuple(choices)
        self.endResetModel()
        return True

    def row_of(self, template: str) -> int:
        """Return the row of a template, -1 when it is not listed."""
        return next((row for row, one in enumerate(self._choices) if one.id == template), -1)

    def choice(self, row: int) -> TemplateChoice | None:
        """Return the template of a row."""
        return self._choices[row] if 0 <= row < len(self._choices) else None

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many templates are listed."""
        return 0 if parent.isValid() else len(self._choices)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return one."""
        return 0 if parent.isValid() else 1

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title, the template, or the row as one sentence."""
        choice = self.choice(index.row()) if index.isValid() else None
        if choice is None:
            return None
        if role == CHOICE_ROLE:
            return choice
        if role == Qt.ItemDataRole.DisplayRole:
            return choice.title
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            proposed = (text("composer.proposed"),) if choice.proposed else ()
            return ", ".join((choice.title, *proposed, template_words(choice)))
        return None


class TemplateDelegate(RowDelegate):
    """Paints a template on two lines."""

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint the title over why one writes; a chip on what goes with the reason for contact."""
        px = theme().px
        choice: TemplateChoice = index.data(CHOICE_ROLE)
        half = rect.height() / 2
        left, width = rect.left() + px(_PADDING), rect.width() - 2 * px(_PADDING)
        top = QRectF(left, rect.top() + px(3), width, half)
        low = QRectF(left, rect.top() + half - px(3), width, half)
        if choice.proposed:
            spec = ChipSpec(text("composer.proposed"), Tone.ACCENT, small=True)
            chip = chip_size(spec).width()
            paint_chip(painter, spec, top.right() - chip, top.center().y())
            top.setRight(top.right() - chip - px(6))
        style = "value-strong" if look.current else "value"
        draw_text(painter, top, elided(choice.title, style, top.width()), style, "text", LEFT)
        draw_text(painter, low, elided(template_words(choice), "small", low.width()), "small", "text-2", LEFT)
