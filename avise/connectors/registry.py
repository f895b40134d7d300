"""Finds the connector of each instance, admits or refuses it, and keeps a broken one from the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, TypedDict, cast

from avise import __version__
from avise.connectors.contract import (
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
from avise.connectors.kit.levels import level_of_code
from avise.connectors.ports import InstanceSettings
from avise.connectors.readings import TIMELINE
from avise.connectors.refusals import IMPORT_FAILED, QUARANTINED, Refusal, contract_matches
from avise.connectors.starts import ABSENT
from avise.connectors.wheels import WheelConnector, WheelShelf
from avise.models.conformance import ConformanceLevel
from avise.models.errors import AviseError
from avise.models.facet_specs import FACETS
from avise.models.json_types import JSON

__all__ = [
    "IMPORT_FAILED",
    "QUARANTINED",
    "PythonConnector",
    "Refusal",
    "Registry",
    "admission",
    "contract_matches",
    "fetches_content",
    "missing_capabilities",
]

MAX_LOOKED_AT = 1_000_000
"""Bytes of a broken file in which its facets are looked for."""

_NAME = re.compile(r'^\s*name\s*=\s*"([^"\n]+)"', re.MULTILINE)
_ID = re.compile(r'^\s*id\s*=\s*"([a-z_]+)"', re.MULTILINE)
_USE = re.compile(r'^\s*use\s*=\s*"([^"\n]+)"', re.MULTILINE)
_TIMELINE_SECTION = re.compile(r"^\s*\[+timeline\b", re.MULTILINE)


class _Announced(TypedDict):
    name: str
    feeds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PythonConnector:
    """A connector found by its entry point."""

    manifest: Manifest
    connector: Connector
    conformance: ConformanceLevel | None = None
    """What the kit found of this very code; None when it was not tested since it changed."""

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
        wheels: the folder where wheels are installed; None when there is none.
    """

    def __init__(self, folder: Path | None = None, wheels: Path | None = None) -> None:
        self._folder = folder
        self.wheels = WheelShelf(wheels)

    def find(self, settings: InstanceSettings) -> Loaded | Refusal:
        """Return an instance's own connector, or why it has none; reads files and imports code.

        Whatever a connector does wrong while it is read and imported ends here.
        """
        try:
            loaded = self._load(settings)
        except AviseError as error:
            return self.announced(settings, _file_refusal(error))
        except Exception as error:  # noqa: BLE001 - one broken connector never takes another with it
            return self.announced(settings, Refusal(IMPORT_FAILED, place_of(error)))
        if loaded is None:
            return Refusal("source.refused.not_found", settings.connector)
        if isinstance(loaded, Refusal):
            return loaded
        refused = admission(loaded.manifest, loaded.connector)
        if refused is None:
            return loaded
        return replace(refused, name=loaded.manifest.name, feeds=_feeds(loaded.manifest))

    def look_again(self) -> None:
        """Scan the wheels at the next question: one may have been added or mended meanwhile."""
        self.wheels.look_again()

    def announced(self, settings: InstanceSettings, refusal: Refusal) -> Refusal:
        """Return a refusal with what the connector says of itself; reads files, imports nothing."""
        path = self.file_of(settings)
        if path is not None:
            return replace(refusal, **_announced(path))
        wheel = self.wheels.connectors.get(settings.connector)
        return _told_by(wheel, refusal) if wheel is not None else refusal

    def content_of(self, settings: InstanceSettings) -> str:
        """Return what changes once an instance's connector does, ABSENT without one; imports nothing."""
        path = self.file_of(settings)
        if path is not None:
            return self._content_of_file(path)
        if (wheel := self.wheels.connectors.get(settings.connector)) is not None:
            return wheel.content
        shipped = bool(entry_points(group=ENTRY_POINT_GROUP, name=settings.connector))
        return f"avise {__version__}" if shipped else ABSENT

    def _content_of_file(self, path: Path) -> str:
        try:
            content = path.read_bytes()
        except OSError:
            return ""
        code = _USE.search(content[:MAX_LOOKED_AT].decode("utf-8", "replace"))
        wheel = self.wheels.connectors.get(code[1]) if code else None
        made_of = wheel.content if wheel is not None else f"avise {__version__}"
        return sha256(content + made_of.encode()).hexdigest()

    def _load(self, settings: InstanceSettings) -> Loaded | Refusal | None:
        path = self.file_of(settings)
        if path is not None:
            return self._from_file(path)
        if (wheel := self.wheels.connectors.get(settings.connector)) is not None:
            return self._from_wheel(wheel)
        for point in entry_points(group=ENTRY_POINT_GROUP, name=settings.connector):
            return _from_entry_point(point)
        return None

    def _from_wheel(self, wheel: WheelConnector) -> Loaded | Refusal:
        if wheel.refusal is not None or wheel.manifest_path is None:
            return _told_by(wheel, wheel.refusal or Refusal("source.refused.no_manifest"))
        return self._from_file(wheel.manifest_path)

    def _from_file(self, path: Path) -> Loaded:
        # Imported here: the reader of files needs pydantic, which a headless start may spare.
        from avise.connectors.declarative.load import load_connector_file  # noqa: PLC0415

        return load_connector_file(path, self.wheels.points())

    def file_of(self, settings: InstanceSettings) -> Path | None:
        """Return the profile's own file of an instance's connector, None when it is code or in a wheel."""
        if settings.connector_file is not None:
            return settings.connector_file
        if self._folder is None or Path(settings.connector).name != settings.connector:
            return None
        path = self._folder / f"{settings.connector}.toml"
        return path if path.is_file() else None


def _announced(path: Path) -> _Announced:
    """Return what a file that cannot be used says of itself, read line by line."""
    try:
        content = path.read_bytes()[:MAX_LOOKED_AT].decode("utf-8", "replace")
    except OSError:
        content = ""
    name = _NAME.search(content)
    facets = tuple(dict.fromkeys(found for found in _ID.findall(content) if found in FACETS))
    timeline = (TIMELINE,) if _TIMELINE_SECTION.search(content) else ()
    return {"name": name[1] if name else "", "feeds": (*facets, *timeline)}


def _told_by(wheel: WheelConnector, refusal: Refusal) -> Refusal:
    """Return a refusal with what a wheel's manifest says."""
    if wheel.manifest_path is None:
        return replace(refusal, name=f"{wheel.wheel} {wheel.wheel_version}")
    return replace(refusal, **_announced(wheel.manifest_path))


def _from_entry_point(point: EntryPoint) -> Loaded:
    factory = cast("Callable[[], Connector]", point.load())
    connector = factory()
    level = level_of_code(point.name, point.module)
    return PythonConnector(connector.manifest, connector, level)


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
    """Return why a file is refused: for another contract alone it is not said to be broken.

    Its detail names the first error with its line: what its author needs, and nobody's data.
    """
    problems: tuple[Any, ...] = getattr(error, "problems", ())
    if [problem.message_key for problem in problems] == ["connector_check.contract_range"]:
        return Refusal("source.refused.contract", problems[0].message_key)
    if not problems:
        return Refusal("source.refused.file", error.message_key)
    first, name = problems[0], error.params.get("name", "")
    return Refusal("source.refused.file", f"{name}:{first.line}: {first.sentence()}")


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
