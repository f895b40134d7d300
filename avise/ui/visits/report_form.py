"""The report of a visit: outcome, words, next appointment, requests and summary, in five minutes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from avise.services.visit_values import (
    Delivery,
    ProposedRequest,
    VisitDetail,
    VisitNeed,
    VisitOutcome,
    VisitReport,
)
from avise.texts import text
from avise.texts.formats import local
from avise.ui.customer.wrap_up_callback import DueEdit
from avise.ui.theme import theme
from avise.ui.widgets.check_box import CheckBox
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column, row
from avise.ui.widgets.marked_text import MarkedText
from avise.ui.widgets.segmented import Segmented

_NOTE_HEIGHT = 64
_NEXT_AFTER = timedelta(days=14)
_NEXT_HOUR = 10
_SATURDAY, _MONDAY_AFTER = 5, 7


class _Note(MarkedText):
    """Free text; what may not stay is told when it is kept."""

    def mark_again(self) -> None:
        """Nothing is marked under the words."""


REFUSED = "refused_"
"""Begins the outcomes that stand in a row of their own."""


class Outcomes(QWidget):
    """The outcomes in two rows, those of a refusal apart; one is in force, the arrows take the next.

    Signals:
        chosen: the outcome taken (a `VisitOutcome`).
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        refusals = [found for found in VisitOutcome if found.startswith(REFUSED)]
        others = [found for found in VisitOutcome if found not in refusals]
        self.met = Segmented(
            [(found.value, text(f"visit.outcome.{found}")) for found in others], "", text("visit.outcome")
        )
        self.refused = Segmented(
            [(found.value, text(f"visit.{found}")) for found in refusals], "", text("visit.refused")
        )
        for part in (self.met, self.refused):
            part.chosen.connect(self._on_taken)
        self.setLayout(
            column(
                row(self.met, None),
                row(Label(text("visit.refused"), "body", "muted"), self.refused, None, gap=10),
                gap=6,
            )
        )

    def _on_taken(self, key: str) -> None:
        self.show_outcome(VisitOutcome(key))
        self.chosen.emit(VisitOutcome(key))

    def show_outcome(self, outcome: VisitOutcome | None) -> None:
        """Show the outcome in force."""
        for part in (self.met, self.refused):
            part.set_current(outcome.value if outcome is not None else "")

    def focus_current(self) -> None:
        """Take focus on the row of the outcome in force, else on the first."""
        (self.refused if self.refused.place() is not None else self.met).setFocus()


class ReportForm(QWidget):
    """The fields of the report.

    Args:
        now: the clock.
        parent: of the widget.

    Signals:
        changed: the report as it now is (a `VisitReport`).
    """

    changed = Signal(object)

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._report = VisitReport()
        self.outcomes = Outcomes()
        self.objections = _line("visit.objections")
        self.note = _Note(text("visit.note"), _NOTE_HEIGHT, opens_at_end=True)
        self.note.setPlaceholderText(text("visit.note_hint"))
        self.next_step = _line("visit.next_step")
        self.next_step.setPlaceholderText(text("visit.next_step_hint"))
        self.wants_appointment = CheckBox(text("visit.next_appointment_wanted"))
        self.appointment = DueEdit()
        self.appointment.setAccessibleName(text("visit.next_appointment"))
        self._answer = Label("", "small", "meta")
        self.recap = CheckBox(text("visit.recap"))
        self._no_recap = Label(text("visit.recap_impossible"), "small", "meta", wrap=True)
        self._no_request = Label("", "small", "meta", wrap=True)
        self.requests: dict[str, CheckBox] = {}
        self._proposed: tuple[ProposedRequest, ...] = ()
        self._request_lines = QVBoxLayout()
        self._build()
        self._connect()

    def _build(self) -> None:
        def titled(key: str, *parts: QWidget) -> QVBoxLayout:
            return column(Label(text(key), "small-strong", "muted"), *parts, gap=4)

        when = row(self.wants_appointment, self.appointment, None, gap=10)
        appointment = QWidget()
        appointment.setLayout(column(when, self._answer, gap=2))
        self._request_lines.setSpacing(0)
        requests = column(
            Label(text("visit.requests"), "small-strong", "muted"), self._no_request, self._request_lines,
            gap=4,
        )  # fmt: skip
        layout = column(
            titled("visit.outcome", self.outcomes),
            titled("visit.objections", self.objections),
            titled("visit.note", self.note),
            titled("visit.next_step", self.next_step),
            titled("visit.next_appointment", appointment),
            requests,
            column(self.recap, self._no_recap, gap=2),
            None,
            gap=11,
        )
        self.setLayout(layout)
        self.appointment.setFixedWidth(theme().px(190))
        self._answer.hide()

    def _connect(self) -> None:
        self.outcomes.chosen.connect(lambda outcome: self._write(outcome=outcome))
        self.objections.textEdited.connect(lambda words: self._write(objections=words))
        self.note.edited.connect(lambda words: self._write(note=words))
        self.next_step.textEdited.connect(lambda words: self._write(next_step=words))
        self.wants_appointment.toggled.connect(self._on_appointment)
        self.appointment.dateTimeChanged.connect(self._on_appointment)
        self.recap.toggled.connect(lambda wanted: self._write(recap_by_email=wanted))

    # ---- content -----------------------------------------------------------------------------
    def show_report(self, report: VisitReport) -> None:
        """Show a report that was read; nothing is told to have been typed."""
        self._report = report
        blocked = [self, self.appointment, self.wants_appointment, self.recap]
        before = [widget.blockSignals(True) for widget in blocked]
        self.outcomes.show_outcome(report.outcome)
        for field, words in ((self.objections, report.objections), (self.next_step, report.next_step)):
            if field.text() != words:
                field.setText(words)
        self.note.load(report.note)
        self.wants_appointment.setChecked(report.next_appointment is not None)
        self.appointment.setVisible(report.next_appointment is not None)
        self.appointment.set_due(report.next_appointment or self._usual())
        self.recap.setChecked(report.recap_by_email)
        for name, box in self.requests.items():
            self._tick(box, ticked=name in report.requests)
        for widget, was in zip(blocked, before, strict=True):
            widget.blockSignals(was)

    def show_detail(self, detail: VisitDetail) -> None:
        """Show what goes with the report: requests, where the appointment is, whether one may write."""
        self._show_requests(detail.proposed_requests)
        self.recap.setEnabled(detail.can_recap or self.recap.isChecked())
        self._no_recap.setVisible(not detail.can_recap and detail.row.person is not None)
        answer = detail.appointment
        self._answer.setVisible(answer is not None)
        if answer is not None:
            self._answer.setText(text("visit.appointment_waits", state=text(f"visit.delivery.{answer}")))
            self._answer.set_tone("warn" if answer is Delivery.TO_CORRECT else "meta")

    def _show_requests(self, proposed: Sequence[ProposedRequest]) -> None:
        chosen = self._report.outcome is not None
        self._no_request.setText(text("visit.requests.none" if chosen else "visit.requests.first"))
        self._no_request.setVisible(not proposed)
        if tuple(proposed) == self._proposed:
            return
        self._proposed = tuple(proposed)
        clear(self._request_lines)
        self.requests = {}
        for request in proposed:
            box = CheckBox(_request_words(request))
            self._tick(box, ticked=request.id in self._report.requests or request.filed)
            box.setEnabled(not request.filed)
            box.toggled.connect(self._on_requests)
            self.requests[request.id] = box
            self._request_lines.addWidget(box)
        before: QWidget = self.appointment
        for box in (*self.requests.values(), self.recap):
            QWidget.setTabOrder(before, box)
            before = box

    @staticmethod
    def _tick(box: CheckBox, *, ticked: bool) -> None:
        was = box.blockSignals(True)
        box.setChecked(ticked)
        box.blockSignals(was)
        box.update()

    # ---- what is typed -----------------------------------------------------------------------
    def report_with(self, needs: tuple[VisitNeed, ...]) -> VisitReport:
        """Return the report as it is typed, with the needs that are told elsewhere."""
        self._report = replace(self._report, needs=needs)
        return self._report

    def _write(self, **changed: object) -> None:
        report = replace(self._report, **changed)  # type: ignore[arg-type]  # fields of the report
        if report != self._report:
            self._report = report
            self.changed.emit(report)

    @Slot()
    def _on_appointment(self) -> None:
        wanted = self.wants_appointment.isChecked()
        self.appointment.setVisible(wanted)
        self._write(next_appointment=self.appointment.due() if wanted else None)

    @Slot()
    def _on_requests(self) -> None:
        self._write(requests=tuple(name for name, box in self.requests.items() if box.isChecked()))

    def _usual(self) -> datetime:
        day = local(self._now() + _NEXT_AFTER)
        # Two weeks from a Saturday's round is a Saturday: the Monday after is proposed.
        if day.weekday() >= _SATURDAY:
            day += timedelta(days=_MONDAY_AFTER - day.weekday())
        return day.replace(hour=_NEXT_HOUR, minute=0, second=0, microsecond=0)


def _line(key: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(text(key))
    return field


def _request_words(request: ProposedRequest) -> str:
    if request.filed:
        return text("visit.request_filed", label=request.label)
    return text("visit.request_proposed", label=request.label, because=request.because)
