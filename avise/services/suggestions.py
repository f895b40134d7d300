"""What the caller probably asks, and the sentence that answers it, from facts of several tools.

The rules are in `resources/answers/*.toml`. An answer that rests on a stale reading says so, with its
date, and loses one rank (`ui.md` 5.4). Sentences live in the catalogue (`suggestion.<id>.question`,
`suggestion.<id>.answer`) and hold at most 95 characters; ** surrounds the fact shown in bold.
"""

from __future__ import annotations

from datetime import datetime

from avise.models.facets import FacetState
from avise.services.answer_files import AnswerAction, shipped_answers
from avise.services.answer_rules import AnswerBook, DossierAnswers, Match, age_of, last_search
from avise.services.customer_updates import Likelihood, SuggestedAction, Suggestion
from avise.services.facts import Facts
from avise.texts import text
from avise.texts.formats import format_short_date, format_time, local

SHOWN = 3
_ORDER = (Likelihood.VERY_LIKELY, Likelihood.LIKELY, Likelihood.POSSIBLE)
_SEARCHED_WEIGHT = 20
"""An answer that the member searched for stands before the others of its rank."""

_ICONS = {
    "insert": "pen-line",
    "show": "arrow-up-right",
    "request": "list-plus",
    "act": "check",
    "message": "send",
}
_FRESH = (FacetState.FRESH, FacetState.TRUNCATED, FacetState.EMPTY)


class SuggestedAnswers:
    """The suggested answers of one open dossier, from one change of it to the next.

    Args:
        book: the rules; those that ship unless told.
    """

    def __init__(self, book: AnswerBook | None = None) -> None:
        self._answers = DossierAnswers(book or shipped_book())
        self.next_stale_at: datetime | None = None
        """When an answer given by the last run will rest on a reading that is too old for it."""

    def found(self, facts: Facts) -> tuple[tuple[Suggestion, ...], int]:
        """Return at most three suggested answers, best first, and how many fresh sources were read."""
        searched = last_search(facts.first("member_space"))
        ranked = []
        ends = []
        for match in self._answers.matches(facts):
            age = age_of(match, facts)
            rank, weight = _ORDER.index(match.likelihood), match.rule.weight
            if searched and any(word in searched for word in match.rule.searched):
                rank, weight = max(rank - 1, 0), weight + _SEARCHED_WEIGHT
            rank = min(rank + 1, len(_ORDER) - 1) if age.stale else rank
            ranked.append((rank, -weight, match.rule.id, match, age))
            if age.until is not None:
                ends.append(age.until)
        self.next_stale_at = min(ends, default=None)
        ranked.sort(key=lambda row: row[:3])
        shown = tuple(
            _suggestion(match, _ORDER[rank], age.as_of, facts, stale=age.stale)
            for rank, _, _, match, age in ranked[:SHOWN]
        )
        fresh = {view.source for views in facts.views.values() for view in views if view.state in _FRESH}
        return shown, len(fresh)


_books: list[AnswerBook] = []


def shipped_book() -> AnswerBook:
    """Return the rules that ship, compiled once a process and a day."""
    if not _books:
        _books.append(AnswerBook(shipped_answers()))
    return _books[0]


def suggestions(facts: Facts) -> tuple[tuple[Suggestion, ...], int]:
    """Return at most three suggested answers of facts looked at once."""
    return SuggestedAnswers().found(facts)


def _suggestion(
    match: Match, likelihood: Likelihood, as_of: datetime | None, facts: Facts, *, stale: bool
) -> Suggestion:
    return Suggestion(
        id=match.rule.id,
        question=match.question,
        answer=_dated(match.answer, as_of, facts.now) if stale else match.answer,
        likelihood=likelihood,
        reason=match.rule.reason,
        facets=match.facets,
        stale=stale,
        actions=tuple(_action(action, match.facets[0]) for action in match.rule.actions),
    )


def _dated(answer: str, as_of: datetime | None, now: datetime) -> str:
    """Say in the sentence itself that it rests on an old reading, and of when."""
    if as_of is None:
        return text("suggestion.undated_answer", answer=answer)
    if local(as_of).date() == local(now).date():
        return text("suggestion.answer_of_today", time=format_time(as_of), answer=answer)
    return text("suggestion.answer_of_day", date=format_short_date(local(as_of).date()), answer=answer)


def _action(action: AnswerAction, facet: str) -> SuggestedAction:
    target = action.target or (facet if action.do == "show" else "")
    return SuggestedAction(action.do, _ICONS[action.do], target)
