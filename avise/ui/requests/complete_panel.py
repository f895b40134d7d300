"""The form of a request that exists already: what lacks is typed, and only what changed is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from avise.models.journal import EventKind
from avise.services.request_values import FormField, RequestDeed, TypedField
from avise.texts import text
from avise.ui.form_panel import FormPanel
from avise.ui.new_request.fields import WIDE_KINDS, RequestField
from avise.ui.theme import theme
from avise.ui.widgets.label import Label

WIDTH = 520


class CompletePanel(FormPanel):
    """Fields that may be completed; it stays until what was typed is kept.

    Args:
        now: the clock.
        parent: page over which it stands.

    Signals:
        wanted: what is to be done (a `RequestDeed`).
    """

    wanted = Signal(object)

    def __init__(self, now: Callable[[], datetime], parent: QWidget) -> None:
        words = text("request_panel.complete.submit")
        super().__init__(text("request_panel.complete"), "pen-line", words, parent, WIDTH)
        self._now = now
        self.fields: dict[str, RequestField] = {}
        self._form = QWidget()
        self.content.addWidget(self._form)
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.hide()
        self.content.addWidget(self._problem)

    def ready(self, asked: Sequence[FormField]) -> None:
        """Ask these fields, each with what it holds now."""
        before, self._form = self._form, QWidget()
        self.content.replaceWidget(before, self._form)
        before.hide()
        before.deleteLater()
        grid = QGridLayout(self._form)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme().px(14))
        grid.setVerticalSpacing(theme().px(9))
        self.fields, place = {}, 0
        for each in asked:
            made = RequestField(each, self._now(), self._form)
            made.set_value(each.value)
            self.fields[each.id] = made
            wide = each.kind in WIDE_KINDS
            place += place % 2 if wide else 0
            span = 2 if wide else 1
            grid.addWidget(made, place // 2, place % 2, 1, span, Qt.AlignmentFlag.AlignTop)
            place += span
        self.show_problem("")

    def focus_first(self) -> None:
        """Go to the first field that lacks, else to the first one."""
        fields = list(self.fields.values())
        empty = [field for field in fields if field.asked.required and not field.value()]
        for field in (empty or fields)[:1]:
            field.take_focus()

    def typed(self) -> Mapping[str, TypedField]:
        """Return what was changed, beside what stood there."""
        return {
            name: TypedField(field.value(), field.asked.value)
            for name, field in self.fields.items()
            if field.value().strip() != field.asked.value.strip()
        }

    def show_problem(self, sentence: str) -> None:
        """Say what is wrong and what to do; "" takes it away."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        self.fit()

    def problem(self) -> str:
        """Return what is said to be wrong."""
        return self._problem.text()

    @Slot()
    def submit(self) -> None:
        """Send what was changed."""
        typed = self.typed()
        if typed:
            self.wanted.emit(RequestDeed(EventKind.REQUEST_COMPLETED, typed=typed))
        else:
            self.show_problem(text("request_panel.complete.nothing"))
