from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest

from avise.connectors.contract import Completeness
from avise.connectors.readings import FacetReading, TimelineReading
from avise.env import SystemEnv
from avise.models.customer import DirectoryEntry, Party, PartyKind
from avise.models.errors import ErrorKind, Failure
from avise.models.facets import FacetState, FacetView
from avise.models.interaction import Channel, Direction, Interaction
from avise.models.json_types import JSON
from avise.models.masking import MASK
from avise.models.roles import Purpose, Role, Session
from avise.services.customer_updates import (
    AlertsChanged,
    CustomerUpdate,
    FacetChanged,
    HeaderChanged,
    OpeningSettled,
    SuggestionsChanged,
    TimelineChanged,
)
from avise.services.open_customer import OpenDossier
from tests.unit.services.facts_builder import NOW
from tests.unit.services.scripted_sources import ScriptedSources, answer, offer
from tests.unit.services.test_alerts import COMPLAINT

PERSON = uuid.UUID(int=7)
MEMBER = DirectoryEntry(
    PERSON,
    PERSON,
    Party(
        "P1",
        PartyKind.MEMBER,
        "Marchand",
        "Hélène",
        member_number="0482917350",
        ids={"billing.account": "12"},
    ),
)
AGENT = Session("lea.girard", "Léa Girard", Role.AGENT, "device-1")
DOWN = Failure(ErrorKind.UNAVAILABLE)


class _Now(SystemEnv):
    def now(self) -> datetime:
        return NOW


def dossier(sources: ScriptedSources, role: Role = Role.AGENT) -> OpenDossier:
    return OpenDossier(MEMBER, replace(AGENT, role=role), Purpose.CALL, sources, _Now())


async def settled(opened: OpenDossier) -> list[CustomerUpdate]:
    opened.start()
    updates: list[CustomerUpdate] = []
    async with asyncio.timeout(30):
        async for update in opened.follow():
            updates.append(update)
            if isinstance(update, OpeningSettled):
                break
    await opened.aclose()
    return updates


def last_views(updates: list[CustomerUpdate]) -> dict[str, FacetView]:
    return {update.view.facet: update.view for update in updates if isinstance(update, FacetChanged)}


async def test_the_header_comes_first_from_the_directory_alone() -> None:
    sources = ScriptedSources([offer("contracts", "contracts")])
    first = (await settled(dossier(sources)))[0]
    assert isinstance(first, HeaderChanged)
    assert first.header.last_name == "Marchand"
    assert first.header.from_directory_only


async def test_no_block_waits_for_another() -> None:
    held = asyncio.Event()
    sources = ScriptedSources(
        [offer("slow", "documents"), offer("fast", "complaints")],
        {
            ("slow", "documents"): [answer("slow", "documents")],
            ("fast", "complaints"): [answer("fast", "complaints", COMPLAINT)],
        },
        held={("slow", "documents"): held},
    )
    opened = dossier(sources)
    opened.start()
    seen: dict[str, FacetState] = {}
    alerted = False
    async with asyncio.timeout(30):
        async for update in opened.follow():
            if isinstance(update, FacetChanged):
                seen[update.view.facet] = update.view.state
            alerted = alerted or (isinstance(update, AlertsChanged) and bool(update.alerts))
            if alerted and seen.get("complaints") is FacetState.FRESH:
                break
    assert seen["documents"] is FacetState.WAITING
    held.set()
    await opened.aclose()


async def test_a_failed_block_says_why_and_an_empty_one_says_nothing_was_found() -> None:
    sources = ScriptedSources(
        [offer("a", "documents"), offer("b", "complaints")],
        {
            ("a", "documents"): [FacetReading("a", "documents", final=True, error=DOWN)],
            ("b", "complaints"): [answer("b", "complaints")],
        },
    )
    updates = await settled(dossier(sources))
    views = last_views(updates)
    assert (views["documents"].state, views["documents"].error) == (FacetState.FAILED, DOWN)
    assert views["complaints"].state is FacetState.EMPTY
    (told,) = [update for update in updates if isinstance(update, OpeningSettled)]
    assert (told.fresh, told.failed) == (1, 1)
    timelines = [update for update in updates if isinstance(update, TimelineChanged)]
    assert timelines[-1].missing_sources == ("Outil a",)


async def test_a_tool_is_not_asked_about_a_customer_that_it_does_not_know() -> None:
    sources = ScriptedSources([offer("ged", "documents", needs=("documents.folder",))])
    views = last_views(await settled(dossier(sources)))
    assert views["documents"].state is FacetState.NOT_APPLICABLE
    assert sources.asked == []


async def test_a_role_without_the_right_causes_no_call_at_all() -> None:
    sources = ScriptedSources([offer("benefits", "benefits")])
    views = last_views(await settled(dossier(sources, Role.REP)))
    assert views["benefits"].state is FacetState.FORBIDDEN
    assert sources.asked == []


async def test_somebody_elses_answer_is_withheld_with_no_record() -> None:
    withheld = replace(answer("b", "complaints", COMPLAINT), withheld=True)
    sources = ScriptedSources([offer("b", "complaints")], {("b", "complaints"): [withheld]})
    view = last_views(await settled(dossier(sources)))["complaints"]
    assert (view.state, tuple(view.records)) == (FacetState.WITHHELD, ())


async def test_pages_are_shown_as_they_come() -> None:
    first = FacetReading("b", "benefits", answer("b", "benefits", {"amount": "1.00"}).records, fetched_at=NOW)
    last = answer("b", "benefits", {"amount": "1.00"}, {"amount": "2.00"})
    sources = ScriptedSources([offer("b", "benefits")], {("b", "benefits"): [first, last]})
    states = [
        update.view.state for update in await settled(dossier(sources)) if isinstance(update, FacetChanged)
    ]
    assert FacetState.PARTIAL in states
    assert states[-1] is FacetState.FRESH


async def test_what_reaches_the_screen_is_masked_and_what_rules_say_is_not() -> None:
    line: dict[str, object] = {
        "paid_on": "2026-03-23", "amount": "214.00", "status": "paid", "paid_to": "member",
        "category": "optics", "label": "CANARY-ACT",
    }  # fmt: skip
    sources = ScriptedSources(
        [offer("b", "benefits")],
        {("b", "benefits"): [answer("b", "benefits", line)]},  # type: ignore[arg-type]
    )
    updates = await settled(dossier(sources))
    assert "CANARY-ACT" not in repr(updates)
    assert last_views(updates)["benefits"].records[0].data["label"] == MASK
    answers = [update for update in updates if isinstance(update, SuggestionsChanged)]
    assert "214,00" in answers[-1].suggestions[0].answer


async def test_exchanges_and_acts_meet_in_one_timeline() -> None:
    call = Interaction("1", NOW, Channel.PHONE_IN, Direction.IN, "Appel entrant")
    listed = TimelineReading(
        "relation", (call,), fetched_at=NOW, final=True, completeness=Completeness.COMPLETE
    )
    sources = ScriptedSources(
        [offer("b", "complaints"), offer("relation", timeline=True)],
        {("b", "complaints"): [answer("b", "complaints", COMPLAINT)]},
        {"relation": [listed]},
    )
    timelines = [u for u in await settled(dossier(sources)) if isinstance(u, TimelineChanged)]
    assert {entry.source for entry in timelines[-1].entries} == {"b", "relation"}


@pytest.mark.parametrize("facet", ["complaints", ""])
async def test_reading_again_keeps_the_data_while_it_reads(facet: str) -> None:
    reading = answer("b", "complaints", COMPLAINT)
    sources = ScriptedSources([offer("b", "complaints")], {("b", "complaints"): [reading]})
    opened = dossier(sources)
    opened.start()
    updates: list[CustomerUpdate] = []
    settlements = 0
    async with asyncio.timeout(30):
        async for update in opened.follow():
            if settlements:
                updates.append(update)
            if isinstance(update, OpeningSettled):
                settlements += 1
                if settlements == 2:
                    break
                opened.read(facet, force=True)
    await opened.aclose()
    views = [update.view for update in updates if isinstance(update, FacetChanged)]
    assert any(view.refreshing for view in views)
    assert all(view.records for view in views)


async def test_reading_one_block_again_leaves_the_readings_of_the_others_alone() -> None:
    held = asyncio.Event()
    sources = ScriptedSources(
        [offer("slow", "contracts"), offer("b", "complaints")],
        {
            ("slow", "contracts"): [answer("slow", "contracts", {"number": "1"})],
            ("b", "complaints"): [answer("b", "complaints", COMPLAINT)],
        },
        held={("slow", "contracts"): held},
    )
    opened = dossier(sources)
    opened.start()
    await asyncio.sleep(0)
    opened.read("complaints", force=True)
    await asyncio.sleep(0.05)
    held.set()
    states: dict[str, FacetState] = {}
    async with asyncio.timeout(30):
        async for update in opened.follow():
            if isinstance(update, FacetChanged):
                states[update.view.facet] = update.view.state
            if isinstance(update, OpeningSettled):
                break
    await opened.aclose()
    assert states == {"contracts": FacetState.FRESH, "complaints": FacetState.FRESH}


async def test_the_timeline_hides_the_title_of_a_medical_document() -> None:
    row: dict[str, JSON] = {
        "title": "CANARY ordonnance", "kind": "other", "medical": True, "direction": "in",
        "dated": "2026-03-20T10:00:00+01:00", "status": "received",
    }  # fmt: skip
    sources = ScriptedSources(
        [offer("ged", "documents")], {("ged", "documents"): [answer("ged", "documents", row)]}
    )
    updates = await settled(dossier(sources))
    assert "CANARY" not in repr(updates)
    told = [update for update in updates if isinstance(update, TimelineChanged)]
    assert [entry.summary for entry in told[-1].entries] == [""]


class _Breaking(ScriptedSources):
    async def read_facet(self, *_: object, **__: object) -> AsyncIterator[FacetReading]:
        nothing: tuple[FacetReading, ...] = ()
        for reading in nothing:
            yield reading
        raise ValueError("CANARY of a library")


async def test_a_reading_that_ends_on_an_error_of_ours_fails_its_block_without_a_word_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    updates = await settled(dossier(_Breaking([offer("b", "complaints")])))
    view = last_views(updates)["complaints"]
    assert view.state is FacetState.FAILED
    assert view.error is not None
    assert view.error.kind is ErrorKind.BUG
    assert "ValueError" in caplog.text
    assert "CANARY" not in caplog.text
