"""What a customer's page shows, brought from its model to the parts that are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.models.interaction import TimelineEntry
from avise.services.wording import facet_title
from avise.texts import plural, text
from avise.ui.customer.block_content import BlockContent
from avise.ui.customer.customer_header import CustomerHeader, customer_label
from avise.ui.customer.later_parts import LaterParts
from avise.ui.customer.offline_strip import offline_words
from avise.ui.customer.open_items import ITEM_FACETS, open_items
from avise.ui.customer.right_rail import RightRail
from avise.ui.customer.sheet import Sheet
from avise.ui.customer.view_model import CustomerViewModel

WithLines = Callable[[Sequence[TimelineEntry]], Sequence[TimelineEntry]]


class PageContent(QObject):
    """Fills header, sheet and rail. A part that is not there yet is told what it missed when it is.

    Args:
        model: of the customer.
        header: of the page.
        parts: built later than the page.
        page: filled; a page that nobody sees is not.

    Signals:
        named: NOM Prénom.
        answers_shown: other suggested answers are on screen.
        spoken: a sentence for people who hear the screen.
    """

    named = Signal(str)
    answers_shown = Signal()
    spoken = Signal(str)

    sheet: Sheet
    rail: RightRail

    def __init__(
        self, model: CustomerViewModel, header: CustomerHeader, parts: LaterParts, page: QWidget
    ) -> None:
        super().__init__(page)
        self._model, self._header, self._parts, self._page = model, header, parts, page
        self._missed: set[str] = set()
        self._stale: set[str] = set()
        """Blocks that do not show what is known."""

    def follow(self, sheet: Sheet, rail: RightRail, with_lines: WithLines) -> None:
        """Fill a sheet and a rail from now on.

        Args:
            sheet: of the page.
            rail: of the page.
            with_lines: adds to the history what other rooms tell of the customer.
        """
        self.sheet, self.rail, self._with_lines = sheet, rail, with_lines
        model, header = self._model, self._header
        model.header_changed.connect(self._on_header_changed)
        model.alerts_changed.connect(lambda: header.set_alerts(model.state.alerts))
        model.verification_changed.connect(lambda: header.set_verification(model.state.verification))
        model.suggestions_changed.connect(self._on_suggestions_changed)
        model.timeline_changed.connect(self.show_history)
        model.facet_changed.connect(self._on_facet_changed)
        model.hidden_changed.connect(self._on_hidden_changed)
        model.settled.connect(self._on_settled)
        model.read_for_long.connect(self._on_read_for_long)

    def fill(self, part: str) -> None:
        """Tell a part that was just built what came before it was there."""
        if part == "facets":
            self.catch_up()
        if part not in self._missed:
            return
        match part:
            case "suggestions":
                self._on_suggestions_changed()
            case "facets":
                self._on_hidden_changed()
            case "timeline":
                self.show_history()
            case "open_items":
                self._refresh_open_items()

    def _lacks(self, part: str) -> bool:
        """Return whether a part is not there yet; it is told what it missed when it is built."""
        if self._parts.has(part):
            return False
        self._missed.add(part)
        return True

    # ---- header, answers, history --------------------------------------------------------------
    @Slot()
    def _on_header_changed(self) -> None:
        header = self._model.state.header
        if header is None:
            return
        self._header.set_header(header)
        self.named.emit(customer_label(header))

    @Slot()
    def _on_suggestions_changed(self) -> None:
        if self._lacks("suggestions"):
            return
        state = self._model.state
        self.sheet.suggestions.set_suggestions(state.suggestions, state.fresh_sources)
        self.answers_shown.emit()

    @Slot()
    def show_history(self) -> None:
        """Show the exchanges as they now are."""
        if self._lacks("timeline"):
            return
        state = self._model.state
        entries = self._with_lines(state.timeline)
        sources = {entry.source for entry in entries}
        names = {source: self._model.source_name(source) for source in sources}
        self.sheet.timeline.set_entries(entries, names, state.missing_sources, cut=state.timeline_truncated)

    # ---- blocks --------------------------------------------------------------------------------
    def first_content(self, facet: str) -> BlockContent:
        """Return what a block is made with; what comes later is told to it once it is there."""
        self._stale.discard(facet)
        return self._model.content(facet)

    @Slot(str)
    def _on_facet_changed(self, facet: str) -> None:
        if not self._page.isVisible():
            # Composed when the page comes back on screen.
            self._stale.add(facet)
            return
        if self._parts.has("facets"):
            content = self._model.content(facet)
            self.sheet.grid.set_content(content)
            detail = self.sheet.detail
            if detail is not None and detail.facet == facet:
                detail.set_views(self._model.views(facet), content)
        else:
            # The blocks may be made already, with what was known then, and not be there yet.
            self._stale.add(facet)
        if facet in ITEM_FACETS:
            self._refresh_open_items()

    def catch_up(self) -> None:
        """Compose the blocks that changed while the page was not seen."""
        stale, self._stale = self._stale, set()
        for facet in stale:
            self._on_facet_changed(facet)

    @Slot()
    def _on_hidden_changed(self) -> None:
        if self._lacks("facets"):
            return
        hidden = self._model.hidden()
        names = ", ".join(facet_title(facet) for facet in sorted(hidden))
        sentence = text("customer.not_applicable", facets=names) if hidden else ""
        self.sheet.grid.set_hidden(hidden | self._model.unfed(), sentence)

    # ---- what is open, what is said ------------------------------------------------------------
    def _refresh_open_items(self) -> None:
        if self._lacks("open_items"):
            return
        views = {facet: tuple(found.values()) for facet, found in self._model.state.views.items()}
        self.rail.open_items.set_items(open_items(views, self._model.moment()))

    @Slot()
    def _on_settled(self) -> None:
        # Also where no connected tool feeds the list: it must not go on saying that it is being read.
        self._refresh_open_items()
        settled = self._model.state.settled
        offline = offline_words(self._model.state.views, self._model.moment().now)
        if offline:
            self.spoken.emit(offline)
        elif settled is not None:
            parts = [plural("customer.spoken.fresh", settled.fresh)]
            parts += [plural("customer.spoken.stale", settled.stale)] if settled.stale else []
            parts += [plural("customer.spoken.failed", settled.failed)] if settled.failed else []
            self.spoken.emit(text("customer.spoken", parts=", ".join(parts)))

    @Slot(str)
    def _on_read_for_long(self, facet: str) -> None:
        self.spoken.emit(text("customer.spoken.reading", facet=facet_title(facet)))
