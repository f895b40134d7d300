"""The requests of a description, those that read and those that write, and what each asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from avise.connectors.openapi.document import Document, Node

MOST_OPERATIONS = 2_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value that a request takes."""

    name: str
    place: str
    """path, query, header or cookie."""
    required: bool
    type: str
    codes: tuple[str, ...]
    default: str
    minimum: int | None
    maximum: int | None
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One request."""

    path: str
    parameters: Sequence[Parameter]
    words: str
    """Its tags, its name and its summary, for people."""
    schema: object
    """Of its good answer in JSON; None when the description tells none."""
    headers: frozenset[str]
    """Of its good answer, lower case."""
    not_found: str | None
    """What is told of a 404, None when nothing is."""
    method: str = "GET"
    body: object = None
    """Schema of what it sends, in JSON; None when the description tells none."""

    def literal(self) -> str:
        """Return the last part of the path that is no parameter."""
        parts = [part for part in self.path.split("/") if part and not part.startswith("{")]
        return parts[-1] if parts else ""

    def in_place(self, place: str) -> Iterator[Parameter]:
        """Yield the parameters of the path, or of the query."""
        return (parameter for parameter in self.parameters if parameter.place == place)


def operations_of(document: Document) -> tuple[Operation, ...]:
    """Return every GET of a description, in its order."""
    return _operations(document, ("get",))


def writing_operations_of(document: Document) -> tuple[Operation, ...]:
    """Return every POST, PUT and PATCH of a description, in its order."""
    return _operations(document, ("post", "put", "patch"))


def _operations(document: Document, methods: Sequence[str]) -> tuple[Operation, ...]:
    found: list[Operation] = []
    for path, item in document.table("paths").items():
        whole = document.followed(item)
        for method in methods:
            told = document.followed(whole.get(method))
            if isinstance(path, str) and path.startswith("/") and told:
                found.append(_operation(document, path, whole, told, method.upper()))
        if len(found) >= MOST_OPERATIONS:
            break
    return tuple(found)


def _operation(document: Document, path: str, item: Node, told: Node, method: str) -> Operation:
    shared = {(one.place, one.name): one for one in _parameters(document, item)}
    own = {(one.place, one.name): one for one in _parameters(document, told)}
    tags = [tag for tag in told.get("tags") or () if isinstance(tag, str)]
    words = " ".join(filter(None, (*tags, _text(told.get("operationId")), _text(told.get("summary")))))
    responses = document.followed(told.get("responses"))
    good = _good_answer(document, responses)
    headers = document.followed(good.get("headers"))
    missing = document.followed(responses.get("404")) if "404" in responses else None
    return Operation(
        path,
        tuple((shared | own).values()),
        words,
        _json_schema(document, good),
        frozenset(name.lower() for name in headers if isinstance(name, str)),
        None if missing is None else _text(missing.get("description")),
        method,
        _json_schema(document, document.followed(told.get("requestBody"))),
    )


def _parameters(document: Document, holder: Node) -> Iterator[Parameter]:
    for node in document.each(holder.get("parameters")):
        name, place = node.get("name"), node.get("in")
        if not isinstance(name, str) or not isinstance(place, str):
            continue
        schema = document.followed(node.get("schema"))
        codes = schema.get("enum")
        default = schema.get("default", "")
        yield Parameter(
            name,
            place,
            node.get("required") is True,
            _text(schema.get("type")),
            tuple(str(code) for code in codes) if isinstance(codes, list) else (),
            str(default).lower() if isinstance(default, bool) else _text(default),
            _integer(schema.get("minimum")),
            _integer(schema.get("maximum")),
            _text(node.get("description")),
        )


def _good_answer(document: Document, responses: Node) -> Node:
    codes = [str(code) for code in responses]
    for code in ("200", "203", "2XX", "default", *(code for code in codes if code.startswith("2"))):
        if code in responses:
            return document.followed(responses[code])
    return {}


def _json_schema(document: Document, answer: Node) -> object:
    content = document.followed(answer.get("content"))
    for media, body in content.items():
        if isinstance(media, str) and "json" in media.lower():
            return document.followed(body).get("schema")
    return None


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
