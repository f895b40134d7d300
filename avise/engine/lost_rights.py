"""Tells staff of the commands that did not leave: the right to them is gone, or others changed the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

from avise.engine.network_room import Notes
from avise.env import Env
from avise.models.commands import CommandReason, CommandState, OutboxItem
from avise.models.errors import AviseError
from avise.models.tasks import NewTask, TaskKind, about_command
from avise.services.open_customer import log_error
from avise.texts import text

TOLD = "right_lost/"
"""Begins the names under which it is noted that a command was told of."""

COLLIDED = "collided/"
"""The same for those that met another change."""

TASK_WITHIN = timedelta(hours=1)

Items = Callable[[], Iterable[OutboxItem]]
AddTask = Callable[[NewTask], Awaitable[object]]


class LostRights:
    """Adds one task for each such command, whatever ends this program meanwhile.

    What was asked stays in the outbox, to be planned again or given up.

    Args:
        items: of the outbox.
        add_task: of this user.
        notes: where it is noted that one was told.
        env: the clock.
    """

    def __init__(self, items: Items, add_task: AddTask, notes: Notes, env: Env) -> None:
        self._items, self._add_task, self._notes, self._env = items, add_task, notes, env
        self._lock = asyncio.Lock()
        self._looking: set[asyncio.Task[None]] = set()

    def look_soon(self) -> None:
        """Look at the outbox, beside what runs."""
        task = asyncio.create_task(self.look(), name="tell lost rights")
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)
        task.add_done_callback(log_error)

    async def look(self) -> None:
        """Tell of each command once."""
        async with self._lock:
            for item in self._items():
                if item.reason is CommandReason.RIGHTS:
                    await self._tell(item)
                elif item.state is CommandState.CONFLICT and not item.acknowledged:
                    await self._tell_collision(item)

    async def _tell_collision(self, item: OutboxItem) -> None:
        """Tell once that somebody else changed the same; the values are in the outbox alone."""
        mark = f"{COLLIDED}{item.command_id}"
        if not await self._notes.noted(mark):
            words = text("conflict.command_task", what=item.label, source=item.source_name)
            due = self._env.now() + TASK_WITHIN
            about = about_command(item.command_id)
            await self._add_task(NewTask(TaskKind.TODO, words, due, person=item.person, about=about))
            await self._notes.note(mark, "told")

    async def _tell(self, item: OutboxItem) -> None:
        mark = f"{TOLD}{item.command_id}"
        if await self._notes.noted(mark):
            return
        due = self._env.now() + TASK_WITHIN
        words = text("outbox.right_lost_task", what=item.label, summary=item.summary)
        new = NewTask(TaskKind.TODO, words, due, person=item.person)
        try:
            await self._add_task(new)
        except AviseError:
            # The summary holds what a task may not: the outbox still has it.
            words = text("outbox.right_lost_task", what=item.label, summary="").strip()
            await self._add_task(NewTask(TaskKind.TODO, words, due, person=item.person))
        await self._notes.note(mark, "told")

    async def aclose(self) -> None:
        """Tell no more."""
        for task in tuple(self._looking):
            task.cancel()
        await asyncio.gather(*self._looking, return_exceptions=True)
