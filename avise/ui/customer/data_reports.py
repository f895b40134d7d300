"""Reports of wrong data on a customer's page: the form, its note checked, what came of it."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.models.data_report import DataReport
from avise.models.errors import AviseError
from avise.texts import text
from avise.ui.aio import Report, TaskScope
from avise.ui.bridge import DeskBridge
from avise.ui.customer.report_panel import ReportPanel
from avise.ui.customer.view_model import CustomerViewModel


class CustomerReports(QObject):
    """Opens the form and sends what it says.

    Args:
        desk: the services.
        model: of the customer.
        report: told of failures that no screen shows.
        page: over which the form stands.

    Signals:
        acted: a sentence and an act that can be taken back.
    """

    acted = Signal(str, object)

    def __init__(self, desk: DeskBridge, model: CustomerViewModel, report: Report, page: QWidget) -> None:
        super().__init__(page)
        self._desk, self._model, self._page = desk, model, page
        self.tasks = TaskScope(self, report)

    @cached_property
    def panel(self) -> ReportPanel:
        """The form, made at its first use."""
        panel = ReportPanel(self._page)
        panel.sent.connect(self._on_sent)
        panel.note_edited.connect(self._on_note_edited)
        panel.mask_requested.connect(self._on_mask_requested)
        return panel

    def open(self, facet: str, anchor: QPoint) -> None:
        """Ask what is wrong in a block."""
        self.panel.open_block(facet, self._model.views(facet), anchor)

    @Slot(object)
    def _on_sent(self, report: DataReport) -> None:
        self.tasks.spawn(self._send(report), name="report data", when_busy="drop")

    async def _send(self, report: DataReport) -> None:
        try:
            act = await self._desk.report_data(self._model.person, report)
        except AviseError as error:
            self.panel.refuse(text(error.message_key, **error.params))
            return
        self.panel.close_panel()
        self._model.note_deed("reported", report.facet)
        self.acted.emit(text("report.done"), act)

    @Slot(str)
    def _on_note_edited(self, words: str) -> None:
        self.tasks.spawn(self._check(words), name="check the note")

    async def _check(self, words: str) -> None:
        self.panel.set_findings(await self._desk.check_note(words))

    @Slot()
    def _on_mask_requested(self) -> None:
        from avise.models.free_text import masked_note  # noqa: PLC0415 - checks numbers, rarely needed

        masked = masked_note(self.panel.note.words())
        self.panel.note.load(masked)
        self._on_note_edited(masked)
