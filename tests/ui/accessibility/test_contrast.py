"""Contrast by the tokens: what the style sheet, the buttons and the chips put together (`ui.md` 3.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine

import pytest
from PySide6.QtWidgets import QApplication

from avise.ui.theme import contrast_ratio, load_tokens
from avise.ui.theme.style_sheet import _RULES
from avise.ui.widgets.button import _LOOKS
from avise.ui.widgets.chip import ChipSpec, Tone, _ink
from tests.ui.accessibility.contrast import faint_words
from tests.ui.accessibility.screen import Screen
from tests.ui.accessibility.screens import SCREENS, full_desk
from tests.ui.outbox.acting_window import acting_window

Run = Callable[[Coroutine[object, object, None]], None]
SCHEMES = ("light", "dark")
GROUNDS = ("bg-app", "bg-surface", "bg-overlay", "bg-chrome")
"""On which something without a ground of its own stands."""
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_NO_GROUND = (Tone.OUTLINE, Tone.PLAIN)


def couples_of_the_style_sheet() -> list[tuple[str, str]]:
    """Return the inks and the grounds that one rule sets, what is disabled excepted."""
    found = []
    for selector, rule in _RULE.findall(re.sub(r"\$\{\w+\}", "1", _RULES.template)):
        ink = re.search(r"(?<![\w-])color: \$(\w+)", rule)
        ground = re.search(r"(?<![\w-])background: \$(\w+)", rule)
        chosen = re.search(r"selection-color: \$(\w+)", rule)
        behind = re.search(r"selection-background-color: \$(\w+)", rule)
        pairs = [(ink, ground), (chosen, behind)] if ":disabled" not in selector else []
        found += [(one[1].replace("_", "-"), two[1].replace("_", "-")) for one, two in pairs if one and two]
    return found


def couples_of_the_buttons() -> set[tuple[str, str]]:
    """Return the inks and the grounds of buttons, calm, under the mouse and pressed."""
    looks = [look for states in _LOOKS.values() for look in states]
    return {(look.ink, ground) for look in looks for ground in ([look.fill] if look.fill else GROUNDS)}


def couples_of_the_chips() -> set[tuple[str, str]]:
    """Return the inks and the grounds of chips."""
    return {
        (_ink(ChipSpec("", tone)), ground)
        for tone in Tone
        for ground in (GROUNDS if tone in _NO_GROUND else [f"{tone}-bg"])
    }


COUPLES = sorted({*couples_of_the_style_sheet(), *couples_of_the_buttons(), *couples_of_the_chips()})


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "ground"), COUPLES)
def test_words_of_fields_menus_buttons_and_chips_can_be_read(scheme: str, ink: str, ground: str) -> None:
    tokens = load_tokens(scheme)
    assert contrast_ratio(tokens[ink], tokens[ground]) >= 4.5


def test_the_style_sheet_has_couples_to_compute() -> None:
    assert {("text", "bg-surface"), ("text-3", "bg-subtle"), ("on-accent", "accent")} <= set(
        couples_of_the_style_sheet()
    )


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_words_on_screen_can_be_read_in_light_and_in_dark(
    run: Run, dressed: QApplication, screen: Screen
) -> None:
    async def scenario() -> None:
        desk = full_desk(absent=screen.absent)
        async with acting_window(desk) as stage:
            await screen.reach(stage, desk)
            faint = await faint_words(stage)
            assert not faint, "\n".join(faint)

    run(scenario())
