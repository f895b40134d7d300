"""Where a letter is: its folder, the folder's validity and the letter's number (RFC 3501, 2.3.1.1)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote, unquote

from avise.connectors.contract import ConnectorError
from avise.models.errors import ErrorKind, Origin

_REF = re.compile(r"([^;\s]+);([0-9]{1,10});([0-9]{1,10})")


@dataclass(frozen=True, slots=True)
class Place:
    """One letter of a mailbox; stays the same for as long as the letter stays in its folder."""

    folder: str
    validity: int
    """Changes when the server numbers the folder anew."""
    uid: int

    @property
    def ref(self) -> str:
        """The place as text, the identifier of the letter."""
        return f"{quote(self.folder, safe='')};{self.validity};{self.uid}"


def place_of(ref: str, folders: Collection[str]) -> Place:
    """Read a place.

    Raises:
        ConnectorError: INVALID for what is no letter of these folders.
    """
    parts = _REF.fullmatch(ref)
    if parts is None or unquote(parts[1]) not in folders:
        raise ConnectorError(ErrorKind.INVALID, "no letter of this mailbox", origin=Origin.HOST)
    return Place(unquote(parts[1]), int(parts[2]), int(parts[3]))
