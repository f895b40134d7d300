"""What the member on screen accepts: the panel, and the question that the wrap-up asks."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtWidgets import QBoxLayout, QWidget

from avise.ui.aio import Report
from avise.ui.bridge import DeskBridge
from avise.ui.customer.view_model import CustomerViewModel
from avise.ui.customer.wrap_up_values import WrapUpStage
from avise.ui.theme import theme

if TYPE_CHECKING:
    from avise.ui.messages.consent_question import ConsentAsking, ConsentQuestionView
    from avise.ui.messages.consents_model import ConsentsModel, Place
    from avise.ui.messages.consents_panel import ConsentsPanel


class CustomerConsents(QObject):
    """Shows, asks and notes what one member accepts.

    Args:
        desk: the services.
        model: of the customer.
        report: told of what nobody expected.
        page: over which the panel stands.
    """

    def __init__(self, desk: DeskBridge, model: CustomerViewModel, report: Report, page: QWidget) -> None:
        super().__init__(page)
        self._desk, self._model, self._report, self._page = desk, model, report, page
        self._consents: ConsentsModel | None = None
        self._panel: ConsentsPanel | None = None
        self._asking: ConsentAsking | None = None
        self._place: QBoxLayout | None = None
        self.view: ConsentQuestionView | None = None
        """The question of the wrap-up, once a call began."""
        model.settled.connect(self._on_settled)
        model.call_changed.connect(self._on_call_changed)
        model.wrap_up.changed.connect(self._on_wrap_up_changed)

    def close(self) -> None:
        """End what is under way; the page closes."""
        if self._consents is not None:
            self._consents.close()

    def consents(self) -> ConsentsModel:
        """Return the state of the consents, built when it is first wanted."""
        if self._consents is None:
            from avise.ui.messages.consents_model import ConsentsModel  # noqa: PLC0415 - not in the first paint

            self._consents = ConsentsModel(self._desk, self._model.person, self._report, self)
            self._consents.noted.connect(self._on_noted)
        return self._consents

    @Slot(str)
    def _on_noted(self, what: str) -> None:
        if what in ("given", "withdrawn"):
            self._model.note_deed(f"consent_{what}")

    # ---- the panel ---------------------------------------------------------------------------------
    @Slot()
    def open(self, place: Place | None = None) -> None:
        """Show every consent, on a cell when one is given."""
        if self._panel is None:
            from avise.ui.messages.consents_panel import ConsentsPanel  # noqa: PLC0415 - not in the first paint

            self._panel = ConsentsPanel(self.consents(), self._model.source_name, self._page)
        px = theme().px
        self._panel.open_consents(QPoint(px(24), px(110)), place)

    def panel(self) -> ConsentsPanel | None:
        """Return the panel, None before it was first wanted."""
        return self._panel

    # ---- the question of the wrap-up ---------------------------------------------------------------
    def ask_in(self, place: QBoxLayout) -> None:
        """Ask the question in the wrap-up.

        Args:
            place: where the question stands; it takes no room while nothing is asked.
        """
        self._place = place
        self._on_wrap_up_changed()

    @Slot()
    def _on_settled(self) -> None:
        if self._asking is not None:
            self.consents().read()

    @Slot()
    def _on_call_changed(self) -> None:
        if self._asking is not None and self._model.call is not None:
            self._asking.ask_again()
            self.consents().read()

    @Slot()
    def _on_wrap_up_changed(self) -> None:
        """Ask during a call and its wrap-up alone: somebody must be there to answer."""
        in_exchange = self._model.wrap_up.stage is not WrapUpStage.NOTE
        if in_exchange and self._asking is None and self._place is not None:
            self._ask(self._place)
        if self.view is not None and self._asking is not None:
            self._asking.show_in_exchange(in_exchange=in_exchange)

    def _ask(self, place: QBoxLayout) -> None:
        from avise.ui.messages.consent_question import ConsentAsking, ConsentQuestionView  # noqa: PLC0415 - as above

        self.view = ConsentQuestionView(place.parentWidget())
        self.view.all_requested.connect(functools.partial(self.open, None))
        place.addWidget(self.view)
        self._asking = ConsentAsking(self.consents(), self.view)
        self.consents().read()
