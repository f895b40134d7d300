"""The outbox around the pages: rail, bars, tabs, palette, what is said aloud, and the end of the window."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from avise.models.commands import CommandReason, CommandState
from avise.ui.outbox.closing_strip import ClosingStrip
from avise.ui.outbox.page import OutboxPage
from tests.ui.outbox.acting_window import CTRL, SHIFT, ActingStage, acting_window
from tests.ui.outbox.outbox_items import every_state, item
from tests.ui.persona import HELENE
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
S, R = CommandState, CommandReason


def chips(stage: ActingStage) -> list[str]:
    """Return the chips of the top bar, in order."""
    return [
        chip.spec.text
        for chip in stage.window.top_bar.outbox.chips.values()
        if chip.isVisibleTo(stage.window)
    ]


def test_an_empty_outbox_takes_no_room_in_the_bars(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk()) as stage:
            assert chips(stage) == []
            assert not stage.window.status_bar.outbox.isVisible()
            assert stage.window.rail.button("outbox").accessibleName() == "À envoyer"

    run(scenario())


def test_the_bars_tell_what_needs_a_person_and_what_waits(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(items=(item(1, S.WAITING, R.OFFLINE), item(2, S.CONFIRMED), item(3, S.CONFIRMED)))
        async with acting_window(desk) as stage:
            assert chips(stage) == ["3 à envoyer"]
            desk.show_outbox(item(1, S.REJECTED, R.REJECTED), item(2, S.CONFIRMED))
            await until(lambda: chips(stage) == ["1 refusé", "1 à envoyer"])
            assert stage.window.status_bar.outbox.text() == "1 refusé, 1 à envoyer"
            assert stage.window.rail.button("outbox").accessibleName() == "À envoyer, 2"
            desk.show_outbox()
            await until(lambda: chips(stage) == [])

    run(scenario())


def test_ctrl_shift_o_shows_the_outbox_with_focus_on_what_needs_a_person(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk(items=every_state())) as stage:
            stage.press(Qt.Key.Key_O, CTRL | SHIFT)
            page = stage.window.stack.currentWidget()
            assert isinstance(page, OutboxPage)
            assert stage.focused() is page.table
            current = page.current()
            assert current is not None
            assert current.state is S.NEEDS_HUMAN
            assert "MARCHAND" not in stage.window.windowTitle()

    run(scenario())


def test_f5_verifies_the_current_command_and_the_palette_offers_its_actions(run: Run) -> None:
    async def scenario() -> None:
        unsure = item(1, S.UNKNOWN, R.NO_ANSWER, uncertain=True)
        desk = ScriptedDesk(items=(unsure,))
        async with acting_window(desk) as stage:
            stage.press(Qt.Key.Key_O, CTRL | SHIFT)
            stage.press(Qt.Key.Key_F5)
            await until(lambda: ("verify_item", unsure.command_id) in desk.asked)
            desk.show_outbox(unsure)
            await until(lambda: stage.desktop.outbox.items[0].state is S.UNKNOWN)
            await stage.run_from_palette("renvoyer l'action")
            await until(lambda: ("resend", unsure.command_id) in desk.asked)

    run(scenario())


def test_its_commands_are_not_offered_on_other_pages(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk(items=every_state())) as stage:
            stage.press(Qt.Key.Key_K, CTRL)
            stage.type("renvoyer l'action")
            await until(lambda: stage.window.palette_model.is_settled)
            rows = stage.window.palette_view.model.rows()
            assert not any(row.command.startswith("outbox_") for row in rows)
            stage.window.palette_view.close_palette()

    run(scenario())


def test_the_tab_of_the_customer_tells_what_waits(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(items=(item(1, S.WAITING, R.UNAVAILABLE), item(2, S.REJECTED, R.REJECTED)))
        desk.offers = ()
        async with acting_window(desk) as stage:
            from avise.ui.shell.sessions import SessionTab  # noqa: PLC0415 - this test opens by hand

            stage.window.sessions.open(SessionTab(HELENE, "MARCHAND Hélène"))
            await until(lambda: stage.window.sessions.tabs[0].to_send == 2)
            assert "2 actions à suivre" in stage.window.top_bar.tabs.button(HELENE).accessibleName()
            desk.show_outbox()
            await until(lambda: stage.window.sessions.tabs[0].to_send == 0)

    run(scenario())


def test_a_sending_that_fails_is_said_at_once_and_only_once(run: Run) -> None:
    async def scenario() -> None:
        waiting = item(1, S.SENDING)
        desk = ScriptedDesk(items=(waiting, item(2, S.REJECTED, R.REJECTED)))
        async with acting_window(desk) as stage:
            said: list[tuple[str, bool]] = []
            stage.window.announcer.announced.connect(lambda sentence, urgent: said.append((sentence, urgent)))
            refused = replace(waiting, state=S.REJECTED, reason=R.REJECTED)
            desk.show_outbox(refused)
            await until(lambda: bool(said))
            desk.show_outbox(refused, item(3, S.CONFIRMED))
            await until(lambda: stage.desktop.outbox.counts.to_send == 1)
            assert said == [("Renvoyer la carte de tiers payant, Référentiel\u00a0: refusée", True)]

    run(scenario())


def test_the_customers_file_opens_from_the_outbox(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk(items=(item(1, S.CONFLICT, R.CONFLICT),))) as stage:
            stage.press(Qt.Key.Key_O, CTRL | SHIFT)
            stage.press(Qt.Key.Key_Return)
            await until(lambda: stage.window.sessions.current == HELENE)

    run(scenario())


def test_another_language_is_spoken_by_the_page_too(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk(items=every_state())) as stage:
            stage.press(Qt.Key.Key_O, CTRL | SHIFT)
            stage.desktop.actions.commands.run("language_en")
            page = stage.window.stack.currentWidget()
            assert isinstance(page, OutboxPage)
            assert page.table.accessibleName() == "Actions of the outbox"
            assert chips(stage)[0] == "3 refused"
            stage.desktop.actions.commands.run("language_fr")
            await asyncio.sleep(0.05)

    run(scenario())


# ---- the end ---------------------------------------------------------------------------------


def strip(stage: ActingStage) -> ClosingStrip | None:
    return next((one for one in stage.window.findChildren(ClosingStrip) if one.isVisible()), None)


def test_the_window_closes_at_once_when_nothing_waits(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk(items=(item(1, S.DONE),))) as stage:
            stage.window.close()
            assert stage.closed
            assert strip(stage) is None

    run(scenario())


def test_closing_says_that_what_waits_stays_and_does_not_block(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk(items=(item(1, S.WAITING, R.OFFLINE),))) as stage:
            stage.window.close()
            shown = strip(stage)
            assert shown is not None
            assert "partira au prochain démarrage" in shown.accessibleName()
            assert not stage.closed
            assert stage.focused() is shown.close_now
            stage.press(Qt.Key.Key_Escape)
            assert strip(stage) is None
            assert not stage.closed
            stage.window.close()
            stage.window.close()
            assert stage.closed

    run(scenario())


def test_closing_goes_on_by_itself(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk(items=(item(1, S.WAITING, R.OFFLINE),))) as stage:
            stage.window.close()
            shown = strip(stage)
            assert shown is not None
            shown._timer.setInterval(10)
            await until(lambda: bool(stage.closed))
            assert QApplication.activeModalWidget() is None

    run(scenario())
