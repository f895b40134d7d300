"""The second line of the header: facts with icons, the least useful ones left out when room lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, QSize, Signal, SignalInstance, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.painting import draw_icon, draw_text

HEIGHT = 24
_ICON, _ICON_GAP, _GAP, _BUTTON = 14, 6, 12, 24
NIR = "nir"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the line."""

    id: str
    icon: str
    words: str
    priority: int
    """1 stays longest."""


def kept(facts: Sequence[Fact], widths: Sequence[float], room: float) -> tuple[Fact, ...]:
    """Return the facts that fit, in their order: the lowest priority goes first, whole."""
    chosen = list(range(len(facts)))
    while chosen and sum(widths[index] for index in chosen) > room:
        worst = max(chosen, key=lambda index: (facts[index].priority, index))
        chosen.remove(worst)
    return tuple(facts[index] for index in chosen)


class FactsLine(QWidget):
    """Phone, e-mail, address, masked NIR, contract.

    Signals:
        reveal_requested, compare_requested: of the NIR, by its eye or by its scales.
    """

    reveal_requested = Signal()
    compare_requested = Signal()

    def __init__(self, *, may_reveal: bool, may_compare: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[Fact, ...] = ()
        self._places: list[tuple[Fact, QRectF]] = []
        self._buttons: list[Button] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if may_reveal:
            self._add_button("eye", "customer.reveal_nir", self.reveal_requested)
        if may_compare:
            self._add_button("git-compare", "customer.compare_nir", self.compare_requested)
        theme().changed.connect(self._on_theme_changed)

    def _add_button(self, icon: str, key: str, signal: SignalInstance) -> None:
        button = Button("", ButtonKind.QUIET, icon=icon, small=True, name=text(key), parent=self)
        button.clicked.connect(signal)
        button.hide()
        self._buttons.append(button)

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Show other facts; those without words are left out."""
        found = tuple(fact for fact in facts if fact.words)
        if found == self._facts:
            return
        self._facts = found
        self.setAccessibleName(". ".join(fact.words for fact in found))
        self._place()

    def _width(self, fact: Fact) -> float:
        px = theme().px
        width = px(_ICON + _ICON_GAP) + theme().text_width(fact.words, "value") + 1 + px(_GAP)
        return width + (px(_BUTTON) * len(self._buttons) if fact.id == NIR else 0)

    def _place(self) -> None:
        px = theme().px
        widths = [self._width(fact) for fact in self._facts]
        shown = kept(self._facts, widths, self.width() + px(_GAP))
        left = 0.0
        self._places = []
        for fact in shown:
            width = self._width(fact)
            self._places.append((fact, QRectF(left, 0, width - px(_GAP), self.height())))
            left += width
        nir = next((place for fact, place in self._places if fact.id == NIR), None)
        for index, button in enumerate(self._buttons):
            button.setVisible(nir is not None)
            if nir is not None:
                start = nir.right() - px(_BUTTON) * (len(self._buttons) - index) + px(2)
                button.setGeometry(int(start), (self.height() - px(_BUTTON)) // 2, px(_BUTTON), px(_BUTTON))
        # What was left out is told when the mouse rests on the line; the NIR never is.
        seen = {fact.id for fact in shown} | {NIR}
        self.setToolTip("\n".join(fact.words for fact in self._facts if fact.id not in seen))
        self.update()

    def anchor(self) -> QPoint:
        """Return where a panel about the NIR opens, in this widget."""
        nir = next((place for fact, place in self._places if fact.id == NIR), None)
        return QPoint(int(nir.left()) if nir is not None else 0, self.height())

    @override
    def sizeHint(self) -> QSize:
        """Return the height of the line."""
        return QSize(theme().px(300), theme().px(HEIGHT))

    @override
    def minimumSizeHint(self) -> QSize:
        """Return a width that leaves facts out."""
        return QSize(theme().px(80), theme().px(HEIGHT))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave facts out, or bring them back."""
        self._place()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the facts that fit."""
        px = theme().px
        with QPainter(self) as painter:
            for fact, place in self._places:
                draw_icon(painter, fact.icon, place.left(), place.center().y(), _ICON, "text-3")
                words = place.adjusted(px(_ICON + _ICON_GAP), 0, 2, 0)
                draw_text(painter, words, fact.words, "value", "text-2")

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self._place()
