"""Rules of the `[[action]]` of a connector file that need more than one key.

They work on the raw document, as those of `checks` do, so that every error is told at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any

from pydantic_core import PydanticCustomError

from avise.connectors.action_contract import ConfirmRule, Idempotency, InputType, OfflineRule
from avise.connectors.declarative.action_schema import texts_of
from avise.connectors.declarative.action_values import COMMAND_NAMES
from avise.connectors.declarative.checks import Document, check_template, found
from avise.connectors.declarative.kinds import kind_of
from avise.connectors.declarative.placeholders import PlaceholderError, parse_template
from avise.connectors.declarative.positions import KeyPath
from avise.connectors.declarative.problems import Finding, closest
from avise.connectors.declarative.values import duration
from avise.models.facet_specs import FACETS

TIMELINE = "timeline"
LONGEST_DEADLINE = timedelta(seconds=60)
"""The host's cap on sending and on verifying (`connectors.md` C8)."""

_CUSTOMER = "customer"
_MAY_BE_IN_AN_ADDRESS = frozenset(
    {InputType.CHOICE, InputType.INT, InputType.BOOL, InputType.DATE, InputType.DATETIME, InputType.RECORD}
)
"""What an agent types would end in the logs of proxies."""
_ADDRESSES = (
    ("request", "path"),
    ("request", "query", "*"),
    ("request", "headers", "*"),
    ("plan", "path"),
    ("plan", "query", "*"),
    ("verify", "path"),
    ("verify", "query", "*"),
    ("document", "path"),
)
_BODIES = (
    ("request", "json"),
    ("plan", "summary"),
    ("plan", "changes", "*"),
    ("plan", "changes", "*", "to"),
    ("verify", "exists"),
)


def check_actions(document: Document) -> Iterator[Finding]:
    """Yield what is wrong in the actions of a file."""
    python = kind_of(document) == "python"
    facets = {value for _, value in found(document, ("facet", "*", "id")) if isinstance(value, str)}
    for path, action in found(document, ("action", "*")):
        if not isinstance(action, dict):
            continue
        yield from _names(path, action, facets)
        yield from _times(path, action)
        yield from _coherence(path, action, coded=python)
        if not python:
            yield from _sending(path, action)
            yield from _changes(path, action)
            yield from _placeholders(document, path, action)
    if python:
        yield from _options(document)


# ---- names -----------------------------------------------------------------------------------------


def _names(path: KeyPath, action: Mapping[str, Any], facets: Collection[str]) -> Iterator[Finding]:
    known = [*FACETS, TIMELINE]
    for place, facet in found(action, ("touches", "*"), path):
        if isinstance(facet, str) and facet not in known:
            yield Finding(place, "unknown_facet", {"name": facet, "suggestion": closest(facet, known)})
    for place, facet in found(action, ("input", "*", "facet"), path):
        if isinstance(facet, str) and facet not in FACETS:
            yield Finding(place, "unknown_facet", {"name": facet, "suggestion": closest(facet, FACETS)})
    for section in ("plan", "verify"):
        for place, facet in found(action, (section, "facet"), path):
            if isinstance(facet, str) and facet not in facets:
                params = {"name": facet, "suggestion": closest(facet, facets)}
                yield Finding(place, "action_facet_undeclared", params)


def _changes(path: KeyPath, action: Mapping[str, Any]) -> Iterator[Finding]:
    """Tell a change of a field that no screen has a name for."""
    plan = action.get("plan")
    changes = _get(plan, "changes")
    facet = _get(plan, "facet")
    for key, change in changes.items() if isinstance(changes, dict) else ():
        owner, dot, field = (facet, ".", key) if isinstance(facet, str) else key.partition(".")
        spec = FACETS.get(owner)
        fields = [known.name for known in spec.fields] if spec else []
        if not dot or field not in fields:
            choices = fields if spec else FACETS
            params = {"name": key, "suggestion": closest(field if spec else owner, choices)}
            yield Finding((*path, "plan", "changes", key), "unknown_field", params)
        elif not isinstance(facet, str) and not _get(change, "from"):
            yield Finding((*path, "plan", "changes", key), "action_change_from", {"name": key})


def _times(path: KeyPath, action: Mapping[str, Any]) -> Iterator[Finding]:
    try:
        length = duration(action.get("deadline", timedelta(0)))
    except PydanticCustomError:
        return  # told by the format's check
    if length > LONGEST_DEADLINE:
        limit = f"{LONGEST_DEADLINE.total_seconds():.0f}s"
        yield Finding((*path, "deadline"), "too_large", {"key": "deadline", "limit": limit})


# ---- what goes together ----------------------------------------------------------------------------


def _coherence(path: KeyPath, action: Mapping[str, Any], *, coded: bool) -> Iterator[Finding]:
    """Tell a promise that cannot be kept (`connectors.md` C4, C11)."""
    idempotency = action.get("idempotency")
    queued = action.get("offline", OfflineRule.REFUSE) == OfflineRule.QUEUE
    if queued and idempotency == Idempotency.NONE:
        yield Finding((*path, "offline"), "action_none_queued", {"suggestion": "refuse"})
    if queued and action.get("confirm", ConfirmRule.AGENT) == ConfirmRule.STEP_UP:
        yield Finding((*path, "offline"), "action_step_up_queued", {"suggestion": "refuse"})
    if not coded:
        yield from _verifiable((*path, "idempotency"), action)


def _verifiable(path: KeyPath, action: Mapping[str, Any]) -> Iterator[Finding]:
    idempotency = action.get("idempotency")
    if idempotency == Idempotency.NONE and "verify" in action:
        params = {"suggestion": Idempotency.VERIFY.value}
        yield Finding(path, "action_none_verified", params)
    needs_verify = {Idempotency.NATURAL, Idempotency.KEY, Idempotency.CLIENT_ID, Idempotency.VERIFY}
    if idempotency in needs_verify and "verify" not in action:
        params = {"given": str(idempotency), "suggestion": Idempotency.NONE.value}
        yield Finding(path, "action_needs_verify", params)


def _sending(path: KeyPath, action: Mapping[str, Any]) -> Iterator[Finding]:
    """Tell a request that does not do what the idempotency announces."""
    request = action.get("request")
    if not isinstance(request, dict):
        return
    idempotency = action.get("idempotency")
    names = {name for text in texts_of(request) for name in _names_in(text)}
    if idempotency == Idempotency.CLIENT_ID and "command_id" not in names:
        yield Finding((*path, "request"), "action_no_command_id", {"suggestion": "{command_id}"})
    if idempotency == Idempotency.NATURAL:
        if request.get("method") == "POST":
            yield Finding((*path, "request", "method"), "action_natural_post", {"suggestion": "PUT"})
        if not any(name.startswith("precondition.") for name in names):
            precondition = _get(action.get("plan"), "precondition")
            suggestion = f"{{precondition.{precondition}}}" if isinstance(precondition, str) else ""
            yield Finding((*path, "request"), "action_no_precondition", {"suggestion": suggestion})
    if "document" in action and "reference" not in action:
        yield Finding((*path, "document"), "action_no_reference", {"suggestion": "reference"})


# ---- placeholders ----------------------------------------------------------------------------------


def _placeholders(document: Document, path: KeyPath, action: Mapping[str, Any]) -> Iterator[Finding]:
    inputs = _inputs(action)
    preconditions = _strings(action, ("plan", "precondition"))
    for pattern in _ADDRESSES:
        for place, value in found(action, pattern, path):
            allowed = {"reference"} if pattern[0] == "document" else set()
            for text in texts_of(value):
                yield from _template(document, place, text, inputs, preconditions, allowed)
                yield from _typed_by_hand(place, text, inputs)
    for slot in _BODIES:
        for place, value in found(action, slot, path):
            if isinstance(value, str) or slot == ("request", "json"):
                for text in texts_of(value):
                    yield from _template(document, place, text, inputs, preconditions, set())


def _template(
    document: Document,
    path: KeyPath,
    text: str,
    inputs: Mapping[str, object],
    preconditions: Collection[str],
    others: Collection[str],
) -> Iterator[Finding]:
    """Check one template; an undeclared input or precondition is told with the one that was meant."""
    known = {f"input.{name}" for name in inputs} | {f"precondition.{name}" for name in preconditions}
    for name in _names_in(text):
        space, _, rest = name.partition(".")
        if space in {"input", "precondition"} and name not in known:
            choices = list(inputs) if space == "input" else list(preconditions)
            params = {"name": rest, "suggestion": closest(rest, choices)}
            yield Finding(path, f"action_{space}_undeclared", params)
            known.add(name)
    allowed = frozenset({_CUSTOMER, *COMMAND_NAMES, *known, *others})
    yield from check_template(document, path, text, allowed)


def _typed_by_hand(path: KeyPath, text: str, inputs: Mapping[str, object]) -> Iterator[Finding]:
    for name in _names_in(text):
        space, _, rest = name.partition(".")
        kind = _get(inputs.get(rest), "type")
        if space == "input" and isinstance(kind, str) and kind not in _MAY_BE_IN_AN_ADDRESS:
            yield Finding(path, "action_input_in_address", {"name": rest})


def _options(document: Document) -> Iterator[Finding]:
    """Check the templates of what a Python connector is told of its actions."""
    options = _get(document.get("options"), "actions")
    by_id: dict[str, Mapping[str, Any]] = {
        action["id"]: action
        for _, action in found(document, ("action", "*"))
        if isinstance(action, dict) and isinstance(action.get("id"), str)
    }
    for name, section in options.items() if isinstance(options, dict) else ():
        if name not in by_id:
            params = {"name": name, "suggestion": closest(name, by_id)}
            yield Finding(("options", "actions", name), "action_undeclared", params)
            continue
        if isinstance(section, dict) and "method" in section:
            # Carried out by methods that the file names, as a REST action is by requests.
            verified = {**by_id[name], **({"verify": section["verify"]} if "verify" in section else {})}
            yield from _verifiable(("options", "actions", name), verified)
            yield from _changes(("options", "actions", name), section)
        inputs = _inputs(by_id[name])
        preconditions = _strings(section, ("plan", "precondition"))
        for pattern in (("properties", "*"), ("params", "*"), ("*", "params", "*"), *_BODIES):
            for place, value in found(section, pattern, ("options", "actions", name)):
                if isinstance(value, str):
                    yield from _template(document, place, value, inputs, preconditions, set())


# ---- reading the raw document ----------------------------------------------------------------------


def _names_in(text: str) -> tuple[str, ...]:
    try:
        return parse_template(text).names
    except PlaceholderError:
        return ()  # told by the format's check


def _inputs(action: Mapping[str, Any]) -> Mapping[str, object]:
    declared = action.get("input")
    return declared if isinstance(declared, dict) else {}


def _get(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None


def _strings(document: object, pattern: tuple[str, ...]) -> set[str]:
    return {value for _, value in found(document, pattern) if isinstance(value, str)}
