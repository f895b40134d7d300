"""What an identity provider's token is worth: its keys, for whom it is, whom it is about."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from avise.env import FixedEnv
from avise.oidc.provider_tokens import (
    LEEWAY,
    ProviderKeys,
    ProviderSettings,
    may_end_with_newer_keys,
    verified_identity,
)
from avise.oidc.signed_tokens import LONGEST_TOKEN, TokenExpiredError, TokenFault, TokenRefusedError

NOW = FixedEnv().now()
ISSUER = "https://connexion.exemple.fr/realms/mutuelle"
SETTINGS = ProviderSettings(ISSUER, "avise-desktop")
RSA = RSAKey.generate_key(2048, {"kid": "rsa-1"})
EC = ECKey.generate_key("P-256", {"kid": "ec-1"})
EC_384 = ECKey.generate_key("P-384", {"kid": "ec-2"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed-1"})


def published(*keys: Key, **changes: object) -> ProviderKeys:
    return ProviderKeys.read({"keys": [{**key.as_dict(private=False), **changes} for key in keys]})


KEYS = published(RSA, EC, EC_384, ED)


def issued(
    changes: Mapping[str, object] | None = None,
    key: Key = RSA,
    algorithm: str = "RS256",
    header: Mapping[str, object] | None = None,
) -> str:
    now = int(NOW.timestamp())
    fields: dict[str, object] = {
        "iss": ISSUER,
        "aud": "avise-desktop",
        "sub": "u-4711",
        "preferred_username": "camille.canari",
        "iat": now,
        "exp": now + 300,
        **(changes or {}),
    }
    kept = {name: value for name, value in fields.items() if value is not None}
    lenient = JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    return jwt.encode({"alg": algorithm, "kid": key.kid, **(header or {})}, kept, key, registry=lenient)


def fault_of(
    token: str, settings: ProviderSettings = SETTINGS, keys: ProviderKeys = KEYS, nonce: str | None = None
) -> TokenFault:
    with pytest.raises(TokenRefusedError) as caught:
        verified_identity(token, keys, settings, NOW, nonce)
    assert "canari" not in str(caught.value)
    return caught.value.fault


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(RSA, "RS256"), (RSA, "RS512"), (RSA, "PS256"), (EC, "ES256"), (EC_384, "ES384"), (ED, "Ed25519")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_token_signed_by_a_published_key_says_who_somebody_is(key: Key, algorithm: str) -> None:
    identity = verified_identity(issued(key=key, algorithm=algorithm), KEYS, SETTINGS, NOW)
    assert (identity.login, identity.subject) == ("camille.canari", "u-4711")
    assert identity.expires_at == NOW + timedelta(seconds=300)


def test_a_token_of_another_issuer_with_the_same_keys_is_refused() -> None:
    assert fault_of(issued({"iss": ISSUER + "/"})) is TokenFault.OTHER_ISSUER
    assert fault_of(issued({"iss": "https://connexion.exemple.fr"})) is TokenFault.OTHER_ISSUER


def test_a_token_for_another_audience_is_refused() -> None:
    assert fault_of(issued({"aud": "portail"})) is TokenFault.OTHER_AUDIENCE
    assert fault_of(issued(), replace(SETTINGS, audience="avise-hub")) is TokenFault.OTHER_AUDIENCE


def test_an_access_token_for_the_hub_is_taken_when_the_desktop_asked_for_it() -> None:
    hub = replace(SETTINGS, audience="avise-hub")
    fields = {"aud": ["avise-hub", "account"], "azp": "avise-desktop"}
    assert (
        verified_identity(issued(fields, header={"typ": "at+jwt"}), KEYS, hub, NOW).login == "camille.canari"
    )


def test_a_token_for_several_audiences_says_which_application_asked_for_it() -> None:
    assert fault_of(issued({"aud": ["avise-desktop", "portail"]})) is TokenFault.OTHER_PARTY


@pytest.mark.parametrize("party", ["portail", "", 1, ["avise-desktop"], None])
def test_a_token_that_another_application_asked_for_is_refused(party: object) -> None:
    now = int(NOW.timestamp())
    fields = {
        "iss": ISSUER,
        "aud": "avise-desktop",
        "sub": "u-4711",
        "iat": now,
        "exp": now + 300,
        "azp": party,
    }
    token = jwt.encode({"alg": "RS256", "kid": "rsa-1"}, fields, RSA, ["RS256"])
    assert fault_of(token) is TokenFault.OTHER_PARTY


@pytest.mark.parametrize("nonce", [None, "", "other", 1, "é"])
def test_a_token_that_does_not_repeat_the_nonce_is_refused(nonce: object) -> None:
    assert fault_of(issued({"nonce": nonce}), nonce="n-1") is TokenFault.OTHER_NONCE


def test_a_token_that_repeats_the_nonce_is_taken() -> None:
    assert verified_identity(issued({"nonce": "n-1"}), KEYS, SETTINGS, NOW, "n-1").subject == "u-4711"


def test_a_token_holds_a_minute_beyond_its_times_and_no_more() -> None:
    second = timedelta(seconds=1)
    token = issued()
    verified_identity(token, KEYS, SETTINGS, NOW - LEEWAY)
    verified_identity(token, KEYS, SETTINGS, NOW + timedelta(seconds=300) + LEEWAY - second)
    with pytest.raises(TokenExpiredError):
        verified_identity(token, KEYS, SETTINGS, NOW + timedelta(seconds=300) + LEEWAY)
    with pytest.raises(TokenRefusedError) as caught:
        verified_identity(token, KEYS, SETTINGS, NOW - LEEWAY - second)
    assert caught.value.fault is TokenFault.NOT_YET_VALID


@pytest.mark.parametrize("algorithm", ["HS256", "none", "NONE"])
def test_a_token_signed_with_a_published_key_as_a_shared_secret_or_not_at_all_is_refused(
    algorithm: str,
) -> None:
    head = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "kid": "rsa-1"}).encode()).rstrip(b"=")
    signing_input = head + b"." + issued().split(".")[1].encode()
    for secret in (RSA.as_pem(private=False), RSA.as_der(private=False)):
        mac = base64.urlsafe_b64encode(hmac.digest(secret, signing_input, "sha256")).rstrip(b"=")
        for signature in (mac, b""):
            assert fault_of(f"{signing_input.decode()}.{signature.decode()}") is TokenFault.ALGORITHM


def test_a_shared_secret_that_a_provider_publishes_checks_nothing() -> None:
    secret = OctKey.generate_key(256, {"kid": "oct-1"})
    keys = ProviderKeys.read({"keys": [secret.as_dict(private=True), RSA.as_dict(private=False)]})
    assert len(keys.keys) == 1
    assert fault_of(issued(key=secret, algorithm="HS256"), keys=keys) is TokenFault.ALGORITHM


def test_a_key_for_encryption_checks_no_signature() -> None:
    assert fault_of(issued(), keys=published(RSA, use="enc")) is TokenFault.UNKNOWN_KEY


def test_a_key_published_for_one_algorithm_checks_no_other() -> None:
    assert fault_of(issued(algorithm="PS256"), keys=published(RSA, alg="RS256")) is TokenFault.UNKNOWN_KEY


def test_an_rsa_key_too_short_to_be_safe_is_left_out() -> None:
    short = RSA.as_dict(private=False) | {"n": str(RSA.as_dict(private=False)["n"])[:171]}
    assert ProviderKeys.read({"keys": [short]}).keys == ()


def test_an_algorithm_of_another_curve_is_refused() -> None:
    keys = ProviderKeys.read({"keys": [{**EC_384.as_dict(private=False), "kid": "ec-1"}]})
    assert fault_of(issued(key=EC, algorithm="ES256"), keys=keys) is TokenFault.SIGNATURE


@pytest.mark.parametrize("kind", ["logout+jwt", "dpop+jwt", "secevent+jwt", "kb+jwt"])
def test_another_document_of_the_provider_is_no_proof_of_who_calls(kind: str) -> None:
    assert fault_of(issued(header={"typ": kind})) is TokenFault.KIND


def test_an_oversized_token_is_refused_before_it_is_read() -> None:
    assert fault_of(issued({"groups": "x" * LONGEST_TOKEN})) is TokenFault.OVERSIZED


def test_header_members_of_the_provider_s_own_are_let_be() -> None:
    token = issued(header={"x5t": "abc", "nonce": "of the provider"})
    assert verified_identity(token, KEYS, SETTINGS, NOW).subject == "u-4711"


def test_only_keys_that_may_be_old_are_worth_fetching_again() -> None:
    newer = RSAKey.generate_key(2048, {"kid": "rsa-2"})
    unknown = issued(key=newer)
    assert may_end_with_newer_keys(unknown, fault_of(unknown))
    nameless = issued(key=newer, header={"kid": ""})
    assert may_end_with_newer_keys(nameless, fault_of(nameless))
    forged = issued(key=newer, header={"kid": "rsa-1"})
    assert not may_end_with_newer_keys(forged, fault_of(forged))
    expired = issued({"exp": 1, "iat": 0})
    assert not may_end_with_newer_keys(expired, fault_of(expired))


def test_a_token_that_names_no_key_is_checked_with_each_that_fits() -> None:
    other = RSAKey.generate_key(2048, {"kid": "rsa-0"})
    token = issued(header={"kid": ""})
    assert verified_identity(token, published(other, RSA), SETTINGS, NOW).subject == "u-4711"


def test_the_login_is_the_subject_where_the_provider_states_no_other_name() -> None:
    for missing in (None, ""):
        token = issued({"preferred_username": missing})
        assert verified_identity(token, KEYS, SETTINGS, NOW).login == "u-4711"


def test_the_login_is_read_from_the_field_that_the_house_chose_and_from_no_other() -> None:
    chosen = replace(SETTINGS, login_field="matricule")
    assert verified_identity(issued({"matricule": "a0042"}), KEYS, chosen, NOW).login == "a0042"
    assert fault_of(issued(), chosen) is TokenFault.NO_LOGIN


@pytest.mark.parametrize(
    "name", [1, ["camille"], " camille", "camille ", "   ", "ca\nmille", "x" * 300, {"a": 1}]
)
def test_an_unfit_name_gives_no_login_not_even_the_subject(name: object) -> None:
    assert fault_of(issued({"preferred_username": name})) is TokenFault.NO_LOGIN


@pytest.mark.parametrize("verified", [None, False, "true", 1])
def test_an_address_that_nobody_checked_is_no_login(verified: object) -> None:
    by_mail = replace(SETTINGS, login_field="email")
    stated = {"email": "camille.canari@exemple.fr", "email_verified": verified}
    assert fault_of(issued(stated), by_mail) is TokenFault.NO_LOGIN
    checked = issued(stated | {"email_verified": True})
    assert verified_identity(checked, KEYS, by_mail, NOW).login == "camille.canari@exemple.fr"


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"keys": None},
        {"keys": {}},
        {"keys": [1, None, "x", [], {}]},
        {"keys": [{"kty": "RSA"}, {"kty": "EC", "crv": "P-256"}, {"kty": "OKP", "x": 1}, {"kty": ["RSA"]}]},
        {
            "keys": [
                {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
                {"kty": "RSA", "n": "!" * 400, "e": "AQAB"},
            ]
        },
        {"keys": [{"kty": "EC", "crv": "P-9", "x": "AA", "y": "AA"}, {"kty": "OKP", "crv": [], "x": {}}]},
    ],
    ids=str,
)
def test_a_key_set_that_cannot_be_read_has_no_keys(document: object) -> None:
    assert ProviderKeys.read(document).keys == ()


def test_a_private_key_published_by_mistake_is_kept_as_its_public_half() -> None:
    ((_, key),) = ProviderKeys.read({"keys": [json.loads(json.dumps(RSA.as_dict(private=True)))]}).keys
    assert not key.is_private
