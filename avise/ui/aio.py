"""What a widget or a view-model uses to run coroutines: owned tasks, and dialogs as futures."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Literal, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtWidgets import QDialog

T = TypeVar("T")

Report = Callable[[str, BaseException], None]
"""Told the name of a task that failed, and its error."""

WhenBusy = Literal["replace", "drop", "parallel"]


class TaskScope(QObject):
    """Own the coroutines of one widget: keep them alive, report their errors, cancel them with it.

    Args:
        owner: its destruction cancels what still runs.
        report: told of every failure.
    """

    def __init__(self, owner: QObject, report: Report) -> None:
        super().__init__(owner)
        self._tasks: dict[str, set[asyncio.Task[object]]] = {}
        self._report = report
        tasks = self._tasks  # this object is already gone when `destroyed` fires
        owner.destroyed.connect(lambda: _cancel_all(tasks))

    def spawn(
        self, coroutine: Coroutine[object, object, T], *, name: str, when_busy: WhenBusy = "replace"
    ) -> None:
        """Run a coroutine on Qt's loop.

        Args:
            coroutine: what to run.
            name: of the action, shown in reports; the policy holds for one name.
            when_busy: what becomes of the action already running: cancelled ("replace"), left alone
                while this one is refused ("drop", for writes), or joined ("parallel").
        """
        running = self._tasks.setdefault(name, set())
        if running and when_busy == "drop":
            coroutine.close()
            return
        if when_busy == "replace":
            for old in tuple(running):
                old.cancel()
        task: asyncio.Task[object] = asyncio.get_running_loop().create_task(coroutine, name=name)
        running.add(task)
        task.add_done_callback(functools.partial(_finished, running, self._report))

    def cancel(self) -> None:
        """Cancel everything that runs."""
        _cancel_all(self._tasks)

    async def finished(self) -> None:
        """Wait until all that runs has ended of itself."""
        running = [task for group in self._tasks.values() for task in group]
        await asyncio.gather(*running, return_exceptions=True)

    async def aclose(self) -> None:
        """Cancel everything that runs and wait until it has ended."""
        running = [task for group in self._tasks.values() for task in group]
        self.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def outlive(coroutine: Coroutine[object, object, None], *, name: str, report: Report) -> None:
    """Run to its end what the closing of a page must not cancel; nothing without an application.

    Args:
        coroutine: what to run.
        name: of the action, shown in reports.
        report: told of its failure.
    """
    application = QCoreApplication.instance()
    if application is None:
        coroutine.close()
        return
    scope = TaskScope(application, report)

    async def run() -> None:
        try:
            await coroutine
        finally:
            scope.deleteLater()

    scope.spawn(run(), name=name)


def _cancel_all(tasks: dict[str, set[asyncio.Task[object]]]) -> None:
    for group in tasks.values():
        for task in tuple(group):
            task.cancel()


def _finished(running: set[asyncio.Task[object]], report: Report, task: asyncio.Task[object]) -> None:
    running.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        report(task.get_name(), error)


async def ask(dialog: QDialog) -> int:
    """Show a dialog without a nested event loop and return its code; cancelling the task closes it."""
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def on_finished(code: int) -> None:
        if not answer.done():
            answer.set_result(code)

    dialog.finished.connect(on_finished)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    try:
        return await answer
    except asyncio.CancelledError:
        dialog.reject()
        raise
