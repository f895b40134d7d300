"""What the board of a team knows, and what its lead does with late requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from avise.models.acts import Act
from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.requests import RequestId
from avise.models.roles import Role
from avise.services.request_values import ColleagueRow, RequestDeed, RequestRow, TeamBoard
from avise.texts import plural, text
from avise.ui.aio import Report, TaskScope
from avise.ui.bridge import DeskBridge, Watch
from avise.ui.widgets.toast import Message


class TeamViewModel(QObject):
    """The board, followed while it is on screen.

    Args:
        desk: the services.
        now: the clock.
        report: told of what nobody expected.
        parent: of the object.

    Signals:
        board_changed: the board is not what it was.
        failed: why there is none.
        message: what came of an act (a `Message`).
        acted: requests were given to somebody.
    """

    board_changed = Signal()
    failed = Signal(str)
    message = Signal(object)
    acted = Signal()

    def __init__(
        self, desk: DeskBridge, now: Callable[[], datetime], report: Report, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self.now = desk, now
        self._tasks = TaskScope(self, report)
        self._watch: Watch | None = None
        self.board: TeamBoard | None = None
        self.colleagues: tuple[ColleagueRow, ...] = ()
        """To whom requests may be given, those with figures when the board has them."""

    def start(self) -> None:
        """Follow the board."""
        if self._watch is None:
            self._watch = self._desk.watch_team(self._on_board, self._on_failed)
            self._tasks.spawn(self._read_colleagues(), name="colleagues")

    def pause(self) -> None:
        """Stop following; what is shown stays."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    async def aclose(self) -> None:
        """End what is under way."""
        self.pause()
        await self._tasks.aclose()

    def _on_board(self, board: TeamBoard) -> None:
        self.board = board
        self.board_changed.emit()

    def _on_failed(self, error: AviseError) -> None:
        self._watch = None
        self.failed.emit(text(error.message_key, **error.params))

    async def _read_colleagues(self) -> None:
        try:
            found = await self._desk.colleagues()
        except AviseError:
            return
        self.colleagues = tuple(row for row in found if row.role is Role.CASE_MANAGER)

    def takers(self) -> tuple[ColleagueRow, ...]:
        """Return to whom requests may be given, the least loaded first, those away last."""
        known = {row.login: row for row in self.board.colleagues} if self.board is not None else {}
        found = [known.get(row.login, row) for row in self.colleagues] or list(known.values())
        return tuple(
            sorted(found, key=lambda row: (row.absent_until is not None, row.open_requests, row.name))
        )

    # ---- acts --------------------------------------------------------------------------------
    def assign(self, requests: Sequence[RequestRow], login: str) -> None:
        """Give requests to somebody."""
        self._share({login: [found.id for found in requests]})

    def share_out(self, requests: Sequence[RequestRow]) -> None:
        """Give requests to those who hold least, one after the other; nobody who is away gets any."""
        shares = shared_out(requests, self.takers())
        if shares:
            self._share(shares)
        else:
            self.message.emit(Message(text("team.nobody_takes"), "circle-help", is_error=True))

    def _share(self, shares: Mapping[str, Sequence[RequestId]]) -> None:
        self._tasks.spawn(self._give(shares), name="give requests", when_busy="drop")

    async def _give(self, shares: Mapping[str, Sequence[RequestId]]) -> None:
        acts: list[Act] = []
        given, refused = 0, ""
        try:
            for login, requests in shares.items():
                deed = RequestDeed(EventKind.REQUEST_ASSIGNED, assignee=login)
                done = await self._desk.act_on_requests(requests, deed)
                given += len(done.done)
                acts += [done.act] if done.act is not None else []
                refused = refused or (done.refused[0][1] if done.refused else "")
        except AviseError as error:
            refused = text(error.message_key, **error.params)
        if given:
            names = {row.login: row.name for row in self.takers()}
            self.acted.emit()
            self.message.emit(self._given_message(given, [names.get(one, one) for one in shares], acts))
        if refused:
            self.message.emit(Message(refused, "circle-x", is_error=True))

    def _given_message(self, given: int, names: Sequence[str], acts: Sequence[Act]) -> Message:
        told = plural("team.given", given, names=", ".join(names))
        until = min(act.until for act in acts)
        return Message(
            told, "users", action=text("undo.action"), on_action=lambda: self._undo(acts),
            undoable=lambda: until > self.now(), about=acts[0],
        )  # fmt: skip

    def _undo(self, acts: Sequence[Act]) -> None:
        self._tasks.spawn(self._take_back(acts), name="undo", when_busy="parallel")

    async def _take_back(self, acts: Sequence[Act]) -> None:
        try:
            for act in acts:
                await self._desk.undo(act)
        except AviseError as error:
            self.message.emit(Message(text(error.message_key, **error.params), "circle-x", is_error=True))
            return
        self.message.emit(Message(text("undo.done"), about=acts[0]))


def shared_out(requests: Sequence[RequestRow], takers: Sequence[ColleagueRow]) -> dict[str, list[RequestId]]:
    """Return who gets which requests: each goes to whoever holds least then, among those of its corbeille."""
    load = {row.login: row for row in takers if row.absent_until is None}
    shares: dict[str, list[RequestId]] = {}
    for found in requests:
        fit = [row for row in load.values() if found.queue in row.queues and row.login != found.holder]
        if not fit:
            continue
        taker = min(fit, key=lambda row: (row.open_requests, row.name))
        load[taker.login] = replace(taker, open_requests=taker.open_requests + 1)
        shares.setdefault(taker.login, []).append(found.id)
    return shares
