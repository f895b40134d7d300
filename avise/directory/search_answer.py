"""Search results as rows to show: ranked, homonyms counted, what matched tinted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence, Set

from avise.directory.highlights import Highlighter
from avise.directory.reading import DirectoryReader
from avise.directory.reasons import Bearer, Found
from avise.directory.search import DirectorySearch
from avise.directory.search_query import SearchQuery
from avise.directory.wide_search import WideSearch
from avise.models.customer import (
    Party,
    PartyKind,
    PersonId,
    SearchAnswer,
    SearchHit,
)
from avise.models.names import fold
from avise.texts.catalogue import agreed, text

NEAR_ROWS = 10
"""Last rows of a full answer that names near to what was typed may take."""

_NOBODY: Bearer = ("", ""), 0


def answer(search: DirectorySearch, query: SearchQuery, limit: int) -> SearchAnswer:
    """Run a search and return at most `limit` rows, the best first."""
    return _shown(search, {} if query.empty else search.run(query), limit)


def wider_answer(
    search: WideSearch, query: SearchQuery, known: Collection[PersonId], limit: int
) -> SearchAnswer:
    """Return who else answers when two letters may be wrong: rows to put below those that are known."""
    return _shown(search, search.run(query, answered=bool(known)), limit, known)


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
    homonyms = _homonyms(bearers, {number: entries[number].party for number in shown})
    labels = _member_labels(reader, [entries[number].party for number in shown])
    highlighter = Highlighter()
    hits = tuple(
        SearchHit(
            entry=entries[number],
            score=found[number].relative,
            matched_on=tuple(dict.fromkeys(found[number].matched_on)),
            highlights=tuple(highlighter.of(entries[number].party, found[number])),
            homonyms=homonyms[number],
            member_label=label,
        )
        for number, label in zip(shown, labels, strict=True)
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
    turns: Counter[str] = Counter()
    turn_of: list[tuple[int, int]] = []
    for place in range(start, end):
        last = ranks[place][1][0][0]
        turn_of.append((turns[last], place))
        turns[last] += 1
    if len(turns) == 1:
        return numbers
    turn_of.sort()
    chosen = sorted(place for _turn, place in turn_of[: limit - start])
    others = sorted(place for _turn, place in turn_of[limit - start :])
    return numbers[:start] + [numbers[place] for place in (*chosen, *others)] + numbers[end:]


def _with_near(ranked: list[int], near: Set[int], limit: int) -> list[int]:
    """Keep the last rows for names near to what was typed, which a common name would push out."""
    if not near or not NEAR_ROWS < limit < len(ranked):
        return ranked
    hidden = [number for number in ranked[limit - NEAR_ROWS :] if number in near][:NEAR_ROWS]
    first = [number for number in ranked if number not in set(hidden)]
    place = limit - len(hidden)
    return [*first[:place], *hidden, *first[place:]]


def _homonyms(bearers: Mapping[int, Bearer], shown: Mapping[int, Party]) -> dict[int, int]:
    """Return, for each party shown, how many others found bear its name.

    Those found by name are counted among all, those found by a number among the rows shown.
    """
    texts = {party.last_name or party.company_name for party in shown.values()}
    texts.update(party.first_name for party in shown.values())
    folded = {shown_text: fold(shown_text) for shown_text in texts}
    names = {
        number: (folded[party.last_name or party.company_name], folded[party.first_name])
        for number, party in shown.items()
    }
    by_bearer = Counter(name for name, _born in bearers.values())
    by_name = Counter(names.values())
    return {
        number: max(by_bearer[bearers[number][0]] if number in bearers else 0, by_name[name], 1) - 1
        for number, name in names.items()
    }


def _member_labels(reader: DirectoryReader, parties: Sequence[Party]) -> list[str]:
    """Return « conjoint de Hélène » for each beneficiary whose member the directory lists, "" for others."""
    covered = [party for party in parties if _is_covered(party)]
    members = reader.first_names_of(sorted({party.dossier for party in covered})) if covered else {}
    # Fifty rows have a few relations: each is looked up in the catalogue once.
    relations = {(party.relation, party.title) for party in covered}
    told = {(relation, title): _relation(relation, title) for relation, title in relations}
    return [
        _member_label(told[party.relation, party.title], members[party.dossier])
        if party.dossier in members and _is_covered(party)
        else ""
        for party in parties
    ]


_AGREEING = frozenset(("spouse", "cohabitant", "ascendant"))


def _relation(relation: str, title: str) -> str:
    key = f"search.relation.{relation or 'other'}"
    return agreed(key, title) if relation in _AGREEING else text(key)


def _is_covered(party: Party) -> bool:
    """Tell a beneficiary of somebody else's dossier."""
    return party.kind is PartyKind.BENEFICIARY and party.dossier not in ("", party.native_id)


def _member_label(relation: str, first_name: str) -> str:
    elided = fold(first_name)[:1] in _ELIDING
    key = "search.member_label_elided" if elided else "search.member_label"
    return text(key, relation=relation, first_name=first_name)


_ELIDING = frozenset("AEIOUY")
