"""A full day of the scripted agent: late, soon and later tasks, requests, appointments, news, absence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from avise.models.absences import Absence
from avise.models.interaction import Channel, Direction, Interaction
from avise.models.own_history import UnlinkedInteraction
from avise.models.tasks import Task, TaskKind
from avise.models.wrap_up import WrapUp
from avise.services.day_values import (
    DayRequests,
    Diary,
    DiaryEntry,
    DiaryState,
    MyDay,
    NewsItem,
    SentRequest,
    TaskBoard,
    TaskRow,
    TeamNews,
    WrapUpDraft,
)
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import DIRECTORY, hit_of
from tests.ui.scripted_requests import request_id

ME, COLLEAGUE = "lea.girard", "karim.benali"
NOBODY_EVENT = UUID(int=900)


def task(
    number: int,
    due: datetime,
    words: str = "",
    *,
    place: int | None = None,
    reason: str = "",
    assignee: str = ME,
    author: str = ME,
    holder: str = ME,
) -> TaskRow:
    """Return a task's row; with a reason, a call-back; `place` is somebody's in the directory."""
    entry = DIRECTORY[place] if place is not None else None
    kept = Task(
        id=UUID(int=500 + number),
        kind=TaskKind.CALLBACK if reason else TaskKind.TODO,
        words=words,
        due=due,
        remind_at=None,
        person=entry.person if entry is not None else None,
        reason=reason,
        assignee=assignee,
        author=author,
        added_at=NOW - timedelta(days=1),
    )
    return TaskRow(kept, holder, hit_of(entry) if entry is not None else None)


LATE = (
    task(1, NOW - timedelta(hours=2), "Virement à confirmer", place=0, reason="R01"),
    task(2, NOW - timedelta(days=1, hours=1), "Relire le courrier de l’opticien", place=4),
)
TODAY = (
    task(3, NOW + timedelta(minutes=36), "Prise en charge dentaire", place=5, reason="R05"),
    task(4, datetime(2026, 3, 24, 13, 30, tzinfo=UTC), "Préparer la réunion d’équipe", author=COLLEAGUE),
    task(5, datetime(2026, 3, 24, 15, 0, tzinfo=UTC), "Échéancier à proposer", place=7, reason="R15",
         assignee=COLLEAGUE),
)  # fmt: skip
LATER = (
    task(6, datetime(2026, 3, 25, 8, 0, tzinfo=UTC), "Carte de tiers payant", place=2, reason="R09"),
    task(7, datetime(2026, 3, 27, 9, 30, tzinfo=UTC), "Vérifier l’attestation", place=6),
)
UNLINKED = (
    UnlinkedInteraction(
        NOBODY_EVENT,
        Interaction(
            str(NOBODY_EVENT), NOW - timedelta(minutes=50), Channel.PHONE_IN, Direction.IN, "Mme Riou",
            "Demande les documents d’adhésion.", reason="R17",
        ),
        WrapUp(reason="R17", note="Demande les documents d’adhésion."),
        "Mme Riou",
        "+33199009999",
    ),
)  # fmt: skip

FULL_DAY = MyDay(
    day=date(2026, 3, 24),
    late=LATE,
    today=TODAY,
    later=LATER,
    board=TaskBoard((*LATE, *TODAY, *LATER)),
    unfinished=(WrapUpDraft(DIRECTORY[4].person, WrapUp("R04", note="Devis optique"), NOW),),
    unlinked=UNLINKED,
    diary=Diary(
        DiaryState.KNOWN,
        (
            DiaryEntry(
                "a", datetime(2026, 3, 24, 10, 0, tzinfo=UTC), datetime(2026, 3, 24, 10, 30, tzinfo=UTC),
                "phone", "Bilan de formule", "", "confirmed", "appointments",
            ),
            DiaryEntry(
                "b", datetime(2026, 3, 24, 14, 0, tzinfo=UTC), datetime(2026, 3, 24, 15, 0, tzinfo=UTC),
                "agency", "Adhésion, famille Roux", "Vertaville Centre", "tentative", "appointments",
            ),
        ),
    ),
    requests=DayRequests(
        followed=True,
        rows=(
            SentRequest(
                "D-2026-000187-K", "Remboursement optique non reçu", NOW - timedelta(hours=18),
                "« Votre demande est entre les mains de Karim Benali, aux Prestations ; "
                "vous aurez une réponse avant demain midi. »",
                datetime(2026, 3, 25, 11, 0, tzinfo=UTC), HELENE, request_id(187),
            ),
        ),
    ),
    news=TeamNews(
        (
            NewsItem(date(2026, 3, 24), "Cartes 2026", "Les cartes des contrats collectifs partent."),
            NewsItem(date(2026, 3, 20), "Numéro de la CPAM 44", "Nouvelle ligne, voir la fiche réflexe."),
        )
    ),
)  # fmt: skip

ABSENCE = Absence(UUID(int=700), ME, COLLEAGUE, NOW, NOW + timedelta(days=2))


def away(day: MyDay = FULL_DAY) -> MyDay:
    """Return the day of somebody who is away, whose tasks of today a deputy holds."""
    lent = tuple(replace(row, holder=COLLEAGUE) for row in day.today)
    board = TaskBoard((*day.late, *day.later), lent, (), ABSENCE)
    return replace(day, today=(), board=board)
