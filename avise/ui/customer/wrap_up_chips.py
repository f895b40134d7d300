"""What is probably meant, one press away: guessed reasons as chips, and a reason's own outcomes in a menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget
from typing_extensions import override

from avise.models.contact_reasons import GuessedReason
from avise.texts import text
from avise.ui.customer.wrap_up_reason import reason_label
from avise.ui.theme import theme
from avise.ui.widgets.chip import Chip, ChipSpec, Tone
from avise.ui.widgets.link import Link

_CHIP_GAP = 4


def guess_words(guess: GuessedReason) -> str:
    """Return why a reason is guessed."""
    return text(f"guess.{guess.because}", about=guess.about)


class ReasonChip(Chip):
    """One guessed reason."""

    def __init__(self, guess: GuessedReason, parent: QWidget) -> None:
        self.guess = guess
        super().__init__(ChipSpec(reason_label(guess.reason), Tone.OUTLINE), pressable=True, parent=parent)
        self.setToolTip(guess_words(guess))

    def set_taken(self, *, taken: bool, confirmed: bool) -> None:
        """Show whether this reason is the one in the form, and whether the agent said so."""
        icon = ("check" if confirmed else "circle-help") if taken else ""
        tone = Tone.ACCENT if taken else Tone.OUTLINE
        self.set_spec(ChipSpec(reason_label(self.guess.reason), tone, icon))
        state = ("wrap_up.reason_confirmed" if confirmed else "wrap_up.reason_proposed") if taken else ""
        self.setAccessibleName(
            ", ".join(part for part in (self.spec.text, text(state) if state else "") if part)
        )
        self.setAccessibleDescription(guess_words(self.guess))


class ReasonChips(QWidget):
    """The guessed reasons, on as many lines as they need; one stop of Tab, arrows go through them.

    Signals:
        chosen: code of the reason that the user took.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._chips: list[ReasonChip] = []
        self.setAccessibleName(text("wrap_up.guesses"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._place)

    @property
    def chips(self) -> tuple[ReasonChip, ...]:
        """The chips, best guess first."""
        return tuple(self._chips)

    def set_guesses(self, guesses: Sequence[GuessedReason], taken: str, *, confirmed: bool) -> None:
        """Show guesses, the one in the form marked."""
        if [chip.guess for chip in self._chips] != list(guesses):
            self._make(guesses)
        for place, chip in enumerate(self._chips):
            is_taken = chip.guess.reason == taken
            chip.set_taken(taken=is_taken, confirmed=confirmed)
            first = is_taken or (place == 0 and taken not in {other.reason for other in guesses})
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if first else Qt.FocusPolicy.ClickFocus)
        self._place()

    def _make(self, guesses: Sequence[GuessedReason]) -> None:
        had_focus = any(chip.hasFocus() for chip in self._chips)
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = [ReasonChip(guess, self) for guess in guesses]
        for chip in self._chips:
            chip.clicked.connect(lambda code=chip.guess.reason: self.chosen.emit(code))
            chip.show()
        if had_focus and self._chips:
            self._chips[0].setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- places ------------------------------------------------------------------------------
    def _places(self, width: int) -> tuple[list[QRect], int]:
        gap, left, top, height, found = theme().px(_CHIP_GAP), 0, 0, 0, []
        for chip in self._chips:
            size = chip.sizeHint()
            wanted = min(size.width(), width)
            if left and left + wanted > width:
                left, top = 0, top + height + theme().px(1)
            height = size.height()
            found.append(QRect(left, top, wanted, height))
            left += wanted + gap
        return found, top + height

    @Slot()
    def _place(self) -> None:
        places, height = self._places(self.width())
        for chip, place in zip(self._chips, places, strict=True):
            chip.setGeometry(place)
        self.setFixedHeight(height)
        self.setVisible(bool(self._chips))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break lines anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._place()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from one chip to the next with the arrows."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}.get(
            Qt.Key(event.key())
        )
        here = next((place for place, chip in enumerate(self._chips) if chip.hasFocus()), None)
        if step is None or here is None:
            super().keyPressEvent(event)
            return
        self._chips[(here + step) % len(self._chips)].setFocus(Qt.FocusReason.TabFocusReason)


class DetailLink(Link):
    """How the exchange ended in particular: one of the reason's own outcomes, chosen in a menu.

    Signals:
        chosen: an outcome, "" for none.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__(text("wrap_up.no_detail"))
        self._codes: tuple[str, ...] = ()
        self.clicked.connect(self._open)
        self.hide()

    def set_detail(self, detail: str, codes: tuple[str, ...]) -> None:
        """Show what was said, and offer the outcomes of a reason."""
        self._codes = codes
        self.setText(text(f"reason_outcome.{detail}" if detail else "wrap_up.no_detail"))
        self.setAccessibleName(f"{text('wrap_up.detail')}, {self.text()}")
        self.updateGeometry()
        self.setVisible(bool(codes))

    @Slot()
    def _open(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(text("wrap_up.detail"))
        for code in (*self._codes, ""):
            entry = menu.addAction(text(f"reason_outcome.{code}" if code else "wrap_up.unsaid_detail"))
            entry.triggered.connect(lambda _checked=False, said=code: self.chosen.emit(said))
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))
