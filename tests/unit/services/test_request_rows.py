"""What a row of a list says of a request beside what was written: whether it is past every promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from avise.models.requests import Priority, Request, RequestStatus, ServiceTerms
from avise.models.roles import Role, Session
from avise.services.requests.clocks import Clocks
from avise.services.requests.known_requests import KnownRequests
from avise.services.requests.rows import Rows
from avise.services.requests.standing import Standing

MONDAY = datetime(2026, 3, 23, 8, 0, tzinfo=UTC)
REQUEST = Request(
    id=UUID(int=1), type="EMAIL_CONTACT", title="", status=RequestStatus.SENT, priority=Priority.P3,
    queue="ACCUEIL", team="PLATEAU", requester="lea.girard", channel="email", created_at=MONDAY,
    terms=ServiceTerms(target_minutes=60),
)  # fmt: skip


def escalated(request: Request, now: datetime) -> bool:
    rows = Rows(KnownRequests(), Standing(Session("k", "K", Role.CASE_MANAGER, "")), Clocks())
    return rows.row(request, {}, now).escalated


def test_a_request_past_120_percent_of_its_delay_is_escalated_by_itself() -> None:
    assert not escalated(REQUEST, MONDAY + timedelta(minutes=71))
    assert escalated(REQUEST, MONDAY + timedelta(minutes=73))


def test_a_request_that_somebody_escalated_is_so_before_its_delay_and_no_more_once_ended() -> None:
    raised = replace(REQUEST, escalated_at=MONDAY)
    assert escalated(raised, MONDAY + timedelta(minutes=1))
    assert not escalated(replace(raised, status=RequestStatus.CLOSED), MONDAY + timedelta(minutes=1))
    ended = replace(REQUEST, status=RequestStatus.RESOLVED, resolved_at=MONDAY + timedelta(days=2))
    assert not escalated(ended, MONDAY + timedelta(days=3))
