"""The visit on screen: its head, the needs and the report, and the foot that says what is kept where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

from avise.services.visit_values import VisitDetail, VisitReport
from avise.texts import text
from avise.texts.formats import format_duration, format_moment, format_time
from avise.ui.shortcuts import keys_of
from avise.ui.visits.needs_form import NeedsForm
from avise.ui.visits.report_form import ReportForm
from avise.ui.visits.tabs import PartTabs
from avise.ui.visits.wording import delivery_spec, state_words
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.chip import Chip, ChipSpec
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.line import HorizontalLine

NEEDS, REPORT = "needs", "report"


class VisitPane(QWidget):
    """The middle of the page.

    Args:
        now: the clock.
        parent: of the widget.

    Signals:
        report_changed: the report as it is now typed (a `VisitReport`).
        begin_requested: the visit begins.
        end_requested: the visit ends.
        missed_requested: the visit did not take place.
        customer_requested: the customer's file is wanted.
    """

    report_changed = Signal(object)
    begin_requested = Signal()
    end_requested = Signal()
    missed_requested = Signal()
    customer_requested = Signal()

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._now = now
        self._report = VisitReport()
        self.title = ElidedLabel("", "title")
        self._when = Label("", "small", "meta", tabular=True)
        self.delivery = Chip(ChipSpec(""))
        self.open = Button(text("visit.open_customer"), icon="arrow-up-right", small=True)
        self.tabs = PartTabs(
            ((NEEDS, text("visit.tab.sheet")), (REPORT, text("visit.tab.report"))), text("visit.title")
        )
        self.needs, self.form = NeedsForm(), ReportForm(now)
        self._unknown = Label(text("visit.unknown_person_explained"), "body", "muted", wrap=True)
        self.parts = QStackedWidget()
        self.saved = Label("", "small", "meta", tabular=True)
        self.missed = Button(text("visit.missed"), ButtonKind.QUIET, icon="circle-slash")
        self.begin = Button(text("visit.start"), icon="circle-dot", small=True)
        self.end = Button(text("visit.end"), ButtonKind.PRIMARY, icon="check", keys=keys_of("visit_end"))
        self._nothing = Label(text("visit.choose"), "body", "meta")
        self._shown = QWidget()
        self._build()
        self._connect()
        self.show_detail(None)

    def _build(self) -> None:
        head = row(self.title, self._when, self.open, self.begin, gap=10, margins=(16, 9, 14, 2))
        tabs = row(self.tabs, None, self.delivery, margins=(8, 0, 14, 0))
        needs = column(
            Label(text("visit.needs"), "strong"),
            Label(text("visit.needs.explained"), "small", "meta", wrap=True),
            self._unknown,
            self.needs,
            None,
            gap=8,
            margins=(16, 12, 16, 12),
        )
        report = column(self.form, margins=(16, 12, 16, 12))
        for part, zone in ((needs, "zone.visit_sheet"), (report, "zone.visit_report")):
            content = QWidget()
            content.setLayout(part)
            scroll = QScrollArea()
            scroll.setWidget(content)
            scroll.setWidgetResizable(True)
            scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            scroll.setAccessibleName(text(zone))
            self.parts.addWidget(scroll)
        foot = row(self.missed, None, self.saved, self.end, gap=10, margins=(8, 9, 14, 9))
        inside = column(
            head, tabs, HorizontalLine(strong=True), self.parts, HorizontalLine(strong=True), foot
        )
        inside.setStretch(3, 1)
        self._shown.setLayout(inside)
        layout = column(self._shown, self._nothing)
        layout.setAlignment(self._nothing, Qt.AlignmentFlag.AlignCenter)
        self.setLayout(layout)

    def _connect(self) -> None:
        self.tabs.chosen.connect(self.show_part)
        self.needs.changed.connect(self._on_needs)
        self.form.changed.connect(self._on_form)
        self.begin.clicked.connect(self.begin_requested)
        self.end.clicked.connect(self.end_requested)
        self.missed.clicked.connect(self.missed_requested)
        self.open.clicked.connect(self.customer_requested)

    # ---- content -----------------------------------------------------------------------------
    @Slot(str)
    def show_part(self, part: str) -> None:
        """Show the needs or the report."""
        self.tabs.set_current(part)
        self.parts.setCurrentIndex(0 if part == NEEDS else 1)

    def focus_part(self, part: str) -> None:
        """Show a part and begin on it."""
        self.show_part(part)
        if part == NEEDS:
            self.needs.focus_first()
        else:
            self.form.outcomes.focus_current()

    def show_detail(self, detail: VisitDetail | None) -> None:
        """Show what is known of the visit; None while nothing is."""
        self._shown.setVisible(detail is not None)
        self._nothing.setVisible(detail is None)
        if detail is None:
            return
        shown = detail.row
        self.title.setText(shown.title)
        self._when.setText(self._when_words(detail))
        self.delivery.setVisible(shown.delivery is not None)
        if shown.delivery is not None:
            self.delivery.set_spec(delivery_spec(shown.delivery))
            self.delivery.setToolTip(text(f"visit.delivery_explained.{shown.delivery}"))
        self.open.setVisible(shown.person is not None)
        self._unknown.setVisible(shown.person is None)
        self.form.show_detail(detail)

    def _when_words(self, detail: VisitDetail) -> str:
        words = format_time(detail.row.starts_at)
        if detail.started_at is not None and detail.row.state == "under_way":
            spent = max(self._now() - detail.started_at, timedelta())
            return f"{words}, {text('visit.since_minutes', duration=format_duration(spent))}"
        return f"{words}, {state_words(detail.row)}"

    def show_report(self, report: VisitReport) -> None:
        """Show a report that was read."""
        self._report = report
        self.needs.show_needs(report.needs)
        self.form.show_report(report)

    def show_buttons(self, *, may_begin: bool, may_end: bool, done: bool) -> None:
        """Offer what can be done now."""
        self.end.setEnabled(may_end)
        self.begin.setVisible(may_begin)
        self.missed.setVisible(not done)
        self.end.setText(text("visit.correct" if done else "visit.end"))
        self.end.updateGeometry()

    def show_saved(self, saved_at: datetime | None, refusal: str, *, dirty: bool) -> None:
        """Say where what was typed is; never "kept" of what is not on the disk."""
        if refusal:
            words, tone = text("visit.save_refused", why=refusal), "danger"
        elif dirty:
            words, tone = text("visit.not_saved"), "meta"
        elif saved_at is not None:
            words, tone = text("visit.saved_here", time=format_moment(saved_at, self._now())), "meta"
        else:
            words, tone = "", "meta"
        self.saved.setText(words)
        self.saved.set_tone(tone)

    # ---- what is typed -----------------------------------------------------------------------
    @Slot(object)
    def _on_needs(self, needs: tuple[object, ...]) -> None:
        del needs
        self._tell()

    @Slot(object)
    def _on_form(self, _report: VisitReport) -> None:
        self._tell()

    def _tell(self) -> None:
        self._report = self.form.report_with(self.needs.needs())
        self.report_changed.emit(self._report)
