"""The second part of an answer: names with two wrong letters come below, and nothing moves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from avise.models.customer import MatchedOn, SearchAnswer
from avise.ui.palette.rows import listing
from avise.ui.palette.values import PaletteScope, Question, RowKind, SearchState
from tests.ui.palette.test_palette_view import palette, people
from tests.ui.persona import NOW
from tests.ui.scripted_desk import DIRECTORY, ScriptedDesk, hit_of
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]

NEAR = replace(hit_of(DIRECTORY[0]), matched_on=(MatchedOn.NAME_TYPO,), highlights=())


def test_names_with_two_wrong_letters_come_below_and_the_choice_stays(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(wider=(NEAR,))
        async with palette(desk) as (_desktop, view):
            desk.wider_gate = asyncio.Event()
            QTest.keyClicks(view.field, "roux")
            await until(lambda: [hit.entry.party.last_name for hit in people(view)] == ["ROUX"])
            QTest.keyClick(view.field, Qt.Key.Key_Down)
            before = view.rows.currentIndex().row()
            desk.wider_gate.set()
            await until(lambda: [hit.entry.party.last_name for hit in people(view)] == ["ROUX", "MARCHAND"])
            assert view.rows.currentIndex().row() == before
            known = tuple(hit.entry.person for hit in people(view)[:1])
            assert ("search_wider", "roux", known) in desk.asked

    run(scenario())


def test_words_typed_meanwhile_drop_the_second_part(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(wider=(NEAR,))
        async with palette(desk) as (_desktop, view):
            desk.wider_gate = asyncio.Event()
            QTest.keyClicks(view.field, "roux")
            await until(lambda: any(asked[0] == "search_wider" for asked in desk.asked))
            desk.wider = ()
            QTest.keyClicks(view.field, "x")
            desk.wider_gate.set()
            await until(lambda: not people(view))

    run(scenario())


def test_nobody_is_said_to_be_unknown_while_somebody_is_still_looked_for(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(wider=(NEAR,))
        async with palette(desk) as (_desktop, view):
            heard: list[str] = []
            view._view_model.listed.connect(lambda: heard.extend(row.sentence for row in view.model.rows()))
            desk.wider_gate = asyncio.Event()
            QTest.keyClicks(view.field, "zzzz")
            await until(lambda: any("en cours" in said for said in heard))
            desk.wider_gate.set()
            await until(lambda: len(people(view)) == 1)
            assert not any("Rien pour" in said for said in heard)
            desk.wider = ()
            QTest.keyClicks(view.field, "z")
            await until(lambda: "Rien pour" in heard[-1])

    run(scenario())


def test_enter_before_the_answer_opens_nobody_whose_name_is_only_near(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(wider=(NEAR,))
        async with palette(desk) as (desktop, view):
            desk.wider_gate = asyncio.Event()
            QTest.keyClicks(view.field, "zzzz")
            QTest.keyClick(view.field, Qt.Key.Key_Return)
            desk.wider_gate.set()
            await until(lambda: len(people(view)) == 1)
            assert view.isVisible()
            assert desktop.window.sessions.current is None
            QTest.keyClick(view.field, Qt.Key.Key_Return)
            assert desktop.window.sessions.current == NEAR.entry.person

    run(scenario())


class NearDesk(ScriptedDesk):
    """Finds one person by a name with one wrong letter, in the first part of the answer."""

    async def search(self, words: str, limit: int = 20) -> SearchAnswer:
        found = await super().search(words[:-1], limit)
        return replace(found, hits=tuple(replace(hit, matched_on=NEAR.matched_on) for hit in found.hits))


def test_nor_whose_name_has_one_wrong_letter_which_the_first_part_finds(run: Run) -> None:
    async def scenario() -> None:
        async with palette(NearDesk()) as (desktop, view):
            QTest.keyClicks(view.field, "rouxx")
            QTest.keyClick(view.field, Qt.Key.Key_Return)
            await until(lambda: len(people(view)) == 1)
            (near,) = people(view)
            assert view.isVisible()
            assert desktop.window.sessions.current is None
            QTest.keyClick(view.field, Qt.Key.Key_Return)
            assert desktop.window.sessions.current == near.entry.person

    run(scenario())


def test_what_is_only_on_board_is_said() -> None:
    answer = SearchAnswer((hit_of(DIRECTORY[0]),), 1, on_board_only=True)
    asked = Question("march", PaletteScope.ALL, (), (), (), answer, SearchState.DONE, (), NOW.date())
    (notice,) = [row for row in listing(asked).rows if row.kind is RowKind.NOTICE]
    assert "hors d’atteinte" in notice.sentence
    nothing = replace(asked, answer=replace(answer, hits=(), total=0))
    said = [row.sentence for row in listing(nothing).rows if row.kind is RowKind.NOTICE]
    assert len(said) == 2
