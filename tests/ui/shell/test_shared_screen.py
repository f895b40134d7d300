"""Windows that open together: side by side where there is room, one under another where there is none."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QRect, QSize

from avise.cli import parsed
from avise.ui.first_frame import ALONE, REFERENCE, SMALLEST, shared_place

WIDE, USUAL, LAPTOP = QRect(0, 0, 2880, 900), QRect(0, 28, 1920, 1052), QRect(0, 0, 1366, 768)


@pytest.mark.parametrize("free", [WIDE, USUAL])
def test_two_windows_stand_side_by_side_where_both_have_room(free: QRect) -> None:
    left, right = (shared_place(free, (number, 2)) for number in (1, 2))
    assert not left.intersects(right)
    assert free.contains(left)
    assert free.contains(right)
    assert left.width() >= SMALLEST.width()


@pytest.mark.parametrize("count", [2, 3, 4])
def test_without_room_the_corner_of_each_window_is_seen(count: int) -> None:
    places = [shared_place(LAPTOP, (number, count)) for number in range(1, count + 1)]
    assert all(LAPTOP.contains(found) for found in places)
    for below, above in itertools.pairwise(places):
        assert above.left() > below.left()
        assert above.top() > below.top(), "its title can be clicked"


def test_a_window_alone_is_in_the_middle_as_large_as_the_design() -> None:
    assert shared_place(WIDE, ALONE) == QRect(720, 0, 1440, 900)
    assert shared_place(LAPTOP, ALONE).size() == REFERENCE.boundedTo(QSize(1366, 768))


def test_the_language_is_asked_for_before_or_after_the_command() -> None:
    assert parsed(["--language", "en", "demo"]).language == "en"
    assert parsed(["demo", "--language", "en"]).language == "en"
    assert parsed(["--language", "en", "demo", "--serve"]).language == "en"
    assert parsed(["demo"]).language is None
    assert parsed(["--share", "2/2"]).share == (2, 2)
