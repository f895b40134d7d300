"""A party as a row of `party`: texts that many share are numbers of a dictionary, the rest as it is.

The values of a party's identifiers stand side by side in one text; their schemes, which are the same for
everybody, are one number ("shape").
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from avise.directory.keys import day_of
from avise.models.customer import Party, PartyKind

KINDS = (PartyKind.MEMBER, PartyKind.BENEFICIARY, PartyKind.COMPANY, PartyKind.PROSPECT)
KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}

BETWEEN = "\x1f"
"""Stands between two identifiers, or two schemes."""
SAME_AS_NATIVE = "\x01"
SAME_AS_MEMBER = "\x02"
"""Before a scheme whose identifier the row holds already."""
_MARKS = SAME_AS_NATIVE + SAME_AS_MEMBER
AS_IT_IS = "="
"""Before a telephone number that is not E.164."""

SAME_NAME = 1
"""Stands for a birth name that is the name in use; numbers 0 and 1 take no room in a row."""
FIRST_SPELLING = 2

RARE = ("title", "company_name", "siren", "siret")
"""What few parties have: one JSON text."""


class StoredParty(NamedTuple):
    """A row of `party` as `questions.PARTIES` reads it: its own columns, then the texts of its numbers."""

    id: int
    native: str
    owner: str
    kind: int
    birth_name: int
    born: int
    member: str
    email: str
    phones: str
    restricted: int
    ids: str
    extra: str
    last: str | None
    first: str | None
    birth_text: str | None
    city: str | None
    postcode: str | None
    domain: str | None
    relation: str | None
    representative: str | None
    shape: str | None


def party_of(row: StoredParty) -> Party:
    """Return the party of a row."""
    last, shape = row.last or "", row.shape
    party = Party(
        native_id=row.native,
        kind=KINDS[row.kind],
        last_name=last,
        first_name=row.first or "",
        birth_name=last if row.birth_name == SAME_NAME else row.birth_text or "",
        birth_date=day_of(row.born),
        member_number=row.member,
        phones=_phones(row.phones) if row.phones else (),
        email=f"{row.email}@{row.domain}" if row.domain else row.email,
        city=row.city or "",
        postcode=row.postcode or "",
        restricted=bool(row.restricted),
        dossier=row.owner,
        relation=row.relation or "",
        representative=row.representative or "",
        ids=unpacked(shape, row.ids, row.native, row.member) if shape else {},
    )
    return replace(party, **json.loads(row.extra)) if row.extra else party


def _phones(text: str) -> tuple[str, ...]:
    return tuple(phone[1:] if phone[:1] == AS_IT_IS else "+" + phone for phone in text.split(BETWEEN))


def packed(ids: Mapping[str, str], native: str, member: str) -> tuple[tuple[str, ...] | None, str]:
    """Return the schemes of identifiers, and their values as one text.

    A value that the row holds elsewhere is no part of the text: its scheme is marked. The schemes are None
    when an identifier holds the character that separates them.
    """
    schemes, values = [], []
    for scheme, value in ids.items():
        if value == native:
            schemes.append(SAME_AS_NATIVE + scheme)
        elif value == member:
            schemes.append(SAME_AS_MEMBER + scheme)
        else:
            schemes.append(scheme)
            values.append(value)
    text = BETWEEN.join(values)
    if values and text.count(BETWEEN) != len(values) - 1:
        return None, ""
    return tuple(schemes), text


def unpacked(shape: str, ids: str, native: str, member: str) -> Mapping[str, str]:
    """Return identifiers by scheme."""
    same = {SAME_AS_NATIVE: native, SAME_AS_MEMBER: member}
    values = iter(ids.split(BETWEEN))
    return {scheme: same[mark] if mark else next(values) for scheme, mark in _schemes(shape)}


@lru_cache(maxsize=256)
def _schemes(shape: str) -> tuple[tuple[str, str], ...]:
    """Return each scheme of a shape, and what says that the row holds its value already."""
    return tuple(
        (scheme.lstrip(_MARKS), scheme[0] if scheme[0] in _MARKS else "") for scheme in shape.split(BETWEEN)
    )


def extra_of(party: Party, email: str, member: str, *, odd_ids: bool) -> str:
    """Return as JSON what the columns cannot hold, "" for most parties.

    Args:
        party: the party.
        email: as its columns tell it: without capitals.
        member: its number, as its column tells it: without separators.
        odd_ids: its identifiers hold a character that separates ours.
    """
    found: dict[str, Any] = {}
    if party.title or party.company_name or party.siren or party.siret:
        found = {name: getattr(party, name) for name in RARE if getattr(party, name)}
    if party.email != email:
        found["email"] = party.email
    if party.member_number != member:
        found["member_number"] = party.member_number
    if odd_ids:
        found["ids"] = dict(party.ids)
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")) if found else ""


def phones_of(phones: Sequence[str]) -> str:
    """Return telephone numbers as one text, without the "+" of E.164."""
    return BETWEEN.join(phone[1:] if phone[:1] == "+" != phone else AS_IT_IS + phone for phone in phones)
