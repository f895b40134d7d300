"""Where those who keep a reading under way find what they write it with."""

from __future__ import annotations

from avise.directory.keys import Minter
from avise.directory.party_json import decoded, encoded
from avise.directory.restricted import holds_restricted as party_holds_restricted
from avise.models.customer import Party

__all__ = ["Minter", "decoded", "encoded", "holds_restricted"]


def holds_restricted(party: Party, body: str) -> bool:
    """Say whether a party carries a NIR, in a scheme of that name or in any text."""
    del body
    return party_holds_restricted(party)
