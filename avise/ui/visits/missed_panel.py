"""Why a visit did not take place."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.form_panel import Field, FormPanel


class MissedPanel(FormPanel):
    """One line of words, which may stay empty.

    Signals:
        missed: the reason.
    """

    missed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(text("visit.missed"), "circle-slash", text("visit.missed.confirm"), parent)
        self.reason = Field(text("visit.missed.why"))
        self.content.addWidget(self.reason)

    def focus_first(self) -> None:
        """Take focus on the reason, empty."""
        self.reason.edit.clear()
        self.reason.edit.setFocus()

    @Slot()
    @override
    def submit(self) -> None:
        """Note it."""
        self.close_panel()
        self.missed.emit(self.reason.words())
