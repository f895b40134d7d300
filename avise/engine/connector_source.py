"""One connector alone, started for what it lists: no profile, no store, no window."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from avise.connectors.contract import Batch, Manifest
from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings, NoSnapshots, SecretPort
from avise.connectors.refusals import Refusal
from avise.connectors.registry import Registry
from avise.engine.loops import LoopThread
from avise.engine.source_crossing import CrossingSources
from avise.env import Env
from avise.models.customer import Party
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.texts import text

INSTANCE = "directory"
"""What the connector is called here."""


class ConnectorSource:
    """Implements `avise.engine.house_filling.HouseSource`. Make it with `started`.

    Args:
        manifest: of the connector.
        sources: where it runs.
    """

    def __init__(self, manifest: Manifest, sources: CrossingSources) -> None:
        self._sources = sources
        self.name = f"connector:{manifest.id}"
        """By which its places are known again."""

    def changes(self, since: str) -> AsyncGenerator[Batch[Party], None]:
        """Yield the parties changed since a place, page after page, few of them ahead of the reader."""
        return self._sources.changes(INSTANCE, since)


def manifest_of(settings: InstanceSettings) -> Manifest:
    """Return what a connector declares; reads its file or imports it.

    Raises:
        AviseError: `hub_command.connector_refused`, or what is wrong with its file.
    """
    found = Registry().find(settings)
    if isinstance(found, Refusal):
        because = text(found.because, detail=found.detail)
        raise AviseError("hub_command.connector_refused", because=because)
    return found.manifest


def settings_of(connector: str, config: Mapping[str, JSON]) -> InstanceSettings:
    """Return the settings of a connector named by its file, or by its package."""
    file = Path(connector)
    if file.suffix != ".toml":
        return InstanceSettings(INSTANCE, connector, dict(config))
    return InstanceSettings(INSTANCE, file.stem, dict(config), connector_file=file)


@asynccontextmanager
async def started(
    settings: InstanceSettings, secrets: SecretPort, env: Env
) -> AsyncIterator[ConnectorSource]:
    """Give a connector at work, on a loop of its own, for the time of the block."""
    thread = LoopThread("avise connectors")
    manifest = await asyncio.to_thread(manifest_of, settings)
    host = ConnectorHost(env, NoSnapshots(), (settings,), secrets)
    thread.start()
    try:
        await thread.call(host.start())
        try:
            yield ConnectorSource(manifest, CrossingSources(thread, host))
        finally:
            await thread.call(host.aclose())
    finally:
        await asyncio.to_thread(thread.stop)
