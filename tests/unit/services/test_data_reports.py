"""Reports of wrong data: an event and a task, both or neither; no value and no number in them."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.env import FixedEnv
from avise.models.data_report import DataProblem, DataReport
from avise.models.errors import AviseError
from avise.models.facet_specs import FACETS
from avise.models.journal import EventKind
from avise.models.roles import Role, Session
from avise.models.tasks import fold_tasks
from avise.models.working_days import is_working_day
from avise.services.data_reports import DataReports, due_after, task_words
from avise.store.journal import Journal
from avise.store.store import Store

KEY = bytes(range(32))
PERSON = uuid.UUID(int=7)
STREAM = f"customer/{PERSON}"


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    store = await Store.open(tmp_path / "store.db", KEY, FixedEnv())
    yield Journal(store, FixedEnv())
    await store.aclose()


def reports(journal: Journal, role: Role = Role.AGENT, login: str = "") -> DataReports:
    return DataReports(Session("lea.girard", "Léa Girard", role, "poste-1"), journal, FixedEnv(), login)


async def test_a_report_writes_its_event_and_a_task_for_data_quality(journal: Journal) -> None:
    told = DataReport("contact_points", DataProblem.OUTDATED, note="déménagé à Rennes")
    act, written = await reports(journal, login="qualite").report(PERSON, STREAM, told)
    event, added = written
    assert (event.kind, event.stream) == (EventKind.DATA_REPORTED, STREAM)
    assert event.body["facet"] == "contact_points"
    assert event.body["note"] == "déménagé à Rennes"
    (task,) = fold_tasks([added]).values()
    assert (task.assignee, task.author, task.person, task.id) == (
        "qualite", "lea.girard", PERSON, act.subject,
    )  # fmt: skip
    assert "Rennes" not in task.words
    assert "périmée" in task.words
    assert event.body["task"] == str(task.id)


async def test_without_data_quality_the_task_stays_with_its_author(journal: Journal) -> None:
    told = DataReport("contracts", DataProblem.WRONG)
    _, written = await reports(journal).report(PERSON, STREAM, told)
    (task,) = fold_tasks(written[1:]).values()
    assert task.assignee == "lea.girard"


@pytest.mark.parametrize(
    ("told", "role", "why"),
    [
        (DataReport("nothing", DataProblem.WRONG), Role.AGENT, "report.unknown"),
        (DataReport("contracts", DataProblem.WRONG, field="nothing"), Role.AGENT, "report.unknown"),
        (DataReport("benefits", DataProblem.WRONG), Role.REP, "report.unknown"),
        (DataReport("bank", DataProblem.WRONG, note="x" * 501), Role.AGENT, "report.note_long"),
        (
            DataReport("identity", DataProblem.WRONG, note="NIR 2 68 03 44 109 214 92"),
            Role.AGENT,
            "note.restricted",
        ),
    ],
)
async def test_what_may_not_be_told_is_refused_and_nothing_is_written(
    journal: Journal, told: DataReport, role: Role, why: str
) -> None:
    with pytest.raises(AviseError) as refused:
        await reports(journal, role).report(PERSON, STREAM, told)
    assert refused.value.message_key == why
    assert await journal.stream(STREAM) == ()
    assert await journal.under("task/") == ()


@pytest.mark.parametrize("problem", DataProblem)
@pytest.mark.parametrize("facet", FACETS)
def test_every_block_and_problem_has_its_words(facet: str, problem: DataProblem) -> None:
    field = FACETS[facet].fields[0].name
    assert "{" not in task_words(DataReport(facet, problem, field))


@given(st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - given a zone
def test_data_quality_has_two_working_days(now: datetime) -> None:
    due = due_after(now)
    assert timedelta(hours=30) < due - now < timedelta(days=8)
    assert is_working_day(date(due.year, due.month, due.day))
