"""How a profile says that its servers are reached."""

from __future__ import annotations

import pytest

from avise.services.settings_file import NetworkSection, SettingsError, read_settings

BASE: dict[str, object] = {
    "site_namespace": "5f0c3b1e-8a53-4f0e-9a3e-0d6a2f7c1b44",
    "identity_master": "parties",
    "user": {"login": "lea", "name": "Léa"},
}
PROXY = "http://proxy.maison.example:3128"


def read(network: dict[str, object], instance: dict[str, object] | None = None) -> NetworkSection:
    instances = {"parties": {"connector": "parties", **(instance or {})}}
    return read_settings({**BASE, "network": network, "instances": instances}).network


def test_nothing_said_follows_the_system() -> None:
    assert read({}) == NetworkSection()


def test_a_proxy_its_account_its_exceptions_and_the_certificates_are_read() -> None:
    said: dict[str, object] = {
        "proxy": PROXY,
        "proxy_user": "svc",
        "proxy_exceptions": ["*.maison.example"],
        "ca_file": "maison.pem",
    }
    assert read(said) == NetworkSection(PROXY, "svc", ("*.maison.example",), "maison.pem")


@pytest.mark.parametrize(
    "address",
    [
        "http://svc:canari@proxy.maison.example",
        "proxy.maison.example:3128",
        "socks5://proxy.maison.example",
        "http://proxy.maison.example/x",
        "http://",
        "non",
    ],
)
def test_an_address_that_cannot_be_one_is_refused_without_being_told(address: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read({"proxy": address})
    assert refused.value.problems == ("network.proxy (bad_value)",)
    with pytest.raises(SettingsError) as refused:
        read({}, {"proxy": address})
    assert refused.value.problems == ("instances.parties.proxy (bad_value)",)


@pytest.mark.parametrize(("proxy", "flaw"), [("", "missing"), ("none", "bad_value")])
def test_an_account_needs_a_proxy(proxy: str, flaw: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read({"proxy": proxy, "proxy_user": "svc"})
    assert refused.value.problems == (f"network.proxy ({flaw})",)


def test_verification_is_no_setting() -> None:
    with pytest.raises(SettingsError) as refused:
        read({"verify": False})
    assert refused.value.problems == ("network.verify (unknown)",)
