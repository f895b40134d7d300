"""The mark of a service clock: shape, word and tint change together (`ui.md` 5.9).

A value that was read a moment ago is brought to the present minute here: the mark ticks once a minute
without asking anybody.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from PySide6.QtWidgets import QWidget

from avise.models.business_hours import DEFAULT_HOURS, BusinessHours
from avise.models.sla import SlaClock, SlaState
from avise.models.sla_words import chip_text, sla_sentence
from avise.texts import language, text
from avise.ui.widgets.chip import Chip, ChipSpec, Tone

WIDTH = 86
"""In a list, so that titles align."""

LOOKS: dict[SlaState, tuple[Tone, str]] = {
    SlaState.ON_TIME: (Tone.NEUTRAL, "clock"),
    SlaState.SOON: (Tone.WARN, "hourglass"),
    SlaState.LATE: (Tone.DANGER, "triangle-alert"),
    SlaState.PAUSED: (Tone.OUTLINE, "circle-pause"),
    SlaState.MET: (Tone.OK, "circle-check"),
    SlaState.MISSED: (Tone.OUTLINE, "triangle-alert"),
}
_ENDED = (SlaState.MET, SlaState.MISSED)


def clock_at(clock: SlaClock, now: datetime, hours: BusinessHours = DEFAULT_HOURS) -> SlaClock:
    """Return a running clock as it stands at a later minute; one that is paused or ended is left as it is."""
    minute = now.replace(second=0, microsecond=0)
    if clock.paused or clock.state in _ENDED or minute <= clock.measured_at:
        return clock
    state = SlaState.ON_TIME
    if minute >= clock.due_at:
        state = SlaState.LATE
    elif minute >= clock.soon_at:
        state = SlaState.SOON
    consumed = clock.consumed + hours.minutes_between(clock.measured_at, minute)
    return replace(clock, state=state, measured_at=minute, consumed=consumed)


def sla_spec(
    clock: SlaClock, now: datetime, hours: BusinessHours = DEFAULT_HOURS, *, small: bool = False
) -> ChipSpec:
    """Return the mark of a clock at a moment."""
    return _spec(clock, now.replace(second=0, microsecond=0), hours, small, language())


@lru_cache(maxsize=4096)
def _spec(clock: SlaClock, minute: datetime, hours: BusinessHours, small: bool, _language: str) -> ChipSpec:
    found = clock_at(clock, minute, hours)
    tone, icon = LOOKS[found.state]
    return ChipSpec(chip_text(found, hours).words(), tone, icon, small=small)


def sla_words(clock: SlaClock, now: datetime, hours: BusinessHours = DEFAULT_HOURS) -> str:
    """Return how a clock stands at a moment, in full: what is heard, and what the tooltip says."""
    return sla_sentence(clock_at(clock, now, hours), hours)


def due_words(clock: SlaClock, now: datetime, hours: BusinessHours = DEFAULT_HOURS) -> str:
    """Return how a clock stands as a header says it: that hours are open ones goes without saying there."""
    return sla_words(clock, now, hours).replace(f", {text('request_panel.open_hours')}", "")


class SlaChip(Chip):
    """The mark as a widget.

    Args:
        clock: as it was read.
        now: the present.
        hours: of the team.
        in_full: with its sentence rather than its few signs.
        small: 18 high rather than 20.
        parent: of the widget.
    """

    def __init__(
        self,
        clock: SlaClock,
        now: datetime,
        hours: BusinessHours = DEFAULT_HOURS,
        *,
        in_full: bool = False,
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(sla_spec(clock, now, hours, small=small), parent=parent)
        self._clock, self._hours, self._in_full, self._small = clock, hours, in_full, small
        self.tick(now)

    def show_clock(self, clock: SlaClock, now: datetime, hours: BusinessHours = DEFAULT_HOURS) -> None:
        """Show another clock."""
        self._clock, self._hours = clock, hours
        self.tick(now)

    def set_in_full(self, *, in_full: bool, now: datetime) -> None:
        """Show the sentence, or the few signs where there is no room for it."""
        self._in_full = in_full
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Show how the clock stands now; to be called once a minute."""
        spec = sla_spec(self._clock, now, self._hours, small=self._small)
        if self._in_full:
            spec = replace(spec, text=due_words(self._clock, now, self._hours))
        self.set_spec(spec)
        words = sla_words(self._clock, now, self._hours)
        self.setAccessibleName(words)
        self.setToolTip(words)
