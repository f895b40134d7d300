"""The pane beside a list: sections about the row chosen, told again every second while it is on screen."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea, QVBoxLayout, QWidget

from avise.ui.accessible_roles import Role, heard_as
from avise.ui.theme import theme
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column
from avise.ui.widgets.line import HorizontalLine

WIDTH, NARROW_WIDTH = 404, 360
MARGINS = (16, 12, 16, 12)
"""Of a section, at 100 %."""
QWIDGETSIZE_MAX = (1 << 24) - 1
"""Qt's own bound, which the bindings do not export."""


class DetailPane(QScrollArea):
    """The pane; a subclass says what stands in it.

    Args:
        name: for people who hear the screen.
        parent: of the widget.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._narrow = self._below = False
        self.setAccessibleName(name)
        heard_as(self, Role.Grouping)
        self.setWidgetResizable(True)
        content = QWidget()
        content.setProperty("role", "pane")
        self._sections = QVBoxLayout(content)
        self._sections.setSpacing(0)
        self._sections.setContentsMargins(0, 0, 0, 0)
        self.setWidget(content)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._on_second)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def set_room(self, *, narrow: bool, below: bool) -> None:
        """Leave more room to the list: a narrower pane, or a pane below it (`ui.md` 4.3)."""
        self._narrow, self._below = narrow, below
        self._on_theme_changed()

    def set_ticking(self, *, ticking: bool) -> None:
        """Tell ages again while the page is on screen, and only then."""
        if ticking:
            self._timer.start()
        else:
            self._timer.stop()

    def tick(self) -> None:
        """Tell again what time changes."""
        raise NotImplementedError

    def show_sections(self, sections: Iterable[QWidget | None]) -> None:
        """Replace what is shown; None leaves a section out."""
        clear(self._sections)
        for section in filter(None, sections):
            self._sections.addWidget(section)
            section.show()  # now, not at the next event: a button in it may take focus
            self._sections.addWidget(HorizontalLine())
        self._sections.addStretch(1)

    def buttons(self) -> list[QPushButton]:
        """Return the buttons that are seen, in order."""
        return [one for one in self.findChildren(QPushButton) if one.isVisibleTo(self)]

    def focused_button(self) -> str:
        """Return the name of the button with focus: what it is about changes, its place must not."""
        focused = QApplication.focusWidget()
        if isinstance(focused, QPushButton) and self.isAncestorOf(focused):
            return _name(focused)
        return ""

    def focus_button(self, name: str) -> bool:
        """Give focus to the button of that name; say whether there is one."""
        same = next((one for one in self.buttons() if _name(one) == name), None) if name else None
        if same is not None:
            same.setFocus(Qt.FocusReason.OtherFocusReason)
        return same is not None

    @Slot()
    def _on_second(self) -> None:
        self.tick()

    @Slot()
    def _on_theme_changed(self) -> None:
        if self._below:
            self.setMinimumWidth(0)
            self.setMaximumWidth(QWIDGETSIZE_MAX)
        else:
            self.setFixedWidth(theme().px(NARROW_WIDTH if self._narrow else WIDTH))


def titled(title: str) -> tuple[QWidget, QVBoxLayout]:
    """Return a section under its title, and where its lines go."""
    box = QWidget()
    content = column(Label(title, "strong"), gap=6, margins=MARGINS)
    box.setLayout(content)
    return box, content


def _name(button: QPushButton) -> str:
    return button.accessibleName() or button.text()
