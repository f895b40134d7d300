"""How the clocks of a request stand: the service promised, and the law's for a complaint."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from avise.models.business_hours import DEFAULT_HOURS, BusinessHours, to_minute
from avise.models.errors import AviseError
from avise.models.requests import Request, RequestId
from avise.models.sla import LegalClock, Pause, ServiceLevel, SlaClock, clock, legal_clock
from avise.texts.formats import PARIS

UNTOLD_MINUTES = 45 * 60
"""Of a request whose promise cannot be read: five working days."""


class Clocks:
    """Reads clocks, each once a minute as long as its request does not change."""

    def __init__(self) -> None:
        self._kept: dict[RequestId, tuple[Request, int, SlaClock]] = {}

    def of(self, request: Request, now: datetime) -> SlaClock:
        """Return the clock of a request: the legal one when it ends first."""
        minute = to_minute(now)
        kept = self._kept.get(request.id)
        if kept is not None and kept[0] is request and (kept[1] == minute or not _runs(request)):
            return kept[2]
        found = request_clock(request, now)
        self._kept[request.id] = (request, minute, found)
        return found


def _runs(request: Request) -> bool:
    return _ended(request) is None


def request_clock(request: Request, now: datetime) -> SlaClock:
    """Return the clock of the service promised, with the due time of the law when that ends first."""
    level = service_level(request)
    promised = clock(level, request.created_at, pauses(request), now, _ended(request))
    legal = request_legal_clock(request)
    if legal is None or legal.answer_due >= promised.due_at:
        return promised
    state = legal.answer_state(now, _ended(request))
    left = _open_minutes(level.hours, now, legal.answer_due)
    return replace(promised, state=state, due_at=legal.answer_due, target=promised.consumed + left)


def service_level(request: Request) -> ServiceLevel:
    """Return what was promised, a long delay when that cannot be read."""
    terms = request.terms
    try:
        hours = BusinessHours.from_json(terms.hours) if terms.hours else DEFAULT_HOURS
        minutes = terms.target_minutes or UNTOLD_MINUTES
        return ServiceLevel(minutes, hours, soon_at=terms.soon_at, escalate_at=terms.escalate_at)
    except AviseError:
        return ServiceLevel(UNTOLD_MINUTES)


def request_legal_clock(request: Request) -> LegalClock | None:
    """Return the legal clock of a complaint, None for any other request."""
    if not request.terms.legal:
        return None
    received = request.received_on
    moment = datetime.combine(received, time(12), PARIS) if received is not None else request.created_at
    return legal_clock(moment)


def pauses(request: Request) -> tuple[Pause, ...]:
    """Return what does not count for the service: what waited for somebody else, and what was resolved."""
    waited = [Pause(waiting.starts, waiting.ends, waiting.reason) for waiting in request.waitings]
    resolved: datetime | None = None
    for line in request.exchanges:
        if line.refused:
            continue
        if line.what in ("request_resolved", "request_merged"):
            resolved = line.at
        elif line.what == "request_reopened" and resolved is not None:
            waited.append(Pause(resolved, line.at))
            resolved = None
    return tuple(waited)


def business_minutes(request: Request, starts: datetime, ends: datetime) -> int:
    """Return the open minutes between two moments, in the hours of a request."""
    return max(_open_minutes(service_level(request).hours, starts, ends), 0)


def _open_minutes(hours: BusinessHours, starts: datetime, ends: datetime) -> int:
    first, last = to_minute(starts), to_minute(ends)
    return hours.open_between(first, last) if first <= last else -hours.open_between(last, first)


def _ended(request: Request) -> datetime | None:
    return request.resolved_at or request.ended_at
