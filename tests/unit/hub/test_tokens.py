"""The hub's own tokens, and every way to make it believe one that it did not issue."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from avise.env import FixedEnv
from avise.hub.tokens import (
    ACCESS_LIFE,
    AUDIENCE,
    CLOCK_SKEW,
    REFRESH_GRACE,
    REFRESH_IDLE,
    REFRESH_LONGEST,
    AccessToken,
    HubKeys,
    KeyUnfitError,
    RefreshRefusedError,
    Scope,
    ScopeMissingError,
    check_refresh,
    first_refresh,
    issue_application_token,
    issue_person_token,
    new_signing_key,
    next_refresh,
    refresh_digest,
    verify_access_token,
)
from avise.oidc.signed_tokens import (
    LONGEST_TOKEN,
    TokenExpiredError,
    TokenFault,
    TokenRefusedError,
    read_header,
    time_field,
)
from avise.texts import LANGUAGES, set_language, text

HUB = "hub-7f3a"
NOW = FixedEnv().now()
JWK = new_signing_key()
KEYS = HubKeys.read(JWK)
CANARY = "camille.canari"


def person(env: FixedEnv | None = None, **more: timedelta) -> str:
    return issue_person_token(KEYS, HUB, env or FixedEnv(), login=CANARY, device="poste-12", **more)


def signed(changes: Mapping[str, object], header: Mapping[str, object] | None = None) -> str:
    """Sign with the hub's true key what the hub would not say."""
    begins = int(NOW.timestamp())
    fields: dict[str, object] = {
        "iss": HUB,
        "aud": AUDIENCE,
        "sub": CANARY,
        "device": "poste-12",
        "jti": "1",
        "iat": begins,
        "exp": begins + 900,
        **changes,
    }
    kept = {name: value for name, value in fields.items() if value is not None}
    head = {"alg": "Ed25519", "kid": KEYS.signing.kid, "typ": "at+jwt", **(header or {})}
    return jwt.encode(head, kept, KEYS.signing, ["Ed25519"])


def fault_of(token: str, now: datetime = NOW, keys: HubKeys = KEYS, hub: str = HUB) -> TokenFault:
    with pytest.raises(TokenRefusedError) as caught:
        verify_access_token(keys, hub, token, now)
    assert token not in str(caught.value)
    assert CANARY not in str(caught.value)
    return caught.value.fault


def parts_of(header: object, fields: object, signature: bytes = b"") -> str:
    return ".".join(
        base64.urlsafe_b64encode(part).rstrip(b"=").decode()
        for part in (json.dumps(header).encode(), json.dumps(fields).encode(), signature)
    )


def claims(token: str) -> dict[str, object]:
    part = token.split(".")[1]
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def test_a_person_s_token_says_who_calls_and_from_which_device() -> None:
    read = verify_access_token(KEYS, HUB, person(), NOW)
    assert (read.holder, read.device, read.is_application) == (CANARY, "poste-12", False)
    assert read.expires_at - read.issued_at == ACCESS_LIFE
    read.require_person()


def test_two_tokens_have_two_identifiers() -> None:
    env = FixedEnv()
    one, other = (verify_access_token(KEYS, HUB, person(env), NOW).id for _ in range(2))
    assert one != other


def test_a_key_on_the_curve_p_256_signs_as_well() -> None:
    keys = HubKeys.read(dict(ECKey.generate_key("P-256", auto_kid=True).as_dict(private=True)))
    token = issue_person_token(keys, HUB, FixedEnv(), login=CANARY, device="poste-12")
    assert read_header(token).algorithm == "ES256"
    assert verify_access_token(keys, HUB, token, NOW).holder == CANARY


def test_a_token_never_lasts_more_than_a_quarter_of_an_hour() -> None:
    read = verify_access_token(KEYS, HUB, person(life=timedelta(days=1)), NOW)
    assert read.expires_at - read.issued_at == ACCESS_LIFE


def test_an_expired_token_is_refused_at_the_second_of_its_end() -> None:
    token = person()
    verify_access_token(KEYS, HUB, token, NOW + ACCESS_LIFE - timedelta(seconds=1))
    with pytest.raises(TokenExpiredError) as caught:
        verify_access_token(KEYS, HUB, token, NOW + ACCESS_LIFE)
    assert caught.value.message_key == "hub.token_expired"


def test_a_token_of_the_future_is_refused() -> None:
    assert fault_of(person(), NOW - CLOCK_SKEW - timedelta(seconds=1)) is TokenFault.NOT_YET_VALID
    verify_access_token(KEYS, HUB, person(), NOW - CLOCK_SKEW)


def test_a_token_that_begins_later_than_it_was_issued_is_refused_until_then() -> None:
    later = int(NOW.timestamp()) + 120
    assert fault_of(signed({"nbf": later})) is TokenFault.NOT_YET_VALID


def test_a_token_of_another_hub_is_refused() -> None:
    assert fault_of(person(), hub="hub-other") is TokenFault.OTHER_ISSUER


@pytest.mark.parametrize("audience", ["another-server", ["avise-hub", "another-server"]])
def test_a_token_for_another_audience_is_refused(audience: object) -> None:
    assert fault_of(signed({"aud": audience})) is TokenFault.OTHER_AUDIENCE


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE"])
def test_a_token_that_asks_for_no_signature_is_refused(name: str) -> None:
    fields = claims(person())
    for signature in (b"", b"anything"):
        token = parts_of({"alg": name, "kid": KEYS.signing.kid, "typ": "at+jwt"}, fields, signature)
        assert fault_of(token) is TokenFault.ALGORITHM


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused(algorithm: str) -> None:
    public = KEYS.signing.as_dict(private=False)
    for secret in (
        str(public["x"]).encode(),
        json.dumps(public).encode(),
        KEYS.signing.as_pem(private=False),
        KEYS.signing.as_der(private=False),
    ):
        header = {"alg": algorithm, "kid": KEYS.signing.kid, "typ": "at+jwt"}
        signing_input = parts_of(header, claims(person())).rsplit(".", 1)[0]
        mac = hmac.new(secret, signing_input.encode(), hashlib.new("sha" + algorithm[2:]).name).digest()
        token = signing_input + "." + base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
        assert fault_of(token) is TokenFault.ALGORITHM


def test_a_symmetric_key_can_never_be_the_hub_s() -> None:
    with pytest.raises(KeyUnfitError):
        HubKeys.read(dict(OctKey.generate_key(256).as_dict(private=True)))


def test_a_token_of_an_unknown_key_is_refused() -> None:
    other = HubKeys.read(new_signing_key())
    token = issue_person_token(other, HUB, FixedEnv(), login=CANARY, device="poste-12")
    assert fault_of(token) is TokenFault.UNKNOWN_KEY


def test_a_token_that_names_no_key_is_refused() -> None:
    assert fault_of(signed({}, {"kid": ""})) is TokenFault.UNKNOWN_KEY


def test_a_token_signed_by_another_key_under_the_name_of_ours_is_refused() -> None:
    thief = OKPKey.generate_key("Ed25519")
    token = jwt.encode(
        {"alg": "Ed25519", "kid": KEYS.signing.kid, "typ": "at+jwt"}, claims(person()), thief, ["Ed25519"]
    )
    assert fault_of(token) is TokenFault.SIGNATURE


def test_a_key_carried_by_the_token_itself_is_not_used() -> None:
    thief = OKPKey.generate_key("Ed25519")
    header = {
        "alg": "Ed25519",
        "kid": KEYS.signing.kid,
        "typ": "at+jwt",
        "jwk": dict(thief.as_dict(private=False)),
    }
    token = jwt.encode(header, claims(person()), thief, ["Ed25519"])
    assert fault_of(token) is TokenFault.SIGNATURE


def test_an_algorithm_of_another_kind_of_key_is_refused() -> None:
    thief = ECKey.generate_key("P-256")
    token = jwt.encode(
        {"alg": "ES256", "kid": KEYS.signing.kid, "typ": "at+jwt"}, claims(person()), thief, ["ES256"]
    )
    assert fault_of(token) is TokenFault.ALGORITHM


def test_another_document_signed_by_the_hub_is_no_access_token() -> None:
    assert fault_of(signed({}, {"typ": "JWT"})) is TokenFault.KIND


def test_a_critical_header_that_nobody_knows_is_refused() -> None:
    header = {"alg": "Ed25519", "kid": KEYS.signing.kid, "typ": "at+jwt", "crit": ["exp2"], "exp2": 1}
    signing_input = parts_of(header, claims(person())).rsplit(".", 1)[0]
    key = KEYS.signing.get_op_key("sign")
    signature = key.sign(signing_input.encode())  # type: ignore[union-attr, call-arg]  # an Ed25519 private key
    token = signing_input + "." + base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
    assert fault_of(token) is TokenFault.SIGNATURE


def test_a_signed_token_of_a_day_is_refused() -> None:
    assert fault_of(signed({"exp": int(NOW.timestamp()) + 86_400})) is TokenFault.TOO_LONG_LIVED


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "device", "jti", "iat", "exp"])
@pytest.mark.parametrize("value", [None, "", [], {}, True, [1], "x" * 300, "deux\nlignes"])
def test_a_token_that_lacks_a_statement_or_makes_it_unreadable_is_refused(name: str, value: object) -> None:
    with pytest.raises(TokenRefusedError):
        verify_access_token(KEYS, HUB, signed({name: value}), NOW)


@pytest.mark.parametrize("end", [float("nan"), float("inf"), 10**400, -1, True, "1900000000", 1e300])
def test_an_end_that_is_no_moment_is_refused(end: object) -> None:
    assert fault_of(signed({"exp": end})) is TokenFault.MALFORMED


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d.e",
        "é.b.c",
        "e30.e30.",
        "W10.e30.",
        "bnVsbA.e30.AA",
        "\x00.\x00.\x00",
        "=.=.=",
    ],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(TokenRefusedError):
        verify_access_token(KEYS, HUB, token, NOW)


def test_a_header_nested_a_thousand_times_is_refused() -> None:
    nested = base64.urlsafe_b64encode(b'{"alg":' + b"[" * 1500).rstrip(b"=").decode()
    assert fault_of(f"{nested}.e30.AA") is TokenFault.MALFORMED


def test_a_token_over_eight_kilobytes_is_refused_before_it_is_read() -> None:
    assert fault_of("a" * (LONGEST_TOKEN + 1)) is TokenFault.OVERSIZED
    assert fault_of(person() + "a" * LONGEST_TOKEN) is TokenFault.OVERSIZED


@given(st.text(max_size=400) | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*", fullmatch=True))
def test_no_text_is_taken_for_a_token(token: str) -> None:
    with pytest.raises(TokenRefusedError):
        verify_access_token(KEYS, HUB, token, NOW)


@given(st.data())
def test_a_token_of_which_one_character_was_changed_is_refused(data: st.DataObject) -> None:
    token = person()
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(
        st.sampled_from(
            sorted(set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") - {token[place]})
        )
    )
    with pytest.raises(TokenRefusedError):
        verify_access_token(KEYS, HUB, token[:place] + other + token[place + 1 :], NOW)


@given(st.floats() | st.integers())
def test_any_number_is_a_moment_or_is_refused(value: float) -> None:
    with contextlib.suppress(TokenRefusedError):
        assert time_field({"exp": value}, "exp").tzinfo is UTC


def test_a_retired_key_still_checks_what_it_signed_but_signs_no_more() -> None:
    newer = HubKeys.read(new_signing_key(), retired=[KEYS.signing.as_dict(private=False)])
    assert verify_access_token(newer, HUB, person(), NOW).holder == CANARY
    assert read_header(issue_person_token(newer, HUB, FixedEnv(), login="a", device="b")).key_id != JWK["kid"]


def test_the_published_keys_have_no_private_half() -> None:
    published = KEYS.published()["keys"]
    assert [key["kid"] for key in published] == [JWK["kid"]]
    assert str(JWK["d"]) not in json.dumps(published)
    assert str(JWK["d"]) not in repr(KEYS)


@pytest.mark.parametrize(
    "unfit",
    [
        {},
        {"kty": "OKP"},
        {"kty": "nothing"},
        {name: value for name, value in JWK.items() if name != "d"},
        {**JWK, "d": "!!"},
        dict(RSAKey.generate_key(2048).as_dict(private=True)),
        dict(ECKey.generate_key("P-384").as_dict(private=True)),
        dict(OKPKey.generate_key("X25519").as_dict(private=True)),
    ],
    ids=["nothing", "half", "unknown", "public", "damaged", "rsa", "p384", "x25519"],
)
def test_a_key_that_cannot_sign_is_refused_without_being_shown(unfit: dict[str, object]) -> None:
    with pytest.raises(KeyUnfitError) as caught:
        HubKeys.read(unfit)
    assert str(unfit.get("d", "no key")) not in str(caught.value)


def application(*scopes: Scope) -> AccessToken:
    token = issue_application_token(KEYS, HUB, FixedEnv(), application="portail", scopes=scopes)
    return verify_access_token(KEYS, HUB, token, NOW)


def test_an_application_has_the_rights_of_its_token_and_no_other() -> None:
    reader = application(Scope.V360_READ)
    reader.require_scope(Scope.V360_READ)
    with pytest.raises(ScopeMissingError):
        reader.require_scope(Scope.V360_WRITE)


def test_an_application_never_acts_as_staff_and_staff_never_as_an_application() -> None:
    with pytest.raises(ScopeMissingError):
        application(Scope.V360_READ, Scope.V360_WRITE).require_person()
    with pytest.raises(ScopeMissingError):
        verify_access_token(KEYS, HUB, person(), NOW).require_scope(Scope.V360_READ)


def test_a_right_of_a_newer_version_gives_nothing_and_does_not_make_a_person() -> None:
    read = verify_access_token(KEYS, HUB, signed({"scope": "v999:everything"}), NOW)
    assert read.scopes == frozenset()
    with pytest.raises(ScopeMissingError):
        read.require_person()


def test_a_token_without_device_nor_right_is_refused() -> None:
    assert fault_of(signed({"device": None})) is TokenFault.MALFORMED
    assert fault_of(signed({"device": None, "scope": ""})) is TokenFault.MALFORMED


def test_a_refresh_token_renews_on_its_device_and_the_next_one_too() -> None:
    env = FixedEnv()
    first = first_refresh(env, login=CANARY, device="poste-12")
    assert check_refresh(first.grant, first.secret, "poste-12", env.now()) == first.grant
    renewed = next_refresh(first.grant, env)
    assert renewed.issued.secret != first.secret
    assert renewed.issued.grant.family == first.grant.family
    check_refresh(renewed.issued.grant, renewed.issued.secret, "poste-12", env.now())


def refresh_fault(**changes: object) -> RefreshRefusedError:
    issued = first_refresh(FixedEnv(), login=CANARY, device="poste-12")
    now = changes.pop("now", NOW)
    device = changes.pop("device", "poste-12")
    secret = changes.pop("secret", issued.secret)
    grant = replace(issued.grant, **changes)  # type: ignore[arg-type]  # fields by name, as the tests give them
    with pytest.raises(RefreshRefusedError) as caught:
        check_refresh(grant, str(secret), str(device), now)  # type: ignore[arg-type]  # a moment
    assert caught.value.message_key == "hub.sign_in_again"
    assert issued.secret not in str(caught.value) + repr(issued) + repr(grant)
    return caught.value


def test_a_refresh_token_shown_by_another_device_ends_its_family() -> None:
    error = refresh_fault(device="poste-13")
    assert error.fault is TokenFault.OTHER_DEVICE
    assert error.ends_family


def test_a_refresh_token_used_again_after_the_grace_ends_its_family() -> None:
    error = refresh_fault(replaced_at=NOW, now=NOW + REFRESH_GRACE + timedelta(seconds=1))
    assert error.fault is TokenFault.REPLACED
    assert error.ends_family


def test_a_refresh_token_whose_answer_was_lost_may_be_shown_again_within_the_grace() -> None:
    env = FixedEnv()
    first = first_refresh(env, login=CANARY, device="poste-12")
    replaced = next_refresh(first.grant, env).replaced
    env.advance(REFRESH_GRACE)
    check_refresh(replaced, first.secret, "poste-12", env.now())
    assert next_refresh(replaced, env).replaced.replaced_at == NOW, "a second use does not prolong the grace"


def test_a_revoked_refresh_token_is_refused_without_accusing_anybody() -> None:
    error = refresh_fault(revoked_at=NOW)
    assert error.fault is TokenFault.REVOKED
    assert not error.ends_family


def test_a_device_unheard_of_for_a_week_signs_in_again() -> None:
    assert refresh_fault(now=NOW + REFRESH_IDLE).fault is TokenFault.EXPIRED


def test_a_sign_in_lasts_thirty_days_however_often_it_is_renewed() -> None:
    env = FixedEnv()
    issued = first_refresh(env, login=CANARY, device="poste-12")
    for _ in range(29):
        env.advance(timedelta(days=1))
        issued = next_refresh(issued.grant, env).issued
        check_refresh(issued.grant, issued.secret, "poste-12", env.now())
    assert issued.grant.ends_at == NOW + REFRESH_LONGEST


@pytest.mark.parametrize("secret", ["", "unknown", "\ud800", "é" * 100])
def test_an_unknown_refresh_token_is_refused(secret: str) -> None:
    assert refresh_fault(secret=secret).fault is TokenFault.UNKNOWN
    with pytest.raises(RefreshRefusedError):
        check_refresh(None, secret, "poste-12", NOW)


def test_what_is_kept_of_a_refresh_token_does_not_give_it_back() -> None:
    issued = first_refresh(FixedEnv(), login=CANARY, device="poste-12")
    assert len(issued.secret) == 64
    assert issued.grant.digest == refresh_digest(issued.secret)
    assert issued.secret not in issued.grant.digest


def test_no_refusal_writes_a_token_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = person()
    with pytest.raises(TokenRefusedError):
        verify_access_token(KEYS, HUB, token + "x", NOW)
    assert token not in caplog.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_refusal_has_its_sentence(language: str) -> None:
    set_language(language)
    keys = [
        "hub.token_expired",
        "hub.token_refused",
        "hub.sign_in_again",
        "hub.scope_missing",
        "hub.key_unfit",
    ]
    assert [key for key in keys if text(key) == key] == []
