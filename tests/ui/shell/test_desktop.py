"""The window as a person uses it: keyboard, sessions, calls, settings, what is kept and what is said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import pytest
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from avise.env import FixedEnv
from avise.models.roles import Purpose
from avise.services.desk import CallState, SavedTab
from avise.texts import language
from avise.ui.bridge import DeskBridge
from avise.ui.shell.desktop import Desktop
from avise.ui.shell.dialogs import ReasonDialog, TenthDialog
from avise.ui.shell.main_window import MainWindow
from avise.ui.shell.sessions import SessionTab
from avise.ui.theme import Scheme, theme
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import DIRECTORY, ScriptedDesk, hit_of
from tests.ui.stub_page import StubPage
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@dataclass
class Stage:
    """A desktop under test and what it stands on."""

    desk: ScriptedDesk
    desktop: Desktop
    failures: list[tuple[str, BaseException]]

    @property
    def window(self) -> MainWindow:
        """The window shown."""
        return self.desktop.window

    def open(self, *places: int) -> None:
        """Open people of the directory."""
        for place in places:
            self.desktop.actions.opening.open_hit(hit_of(DIRECTORY[place]), Purpose.SEARCH)

    def page(self) -> StubPage:
        """Return the customer's page on screen."""
        page = self.window.stack.currentWidget()
        assert isinstance(page, StubPage)
        return page

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where focus is."""
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifiers)


@asynccontextmanager
async def staged(desk: ScriptedDesk | None = None) -> AsyncIterator[Stage]:
    """Show a desktop; close it as the program does."""
    desk = desk or ScriptedDesk()
    failures: list[tuple[str, BaseException]] = []
    bridge = DeskBridge(desk, asyncio.get_running_loop(), QApplication.instance())
    desktop = Desktop(bridge, FixedEnv(NOW), StubPage, lambda name, error: failures.append((name, error)))
    desktop.window.resize(1440, 900)
    desktop.window.show()
    desktop.window.activateWindow()
    await desktop.start()
    await until(lambda: "12" in desktop.window.status_bar.counts.text())
    try:
        yield Stage(desk, desktop, failures)
    finally:
        await desktop.aclose()
        bridge.close()
        await until(
            lambda: (
                not (desk.call_stream.listeners or desk.source_stream.listeners or desk.day_stream.listeners)
            )
        )
    assert not failures, failures


# ---- sessions --------------------------------------------------------------------------------


def test_customers_are_opened_shown_and_closed_by_the_keyboard(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(0, 4, 5)
            assert stage.page().person == DIRECTORY[5].person
            stage.press(Qt.Key.Key_Tab, CTRL)
            assert stage.page().person == DIRECTORY[4].person
            stage.press(Qt.Key.Key_W, CTRL)
            assert [tab.person for tab in stage.window.sessions.tabs] == [HELENE, DIRECTORY[5].person]
            stage.press(Qt.Key.Key_T, CTRL | SHIFT)
            assert stage.page().person == DIRECTORY[4].person

    run(scenario())


def test_alt_and_the_top_row_show_a_session_whatever_the_layout_types(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(0, 4, 5)
            azerty = QKeyEvent(
                QEvent.Type.KeyPress, Qt.Key.Key_Eacute, Qt.KeyboardModifier.AltModifier, 11, 0, 0, "é"
            )
            QApplication.sendEvent(stage.window, azerty)
            assert stage.page().person == DIRECTORY[4].person
            QTest.keyClick(stage.window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
            assert stage.page().person == HELENE

    run(scenario())


def test_a_protected_file_is_opened_with_a_reason_only(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(3)
            await until(lambda: bool(stage.window.findChildren(ReasonDialog)))
            dialog = stage.window.findChildren(ReasonDialog)[0]
            QTest.keyClick(dialog.field, Qt.Key.Key_Return)
            assert dialog.isVisible()
            QTest.keyClicks(dialog.field, "appel de son conseiller")
            QTest.keyClick(dialog.field, Qt.Key.Key_Return)
            await until(lambda: stage.window.sessions.current == DIRECTORY[3].person)
            assert stage.page().reason == "appel de son conseiller"

    run(scenario())


def test_the_tenth_customer_asks_which_to_close(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            for number in range(9):
                stage.window.sessions.open(SessionTab(UUID(int=100 + number), f"NOM{number}"), show=False)
            stage.open(0)
            await until(lambda: bool(stage.window.findChildren(TenthDialog)))
            dialog = stage.window.findChildren(TenthDialog)[0]
            QTest.mouseClick(dialog.buttons[2], Qt.MouseButton.LeftButton)
            await until(lambda: stage.window.sessions.current == HELENE)
            assert len(stage.window.sessions.tabs) == 9

    run(scenario())


def test_tabs_and_drafts_come_back_after_a_restart(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        desk.tabs = (
            SavedTab(DIRECTORY[4].person, "DUVAL Bastien", 0, active=False),
            SavedTab(HELENE, "MARCHAND Hélène", 1, active=True),
        )
        await desk.save_draft(DIRECTORY[4].person, "rappeler lundi")
        async with staged(desk) as stage:
            assert [tab.label for tab in stage.window.sessions.tabs] == ["DUVAL Bastien", "MARCHAND Hélène"]
            assert stage.window.sessions.current == HELENE
            assert stage.window.sessions.tabs[0].has_draft
            stage.window.sessions.show(DIRECTORY[4].person)
        assert [tab.active for tab in desk.tabs] == [True, False]

    run(scenario())


def test_a_middle_click_closes_any_tab_and_the_cross_the_one_shown(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(0, 4)
            bar = stage.window.top_bar.tabs
            QTest.mouseClick(bar.button(HELENE), Qt.MouseButton.MiddleButton)
            assert [tab.person for tab in stage.window.sessions.tabs] == [DIRECTORY[4].person]
            shown = bar.button(DIRECTORY[4].person)
            QTest.mouseClick(shown, Qt.MouseButton.LeftButton, pos=shown._cross().center().toPoint())
            assert not stage.window.sessions.tabs
            assert stage.window.stack.currentWidget() is stage.window.nobody

    run(scenario())


def test_tabs_that_do_not_fit_go_to_a_list_and_the_one_shown_stays(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(0, 1, 2, 4, 5, 6, 7)
            stage.window.resize(1000, 700)
            await asyncio.sleep(0)
            hidden = stage.window.top_bar.tabs.hidden_people()
            assert hidden
            assert stage.window.sessions.current not in hidden

    run(scenario())


def test_the_windows_title_never_names_a_customer(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(0)
            assert "MARCHAND" not in stage.window.windowTitle()
            assert "Hélène" not in stage.window.windowTitle()

    run(scenario())


# ---- calls -----------------------------------------------------------------------------------


def test_a_known_caller_is_opened_behind_and_picked_up_by_the_keys(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(4)
            said: list[tuple[str, bool]] = []
            stage.window.announcer.announced.connect(lambda words, urgent: said.append((words, urgent)))
            stage.page().notes.setFocus()
            stage.desk.ring(HELENE)
            await until(stage.window.call_panel.isVisible)
            assert QApplication.focusWidget() is stage.page().notes
            assert stage.page().person == DIRECTORY[4].person
            assert said == [("Appel entrant, MARCHAND Hélène", True)]
            assert stage.window.customers.page(HELENE) is not None
            stage.press(Qt.Key.Key_P, CTRL | SHIFT)
            assert stage.page().person == HELENE
            assert stage.page().call is not None
            assert not stage.window.call_panel.isVisible()

    run(scenario())


def test_several_people_behind_a_number_are_told_apart_and_chosen(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desk.ring(HELENE, DIRECTORY[1].person)
            await until(stage.window.call_panel.isVisible)
            names = [choice.accessibleName() for choice in stage.window.call_panel.choices()]
            assert "12/03/1968" in names[0]
            assert "conjoint de Hélène" in names[1]
            stage.press(Qt.Key.Key_P, CTRL | SHIFT)
            stage.press(Qt.Key.Key_Down)
            QTest.keyClick(stage.window.call_panel.choices()[1], Qt.Key.Key_Space)
            await until(lambda: stage.window.sessions.current == DIRECTORY[1].person)
            assert stage.page().purpose is Purpose.CALL

    run(scenario())


def test_nobody_behind_a_number_leads_to_the_search_to_a_prospect_or_to_an_exchange(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desk.ring(number="+33639980000")
            await until(stage.window.call_panel.isVisible)
            labels = " ".join(label.text() for label in stage.window.call_panel.findChildren(QLabel))
            assert "06\u00a039\u00a098\u00a000\u00a000" in labels
            offered = {button.text() for button in stage.window.call_panel.findChildren(QPushButton)}
            assert {"Chercher", "Nouveau prospect", "Échange sans fiche"} <= offered

    run(scenario())


def test_a_protected_caller_asks_nothing_until_the_agent_takes_the_call(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desk.ring(DIRECTORY[3].person)
            await until(stage.window.call_panel.isVisible)
            await asyncio.sleep(0.02)
            assert not stage.window.findChildren(ReasonDialog)
            assert not stage.window.sessions.tabs
            stage.press(Qt.Key.Key_P, CTRL | SHIFT)
            await until(lambda: bool(stage.window.findChildren(ReasonDialog)))
            stage.window.findChildren(ReasonDialog)[0].reject()
            await asyncio.sleep(0.02)

    run(scenario())


def test_a_call_taken_on_the_telephone_shows_the_file_unless_the_agent_is_typing(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(4)
            stage.page().notes.setFocus()
            stage.desk.ring(HELENE)
            await until(stage.window.call_panel.isVisible)
            stage.desk.ring(HELENE, state=CallState.ANSWERED)
            await until(lambda: stage.window.top_bar.agent.spec.text == "En appel")
            assert stage.page().person == DIRECTORY[4].person
            stage.desk.ring(HELENE, state=CallState.ENDED)
            await until(lambda: stage.window.top_bar.agent.spec.text == "Disponible")
            assert not any(tab.on_call for tab in stage.window.sessions.tabs)

    run(scenario())


# ---- settings --------------------------------------------------------------------------------


def test_settings_of_the_last_start_are_in_force(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(settings={"theme": "dark", "zoom": "125", "density": "nonsense"})
        async with staged(desk):
            assert theme().is_dark
            assert theme().zoom == 125

    run(scenario())


def test_zoom_keys_work_and_are_kept(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.press(Qt.Key.Key_Equal, CTRL)
            await until(lambda: stage.desk.settings.get("zoom") == "110")
            stage.press(Qt.Key.Key_0, CTRL)
            await until(lambda: stage.desk.settings.get("zoom") == "100")

    run(scenario())


def test_english_is_spoken_at_once_with_the_same_sessions(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(0, 4)
            before = stage.window
            stage.desktop.actions.commands.run("language_en")
            assert stage.window is not before
            assert language() == "en"
            assert stage.window.rail.button("home").text() == "Home"
            assert [tab.person for tab in stage.window.sessions.tabs] == [HELENE, DIRECTORY[4].person]
            assert stage.page().person == DIRECTORY[4].person
            await until(lambda: stage.desk.settings.get("language") == "en")

    run(scenario())


def test_a_call_under_way_survives_another_language(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desk.ring(HELENE, state=CallState.ANSWERED)
            await until(lambda: stage.window.top_bar.agent.spec.text == "En appel")
            stage.desktop.actions.commands.run("language_en")
            assert stage.window.top_bar.agent.spec.text == "On a call"
            await until(lambda: stage.page().call is not None)

    run(scenario())


@pytest.mark.parametrize(
    "size", [QSize(1000, 700), QSize(1366, 768), QSize(1440, 900), QSize(1920, 1080)], ids=lambda s: s.width()
)
@pytest.mark.parametrize("zoom", [80, 100, 200])
def test_every_page_of_the_rail_fits_every_size_and_zoom(run: Run, size: QSize, zoom: int) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            theme().set_zoom(zoom)
            stage.window.resize(size)
            for page in ("home", "customers", "sources", "keys", "settings"):
                stage.window.show_page(page)
                QApplication.sendPostedEvents()
                bar = stage.window.top_bar
                assert bar.search.geometry().right() <= bar.width()
                assert stage.window.status_bar.geometry().bottom() < stage.window.height()

    run(scenario())


# ---- keyboard and screen readers -------------------------------------------------------------


def test_f6_goes_through_every_zone_and_back(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(0)
            zones = [widget for _name, widget in stage.window.zones()]
            start = _zone_of(QApplication.focusWidget(), zones)
            seen = []
            for _ in zones:
                stage.press(Qt.Key.Key_F6)
                seen.append(_zone_of(QApplication.focusWidget(), zones))
            assert set(seen) == set(range(len(zones)))
            assert seen[-1] == start
            stage.press(Qt.Key.Key_F6, SHIFT)
            assert _zone_of(QApplication.focusWidget(), zones) == seen[-2]

    run(scenario())


def test_keys_that_line_edits_take_elsewhere_open_the_palette(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(0)
            stage.page().notes.setFocus()
            stage.press(Qt.Key.Key_K, CTRL)
            assert stage.window.palette_view.isVisible()
            stage.press(Qt.Key.Key_Escape)
            assert QApplication.focusWidget() is stage.page().notes
            stage.press(Qt.Key.Key_H, CTRL)
            assert ("command", "timeline") in stage.page().asked

    run(scenario())


def test_ctrl_g_then_a_letter_goes_to_a_page(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            for letter, page in (
                (Qt.Key.Key_S, "sources"),
                (Qt.Key.Key_A, "customers"),
                (Qt.Key.Key_H, "home"),
            ):
                stage.press(Qt.Key.Key_G, CTRL)
                stage.press(letter)
                assert stage.window.page_name == page

    run(scenario())


def test_everything_that_takes_focus_has_a_name(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(0)
            stage.desk.ring(HELENE, DIRECTORY[1].person)
            await until(stage.window.call_panel.isVisible)
            for page in ("home", "customers", "sources", "keys", "settings"):
                stage.window.show_page(page)
                nameless = [
                    widget
                    for widget in stage.window.findChildren(QWidget)
                    if widget.isVisible()
                    and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
                    and not _spoken_name(widget)
                    and not isinstance(widget.parent(), StubPage)
                ]
                assert not nameless, (page, nameless)

    run(scenario())


def test_every_button_is_at_least_24_pixels_high(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            for page in ("home", "sources", "settings"):
                stage.window.show_page(page)
                QApplication.sendPostedEvents()
                small = [
                    button.accessibleName() or button.text()
                    for button in stage.window.findChildren(QPushButton)
                    if button.isVisible() and (button.height() < 24 or button.width() < 24)
                ]
                assert not small, small

    run(scenario())


def test_a_dark_window_paints_no_light_ground(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            theme().set_scheme(Scheme.DARK)
            for page in ("home", "sources", "keys", "settings"):
                stage.window.show_page(page)
                image = stage.window.grab().toImage()
                points = [(x, y) for x in range(4, image.width(), 31) for y in range(4, image.height(), 29)]
                light = sum(image.pixelColor(x, y).lightness() > 200 for x, y in points)
                assert light / len(points) < 0.03, page

    run(scenario())


def _zone_of(widget: QWidget | None, zones: list[QWidget]) -> int:
    inside = widget
    while inside is not None:
        if inside in zones:
            return zones.index(inside)
        inside = inside.parentWidget()
    return -1


def _spoken_name(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


# ---- what stands over a page -----------------------------------------------------------------


def test_a_panel_that_focus_left_is_reached_by_f6_and_closed_by_echap(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            home = stage.window.home
            home.new_task.click()
            panel = home.new_panel
            stage.window.status_bar.counts.setFocus()
            reached = []
            for _turn in range(len(stage.window.zones())):
                stage.press(Qt.Key.Key_F6)
                reached.append(panel.isAncestorOf(stage.window.focusWidget()))
            assert any(reached)
            stage.window.status_bar.counts.setFocus()
            stage.press(Qt.Key.Key_Escape)
            assert not panel.isVisible()
            assert stage.window.status_bar.counts.hasFocus()

    run(scenario())


def test_the_sources_start_on_their_table(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.press(Qt.Key.Key_G, CTRL)
            stage.press(Qt.Key.Key_S)
            assert stage.window.focusWidget() is stage.window.sources.table

    run(scenario())


def test_what_came_back_after_a_crash_is_counted_and_nothing_is_counted_as_nought(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(0, 4)
            await stage.desktop.tell_recovery()
            message = stage.window.toast.message()
            assert message is not None
            assert message.sentence.endswith("Retrouvés\u00a0: 2 sessions.")

    run(scenario())
