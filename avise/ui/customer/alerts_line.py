"""The third line of the header: what must not be missed, at most four chips, then how many more."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.services.customer_updates import Alert, Severity
from avise.services.wording import alert_text
from avise.texts import plural
from avise.ui.theme import theme
from avise.ui.widgets.chip import Chip, ChipSpec, Tone

SHOWN, HEIGHT, _GAP = 4, 24, 6
_TONES = {
    Severity.DANGER: Tone.DANGER,
    Severity.WARN: Tone.WARN,
    Severity.NOTE: Tone.NOTE,
    Severity.NEUTRAL: Tone.OUTLINE,
}


def alert_chip(alert: Alert) -> ChipSpec:
    """Return the chip of an alert."""
    return ChipSpec(alert_text(alert), _TONES[alert.severity], alert.icon)


class AlertsLine(QWidget):
    """Alerts as chips; a press shows the block that an alert comes from.

    Signals:
        facet_requested: the facet of the alert pressed.
        command_requested: the command that the alert pressed runs instead.
    """

    facet_requested = Signal(str)
    command_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._alerts: tuple[Alert, ...] = ()
        self._chips: list[Chip] = []
        self._more = Chip(ChipSpec("", Tone.OUTLINE), pressable=True, parent=self)
        self._more.hide()
        self._more.clicked.connect(self._on_more_clicked)
        self._expanded = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._on_theme_changed)

    def set_alerts(self, alerts: Sequence[Alert]) -> None:
        """Show other alerts, by severity; nothing moves when there are none: the line stays empty."""
        if tuple(alerts) == self._alerts:
            return
        self._alerts = tuple(alerts)
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = [self._chip(alert) for alert in self._alerts]
        self.setAccessibleName(". ".join(alert_text(alert) for alert in self._alerts))
        self._place()

    def _chip(self, alert: Alert) -> Chip:
        chip = Chip(alert_chip(alert), pressable=bool(alert.facet or alert.opens), parent=self)
        if alert.opens:
            chip.clicked.connect(lambda: self.command_requested.emit(alert.opens))
        elif alert.facet:
            chip.clicked.connect(lambda: self.facet_requested.emit(alert.facet))
        return chip

    def _place(self) -> None:
        gap, room = theme().px(_GAP), self.width()
        limit = len(self._chips) if self._expanded else SHOWN
        left, shown = 0, 0
        for index, chip in enumerate(self._chips):
            size = chip.sizeHint()
            more = theme().px(40) if index + 1 < len(self._chips) else 0
            fits = index < limit and shown == index and left + size.width() + more <= room
            chip.setVisible(fits)
            if fits:
                chip.setGeometry(left, (self.height() - size.height()) // 2, size.width(), size.height())
                left += size.width() + gap
                shown += 1
        self._place_more(left, len(self._chips) - shown)

    def _place_more(self, left: int, hidden: int) -> None:
        self._more.setVisible(hidden > 0)
        if hidden <= 0:
            return
        self._more.set_spec(ChipSpec(f"+{hidden}", Tone.OUTLINE))
        self._more.setAccessibleName(plural("customer.more_alerts", hidden))
        left_out = self._alerts[len(self._alerts) - hidden :]
        self._more.setToolTip("\n".join(alert_text(alert) for alert in left_out))
        size = self._more.sizeHint()
        self._more.setGeometry(left, (self.height() - size.height()) // 2, size.width(), size.height())

    @Slot()
    def _on_more_clicked(self) -> None:
        self._expanded = True
        self._place()

    @override
    def sizeHint(self) -> QSize:
        """Return the height of the line."""
        return QSize(theme().px(300), theme().px(HEIGHT))

    @override
    def minimumSizeHint(self) -> QSize:
        """Return a width that hides chips behind the count."""
        return QSize(theme().px(80), theme().px(HEIGHT))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many chips as there is room for."""
        self._place()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self._place()
