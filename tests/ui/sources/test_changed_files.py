"""What the window tells of a connector's file that changed, and of a connector that was set apart."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QPushButton

from avise.models.source_status import FileChange, SourceStatus
from avise.ui.notifications.centre import notifications
from avise.ui.sources.file_news import FileNews
from avise.ui.sources.sentences import QUARANTINED, explained, file_line, to_do
from tests.ui.persona import NOW
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_sources import scripted_sources
from tests.ui.sources.test_sources_page import shown, texts
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]

SOURCES = {source.instance: source for source in scripted_sources()}
KEPT = FileChange(
    NOW - timedelta(minutes=2), "source.refused.file", "parties.toml:14: La clé « lable » n’existe pas ici."
)
TAKEN = FileChange(NOW - timedelta(minutes=1))


def with_change(change: FileChange | None) -> tuple[SourceStatus, ...]:
    return (replace(SOURCES["parties"], file_change=change), SOURCES["benefits"])


@pytest.fixture(autouse=True)
def nothing_told() -> None:
    notifications().clear()


def test_a_broken_change_is_told_with_its_line_and_what_is_used_meanwhile() -> None:
    line = file_line(with_change(KEPT)[0], NOW)
    assert line is not None
    assert line[0] == "circle-x"
    assert "parties.toml:14" in line[1]
    assert "La version précédente reste en service." in line[1]
    taken = file_line(with_change(TAKEN)[0], NOW)
    assert taken is not None
    assert "modifié et repris" in taken[1]
    assert file_line(SOURCES["benefits"], NOW) is None


def test_each_change_is_notified_once_and_quietly() -> None:
    news = FileNews()
    for change in (None, KEPT, KEPT):
        news.tell(with_change(change), NOW)
    assert "la version précédente reste en service" in notifications().rows[0].last.sentence
    for change in (TAKEN, TAKEN):
        news.tell(with_change(change), NOW)
    (row,) = notifications().rows
    assert (row.last.about, row.last.where, row.count) == ("file/parties", "Contrats", 2)
    assert row.last.page == "sources"
    assert "repris" in row.last.sentence


def test_a_file_that_never_was_in_use_leaves_no_version_before() -> None:
    refused = replace(SOURCES["surveys"], file_change=KEPT)
    line = file_line(refused, NOW)
    assert line is not None
    assert "encore inutilisable" in line[1]
    FileNews().tell((refused,), NOW)
    assert "encore une erreur" in notifications().rows[0].last.sentence


def test_a_connector_set_apart_says_why_and_is_put_back_by_one_press(run: Run) -> None:
    apart = replace(
        SOURCES["surveys"], refused_because=QUARANTINED, refused_detail="ImportError at connector.py:3"
    )
    assert "ImportError at connector.py:3" in explained(apart, NOW)
    assert "Réactiver" in to_do(apart)

    async def scenario() -> None:
        desk = ScriptedDesk()
        desk.statuses = (apart, *with_change(KEPT))
        async with shown(desk) as page:
            page.table.go_to(page.model.place_of("surveys"))
            button = next(one for one in page.detail.findChildren(QPushButton) if one.text() == "Réactiver")
            button.click()
            await until(lambda: ("retry_source", "surveys") in desk.asked)
            page.table.go_to(page.model.place_of("parties"))
            assert "Fichier du connecteur" in texts(page)
            assert "parties.toml:14" in texts(page)

    run(scenario())
