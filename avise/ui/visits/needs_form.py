"""The needs that a customer tells: how much each counts, from 1 to 5, and words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from avise.services.visit_values import VisitNeed
from avise.services.visits.request_rules import NEEDS
from avise.texts import text
from avise.ui.theme import theme
from avise.ui.widgets.label import Label
from avise.ui.widgets.segmented import Segmented

_NONE = "0"
_PRIORITIES = (_NONE, "1", "2", "3", "4", "5")
_NAME_WIDTH = 150


class NeedsForm(QWidget):
    """One line a need.

    Signals:
        changed: the needs as they now are (a tuple of `VisitNeed`).
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.priorities: dict[str, Segmented] = {}
        self.words: dict[str, QLineEdit] = {}
        self._grid = QGridLayout(self)
        for line, need in enumerate(NEEDS):
            self._add(line, need)
        self._grid.setColumnStretch(2, 1)
        self._is_showing = False
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def _add(self, line: int, need: str) -> None:
        name = text(f"visit.need.{need}")
        choices = [(value, "–" if value == _NONE else value) for value in _PRIORITIES]
        priority = Segmented(choices, _NONE, text("visit.need_priority", need=name))
        priority.chosen.connect(lambda _key: self._on_changed())
        words = QLineEdit()
        words.setPlaceholderText(text("visit.need_words_hint"))
        words.setAccessibleName(text("visit.need_words", need=name))
        words.textEdited.connect(lambda _words: self._on_changed())
        self.priorities[need], self.words[need] = priority, words
        self._grid.addWidget(Label(name, "row"), line, 0)
        self._grid.addWidget(priority, line, 1)
        self._grid.addWidget(words, line, 2)

    def show_needs(self, needs: Sequence[VisitNeed]) -> None:
        """Show needs; the field in which somebody types is left alone when it says the same."""
        told = {need.need: need for need in needs}
        for need, priority in self.priorities.items():
            found = told.get(need)
            priority.set_current(str(found.priority) if found is not None else _NONE)
            words = found.words if found is not None else ""
            if words != self.words[need].text():
                self.words[need].setText(words)

    def needs(self) -> tuple[VisitNeed, ...]:
        """Return what the lines say; words without a priority count as 3."""
        found = []
        for need, priority in self.priorities.items():
            words, level = self.words[need].text(), int(priority.current)
            if level or words.strip():
                found.append(VisitNeed(need, level or 3, words))
        return tuple(found)

    def focus_first(self) -> None:
        """Take focus on the first need."""
        self.priorities[NEEDS[0]].setFocus()

    @Slot()
    def _on_changed(self) -> None:
        self.changed.emit(self.needs())

    @Slot()
    def _on_theme_changed(self) -> None:
        px = theme().px
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(px(12))
        self._grid.setVerticalSpacing(px(5))
        self._grid.setColumnMinimumWidth(0, px(_NAME_WIDTH))
