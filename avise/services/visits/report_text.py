"""A visit's report as it is kept: in a draft while it is written, in the journal once it is recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from avise.models.errors import AviseError
from avise.models.event_fold import moment_of
from avise.models.json_types import JSON
from avise.services.visit_values import VisitNeed, VisitOutcome, VisitReport
from avise.services.wrap_up import refuse_restricted

LONGEST = 2_000
"""Characters of a text of the report; `domain.md` 6.22 asks 500 of a note, a visit has more to tell."""

MOST_NEEDS = 12
PRIORITIES = range(1, 6)
VERSION = 1


def report_body(report: VisitReport) -> dict[str, JSON]:
    """Return a report as JSON; what is empty is left out."""
    told: dict[str, JSON] = {
        "v": VERSION,
        "outcome": report.outcome.value if report.outcome is not None else "",
        "needs": [[need.need, need.priority, need.words] for need in report.needs],
        "objections": report.objections.strip(),
        "note": report.note.strip(),
        "next_step": report.next_step.strip(),
        "next_appointment": report.next_appointment.isoformat() if report.next_appointment else "",
        "requests": list(report.requests),
        "recap": report.recap_by_email,
    }
    return {name: value for name, value in told.items() if value not in ("", [], False)}


def report_of(body: Mapping[str, JSON]) -> VisitReport:
    """Return the report that a body tells; what cannot be read is left empty."""
    outcome = body.get("outcome")
    requests = body.get("requests")
    return VisitReport(
        outcome=VisitOutcome(outcome) if outcome in set(VisitOutcome) else None,
        needs=tuple(_needs(body.get("needs"))),
        objections=_word(body.get("objections")),
        note=_word(body.get("note")),
        next_step=_word(body.get("next_step")),
        next_appointment=moment_of(body.get("next_appointment")),
        requests=tuple(map(str, requests)) if isinstance(requests, list) else (),
        recap_by_email=body.get("recap") is True,
    )


def _needs(told: JSON) -> Iterator[VisitNeed]:
    for each in told if isinstance(told, list) else ():
        if isinstance(each, list) and len(each) == 3 and isinstance(each[1], int):
            yield VisitNeed(str(each[0]), each[1], _word(each[2]))


def _word(value: JSON) -> str:
    return value if isinstance(value, str) else ""


def draft_text(report: VisitReport) -> str:
    """Return what is kept of a report being written; "" when it says nothing yet."""
    body = report_body(report)
    return json.dumps(body, ensure_ascii=False) if body.keys() - {"v"} else ""


def draft_of(text: str) -> VisitReport:
    """Return the report that `draft_text` made; an empty one for anything else."""
    try:
        body = json.loads(text) if text else {}
    except ValueError:
        return VisitReport()
    return report_of(body) if isinstance(body, dict) else VisitReport()


def words_of(report: VisitReport) -> tuple[str, ...]:
    """Return everything that was typed in a report."""
    needs = (need.words for need in report.needs)
    return (report.objections, report.note, report.next_step, *needs)


def refuse_unfit(report: VisitReport) -> None:
    """Refuse a report that may not be kept as it is, finished or not.

    Raises:
        AviseError: `visit.restricted`, a number that must not stay is in a text; `visit.too_long`;
            `visit.bad_need`.
    """
    refuse_restricted(*words_of(report), key="visit.restricted")
    if any(len(words) > LONGEST for words in words_of(report)):
        raise AviseError("visit.too_long", most=str(LONGEST))
    fit = all(need.priority in PRIORITIES and need.need for need in report.needs)
    if not fit or len(report.needs) > MOST_NEEDS:
        raise AviseError("visit.bad_need")


def refuse_unfinished(report: VisitReport, now: datetime) -> None:
    """Refuse a report with which a visit cannot end.

    Raises:
        AviseError: `visit.outcome_missing`, `visit.appointment_past`, `visit.postponed_without_date`, or
            as `refuse_unfit`.
    """
    refuse_unfit(report)
    if report.outcome is None:
        raise AviseError("visit.outcome_missing")
    if report.next_appointment is not None and report.next_appointment <= now:
        raise AviseError("visit.appointment_past")
    if report.outcome is VisitOutcome.POSTPONED and report.next_appointment is None:
        raise AviseError("visit.postponed_without_date")
