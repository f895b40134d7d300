"""Signing in with a code that is typed on another device, where this one opens no browser (RFC 8628)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from avise.env import Env
from avise.models.tool_sign_in import DeviceCode
from avise.oidc.errors import ProviderError, SignInError
from avise.oidc.line import require_protected
from avise.oidc.provider import IdentityProvider, ProviderAnswer
from avise.oidc.provider_tokens import Identity

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
PAUSE_S = 5.0
"""Between two questions, of a provider that does not say; and what `slow_down` adds (section 3.5)."""
LONGEST_PAUSE_S = 60.0
LONGEST_LIFE_S = 3600.0
"""A code is waited for at most that long, whatever the provider says."""
_LONGEST_CODE = 64

Show = Callable[[DeviceCode], Awaitable[None]]
"""Shows the person what to type, and where."""


@dataclass(frozen=True, slots=True)
class _Asked:
    shown: DeviceCode
    device_code: str = field(repr=False)
    life_s: float
    pause_s: float


async def authorised_elsewhere(
    provider: IdentityProvider, show: Show, env: Env
) -> tuple[ProviderAnswer, Identity | None]:
    """Return what the provider gave once the person typed the code, and whom it is about.

    Cancelling it stops asking; the code then dies by itself.

    Args:
        provider: that has a device authorization.
        show: shows the code.
        env: clocks.

    Raises:
        SignInError: refused, or too late.
        ProviderError: the provider cannot be asked, has no such thing, or answers what cannot be used.
        TokenRefusedError: it gave a token that is not fit.
    """
    asked = await _ask(provider, env)
    await show(asked.shown)
    answer = await _awaited(provider, asked, env)
    if "openid" not in provider.settings.scopes:
        return answer, None
    if not answer.identity_token:
        raise ProviderError("oidc.provider_answer", "no identity token")
    return answer, await provider.verify(answer.identity_token)


async def _ask(provider: IdentityProvider, env: Env) -> _Asked:
    scopes = provider.settings.scopes
    form = {"scope": " ".join(scopes)} if scopes else {}
    told = await provider.ask_device_code(form, refused_key="oidc.sign_in_refused")
    code, address = _text(told, "user_code"), _text(told, "verification_uri", most=2048)
    if len(code) > _LONGEST_CODE or not code.isprintable():
        raise ProviderError("oidc.provider_answer", "user code unfit")
    require_protected(address)
    complete = told.get("verification_uri_complete")
    if isinstance(complete, str) and complete:
        require_protected(complete)
    else:
        complete = ""
    life = min(_seconds(told, "expires_in", LONGEST_LIFE_S), LONGEST_LIFE_S)
    pause = min(max(_seconds(told, "interval", PAUSE_S), 1.0), LONGEST_PAUSE_S)
    shown = DeviceCode(code, address, env.now() + timedelta(seconds=life), complete)
    return _Asked(shown, _text(told, "device_code", most=4096), life, pause)


async def _awaited(provider: IdentityProvider, asked: _Asked, env: Env) -> ProviderAnswer:
    grant = {"grant_type": GRANT, "device_code": asked.device_code}
    pause, ends_at = asked.pause_s, env.monotonic() + asked.life_s
    while True:
        await env.sleep(pause)
        if env.monotonic() >= ends_at:
            raise SignInError("oidc.sign_in_late")
        try:
            return await provider.exchange(grant, refused_key="oidc.sign_in_refused")
        except SignInError as error:
            if error.detail == "slow_down":
                pause = min(pause + PAUSE_S, LONGEST_PAUSE_S)
            elif error.detail == "expired_token":
                raise SignInError("oidc.sign_in_late") from None
            elif error.detail != "authorization_pending":
                raise
        except ProviderError as error:
            if not error.unanswered:
                raise
            # A network that went away for a while; the person types meanwhile (section 3.5).
            pause = min(pause * 2, LONGEST_PAUSE_S)


def _text(told: Mapping[str, object], name: str, *, most: int = 256) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value or len(value) > most:
        raise ProviderError("oidc.provider_answer", f"no {name}")
    return value


def _seconds(told: Mapping[str, object], name: str, default: float) -> float:
    value = told.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        return default
    return float(value)
