"""Somebody signs in at a real provider: the whole way, and each way in which it ends otherwise."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from avise.env import FixedEnv
from avise.models.errors import AviseError
from avise.oidc import redirect_listener
from avise.oidc.code_flow import SignedIn, renew_sign_in, sign_in
from avise.oidc.errors import ProviderError, SignInError
from avise.oidc.kept_document import FLOOR_S, FRESH_FOR_S
from avise.oidc.provider import IdentityProvider
from avise.oidc.provider_tokens import LEEWAY
from avise.oidc.signed_tokens import TokenExpiredError, TokenFault, TokenRefusedError
from avise.texts import set_language
from tests.servers.oidc.conftest import Reach
from tests.servers.oidc.providers import (
    LOGIN,
    SUBJECT,
    Browser,
    RunningProvider,
    browsing,
    start_provider,
)


@pytest.fixture(autouse=True)
async def no_task_left() -> AsyncIterator[None]:
    """Fail a test that leaves a task on its loop: pytest-asyncio would only cancel it."""
    yield
    assert other_tasks() == []


async def signed_in_at(provider: IdentityProvider, env: FixedEnv, button: str = SUBJECT) -> SignedIn:
    async with browsing(button) as browser:
        return await sign_in(provider, browser.open, env, wait_s=20)


async def still_listens(address: str) -> bool:
    parts = urlsplit(address)
    try:
        _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    except OSError:
        return False
    writer.close()
    return True


def other_tasks() -> list[str]:
    return [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]


async def test_somebody_signs_in_through_a_browser_and_the_hub_knows_who(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    async with browsing() as browser:
        signed_in = await sign_in(reach(provider.issuer), browser.open, env, wait_s=20)
    assert signed_in.login == LOGIN
    assert signed_in.expires_at > env.now()
    assert "Connexion reçue" in browser.pages[0].text
    identity = await reach(provider.issuer).verify(signed_in.identity_token)
    assert (identity.login, identity.subject) == (LOGIN, SUBJECT)
    assert other_tasks() == []


async def test_the_package_as_it_comes_signs_in_an_application_with_a_secret(
    plain_provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    signed_in = await signed_in_at(reach(plain_provider.issuer, secret="entre nous"), env)  # noqa: S106 - invented
    assert signed_in.login == LOGIN


async def test_the_page_speaks_the_language_of_the_user(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    set_language("en")
    async with browsing() as browser:
        await sign_in(reach(provider.issuer), browser.open, env, wait_s=20)
    assert '<html lang="en">' in browser.pages[0].text
    assert "Sign-in received" in browser.pages[0].text


async def test_the_page_keeps_the_code_to_itself(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    async with browsing() as browser:
        await sign_in(reach(provider.issuer), browser.open, env, wait_s=20)
    headers = browser.pages[0].headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert browser.brought("code") not in browser.pages[0].text


async def test_a_code_is_worth_nothing_without_the_verifier_of_its_sign_in(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    reached = reach(provider.issuer)
    stolen: list[str] = []

    class Thief(IdentityProvider):
        async def exchange(self, grant, *, refused_key):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - as its parent
            stolen.append(grant["code"])
            return await super().exchange({**grant, "code_verifier": "f" * 64}, refused_key=refused_key)

    reached.__class__ = Thief
    with pytest.raises(SignInError) as caught:
        await signed_in_at(reached, env)
    assert caught.value.message_key == "oidc.sign_in_refused"
    assert caught.value.detail == "invalid_grant"
    assert stolen[0] not in repr(caught.value)


async def test_two_sign_ins_share_no_secret(provider: RunningProvider, reach: Reach, env: FixedEnv) -> None:
    async with browsing() as browser:
        for _ in range(2):
            await sign_in(reach(provider.issuer), browser.open, env, wait_s=20)
    for name in ("state", "nonce", "code_challenge"):
        one, other = (httpx2.URL(address).params[name] for address in browser.opened)
        assert one != other
    assert browser.asked("code_challenge_method") == "S256"


async def test_somebody_who_says_no_at_the_provider_is_not_signed_in(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    async def opened(address: str) -> bool:
        # The package forgets the state when somebody says no; a provider may not (RFC 6749, 4.1.2.1).
        asked = httpx2.URL(address).params
        back = httpx2.URL(asked["redirect_uri"], params={"error": "access_denied", "state": asked["state"]})
        tasks.append(asyncio.create_task(_get(back)))
        return True

    tasks: list[asyncio.Task[httpx2.Response]] = []
    with pytest.raises(SignInError) as caught:
        await sign_in(reach(provider.issuer), opened, env, wait_s=20)
    assert caught.value.message_key == "oidc.sign_in_refused"
    assert "Accès refusé" in (await tasks[0]).text


async def _get(address: httpx2.URL | str, headers: dict[str, str] | None = None) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False) as browser:
        return await browser.get(address, headers=headers)


Meddling = Callable[[httpx2.URL, str], Awaitable[httpx2.Response]]


async def _meddled(reached: IdentityProvider, env: FixedEnv, meddle: Meddling) -> httpx2.Response:
    """Let somebody else knock at the waiting port before the browser comes back; it still succeeds."""
    async with browsing() as browser:
        answers: list[httpx2.Response] = []

        async def opened(address: str) -> bool:
            asked = httpx2.URL(address).params
            answers.append(await meddle(httpx2.URL(asked["redirect_uri"]), asked["state"]))
            return await browser.open(address)

        signed_in = await sign_in(reached, opened, env, wait_s=20)
    assert signed_in.login == LOGIN
    return answers[0]


async def test_an_answer_with_another_state_is_refused_and_ends_nothing(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    async def other_state(back: httpx2.URL, state: str) -> httpx2.Response:
        return await _get(back.copy_merge_params({"code": "forged", "state": "0" * 32}))

    answer = await _meddled(reach(provider.issuer), env, other_state)
    assert answer.status_code == 400
    assert "Page inattendue" in answer.text


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("code=forged", "no state"),
        ("code=forged&state={state}&state={state}", "two states"),
        ("code=forged&code=other&state={state}", "two codes"),
        ("state={state}", "no code"),
        ("code=forged&state={state}&iss=http%3A%2F%2Fothers.example", "another issuer"),
        ("code=forged&state={state}&" + "&".join(f"a{number}=1" for number in range(20)), "many fields"),
        ("code=forged&state=%C3%A9%00%FF", "bytes"),
    ],
)
async def test_a_forged_answer_is_refused_and_ends_nothing(
    query: str, why: str, provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    async def forged(back: httpx2.URL, state: str) -> httpx2.Response:
        return await _get(f"{back}?{query.format(state=state)}")

    answer = await _meddled(reach(provider.issuer), env, forged)
    assert answer.status_code == 400, why


async def test_a_page_of_another_site_whose_name_points_here_is_refused(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    async def rebound(back: httpx2.URL, state: str) -> httpx2.Response:
        return await _get(
            back.copy_merge_params({"code": "forged", "state": state}), {"Host": "others.example"}
        )

    assert (await _meddled(reach(provider.issuer), env, rebound)).status_code == 400


async def test_the_icon_that_browsers_ask_for_changes_nothing(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    async def icon(back: httpx2.URL, state: str) -> httpx2.Response:
        return await _get(back.join("/favicon.ico"))

    assert (await _meddled(reach(provider.issuer), env, icon)).status_code == 404


async def test_only_a_browser_s_get_is_an_answer(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    async def posted(back: httpx2.URL, state: str) -> httpx2.Response:
        async with httpx2.AsyncClient(trust_env=False) as browser:
            return await browser.post(back.copy_merge_params({"code": "forged", "state": state}))

    assert (await _meddled(reach(provider.issuer), env, posted)).status_code == 405


async def test_a_connection_that_says_nothing_and_one_that_never_stops_hold_nobody_up(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    writers: list[asyncio.StreamWriter] = []

    async def talkative(back: httpx2.URL, state: str) -> httpx2.Response:
        for said in (b"", b"GET /avise?code=", b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 10_000):
            _, writer = await asyncio.open_connection(back.host, back.port)
            writer.write(said)
            writers.append(writer)
        return httpx2.Response(200)

    await _meddled(reach(provider.issuer), env, talkative)
    for writer in writers:
        writer.transport.abort()
    assert other_tasks() == []


async def test_a_code_comes_back_once(provider: RunningProvider, reach: Reach, env: FixedEnv) -> None:
    answers: list[int] = []

    async def opened(address: str) -> bool:
        asked = httpx2.URL(address).params
        back = httpx2.URL(asked["redirect_uri"], params={"code": "forged", "state": asked["state"]})
        answers.extend([(await _get(back)).status_code for _ in range(2)])
        return True

    with pytest.raises(SignInError):
        await sign_in(reach(provider.issuer), opened, env, wait_s=20)
    assert answers == [200, 400]


async def test_a_sign_in_that_nobody_ends_in_time_frees_its_port(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    where: list[str] = []

    async def opened(address: str) -> bool:
        where.append(httpx2.URL(address).params["redirect_uri"])
        assert await still_listens(where[0])
        return True

    with pytest.raises(SignInError) as caught:
        await sign_in(reach(provider.issuer), opened, env, wait_s=0.3)
    assert caught.value.message_key == "oidc.sign_in_late"
    assert not await still_listens(where[0])
    assert other_tasks() == []


async def test_a_sign_in_that_is_cancelled_leaves_no_port_and_no_task(
    provider: RunningProvider, reach: Reach, env: FixedEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redirect_listener, "REQUEST_S", 3600.0)
    where: list[str] = []
    opened = asyncio.Event()

    async def open_browser(address: str) -> bool:
        where.append(httpx2.URL(address).params["redirect_uri"])
        parts = httpx2.URL(where[0])
        _, writer = await asyncio.open_connection(parts.host, parts.port)
        writers.append(writer)
        opened.set()
        return True

    writers: list[asyncio.StreamWriter] = []
    task = asyncio.create_task(sign_in(reach(provider.issuer), open_browser, env))
    await opened.wait()
    await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(30):
        await asyncio.wait([task])
    assert task.cancelled()
    writers[0].transport.abort()
    assert not await still_listens(where[0])
    assert other_tasks() == []


@pytest.mark.parametrize("steps", range(12))
async def test_a_sign_in_cancelled_at_any_step_leaves_nothing(
    steps: int, provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    async with browsing() as browser:
        task = asyncio.create_task(sign_in(reach(provider.issuer), browser.open, env))
        for _ in range(steps * 4):
            await asyncio.sleep(0.001 if steps % 2 else 0)
        task.cancel()
        # On a quick machine the last steps find it ended: then it ended well.
        await asyncio.wait([task])
        assert task.cancelled() or task.result().login == LOGIN
        for browse in browser.tasks:
            browse.cancel()
        await asyncio.gather(*browser.tasks, return_exceptions=True)
        browser.tasks.clear()
    assert other_tasks() == []


async def test_a_workstation_without_a_browser_says_so_and_frees_its_port(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    where: list[str] = []

    async def none(address: str) -> bool:
        where.append(httpx2.URL(address).params["redirect_uri"])
        return False

    with pytest.raises(SignInError) as caught:
        await sign_in(reach(provider.issuer), none, env)
    assert caught.value.message_key == "oidc.sign_in_browser"
    assert not await still_listens(where[0])


async def test_a_workstation_without_a_free_port_says_so(
    provider: RunningProvider, reach: Reach, env: FixedEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none_free(*_: object, **__: object) -> None:
        raise OSError

    reached = reach(provider.issuer)
    await reached.addresses()
    monkeypatch.setattr(asyncio, "start_server", none_free)
    with pytest.raises(SignInError) as caught:
        await sign_in(reached, Browser().open, env)
    assert caught.value.message_key == "oidc.sign_in_port"


async def test_a_sign_in_is_renewed_without_a_browser_until_the_provider_takes_it_back(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    reached = reach(provider.issuer)
    first = await signed_in_at(reached, env)
    renewed = await renew_sign_in(reached, first)
    assert renewed.login == LOGIN
    assert renewed.access_token != first.access_token
    async with httpx2.AsyncClient(trust_env=False) as administrator:
        await administrator.post(f"{provider.issuer}/users/{SUBJECT}/revoke-tokens")
    with pytest.raises(SignInError) as caught:
        await renew_sign_in(reached, renewed)
    assert caught.value.message_key == "oidc.sign_in_again"


async def test_a_token_of_another_application_is_refused(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    other = await signed_in_at(reach(provider.issuer, application="portail"), env)
    with pytest.raises(TokenRefusedError) as caught:
        await reach(provider.issuer).verify(other.identity_token)
    assert caught.value.fault is TokenFault.OTHER_AUDIENCE


async def test_a_token_of_another_sign_in_is_refused(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    reached = reach(provider.issuer)
    signed_in = await signed_in_at(reached, env)
    with pytest.raises(TokenRefusedError) as caught:
        await reached.verify(signed_in.identity_token, nonce="0" * 32)
    assert caught.value.fault is TokenFault.OTHER_NONCE


async def test_an_opaque_access_token_is_no_proof(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    reached = reach(provider.issuer)
    signed_in = await signed_in_at(reached, env)
    with pytest.raises(TokenRefusedError):
        await reached.verify(signed_in.access_token)


async def test_an_expired_token_is_taken_for_a_minute_more_then_refused(
    provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    reached = reach(provider.issuer)
    signed_in = await signed_in_at(reached, env)
    ends = (await reached.verify(signed_in.identity_token)).expires_at
    env.moment = ends + LEEWAY - timedelta(seconds=1)
    await reached.verify(signed_in.identity_token)
    env.moment = ends + LEEWAY
    with pytest.raises(TokenExpiredError):
        await reached.verify(signed_in.identity_token)


async def test_while_the_provider_is_down_nobody_signs_in_and_who_did_is_still_known(
    plain_provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    reached = reach(plain_provider.issuer, secret="entre nous")  # noqa: S106 - invented
    signed_in = await signed_in_at(reached, env)
    plain_provider.stop()
    assert (await reached.verify(signed_in.identity_token)).login == LOGIN
    for attempt in (
        renew_sign_in(reached, signed_in),
        sign_in(reach(plain_provider.issuer), Browser().open, env),
        reach(plain_provider.issuer).verify(signed_in.identity_token),
    ):
        with pytest.raises(ProviderError) as caught:
            await attempt
        assert caught.value.message_key == "oidc.provider_unreachable"
        assert signed_in.refresh_token not in repr(caught.value) + caught.value.detail


async def test_a_provider_that_goes_away_between_the_page_and_the_token_is_told_and_asked_again_later(
    plain_provider: RunningProvider, reach: Reach, env: FixedEnv, tmp_path: Path
) -> None:
    where: list[str] = []

    async def open_browser(address: str) -> bool:
        where.append(httpx2.URL(address).params["redirect_uri"])
        async with httpx2.AsyncClient(trust_env=False) as browser:
            page = await browser.post(address, data={"sub": SUBJECT})
            plain_provider.stop()
            back = await browser.get(page.headers["location"])
        assert back.status_code == 200
        return True

    reached = reach(plain_provider.issuer, secret="entre nous")  # noqa: S106 - invented
    with pytest.raises(ProviderError) as caught:
        await sign_in(reached, open_browser, env)
    assert caught.value.message_key == "oidc.provider_unreachable"
    assert not await still_listens(where[0])
    assert other_tasks() == []
    again = start_provider(tmp_path, port=plain_provider.port)
    try:
        assert (await signed_in_at(reached, env)).login == LOGIN
    finally:
        again.stop()


async def test_keys_fetched_an_hour_ago_still_check_while_the_provider_is_down(
    plain_provider: RunningProvider, reach: Reach, env: FixedEnv
) -> None:
    reached = reach(plain_provider.issuer, secret="entre nous")  # noqa: S106 - invented
    signed_in = await signed_in_at(reached, env)
    plain_provider.stop()
    was = env.now()
    env.advance(timedelta(seconds=FRESH_FOR_S))
    env.moment = was
    assert (await reached.verify(signed_in.identity_token)).login == LOGIN
    env.advance(timedelta(days=1))
    env.moment = was
    with pytest.raises(ProviderError):
        await reached.verify(signed_in.identity_token)


async def test_a_provider_that_replaced_its_keys_is_believed_again_after_one_fetch(
    plain_provider: RunningProvider, reach: Reach, env: FixedEnv, tmp_path: Path
) -> None:
    hub = reach(plain_provider.issuer, secret="entre nous")  # noqa: S106 - invented
    before = await signed_in_at(hub, env)
    plain_provider.stop()
    renewed = start_provider(tmp_path, port=plain_provider.port)
    try:
        after = await signed_in_at(reach(renewed.issuer, secret="entre nous"), env)  # noqa: S106 - invented
        with pytest.raises(TokenRefusedError):
            await hub.verify(after.identity_token)
        env.advance(timedelta(seconds=FLOOR_S))
        assert (await hub.verify(after.identity_token)).login == LOGIN
        with pytest.raises(TokenRefusedError):
            await hub.verify(before.identity_token)
    finally:
        renewed.stop()


async def test_no_token_code_or_verifier_is_in_a_log_or_in_an_error(
    provider: RunningProvider, reach: Reach, env: FixedEnv, caplog: pytest.LogCaptureFixture
) -> None:
    reached = reach(provider.issuer)
    caplog.set_level(logging.DEBUG)
    sent: list[str] = []

    class Watched(IdentityProvider):
        async def exchange(self, grant, *, refused_key):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - as its parent
            sent.extend(grant.get(name, "") for name in ("code_verifier", "code", "refresh_token"))
            return await super().exchange(grant, refused_key=refused_key)

    reached.__class__ = Watched
    async with browsing() as browser:
        first = await sign_in(reached, browser.open, env, wait_s=20)
    renewed = await renew_sign_in(reached, first)
    async with httpx2.AsyncClient(trust_env=False) as administrator:
        await administrator.post(f"{provider.issuer}/users/{SUBJECT}/revoke-tokens")
    errors: list[str] = []
    for failing in (
        renew_sign_in(reached, renewed),
        reached.verify(renewed.identity_token, nonce="other"),
        reached.verify(renewed.identity_token[:-4] + "AAAA"),
        reached.exchange(
            {"grant_type": "authorization_code", "code": sent[1]}, refused_key="oidc.sign_in_refused"
        ),
    ):
        with pytest.raises(AviseError) as caught:
            await failing
        errors.append(repr(caught.value) + str(caught.value.params) + getattr(caught.value, "detail", ""))
    canaries = [value for value in sent if value]
    for signed_in in (first, renewed):
        canaries += [signed_in.access_token, signed_in.refresh_token, signed_in.identity_token]
    canaries += [browser.asked("state"), browser.asked("nonce"), browser.asked("code_challenge")]
    written = "\n".join([caplog.text, *errors, repr(first), repr(renewed), repr(reached.settings)])
    assert len(canaries) > 8
    assert [canary for canary in canaries if canary in written] == []
