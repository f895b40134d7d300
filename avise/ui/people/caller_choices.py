"""Who says to be calling: the member, or somebody who may speak for the member, and what for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from avise.models.callers import Caller, CallerKind
from avise.texts import text
from avise.ui.customer.customer_header import caller_words
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear
from avise.ui.widgets.painting import elided

_LINE = 490
"""Room of a line, in pixels at 100 %; what is longer is told by its tooltip."""


class CallerChoices(QWidget):
    """One line a person; hidden while there is nobody but the member.

    Signals:
        chosen: who calls (a `Caller`).
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._callers: tuple[Caller, ...] = ()
        self._buttons: list[Button] = []
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.idClicked.connect(self._on_clicked)
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(2)
        self.setAccessibleName(text("caller.who"))
        self.hide()

    def set_callers(self, callers: Sequence[Caller], current: Caller, *, of_company: bool) -> None:
        """Offer people to choose from.

        Args:
            callers: the member, or the company, first.
            current: who was chosen.
            of_company: whether the file is a company's.
        """
        if tuple(callers) != self._callers:
            self._callers = tuple(callers)
            self._make_lines(of_company=of_company)
        for caller, button in zip(self._callers, self._buttons, strict=True):
            button.setChecked(caller == current)
            button.set_icon("circle-dot" if caller == current else "circle-dashed")
        self.setVisible(len(self._callers) > 1)

    def buttons(self) -> list[Button]:
        """Return the lines."""
        return list(self._buttons)

    def _make_lines(self, *, of_company: bool) -> None:
        for button in self._buttons:
            self._group.removeButton(button)
        clear(self._lines)
        self._buttons = []
        title = Label(text("caller.who"), "small-medium")
        self._lines.addWidget(title)
        title.show()  # a widget added to a panel on screen is shown too late to be measured
        for place, caller in enumerate(self._callers):
            is_company = of_company and caller.kind is CallerKind.MEMBER
            words = text("caller.company") if is_company else caller_words(caller)
            button = Button(
                elided(words, "button", theme().px(_LINE)), ButtonKind.QUIET, icon="circle-dashed"
            )
            button.setAccessibleName(words)
            button.setToolTip(words)
            button.setCheckable(True)
            button.setEnabled(not caller.expired)
            self._group.addButton(button, place)
            self._lines.addWidget(button)
            button.show()
            self._buttons.append(button)

    def _on_clicked(self, place: int) -> None:
        self.chosen.emit(self._callers[place])
