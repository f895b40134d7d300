"""What the header says of the reading behind it: under way, impossible and in which tool, or nothing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from avise.models.customer import PartyKind
from avise.models.facets import FacetState, FacetView
from avise.models.freshness import aboard
from avise.texts import text
from avise.ui.customer.customer_header import CustomerHeader
from avise.ui.customer.view_model import CustomerViewModel

_UNREAD = (FacetState.FAILED, FacetState.WITHHELD, FacetState.FORBIDDEN)
"""Nothing came, and it is not that there is nothing."""


class HeaderReading(QObject):
    """Tells the header how the reading of whoever it shows stands.

    Args:
        model: of the customer.
        header: told.
        reread: reads a facet again.
    """

    def __init__(
        self, model: CustomerViewModel, header: CustomerHeader, reread: Callable[[str], None]
    ) -> None:
        super().__init__(header)
        self._model, self._header, self._reread = model, header, reread
        model.header_changed.connect(self._show)
        model.hidden_changed.connect(self._show)
        model.facet_changed.connect(self._on_facet_changed)
        header.retry_requested.connect(self._retry)

    def _facet(self) -> str:
        header = self._model.state.header
        return "company" if header is not None and header.kind is PartyKind.COMPANY else "identity"

    @Slot(str)
    def _on_facet_changed(self, facet: str) -> None:
        if facet == self._facet():
            self._show()

    @Slot()
    def _retry(self) -> None:
        self._reread(self._facet())

    @Slot()
    def _show(self) -> None:
        views = self._model.views(self._facet())
        unread = [view for view in views if view.state in _UNREAD]
        is_awaited = not views and self._facet() not in self._model.unfed()
        if is_awaited or any(map(_is_reading, views)):
            self._header.set_reading(text("customer.being_read"))
        elif unread and all(aboard(view, self._model.moment().now) for view in unread):
            # Asked again when the network is back, by nobody's hand.
            self._header.set_reading(text("customer.not_on_board"))
        elif unread:
            tools = ", ".join(view.source_name for view in unread)
            may_retry = any(view.state is not FacetState.FORBIDDEN for view in unread)
            self._header.set_reading(text("customer.unread", tools=tools), may_retry=may_retry)
        else:
            self._header.set_reading(text("customer.from_directory"))


def _is_reading(view: FacetView) -> bool:
    return view.refreshing or view.state is FacetState.WAITING
