"""What is still open with this customer: complaints, quotes, appointments, documents that are awaited.

"Nothing open" is said only where every tool that could hold something was read: a tool that did not
answer, or that may not be read, is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.services.facts import READABLE, day, word
from avise.services.facts import moment as moment_of
from avise.services.wording import facet_title, value_text
from avise.texts import plural, text
from avise.texts.formats import format_short_date, format_time, local
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.customer.discreet import Veil
from avise.ui.customer.record_words import Moment, capital, together
from avise.ui.theme import theme
from avise.ui.widgets.badge import CountBadge
from avise.ui.widgets.chip import ChipSpec, Tone, chip_size, paint_chip
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.line import HorizontalLine
from avise.ui.widgets.painting import draw_text
from avise.ui.widgets.row_list import RowDelegate, RowLook, RowsView

Index = QModelIndex | QPersistentModelIndex
ITEM_ROLE = int(Qt.ItemDataRole.UserRole)
ROW_HEIGHT, SMALL_ROW_HEIGHT, SHOWN = 66, 52, 4
SOON = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One thing that is not finished."""

    facet: str
    title: str
    detail: str
    reference: str
    due: date | None
    when: str = ""
    """Instead of the deadline: the time of an appointment."""


def deadline_chip(item: OpenItem, today: date) -> ChipSpec:
    """Return the chip of a deadline: late, soon, on time, none (`ui.md` 5.9)."""
    if item.when:
        return ChipSpec(item.when, Tone.INFO, "calendar", small=True)
    if item.due is None:
        return ChipSpec(text("open_item.no_date"), Tone.NEUTRAL, "clock", small=True)
    left = item.due - today
    if left < timedelta(0):
        return ChipSpec(plural("open_item.late", -left.days), Tone.DANGER, "triangle-alert", small=True)
    words = text("open_item.today") if not left else plural("open_item.left", left.days)
    if left <= SOON:
        return ChipSpec(words, Tone.WARN, "hourglass", small=True)
    return ChipSpec(words, Tone.NEUTRAL, "clock", small=True)


@dataclass(frozen=True, slots=True)
class OpenItems:
    """What is open, and how far the tools that could hold something were read."""

    items: tuple[OpenItem, ...] = ()
    """The nearest deadline first."""
    is_fed: bool = False
    """A connected tool could hold something."""
    is_reading: bool = False
    """A tool has not told everything yet."""
    was_read: bool = False
    """A tool was read, now or in a copy."""
    unread: tuple[str, ...] = ()
    """Names of the tools that did not answer."""
    reserved: tuple[str, ...] = ()
    """Titles of the blocks that this role may not read."""
    old: tuple[str, ...] = ()
    """Names of the tools of which a copy is shown."""
    cut: tuple[str, ...] = ()
    """Names of the tools that told a part of what they hold."""

    def headline(self) -> str:
        """Return what stands in the place of a list that is empty."""
        if self.is_reading:
            return text("open_item.reading")
        if not self.is_fed:
            return text("open_item.not_fed")
        if not self.was_read:
            return text("open_item.unknown")
        return text("open_item.nothing_read" if self.notice() else "customer.nothing_open")

    def notice(self) -> str:
        """Return what the list may lack, "" when it is whole."""
        unread = text("open_item.unread", sources=", ".join(self.unread)) if self.unread else ""
        reserved = text("open_item.reserved", facets=", ".join(self.reserved)) if self.reserved else ""
        old = text("open_item.old", sources=", ".join(self.old)) if self.old else ""
        cut = text("open_item.cut", sources=", ".join(self.cut)) if self.cut else ""
        return " ".join(sentence for sentence in (unread, reserved, old, cut) if sentence)


def open_items(views: Mapping[str, Sequence[FacetView]], moment: Moment) -> OpenItems:
    """Return what is open, and which tools could not tell."""
    found: list[OpenItem] = []
    asked = [view for facet in _TELLERS for view in views.get(facet, ())]
    for view in asked:
        if view.state in READABLE:
            for record in view.records:
                found.extend(_TELLERS[view.facet](record, moment))
    return OpenItems(
        items=tuple(sorted(found, key=lambda item: (item.due or date.max, item.title))),
        is_fed=bool(asked),
        is_reading=any(_is_reading(view) for view in asked),
        was_read=any(view.state in _READ for view in asked),
        unread=_distinct(view.source_name for view in asked if view.state in _NOT_ANSWERED),
        reserved=_distinct(facet_title(view.facet) for view in asked if view.state is FacetState.FORBIDDEN),
        old=_distinct(view.source_name for view in asked if view.state is FacetState.STALE),
        cut=_distinct(view.source_name for view in asked if view.state in READABLE and _is_cut(view)),
    )


_NOT_ANSWERED = frozenset({FacetState.FAILED, FacetState.WITHHELD, FacetState.DISABLED})
_READ = READABLE | {FacetState.EMPTY, FacetState.NOT_APPLICABLE}
"""States of a tool that was read; one that does not know the customer holds nothing of theirs."""


def _is_reading(view: FacetView) -> bool:
    return view.state is FacetState.WAITING or (view.state is FacetState.PARTIAL and view.refreshing)


def _is_cut(view: FacetView) -> bool:
    return view.state is FacetState.TRUNCATED or bool(view.unreadable)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _complaint(record: FacetRecord, _moment: Moment) -> Iterator[OpenItem]:
    if word(record, "status") in ("open", "acknowledged"):
        title = text("open_item.complaint", subject=word(record, "subject"))
        detail = word(record, "handler") or capital(
            value_text("complaints", "status", word(record, "status"))
        )
        yield OpenItem("complaints", title, detail, word(record, "number"), day(record, "answer_by"))


def _authorization(record: FacetRecord, moment: Moment) -> Iterator[OpenItem]:
    if word(record, "status") not in ("pending", "missing_document"):
        return
    care = day(record, "care_date")
    kind = value_text("authorizations", "kind", word(record, "kind"))
    detail = capital(value_text("authorizations", "status", word(record, "status")))
    due = care if care is not None and care >= moment.today else None
    title = text("open_item.authorization", kind=kind)
    yield OpenItem("authorizations", title, detail, word(record, "number"), due)


def _appointment(record: FacetRecord, moment: Moment) -> Iterator[OpenItem]:
    starts = moment_of(record, "starts_at")
    if starts is None or starts < moment.now or word(record, "status") not in ("confirmed", "tentative"):
        return
    on = local(starts).date()
    when = f"{format_short_date(on)} {format_time(starts)}"
    kind = value_text("appointments", "kind", word(record, "kind"))
    detail = together(word(record, "place"), word(record, "advisor"))
    yield OpenItem("appointments", text("open_item.appointment", kind=kind), detail, "", on, when)


def _beneficiary(record: FacetRecord, _moment: Moment) -> Iterator[OpenItem]:
    awaited = word(record, "awaited_document")
    if awaited in ("", "none"):
        return
    document = capital(value_text("beneficiaries", "awaited_document", awaited))
    name = word(record, "first_name")
    yield OpenItem(
        "beneficiaries", text("open_item.awaited", document=document), name, "", day(record, "rights_until")
    )


def _document(record: FacetRecord, _moment: Moment) -> Iterator[OpenItem]:
    if word(record, "status") == "awaited":
        # A medical title is masked for some roles: the kind says enough of what is awaited.
        known = "title" not in record.masked and word(record, "title")
        document = known or value_text("documents", "kind", word(record, "kind"))
        title = text("open_item.awaited", document=capital(document))
        yield OpenItem("documents", title, "", "", None)


_TELLERS: Mapping[str, Callable[[FacetRecord, Moment], Iterator[OpenItem]]] = {
    "complaints": _complaint,
    "authorizations": _authorization,
    "appointments": _appointment,
    "beneficiaries": _beneficiary,
    "documents": _document,
}


ITEM_FACETS = frozenset(_TELLERS)
"""Facets that may hold something open."""


class OpenItemModel(QAbstractTableModel):
    """Open items, the nearest deadline first."""

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self._items: tuple[OpenItem, ...] = ()
        self.today = today

    def set_items(self, items: Sequence[OpenItem]) -> bool:
        """Show other items; return whether anything changed."""
        if tuple(items) == self._items:
            return False
        self.beginResetModel()
        self._items = tuple(items)
        self.endResetModel()
        return True

    def item(self, row: int) -> OpenItem:
        """Return the item of a row."""
        return self._items[row]

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many there are."""
        return 0 if parent.isValid() else len(self._items)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return one."""
        return 0 if parent.isValid() else 1

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title, the item, or the row as one sentence."""
        if not index.isValid() or index.row() >= len(self._items):
            return None
        item = self._items[index.row()]
        if role == ITEM_ROLE:
            return item
        if role == Qt.ItemDataRole.DisplayRole:
            return item.title
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            chip = deadline_chip(item, self.today()).text
            return ", ".join(part for part in (item.title, item.reference, chip, item.detail) if part)
        return None


class OpenItemDelegate(RowDelegate):
    """Paints deadline and reference, title, then who has it."""

    def __init__(self, today: Callable[[], date], parent: QWidget) -> None:
        super().__init__(parent)
        self._today = today

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint an item on two or three lines."""
        px = theme().px
        item: OpenItem = index.data(ITEM_ROLE)
        spec = deadline_chip(item, self._today())
        left, width = rect.left() + px(12), rect.width() - px(24)
        first = QRectF(left, rect.top() + px(6), width, px(18))
        paint_chip(painter, spec, left, first.center().y())
        beside = chip_size(spec).width() + px(8)
        draw_text(painter, first.adjusted(beside, 0, 0, 0), item.reference, "small", "text-2")
        second = QRectF(left, first.bottom() + px(1), width, px(20))
        draw_text(painter, second, item.title, "button", "text")
        if rect.height() >= px(ROW_HEIGHT - 6):
            third = QRectF(left, second.bottom() - px(1), width, px(17))
            draw_text(painter, third, item.detail, "small", "text-2")


class OpenItemsPanel(QWidget):
    """The list of open items at the top of the right rail.

    Signals:
        facet_requested: facet of the item that the user opens.
        counted: there are more items, or fewer.
    """

    facet_requested = Signal(str)
    counted = Signal()

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._compact, self._shown = False, SHOWN
        self.model = OpenItemModel(today)
        self.rows = RowsView(ROW_HEIGHT, text("customer.open_items"))
        self._delegate = OpenItemDelegate(today, self)
        self._count = CountBadge()
        self._reading = Label("", "small", "meta")
        self._headline = Label("", "value", "muted", wrap=True)
        self._notice = Label("", "small", "warn", wrap=True)
        # Takes focus where there is no row to take it: the sentence is then heard.
        self._said = QWidget(self)
        self._said.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        heard_as(self._said, Role.StaticText)
        self._said.setLayout(column(self._headline, self._notice, gap=4, margins=(12, 8, 12, 10)))
        self.rows.setModel(self.model)
        self.rows.setItemDelegate(self._delegate)
        self.rows.opened.connect(self._on_opened)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        title = Label(text("customer.open_items"), "strong")
        box.addLayout(row(title, self._count, None, self._reading, gap=8, margins=(12, 9, 12, 7)))
        box.addWidget(HorizontalLine())
        box.addWidget(self.rows)
        box.addWidget(self._said)
        QWidget.setTabOrder(self.rows, self._said)
        self.set_items(OpenItems(is_fed=True, is_reading=True))
        self.veil = Veil(self)
        theme().changed.connect(self._fit)

    def set_items(self, found: OpenItems) -> None:
        """Show what is open, or why one cannot say."""
        self.model.set_items(found.items)
        notice = found.notice()
        self._headline.setText("" if found.items else found.headline())
        self._notice.setText(notice)
        self._reading.setText(text("open_item.reading") if found.items and found.is_reading else "")
        self._said.setAccessibleName(self.said())
        self._fit()
        self.counted.emit()

    def said(self) -> str:
        """Return the sentences beside the list: nothing is open, or which tools could not tell."""
        return " ".join(label.text() for label in (self._headline, self._notice) if label.text())

    def set_compact(self, *, compact: bool) -> None:
        """Leave the third line out, on small screens."""
        if compact != self._compact:
            self._compact = compact
            self.rows.set_row_height(SMALL_ROW_HEIGHT if compact else ROW_HEIGHT)
            self._fit()

    def set_shown(self, count: int) -> None:
        """Show so many items at once; the others are scrolled to."""
        if count != self._shown:
            self._shown = count
            self._fit()

    def _fit(self) -> None:
        count = self.model.rowCount()
        self._count.set_text(str(count) if count else "")
        self._headline.setVisible(bool(self._headline.text()))
        self._notice.setVisible(bool(self._notice.text()))
        self._said.setVisible(bool(self.said()))
        self.rows.setVisible(bool(count))
        self.rows.setFixedHeight(min(count, self._shown) * self.rows.row_height())

    def _on_opened(self, index: QModelIndex) -> None:
        self.facet_requested.emit(self.model.item(index.row()).facet)

    def focus_current(self) -> None:
        """Give focus to the first item, or to the sentence that stands in its place."""
        if not self.model.rowCount():
            self._said.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        self.rows.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.rows.current_row() < 0:
            self.rows.go_to(0)
