"""Finds the connectors of the wheels in a folder and judges them; imports nothing.

A wheel names its connectors in its entry points: group `avise.connectors.v1` for code, whose
`connector.toml` stands beside the module, and `avise.connector_files.v1` for a file without code, where
the value is the package that holds `<name>.toml` (`connectors.md` C2).
"""

from __future__ import annotations

import base64
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.machinery import PathFinder
from importlib.metadata import Distribution, EntryPoint, PackagePath, distributions
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.version import InvalidVersion, Version

from avise.connectors.contract import ENTRY_POINT_GROUP
from avise.connectors.refusals import Refusal, contract_matches
from avise.connectors.wheels.requirements import normalised, requirement_refusal, requirements_of

FILES_GROUP = "avise.connector_files.v1"
MANIFEST_NAME = "connector.toml"

_OTHER_MAJOR = re.compile(r"avise\.connector(s|_files)\.v\d+")
_LARGEST_MANIFEST = 1_000_000


@dataclass(frozen=True, slots=True)
class WheelConnector:
    """A connector of a wheel, as its metadata and its manifest tell it."""

    name: str
    """What an instance of a profile names."""
    wheel: str
    wheel_version: str
    folder: Path
    """Where the wheel is installed."""
    point: EntryPoint
    has_code: bool
    manifest_path: Path | None = None
    header: Mapping[str, Any] | None = None
    """`[connector]` of its manifest, not checked yet."""
    refusal: Refusal | None = None
    content: str = ""
    """Another one as soon as a file of its wheel changes."""

    def told(self, key: str) -> str:
        """Return a text of its header, "" when it has none."""
        value = (self.header or {}).get(key)
        return value if isinstance(value, str) else ""


def scan_wheels(folder: Path | None) -> tuple[WheelConnector, ...]:
    """Return every connector of the wheels in a folder, by name, refused ones with their reason."""
    if folder is None or not folder.is_dir():
        return ()
    # Whole: what was imported from it is compared to it, and a profile may be named from where one stands.
    folder = folder.resolve()
    editions = _editions(wheel for wheel in distributions(path=[str(folder)]) if wheel.metadata["Name"])
    beside = frozenset(editions)
    found = [
        connector
        for newest, *before in editions.values()
        for connector in _connectors(newest, folder, beside, updated=bool(before))
    ]
    return tuple(sorted(_told_apart(found), key=lambda connector: (connector.name, connector.wheel)))


@cache
def shipped_names() -> frozenset[str]:
    """Return the normalised names of what Avise is installed with, itself included."""
    return frozenset(normalised(name) for found in distributions() if (name := found.metadata["Name"]))


def _editions(wheels: Iterable[Distribution]) -> Mapping[str, list[Distribution]]:
    """Return the wheels by normalised name, the newest first.

    `pip install --target` leaves the `.dist-info` of the version before where it is.
    """
    found: dict[str, list[Distribution]] = {}
    for wheel in sorted(wheels, key=_age, reverse=True):
        found.setdefault(normalised(wheel.name), []).append(wheel)
    return found


def _age(wheel: Distribution) -> Version:
    try:
        return Version(wheel.version)
    except InvalidVersion:
        return Version("0.dev0")


def _connectors(
    wheel: Distribution, folder: Path, beside: frozenset[str], *, updated: bool
) -> Iterator[WheelConnector]:
    unfit = _wheel_refusal(wheel, beside)
    if unfit is None and updated and not _is_whole(wheel):
        unfit = Refusal("source.refused.half_updated", f"{wheel.name} {wheel.version}")
    content = _content(wheel)
    for point in wheel.entry_points:
        if not _OTHER_MAJOR.fullmatch(point.group):
            continue
        has_code = not point.group.startswith("avise.connector_files.")
        bare = WheelConnector(point.name, wheel.name, wheel.version, folder, point, has_code, content=content)
        if point.group not in (ENTRY_POINT_GROUP, FILES_GROUP):
            yield replace(bare, refusal=Refusal("source.refused.contract", point.group))
            continue
        judged = _with_manifest(bare, wheel)
        yield replace(judged, refusal=judged.refusal or unfit or _shadow_refusal(judged))


def _is_whole(wheel: Distribution) -> bool:
    """Tell whether a wheel's files are its own: `pip --target` keeps the old ones without `--upgrade`."""
    return all(_is_own(file) for file in wheel.files or () if file.hash is not None)


def _is_own(file: PackagePath) -> bool:
    if file.hash is None or file.hash.mode != "sha256":
        return True
    try:
        found = sha256(Path(str(file.locate())).read_bytes()).digest()
    except OSError:
        return False
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode() == file.hash.value


def _content(wheel: Distribution) -> str:
    """Return what changes with any file of a wheel; what Python compiles by itself is left out."""
    told = sha256(f"{wheel.name} {wheel.version}".encode())
    for file in sorted(wheel.files or ()):
        if "__pycache__" in file.parts:
            continue
        try:
            found = Path(str(file.locate())).stat()
        except OSError:
            continue
        told.update(f"\n{file} {found.st_size} {found.st_mtime_ns}".encode())
    return told.hexdigest()


def _wheel_refusal(wheel: Distribution, beside: frozenset[str]) -> Refusal | None:
    if any(PurePosixPath(file).suffix == ".pth" for file in wheel.files or ()):
        return Refusal("source.refused.pth")
    wrong = requirement_refusal(requirements_of(wheel.requires or ()), shipped_names(), beside)
    return Refusal(*wrong) if wrong is not None else None


def _with_manifest(bare: WheelConnector, wheel: Distribution) -> WheelConnector:
    """Read the manifest; refuse what has none, or one that is not for this version of the contract."""
    path = _manifest_path(bare, wheel)
    if path is None:
        return replace(bare, refusal=Refusal("source.refused.no_manifest"))
    try:
        document = tomllib.loads(path.read_bytes()[:_LARGEST_MANIFEST].decode("utf-8"))
    except (OSError, ValueError):
        return replace(bare, manifest_path=path, refusal=Refusal("source.refused.file", path.name))
    header = document.get("connector")
    if not isinstance(header, dict):
        return replace(bare, manifest_path=path, refusal=Refusal("source.refused.file", path.name))
    read = replace(bare, manifest_path=path, header=header)
    contract = read.told("contract")
    if not contract_matches(contract):
        return replace(read, refusal=Refusal("source.refused.contract", contract))
    if read.told("id") != bare.name:
        return replace(read, refusal=Refusal("source.refused.name", read.told("id")))
    return read


def _manifest_path(bare: WheelConnector, wheel: Distribution) -> Path | None:
    """Return where a connector's manifest is, by the wheel's own list of files."""
    module = PurePosixPath(*bare.point.module.split("."))
    if bare.has_code:
        places = [module / MANIFEST_NAME, module.parent / MANIFEST_NAME]
    else:
        places = [module / f"{bare.name}.toml"]
    listed = {PurePosixPath(file): file for file in wheel.files or ()}
    for place in places:
        if place in listed:
            return Path(str(wheel.locate_file(listed[place])))
    return None


def _shadow_refusal(found: WheelConnector) -> Refusal | None:
    """Refuse a package that bears the name of one of Avise's: importing it would give the other."""
    top = found.point.module.partition(".")[0]
    known = PathFinder.find_spec(top)
    inside = known is None or found.folder in Path(known.origin or "").parents
    return None if inside or not found.has_code else Refusal("source.refused.shadow", top)


def _told_apart(found: list[WheelConnector]) -> Iterator[WheelConnector]:
    """Refuse connectors of one name: nothing says which one a profile means."""
    for connector in found:
        others = [one.wheel for one in found if one.name == connector.name and one is not connector]
        twice = Refusal("source.refused.twice", ", ".join(sorted([connector.wheel, *others])))
        yield replace(connector, refusal=twice) if others else connector
