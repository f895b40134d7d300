"""A tool whose answers are too long for a thread: ten thousand rows, three to five megabytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from avise.connectors.declarative import LoadedConnector, load_connector_file
from avise.models.json_types import JSON
from tests.servers.host.tool_server import Behaviour, answering, reply, routing

COUNT = 10_000

FILE = """
avise = 1
[connector]
id = "big"
name = "Big"
version = "1.0.0"
contract = ">=1.0,<2"
owner = "IT"
kind = "rest"
needs_ids = ["benefits.insured"]
[config.base_url]
type = "url"
label = "Address"
required = true
[http]
base_url = "{config.base_url}"
[[errors]]
when = "erreur == 'fermé'"
means = "rejected"
message = "texte"
[[facet]]
id = "benefits"
path = "/benefits/{customer.benefits.insured}"
on_404 = "not_found"
paging = PAGING
records = "rows"
total = "total"
as_of = "date"
deadline = "8s"
SUBJECT
[facet.fields]
id = "no"
paid_on = "paid"
amount = { from = "cts", as = "cents" }
label = "label"
[[timeline]]
path = "/exchanges/{customer.benefits.insured}"
on_404 = "not_found"
paging = { type = "none" }
records = "rows"
max_rows = 10000
[timeline.subject]
last_name = "who.name"
[timeline.fields]
id = "no"
at = "at"
channel = { value = "phone_in" }
direction = { value = "in" }
title = "label"
[directory]
path = "/people"
query = { since = "{cursor}" }
cursor = "cursor"
more = "more"
records = "rows"
[directory.fields]
native_id = "no"
kind = { value = "member" }
last_name = "label"
birth_date = "paid"
phones = "phones"
[directory.ids]
"benefits.insured" = "no"
[[live]]
field = "nir"
path = "/nir/{customer.benefits.insured}"
value = "nir"
[[content]]
path = "/contents/{ref}"
value = "text"
"""

OF_ANSWER = '[facet.subject]\nlast_name = "who.name"'
OF_RECORD = 'subject_from = "record"\n[facet.subject]\nlast_name = "name"'


def row(number: int, **changes: JSON) -> dict[str, JSON]:
    """Return one row of about three hundred bytes."""
    label = f"Consultation de spécialiste n° {number}, remboursée au titre du contrat collectif" + " ; " * 60
    at = f"2026-03-{1 + number % 28:02d}T10:44:00+01:00"
    return {"no": f"B{number:06d}", "paid": "2026-03-01", "cts": number, "label": label, "at": at, **changes}


def rows(count: int = COUNT, *, start: int = 0) -> list[dict[str, JSON]]:
    """Return rows in their order."""
    return [row(number) for number in range(start, start + count)]


def body(given: Sequence[Mapping[str, JSON]], **beside: JSON) -> bytes:
    """Write an answer."""
    return json.dumps({"rows": list(given), **beside}, ensure_ascii=False).encode()


def big(given: Sequence[Mapping[str, JSON]], **beside: JSON) -> Behaviour:
    """Answer everything with these rows."""
    return answering(reply(body(given, **beside)))


def of_pages(pages: Mapping[str, Behaviour]) -> Behaviour:
    """Answer by path."""
    return routing(pages)


MakeConnector = Callable[..., LoadedConnector]


def connector(
    folder: Path, *, paging: str = '{ type = "none" }', subject: str = OF_ANSWER
) -> LoadedConnector:
    """Return the connector of the tool, loaded from a file as in a profile."""
    path = folder / "big.toml"
    path.write_text(FILE.replace("PAGING", paging).replace("SUBJECT", subject), encoding="utf-8")
    return load_connector_file(path)
