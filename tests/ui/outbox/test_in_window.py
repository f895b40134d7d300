"""The outbox around the pages: rail, bars, tabs, palette, what is said aloud, and the end of the window."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from avise.models.commands import CommandReason, CommandState
from avise.models.errors import AviseError
from avise.models.tasks import about_command
from avise.services.request_values import HubState, HubStatus
from avise.texts import text
from avise.ui.customer.page import CustomerPage
from avise.ui.notifications.centre import notifications
from avise.ui.outbox.action_form import Step
from avise.ui.outbox.closing_strip import ClosingStrip
from avise.ui.outbox.page import OutboxPage
from avise.ui.shell.sessions import SessionTab
from avise.ui.sign_in.in_window import waiting_to_leave
from tests.ui.customer.opened_page import said
from tests.ui.outbox.acting_window import CTRL, SHIFT, ActingStage, acting_window
from tests.ui.outbox.outbox_items import CARD, OFFERS, every_state, item
from tests.ui.persona import HELENE, NOW
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
            assert stage.window.rail.button("outbox").accessibleName() == "Boîte d’envoi"

    run(scenario())


def test_the_bars_tell_what_needs_a_person_and_what_waits(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(items=(item(1, S.WAITING, R.OFFLINE), item(2, S.CONFIRMED), item(3, S.CONFIRMED)))
        async with acting_window(desk) as stage:
            assert chips(stage) == ["3 à envoyer"]
            desk.show_outbox(item(1, S.REJECTED, R.REJECTED), item(2, S.CONFIRMED))
            await until(lambda: chips(stage) == ["1 refusé", "1 à envoyer"])
            assert stage.window.status_bar.outbox.text() == "1 refusé, 1 à envoyer"
            assert stage.window.rail.button("outbox").accessibleName() == "Boîte d’envoi, 2"
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
            stage.window.sessions.open(SessionTab(HELENE, "MARCHAND Hélène"))
            await until(lambda: stage.window.sessions.tabs[0].to_send == 1)
            spoken = stage.window.top_bar.tabs.button(HELENE).accessibleName()
            assert "1 à envoyer, 1 action à suivre" in spoken
            desk.show_outbox()
            await until(lambda: stage.window.sessions.tabs[0].to_send == 0)

    run(scenario())


def test_what_was_written_of_a_customer_waits_on_its_tab_and_header_until_it_has_left(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(items=(item(1, S.WAITING, R.UNAVAILABLE),))
        desk.offers = ()
        async with acting_window(desk) as stage:
            hub, sessions = stage.desktop.hub, stage.window.sessions
            hub.show_status(HubStatus(HubState.OFFLINE, NOW, 4, unsent={HELENE: 2, None: 1}))
            sessions.open(SessionTab(HELENE, "MARCHAND Hélène"))
            page = stage.window.customers.page(HELENE)
            assert isinstance(page, CustomerPage)
            await until(lambda: sessions.tabs[0].to_send == 3)
            assert page.header.to_send.isVisible()
            assert page.header.to_send.spec.text == "3 à envoyer"
            assert "3 à envoyer" in stage.window.top_bar.tabs.button(HELENE).accessibleName()
            hub.show_status(HubStatus(HubState.ONLINE, NOW, 2, unsent={HELENE: 1}))
            assert sessions.tabs[0].to_send == 2
            hub.show_status(HubStatus(HubState.ONLINE, NOW))
            desk.show_outbox()
            await until(lambda: sessions.tabs[0].to_send == 0)
            assert not page.header.to_send.isVisible()

    run(scenario())


def test_a_tab_that_comes_back_behind_another_has_its_mark(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk()) as stage:
            told = HubStatus(HubState.OFFLINE, NOW, 1, unsent={HELENE: 1})
            stage.desktop.hub.show_status(told)
            stage.window.sessions.open(SessionTab(HELENE, "MARCHAND Hélène"), show=False)
            assert stage.window.sessions.tabs[0].to_send == 1

    run(scenario())


def test_while_the_hub_answers_what_is_written_leaves_without_a_badge() -> None:
    online = HubStatus(HubState.ONLINE, NOW, 2, unsent={HELENE: 2})
    assert waiting_to_leave(online, {}) == {}
    assert waiting_to_leave(online, {HELENE: 1}) == {HELENE: 1}


def test_the_task_of_the_day_leads_to_the_command_to_compare(run: Run) -> None:
    async def scenario() -> None:
        met = item(1, S.CONFLICT)
        desk = ScriptedDesk(items=(met, item(2, S.WAITING, R.UNAVAILABLE)))
        desk.compare_error = AviseError("conflict.settled")
        async with acting_window(desk) as stage:
            stage.window.home.compare_requested.emit(about_command(met.command_id))
            await until(lambda: ("compare_item", met.command_id) in desk.asked)
            assert stage.window.page_name == "outbox"

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
        async with acting_window(ScriptedDesk(items=(item(1, S.DONE),))) as stage:
            stage.press(Qt.Key.Key_O, CTRL | SHIFT)
            page = stage.window.stack.currentWidget()
            assert isinstance(page, OutboxPage)
            page.detail.file_requested.emit()
            await until(lambda: stage.window.sessions.current == HELENE)

    run(scenario())


def test_what_met_a_change_is_planned_anew_on_the_file_and_leaves_the_list_once_promised(run: Run) -> None:
    async def scenario() -> None:
        conflict = item(1, S.CONFLICT, R.CONFLICT, action=CARD.action, instance=CARD.instance)
        desk = ScriptedDesk(items=(conflict,), offers=OFFERS)
        desk.contents[conflict.command_id] = {"reason": "VOL", "edition": "P"}
        async with acting_window(desk) as stage:
            stage.press(Qt.Key.Key_O, CTRL | SHIFT)
            page = stage.window.stack.currentWidget()
            assert isinstance(page, OutboxPage)
            page.detail.redo_requested.emit()
            await until(lambda: stage.window.sessions.current == HELENE)
            await until(lambda: stage.form().step is Step.PLAN)
            stage.press(Qt.Key.Key_Escape)
            assert stage.form().field("reason").value() == "VOL"
            assert stage.form().field("edition").value() == "P"
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: stage.form().step is Step.PLAN)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: ("abandon", conflict.command_id, "") in desk.asked)
            await until(lambda: [one.state for one in stage.desktop.outbox.items] == [S.CONFIRMED])

    run(scenario())


def test_what_is_no_longer_kept_is_said_not_to_be(run: Run) -> None:
    async def scenario() -> None:
        late = item(1, S.EXPIRED, R.TOO_LATE)
        desk = ScriptedDesk(items=(late,), offers=OFFERS, plan_error=AviseError("outbox.unknown"))
        async with acting_window(desk) as stage:
            stage.press(Qt.Key.Key_O, CTRL | SHIFT)
            stage.press(Qt.Key.Key_Return)
            await until(lambda: stage.toast().startswith("Cette action n’est plus"))

    run(scenario())


def test_the_bell_tells_without_a_name_that_an_action_was_refused(run: Run) -> None:
    async def scenario() -> None:
        waiting = item(1, S.SENDING)
        desk = ScriptedDesk(items=(waiting,))
        notifications().clear()
        async with acting_window(desk) as stage:
            desk.show_outbox(replace(waiting, state=S.REJECTED, reason=R.REJECTED))
            await until(lambda: bool(notifications().rows))
            told = notifications().rows[0].last
            assert (told.sentence, told.where, told.page) == (
                "Une action a été refusée",
                "Référentiel",
                "outbox",
            )
            desk.show_outbox(replace(waiting, state=S.DONE))
            await until(lambda: not notifications().rows)
            assert stage.desktop.outbox.counts.refused == 0

    run(scenario())


def test_the_discreet_screen_shows_no_command_and_does_nothing_to_one(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(items=(item(1, S.WAITING, R.UNAVAILABLE, because="devis de prothèse"),))
        async with acting_window(desk) as stage:
            stage.press(Qt.Key.Key_O, CTRL | SHIFT)
            page = stage.window.stack.currentWidget()
            assert isinstance(page, OutboxPage)
            assert "devis de prothèse" in said(page.detail)
            stage.press(Qt.Key.Key_L, CTRL | SHIFT)
            assert page.isHidden()
            shown = stage.window.stack.currentWidget()
            assert shown is not None
            assert "MARCHAND" not in said(shown)
            assert text("discreet.page") in stage.focused().accessibleName()
            stage.desktop.actions.commands.run("outbox_resend")
            await asyncio.sleep(0.02)
            assert not [asked for asked in desk.asked if asked[0] == "resend"]
            stage.press(Qt.Key.Key_L, CTRL | SHIFT)
            assert stage.window.stack.currentWidget() is page
            assert stage.focused() is page.table

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
