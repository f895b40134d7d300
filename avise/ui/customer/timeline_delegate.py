"""Paints a row of the timeline: when, how, what, from where (`ui.md` 5.6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Slot
from PySide6.QtGui import QPainter
from typing_extensions import override

from avise.models.interaction import TimelineEntry
from avise.texts.formats import format_time, local, timeline_day
from avise.ui.customer.timeline_model import ENTRY_ROLE, TimelineModel, row_title, status_words
from avise.ui.theme import theme
from avise.ui.widgets.chip import ChipSpec, Tone, chip_size, paint_chip
from avise.ui.widgets.painting import LEFT, RIGHT, draw_icon, draw_text, elided
from avise.ui.widgets.row_list import RowDelegate, RowLook

Index = QModelIndex | QPersistentModelIndex
DATE_COLUMN, GAP, PADDING, ICON = 52, 8, 10, 15
_CACHED_ROWS = 2000

ICONS = {
    "call_in": "phone-incoming",
    "call_out": "phone-outgoing",
    "call_missed": "phone-off",
    "email_in": "mail",
    "email_out": "send",
    "sms": "message-square",
    "message": "messages-square",
    "letter_in": "file-text",
    "letter_out": "file-text",
    "member_space": "globe",
    "agency": "store",
    "payment": "banknote",
    "statement": "receipt-euro",
    "rejection": "circle-x",
    "complaint": "flag",
    "request": "inbox",
    "appointment": "calendar",
    "note": "lock",
    "system": "settings",
}
"""Shapes of the variants; an unknown one is a plain text."""

_STATUS_CHIPS = {
    "in_progress": (Tone.ACCENT, ""),
    "to_send": (Tone.INFO, "cloud-upload"),
    "failed": (Tone.DANGER, "circle-x"),
    "missed": (Tone.WARN, ""),
    "unknown": (Tone.WARN, "circle-help"),
}


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Texts of a row, cut to a width once."""

    day: str
    time: str
    title: str
    source: str
    summary: str


class TimelineDelegate(RowDelegate):
    """Paints the rows of the timeline.

    Args:
        model: names the tools.
        today: the present day, for "auj.".
    """

    def __init__(self, model: TimelineModel, today: Callable[[], date]) -> None:
        super().__init__()
        self._model, self._today = model, today
        self._cache: dict[tuple[str, int, bool], _Prepared] = {}
        theme().changed.connect(self.forget)
        model.dataChanged.connect(self.forget)

    @Slot()
    def forget(self) -> None:
        """Prepare every row again: the day, the names or the language changed."""
        self._cache.clear()

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint when, an icon, the title with its tool, and the summary."""
        px = theme().px
        entry: TimelineEntry = index.data(ENTRY_ROLE)
        half = rect.height() / 2
        top = QRectF(rect.left(), rect.top() + px(2), rect.width() - px(PADDING), half)
        low = QRectF(rect.left(), rect.top() + half - px(2), rect.width() - px(PADDING), half)
        status = status_words(entry)
        spec = _chip(entry, status)
        chip = chip_size(spec).width() if spec is not None else 0
        left = rect.left() + px(DATE_COLUMN + GAP + ICON + GAP)
        ready = self._prepared(entry, int(top.right() - left), chip)
        when = QRectF(rect.left(), top.top(), px(DATE_COLUMN), half)
        draw_text(painter, when, ready.day, "small", "text-3", RIGHT, tabular=True)
        when.moveTop(low.top())
        draw_text(painter, when, ready.time, "small", "text-3", RIGHT, tabular=True)
        icon_role = _icon_role(entry)
        draw_icon(
            painter, _icon(entry), rect.left() + px(DATE_COLUMN + GAP), top.center().y(), ICON, icon_role
        )
        if spec is not None:
            paint_chip(painter, spec, top.right() - chip, top.center().y())
        else:
            draw_text(painter, top, ready.source, "source", "text-3", RIGHT)
        top.setLeft(left)
        low.setLeft(left)
        draw_text(painter, top, ready.title, "button", "text", LEFT)
        role = "note" if entry.variant == "note" else "text-2"
        draw_text(painter, low, ready.summary, "small", role, LEFT)

    def _prepared(self, entry: TimelineEntry, width: int, chip: int) -> _Prepared:
        key = (entry.id, width, bool(chip))
        found = self._cache.get(key)
        if found is None:
            if len(self._cache) > _CACHED_ROWS:
                self._cache.clear()
            found = self._cache[key] = self._prepare(entry, width, chip)
        return found

    def _prepare(self, entry: TimelineEntry, width: int, chip: int) -> _Prepared:
        px = theme().px
        source = elided(self._model.source_name(entry), "source", width * 0.45)
        beside = chip or theme().text_width(source, "source")
        return _Prepared(
            timeline_day(local(entry.at).date(), self._today()),
            format_time(entry.at),
            elided(row_title(entry), "button", width - beside - px(GAP)),
            source,
            elided(entry.summary, "small", width),
        )


def _chip(entry: TimelineEntry, status: str) -> ChipSpec | None:
    if not status:
        return None
    tone, icon = _STATUS_CHIPS[entry.status]
    return ChipSpec(status, tone, icon, small=True)


def _icon(entry: TimelineEntry) -> str:
    if entry.status == "failed":
        return "circle-x"
    return ICONS.get(entry.variant, "text")


def _icon_role(entry: TimelineEntry) -> str:
    if entry.status == "in_progress":
        return "accent-text"
    if entry.status in ("failed", "missed") or entry.variant == "call_missed":
        return "danger"
    return "note" if entry.variant == "note" else "text-2"
