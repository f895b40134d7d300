"""A back-office tool of one page that answers what it should not: what the simulated tools cannot do."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from avise.connectors.sign_in import basic
from tests.servers.host.tool_server import Asked, reply

MEMBER = "0482917350"
CANARY = "DUTHEIL-CANARI"
"""Name of the other person: it must appear nowhere."""

PAGE = 200

CONNECTOR = """
avise = 1

[connector]
id = "guichet"
name = "Guichet"
version = "1.0.0"
contract = ">=1.0,<2"
owner = "SI Guichet"
support = "Support Guichet, poste 4199"
kind = "rest"
needs_ids = ["guichet.person"]

[config.base_url]
type = "url"
label = "Adresse du service"
required = true

[config.client_secret]
type = "secret"
label = "Secret du client OAuth2"
required = true

[http]
base_url = "{config.base_url}"
auth = { type = "client_credentials", token_url = "/token", client_id = "avise", secret = "client_secret" }

[check]
path = "/etat"

[[facet]]
id = "benefits"
path = "/personnes/{customer.guichet.person}/lignes"
on_404 = "not_found"
paging = { type = "cursor", at = "suivant", param = "curseur", max_pages = 50 }
records = "lignes"
total = "total"
deadline = "8s"

[facet.subject]
last_name = "personne.nom"
first_name = "personne.prenom"

[facet.fields]
id = "num"
paid_on = "le"
label = "acte"
amount = { from = "montant", as = "decimal" }
status = { from = "etat", map = { PAY = "paid" } }

[[timeline]]
path = "/personnes/{customer.guichet.person}/echanges"
on_404 = "not_found"
paging = { type = "cursor", at = "suivant", param = "curseur", max_pages = 50 }
records = "lignes"
max_rows = 10000

[timeline.subject]
last_name = "personne.nom"
first_name = "personne.prenom"

[timeline.fields]
id = "num"
at = "le"
channel = { value = "phone_in" }
direction = { value = "in" }
title = "acte"

[directory]
path = "/changements"
query = { since = "{cursor}" }
cursor = "curseur"
more = "suite"
records = "lignes"

[directory.fields]
native_id = "num"
kind = { value = "member" }
last_name = "nom"
first_name = "prenom"
member_number = "adherent"

[directory.ids]
"guichet.person" = "num"
"""

SETTINGS = """
synthetic = true
site_namespace = "00000000-0000-4000-8000-000000000001"
identity_master = "guichet"

[user]
login = "lea.girard"
name = "Léa Girard"

[key]
source = "demo"

[instances.guichet]
connector = "guichet"

[instances.guichet.config]
base_url = "{base_url}"
"""

SECRETS = """
[guichet]
client_secret = "un-secret"
"""


@dataclass
class Guichet:
    """Answers requests; a test changes the fields to make it misbehave."""

    rows: int = 3
    person: dict[str, str] = field(default_factory=lambda: {"nom": "MARCHAND", "prenom": "Hélène"})
    status: str = "PAY"
    refuse_after_pages: int = 0
    """Pages after which the token in use stops being accepted, once; 0 for never."""
    refuse_for_ever: bool = False
    """No token is accepted again after that."""
    body: bytes | None = None
    """Answered to readings in place of the rows."""
    content_type: str = "application/json"
    up: bool = True
    """False: every request, the directory's too, gets a 503."""
    accepted: str = "un-secret"
    """The client's secret, as the tool knows it."""
    tokens: int = 0
    pages: int = 0
    refused: str = ""

    async def __call__(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        writer.write(self._answer(asked))
        await writer.drain()

    def _answer(self, asked: Asked) -> bytes:
        if not self.up:
            return reply({"error": "maintenance"}, status=503)
        if asked.path == "/token":
            return self._token(asked)
        token = asked.headers.get("authorization", "")
        if token == self.refused or (self.refused and self.refuse_for_ever):
            return reply({"error": "invalid_token"}, status=401)
        if asked.path == "/changements":
            return self._changes()
        return reply({"ok": True}) if asked.path == "/etat" else self._page(asked, token)

    def _token(self, asked: Asked) -> bytes:
        if asked.headers.get("authorization") != basic("avise", self.accepted):
            return reply({"error": "invalid_client"}, status=401)
        self.tokens += 1
        return reply({"access_token": f"jeton-{self.tokens}", "expires_in": 300})

    def _changes(self) -> bytes:
        row = {"num": "G1", "nom": "MARCHAND", "prenom": "Hélène", "adherent": MEMBER}
        return reply({"lignes": [row], "curseur": "1", "suite": False})

    def _page(self, asked: Asked, token: str) -> bytes:
        if self.body is not None:
            return reply(self.body, content_type=self.content_type)
        self.pages += 1
        if self.pages == self.refuse_after_pages:
            self.refused = token
        start = int(asked.query.get("curseur", "0"))
        end = min(start + PAGE, self.rows)
        moment = (
            "2026-03-{day:02d}T09:00:00+00:00" if asked.path.endswith("echanges") else "2026-03-{day:02d}"
        )
        lines = [self._line(number, moment) for number in range(start, end)]
        following = {"suivant": str(end)} if end < self.rows else {}
        return reply({"personne": self.person, "total": self.rows, "lignes": lines, **following})

    def _line(self, number: int, moment: str) -> dict[str, Any]:
        at = moment.format(day=1 + number % 20)
        return {
            "num": f"L{number}",
            "le": at,
            "acte": f"Consultation {number}",
            "montant": "12.50",
            "etat": self.status,
        }
