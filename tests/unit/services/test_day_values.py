"""What the window draws of the day crosses between processes, and asks for no heavy library."""

from __future__ import annotations

import io
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from avise.engine.wire import Answer, Pipe, frame_of
from avise.models.absences import Absence
from avise.models.acts import Act
from avise.models.contact_reasons import GuessedReason
from avise.models.errors import AviseError
from avise.models.interaction import Channel, Direction, Interaction
from avise.models.journal import EventKind
from avise.models.note_findings import Finding, FindingKind
from avise.models.own_history import UnlinkedInteraction
from avise.models.source_status import SourceState
from avise.models.tasks import Task, TaskKind
from avise.models.wrap_up import CallbackPromise, Deed, Lack, Outcome, WrapUp, lacks_told
from avise.services.day_values import (
    DayRequests,
    Diary,
    DiaryEntry,
    DiaryState,
    MyDay,
    NewsItem,
    SavedWrapUp,
    SentRequest,
    TaskBoard,
    TaskRow,
    TeamNews,
    ToolState,
    WrapUpDraft,
)
from avise.services.reason_file import contact_reasons
from avise.services.wrap_up import IncompleteWrapUpError

NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
ONE = uuid.UUID(int=1)
FORM = WrapUp("R01", Outcome.RESOLVED, note="x", deeds=(Deed("reread", NOW),), callback=CallbackPromise(NOW))
ROW = TaskRow(Task(ONE, TaskKind.TODO, "x", NOW, None, None, "", "lea", "lea", NOW), "lea")
DAY = MyDay(
    date(2026, 3, 24),
    late=(ROW,),
    board=TaskBoard((ROW,), reminders=(ONE,), absence=Absence(ONE, "lea", "paul", NOW, NOW + timedelta(1))),
    unfinished=(WrapUpDraft(ONE, FORM, NOW),),
    unlinked=(UnlinkedInteraction(ONE, Interaction("1", NOW, Channel.PHONE_IN, Direction.IN, "x"), FORM),),
    diary=Diary(DiaryState.KNOWN, (DiaryEntry("1", NOW, None, "agency", "x", "y", "", "agenda"),)),
    requests=DayRequests(followed=True, rows=(SentRequest("D-1", "x", NOW, "« y »"),)),
    news=TeamNews((NewsItem(date(2026, 3, 24), "x", "y"),)),
    tools=(ToolState("benefits", "Prestations", SourceState.SLOW, NOW),),
)


@pytest.mark.parametrize(
    "value",
    [
        DAY,
        FORM,
        SavedWrapUp(NOW, (Finding(FindingKind.NIR, 1, 2),), masked=True),
        Act(EventKind.TASK_ADDED, (ONE,), NOW, ONE),
        GuessedReason("R01", "queue", "x"),
        tuple(contact_reasons().values()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_crosses_between_processes(value: object) -> None:
    wire = io.BytesIO()
    wire.write(frame_of(Answer(1, value)))
    assert Pipe(io.BytesIO(wire.getvalue()), io.BytesIO()).receive() == Answer(1, value)


def test_why_a_recording_was_refused_is_read_from_the_error_that_crosses() -> None:
    refused = IncompleteWrapUpError((Lack.REASON, Lack.CALLBACK_PAST))
    assert lacks_told(refused) == (Lack.REASON, Lack.CALLBACK_PAST)
    assert lacks_told(AviseError("wrap_up.incomplete", codes="nonsense note")) == (Lack.NOTE,)
