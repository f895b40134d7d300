"""Nine customers at most, in tab order and in recent order."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from avise.texts import set_language, text
from avise.ui.shell.rail import ENTRIES
from avise.ui.shell.session_tabs import MIN_WIDTH, SessionTabs, tab_widths
from avise.ui.shell.sessions import MAX_SESSIONS, Sessions, SessionTab


def tab(number: int, label: str = "", born: int | None = None) -> SessionTab:
    """Return a tab."""
    return SessionTab(UUID(int=number), label or f"NOM{number} Prénom", birth_year=born)


def opened(*numbers: int) -> Sessions:
    """Return sessions with customers opened one after the other."""
    sessions = Sessions()
    for number in numbers:
        sessions.open(tab(number))
    return sessions


def test_a_customer_already_open_is_shown_and_not_doubled() -> None:
    sessions = opened(1, 2)
    sessions.open(tab(1))
    assert len(sessions.tabs) == 2
    assert sessions.current == UUID(int=1)


def test_the_tenth_asks_and_changes_nothing() -> None:
    sessions = opened(*range(1, 10))
    asked: list[SessionTab] = []
    sessions.full.connect(asked.append)
    assert not sessions.open(tab(10))
    assert [one.person for one in asked] == [UUID(int=10)]
    assert len(sessions.tabs) == MAX_SESSIONS
    assert sessions.current == UUID(int=9)


def test_a_customer_opened_behind_leaves_the_one_shown() -> None:
    sessions = opened(1)
    sessions.open(tab(2), show=False)
    assert sessions.current == UUID(int=1)
    assert len(sessions.tabs) == 2


def test_closing_comes_back_to_the_customer_seen_before() -> None:
    sessions = opened(1, 2, 3)
    sessions.show(UUID(int=1))
    sessions.close(UUID(int=1))
    assert sessions.current == UUID(int=3)


def test_the_last_closed_can_be_opened_again() -> None:
    sessions = opened(1, 2)
    sessions.close(UUID(int=1))
    sessions.close(UUID(int=2))
    again = [sessions.reopen(), sessions.reopen(), sessions.reopen()]
    assert [one.person if one else None for one in again] == [UUID(int=2), UUID(int=1), None]


def test_recent_order_goes_round_while_the_keys_are_held() -> None:
    sessions = opened(1, 2, 3)
    sessions.step(1)
    assert sessions.current == UUID(int=2)
    sessions.step(1)
    assert sessions.current == UUID(int=1)
    sessions.end_steps()
    sessions.step(1)
    assert sessions.current == UUID(int=3)


def test_homonyms_show_their_birth_year() -> None:
    sessions = Sessions()
    for number, born in ((1, 1968), (2, 1994)):
        sessions.open(tab(number, "MARCHAND Hélène", born))
    assert [sessions.label_of(one) for one in sessions.tabs] == [
        "MARCHAND Hélène 1968",
        "MARCHAND Hélène 1994",
    ]


def test_marks_change_one_tab() -> None:
    sessions = opened(1, 2)
    sessions.mark(UUID(int=1), has_draft=True, unread=2)
    first, second = sessions.tabs
    assert (first.has_draft, first.unread, second.has_draft) == (True, 2, False)


def test_saved_tabs_keep_order_and_the_one_shown() -> None:
    sessions = opened(1, 2, 3)
    sessions.show(UUID(int=2))
    assert [(one.person.int, one.position, one.active) for one in sessions.saved()] == [
        (1, 0, False),
        (2, 1, True),
        (3, 2, False),
    ]


_steps = st.lists(
    st.tuples(
        st.sampled_from(["open", "behind", "close", "show", "step", "back", "end"]), st.integers(1, 12)
    ),
    max_size=60,
)


@given(_steps)
def test_whatever_is_done_tabs_are_unique_and_the_one_shown_is_open(steps: list[tuple[str, int]]) -> None:
    sessions = Sessions()
    for what, number in steps:
        if what in ("open", "behind"):
            sessions.open(tab(number), show=what == "open")
        elif what == "close":
            sessions.close(UUID(int=number))
        elif what == "show":
            sessions.show(UUID(int=number))
        elif what == "end":
            sessions.end_steps()
        else:
            sessions.step(1 if what == "step" else -1)
        people = [one.person for one in sessions.tabs]
        assert len(people) == len(set(people)) <= MAX_SESSIONS
        assert sessions.current is None or sessions.current in people


@given(room=st.integers(0, 3000), count=st.integers(0, 9), active=st.booleans())
def test_tabs_never_go_under_their_least_width_nor_out_of_their_room(
    room: int, count: int, active: bool
) -> None:
    width, current, fitting = tab_widths(room, count, round, has_active=active)
    assert width >= MIN_WIDTH
    assert 0 <= fitting <= count
    taken = fitting * width + (current - width if active and fitting else 0)
    assert taken <= room or fitting <= 1


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_tab_of_a_page_names_it_whole(qtbot: QtBot, dressed: QApplication, language: str) -> None:
    set_language(language)
    tabs = SessionTabs(opened(1, 2))
    qtbot.addWidget(tabs)
    tabs.resize(1200, 40)
    for entry in ENTRIES:
        tabs.set_page(text(f"rail.{entry.id}"), entry.icon)
        page = tabs._page
        assert page.width() >= page.wanted_width()
        assert tabs.button(UUID(int=1)).geometry().left() == page.geometry().right() + 1
