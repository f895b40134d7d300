"""Work cut in pieces, and faces kept as pictures."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from time import perf_counter

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from typing_extensions import override

from avise.ui.turns import BUDGET_S, DRAWN_S, PUT_OFF_AT_MOST, Turns, turns
from avise.ui.widgets.face import Face, faces_wait, whole_faces
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


def busy(seconds: float) -> None:
    end = perf_counter() + seconds
    while perf_counter() < end:
        pass


def test_pieces_are_done_in_the_order_in_which_they_came(run: Run, qapp: QApplication) -> None:
    async def scenario() -> None:
        done: list[str] = []
        for name in ("first", "second", "third"):
            turns().soon(name, lambda name=name: done.append(name))  # type: ignore[misc]  # bound at once
        await until(lambda: done == ["first", "second", "third"])

    run(scenario())


def test_the_latest_piece_of_a_key_wins_and_a_forgotten_one_is_not_done(run: Run, qapp: QApplication) -> None:
    async def scenario() -> None:
        done: list[int] = []
        own = Turns(qapp)
        own.soon("key", lambda: done.append(1))
        own.soon("key", lambda: done.append(2))
        own.soon("other", lambda: done.append(3))
        own.forget("other")
        await until(lambda: bool(done))
        assert done == [2]

    run(scenario())


def test_a_turn_that_is_full_leaves_the_rest_to_the_next(run: Run, qapp: QApplication) -> None:
    async def scenario() -> None:
        done: list[int] = []
        own = Turns(qapp)
        for number in range(3):

            def piece(number: int = number) -> None:
                done.append(number)
                busy(BUDGET_S)

            own.soon(number, piece)
        own._on_turn()
        assert done == [0]
        await until(lambda: done == [0, 1, 2])

    run(scenario())


def test_a_piece_that_fails_keeps_none_of_the_others_from_being_done(qapp: QApplication) -> None:
    done: list[str] = []
    own = Turns(qapp)

    def fail() -> None:
        raise RuntimeError("a piece")

    own.soon("bad", fail)
    own.soon("good", lambda: done.append("good"))
    with pytest.raises(RuntimeError, match="a piece"):
        own._on_turn()
    own._on_turn()
    assert done == ["good"]


class Painted(QWidget):
    """A widget with a face that takes a whole budget to draw."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.drawn = 0
        self.face = Face(self, self._paint)
        self.setMinimumSize(40, 20)

    def _paint(self, _painter: QPainter) -> None:
        self.drawn += 1
        busy(BUDGET_S)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self.face.draw(painter)


def page_of(count: int) -> tuple[QWidget, list[Painted]]:
    page = QWidget()
    box = QVBoxLayout(page)
    widgets = [Painted(page) for _ in range(count)]
    for widget in widgets:
        box.addWidget(widget)
    return page, widgets


def test_a_face_is_drawn_once_and_then_copied_until_it_changes(run: Run, dressed: QApplication) -> None:
    async def scenario() -> None:
        page, (widget,) = page_of(1)
        page.show()
        await until(lambda: widget.drawn == 1)
        for _ in range(3):
            widget.repaint()
        assert widget.drawn == 1
        widget.face.outdate()
        await until(lambda: widget.drawn == 2)
        page.close()
        page.deleteLater()

    run(scenario())


def test_faces_beyond_the_budget_are_drawn_in_the_next_turns(run: Run, dressed: QApplication) -> None:
    async def scenario() -> None:
        page, widgets = page_of(3)
        page.show()
        page.grab()  # all in one go
        assert sum(widget.drawn for widget in widgets) == 1
        assert faces_wait()
        await until(lambda: all(widget.drawn == 1 for widget in widgets))
        await until(lambda: not faces_wait())
        page.close()
        page.deleteLater()

    run(scenario())


def test_a_turn_that_did_pieces_leaves_the_faces_to_the_next_which_draws_them_first(
    run: Run, dressed: QApplication
) -> None:
    async def scenario() -> None:
        page, (widget,) = page_of(1)
        page.show()
        await until(lambda: widget.drawn == 1 and not faces_wait())
        done: list[int] = []

        def full() -> None:
            done.append(0)
            busy(BUDGET_S)

        turns().soon("full", full)
        while not done:
            turns()._on_turn()
        widget.face.outdate()
        page.grab()
        assert widget.drawn == 1
        assert faces_wait()
        # What was drawn when the next piece is done.
        turns().soon("next", lambda: done.append(widget.drawn))
        await until(lambda: done == [0, 2])
        page.close()
        page.deleteLater()

    run(scenario())


def test_what_was_just_asked_is_drawn_before_the_next_piece(run: Run, qapp: QApplication) -> None:
    async def scenario() -> None:
        done: list[str] = []
        own = Turns(qapp)
        own.soon("piece", lambda: done.append("piece"))
        own.give_way()
        own._on_turn()
        assert not done
        await until(lambda: done == ["piece"])

    run(scenario())


def test_pieces_wait_for_the_next_turn_behind_what_took_this_one(run: Run, qapp: QApplication) -> None:
    async def scenario() -> None:
        done: list[str] = []

        def draw() -> None:
            busy(DRAWN_S * 2)
            done.append("drawn")

        QTimer.singleShot(0, draw)
        turns().soon("key", lambda: done.append("piece"))
        QTimer.singleShot(0, lambda: done.append("echo"))
        await until(lambda: "piece" in done)
        assert done == ["drawn", "echo", "piece"]

    run(scenario())


def test_pieces_go_on_under_what_takes_every_turn(run: Run, qapp: QApplication) -> None:
    async def scenario() -> None:
        done: list[str] = []

        def draw() -> None:
            busy(DRAWN_S * 2)
            done.append("drawn")

        drawing = QTimer()
        drawing.timeout.connect(draw)
        drawing.start(0)
        turns().soon("key", lambda: done.append("piece"))
        await until(lambda: "piece" in done)
        drawing.stop()
        assert done.index("piece") <= PUT_OFF_AT_MOST + 1

    run(scenario())


def test_a_picture_of_the_window_shows_every_face(dressed: QApplication) -> None:
    page, widgets = page_of(3)
    with whole_faces():
        page.grab()
    assert [widget.drawn for widget in widgets] == [1, 1, 1]
    page.deleteLater()


def test_a_face_that_fails_to_draw_leaves_the_window_alive(
    run: Run, dressed: QApplication, qtbot: QtBot
) -> None:
    class Failing(Painted):
        """Raises instead of drawing."""

        def _paint(self, _painter: QPainter) -> None:
            raise RuntimeError("while drawing")

    async def scenario() -> None:
        page = QWidget()
        Failing(page)
        page.resize(50, 30)
        page.show()
        await until(lambda: bool(caught))
        page.close()
        page.deleteLater()

    with qtbot.capture_exceptions() as caught:
        run(scenario())
    assert caught[0][0] is RuntimeError
