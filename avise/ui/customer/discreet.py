"""What a customer's page shows while the screen is discreet: no NIR, no IBAN, no amount, no health."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from avise.models.facet_specs import FACETS
from avise.models.facets import FacetRecord, FacetSpec, FacetView, FieldKind, Sensitivity
from avise.models.json_types import JSON
from avise.models.masking import MASK
from avise.texts import text
from avise.ui.customer.block_content import BlockContent, SentenceRow
from avise.ui.discretion import discretion
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.focus_place import FocusPlace
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.painting import Span
from avise.ui.widgets.panel import HEADER_HEIGHT, Panel
from avise.ui.widgets.row_list import RowsView

_HIDDEN_KINDS = frozenset({FieldKind.AMOUNT, FieldKind.NIR, FieldKind.IBAN})
_AMOUNT = re.compile(r"[+−-]?\d[\d\s.\u202f\u00a0]*(?:,\d+)?[\s\u202f\u00a0]*(?:€|EUR\b|euros?\b)")


def is_health(facet: str) -> bool:
    """Return whether a block tells of health."""
    return FACETS[facet].sensitivity is Sensitivity.HEALTH


def discreet_words(words: str) -> str:
    """Return words with their amounts hidden."""
    return _AMOUNT.sub(f"{MASK}\u00a0€", words)


def discreet_views(facet: str, views: Sequence[FacetView]) -> tuple[FacetView, ...]:
    """Return readings as a discreet screen may hold them; those of health hold no record."""
    if is_health(facet):
        return tuple(replace(view, records=(), total=None) for view in views)
    spec = FACETS[facet]
    return tuple(
        replace(view, records=tuple(_discreet_record(spec, record) for record in view.records))
        for view in views
    )


def _discreet_record(spec: FacetSpec, record: FacetRecord) -> FacetRecord:
    kinds = {field.name: field.kind for field in spec.fields}
    hidden = {name for name in record.data if kinds.get(name) in _HIDDEN_KINDS and record.data[name]}
    data = {name: MASK if name in hidden else _discreet_value(value) for name, value in record.data.items()}
    return FacetRecord(record.id, data, record.as_of, record.masked | hidden, {})


def _discreet_value(value: JSON) -> JSON:
    return discreet_words(value) if isinstance(value, str) else value


def discreet_content(content: BlockContent) -> BlockContent:
    """Return a block of health as a discreet screen shows it: its title and why it says no more."""
    sentence = SentenceRow((Span(text("discreet.health"), "value", "text-2"),))
    return replace(
        content,
        rows=(sentence,),
        columns=(),
        actions=(),
        count="",
        summary=text("discreet.short"),
        skeleton=0,
        strip=None,
    )


class Veil(QWidget):
    """Hides the lines of a panel while the screen is discreet.

    Args:
        panel: to hide; its header stays.
        top: height of the header that stays, at 100 %.
    """

    def __init__(self, panel: QWidget, top: float = HEADER_HEIGHT) -> None:
        super().__init__(panel)
        self._panel, self._top = panel, top
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        words = Label(text("discreet.veil", keys=keys_of("discreet")), "value", "muted", wrap=True)
        self.setAccessibleName(words.text())
        self.setLayout(column(row(Icon("eye"), words, gap=8), None, margins=(12, 10, 12, 10)))
        panel.installEventFilter(self)
        discretion().changed.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        self.cover()

    def cover(self) -> None:
        """Come over the panel or leave it, as the mode says."""
        self.setVisible(discretion().is_on)
        for rows in self._panel.findChildren(RowsView):
            # Nor by the keyboard: a row that opens would show what is veiled.
            rows.setEnabled(not discretion().is_on)
        if discretion().is_on:
            self._place()

    def _place(self) -> None:
        top = theme().px(self._top)
        self.setGeometry(1, top, self._panel.width() - 2, max(self._panel.height() - top - 1, 0))
        self.raise_()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the size of the panel, over what it shows since."""
        if discretion().is_on and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._place()
        return False


class PanelVeil(Veil):
    """Hides a panel that stands over the page, and keeps the keys from what nobody can read.

    Échap still closes the panel; its header, with the cross, stays.

    Args:
        panel: to hide, once all that it shows is in it.
    """

    def __init__(self, panel: Panel) -> None:
        self._held: list[QWidget] = []
        self._before: FocusPlace | None = None
        self._header = panel.header
        super().__init__(panel)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @override
    def cover(self) -> None:
        """Take the keyboard with the sight, and give both back."""
        if not discretion().is_on:
            # First: hidden, the veil would give the focus to anything.
            self._let_go()
        super().cover()
        if discretion().is_on:
            self._hold()

    def _hold(self) -> None:
        focused = QApplication.focusWidget()
        held = [one for one in self._panel.children() if isinstance(one, QWidget) and one.isEnabled()]
        self._held = [one for one in held if one not in (self, self._header)]
        if focused is not None and any(one is focused or one.isAncestorOf(focused) for one in self._held):
            self._before = FocusPlace(focused)
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        for one in self._held:
            one.setEnabled(False)

    def _let_go(self) -> None:
        for one in self._held:
            one.setEnabled(True)
        self._held = []
        if self._before is not None and self.hasFocus():
            self._before.take_focus()
        self._before = None

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the focus of a panel that comes on screen, and every key that would act in it."""
        if discretion().is_on:
            if event.type() == QEvent.Type.Show:
                self._place()
                self.setFocus(Qt.FocusReason.OtherFocusReason)
            if isinstance(event, QKeyEvent) and event.key() != Qt.Key.Key_Escape:
                return event.type() == QEvent.Type.KeyPress
        return super().eventFilter(watched, event)
