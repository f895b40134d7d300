"""What is said of the network: a chip, a line of the status bar, a sentence; who said so, in words."""

from __future__ import annotations

from datetime import datetime, timedelta

from avise.models.network import NetworkMode, NetworkState
from avise.texts import plural, text
from avise.texts.formats import format_duration, format_moment
from avise.ui.widgets.chip import ChipSpec, Tone

CLOCK_OFF, CLOCK_WAY_OFF = timedelta(minutes=5), timedelta(hours=24)
"""Beyond the first the clock is told to be wrong, beyond the second it has to be set (`hub.md` 5)."""

_LOOKS = {
    NetworkMode.OFFLINE: (Tone.OUTLINE, "cloud-off"),
    NetworkMode.LIMITED: (Tone.OUTLINE, "gauge"),
}
"""A mode is neutral: it is not a fault (`ui.md` 5.13)."""


def network_chip(state: NetworkState) -> ChipSpec | None:
    """Return the chip of the top bar; None while there is nothing to say."""
    if state.mode not in _LOOKS:
        return None
    tone, icon = _LOOKS[state.mode]
    return ChipSpec(text(f"network.chip.{state.mode}"), tone, icon, tall=True)


def network_words(state: NetworkState, now: datetime) -> str:
    """Return since when there is less network, and what ends it; "" while there is all of it."""
    if state.mode is NetworkMode.ONLINE:
        return ""
    since = format_moment(state.since, now)
    return text(f"network.{_who(state)}.{state.mode}", time=since)


def network_sentence(state: NetworkState, now: datetime) -> str:
    """Return the whole of it for a tooltip and for people who hear the screen: also the last contact."""
    contact = ""
    if state.last_contact is not None and state.mode is NetworkMode.OFFLINE:
        contact = text("network.last_contact", time=format_moment(state.last_contact, now))
    return " · ".join(filter(None, (network_words(state, now), contact)))


def _who(state: NetworkState) -> str:
    return "chosen" if state.forced else "found"


def clock_matter(state: NetworkState) -> str:
    """Return what is wrong with this machine's clock: "", "off", or "set", when it has to be set."""
    off = abs(timedelta(seconds=state.clock_skew_seconds or 0))
    if off > CLOCK_WAY_OFF:
        return "set"
    return "off" if off > CLOCK_OFF else ""


def clock_sentence(state: NetworkState) -> str:
    """Return what is wrong with this machine's clock and what to do; "" when nothing is."""
    matter = clock_matter(state)
    if not matter:
        return ""
    skew = timedelta(seconds=state.clock_skew_seconds or 0)
    off, way = abs(skew), "ahead" if skew > timedelta(0) else "behind"
    if matter == "set":
        return plural(f"network.clock.set.{way}", max(1, round(off / timedelta(days=1))))
    return text(f"network.clock.{way}", duration=format_duration(off))
