"""The values of an instance beside what its connector declares: filled, or told as what to write where."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from urllib.parse import urlsplit

from rapidfuzz.distance import DamerauLevenshtein

from avise.connectors.contract import ConfigField, ConnectorError, Manifest
from avise.connectors.ports import InstanceSettings
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON
from avise.texts import text

MOST_LETTERS = 2
"""Letters, of a key of some length, in which it may be mistaken for another."""


def missing_secret(instance: str, name: str) -> ConnectorError:
    """Return the error of a secret that nobody stored, with the command that stores it."""
    return _told(text("instance_config.secret", instance=instance, name=name))


def filled_config(
    settings: InstanceSettings, manifest: Manifest, lacking: Collection[str] = ()
) -> Mapping[str, JSON]:
    """Return the value of each declared key, its default where the profile has none.

    Args:
        settings: the profile's.
        manifest: declares the keys.
        lacking: required secrets that nobody stored.

    Raises:
        ConnectorError: CONFIG, with everything that is missing, unknown or of another type.
    """
    faults = [*_faults(settings, manifest)]
    faults += [text("instance_config.secret", instance=settings.id, name=name) for name in lacking]
    if faults:
        raise _told(" ; ".join(faults))
    values = ((one.name, settings.config.get(one.name, one.default)) for one in _written(manifest))
    return dict(values)


def _written(manifest: Manifest) -> list[ConfigField]:
    return [one for one in manifest.config if one.type != "secret"]


def _faults(settings: InstanceSettings, manifest: Manifest) -> Iterator[str]:
    declared = {one.name: one for one in _written(manifest)}
    secrets = {one.name for one in manifest.config if one.type == "secret"}
    missing = [
        name
        for name, one in declared.items()
        if one.required and settings.config.get(name, one.default) in (None, "")
    ]
    for key, value in settings.config.items():
        if key in secrets:
            yield text("instance_config.secret_in_clear", instance=settings.id, name=key)
        elif key not in declared:
            yield _unknown(key, declared)
        elif value not in (None, "") and not _fits(declared[key], value):
            yield _misfit(declared[key])
    if missing:
        yield text("instance_config.missing", instance=settings.id, names=", ".join(missing))


def _unknown(key: str, declared: Collection[str]) -> str:
    nearest = min(declared, key=lambda name: DamerauLevenshtein.distance(key, name), default="")
    if nearest and DamerauLevenshtein.distance(key, nearest) <= min(MOST_LETTERS, len(key) // 2):
        return text("instance_config.misspelt", name=key, nearest=nearest)
    if declared:
        return text("instance_config.unknown", name=key, names=", ".join(declared))
    return text("instance_config.none", name=key)


def _fits(declared: ConfigField, value: JSON) -> bool:
    match declared.type:
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "bool":
            return isinstance(value, bool)
        case "choice":
            return value in declared.choices
        case "url":
            return isinstance(value, str) and _is_address(value)
        case "text":
            return isinstance(value, str | int) and not isinstance(value, bool)
        case _:
            return isinstance(value, str)


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme and parts.hostname)


def _misfit(declared: ConfigField) -> str:
    key = declared.type if declared.type in ("int", "bool", "choice", "url") else "text"
    return text(f"instance_config.type.{key}", name=declared.name, choices=", ".join(declared.choices))


def _told(sentence: str) -> ConnectorError:
    return ConnectorError(ErrorKind.CONFIG, sentence, origin=Origin.HOST)
