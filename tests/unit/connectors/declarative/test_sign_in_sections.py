"""What is said of a sign-in that is written wrongly: the line, the sentence, a suggestion."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.connectors.declarative import ProblemAt, check_connector_file, load_connector_file
from avise.connectors.endpoints import MutualTlsSignIn, SignIn, UserSignIn
from avise.texts import set_language

FILE = """avise = 1
[connector]
id = "reclamations"
name = "Réclamations"
version = "1.0.0"
contract = ">=1.0,<2"
owner = "SI Qualité"
kind = "rest"
needs_ids = ["member"]
[config.base_url]
type = "url"
label = "Adresse"
[config.secret]
type = "secret"
label = "Secret"
[http]
base_url = "{config.base_url}"
HTTP
[check]
path = "/ping"
[[facet]]
id = "complaints"
path = "/complaints/{customer.member}"
on_404 = "error"
paging = { type = "none" }
[facet.fields]
id = { from = "id", as = "id" }
"""
LINE = FILE.split("\n").index("HTTP") + 1
ISSUER = 'issuer = "https://sso.maison.example"'


def problems(folder: Path, http: str) -> list[ProblemAt]:
    path = folder / "reclamations.toml"
    path.write_text(FILE.replace("HTTP", http), "utf-8")
    return check_connector_file(path)


def sign_in_of(folder: Path, auth: str) -> SignIn:
    path = folder / "reclamations.toml"
    path.write_text(FILE.replace("HTTP", f"auth = {{ {auth} }}"), "utf-8")
    endpoint = load_connector_file(path).http_endpoint({"base_url": "https://outil.maison.example"})
    assert endpoint is not None
    return endpoint.sign_in


@pytest.mark.parametrize(
    ("auth", "key"),
    [
        (f'type = "oidc_user", {ISSUER}', "missing_key"),
        ('type = "oidc_user", client_id = "avise"', "oidc_user_addresses"),
        ('type = "oidc_user", client_id = "a", token_url = "https://x.example/t"', "oidc_user_addresses"),
        ('type = "oidc_device", client_id = "a", token_url = "/t"', "oidc_device_addresses"),
        (f'type = "oidc_user", client_id = "a", {ISSUER}, token_url = "/t"', "issuer_or_addresses"),
        (
            'type = "oidc_device", client_id = "a", device_url = "/d", token_url = "/t", scopes = ["openid"]',
            "openid_without_issuer",
        ),
        ('type = "oidc_user", client_id = "a", issuer = "http://sso.maison.example"', "sign_in_address"),
        ('type = "oidc_user", client_id = "a", issuer = "sso"', "sign_in_address"),
        (f'type = "oidc_user", client_id = "a", {ISSUER}, secret = "jeton"', "secret_undeclared"),
        ('type = "mtls"', "mtls_files_or_secret"),
        ('type = "mtls", certificate = "a.pem", secret = "secret"', "mtls_files_or_secret"),
        ('type = "mtls", secret = "secret", key = "a.key"', "mtls_files_or_secret"),
        ('type = "mtls", secret = "secret", password_secret = "base_url"', "secret_type"),
        ('type = "oauth"', "not_one_of"),
    ],
)
def test_each_mistake_has_its_line_and_its_sentence(tmp_path: Path, auth: str, key: str) -> None:
    found = problems(tmp_path, f"auth = {{ {auth} }}")
    assert [problem.message_key for problem in found] == [f"connector_check.{key}"]
    assert found[0].line == LINE
    for language in ("en", "fr"):
        set_language(language)
        assert not found[0].sentence().startswith("connector_check.")


def test_a_type_that_is_nearly_one_is_suggested(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, f'auth = {{ type = "oidc_users", client_id = "a", {ISSUER} }}')
    assert problem.params["suggestion"] == "oidc_user"


@pytest.mark.parametrize("key", ["verify", "verify_ssl", "insecure", "tls-verify", "Check_Hostname"])
def test_verification_cannot_be_switched_off(tmp_path: Path, key: str) -> None:
    [problem] = problems(tmp_path, f"{key} = false")
    assert problem.message_key == "connector_check.verify_never"
    assert problem.line == LINE
    assert key in problem.sentence()
    assert "ne se coupe pas" in problem.sentence()
    [inside] = problems(tmp_path, f'auth = {{ type = "none", {key} = false }}')
    assert inside.message_key == "connector_check.verify_never"


def test_a_sign_in_is_read_with_its_scopes(tmp_path: Path) -> None:
    read = sign_in_of(tmp_path, f'type = "oidc_user", client_id = "avise", {ISSUER}')
    assert read == UserSignIn("avise", issuer="https://sso.maison.example", scopes=("openid",))
    device = 'type = "oidc_device", client_id = "avise", device_url = "https://x.example/d", '
    read = sign_in_of(tmp_path, device + 'token_url = "https://x.example/t", scopes = ["lire"]')
    assert read == UserSignIn(
        "avise",
        device_url="https://x.example/d",
        token_url="https://x.example/t",  # noqa: S106 - an address
        scopes=("lire",),
        by_device=True,
    )


def test_a_certificate_is_read_from_files_or_from_a_secret(tmp_path: Path) -> None:
    read = sign_in_of(tmp_path, 'type = "mtls", certificate = "/etc/a.pem", key = "/etc/a.key"')
    assert read == MutualTlsSignIn("/etc/a.pem", "/etc/a.key")
    read = sign_in_of(tmp_path, 'type = "mtls", secret = "secret"')
    assert read == MutualTlsSignIn(secret="secret")  # noqa: S106 - its name
