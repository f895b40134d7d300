"""Suggested answers: what the caller probably asks, and the sentence to say (`ui.md` 5.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QMenu, QWidget
from typing_extensions import override

from avise.services.customer_updates import SuggestedAction, Suggestion
from avise.services.wording import facet_title
from avise.texts import plural, text
from avise.ui.customer.discreet import Veil
from avise.ui.shortcuts import keys_of, written
from avise.ui.theme import theme
from avise.ui.widgets.key_cap import KeyCap
from avise.ui.widgets.label import Label
from avise.ui.widgets.painting import CENTRE, RIGHT, Span, draw_box, draw_icon, draw_spans, draw_text
from avise.ui.widgets.panel import Panel
from avise.ui.widgets.row_list import RowDelegate, RowLook, RowsView

Index = QModelIndex | QPersistentModelIndex
SUGGESTION_ROLE = int(Qt.ItemDataRole.UserRole)
ROW_HEIGHT, HEADER_HEIGHT = 30, 28
_RANK, _QUESTION, _LIKELIHOOD, _ACTION, _PADDING, _GAP = 18, 206, 96, 30, 10, 10
_PAINTED = 2

_AFTER_TITLE = 2
"""Place of the key cap in the header: after icon and title."""


class SuggestionModel(QAbstractTableModel):
    """At most three suggested answers, best first."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Suggestion, ...] = ()

    def set_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """Show other suggestions."""
        self.beginResetModel()
        self._rows = tuple(suggestions)
        self.endResetModel()

    def suggestion(self, row: int) -> Suggestion:
        """Return the suggestion of a row."""
        return self._rows[row]

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many there are."""
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return one."""
        return 0 if parent.isValid() else 1

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the question, the suggestion, or the row as one sentence."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        found = self._rows[index.row()]
        if role == SUGGESTION_ROLE:
            return found
        if role == Qt.ItemDataRole.DisplayRole:
            return found.question
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            stale = text("suggestion.stale") if found.stale else ""
            words = (found.question, plain_answer(found), text(f"likelihood.{found.likelihood}"), stale)
            said = ", ".join(word for word in words if word)
            return ". ".join(
                (said.removesuffix("."), *(action_words(found, place) for place in range(len(found.actions))))
            )
        return None


ACTION_KEYS = ("Return", "Shift+Return")
"""Keys of the first actions; the menu of the row has them all."""


def action_label(action: SuggestedAction) -> str:
    """Return what an action does, with the block that it shows."""
    label = text(f"action.{action.id}")
    if action.id == "show" and action.target:
        return text("suggestion.action_about", action=label, about=facet_title(action.target))
    return label


def action_words(suggestion: Suggestion, place: int) -> str:
    """Return what an action does and its keys."""
    label = action_label(suggestion.actions[place])
    return f"{label} ({written(ACTION_KEYS[place])})" if place < len(ACTION_KEYS) else label


def plain_answer(suggestion: Suggestion) -> str:
    """Return the answer without the marks of its bold part."""
    return suggestion.answer.replace("**", "")


def answer_spans(suggestion: Suggestion) -> tuple[Span, ...]:
    """Return the answer as runs, the part between ** in bold."""
    parts = suggestion.answer.split("**")
    return tuple(
        Span(part, "strong", "text") if index % 2 else Span(part, "body", "text-2")
        for index, part in enumerate(parts)
        if part
    )


class SuggestionDelegate(RowDelegate):
    """Paints rank, question, answer, likelihood and actions."""

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint a suggestion on one line."""
        px = theme().px
        found: Suggestion = index.data(SUGGESTION_ROLE)
        area = QRectF(rect).adjusted(px(_PADDING), 0, -px(_PADDING), 0)
        middle = area.center().y()
        rank = QRectF(area.left(), middle - px(_RANK) / 2, px(_RANK), px(_RANK))
        draw_box(painter, rank, px(3), "accent" if look.current else "bg-sunken")
        ink = "on-accent" if look.current else "text-2"
        draw_text(painter, rank, str(index.row() + 1), "micro", ink, CENTRE)
        right = self._paint_actions(painter, found, area)
        right = self._paint_likelihood(painter, found, right, area)
        left = rank.right() + px(_GAP)
        question = min(px(_QUESTION), (right - left) * 0.32)
        draw_text(
            painter, QRectF(left, area.top(), question, area.height()), found.question, "strong", "text"
        )
        left += question + px(_GAP)
        draw_spans(painter, QRectF(left, area.top(), right - left, area.height()), answer_spans(found))

    def _paint_actions(self, painter: QPainter, found: Suggestion, area: QRectF) -> float:
        left = area.right()
        for action in reversed(found.actions[:_PAINTED]):
            left -= theme().px(_ACTION)
            inset = theme().px((_ACTION - 15) / 2)
            draw_icon(painter, action.icon, left + inset, area.center().y(), 15, "text-2")
        return left

    def _paint_likelihood(self, painter: QPainter, found: Suggestion, right: float, area: QRectF) -> float:
        px = theme().px
        words = text(f"likelihood.{found.likelihood}")
        role = "text-2"
        if found.stale:
            words, role = text("suggestion.stale"), "warn"
        place = QRectF(right - px(_LIKELIHOOD) - px(4), area.top(), px(_LIKELIHOOD), area.height())
        draw_text(painter, place, words, "small", role, RIGHT)
        return place.left() - px(_GAP)


class SuggestionRows(RowsView):
    """The rows: Enter does the first action, Maj+Enter the second; the menu of a row has them all.

    Signals:
        second_requested: row whose second action is wanted.
        menu_requested: row whose menu is wanted, and where on the screen.
    """

    second_requested = Signal(int)
    menu_requested = Signal(int, QPoint)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the row, by the mouse or by the keyboard."""
        row = self.current_row()
        place = self.visualRect(self.currentIndex()).bottomLeft()
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            row, place = self.indexAt(event.pos()).row(), event.pos()
        if row >= 0:
            self.menu_requested.emit(row, self.viewport().mapToGlobal(place))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do the second action with Maj+Enter."""
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if shift and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current_row() >= 0:
            self.second_requested.emit(self.current_row())
            return
        super().keyPressEvent(event)


class SuggestionsPanel(Panel):
    """The panel of suggested answers; one line when there is none.

    Signals:
        action_requested: the suggestion and the action (a `Suggestion`, a `SuggestedAction`).
    """

    action_requested = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(text("customer.suggestions"), "lightbulb", parent)
        self.model = SuggestionModel()
        self._told: tuple[tuple[Suggestion, ...], int] = ((), 0)
        self._kinds = frozenset[str]()
        self.rows = SuggestionRows(ROW_HEIGHT, text("customer.suggestions"))
        self.rows.setModel(self.model)
        self._delegate = SuggestionDelegate(self)
        self.rows.setItemDelegate(self._delegate)
        self.rows.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.rows.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._source = Label("", "source", "meta")
        layout = self.header.layout()
        if isinstance(layout, QHBoxLayout):
            layout.insertWidget(_AFTER_TITLE, KeyCap(keys_of("suggestions")))
        self.right.addWidget(self._source)
        self.body.addWidget(self.rows)
        self.rows.opened.connect(lambda index: self._act(index.row(), 0))
        self.rows.second_requested.connect(lambda row: self._act(row, 1))
        self.rows.menu_requested.connect(self._open_menu)
        self.rows.pressed_at.connect(self._on_pressed)
        self._show()
        self.veil = Veil(self)
        theme().changed.connect(self._on_zoom_changed)

    def set_suggestions(self, suggestions: Sequence[Suggestion], fresh_sources: int) -> None:
        """Show suggestions, and on how many fresh sources they rest."""
        self._told = (tuple(suggestions), fresh_sources)
        current = self.rows.current_row()
        self.model.set_suggestions([self._offered(found) for found in suggestions])
        self.rows.go_to(min(max(current, 0), len(suggestions) - 1))
        self._source.setText(plural("customer.fresh_sources", fresh_sources) if suggestions else "")
        self._show()

    def set_kinds(self, kinds: frozenset[str]) -> None:
        """Show the actions of these kinds alone: those that something does here."""
        if kinds != self._kinds:
            self._kinds = kinds
            self.set_suggestions(*self._told)

    def _offered(self, suggestion: Suggestion) -> Suggestion:
        actions = tuple(action for action in suggestion.actions if action.id in self._kinds)
        return replace(suggestion, actions=actions)

    def _show(self) -> None:
        count = self.model.rowCount()
        self.title.setText(text("customer.suggestions" if count else "customer.no_suggestion"))
        self.rows.setVisible(count > 0)
        self.set_header_line(shown=count > 0)
        self.rows.setFixedHeight(count * self.rows.row_height())
        self.setFixedHeight(self.header.height() + (self.rows.height() + 1 if count else 0) + 2)

    @Slot()
    def _on_zoom_changed(self) -> None:
        self._show()

    def focus_current(self) -> None:
        """Give focus to the first suggestion."""
        self.rows.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.rows.current_row() < 0:
            self.rows.go_to(0)

    def _act(self, row: int, number: int) -> None:
        found = self.model.suggestion(row)
        if number < len(found.actions):
            self.action_requested.emit(found, found.actions[number])

    @Slot(int, QPoint)
    def _open_menu(self, row: int, place: QPoint) -> None:
        found = self.model.suggestion(row)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(found.question)
        for number in range(len(found.actions)):
            entry = menu.addAction(action_words(found, number))
            entry.triggered.connect(lambda _checked=False, chosen=number: self._act(row, chosen))
        menu.popup(place)

    @Slot(QModelIndex, int)
    def _on_pressed(self, index: QModelIndex, place: int) -> None:
        found = self.model.suggestion(index.row())
        from_right = self.rows.viewport().width() - theme().px(_PADDING) - place
        painted = min(len(found.actions), _PAINTED)
        number = painted - 1 - from_right // theme().px(_ACTION)
        if from_right >= 0 and 0 <= number < painted:
            self._act(index.row(), number)
