"""A little tool on a real socket, in a thread: members with contributions, appointments and cards."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "little-token-5f0c"  # noqa: S105 - of nobody
KNOWN, EMPTY, MANY = "M-000001", "M-000002", "M-000003"
NIR, NAME = "268039999900142", "Marchand-Lioret"
PAGE = 100
COUNTS = {KNOWN: 3, EMPTY: 0, MANY: 230}
PEOPLE = [f"M-{number:06d}" for number in range(1, 8)]
PEOPLE_A_PAGE = 2
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
LETTER = b"%PDF-1.7 little letter " * 400


@dataclass
class LittleTool:
    """Its state; a test looks at it and changes it."""

    cards: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    port: int = 0
    relative: bool = False
    """The next page is told by its path alone."""
    due: str = "2026-03-05"
    """As contributions tell it."""
    euros: str = "84.20"
    """As contributions tell an amount beside its cents."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/api"

    def contributions(self, member: str, page: int) -> dict[str, Any]:
        """Return a page, and where the next one is."""
        rows = [
            {
                "no": f"C{number:04d}",
                "due": self.due,
                "cents": 8420 + number,
                "euros": self.euros,
                "state": "P",
            }
            for number in range(COUNTS[member])
        ]
        start = (page - 1) * PAGE
        more = start + PAGE < len(rows)
        origin = "" if self.relative else f"http://127.0.0.1:{self.port}"
        following = f"{origin}/api/members/{member}/contributions?page={page + 1}"
        return {
            "holder": {"name": NAME, "nir": NIR},
            "rows": rows[start : start + PAGE],
            "next": following if more else None,
        }

    def appointments(self, member: str) -> dict[str, Any]:
        """Return them all."""
        count = min(COUNTS[member], 3)
        return {
            "holder": {"name": NAME, "nir": NIR},
            "rows": [
                {"no": f"A{day}", "at": f"2026-04-0{day}T10:00:00+02:00", "where": "VISIO"}
                for day in range(1, count + 1)
            ],
        }

    def people(self, after: str) -> dict[str, Any]:
        """Return a page of everybody, in the order of their numbers."""
        left = [member for member in PEOPLE if member > after]
        page = [{"no": member, "name": NAME} for member in left[:PEOPLE_A_PAGE]]
        return {"rows": page, "more": len(left) > len(page)}

    def envelope(self, member: str) -> bytes:
        """Return the contributions of a member as a SOAP answer."""
        rows = "".join(
            f"<row><no>C{number:04d}</no><cents>8420</cents></row>" for number in range(COUNTS[member])
        )
        body = f"<s:Body><rows>{rows}</rows></s:Body>"
        return f"<s:Envelope xmlns:s='{ENVELOPE}'>{body}</s:Envelope>".encode()

    def call(self, method: str, params: list[Any]) -> list[Any]:
        """Return the result of a call of Tryton's kind."""
        if method == "common.db.login":
            return [1, "key"]
        return [{"no": f"C{number:04d}", "cents": 8420} for number in range(COUNTS[params[0]])]

    def card_list(self, member: str) -> dict[str, Any]:
        """Return the cards and their version."""
        cards = self.cards.setdefault(member, [])
        return {"version": f"v{len(cards)}", "cards": cards}

    def order(self, member: str, key: str, version: str, reason: str) -> tuple[int, dict[str, Any]]:
        """Make a card, once a key, if the list is still at that version."""
        with self.lock:
            cards = self.cards.setdefault(member, [])
            known = next((card for card in cards if key and card["key"] == key), None)
            if known is not None:
                return 200, {"number": known["number"]}
            if reason == "ABSURDE":
                return 422, {"message": "Motif <b>refusé</b> par la mutuelle."}
            if version and version != f"v{len(cards)}":
                return 412, {"message": "changed"}
            cards.append({"number": f"N{len(cards) + 1}", "key": key, "reason": reason})
            return 201, {"number": cards[-1]["number"]}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 64 * 1024
    """An answer leaves at once: in two pieces, the second would wait for the first to be acknowledged."""
    tool: LittleTool

    def do_GET(self) -> None:
        place = urlsplit(self.path).path.removeprefix("/api/").split("/")
        if self.headers.get("authorization") != f"Bearer {TOKEN}":
            self._answer(401, {"error": "token"})
        elif place == ["about"]:
            self._answer(200, {"version": "1.4"})
        elif place == ["people"]:
            self._answer(200, self.tool.people(parse_qs(urlsplit(self.path).query).get("after", [""])[0]))
        elif place == ["letters", "L1"]:
            self._send(200, LETTER, "application/pdf")
        elif len(place) != 3 or place[1] not in COUNTS:
            self._answer(404, {"error": "unknown"})
        else:
            self._member(place[1], place[2])

    def _member(self, member: str, what: str) -> None:
        etag = f'"{member}"'
        if what == "contributions":
            page = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
            answer = self.tool.contributions(member, page)
            self._answer(200, answer, link=answer["next"] or "")
        elif what == "letters":
            rows = [{"no": "L1", "title": "Attestation"}]
            self._answer(200, {"holder": {"name": NAME, "nir": NIR}, "rows": rows})
        elif what == "cards":
            self._answer(200, self.tool.card_list(member))
        elif self.headers.get("if-none-match") == etag:
            self._answer(304, None, etag)
        else:
            self._answer(200, self.tool.appointments(member), etag)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers.get("content-length", "0")))
        if self.path.endswith("/soap"):
            self._send(200, self.tool.envelope(sent.decode()), "text/xml; charset=utf-8")
            return
        body = json.loads(sent or b"{}")
        if self.path.endswith("/rpc"):
            self._answer(200, {"id": body["id"], "result": self.tool.call(body["method"], body["params"])})
            return
        member = self.path.split("/")[3]
        key, version = self.headers.get("idempotency-key", ""), self.headers.get("if-match", "")
        self._answer(*self.tool.order(member, key, version, body.get("reason", "")))

    def _answer(self, status: int, value: object, etag: str = "", link: str = "") -> None:
        body = b"" if value is None else json.dumps(value).encode()
        self._send(status, body, "application/json", etag, link)

    def _send(self, status: int, body: bytes, kind: str, etag: str = "", link: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if etag:
            self.send_header("ETag", etag)
        if link:
            self.send_header("Link", f'<{link}>; rel="next"')
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def running_tool() -> Iterator[LittleTool]:
    """Serve a little tool."""
    tool = LittleTool()
    handler = type("Handler", (_Handler,), {"tool": tool})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        tool.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield tool
        finally:
            server.shutdown()
            thread.join()
