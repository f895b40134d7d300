"""Reads a description in Swagger 2.0 as one in OpenAPI 3.0: the same requests, answers and sign-in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from avise.connectors.openapi.document import Document, Node

_OF_A_SCHEMA = ("type", "format", "enum", "default", "minimum", "maximum", "items", "example")
_METHODS = ("get", "put", "post", "patch", "delete")
_FLOWS = {"application": "clientCredentials", "accessCode": "authorizationCode"}


def as_openapi(root: Node) -> Node:
    """Return a description in Swagger 2.0 as OpenAPI 3.0; schemas stay where references look for them."""
    told = Document(root)
    paths = root.get("paths")
    return {
        **{key: value for key, value in root.items() if key != "swagger"},
        "openapi": "3.0.3",
        "servers": [{"url": address} for address in _addresses(root)],
        "components": {
            "schemas": root.get("definitions", {}),
            "securitySchemes": {
                name: _scheme(told.followed(scheme))
                for name, scheme in told.table("securityDefinitions").items()
            },
        },
        "paths": {
            path: _path(told, told.followed(item))
            for path, item in (paths.items() if isinstance(paths, Mapping) else ())
        },
    }


def _addresses(root: Node) -> Iterator[str]:
    host, base = root.get("host"), root.get("basePath", "")
    schemes = root.get("schemes")
    named = [scheme for scheme in schemes if scheme in ("https", "http")] if isinstance(schemes, list) else []
    if isinstance(host, str) and host and isinstance(base, str):
        yield from (
            f"{scheme}://{host}{base.rstrip('/')}" for scheme in sorted(named, reverse=True) or ["https"]
        )


def _path(told: Document, item: Node) -> Node:
    made: dict[str, Any] = {"parameters": list(_parameters(told, item))}
    for method in _METHODS:
        if method in item:
            made[method] = _operation(told, told.followed(item[method]))
    return made


def _operation(told: Document, operation: Node) -> Node:
    made = {**operation, "parameters": list(_parameters(told, operation))}
    body = next((one for one in told.each(operation.get("parameters")) if one.get("in") == "body"), None)
    if body is not None:
        made["requestBody"] = {"content": {"application/json": {"schema": body.get("schema", {})}}}
    responses = told.followed(operation.get("responses"))
    made["responses"] = {code: _answer(told.followed(answer)) for code, answer in responses.items()}
    return made


def _parameters(told: Document, holder: Node) -> Iterator[Node]:
    for one in told.each(holder.get("parameters")):
        if one.get("in") in ("path", "query", "header"):
            schema = {key: one[key] for key in _OF_A_SCHEMA if key in one}
            yield {**{key: value for key, value in one.items() if key not in _OF_A_SCHEMA}, "schema": schema}


def _answer(answer: Node) -> Node:
    if "schema" not in answer:
        return answer
    return {**answer, "content": {"application/json": {"schema": answer["schema"]}}}


def _scheme(scheme: Node) -> Node:
    if scheme.get("type") == "basic":
        return {"type": "http", "scheme": "basic"}
    if scheme.get("type") == "oauth2":
        return {"type": "oauth2", "flows": {_FLOWS.get(str(scheme.get("flow")), "other"): scheme}}
    return scheme
