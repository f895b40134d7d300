"""Where a request may go."""

from __future__ import annotations

from urllib.parse import quote

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.addresses import looks_like_sign_in, parse_base, resolve
from avise.connectors.contract import ConnectorError
from avise.models.errors import ErrorKind

BASE = parse_base("https://tool.example:8443/api/v1")


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/parties/12", "https://tool.example:8443/api/v1/parties/12"),
        ("parties/12?page=2", "https://tool.example:8443/api/v1/parties/12?page=2"),
        ("/parties/a%2Fb", "https://tool.example:8443/api/v1/parties/a%2Fb"),
        ("/é", "https://tool.example:8443/api/v1/%C3%A9"),
        ("https://tool.example:8443/other?c=1", "https://tool.example:8443/other?c=1"),
    ],
)
def test_a_path_stays_under_the_base_and_an_address_on_the_origin(path: str, address: str) -> None:
    assert str(resolve(BASE, path)) == address


@pytest.mark.parametrize(
    "address",
    [
        "https://tool.example/api",
        "http://tool.example:8443/api",
        "https://evil.example:8443/",
        "//evil.example/",
        "https://tool.example:8443@evil.example/",
        "https://user:secret@tool.example:8443/",
        "https://tool.example:8443.evil.example/",
        "javascript:alert(1)",
        "file:///etc/passwd",
    ],
)
def test_another_origin_is_refused(address: str) -> None:
    with pytest.raises(ConnectorError) as refusal:
        resolve(BASE, address)
    assert refusal.value.kind is ErrorKind.BAD_DATA


def test_a_declared_host_is_allowed_over_the_same_scheme() -> None:
    assert resolve(BASE, "https://files.example/d1", ["files.example"]).host == "files.example"
    with pytest.raises(ConnectorError):
        resolve(BASE, "http://files.example/d1", ["files.example"])


@pytest.mark.parametrize("path", ["/parties/../admin", "/./x", "..", "/a/.."])
def test_a_path_cannot_climb(path: str) -> None:
    with pytest.raises(ConnectorError) as refusal:
        resolve(BASE, path)
    assert refusal.value.kind is ErrorKind.INVALID


@given(st.text(min_size=1, max_size=30))
def test_no_encoded_value_leaves_its_place(value: str) -> None:
    try:
        encoded = quote(value, safe="")
    except UnicodeEncodeError:
        return
    if value in {".", ".."}:
        return
    url = resolve(BASE, f"/parties/{encoded}/contracts")
    assert (url.scheme, url.host, url.port) == ("https", "tool.example", 8443)
    assert url.raw_path == f"/api/v1/parties/{encoded}/contracts".encode()


@pytest.mark.parametrize("base", ["ftp://x", "tool.example", "", "https://u:p@tool.example", "https://"])
def test_an_unfit_base_is_a_configuration_error(base: str) -> None:
    with pytest.raises(ConnectorError) as refusal:
        parse_base(base)
    assert refusal.value.kind is ErrorKind.CONFIG


def test_sign_in_pages_are_recognised() -> None:
    assert looks_like_sign_in(httpx2.URL("https://sso.example/x"))
    assert looks_like_sign_in(httpx2.URL("https://tool.example/Account/Login"))
    assert not looks_like_sign_in(httpx2.URL("https://tool.example/benefits"))
