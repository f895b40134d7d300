"""The keys of each command in the settings: found by a word, changed, checked, given back (`ui.md` 7)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QObject,
    QRect,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from avise.models.names import fold
from avise.texts import text
from avise.ui.key_rules import problem
from avise.ui.shell.key_recorder import KeyRecorder
from avise.ui.shortcuts import (
    SHORTCUTS,
    chords_of,
    kept_words,
    label,
    may_change,
    remapped,
    shortcut,
    written,
)
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.key_cap import key_cap_width, paint_key_cap
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.painting import RIGHT, draw_text
from avise.ui.widgets.panel import Panel
from avise.ui.widgets.row_list import Index, RowDelegate, RowLook, RowsView
from avise.ui.widgets.rows_model import ROW_ROLE, RowsModel

_ROW, _WIDTH, _ROWS_SHOWN, _PADDING = 28, 460, 16, 10


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One command and its keys."""

    id: str
    name: str
    scope: str
    keys: tuple[str, ...]
    """As the keyboard shows them."""
    changed: bool

    @property
    def sentence(self) -> str:
        """The row, for people who hear the screen."""
        keys = ", ".join(self.keys) or text("keys.none")
        own = text("keys.own") if self.changed else ""
        return ", ".join(part for part in (self.name, keys, self.scope, own) if part)


def key_rows(words: str = "") -> tuple[KeyRow, ...]:
    """Return the commands whose name, scope or keys hold all the words given."""
    own = remapped()
    rows = (
        KeyRow(
            declared.id,
            label(declared.id),
            text(f"shortcut_scope.{declared.scope}"),
            tuple(written(chord) for chord in chords_of(declared.id)),
            declared.id in own,
        )
        for declared in SHORTCUTS
    )
    wanted = fold(words).split()
    return tuple(row for row in rows if all(word in fold(row.sentence) for word in wanted))


class KeyRowsModel(RowsModel[KeyRow]):
    """The commands as Qt's table sees them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(lambda row: row.sentence, parent)


class KeyRowDelegate(RowDelegate):
    """Paints a command, its scope and its keys."""

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint the name on the left, the keys on the right."""
        found, px = index.data(ROW_ROLE), theme().px
        middle = rect.center().y() + 1
        right: float = rect.right() - px(_PADDING)
        for keys in reversed(found.keys):
            right -= key_cap_width(keys)
            ink, edge = ("accent-text", "accent") if found.changed else ("text-2", "border")
            paint_key_cap(painter, keys, right, middle, ink, edge)
            right -= px(6)
        if not found.keys:
            none = QRectF(rect.left(), rect.top(), right - rect.left(), rect.height())
            draw_text(painter, none, text("keys.none"), "small", "text-3", RIGHT)
            right -= theme().text_width(text("keys.none"), "small") + px(8)
        left = rect.left() + px(_PADDING)
        style = "value-strong" if look.current else "value"
        name = QRectF(left, rect.top(), max(right - left - px(8), 0), rect.height())
        draw_text(painter, name, found.name, style, "text")
        after = left + theme().text_width(found.name, style) + px(10)
        scope = QRectF(after, rect.top(), max(right - after - px(8), 0), rect.height())
        draw_text(painter, scope, found.scope, "small", "text-3")


class ShortcutList(Panel):
    """The commands with their keys, and what changes those of the current one.

    Signals:
        changed: every key that the user gave, as the setting keeps it.
    """

    changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(text("settings.shortcuts"), "keyboard", parent)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(text("keys.filter"))
        self.filter.setAccessibleName(text("keys.filter"))
        self.filter.setClearButtonEnabled(True)
        self.model = KeyRowsModel(self)
        self.rows = RowsView(_ROW, text("settings.shortcuts"))
        self.rows.setModel(self.model)
        self.rows.setItemDelegate(KeyRowDelegate(self.rows))
        self.recorder = KeyRecorder()
        self.recorder.hide()
        self.outcome = Label("", "small", "muted", wrap=True)
        self.change = Button(text("keys.change"), ButtonKind.PRIMARY, icon="keyboard")
        self.restore = Button(text("keys.restore"), icon="history")
        self.restore_all = Button(text("keys.restore_all"))
        self.body.addLayout(
            column(
                self.filter,
                self.rows,
                self.recorder,
                self.outcome,
                row(self.change, self.restore, None, self.restore_all, gap=8),
                gap=8,
                margins=(10, 10, 10, 10),
            )
        )
        self._connect()
        self.show_keys()
        self._on_theme_changed_size()
        theme().changed.connect(self._on_theme_changed_size)

    def _connect(self) -> None:
        self.filter.textChanged.connect(self.show_keys)
        self.filter.returnPressed.connect(self.rows.setFocus)
        self.rows.opened.connect(self._record)
        self.rows.selectionModel().currentChanged.connect(self._on_current_changed)
        self.change.clicked.connect(self._record)
        self.restore.clicked.connect(self._on_restore)
        self.restore_all.clicked.connect(self._on_restore_all)
        self.recorder.pressed.connect(self._on_pressed)
        self.recorder.left.connect(self._stop_recording)

    # ---- the list ----------------------------------------------------------------------------
    @Slot()
    def show_keys(self) -> None:
        """Show the keys in force of the commands that the filter leaves."""
        current = self.current()
        self.model.set_rows(key_rows(self.filter.text()))
        places = [place for place, found in enumerate(self.model.rows()) if found.id == current]
        self.rows.go_to(places[0] if places else 0)
        self.count.set_text(str(len(self.model.rows())))
        self._on_current_changed()

    def current(self) -> str:
        """Return the id of the current command, "" when the filter leaves none."""
        rows, place = self.model.rows(), self.rows.current_row()
        return rows[place].id if 0 <= place < len(rows) else ""

    @Slot()
    def _on_current_changed(self) -> None:
        current, own = self.current(), remapped()
        self.change.setEnabled(bool(current) and may_change(current))
        self.restore.setEnabled(current in own)
        self.restore_all.setEnabled(bool(own))
        self._stop_recording()
        fixed = bool(current) and not may_change(current)
        self._say(text("keys.fixed") if fixed else "" if current else text("keys.nothing_found"), "muted")

    # ---- changing ----------------------------------------------------------------------------
    @Slot()
    def _record(self) -> None:
        current = self.current()
        if not current or not may_change(current):
            return
        self.recorder.show()
        self.recorder.setFocus(Qt.FocusReason.OtherFocusReason)
        self._say(text("keys.recording", name=label(current)), "muted")

    @Slot()
    def _stop_recording(self) -> None:
        if self.recorder.isHidden():
            return
        had_focus = self.recorder.hasFocus()
        self.recorder.hide()
        self.outcome.clear()
        if had_focus:
            self.rows.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _on_pressed(self, chord: str) -> None:
        current = self.current()
        found = problem(current, chord)
        if found is not None:
            self._say(f"{written(chord)} — {found.sentence()}", "danger")
            return
        own = {**remapped(), current: chord}
        if shortcut(current).keys[:1] == (chord,):
            del own[current]
        self._give(own)
        self._say(text("keys.given", keys=written(chord), name=label(current)), "ok")

    @Slot()
    def _on_restore(self) -> None:
        own, current = remapped(), self.current()
        own.pop(current, None)
        taken = [found for keys in shortcut(current).keys if (found := _taken(current, keys, own))]
        if taken:
            self._say(text("keys.restore_taken", name=label(taken[0])), "danger")
            return
        self._give(own)
        self._say(text("keys.restored", name=label(current)), "ok")

    @Slot()
    def _on_restore_all(self) -> None:
        self._give({})
        self._say(text("keys.all_restored"), "ok")

    def _give(self, own: dict[str, str]) -> None:
        self._stop_recording()
        # Whoever listens puts them in force before this returns.
        self.changed.emit(kept_words(own))
        self.show_keys()

    def _say(self, words: str, tone: str) -> None:
        self.outcome.setText(words)
        self.outcome.set_tone(tone)

    @Slot()
    def _on_theme_changed_size(self) -> None:
        self.setFixedWidth(theme().px(_WIDTH))
        self.rows.setFixedHeight(self.rows.row_height() * _ROWS_SHOWN)


def _taken(identifier: str, chord: str, own: dict[str, str]) -> str:
    """Return the command that has taken keys by the user's own choice, "" when none has."""
    return next((name for name, keys in own.items() if name != identifier and keys == chord), "")
