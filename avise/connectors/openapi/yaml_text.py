"""Reads a description in YAML as JSON would have it: dates stay texts, `no` is no truth value (YAML 1.2)."""

from __future__ import annotations

import re
from typing import Any

import yaml

from avise.models.errors import AviseError

_AS_JSON = ("tag:yaml.org,2002:null", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_TRUTH = "tag:yaml.org,2002:bool"
_TRUE_OR_FALSE = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")


def read_yaml(content: str, file: str) -> object:
    """Return what a YAML text holds, with texts as keys.

    Args:
        content: of the file.
        file: its name, for sentences.

    Raises:
        AviseError: `connector_new.yaml`, with the line, for a text that is no YAML.
    """
    try:
        return _with_text_keys(yaml.load(content, Loader=_loader()), {})  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = str(mark.line + 1) if mark is not None else "1"
        raise AviseError("connector_new.yaml", file=file, line=line) from None
    except (ValueError, RecursionError):
        raise AviseError("connector_new.yaml", file=file, line="1") from None


def _loader() -> Any:  # noqa: ANN401 - the library has no types
    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    known = {
        first: [(tag, pattern) for tag, pattern in found if tag in _AS_JSON]
        for first, found in base.yaml_implicit_resolvers.items()
    }
    for first in "tTfF":
        known[first] = [*known.get(first, ()), (_TRUTH, _TRUE_OR_FALSE)]
    return type("JsonLoader", (base,), {"yaml_implicit_resolvers": known})


def _with_text_keys(value: object, seen: dict[int, object]) -> object:
    """Return a value whose keys are texts, a status being often a number; shared parts stay shared."""
    if not isinstance(value, dict | list):
        return value
    if id(value) in seen:
        return seen[id(value)]
    if isinstance(value, list):
        items: list[object] = []
        seen[id(value)] = items
        items += [_with_text_keys(item, seen) for item in value]
        return items
    table: dict[str, object] = {}
    seen[id(value)] = table
    table |= {_key(key): _with_text_keys(item, seen) for key, item in value.items()}
    return table


def _key(key: object) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)
