"""A mailbox that only the house's proxy finds."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from avise.connectors.contract import ConnectorError
from avise.models.errors import ErrorKind
from avise.transport.faults import PROXY_ACCOUNT, PROXY_SILENT
from avise.transport.outward import Outward
from avise.transport.proxies import Proxies
from tests.forward_proxy import proxy, silent_address
from tests.servers.mailbox.conftest import FILE, PASSWORD, Mailbox
from tests.servers.mailbox.letters import HELENE
from tests.servers.tool_sign_in.authority import FAR
from tests.unit.connectors.declarative.opened_file import open_connector_file

ACCOUNT = ("svc-avise", "canari-proxy-4711")


async def read(mailbox: Mailbox, outward: Outward, **changes: str) -> int:
    """Return how many letters are found."""
    async with AsyncExitStack() as stack:
        config = mailbox.config(host=FAR) | changes
        opened = await open_connector_file(FILE, config, {"password": PASSWORD}, stack, outward)
        return sum(len(batch.items) for batch in await opened.timeline(mail__addresses=HELENE))


async def test_the_letters_come_through_the_proxy_under_the_house_s_certificate(mailbox: Mailbox) -> None:
    async with proxy(":".join(ACCOUNT)) as running:
        house = Outward(str(mailbox.certificates.authority), Proxies(running.address, *ACCOUNT))
        # The instance names no certificate of its own.
        assert await read(mailbox, house, ca_file="") > 0
        assert set(running.asked) == {f"CONNECT {FAR}:{mailbox.port}"}


async def test_what_stands_in_the_way_is_told_by_its_word(mailbox: Mailbox) -> None:
    async with proxy(":".join(ACCOUNT)) as asking, proxy() as open_to_all:
        for address, changes, kind, word in (
            (asking.address, {}, ErrorKind.CONFIG, PROXY_ACCOUNT),
            (silent_address(), {}, ErrorKind.UNAVAILABLE, PROXY_SILENT),
            (open_to_all.address, {"ca_file": ""}, ErrorKind.CONFIG, "certificate refused (20)"),
            (
                open_to_all.address,
                {"host": "autre.maison.invalid"},
                ErrorKind.CONFIG,
                "certificate refused (62)",
            ),
        ):
            with pytest.raises(ConnectorError) as told:
                await read(mailbox, Outward(proxies=Proxies(address)), **changes)
            assert (told.value.kind, told.value.detail) == (kind, word)
