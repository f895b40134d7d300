"""A real server (FastAPI) that answers as a description says: rows of its schemas, its pages, its sign-in."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

ROWS = 3
"""Of each list; pages hold two."""
PAGE = 2
SECRET = "canari-secret-openapi"  # noqa: S105 - invented


@dataclass
class Described:
    """A description, and what was asked of its server."""

    spec: Mapping[str, Any]
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def resolved(self, node: Any) -> Any:  # noqa: ANN401 - JSON of others
        while isinstance(node, Mapping) and "$ref" in node:
            target: Any = self.spec
            for key in node["$ref"].removeprefix("#/").split("/"):
                target = target[key]
            node = target
        return node

    def sample(self, schema: Any, name: str, row: int, depth: int = 0) -> Any:  # noqa: ANN401 - JSON
        node = self.resolved(schema)
        if depth > 4:
            return None
        for key in ("oneOf", "anyOf"):
            if key in node:
                choices = [self.resolved(one) for one in node[key]]
                return self.sample(
                    next(one for one in choices if one.get("type") != "null"), name, row, depth
                )
        whole: dict[str, Any] = {}
        for part in node.get("allOf", ()):
            whole |= self.sample(part, name, row, depth) or {}
        kind = node.get("type", "object" if "properties" in node else "")
        kind = next((one for one in kind if one != "null"), "") if isinstance(kind, list) else kind
        if "properties" in node or whole:
            inner = node.get("properties", {})
            return whole | {key: self.sample(one, key, row, depth + 1) for key, one in inner.items()}
        if kind == "array":
            return [self.sample(node["items"], name, number, depth + 1) for number in range(ROWS)]
        return _scalar(node, kind, name, row)

    def answer(self, operation: Mapping[str, Any], request: Request) -> JSONResponse:
        responses = {str(code): self.resolved(told) for code, told in operation["responses"].items()}
        told = responses["200"]
        content = told.get("content")
        schema = next(iter(content.values()))["schema"] if content else told.get("schema")
        body = None if schema is None else self.sample(schema, "", 0)
        return self.paged(body, operation.get("x-served"), request)

    def paged(self, body: Any, served: Mapping[str, Any] | None, request: Request) -> JSONResponse:  # noqa: ANN401
        if served is None:
            return JSONResponse(body)
        *around, last = served.get("list", "").split(".")
        holder = body
        for key in around:
            holder = holder[key]
        rows = holder[last] if last else body
        given = request.query_params.get(served.get("param", "at"), "0")
        start = int(given or 0)
        if served["style"] == "page":
            start = (int(given or served["start"]) - served["start"]) * PAGE
        page, more = rows[start : start + PAGE], start + PAGE < len(rows)
        if last:
            holder[last] = page
        following = str(request.url.include_query_params(at=start + PAGE))
        headers = {}
        if served["style"] == "cursor":
            body[served["at"]] = str(start + PAGE) if more else None
        elif served["style"] == "next":
            links = body["_links"]
            links["next"] = {"href": following} if more else None
        elif served["style"] == "link" and more:
            headers["Link"] = f'<{following}>; rel="next"'
        return JSONResponse(body if last else page, headers=headers)

    def lets_in(self, request: Request) -> bool:
        schemes = self.spec.get("securityDefinitions") or self.spec["components"]["securitySchemes"]
        wanted = next(iter(self.spec["security"][0]))
        scheme = schemes[wanted]
        shown = request.headers.get("authorization", "")
        basic = "Basic " + base64.b64encode(f"lecture:{SECRET}".encode()).decode()
        if scheme["type"] == "basic":
            return shown == basic
        if scheme["type"] == "http":
            return shown == f"Bearer {SECRET}"
        if scheme["type"] == "oauth2" and "clientCredentials" in scheme.get("flows", {}):
            return shown == "Bearer jeton-de-l-application"
        if scheme["type"] == "apiKey" and scheme["in"] == "header":
            return request.headers.get(scheme["name"]) == SECRET
        return True  # by a person, by a certificate, or in the address: not what is tried here

    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.post("/oauth/token")
        async def token() -> dict[str, Any]:
            return {"access_token": "jeton-de-l-application", "expires_in": 300}

        for path, item in self.spec["paths"].items():
            if "get" in item:
                app.add_api_route(path, self._endpoint(path, item["get"]), methods=["GET"])
        return app

    def _endpoint(self, path: str, operation: Mapping[str, Any]) -> Any:  # noqa: ANN401 - FastAPI reads it
        async def endpoint(request: Request) -> JSONResponse:
            self.asked.append(path)
            if not self.lets_in(request):
                return JSONResponse({"error": "not signed in"}, 401)
            required = [
                told["name"]
                for told in map(self.resolved, operation.get("parameters", ()))
                if told.get("in") == "query" and told.get("required")
            ]
            if any(name not in request.query_params for name in required):
                return JSONResponse({"error": "a parameter lacks"}, 400)
            return self.answer(operation, request)

        return endpoint


def _scalar(node: Mapping[str, Any], kind: str, name: str, row: int) -> Any:  # noqa: ANN401 - JSON
    if "example" in node:
        return str(node["example"])
    if "enum" in node:
        return node["enum"][row % len(node["enum"])]
    formats = {
        "date": f"2026-05-{row + 10}",
        "date-time": f"2026-05-{row + 10}T09:30:00Z",
        "email": f"personne{row}@exemple.invalid",
        "uri": None,
    }
    if node.get("format") in formats:
        return formats[node["format"]]
    return {"integer": 1250 + row, "number": 12.5 + row, "boolean": True}.get(kind, f"{name}-{row}")


@contextmanager
def serving(described: Described) -> Iterator[Described]:
    """Run the server of a description for the time of the block."""
    server = uvicorn.Server(uvicorn.Config(described.app(), port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    described.address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield described
    finally:
        server.should_exit = True
        thread.join()
