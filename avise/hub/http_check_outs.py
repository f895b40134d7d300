"""A portfolio taken on the road, as it crosses the wire."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping

from avise.hub.check_out_values import (
    HALF_BYTES,
    MOST_CHECKED_OUT,
    RECEIPT_DIGITS,
    CheckedOut,
    CheckOut,
    CheckOutStanding,
)
from avise.hub.http_reading import MalformedError, Told, identity_in
from avise.models.json_types import JSON

MOST_BYTES = 1024 * 1024
"""Of the body of a check-out: 20,000 identities."""

_CHECK_OUT = frozenset(("persons", "days", "take_over"))
_RECEIPT = re.compile(rf"[0-9a-f]{{{RECEIPT_DIGITS}}}")


def check_out_to_json(wanted: CheckOut) -> Mapping[str, JSON]:
    """Return what a representative takes along."""
    return {
        "persons": [str(person) for person in wanted.persons],
        "days": wanted.days,
        "take_over": wanted.take_over,
    }


def read_check_out(value: JSON) -> CheckOut:
    """Read what a representative takes along, strictly."""
    told = Told(value, _CHECK_OUT)
    return CheckOut(
        told.each("persons", identity_in, MOST_CHECKED_OUT), told.number("days"),
        told.flag("take_over", default=False),
    )  # fmt: skip


def checked_out_to_json(lent: CheckedOut) -> Mapping[str, JSON]:
    """Return what the hub lends."""
    return {
        "half": base64.b64encode(lent.half).decode("ascii"),
        "until": lent.until.isoformat(),
        "now": lent.now.isoformat(),
        "count": lent.count,
        "elsewhere": [str(person) for person in lent.elsewhere],
    }


def read_checked_out(value: JSON) -> CheckedOut:
    """Read what the hub lends."""
    told = Told(value)
    half = told.binary("half")
    if len(half) != HALF_BYTES:
        raise MalformedError
    return CheckedOut(
        half, told.moment("until"), told.moment("now"), told.number("count", least=0),
        told.each("elsewhere", identity_in, MOST_CHECKED_OUT),
    )  # fmt: skip


def standing_to_json(standing: CheckOutStanding) -> Mapping[str, JSON]:
    """Return what a head says of what was taken along."""
    return {
        "until": standing.until.isoformat(),
        "renewed_at": standing.renewed_at.isoformat(),
        "ended": standing.ended,
    }


def read_standing(value: JSON) -> CheckOutStanding | None:
    """Read what a head says of what was taken along; an older hub says nothing."""
    if value is None:
        return None
    told = Told(value)
    return CheckOutStanding(told.moment("until"), told.moment("renewed_at"), told.text("ended"))


def receipt_in(told: Told, name: str = "receipt") -> str:
    """Return the digest, or what it is the digest of, of a device that erases itself."""
    found = told.text(name)
    if _RECEIPT.fullmatch(found) is None:
        raise MalformedError
    return found
