"""The outbox: what was promised to tools, what became of it, and what its owner can do about it."""

from __future__ import annotations

import functools
from collections.abc import Coroutine

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QWidget
from typing_extensions import override

from avise.env import Env
from avise.models.commands import CommandState, OutboxItem
from avise.models.errors import AviseError
from avise.texts import plural, text
from avise.ui.aio import Report, TaskScope
from avise.ui.conflicts.commands import ComparingCommands
from avise.ui.outbox.detail import OutboxDetail
from avise.ui.outbox.documents import failure, take_document
from avise.ui.outbox.sentences import (
    main_action,
    may_abandon,
    may_compare,
    may_put_away,
    may_resend,
    may_verify,
)
from avise.ui.outbox.situation import OutboxCounts
from avise.ui.outbox.table import ROW_HEIGHT, OutboxDelegate, OutboxRows, OutboxTableModel, action_left
from avise.ui.outbox.view_model import OutboxViewModel
from avise.ui.shell.page import Zone
from avise.ui.theme import theme
from avise.ui.widgets.button import Button
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.line import HorizontalLine, VerticalLine
from avise.ui.widgets.toast import Message

REFERENCE_WIDTH, BELOW_WIDTH = 1330, 980
AGES_MS = 30_000
"""Ages in the list are told again every 30 s (`ui.md` 6.1)."""


class OutboxPage(QWidget):
    """The screen of the outbox.

    Args:
        model: the outbox.
        env: the clock.
        report: told of failures that no screen shows.
        parent: of the widget.

    Signals:
        message: outcome of an action (a `Message`).
        file_requested: a command whose customer's file is wanted (an `OutboxItem`).
        redo_requested: a command that is to be planned anew (an `OutboxItem`).
    """

    hidden_when_discreet = True
    message = Signal(object)
    file_requested = Signal(object)
    redo_requested = Signal(object)

    def __init__(
        self, model: OutboxViewModel, env: Env, report: Report, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._env = model, env
        self._tasks = TaskScope(self, report)
        self._on_screen = False
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._summary = ElidedLabel("", "small", "text-2", tabular=True)
        self.resend_all = Button(text("outbox.resend_all"), icon="send")
        self.resend_all.clicked.connect(self._on_resend_all)
        self.table_model = OutboxTableModel(self)
        self.table = OutboxRows(ROW_HEIGHT, text("outbox.list"))
        self.table.setModel(self.table_model)
        self.table.setItemDelegate(OutboxDelegate(self.table))
        self.table.opened.connect(self._on_opened)
        self.table.pressed_at.connect(self._on_pressed)
        self.table.abandon_requested.connect(self.abandon_current)
        self.table.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.detail = OutboxDetail(env)
        self._connect_detail()
        self._comparing = ComparingCommands(self, model, report)
        self._comparing.message.connect(self.message)
        self._empty_title = Label("", "list-title")
        self._empty_sentence = Label("", "body", "muted", wrap=True)
        self._empty = QWidget()
        self._build()
        self._ages = QTimer(self)
        self._ages.setInterval(AGES_MS)
        self._ages.timeout.connect(self._show)
        model.changed.connect(self._on_changed)

    def _connect_detail(self) -> None:
        detail = self.detail
        detail.resend_requested.connect(self.resend_current)
        detail.verify_requested.connect(self.verify_current)
        detail.abandon_requested.connect(self._abandon)
        detail.abandon_cancelled.connect(self._focus_table)
        detail.put_away_requested.connect(self._put_away)
        detail.open_document_requested.connect(self.open_document)
        detail.save_document_requested.connect(self.save_document)
        detail.file_requested.connect(self._ask_file)
        detail.redo_requested.connect(self._ask_redo)
        detail.compare_requested.connect(self.compare_current)

    def _build(self) -> None:
        head = row(
            Label(text("outbox.title"), "title"),
            self._summary,
            self.resend_all,
            gap=10,
            margins=(16, 9, 12, 9),
        )
        self._empty.setLayout(
            column(self._empty_title, self._empty_sentence, None, gap=4, margins=(16, 16, 16, 16))
        )
        left = column(head, HorizontalLine(strong=True), self._empty, self.table)
        left.setStretch(2, 1)
        left.setStretch(3, 1)
        self._panes = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._panes.setContentsMargins(0, 0, 0, 0)
        self._panes.setSpacing(0)
        self._panes.addLayout(left, 3)
        self._edge = VerticalLine(strong=True)
        self._line = HorizontalLine(strong=True)
        self._panes.addWidget(self._edge)
        self._panes.addWidget(self._line)
        self._panes.addWidget(self.detail, 0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the rules of width."""
        below = self.width() < theme().px(BELOW_WIDTH)
        directions = QBoxLayout.Direction
        self._panes.setDirection(directions.TopToBottom if below else directions.LeftToRight)
        self._panes.setStretch(3, 2 if below else 0)
        self.detail.set_room(narrow=self.width() < theme().px(REFERENCE_WIDTH), below=below)
        self._below = below
        self._show_parts()
        super().resizeEvent(event)

    # ---- page of the rail ----------------------------------------------------------------------
    def zones(self) -> list[Zone]:
        """Return the list and the pane."""
        if not self._model.items:
            return [("zone.outbox", self._empty)]
        return [("zone.outbox", self.table), ("zone.outbox_detail", self.detail)]

    def activate(self) -> None:
        """Show the commands as they are by now."""
        self._on_screen = True
        self._ages.start()
        self.detail.set_ticking(ticking=True)
        self._show()
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            # Qt gives it to the first button when the page before goes.
            (self.table if self._model.items else self._empty).setFocus(Qt.FocusReason.OtherFocusReason)

    def deactivate(self) -> None:
        """Stop telling ages."""
        self._on_screen = False
        self._ages.stop()
        self.detail.set_ticking(ticking=False)

    async def aclose(self) -> None:
        """End what is under way."""
        self.deactivate()
        await self._comparing.aclose()
        await self._tasks.aclose()

    # ---- what it shows -------------------------------------------------------------------------
    _below = False

    @Slot()
    def _on_changed(self) -> None:
        if self._on_screen:
            self._show()

    @Slot()
    def _show(self) -> None:
        had_focus = self.table.hasFocus()
        before = self.table.current_row()
        chosen = self.detail.item
        items = self._model.items
        self.table_model.show_rows(items, self._env.now())
        place = self.table_model.place_of(chosen.command_id) if chosen is not None else 0
        if items:
            # The one that has gone leaves the current row to the next one.
            self.table.go_to(place if place >= 0 else min(max(before, 0), len(items) - 1))
        self.detail.show_item(self.table_model.row_at(self.table.current_row()) if items else None)
        self._summary.setText(summary(self._model.counts))
        self._show_parts()
        if had_focus and not items:
            self._empty.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_parts(self) -> None:
        has_items = bool(self._model.items)
        self.table.setVisible(has_items)
        self.detail.setVisible(has_items)
        self._edge.setVisible(has_items and not self._below)
        self._line.setVisible(has_items and self._below)
        self._empty.setVisible(not has_items)
        self.resend_all.setVisible(any(map(_leaves_now, self._model.items)))
        failure = self._model.failure
        kind = "failed" if failure else ("empty" if self._model.known else "reading")
        self._empty_title.setText(text(f"outbox.{kind}.title"))
        self._empty_sentence.setText(failure or text(f"outbox.{kind}.sentence"))
        self._empty.setFocusPolicy(Qt.FocusPolicy.NoFocus if has_items else Qt.FocusPolicy.StrongFocus)
        self._empty.setAccessibleName(f"{self._empty_title.text()}. {self._empty_sentence.text()}")

    @Slot(QModelIndex, QModelIndex)
    def _on_row_changed(self, index: QModelIndex, _before: QModelIndex) -> None:
        self.detail.show_item(self.table_model.row_at(index.row()))

    @Slot()
    def _focus_table(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def current(self) -> OutboxItem | None:
        """Return the command of the current row."""
        return self.table_model.row_at(self.table.current_row())

    # ---- what is asked of it -------------------------------------------------------------------
    @Slot(QModelIndex)
    def _on_opened(self, index: QModelIndex) -> None:
        item = self.table_model.row_at(index.row())
        if item is not None:
            self._do(main_action(item))

    @Slot(QModelIndex, int)
    def _on_pressed(self, index: QModelIndex, left: int) -> None:
        if left >= action_left(self.table.viewport().width()):
            self._on_opened(index)

    def _do(self, action: str) -> None:
        does = {
            "document": self.open_document,
            "verify": self.verify_current,
            "resend": self.resend_current,
            "compare": self.compare_current,
            "redo": self._ask_redo,
        }
        if action in does:
            does[action]()

    @Slot()
    def resend_current(self) -> None:
        """Try the current command now."""
        item = self.current()
        if item is not None and may_resend(item):
            self._spawn(self._told(self._model.resend(item.command_id), "outbox.told.resent"), item)

    @Slot()
    def verify_current(self) -> None:
        """Ask the tool what came of the current command."""
        item = self.current()
        if item is not None and may_verify(item):
            self._spawn(self._verify(item), item)

    @Slot()
    def abandon_current(self) -> None:
        """Ask why the current command is given up; one that has ended leaves the list at once."""
        item = self.current()
        if item is None:
            return
        if may_abandon(item):
            self.detail.ask_to_abandon()
        elif may_put_away(item):
            self._put_away()
        else:
            self._fail(AviseError("outbox.being_sent"))

    @Slot(str)
    def _abandon(self, because: str) -> None:
        item = self.current()
        if item is not None:
            self._spawn(
                self._told(self._model.abandon(item.command_id, because), "outbox.told.abandoned"), item
            )
            self._focus_table()

    @Slot()
    def _put_away(self) -> None:
        item = self.current()
        if item is not None:
            self._spawn(self._told(self._model.abandon(item.command_id, ""), ""), item)
            self._focus_table()

    @Slot()
    def _ask_file(self) -> None:
        item = self.current()
        if item is not None:
            self.file_requested.emit(item)

    @Slot()
    def _ask_redo(self) -> None:
        item = self.current()
        if item is not None:
            self.redo_requested.emit(item)

    @Slot()
    def _on_resend_all(self) -> None:
        self._tasks.spawn(self._resend_all(), name="resend all", when_busy="drop")

    async def _resend_all(self) -> None:
        for item in filter(_leaves_now, self._model.items):
            try:
                await self._model.resend(item.command_id)
            except AviseError as error:
                # The others still leave: one that cannot holds nobody.
                self._fail(error)

    async def _told(self, asked: Coroutine[object, object, OutboxItem], key: str) -> None:
        try:
            await asked
        except AviseError as error:
            self._fail(error)
            return
        if key:
            self._say(text(key))

    async def _verify(self, item: OutboxItem) -> None:
        try:
            found = await self._model.verify(item.command_id)
        except AviseError as error:
            self._fail(error)
            return
        self._say(text("outbox.told.verified", state=text(f"command.state.{found.state}")))

    # ---- two changes of the same thing ---------------------------------------------------------
    @Slot()
    def compare_current(self) -> None:
        """Compare the current command with what its tool holds; the first to compare when it is none."""
        item = self.current()
        if item is None or not may_compare(item):
            item = next(filter(may_compare, self._model.items), None)
        if item is not None:
            self.compare_item(item)

    def compare_item(self, item: OutboxItem) -> None:
        """Compare a command with what its tool holds."""
        self.table.go_to(self.table_model.place_of(item.command_id))
        self._comparing.compare(item)

    # ---- documents -----------------------------------------------------------------------------
    @Slot()
    def open_document(self) -> None:
        """Save the document of the current command where the user says, then open it."""
        self._with_document(opened=True)

    @Slot()
    def save_document(self) -> None:
        """Save the document of the current command where the user says."""
        self._with_document(opened=False)

    def _with_document(self, *, opened: bool) -> None:
        item = self.current()
        if item is not None and item.document_name:
            self._spawn(self._take_document(item, opened=opened), item)

    async def _take_document(self, item: OutboxItem, *, opened: bool) -> None:
        fetch = functools.partial(self._model.document, item.command_id)
        await take_document(fetch, self, self.message.emit, opened=opened)

    # ---- telling -------------------------------------------------------------------------------
    def _spawn(self, coroutine: Coroutine[object, object, None], item: OutboxItem) -> None:
        self._tasks.spawn(coroutine, name=f"outbox {item.command_id}", when_busy="drop")

    def _say(self, sentence: str, icon: str = "circle-check") -> None:
        self.message.emit(Message(sentence, icon))

    def _fail(self, error: AviseError) -> None:
        self.message.emit(failure(error))


def _leaves_now(item: OutboxItem) -> bool:
    return item.state is CommandState.WAITING


def summary(counts: OutboxCounts) -> str:
    """Return the counts in words, what needs a person first; "" when nothing is followed."""
    parts = [
        plural(f"outbox.count.{name}", count)
        for name, count in (
            ("to_handle", counts.to_handle),
            ("to_compare", counts.to_compare),
            ("refused", counts.refused),
            ("to_send", counts.to_send),
        )
        if count
    ]
    return ", ".join(parts)
