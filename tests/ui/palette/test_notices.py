"""Sentences of the palette stand whole, on as many lines as they take."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from avise.models.errors import AviseError
from avise.texts import LANGUAGES, set_language, text
from avise.ui.palette.delegate import ROW_HEIGHT, row_height
from avise.ui.palette.values import PaletteRow, Part, RowKind
from avise.ui.palette.view import PaletteView
from avise.ui.theme import theme
from tests.ui.palette.test_palette_view import palette
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
WIDE = "W" * 60
"""The widest words that a sentence says again."""


def lines_of_ink(image: QImage) -> int:
    """Return how many lines of words an image holds, one under the other."""
    ground = image.pixel(image.width() - 1, 0)
    inked = [
        any(image.pixel(x, y) != ground for x in range(0, image.width(), 2)) for y in range(image.height())
    ]
    return sum(here and not above for above, here in zip([False, *inked], inked, strict=False))


def words_of_row(view: PaletteView, place: int) -> QImage:
    """Return the picture of a row's words, without its icon."""
    area: QRect = view.rows.visualRect(view.model.index(place, 0))
    left = theme().px(36)
    return view.rows.viewport().grab(area.adjusted(left, 0, 0, 0)).toImage()


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(("width", "zoom"), [(1366, 150), (1440, 100)])
def test_nothing_found_for_long_words_is_said_whole(
    run: Run, dressed: QApplication, code: str, width: int, zoom: int
) -> None:
    async def scenario() -> None:
        set_language(code)
        theme().set_zoom(zoom)
        theme().apply_to(dressed)
        async with palette(ScriptedDesk()) as (desktop, view):
            desktop.window.resize(width, 768)
            view.field.setText(WIDE)
            view.field.textEdited.emit(WIDE)
            await until(lambda: any(listed.kind is RowKind.NOTICE for listed in view.model.rows()))
            (said,) = view.model.rows()
            metrics = theme().metrics("body")
            room = view.rows.viewport().width() - theme().px(14 + 25 + 14)
            needed = metrics.horizontalAdvance(said.sentence) / room
            assert needed > 1
            assert lines_of_ink(words_of_row(view, 0)) > needed
            assert view._frame.height() > view.rows.rowHeight(0) + theme().px(48 + 34 + 32)

    run(scenario())


def test_a_failure_leaves_room_for_its_action_and_is_laid_out_again_in_a_small_window(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(search_error=AviseError("engine.stopped"))
        async with palette(desk) as (desktop, view):
            view.field.setText("march")
            view.field.textEdited.emit("march")
            await until(lambda: any(row.command == "retry_search" for row in view.model.rows()))
            place = next(place for place, row in enumerate(view.model.rows()) if row.command)
            wide = view.rows.rowHeight(place)
            desktop.window.setMinimumSize(1, 1)
            desktop.window.resize(420, 600)
            view.resize(420, 600)
            assert view.rows.rowHeight(place) > wide

    run(scenario())


def test_a_sentence_of_one_line_is_as_high_as_any_row(dressed: QApplication) -> None:
    hint = PaletteRow(RowKind.NOTICE, (Part(text("palette.hint")),), "search")
    assert row_height(hint, 680) == theme().px(ROW_HEIGHT)


def test_an_action_beside_a_sentence_takes_room_from_its_words(dressed: QApplication) -> None:
    words = (Part("mot " * 24),)
    alone = PaletteRow(RowKind.NOTICE, words, "circle-x")
    beside = PaletteRow(RowKind.NOTICE, words, "circle-x", (Part("Réessayer " * 8),), command="retry_search")
    assert row_height(beside, 680) > row_height(alone, 680)
