"""A real identity provider in a process of its own, and a browser that goes where it is sent."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

LOGIN = "camille.canari"
SUBJECT = "u-4711"
STRICT = Path(__file__).parent / "strict_provider.py"


@dataclass
class RunningProvider:
    """A provider that listens.

    Args:
        port: of loopback.
        process: its own.
    """

    port: int
    process: subprocess.Popen[bytes]

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End it, as when a machine is switched off."""
        self.process.kill()
        self.process.wait(60)


def start_provider(
    folder: Path, *, port: int = 0, strict: bool = False, life_s: int = 600
) -> RunningProvider:
    """Start a provider that knows one person; the caller stops it."""
    claims = json.dumps({"sub": SUBJECT, "preferred_username": LOGIN, "email": f"{LOGIN}@exemple.fr"})
    program = [str(STRICT)] if strict else ["-m", "oidc_provider_mock"]
    command = [sys.executable, *program, "--port", str(port), "--token-max-age", str(life_s)]
    said = folder / f"provider-{len(list(folder.iterdir()))}.log"
    with said.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and a package of the tests
            [*command, "--user-claims", claims], stderr=output, stdout=subprocess.DEVNULL
        )
    return RunningProvider(port_of(process, said), process)


def port_of(process: subprocess.Popen[bytes], said: Path) -> int:
    while process.poll() is None:
        found = re.search(r"running on http://127\.0\.0\.1:(\d+)", said.read_text("utf-8"))
        if found:
            return int(found[1])
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    pytest.fail("the provider stopped before it listened: " + said.read_text("utf-8")[-500:])


@dataclass
class Browser:
    """Opens the provider's page, signs in there, and follows the way back, beside the one who asked.

    Args:
        button: what the person does: the name of whom to sign in as, or "deny".
    """

    button: str = SUBJECT
    opened: list[str] = field(default_factory=list)
    visited: list[str] = field(default_factory=list)
    pages: list[httpx2.Response] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def open(self, address: str) -> bool:
        self.opened.append(address)
        self.tasks.append(asyncio.create_task(self.browse(address)))
        return True

    async def browse(self, address: str) -> None:
        form = {"action": "deny"} if self.button == "deny" else {"sub": self.button}
        async with httpx2.AsyncClient(trust_env=False, follow_redirects=True) as browser:
            page = await browser.get(address)
            assert "Authorize" in page.text
            last = await browser.post(address, data=form)
        self.visited += [str(step.url) for step in (*last.history, last)]
        self.pages.append(last)

    def asked(self, name: str) -> str:
        """Return what the sign-in sent to the provider's page."""
        return parse_qs(urlsplit(self.opened[-1]).query)[name][0]

    def brought(self, name: str) -> str:
        """Return what the provider sent back through the browser."""
        return parse_qs(urlsplit(self.visited[-1]).query)[name][0]

    async def aclose(self) -> None:
        await asyncio.gather(*self.tasks)


@asynccontextmanager
async def browsing(button: str = SUBJECT) -> AsyncIterator[Browser]:
    """Give a browser, and wait for the end of what it does."""
    browser = Browser(button)
    try:
        yield browser
    finally:
        await browser.aclose()
