"""What the window does with this agent's calls: says who may be calling, never takes the keyboard."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from avise.env import Env
from avise.models.customer import PersonId
from avise.services.desk import CallState, IncomingCall

TICK_MS = 1000
ARMED_S = 2.0
"""Between the two presses that end a call (`ui.md` 7)."""


class Calls(QObject):
    """The call under way and whom it concerns.

    Args:
        env: the clock, for the timer.
        parent: of the object.

    Signals:
        rang: a call that the window did not know yet (an `IncomingCall`).
        answered: the agent took it on the telephone.
        changed: the call known is not what it was (an `IncomingCall`).
        ended: it is over; the person that it concerned, or None.
        missed: a call that nobody took is over (an `IncomingCall`).
        state_changed: "available", "ringing", "on_call", "" when telephony is absent.
        ticked: the person on the telephone, and the seconds since the call was taken.
    """

    rang = Signal(object)
    answered = Signal(object)
    changed = Signal(object)
    ended = Signal(object)
    missed = Signal(object)
    state_changed = Signal(str)
    ticked = Signal(object, int)

    def __init__(self, env: Env, parent: QObject) -> None:
        super().__init__(parent)
        self._env = env
        self.call: IncomingCall | None = None
        self.person: PersonId | None = None
        """Whose file the agent opened for this call: a choice, not an identification."""
        self._is_lost = False
        """The telephony tells nothing any more."""
        self._armed_at: float | None = None
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
            self._armed_at = None
        self.call = call
        if is_new:
            self.rang.emit(call)
        was_taken = not is_new and before is not None and before.state is not CallState.RINGING
        if call.state is not CallState.RINGING and not was_taken:
            self._timer.start()
            self.answered.emit(call)
        if not is_new:
            self.changed.emit(call)
        self._tell_state()
        self._on_tick()

    def lose_telephony(self) -> None:
        """Note that the telephony tells nothing any more: the call under way is the agent's to end."""
        self._is_lost = True
        self.interrupt()

    def interrupt(self) -> None:
        """Note that the telephony's tale has a gap: whether the call under way ended may never be told."""
        if self.call is not None:
            self.call = replace(self.call, followed=False)
            self.changed.emit(self.call)
        self._tell_state()

    def tell_again(self) -> None:
        """Say the state once more: the window was built again."""
        if self.call is not None:
            self._tell_state()
            self._on_tick()

    def concerns(self, person: PersonId) -> None:
        """Say whose file the agent opened for the call.

        Where no telephony says that a call was taken, opening a file for it does.
        """
        self.person = person
        call = self.call
        if call is not None and call.state is CallState.RINGING and not call.followed:
            self.take(replace(call, state=CallState.ANSWERED, answered_at=self._env.now()))
        self._on_tick()

    def now(self) -> datetime:
        """Return the present, as the desk's clock tells it."""
        return self._env.now()

    def seconds(self) -> int:
        """Return how long the call has lasted, 0 while it rings."""
        if self.call is None or self.call.state is CallState.RINGING:
            return 0
        start: datetime = self.call.answered_at or self.call.at
        return max(int((self._env.now() - start).total_seconds()), 0)

    # ---- the end -----------------------------------------------------------------------------
    @property
    def may_end(self) -> bool:
        """Whether the agent says that the call is over: no telephony will."""
        return self.call is not None and not self.call.followed

    def end(self) -> bool:
        """End a call that no telephony follows, as if it had said so; return whether there was one."""
        if not self.may_end:
            return False
        self._end()
        return True

    def end_at_second_press(self) -> bool:
        """End the call at the second press within two seconds; return whether it did."""
        now, armed_at = self._env.monotonic(), self._armed_at
        if armed_at is not None and now - armed_at <= ARMED_S:
            return self.end()
        self._armed_at = now
        return False

    def _end(self) -> None:
        person, call, self.call, self.person = self.person, self.call, None, None
        self._armed_at = None
        self._timer.stop()
        self._tell_state()
        self.ended.emit(person)
        if call is not None and call.followed and call.state is CallState.RINGING:
            self.missed.emit(call)

    def _tell_state(self) -> None:
        if self.call is None:
            self.state_changed.emit("" if self._is_lost else "available")
        else:
            self.state_changed.emit("ringing" if self.call.state is CallState.RINGING else "on_call")

    @Slot()
    def _on_tick(self) -> None:
        if self.call is not None and self.person is not None:
            self.ticked.emit(self.person, self.seconds())
