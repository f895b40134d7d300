"""The menu of a block: Maj+F10, the Menu key or the right button."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from avise.models.facet_specs import FACETS
from avise.models.facets import FacetView
from avise.services.facts import word
from avise.texts import text
from avise.ui.shortcuts import keys_of


class BlockMenu(QObject):
    """Builds and shows the menu of one block.

    Signals:
        action_requested: facet, id of the action.
        restricted_requested: what ("reveal", "compare"), field, record.
        intention_requested: facet, action that tools offer.
    """

    action_requested = Signal(str, str)
    restricted_requested = Signal(str, str, str)
    intention_requested = Signal(str, str)

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page

    def open(
        self,
        facet: str,
        views: Sequence[FacetView],
        place: QPoint,
        *,
        folded: bool,
        may_reveal: bool,
        intentions: Sequence[tuple[str, str]] = (),
    ) -> QMenu:
        """Show the menu of a block at a place of the screen; return it.

        Args:
            facet: of the block.
            views: its readings.
            place: upper left corner of the menu, on the screen.
            folded: whether the block is.
            may_reveal: whether this role may show restricted fields.
            intentions: what tools can do: action, and its label.
        """
        menu = QMenu(self._page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._add(menu, facet, "retry", "block.action.reread", keys_of("refresh_block"))
        self._add(menu, facet, "detail", "block.action.open", "")
        self._add(menu, facet, "copy", "block.action.copy", "")
        self._add(menu, facet, "fold", "block.action.unfold" if folded else "block.action.fold", "")
        if facet == "consents":
            self._add(menu, facet, "consents", "shortcut.consents", keys_of("consents"))
        self._add_intentions(menu, facet, intentions)
        self._add(menu, facet, "report", "block.action.report", keys_of("report_data"))
        self._add_restricted(menu, facet, views, may_reveal=may_reveal)
        menu.popup(place)
        return menu

    def _add(self, menu: QMenu, facet: str, action_id: str, key: str, keys: str) -> None:
        words = f"{text(key)}\t{keys}" if keys else text(key)
        action = menu.addAction(words)
        action.setShortcut(QKeySequence())
        action.triggered.connect(lambda: self.action_requested.emit(facet, action_id))

    def _add_intentions(self, menu: QMenu, facet: str, intentions: Sequence[tuple[str, str]]) -> None:
        """Offer what tools can do about what the block shows."""
        if intentions:
            menu.addSeparator()
        for name, label in intentions:
            action = menu.addAction(label)
            action.triggered.connect(
                lambda _checked=False, name=name: self.intention_requested.emit(facet, name)
            )

    def _add_restricted(
        self, menu: QMenu, facet: str, views: Sequence[FacetView], *, may_reveal: bool
    ) -> None:
        """Offer the restricted fields of each record: to show them, where the role may, and to compare."""
        for field in FACETS[facet].live_fields:
            for record in (record for view in views for record in view.records):
                menu.addSeparator()
                masked = word(record, field)
                for what in ("reveal", "compare") if may_reveal else ("compare",):
                    action = menu.addAction(f"{text(f'restricted.{what}.{field}')} {masked}".rstrip())
                    action.triggered.connect(
                        lambda _checked=False, what=what, field=field, record=record.id: (
                            self.restricted_requested.emit(what, field, record)
                        )
                    )
