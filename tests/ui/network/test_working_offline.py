"""Somebody leaves the network and comes back by the palette, and is told what becomes of their work."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace

import pytest

from avise.models.errors import AviseError
from avise.models.network import NetworkMode, NetworkState
from tests.ui.outbox.acting_window import ActingStage, acting_window
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_packs import NOW
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]

AWAY = NetworkState(NetworkMode.OFFLINE, forced=True, since=NOW)
LEAVE, RETURN = "Travailler hors ligne", "Revenir en ligne"


def offered(stage: ActingStage) -> set[str]:
    """Return those of the network's commands that the palette offers."""
    stage.desktop.actions.search()
    shown = stage.desktop.window.palette_view._view_model._commands
    return {command.label for command in shown} & {LEAVE, RETURN}


def test_the_palette_offers_to_leave_then_to_come_back_and_says_what_follows(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with acting_window(desk) as stage:
            commands = stage.desktop.actions.commands
            assert offered(stage) == {LEAVE}
            commands.run("work_offline")
            await until(lambda: stage.toast().startswith("Vous travaillez hors ligne"))
            await until(lambda: offered(stage) == {RETURN})
            commands.run("work_online")
            await until(lambda: stage.toast().startswith("Vous n’êtes plus hors ligne"))
            await until(lambda: offered(stage) == {LEAVE})
            asked = [call for call in desk.asked if call[0] == "choose_network"]
            assert asked == [("choose_network", NetworkMode.OFFLINE), ("choose_network", None)]

    run(scenario())


def test_a_network_that_is_gone_by_itself_can_be_looked_for_or_left(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(network=replace(AWAY, forced=False))
        async with acting_window(desk) as stage:
            await until(lambda: offered(stage) == {LEAVE, RETURN})

    run(scenario())


def test_a_choice_that_could_not_be_kept_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()

        async def refuse(_mode: NetworkMode | None) -> None:
            raise AviseError("store.disk_full")

        monkeypatch.setattr(desk, "choose_network", refuse)
        async with acting_window(desk) as stage:
            stage.desktop.actions.commands.run("work_offline")
            await until(lambda: stage.toast() != "")
            assert "hors ligne" not in stage.toast()

    run(scenario())
