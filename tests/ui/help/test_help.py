"""F1: the help of each screen, in both languages, with the keys in force."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from avise.resources import resource_folder
from avise.texts.catalogue import LANGUAGES, speaking
from avise.ui.help.topics import help_blocking, with_keys_in_force
from avise.ui.shell.rail import ENTRIES
from avise.ui.shortcuts import SHORTCUTS, remap
from tests.ui.shell.test_desktop import CTRL, staged
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
TOPICS = sorted(path.stem for path in (resource_folder("help") / "fr").glob("*.md"))


@pytest.fixture(autouse=True)
def first_keys() -> Iterator[None]:
    """Leave the first keys in force."""
    yield
    remap({})


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_of_the_rail_and_the_file_have_their_help(code: str) -> None:
    found = {path.stem for path in (resource_folder("help") / code).glob("*.md")}
    assert found == set(TOPICS)
    assert {*(entry.id for entry in ENTRIES), "customer", "general"} <= found


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_is_short_and_names_commands_that_exist(code: str, topic: str) -> None:
    with speaking(code):
        words = help_blocking(topic)
        assert words.startswith("# ")
        assert len(words) < 1200
        assert set(re.findall(r"\{(\w+)\}", words)) <= {declared.id for declared in SHORTCUTS}
        assert "{" not in with_keys_in_force(words)


@pytest.mark.parametrize("topic", TOPICS)
def test_french_help_is_written_with_its_spaces_and_its_apostrophe(topic: str) -> None:
    words = (resource_folder("help") / "fr" / f"{topic}.md").read_text("utf-8")
    assert "'" not in words
    assert not re.search(r"[^\u202f][;!?]", words)
    assert not re.search(r"[^\u00a0]:", words)
    assert not re.search(r"«[^\u00a0]|[^\u00a0]»", words)


def test_a_screen_without_a_page_shows_the_general_help() -> None:
    assert help_blocking("nothing_like_it") == help_blocking("general")


def test_f1_shows_the_help_of_the_screen_and_esc_gives_focus_back(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.window.show_page("sources")
            before = QApplication.focusWidget()
            stage.press(Qt.Key.Key_F1)
            await until(stage.desktop.actions.helping.panel.isVisible)
            panel = stage.desktop.actions.helping.panel
            assert panel.page.toPlainText().startswith("Sources")
            assert QApplication.focusWidget() is panel.page
            stage.press(Qt.Key.Key_Escape)
            assert not panel.isVisible()
            assert QApplication.focusWidget() is before

    run(scenario())


def test_the_file_has_its_own_help_with_the_users_own_keys(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            remap({"wrap_up": "F7"})
            stage.open(0)
            stage.page().notes.setFocus()
            stage.press(Qt.Key.Key_F1)
            await until(stage.desktop.actions.helping.panel.isVisible)
            panel = stage.desktop.actions.helping.panel
            assert "F7" in panel.page.toPlainText()
            stage.press(Qt.Key.Key_F1)
            assert not panel.isVisible()

    run(scenario())


def test_the_help_leads_to_the_list_of_keys(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.press(Qt.Key.Key_F1)
            await until(stage.desktop.actions.helping.panel.isVisible)
            stage.desktop.actions.helping.panel.keys.click()
            assert stage.window.page_name == "keys"
            stage.press(Qt.Key.Key_F1, CTRL)
            assert stage.window.page_name == "keys"

    run(scenario())
