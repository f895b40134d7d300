"""The pane of one tool: what happens, what is shown in its place, where, since when, whom to call."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from avise.env import Env
from avise.models.source_status import SourceStatus
from avise.services.certificate_words import certificate_sentence
from avise.texts import text
from avise.ui.shortcuts import keys_of
from avise.ui.sources.bulk import bulk_section
from avise.ui.sources.charts import LatencyChart
from avise.ui.sources.flow import FlowLayout
from avise.ui.sources.marked_line import marked_line
from avise.ui.sources.sentences import (
    asks_sign_in,
    attempt_line,
    can_retry,
    chart_sentence,
    conformance,
    countdown,
    explained,
    file_line,
    instead,
    is_asked,
    retry_word,
    since,
    to_do,
)
from avise.ui.sources.table import state_chip
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.chip import Chip, ChipSpec, Tone
from avise.ui.widgets.detail_pane import MARGINS, DetailPane, titled
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row

ATTEMPTS = 6


class SourceDetail(DetailPane):
    """The pane.

    Args:
        env: the clock, for the next try.
        parent: of the widget.

    Signals:
        sign_in_requested: instance of the tool to sign in at.
        retry_requested: instance of the tool to read again.
        check_requested: instance of the tool to ask whether it answers.
        diagnostic_requested: instance of the tool.
        decided: instance of the tool, and what the user decides about what waits (a `Decision`).
    """

    sign_in_requested = Signal(str)
    retry_requested = Signal(str)
    check_requested = Signal(str)
    diagnostic_requested = Signal(str)
    decided = Signal(str, object)

    def __init__(self, env: Env, parent: QWidget | None = None) -> None:
        super().__init__(text("sources.detail"), parent)
        self._env = env
        self._source: SourceStatus | None = None
        self._countdown = Label("", "body", "muted", tabular=True)
        self.chart = LatencyChart()

    @property
    def source(self) -> SourceStatus | None:
        """The tool shown."""
        return self._source

    def show_source(self, source: SourceStatus | None) -> None:
        """Show another tool, or the same one as it is now."""
        if source == self._source:
            return
        self._source = source
        focused = self.focused_button()
        self.show_sections(self._parts(source) if source is not None else ())
        self.tick()
        self.focus_button(focused)

    def _parts(self, source: SourceStatus) -> tuple[QWidget | None, ...]:
        now = self._env.now()
        return (
            self._head(source, now),
            bulk_section(source.bulk, source.name, now, partial(self.decided.emit, source.instance)),
            _file_section(source, now),
            self._chart_section(source),
            _instead_section(source, now),
            _facets_section(source),
            _attempts_section(source),
            _support_section(source),
        )

    def _head(self, source: SourceStatus, now: datetime) -> QWidget:
        self._countdown = Label("", "body", "muted", tabular=True)
        box = QWidget()
        content = column(
            row(
                Label(source.name, "list-title"),
                Label(source.owner, "small", "meta"),
                None,
                Chip(state_chip(source.state, since(source, now))),
                gap=8,
            ),
            Label(explained(source, now), "body", wrap=True),
            self._countdown,
            gap=6,
            margins=MARGINS,
        )
        if advice := to_do(source):
            content.addWidget(Label(advice, "body", "muted", wrap=True))
        if ending := certificate_sentence(source, now):
            content.addLayout(marked_line("triangle-alert", "warn-solid", ending))
        if is_asked(source) or can_retry(source):
            content.addLayout(self._buttons(source))
        if proven := conformance(source):
            content.addWidget(Label(proven, "small", "meta", wrap=True))
        box.setLayout(content)
        return box

    def _buttons(self, source: SourceStatus) -> QVBoxLayout:
        asks = asks_sign_in(source)
        retry = Button(
            retry_word(source),
            ButtonKind.PRIMARY if can_retry(source) and not asks else ButtonKind.PLAIN,
            icon="rotate-cw",
            keys="" if asks else keys_of("refresh_block"),
        )
        retry.clicked.connect(lambda: self.retry_requested.emit(source.instance))
        check = Button(text("sources.check"), icon="gauge")
        check.clicked.connect(lambda: self.check_requested.emit(source.instance))
        copy = Button(icon="clipboard-copy", name=text("sources.copy_diagnostic_of", source=source.name))
        copy.clicked.connect(lambda: self.diagnostic_requested.emit(source.instance))
        buttons = row(retry, check, copy, None, gap=6, margins=(0, 6, 0, 0))
        if not asks:
            return column(buttons)
        keys = keys_of("refresh_block")
        reconnect = Button(text("tool_sign_in.action"), ButtonKind.PRIMARY, icon="lock", keys=keys)
        reconnect.clicked.connect(lambda: self.sign_in_requested.emit(source.instance))
        return column(row(reconnect, None, margins=(0, 6, 0, 0)), buttons)

    def _chart_section(self, source: SourceStatus) -> QWidget | None:
        if len(source.samples_ms) < 2:
            return None
        self.chart = LatencyChart()
        self.chart.show_samples(source.samples_ms, source.state, chart_sentence(source))
        title = row(
            Label(text("sources.chart", count=len(source.samples_ms)), "strong"),
            None,
            Label(text("unit.seconds"), "small", "meta"),
        )
        box = QWidget()
        box.setLayout(column(title, self.chart, gap=6, margins=MARGINS))
        return box

    @override
    def tick(self) -> None:
        """Count down to the next try."""
        words = countdown(self._source, self._env.now()) if self._source is not None else ""
        self._countdown.setText(words)
        self._countdown.setVisible(bool(words))


def _file_section(source: SourceStatus, now: datetime) -> QWidget | None:
    line = file_line(source, now)
    if line is None:
        return None
    icon, sentence = line
    box, content = titled(text("sources.file"))
    content.addLayout(marked_line(icon, "danger-solid" if icon == "circle-x" else "ok-solid", sentence))
    return box


def _instead_section(source: SourceStatus, now: datetime) -> QWidget | None:
    lines = instead(source, now)
    if not lines:
        return None
    box, content = titled(text("sources.instead"))
    for icon, sentence in lines:
        content.addLayout(marked_line(icon, "warn-solid" if icon == "history" else "text-2", sentence))
    return box


def _facets_section(source: SourceStatus) -> QWidget | None:
    if not source.facets:
        return None
    box, content = titled(text("sources.where"))
    chips = FlowLayout(theme().px(6))
    for facet in source.facets:
        chips.addWidget(Chip(ChipSpec(text("sources.in_file", facet=text(f"facet.{facet}")), Tone.OUTLINE)))
    content.addLayout(chips)
    return box


def _attempts_section(source: SourceStatus) -> QWidget | None:
    if not source.attempts:
        return None
    box, content = titled(text("sources.attempts"))
    for attempt in source.attempts[:ATTEMPTS]:
        moment, outcome = attempt_line(attempt, source)
        tone = "text" if attempt.outcome == "ok" else "danger"
        content.addLayout(
            row(Label(moment, "small", "meta", tabular=True), Label(outcome, "small", tone), None, gap=10)
        )
    return box


def _support_section(source: SourceStatus) -> QWidget | None:
    if not source.support:
        return None
    box, content = titled(text("sources.whom"))
    content.addWidget(Label(source.support, "body", "muted", wrap=True))
    return box
