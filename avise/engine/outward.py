"""The way out of a profile: its certificates, its proxy and the account that the proxy asks for."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

from avise.connectors.ports import SecretPort
from avise.models.errors import AviseError
from avise.services.profile import Profile
from avise.services.settings_file import NetworkSection
from avise.transport.outward import Outward
from avise.transport.proxies import Proxies
from avise.transport.trust import trusting

NETWORK_SECRETS, PROXY_PASSWORD = "network", "proxy_password"


def house_context(profile: Profile) -> ssl.SSLContext:
    """Return a context that trusts the system's certificates, and the house's where they can be read; blocks.

    Args:
        profile: whose house it is.
    """
    section = profile.settings.network
    try:
        return trusting(_ca_file(section, profile.folder))
    except AviseError:
        # Told once, at the start (`outward_of`): the hub may well do without.
        return trusting()


async def outward_of(
    section: NetworkSection, folder: Path, secrets: SecretPort
) -> tuple[Outward, AviseError | None]:
    """Return how a profile's servers are reached, and what staff must be told about it.

    A file of certificates that cannot be read takes nobody's desk away: what the system trusts is enough
    for some tools, and copies answer for the others.

    Args:
        section: of its settings.
        folder: the profile's; a file without a folder is there.
        secrets: where the password of the proxy's account is.
    """
    password = await secrets.get(NETWORK_SECRETS, PROXY_PASSWORD) if section.proxy_user else None
    proxies = Proxies(section.proxy, section.proxy_user, password or "", section.proxy_exceptions)
    wanted = Outward(_ca_file(section, folder), proxies)
    if not wanted.ca_file:
        return wanted, None
    try:
        await asyncio.to_thread(wanted.context)
    except AviseError as error:
        return Outward(proxies=proxies), error
    return wanted, None


def _ca_file(section: NetworkSection, folder: Path) -> str:
    return str(folder / section.ca_file) if section.ca_file else ""
