"""The team of the middle office: colleagues, and the load that its lead watches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from avise.hub.port import Colleague
from avise.models.absences import Absence
from avise.models.requests import CLOCK_STOPS, Request, RequestStatus
from avise.models.roles import Role
from avise.models.sla import SlaState
from avise.services.request_values import ColleagueRow, HourLoad, QueueLoad, RequestRow, TeamBoard
from avise.services.request_wording import queue_label
from avise.services.requests.clocks import Clocks, business_minutes
from avise.services.requests.office import Office
from avise.services.requests.standing import QUEUES
from avise.texts.formats import local

NAMED_FROM = 5
"""Colleagues that a lead must have for figures by person to be shown (`domain.md` 6.21)."""

LATE_SHOWN = 20

_STAFF = frozenset((Role.AGENT, Role.CASE_MANAGER, Role.TEAM_LEAD, Role.REP))


class Team:
    """Counts what a team does.

    Args:
        office: what there is.
        clocks: of the requests.
    """

    def __init__(self, office: Office, clocks: Clocks) -> None:
        self._known = office.known
        self._standing = office.standing
        self._clocks = clocks
        self.absences: Sequence[Absence] = ()
        self.quarantined = 0

    def away_until(self, login: str, now: datetime) -> datetime | None:
        """Return until when somebody is away, None when they are there."""
        return next(
            (found.ends for found in self.absences if found.user == login and found.covers(now)), None
        )

    def colleagues(self, now: datetime) -> tuple[ColleagueRow, ...]:
        """Return everybody who works with customers, this user excepted, by name."""
        user = self._standing.session.user
        found = (other for other in self._standing.colleagues if other.login != user and other.role in _STAFF)
        return tuple(sorted((self._row(other, now) for other in found), key=lambda row: row.name.casefold()))

    def _row(self, colleague: Colleague, now: datetime) -> ColleagueRow:
        queues = tuple(name.removeprefix(QUEUES) for name in colleague.perimeters if name.startswith(QUEUES))
        until = self.away_until(colleague.login, now)
        return ColleagueRow(colleague.login, colleague.name, colleague.role, queues, until)

    # ---- the lead's board ----------------------------------------------------------------------
    def board(self, late: tuple[RequestRow, ...], now: datetime) -> TeamBoard:
        """Return the load of the corbeilles that this user leads.

        Args:
            late: their late requests, drawn.
            now: for clocks, and today.
        """
        mine = self._requests()
        return TeamBoard(
            queues=tuple(self._load(queue, mine, now) for queue in sorted(self._standing.own_queues)),
            colleagues=self._members(mine, now),
            hours=hours_of(mine, now),
            late=late,
            quarantined=self.quarantined,
            as_of=self._standing.status.as_of,
        )

    def late(self, now: datetime) -> tuple[Request, ...]:
        """Return the late requests of those corbeilles, the latest first."""
        found = [request for request in self._requests() if request.is_open and self._is_late(request, now)]
        found.sort(key=lambda request: self._clocks.of(request, now).due_at)
        return tuple(found[:LATE_SHOWN])

    def _requests(self) -> list[Request]:
        own = set(self._standing.own_queues)
        return [request for request in self._known if request.queue in own]

    def _is_late(self, request: Request, now: datetime) -> bool:
        return self._clocks.of(request, now).state is SlaState.LATE

    def _load(self, queue: str, requests: Sequence[Request], now: datetime) -> QueueLoad:
        here = [request for request in requests if request.queue == queue]
        still = [request for request in here if request.is_open]
        states = Counter(self._clocks.of(request, now).state for request in still)
        stays = [_minutes_here(request, now) for request in still]
        return QueueLoad(
            queue=queue,
            label=queue_label(queue),
            open=len(still),
            unheld=sum(not request.holder for request in still),
            late=states[SlaState.LATE],
            soon=states[SlaState.SOON],
            paused=sum(request.status in CLOCK_STOPS for request in still),
            received_today=sum(_is_today(request.created_at, now) for request in here),
            done_today=sum(_is_today(request.resolved_at, now) for request in here),
            held_minutes=sum(stays) // len(stays) if stays else 0,
            asked_minutes=_mean_asked(still, now),
        )

    def _members(self, requests: Sequence[Request], now: datetime) -> tuple[ColleagueRow, ...]:
        own = {f"{QUEUES}{queue}" for queue in self._standing.own_queues}
        members = [
            found
            for found in self._standing.colleagues
            if found.role is Role.CASE_MANAGER and own.intersection(found.perimeters)
        ]
        if len(members) < NAMED_FROM:
            return ()
        rows = (self._with_load(self._row(member, now), requests, now) for member in members)
        return tuple(sorted(rows, key=lambda row: row.name.casefold()))

    def _with_load(self, row: ColleagueRow, requests: Sequence[Request], now: datetime) -> ColleagueRow:
        held = [request for request in requests if request.holder == row.login]
        still = [request for request in held if request.is_open]
        return replace(
            row,
            open_requests=len(still),
            done_today=sum(_is_today(request.resolved_at, now) for request in held),
            late=sum(self._is_late(request, now) for request in still),
        )


def _minutes_here(request: Request, now: datetime) -> int:
    return business_minutes(request, request.stays[-1].starts, now) if request.stays else 0


def _mean_asked(requests: Sequence[Request], now: datetime) -> int:
    """Return the business minutes for which requests have waited for their requester, on average."""
    waits = [
        business_minutes(request, min(question.asked_at for question in request.open_questions), now)
        for request in requests
        if request.status is RequestStatus.WAITING_INTERNAL and request.open_questions
    ]
    return sum(waits) // len(waits) if waits else 0


def _is_today(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and local(moment).date() == local(now).date()


def hours_of(requests: Sequence[Request], now: datetime) -> tuple[HourLoad, ...]:
    """Return what each hour of today saw, received and done."""
    received = Counter(
        local(request.created_at).hour for request in requests if _is_today(request.created_at, now)
    )
    done = Counter(
        local(request.resolved_at).hour
        for request in requests
        if request.resolved_at is not None and _is_today(request.resolved_at, now)
    )
    return tuple(HourLoad(hour, received[hour], done[hour]) for hour in sorted({*received, *done}))
