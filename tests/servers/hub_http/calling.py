"""Calls as anybody on the network may make them, written by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.servers.hub_http.serving import TLS


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def value(self) -> Any:  # noqa: ANN401 - whatever JSON it is
        return json.loads(self.content)

    @property
    def key(self) -> str:
        """The key of a refusal, which is all that it may tell besides its params."""
        value = self.value
        assert set(value) == {"key", "params"}
        return str(value["key"])


async def call(
    address: str,
    method: str,
    path: str,
    value: object = None,
    *,
    token: str = "",
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Make one call on a connection of its own."""
    told = {"Content-Type": "application/json", **(headers or {})}
    if token:
        told["Authorization"] = f"Bearer {token}"
    body = content if content is not None else None if value is None else json.dumps(value).encode()
    async with httpx2.AsyncClient(verify=TLS, trust_env=False, timeout=20) as speaker:
        answer = await speaker.request(method, address + path, content=body, headers=told)
    return Answer(answer.status_code, answer.headers, answer.content)
