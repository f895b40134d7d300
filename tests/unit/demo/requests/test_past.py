"""The past of the demonstration's middle office: coherent stories about people whom its desks know."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import UTC, datetime

import pytest

from avise.demo.population.external_ids import external_ids
from avise.demo.population.spec import WorldSpec
from avise.demo.profile import demo_person, site_namespace
from avise.demo.requests.past import FEWEST, PastEvent, past_events
from avise.demo.requests.scripted import LEAD_REQUEST, scripted_events
from avise.demo.requests.staff import BY_LOGIN, STAFF, handlers, lead_of
from avise.demo.requests.wording import WORDINGS
from avise.models.journal import EventKind
from avise.models.request_checks import problems_of
from avise.models.request_rules import Deed, RequestState, decide
from avise.models.requests import request_stream
from avise.models.roles import Role
from avise.services.request_type_files import shipped_request_types

NOW = datetime(2026, 3, 24, 9, 52, tzinfo=UTC)
SPEC = WorldSpec.for_preset("mini", NOW.date())
NAMESPACE = site_namespace(SPEC)
BOOK = shipped_request_types().book


@pytest.fixture(scope="module")
def past() -> list[PastEvent]:
    """Draw the past once."""
    return past_events(SPEC, NAMESPACE, BOOK, NOW)


def test_every_event_of_the_past_counts(past: list[PastEvent]) -> None:
    states: dict[str, RequestState | None] = defaultdict(lambda: None)
    refused = []
    for event in sorted([*past, *scripted_events(SPEC, NAMESPACE, NOW)], key=lambda event: event.at):
        deed = Deed(event.kind, event.event, event.author.login, event.author.role, event.at, event.body)
        decision = decide(states[event.stream], deed)
        states[event.stream] = decision.state
        if decision.refusal is not None:
            refused.append((event.kind, decision.refusal))
    assert refused == []
    assert len(states) >= FEWEST


def test_nothing_happens_after_the_present_and_everything_in_order(past: list[PastEvent]) -> None:
    assert all(event.at < NOW for event in past)
    assert [event.at for event in past] == sorted(event.at for event in past)


def test_the_same_world_has_the_same_past(past: list[PastEvent]) -> None:
    assert past_events(SPEC, NAMESPACE, BOOK, NOW) == past


def test_requests_are_created_with_a_form_that_has_nothing_malformed(past: list[PastEvent]) -> None:
    created = [event for event in past if event.kind is EventKind.REQUEST_CREATED]
    for event in created:
        kind = BOOK.get(str(event.body["type"]))
        fields = event.body["fields"]
        assert kind is not None
        assert isinstance(fields, dict)
        assert set(fields) <= {each.id for each in kind.fields}
        malformed = [found for found in problems_of(kind, fields, NOW.date()) if fields.get(found.field)]
        assert malformed == []


def test_the_lead_persona_has_the_request_that_the_guide_shows() -> None:
    story = scripted_events(SPEC, NAMESPACE, NOW)

    assert {event.stream for event in story} == {request_stream(LEAD_REQUEST)}
    assert story[0].body["person"] == str(demo_person(NAMESPACE, external_ids(0, 0).party))
    assert story[-1].at < NOW


def test_every_type_that_is_drawn_exists_and_somebody_handles_its_queue() -> None:
    for type_id in WORDINGS:
        kind = BOOK.get(type_id)
        assert kind is not None
        assert handlers(kind.handling.queue.value)


def test_every_role_works_at_the_demonstration() -> None:
    assert {member.role for member in STAFF} == set(Role)
    assert len(BY_LOGIN) == len(STAFF)
    assert lead_of("PREST_SOINS") is not None
    assert lead_of("nowhere") is None
    assert isinstance(NAMESPACE, uuid.UUID)
