"""The rules of suggested answers at work on one dossier: only those whose facets changed run again.

Files are compiled once a day (their dates are bounds relative to today); each open dossier keeps what
its facts and its answers were, and asks again only those that a change can touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.services.answer_files import AnswerRule, AnswersFile
from avise.services.customer_updates import Likelihood
from avise.services.fact_rules import Told
from avise.services.facts import READABLE, Facts
from avise.services.named_facts import Conditions, FactFinder, Found, told_value
from avise.texts import language, text


@dataclass(frozen=True, slots=True)
class Match:
    """An answer that the facts give, before its freshness and the member's last search are looked at."""

    rule: AnswerRule
    facets: tuple[str, ...]
    """Facets that it rests on, its own first."""
    likelihood: Likelihood
    question: str
    answer: str


class DayAnswer:
    """One answer, compiled for one day.

    Args:
        rule: as written.
        file: that holds it.
        today: the day that dates are compared with.
    """

    def __init__(self, rule: AnswerRule, file: AnswersFile, today: date) -> None:
        facets = {name: fact.facet for name, fact in file.fact.items()}
        self.rule = rule
        self._when = Conditions(rule.when, rule.fact, facets, today)
        self._raised = (
            (Likelihood.VERY_LIKELY, Conditions(rule.very_likely_when, rule.fact, facets, today)),
            (Likelihood.LIKELY, Conditions(rule.likely_when, rule.fact, facets, today)),
        )
        self._written = {
            Likelihood.VERY_LIKELY: rule.very_likely_when,
            Likelihood.LIKELY: rule.likely_when,
        }
        self._told = tuple((name, Told.read(value, rule.fact)) for name, value in rule.params.items())
        self.facts = frozenset(_facts_of(rule, (told for _, told in self._told)))
        others = sorted({facets[name] for name in self.facts} - {facets[rule.fact]})
        self.facets = (facets[rule.fact], *others)

    def match(self, named: dict[str, Found | None], facts: Facts) -> Match | None:
        """Return the answer, None when its facts are not there or a value that it tells is not known."""
        if named.get(self.rule.fact) is None or not self._when.hold(named, facts):
            return None
        values = {name: told_value(told, named) for name, told in self._told}
        if not all(values.values()):
            return None
        key = self.rule.key()
        return Match(
            self.rule,
            self.facets,
            self._likelihood(named, facts),
            _sentence(text(f"{key}.question", **values)),
            _sentence(text(f"{key}.answer", **values)),
        )

    def _likelihood(self, named: dict[str, Found | None], facts: Facts) -> Likelihood:
        for likelihood, conditions in self._raised:
            if self._written[likelihood] and conditions.hold(named, facts):
                return likelihood
        return self.rule.likelihood


def _facts_of(rule: AnswerRule, told: Iterable[Told]) -> Iterable[str]:
    yield rule.fact
    for condition in (*rule.when, *rule.likely_when, *rule.very_likely_when):
        yield condition.fact or rule.fact
    for each in told:
        yield each.fact


def _sentence(words: str) -> str:
    """Start with a capital, behind the mark of the fact in bold."""
    start = len(words) - len(words.lstrip("*"))
    return words[:start] + words[start : start + 1].upper() + words[start + 1 :]


class DayFile:
    """One file, compiled for one day.

    Args:
        file: as written.
        today: the day that dates are compared with.
    """

    def __init__(self, file: AnswersFile, today: date) -> None:
        self.finders = {name: FactFinder(rule, today) for name, rule in file.fact.items()}
        self.answers = tuple(DayAnswer(rule, file, today) for rule in file.answer)
        self.of_the_moment = frozenset(
            finder.facet for finder in self.finders.values() if finder.of_the_moment
        )


class AnswerBook:
    """Every file, compiled for the day on which it is asked.

    Args:
        files: checked.
    """

    def __init__(self, files: Sequence[AnswersFile]) -> None:
        self._files = tuple(files)
        self._day: date | None = None
        self._compiled: tuple[DayFile, ...] = ()

    def on(self, today: date) -> tuple[DayFile, ...]:
        """Return the files, compiled for a day; the same value all day long."""
        if today != self._day:
            self._compiled = tuple(DayFile(file, today) for file in self._files)
            self._day = today
        return self._compiled


ViewMark = tuple[Sequence[FacetRecord], FacetState]
"""What of a view the rules read: its records, the very same object, and its state."""


@dataclass(slots=True)
class _Seen:
    """What one file's facts and answers were at the last run."""

    named: dict[str, Found | None]
    matches: list[Match | None]


class DossierAnswers:
    """The answers of one dossier, kept between two changes of it.

    Args:
        book: the rules.
    """

    def __init__(self, book: AnswerBook) -> None:
        self._book = book
        self._compiled: tuple[DayFile, ...] = ()
        self._language = ""
        self._marks: dict[str, tuple[ViewMark, ...]] = {}
        self._seen: list[_Seen] = []

    def matches(self, facts: Facts) -> list[Match]:
        """Return every answer that the facts give; only what a change can touch is asked again."""
        compiled = self._book.on(facts.today)
        if compiled is not self._compiled or language() != self._language:
            self._compiled, self._language, self._marks = compiled, language(), {}
            self._seen = [_Seen({}, [None] * len(file.answers)) for file in compiled]
        changed = self._changed(facts)
        records = _RecordsByFacet(facts)
        for file, seen in zip(compiled, self._seen, strict=True):
            _run(file, seen, changed | file.of_the_moment, records)
        return [match for seen in self._seen for match in seen.matches if match is not None]

    def _changed(self, facts: Facts) -> set[str]:
        marks = {
            facet: tuple((view.records, view.state) for view in views) for facet, views in facts.views.items()
        }
        before, self._marks = self._marks, marks
        facets = before.keys() | marks.keys()
        return {facet for facet in facets if not _same(before.get(facet), marks.get(facet))}


def _same(before: tuple[ViewMark, ...] | None, now: tuple[ViewMark, ...] | None) -> bool:
    if before is None or now is None or len(before) != len(now):
        return False
    return all(old[0] is new[0] and old[1] is new[1] for old, new in zip(before, now, strict=True))


class _RecordsByFacet:
    """The readable records of facts, gathered once for all the files of a run.

    Args:
        facts: of the dossier.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._gathered: dict[str, tuple[FacetRecord, ...]] = {}

    def of(self, facet: str) -> tuple[FacetRecord, ...]:
        """Return the records of a facet."""
        if facet not in self._gathered:
            self._gathered[facet] = tuple(self.facts.records(facet))
        return self._gathered[facet]


def _run(file: DayFile, seen: _Seen, changed: set[str], records: _RecordsByFacet) -> None:
    touched = {name for name, finder in file.finders.items() if finder.facet in changed}
    if not touched:
        return
    for name in touched:
        finder = file.finders[name]
        seen.named[name] = finder.find(records.of(finder.facet), records.facts.now)
    for place, answer in enumerate(file.answers):
        if not answer.facts.isdisjoint(touched):
            seen.matches[place] = answer.match(seen.named, records.facts)


# ---- freshness ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Age:
    """How old what an answer rests on is."""

    stale: bool = False
    as_of: datetime | None = None
    """Of the oldest reading that is too old; None when it is not known."""
    until: datetime | None = None
    """When it will be too old; None when it is, or never by its own rule."""


def age_of(match: Match, facts: Facts) -> Age:
    """Return whether an answer rests on a reading that is too old for it, and since or until when."""
    dates: list[datetime | None] = []
    ends: list[datetime] = []
    for facet in match.facets:
        wanted = match.rule.freshness.get(facet)
        for view in facts.views.get(facet, ()):
            if view.state not in READABLE:
                continue
            end = _end_of(view, wanted)
            if view.state is FacetState.STALE or (end is not None and end < facts.now):
                dates.append(view.as_of or view.fetched_at)
            elif end is not None:
                ends.append(end)
    if dates:
        return Age(stale=True, as_of=min((found for found in dates if found is not None), default=None))
    return Age(until=min(ends, default=None))


def _end_of(view: FacetView, wanted: timedelta | None) -> datetime | None:
    read = view.as_of or view.fetched_at
    return read + wanted if wanted is not None and read is not None else None


def last_search(record: FacetRecord | None) -> str:
    """Return what the member searched for last in the member space, in lower case."""
    value = record.data.get("last_search") if record is not None else ""
    return value.lower() if isinstance(value, str) else ""
