"""The way out of a profile: the account of its proxy, and certificates that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.engine.outward import NETWORK_SECRETS, PROXY_PASSWORD, outward_of, way_out
from avise.services.profile import Profile
from avise.services.settings_file import NetworkSection, read_settings

PROXY = "http://proxy.maison.example:3128"


class Secrets:
    """Gives one secret, and keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def get(self, instance: str, name: str) -> str | None:
        self.asked.append((instance, name))
        return "canari-4711"


async def test_the_password_of_a_proxy_comes_from_the_sealed_secrets(tmp_path: Path) -> None:
    secrets = Secrets()
    outward, notice = await outward_of(NetworkSection(PROXY, "svc"), tmp_path, secrets)
    assert notice is None
    assert secrets.asked == [(NETWORK_SECRETS, PROXY_PASSWORD)]
    assert (outward.proxies.user, outward.proxies.password) == ("svc", "canari-4711")
    assert "canari" not in repr(outward)


async def test_a_proxy_without_an_account_asks_for_no_secret(tmp_path: Path) -> None:
    secrets = Secrets()
    await outward_of(NetworkSection(PROXY), tmp_path, secrets)
    assert secrets.asked == []


@pytest.mark.parametrize("content", [None, "rien de tel"], ids=["missing", "no certificate"])
async def test_certificates_that_cannot_be_read_are_told_and_take_nobody_s_desk_away(
    tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "maison.pem").write_text(content, "utf-8")
    section = NetworkSection(ca_file="maison.pem")
    outward, notice = await outward_of(section, tmp_path, Secrets())
    assert notice is not None
    assert notice.message_key == "transport.ca_file"
    assert outward.ca_file == ""
    settings = read_settings(
        {
            "site_namespace": "5f0c3b1e-8a53-4f0e-9a3e-0d6a2f7c1b44",
            "identity_master": "parties",
            "user": {"login": "lea", "name": "Léa"},
            "network": {"ca_file": "maison.pem"},
        }
    )
    reached, tls = await way_out(Profile(tmp_path, settings, ""), Secrets())
    assert reached.ca_file == ""
    assert tls.check_hostname


async def test_without_its_secrets_a_workstation_still_knows_its_proxy(tmp_path: Path) -> None:
    outward, _ = await outward_of(NetworkSection(PROXY, "svc"), tmp_path, None)
    assert (outward.proxies.address, outward.proxies.password) == (PROXY, "")
