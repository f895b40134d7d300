"""The page: counters, table, and the pane of the tool chosen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QWidget
from typing_extensions import override

from avise.env import Env
from avise.models.bulk_reading import Decision
from avise.models.errors import AviseError
from avise.models.source_status import SourceStatus
from avise.services.bulk_words import act_key, decided_key
from avise.texts import text
from avise.texts.formats import format_time_with_seconds
from avise.ui.aio import Report, TaskScope
from avise.ui.bridge import DeskBridge
from avise.ui.shell.page import Zone
from avise.ui.shortcuts import keys_of
from avise.ui.sources.counters import Counters
from avise.ui.sources.detail import SourceDetail
from avise.ui.sources.sentences import asks_sign_in, can_retry, is_asked, is_held, worst_first
from avise.ui.sources.table import ROW_HEIGHT, SourcesDelegate, SourcesHeader, SourcesTableModel, columns
from avise.ui.theme import theme
from avise.ui.widgets.button import Button
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.line import HorizontalLine, VerticalLine
from avise.ui.widgets.row_list import RowsView
from avise.ui.widgets.toast import Message

REFERENCE_WIDTH = 1330
"""Of the page, in a window of 1400."""
BELOW_WIDTH = 860
"""Narrower, the pane of the tool chosen stands under the table: a small window, or a large zoom."""
_WELL, _LOCKED, _DOWN, _UNVERIFIED = "ok", "needs_auth", "down", "unverified"
"""Of `avise.connectors.contract.Health`, which the first paint does without."""
_STILL = {_LOCKED: "sources.still_locked", _DOWN: "sources.still_down"}
"""What is said of a tool that was tried again in vain."""
_CHECKED = {_LOCKED: "sources.checked_locked", _UNVERIFIED: "sources.checked_unverified"}
"""What is said of tools that were tested; of others that are not well, that they do not answer."""


class SourcesPage(QWidget):
    """How each tool is.

    Args:
        desk: asked for tests, readings and diagnostics.
        env: the clock.
        report: told of failures that no screen shows.
        parent: of the widget.

    Signals:
        message: outcome of an action (a `Message`).
        sign_in_requested: instance of a tool that asks its user to sign in again.
    """

    message = Signal(object)
    sign_in_requested = Signal(str)

    def __init__(self, desk: DeskBridge, env: Env, report: Report, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._env = desk, env
        self._tasks = TaskScope(self, report)
        self._sources: Sequence[SourceStatus] = ()
        self._is_known = False
        """Whether the engine told them: no tool at all is another thing."""
        self._on_screen = False
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seen = ElidedLabel("", "small", "text-2", tabular=True)
        self.counters = Counters()
        self.model = SourcesTableModel(self)
        self.table = RowsView(ROW_HEIGHT, text("sources.table"))
        self.table.setModel(self.model)
        self.table.setItemDelegate(SourcesDelegate(self.table))
        self.table.pressed_at.connect(self._on_pressed)
        self.table.opened.connect(self._on_opened)
        self.table.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.detail = SourceDetail(env)
        self.detail.retry_requested.connect(self.retry)
        self.detail.sign_in_requested.connect(self.sign_in_requested)
        self.detail.check_requested.connect(self.check)
        self.detail.diagnostic_requested.connect(self.copy_diagnostic)
        self.detail.decided.connect(self.decide)
        self._build()

    def _build(self) -> None:
        copy = Button(text("sources.copy_diagnostic"), icon="clipboard-copy")
        copy.clicked.connect(lambda: self.copy_diagnostic(""))
        check_all = Button(text("sources.check_all"), icon="refresh-cw", keys=keys_of("refresh_all"))
        check_all.clicked.connect(self.check_all)
        head = row(
            Label(text("rail.sources"), "title"),
            self._seen,
            copy,
            check_all,
            gap=10,
            margins=(16, 9, 12, 9),
        )
        left = column(
            head,
            HorizontalLine(),
            self.counters,
            HorizontalLine(strong=True),
            SourcesHeader(self.table),
            self.table,
        )
        self._panes = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._panes.setContentsMargins(0, 0, 0, 0)
        self._panes.setSpacing(0)
        self._panes.addLayout(left, 3)
        self._edge = VerticalLine(strong=True)
        self._panes.addWidget(self._edge)
        self._line = HorizontalLine(strong=True)
        self._panes.addWidget(self._line)
        self._panes.addWidget(self.detail, 0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the rules of width."""
        below = self.width() < theme().px(BELOW_WIDTH)
        directions = QBoxLayout.Direction
        self._panes.setDirection(directions.TopToBottom if below else directions.LeftToRight)
        self._panes.setStretch(3, 2 if below else 0)
        self._edge.setVisible(not below)
        self._line.setVisible(below)
        self.detail.set_room(narrow=self.width() < theme().px(REFERENCE_WIDTH), below=below)
        super().resizeEvent(event)

    # ---- page of the rail --------------------------------------------------------------------
    def zones(self) -> list[Zone]:
        """Return the table and the pane."""
        return [("zone.sources", self.table), ("zone.source_detail", self.detail)]

    def activate(self) -> None:
        """Show the tools as they are by now, and count down to the next try."""
        self._on_screen = True
        self.detail.set_ticking(ticking=True)
        self._show()
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            # Qt gives it to the first button when the page before goes.
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def deactivate(self) -> None:
        """Stop counting; what comes meanwhile is shown at the next visit."""
        self._on_screen = False
        self.detail.set_ticking(ticking=False)

    async def aclose(self) -> None:
        """End what is under way."""
        self.detail.set_ticking(ticking=False)
        await self._tasks.aclose()

    # ---- what it shows -----------------------------------------------------------------------
    def show_sources(self, sources: Sequence[SourceStatus] | None) -> None:
        """Show the tools as they are now; the one chosen stays chosen; None while nobody knows them."""
        self._sources, self._is_known = worst_first(sources or ()), sources is not None
        if self._on_screen:
            self._show()

    def _show(self) -> None:
        chosen = self.detail.source
        now = self._env.now()
        seen = text("sources.seen", time=format_time_with_seconds(now))
        self._seen.setText(seen if self._is_known else text("day.tools_unknown"))
        self.counters.show_sources(self._sources)
        self.model.show_rows(self._sources, now)
        row_to_show = self.model.place_of(chosen.instance) if chosen is not None else 0
        self.table.go_to(max(row_to_show, 0))
        self.detail.show_source(self.model.row_at(self.table.current_row()))

    @Slot(QModelIndex, QModelIndex)
    def _on_row_changed(self, index: QModelIndex, _before: QModelIndex) -> None:
        self.detail.show_source(self.model.row_at(index.row()))

    # ---- actions -----------------------------------------------------------------------------
    def refresh(self, *, everything: bool) -> None:
        """Do what F5 and Ctrl+F5 say here: read the tool chosen again, test all of them."""
        source = self.detail.source
        if everything:
            self.check_all()
        elif source is not None and (is_asked(source) or can_retry(source)):
            self._help(source)

    @Slot(QModelIndex, int)
    def _on_pressed(self, index: QModelIndex, left: int) -> None:
        source = self.model.row_at(index.row())
        action = next(place for place in columns(self.table.viewport().width()) if place.name == "action")
        if source is not None and can_retry(source) and left >= action.left:
            self._help(source)

    @Slot(QModelIndex)
    def _on_opened(self, index: QModelIndex) -> None:
        source = self.model.row_at(index.row())
        if source is not None and can_retry(source):
            self._help(source)

    def _help(self, source: SourceStatus) -> None:
        """Do what the row offers."""
        if asks_sign_in(source):
            self.sign_in_requested.emit(source.instance)
        else:
            self.retry(source.instance)

    @Slot(str)
    def retry(self, instance: str) -> None:
        """Let the tool be asked again now."""
        self._tasks.spawn(self._retry(instance), name=f"retry {instance}", when_busy="drop")

    @Slot(str)
    def check(self, instance: str) -> None:
        """Ask the tool whether it answers."""
        self._tasks.spawn(self._check((instance,)), name="check", when_busy="drop")

    @Slot(str, object)
    def decide(self, instance: str, decision: Decision) -> None:
        """Tell what the user decides about what waits."""
        self._tasks.spawn(self._decide(instance, decision), name="decide", when_busy="drop")

    def show_held(self) -> None:
        """Show the tool that waits for a decision, its first button ready."""
        held = next((one for one in self._sources if is_held(one)), None)
        if held is None:
            self._tell(text("bulk.nothing_held"), "circle-check")
            return
        self.table.go_to(self.model.place_of(held.instance))
        self.detail.focus_button(text(act_key(held.bulk, Decision.KEEP)))

    @Slot()
    def check_all(self) -> None:
        """Ask every tool that can be asked."""
        names = tuple(source.instance for source in self._sources if is_asked(source))
        self._tasks.spawn(self._check(names), name="check", when_busy="drop")

    @Slot(str)
    def copy_diagnostic(self, instance: str) -> None:
        """Copy a diagnostic without personal data; "" for all tools."""
        self._tasks.spawn(self._copy(instance), name="diagnostic")

    async def _retry(self, instance: str) -> None:
        try:
            await self._desk.retry_source(instance)
        except AviseError as error:
            self._say(error)
            return
        key = _STILL.get(await self._health(instance), "sources.retried")
        icon = "rotate-cw" if key == "sources.retried" else "circle-x"
        self._tell(text(key, source=self._name(instance)), icon)

    async def _check(self, instances: Sequence[str]) -> None:
        answers = await asyncio.gather(*map(self._health, instances))
        found: dict[str, list[str]] = {}
        for name, health in zip(instances, answers, strict=True):
            if health != _WELL:
                key = _CHECKED.get(health, "sources.checked_ill")
                found.setdefault(key, []).append(self._name(name))
        if found:
            sentences = [text(key, names=", ".join(names)) for key, names in sorted(found.items())]
            ill = set(found) != {_CHECKED[_UNVERIFIED]}
            self._tell(". ".join(sentences), "circle-x" if ill else "circle-dashed")
        elif len(instances) == 1:
            self._tell(text("sources.checked_one", source=self._name(instances[0])), "circle-check")
        else:
            self._tell(text("sources.checked_all", count=len(instances)), "circle-check")

    async def _decide(self, instance: str, decision: Decision) -> None:
        bulk = next((one.bulk for one in self._sources if one.instance == instance), None)
        try:
            await self._desk.decide_bulk(instance, decision)
        except AviseError as error:
            self._say(error)
            return
        self._tell(text(decided_key(bulk, decision)), "circle-check")

    async def _health(self, instance: str) -> str:
        """Return what the tool answers, as `avise.connectors.contract.Health` names it."""
        try:
            return (await self._desk.check_source(instance)).health
        except AviseError:
            return _DOWN

    async def _copy(self, instance: str) -> None:
        try:
            diagnostic = await self._desk.diagnostic(instance)
        except AviseError as error:
            self._say(error)
            return
        QGuiApplication.clipboard().setText(diagnostic)
        self._tell(text("sources.copied"), "clipboard-copy")

    def _name(self, instance: str) -> str:
        return next((one.name for one in self._sources if one.instance == instance), instance)

    def _tell(self, sentence: str, icon: str) -> None:
        self.message.emit(Message(sentence, icon))

    def _say(self, error: AviseError) -> None:
        self.message.emit(Message(text(error.message_key, **error.params), "circle-x", is_error=True))
