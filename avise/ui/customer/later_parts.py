"""Parts of a page that are built one a turn of Qt's loop, or at once when something asks for one.

A page built whole takes several frames of Qt's thread (`benchmarks/stalls.py`): its header comes first,
each other part has its place kept and comes in a turn of its own, between two frames.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from avise.ui.turns import turns

MakePart = Callable[[QWidget], QWidget]


class Place(QWidget):
    """The room of a part that comes later."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)

    def fill(self, part: QWidget) -> None:
        """Show a part that was made with this place as its parent."""
        sizing = part.sizePolicy()
        # A splitter keeps its stretch factors in the size policy of what it holds.
        sizing.setHorizontalStretch(self.sizePolicy().horizontalStretch())
        sizing.setVerticalStretch(self.sizePolicy().verticalStretch())
        self.setSizePolicy(sizing)
        self._box.addWidget(part)
        # Placed before it is shown: it is laid out once, in its own size.
        self._box.activate()
        part.show()


class LaterParts(QObject):
    """The parts of one page, in the order in which they are built.

    Signals:
        built: a part is there (its name); whoever fills it does so now.
    """

    built = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._makers: dict[str, tuple[MakePart, Place]] = {}
        self._parts: dict[str, QWidget] = {}
        self._made: dict[str, tuple[QWidget, Place]] = {}
        """Made in one turn, shown in the next: each takes about a third of a frame."""

    def add(self, name: str, make: MakePart, place: Place) -> None:
        """Build this part in its place, after those added before."""
        self._makers[name] = (make, place)

    def has(self, name: str) -> bool:
        """Return whether a part is there."""
        return name in self._parts

    def part(self, name: str) -> QWidget:
        """Return a part, built now when it was not.

        Raises:
            KeyError: no part has this name.
        """
        if name not in self._parts:
            part, place = self._made.pop(name) if name in self._made else self._make(name)
            self._parts[name] = part
            self.built.emit(name)
            place.fill(part)
        return self._parts[name]

    def _make(self, name: str) -> tuple[QWidget, Place]:
        make, place = self._makers.pop(name)
        return make(place), place

    def start(self) -> None:
        """Build the parts that are missing, half a part a turn."""
        if self._made or self._makers:
            turns().soon(self, self._on_turn)

    @property
    def is_ahead(self) -> bool:
        """Whether every part is made, shown or not."""
        return not self._makers

    def make_ahead(self) -> None:
        """Make the parts that are missing, one a turn, and keep them until `start`."""
        if self._makers:
            turns().soon(self, self._on_turn_ahead)

    def _on_turn_ahead(self) -> None:
        try:
            name = next(iter(self._makers))
            self._made[name] = self._make(name)
            # It is shown in its turn, not with the page.
            self._made[name][0].hide()
        finally:
            self.make_ahead()

    def stop(self) -> None:
        """Build nothing more until `start`, but what is asked for."""
        turns().forget(self)

    def _on_turn(self) -> None:
        try:
            if self._made:
                self.part(next(iter(self._made)))
            elif self._makers:
                name = next(iter(self._makers))
                self._made[name] = self._make(name)
        finally:
            # Painted before the next one is built; a part that fails keeps none of the others away.
            self.start()
