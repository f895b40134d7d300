"""What a station knows of requests is the same in whatever order it came, and says what is not sure."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from avise.models.fed_events import FedEvent
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from avise.models.requests import RequestStatus, request_stream
from avise.services.requests.known_requests import KEPT_ENDED, KnownRequests
from avise.services.sync import Judgement

REQUEST = uuid.UUID(int=9)
STREAM = request_stream(REQUEST)
NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
LEA, KARIM, INES = ("lea", "agent"), ("karim", "case_manager"), ("ines", "case_manager")
CREATED: Mapping[str, JSON] = {
    "type": "OTHER", "queue": "ACCUEIL", "team": "PLATEAU", "words": "Où est la carte ?", "title": "Autre",
}  # fmt: skip


def fed(
    ver: int, kind: str, who: tuple[str, str], body: Mapping[str, JSON] | None = None, refusal: str = ""
) -> FedEvent:  # fmt: skip
    return FedEvent(
        uuid.UUID(int=100 + ver), STREAM, ver, f"poste-{who[0]}", ver, kind, 1, who[0], who[1], NOW, 0,
        json.dumps(body or {}).encode(), bytes(32), not refusal, refusal,
        "D-2026-000001-K" if ver == 1 else "", NOW + timedelta(minutes=ver),
    )  # fmt: skip


def own(number: int, kind: EventKind, who: tuple[str, str] = INES, **body: JSON) -> EventEnvelope:
    return EventEnvelope(
        uuid.UUID(int=500 + number), f"poste-{who[0]}", number, STREAM, kind, 1, who[0], who[1],
        NOW + timedelta(hours=1), 0, body, bytes(32), b"",
    )  # fmt: skip


STORY = (
    fed(1, "request_created", LEA, CREATED),
    fed(2, "request_claimed", KARIM),
    fed(3, "request_claimed", INES, refusal="held_by_other"),
    fed(4, "request_replied", KARIM, {"words": "Elle est partie."}),
    fed(5, "request_resolved", KARIM, {"outcome": "done"}),
    fed(6, "request_closed", LEA),
)


@given(st.permutations(STORY), st.integers(1, len(STORY)))
def test_events_make_the_same_request_in_whatever_order_and_pages_they_come(
    events: list[FedEvent], page: int
) -> None:
    loaded, told = KnownRequests(), KnownRequests()
    loaded.load(STORY, ())
    for start in range(0, len(events), page):
        told.take_fed(events[start : start + page])
        told.take_fed(events[start : start + 1])
    assert told.get(REQUEST) == loaded.get(REQUEST)
    assert told.state(REQUEST) == loaded.state(REQUEST)


def test_what_is_written_here_shows_at_once_and_is_not_sure_until_the_hub_gives_it_back() -> None:
    known = KnownRequests()
    known.load(STORY[:1], ())
    claim = own(1, EventKind.REQUEST_CLAIMED)
    known.take_own((claim,))
    found = known.get(REQUEST)
    assert found is not None
    assert (found.holder, found.tentative) == ("ines", True)
    known.settle({claim.event_id: (claim, Judgement(1, "acked", effective=True, ver=2))})
    sure = known.get(REQUEST)
    assert sure is not None
    assert (sure.holder, sure.tentative, sure.ver) == ("ines", False, 2)
    assert known.own_waiting(REQUEST)


def test_what_the_hub_said_of_is_not_sure_while_something_before_it_lacks() -> None:
    known = KnownRequests()
    known.load(STORY[:1], ())
    note = own(1, EventKind.REQUEST_NOTED, words="Vu.")
    known.take_own((note,))
    known.settle({note.event_id: (note, Judgement(1, "acked", effective=True, ver=5))})
    found = known.get(REQUEST)
    assert found is not None
    assert (found.tentative, found.ver) == (True, 1)


def test_what_the_hub_put_aside_is_shown_no_more() -> None:
    known = KnownRequests()
    known.load(STORY[:1], ())
    claim = own(1, EventKind.REQUEST_CLAIMED)
    known.take_own((claim,))
    known.settle({claim.event_id: (claim, Judgement(1, "quarantined", effective=False))})
    found = known.get(REQUEST)
    assert found is not None
    assert (found.status, found.tentative) == (RequestStatus.SENT, False)


def test_a_restored_hub_leaves_what_was_written_here_and_takes_the_rest_away() -> None:
    known = KnownRequests()
    created = own(1, EventKind.REQUEST_CREATED, LEA, **CREATED)
    known.take_own((created,))
    known.settle({created.event_id: (created, Judgement(1, "acked", effective=True, ver=1, number="D-1"))})
    known.take_fed((fed(2, "request_claimed", KARIM),))
    known.begin_again()
    found = known.get(REQUEST)
    assert found is not None
    assert (found.tentative, found.holder, found.number) == (True, "", "")


def test_what_was_written_while_the_rest_was_loaded_is_kept() -> None:
    loaded, known = KnownRequests(), KnownRequests()
    known.take_own((own(1, EventKind.REQUEST_CLAIMED),))
    assert known.get(REQUEST) is None
    loaded.load(STORY[:1], ())
    known.adopt(loaded)
    found = known.get(REQUEST)
    assert found is not None
    assert found.holder == "ines"


def test_what_ended_long_ago_is_dropped_and_nothing_else() -> None:
    known = KnownRequests()
    known.load(STORY, ())
    ended = NOW + timedelta(minutes=6)
    assert known.drop_ended(ended + KEPT_ENDED) == ()
    assert known.drop_ended(ended + KEPT_ENDED + timedelta(seconds=1)) == (STREAM,)
    assert list(known) == []


def test_streams_that_may_be_read_no_more_are_gone() -> None:
    known = KnownRequests()
    known.load(STORY, ())
    known.keep_only((STREAM,))
    assert known.get(REQUEST) is not None
    known.keep_only(())
    assert known.get(REQUEST) is None
