"""The exchanges that belong to nobody yet, and the search that attaches one to somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget
from typing_extensions import override

from avise.models.customer import SearchHit
from avise.models.own_history import UnlinkedInteraction
from avise.texts import text
from avise.ui.customer.discreet import PanelVeil
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.home.day_lines import unlinked_detail, unlinked_line, unlinked_title
from avise.ui.home.lines_panel import LinesPanel
from avise.ui.people.person_search import PersonSearch
from avise.ui.theme import theme
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column
from avise.ui.widgets.link import Link

_WIDTH, _LIST_HEIGHT = 600, 420


class UnlinkedPanel(FloatingPanel):
    """The list; pressing "Rattacher" asks to whom.

    Args:
        window: over which it stands.

    Signals:
        words_typed: what is looked for.
        attached: the exchange (its event) and to whom (a `SearchHit`).
    """

    words_typed = Signal(str)
    attached = Signal(object, object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(text("unlinked.title"), "user-x", _WIDTH, window)
        self._waiting: Sequence[UnlinkedInteraction] = ()
        self._chosen: UUID | None = None
        self._search = QWidget()
        self.lines = LinesPanel(text("unlinked.title"), "user-x")
        self.lines.setProperty("role", "surface")
        self.lines.header.hide()
        self.lines.set_header_line(shown=False)
        self.lines.line_chosen.connect(self._choose)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.lines)
        self._build_search()
        self.body.addWidget(self._scroll)
        self.body.addWidget(self._search)
        self.veil = PanelVeil(self)

    def _build_search(self) -> None:
        self._who = Label("", "list-title")
        self._about = Label("", "small", "muted", wrap=True)
        self.search = PersonSearch("unlinked")
        self.field, self.rows = self.search.field, self.search.rows
        self.search.words_typed.connect(self.words_typed)
        self.search.chosen.connect(self._on_found)
        self.search.fitted.connect(self._fit_search)
        self.back = Link(text("unlinked.back"))
        self.back.clicked.connect(self.show_list)
        self._search.setLayout(
            column(self._who, self._about, self.search, self.back, gap=6, margins=(12, 10, 12, 10))
        )
        self._search.hide()

    # ---- content -----------------------------------------------------------------------------
    def set_waiting(self, waiting: Sequence[UnlinkedInteraction], now: datetime) -> None:
        """Show the exchanges that wait."""
        self._waiting = waiting
        self.lines.show_lines(
            [unlinked_line(found, now) for found in waiting],
            "" if waiting else text("unlinked.none"),
        )
        self.count.set_text(str(len(waiting)) if waiting else "")
        if self._chosen is not None and all(found.event != self._chosen for found in waiting):
            self.show_list()
        self._fit_list()

    @Slot()
    def show_list(self) -> None:
        """Go back to the list."""
        self._chosen = None
        self._search.hide()
        self._scroll.show()
        self._fit_list()
        self.focus_first()

    def focus_first(self) -> None:
        """Give focus to the first link, or to the search."""
        if self._search.isVisible():
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.lines.links:
            self.lines.links[0].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def attach(self, event: UUID) -> None:
        """Ask to whom an exchange belongs."""
        found = next((found for found in self._waiting if found.event == event), None)
        if found is None:
            return
        self._chosen = event
        self._who.setText(unlinked_title(found))
        self._about.setText(unlinked_detail(found))
        self._scroll.hide()
        self._search.show()
        words = found.phone or found.caller
        self.field.setText(words)
        self.set_hits((), "")
        self.focus_first()
        self.field.selectAll()
        if words:
            self.words_typed.emit(words)

    def set_hits(self, hits: Sequence[SearchHit], sentence: str) -> None:
        """Show who was found; a sentence when nobody was, or could be."""
        self.search.set_hits(hits, sentence)

    @property
    def is_attaching(self) -> bool:
        """Whether the search is shown."""
        return self._chosen is not None

    def _fit_list(self) -> None:
        wanted = self.lines.sizeHint().height()
        self._scroll.setFixedHeight(min(wanted, theme().px(_LIST_HEIGHT)))
        if self.isVisible():
            self.fit()

    @Slot()
    def _fit_search(self) -> None:
        if self.isVisible():
            self.fit()

    # ---- what the user does ------------------------------------------------------------------
    @Slot(object)
    def _choose(self, event: UUID) -> None:
        self.attach(event)

    @Slot(object)
    def _on_found(self, hit: SearchHit) -> None:
        if self._chosen is not None:
            self.attached.emit(self._chosen, hit)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Échap goes back, then closes."""
        if event.key() == Qt.Key.Key_Escape and self.is_attaching:
            self.show_list()
            return
        super().keyPressEvent(event)

    @override
    def forget(self) -> None:
        """Start with the list next time."""
        self.search.forget()
        self._chosen = None
        self._search.hide()
        self._scroll.show()
