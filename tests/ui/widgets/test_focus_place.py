"""Focus goes back to where it was, else to the nearest block around it that takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from avise.ui.widgets import Button, column
from avise.ui.widgets.focus_place import FocusPlace

TAB = Qt.FocusReason.TabFocusReason


class Page(QWidget):
    """A block that takes focus, with a button in a line that does not; another button has focus."""

    def __init__(self) -> None:
        super().__init__()
        self.block, self.line, self.other = QWidget(), QWidget(), Button("Autre")
        self.block.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button = Button("Rappeler")
        self.line.setLayout(column(self.button))
        self.block.setLayout(column(self.line))
        self.setLayout(column(self.block, self.other))


@pytest.fixture
def page(qtbot: QtBot, dressed: QApplication) -> Iterator[Page]:
    """Show the page."""
    shown = Page()
    qtbot.addWidget(shown)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    yield shown
    shown.hide()


def test_it_goes_back_to_the_widget(page: Page) -> None:
    place = FocusPlace(page.button)
    page.other.setFocus(TAB)
    place.take_focus()
    assert page.button.hasFocus()


@pytest.mark.parametrize(
    "leave",
    [
        lambda button: button.hide(),
        lambda button: button.setEnabled(False),
        lambda button: button.setFocusPolicy(Qt.FocusPolicy.NoFocus),
        delete,
    ],
    ids=["hidden", "disabled", "passed over", "deleted"],
)
def test_a_widget_that_takes_it_no_more_leaves_it_to_the_block_around(
    page: Page, leave: Callable[[QWidget], None]
) -> None:
    place = FocusPlace(page.button)
    page.other.setFocus(TAB)
    leave(page.button)
    place.take_focus()
    assert page.block.hasFocus()


def test_where_nothing_around_takes_it_focus_stays(page: Page) -> None:
    place = FocusPlace(page.button)
    page.other.setFocus(TAB)
    page.block.hide()
    place.take_focus()
    assert page.other.hasFocus()


def test_no_place_moves_nothing(page: Page) -> None:
    page.other.setFocus(TAB)
    FocusPlace(None).take_focus()
    assert page.other.hasFocus()
