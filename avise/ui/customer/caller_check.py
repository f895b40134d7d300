"""The two panels that check something with the caller: who they are, and a restricted value."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.models.callers import Caller
from avise.models.customer import PartyKind
from avise.models.errors import AviseError
from avise.services.customer_updates import VerificationLevel
from avise.ui.aio import TaskScope
from avise.ui.customer.customer_header import CustomerHeader
from avise.ui.customer.restricted_panel import RestrictedPanel
from avise.ui.customer.verification_panel import VerificationPanel
from avise.ui.customer.view_model import CustomerViewModel
from avise.ui.discretion import discretion
from avise.ui.theme import theme


class CallerCheck(QObject):
    """Opens the panels where they belong, over the page.

    Args:
        model: of the customer.
        header: under which they open.
        tasks: owner of what runs.
        page: over which they stand.

    Signals:
        failed: catalogue key and parameters of what could not be done.
    """

    failed = Signal(str, dict)

    def __init__(
        self, model: CustomerViewModel, header: CustomerHeader, tasks: TaskScope, page: QWidget
    ) -> None:
        super().__init__(page)
        self._model, self._header, self._tasks, self._page = model, header, tasks, page
        self._callers: tuple[Caller, ...] = ()
        header.verification_requested.connect(self.verify_caller)
        header.reveal_requested.connect(lambda: self.ask_restricted("reveal", "nir", ""))
        header.compare_requested.connect(lambda: self.ask_restricted("compare", "nir", ""))
        discretion().changed.connect(self.mask)
        model.verification_changed.connect(self._on_verification_changed)

    @cached_property
    def restricted(self) -> RestrictedPanel:
        """The panel of restricted values, made at its first use."""
        return RestrictedPanel(self._model.reveal, self._model.compare, self._tasks, self._page)

    @cached_property
    def verification(self) -> VerificationPanel:
        """The questions to the caller, made at their first use."""
        panel = VerificationPanel(self._model.verify, self._tasks, self._page)
        panel.callers.chosen.connect(self._on_caller_chosen)
        return panel

    @Slot()
    def _on_verification_changed(self) -> None:
        if "verification" in self.__dict__:
            self.verification.set_state(self._model.state.verification)
            self._show_callers()

    def _show_callers(self) -> None:
        header = self._model.state.header
        of_company = header is not None and header.kind is PartyKind.COMPANY
        self.verification.set_callers(self._callers, of_company=of_company)

    @Slot(object)
    def _on_caller_chosen(self, caller: Caller) -> None:
        self._tasks.spawn(self._choose(caller), name="choose the caller", when_busy="drop")

    async def _choose(self, caller: Caller) -> None:
        """Note who calls; the questions start over, unless three errors locked them."""
        try:
            await self._model.choose_caller(caller)
        except AviseError as error:
            self.failed.emit(error.message_key, dict(error.params))
            return
        if self._model.state.verification.level is not VerificationLevel.LOCKED:
            self.verification.start_over()

    @Slot()
    def verify_caller(self) -> None:
        """Open the questions to put to the caller."""
        anchor = self._header.mapTo(self._page, self._header.identity_anchor())
        header = self._model.state.header
        self.verification.set_phone(header.phone if header is not None else "")
        self.verification.set_state(self._model.state.verification)
        self.verification.open_at(anchor + QPoint(0, theme().px(4)))
        self._tasks.spawn(self._load_questions(), name="verification questions")

    async def _load_questions(self) -> None:
        try:
            self._callers = await self._model.callers()
            self._show_callers()
            self.verification.set_questions(await self._model.verification_questions())
        except AviseError as error:
            self.failed.emit(error.message_key, dict(error.params))

    def ask_restricted(self, what: str, field: str, record: str, anchor: QPoint | None = None) -> None:
        """Open the panel of a restricted value.

        Args:
            what: "reveal" or "compare".
            field: "nir" or "iban".
            record: that holds it, "" for the only one.
            anchor: in the page; under the NIR of the header when none is given.
        """
        if what == "reveal" and discretion().is_on:
            self.failed.emit("discreet.no_reveal", {})
            return
        place = anchor or self._header.mapTo(self._page, self._header.restricted_anchor())
        if what == "reveal":
            self.restricted.open_to_reveal(field, record, place)
        else:
            self.restricted.open_to_compare(field, record, place)

    @Slot()
    def mask(self) -> None:
        """Mask what is shown: the page leaves the screen, or somebody else sees it."""
        if "restricted" in self.__dict__:
            self.restricted.close_panel()
