"""What is wrong in a connector file, where, and in which words: pydantic's errors made readable."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from avise.connectors.declarative.positions import KeyPath
from avise.texts.catalogue import text

CLOSE_ENOUGH = 65.0
"""Below this likeness (0 to 100) a suggestion would only mislead."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One error at a key; `load` gives it a line.

    Args:
        path: the key, or the table where it lacks.
        message_key: "connector_check.<message_key>" in the catalogue.
        params: values for the sentence.
        missing: the last part of `path` is not written in the file.
    """

    path: KeyPath
    message_key: str
    params: Mapping[str, str] = field(default_factory=dict)
    missing: bool = False


@dataclass(frozen=True, slots=True)
class ProblemAt:
    """One error with its place in the file; lines and columns count from 1."""

    line: int
    column: int
    key_path: str
    """"facet[0].fields.paid_on", "" for the file itself."""
    message_key: str
    """Full catalogue key."""
    params: Mapping[str, str] = field(default_factory=dict)

    def sentence(self) -> str:
        """Return the error in the language in use, with a suggestion when there is one."""
        told = text(self.message_key, **self.params)
        suggestion = self.params.get("suggestion")
        if not suggestion:
            return told
        return f"{told} {text('connector_check.suggestion', suggestion=suggestion)}"


def dotted(path: KeyPath) -> str:
    """Write a path for people: "facet[0].fields.id"."""
    written = ""
    for part in path:
        written += f"[{part}]" if isinstance(part, int) else f".{part}" if written else part
    return written


def closest(word: str, choices: Collection[str]) -> str:
    """Return the choice that the author may have meant, "" when none is near."""
    found = process.extractOne(word, list(choices), scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH)
    return str(found[0]) if found else ""


_CALLED = {
    **dict.fromkeys(("http", "https", "api", "json", "webservice"), "rest"),
    **dict.fromkeys(("postgresql", "postgres", "sqlite", "mariadb", "mysql", "database", "db"), "sql"),
    **dict.fromkeys(("csv", "file", "fichier", "fichiers", "sftp"), "files"),
}
"""What people call the kinds of connectors."""


def meant_of(word: str, choices: Collection[str]) -> str:
    """Return the choice that a word is spelt like, or means; "" when there is none."""
    called = _CALLED.get(word.lower(), "")
    return closest(word, choices) or (called if called in choices else "")


def findings_of(error: ValidationError, model: type[BaseModel]) -> Iterator[Finding]:
    """Translate pydantic's errors, keys as they are written in the file."""
    for detail in error.errors(include_url=False, include_input=True):
        yield _finding(model, detail)


_SWITCHES_OFF = frozenset(
    {
        "allow_insecure",
        "check_certificate",
        "check_hostname",
        "insecure",
        "insecure_skip_verify",
        "skip_verify",
        "ssl_verify",
        "tls_verify",
        "verify",
        "verify_certificate",
        "verify_ssl",
        "verify_tls",
    }
)
"""What other programs call the way to trust any server; there is none here, and the author is told so."""

_TYPES = {
    "string_type": "expected_text",
    "string_sub_type": "expected_text",
    "int_type": "expected_integer",
    "int_parsing": "expected_integer",
    "int_from_float": "expected_integer",
    "bool_type": "expected_bool",
    "bool_parsing": "expected_bool",
    "list_type": "expected_list",
    "dict_type": "expected_table",
    "model_type": "expected_table",
    "model_attributes_type": "expected_table",
    "string_too_short": "empty_value",
    "too_short": "empty_value",
    "string_pattern_mismatch": "version_form",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
    "string_too_long": "one_character",
}


def _finding(model: type[BaseModel], detail: ErrorDetails) -> Finding:
    path, owner = _located(model, detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return _missing(path)
    if kind == "extra_forbidden":
        return _unknown(path, owner)
    if kind in {"union_tag_not_found", "union_tag_invalid"}:
        path = (*path, str(context["discriminator"]).strip("'"))
        invalid = kind == "union_tag_invalid"
        return _not_one_of(path, context["tag"], context["expected_tags"]) if invalid else _missing(path)
    if kind in {"literal_error", "enum"}:
        return _not_one_of(path, detail["input"], context["expected"])
    if isinstance(detail["input"], dict):
        return _table_misplaced(path, kind)
    return _plain(path, kind, context)


def _unknown(path: KeyPath, owner: type[BaseModel] | None) -> Finding:
    key = str(path[-1])
    if key.lower().replace("-", "_") in _SWITCHES_OFF:
        return Finding(path, "verify_never", {"key": key})
    return Finding(path, "unknown_key", {"key": key, "suggestion": _key_meant(path, key, owner)})


def _missing(path: KeyPath) -> Finding:
    return Finding(path, "missing_key", {"key": str(path[-1])}, missing=True)


def _table_misplaced(path: KeyPath, kind: str) -> Finding:
    """Tell the two tables that people write most: a single bracket, a dot that cuts an identifier."""
    key = str(path[-1]) if path else ""
    if kind == "list_type" and len(path) == 1:
        return Finding(path, "double_brackets", {"key": key})
    if kind == "string_type" and "ids" in path:
        return Finding(path, "scheme_quoted", {"key": key})
    return _plain(path, kind, {})


def _plain(path: KeyPath, kind: str, context: Mapping[str, object]) -> Finding:
    if kind in _TYPES:
        limit = str(context.get("ge", context.get("le", "")))
        key = next((part for part in reversed(path) if isinstance(part, str)), "")
        return Finding(path, _TYPES[kind], {"key": key, "limit": limit})
    params = {name: str(context[name]) for name in ("value", "suggestion") if name in context}
    sentence = kind if "." in kind else f"connector_check.{kind}"
    known = text(sentence) != sentence
    return Finding(path, kind if known else "invalid_value", params)


def _not_one_of(path: KeyPath, given: object, expected: object) -> Finding:
    choices = re.findall(r"'([^']*)'", str(expected)) or [str(expected)]
    if isinstance(given, str) and str(expected) == given:
        return Finding(path, "expected_integer", {"key": str(path[-1])})  # avise = "1"
    params = {"given": str(given), "choices": ", ".join(choices), "suggestion": meant_of(str(given), choices)}
    return Finding(path, "not_one_of", params)


_OF_A_FACET = frozenset({"fields", "subject", "query", "params", "paging"})
"""Tables that are written without saying that they are a facet's."""


def _key_meant(path: KeyPath, key: str, owner: type[BaseModel] | None) -> str:
    if len(path) == 1 and key in _OF_A_FACET:
        return f"facet.{key}"
    return closest(key, _keys_of(owner))


def _keys_of(model: type[BaseModel] | None) -> list[str]:
    if model is None:
        return []
    return [info.alias or name for name, info in model.model_fields.items()]


# ---- from pydantic's location to the file's keys --------------------------------------------------


def _located(
    model: type[BaseModel], location: tuple[str | int, ...]
) -> tuple[KeyPath, type[BaseModel] | None]:
    """Return the keys of a location, without the tags of unions, and the model that owns the last."""
    path: list[str | int] = []
    current: object = model
    owner: type[BaseModel] | None = None
    for part in location:
        if part == "[key]":  # pydantic's mark for "the key itself is wrong"
            continue
        members = _members(current)
        tagged = {_tag(member): member for member in members if _tag(member)}
        if len(members) > 1 and part in tagged:
            current = tagged[str(part)]
            continue
        path.append(part)
        holder = members[0] if members else None
        owner = holder if isinstance(holder, type) and issubclass(holder, BaseModel) else None
        current = _step(holder, part)
    return tuple(path), owner


def _members(annotation: object) -> list[object]:
    """Return the members of a union, `None` excepted; of anything else, itself."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _members(get_args(annotation)[0])
    if origin in {Union, types.UnionType}:
        found: list[object] = []
        for member in get_args(annotation):
            if member is not type(None):
                found += _members(member)
        return found
    return [] if annotation is None else [annotation]


def _tag(member: object) -> str:
    if not (isinstance(member, type) and issubclass(member, BaseModel)) or "type" not in member.model_fields:
        return ""
    arguments = get_args(member.model_fields["type"].annotation)
    return str(arguments[0]) if len(arguments) == 1 else ""


def _step(holder: object, part: str | int) -> object:
    if isinstance(holder, type) and issubclass(holder, BaseModel):
        for name, info in holder.model_fields.items():
            if part in {name, info.alias}:
                return info.annotation
        return None
    arguments = typing.get_args(holder)
    return arguments[-1] if arguments else None
