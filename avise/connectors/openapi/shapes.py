"""What a description says of an answer: where its list is, and which properties a record has."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from avise.connectors.declarative.expressions import expression_of
from avise.connectors.openapi.document import Document, Node

DEEPEST = 3
"""Objects within objects whose properties are looked at."""

MOST_PROPERTIES = 200
"""Of one record; more is a description of everything at once."""

MOST_PARTS = 20
"""Parts or choices of one schema, and values of an object within an answer."""

_LISTS = (
    "data",
    "items",
    "results",
    "records",
    "rows",
    "content",
    "contenu",
    "lignes",
    "liste",
    "elements",
    "value",
)


@dataclass(frozen=True, slots=True)
class Property:
    """One value that a record may hold."""

    path: tuple[str, ...]
    type: str = ""
    format: str = ""
    codes: tuple[str, ...] = ()
    example: str = ""
    description: str = ""
    required: bool = False
    is_list: bool = False
    """The first of several."""

    @property
    def expression(self) -> str:
        """Return where it is, as JMESPath."""
        return expression_of(self.path) + ("[0]" if self.is_list else "")

    @property
    def name(self) -> str:
        """Return its own name."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Answer:
    """The shape of an answer."""

    records: str | None
    """JMESPath of its list; None when the answer is the list, or the one record."""
    is_list: bool
    properties: Sequence[Property] = ()
    """Of one record."""
    around: Sequence[Property] = ()
    """Of the answer itself, beside its list."""
    doubts: Sequence[str] = field(default_factory=tuple)
    """Catalogue keys of what was chosen among several."""


def answer_of(document: Document, schema: object) -> Answer | None:
    """Return the shape of an answer, None when the description does not tell it."""
    node = merged(document, schema)
    if _type(node) == "array":
        return Answer(None, is_list=True, properties=properties_of(document, node.get("items")))
    around = properties_of(document, node)
    lists = list(_lists(document, node))
    if lists:
        path, items = min(lists, key=lambda found: _rank(found[0]))
        doubts = ("connector_new.doubt.several_lists",) if len(lists) > 1 else ()
        records = properties_of(document, items)
        return Answer(expression_of(path), is_list=True, properties=records, around=around, doubts=doubts)
    return Answer(None, is_list=False, properties=around) if around else None


def _rank(path: tuple[str, ...]) -> tuple[int, int]:
    known = _LISTS.index(path[-1].lower()) if path[-1].lower() in _LISTS else len(_LISTS)
    return known, len(path)


def _lists(
    document: Document, node: Node, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield the lists of objects in an answer, two levels deep at most."""
    for name, schema in _own_properties(node)[: MOST_PROPERTIES if not path else MOST_PARTS]:
        inner = merged(document, schema)
        if _type(inner) == "array" and _own_properties(merged(document, inner.get("items"))):
            yield (*path, name), inner.get("items")
        elif not path and _own_properties(inner):
            yield from _lists(document, inner, (name,))


def properties_of(document: Document, schema: object) -> tuple[Property, ...]:
    """Return the values of an object, those of the objects within it by their path.

    A list of plain values counts by its first one; an object within one of its own kind (the parent of a
    person) is somebody or something else, and is left out.
    """
    # Level by level: a record's own values come before those of the objects within it.
    level: list[tuple[tuple[str, ...], object, frozenset[str]]] = [((), schema, frozenset())]
    found: list[Property] = []
    looked_at = 0
    for _ in range(DEEPEST):
        deeper: list[tuple[tuple[str, ...], object, frozenset[str]]] = []
        for path, part, around in level:
            node = merged(document, part)
            required = _listed(node.get("required"))
            kinds = around | _kinds(document, part, DEEPEST)
            for name, raw in _own_properties(node):
                looked_at += 1
                if looked_at > MOST_PROPERTIES:
                    return tuple(found)
                inner = merged(document, raw)
                if _own_properties(inner):
                    if not _kinds(document, raw, 0) & kinds:
                        deeper.append(((*path, name), raw, kinds))
                elif (value := _plain_value(document, inner)) is not None:
                    one = _property((*path, name), value, required=name in required)
                    found.append(replace(one, is_list=value is not inner))
        level = deeper
    return tuple(found)


def _kinds(document: Document, schema: object, depth: int) -> frozenset[str]:
    """Return the references by which a schema says of what kind it is, those of its parts included."""
    if not isinstance(schema, Mapping):
        return frozenset()
    own = schema.get("$ref")
    parts = _listed(document.followed(schema).get("allOf"))
    # One part alone only says that the object may be absent ("nullable").
    deeper = parts if depth > 0 or (len(parts) == 1 and not isinstance(own, str)) else []
    inner = (_kinds(document, part, depth - 1) for part in deeper)
    return frozenset().union([own] if isinstance(own, str) else [], *inner)


def _plain_value(document: Document, node: Node) -> Node | None:
    """Return the schema of a value, or of those that a list holds; None for a list of objects or of lists."""
    if _type(node) != "array":
        return node
    items = merged(document, node.get("items"))
    return items if _type(items) not in ("array", "object", "") else None


def _property(path: tuple[str, ...], node: Node, *, required: bool) -> Property:
    codes = node.get("enum")
    examples = node.get("examples")
    example = node.get("example", examples[0] if isinstance(examples, list) and examples else "")
    return Property(
        path,
        _type(node),
        _text(node.get("format")),
        tuple(str(code) for code in codes if isinstance(code, str | int) and not isinstance(code, bool))
        if isinstance(codes, list)
        else (),
        _text(example),
        _text(node.get("description")),
        required,
    )


def _own_properties(node: Node) -> list[tuple[str, object]]:
    properties = node.get("properties")
    if not isinstance(properties, Mapping):
        return []
    named = ((name, schema) for name, schema in properties.items() if isinstance(name, str) and name)
    return list(itertools.islice(named, MOST_PROPERTIES))


def merged(document: Document, schema: object) -> Node:
    """Return a schema with the parts of its `allOf`, and the first that fits of its choices."""
    return _merged(document, schema, DEEPEST)


def _merged(document: Document, schema: object, depth: int) -> Node:
    node = document.followed(schema)
    if depth <= 0:
        return node
    parts = [_merged(document, part, depth - 1) for part in _listed(node.get("allOf"))]
    for key in ("oneOf", "anyOf"):
        choices = [_merged(document, part, depth - 1) for part in _listed(node.get(key))]
        parts += [choice for choice in choices if _type(choice) != "null"][:1]
    if not parts:
        return node
    whole: dict[str, Any] = {"properties": {}, "required": []}
    for part in (*parts, node):
        properties, required = part.get("properties"), part.get("required")
        kept = {key: value for key, value in part.items() if key not in ("properties", "required")}
        whole |= kept
        whole["properties"] |= properties if isinstance(properties, Mapping) else {}
        whole["required"] += required if isinstance(required, list) else []
    return whole


def _listed(value: object) -> list[object]:
    return value[:MOST_PARTS] if isinstance(value, list) else []


def _type(node: Node) -> str:
    """Return the type, the first that is not null of several (OpenAPI 3.1)."""
    told = node.get("type")
    if isinstance(told, list):
        told = next((one for one in told if one != "null"), "")
    if isinstance(told, str):
        return told
    return "object" if _own_properties(node) else "array" if "items" in node else ""


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
