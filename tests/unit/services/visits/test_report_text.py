"""A report as it is kept, and what it is refused for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.errors import AviseError
from avise.services.visit_values import VisitNeed, VisitOutcome, VisitReport
from avise.services.visits.report_text import (
    LONGEST,
    draft_of,
    draft_text,
    refuse_unfinished,
    refuse_unfit,
    report_body,
    report_of,
)

NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
DONE = VisitReport(outcome=VisitOutcome.SIGNED, note="Signé.")
WORDS = st.text(max_size=40).map(str.strip)
NEEDS = st.builds(VisitNeed, st.sampled_from(["dental", "optics"]), st.integers(1, 5), WORDS)
REPORTS = st.builds(
    VisitReport,
    outcome=st.none() | st.sampled_from(VisitOutcome),
    needs=st.lists(NEEDS).map(tuple),
    objections=WORDS,
    note=WORDS,
    next_step=WORDS,
    next_appointment=st.none() | st.datetimes(timezones=st.just(UTC)),
    requests=st.lists(st.sampled_from(["enrolment", "service"]), unique=True).map(tuple),
    recap_by_email=st.booleans(),
)  # fmt: skip


@given(REPORTS)
def test_what_is_kept_of_a_report_gives_it_back(report: VisitReport) -> None:
    assert report_of(report_body(report)) == report
    assert draft_of(draft_text(report)) == report


def test_a_report_that_says_nothing_is_not_kept() -> None:
    assert draft_text(VisitReport()) == ""


@pytest.mark.parametrize("damaged", ["", "{", "[]", '"x"', '{"outcome": "unknown", "needs": [["a"]]}'])
def test_a_damaged_draft_is_an_empty_report(damaged: str) -> None:
    assert draft_of(damaged) == VisitReport()


def test_a_finished_report_is_not_refused() -> None:
    refuse_unfinished(DONE, NOW)
    with pytest.raises(AviseError):
        refuse_unfinished(replace(DONE, outcome=None), NOW)


@pytest.mark.parametrize(
    ("report", "key"),
    [
        (VisitReport(note="Rien"), "visit.outcome_missing"),
        (replace(DONE, next_appointment=NOW - timedelta(minutes=1)), "visit.appointment_past"),
        (replace(DONE, outcome=VisitOutcome.POSTPONED), "visit.postponed_without_date"),
        (replace(DONE, note="2 68 03 44 109 214 35"), "visit.restricted"),
        (replace(DONE, next_step="FR76 3000 6000 0112 3456 7890 189"), "visit.restricted"),
        (replace(DONE, needs=(VisitNeed("dental", 3, "2 68 03 44 109 214 35"),)), "visit.restricted"),
        (replace(DONE, objections="x" * (LONGEST + 1)), "visit.too_long"),
        (replace(DONE, needs=(VisitNeed("dental", 6),)), "visit.bad_need"),
        (replace(DONE, needs=(VisitNeed("dental", 3),) * 13), "visit.bad_need"),
    ],
)
def test_a_report_is_refused_with_what_to_do(report: VisitReport, key: str) -> None:
    with pytest.raises(AviseError) as refused:
        refuse_unfinished(report, NOW)
    assert refused.value.message_key == key


def test_a_report_being_written_may_lack_its_outcome() -> None:
    being_written = VisitReport(note="En cours")
    refuse_unfit(being_written)
    with pytest.raises(AviseError):
        refuse_unfinished(being_written, NOW)
