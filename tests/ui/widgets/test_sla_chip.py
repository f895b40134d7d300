"""The mark of a service clock: shape, word and tint change together, once a minute."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from avise.models.sla import Pause, ServiceLevel, SlaState, clock
from avise.ui.widgets.chip import Tone
from avise.ui.widgets.presence import initials_of
from avise.ui.widgets.sla_chip import LOOKS, SlaChip, clock_at, due_words, sla_spec, sla_words
from tests.ui.persona import NOW

DAY = ServiceLevel(540)
SENT = NOW - timedelta(hours=1)


def _ended(after: timedelta) -> object:
    return clock(DAY, SENT, (), NOW, SENT + after)


@pytest.mark.parametrize(
    ("found", "words", "tone", "icon"),
    [
        (clock(DAY, SENT, (), NOW), "demain", Tone.NEUTRAL, "clock"),
        (clock(ServiceLevel(120), NOW - timedelta(minutes=100), (), NOW), "20 min", Tone.WARN, "hourglass"),
        (
            clock(ServiceLevel(30), SENT - timedelta(hours=1), (), NOW),
            "retard 1 h",
            Tone.DANGER,
            "triangle-alert",
        ),
        (
            clock(DAY, SENT, (Pause(NOW - timedelta(minutes=5)),), NOW),
            "en pause",
            Tone.OUTLINE,
            "circle-pause",
        ),
        (_ended(timedelta(minutes=20)), "tenue", Tone.OK, "circle-check"),
        (_ended(timedelta(days=4)), "dépassée", Tone.OUTLINE, "triangle-alert"),
    ],
    ids=["on time", "soon", "late", "paused", "met", "missed"],
)
def test_each_state_has_its_shape_its_word_and_its_tint(
    found: object, words: str, tone: Tone, icon: str
) -> None:
    spec = sla_spec(found, NOW)  # type: ignore[arg-type]  # a clock
    assert (spec.text.replace("\u00a0", " "), spec.tone, spec.icon) == (words, tone, icon)


def test_no_two_states_look_the_same() -> None:
    assert set(LOOKS) == set(SlaState)
    assert len(set(LOOKS.values())) == len(LOOKS)


def test_the_mark_says_its_whole_sentence_and_follows_the_minutes(dressed: QApplication) -> None:
    found = clock(ServiceLevel(120), NOW - timedelta(minutes=60), (), NOW)
    chip = SlaChip(found, NOW)
    assert chip.accessibleName() == "à traiter avant 11:44, dans 1\u00a0h, heures ouvrées"
    assert chip.toolTip() == chip.accessibleName()
    chip.tick(NOW + timedelta(minutes=50))
    assert (chip.spec.text, chip.spec.tone) == ("10\u00a0min", Tone.WARN)
    chip.tick(NOW + timedelta(minutes=61))
    assert chip.spec.tone is Tone.DANGER
    chip.deleteLater()


def test_a_header_leaves_out_that_hours_are_open_ones() -> None:
    late = clock(ServiceLevel(30), SENT, (), NOW)
    assert "heures ouvrées" in sla_words(late, NOW)
    assert "heures ouvrées" not in due_words(late, NOW)


@given(
    delay=st.integers(1, 5 * 540),
    minutes=st.integers(0, 8 * 24 * 60),
    paused=st.booleans(),
)
def test_a_mark_that_ticks_says_what_a_clock_read_anew_says(delay: int, minutes: int, paused: bool) -> None:
    level, later = ServiceLevel(delay), NOW + timedelta(minutes=minutes)
    pauses = (Pause(SENT + timedelta(minutes=5), SENT + timedelta(minutes=25)),) if paused else ()
    ticked = clock_at(clock(level, SENT, pauses, NOW), later)
    anew = clock(level, SENT, pauses, later)
    assert (ticked.state, ticked.consumed, ticked.due_at) == (anew.state, anew.consumed, anew.due_at)


@pytest.mark.parametrize("at", [NOW, NOW + timedelta(days=2)])
def test_a_paused_mark_does_not_move(at: datetime) -> None:
    found = clock(DAY, SENT, (Pause(NOW - timedelta(minutes=5)),), NOW)
    assert clock_at(found, at) == found


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Karim Benali", "KB"), ("Jean-Luc Le Goff", "JG"), ("Inès", "I"), ("", "")],
)
def test_initials_are_those_of_the_first_and_the_last_word(name: str, initials: str) -> None:
    assert initials_of(name) == initials
