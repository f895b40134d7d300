"""The page of the customer who will be opened next."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from PySide6.QtWidgets import QStackedWidget, QWidget

from avise.ui.announce import Announcer
from avise.ui.shell.spare_page import SparePage
from tests.ui.stub_page import StubPage
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


@dataclass
class Stage:
    """A stack of pages and its spare one."""

    stack: QStackedWidget = field(default_factory=QStackedWidget)
    made: list[StubPage] = field(default_factory=list)

    def make(self, announcer: Announcer, parent: QWidget) -> QWidget:
        """Make a page and keep it."""
        self.made.append(StubPage(announcer, parent))
        return self.made[-1]


@asynccontextmanager
async def staged() -> AsyncIterator[tuple[Stage, SparePage]]:
    """Show an empty stack; close it afterwards."""
    stage = Stage()
    stage.stack.show()
    spare = SparePage(stage.make, Announcer(stage.stack), stage.stack, stage.stack)
    yield stage, spare
    spare.close()
    stage.stack.hide()
    stage.stack.deleteLater()


def test_the_next_page_is_made_once_one_was_taken_and_only_then(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as (stage, spare):
            assert not stage.made
            first = spare.take()
            assert stage.made == [first]
            await until(lambda: len(stage.made) == 2)
            assert spare.take() is stage.made[1]

    run(scenario())


def test_the_next_page_is_not_seen_before_it_is_somebodys(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as (stage, spare):
            spare.take()
            await until(lambda: len(stage.made) == 2)
            stage.stack.hide()
            stage.stack.show()
            assert not stage.made[1].isVisible()
            assert stage.stack.indexOf(stage.made[1]) == -1

    run(scenario())


def test_a_window_that_closes_leaves_no_page_behind(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as (stage, spare):
            spare.take()
            await until(lambda: len(stage.made) == 2)
            spare.close()
            assert stage.made[1].asked == ["close"]

    run(scenario())
