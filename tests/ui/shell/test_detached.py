"""A session in a window of its own: the same page, the same keys, no name in the title, its place kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from avise.store.settings import SETTINGS
from avise.ui.shell.detached_window import DetachedPlace, DetachedWindow
from avise.ui.shell.screen_places import KEPT, Place, ScreenPlaces, first_place, fitted, is_seen, screens_key
from avise.ui.theme import theme
from avise.ui.widgets.button import Button
from avise.ui.widgets.toast import Message
from tests.ui.persona import HELENE
from tests.ui.scripted_desk import DIRECTORY, ScriptedDesk
from tests.ui.shell.test_desktop import CTRL, SHIFT, Stage, staged
from tests.ui.stub_page import StubPage
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


@asynccontextmanager
async def detached(desk: ScriptedDesk | None = None) -> AsyncIterator[tuple[Stage, DetachedWindow, StubPage]]:
    """Detach Hélène's session by its keys."""
    async with staged(desk) as stage:
        stage.open(0)
        page = stage.page()
        stage.press(Qt.Key.Key_D, CTRL | SHIFT)
        (window,) = stage.desktop.actions.detaching.windows
        await until(window.isActiveWindow)
        yield stage, window, page


def test_the_same_page_goes_to_its_own_window_without_a_name_in_the_title(run: Run) -> None:
    async def scenario() -> None:
        async with detached() as (stage, window, page):
            assert page.window() is window
            assert page.isVisible()
            assert window.windowTitle() == "Avise – fiche détachée"
            assert isinstance(stage.window.stack.currentWidget(), DetachedPlace)
            assert [tab.person for tab in stage.window.sessions.tabs] == [HELENE]
            assert "close" not in page.asked

    run(scenario())


def test_the_keys_bring_it_back_with_what_was_typed(run: Run) -> None:
    async def scenario() -> None:
        async with detached() as (stage, window, page):
            page.notes.setPlainText("rappeler lundi")
            stage.press(Qt.Key.Key_D, CTRL | SHIFT)
            assert stage.page() is page
            assert page.window() is stage.window
            assert page.notes.toPlainText() == "rappeler lundi"
            assert not window.isVisible()
            assert stage.desktop.actions.detaching.windows == ()

    run(scenario())


def test_closing_the_window_brings_the_session_back(run: Run) -> None:
    async def scenario() -> None:
        async with detached() as (stage, window, page):
            stage.window.show_page("home")
            window.close()
            assert stage.page() is page
            assert "close" not in page.asked

    run(scenario())


def test_keys_of_the_file_work_in_its_window_and_the_palette_opens_there(run: Run) -> None:
    async def scenario() -> None:
        async with detached() as (stage, window, page):
            stage.window.show_page("home")
            window.activateWindow()
            await until(window.isActiveWindow)
            page.notes.setFocus()
            stage.press(Qt.Key.Key_H, CTRL)
            assert ("command", "timeline") in page.asked
            stage.press(Qt.Key.Key_K, CTRL)
            assert stage.window.palette_view.isVisible()
            assert stage.window.palette_view.window() is window
            stage.press(Qt.Key.Key_Escape)
            stage.window.toast.show_message(Message("Carte renvoyée"))
            assert stage.window.toast.window() is window

    run(scenario())


def test_enter_presses_a_button_there_as_in_the_main_window(run: Run) -> None:
    async def scenario() -> None:
        async with detached() as (_stage, _window, page):
            pressed: list[str] = []
            button = Button("Annuler", parent=page)
            button.clicked.connect(lambda: pressed.append("cancel"))
            button.show()
            button.setFocus(Qt.FocusReason.TabFocusReason)
            QTest.keyClick(button, Qt.Key.Key_Return)
            assert pressed == ["cancel"]

    run(scenario())


def test_the_palette_and_toasts_come_back_with_the_main_window(run: Run) -> None:
    async def scenario() -> None:
        async with detached() as (stage, _window, _page):
            stage.window.activateWindow()
            await until(stage.window.isActiveWindow)
            stage.desktop.actions.search()
            assert stage.window.palette_view.window() is stage.window
            stage.window.palette_view.close_palette()
            stage.window.toast.show_message(Message("Carte renvoyée"))
            assert stage.window.toast.window() is stage.window

    run(scenario())


def test_closing_the_session_closes_its_window(run: Run) -> None:
    async def scenario() -> None:
        async with detached() as (stage, window, page):
            stage.press(Qt.Key.Key_W, CTRL)
            assert not window.isVisible()
            assert page.asked[-1] == "close"
            assert stage.window.sessions.tabs == ()
            assert stage.desktop.actions.detaching.windows == ()

    run(scenario())


def test_the_lock_covers_it_too(run: Run) -> None:
    async def scenario() -> None:
        async with detached() as (stage, window, page):
            stage.desktop.actions.commands.run("lock")
            assert not page.isVisible()
            assert window.windowTitle() == "Avise – verrouillé"
            cover = stage.desktop.locking.cover
            assert cover is not None
            await until(lambda: bool(cover.sentence.text()))
            QTest.keyClick(cover, Qt.Key.Key_Space)
            assert page.isVisible()
            assert window.windowTitle() == "Avise – fiche détachée"

    run(scenario())


def test_another_language_brings_every_session_back_first(run: Run) -> None:
    async def scenario() -> None:
        async with detached() as (stage, window, _page):
            stage.open(4)
            stage.desktop.actions.commands.run("language_en")
            assert not window.isVisible()
            assert [tab.person for tab in stage.window.sessions.tabs] == [HELENE, DIRECTORY[4].person]
            stage.desktop.actions.commands.run("language_fr")

    run(scenario())


def test_its_place_is_kept_for_these_screens_and_found_again(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with detached(desk) as (stage, window, _page):
            window.setGeometry(2, 30, 960, 640)
            await until(lambda: ":2,30,960,640" in desk.settings.get("detached", ""))
            assert SETTINGS["detached"].allows(desk.settings["detached"])
            stage.press(Qt.Key.Key_D, CTRL | SHIFT)
        async with detached(desk) as (_stage, window, _page):
            found = window.geometry()
            assert (found.x(), found.y(), found.width(), found.height()) == (2, 30, 960, 640)

    run(scenario())


def test_zoom_dresses_the_detached_window_too(run: Run) -> None:
    async def scenario() -> None:
        async with detached() as (stage, window, _page):
            stage.press(Qt.Key.Key_Equal, CTRL)
            assert theme().zoom == 110
            assert QApplication.activeWindow() is window

    run(scenario())


# ---- places ------------------------------------------------------------------------------------
_NUMBER = st.integers(-4000, 4000)
_SIZE = st.integers(1, 8000)
_PLACE = st.tuples(_NUMBER, _NUMBER, _SIZE, _SIZE)
_SCREENS = st.lists(_PLACE, min_size=1, max_size=4)


@given(st.lists(st.tuples(_SCREENS, _PLACE), max_size=12))
def test_places_kept_are_read_back_and_bounded(kept: list[tuple[list[Place], Place]]) -> None:
    places = ScreenPlaces()
    for screens, place in kept:
        places.keep(screens, place)
    assert SETTINGS["detached"].allows(places.words())
    read = ScreenPlaces()
    read.restore(places.words())
    assert read.kept == places.kept
    assert len(places.kept) <= KEPT


@given(_SCREENS)
def test_a_set_of_screens_has_one_name_whatever_the_order(screens: list[Place]) -> None:
    assert screens_key(screens) == screens_key(list(reversed(screens)))


def test_a_place_on_a_screen_that_is_gone_is_not_used() -> None:
    places = ScreenPlaces()
    screens = [(0, 0, 1920, 1080)]
    places.keep(screens, (2000, 10, 900, 600))
    assert places.place(screens) is None


@pytest.mark.parametrize(
    ("screens", "expected"),
    [
        ([(0, 0, 1920, 1080), (1920, 0, 1920, 1080)], (1920, 0, 1920, 1080)),
        ([(0, 0, 1920, 1080)], (140, 140, 1440, 900)),
    ],
)
def test_the_first_time_it_takes_the_other_screen(screens: list[Place], expected: Place) -> None:
    window = (100, 100, 1440, 900)
    assert first_place(window, screens) == expected
    assert is_seen(window, screens)


@pytest.mark.parametrize(
    ("place", "frame", "expected"),
    [
        # A window that fills the screen opens a little aside, and smaller.
        ((40, 40, 1920, 1080), (0, 0, 0, 0), (40, 40, 1880, 1000)),
        ((40, 40, 1920, 1080), (8, 31, 8, 8), (40, 40, 1872, 992)),
        # One that would be too small moves instead.
        ((1400, 700, 960, 600), (0, 0, 0, 0), (960, 440, 960, 600)),
        # One that fits stays.
        ((140, 20, 1000, 700), (0, 0, 0, 0), (140, 20, 1000, 700)),
    ],
)
def test_a_detached_window_is_fitted_to_the_free_part_of_its_screen(
    place: Place, frame: Place, expected: Place
) -> None:
    assert fitted(place, [(0, 0, 1920, 1040)], (960, 600), frame) == expected


@given(_PLACE, st.lists(_PLACE, min_size=1, max_size=4))
def test_a_fitted_place_hangs_off_no_screen(place: Place, screens: list[Place]) -> None:
    left, top, width, height = fitted(place, screens, (960, 600))
    assert any(
        x <= left and y <= top and left + width <= x + screen_width and top + height <= y + screen_height
        for x, y, screen_width, screen_height in screens
    )


def test_a_session_detached_from_a_window_that_fills_the_screen_is_wholly_on_it(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            free = stage.window.screen().availableGeometry()
            stage.window.setGeometry(free)
            stage.open(0)
            stage.press(Qt.Key.Key_D, CTRL | SHIFT)
            (window,) = stage.desktop.actions.detaching.windows
            await until(window.isActiveWindow)
            found = window.frameGeometry()
            # The screen of the tests is narrower than the least width.
            assert (found.left(), found.bottom()) == (free.left(), free.bottom())

    run(scenario())
