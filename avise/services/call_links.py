"""Calls announced by a softphone: `avise://call?number=…` or, better, `avise://call?id=…`.

It is the only address that may carry a telephone number, and it is never logged (decision 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from avise.models.errors import AviseError

SCHEME = "avise"
LONGEST = 200
"""Characters of an address that a softphone sends; longer ones are not calls."""


@dataclass(frozen=True, slots=True)
class CallLink:
    """What a softphone announced."""

    number: str
    """E.164, "" when only the call's identifier was given."""
    call_id: str


def read_call_link(url: str) -> CallLink:
    """Read an announcement.

    Raises:
        AviseError: `call.bad_link` when it is not one; the address is not quoted.
    """
    try:
        parts = urlsplit(url[:LONGEST])
    except ValueError:
        raise AviseError("call.bad_link") from None
    if len(url) > LONGEST or parts.scheme != SCHEME or (parts.netloc or parts.path.strip("/")) != "call":
        raise AviseError("call.bad_link")
    from avise.models.identifiers import parse_phone  # noqa: PLC0415 - 35 ms that a start without a call spares

    values = parse_qs(parts.query)
    # A "+" in a query is a space; softphones write it for the international prefix all the same.
    said = values.get("number", [""])[0].strip()
    number = parse_phone("+" + said if said[:2] == "33" and len(said) == 11 else said) or ""
    call_id = "".join(c for c in values.get("id", [""])[0] if c.isalnum() or c in "-_.")
    if not number and not call_id:
        raise AviseError("call.bad_link")
    return CallLink(number, call_id)
