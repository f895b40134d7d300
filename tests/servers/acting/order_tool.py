"""A tool on a real socket that takes orders, and loses requests or answers when a test says so."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.servers.host.tool_server import Asked, Tool, reply, running_tool

MEMBER = "0042"
PDF = b"%PDF-1.4\n%%EOF\n"


class Loss(StrEnum):
    """What becomes of a request that writes."""

    NONE = "none"
    BEFORE = "before"
    """The connection breaks before the tool has read it as a whole: nothing is done."""
    AFTER = "after"
    """The tool does it, then the connection breaks."""
    HANG_AFTER = "hang_after"
    """The tool does it and never answers."""


@dataclass
class OrderTool:
    """The state of the tool."""

    loss: Loss = Loss.NONE
    orders: list[dict[str, Any]] = field(default_factory=list)
    by_key: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    address: dict[str, str] = field(default_factory=lambda: {"voie": "1 rue Haute", "cp": "99100"})
    cards: list[dict[str, str]] = field(
        default_factory=lambda: [{"no": "C1", "etat": "active", "support": "paper", "envoi": "2026-01-05"}]
    )
    refusal: bytes | None = None
    order_state: str = "FAIT"
    keyed: bool = True
    member: str = MEMBER
    tool: Tool | None = None
    has_written: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def etag(self) -> str:
        return '"' + hashlib.sha256(json.dumps(self.address).encode()).hexdigest()[:12] + '"'

    @property
    def base_url(self) -> str:
        """Where it listens."""
        assert self.tool is not None
        return self.tool.base_url

    def writes(self) -> list[Asked]:
        """Return the requests that write, as they came."""
        assert self.tool is not None
        return [asked for asked in self.tool.asked if asked.method in {"POST", "PUT"}]

    async def behave(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        acts = asked.method in {"POST", "PUT"}
        if acts and self.loss is Loss.BEFORE:
            writer.transport.abort()
            return
        answer = self.answer(asked)
        if acts:
            self.has_written.set()
        if acts and self.loss is Loss.AFTER:
            writer.transport.abort()
            return
        if acts and self.loss is Loss.HANG_AFTER:
            await asyncio.Event().wait()
        writer.write(answer)
        await writer.drain()

    def answer(self, asked: Asked) -> bytes:
        if asked.method == "POST":
            return self._order(asked)
        if asked.method == "PUT":
            return self._put(asked)
        return self._get(asked)

    def _get(self, asked: Asked) -> bytes:
        if asked.path == "/orders":
            lines = [order for order in self.orders if order["commande"] == asked.query.get("commande")]
            return reply({"lignes": lines})
        if asked.path.endswith(".pdf"):
            return reply(PDF, content_type="application/pdf")
        if asked.path == f"/members/{self.member}/cards":
            return reply({"adherent": self.member, "cartes": self.cards})
        if asked.path == f"/members/{self.member}/address":
            return reply(self.address, headers={"ETag": self.etag})
        return reply({"erreur": "INCONNU"}, status=404)

    def _order(self, asked: Asked) -> bytes:
        if self.refusal is not None:
            return self.refusal
        key = asked.headers.get("idempotency-key", "") if self.keyed else ""
        print_of = hashlib.sha256(asked.body).hexdigest()
        if key in self.by_key:
            before, answer = self.by_key[key]
            return answer if before == print_of else reply({"erreur": "CLE"}, status=422)
        body = json.loads(asked.body)
        number = f"N{len(self.orders) + 1}"
        order = {"numero": number, "etat": self.order_state, "commande": body["commande"], "recu": body}
        self.orders.append(order)
        for card in self.cards:
            if card["etat"] == "active" and "motif" in body:
                card |= {"support": "digital", "commande": body["commande"]}
        answer = reply(order, status=201)
        if key:
            replayed = reply(order, status=201, headers={"Idempotency-Replayed": "true"})
            self.by_key[key] = (print_of, replayed)
        return answer

    def _put(self, asked: Asked) -> bytes:
        if asked.headers.get("if-match") != self.etag:
            return reply({"erreur": "VERSION"}, status=412)
        self.address = json.loads(asked.body)
        return reply(b"", status=204)


@asynccontextmanager
async def order_tool(**values: Any) -> AsyncIterator[OrderTool]:  # noqa: ANN401 - fields of the tool
    """Serve on loopback until the block ends."""
    state = OrderTool(**values)
    async with running_tool(state.behave) as tool:
        state.tool = tool
        yield state


def refusal(status: int, body: Mapping[str, Any]) -> bytes:
    """Return the answer of a tool that refuses."""
    return reply(dict(body), status=status)
