"""HTTP/1.1 on a socket, as far as the proxy needs it: one request in, one answer out, whole."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from urllib.parse import urlsplit

from avise.models.json_types import JSON

LARGEST_HEAD = 64 * 1024
LARGEST_BODY = 64 * 1024 * 1024
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "transfer-encoding",
        "content-length",
        "content-encoding",
        "trailer",
        "upgrade",
    }
)
"""Belong to one connection (RFC 9110, section 7.6.1), or to a body that is passed on decoded."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a connector asked."""

    method: str
    target: str
    """Path and query."""
    headers: Mapping[str, str]
    """Lower-case names."""
    body: bytes = b""

    @property
    def path(self) -> str:
        """Path without the query."""
        return urlsplit(self.target).path


@dataclass(frozen=True, slots=True)
class Answer:
    """What the tool answered, its body decoded."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    """Lower-case names, without those of the connection."""
    body: bytes = b""

    @property
    def is_json(self) -> bool:
        """Whether the body says that it is JSON."""
        return "json" in self.headers.get("content-type", "")

    @property
    def is_xml(self) -> bool:
        """Whether the body says that it is XML."""
        return "xml" in self.headers.get("content-type", "")

    def json(self) -> JSON:
        """Return the body as JSON; ValueError when it is not."""
        parsed: JSON = json.loads(self.body)
        return parsed

    def with_body(self, body: bytes) -> Answer:
        """Return the same answer with another body."""
        return replace(self, body=body)

    def to_bytes(self, *, promised: int = 0) -> bytes:
        """Return what goes on the wire.

        Args:
            promised: bytes that the length announces and that never come.
        """
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = ""
        lines = [f"HTTP/1.1 {self.status} {phrase}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
            lines.append(f"content-length: {len(self.body) + promised}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + self.body


def json_answer(value: JSON, status: int = 200) -> Answer:
    """Return an answer of ours."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(status, {"content-type": "application/json"}, body)


def end_to_end(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that are not of one connection alone, names in lower case."""
    return {name.lower(): value for name, value in headers.items() if name.lower() not in _HOP_BY_HOP}


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """Read the next request of a connection, None at its end.

    Raises:
        ValueError: it is not HTTP, or is longer than a request of a connector is.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError:
        raise ValueError("head too long") from None
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    length = int(headers.get("content-length", "0"))
    if not 0 <= length <= LARGEST_BODY:
        raise ValueError("body too long")
    return Request(method, target, headers, await reader.readexactly(length) if length else b"")
