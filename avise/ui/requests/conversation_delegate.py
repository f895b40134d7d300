"""Paints and measures the exchanges of a request: authors, notes, files and what happened (`ui.md` 5.10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import (
    QPointF,
    QRect,
    QRectF,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPen,
    QTextLayout,
    QTextOption,
)
from typing_extensions import override

from avise.models.requests import Attachment, Exchange, ExchangeKind
from avise.services.request_values import RequestDetail
from avise.texts import text
from avise.ui.discretion import discretion
from avise.ui.requests.conversation_model import EXCHANGE, ConversationModel
from avise.ui.requests.wording import (
    SYSTEM_ICONS,
    author_name,
    exchange_mark,
    exchange_moment,
    exchange_troubles,
    happened,
    shown_words,
)
from avise.ui.theme import theme
from avise.ui.widgets.chip import ChipSpec, Tone, paint_chip
from avise.ui.widgets.painting import draw_box, draw_icon, draw_text, elided
from avise.ui.widgets.presence import initials_of, paint_avatar
from avise.ui.widgets.row_list import Index, RowDelegate, RowLook

LONGEST_LINE = 430
"""Of words, at 100 % (`ui.md` 5.10)."""
_LEFT, _AVATAR, _GAP, _TOP, _HEAD, SYSTEM_HEIGHT = 16, 24, 9, 7, 19, 27
_FILE, _FILE_GAP, _PAD, _TROUBLE = 24, 6, 9, 18
_MOST_KEPT = 400


@dataclass(frozen=True, slots=True)
class _Measured:
    """The words of an exchange, laid out for a width."""

    layout: QTextLayout | None
    words: float
    """Height of the words."""
    troubles: tuple[str, ...]
    height: int


class ConversationDelegate(RowDelegate):
    """Paints and measures exchanges."""

    def __init__(self, model: ConversationModel, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._model, self._now = model, now
        self._measured: dict[tuple[object, ...], _Measured] = {}
        theme().changed.connect(self.forget)
        discretion().changed.connect(self.forget)

    @Slot()
    def forget(self) -> None:
        """Measure everything again: sizes, or what may be shown, are not what they were."""
        self._measured.clear()

    def measured(self, exchange: Exchange, width: int) -> _Measured:
        """Return an exchange laid out for the width of the view."""
        key = (*_key(exchange), width)
        found = self._measured.get(key)
        if found is None:
            if len(self._measured) > _MOST_KEPT:
                self._measured.clear()
            found = self._measured[key] = self._measure(exchange, width)
        return found

    def _measure(self, exchange: Exchange, width: int) -> _Measured:
        px = theme().px
        troubles = tuple(exchange_troubles(exchange))
        below = len(troubles) * px(_TROUBLE)
        if exchange.kind is ExchangeKind.SYSTEM:
            return _Measured(None, 0, troubles, px(SYSTEM_HEIGHT) + below)
        room = _words_width(width, exchange)
        layout = _laid_out(shown_words(exchange.words), room)
        words = layout.boundingRect().height() if exchange.words else 0.0
        padding = 2 * px(_PAD - 3) if exchange.kind is ExchangeKind.NOTE else 0
        files = len(exchange.attachments) * px(_FILE + _FILE_GAP)
        height = px(2 * _TOP + _HEAD) + round(words) + padding + files + below
        return _Measured(layout, words, troubles, height)

    def files(self, exchange: Exchange, rect: QRect) -> Iterator[tuple[Attachment, QRectF]]:
        """Give the files of an exchange, each with where it is painted in its row."""
        px = theme().px
        found = self.measured(exchange, rect.width())
        padding = 2 * px(_PAD - 3) if exchange.kind is ExchangeKind.NOTE and exchange.words else 0
        top = rect.top() + px(_TOP + _HEAD) + found.words + padding
        for file in exchange.attachments:
            yield file, file_place(rect.left() + px(_LEFT + _AVATAR + _GAP), top, file)
            top += px(_FILE + _FILE_GAP)

    @override
    def paint_ground(self, painter: QPainter, rect: QRect, look: RowLook, _index: Index) -> None:
        """Leave the ground plain: what is read has no current row until the keyboard is there."""

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint an exchange."""
        detail = self._model.detail
        exchange: Exchange | None = index.data(EXCHANGE)
        if detail is None or exchange is None:
            return
        found = self.measured(exchange, rect.width())
        if exchange.kind is ExchangeKind.SYSTEM:
            self._paint_system(painter, rect, exchange, detail)
            top = float(rect.top() + theme().px(SYSTEM_HEIGHT))
        else:
            top = self._paint_words(painter, rect, exchange, detail, found)
        self._paint_troubles(painter, rect, found.troubles, top)

    def _paint_system(
        self, painter: QPainter, rect: QRect, exchange: Exchange, detail: RequestDetail
    ) -> None:
        px = theme().px
        left = rect.left() + px(_LEFT + _AVATAR + _GAP)
        middle = rect.top() + px(SYSTEM_HEIGHT) / 2
        draw_icon(painter, SYSTEM_ICONS.get(exchange.what, "circle-dot"), left, middle, 13, "text-3")
        place = QRectF(left + px(20), rect.top(), rect.right() - left - px(32), px(SYSTEM_HEIGHT))
        when = f", {exchange_moment(exchange.at, self._now())}"
        width = theme().text_width(when, "small")
        # A long sentence is cut before its time.
        sentence = elided(happened(exchange, detail), "small", place.width() - width)
        draw_text(painter, place, f"{sentence}{when}", "small", "text-3")

    def _paint_words(
        self, painter: QPainter, rect: QRect, exchange: Exchange, detail: RequestDetail, found: _Measured
    ) -> float:
        px = theme().px
        top = float(rect.top() + px(_TOP))
        name = author_name(exchange, detail)
        is_member = exchange.kind is ExchangeKind.MEMBER
        initials = "" if is_member else initials_of(name)
        avatar = paint_avatar(painter, initials, rect.left() + px(_LEFT), top + px(12), size=_AVATAR)
        if is_member:
            draw_icon(painter, "mail", avatar.center().x() - px(6.5), avatar.center().y(), 13, "text-2")
        left = rect.left() + px(_LEFT + _AVATAR + _GAP)
        self._paint_head(painter, QRectF(left, top, rect.right() - left - px(12), px(18)), exchange, name)
        top += px(_HEAD)
        if found.layout is not None and exchange.words:
            top = self._paint_layout(painter, found, exchange, left, top, rect.width())
        for file in exchange.attachments:
            self._paint_file(painter, file_place(left, top, file), file)
            top += px(_FILE + _FILE_GAP)
        return top

    def _paint_head(self, painter: QPainter, place: QRectF, exchange: Exchange, name: str) -> None:
        px = theme().px
        draw_text(painter, place, name, "strong", "text-3" if exchange.tentative else "text")
        left = place.left() + theme().text_width(name, "strong") + px(8)
        words = exchange_moment(exchange.at, self._now())
        mark = exchange_mark(exchange)
        if mark and exchange.kind is not ExchangeKind.NOTE:
            words = f"{mark} · {words}"
        room = QRectF(left, place.top(), place.right() - left, place.height())
        draw_text(painter, room, words, "small", "text-3")
        if exchange.kind is ExchangeKind.NOTE:
            left += theme().text_width(words, "small") + px(8)
            paint_chip(painter, ChipSpec(mark, Tone.NOTE, "lock", small=True), left, place.center().y())

    @staticmethod
    def _paint_layout(
        painter: QPainter, found: _Measured, exchange: Exchange, left: float, top: float, width: int
    ) -> float:
        px = theme().px
        is_note = exchange.kind is ExchangeKind.NOTE
        start = QPointF(left, top)
        height = found.words
        if is_note:
            padding = px(_PAD - 3)
            room = _words_width(width, exchange) + 2 * px(_PAD)
            box = QRectF(left, top, room, found.words + 2 * padding)
            draw_box(painter, box, px(3), "note-bg", "note" if theme().is_contrast else "")
            start = QPointF(left + px(_PAD), top + padding)
            height = box.height()
        painter.setPen(_ink(exchange))
        if found.layout is not None:
            found.layout.draw(painter, start)
        return top + height

    @staticmethod
    def _paint_file(painter: QPainter, place: QRectF, file: Attachment) -> None:
        px = theme().px
        draw_box(painter, place, px(3), "bg-surface", "border-control", theme().line_width)
        draw_icon(painter, "file-text", place.left() + px(6), place.center().y(), 13, "text-2")
        words = QRectF(place.left() + px(24), place.top(), place.width() - px(28), place.height())
        draw_text(painter, words, file.name, "small-medium", "text")
        taken = theme().text_width(file.name, "small-medium") + px(6)
        draw_text(painter, words.adjusted(taken, 0, 0, 0), size_words(file.size), "small", "text-3")

    @staticmethod
    def _paint_troubles(painter: QPainter, rect: QRect, troubles: Sequence[str], top: float) -> None:
        px = theme().px
        left = rect.left() + px(_LEFT + _AVATAR + _GAP)
        waiting = text("request_panel.tentative")
        for words in troubles:
            middle = top + px(_TROUBLE) / 2
            is_waiting = words == waiting
            ink = "text-3" if is_waiting else "danger"
            draw_icon(painter, "cloud-upload" if is_waiting else "circle-x", left, middle, 13, ink)
            place = QRectF(left + px(19), top, rect.right() - left - px(31), px(_TROUBLE))
            draw_text(painter, place, words, "small", ink)
            top += px(_TROUBLE)


def _key(exchange: Exchange) -> tuple[object, ...]:
    """Return what the look of an exchange depends on; its parameters are a mapping, which has no hash."""
    return (exchange.event, exchange.words, exchange.refused, exchange.tentative, exchange.after_close)


def _ink(exchange: Exchange) -> QPen:
    colour: QColor = theme().colour("text-3" if exchange.tentative or exchange.refused else "text")
    return QPen(colour)


def _words_width(width: int, exchange: Exchange) -> int:
    px = theme().px
    room = min(width - px(_LEFT + _AVATAR + _GAP + 12), px(LONGEST_LINE))
    return room - (2 * px(_PAD) if exchange.kind is ExchangeKind.NOTE else 0)


def _laid_out(words: str, width: int) -> QTextLayout:
    layout = QTextLayout(words.replace("\n", "\u2028"), theme().font("body"))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    layout.beginLayout()
    top = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 40))
        line.setPosition(QPointF(0, top))
        top += max(line.height(), theme().px(18))
    layout.endLayout()
    return layout


def file_place(left: float, top: float, file: Attachment) -> QRectF:
    """Return where a file is painted."""
    px = theme().px
    width = theme().text_width(file.name, "small-medium") + theme().text_width(size_words(file.size), "small")
    return QRectF(left, top + px(_FILE_GAP / 2), min(width + px(42), px(LONGEST_LINE)), px(_FILE))


def size_words(size: int) -> str:
    """Return the size of a file: 84 ko, 1,2 Mo."""
    if size < 1_000_000:
        return text("request_panel.size.kilo", n=max(size // 1000, 1))
    return text(
        "request_panel.size.mega", n=f"{size / 1_000_000:.1f}".replace(".", text("request_panel.comma"))
    )
