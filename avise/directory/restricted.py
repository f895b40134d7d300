"""What the directory never holds: a NIR, in a scheme of that name or in any text (decision 4)."""

from __future__ import annotations

from functools import lru_cache

from avise.models.customer import Party
from avise.models.identifiers import holds_nir

_SCHEMES = ("nir", "nia")
SHORTEST = 15
"""Characters of a NIR with its key, written without any gap: shorter texts are not looked at."""


def holds_restricted(party: Party) -> bool:
    """Say whether a party carries a NIR."""
    own = (party.native_id, party.email, party.member_number, party.dossier, *party.ids.values())
    long = [text for text in own if len(text) >= SHORTEST]
    return (
        _are_restricted(tuple(party.ids))
        or _is_long_and_restricted(party.last_name, party.birth_name)
        or _is_long_and_restricted(party.first_name, party.relation)
        or _is_long_and_restricted(party.city, party.postcode)
        or _is_long_and_restricted(party.representative, party.title)
        or (bool(long) and holds_nir("\n".join(long).encode()))
        or _is_long_and_restricted(party.company_name, party.siret)
        or any(len(phone) >= SHORTEST and holds_nir(phone.encode()) for phone in party.phones)
    )


@lru_cache(maxsize=256)
def _are_restricted(schemes: tuple[str, ...]) -> bool:
    return any(scheme.rsplit(".", 1)[-1].lower() in _SCHEMES for scheme in schemes)


def _is_long_and_restricted(one: str, other: str) -> bool:
    if len(one) < SHORTEST and len(other) < SHORTEST:
        return False
    return holds_nir(f"{one}\n{other}".encode())
