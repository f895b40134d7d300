"""A command leaves after an absence only once the hub was heard, and only while it lets its author act."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.hub.port import Colleague, HubError
from avise.models.roles import Role, Session
from avise.services.hub_rights import PATIENCE, HubWord, right_by_hub
from avise.services.outbox_sending import Right

BRUNO = Session("bruno.kerhoas", "Bruno Kerhoas", Role.REP, "poste-1")
ME = Colleague("bruno.kerhoas", "Bruno Kerhoas", Role.REP, ())
OTHER = Colleague("lea.girard", "Léa Girard", Role.AGENT, ())


def told(
    heard_at: float | None, *people: Colleague, absent_until: float | None = None, now: float = 1000.0,
    laptop: bool = True,
) -> tuple[Right, Role]:  # fmt: skip
    return right_by_hub(BRUNO, HubWord(heard_at, people), absent_until, now, laptop=laptop)


def test_a_desk_that_never_left_acts_as_its_profile_says_until_the_hub_says_otherwise() -> None:
    assert told(None) == (Right.HELD, Role.REP)
    assert told(1.0, ME, OTHER) == (Right.HELD, Role.REP)


def test_whoever_came_back_waits_for_the_hub_to_have_been_heard_since() -> None:
    assert told(None, absent_until=500.0)[0] is Right.UNTOLD
    assert told(499.0, ME, absent_until=500.0)[0] is Right.UNTOLD
    assert told(500.0, ME, absent_until=500.0) == (Right.HELD, Role.REP)


def test_a_laptop_waits_as_long_as_it_takes_and_an_office_only_for_a_while() -> None:
    late = 500.0 + PATIENCE.total_seconds() + 1
    assert told(None, absent_until=500.0, now=late)[0] is Right.UNTOLD
    assert told(None, absent_until=500.0, now=late, laptop=False)[0] is Right.HELD
    assert told(None, absent_until=500.0, now=late - 2, laptop=False)[0] is Right.UNTOLD


def test_whoever_works_there_no_more_has_lost_it_and_a_new_role_counts() -> None:
    assert told(600.0, OTHER, absent_until=500.0)[0] is Right.LOST
    auditor = Colleague("bruno.kerhoas", "Bruno Kerhoas", Role.AUDITOR, ())
    assert told(600.0, auditor, absent_until=500.0) == (Right.HELD, Role.AUDITOR)


@pytest.mark.parametrize("key", ["hub.device_revoked", "hub.wipe_asked", "hub.no_right"])
def test_nothing_leaves_a_device_that_was_taken_away(key: str) -> None:
    word = HubWord(None, (ME,), HubError(key))
    assert right_by_hub(BRUNO, word, 500.0, 501.0, laptop=True)[0] is Right.LOST


@given(
    heard=st.none() | st.floats(0, 1e6), absent=st.none() | st.floats(0, 1e6), later=st.floats(0, 1e6),
    laptop=st.booleans(),
)  # fmt: skip
def test_nobody_is_let_act_on_a_word_older_than_their_return_on_a_laptop(
    heard: float | None, absent: float | None, later: float, laptop: bool
) -> None:
    now = max(heard or 0.0, absent or 0.0) + later
    right, _ = told(heard, ME, absent_until=absent, now=now, laptop=laptop)
    older = absent is not None and (heard is None or heard < absent)
    if laptop:
        assert right is (Right.UNTOLD if older else Right.HELD)
    elif not older:
        assert right is Right.HELD
