"""The settings as a person changes them: at once, kept, with the keys of each command."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from avise.store.settings import SETTINGS
from avise.ui.shell.key_recorder import KeyRecorder
from avise.ui.shell.setting_choices import DEFAULTS
from avise.ui.shell.settings_page import SettingsPage
from avise.ui.shortcuts import keys_of, remap
from avise.ui.theme.motion import is_motion_reduced, reduce_motion
from avise.ui.widgets.key_cap import KeyCap
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.shell.test_desktop import CTRL, SHIFT, Stage, staged
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


@pytest.fixture(autouse=True)
def first_keys() -> Iterator[None]:
    """Leave the first keys and the system's motion in force."""
    yield
    remap({})
    reduce_motion(asked=False)


def settings_of(stage: Stage) -> SettingsPage:
    """Return the settings, on screen."""
    stage.window.show_page("settings")
    return stage.window.settings


def record(stage: Stage, command: str, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> SettingsPage:
    """Give a command keys, by the keyboard alone."""
    page = settings_of(stage)
    page.keys.filter.setText("")
    place = next(n for n, row in enumerate(page.keys.model.rows()) if row.id == command)
    page.keys.rows.go_to(place)
    page.keys.rows.setFocus()
    stage.press(Qt.Key.Key_Return)
    assert isinstance(QApplication.focusWidget(), KeyRecorder)
    stage.press(key, modifiers)
    return page


def test_every_choice_of_the_page_is_one_that_the_store_keeps(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            page = settings_of(stage)
            for name in ("theme", "language", "zoom", "density", *DEFAULTS):
                for value, _words in page.choice(name)._choices:
                    assert SETTINGS[name].allows(value), (name, value)
            for name, value in DEFAULTS.items():
                assert SETTINGS[name].default == value

    run(scenario())


def test_new_keys_work_at_once_are_said_everywhere_and_are_kept(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            page = record(stage, "palette", Qt.Key.Key_J, CTRL)
            assert "Ctrl J" in page.keys.outcome.text()
            await until(lambda: stage.desk.settings.get("shortcuts") == "palette:Ctrl+J")
            stage.press(Qt.Key.Key_K, CTRL)
            assert not stage.window.palette_view.isVisible()
            stage.press(Qt.Key.Key_J, CTRL)
            assert stage.window.palette_view.isVisible()
            stage.press(Qt.Key.Key_Escape)
            assert stage.window.top_bar.search.accessibleName().endswith("Ctrl J")
            assert stage.window.home.search.keys == "Ctrl J"

    run(scenario())


def test_the_list_of_keys_shows_those_given_since_it_was_built(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.window.show_page("keys")
            record(stage, "lock", Qt.Key.Key_J, CTRL)
            stage.window.show_page("keys")
            caps = {cap.text for cap in stage.window.current_page().findChildren(KeyCap)}  # type: ignore[attr-defined]  # a page
            assert "Ctrl J" in caps

    run(scenario())


def test_keys_of_the_last_start_are_in_force(run: Run) -> None:
    async def scenario() -> None:
        async with staged(ScriptedDesk(settings={"shortcuts": "palette:F7"})) as stage:
            stage.press(Qt.Key.Key_F7)
            assert stage.window.palette_view.isVisible()
            stage.press(Qt.Key.Key_Escape)

    run(scenario())


def test_a_clash_is_told_by_the_name_of_the_other_command_and_changes_nothing(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            page = record(stage, "timeline", Qt.Key.Key_K, CTRL)
            assert "Tout chercher" in page.keys.outcome.text()
            assert isinstance(QApplication.focusWidget(), KeyRecorder)
            stage.press(Qt.Key.Key_Escape)
            assert QApplication.focusWidget() is page.keys.rows
            assert keys_of("timeline") == "Ctrl H"
            await asyncio.sleep(0)
            assert "shortcuts" not in stage.desk.settings

    run(scenario())


def test_keys_are_given_back(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            page = record(stage, "timeline", Qt.Key.Key_J, CTRL | SHIFT)
            await until(lambda: bool(stage.desk.settings.get("shortcuts")))
            assert page.keys.restore.isEnabled()
            QTest.mouseClick(page.keys.restore, Qt.MouseButton.LeftButton)
            assert keys_of("timeline") == "Ctrl H"
            await until(lambda: stage.desk.settings.get("shortcuts") == "")

    run(scenario())


def test_a_key_taken_meanwhile_is_not_given_back_in_silence(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            record(stage, "timeline", Qt.Key.Key_J, CTRL)
            record(stage, "facets", Qt.Key.Key_H, CTRL)
            page = settings_of(stage)
            page.keys.rows.go_to(next(n for n, r in enumerate(page.keys.model.rows()) if r.id == "timeline"))
            QTest.mouseClick(page.keys.restore, Qt.MouseButton.LeftButton)
            assert "Aller aux blocs" in page.keys.outcome.text()
            assert keys_of("timeline") == "Ctrl J"

    run(scenario())


def test_the_filter_finds_a_command_by_its_name_or_its_keys(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            page = settings_of(stage)
            page.keys.filter.setText("identite")
            assert [row.id for row in page.keys.model.rows()] == ["identity_check"]
            page.keys.filter.setText("ctrl maj n")
            assert [row.id for row in page.keys.model.rows()] == ["notifications"]
            page.keys.filter.setText("rien de tel")
            assert "Effacez le filtre" in page.keys.outcome.text()

    run(scenario())


def test_less_motion_is_kept_and_in_force(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            page = settings_of(stage)
            page.choice("reduce_motion").setFocus()
            stage.press(Qt.Key.Key_Right)
            assert is_motion_reduced()
            await until(lambda: stage.desk.settings.get("reduce_motion") == "on")

    run(scenario())


def test_the_profile_bounds_the_minutes_before_the_lock(dressed: QApplication) -> None:
    page = SettingsPage(idle_at_most=5)
    assert [value for value, _words in page.choice("idle_minutes")._choices] == ["5"]
    page.deleteLater()
