"""The form that tells data quality what is wrong in a block ("Signaler une donnée")."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QWidget
from typing_extensions import override

from avise.models.data_report import DataProblem, DataReport
from avise.models.facet_specs import FACETS
from avise.models.facets import FacetView
from avise.models.note_findings import Finding
from avise.services.wording import facet_title, field_label
from avise.texts import text
from avise.ui.customer.discreet import PanelVeil
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.customer.wrap_up_note import FindingsStrip, NoteEdit
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row

WIDTH, _NOTE = 380, 84


class ReportPanel(FloatingPanel):
    """Asks which field, what is wrong, and a precision.

    Args:
        parent: page over which it stands.

    Signals:
        sent: the report (a `DataReport`).
        note_edited: words to check.
        mask_requested: numbers that may not stay are to be masked.
    """

    sent = Signal(object)
    note_edited = Signal(str)
    mask_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(text("report.title"), "flag", WIDTH, parent)
        self._facet = ""
        self.where = Label("", "strong")
        self.field = _choice(text("report.field"))
        self.problem = _choice(text("report.problem"))
        self.source = _choice(text("report.source"))
        for problem in DataProblem:
            self.problem.addItem(text(f"report.problem.{problem}"), problem.value)
        self.note = NoteEdit()
        self.note.setAccessibleName(text("report.note"))
        self.note.setFixedHeight(theme().px(_NOTE))
        self.findings = FindingsStrip()
        self.outcome = Label("", "small", "danger", wrap=True)
        self.outcome.hide()
        self.send = Button(text("report.send"), ButtonKind.PRIMARY, icon="flag", keys=keys_of("validate"))
        self._source_label = Label(text("report.source"), "small-medium")
        self.body.addLayout(
            column(
                self.where,
                Label(text("report.explained"), "small", "meta", wrap=True),
                Label(text("report.field"), "small-medium"),
                self.field,
                self._source_label,
                self.source,
                Label(text("report.problem"), "small-medium"),
                self.problem,
                Label(text("report.note"), "small-medium"),
                self.note,
                self.findings,
                self.outcome,
                row(None, self.send, margins=(0, 4, 0, 0)),
                gap=5,
                margins=(12, 8, 12, 12),
            )
        )
        self.send.clicked.connect(self.submit)
        self.note.edited.connect(self.note_edited)
        self.findings.mask_requested.connect(self.mask_requested)
        self.veil = PanelVeil(self)

    def open_block(self, facet: str, views: Sequence[FacetView], anchor: QPoint) -> None:
        """Ask about a block; the tool is asked for where several feed it."""
        self.forget()
        self._facet = facet
        self.where.setText(facet_title(facet))
        self.field.clear()
        self.field.addItem(text("report.whole_block"), "")
        for field in FACETS[facet].fields:
            self.field.addItem(field_label(facet, field.name), field.name)
        self.source.clear()
        for view in views:
            self.source.addItem(view.source_name, view.source)
        several = self.source.count() > 1
        self.source.setVisible(several)
        self._source_label.setVisible(several)
        self.open_at(anchor)
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def report(self) -> DataReport:
        """Return what the form says."""
        return DataReport(
            self._facet,
            DataProblem(self.problem.currentData()),
            self.field.currentData() or "",
            self.source.currentData() or "",
            self.note.words().strip(),
        )

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Mark what the note may not hold."""
        self.note.mark(findings)
        self.findings.set_findings(findings)
        self.send.setEnabled(not any(finding.blocks for finding in findings))
        self.fit()

    def refuse(self, sentence: str) -> None:
        """Say why the report was not kept; what was written stays."""
        self.outcome.setText(sentence)
        self.outcome.show()
        self.fit()

    @Slot()
    def submit(self) -> None:
        """Send the report."""
        if self.send.isEnabled():
            self.outcome.hide()
            self.sent.emit(self.report())

    @override
    def forget(self) -> None:
        """Empty the form."""
        self.note.load("")
        self.set_findings(())
        self.problem.setCurrentIndex(0)
        self.outcome.hide()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send with Ctrl+Entrée."""
        is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_return and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.submit()
            return
        super().keyPressEvent(event)


def _choice(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    return box
