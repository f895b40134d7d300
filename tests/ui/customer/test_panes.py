"""Splitters: what the user chose is kept by size of screen, found again, and given back by a double click."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from avise.store.settings import declared
from avise.ui.customer.page import CustomerPage
from avise.ui.pane_widths import MOST, PanePlace, PaneWidths, pane_widths
from avise.ui.theme import theme
from avise.ui.widgets.pane_splitter import PaneSplitter
from tests.ui.customer.opened_page import opened, until
from tests.ui.mouse import move_mouse
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.shell.test_desktop import staged

Run = Callable[[Coroutine[object, object, None]], None]
PLACES = st.builds(
    PanePlace,
    st.integers(800, 9999),
    st.integers(600, 9999),
    st.sampled_from(("rail", "timeline")),
    st.integers(240, 600),
)


@pytest.fixture(autouse=True)
def nothing_chosen() -> Iterator[None]:
    pane_widths().restore("")
    yield
    pane_widths().restore("")


@pytest.fixture
def splitter(dressed: QApplication) -> Iterator[PaneSplitter]:
    panes = PaneSplitter("rail", 6)
    for _ in range(2):
        panes.addWidget(QWidget())
    panes.setStretchFactor(0, 1)
    panes.resize(1000, 300)
    panes.show()
    panes.set_design(320)
    yield panes
    panes.hide()
    panes.deleteLater()


def _drag(splitter: PaneSplitter, by: int) -> None:
    """Drag the handle with the mouse, as a person does."""
    handle = splitter.handle(1)
    start = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=start)
    move_mouse(handle, start + QPoint(by, 0), Qt.MouseButton.LeftButton)
    end = handle.mapFromGlobal(handle.mapToGlobal(start))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=end)


def test_a_pane_has_the_width_of_the_design_until_it_is_dragged(splitter: PaneSplitter) -> None:
    assert splitter.sizes()[1] == 320
    _drag(splitter, -80)
    assert splitter.sizes()[1] == 400
    size = splitter.screen().size()
    assert pane_widths().words() == f"{size.width()}x{size.height()}:rail:320=400"


def test_the_width_chosen_comes_back_in_the_arrangement_where_it_was_chosen(splitter: PaneSplitter) -> None:
    _drag(splitter, -80)
    splitter.set_design(376)
    assert splitter.sizes()[1] == 376
    splitter.set_design(320)
    assert splitter.sizes()[1] == 400


def test_a_double_click_gives_the_width_of_the_design_back(splitter: PaneSplitter) -> None:
    _drag(splitter, -80)
    QTest.mouseDClick(splitter.handle(1), Qt.MouseButton.LeftButton)
    assert splitter.sizes()[1] == 320
    assert pane_widths().words() == ""


def test_the_arrows_do_what_the_mouse_does(splitter: PaneSplitter) -> None:
    handle = splitter.handle(1)
    assert handle.accessibleName() == "Largeur du suivi et de la note"
    handle.setFocus()
    QTest.keyClick(handle, Qt.Key.Key_Left)
    QTest.keyClick(handle, Qt.Key.Key_Left)
    assert splitter.sizes()[1] == 352
    QTest.keyClick(handle, Qt.Key.Key_Right)
    assert splitter.sizes()[1] == 336
    QTest.keyClick(handle, Qt.Key.Key_Home)
    assert splitter.sizes()[1] == 320


def test_a_width_is_kept_whatever_the_zoom(splitter: PaneSplitter) -> None:
    theme().set_zoom(150)
    assert splitter.sizes()[1] == 480
    _drag(splitter, -60)
    theme().set_zoom(100)
    assert splitter.sizes()[1] == 360


@given(chosen=st.dictionaries(PLACES, st.integers(200, 1500), max_size=MOST + 8))
def test_what_is_kept_is_found_again_and_is_a_value_of_the_setting(chosen: dict[PanePlace, int]) -> None:
    widths, again = PaneWidths(), PaneWidths()
    for place, width in chosen.items():
        widths.keep(place, width)
    words = widths.words()
    assert declared("panes").allows(words)
    again.restore(words)
    assert again.words() == words
    assert len(again._chosen) <= MOST


@given(st.text(max_size=200))
def test_words_that_are_no_widths_choose_nothing(words: str) -> None:
    widths = PaneWidths()
    widths.restore(words)
    assert all(place.design > 0 for place in widths._chosen)


def _timeline(page: CustomerPage) -> int:
    return page.sheet.splitter.sizes()[1]


def test_another_page_opens_with_the_widths_that_were_chosen(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            own = (_timeline(page), page.splitter.sizes()[1])
            _drag(page.sheet.splitter, -40)
            _drag(page.splitter, -30)
            chosen = (_timeline(page), page.splitter.sizes()[1])
            # A handle of one pixel is grabbed by five: the mouse may stand two beside it.
            assert chosen[0] == own[0] + 40
            assert abs(chosen[1] - own[1] - 30) <= 2
            assert page.call_panel.maximumWidth() == page.rail.width()
        async with opened(ScriptedDesk()) as page:
            await until(lambda: (_timeline(page), page.splitter.sizes()[1]) == chosen)

    run(scenario())


def test_a_page_that_was_behind_takes_the_widths_when_it_comes_back(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page, opened(ScriptedDesk()) as behind:
            behind.hide()
            _drag(page.sheet.splitter, -40)
            behind.show()
            behind.activate()
            await until(lambda: _timeline(behind) == _timeline(page))

    run(scenario())


def test_widths_are_kept_in_the_settings_and_in_force_at_the_next_start(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with staged(desk):
            pane_widths().keep(PanePlace(1920, 1080, "rail", 352), 410)
            await until(lambda: desk.settings.get("panes") == "1920x1080:rail:352=410")
            # The window closes before the half second is over: nothing is lost.
            pane_widths().keep(PanePlace(1920, 1080, "rail", 352), 420)
        assert desk.settings["panes"] == "1920x1080:rail:352=420"
        pane_widths().restore("")
        async with staged(desk):
            assert pane_widths().width(PanePlace(1920, 1080, "rail", 352)) == 420
            assert pane_widths().width(PanePlace(1366, 768, "rail", 300)) == 300

    run(scenario())
