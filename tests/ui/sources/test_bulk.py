"""The filling of the directory on the Sources page: its progress, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from avise.models.bulk_reading import BulkReading, Decision, Doubt, DoubtKind, ReadingStep
from avise.models.source_status import SourceStatus
from avise.services.bulk_words import progress_sentence, size_words
from avise.ui.sources.bulk import ProgressLine
from avise.ui.widgets.toast import Message
from tests.ui.persona import NOW
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_sources import scripted_sources
from tests.ui.sources.test_sources_page import shown, texts
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]

READING = BulkReading(
    ReadingStep.READING, 1_204_500, 4_300_000, NOW, gone_on_from=600_000, per_second=21_400, seconds_left=145
)
DOUBT = Doubt(
    DoubtKind.FILE, "m", 1_430_000_000, 512_000_000, NOW - timedelta(days=1), NOW - timedelta(minutes=20)
)
HELD = BulkReading(ReadingStep.HELD, doubt=DOUBT)
LOSING = BulkReading(ReadingStep.HELD, doubt=Doubt(DoubtKind.PERSONS, "m", 4_300_000, 1_900_000, None, NOW))


def filled(bulk: BulkReading) -> tuple[SourceStatus, ...]:
    """Return the tools, the directory filled like that."""
    return tuple(
        replace(source, bulk=bulk) if source.instance == "parties" else source
        for source in scripted_sources()
    )


def test_a_reading_tells_how_many_of_how_many_how_fast_and_how_long(run: Run) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk()) as page:
            page.show_sources(filled(READING))
            page.table.go_to(page.model.place_of("parties"))
            said = texts(page).replace("\u202f", " ").replace("\xa0", " ")
            assert "1 204 500 personnes sur 4 300 000 (28 %), 21 400 par seconde, encore 2 min" in said
            assert "Reprise après un arrêt : 600 000 personnes étaient déjà lues." in said
            (line,) = page.detail.findChildren(ProgressLine)
            assert line.accessibleName() == progress_sentence(READING)

    run(scenario())


@pytest.mark.parametrize("held", [HELD, LOSING])
def test_what_waits_stands_first_with_both_sizes_and_two_acts(run: Run, held: BulkReading) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        said: list[Message] = []
        async with shown(desk) as page:
            page.message.connect(said.append)
            page.show_sources(filled(held))
            assert page.model.place_of("parties") == 0
            page.activateWindow()
            await until(page.isActiveWindow)
            page.show_held()
            told = texts(page).replace("\u202f", " ").replace("\xa0", " ")
            sizes = ("1,4 Go", "512 Mo") if held is HELD else ("4 300 000", "1 900 000")
            assert [size for size in sizes if size not in told] == []
            button = QApplication.focusWidget()
            assert isinstance(button, QPushButton)
            assert button.text() == "Garder l’ancien annuaire"
            QTest.keyClick(button, Qt.Key.Key_Space)
            await until(lambda: bool(said))
            assert ("decide_bulk", "parties", Decision.KEEP) in desk.asked
            accept = next(one for one in page.detail.buttons() if one.text() == "Prendre le nouveau")
            accept.click()
            await until(lambda: len(said) == 2)
            assert ("decide_bulk", "parties", Decision.ACCEPT) in desk.asked

    run(scenario())


def test_nothing_to_decide_is_said(run: Run) -> None:
    async def scenario() -> None:
        said: list[Message] = []
        async with shown(ScriptedDesk()) as page:
            page.message.connect(said.append)
            page.show_held()
            assert [message.sentence for message in said] == ["Rien n’attend de décision."]

    run(scenario())


@pytest.mark.parametrize(
    ("size", "words"),
    [(900, "1 ko"), (12_300, "12 ko"), (2_340_000, "2,3 Mo"), (512_000_000, "512 Mo"), (10**12, "1 000 Go")],
)
def test_sizes_are_written_for_people(dressed: QApplication, size: int, words: str) -> None:
    del dressed
    assert size_words(size).replace("\xa0", " ").replace("\u202f", " ") == words
