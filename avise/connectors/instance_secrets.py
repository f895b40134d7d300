"""The secrets of one instance: read at its opening, and again when its tool refused them."""

from __future__ import annotations

import asyncio

from avise.connectors.contract import ConnectorError, Manifest
from avise.connectors.instance_config import missing_secret
from avise.connectors.ports import SecretPort
from avise.models.errors import ErrorKind, Origin

SECRETS_S = 3.0
"""A keyring that takes longer waits for somebody to unlock it (`connectors.md` C7)."""


class InstanceSecrets:
    """What the manifest declares as secret, as it was last read.

    Somebody may store another one while the instance is open (`avise secret`, or the tool's own restart
    in a demonstration): `again` finds it, and says whether the instance was opened with another.

    Args:
        instance: whose.
        manifest: declares them.
        port: where they are.
    """

    def __init__(self, instance: str, manifest: Manifest, port: SecretPort) -> None:
        self._instance, self._port = instance, port
        self._declared = {field.name: field.required for field in manifest.config if field.type == "secret"}
        self._values: dict[str, str] = {}
        self._opened_with: dict[str, str] = {}
        self._reading: asyncio.Task[dict[str, str]] | None = None

    async def open(self) -> dict[str, str]:
        """Return the secrets for an opening.

        Raises:
            ConnectorError: CONFIG when they cannot be reached.
        """
        self._values = self._opened_with = await self._read()
        return self._values

    def lacking(self) -> tuple[str, ...]:
        """Return the required ones that nobody had stored at the last reading."""
        return tuple(
            name for name, required in self._declared.items() if required and name not in self._values
        )

    async def get(self, name: str) -> str:
        """Return one, as it was last read.

        Raises:
            ConnectorError: CONFIG when nobody stored it.
        """
        value = self._values.get(name)
        if value is None:
            raise missing_secret(self._instance, name)
        return value

    async def again(self) -> bool:
        """Read them again, once for all who ask meanwhile; say whether the opening had others.

        Those that cannot be reached stay as they were.
        """
        if not self._declared:
            return False
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read(), name=f"secrets {self._instance}")
        try:
            # Whoever gives up leaves the reading to the others.
            found = await asyncio.shield(self._reading)
        except ConnectorError:
            return False
        self._values = {**self._values, **found}
        return self._values != self._opened_with

    async def aclose(self) -> None:
        """End a reading that still goes on."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> dict[str, str]:
        found = {name: await self._ask(name) for name in self._declared}
        return {name: value for name, value in found.items() if value is not None}

    async def _ask(self, name: str) -> str | None:
        try:
            async with asyncio.timeout(SECRETS_S):
                return await self._port.get(self._instance, name)
        except TimeoutError:
            raise ConnectorError(ErrorKind.CONFIG, "secrets locked", origin=Origin.HOST) from None
        except Exception as error:  # noqa: BLE001 - keyrings fail in many ways, none of them the connector's
            detail = f"secrets unreachable, {type(error).__name__}"
            raise ConnectorError(ErrorKind.CONFIG, detail, origin=Origin.HOST) from None
