"""Which server is reached through which proxy."""

from __future__ import annotations

import pytest

from avise.transport.proxies import DIRECT, Proxies

HOUSE = "http://proxy.maison.example:3128"
EXCEPTIONS = ("intranet.maison.example", "*.interne.example", ".autre.example", "10.0.0.0/8", "fd00::/8")


@pytest.fixture(autouse=True)
def no_system_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def way(proxies: Proxies, address: str, own: str = "") -> str:
    found = proxies.leading_to(address, own)
    return "" if found is None else str(found.url)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8000",
        "https://localhost",
        "http://[::1]:1",
        "https://outil.localhost",
        "http://127.9.9.9",
    ],
)
def test_this_machine_is_reached_directly_whatever_is_said(address: str) -> None:
    assert way(Proxies(HOUSE), address) == ""
    assert way(Proxies(HOUSE), address, HOUSE) == ""


@pytest.mark.parametrize(
    ("host", "direct"),
    [
        ("intranet.maison.example", True),
        ("INTRANET.maison.example", True),
        ("sous.intranet.maison.example", False),
        ("a.interne.example", True),
        ("a.b.interne.example", True),
        ("interne.example", True),
        ("pasinterne.example", False),
        ("b.autre.example", True),
        ("10.4.5.6", True),
        ("11.4.5.6", False),
        ("[fd00::1]", True),
        ("10.0.0.0.example", False),
    ],
)
def test_exceptions_are_hosts_domains_and_networks(host: str, *, direct: bool) -> None:
    assert (way(Proxies(HOUSE, exceptions=EXCEPTIONS), f"https://{host}/x") == "") is direct


def test_a_tool_s_own_word_wins() -> None:
    assert way(Proxies(HOUSE), "https://outil.example", DIRECT) == ""
    assert way(Proxies(DIRECT), "https://outil.example", HOUSE) == HOUSE
    assert way(Proxies(HOUSE, exceptions=("outil.example",)), "https://outil.example", HOUSE) == HOUSE


def test_the_account_is_the_proxy_s_and_is_never_told() -> None:
    proxies = Proxies(HOUSE, "svc", "canari-4711")
    found = proxies.leading_to("https://outil.example")
    assert found is not None
    assert found.raw_auth == (b"svc", b"canari-4711")
    assert "canari" not in repr(proxies) + repr(found)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("http://proxy.example:8080", "http://proxy.example:8080"),
        ("proxy.example:8080", "http://proxy.example:8080"),
        ("", ""),
        ("ftp://proxy.example", ""),
    ],
)
def test_the_system_s_proxy_is_followed_where_nobody_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, said: str, expected: str
) -> None:
    monkeypatch.setenv("https_proxy", said)
    assert way(Proxies(), "https://outil.example") == expected
    assert way(Proxies(DIRECT), "https://outil.example") == ""
    monkeypatch.setenv("no_proxy", "outil.example")
    assert way(Proxies(), "https://outil.example") == ""


def tunnel(proxies: Proxies, host: str, own: str = "") -> str:
    found = proxies.tunnelling_to(host, own)
    return "" if found is None else str(found.url)


def test_a_server_of_another_protocol_is_led_to_by_the_house_s_word() -> None:
    assert tunnel(Proxies(HOUSE), "mail.example") == HOUSE
    assert tunnel(Proxies(HOUSE, exceptions=EXCEPTIONS), "mail.interne.example") == ""
    assert tunnel(Proxies(HOUSE), "localhost") == ""
    assert tunnel(Proxies(HOUSE), "mail.example", DIRECT) == ""


def test_of_the_system_only_the_proxy_of_all_protocols_leads_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", HOUSE)
    assert tunnel(Proxies(), "mail.example") == ""
    monkeypatch.setenv("all_proxy", HOUSE)
    assert tunnel(Proxies(), "mail.example") == HOUSE
    monkeypatch.setenv("no_proxy", "mail.example")
    assert tunnel(Proxies(), "mail.example") == ""
