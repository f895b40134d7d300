"""The rows of Ma journée: three groups by time, what each offers, what is never shown."""

from __future__ import annotations

from dataclasses import replace

from avise.models.own_history import UnlinkedInteraction
from avise.services.day_values import DayRequests, Diary, DiaryState, MyDay, TeamNews
from avise.ui.home.day_lines import diary_lines, news_lines, request_lines, unlinked_line
from avise.ui.home.day_rows import DayAction, day_rows, task_row
from tests.ui.home_day import COLLEAGUE, FULL_DAY, LATE, ME, TODAY, away, task
from tests.ui.persona import NOW

_OTHERS = (DayAction.DONE, DayAction.MOVE, DayAction.ASSIGN)


def test_tasks_stand_in_three_groups_by_time() -> None:
    rows = day_rows(FULL_DAY, ME, NOW)
    titles = [(row.title, row.count) for row in rows if row.is_title]
    assert titles == [("En retard", "2"), ("Aujourd’hui", "3"), ("À venir", "2")]
    assert [row.late for row in rows if row.is_title] == [True, False, False]


def test_an_empty_day_says_a_fact() -> None:
    rows = day_rows(MyDay(FULL_DAY.day), ME, NOW)
    assert [row.title for row in rows] == ["Aujourd’hui", "Aucun rappel ni tâche en attente."]


def test_a_call_back_offers_to_call_and_shows_the_number() -> None:
    row = task_row(LATE[0], ME, NOW)
    assert row.title == "Rappeler MARCHAND Hélène"
    assert row.detail.startswith("06\u00a039\u00a098\u00a041\u00a027 · ")
    assert row.actions == (DayAction.CALL, *_OTHERS)
    assert row.sentence.endswith("en retard de 2\u00a0h")


def test_a_call_back_without_a_number_opens_the_file() -> None:
    assert task_row(TODAY[0], ME, NOW).actions == (DayAction.OPEN, *_OTHERS)


def test_a_task_about_nobody_has_no_file_to_open() -> None:
    row = task_row(TODAY[1], ME, NOW)
    assert row.primary is None
    assert row.actions == _OTHERS
    assert row.aside == "confiée par karim.benali"


def test_a_task_about_two_changes_compares_them_and_opens_no_file() -> None:
    asked = replace(TODAY[0], task=replace(TODAY[0].task, about="request/1"))
    assert asked.who is not None
    assert task_row(asked, ME, NOW).primary is DayAction.COMPARE
    assert task_row(replace(asked, holder=COLLEAGUE), ME, NOW).primary is not DayAction.COMPARE


def test_what_a_deputy_holds_is_only_looked_at() -> None:
    rows = [row for row in day_rows(away(), ME, NOW) if row.task is not None and row.task.holder != ME]
    assert len(rows) == 3
    assert all(set(row.actions) <= {DayAction.CALL, DayAction.OPEN} for row in rows)
    assert {row.aside for row in rows} == {"tenue par karim.benali"}


def test_a_deputy_sees_for_whom_a_task_is_done() -> None:
    assert task_row(TODAY[2], ME, NOW).aside == f"pour {COLLEAGUE}, en absence"


def test_a_task_put_off_more_than_once_says_so() -> None:
    row = task(9, NOW, "Relire")
    assert "reporté 3 fois" in task_row(replace(row, task=replace(row.task, moves=3)), ME, NOW).detail


def test_what_is_not_followed_is_not_said_to_be_none() -> None:
    assert request_lines(DayRequests(), NOW)[1] == "Les demandes transmises ne sont pas encore suivies ici."
    lines, sentence = request_lines(FULL_DAY.requests, NOW)
    assert sentence == ""
    assert lines[0].detail.startswith("«")


def test_a_request_with_a_question_says_so() -> None:
    requests = FULL_DAY.requests
    asked = replace(requests, rows=(replace(requests.rows[0], questions=1),))
    assert [line.chip for line in request_lines(requests, NOW)[0]] == [None]
    assert request_lines(asked, NOW)[0][0].sentence.endswith("1 question pour vous")


def test_a_diary_that_failed_names_its_tool() -> None:
    lines, sentence, tone = diary_lines(replace(FULL_DAY.diary, state=DiaryState.FAILED, missing=("Agenda",)))
    assert len(lines) == 2
    assert sentence.startswith("Agenda ne répond pas")
    assert tone == "warn"
    assert diary_lines(Diary(DiaryState.KNOWN))[1] == "Aucun rendez-vous aujourd’hui."


def test_news_that_cannot_be_read_say_where() -> None:
    told = news_lines(TeamNews(trouble="Illisible.", problems=("ligne 3",)), NOW)
    assert told[1:] == ("Illisible.\nligne 3", "warn")


def test_an_exchange_says_who_spoke_as_far_as_one_knows() -> None:
    found = FULL_DAY.unlinked[0]
    assert unlinked_line(found, NOW).title == "Mme Riou"
    nameless = UnlinkedInteraction(found.event, found.interaction, found.wrap_up, phone="+33199009999")
    assert unlinked_line(nameless, NOW).title == "01\u00a099\u00a000\u00a099\u00a099"
