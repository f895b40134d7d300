"""Finds the connector of each instance, admits or refuses it, and keeps a broken one from the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TypedDict, cast

from avise.connectors.contract import (
    CONTRACT,
    ENTRY_POINT_GROUP,
    Connector,
    FetchesContent,
    ListsInteractions,
    Manifest,
    PerformsActions,
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
from avise.connectors.readings import TIMELINE
from avise.models.errors import AviseError
from avise.models.facet_specs import FACETS
from avise.models.json_types import JSON

IMPORT_FAILED = "source.refused.import"
QUARANTINED = "source.refused.quarantined"

MAX_LOOKED_AT = 1_000_000
"""Bytes of a broken file in which its facets are looked for."""

_NAME = re.compile(r'^\s*name\s*=\s*"([^"\n]+)"', re.MULTILINE)
_ID = re.compile(r'^\s*id\s*=\s*"([a-z_]+)"', re.MULTILINE)
_TIMELINE_SECTION = re.compile(r"^\s*\[+timeline\b", re.MULTILINE)

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
    name: str = field(default="", compare=False)
    """What the connector calls itself, as far as it could be read."""
    feeds: tuple[str, ...] = field(default=(), compare=False)
    """Facets, and "timeline", that it announces: their blocks say that nobody could look."""


class _Announced(TypedDict):
    name: str
    feeds: tuple[str, ...]


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
            return replace(_file_refusal(error), **self._announced(settings))
        except Exception as error:  # noqa: BLE001 - one broken connector never takes another with it
            return Refusal(IMPORT_FAILED, place_of(error))
        if loaded is None:
            return Refusal("source.refused.not_found", settings.connector)
        refused = admission(loaded.manifest, loaded.connector)
        if refused is None:
            return loaded
        return replace(refused, name=loaded.manifest.name, feeds=_feeds(loaded.manifest))

    def _announced(self, settings: InstanceSettings) -> _Announced:
        """Return what a file that cannot be used says of itself, read line by line."""
        path = self._file_of(settings)
        try:
            content = path.read_bytes()[:MAX_LOOKED_AT].decode("utf-8", "replace") if path is not None else ""
        except OSError:
            content = ""
        name = _NAME.search(content)
        facets = tuple(dict.fromkeys(found for found in _ID.findall(content) if found in FACETS))
        timeline = (TIMELINE,) if _TIMELINE_SECTION.search(content) else ()
        return {"name": name[1] if name else "", "feeds": (*facets, *timeline)}

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


def _file_refusal(error: AviseError) -> Refusal:
    """Return why a file is refused: for another contract alone it is not said to be broken."""
    problems = [problem.message_key for problem in getattr(error, "problems", ())]
    if problems == ["connector_check.contract_range"]:
        return Refusal("source.refused.contract", problems[0])
    return Refusal("source.refused.file", f"{error.message_key} {error.params.get('count', '')}".strip())


def _feeds(manifest: Manifest) -> tuple[str, ...]:
    facets = tuple(offer.facet for offer in manifest.facets)
    return (*facets, TIMELINE) if manifest.timeline else facets


def missing_capabilities(manifest: Manifest, connector: Connector) -> list[str]:
    """Return what a manifest declares and the code does not do."""
    declared = (
        ("facets", bool(manifest.facets), ReadsFacets),
        ("timeline", manifest.timeline, ListsInteractions),
        ("directory", manifest.directory, PublishesDirectory),
        ("live", bool(manifest.live_fields), RevealsFields),
        ("call_events", manifest.call_events, StreamsCalls),
        ("actions", bool(manifest.actions), PerformsActions),
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
