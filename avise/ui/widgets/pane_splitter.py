"""Two panes side by side: the right one has the width of the design, or the one that the user gave it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.pane_widths import PanePlace, pane_widths
from avise.ui.theme import theme

_STEP = 16
"""Pixels at 100 % of one press of an arrow."""


class PaneHandle(QSplitterHandle):
    """Moves with the mouse and with the arrows (WCAG 2.5.7); a double click or Début resets."""

    def __init__(self, splitter: PaneSplitter) -> None:
        super().__init__(Qt.Orientation.Horizontal, splitter)
        self._splitter = splitter
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(text(f"pane.{splitter.pane}"))
        self.setToolTip(text("pane.hint"))

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Give the pane its own width back."""
        self._splitter.reset()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrows, reset with Début."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None and not event.modifiers():
            self.moveSplitter(self.pos().x() + step * theme().px(_STEP))
        elif event.key() == Qt.Key.Key_Home:
            self._splitter.reset()
        else:
            super().keyPressEvent(event)


class PaneSplitter(QSplitter):
    """A splitter whose right pane keeps its width, by size of screen.

    Args:
        pane: name of the right pane, as it is kept ("rail", "timeline"). Label: catalogue key `pane.<name>`.
        handle: width of the handle, at 100 %; one pixel is a line, and is still grabbed.
        parent: of the widget.

    Signals:
        placed: the panes have other widths.
    """

    placed = Signal()

    def __init__(self, pane: str, handle: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.pane = pane
        self._handle_width = handle
        self._design = 0
        self._shown: tuple[PanePlace, int, int] | None = None
        self.setChildrenCollapsible(False)
        self._on_theme_changed()
        self.splitterMoved.connect(self._on_moved)
        theme().changed.connect(self._on_theme_changed)

    @override
    def createHandle(self) -> QSplitterHandle:
        """Return a handle that the keyboard moves too."""
        return PaneHandle(self)

    def set_design(self, width: int) -> None:
        """Take the width of the right pane in this arrangement, at 100 %; a choice of the user wins."""
        self._design = width
        self.place()

    def place(self) -> None:
        """Give the panes their widths, unless they have them."""
        if not self._design or self.count() < 2:
            return
        place = self._place()
        chosen = pane_widths().width(place)
        wanted = (place, chosen, theme().zoom)
        width = theme().px(chosen)
        if wanted == self._shown and self.sizes()[1] == width:
            return
        self._shown = wanted
        # Before it is laid out, its own width says nothing yet.
        total = self.width() if self.width() > width else width * 2
        self.setSizes([total - width, width])
        self.placed.emit()

    def reset(self) -> None:
        """Give the right pane the width of the design back."""
        pane_widths().forget(self._place())
        # Also where nothing was kept: the panes may stand elsewhere for lack of room.
        self._shown = None
        self.place()

    def _place(self) -> PanePlace:
        size = self.screen().size()
        return PanePlace(size.width(), size.height(), self.pane, self._design)

    @Slot(int, int)
    def _on_moved(self, _position: int, _index: int) -> None:
        if self._design:
            place = self._place()
            chosen = round(self.sizes()[1] * 100 / theme().zoom)
            self._shown = (place, chosen, theme().zoom)
            pane_widths().keep(place, chosen)
        self.placed.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        width = self._handle_width
        self.setHandleWidth(theme().px(width) if width > 1 else width)
        self.place()
