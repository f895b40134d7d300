"""What the bars say of the network, who said so, the choice by the keyboard, and a clock that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from avise.models.network import NetworkMode, NetworkState
from avise.services.request_values import HubState, HubStatus
from avise.texts import LANGUAGES, language, set_language
from avise.ui.network.choice_panel import NetworkPanel
from avise.ui.network.wording import clock_sentence, network_chip, network_words
from avise.ui.sign_in.hub_item import hub_look
from tests.ui.outbox.acting_window import CTRL, SHIFT, acting_window
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_packs import NOW, ONLINE
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
SINCE = NOW - timedelta(hours=2)
FOUND = NetworkState(NetworkMode.OFFLINE, forced=False, since=SINCE, last_contact=SINCE)
CHOSEN = replace(FOUND, forced=True)


def test_a_network_that_is_gone_is_a_neutral_chip_that_says_whose_word_it_is(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with acting_window(desk) as stage:
            chip = stage.window.top_bar.network
            assert chip.isHidden()
            desk.show_network(FOUND)
            await until(chip.isVisible)
            assert chip.spec.text == "Hors ligne"
            assert "reprise automatique" in chip.accessibleName()
            assert "Ctrl Maj H" in chip.toolTip()
            desk.show_network(CHOSEN)
            await until(lambda: "par votre choix" in chip.accessibleName())
            desk.show_network(ONLINE)
            await until(chip.isHidden)

    run(scenario())


def test_the_choice_opens_by_its_keys_is_made_with_arrows_and_closes_with_escape(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with acting_window(desk) as stage:
            stage.press(Qt.Key.Key_H, CTRL | SHIFT)
            panel = stage.window.findChild(NetworkPanel)
            assert panel is not None
            assert panel.isVisible()
            await until(panel.choices.hasFocus)
            stage.press(Qt.Key.Key_Right)
            stage.press(Qt.Key.Key_Right)
            await until(lambda: ("choose_network", NetworkMode.OFFLINE) in desk.asked)
            await until(lambda: panel.choices.current == "offline" and "choix" in panel.state.text())
            assert ("zone.panel", panel) in stage.window.zones()
            stage.press(Qt.Key.Key_Escape)
            assert not panel.isVisible()

    run(scenario())


def test_the_chip_opens_the_choice_and_the_choice_shows_what_holds(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(network=replace(CHOSEN, mode=NetworkMode.LIMITED))
        async with acting_window(desk) as stage:
            chip = stage.window.top_bar.network
            await until(chip.isVisible)
            assert chip.spec.text == "Réseau limité"
            chip.press()
            panel = stage.window.findChild(NetworkPanel)
            assert panel is not None
            assert panel.choices.current == "limited"
            panel.choices.chosen.emit("found")
            await until(lambda: ("choose_network", None) in desk.asked)
            await until(lambda: panel.choices.current == "found")

    run(scenario())


def test_a_network_found_out_to_be_gone_is_said_once_aloud(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with acting_window(desk) as stage:
            said: list[str] = []
            stage.window.announcer.say = said.append  # type: ignore[assignment, method-assign]  # heard, not spoken
            desk.show_network(FOUND)
            await until(lambda: len(said) == 1)
            desk.show_network(replace(FOUND, last_contact=NOW))
            await until(stage.window.top_bar.network.isVisible)
            assert len(said) == 1

    run(scenario())


def test_below_one_reads_since_when_what_ends_it_and_when_all_was_there_last() -> None:
    status = HubStatus(HubState.OFFLINE, SINCE - timedelta(hours=1), pending=2)
    look = hub_look(status, network_words(FOUND, NOW), NOW)
    assert look is not None
    assert look.words.startswith("Hors ligne depuis 08:44, reprise automatique · Dernière synchronisation")
    assert look.words.endswith("2 en attente d’envoi")
    asks = hub_look(HubStatus(HubState.SIGN_IN_NEEDED), network_words(FOUND, NOW), NOW)
    assert asks is not None
    assert asks.words == "Se connecter"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, ""), (300, ""), (-300, ""), (301, "avance"), (-7200, "retarde"), (2 * 86_400, "réglez-la")],
)
def test_a_clock_is_wrong_beyond_five_minutes_and_to_be_set_beyond_a_day(
    seconds: float | None, said: str
) -> None:
    sentence = clock_sentence(replace(ONLINE, clock_skew_seconds=seconds))
    assert said in sentence
    assert bool(sentence) == bool(said)


def test_the_strip_on_the_clock_goes_once_read_and_comes_back_for_another_matter(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(network=replace(ONLINE, clock_skew_seconds=600))
        async with acting_window(desk) as stage:
            strip = stage.desktop.network.strip
            await until(strip.isVisible)
            strip.read.setFocus()
            stage.press(Qt.Key.Key_Escape)
            assert strip.isHidden()
            assert stage.window.isAncestorOf(QApplication.focusWidget() or stage.window)
            desk.show_network(replace(ONLINE, clock_skew_seconds=660))
            await until(lambda: "11" in strip.sentence.text())
            assert strip.isHidden()
            desk.show_network(replace(ONLINE, clock_skew_seconds=3 * 86_400))
            await until(strip.isVisible)
            desk.show_network(ONLINE)
            await until(strip.isHidden)

    run(scenario())


def test_each_mode_has_its_words_in_both_languages() -> None:
    before = language()
    try:
        for code in LANGUAGES:
            set_language(code)
            for mode in (NetworkMode.OFFLINE, NetworkMode.LIMITED):
                for forced in (True, False):
                    state = replace(FOUND, mode=mode, forced=forced)
                    spec = network_chip(state)
                    assert spec is not None
                    assert "network." not in spec.text + network_words(state, NOW)
    finally:
        set_language(before)
