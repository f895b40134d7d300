"""Counts and fingerprint of a world: two runs, or two systems, must give the same."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from avise.demo.population.companies import companies
from avise.demo.population.entities import Dossier
from avise.demo.population.generate import iter_dossiers
from avise.demo.population.spec import WorldSpec
from avise.models.json_types import JSON

_LISTS = (
    "beneficiaries", "duplicates", "contact_points", "contracts", "guarantees", "cards", "benefit_lines",
    "authorizations", "contributions", "accounts", "noemie", "documents", "appointments", "complaints",
    "exchanges", "consents",
)  # fmt: skip
"""Parts of a dossier that get a file of their own; the rest stays in `dossiers.jsonl`."""


def plain(value: object) -> JSON:
    """Return a value of the world as JSON: decimals as text, dates in ISO 8601, sets sorted."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise TypeError(type(value).__name__)


def json_line(value: object, **more: str) -> str:
    """Return one line of JSON, its keys in a fixed order."""
    content = plain(value)
    return json.dumps({**more, **content} if isinstance(content, Mapping) else content, ensure_ascii=False)


def lines_of(dossier: Dossier) -> Iterator[tuple[str, str]]:
    """Yield (entity, JSON line) for everything that the dossier holds."""
    number = dossier.ids.member_number
    kept = (
        name
        for name in (field.name for field in dataclasses.fields(Dossier))
        if name not in _LISTS and name != "company"
    )
    yield "dossiers", json.dumps({name: plain(getattr(dossier, name)) for name in kept}, ensure_ascii=False)
    for name in _LISTS:
        for item in getattr(dossier, name):
            yield name, json_line(item, member_number=number)


class Fingerprint:
    """Counts and one SHA-256 for each entity, fed line by line."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._digests = {name: hashlib.sha256() for name in ("companies", "dossiers", *_LISTS)}

    def add(self, entity: str, line: str) -> None:
        """Count a line and add it to its entity's fingerprint."""
        self._counts[entity] += 1
        self._digests[entity].update(line.encode())
        self._digests[entity].update(b"\n")

    def manifest(self, spec: WorldSpec) -> dict[str, JSON]:
        """Return the spec, the counts and the SHA-256 of each entity's file."""
        files: dict[str, JSON] = {
            name: {"lines": self._counts[name], "sha256": digest.hexdigest()}
            for name, digest in self._digests.items()
        }
        return {"is_synthetic": True, "spec": plain(spec), "files": files}


def manifest_of(spec: WorldSpec) -> dict[str, JSON]:
    """Return the manifest of a world, without writing anything."""
    fingerprint = Fingerprint()
    for firm in companies(spec):
        fingerprint.add("companies", json_line(firm))
    for dossier in iter_dossiers(spec):
        for entity, line in lines_of(dossier):
            fingerprint.add(entity, line)
    return fingerprint.manifest(spec)


def write_world(spec: WorldSpec, folder: Path) -> dict[str, JSON]:
    """Write one JSONL file an entity and `manifest.json` in the folder, and return the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    fingerprint = Fingerprint()
    names = ("companies", "dossiers", *_LISTS)
    files = {name: (folder / f"{name}.jsonl").open("w", encoding="utf-8", newline="\n") for name in names}
    try:
        for firm in companies(spec):
            line = json_line(firm)
            fingerprint.add("companies", line)
            files["companies"].write(f"{line}\n")
        for dossier in iter_dossiers(spec):
            for entity, line in lines_of(dossier):
                fingerprint.add(entity, line)
                files[entity].write(f"{line}\n")
    finally:
        for file in files.values():
            file.close()
    manifest = fingerprint.manifest(spec)
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return manifest
