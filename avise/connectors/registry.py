"""Finds the connector of each instance, admits or refuses it, and keeps a broken one from the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import cast

from avise.connectors.contract import (
    CONTRACT,
    ENTRY_POINT_GROUP,
    Connector,
    FetchesContent,
    ListsInteractions,
    Manifest,
    PublishesDirectory,
    ReadsFacets,
    RevealsFields,
    StreamsCalls,
    UsesHttp,
    UsesSql,
)
from avise.connectors.deadline import place_of
from avise.connectors.endpoints import HttpEndpoint, SqlEndpoint
from avise.connectors.instance import Loaded
from avise.connectors.ports import InstanceSettings
from avise.models.errors import AviseError
from avise.models.facets import FACETS
from avise.models.json_types import JSON

IMPORT_FAILED = "source.refused.import"
QUARANTINED = "source.refused.quarantined"

_BOUND = re.compile(r"(>=|<=|==|>|<)\s*(\d+)(?:\.(\d+))?")
_HOLDS: Mapping[str, Callable[[tuple[int, int], tuple[int, int]], bool]] = {
    ">=": lambda ours, bound: ours >= bound,
    "<=": lambda ours, bound: ours <= bound,
    "==": lambda ours, bound: ours == bound,
    ">": lambda ours, bound: ours > bound,
    "<": lambda ours, bound: ours < bound,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a connector was not loaded. Sentence: catalogue key `because`."""

    because: str
    """"source.refused.<reason>"."""
    detail: str = ""
    """For support; no personal data."""


@dataclass(frozen=True, slots=True)
class PythonConnector:
    """A connector found by its entry point."""

    manifest: Manifest
    connector: Connector

    def http_endpoint(self, config: Mapping[str, JSON]) -> HttpEndpoint | None:
        """Return its HTTP tool, None when it has none."""
        return self.connector.http_endpoint(config) if isinstance(self.connector, UsesHttp) else None

    def sql_endpoint(self, config: Mapping[str, JSON]) -> SqlEndpoint | None:
        """Return its database, None when it has none."""
        return self.connector.sql_endpoint(config) if isinstance(self.connector, UsesSql) else None


class Registry:
    """Loads the connectors of a profile.

    Args:
        folder: the profile's connector files; None when it has none.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def find(self, settings: InstanceSettings) -> Loaded | Refusal:
        """Return an instance's own connector, or why it has none; reads files and imports code.

        Whatever a connector does wrong while it is read and imported ends here.
        """
        try:
            loaded = self._load(settings)
        except AviseError as error:
            count = error.params.get("count", "")
            return Refusal("source.refused.file", f"{error.message_key} {count}".strip())
        except Exception as error:  # noqa: BLE001 - one broken connector never takes another with it
            return Refusal(IMPORT_FAILED, place_of(error))
        if loaded is None:
            return Refusal("source.refused.not_found", settings.connector)
        return admission(loaded.manifest, loaded.connector) or loaded

    def _load(self, settings: InstanceSettings) -> Loaded | None:
        path = self._file_of(settings)
        if path is not None:
            # Imported here: the reader of files needs pydantic, which a headless start may spare.
            from avise.connectors.declarative.load import load_connector_file  # noqa: PLC0415

            return load_connector_file(path)
        for point in entry_points(group=ENTRY_POINT_GROUP, name=settings.connector):
            return _from_entry_point(point)
        return None

    def _file_of(self, settings: InstanceSettings) -> Path | None:
        if settings.connector_file is not None:
            return settings.connector_file
        if self._folder is None or Path(settings.connector).name != settings.connector:
            return None
        path = self._folder / f"{settings.connector}.toml"
        return path if path.is_file() else None


def _from_entry_point(point: EntryPoint) -> Loaded:
    factory = cast("Callable[[], Connector]", point.load())
    connector = factory()
    return PythonConnector(connector.manifest, connector)


def admission(manifest: Manifest, connector: Connector) -> Refusal | None:
    """Return why a connector may not be used, None when it may (`connectors.md` C2, C6)."""
    if not contract_matches(manifest.contract):
        return Refusal("source.refused.contract", manifest.contract)
    unknown = [offer.facet for offer in manifest.facets if offer.facet not in FACETS]
    if unknown:
        return Refusal("source.refused.facet", ", ".join(unknown))
    missing = missing_capabilities(manifest, connector)
    if missing:
        return Refusal("source.refused.capability", ", ".join(missing))
    return None


def missing_capabilities(manifest: Manifest, connector: Connector) -> list[str]:
    """Return what a manifest declares and the code does not do."""
    declared = (
        ("facets", bool(manifest.facets), ReadsFacets),
        ("timeline", manifest.timeline, ListsInteractions),
        ("directory", manifest.directory, PublishesDirectory),
        ("live", bool(manifest.live_fields), RevealsFields),
        ("call_events", manifest.call_events, StreamsCalls),
    )
    return [name for name, wanted, protocol in declared if wanted and not isinstance(connector, protocol)]


def fetches_content(connector: Connector) -> bool:
    """Tell whether a connector opens contents."""
    return isinstance(connector, FetchesContent)


def contract_matches(wanted: str, ours: tuple[int, int] = CONTRACT) -> bool:
    """Tell whether a range such as ">=1.0,<2" holds our contract; an unreadable range does not."""
    bounds = [bound.strip() for bound in wanted.split(",")]
    matches = [_BOUND.fullmatch(bound) for bound in bounds]
    return all(
        match is not None and _HOLDS[match[1]](ours, (int(match[2]), int(match[3] or 0))) for match in matches
    )
