"""A provider that hangs, lies, sends elsewhere, or is asked too often: each ends in a sentence, in time."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from avise.env import FixedEnv
from avise.oidc import line
from avise.oidc.code_flow import SignedIn, renew_sign_in, sign_in
from avise.oidc.errors import ProviderError, SignInError
from avise.oidc.kept_document import FLOOR_S, FRESH_FOR_S, USABLE_FOR_S
from avise.oidc.line import require_protected
from avise.oidc.provider import IdentityProvider
from avise.oidc.provider_tokens import ProviderSettings
from avise.oidc.signed_tokens import TokenFault, TokenRefusedError
from tests.servers.host.tool_server import (
    Asked,
    Behaviour,
    Tool,
    answering,
    dripping,
    hanging,
    reply,
    resetting,
    running_tool,
)
from tests.servers.oidc.conftest import APPLICATION, Reach

DISCOVERY = "/.well-known/openid-configuration"
CANARY = "canari-9f2c"


@dataclass
class Scripted:
    """A provider that answers what a test tells it, with keys that a test replaces."""

    tool: Tool
    env: FixedEnv
    keys: list[ECKey] = field(default_factory=lambda: [ECKey.generate_key("P-256", auto_kid=True)])
    changes: dict[str, object] = field(default_factory=dict)
    routes: dict[str, Behaviour] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return self.tool.base_url

    def document(self) -> dict[str, object]:
        stated: dict[str, object] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.changes,
        }
        return {name: value for name, value in stated.items() if value is not None}

    async def behave(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.path in self.routes:
            await self.routes[asked.path](asked, writer)
            return
        answers: dict[str, object] = {
            DISCOVERY: self.document(),
            "/keys": {"keys": [key.as_dict(private=False) for key in self.keys]},
        }
        body = answers.get(asked.path, {})
        writer.write(reply(body, status=200 if asked.path in answers else 404))
        await writer.drain()

    def token(self, **changes: object) -> str:
        now = int(self.env.now().timestamp())
        fields = {
            "iss": self.issuer,
            "aud": APPLICATION,
            "sub": "u-1",
            "iat": now,
            "exp": now + 300,
            **changes,
        }
        key = self.keys[-1]
        return jwt.encode({"alg": "ES256", "kid": key.kid}, fields, key, ["ES256"])

    def times(self, path: str) -> int:
        return self.tool.paths().count(path)


@asynccontextmanager
async def _scripted(env: FixedEnv) -> AsyncIterator[Scripted]:
    async with running_tool(hanging) as tool:
        scripted = Scripted(tool, env)
        tool.behaviour = scripted.behave
        yield scripted


@pytest.fixture
async def scripted(env: FixedEnv) -> AsyncIterator[Scripted]:
    async with _scripted(env) as running:
        yield running


async def failure(provider: IdentityProvider, token: str) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await provider.verify(token)
    return caught.value


async def test_keys_are_fetched_once_for_all_tokens_of_an_hour(
    scripted: Scripted, reach: Reach, env: FixedEnv
) -> None:
    hub = reach(scripted.issuer)
    await asyncio.gather(*(hub.verify(scripted.token()) for _ in range(50)))
    assert (scripted.times("/keys"), scripted.times(DISCOVERY)) == (1, 1)
    env.advance(timedelta(seconds=FRESH_FOR_S))
    await hub.verify(scripted.token())
    assert scripted.times("/keys") == 2


async def test_an_unknown_key_is_fetched_once_however_many_show_it(
    scripted: Scripted, reach: Reach, env: FixedEnv
) -> None:
    hub = reach(scripted.issuer)
    await hub.verify(scripted.token())
    env.advance(timedelta(seconds=FLOOR_S))
    scripted.keys.append(ECKey.generate_key("P-256", auto_kid=True))
    await asyncio.gather(*(hub.verify(scripted.token()) for _ in range(50)))
    assert scripted.times("/keys") == 2


async def test_invented_key_ids_do_not_make_the_hub_hammer_the_provider(
    scripted: Scripted, reach: Reach, env: FixedEnv
) -> None:
    hub = reach(scripted.issuer)
    thief = ECKey.generate_key("P-256")
    for number in range(100):
        invented = jwt.encode(
            {"alg": "ES256", "kid": f"k{number}"}, {"iss": scripted.issuer}, thief, ["ES256"]
        )
        with pytest.raises(TokenRefusedError) as caught:
            await hub.verify(invented)
        assert caught.value.fault is TokenFault.UNKNOWN_KEY
        env.advance(timedelta(seconds=1))
    assert scripted.times("/keys") <= 1 + 100 / FLOOR_S


async def test_a_key_that_the_provider_withdrew_is_believed_for_an_hour_at_most(
    scripted: Scripted, reach: Reach, env: FixedEnv
) -> None:
    hub = reach(scripted.issuer)
    await hub.verify(scripted.token())
    stolen = scripted.keys.pop()
    scripted.keys.append(ECKey.generate_key("P-256", auto_kid=True))
    env.advance(timedelta(seconds=FRESH_FOR_S))
    now = int(env.now().timestamp())
    fields = {"iss": scripted.issuer, "aud": APPLICATION, "sub": "u-1", "iat": now, "exp": now + 60}
    with pytest.raises(TokenRefusedError):
        await hub.verify(jwt.encode({"alg": "ES256", "kid": stolen.kid}, fields, stolen, ["ES256"]))


async def test_keys_of_yesterday_are_believed_no_longer_when_the_provider_does_not_answer(
    scripted: Scripted, reach: Reach, env: FixedEnv
) -> None:
    hub = reach(scripted.issuer)
    await hub.verify(scripted.token())
    scripted.routes = {"/keys": resetting, DISCOVERY: resetting}
    env.advance(timedelta(seconds=USABLE_FOR_S - 1))
    await hub.verify(scripted.token())
    env.advance(timedelta(seconds=1))
    assert (await failure(hub, scripted.token())).message_key == "oidc.provider_unreachable"


async def test_a_provider_that_comes_back_is_asked_again(
    scripted: Scripted, reach: Reach, env: FixedEnv
) -> None:
    hub = reach(scripted.issuer)
    scripted.routes = {"/keys": resetting}
    await failure(hub, scripted.token())
    scripted.routes = {}
    assert (await hub.verify(scripted.token())).login == "u-1"


async def test_an_unknown_key_while_the_provider_is_down_is_told_as_such_and_not_as_a_forgery(
    scripted: Scripted, reach: Reach, env: FixedEnv
) -> None:
    hub = reach(scripted.issuer)
    await hub.verify(scripted.token())
    env.advance(timedelta(seconds=FLOOR_S))
    scripted.routes = {"/keys": resetting}
    scripted.keys.append(ECKey.generate_key("P-256", auto_kid=True))
    for _ in range(2):
        assert (await failure(hub, scripted.token())).message_key == "oidc.provider_unreachable"
    assert scripted.times("/keys") == 2, "the second refusal asks nobody"


async def test_one_who_gives_up_does_not_take_the_keys_from_those_who_wait(
    scripted: Scripted, reach: Reach
) -> None:
    hub = reach(scripted.issuer)
    asked = asyncio.Event()

    async def asked_then_hanging(request: Asked, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await hanging(request, writer)

    scripted.routes = {"/keys": asked_then_hanging}
    impatient = asyncio.create_task(hub.verify(scripted.token()))
    await asked.wait()
    patient = asyncio.create_task(hub.verify(scripted.token()))
    await asyncio.sleep(0)
    scripted.routes = {}
    impatient.cancel()
    assert (await patient).login == "u-1"
    with pytest.raises(asyncio.CancelledError):
        await impatient


@pytest.mark.parametrize("behaviour", [hanging, dripping()], ids=["hangs", "drips"])
async def test_a_provider_that_does_not_end_its_answer_costs_all_who_wait_one_deadline(
    behaviour: Behaviour, scripted: Scripted, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "CALL_S", 1.0)
    scripted.routes = {"/keys": behaviour}
    hub = reach(scripted.issuer)
    errors = await asyncio.gather(*(failure(hub, scripted.token()) for _ in range(20)))
    assert {error.detail for error in errors} == {"over 1 s"}
    assert scripted.times("/keys") == 1


@pytest.mark.parametrize(
    ("path", "body", "key"),
    [
        (DISCOVERY, reply(b"<html>sign in</html>", content_type="text/html"), "oidc.provider_answer"),
        (DISCOVERY, reply(b"[" * 100_000), "oidc.provider_answer"),
        (DISCOVERY, reply(b"\xff\xfe"), "oidc.provider_answer"),
        (DISCOVERY, reply([]), "oidc.provider_answer"),
        (DISCOVERY, reply({}, status=404), "oidc.provider_answer"),
        (DISCOVERY, reply({}, status=503), "oidc.provider_unreachable"),
        (DISCOVERY, reply({}, status=429), "oidc.provider_unreachable"),
        (
            DISCOVERY,
            reply({}, status=302, headers={"Location": "http://127.0.0.1:9/"}),
            "oidc.provider_answer",
        ),
        ("/keys", reply({"keys": []}), "oidc.provider_answer"),
        ("/keys", reply({"keys": [{"kty": "oct", "k": "AAAA"}]}), "oidc.provider_answer"),
        ("/keys", reply(b"{}", headers={"Content-Encoding": "gzip"}), "oidc.provider_unreachable"),
    ],
)
async def test_an_answer_that_cannot_be_used_ends_in_a_sentence(
    path: str, body: bytes, key: str, scripted: Scripted, reach: Reach
) -> None:
    scripted.routes = {path: answering(body)}
    assert (await failure(reach(scripted.issuer), scripted.token())).message_key == key


async def test_an_answer_without_end_is_cut_however_well_it_begins(scripted: Scripted, reach: Reach) -> None:
    padded = json.dumps(scripted.document()).encode() + b" " * line.LARGEST_ANSWER
    scripted.routes = {DISCOVERY: answering(reply(padded))}
    assert (await failure(reach(scripted.issuer), scripted.token())).detail == "answer too large"


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"issuer": "https://others.example"}, "oidc.provider_answer"),
        ({"issuer": None}, "oidc.provider_answer"),
        ({"jwks_uri": None}, "oidc.provider_answer"),
        ({"token_endpoint": 1}, "oidc.provider_answer"),
        ({"authorization_endpoint": "http://others.example/authorize"}, "oidc.provider_insecure"),
        ({"token_endpoint": "http://192.0.2.1/token"}, "oidc.provider_insecure"),
        ({"jwks_uri": "file:///etc/passwd"}, "oidc.provider_insecure"),
        ({"jwks_uri": "http://127.0.0.1.others.example/keys"}, "oidc.provider_insecure"),
        ({"code_challenge_methods_supported": ["plain"]}, "oidc.provider_answer"),
    ],
)
async def test_a_provider_that_describes_itself_wrongly_is_not_used(
    changes: dict[str, object], key: str, scripted: Scripted, reach: Reach
) -> None:
    scripted.changes = changes
    error = await failure(reach(scripted.issuer), scripted.token())
    assert error.message_key == key
    assert "others" not in error.detail


@pytest.mark.parametrize(
    "address",
    [
        "http://connexion.exemple.fr",
        "http://10.0.0.1",
        "http://localhost.others.example",
        "http://127.0.0.1@others.example",
        "https://user:secret@connexion.exemple.fr",
        "https://connexion.exemple.fr/#part",
        "ftp://127.0.0.1",
        "https://",
        "connexion.exemple.fr",
        "http://[::1",
        "",
    ],
)
def test_an_address_that_is_not_protected_is_refused_before_anything_leaves(
    address: str, env: FixedEnv, tls: ssl.SSLContext
) -> None:
    with pytest.raises(ProviderError) as caught:
        IdentityProvider(ProviderSettings(address, APPLICATION), env, tls)
    assert caught.value.message_key == "oidc.provider_insecure"


@pytest.mark.parametrize(
    "address",
    ["https://connexion.exemple.fr/realms/a", "http://127.0.0.1:9", "http://[::1]:9", "http://localhost"],
)
def test_https_anywhere_and_http_on_this_machine_are_spoken(address: str) -> None:
    require_protected(address)


TOKENS = {"access_token": f"acces-{CANARY}", "token_type": "Bearer", "expires_in": 60}


def signed_in(env: FixedEnv) -> SignedIn:
    return SignedIn("u-1", "old", f"renouveler-{CANARY}", env.now(), "identity")


async def renewed_with(scripted: Scripted, reach: Reach, body: bytes, **changes: str) -> SignedIn:
    scripted.routes = {"/token": answering(body)}
    return await renew_sign_in(reach(scripted.issuer, **changes), signed_in(scripted.env))


async def test_a_provider_that_keeps_its_refresh_token_gives_no_other(
    scripted: Scripted, reach: Reach
) -> None:
    renewed = await renewed_with(scripted, reach, reply(TOKENS))
    assert renewed.refresh_token == f"renouveler-{CANARY}"
    assert renewed.identity_token == signed_in(scripted.env).identity_token
    assert renewed.expires_at == scripted.env.now() + timedelta(seconds=60)


async def test_a_provider_that_turns_its_refresh_token_over_is_followed(
    scripted: Scripted, reach: Reach
) -> None:
    newer = {"refresh_token": "r2", "id_token": scripted.token(), "token_type": "bearer"}
    renewed = await renewed_with(scripted, reach, reply(TOKENS | newer))
    assert (renewed.refresh_token, renewed.login) == ("r2", "u-1")


async def test_a_renewal_that_answers_about_somebody_else_is_refused(
    scripted: Scripted, reach: Reach
) -> None:
    other = {"id_token": scripted.token(sub="u-2")}
    with pytest.raises(TokenRefusedError) as caught:
        await renewed_with(scripted, reach, reply(TOKENS | other))
    assert caught.value.fault is TokenFault.OTHER_LOGIN


@pytest.mark.parametrize("life", [None, "soon", True, float("nan"), -5, "120", 10**400, [], 1e9])
async def test_a_life_that_nobody_can_read_is_a_short_one(
    life: object, scripted: Scripted, reach: Reach
) -> None:
    renewed = await renewed_with(scripted, reach, reply(TOKENS | {"expires_in": life}))
    assert timedelta(0) <= renewed.expires_at - scripted.env.now() <= timedelta(days=1)


@pytest.mark.parametrize(
    "changes",
    [
        {"access_token": None},
        {"access_token": ""},
        {"access_token": 1},
        {"token_type": None},
        {"token_type": "DPoP"},
        {"id_token": 1},
        {"refresh_token": ["a"]},
    ],
    ids=str,
)
async def test_an_answer_without_usable_tokens_is_refused_without_being_shown(
    changes: Mapping[str, object], scripted: Scripted, reach: Reach
) -> None:
    with pytest.raises(ProviderError) as caught:
        await renewed_with(scripted, reach, reply({**TOKENS, **changes}))
    assert caught.value.message_key == "oidc.provider_answer"
    assert CANARY not in repr(caught.value) + caught.value.detail


@pytest.mark.parametrize("error", [f"texte-{CANARY}", "invalid_grant", 1, None])
async def test_a_refusal_says_only_words_of_the_standard(
    error: object, scripted: Scripted, reach: Reach
) -> None:
    body = reply({"error": error, "error_description": f"jeton {CANARY}"}, status=400)
    with pytest.raises(SignInError) as caught:
        await renewed_with(scripted, reach, body)
    assert caught.value.message_key == "oidc.sign_in_again"
    assert caught.value.detail == ("invalid_grant" if error == "invalid_grant" else "another code")
    assert caught.value.__cause__ is None


async def test_a_redirect_of_the_token_address_is_not_followed(scripted: Scripted, reach: Reach) -> None:
    async with running_tool(answering(reply(TOKENS))) as elsewhere:
        away = reply({}, status=307, headers={"Location": elsewhere.base_url + "/token"})
        with pytest.raises(ProviderError):
            await renewed_with(scripted, reach, away)
        assert elsewhere.asked == []


async def test_an_application_with_a_secret_shows_it_as_the_provider_takes_it(
    scripted: Scripted, reach: Reach
) -> None:
    secret = "un secret: à encoder"  # noqa: S105 - invented
    await renewed_with(scripted, reach, reply(TOKENS), secret=secret)
    scripted.changes = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    await renewed_with(scripted, reach, reply(TOKENS), secret=secret)
    scripted.changes = {}
    await renewed_with(scripted, reach, reply(TOKENS))
    basic, posted, public = [asked for asked in scripted.tool.asked if asked.path == "/token"]
    assert basic.headers["authorization"].startswith("Basic ")
    assert b"client_secret" not in basic.body
    assert b"client_secret=un+secret" in posted.body
    assert "authorization" not in posted.headers
    assert b"client_secret" not in public.body
    assert f"client_id={APPLICATION}".encode() in public.body


async def test_somebody_without_a_refresh_token_signs_in_again(
    scripted: Scripted, reach: Reach, env: FixedEnv
) -> None:
    with pytest.raises(SignInError) as caught:
        await renew_sign_in(reach(scripted.issuer), SignedIn("u-1", "a", "", env.now()))
    assert caught.value.message_key == "oidc.sign_in_again"
    assert scripted.tool.asked == []


async def signed_in_with(scripted: Scripted, reach: Reach, **said: object) -> SignedIn:
    """Sign in at the scripted provider, whose token says `said` besides the nonce that was asked."""

    async def opened(address: str) -> bool:
        asked = httpx2.URL(address).params
        answer = TOKENS | {"id_token": scripted.token(**{"nonce": asked["nonce"], **said})}
        scripted.routes = {"/token": answering(reply(answer if said.get("id_token", True) else TOKENS))}
        back = httpx2.URL(asked["redirect_uri"], params={"code": "c-1", "state": asked["state"]})
        async with httpx2.AsyncClient(trust_env=False) as browser:
            await browser.get(back)
        return True

    return await sign_in(reach(scripted.issuer), opened, scripted.env, wait_s=20)


async def test_a_token_made_for_another_sign_in_signs_nobody_in(scripted: Scripted, reach: Reach) -> None:
    assert (await signed_in_with(scripted, reach)).login == "u-1"
    with pytest.raises(TokenRefusedError) as caught:
        await signed_in_with(scripted, reach, nonce="of another sign-in")
    assert caught.value.fault is TokenFault.OTHER_NONCE


async def test_a_code_that_gives_no_identity_signs_nobody_in(scripted: Scripted, reach: Reach) -> None:
    with pytest.raises(ProviderError) as caught:
        await signed_in_with(scripted, reach, id_token=False)
    assert caught.value.detail == "no identity token"


async def test_a_provider_of_the_house_does_not_send_its_readers_to_their_own_machine(reach: Reach) -> None:
    provider = reach("https://connexion.exemple.fr")
    with pytest.raises(ProviderError) as caught:
        provider._address({"jwks_uri": "http://127.0.0.1:8080/keys"}, "jwks_uri")
    assert caught.value.message_key == "oidc.provider_insecure"


def test_nothing_that_holds_a_secret_shows_it(env: FixedEnv) -> None:
    settings = ProviderSettings("https://connexion.exemple.fr", APPLICATION, secret=CANARY)
    assert CANARY not in repr(settings) + repr(signed_in(env))
