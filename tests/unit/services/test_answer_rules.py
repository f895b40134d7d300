"""Rules that run again only where something changed give what running them all would give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.models.json_types import JSON
from avise.services.answer_files import AnswersFile, shipped_answers
from avise.services.answer_rules import AnswerBook, DossierAnswers
from avise.services.facts import Facts
from avise.services.named_facts import FactFinder
from avise.services.suggestions import SuggestedAnswers
from avise.texts import set_language
from tests.unit.services.facts_builder import NOW, TODAY, facts, view

BOOK = AnswerBook(shipped_answers())

_DAYS = st.integers(-90, 90).map(lambda days: (TODAY + timedelta(days=days)).isoformat())
_AMOUNTS = st.sampled_from(["0.00", "12.50", "84.20", "620.00", "?"])


def _records(**fields: st.SearchStrategy[JSON]) -> st.SearchStrategy[list[dict[str, JSON]]]:
    return st.lists(st.fixed_dictionaries({}, optional=fields), max_size=4)


_FACETS: dict[str, st.SearchStrategy[list[dict[str, JSON]]]] = {
    "benefits": _records(
        status=st.sampled_from(["paid", "pending", "rejected"]),
        paid_to=st.sampled_from(["member", "provider"]),
        paid_on=_DAYS,
        care_date=_DAYS,
        amount=_AMOUNTS,
        spent=_AMOUNTS,
        out_of_pocket=_AMOUNTS,
        category=st.just("optics"),
        reject_reason=st.just("délai"),
    ),
    "identity": _records(rights_until=_DAYS, vital_status=st.sampled_from(["alive", "deceased"])),
    "documents": _records(status=st.sampled_from(["awaited", "sent"]), kind=st.just("certificate")),
    "contracts": _records(
        kind=st.sampled_from(["individual", "portability"]),
        end_date=_DAYS,
        status=st.sampled_from(["active", "future", "terminated"]),
        effective_date=_DAYS,
    ),
    "member_space": _records(
        last_search=st.sampled_from(["virement", "carte"]), account=st.sampled_from(["locked", "active"])
    ),
}

_CHANGES = st.lists(
    st.sampled_from(sorted(_FACETS)).flatmap(
        lambda facet: st.tuples(
            st.just(facet), _FACETS[facet], st.sampled_from([FacetState.FRESH, FacetState.STALE])
        )
    ),
    min_size=1,
    max_size=8,
)


@given(_CHANGES)
def test_what_is_kept_between_changes_gives_what_a_first_look_gives(
    changes: list[tuple[str, list[dict[str, JSON]], FacetState]],
) -> None:
    kept = SuggestedAnswers(BOOK)
    views: dict[str, tuple[FacetView, ...]] = {}
    for facet, rows, state in changes:
        views[facet] = (view(facet, *rows, state=state if rows else None),)
        now = Facts(TODAY, NOW, dict(views))
        assert kept.found(now) == SuggestedAnswers(BOOK).found(now)


def test_a_run_without_a_change_reads_no_record() -> None:
    class Counted(tuple[FacetRecord, ...]):
        __slots__ = ()
        read = 0

        def __iter__(self) -> Iterator[FacetRecord]:
            Counted.read += 1
            return super().__iter__()

    rows = Counted((FacetRecord("1", {"status": "pending", "care_date": "2026-03-20"}),))
    benefits = replace(view("benefits"), records=rows, state=FacetState.FRESH)
    answers = DossierAnswers(BOOK)
    before = answers.matches(facts(benefits))
    read = Counted.read
    assert read > 0
    for other in ("paid", "due"):
        assert answers.matches(facts(benefits, view("contributions", {"status": other}))) == before
    assert Counted.read == read


def test_a_new_day_and_another_language_ask_everything_again() -> None:
    answers = DossierAnswers(BOOK)
    known = facts(view("contracts", {"kind": "individual", "end_date": "2026-03-24"}))
    assert [match.rule.id for match in answers.matches(known)] == ["termination"]
    tomorrow = replace(known, today=TODAY + timedelta(days=1))
    assert answers.matches(tomorrow) == []
    french = answers.matches(known)[0].answer
    set_language("en")
    assert answers.matches(known)[0].answer != french


def test_an_appointment_that_has_begun_is_not_the_next_one() -> None:
    answers = DossierAnswers(BOOK)
    known = facts(
        view(
            "appointments",
            {"starts_at": "2026-03-24T11:30:00+01:00", "status": "confirmed", "place": "Nantes Centre"},
        )
    )
    assert [match.rule.id for match in answers.matches(known)] == ["appointment"]
    assert answers.matches(replace(known, now=NOW + timedelta(hours=2))) == []


def only(fact: str) -> FactFinder:
    """Return the finder of a fact written in TOML's values."""
    rules = {
        "avise": 1,
        "fact": {"it": {"facet": "identity", "where": [{"field": "birth_date", "years": [60, 67]}]}},
        "answer": [{"id": "death", "reason": "R22", "fact": "it", "likelihood": "possible"}],
    }
    return FactFinder(AnswersFile.model_validate(rules).fact[fact], TODAY)


@pytest.mark.parametrize(
    ("born", "counts"),
    [
        ("1966-03-24", True),
        ("1966-03-25", False),
        ("1958-03-25", True),
        ("1958-03-24", False),
        ("1965-13-40", False),
        ("", False),
        (19660324, False),
    ],
)
def test_an_age_is_counted_as_birthdays_are(born: JSON, counts: bool) -> None:
    record = FacetRecord("1", {"birth_date": born})
    assert (only("it").find((record,), NOW) is not None) is counts


def test_somebody_born_on_a_29_february_has_an_age() -> None:
    finder = FactFinder(shipped_answers()[0].fact["last_pending"], date(2028, 2, 29))
    assert finder.find((), NOW) is None
