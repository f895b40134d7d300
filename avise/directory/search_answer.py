"""Search results as rows to show: ranked, homonyms counted, what matched tinted."""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Set

from avise.directory.reading import DirectoryReader
from avise.directory.search import Bearer, DirectorySearch, Found
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
from avise.models.names import FoldedText, fold, fold_with_origins
from avise.texts.catalogue import text

Highlight = tuple[str, int, int]

NEAR_ROWS = 10
"""Last rows of a full answer that names near to what was typed may take."""

_NOBODY = Bearer()
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
    reader, bearers = search.reader, search.bearers
    as_of = reader.fact("as_of")
    if not found or limit <= 0:
        return SearchAnswer((), 0, as_of=as_of)

    # Only what is shown is read whole: decoding two hundred parties would take most of the time.
    ranks = sorted((-why.score, bearers.get(number, _NOBODY), number) for number, why in found.items())
    ranked = _with_near(_shared(ranks, limit), search.near, limit)
    entries = reader.parties(ranked[: limit + len(known)])
    shown = [number for number in ranked if number in entries and entries[number].person not in known][:limit]
    folded = _Folded()
    homonyms = _homonyms(bearers, {number: entries[number].party for number in shown}, folded)
    members = _members(reader, [entries[number] for number in shown])
    hits = tuple(
        SearchHit(
            entry=entries[number],
            score=found[number].relative,
            matched_on=tuple(dict.fromkeys(found[number].matched_on)),
            highlights=tuple(_highlights(entries[number].party, found[number], folded)),
            homonyms=homonyms[number],
            member_label=_member_label(entries[number], members),
        )
        for number in shown
    )
    total = len(found) - sum(entry.person in known for entry in entries.values()) if known else len(found)
    return SearchAnswer(hits, total, more=reader.cut, as_of=as_of)


Rank = tuple[float, Bearer, int]


def _shared(ranks: list[Rank], limit: int) -> list[int]:
    """Return the parties in order; surnames that answer equally well share the room that is left.

    « Michel André » may be any of two hundred ANDRÉ Michel, or of as many MICHEL André.
    """
    numbers = [rank[2] for rank in ranks]
    if not 0 < limit < len(ranks) or ranks[limit - 1][0] != ranks[limit][0]:
        return numbers
    score = ranks[limit][0]
    start = bisect_left(ranks, score, key=lambda rank: rank[0])
    end = bisect_right(ranks, score, key=lambda rank: rank[0])
    places: Counter[str] = Counter()
    first: list[tuple[int, int]] = []
    for place in range(start, end):
        last = ranks[place][1].last
        first.append((places[last], place))
        places[last] += 1
    if len(places) == 1:
        return numbers
    chosen = sorted(place for _turn, place in heapq.nsmallest(limit - start, first))
    others = sorted({*range(start, end)} - {*chosen})
    return numbers[:start] + [numbers[place] for place in (*chosen, *others)] + numbers[end:]


def _with_near(ranked: list[int], near: Set[int], limit: int) -> list[int]:
    """Keep the last rows for names near to what was typed, which a common name would push out."""
    if not near or not NEAR_ROWS < limit < len(ranked):
        return ranked
    hidden = [number for number in ranked[limit - NEAR_ROWS :] if number in near][:NEAR_ROWS]
    first = [number for number in ranked if number not in set(hidden)]
    place = limit - len(hidden)
    return [*first[:place], *hidden, *first[place:]]


class _Folded(dict[str, FoldedText]):
    """Texts folded for one answer: fifty rows bear a few names, and none is remembered afterwards."""

    def __missing__(self, shown: str) -> FoldedText:
        """Fold a text that no row bore yet."""
        made = self[shown] = fold_with_origins(shown)
        return made


def _homonyms(bearers: Mapping[int, Bearer], shown: Mapping[int, Party], folded: _Folded) -> dict[int, int]:
    """Return, for each party shown, how many others found bear its name.

    Those found by name are counted among all, those found by a number among the rows shown.
    """
    by_key = Counter(bearer[:2] for bearer in bearers.values())
    names = {
        number: (folded[party.last_name or party.company_name].folded, folded[party.first_name].folded)
        for number, party in shown.items()
    }
    by_name = Counter(names.values())
    return {
        number: max(by_key[bearers.get(number, _NOBODY)[:2]], by_name[name], 1) - 1
        for number, name in names.items()
    }


def _members(reader: DirectoryReader, entries: list[DirectoryEntry]) -> dict[PersonId, str]:
    """Return how the members whose dossier covers the beneficiaries shown are called."""
    wanted = list(
        dict.fromkeys(
            entry.dossier
            for entry in entries
            if entry.party.kind is PartyKind.BENEFICIARY and entry.dossier != entry.person
        )
    )
    return reader.first_names_of(wanted) if wanted else {}


def _member_label(entry: DirectoryEntry, members: Mapping[PersonId, str]) -> str:
    """Return « conjoint de Hélène » for a beneficiary, "" for anybody else."""
    if entry.party.kind is not PartyKind.BENEFICIARY or entry.dossier == entry.person:
        return ""
    first_name = members.get(entry.dossier)
    if first_name is None:
        return ""
    relation = text(f"search.relation.{entry.party.relation or 'other'}")
    elided = fold(first_name)[:1] in set("AEIOUY")
    return text(
        "search.member_label_elided" if elided else "search.member_label",
        relation=relation,
        first_name=first_name,
    )


def _highlights(party: Party, found: Found, folded: _Folded) -> Iterator[Highlight]:
    for name, typed in found.typed.items():
        if name == "phones":
            yield from _phone_highlights(party, typed)
        elif name == "birth_date":
            yield from _birth_highlights(party, typed)
        elif name in ("last_name", "birth_name", "first_name"):
            yield from _name_highlight(name, getattr(party, name), typed, found, folded)
        else:
            yield from _part(name, getattr(party, name), typed, folded)


def _name_highlight(name: str, value: str, typed: str, found: Found, folded: _Folded) -> Iterator[Highlight]:
    part = list(_part(name, value, typed, folded))
    if part:
        yield from part
    elif value and not _FORGIVEN[name == "first_name"].isdisjoint(found.matched_on):
        yield name, 0, len(value)


def _part(name: str, value: str, typed: str, folded: _Folded) -> Iterator[Highlight]:
    """Yield where what was typed stands in a value, accents, hyphens and case apart."""
    shown, wanted = folded[value], folded[typed].folded
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
