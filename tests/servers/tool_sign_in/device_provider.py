"""An authorization server of Authlib's: device codes, refresh tokens that turn over, client credentials.

Started as a program. Besides its protocol it has the pages of a test: somebody approves or denies a code,
a code ends, every refresh token is revoked, and how often each grant was asked for.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.integrations.flask_oauth2 import AuthorizationServer  # type: ignore[import-untyped]  # no types
from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin  # type: ignore[import-untyped]  # no types
from authlib.oauth2.rfc6749.grants import (  # type: ignore[import-untyped]  # no types
    ClientCredentialsGrant,
    RefreshTokenGrant,
)
from authlib.oauth2.rfc8628 import (  # type: ignore[import-untyped]  # no types
    DeviceAuthorizationEndpoint,
    DeviceCodeGrant,
    DeviceCredentialDict,
)
from flask import Flask, Response, request
from werkzeug.serving import make_server

app = Flask(__name__)
app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
credentials: dict[str, dict[str, object]] = {}
answered: dict[str, bool] = {}
polled: dict[str, float] = {}
access_tokens: set[str] = set()
refresh_tokens: dict[str, Token] = {}
asked: Counter[str] = Counter()
site = {"address": "", "life": 600, "refresh": True}


class Application(ClientMixin):  # type: ignore[misc]  # authlib has no types
    """The one application; it keeps no secret unless it shows one."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get_client_id(self) -> str:
        return self.name

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_client_secret(self, secret: str) -> bool:
        return secret == "entre nous"  # noqa: S105 - invented

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        del endpoint
        return method in {"none", "client_secret_basic", "client_secret_post"}

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type != "refresh_token" or bool(site["refresh"])


class Token(TokenMixin):  # type: ignore[misc]  # authlib has no types
    """A refresh token."""

    def __init__(self, name: str) -> None:
        self.name = name

    def check_client(self, application: Application) -> bool:
        return bool(application.get_client_id() == self.name)

    def get_scope(self) -> str:
        return "complaints.read"

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return False


class Codes(DeviceAuthorizationEndpoint):  # type: ignore[misc]  # authlib has no types
    """Gives codes to type."""

    INTERVAL = 1
    EXPIRES_IN = 600

    def get_verification_uri(self) -> str:
        return f"{site['address']}/approve"

    def save_device_credential(self, client_id: str, scope: str, data: dict[str, object]) -> None:
        kept = {**data, "client_id": client_id, "scope": scope or ""}
        credentials[str(data["device_code"])] = kept | {"expires_at": time.time() + self.EXPIRES_IN}


class ByDevice(DeviceCodeGrant):  # type: ignore[misc]  # authlib has no types
    """Gives tokens for a code that somebody approved."""

    def query_device_credential(self, device_code: str) -> object:
        asked["device"] += 1
        found = credentials.get(device_code)
        return DeviceCredentialDict(found) if found else None

    def query_user_grant(self, user_code: str) -> tuple[str, bool] | None:
        return ("camille", answered[user_code]) if user_code in answered else None

    def should_slow_down(self, credential: object) -> bool:
        # The first question of each code comes too early, whenever it comes.
        code = credential.get_user_code()  # type: ignore[attr-defined]  # authlib's
        first = code not in polled
        polled[code] = time.time()
        return first


class Renewal(RefreshTokenGrant):  # type: ignore[misc]  # authlib has no types
    """Turns refresh tokens over: each is good once."""

    INCLUDE_NEW_REFRESH_TOKEN = True
    TOKEN_ENDPOINT_AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post")

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        asked["refresh"] += 1
        time.sleep(0.05)
        self._shown = refresh_token
        return refresh_tokens.get(refresh_token)

    def authenticate_user(self, token: Token) -> str:
        del token
        return "camille"

    def revoke_old_credential(self, token: Token) -> None:
        del token
        refresh_tokens.pop(self._shown, None)


class House(ClientCredentialsGrant):  # type: ignore[misc]  # authlib has no types
    """Gives tokens to the application itself."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")


def save(token: dict[str, object], request_of_token: object) -> None:
    del request_of_token
    token["expires_in"] = site["life"]
    access_tokens.add(str(token["access_token"]))
    if "refresh_token" in token:
        refresh_tokens[str(token["refresh_token"])] = Token("avise-desktop")


server = AuthorizationServer(app, query_client=Application, save_token=save)
server.register_endpoint(Codes)
for grant in (ByDevice, Renewal, House):
    server.register_grant(grant)


@app.post("/device")
def device() -> Response:
    given: Response = server.create_endpoint_response(Codes.ENDPOINT_NAME)
    return given


@app.post("/token")
def token() -> Response:
    given: Response = server.create_token_response()
    return given


@app.get("/approve")
def approve() -> str:
    answered[request.args["user_code"]] = True
    return "ok"


@app.get("/deny")
def deny() -> str:
    answered[request.args["user_code"]] = False
    return "ok"


@app.get("/end")
def end() -> str:
    for found in credentials.values():
        found["expires_at"] = 0
    return "ok"


@app.get("/revoke")
def revoke() -> str:
    refresh_tokens.clear()
    return "ok"


@app.get("/no-refresh")
def no_refresh() -> str:
    site["refresh"] = False
    return "ok"


@app.get("/asked")
def counted() -> dict[str, int]:
    return dict(asked)


@app.get("/userinfo")
def whoever() -> tuple[dict[str, str], int]:
    known = request.headers.get("Authorization", "").removeprefix("Bearer ") in access_tokens
    return ({"sub": "camille"}, 200) if known else ({}, 401)


def main() -> None:
    """Serve until the process is ended."""
    serving = make_server("127.0.0.1", 0, app, threaded=True)
    site["address"] = f"http://127.0.0.1:{serving.server_port}"
    sys.stderr.write(f"running on {site['address']}\n")
    sys.stderr.flush()
    serving.serve_forever()


if __name__ == "__main__":
    main()
