"""Which keys a user may give to a command (`ui.md` 7), and why others are refused.

The keys are written as Qt writes them in any language ("Ctrl+Shift+T"). Nothing here knows Qt.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from avise.texts import text
from avise.ui.shortcuts import SHORTCUTS, chords_of, label


class Refusal(StrEnum):
    """Why keys are refused. Sentence: catalogue key `key_refused.<refusal>`."""

    UNFINISHED = "unfinished"
    """Ctrl, Shift or Alt without another key."""
    ALTGR = "altgr"
    """Ctrl+Alt is AltGr, which types."""
    SYSTEM = "system"
    READER = "reader"
    """Kept by screen readers: Insert, Caps lock, the numeric pad."""
    ALT = "alt"
    """Alt and a letter is an access key; Alt and a digit shows a session."""
    DIGIT = "digit"
    LAYOUT = "layout"
    """Typed with Shift or AltGr on some keyboards."""
    ALONE = "alone"
    TEXT = "text"
    """Text fields keep their editing keys."""
    MOVES = "moves"
    """Keys that move through a screen."""
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class KeyProblem:
    """Why keys cannot be given to a command."""

    refusal: Refusal
    other: str = ""
    """Id of the command that has them."""

    def sentence(self) -> str:
        """Return what is wrong and what to do instead."""
        name = label(self.other) if self.other else ""
        return text(f"key_refused.{self.refusal}", name=name)


_MODIFIERS = frozenset({"Ctrl", "Shift", "Alt", "Meta", "Num"})
_READER = frozenset({"Ins", "CapsLock", "NumLock", "ScrollLock", "Num"})
_SYSTEM = frozenset({
    "Alt+Tab", "Alt+Shift+Tab", "Alt+F4", "Alt+Space", "Alt+Esc", "Ctrl+Esc", "Ctrl+Shift+Esc", "F10",
    "Print", "Alt+Print", "Pause",
})  # fmt: skip
_TEXT = frozenset({
    *(f"Ctrl+{key}" for key in "ACVXYZ"), "Ctrl+Shift+Z", "Ctrl+Left", "Ctrl+Right", "Ctrl+Shift+Left",
    "Ctrl+Shift+Right", "Ctrl+Home", "Ctrl+End", "Ctrl+Shift+Home", "Ctrl+Shift+End", "Ctrl+Backspace",
    "Ctrl+Del", "Alt+Backspace", "Shift+Del",
})  # fmt: skip
_MOVES = frozenset({
    "Tab", "Backtab", "Return", "Enter", "Esc", "Space", "Left", "Right", "Up", "Down", "Home", "End",
    "PgUp", "PgDown", "Backspace", "Del", "Menu",
})  # fmt: skip
_SIGNS = frozenset({",", "="})
"""The only signs that every keyboard served types alike (rule 3)."""


def parts_of(chord: str) -> tuple[frozenset[str], str]:
    """Return the modifiers of a chord and its key; "Ctrl++" is Ctrl and the key +."""
    *modifiers, key = [*chord[:-2].split("+"), "+"] if chord.endswith("++") else chord.split("+")
    if key in _MODIFIERS:
        return frozenset({*modifiers, key}), ""
    return frozenset(modifiers), key


def problem(identifier: str, chord: str) -> KeyProblem | None:
    """Return why a command cannot have some keys, None when it can."""
    refused = refusal(chord)
    if refused is not None:
        return KeyProblem(refused)
    other = owner_of(chord, besides=identifier)
    return KeyProblem(Refusal.TAKEN, other) if other else None


def refusal(chord: str) -> Refusal | None:
    """Return the rule that keys break, whoever asks for them; None when they break none."""
    modifiers, key = parts_of(chord)
    kept_elsewhere = _refusal_by_others(modifiers, key, chord)
    if kept_elsewhere is not None or _is_function_key(key):
        return kept_elsewhere
    return _refusal_of_key(modifiers, key)


def _refusal_by_others(modifiers: frozenset[str], key: str, chord: str) -> Refusal | None:
    """Return who keeps these keys for itself: the layout, the system, screen readers, text fields."""
    rules = (
        (not key, Refusal.UNFINISHED),
        ({"Ctrl", "Alt"} <= modifiers or "AltGr" in modifiers, Refusal.ALTGR),
        (chord in _SYSTEM or "Meta" in modifiers, Refusal.SYSTEM),
        (key in _READER or bool(modifiers & _READER), Refusal.READER),
        (chord in _TEXT, Refusal.TEXT),
    )
    return next((refused for breaks, refused in rules if breaks), None)


def _refusal_of_key(modifiers: frozenset[str], key: str) -> Refusal | None:
    is_letter = len(key) == 1 and "A" <= key <= "Z"
    if key in _MOVES:
        return None if "Alt" in modifiers and key in ("Left", "Right", "Up", "Down") else Refusal.MOVES
    if not modifiers & {"Ctrl", "Alt"}:
        return Refusal.ALONE
    if "Alt" in modifiers:
        return Refusal.ALT
    if key.isdigit():
        return Refusal.DIGIT
    if is_letter or (key in _SIGNS and "Shift" not in modifiers):
        return None
    return Refusal.LAYOUT


def _is_function_key(key: str) -> bool:
    return key.startswith("F") and key[1:].isdigit() and 1 <= int(key[1:]) <= 12


def owner_of(chord: str, *, besides: str = "") -> str:
    """Return the command that keys run, or begin to run; "" when they are free."""
    for declared in SHORTCUTS:
        if declared.id == besides:
            continue
        for keys in chords_of(declared.id):
            if keys == chord or keys.split(", ")[0] == chord:
                return declared.id
    return ""
