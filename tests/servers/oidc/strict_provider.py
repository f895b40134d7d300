"""`oidc-provider-mock` with its own library's PKCE check switched on, which the package leaves off.

Started as a program. Applications without a secret are let in, as desktops are; a code is given tokens
only against the verifier whose S256 digest came with the request (authlib's `CodeChallenge`).
"""

from __future__ import annotations

import hashlib
import os
import sys

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.oauth2.rfc7636 import CodeChallenge  # type: ignore[import-untyped]  # no types
from oidc_provider_mock import _app  # type: ignore[import-untyped]  # no types
from oidc_provider_mock.__main__ import run  # type: ignore[import-untyped]  # no types

_challenges: dict[str, tuple[str, str]] = {}


class _RememberedChallenge(CodeChallenge):  # type: ignore[misc]  # authlib has no types
    def get_authorization_code_challenge(self, authorization_code):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - authlib has no types
        return _challenges[_key(authorization_code.code)][0]

    def get_authorization_code_challenge_method(self, authorization_code):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        return _challenges[_key(authorization_code.code)][1]


def _key(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


_save = _app.AuthorizationCodeGrant.save_authorization_code
_extend = _app.OpenIDCode.__call__


def _save_with_challenge(self, code, request):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    data = request.payload.data
    _challenges[_key(code)] = (data.get("code_challenge", ""), data.get("code_challenge_method", ""))
    return _save(self, code, request)


def _extend_with_challenge(self, grant):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    _RememberedChallenge(required=True)(grant)
    return _extend(self, grant)


def main() -> None:
    """Serve until the process is ended."""
    _app.AuthorizationCodeGrant.TOKEN_ENDPOINT_AUTH_METHODS = ["none"]
    _app.RefreshTokenGrant.TOKEN_ENDPOINT_AUTH_METHODS = ["none"]
    _app.RefreshTokenGrant.INCLUDE_NEW_REFRESH_TOKEN = True
    _app.AuthorizationCodeGrant.save_authorization_code = _save_with_challenge
    _app.OpenIDCode.__call__ = _extend_with_challenge
    run(sys.argv[1:])


if __name__ == "__main__":
    main()
