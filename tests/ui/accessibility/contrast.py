"""The contrast of words on screen: their ink as the widget asks for it, their ground as it is painted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from avise.ui.theme import Scheme, contrast_ratio, theme
from avise.ui.widgets.button import Button
from avise.ui.widgets.chip import Chip, _ink
from avise.ui.widgets.link import Link
from tests.ui.accessibility.screens import on_screen
from tests.ui.outbox.acting_window import ActingStage

LEAST = 4.5
"""Of text under 24 pixels (WCAG 1.4.3)."""
LOOKS, BETWEEN_S = 25, 0.04


async def faint_words(stage: ActingStage) -> list[str]:
    """Return the words that are too close to what is behind them, in light then in dark."""
    wrong = []
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        theme().set_scheme(scheme)
        QApplication.sendPostedEvents()
        for window in {widget.window() for widget in on_screen(stage)}:
            wrong += [f"{scheme}: {sentence}" for sentence in await _faint_in(stage, window)]
    theme().set_scheme(Scheme.LIGHT)
    return wrong


async def _faint_in(stage: ActingStage, window: QWidget) -> list[str]:
    """Look again while words are faint: blocks are painted anew a few at a time."""
    found: list[str] = []
    for _ in range(LOOKS):
        image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        inside = [widget for widget in on_screen(stage) if widget.window() is window]
        found = _faint(image, inside)
        if not found:
            break
        await asyncio.sleep(BETWEEN_S)
    return found


def _faint(image: QImage, widgets: Sequence[QWidget]) -> list[str]:
    wrong = []
    for widget in widgets:
        ink = ink_of(widget) if widget.isEnabled() else ""
        place = QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())
        seen = place.intersected(_window_of(widget)) if ink and not _is_covered(widget) else QRect()
        ground = ground_of(image, seen) if not seen.isEmpty() else ""
        if ground and contrast_ratio(ink, ground) < LEAST:
            words = widget.accessibleName() or getattr(widget, "text", str)()
            ratio = contrast_ratio(ink, ground)
            wrong.append(f"{type(widget).__name__} « {words} » {ink} on {ground}: {ratio:.2f}")
    return wrong


def _is_covered(widget: QWidget) -> bool:
    """Return whether something stands over the middle of a widget."""
    window = widget.window()
    found = window.childAt(widget.mapTo(window, widget.rect().center()))
    return found is not None and found is not widget and not found.isAncestorOf(widget)


def _window_of(widget: QWidget) -> QRect:
    """Return what is seen of the widget's ancestors, in the window: a scrolled line may be out of it."""
    seen = widget.window().rect()
    parent = widget.parentWidget()
    while parent is not None and not parent.isWindow():
        seen = seen.intersected(QRect(parent.mapTo(parent.window(), QPoint(0, 0)), parent.size()))
        parent = parent.parentWidget()
    return seen


def ink_of(widget: QWidget) -> str:
    """Return the colour in which a widget writes, "" when it writes nothing."""
    if isinstance(widget, QLabel) and widget.text():
        return widget.palette().color(QPalette.ColorRole.WindowText).name()
    if isinstance(widget, Button) and widget.text():
        return theme().colour(widget._look().ink).name()
    if isinstance(widget, Link) and widget.text():
        return theme().colour(widget._role).name()
    if isinstance(widget, Chip):
        return theme().colour(_ink(widget.spec)).name()
    return ""


def ground_of(image: QImage, place: QRect) -> str:
    """Return the colour that most of a place has."""
    ratio = image.devicePixelRatio()
    left, top = int(place.x() * ratio), int(place.y() * ratio)
    area = QRect(left, top, int(place.width() * ratio), int(place.height() * ratio))
    cut = image.copy(area.intersected(image.rect()))
    if cut.isNull():
        return ""
    pixels = Counter(memoryview(cut.constBits()).cast("I"))
    (colour, _count) = pixels.most_common(1)[0]
    return f"#{colour & 0xFFFFFF:06X}"
