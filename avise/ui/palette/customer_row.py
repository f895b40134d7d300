"""The row of somebody who was found: name, what tells homonyms apart, number, and why it is there."""

from __future__ import annotations

from collections.abc import Collection

from avise.models.customer import MatchedOn, Party, PartyKind, PersonId, SearchHit
from avise.models.names import fold
from avise.texts import agreed, text
from avise.texts.formats import format_date, format_member_number, format_phone, format_siren
from avise.ui.palette.matching import Mark, merged
from avise.ui.palette.values import PaletteRow, Part, RowKind, marked


def customer_row(hit: SearchHit, open_people: Collection[PersonId]) -> PaletteRow:
    """Return the row of a customer: name, what tells homonyms apart, number, and why it is there."""
    party = hit.entry.party
    if party.kind is PartyKind.COMPANY:
        parts = list(marked(party.company_name, _marks(hit, "company_name"), strong=True))
        parts += _spaced(hit, "siren", party.siren, format_siren(party.siren))
    else:
        parts = list(marked(_capitals(party.last_name), _marks(hit, "last_name"), strong=True))
        parts.append(Part(" ", strong=True))
        parts += marked(party.first_name, _marks(hit, "first_name"), strong=True)
        parts += _birth(hit)
    # Twins of one name have one birth date: the town is read after it.
    parts += _town(hit)
    parts += _reason(hit)
    is_open = hit.entry.person in open_people
    return PaletteRow(
        RowKind.CUSTOMER,
        tuple(parts),
        _icon(hit, is_open=is_open),
        _number(hit),
        chip="open" if is_open else ("restricted" if party.restricted else ""),
        hit=hit,
    )


def _capitals(name: str) -> str:
    """Write a family name in capitals, unless a letter grows ("ß"): the marks count characters."""
    capitals = name.upper()
    return capitals if len(capitals) == len(name) else name


def _icon(hit: SearchHit, *, is_open: bool) -> str:
    if hit.entry.party.restricted and not is_open:
        return "lock"
    icons = {PartyKind.COMPANY: "store", PartyKind.BENEFICIARY: "users"}
    return icons.get(hit.entry.party.kind, "user")


def _marks(hit: SearchHit, field: str) -> tuple[Mark, ...]:
    return merged([(start, length) for name, start, length in hit.highlights if name == field])


def _birth(hit: SearchHit) -> list[Part]:
    born = hit.entry.party.birth_date
    if born is None:
        return []
    matched = MatchedOn.BIRTH_DATE in hit.matched_on
    # Two people of one name: the birth date is what the agent reads next.
    return [Part(" · "), Part(format_date(born), matched=matched, strong=hit.homonyms > 0)]


def _quiet(hit: SearchHit, field: str, value: str, *, strong: bool = False) -> list[Part]:
    return [Part(" · "), *marked(value, _marks(hit, field), strong=strong)] if value else []


def _spaced(hit: SearchHit, field: str, number: str, written: str) -> list[Part]:
    """Return a number as it is written, the characters that were typed tinted."""
    return (
        [Part(" · "), *marked(written, _spaced_marks(hit, field, number, written) or ())] if written else []
    )


def _spaced_marks(hit: SearchHit, field: str, number: str, written: str) -> list[Mark] | None:
    """Return where typed characters stand once a number is written with spaces; None when that is unknown."""
    places = [place for place, character in enumerate(written) if not character.isspace()]
    if len(places) != len(number):
        return None
    return [
        (places[start], places[start + length - 1] - places[start] + 1)
        for start, length in _marks(hit, field)
    ]


def _town(hit: SearchHit) -> list[Part]:
    """Return the town; whole when its postcode was typed, which no row shows."""
    city = hit.entry.party.city
    marks = _marks(hit, "city")
    if MatchedOn.CITY in hit.matched_on and not marks:
        marks = ((0, len(city)),)
    return [Part(" · "), *marked(city, marks, strong=hit.homonyms > 0)] if city else []


def _number(hit: SearchHit) -> tuple[Part, ...]:
    """Return the member number, the characters that were typed tinted."""
    number = hit.entry.party.member_number
    written = format_member_number(number)
    if MatchedOn.MEMBER_NUMBER not in hit.matched_on or not written:
        return (Part(written),) if written else ()
    return marked(written, _spaced_marks(hit, "member_number", number, written) or [(0, len(written))])


def _reason(hit: SearchHit) -> list[Part]:
    """Return what the row must add for the reader to see why it is there."""
    party, parts = hit.entry.party, []
    if hit.member_label:
        parts += [Part(" · "), Part(hit.member_label)]
    if MatchedOn.PHONE in hit.matched_on and party.phones:
        parts += [Part(" · "), Part(format_phone(_matched_phone(hit)), matched=True)]
    if MatchedOn.EMAIL in hit.matched_on and party.email:
        parts += [Part(" · "), *marked(party.email, _marks(hit, "email") or ((0, len(party.email)),))]
    born = _marks(hit, "birth_name")
    # A name of birth that was mistyped answers too: the row would not tell why it is there.
    if party.birth_name and (MatchedOn.BIRTH_NAME in hit.matched_on or (born and _is_renamed(party))):
        parts += [Part(" · "), Part(agreed("palette.born", party.title)), *marked(party.birth_name, born)]
    if MatchedOn.COMPANY in hit.matched_on and party.kind is not PartyKind.COMPANY and party.company_name:
        parts += _quiet(hit, "company_name", party.company_name)
    # Who is only near is told apart by these words: they are never cut.
    parts += [Part(f" · {text(f'palette.{kind}')}", kept=True) for kind in _approximate(hit)]
    return parts


def is_near(hit: SearchHit) -> bool:
    """Tell somebody who is only near to what was typed: a letter, a sound or a day is another."""
    return bool(_approximate(hit))


def _approximate(hit: SearchHit) -> list[MatchedOn]:
    return [kind for kind in _APPROXIMATE if kind in hit.matched_on]


def _is_renamed(party: Party) -> bool:
    return fold(party.birth_name) != fold(party.last_name)


def _matched_phone(hit: SearchHit) -> str:
    """Return the number that answers: a member may have several."""
    phones = hit.entry.party.phones
    matched = {name for name, _start, _length in hit.highlights}
    return next((phone for place, phone in enumerate(phones) if f"phones.{place}" in matched), phones[0])


_APPROXIMATE = (
    MatchedOn.NAME_TYPO,
    MatchedOn.NAME_PHONETIC,
    MatchedOn.FIRST_NAME_TYPO,
    MatchedOn.FIRST_NAME_VARIANT,
    MatchedOn.BIRTH_DATE_TYPO,
)
"""Reasons that the tint alone does not tell."""
