"""No token, code or secret of a sign-in is in a log, an exception, a diagnostic or the name of a file."""

from __future__ import annotations

import json
import logging
import os
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from avise.connectors.ports import MemoryTokens
from avise.models.errors import AviseError
from avise.models.tool_sign_in import BrowserPage
from tests.servers.oidc.providers import RunningProvider, browsing, start_provider
from tests.servers.tool_sign_in.conftest import BROWSER, DeviceProvider, HurriedEnv, Opening, guarded_tool

SECRET = "canari-secret-4711"  # noqa: S105 - invented


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[RunningProvider]:
    """Run the package as it comes, which wants an application's secret."""
    running = start_provider(tmp_path)
    yield running
    running.stop()


def told(reader_host: object, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> str:
    """Return everything that was said."""
    printed = capsys.readouterr()
    return "\n".join([caplog.text, printed.out, printed.err, repr(reader_host)])


async def test_nothing_of_a_sign_in_in_the_browser_is_told(
    open_reader: Opening,
    provider: RunningProvider,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    kept, env = MemoryTokens(), HurriedEnv()
    auth = BROWSER.replace("client_id", 'secret = "token", client_id')
    config, secrets = {"issuer": provider.issuer}, {"token": SECRET}
    async with (
        guarded_tool(provider.issuer) as (tool, behaviour),
        open_reader(tool.base_url, auth, config=config, tokens=kept, secrets=secrets, env=env) as reader,
    ):
        async with browsing() as browser:
            await reader.sign_in(browser)
        await reader.read()
        env.jump_s += 3600
        await reader.read()
        behaviour.refuses = True
        failed = await reader.read()
        step = BrowserPage(browser.opened[0])
        canaries = {
            SECRET,
            *behaviour.shown,
            *kept._kept.values(),
            browser.brought("code"),
            browser.asked("state"),
            browser.asked("nonce"),
            browser.asked("code_challenge"),
        } - {""}
        said = told(reader.host, caplog, capsys) + json.dumps(reader.host.diagnostics("complaints"))
        said += repr(failed) + repr(reader.host.status()) + repr(step)
    assert len(canaries) >= 7
    assert [canary for canary in canaries if canary in said] == []
    names = "\n".join(found for _, _, files in os.walk(tmp_path) for found in files)
    assert [canary for canary in canaries if canary in names] == []


async def test_nothing_of_a_refused_sign_in_is_told(
    open_reader: Opening,
    device_provider: DeviceProvider,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    structlog.reset_defaults()
    async with (
        guarded_tool(device_provider.issuer) as (tool, _),
        open_reader(tool.base_url, device_provider.auth, env=HurriedEnv()) as reader,
    ):
        with pytest.raises(AviseError) as refused:
            await reader.sign_in_elsewhere(lambda code: device_provider.visit("deny", user_code=code.code))
        error = refused.value
        trace = "".join(traceback.format_exception(error))
        said = told(reader.host, caplog, capsys) + trace + repr(error.params) + repr(reader.code)
        assert "sign-in not done" in said
        assert reader.code.code not in said
