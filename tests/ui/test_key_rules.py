"""Which keys may be given to a command, and the sentence for those that may not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.texts.catalogue import LANGUAGES, catalogue
from avise.ui.key_rules import KeyProblem, Refusal, owner_of, problem, refusal
from avise.ui.shortcuts import (
    SHORTCUTS,
    chords_of,
    kept_words,
    keys_of,
    may_change,
    read_kept,
    remap,
    remapped,
)


@pytest.fixture(autouse=True)
def first_keys() -> Iterator[None]:
    """Leave the first keys in force."""
    remap({})
    yield
    remap({})


@pytest.mark.parametrize(
    ("chord", "expected"),
    [
        ("Ctrl+Alt+K", Refusal.ALTGR),
        ("Ctrl+Alt+F2", Refusal.ALTGR),
        ("K", Refusal.ALONE),
        ("Shift+K", Refusal.ALONE),
        ("Alt+K", Refusal.ALT),
        ("Alt+3", Refusal.ALT),
        ("Ctrl+3", Refusal.DIGIT),
        ("Ctrl+/", Refusal.LAYOUT),
        ("Ctrl+Shift+?", Refusal.LAYOUT),
        ("Ctrl+[", Refusal.LAYOUT),
        ("Ctrl+Shift+=", Refusal.LAYOUT),
        ("Ctrl+É", Refusal.LAYOUT),
        ("Ins", Refusal.READER),
        ("Ctrl+Ins", Refusal.READER),
        ("Ctrl+Num+1", Refusal.READER),
        ("Alt+F4", Refusal.SYSTEM),
        ("F10", Refusal.SYSTEM),
        ("Meta+L", Refusal.SYSTEM),
        ("Ctrl+C", Refusal.TEXT),
        ("Ctrl+Backspace", Refusal.TEXT),
        ("Tab", Refusal.MOVES),
        ("Ctrl+Return", Refusal.MOVES),
        ("Down", Refusal.MOVES),
        ("Ctrl", Refusal.UNFINISHED),
        ("Ctrl+Shift", Refusal.UNFINISHED),
        ("Ctrl+J", None),
        ("Ctrl+Shift+J", None),
        ("F7", None),
        ("Ctrl+Shift+F12", None),
        ("Ctrl+,", None),
        ("Alt+Left", None),
    ],
)
def test_each_rule_refuses_its_keys(chord: str, expected: Refusal | None) -> None:
    assert refusal(chord) is expected


def test_keys_of_another_command_are_refused_by_its_name() -> None:
    found = problem("timeline", "Ctrl+K")
    assert found is not None
    assert (found.refusal, found.other) == (Refusal.TAKEN, "palette")
    assert "Tout chercher" in found.sentence()
    assert problem("palette", "Ctrl+K") is None


def test_the_first_stroke_of_a_sequence_is_taken_too() -> None:
    assert owner_of("Ctrl+G") == "go_home"


def test_keys_given_away_are_free_again_and_those_given_are_not() -> None:
    remap({"palette": "F7"})
    assert owner_of("Ctrl+K") == ""
    assert owner_of("F7") == "palette"
    assert keys_of("palette") == "F7"


def test_what_the_widget_with_focus_decides_keeps_its_keys() -> None:
    remap({"list_menu": "F7", "nothing_known": "F8"})
    assert remapped() == {}
    assert not may_change("escape")


def test_first_keys_break_no_rule_but_the_ones_the_design_allows() -> None:
    allowed = {"zoom_in", "zoom_out", "zoom_reset", "next_session", "previous_session"}
    for declared in SHORTCUTS:
        if declared.handled_by_view or declared.id in allowed:
            continue
        for chord in declared.keys:
            first = chord.split(", ")[0]
            assert refusal(first) is None, (declared.id, chord)


def test_no_two_commands_begin_with_the_same_keys() -> None:
    # Lists of different screens may share a key: only the one with focus takes it.
    for declared in (shortcut for shortcut in SHORTCUTS if not shortcut.handled_by_view):
        for chord in declared.keys:
            if ", " not in chord:
                assert owner_of(chord, besides=declared.id) == "", (declared.id, chord)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_refusal_has_its_sentence(code: str) -> None:
    assert not {f"key_refused.{refused}" for refused in Refusal} - catalogue(code).keys()


_CHANGEABLE = [declared.id for declared in SHORTCUTS if may_change(declared.id)]
_CHORD = st.sampled_from([f"Ctrl+{key}" for key in "ABJK,="] + [f"F{n}" for n in range(1, 13)])


@given(st.dictionaries(st.sampled_from(_CHANGEABLE), _CHORD))
def test_keys_kept_are_read_back(own: dict[str, str]) -> None:
    assert read_kept(kept_words(own)) == own


@given(st.text(max_size=80))
def test_words_that_mean_nothing_change_nothing_known(words: str) -> None:
    remap(read_kept(words))
    assert all(may_change(name) for name in remapped())
    assert all(chords_of(declared.id) is not None for declared in SHORTCUTS)


@given(st.text(max_size=12))
def test_any_chord_gets_an_answer(chord: str) -> None:
    found = problem("palette", chord)
    assert found is None or isinstance(found, KeyProblem)
