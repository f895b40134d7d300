"""The blocks in columns: each keeps its place, whatever is read and in whatever order."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.customer.block_content import BlockContent
from avise.ui.customer.facet_block import FacetBlock
from avise.ui.customer.facet_layouts import ABOVE_WIDE, LAYOUTS, column_of
from avise.ui.theme import theme
from avise.ui.widgets.label import Label

GAP = 8
_NOTE_HEIGHT = 24


class FacetGrid(QWidget):
    """Blocks laid in columns by the room that each one reserves, the wide ones under the others.

    Signals:
        action_requested: facet, id of the action.
        current_changed: facet of the block that took focus.
    """

    action_requested = Signal(str, str)
    current_changed = Signal(str)

    def __init__(self, content_of: Callable[[str], BlockContent], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content_of = content_of
        self._columns = 2
        self._wide: tuple[str, ...] = ()
        self._hidden = frozenset(facet for facet, layout in LAYOUTS.items() if layout.of_companies)
        self._current = ""
        self._blocks: dict[str, FacetBlock] = {}
        self._places: dict[str, int] = {}
        self._below: dict[str, int] = {}
        self._laid_width = -1
        self._note = Label("", "small", "meta", wrap=True, parent=self)
        self._note.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        for facet in LAYOUTS:
            self._add(facet)
        self._assign()
        self.set_current(next(iter(LAYOUTS)))
        theme().changed.connect(self._on_theme_changed)

    def _add(self, facet: str) -> None:
        block = FacetBlock(self._content_of(facet), self)
        block.action_requested.connect(self.action_requested)
        block.move_requested.connect(self._on_move_requested)
        block.height_changed.connect(self._arrange)
        block.focused.connect(self._on_block_focused)
        self._blocks[facet] = block

    # ---- what is shown -----------------------------------------------------------------------
    def block(self, facet: str) -> FacetBlock:
        """Return the block of a facet."""
        return self._blocks[facet]

    def set_content(self, content: BlockContent) -> None:
        """Show something else in one block; the others are not touched."""
        self._blocks[content.facet].set_content(content)

    def set_shape(self, columns: int, *, wide: bool) -> None:
        """Lay the blocks in so many columns, the facets that have a wide form under them if asked."""
        found = tuple(facet for facet, layout in LAYOUTS.items() if layout.wide) if wide else ()
        if (columns, found) != (self._columns, self._wide):
            self._columns, self._wide = columns, found
            self._assign()

    def set_hidden(self, facets: frozenset[str], sentence: str) -> None:
        """Leave out the facets that do not concern this customer, and name them in a line at the end."""
        self._note.setText(sentence)
        if facets != self._hidden:
            self._hidden = facets
            self._assign()

    def _assign(self) -> None:
        seen = tuple(f for f in LAYOUTS if f not in self._wide and f not in self._hidden)
        above = seen[:ABOVE_WIDE] if self._wide else seen
        self._places = column_of(above, self._columns)
        self._below = column_of(seen[len(above) :], self._columns)
        for facet, block in self._blocks.items():
            block.setVisible(facet not in self._hidden)
        self._arrange()

    # ---- places ------------------------------------------------------------------------------
    def _usable_width(self) -> int:
        """Return the width of the columns together, the same whether a scroll bar shows or not.

        The bar comes when the first answers do: every block would be laid out and drawn twice.
        """
        viewport: QWidget | None = self.parentWidget()
        area = viewport.parentWidget() if viewport is not None else None
        if not isinstance(area, QScrollArea):
            return self.width()
        return min(self.width(), area.width() - area.verticalScrollBar().sizeHint().width())

    def _column_width(self) -> int:
        gap = theme().px(GAP)
        return (self._usable_width() - gap * (self._columns - 1)) // self._columns

    @Slot()
    def _arrange(self) -> None:
        gap = theme().px(GAP)
        bottom = self._arrange_columns(self._places, 0)
        for facet in self._wide:
            block = self._blocks[facet]
            height = block.wanted_height(self._usable_width())
            block.setGeometry(0, bottom, self._usable_width(), height)
            bottom += height + gap
        bottom = self._arrange_columns(self._below, bottom)
        self._note.setVisible(bool(self._note.text()))
        if self._note.text():
            width = self.width() - 2 * theme().px(2)
            height = max(self._note.heightForWidth(width), theme().px(_NOTE_HEIGHT))
            self._note.setGeometry(theme().px(2), bottom, width, height)
            bottom += height
        if self.minimumHeight() != bottom:
            self.setMinimumHeight(bottom)

    def _arrange_columns(self, places: dict[str, int], top: int) -> int:
        """Lay blocks in columns from a height on; return where the longest one ends."""
        gap, width = theme().px(GAP), self._column_width()
        tops = [top] * self._columns
        for facet, column in places.items():
            block = self._blocks[facet]
            height = block.wanted_height(width)
            block.setGeometry(column * (width + gap), tops[column], width, height)
            tops[column] += height + gap
        return max(tops)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the blocks in the new width."""
        if self._usable_width() != self._laid_width:
            self._laid_width = self._usable_width()
            for block in self._blocks.values():
                block.blockSignals(True)
                block.loosen()
                block.blockSignals(False)
        self._arrange()

    @override
    def sizeHint(self) -> QSize:
        """Return the height of the longest column."""
        return QSize(theme().px(600), self.minimumHeight())

    # ---- keyboard ----------------------------------------------------------------------------
    @property
    def current(self) -> str:
        """Facet of the block that Tab reaches."""
        return self._current

    def set_current(self, facet: str) -> None:
        """Make a block the one that Tab reaches."""
        if self._current:
            self._blocks[self._current].setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._current = facet
        self._blocks[facet].setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self._blocks[facet])

    def focus_block(self, facet: str = "") -> None:
        """Give focus to a block and bring it on screen."""
        wanted = facet or self._current
        self.set_current(wanted)
        self._blocks[wanted].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def order(self) -> list[str]:
        """Return the facets in the order of the screen: column by column."""
        above = sorted(self._places, key=lambda facet: self._places[facet])
        below = sorted(self._below, key=lambda facet: self._below[facet])
        return [*above, *self._wide, *below]

    @Slot(str, str)
    def _on_move_requested(self, facet: str, where: str) -> None:
        target = self._neighbour(facet, where)
        if target:
            self.focus_block(target)

    def _neighbour(self, facet: str, where: str) -> str:
        order = self.order()
        if where in ("first", "last"):
            return order[0 if where == "first" else -1]
        here = self._blocks[facet].geometry()
        best, distance = "", float("inf")
        for other in order:
            there = self._blocks[other].geometry()
            across = there.center().x() - here.center().x()
            down = there.top() - here.top()
            if other == facet or not _lies(where, across, down, here.width()):
                continue
            far = abs(down) + 2 * abs(across) if where in ("up", "down") else abs(across) + 3 * abs(down)
            if far < distance:
                best, distance = other, far
        return best

    @Slot(str)
    def _on_block_focused(self, facet: str) -> None:
        self.set_current(facet)
        self.current_changed.emit(facet)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._arrange()


def _lies(where: str, across: int, down: int, width: int) -> bool:
    same_column = abs(across) < width // 2
    match where:
        case "up":
            return down < 0 and (same_column or abs(across) <= width * 2)
        case "down":
            return down > 0 and (same_column or abs(across) <= width * 2)
        case "left":
            return across < 0
        case _:
            return across > 0


class FacetsArea(QScrollArea):
    """The blocks, scrolled together; the block that takes focus comes on screen."""

    def __init__(self, content_of: Callable[[str], BlockContent], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = FacetGrid(content_of, self.viewport())
        self.setWidget(self.grid)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(text("zone.facets"))
        self.grid.current_changed.connect(self._on_current_changed)

    def focus_current(self) -> None:
        """Give focus to the block that Tab reaches."""
        self.grid.focus_block()

    @Slot(str)
    def _on_current_changed(self, facet: str) -> None:
        self.ensureWidgetVisible(self.grid.block(facet), 0, theme().px(GAP))
