"""What the window does with this agent's calls: says who may be calling, never takes the keyboard."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from avise.env import Env
from avise.models.customer import PersonId
from avise.services.desk import CallState, IncomingCall

TICK_MS = 1000


class Calls(QObject):
    """The call under way and whom it concerns.

    Args:
        env: the clock, for the timer.
        parent: of the object.

    Signals:
        rang: a call that the window did not know yet (an `IncomingCall`).
        answered: the agent took it on the telephone.
        ended: it is over; the person that it concerned, or None.
        state_changed: "available", "ringing" or "on_call".
        ticked: the person on the telephone, and the seconds since the call was taken.
    """

    rang = Signal(object)
    answered = Signal(object)
    ended = Signal(object)
    state_changed = Signal(str)
    ticked = Signal(object, int)

    def __init__(self, env: Env, parent: QObject) -> None:
        super().__init__(parent)
        self._env = env
        self.call: IncomingCall | None = None
        self.person: PersonId | None = None
        """Whose file the agent opened for this call: a choice, not an identification."""
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)

    def take(self, call: IncomingCall) -> None:
        """Follow the telephony: a new call, or another state of the one known."""
        before = self.call
        if call.state is CallState.ENDED:
            if before is not None and before.call_id == call.call_id:
                self._end()
            return
        is_new = before is None or before.call_id != call.call_id
        if is_new:
            self.person = call.matches[0].entry.person if len(call.matches) == 1 else None
        self.call = call
        if is_new:
            self.rang.emit(call)
        was_taken = not is_new and before is not None and before.state is not CallState.RINGING
        if call.state is not CallState.RINGING and not was_taken:
            self._timer.start()
            self.answered.emit(call)
        self.state_changed.emit("ringing" if call.state is CallState.RINGING else "on_call")
        self._on_tick()

    def tell_again(self) -> None:
        """Say the state once more: the window was built again."""
        if self.call is not None:
            self.state_changed.emit("ringing" if self.call.state is CallState.RINGING else "on_call")
            self._on_tick()

    def concerns(self, person: PersonId) -> None:
        """Say whose file the agent opened for the call."""
        self.person = person
        self._on_tick()

    def seconds(self) -> int:
        """Return how long the call has lasted, 0 while it rings."""
        if self.call is None or self.call.state is CallState.RINGING:
            return 0
        start: datetime = self.call.answered_at or self.call.at
        return max(int((self._env.now() - start).total_seconds()), 0)

    def _end(self) -> None:
        person, self.call, self.person = self.person, None, None
        self._timer.stop()
        self.state_changed.emit("available")
        self.ended.emit(person)

    @Slot()
    def _on_tick(self) -> None:
        if self.call is not None and self.person is not None:
            self.ticked.emit(self.person, self.seconds())
