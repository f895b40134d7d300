"""The line of a customer's page that says what the office changed too, made when it is first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QGridLayout

from avise.ui.outbox.customer_acting import CustomerActing

if TYPE_CHECKING:
    from avise.ui.conflicts.strip import CollisionStrip


class CollisionsOnPage(QObject):
    """Shows the line on a page.

    Args:
        acting: knows what is to be compared.
        grid: of the page.
        place: row of the grid that is the line's.

    Signals:
        compare_requested: a command that met another change (an `OutboxItem`).
    """

    compare_requested = Signal(object)

    def __init__(self, acting: CustomerActing, grid: QGridLayout, place: int) -> None:
        super().__init__(acting)
        self._acting, self._grid, self._place = acting, grid, place
        self._strip: CollisionStrip | None = None
        acting.followed.connect(self._show)

    @Slot()
    def _show(self) -> None:
        found = self._acting.to_compare()
        if self._strip is None and found:
            from avise.ui.conflicts.strip import CollisionStrip  # noqa: PLC0415 - few pages ever need it

            self._strip = CollisionStrip(self._grid.parentWidget())
            self._strip.compare_requested.connect(self.compare_requested)
            self._grid.addWidget(self._strip, self._place, 0, 1, 3)
        if self._strip is not None:
            self._strip.show_items(found)
