"""What the host needs from the rest of Avise; the engine plugs the store and the keyring in.

Both ports are called on the connectors' loop, which is not the store's: an implementation that
works on threads or on another loop crosses by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from avise.models.errors import Failure
from avise.models.json_types import JSON
from avise.models.snapshot import Snapshot, SnapshotKey


class SnapshotPort(Protocol):
    """Keeps the last complete reading of each facet of each customer (`connectors.md` C9)."""

    async def get(self, key: SnapshotKey) -> Snapshot | None:
        """Return the snapshot, None when nothing was ever read or it was purged."""

    async def put(self, key: SnapshotKey, snapshot: Snapshot) -> None:
        """Replace the snapshot as a whole; called for complete and truncated readings only."""

    async def note_error(self, key: SnapshotKey, failure: Failure, at: datetime) -> None:
        """Write the last error beside the snapshot and leave its records alone."""


class SecretPort(Protocol):
    """Gives secrets by name; they never appear in settings, logs or diagnostics."""

    async def get(self, instance: str, name: str) -> str | None:
        """Return a secret, None when nobody stored it."""


class TokenPort(Protocol):
    """Keeps the refresh token of a person at a tool, sealed."""

    async def get(self, instance: str, name: str) -> str | None:
        """Return a token, None when none was kept."""

    async def put(self, instance: str, name: str, secret: str) -> None:
        """Keep a token in place of the one before, in one step: a kill leaves one of both."""


class MemoryTokens:
    """A port that keeps tokens until the program ends."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], str] = {}

    async def get(self, instance: str, name: str) -> str | None:
        """Return a token."""
        return self._kept.get((instance, name))

    async def put(self, instance: str, name: str, secret: str) -> None:
        """Keep a token."""
        self._kept[instance, name] = secret


class NoSnapshots:
    """A port that keeps nothing: every reading asks the tool."""

    async def get(self, key: SnapshotKey) -> Snapshot | None:
        """Return None."""
        del key
        return None

    async def put(self, key: SnapshotKey, snapshot: Snapshot) -> None:
        """Forget the snapshot."""

    async def note_error(self, key: SnapshotKey, failure: Failure, at: datetime) -> None:
        """Forget the error."""


@dataclass(frozen=True, slots=True)
class InstanceSettings:
    """One tool as a profile configures it (`[instances.<id>]` of its settings)."""

    id: str
    connector: str
    """Stem of a file of the profile's `connectors` folder, or name of an entry point."""
    config: Mapping[str, JSON] = field(default_factory=dict)
    """Values of the manifest's `[config]`; never a secret."""
    name: str = ""
    """What staff call the tool, when not the connector's own name."""
    enabled: bool = True
    proxy: str = ""
    """Instead of the house's: an address, or "none"; "" says nothing."""
    connector_file: Path | None = None
    """The connector file, when it is not `connectors/<connector>.toml`."""
