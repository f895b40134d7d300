"""The list of keys (Ctrl+F1), from the same declarations as the shortcuts themselves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from avise.texts import text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.shell.page import Zone
from avise.ui.shell.relabelling import keys_written
from avise.ui.shortcuts import SHORTCUTS, Scope, chords_of, label, written
from avise.ui.theme import theme
from avise.ui.widgets.key_cap import KeyCap
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.panel import Panel

_COLUMNS = 2


class KeysPage(QWidget):
    """Every shortcut, by scope."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "app")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._said: dict[str, str] = {}
        self._fill()
        heard_as(self._area, Role.Grouping)
        self._area.setAccessibleName(text("keys.title"))
        outer = column(self._area)
        self.setLayout(outer)

    def _fill(self) -> None:
        """Show the keys in force."""
        self._said = keys_written()
        content = QWidget()
        grid = QGridLayout()
        grid.setSpacing(theme().px(8))
        columns = [column(gap=8) for _ in range(_COLUMNS)]
        heights = [0] * _COLUMNS
        for scope in Scope:
            shortest = heights.index(min(heights))
            columns[shortest].addWidget(_panel(scope))
            heights[shortest] += sum(shortcut.scope is scope for shortcut in SHORTCUTS) + 2
        for place, box in enumerate(columns):
            box.addStretch(1)
            grid.addLayout(box, 0, place)
        content.setLayout(
            column(
                Label(text("keys.title"), "title"),
                Label(text("keys.explained"), "body", "muted", wrap=True),
                grid,
                None,
                gap=8,
                margins=(16, 12, 16, 16),
            )
        )
        self._area.setWidget(content)

    def zones(self) -> list[Zone]:
        """Return the list alone."""
        return [("zone.page", self._area)]

    def activate(self) -> None:
        """Show the keys that were changed meanwhile."""
        if keys_written() != self._said:
            self._fill()

    def deactivate(self) -> None:
        """Nothing moves here."""


def _panel(scope: Scope) -> Panel:
    panel = Panel(text(f"shortcut_scope.{scope}"))
    for shortcut in SHORTCUTS:
        chords = chords_of(shortcut.id)
        if shortcut.scope is not scope or not chords:
            continue
        caps = [KeyCap(written(chord)) for chord in chords]
        line = row(Label(label(shortcut.id), "value"), None, *caps, gap=6, margins=(12, 3, 12, 3))
        panel.body.addLayout(line)
    panel.body.addSpacing(theme().px(4))
    return panel
