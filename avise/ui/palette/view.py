"""The palette over the window: field, scopes, rows, keys; it gives focus back when it closes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from avise.models.customer import PersonId, SearchHit
from avise.texts import text
from avise.ui.announce import Announcer
from avise.ui.palette.customer_row import is_near
from avise.ui.palette.delegate import GROUP_HEIGHT, ROW_HEIGHT, PaletteDelegate, row_height
from avise.ui.palette.footer import Footer
from avise.ui.palette.rows import result_count
from avise.ui.palette.scope_bar import ScopeBar
from avise.ui.palette.table_model import PaletteTableModel
from avise.ui.palette.values import PaletteCommand, PaletteRow, PaletteScope
from avise.ui.palette.view_model import PaletteViewModel
from avise.ui.theme import theme
from avise.ui.widgets.focus_place import FocusPlace
from avise.ui.widgets.focus_ring import NO_RING
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import row
from avise.ui.widgets.line import HorizontalLine
from avise.ui.widgets.row_list import RowsView

WIDTH, TOP, FIELD_HEIGHT = 680, 84, 48
MAX_ROWS = 12
SCRIM = QColor(18, 22, 30, 97)
"""rgba(18,22,30,.38) in both themes."""


class PaletteView(QWidget):
    """The overlay.

    Args:
        view_model: what it knows.
        announcer: says how many results there are.
        window: that it covers.

    Signals:
        customer_chosen: a hit, and whether it opens behind the page shown.
        request_chosen: a request (its identity).
        closed: the palette went away.
    """

    customer_chosen = Signal(object, bool)
    request_chosen = Signal(object)
    closed = Signal()

    def __init__(self, view_model: PaletteViewModel, announcer: Announcer, window: QWidget) -> None:
        super().__init__(window)
        self._view_model = view_model
        self._announcer = announcer
        self._window = window
        self._focus_before: FocusPlace | None = None
        self._chosen = ""
        self._opens_when_found: bool | None = None
        self.hide()
        self._frame = QFrame(self)
        self._frame.setProperty("role", "overlay")
        self._frame.setAccessibleName(text("palette.name"))
        self.field = QLineEdit()
        self.field.setProperty("role", "bare")
        self.field.setProperty(NO_RING, True)
        self.field.setPlaceholderText(text("palette.placeholder"))
        self.field.setAccessibleName(text("palette.name"))
        self.field.textEdited.connect(self._on_edited)
        self.field.installEventFilter(self)
        self._count = Label("", "small", "muted")
        self.scopes = ScopeBar()
        self.scopes.chosen.connect(self._on_scope_chosen)
        self.model = PaletteTableModel(self)
        self.rows = RowsView(ROW_HEIGHT, text("palette.name"), ground="")
        self.rows.setModel(self.model)
        self.rows.setItemDelegate(PaletteDelegate(self.rows))
        self.rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows.setProperty("role", "bare")
        self.rows.setMinimumHeight(1)
        self.rows.pressed_at.connect(self._on_pressed)
        self._build()
        view_model.listed.connect(self._on_listed)
        theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _build(self) -> None:
        self._field_row = row(Icon("search", 17), self.field, self._count, gap=10, margins=(14, 0, 14, 0))
        outer = QVBoxLayout(self._frame)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        self._field_box = QWidget()
        self._field_box.setLayout(self._field_row)
        outer.addWidget(self._field_box)
        outer.addWidget(HorizontalLine())
        outer.addWidget(self.scopes)
        outer.addWidget(self.rows, 1)
        outer.addWidget(Footer())

    def move_to(self, window: QWidget) -> None:
        """Open over another window from now on: the one with focus."""
        if window is self._window:
            return
        self.close_palette()
        self._window = window
        self.setParent(window)
        self.hide()

    # ---- opening and closing -----------------------------------------------------------------
    def open(
        self, commands: Sequence[PaletteCommand], open_people: Collection[PersonId], words: str = ""
    ) -> None:
        """Show the palette with the commands that can be run now."""
        if self.isHidden():
            self._focus_before = FocusPlace(QApplication.focusWidget())
        self._chosen = ""
        self.field.setText(words)
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._view_model.open(commands, open_people, words)

    def close_palette(self) -> None:
        """Hide the palette and give focus back."""
        if self.isHidden():
            return
        self._view_model.close()
        before, self._focus_before = self._focus_before, None
        self.hide()
        if before is not None:
            before.take_focus()
        self.closed.emit()

    # ---- rows --------------------------------------------------------------------------------
    @Slot()
    def _on_listed(self) -> None:
        found = self._view_model.found
        self.model.set_rows(found.rows)
        # No result is said once everybody was looked for: not meanwhile, nor when nobody could be.
        tells = found.counts[PaletteScope.ALL] or self._view_model.has_looked
        words = result_count(found) if self._view_model.words.strip() and tells else ""
        if words != self._count.text() and words:
            self._announcer.say(words)
        self._count.setText(words)
        self.scopes.show_scope(self._view_model.scope, found.counts)
        self._keep_choice()
        self._place()
        if self._opens_when_found is not None and self._view_model.is_settled:
            behind, self._opens_when_found = self._opens_when_found, None
            chosen = self._current()
            if chosen is not None and (chosen.hit is None or self._is_meant(chosen.hit)):
                self._open_current(behind=behind)

    def _is_meant(self, hit: SearchHit) -> bool:
        """Tell somebody who may be opened unseen: who answers at once, and not by a name near to another."""
        return self._view_model.found_at_once and not is_near(hit)

    def _keep_choice(self) -> None:
        """Stay on the row that the user went to; else take the first that can be chosen."""
        rows = self.model.rows()
        choices = [place for place, listed in enumerate(rows) if listed.can_be_chosen]
        kept = next((place for place in choices if rows[place].identity == self._chosen), None)
        if kept is None:
            kept = choices[0] if choices else -1
        self.rows.go_to(kept)

    def _move(self, step: int) -> None:
        rows = self.model.rows()
        place = self.rows.current_row() + step
        while 0 <= place < len(rows) and not rows[place].can_be_chosen:
            place += step
        if not 0 <= place < len(rows):
            return
        self.rows.go_to(place)
        if step < 0 and place == 1:
            self.rows.scrollToTop()  # the title of the first group comes back too
        self._chosen = rows[place].identity
        self._announcer.say(rows[place].sentence)

    def _current(self) -> PaletteRow | None:
        place = self.rows.current_row()
        rows = self.model.rows()
        return rows[place] if 0 <= place < len(rows) else None

    # ---- keys and mouse ----------------------------------------------------------------------
    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the arrows and Enter of the field to the rows."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_field_key(event)
        return super().eventFilter(watched, event)

    def _on_field_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if key in steps:
            self._move(steps[Qt.Key(key)])
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            behind = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._open_current(behind=behind)
            return True
        return False

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Empty the field with Escape, then close; nothing else leaves the palette."""
        if event.key() != Qt.Key.Key_Escape:
            event.accept()
            return
        if self.field.text():
            self.field.clear()
            self._on_edited("")
        else:
            self.close_palette()

    @override
    def focusNextPrevChild(self, forward: bool) -> bool:  # Qt's own signature
        """Go from the field to the scopes and back: Tab stays inside the palette."""
        target: QWidget = self.field if self.scopes.hasFocus() else self.scopes
        target.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close when the window behind is pressed."""
        if not self._frame.geometry().contains(event.position().toPoint()):
            self.close_palette()

    @Slot(str)
    def _on_edited(self, words: str) -> None:
        self._chosen = ""
        self._opens_when_found = None
        self._view_model.look_for(words)

    @Slot(str)
    def _on_scope_chosen(self, scope: str) -> None:
        self._view_model.set_scope(PaletteScope(scope))

    @Slot(QModelIndex, int)
    def _on_pressed(self, index: QModelIndex, _left: int) -> None:
        pressed = self.model.rows()[index.row()]
        if pressed.can_be_chosen:
            self.rows.go_to(index.row())
            self._chosen = pressed.identity
            self._open_current(behind=False)

    def _open_current(self, *, behind: bool) -> None:
        if not self._view_model.is_settled and not self._chosen:
            # Enter came before the answer: the rows on screen are those of the words before.
            self._opens_when_found = behind
            return
        chosen = self._current()
        if chosen is None or not chosen.can_be_chosen:
            return
        if chosen.command == "retry_search":
            self._view_model.look_for(self.field.text())
            return
        if chosen.hit is not None or chosen.request is not None:
            self.close_palette()
            if chosen.hit is not None:
                self.customer_chosen.emit(chosen.hit, behind)
            elif chosen.request is not None:
                self.request_chosen.emit(chosen.request.id)
            return
        command = self._view_model.command(chosen.command)
        self.close_palette()
        if command is not None:
            command()

    # ---- place -------------------------------------------------------------------------------
    def _place(self) -> None:
        px = theme().px
        width = min(px(WIDTH), self.width() - px(32))
        chrome = px(FIELD_HEIGHT) + self.scopes.height() + px(Footer.HEIGHT) + 3
        rows = self._size_rows(width)
        most = min(
            px(ROW_HEIGHT) * MAX_ROWS + px(GROUP_HEIGHT) * 3, self.height() - px(TOP) - chrome - px(24)
        )
        top = px(TOP) if self.height() > px(520) else px(24)
        self._frame.setGeometry((self.width() - width) // 2, top, width, chrome + min(rows + px(6), most))

    def _size_rows(self, width: int) -> int:
        """Give each row its height in a palette of a width; return that of all of them."""
        room = width - 2 - self.rows.verticalScrollBar().sizeHint().width()
        for place, listed in enumerate(self.model.rows()):
            self.rows.setRowHeight(place, row_height(listed, room))
        return sum(self.rows.rowHeight(place) for place in range(self.model.rowCount()))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay in the middle of the window."""
        self._place()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim the window behind."""
        with QPainter(self) as painter:
            painter.fillRect(QRectF(self.rect()), SCRIM)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.field.setFont(theme().font("input-large"))
        self._field_box.setFixedHeight(theme().px(FIELD_HEIGHT))
        if not self.isHidden():
            self._on_listed()
