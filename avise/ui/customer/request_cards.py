"""The requests of a dossier at the top of the right rail, the nearest deadline first (`ui.md` 5.7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QModelIndex, QRect, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from avise.models.requests import OPEN, RequestId, RequestStatus
from avise.services.request_values import RequestRow
from avise.texts import text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.customer.discreet import Veil
from avise.ui.requests.wording import row_sentence, short_number, shown_title
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.badge import CountBadge
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.chip import ChipSpec, Tone, chip_size, paint_chip
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.line import HorizontalLine
from avise.ui.widgets.painting import draw_icon, draw_text
from avise.ui.widgets.row_list import Index, RowDelegate, RowLook, RowsView
from avise.ui.widgets.rows_model import ROW_ROLE, RowsModel
from avise.ui.widgets.sla_chip import sla_spec

ROW_HEIGHT, SMALL_ROW_HEIGHT, SHOWN = 66, 52, 3
MINUTE_MS = 60_000


def holder_line(found: RequestRow) -> str:
    """Return who has a request: « Remboursements · Karim Benali »."""
    holder = found.holder_name or (text("request_cards.unheld") if found.status in OPEN else "")
    return " · ".join(filter(None, (found.queue_label, holder)))


def state_spec(found: RequestRow, now: datetime) -> ChipSpec:
    """Return the mark of a request: its clock, or how it ended."""
    if found.status in OPEN:
        return sla_spec(found.clock, now, small=True)
    icon = "x" if found.status is RequestStatus.CANCELLED else "circle-check"
    return ChipSpec(text(f"request.status.{found.status}"), Tone.OUTLINE, icon, small=True)


class RequestCardDelegate(RowDelegate):
    """Paints mark and number, title, then who has it.

    Args:
        now: the clock.
        parent: of the object.
    """

    def __init__(self, now: Callable[[], datetime], parent: QWidget) -> None:
        super().__init__(parent)
        self._now = now

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint a request on two or three lines."""
        px = theme().px
        found: RequestRow = index.data(ROW_ROLE)
        ink = "text" if found.status in OPEN and not found.tentative else "text-2"
        spec = state_spec(found, self._now())
        left, width = rect.left() + px(12), rect.width() - px(24)
        first = QRectF(left, rect.top() + px(6), width, px(18))
        paint_chip(painter, spec, left, first.center().y())
        beside = first.adjusted(chip_size(spec).width() + px(8), 0, 0, 0)
        draw_text(painter, beside, short_number(found.number), "small", "text-2")
        if found.questions:
            draw_icon(painter, "circle-help", rect.right() - px(26), first.center().y(), 14, "accent-text")
        second = QRectF(left, first.bottom() + px(1), width, px(20))
        draw_text(painter, second, shown_title(found), "button", ink)
        if rect.height() < px(ROW_HEIGHT - 6):
            return
        third = QRectF(left, second.bottom() - px(1), width, px(17))
        if found.tentative:
            draw_icon(painter, "cloud-upload", left, third.center().y(), 13, "info")
            third.setLeft(left + px(18))
            draw_text(painter, third, text("request_cards.tentative"), "small", "info")
        else:
            draw_text(painter, third, holder_line(found), "small", "text-2")


class RequestCardsPanel(QWidget):
    """The cards, and what begins another request.

    Args:
        now: the clock.
        parent: of the widget.

    Signals:
        opened: a request to show in the panel of the middle office (its identity).
        counted: there are more requests, or fewer.
        new_requested: another request.
        complaint_requested: the person complains.
    """

    opened = Signal(object)
    counted = Signal()
    new_requested = Signal()
    complaint_requested = Signal()

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now, self._is_compact, self._is_known = now, False, False
        self._shown = SHOWN
        self.model: RowsModel[RequestRow] = RowsModel(self._sentence, self)
        self.rows = RowsView(ROW_HEIGHT, text("request_cards.title"))
        self.rows.setModel(self.model)
        self.rows.setItemDelegate(RequestCardDelegate(now, self))
        self.rows.opened.connect(self._on_opened)
        self._count = CountBadge()
        self.complaint = Button(
            "", ButtonKind.QUIET, icon="flag", small=True, name=text("shortcut.complaint")
        )
        self.new = Button(text("request_cards.new"), icon="plus", keys=keys_of("new_request"), small=True)
        self.new.setAccessibleName(text("shortcut.new_request"))
        self.complaint.clicked.connect(self.complaint_requested)
        self.new.clicked.connect(self.new_requested)
        self._sentence_label = Label("", "value", "muted", wrap=True)
        # Takes focus where there is no row to take it: the sentence is then heard.
        self._said = QWidget(self)
        self._said.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        heard_as(self._said, Role.StaticText)
        self._said.setLayout(column(self._sentence_label, margins=(12, 8, 12, 10)))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        title = ElidedLabel(text("request_cards.name"), "strong")
        title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        head = row(title, self._count, None, self.complaint, self.new, gap=6, margins=(12, 5, 8, 4))
        box.addLayout(head)
        box.addWidget(HorizontalLine())
        box.addWidget(self.rows)
        box.addWidget(self._said)
        for before, after in ((self.complaint, self.new), (self.new, self.rows), (self.rows, self._said)):
            QWidget.setTabOrder(before, after)
        self._minutes = QTimer(self)
        self._minutes.setInterval(MINUTE_MS)
        self._minutes.timeout.connect(self.rows.viewport().update)
        self._minutes.start()
        self._fit()
        self.veil = Veil(self)
        theme().changed.connect(self._fit)

    def _sentence(self, found: RequestRow) -> str:
        told = text("request_cards.tentative") if found.tentative else ""
        return ", ".join(filter(None, (row_sentence(found, self._now()), told or holder_line(found))))

    # ---- content -----------------------------------------------------------------------------
    def show_rows(self, rows: Sequence[RequestRow]) -> None:
        """Show the requests of the dossier: open ones first, by deadline, then those ended lately."""
        self._is_known = True
        current = self.current()
        ordered = sorted(rows, key=lambda found: (found.status not in OPEN, found.clock.due_at))
        if list(self.model.rows()) != ordered:
            self.model.set_rows(tuple(ordered))
            if current is not None:
                kept = (place for place, found in enumerate(ordered) if found.id == current.id)
                self.rows.go_to(next(kept, -1))
        self._sentence_label.setText("" if ordered else text("request_cards.none"))
        self._fit()
        self.counted.emit()

    def show_failure(self, sentence: str) -> None:
        """Say why nothing is known of requests."""
        self._is_known = True
        self.model.set_rows(())
        self._sentence_label.setText(sentence)
        self._fit()

    def current(self) -> RequestRow | None:
        """Return the request of the current row."""
        place = self.rows.current_row()
        return self.model.rows()[place] if 0 <= place < self.model.rowCount() else None

    def open_count(self) -> int:
        """Return how many are open."""
        return sum(found.status in OPEN for found in self.model.rows())

    def said(self) -> str:
        """Return the sentence that stands in the place of the list."""
        return self._sentence_label.text()

    def set_compact(self, *, compact: bool) -> None:
        """Leave the third line out, on small screens."""
        if compact != self._is_compact:
            self._is_compact = compact
            self.rows.set_row_height(SMALL_ROW_HEIGHT if compact else ROW_HEIGHT)
            self._fit()

    def set_shown(self, count: int) -> None:
        """Show so many cards at once; the others are scrolled to."""
        if count != self._shown:
            self._shown = count
            self._fit()

    @Slot()
    def _fit(self) -> None:
        if not self._is_known:
            self._sentence_label.setText(text("request_cards.reading"))
        count, still = self.model.rowCount(), self.open_count()
        self._count.set_text(str(still) if still else "")
        self._said.setVisible(bool(self._sentence_label.text()))
        self._said.setAccessibleName(self._sentence_label.text())
        self.rows.setVisible(bool(count))
        self.rows.setFixedHeight(min(count, self._shown) * self.rows.row_height())

    @Slot(QModelIndex)
    def _on_opened(self, index: QModelIndex) -> None:
        request: RequestId = self.model.rows()[index.row()].id
        self.opened.emit(request)

    def focus_current(self) -> None:
        """Give focus to the first request, or to the sentence that stands in its place."""
        if not self.model.rowCount():
            self._said.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        self.rows.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.rows.current_row() < 0:
            self.rows.go_to(0)
