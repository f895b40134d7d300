"""Somebody signs in at a tool in the browser, from a TOML file to a reading."""

from __future__ import annotations

from avise.connectors.ports import MemoryTokens
from avise.models.errors import ErrorKind
from avise.models.source_status import SourceState
from avise.models.tool_sign_in import BrowserPage, ToolSignedIn
from tests.servers.oidc.providers import RunningProvider, browsing
from tests.servers.tool_sign_in.conftest import BROWSER, Opening, guarded_tool


async def test_a_tool_asks_for_a_sign_in_and_is_read_after_it(
    open_reader: Opening, provider: RunningProvider
) -> None:
    tokens = MemoryTokens()
    config = {"issuer": provider.issuer}
    async with guarded_tool(provider.issuer) as (tool, behaviour):
        async with open_reader(tool.base_url, BROWSER, config=config, tokens=tokens) as reader:
            before = await reader.read()
            assert before.error is not None
            assert (before.error.kind, before.error.sign_in) == (ErrorKind.AUTH, True)
            assert behaviour.shown == []
            assert reader.host.status()[0].state is SourceState.NEEDS_AUTH
            async with browsing() as browser:
                steps = await reader.sign_in(browser)
            assert [type(step) for step in steps] == [BrowserPage, ToolSignedIn]
            after = await reader.read()
            assert after.error is None
            assert [record.id for record in after.records] == ["R-1"]
            assert reader.host.status()[0].state is SourceState.UP_TO_DATE
        # Another start: the sealed refresh token is enough, and is turned over.
        kept = dict(tokens._kept)
        async with open_reader(tool.base_url, BROWSER, config=config, tokens=tokens) as reader:
            assert (await reader.read()).error is None
        assert tokens._kept != kept
