"""A party of the directory or of a tool, as it is compared."""

from __future__ import annotations

import hashlib

from avise.models.customer import Party
from avise.models.identity.records import IdentityRecord, Notion, TableRow, prepared


def row_of_party(party: Party, reference: str = "") -> TableRow:
    """Return what a party tells, by notion; none of its numbers in tools, and no NIR."""
    born = party.birth_date.isoformat() if party.birth_date else ""
    told = {
        Notion.LAST_NAME: (party.last_name,),
        Notion.BIRTH_NAME: (party.birth_name,),
        Notion.FIRST_NAME: (party.first_name,),
        Notion.TITLE: (party.title,),
        Notion.BIRTH_DATE: (born,),
        Notion.POSTCODE: (party.postcode,),
        Notion.CITY: (party.city,),
        Notion.PHONE: party.phones,
        Notion.EMAIL: (party.email,),
        Notion.MEMBER_NUMBER: (party.member_number,),
    }
    return TableRow(
        reference or party.native_id, {notion: found for notion, found in told.items() if any(found)}
    )


def record_of_party(party: Party, reference: str = "") -> IdentityRecord:
    """Return a party prepared to be compared."""
    return prepared(row_of_party(party, reference))


def data_seen(one: IdentityRecord, other: IdentityRecord) -> str:
    """Return a mark of what two records said when somebody decided of them.

    The same mark later: nothing that is compared has changed, and nobody is asked again.
    """
    told = sorted(repr([getattr(each, name) for name in _COMPARED]) for each in (one, other))
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


_COMPARED = (
    "last_names", "first_names", "birth", "sex", "street", "postcode", "city", "region", "phones", "email",
    "member_number",
)  # fmt: skip
