"""A hub that was closed is listened to no more: it answers at once, and nothing else would ever run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from avise.engine.hub_sync import HubSync
from avise.env import FixedEnv
from avise.hub.core import HubCore
from avise.hub.local import LocalHub
from avise.store.attachments import Attachments
from avise.store.feed import Feed
from avise.store.journal import Journal
from avise.store.store import Store
from tests.chaos.station import Silent
from tests.hub_house import AGENT, KEY, opener
from tests.unit.engine.request_station import LEA


class Counted:
    """A hub, and how often it was asked whether something changed."""

    def __init__(self, hub: LocalHub) -> None:
        self._hub, self.asked = hub, 0

    async def wait_for_change(self, seen: Mapping[str, int], seconds: float) -> bool:
        """See the port."""
        self.asked += 1
        assert self.asked < 10, "asked for ever"
        return await self._hub.wait_for_change(seen, seconds)


async def test_nobody_goes_on_listening_to_a_hub_that_was_closed(tmp_path: Path) -> None:
    env = FixedEnv()
    hub = await LocalHub.open(opener(tmp_path / "hub.db"), HubCore(env), AGENT, env)
    store = await Store.open(tmp_path / "store.db", KEY, env)

    async def connect(_device: str) -> Any:  # noqa: ANN401 - never called
        raise AssertionError

    attachments = Attachments(store, KEY, env)
    sync = HubSync(
        LEA.session, connect, Feed(store, env), Journal(store, env), attachments, Silent(), env
    )  # fmt: skip
    await hub.aclose()
    counted: Any = Counted(hub)
    await sync._hears(counted, {})
    assert counted.asked == 1
    await store.aclose()
