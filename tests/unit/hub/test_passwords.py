"""Passwords of the local sign-in: what is kept, what is accepted, and when somebody has to wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from avise.env import FixedEnv
from avise.hub import passwords
from avise.hub.passwords import (
    FIRST_WAIT,
    FORGOTTEN_AFTER,
    LONGEST_WAIT,
    MOST_TRIES,
    Attempts,
    LockedOutError,
    PasswordUnfitError,
    PasswordUnreadableError,
    check_new_password,
    hash_password,
    verify_password,
)
from avise.texts import text

GOOD = "trois pommes vertes"
START = datetime(2026, 3, 24, 9, 0, tzinfo=UTC)


def test_the_right_password_is_accepted_and_another_is_not() -> None:
    kept = hash_password(GOOD, FixedEnv())
    assert verify_password(kept, GOOD).accepted
    assert not verify_password(kept, GOOD + " ").accepted
    assert not verify_password(kept, "").accepted


def test_what_is_kept_is_argon2id_and_does_not_hold_the_password() -> None:
    kept = hash_password(GOOD, FixedEnv())
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert GOOD not in kept


def test_the_same_password_is_kept_differently_for_two_people() -> None:
    env = FixedEnv()
    assert hash_password(GOOD, env) != hash_password(GOOD, env)


def test_an_accented_letter_typed_in_two_ways_is_one_password() -> None:
    kept = hash_password("e\u0301te\u0301 a\u0300 la montagne", FixedEnv())
    assert verify_password(kept, "\u00e9t\u00e9 \u00e0 la montagne").accepted


def test_a_hash_of_an_older_cost_is_accepted_and_asks_to_be_renewed() -> None:
    older = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    assert verify_password(older, GOOD) == passwords.PasswordVerdict(accepted=True, needs_rehash=True)
    assert not verify_password(hash_password(GOOD, FixedEnv()), GOOD).needs_rehash


def test_an_unknown_login_costs_a_hash_of_the_cost_in_force() -> None:
    # Were the parameters to differ, the time of an answer would tell who exists.
    assert not PasswordHasher().check_needs_rehash(passwords._NOBODY)
    assert not verify_password(None, GOOD).accepted


def test_an_unknown_login_is_really_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed = []

    class Watching(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]  # noqa: A002 - the library's name
            hashed.append(hash)
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_HASHER", Watching())
    verify_password(None, GOOD)
    assert hashed == [passwords._NOBODY]


def test_an_unknown_login_has_no_password_even_if_the_hash_in_its_place_had_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "_NOBODY", hash_password(GOOD, FixedEnv()))
    assert not verify_password(None, GOOD).accepted


@pytest.mark.parametrize("kept", ["", "clear text", "$argon2id$v=19$m=65536,t=3,p=4$cut", "$argon2id$é"])
def test_a_damaged_hash_is_told_as_such_and_is_no_wrong_password(kept: str) -> None:
    with pytest.raises(PasswordUnreadableError) as caught:
        verify_password(kept, GOOD)
    assert GOOD not in str(caught.value)


def test_half_a_character_is_a_wrong_password_and_no_error() -> None:
    assert not verify_password(hash_password(GOOD, FixedEnv()), "\ud800" * 12).accepted


def test_a_password_of_a_megabyte_is_refused_without_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", None)
    assert not verify_password(None, "x" * 1_000_000).accepted


@pytest.mark.parametrize(
    ("password", "key"),
    [
        ("onze lettre", "hub.password_short"),
        ("e\u0301" * 11, "hub.password_short"),
        ("x" * 257, "hub.password_long"),
        ("aaaaaaaaaaaaaa", "hub.password_repeated"),
        ("Camille.Fontaine", "hub.password_is_login"),
        ("camille-fontaine!", "hub.password_is_login"),
        ("eniatnof.ellimac", "hub.password_is_login"),
    ],
)
def test_an_unfit_password_is_refused_with_the_rule_that_it_breaks(password: str, key: str) -> None:
    with pytest.raises(PasswordUnfitError) as caught:
        check_new_password("camille.fontaine", password)
    assert caught.value.message_key == key
    assert password not in text(key, **caught.value.params)
    assert "{" not in text(key, **caught.value.params)


def test_a_sentence_of_twelve_characters_is_fit_even_where_there_is_no_login() -> None:
    check_new_password("camille.fontaine", "douze lettre")
    check_new_password("", "douze lettre")


def test_whoever_may_choose_a_password_can_sign_in_with_it() -> None:
    longest = "e\u0301" * 256  # 512 code points typed, 256 kept
    check_new_password("camille.fontaine", "a" + longest[2:])
    assert verify_password(hash_password("a" + longest[2:], FixedEnv()), "a" + longest[2:]).accepted


def _after(count: int, moment: datetime = START) -> Attempts:
    return Attempts.folded([moment] * count)


def test_nine_wrong_passwords_leave_one_try() -> None:
    assert _after(MOST_TRIES - 1).locked_until(START) is None


def test_the_tenth_wrong_password_locks_out_for_a_quarter_of_an_hour() -> None:
    locked = _after(MOST_TRIES)
    with pytest.raises(LockedOutError) as caught:
        locked.require_open(START)
    assert caught.value.until == START + FIRST_WAIT
    locked.require_open(START + FIRST_WAIT)


def test_each_further_ten_wrong_passwords_double_the_wait_up_to_four_hours() -> None:
    attempts, moment, waits = Attempts(), START, []
    for _ in range(7):
        for _ in range(MOST_TRIES):
            attempts = attempts.after_failure(moment)
        until = attempts.locked_until(moment)
        assert until is not None
        waits.append(until - moment)
        moment = until
    assert waits == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4, FIRST_WAIT * 8, *[LONGEST_WAIT] * 3]


def test_somebody_locked_out_is_not_kept_so_by_tries_that_nobody_looks_at() -> None:
    locked = _after(MOST_TRIES)
    assert locked.after_failure(START + FIRST_WAIT / 2) is locked


def test_a_series_is_forgotten_a_day_after_its_last_wrong_password() -> None:
    later = START + FORGOTTEN_AFTER
    assert _after(MOST_TRIES - 1).after_failure(later) == Attempts(1, later)


def test_a_clock_set_back_does_not_open_a_locked_account() -> None:
    attempts = Attempts(MOST_TRIES - 1, START).after_failure(START - timedelta(hours=2))
    assert attempts.locked_until(START - timedelta(hours=2)) == START + FIRST_WAIT


minutes = st.lists(st.integers(0, 3 * 24 * 60), max_size=80)


@given(minutes, st.randoms())
def test_the_fold_does_not_depend_on_the_order_of_the_tries(times: list[int], chance) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - hypothesis's own Random
    moments = [START + timedelta(minutes=minute) for minute in times]
    shuffled = list(moments)
    chance.shuffle(shuffled)
    assert Attempts.folded(moments) == Attempts.folded(shuffled)


@given(minutes)
def test_at_most_ten_wrong_passwords_are_looked_at_in_any_quarter_of_an_hour(times: list[int]) -> None:
    attempts, looked_at = Attempts(), []
    for minute in sorted(times):
        moment = START + timedelta(minutes=minute)
        if attempts.locked_until(moment) is None:
            looked_at.append(moment)
        attempts = attempts.after_failure(moment)
    for first in looked_at:
        assert sum(first <= moment < first + FIRST_WAIT for moment in looked_at) <= MOST_TRIES
