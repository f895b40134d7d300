"""The key of what is on board: two halves, a lease, a PIN, and a clock that never goes back."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Iterator
from datetime import timedelta
from pathlib import Path

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backends import fail

from avise.env import FixedEnv
from avise.models.errors import AviseError
from avise.models.leases import LeaseState
from avise.store.key_source import KeyringKey, KeySource
from avise.store.lease_clock import LeaseClock
from avise.store.leased_key import LeasedPackKey, Lent
from avise.store.pack_pin import TRIES, opens, pin_lock, refuse_weak, unwrapped, wait_after, wrapped
from avise.store.sealed import SealedSecrets
from avise.store.store import Store
from tests.memory_keys import MemoryKey
from tests.unit.store.test_key_source import DictKeyring

LOCAL, HALF = bytes(range(32)), bytes(range(32, 64))
PIN, OTHER = "271828", "314159"
PERSON = uuid.UUID(int=7)
CHEAP = 2**4


async def leased(
    store: Store, key: bytes, env: FixedEnv, *, local: KeySource | None = None, required: bool = False
) -> LeasedPackKey:
    """Return the key as a program that starts finds it."""
    made = LeasedPackKey(
        store, SealedSecrets(store, key, env), local or MemoryKey(LOCAL), env, pin_required=required,
        pin_cost=CHEAP,
    )  # fmt: skip
    await made.open()
    return made


def lent(env: FixedEnv, days: float = 7, half: bytes = HALF) -> Lent:
    return Lent(half, env.now() + timedelta(days=days), env.now(), 1)


async def refusal(asked: Awaitable[object]) -> str:
    with pytest.raises(AviseError) as refused:
        await asked
    return refused.value.message_key


@pytest.fixture
def ring() -> Iterator[DictKeyring]:
    before = keyring.get_keyring()
    installed = DictKeyring()
    keyring.set_keyring(installed)
    yield installed
    keyring.set_keyring(before)


# ---- two halves ------------------------------------------------------------------------------------
async def test_the_key_needs_both_halves_and_stays_the_same_from_one_start_to_the_next(
    store: Store, key: bytes, env: FixedEnv
) -> None:
    first = await leased(store, key, env)
    assert (await refusal(first.key()), first.state()) == ("pack.locked", LeaseState.NONE)
    await first.take(lent(env), (PERSON,))
    made = await first.key()
    assert (len(made), made in (LOCAL, HALF, bytes(32))) == (32, False)
    again = await leased(store, key, env)
    assert (await again.key(), again.state(), again.carries(PERSON)) == (made, LeaseState.HELD, True)

    other = await leased(store, key, env, local=MemoryKey(bytes(32)))
    assert await other.key() != made
    await again.take(lent(env, half=bytes(32)), ())
    assert await again.key() != made
    assert not again.carries(PERSON)


async def test_a_keyring_that_lost_its_half_is_told_and_taking_everything_again_makes_another(
    store: Store, key: bytes, env: FixedEnv, ring: DictKeyring
) -> None:
    local = KeyringKey("pack/profile", env)
    await (await leased(store, key, env, local=local)).take(lent(env), (PERSON,))
    ring.kept.clear()
    found = await leased(store, key, env, local=local)
    assert await refusal(found.key()) == "pack.half_lost"
    await found.give_up()
    await found.take(lent(env), (PERSON,))
    assert len(await found.key()) == 32
    assert len(ring.kept) == 1


async def test_a_keyring_that_cannot_be_used_is_told_and_nothing_is_destroyed(
    store: Store, key: bytes, env: FixedEnv, ring: DictKeyring
) -> None:
    local = KeyringKey("pack/profile", env)
    first = await leased(store, key, env, local=local)
    await first.take(lent(env), (PERSON,))
    made = await first.key()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring is not typed
    found = await leased(store, key, env, local=local)
    assert await refusal(found.key()) == "key.no_keyring"
    keyring.set_keyring(ring)
    assert await found.key() == made


# ---- the lease -------------------------------------------------------------------------------------
async def test_the_hub_s_half_is_destroyed_at_the_end_of_the_lease_and_comes_back_with_the_hub(
    store: Store, key: bytes, env: FixedEnv, store_path: Path
) -> None:
    found = await leased(store, key, env)
    closed: list[LeaseState] = []

    async def close() -> None:
        closed.append(found.state())

    found.on_ended(close)
    await found.take(lent(env), (PERSON,))
    made = await found.key()
    env.advance(timedelta(days=6, hours=23))
    await found.look()
    assert found.state() is LeaseState.HELD
    env.advance(timedelta(hours=1))
    await found.look()
    assert (found.state(), closed, found.count) == (LeaseState.ENDED, [LeaseState.ENDED], 0)
    assert await refusal(found.key()) == "pack.locked"
    kept = await SealedSecrets(store, key, env).get("pack", "lease")
    assert kept is not None
    assert HALF.hex() not in kept
    log = store_path.with_name("store.db-wal")
    assert not log.exists() or log.stat().st_size == 0

    assert found.wants_renewal()
    await found.renew(lent(env))
    assert await found.key() == made


async def test_a_machine_that_was_off_at_the_end_of_the_lease_ends_it_when_it_starts(
    store: Store, key: bytes, env: FixedEnv
) -> None:
    await (await leased(store, key, env)).take(lent(env), (PERSON,))
    env.advance(timedelta(days=8))
    found = await leased(store, key, env)
    assert found.state() is LeaseState.ENDED
    assert not found.carries(PERSON)


async def test_setting_the_clock_back_two_days_makes_no_lease_longer(
    store: Store, key: bytes, env: FixedEnv
) -> None:
    found = await leased(store, key, env)
    await found.take(lent(env, days=3), (PERSON,))
    env.advance(timedelta(days=2))
    await found.look()
    env.moment -= timedelta(days=2)
    env.advance(timedelta(hours=23))
    await found.look()
    assert found.state() is LeaseState.HELD
    env.advance(timedelta(hours=1))
    await found.look()
    assert found.state() is LeaseState.ENDED


async def test_a_clock_set_back_while_the_machine_was_off_wins_back_nothing_that_was_noted(
    store: Store, key: bytes, env: FixedEnv
) -> None:
    before = await leased(store, key, env)
    await before.take(lent(env, days=3), (PERSON,))
    env.advance(timedelta(days=2))
    await before.look()
    env.moment -= timedelta(days=30)
    found = await leased(store, key, env)
    assert found.state() is LeaseState.HELD
    env.advance(timedelta(days=1))
    await found.look()
    assert found.state() is LeaseState.ENDED


async def test_a_machine_that_slept_with_its_clock_set_back_has_lived_as_long(
    store: Store, key: bytes, env: FixedEnv
) -> None:
    # Neither the clock of the day nor the monotonic one tells of the sleep.
    ticks = [100.0]
    found = LeasedPackKey(
        store, SealedSecrets(store, key, env), MemoryKey(LOCAL), env, ticks=lambda: ticks[-1]
    )
    await found.open()
    await found.take(lent(env), (PERSON,))
    ticks.append(ticks[-1] + timedelta(days=6).total_seconds())
    await found.look()
    assert found.state() is LeaseState.HELD
    ticks.append(ticks[-1] + timedelta(days=1).total_seconds())
    await found.look()
    assert found.state() is LeaseState.ENDED


async def test_a_clock_set_forward_ends_the_lease_early_and_the_hub_s_word_puts_it_right(
    store: Store, key: bytes, env: FixedEnv
) -> None:
    found = await leased(store, key, env)
    await found.take(lent(env, days=3), (PERSON,))
    right = env.now()
    env.moment += timedelta(days=4)
    await found.look()
    assert found.state() is LeaseState.ENDED
    await found.renew(Lent(HALF, right + timedelta(days=3), right, 1))
    await found.look()
    assert found.state() is LeaseState.HELD


async def test_a_workstation_whose_clock_is_wrong_counts_by_the_hub_s(
    store: Store, key: bytes, env: FixedEnv
) -> None:
    hub_now = env.now() + timedelta(days=9)
    found = await leased(store, key, env)
    await found.take(Lent(HALF, hub_now + timedelta(days=2), hub_now, 1), (PERSON,))
    env.advance(timedelta(days=1, hours=23))
    await found.look()
    assert found.state() is LeaseState.HELD
    env.advance(timedelta(hours=1))
    await found.look()
    assert found.state() is LeaseState.ENDED


async def test_a_lease_is_renewed_when_it_is_more_than_a_day_old(
    store: Store, key: bytes, env: FixedEnv
) -> None:
    found = await leased(store, key, env)
    assert not found.wants_renewal()
    await found.take(lent(env), (PERSON,))
    env.advance(timedelta(hours=23))
    assert not found.wants_renewal()
    env.advance(timedelta(hours=1))
    assert found.wants_renewal()


async def test_what_is_given_up_is_not_asked_for_again(store: Store, key: bytes, env: FixedEnv) -> None:
    found = await leased(store, key, env)
    await found.take(lent(env), (PERSON,))
    await found.give_up()
    assert (found.state(), found.wants_renewal(), found.carries(PERSON)) == (LeaseState.NONE, False, False)
    assert (await leased(store, key, env)).state() is LeaseState.NONE


async def test_what_does_not_close_keeps_no_key_alive(store: Store, key: bytes, env: FixedEnv) -> None:
    found = await leased(store, key, env)

    async def fail() -> None:
        raise AviseError("store.full")

    found.on_ended(fail)
    await found.take(lent(env), (PERSON,))
    await found.end()
    assert found.state() is LeaseState.ENDED


async def test_no_key_is_given_while_what_it_opened_closes(store: Store, key: bytes, env: FixedEnv) -> None:
    found = await leased(store, key, env)
    refused: list[str] = []

    async def close() -> None:
        refused.append(await refusal(found.key()))

    found.on_ended(close)
    await found.take(lent(env), (PERSON,))
    await found.end()
    await found.renew(lent(env))
    await found.set_pin("", PIN)
    await found.lock()
    assert refused == ["pack.locked", "pack.pin_needed"]


async def test_a_key_that_goes_while_the_keyring_is_asked_is_refused_and_not_made_of_one_half(
    store: Store, key: bytes, env: FixedEnv
) -> None:
    class Slow:
        async def key(self, *, create: bool) -> bytes:
            if not create:
                await found.end()
            return LOCAL

    await (await leased(store, key, env)).take(lent(env), (PERSON,))
    found = await leased(store, key, env, local=Slow())
    assert found.state() is LeaseState.HELD
    assert await refusal(found.key()) == "pack.locked"


async def test_a_lease_renewed_while_its_end_was_looked_at_goes_on(
    store: Store, key: bytes, env: FixedEnv
) -> None:
    found = await leased(store, key, env)
    await found.take(lent(env), (PERSON,))
    env.advance(timedelta(days=7))
    renewing = asyncio.create_task(found.renew(lent(env)))
    await asyncio.sleep(0)
    await asyncio.gather(found.look(), renewing)
    assert found.state() is LeaseState.HELD


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(-100_000, 100_000)), max_size=20))
def test_a_lease_s_clock_never_goes_back_and_goes_on_with_the_monotonic_clock(
    steps: list[tuple[int, int]],
) -> None:
    env = FixedEnv()
    clock = LeaseClock(env, env.now())
    before, lived = clock.now(), timedelta(0)
    start = before
    for passed, shifted in steps:
        env.advance(timedelta(seconds=passed))
        env.moment += timedelta(seconds=shifted)
        lived += timedelta(seconds=passed)
        now = clock.now()
        assert now >= before
        assert now >= start + lived
        before = now


# ---- the PIN ---------------------------------------------------------------------------------------
async def test_the_pin_is_needed_at_each_start_and_the_half_is_nowhere_without_it(
    store: Store, key: bytes, env: FixedEnv
) -> None:
    first = await leased(store, key, env)
    await first.take(lent(env), (PERSON,))
    made = await first.key()
    await first.set_pin("", PIN)
    assert await first.key() == made
    kept = await SealedSecrets(store, key, env).get("pack", "lease")
    assert kept is not None
    assert HALF.hex() not in kept

    found = await leased(store, key, env)
    assert (await refusal(found.key()), found.state()) == ("pack.pin_needed", LeaseState.PIN_NEEDED)
    await found.unlock(PIN)
    assert await found.key() == made
    await found.lock()
    assert await refusal(found.key()) == "pack.pin_needed"
    await found.unlock(PIN)
    await found.set_pin(PIN, OTHER)
    await found.lock()
    assert await refusal(found.unlock(PIN)) == "pack.wrong_pin"
    env.advance(timedelta(seconds=1))
    await found.unlock(OTHER)
    await found.set_pin(OTHER, "")
    assert (await leased(store, key, env)).state() is LeaseState.HELD


async def test_a_half_lent_again_while_nobody_is_there_is_wrapped_without_the_pin(
    store: Store, key: bytes, env: FixedEnv
) -> None:
    first = await leased(store, key, env)
    await first.set_pin("", PIN)
    await first.take(lent(env), (PERSON,))
    made = await first.key()
    env.advance(timedelta(days=8))
    found = await leased(store, key, env)
    assert found.state() is LeaseState.ENDED
    await found.renew(lent(env))
    assert (found.state(), await refusal(found.key())) == (LeaseState.PIN_NEEDED, "pack.pin_needed")
    assert await refusal(found.take(lent(env), (PERSON,))) == "pack.pin_needed"
    await found.unlock(PIN)
    assert await found.key() == made


async def test_ten_wrong_pins_destroy_the_half_and_another_pin_is_chosen_at_the_next_contact(
    store: Store, key: bytes, env: FixedEnv
) -> None:
    found = await leased(store, key, env)
    await found.set_pin("", PIN)
    await found.take(lent(env), (PERSON,))
    made = await found.key()
    await found.lock()
    for tried in range(1, TRIES):
        with pytest.raises(AviseError) as refused:
            await found.unlock(OTHER)
        assert (refused.value.message_key, refused.value.params) == (
            "pack.wrong_pin",
            {"left": str(TRIES - tried)},
        )
        assert await refusal(found.unlock(PIN)) == "pack.pin_wait"
        env.advance(timedelta(seconds=wait_after(tried)))
        if tried == 5:
            # Starting again gives no new tries, nor a shorter wait.
            found = await leased(store, key, env)
            assert found.tries_left() == TRIES - tried
            assert await refusal(found.unlock(PIN)) == "pack.pin_wait"
            env.advance(timedelta(seconds=wait_after(tried)))
    assert await refusal(found.unlock(OTHER)) == "pack.pin_blocked"
    assert await refusal(found.unlock(PIN)) == "pack.pin_blocked"
    kept = await SealedSecrets(store, key, env).get("pack", "lease")
    assert kept is not None
    assert '"wrapped": ""' in kept

    assert not found.wants_renewal()
    await found.renew(lent(env))
    assert found.state() is LeaseState.ENDED
    await found.set_pin("", OTHER)
    assert found.wants_renewal()
    await found.renew(lent(env))
    assert await found.key() == made


async def test_a_try_counts_even_when_the_program_dies_before_it_is_looked_at(
    store: Store, key: bytes, env: FixedEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await leased(store, key, env)
    await found.set_pin("", PIN)
    await found.take(lent(env), (PERSON,))
    await found.lock()

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("avise.store.leased_key.pack_pin.opens", die)
    with pytest.raises(KeyboardInterrupt):
        await found._try(PIN)
    assert (await leased(store, key, env)).tries_left() == TRIES - 1


async def test_a_site_that_wants_a_pin_lends_nothing_without_one(
    store: Store, key: bytes, env: FixedEnv
) -> None:
    found = await leased(store, key, env, required=True)
    assert await refusal(found.take(lent(env), (PERSON,))) == "pack.pin_required"
    await found.set_pin("", PIN)
    await found.take(lent(env), (PERSON,))
    assert await refusal(found.set_pin(PIN, "")) == "pack.pin_required"
    assert found.state() is LeaseState.HELD


@pytest.mark.parametrize(
    "pin", ["12345", "1234567890123", "000000", "123456", "654321", "12a456", "", "²²²²²²"]
)
def test_a_pin_that_anybody_would_try_is_refused(pin: str) -> None:
    with pytest.raises(AviseError, match=r"^pack\.weak_pin$"):
        refuse_weak(pin)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_wrapped_half_opens_with_its_pin_alone(half: bytes, chance: bytes) -> None:
    lock, other = pin_lock(PIN, b"s" * 16, CHEAP), pin_lock(OTHER, b"s" * 16, CHEAP)
    content = wrapped(lock, half, chance)
    private, foreign = opens(lock, PIN), opens(other, OTHER)
    assert private is not None
    assert foreign is not None
    assert unwrapped(private, content) == half
    assert unwrapped(foreign, content) is None
    assert opens(lock, OTHER) is None
