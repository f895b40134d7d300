"""The demo's people as one table in which some stand twice, and which pairs are one person's."""

from __future__ import annotations

from collections.abc import Iterator

from avise.demo.population.entities import Dossier, Person
from avise.demo.population.generate import iter_dossiers
from avise.demo.population.spec import WorldSpec
from avise.models.identity.records import Notion, TableRow

Truth = frozenset[tuple[str, str]]
"""Pairs of references that are one person's, the smaller reference first."""


def table_with_duplicates(
    persons: int, seed: int = 1, *, member_numbers: bool = True
) -> tuple[list[TableRow], Truth]:
    """Return what the identity master holds of about that many persons, and its injected duplicates.

    Args:
        persons: how many, about.
        seed: of the world.
        member_numbers: whether the table has them; a household shares one.
    """
    rows: list[TableRow] = []
    truth: set[tuple[str, str]] = set()
    for dossier in iter_dossiers(WorldSpec.for_persons(persons, seed=seed)):
        everybody = (*dossier.persons(), *dossier.duplicates)
        rows.extend(_row(person, dossier, member_numbers=member_numbers) for person in everybody)
        for twice in dossier.duplicates:
            one, other = sorted((dossier.member.ids.party, twice.ids.party))
            truth.add((one, other))
    return rows, frozenset(truth)


def _row(person: Person, dossier: Dossier, *, member_numbers: bool) -> TableRow:
    values = {notion: found for notion, found in _values(person, dossier) if any(found)}
    if not member_numbers:
        values.pop(Notion.MEMBER_NUMBER, None)
    return TableRow(person.ids.party, values)


def _values(person: Person, dossier: Dossier) -> Iterator[tuple[Notion, tuple[str, ...]]]:
    points = dossier.contact_points
    home = next((point for point in points if point.kind == "address"), None)
    is_members = person.birth_date == dossier.member.birth_date and person.kind == dossier.member.kind
    yield Notion.LAST_NAME, (person.last_name,)
    yield Notion.BIRTH_NAME, (person.birth_name,)
    yield Notion.FIRST_NAME, (person.first_name,)
    yield Notion.TITLE, (person.title,)
    yield Notion.BIRTH_DATE, (person.birth_date.isoformat(),)
    yield Notion.MEMBER_NUMBER, (person.ids.member_number,)
    if home is not None:
        yield Notion.CITY, (home.city,)
        yield Notion.POSTCODE, (home.postcode,)
    # A home telephone is the household's; the mobile and the address on the net are the member's.
    kinds = {"landline", "mobile"} if is_members else {"landline"}
    yield Notion.PHONE, tuple(point.value for point in points if point.kind in kinds)
    if is_members:
        yield Notion.EMAIL, tuple(point.value for point in points if point.kind == "email")[:1]
