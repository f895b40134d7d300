"""Rules on the fields of a connector file: they exist, their converter fits, their codes are ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from avise.connectors.declarative.date_format import UNIX, wrong_format
from avise.connectors.declarative.kinds import kind_of
from avise.connectors.declarative.mapping import Conversion
from avise.connectors.declarative.positions import KeyPath
from avise.connectors.declarative.problems import Finding, closest
from avise.connectors.declarative.targets import (
    CALL_EVENT,
    INTERACTION,
    PARTY,
    SUBJECT,
    Target,
    facet_targets,
)
from avise.connectors.declarative.vocabulary import facet_meant, field_meant
from avise.models.facet_specs import FACETS

_DATED = frozenset({Conversion.DATE, Conversion.DATETIME})
_DECIMAL = frozenset({Conversion.DECIMAL, Conversion.PERCENT})


def check_fields(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what is wrong in the facets and in the tables of fields."""
    python = kind_of(document) == "python"
    for index, facet in enumerate(_tables(document.get("facet"))):
        yield from _facet(("facet", index), facet, mapped=not python)
    for index, timeline in enumerate(_tables(document.get("timeline"))):
        if not python:
            yield from _table(("timeline", index, "fields"), timeline.get("fields"), INTERACTION)
        yield from _subject(("timeline", index, "subject"), timeline.get("subject"))
    if python:
        yield from _options_of_python(document)
    for name, targets in (("directory", PARTY), ("call_events", CALL_EVENT)):
        section = document.get(name)
        if isinstance(section, dict):
            yield from _table((name, "fields"), section.get("fields"), targets)
    yield from _date_format(("csv", "as_of_format"), _get(document.get("csv"), "as_of_format"))


def _options_of_python(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Check the fields that a Python connector maps as a file without code does, where it does."""
    facets = _get(document.get("options"), "facets")
    for name, mapping in facets.items() if isinstance(facets, dict) else ():
        path = ("options", "facets", name)
        if name not in FACETS:
            params = {"name": name, "suggestion": closest(name, FACETS) or facet_meant(name)}
            yield Finding(path, "unknown_facet", params)
            continue
        # The connector has an identifier of its own for a record whose `id` is not mapped.
        targets = {key: replace(target, required=False) for key, target in facet_targets(name).items()}
        yield from _table((*path, "fields"), _get(mapping, "fields"), targets)
        yield from _subject((*path, "subject"), _get(mapping, "subject"))

    directory = _get(document.get("options"), "directory")
    yield from _table(("options", "directory", "fields"), _get(directory, "fields"), PARTY)


def _facet(path: KeyPath, facet: Mapping[str, Any], *, mapped: bool) -> Iterator[Finding]:
    name = facet.get("id")
    meant = ""
    if isinstance(name, str):
        meant = name if name in FACETS else closest(name, FACETS) or facet_meant(name)
        if meant != name:
            yield Finding((*path, "id"), "unknown_facet", {"name": name, "suggestion": meant})
    if mapped:
        # A misspelt facet hides no error of its fields: they are judged by the one that was meant.
        yield from _table_meant((*path, "fields"), facet.get("fields"), meant)
        yield from _subject((*path, "subject"), facet.get("subject"))


def _table_meant(path: KeyPath, fields: object, facet: str) -> Iterator[Finding]:
    """Check the fields of a facet; where nothing tells which, what is wrong in whatever facet."""
    if facet:
        yield from _table(path, fields, facet_targets(facet))
        return
    if not isinstance(fields, dict):
        return
    known = {name for facet in FACETS for name in facet_targets(facet)}
    for name, rule in fields.items():
        if name not in known:
            yield Finding((*path, name), "unknown_field", {"name": name, "suggestion": closest(name, known)})
        elif isinstance(rule, dict) and "as" in rule:
            yield from _options((*path, name), rule, rule["as"])
    if "id" not in fields:
        yield Finding((*path, "id"), "field_required", {"name": "id"}, missing=True)


def _subject(path: KeyPath, subject: object) -> Iterator[Finding]:
    if isinstance(subject, dict):
        rules = {name: rule for name, rule in subject.items() if name in SUBJECT}
        yield from _table(path, rules, SUBJECT)


def _table(path: KeyPath, fields: object, targets: Mapping[str, Target]) -> Iterator[Finding]:
    if not isinstance(fields, dict):
        return
    for name, rule in fields.items():
        target = targets.get(name)
        if target is None:
            # A word that means a field is likelier than one that is spelt nearly so.
            params = {"name": name, "suggestion": field_meant(name, targets) or closest(name, targets)}
            yield Finding((*path, name), "unknown_field", params)
        else:
            yield from _rule((*path, name), {"from": rule} if isinstance(rule, str) else rule, target)
    for name, target in targets.items():
        if target.required and name not in fields:
            yield Finding((*path, name), "field_required", {"name": name}, missing=True)


def _rule(path: KeyPath, rule: object, target: Target) -> Iterator[Finding]:
    if not isinstance(rule, dict):
        return
    given = rule.get("as")
    if given is None and target.default is None and "value" not in rule:
        choices = ", ".join(target.accepts)
        yield Finding(path, "converter_needed", {"name": target.name, "choices": choices})
        return
    if isinstance(given, str) and given in set(Conversion) and given not in target.accepts:
        choices = ", ".join(target.accepts)
        params = {"name": target.name, "given": given, "choices": choices}
        yield Finding((*path, "as"), "converter_unfit", params)
        return
    yield from _options(path, rule, given or target.default)
    if target.values:
        yield from _codes(path, rule, target)


def _options(path: KeyPath, rule: Mapping[str, Any], conversion: object) -> Iterator[Finding]:
    """Tell an option that the converter would silently ignore."""
    if not isinstance(conversion, str):
        return  # told by the format's check
    if conversion in _DATED and rule.get("format") not in UNIX:
        yield from _date_format((*path, "format"), rule.get("format"))
    for option, converters in (("format", _DATED), ("decimal", _DECIMAL)):
        if option in rule and conversion not in converters:
            params = {"option": option, "converter": str(conversion)}
            yield Finding((*path, option), "option_unused", params)


def _date_format(path: KeyPath, written: object) -> Iterator[Finding]:
    """Check the marks of a date."""
    wrong = wrong_format(written) if isinstance(written, str) else None
    if wrong is not None:
        params = {"given": str(written), "mark": wrong.mark, "suggestion": wrong.suggestion}
        yield Finding(path, wrong.message_key, params)


def _codes(path: KeyPath, rule: Mapping[str, Any], target: Target) -> Iterator[Finding]:
    for code, ours in _get_table(rule, "map").items():
        if ours not in target.values:
            yield _unknown_code((*path, "map", code), ours, target)
    for key in ("value", "default"):
        if key in rule and rule[key] not in target.values:
            yield _unknown_code((*path, key), rule[key], target)


def _unknown_code(path: KeyPath, given: object, target: Target) -> Finding:
    params = {
        "name": target.name,
        "given": str(given),
        "choices": ", ".join(target.values),
        "suggestion": closest(str(given), target.values),
    }
    return Finding(path, "unknown_code", params)


def _tables(value: object) -> list[Mapping[str, Any]]:
    """Return the tables of an array, an empty one in the place of what is no table."""
    if not isinstance(value, list):
        return []
    return [item if isinstance(item, dict) else {} for item in value]


def _get(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None


def _get_table(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}
