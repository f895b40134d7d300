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

NETWORK_SECRETS, PROXY_PASSWORD = "network", "proxy_password"


async def way_out(profile: Profile, secrets: SecretPort | None) -> tuple[Outward, ssl.SSLContext]:
    """Return how the servers of a house are reached, and what all its connections to them may share.

    A file of certificates that cannot be read is told once, at the start: the hub may well do without.

    Args:
        profile: whose house it is.
        secrets: where the password of the proxy's account is; None when nothing sealed can be read.
    """
    outward, _told = await outward_of(profile.settings.network, profile.folder, secrets)
    return outward, await asyncio.to_thread(outward.context)


async def outward_of(
    section: NetworkSection, folder: Path, secrets: SecretPort | None
) -> tuple[Outward, AviseError | None]:
    """Return how a profile's servers are reached, and what staff must be told about it.

    A file of certificates that cannot be read takes nobody's desk away: what the system trusts is enough
    for some tools, and copies answer for the others.

    Args:
        section: of its settings.
        folder: the profile's; a file without a folder is there.
        secrets: where the password of the proxy's account is; None when nothing sealed can be read.
    """
    password = None
    if section.proxy_user and secrets is not None:
        password = await secrets.get(NETWORK_SECRETS, PROXY_PASSWORD)
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
