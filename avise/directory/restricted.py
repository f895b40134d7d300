"""What the directory never holds: a NIR, in a scheme of that name or in any text (decision 4)."""

from __future__ import annotations

from functools import lru_cache

from avise.models.customer import Party
from avise.models.identifiers import holds_nir

_SCHEMES = ("nir", "nia")


def holds_restricted(party: Party) -> bool:
    """Say whether a party carries a NIR."""
    if _are_restricted(tuple(party.ids)):
        return True
    texts = (
        party.native_id, party.last_name, party.first_name, party.birth_name, party.member_number,
        party.email, party.city, party.postcode, party.company_name, party.siren, party.siret, party.dossier,
        party.title, party.relation, party.representative, *party.phones, *party.ids.values(),
    )  # fmt: skip
    return holds_nir("\n".join(texts).encode())


@lru_cache(maxsize=256)
def _are_restricted(schemes: tuple[str, ...]) -> bool:
    return any(scheme.rsplit(".", 1)[-1].lower() in _SCHEMES for scheme in schemes)
