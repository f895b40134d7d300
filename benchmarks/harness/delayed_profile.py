"""The profile that reaches the tools with fixed delays: one connector file a tool."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path

from avise.models.facet_specs import FACETS
from avise.models.facets import FieldKind
from benchmarks.harness.delayed_tools import MASTER

SITE = uuid.UUID(int=7)

_HEADER = """avise = 1

[connector]
id = "{name}"
name = "{name}"
version = "1.0.0"
contract = ">=1.0,<2"
owner = "benchmark"
support = "benchmark"
kind = "rest"
needs_ids = ["bench.customer"]

[config.base_url]
type = "url"
label = "URL"
required = true

[http]
base_url = "{{config.base_url}}"
auth = {{ type = "none" }}

[check]
path = "/check"
version = "version"
"""

_FACET = """
[[facet]]
id = "{facet}"
path = "/customers/{{customer.bench.customer}}"
on_404 = "not_found"
paging = {{ type = "none" }}
records = "rows"

[facet.subject]
last_name = "subject.last_name"
first_name = "subject.first_name"
birth_date = "subject.birth_date"
ids = {{ "bench.customer" = "subject.id" }}

[facet.fields]
id = "id"
"""

_MASTER = """
[directory]
path = "/changes"
query = { since = "{cursor}" }
cursor = "cursor"
records = "rows"

[directory.fields]
native_id = "id"
kind = { from = "kind", default = "member" }
last_name = "last_name"
first_name = "first_name"
birth_date = "birth_date"
phones = "phones"

[directory.ids]
"bench.customer" = "id"

[call_events]
path = "/calls"
format = "sse"
events = ["call"]

[call_events.fields]
call_id = "call"
kind = "kind"
at = "at"
number = "number"
queue = "queue"
"""

_SETTINGS = """synthetic = true
site_namespace = "{site}"
identity_master = "{master}"
directory = "portfolio"

[user]
login = "bench"
name = "Banc de mesure"
role = "agent"

[key]
source = "demo"
"""


def connector_text(name: str) -> str:
    """Return the connector file of a tool: the facet of the same name, or the master."""
    header = _HEADER.format(name=name)
    if name == MASTER:
        return header + _MASTER
    rules = [_rule(spec.name, spec.kind) for spec in FACETS[name].fields if spec.name != "id"]
    return header + _FACET.format(facet=name) + "\n".join(rules) + "\n"


def _rule(name: str, kind: FieldKind) -> str:
    if kind is FieldKind.AMOUNT:
        return f'{name} = {{ from = "{name}", as = "decimal" }}'
    return f'{name} = "{name}"'


def write_delayed_profile(folder: Path, ports: Mapping[str, object]) -> Path:
    """Write a profile whose tools listen on these ports; return the folder."""
    connectors = folder / "connectors"
    connectors.mkdir(parents=True)
    settings = _SETTINGS.format(site=SITE, master=MASTER)
    for name, port in ports.items():
        (connectors / f"{name}.toml").write_text(connector_text(name), encoding="utf-8")
        settings += f'\n[instances.{name}]\nconnector = "{name}"\n'
        settings += f'\n[instances.{name}.config]\nbase_url = "http://127.0.0.1:{port}"\n'
    (folder / "settings.toml").write_text(settings, encoding="utf-8")
    return folder
