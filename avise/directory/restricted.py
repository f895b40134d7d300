"""What the directory never holds: a NIR, in a scheme of that name or in any text (decision 4)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from avise.models.customer import Party
from avise.models.identifiers import holds_nir

_SCHEMES = ("nir", "nia")
SHORTEST = 15
"""Characters of a NIR with its key, written without any gap: shorter texts are not looked at."""


def any_restricted(parties: Sequence[Party]) -> bool:
    """Say whether a party among these carries a NIR: read at once, a page costs a third of one by one."""
    long: list[str] = []
    for party in parties:
        if _are_restricted(tuple(party.ids)):
            return True
        long += [text for text in _texts(party) if len(text) >= SHORTEST]
    return holds_nir("\n".join(long).encode())


def holds_restricted(party: Party) -> bool:
    """Say whether a party carries a NIR."""
    return any_restricted((party,))


def _texts(party: Party) -> tuple[str, ...]:
    return (
        party.native_id, party.dossier, party.member_number, party.email, party.last_name, party.birth_name,
        party.first_name, party.relation, party.city, party.postcode, party.representative, party.title,
        party.company_name, party.siren, party.siret, *party.ids.values(), *party.phones,
    )  # fmt: skip


@lru_cache(maxsize=256)
def _are_restricted(schemes: tuple[str, ...]) -> bool:
    return any(scheme.rsplit(".", 1)[-1].lower() in _SCHEMES for scheme in schemes)
