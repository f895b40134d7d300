"""Signing in over HTTP: passwords, renewals, ends, and what a stolen token is worth."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from avise.hub import staff
from avise.hub.api_sign_in import doors_of
from avise.hub.passwords import Attempts, hash_password
from avise.hub.port import HubError
from avise.hub.remote import RemoteHub
from avise.hub.remote_line import HubLine
from avise.hub.remote_sign_in import PasswordTokens
from tests.hub_house import AGENT, MANAGER
from tests.servers.hub_http.calling import Answer, call
from tests.servers.hub_http.serving import TLS, HttpHouse

SENTENCE = "une phrase que personne ne dit"


@pytest.fixture
async def lea(house: HttpHouse) -> HttpHouse:
    """Give Léa a password."""
    kept = await asyncio.to_thread(hash_password, SENTENCE, house.env)
    await house.set_up(lambda connection: staff.keep_password(connection, AGENT.login, kept))
    return house


async def sign_in(house: HttpHouse, password: str = SENTENCE, login: str = AGENT.login) -> Answer:
    told = {"login": login, "password": password, "device": AGENT.device}
    return await call(house.running.address, "POST", "/sign-in", told)


async def refresh(house: HttpHouse, secret: str, device: str = AGENT.device) -> Answer:
    told = {"refresh_token": secret, "device": device}
    return await call(house.running.address, "POST", "/refresh", told)


async def test_a_right_password_gives_tokens_that_reach_the_hub(lea: HttpHouse) -> None:
    line = HubLine(lea.running.address, TLS)
    kept: list[str] = []

    async def keep(token: str) -> None:
        kept.append(token)

    tokens = PasswordTokens(line, AGENT.device, lea.env, keep)
    await tokens.sign_in(AGENT.login, SENTENCE)
    hub = RemoteHub(line, tokens, lea.env)
    try:
        await hub.enrol()
        assert [perimeter.id for perimeter in (await hub.head()).perimeters] == ["house", "team/GC-RENNES"]
        lea.env.advance(timedelta(minutes=20))
        assert (await hub.head()).last_seq == 0
        assert len(kept) == 2
    finally:
        await hub.aclose()


async def test_a_workstation_goes_on_with_the_refresh_token_that_it_kept(lea: HttpHouse) -> None:
    secret = (await sign_in(lea)).value["refresh_token"]
    line = HubLine(lea.running.address, TLS)
    tokens = PasswordTokens(line, AGENT.device, lea.env)
    await tokens.resume(secret)
    assert await tokens.bearer()
    await tokens.sign_out()
    assert await tokens.bearer() == ""
    await line.aclose()


async def test_a_wrong_password_an_unknown_login_and_no_password_are_told_alike(lea: HttpHouse) -> None:
    answers = [
        await sign_in(lea, "autre chose, longue aussi"),
        await sign_in(lea, login="personne"),
        await sign_in(lea, login=MANAGER.login),
    ]
    assert {(answer.status, answer.key) for answer in answers} == {(401, "hub.wrong_password")}


async def test_ten_wrong_passwords_lock_out_a_login_that_exists_and_one_that_does_not(lea: HttpHouse) -> None:
    now, parts = lea.env.now(), lea.running.parts
    # Nine tries of each took place before: hashing ten times takes long on purpose.
    await lea.set_up(lambda connection: staff.keep_failures(connection, AGENT.login, 9, now))
    doors_of(parts).strangers["personne"] = Attempts(9, now)
    for login in (AGENT.login, "personne"):
        first, second = [await sign_in(lea, "faux, faux et encore faux", login) for _ in range(2)]
        assert first.key == "hub.wrong_password"
        assert (second.status, second.key) == (429, "hub.locked_out")
    assert (await sign_in(lea)).key == "hub.locked_out"
    lea.env.advance(timedelta(minutes=16))
    assert (await sign_in(lea)).status == 200


async def test_many_wrong_passwords_at_once_are_not_more_than_many(lea: HttpHouse) -> None:
    answers = await asyncio.gather(*(sign_in(lea, "faux, faux et encore faux") for _ in range(24)))
    assert sum(answer.key == "hub.wrong_password" for answer in answers) <= 10


async def test_somebody_locked_out_by_the_administrator_does_not_sign_in(lea: HttpHouse) -> None:
    secret = (await sign_in(lea)).value["refresh_token"]
    await lea.set_up(lambda connection: staff.lock_out(connection, AGENT.login, locked=True))
    assert (await sign_in(lea)).key == "hub.wrong_password"
    assert (await refresh(lea, secret)).status == 403


async def test_a_refresh_token_shown_from_another_device_ends_its_whole_family(lea: HttpHouse) -> None:
    first = (await sign_in(lea)).value["refresh_token"]
    second = (await refresh(lea, first)).value["refresh_token"]
    assert (await refresh(lea, second, "poste-vole")).key == "hub.sign_in_again"
    assert (await refresh(lea, second)).key == "hub.sign_in_again"


async def test_a_refresh_token_used_again_long_after_ends_its_whole_family(lea: HttpHouse) -> None:
    first = (await sign_in(lea)).value["refresh_token"]
    second = (await refresh(lea, first)).value["refresh_token"]
    assert (await refresh(lea, first)).status == 200
    lea.env.advance(timedelta(minutes=2))
    assert (await refresh(lea, first)).status == 401
    assert (await refresh(lea, second)).status == 401


async def test_signing_out_ends_the_sign_in_and_nobody_else_s(lea: HttpHouse) -> None:
    here, there = [(await sign_in(lea)).value["refresh_token"] for _ in range(2)]
    assert (await call(lea.running.address, "POST", "/sign-out", {"refresh_token": here})).status == 204
    assert (await refresh(lea, here)).status == 401
    assert (await refresh(lea, there)).status == 200


async def test_a_device_of_somebody_else_signs_nobody_in(lea: HttpHouse) -> None:
    await lea.connect(MANAGER)
    told = {"login": AGENT.login, "password": SENTENCE, "device": MANAGER.device}
    answer = await call(lea.running.address, "POST", "/sign-in", told)
    assert (answer.status, answer.key) == (403, "hub.unknown_device")


async def test_a_revoked_device_signs_in_no_more(lea: HttpHouse) -> None:
    await lea.connect(AGENT)

    def revoke(connection: Connection) -> None:
        staff.revoke(connection, AGENT.device, lea.env.now())

    await lea.set_up(revoke)
    assert (await sign_in(lea)).key == "hub.device_revoked"


async def test_the_ways_to_sign_in_are_told_to_anybody(house: HttpHouse) -> None:
    line = HubLine(house.running.address, TLS)
    ways = await line.ways()
    assert ways.passwords
    assert ways.provider is None
    assert ways.hub_id == house.running.parts.callers.signing.hub_id
    await line.aclose()


@pytest.mark.parametrize("address", ["http://hub.example", "ftp://127.0.0.1", "https://u:p@hub.example"])
def test_an_address_in_clear_off_this_machine_is_refused(address: str) -> None:
    with pytest.raises(HubError, match=r"hub\.address_unfit"):
        HubLine(address, TLS)
