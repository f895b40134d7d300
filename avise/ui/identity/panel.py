"""The panel of records that may be one person's: the pairs that wait, one pair, a customer's links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QWidget
from typing_extensions import override

from avise.services.identity.values import RecordLink, RecordPair
from avise.texts import text
from avise.texts.formats import format_moment
from avise.ui.customer.discreet import PanelVeil
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.home.lines_panel import Line, LinesPanel
from avise.ui.identity.side_by_side import SideBySide
from avise.ui.people.person_search import PersonSearch
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.chip import ChipSpec, Tone
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.link import Link

WIDTH, _LIST_HEIGHT, _LEAST_HEIGHT = 720, 420, 120
MOST_LIKELY = 99
"""Percent."""


class SamePersonPanel(FloatingPanel):
    """One panel, which shows a list, one pair, or the links of a customer.

    Args:
        page: over which it stands.

    Signals:
        linked: the user says that a pair is one person's (a `RecordPair`).
        kept_apart: that it is two persons'.
        put_off: that it is for later.
        unlinked: that a link ends (its id), and why.
        compared: a pair is to be compared, of which one record is not told here (a `RecordPair`).
        opened: the file of a record is wanted: its person, and the name for its tab.
        words_typed: what is looked for, to compare a record by hand.
        chosen: a record to compare with the customer's (a `SearchHit`).
    """

    linked = Signal(object)
    kept_apart = Signal(object)
    put_off = Signal(object)
    unlinked = Signal(object, str)
    compared = Signal(object)
    opened = Signal(object, str)
    words_typed = Signal(str)
    chosen = Signal(object)

    def __init__(self, page: QWidget) -> None:
        super().__init__(text("identity.title"), "git-compare", WIDTH, page)
        self.pairs: tuple[RecordPair, ...] = ()
        self.pair: RecordPair | None = None
        self._links: tuple[RecordLink, ...] = ()
        self._ending: RecordLink | None = None
        self._build_list()
        self._build_pair()
        self._build_reason()
        self.search_wanted = False
        """Whether the search stands beside the list, whatever the list holds."""
        self.search = PersonSearch("identity")
        self.search.words_typed.connect(self.words_typed)
        self.search.chosen.connect(self.chosen)
        self.search.fitted.connect(self._fit_search)
        label = Label(text("identity.search"), "small-medium")
        self._search = QWidget()
        self._search.setLayout(column(label, self.search, gap=6, margins=(12, 8, 12, 10)))
        self._search.hide()
        self.trouble = Label("", "body", "danger", wrap=True)
        self._foot = QWidget()
        self._foot.setLayout(column(self.trouble, margins=(12, 0, 12, 8)))
        self._foot.hide()
        for part in (self._list, self._two, self._reason, self._search, self._foot):
            self.body.addWidget(part)
        self.veil = PanelVeil(self)

    def _build_list(self) -> None:
        self.lines = LinesPanel(text("identity.title"), "git-compare")
        self.lines.setProperty("role", "surface")
        self.lines.header.hide()
        self.lines.set_header_line(shown=False)
        self.lines.line_chosen.connect(self._on_line)
        self._list = _scrolled(self.lines)

    def _build_pair(self) -> None:
        self.two = SideBySide()
        self.two.opened.connect(self.opened)
        self._records = _scrolled(self.two)
        self._proposed = Label("", "small", "meta", wrap=True)
        self._why = Label("", "body", "muted", wrap=True)
        self._refused = Label("", "body", "danger", wrap=True)
        self.same = Button("", ButtonKind.PRIMARY, icon="check")
        self.apart = Button(text("identity.act.apart"), icon="x")
        self.later = Button(text("identity.act.later"), ButtonKind.QUIET)
        self.back = Link(text("identity.back"))
        self.same.clicked.connect(self._on_same)
        self.apart.clicked.connect(self._on_apart)
        self.later.clicked.connect(self._on_later)
        self.back.clicked.connect(self.show_list)
        self._two = QWidget()
        self._two.setLayout(
            column(
                self._proposed,
                self._records,
                self._why,
                self._refused,
                row(self.same, self.apart, self.later, None, self.back, gap=6),
                gap=8,
                margins=(12, 10, 12, 12),
            )
        )
        self._two.hide()

    def _build_reason(self) -> None:
        self._of_link = Label("", "body", "muted", wrap=True)
        self.reason = QLineEdit()
        self.reason.setAccessibleName(text("identity.reason"))
        self.reason.setPlaceholderText(text("identity.reason_hint"))
        self.reason.returnPressed.connect(self._on_end)
        self.end = Button(text("identity.act.unlink"), ButtonKind.PRIMARY)
        self.end.clicked.connect(self._on_end)
        self.keep = Link(text("identity.back"))
        self.keep.clicked.connect(self.show_list)
        self._reason = QWidget()
        self._reason.setLayout(
            column(
                self._of_link,
                self.reason,
                row(self.end, None, self.keep, gap=6),
                gap=8,
                margins=(12, 10, 12, 12),
            )
        )
        self._reason.hide()

    # ---- content -------------------------------------------------------------------------------
    def set_pairs(self, pairs: Sequence[RecordPair]) -> None:
        """Show the pairs that wait."""
        self.pairs, self._links = tuple(pairs), ()
        self._search.hide()
        self.lines.show_lines([_pair_line(pair) for pair in pairs], "" if pairs else text("identity.none"))
        self.count.set_text(str(len(pairs)) if pairs else "")
        self.show_list()

    def set_links(self, links: Sequence[RecordLink], now: datetime) -> None:
        """Show the links of a customer, and the search of a record to compare with."""
        self._links, self.pairs = tuple(links), ()
        self._search.show()
        self.search.forget()
        sentence = "" if links else text("identity.no_link")
        self.lines.show_lines([_link_line(link, now) for link in links], sentence)
        self.count.set_text(str(len(links)) if links else "")
        self.show_list()

    @property
    def shows_list(self) -> bool:
        """Whether the list is on screen, and nothing is being typed."""
        return self._list.isVisible() and not self.search.field.text()

    @Slot()
    def show_list(self) -> None:
        """Go back to the list."""
        self.pair, self._ending = None, None
        self._show_only(self._list)
        self._search.setVisible(bool(self._links) or self.search_wanted)
        wanted = self.lines.sizeHint().height()
        self._list.setFixedHeight(min(wanted, theme().px(_LIST_HEIGHT)))
        if self.isVisible():
            self.fit()
        self.focus_first()

    def show_pair(self, pair: RecordPair) -> None:
        """Show one pair side by side; focus is on the two records, where Enter decides nothing."""
        self.pair = pair
        self.two.show_pair(pair)
        self._proposed.setText(_proposed_words(pair))
        self._proposed.setVisible(bool(self._proposed.text()))
        self._why.setText(pair.why)
        self._why.setVisible(bool(pair.why))
        self._refused.setText(pair.refused)
        self._refused.setVisible(bool(pair.refused))
        self.same.setText(text("identity.act.same" if pair.may_link else "identity.act.propose"))
        self.same.setVisible(not pair.refused and (pair.may_link or not pair.is_proposed))
        self.apart.setVisible(pair.may_link)
        self.later.setVisible(pair.is_proposed)
        self.back.setVisible(bool(self.pairs or self._links or self.search_wanted))
        self._show_only(self._two)
        self.fit()
        self.two.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def fit(self) -> None:
        """Take the size of the content; of two long records so much that what is decided stays in sight."""
        if self._two.isVisible():
            margin = theme().px(16)
            self._records.setFixedHeight(1)
            super().fit()
            inside = self._records.width() - 2
            wanted = max(self.two.heightForWidth(inside), self.two.minimumSizeHint().height())
            room = self._page.height() - margin - self.height()
            self._records.setFixedHeight(max(min(wanted, room), theme().px(_LEAST_HEIGHT)))
        super().fit()

    def ask_reason(self, link: RecordLink) -> None:
        """Ask why a link ends."""
        self._ending = link
        self._of_link.setText(text("identity.unlink_from", name=link.other.name))
        self.reason.clear()
        self._show_only(self._reason)
        self.fit()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def say_failed(self, sentence: str) -> None:
        """Tell why something could not be done; what is shown stays."""
        self.trouble.setText(sentence)
        self._foot.show()
        self.fit()

    def focus_first(self) -> None:
        """Give focus to the first line, else to the search, else to the panel."""
        if self.lines.links:
            self.lines.links[0].setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.search.isVisible():
            self.search.field.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_only(self, part: QWidget) -> None:
        self._foot.hide()
        for each in (self._list, self._two, self._reason):
            each.setVisible(each is part)
        if part is not self._list:
            self._search.hide()

    @Slot()
    def _fit_search(self) -> None:
        if self.isVisible():
            self.fit()

    # ---- what the user does --------------------------------------------------------------------
    @Slot(object)
    def _on_line(self, key: UUID) -> None:
        pair = next((pair for pair in self.pairs if pair.pair == key), None)
        link = next((link for link in self._links if link.link == key), None)
        if pair is not None and pair.is_sealed:
            self.compared.emit(pair)
        elif pair is not None:
            self.show_pair(pair)
        elif link is not None:
            self.ask_reason(link)

    @Slot()
    def _on_same(self) -> None:
        if self.pair is not None:
            self.linked.emit(self.pair)

    @Slot()
    def _on_apart(self) -> None:
        if self.pair is not None:
            self.kept_apart.emit(self.pair)

    @Slot()
    def _on_later(self) -> None:
        if self.pair is not None:
            self.put_off.emit(self.pair)

    @Slot()
    def _on_end(self) -> None:
        if self._ending is not None:
            self.unlinked.emit(self._ending.link, self.reason.text())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Échap goes back to the list, then closes."""
        inside = not self._list.isVisible()
        if event.key() == Qt.Key.Key_Escape and inside and (self.pairs or self._links):
            self.show_list()
            return
        super().keyPressEvent(event)

    @override
    def forget(self) -> None:
        """Let go of the records."""
        self.pair, self._ending = None, None
        self.pairs, self._links = (), ()
        self.search.forget()
        self.search_wanted = False
        self.lines.show_lines([])


def _scrolled(content: QWidget) -> QScrollArea:
    """Return an area in which a content moves that has no room whole."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area


def _pair_line(pair: RecordPair) -> Line:
    chip = None
    if pair.probability is not None:
        chip = ChipSpec(_likely(pair.probability), Tone.OUTLINE)
    title = text("identity.two", one=pair.one.name, other=pair.other.name)
    return Line(title, detail=pair.why, chip=chip, action=text("identity.compare"), key=pair.pair)


def _link_line(link: RecordLink, now: datetime) -> Line:
    when = text("identity.linked_at", how=link.how, at=format_moment(link.at, now))
    action = text("identity.act.unlink") if link.may_unlink else ""
    return Line(link.other.name, detail=when, quiet=link.why, action=action, key=link.link)


def _likely(probability: float) -> str:
    """Return how likely a pair is: what waits for somebody is never told as certain."""
    if (share := round(100 * probability)) > MOST_LIKELY:
        return text("identity.nearly_certain")
    return text("identity.likely", share=str(share))


def _proposed_words(pair: RecordPair) -> str:
    parts: list[str] = []
    if pair.against:
        parts.append(text("identity.contested", author=pair.proposed_by, against=pair.against))
    elif pair.proposed_by:
        parts.append(text("identity.proposed_by", author=pair.proposed_by))
    if pair.probability is not None:
        parts.append(_likely(pair.probability))
    return " · ".join(parts)
