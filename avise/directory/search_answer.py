"""Search results as rows to show: ranked, homonyms counted, what matched tinted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from avise.directory.reading import DirectoryReader
from avise.directory.search import DirectorySearch, Found
from avise.directory.search_query import SearchQuery
from avise.directory.wide_search import WideSearch
from avise.models.customer import (
    DirectoryEntry,
    MatchedOn,
    Party,
    PartyKind,
    PersonId,
    SearchAnswer,
    SearchHit,
)
from avise.models.names import fold, fold_with_origins
from avise.texts.catalogue import text

Highlight = tuple[str, int, int]

NEAR_ROWS = 10
"""Last rows of a full answer that names near to what was typed may take."""

_FORGIVEN = (
    frozenset({MatchedOn.NAME_TYPO, MatchedOn.NAME_PHONETIC}),
    frozenset({MatchedOn.FIRST_NAME_TYPO, MatchedOn.FIRST_NAME_VARIANT}),
)
"""What makes a surname, or a first name, tinted whole."""


def answer(search: DirectorySearch, query: SearchQuery, limit: int) -> SearchAnswer:
    """Run a search and return at most `limit` rows, the best first."""
    return _shown(search, {} if query.empty else search.run(query), limit)


def wider_answer(
    search: WideSearch, query: SearchQuery, known: Collection[PersonId], limit: int
) -> SearchAnswer:
    """Return who else answers when two letters may be wrong: rows to put below those that are known."""
    return _shown(search, search.run(query), limit, known)


def _shown(
    search: DirectorySearch | WideSearch,
    found: Mapping[int, Found],
    limit: int,
    known: Collection[PersonId] = (),
) -> SearchAnswer:
    reader, births = search.reader, search.births
    as_of = reader.fact("as_of")
    if not found or limit <= 0:
        return SearchAnswer((), 0, as_of=as_of)

    # Only what is shown is read whole: decoding two hundred parties would take most of the time.
    def rank(number: int) -> tuple[float, tuple[str, str], int, int]:
        why = found[number]
        return -why.score, why.name, births.get(number, 0), number

    ranked = _with_near(sorted(found, key=rank), found, limit)
    entries = reader.parties(ranked[: limit + len(known)])
    shown = [number for number in ranked if number in entries and entries[number].person not in known][:limit]
    homonyms = _homonyms(found, {number: entries[number].party for number in shown})
    members = _members(reader, [entries[number] for number in shown])
    hits = tuple(
        SearchHit(
            entry=entries[number],
            score=found[number].relative,
            matched_on=tuple(dict.fromkeys(found[number].matched_on)),
            highlights=tuple(_highlights(entries[number].party, found[number])),
            homonyms=homonyms[number],
            member_label=_member_label(entries[number], members),
        )
        for number in shown
    )
    total = len(found) - sum(entry.person in known for entry in entries.values()) if known else len(found)
    return SearchAnswer(hits, total, more=reader.cut, as_of=as_of)


def _with_near(ranked: list[int], found: Mapping[int, Found], limit: int) -> list[int]:
    """Keep the last rows for names near to what was typed, which a common name would push out."""
    if len(ranked) <= limit:
        return ranked
    last = ranked[limit - NEAR_ROWS :]
    near = [number for number in last if _FORGIVEN[0] & {*found[number].matched_on}][:NEAR_ROWS]
    if not near or limit <= NEAR_ROWS:
        return ranked
    kept = [number for number in ranked if number not in set(near)]
    place = limit - len(near)
    return [*kept[:place], *near, *kept[place:]]


def _homonyms(found: Mapping[int, Found], shown: Mapping[int, Party]) -> dict[int, int]:
    """Return, for each party shown, how many others found bear its name.

    Those found by name are counted among all, those found by a number among the rows shown.
    """
    by_key = Counter(why.name for why in found.values() if any(why.name))
    by_name = Counter(_name(party) for party in shown.values())
    return {
        number: max(by_key[found[number].name], by_name[_name(party)], 1) - 1
        for number, party in shown.items()
    }


def _name(party: Party) -> tuple[str, str]:
    return fold(party.last_name or party.company_name), fold(party.first_name)


def _members(reader: DirectoryReader, entries: list[DirectoryEntry]) -> dict[PersonId, DirectoryEntry]:
    """Return the members whose dossier covers the beneficiaries shown."""
    wanted = list(dict.fromkeys(entry.dossier for entry in entries if entry.dossier != entry.person))
    return {entry.person: entry for entry in reader.persons(wanted)} if wanted else {}


def _member_label(entry: DirectoryEntry, members: dict[PersonId, DirectoryEntry]) -> str:
    """Return « conjoint de Hélène » for a beneficiary, "" for anybody else."""
    member = members.get(entry.dossier)
    if entry.party.kind is not PartyKind.BENEFICIARY or member is None or entry.dossier == entry.person:
        return ""
    first_name = member.party.first_name
    relation = text(f"search.relation.{entry.party.relation or 'other'}")
    elided = fold(first_name)[:1] in set("AEIOUY")
    return text(
        "search.member_label_elided" if elided else "search.member_label",
        relation=relation,
        first_name=first_name,
    )


def _highlights(party: Party, found: Found) -> Iterator[Highlight]:
    for name, typed in found.typed.items():
        if name == "phones":
            yield from _phone_highlights(party, typed)
        elif name == "birth_date":
            yield from _birth_highlights(party, typed)
        elif name in ("last_name", "birth_name", "first_name"):
            yield from _name_highlight(name, getattr(party, name), typed, found)
        else:
            yield from _part(name, getattr(party, name), typed)


def _name_highlight(name: str, value: str, typed: str, found: Found) -> Iterator[Highlight]:
    part = list(_part(name, value, typed))
    if part:
        yield from part
    elif value and _FORGIVEN[name == "first_name"] & set(found.matched_on):
        yield name, 0, len(value)


def _part(name: str, value: str, typed: str) -> Iterator[Highlight]:
    """Yield where what was typed stands in a value, accents, hyphens and case apart."""
    shown, wanted = fold_with_origins(value), fold(typed)
    start = shown.folded.find(wanted) if wanted else -1
    if start >= 0:
        yield name, *shown.span(start, len(wanted))


def _phone_highlights(party: Party, typed: str) -> Iterator[Highlight]:
    """Yield the digits that matched in each number; the field is "phones.0" for the first."""
    digits = "".join(character for character in typed if character.isdigit())
    for index, phone in enumerate(party.phones):
        if phone.removeprefix("+").endswith(digits):
            yield f"phones.{index}", len(phone) - len(digits), len(digits)


def _birth_highlights(party: Party, typed: str) -> Iterator[Highlight]:
    """Yield the part of a birth date, written DD/MM/YYYY, that was typed: day, month and year, or year."""
    if party.birth_date is None:
        return
    first, last = typed.split("-")
    if first == last:
        yield "birth_date", 0, 10
    elif first[:6] == last[:6]:
        yield "birth_date", 3, 7
    else:
        yield "birth_date", 6, 4
