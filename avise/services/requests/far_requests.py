"""Requests that are not on this workstation: those of others, and those that ended long ago.

The hub is asked when it is there; nothing of it is kept, and nothing of it is missed when it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from avise.hub.port import HubError, HubPort, View
from avise.models.errors import AviseError
from avise.models.event_fold import identity_of, moment_of
from avise.models.fed_events import FedEvent
from avise.models.json_types import JSON
from avise.models.request_bodies import day_of, terms_of
from avise.models.request_states import PRIORITIES
from avise.models.requests import Priority, Request, RequestId, RequestStatus, Waiting
from avise.services.sync import fed_event

MOST = 50

_STATUSES = {status.value: status for status in RequestStatus}


class FarRequests:
    """Asks the hub.

    Args:
        hub: gives it; raises while it is not there.
    """

    def __init__(self, hub: Callable[[], HubPort]) -> None:
        self._hub = hub

    async def search(self, words: str) -> tuple[Request, ...]:
        """Return requests by number or title, nothing when the hub is not there."""
        number = words.strip().upper()
        filters: Mapping[str, JSON] = (
            {"number": number} if number.startswith("D-") else {"words": words.strip(), "sort": "changed"}
        )
        try:
            page = await self._hub().query(View.REQUESTS, filters, "", MOST)
        except AviseError:
            return ()
        found = (request_from(row) for row in page.rows)
        return tuple(request for request in found if request is not None)

    async def events(self, request: RequestId) -> tuple[FedEvent, ...]:
        """Return the events of one request; the hub logs it as an opening when it is about somebody.

        Raises:
            HubError: there is none that this user may read, or the hub is not there.
        """
        page = await self._hub().query(View.REQUEST, {"id": str(request)})
        return tuple(fed_event(event) for event in page.events)

    async def quarantined(self) -> int:
        """Return how many events wait for a team lead, 0 when the hub is not there."""
        try:
            page = await self._hub().query(View.QUARANTINE, {}, "", 200)
        except AviseError:
            return 0
        return len(page.rows)


def request_from(row: Mapping[str, JSON]) -> Request | None:
    """Return a request as a row of the hub tells it, without its words; None when it cannot be read."""
    identity, created = identity_of(row.get("id")), moment_of(row.get("created_at"))
    status = _STATUSES.get(_text(row, "status"))
    if identity is None or created is None or status is None:
        return None
    return Request(
        id=identity,
        type=_text(row, "type"),
        title=_text(row, "title"),
        status=status,
        priority=PRIORITIES.get(_text(row, "priority"), Priority.P3),
        queue=_text(row, "queue"),
        team=_text(row, "team"),
        requester=_text(row, "requester"),
        channel=_text(row, "channel"),
        created_at=created,
        terms=terms_of(row.get("terms")),
        number=_text(row, "number"),
        holder=_text(row, "holder"),
        person=identity_of(row.get("person")),
        dossier=identity_of(row.get("dossier")),
        received_on=day_of(row.get("received_on")),
        waitings=_waitings(row.get("pauses")),
        outcome=_text(row, "outcome"),
        resolved_at=moment_of(row.get("resolved_at")),
        ended_at=moment_of(row.get("ended_at")),
        escalated_at=moment_of(row.get("escalated_at")),
        acknowledged_at=moment_of(row.get("acknowledged_at")),
        confidential=row.get("confidential") is True,
        changed_at=moment_of(row.get("changed_at")),
        changed_by=_text(row, "changed_by"),
        ver=_count(row.get("ver")),
        newer=row.get("newer") is True,
    )


def _waitings(value: JSON) -> tuple[Waiting, ...]:
    found = []
    for pause in value if isinstance(value, list | tuple) else ():
        starts, ends = (moment_of(end) for end in pause) if _is_pair(pause) else (None, None)
        if starts is not None:
            found.append(Waiting(starts, ends, RequestStatus.WAITING_MEMBER, ""))
    return tuple(found)


def _is_pair(value: JSON) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2


def _text(row: Mapping[str, JSON], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _count(value: JSON) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def refused_far(error: HubError) -> AviseError:
    """Return what is told of a request that is neither here nor given by the hub."""
    return AviseError("request.nobody_knows") if error.message_key != "hub.quota" else error
