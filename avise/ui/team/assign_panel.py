"""To whom late requests are given."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.services.request_values import ColleagueRow
from avise.texts import plural, text
from avise.ui.form_panel import FormPanel
from avise.ui.requests.choice_field import Choice, ChoiceField
from avise.ui.team.members import away_words


class GivePanel(FormPanel):
    """One colleague among those who work in the corbeilles.

    Signals:
        taken: login of whoever gets them.
    """

    taken = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(text("team.give"), "users", text("team.give.submit"), parent)
        self.people = ChoiceField(text("team.give.to"))
        self.content.addWidget(self.people)
        self.people.taken.connect(self.submit)

    def ready(self, takers: Sequence[ColleagueRow], count: int) -> None:
        """Offer these colleagues, the least loaded first."""
        self.title.setText(plural("team.give.title", count))
        self.setAccessibleName(self.title.text())
        self.people.show_choices(
            [
                Choice(row.login, row.name, away_words(row) or plural("team.total.open", row.open_requests))
                for row in takers
            ]
        )

    def focus_first(self) -> None:
        """Take focus on the colleagues."""
        self.people.focus_first()

    @Slot()
    @override
    def submit(self) -> None:
        """Give them."""
        login = self.people.current()
        if not login:
            self.people.show_error(text("team.give.none"))
            return
        self.close_panel()
        self.taken.emit(login)
