"""A party as JSON, for what is kept of a reading under way."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from typing import Any

from avise.directory.keys import Minter
from avise.directory.restricted import holds_restricted as party_holds_restricted
from avise.models.customer import Party, PartyKind

__all__ = ["Minter", "decoded", "encoded", "holds_restricted"]

_DEFAULTS: dict[str, object] = {
    field.name: field.default for field in fields(Party) if field.name not in ("native_id", "kind", "ids")
}


def holds_restricted(party: Party, body: str) -> bool:
    """Say whether a party carries a NIR, in a scheme of that name or in any text."""
    del body
    return party_holds_restricted(party)


def encoded(party: Party) -> str:
    """Return a party as JSON, default values left out."""
    body: dict[str, Any] = {"native_id": party.native_id, "kind": party.kind.value}
    for name, default in _DEFAULTS.items():
        value = getattr(party, name)
        if value != default:
            body[name] = value.isoformat() if isinstance(value, date) else value
    if party.ids:
        body["ids"] = dict(party.ids)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def decoded(body: str) -> Party:
    """Return the party of a JSON body."""
    found = json.loads(body)
    found["kind"] = PartyKind(found["kind"])
    if "birth_date" in found:
        found["birth_date"] = date.fromisoformat(found["birth_date"])
    if "phones" in found:
        found["phones"] = tuple(found["phones"])
    return Party(**found)
