"""The call that this customer is on: timer, line, queue and wait (`ui.md` 5.3).

The telephony is followed, not driven: there is no button that would do nothing. A call that no
telephony follows (a softphone's link) has one: the agent says that it is over.
"""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from avise.env import Env
from avise.services.desk import CallState, IncomingCall
from avise.texts import text
from avise.texts.formats import format_duration, format_phone, format_timer
from avise.ui.customer.record_words import together
from avise.ui.theme import theme
from avise.ui.widgets.chip import Chip, ChipSpec, Tone
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.end_call_button import EndCallButton
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import row

_CHIPS = {
    CallState.RINGING: (Tone.INFO, "phone-incoming"),
    CallState.ANSWERED: (Tone.ACCENT, "headset"),
    CallState.HELD: (Tone.WARN, "pause"),
    CallState.ENDED: (Tone.NEUTRAL, "phone-off"),
}


def waited_words(seconds: int) -> str:
    """Return how long the caller waited: 1 min 10, 40 s."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return f"{rest}\u00a0s"
    return f"{format_duration(timedelta(minutes=minutes))}\u00a0{rest:02d}" if rest else f"{minutes}\u00a0min"


class CallPanel(QWidget):
    """What is known of the call.

    Args:
        env: the clock of the timer.
        parent: of the widget.

    Signals:
        end_requested: a call that no telephony follows is over.
    """

    end_requested = Signal()

    def __init__(self, env: Env, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(text("zone.customer_call"))
        self._env = env
        self._call: IncomingCall | None = None
        self._ended_s = 0
        self._timer = Label("", "counter", tabular=True)
        self._who = ElidedLabel("", "value", "text-2")
        self._queue = ElidedLabel("", "small", "text-3")
        self._state = Chip(ChipSpec(""))
        self._lines = QVBoxLayout(self)
        self._lines.addLayout(row(self._timer, self._who, gap=10))
        self._lines.addWidget(self._queue)
        self.end = EndCallButton()
        self.end.clicked.connect(self.end_requested)
        self._lines.addLayout(row(self._state, None, self.end))
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._on_second)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def set_call(self, call: IncomingCall) -> None:
        """Show a call."""
        if call.state is CallState.ENDED:
            self._ended_s = self._elapsed_s(call)
        self._call = call
        self.end.setVisible(not call.followed and call.state is not CallState.ENDED)
        tone, icon = _CHIPS[call.state]
        self._state.set_spec(ChipSpec(text(f"customer.call.state.{call.state}"), tone, icon))
        number = format_phone(call.number) if call.number else text("customer.call.number_withheld")
        self._who.setText(together(text("customer.call.incoming"), number))
        queue = text("customer.call.queue", queue=call.queue) if call.queue else ""
        waited = text("customer.call.waited", duration=waited_words(call.waited_s)) if call.waited_s else ""
        self._queue.setText(together(queue, waited))
        if call.state in (CallState.ANSWERED, CallState.HELD, CallState.RINGING):
            self._second.start()
        else:
            self._second.stop()
        self._on_second()

    def _elapsed_s(self, call: IncomingCall) -> int:
        since = call.answered_at or call.at
        until = call.at if call.state is CallState.ENDED and call.answered_at else self._env.now()
        return max(int((until - since).total_seconds()), 0)

    @Slot()
    def _on_second(self) -> None:
        if self._call is None:
            return
        ended = self._call.state is CallState.ENDED
        self._timer.setText(format_timer(self._ended_s if ended else self._elapsed_s(self._call)))

    @Slot()
    def _on_theme_changed(self) -> None:
        px = theme().px
        self._lines.setContentsMargins(px(14), px(8), px(14), px(8))
        self._lines.setSpacing(px(4))
