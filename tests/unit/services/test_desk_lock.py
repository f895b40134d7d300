"""The code of a locked desk: never kept in clear, refused longer after each error, kept through a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.env import FixedEnv
from avise.models.errors import AviseError
from avise.services.desk_lock import CLOSING_ERRORS, DeskLock, opens, refuse_weak, sealed, wait_after
from avise.store.desk_memory import DeskMemory
from avise.store.store import Store

KEY = bytes(range(32))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "store.db", KEY, FixedEnv())
    yield opened
    await opened.aclose()


def lock_on(store: Store, env: FixedEnv) -> DeskLock:
    return DeskLock(DeskMemory(store, env, "lea.girard"), env)


async def refusal(lock: DeskLock, pin: str, current: str = "") -> str:
    with pytest.raises(AviseError) as refused:
        await lock.keep(pin, current)
    return refused.value.message_key


async def test_without_a_code_anything_opens(store: Store) -> None:
    lock = lock_on(store, FixedEnv())
    assert not await lock.has_pin()
    assert (await lock.unlock("")).opened


async def test_the_right_code_opens_and_is_kept_as_a_salted_hash(store: Store) -> None:
    env = FixedEnv()
    lock = lock_on(store, env)
    await lock.keep("4711")
    assert await lock.has_pin()
    assert (await lock.unlock("4711")).opened
    kept = await DeskMemory(store, env, "lea.girard").setting("lock_pin")
    assert kept.startswith("scrypt:")
    assert "4711" not in kept.split(":")
    assert sealed("4711", b"a" * 16, 2**10) != sealed("4711", b"b" * 16, 2**10)


async def test_each_error_waits_longer_and_the_fifth_closes_the_sessions(store: Store) -> None:
    env = FixedEnv()
    lock = lock_on(store, env)
    await lock.keep("4711")
    waits, closed = [], []
    for _ in range(CLOSING_ERRORS):
        answer = await lock.unlock("0000")
        assert not answer.opened
        waits.append(answer.wait_s)
        closed.append(answer.sessions_closed)
        with pytest.raises(AviseError, match=r"lock\.wait"):
            await lock.unlock("4711")
        env.advance(timedelta(seconds=answer.wait_s))
    assert waits == [1, 2, 4, 8, 60]
    assert closed == [False, False, False, False, True]
    assert (await lock.unlock("4711")).opened
    assert (await lock.unlock("0000")).errors == 1


async def test_starting_again_gives_no_new_tries(store: Store) -> None:
    lock = lock_on(store, FixedEnv())
    await lock.keep("4711")
    await lock.unlock("0000")
    assert (await lock_on(store, FixedEnv()).unlock("0000")).errors == 2


async def test_a_code_is_changed_or_taken_away_with_the_current_one_alone(store: Store) -> None:
    env = FixedEnv()
    lock = lock_on(store, env)
    await lock.keep("4711")
    assert await refusal(lock, "8020", current="1234") == "lock.pin_wrong"
    env.advance(timedelta(seconds=5))
    await lock.keep("8020", current="4711")
    await lock.keep("", current="8020")
    assert not await lock.has_pin()


async def test_a_forgotten_code_is_ignored_until_another_is_set(store: Store) -> None:
    env = FixedEnv()
    await lock_on(store, env).keep("4711")
    await lock_on(store, env).unlock("0000")
    ignoring = DeskLock(DeskMemory(store, env, "lea.girard"), env, ignores_code=True)
    assert not await ignoring.has_pin()
    assert (await ignoring.unlock("")).opened
    await ignoring.keep("8020")
    env.advance(timedelta(seconds=5))
    lock = lock_on(store, env)
    assert (await lock.unlock("8020")).opened
    assert (await lock.unlock("4711")).errors == 1


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("123", "form"), ("12a4", "form"), ("1" * 13, "form"),
        ("0000", "weak"), ("1234", "weak"), ("9876", "weak"),
    ],
)  # fmt: skip
async def test_a_code_that_anybody_would_try_first_is_refused(store: Store, pin: str, why: str) -> None:
    assert await refusal(lock_on(store, FixedEnv()), pin) == f"lock.pin_{why}"


@given(st.from_regex(r"[0-9]{4,12}", fullmatch=True), st.from_regex(r"[0-9]{4,12}", fullmatch=True))
def test_only_the_code_itself_opens(pin: str, other: str) -> None:
    kept = sealed(pin, b"0123456789abcdef", 2**4)
    assert opens(pin, kept)
    assert opens(other, kept) == (other == pin)


@given(st.integers(0, 500))
def test_waits_never_shorten_and_stay_bounded(errors: int) -> None:
    assert 0 <= wait_after(errors) <= wait_after(errors + 1) <= 60


@given(st.text(max_size=14))
def test_what_is_accepted_is_digits(pin: str) -> None:
    try:
        refuse_weak(pin)
    except AviseError:
        return
    assert pin.isdigit()
    assert 4 <= len(pin) <= 12
