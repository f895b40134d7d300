"""The pane of one command: where it stands and why, what can be done, what it changes, its history."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from avise.env import Env
from avise.models.commands import Change, CommandState, OutboxItem
from avise.texts import text
from avise.texts.formats import format_moment
from avise.ui.outbox.sentences import (
    action_words,
    age,
    attempt_words,
    change_words,
    explained,
    main_action,
    may_abandon,
    may_compare,
    may_put_away,
    may_redo,
    may_resend,
    may_verify,
    next_try,
    state_chip,
)
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.chip import Chip
from avise.ui.widgets.detail_pane import MARGINS, NARROW_WIDTH, DetailPane, titled
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row

ATTEMPTS = 12
_LONG_WORD = re.compile(r"\S{20,}")
_BREAKS = re.compile(r"\w{12}|[@._/-]")
"""Where a long word may go on under itself: after each mark of an address, and after so many letters."""


class AbandonRow(QWidget):
    """Asks in place why a command is given up.

    Signals:
        abandoned: the reason, as typed.
        cancelled: nothing is given up.
    """

    abandoned = Signal(str)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QLineEdit()
        self.field.setMaxLength(200)
        self.field.setAccessibleName(text("outbox.abandon.question"))
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.hide()
        give_up = Button(text("outbox.do.abandon"), ButtonKind.DANGER, icon="x")
        keep = Button(text("outbox.abandon.keep"))
        question = Label(text("outbox.abandon.question"), "small-medium")
        question.setBuddy(self.field)
        self.setLayout(
            column(
                question,
                self.field,
                self._problem,
                row(give_up, keep, None, gap=6),
                gap=6,
                margins=(0, 8, 0, 0),
            )
        )
        give_up.clicked.connect(self._submit)
        keep.clicked.connect(self.cancelled)
        self.field.returnPressed.connect(self._submit)

    @Slot()
    def _submit(self) -> None:
        because = self.field.text().strip()
        if because:
            self.abandoned.emit(because)
            return
        self._problem.setText(text("outbox.reason_needed"))
        self._problem.show()
        self.field.setProperty("state", "error")
        self.field.style().polish(self.field)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep the command with Échap."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
            return
        super().keyPressEvent(event)


class OutboxDetail(DetailPane):
    """The pane.

    Args:
        env: the clock.
        parent: of the widget.

    Signals:
        resend_requested, verify_requested, put_away_requested, open_document_requested,
        save_document_requested, file_requested, redo_requested, compare_requested: what is wanted of the
            command shown.
        abandon_requested: the reason why it is given up.
        abandon_cancelled: it is kept.
    """

    resend_requested = Signal()
    verify_requested = Signal()
    put_away_requested = Signal()
    open_document_requested = Signal()
    save_document_requested = Signal()
    file_requested = Signal()
    redo_requested = Signal()
    compare_requested = Signal()
    abandon_requested = Signal(str)
    abandon_cancelled = Signal()

    def __init__(self, env: Env, parent: QWidget | None = None) -> None:
        super().__init__(text("outbox.detail"), parent)
        self._env = env
        self._item: OutboxItem | None = None
        self._abandon: AbandonRow | None = None
        self._head_box, self._head_column = QWidget(self), QVBoxLayout()
        self._head_box.hide()
        self._times = Label("", "small", "meta", tabular=True)

    @property
    def item(self) -> OutboxItem | None:
        """The command shown."""
        return self._item

    def show_item(self, item: OutboxItem | None) -> None:
        """Show another command, or the same one as it now is; what is typed for it stays."""
        if item == self._item:
            return
        same = item is not None and self._item is not None and item.command_id == self._item.command_id
        typed = self._abandon.field.text() if same and self._abandon is not None else None
        typing = self._abandon is not None and self._abandon.field.hasFocus()
        focused = self.focused_button()
        self._item, self._abandon = item, None
        self.show_sections(self._parts(item) if item is not None else ())
        self.tick()
        if typed is not None and item is not None and may_abandon(item):
            self.ask_to_abandon(typed, focus=typing)
        elif focused and not self.focus_button(focused):
            self.focus_current()

    def _parts(self, item: OutboxItem) -> tuple[QWidget | None, ...]:
        now = self._env.now()
        return self._head(item), _changes(item.changes), _facts(item, now), _history(item, now)

    def ask_to_abandon(self, words: str = "", *, focus: bool = True) -> None:
        """Ask in place why the command shown is given up."""
        if self._item is None or not may_abandon(self._item):
            return
        if self._abandon is None:
            self._abandon = AbandonRow(self._head_box)
            self._abandon.abandoned.connect(self.abandon_requested)
            self._abandon.cancelled.connect(self._on_abandon_cancelled)
            self._head_column.addWidget(self._abandon)
            self._abandon.show()
        if words:
            self._abandon.field.setText(words)
        if focus:
            self._abandon.field.setFocus(Qt.FocusReason.OtherFocusReason)
            self.ensureWidgetVisible(self._abandon)

    @Slot()
    def _on_abandon_pressed(self) -> None:
        self.ask_to_abandon()

    @Slot()
    def _on_abandon_cancelled(self) -> None:
        self._drop_abandon()
        self.abandon_cancelled.emit()

    def _drop_abandon(self) -> None:
        if self._abandon is not None:
            self._abandon.hide()
            self._abandon.deleteLater()
            self._abandon = None

    def focus_current(self) -> None:
        """Give focus to what can be done first."""
        first: QWidget = next(iter(self.buttons()), self)
        first.setFocus(Qt.FocusReason.TabFocusReason)

    # ---- sections ------------------------------------------------------------------------------
    def _head(self, item: OutboxItem) -> QWidget:
        self._times = Label("", "small", "meta", tabular=True, wrap=True)
        box = QWidget()
        content = column(
            row(Label(item.label, "list-title", wrap=True), Chip(state_chip(item)), gap=8),
            Label(" · ".join(filter(None, (item.whom, item.source_name))), "body", "muted", wrap=True),
            Label(explained(item), "body", wrap=True),
            self._times,
            gap=6,
            margins=MARGINS,
        )
        content.itemAt(0).layout().setStretch(0, 1)  # type: ignore[union-attr]  # just added
        if buttons := self._buttons(item):
            content.addLayout(column(*(row(*line, None, gap=6) for line in _lines(buttons)), gap=6))
        box.setLayout(content)
        self._head_box, self._head_column = box, content
        return box

    def _buttons(self, item: OutboxItem) -> list[Button]:
        main = main_action(item)
        found: list[Button] = []

        def add(action: str, icon: str, signal: object, keys: str = "") -> None:
            kind = ButtonKind.PRIMARY if action == main else ButtonKind.PLAIN
            button = Button(action_words(item, action), kind, icon=icon, keys=keys)
            button.clicked.connect(signal)
            found.append(button)

        if item.document_name and item.state is CommandState.DONE:
            add("document", "file-text", self.open_document_requested)
            add("save", "folder-open", self.save_document_requested)
        if may_resend(item):
            add("resend", "send", self.resend_requested)
        if may_verify(item):
            add("verify", "search", self.verify_requested, keys_of("refresh_block"))
        if may_compare(item):
            add("compare", "git-compare", self.compare_requested)
        if may_redo(item):
            add("redo", "rotate-cw", self.redo_requested)
        add("file", "user", self.file_requested)
        if may_abandon(item):
            add("abandon", "x", self._on_abandon_pressed, keys_of("outbox_abandon"))
            found[-1].set_kind(ButtonKind.DANGER)
        if may_put_away(item):
            add("put_away", "check", self.put_away_requested)
        return found

    @override
    def tick(self) -> None:
        """Tell the ages again."""
        if self._item is None:
            return
        now = self._env.now()
        words = " · ".join(filter(None, (age(self._item, now), next_try(self._item, now))))
        self._times.setText(words)


def _lines(buttons: Sequence[Button]) -> list[list[Button]]:
    """Return the buttons on as many lines as they need in the narrow pane."""
    room = theme().px(NARROW_WIDTH - 32)
    lines: list[list[Button]] = [[]]
    for button in buttons:
        taken = sum(other.sizeHint().width() + theme().px(6) for other in lines[-1])
        if lines[-1] and taken + button.sizeHint().width() > room:
            lines.append([])
        lines[-1].append(button)
    return lines


def changes_grid(changes: Sequence[Change]) -> QGridLayout:
    """Return a table before/after of changes, one a line."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme().px(12))
    grid.setVerticalSpacing(theme().px(4))
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(2, 1)
    for place, key in enumerate(("outbox.field", "outbox.before", "outbox.after")):
        grid.addWidget(Label(text(key), "small", "meta"), 0, place)
    for line, change in enumerate(changes, start=1):
        name, before, after = change_words(change)
        grid.addWidget(Label(name, "small", "muted", wrap=True), line, 0)
        grid.addWidget(_whole(before, "value", "muted"), line, 1)
        grid.addWidget(_whole(after, "value-strong"), line, 2)
    return grid


def _whole(value: str, style: str, tone: str = "text") -> Label:
    """Return a value that is never cut: an address or an IBAN without a space breaks where it must."""
    broken = _LONG_WORD.sub(lambda word: _BREAKS.sub("\\g<0>\u200b", word[0]), value)
    label = Label(broken, style, tone, wrap=True)
    label.setAccessibleName(value)
    return label


def _changes(changes: Sequence[Change]) -> QWidget | None:
    if not changes:
        return None
    box, content = titled(text("outbox.changes"))
    content.addLayout(changes_grid(changes))
    return box


def _facts(item: OutboxItem, now: datetime) -> QWidget | None:
    lines = [
        (text("outbox.confirmed_at"), format_moment(item.confirmed_at, now)),
        (text("outbox.expires_at"), format_moment(item.expires_at, now) if item.open else ""),
        (text("outbox.reference_label"), item.reference),
        (text("outbox.because"), item.because),
    ]
    box, content = titled(text("outbox.facts"))
    for label, value in lines:
        if value:
            name = Label(label, "small", "meta")
            name.setFixedWidth(theme().px(112))
            content.addLayout(row(name, Label(value, "value", wrap=True, tabular=True), gap=10))
            content.itemAt(content.count() - 1).layout().setStretch(1, 1)  # type: ignore[union-attr]  # just added
    return box


def _history(item: OutboxItem, now: datetime) -> QWidget | None:
    if not item.history:
        return None
    box, content = titled(text("outbox.history"))
    for attempt in reversed(item.history[-ATTEMPTS:]):
        when, words = attempt_words(attempt, item, now)
        moment = Label(when, "small", "meta", tabular=True)
        moment.setFixedWidth(theme().px(112))
        moment.setAlignment(Qt.AlignmentFlag.AlignTop)
        content.addLayout(row(moment, Label(words, "small", wrap=True), gap=10))
        content.itemAt(content.count() - 1).layout().setStretch(1, 1)  # type: ignore[union-attr]  # just added
    return box
