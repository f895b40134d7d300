"""A file that leaves: for a reason, in the journal first, masked for the role, two hundred rows at most."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.errors import AviseError
from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.models.interaction import TimelineEntry, TimelineGroup
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.masking import MASK
from avise.models.roles import Purpose, Role
from avise.services.customer_updates import OpeningSettled, TimelineChanged
from avise.services.exported_file import ExportedBlock, ExportForm, ExportReason, ExportWish
from avise.services.facts import Facts
from avise.services.file_export import MAX_ROWS, exported_content, exported_json, refuse_export, shares
from avise.store.journal import Journal
from tests.unit.engine.test_local_desk import PLAIN, Office
from tests.unit.engine.test_local_desk import office as office_of
from tests.unit.services.facts_builder import NOW
from tests.unit.services.scripted_sources import ScriptedSources, answer, offer

office = office_of
WISH = ExportWish(ExportForm.PDF, ExportReason.ACCESS_REQUEST)


def view(facet: str, *rows: dict[str, JSON], state: FacetState = FacetState.FRESH) -> FacetView:
    records = tuple(FacetRecord(str(number), row) for number, row in enumerate(rows))
    return FacetView(facet, "tool", "Outil", state, records, NOW)


def facts(*views: FacetView) -> Facts:
    return Facts(date(2026, 3, 24), NOW, {found.facet: (found,) for found in views})


def blocks_of(known: Facts, role: Role) -> tuple[ExportedBlock, ...]:
    return exported_content(known, role, TimelineChanged(()), {})[0]


def line(number: int, **changes: str) -> TimelineEntry:
    at = NOW - timedelta(days=number)
    entry = TimelineEntry(str(number), at, TimelineGroup.CALL, "call_in", "Appel", "Devis reçu", "relation")
    return replace(entry, **changes)  # type: ignore[arg-type]  # test data


# ---- what leaves -------------------------------------------------------------------------------
def test_an_act_label_leaves_masked_for_an_agent_and_in_clear_for_a_case_manager() -> None:
    known = facts(view("benefits", {"label": "CANARY", "amount": "12.00"}))
    (for_agent,) = blocks_of(known, Role.AGENT)
    (for_manager,) = blocks_of(known, Role.CASE_MANAGER)
    assert for_agent.view.records[0].data["label"] == MASK
    assert for_manager.view.records[0].data["label"] == "CANARY"


def test_blocks_that_the_role_does_not_see_or_that_were_not_read_do_not_leave() -> None:
    known = facts(
        view("benefits", {"label": "x"}), view("contracts", {"number": "C"}, state=FacetState.FAILED)
    )
    assert blocks_of(known, Role.REP) == ()


@given(st.lists(st.integers(0, 500), max_size=12), st.integers(0, 300))
def test_rows_are_shared_within_the_limit_and_short_blocks_stay_whole(counts: list[int], limit: int) -> None:
    kept = shares(counts, limit)
    assert all(0 <= some <= count for some, count in zip(kept, counts, strict=True))
    assert sum(kept) == min(limit, sum(counts))
    fair = limit // len(counts) if counts else 0
    assert all(some == count for some, count in zip(kept, counts, strict=True) if count <= fair)


def test_two_hundred_rows_leave_and_the_rest_is_counted() -> None:
    row: dict[str, JSON] = {"date": "2026-01-01"}
    known = facts(view("benefits", *[row] * 250), view("contracts", {}))
    blocks = blocks_of(known, Role.CASE_MANAGER)
    assert sum(len(block.view.records) for block in blocks) == MAX_ROWS
    assert sum(block.left_out for block in blocks) == 51


def test_the_timeline_leaves_with_the_names_of_its_sources_and_of_those_that_could_not_tell() -> None:
    history = TimelineChanged((line(0), line(1, source="journal")), ("Courrier",))
    _, timeline = exported_content(facts(), Role.AGENT, history, {"relation": "Relation adhérents"})
    assert [entry.source for entry in timeline.entries] == ["Relation adhérents", "Avise"]
    assert timeline.missing == ("Courrier",)
    assert timeline.left_out == 0


def test_a_number_that_no_note_may_hold_leaves_masked_in_the_timeline() -> None:
    history = TimelineChanged(
        (line(0, title="NIR 268034410921492", summary="RIB FR7699999000020000000000197"),)
    )
    _, timeline = exported_content(facts(), Role.CASE_MANAGER, history, {})
    written = f"{timeline.entries[0].title} {timeline.entries[0].summary}"
    assert "0921492" not in written
    assert "99999" not in written


def test_blocks_and_timeline_share_two_hundred_rows_and_the_newest_lines_stay() -> None:
    row: dict[str, JSON] = {"date": "2026-01-01"}
    known = facts(view("contracts", {"number": "C"}), view("benefits", *[row] * 250))
    history = TimelineChanged(tuple(line(number) for number in range(300)))
    blocks, timeline = exported_content(known, Role.CASE_MANAGER, history, {})
    assert sum(len(block.view.records) for block in blocks) + len(timeline.entries) == MAX_ROWS
    assert timeline.entries[0].id == "0"
    assert timeline.left_out == 300 - len(timeline.entries) > 0
    assert len(timeline.entries) >= 66


# ---- who may ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "wish", "restricted", "why"),
    [
        (Role.AUDITOR, WISH, False, "role.no_customers"),
        (Role.ADMINISTRATOR, WISH, False, "role.no_customers"),
        (Role.AGENT, WISH, True, "export.not_allowed"),
        (Role.REP, WISH, True, "export.not_allowed"),
        (Role.AGENT, replace(WISH, reason=ExportReason.OTHER, words="  "), False, "export.reason_needed"),
        (Role.AGENT, replace(WISH, words="x" * 201), False, "export.words_long"),
        (Role.AGENT, replace(WISH, words="NIR 268034410921492"), False, "note.restricted"),
    ],
)
def test_what_may_not_leave_is_refused(role: Role, wish: ExportWish, restricted: bool, why: str) -> None:
    with pytest.raises(AviseError) as refused:
        refuse_export(role, wish, restricted=restricted)
    assert refused.value.message_key == why


def test_a_team_lead_takes_a_protected_file_out_and_an_agent_does_not() -> None:
    refuse_export(Role.TEAM_LEAD, WISH, restricted=True)
    with pytest.raises(AviseError, match=r"export\.not_allowed"):
        refuse_export(Role.AGENT, WISH, restricted=True)


# ---- through the desk ---------------------------------------------------------------------------
@pytest.fixture
async def fed(office: Office) -> Office:
    rows: list[dict[str, JSON]] = [{"number": "C-2014-00871", "plan": "Sérénité 3"}]
    office.sources = ScriptedSources([offer("contrats", "contracts")])
    office.sources.readings[("contrats", "contracts")] = (answer("contrats", "contracts", *rows),)
    return office


async def test_the_journal_says_that_a_file_leaves_and_why(fed: Office, tmp_path: Path) -> None:
    del tmp_path
    desk, person = fed.desk(Role.AGENT), await fed.person(PLAIN)
    await desk.record_interaction(person, {"channel": "phone_in", "title": "Devis reçu"})
    async with aclosing(desk.open_customer(person, Purpose.CALL)) as updates:  # type: ignore[type-var]
        async with asyncio.timeout(30):
            async for update in updates:
                if isinstance(update, OpeningSettled):
                    break
        file = await desk.export_file(person, replace(WISH, words="demande du 12/03"))
    (event,) = await Journal(fed.store, desk._env).stream(f"customer/{person}", (EventKind.EXPORTED,))
    assert event.event_id == file.event
    assert event.body["reason"] == "access_request"
    assert event.body["words"] == "demande du 12/03"
    assert event.body["facets"] == ["contracts"]
    assert "Sérénité" not in json.dumps(dict(event.body), ensure_ascii=False)
    assert event.body["timeline"] == 1
    content = json.loads(exported_json(file))
    (told,) = content["timeline"]["entries"]
    assert (told["title"], told["source"]) == ("Devis reçu", "Avise")
    assert content["timeline"]["missing"] == []
    assert content["last_name"] == "MARCHAND"
    assert content["blocks"][0]["records"][0]["data"]["plan"] == "Sérénité 3"


async def test_a_file_that_is_not_open_does_not_leave(fed: Office) -> None:
    with pytest.raises(AviseError, match=r"open\.nobody"):
        await fed.desk(Role.AGENT).export_file(await fed.person(PLAIN), WISH)
