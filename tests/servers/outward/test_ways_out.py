"""The hub, the sign-in service and the mail server: reached by the house's proxy, under its certificates."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from avise.demo.mail_sink import MailSink
from avise.hub.port import HubUnreachableError
from avise.hub.remote_line import HubLine
from avise.oidc.errors import ProviderError
from avise.oidc.line import ProviderLine
from avise.services.messages.smtp_way import SmtpWay
from avise.services.messages.ways import Outcome
from avise.services.settings_file import MailSecurity
from avise.texts import text
from avise.transport.faults import PROXY_UNFIT, TunnelError
from avise.transport.outward import Outward
from avise.transport.proxies import Proxies
from avise.transport.tunnel import dial
from tests.forward_proxy import proxy, silent_address
from tests.servers.host.tool_server import Asked, reply, running_tool
from tests.servers.messages.test_smtp import CONTENT, MESSAGE, NOW, secret, settings
from tests.servers.tool_sign_in.authority import FAR, Authority, Fronted, fronted

ACCOUNT = ("svc-avise", "canari-proxy-4711")
OTHER = "autre.maison.invalid"


@dataclass
class House:
    """Servers that only the proxy finds, under a certificate of the house's own authority."""

    folder: Path
    authority: Authority
    web: int
    """Port of a server that answers `{}` to everything."""
    mail: int
    sink: MailSink

    def outward(self, address: str, account: tuple[str, str] = ("", ""), *, trusts: bool = True) -> Outward:
        file = self.folder / "house.pem"
        file.write_bytes(self.authority.pem)
        return Outward(str(file) if trusts else "", Proxies(address, *account))


async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
    del asked
    writer.write(reply({}))
    await writer.drain()


@asynccontextmanager
async def house(folder: Path, ends_in: timedelta = timedelta(days=1)) -> AsyncIterator[House]:
    authority = Authority()
    async with running_tool(answer) as tool, MailSink.start(folder / "mails") as sink:
        port = urlsplit(tool.base_url).port or 0
        with (
            fronted(folder, authority, port, ends_in=ends_in) as web,
            fronted(folder, authority, sink.port, ends_in=ends_in) as mail,
        ):
            yield House(folder, authority, _port(web), _port(mail), sink)


def _port(front: Fronted) -> int:
    return urlsplit(front.address).port or 0


Caller = Callable[[House, Outward, str], Awaitable[str]]
"""Reaches a server by its name; returns the sentence of what went wrong, "" for nothing."""


async def call_hub(house: House, outward: Outward, host: str) -> str:
    address = f"https://{host}:{house.web}"
    tls = outward.context()
    line = HubLine(address, tls, outward.proxy_to(address, tls))
    try:
        assert await line.post("/head", {}) == {}
    except HubUnreachableError as error:
        return text(error.message_key, **error.params)
    finally:
        await line.aclose()
    return ""


async def call_provider(house: House, outward: Outward, host: str) -> str:
    address = f"https://{host}:{house.web}"
    tls = outward.context()
    line = ProviderLine(tls, outward.proxy_to(address, tls))
    try:
        assert await line.fetch_object(f"{address}/.well-known/openid-configuration") == {}
    except ProviderError as error:
        return text(error.message_key, **error.params)
    finally:
        await line.aclose()
    return ""


async def send_mail(house: House, outward: Outward, host: str) -> str:
    section = replace(
        settings(house.sink), smtp_host=host, smtp_port=house.mail, smtp_security=MailSecurity.TLS
    )
    way = SmtpWay(section, secret, outward)
    try:
        found = await way.deliver(MESSAGE, CONTENT, NOW)
    finally:
        await way.aclose()
    if found.outcome is Outcome.SENT:
        return ""
    assert found.outcome is Outcome.NOT_YET
    return text(f"message.reason.{found.reason}")


CALLERS = pytest.mark.parametrize("call", [call_hub, call_provider, send_mail])


@CALLERS
async def test_each_is_reached_through_the_proxy_with_its_account(
    call: Caller, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with house(tmp_path) as at, proxy(":".join(ACCOUNT)) as running:
        assert await call(at, at.outward(running.address, ACCOUNT), FAR) == ""
        assert running.asked == [f"CONNECT {FAR}:{at.mail if call is send_mail else at.web}"]
    assert ACCOUNT[1] not in caplog.text


@CALLERS
async def test_exceptions_and_this_machine_are_reached_without_the_proxy(
    call: Caller, tmp_path: Path
) -> None:
    async with house(tmp_path) as at, proxy() as running:
        outward = at.outward(running.address)
        assert await call(at, outward, "127.0.0.1") == ""
        direct = replace(outward, proxies=replace(outward.proxies, exceptions=("*.maison.invalid",)))
        # The name means nothing here: the proxy alone would have led there.
        assert await call(at, direct, FAR) in {
            text("hub.unreachable"),
            text("oidc.provider_unreachable"),
            text("message.reason.server_unreachable"),
        }
        assert running.asked == []


@dataclass(frozen=True)
class Fault:
    """What stands in the way, and words of the sentence that say what to do."""

    said: str
    account: tuple[str, str] = ("", "")
    host: str = FAR
    trusts: bool = True
    ends_in: timedelta = timedelta(days=1)
    wants: str = ""
    refuses: bool = False
    silent: bool = False


FAULTS = {
    "another name": Fault("autre adresse", host=OTHER),
    "nobody knows the authority": Fault("network.ca_file", trusts=False),
    "expired": Fault("prévenez son responsable", ends_in=timedelta(days=-1)),
    "no account": Fault("network.proxy_user", wants=":".join(ACCOUNT)),
    "wrong account": Fault("network.proxy_user", account=(ACCOUNT[0], "faux"), wants=":".join(ACCOUNT)),
    "the proxy refuses": Fault("network.proxy_exceptions", refuses=True),
    "the proxy is down": Fault("« network.proxy »", silent=True),
}


@CALLERS
@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
async def test_what_stands_in_the_way_is_told_with_what_to_do(
    call: Caller, fault: Fault, tmp_path: Path
) -> None:
    async with house(tmp_path, fault.ends_in) as at, proxy(fault.wants, refuses=fault.refuses) as running:
        address = silent_address() if fault.silent else running.address
        said = await call(at, at.outward(address, fault.account, trusts=fault.trusts), fault.host)
        assert fault.said.replace(" ", "\u00a0") in said.replace(" ", "\u00a0")
        assert at.sink.messages() == []


async def test_a_proxy_that_never_ends_its_answer_holds_nobody(tmp_path: Path) -> None:
    async with house(tmp_path) as at, proxy(drips=True) as running:
        way = at.outward(running.address)
        with pytest.raises(OSError, match="proxy not reached"):
            await asyncio.to_thread(way.dial, FAR, at.mail, 0.3)


@pytest.mark.parametrize("host", ["a b", "a\r\nX: 1", "é" * 300, ""], ids=["space", "line", "long", "none"])
async def test_a_name_that_is_none_is_told_to_no_proxy(host: str) -> None:
    async with proxy() as running:
        with pytest.raises(OSError, match="no name of a server"):
            await asyncio.to_thread(dial, host, 25, 1.0, httpx2.Proxy(running.address))
        assert running.asked == []


async def test_a_proxy_in_https_carries_no_mail_and_says_so() -> None:
    with pytest.raises(TunnelError) as told:
        dial(FAR, 25, 1.0, httpx2.Proxy("https://proxy.maison.invalid"))
    assert told.value.word == PROXY_UNFIT
