"""One exchange of the timeline, whole: what the row had to cut."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from avise.models.interaction import TimelineEntry
from avise.texts.formats import format_date, format_time, local
from avise.ui.customer.discreet import PanelVeil
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.customer.record_words import together
from avise.ui.customer.timeline_model import row_title, status_words
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column

_WIDTH = 400


class EntryPanel(FloatingPanel):
    """Shows one exchange over the page."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", "history", _WIDTH, parent)
        self._when = Label("", "small", "meta")
        self._summary = Label("", "body", wrap=True)
        self._summary.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._summary.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.body.addLayout(column(self._when, self._summary, gap=6, margins=(12, 8, 12, 12)))
        self.veil = PanelVeil(self)

    def open_entry(self, entry: TimelineEntry, source: str, anchor: QPoint) -> None:
        """Show an exchange near its row."""
        self.title.setText(row_title(entry))
        self.setAccessibleName(row_title(entry))
        day = format_date(local(entry.at).date())
        self._when.setText(together(f"{day} {format_time(entry.at)}", source, status_words(entry)))
        self._summary.setText(entry.summary)
        self.open_at(anchor)
        self._summary.setFocus(Qt.FocusReason.OtherFocusReason)
