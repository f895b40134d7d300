"""Parties as a Tryton server gives them, and the rows that expressions read.

The row of a party has `id` (of the database), `code`, `name`, `full_name`, `active`, `created` and `changed`
(ISO 8601, UTC), `identifiers` (type → code), `addresses` and `mechanisms` (lists of rows as below), and
`phones` and `emails` (lists of values). A row of `contact_points` has `id` ("address/5", "mechanism/2"),
`kind` ("address", or the server's type of mechanism: "phone", "mobile", "email", "fax"…), `value`, `name`,
`street`, `city`, `postcode` and `since` (ISO date).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from avise.connectors.contract import ConnectorError
from avise.connectors.row_mapping import Row
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON

FIELDS: tuple[JSON, ...] = (
    "code",
    "name",
    "full_name",
    "active",
    "create_date",
    "write_date",
    "addresses.street",
    "addresses.city",
    "addresses.postal_code",
    "addresses.party_name",
    "addresses.create_date",
    "addresses.write_date",
    "contact_mechanisms.type",
    "contact_mechanisms.value",
    "contact_mechanisms.name",
    "contact_mechanisms.create_date",
    "contact_mechanisms.write_date",
)
"""What is asked of a party; nothing else leaves the server."""

IDENTIFIER_FIELDS: tuple[JSON, ...] = ("party", "type", "code")

_PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")
_PHONES = frozenset({"phone", "mobile"})


def party_rows(parties: object, identifiers: object) -> list[Row]:
    """Return the rows of parties.

    Args:
        parties: result of `search_read` with `FIELDS`.
        identifiers: result of `search_read` on their identifiers, with `IDENTIFIER_FIELDS`.

    Raises:
        ConnectorError: BAD_DATA when a result is no list of records.
    """
    codes: dict[object, dict[str, str]] = {}
    for found in records(identifiers):
        codes.setdefault(found.get("party"), {})[str(found.get("type"))] = str(found.get("code") or "")
    return [_party_row(party, codes.get(party.get("id"), {})) for party in records(parties)]


def records(result: object) -> list[Mapping[str, Any]]:
    """Return a result as records.

    Raises:
        ConnectorError: BAD_DATA when it is not.
    """
    if not isinstance(result, list) or not all(isinstance(one, dict) and "id" in one for one in result):
        raise ConnectorError(ErrorKind.BAD_DATA, "no list of records")
    return result


def last_change(rows: Iterable[Row]) -> str:
    """Return the latest moment at which something of these parties changed (ISO 8601), "" for none."""
    return max((str(row["changed"]) for row in rows), default="")


def contact_rows(party: Row) -> Sequence[Row]:
    """Return the rows of `contact_points`, addresses first."""
    addresses, mechanisms = party["addresses"], party["mechanisms"]
    return [
        *(addresses if isinstance(addresses, list) else []),
        *(mechanisms if isinstance(mechanisms, list) else []),
    ]


def moment_of(value: object) -> str:
    """Return a moment of the server, which counts in UTC, in ISO 8601; "" when there is none."""
    if not isinstance(value, dict) or value.get("__class__") not in {"datetime", "timestamp"}:
        return ""
    parts: dict[str, Any] = {name: value.get(name, 0) for name in _PARTS}
    try:
        return datetime(**parts, tzinfo=UTC).isoformat(timespec="microseconds")
    except (TypeError, ValueError):
        return ""


def as_moment(text: str) -> JSON:
    """Return a moment (ISO 8601) as the server takes it."""
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return {"__class__": "datetime", **{name: getattr(moment, name) for name in _PARTS}}


def _party_row(party: Mapping[str, Any], codes: Mapping[str, str]) -> Row:
    addresses = [_address(one) for one in _inner(party, "addresses.")]
    mechanisms = [_mechanism(one) for one in _inner(party, "contact_mechanisms.")]
    changes = [_changed(one) for key in ("addresses.", "contact_mechanisms.") for one in _inner(party, key)]
    return {
        "id": party["id"],
        "code": _text(party.get("code")),
        "name": _text(party.get("name")),
        "full_name": _text(party.get("full_name")),
        "active": bool(party.get("active", True)),
        "created": moment_of(party.get("create_date")),
        "changed": max([_changed(party), *changes]),
        "identifiers": dict(codes),
        "addresses": addresses,
        "mechanisms": mechanisms,
        "phones": [one["value"] for one in mechanisms if one["kind"] in _PHONES],
        "emails": [one["value"] for one in mechanisms if one["kind"] == "email"],
    }


def _inner(party: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = party.get(key)
    return [one for one in found if isinstance(one, dict) and "id" in one] if isinstance(found, list) else []


def _address(address: Mapping[str, Any]) -> dict[str, object]:
    street = ", ".join(line.strip() for line in _text(address.get("street")).splitlines() if line.strip())
    return {
        "id": f"address/{address['id']}",
        "kind": "address",
        "value": street,
        "street": street,
        "city": _text(address.get("city")),
        "postcode": _text(address.get("postal_code")),
        "name": _text(address.get("party_name")),
        "since": moment_of(address.get("create_date")),
    }


def _mechanism(mechanism: Mapping[str, Any]) -> dict[str, object]:
    return {
        "id": f"mechanism/{mechanism['id']}",
        "kind": _text(mechanism.get("type")),
        "value": _text(mechanism.get("value")),
        "name": _text(mechanism.get("name")),
        "since": moment_of(mechanism.get("create_date")),
    }


def _changed(record: Mapping[str, Any]) -> str:
    # Until 7.0 a record that was only created has no date of writing.
    return moment_of(record.get("write_date")) or moment_of(record.get("create_date"))


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
