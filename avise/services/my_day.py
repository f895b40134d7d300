"""Ma journée: what an agent has to do and to know today, told again whenever it changes.

Each part says what it does not know: no diary, requests that are not followed yet, news that cannot be
read. Nothing is shown as empty that was not looked at.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from avise.env import Env
from avise.models.source_status import SourceStatus
from avise.services.agenda import Agenda
from avise.services.change_signal import ChangeSignal
from avise.services.day_values import AskedConfirmation, DayRequests, MyDay, SentRequest, TaskRow, ToolState
from avise.services.source_port import SourcePort
from avise.services.tasks import Tasks
from avise.services.team_news import NewsBoard
from avise.services.unlinked import Unlinked
from avise.services.wrap_up import WrapUps
from avise.texts.formats import local

LOOK_EVERY = 5.0
"""Seconds between two looks at the clock, the tools and the news."""


ConfirmationsAsked = Callable[[], Awaitable[tuple[AskedConfirmation, ...]]]
"""Gives what colleagues ask this user to confirm."""

RequestsSent = Callable[[], Awaitable[Sequence[SentRequest]]]
"""Gives the requests that this user passed on."""


@dataclass(frozen=True, slots=True)
class DayParts:
    """Where each part of a day comes from."""

    tasks: Tasks
    wrap_ups: WrapUps
    unlinked: Unlinked
    agenda: Agenda
    news: NewsBoard
    sources: SourcePort


class Days:
    """Puts days together.

    Args:
        parts: where they come from.
        env: the clock.
        changes: tells that something of the desk changed.
    """

    def __init__(self, parts: DayParts, env: Env, changes: ChangeSignal) -> None:
        self._parts = parts
        self._env = env
        self._changes = changes
        self.requests: RequestsSent | None = None
        """Gives the requests passed on, once something keeps them."""
        self.confirmations: ConfirmationsAsked | None = None
        """Gives what colleagues ask, once there is a hub to ask through."""

    async def follow(self) -> AsyncIterator[MyDay]:
        """Yield the day at once, then when anything of it changes, the hour included."""
        told: MyDay | None = None
        kept, kept_at = MyDay(date.min), -1
        try:
            while True:
                seen = self._changes.count
                if seen != kept_at:
                    kept, kept_at = await self._from_store(kept), seen
                day = await self._now(kept)
                if day != told:
                    told = day
                    yield day
                await self._changes.wait(seen, self._env, LOOK_EVERY)
        finally:
            await self._parts.agenda.aclose()

    async def _from_store(self, day: MyDay) -> MyDay:
        """Read again what only changes when somebody does something at this desk."""
        return replace(
            day,
            unfinished=await self._parts.wrap_ups.drafts(),
            unlinked=await self._parts.unlinked.waiting(),
        )

    async def _now(self, kept: MyDay) -> MyDay:
        now = self._env.now()
        today = local(now).date()
        board = await self._parts.tasks.board()
        return replace(
            kept,
            day=today,
            late=tuple(row for row in board.mine if row.task.due < now),
            today=tuple(row for row in board.mine if row.task.due >= now and _day(row) == today),
            later=tuple(row for row in board.mine if row.task.due >= now and _day(row) != today),
            board=board,
            confirmations=await self.confirmations() if self.confirmations is not None else (),
            diary=self._parts.agenda.of(today),
            requests=await self._requests(),
            news=await self._parts.news.of(today),
            tools=tuple(_tool(status) for status in await self._parts.sources.status()),
        )

    async def _requests(self) -> DayRequests:
        if self.requests is None:
            return DayRequests()
        return DayRequests(followed=True, rows=tuple(await self.requests()))


def _day(row: TaskRow) -> date:
    return local(row.task.due).date()


def _tool(status: SourceStatus) -> ToolState:
    return ToolState(status.instance, status.name, status.state, status.since)
