"""State of the middle office's screen: the list, the request on screen, and what is done with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from avise.env import Env
from avise.models.errors import AviseError
from avise.models.requests import RequestId
from avise.models.roles import Session
from avise.services.request_values import (
    Basket,
    ColleagueRow,
    RequestBoard,
    RequestDetail,
    RequestQuery,
    RequestRow,
)
from avise.texts import text
from avise.ui.aio import Report, TaskScope
from avise.ui.bridge import DeskBridge, Watch
from avise.ui.requests.own_presence import OwnPresence
from avise.ui.requests.request_deeds import RequestDeeds
from avise.ui.requests.saved_views import SavedViews
from avise.ui.requests.taking_next import TakingNext
from avise.ui.requests.wording import failure, short_number
from avise.ui.undoing import Undoing
from avise.ui.widgets.toast import Message

FIRST_BASKET = "me/todo"


class RequestsViewModel(QObject):
    """The middle office as one window shows it.

    Args:
        desk: the services.
        env: the clock.
        undoing: offers to take back what is done here.
        report: told of failures that no screen shows.
        parent: Qt's owner.

    Signals:
        query_changed: another list is being read (`query`).
        board_changed: `board` is not what it was.
        board_failed: the list cannot be followed (a sentence).
        detail_changed: `detail` is not what it was.
        detail_failed: the request wanted cannot be shown (an `AviseError`).
        drafts_read: what was being typed on a request: its identity, its words by target.
        message: something to say (a `Message`).
        colleagues_read: `colleagues` is known.
    """

    query_changed = Signal()
    board_changed = Signal()
    board_failed = Signal(str)
    detail_changed = Signal()
    detail_failed = Signal(object)
    drafts_read = Signal(object, object)
    message = Signal(object)
    colleagues_read = Signal()

    def __init__(
        self, desk: DeskBridge, env: Env, undoing: Undoing, report: Report, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._env = desk, env
        self._tasks = TaskScope(self, report)
        self.views = SavedViews(desk, self._tasks, self.message.emit)
        self.presence = OwnPresence(desk, self._tasks)
        self.deeds = RequestDeeds(desk, self, undoing, self._tasks, self.message.emit)
        self.next = TakingNext(desk, self, undoing, self._tasks, self.message.emit)
        self._board_watch: Watch | None = None
        self._detail_watch: Watch | None = None
        self._wanted: RequestId | None = None
        self.query = RequestQuery(FIRST_BASKET)
        self.board: RequestBoard | None = None
        self.failure = ""
        """Why the list cannot be followed, as a sentence; "" while it is."""
        self.detail: RequestDetail | None = None
        self.colleagues: Sequence[ColleagueRow] = ()
        self.columns: tuple[str, ...] = ()
        """Chosen by the user, or by the saved view that was shown last; none for all of them."""

    # ---- life ------------------------------------------------------------------------------------
    @property
    def session(self) -> Session:
        """Who works here."""
        return self._desk.session

    def now(self) -> datetime:
        """Return the present."""
        return self._env.now()

    def start(self) -> None:
        """Follow the list, and say again that its request is looked at."""
        if self._board_watch is None or self.failure:
            self._follow_board()
            self._tasks.spawn(self._read_colleagues(), name="colleagues")
        self.presence.start()

    def pause(self) -> None:
        """Leave the screen: nobody looks at a request any more; lists are followed on."""
        self.presence.pause()

    async def aclose(self) -> None:
        """Stop following, and wait for what was being written."""
        self.presence.stop()
        for watch in (self._board_watch, self._detail_watch):
            if watch is not None:
                watch.close()
        self._board_watch = self._detail_watch = None
        await self._tasks.aclose()

    # ---- the list --------------------------------------------------------------------------------
    def show_query(self, query: RequestQuery) -> None:
        """Follow another list."""
        if query == self.query and self._board_watch is not None:
            return
        self.query = query
        self._follow_board()

    def show_basket(self, basket: str) -> None:
        """Follow a corbeille or a view; a saved one brings its filters, order and columns."""
        found = self.basket(basket)
        if found is not None and found.saved:
            self._tasks.spawn(self._show_saved(basket), name="saved view")
        else:
            self.show_query(RequestQuery(basket, sort=self.query.sort))

    async def _show_saved(self, basket: str) -> None:
        view = await self.views.read(basket)
        if view is not None:
            self.columns = view.columns
            # The view holds its own filters: the line above the list has those that are added to it.
            self.show_query(RequestQuery(basket, sort=view.query.sort))

    def follow_again(self) -> None:
        """Follow the list again after a failure."""
        self._follow_board()

    def _follow_board(self) -> None:
        if self._board_watch is not None:
            self._board_watch.close()
        self.failure = ""
        self.query_changed.emit()
        try:
            self._board_watch = self._desk.watch_board(self.query, self._on_board, self._on_board_failed)
        except AviseError as error:
            self._board_watch = None
            self._on_board_failed(error)

    def _on_board(self, board: RequestBoard) -> None:
        if board.query == self.query:
            self.board = board
            self.board_changed.emit()
            self.next.tell_instead()

    def _on_board_failed(self, error: AviseError) -> None:
        self.failure = failure(error)
        self.board_failed.emit(self.failure)

    def basket(self, basket: str) -> Basket | None:
        """Return a corbeille or a view by its identifier."""
        baskets = self.board.baskets if self.board is not None else ()
        return next((found for found in baskets if found.id == basket), None)

    def title(self) -> str:
        """Return the name of the list on screen."""
        found = self.basket(self.query.basket)
        return found.label if found is not None else ""

    def row(self, request: RequestId) -> RequestRow | None:
        """Return a request of the list, or the one on screen."""
        if self.detail is not None and self.detail.request.id == request:
            return self.detail.row
        rows = self.board.rows if self.board is not None else ()
        return next((found for found in rows if found.id == request), None)

    def label(self, request: RequestId) -> str:
        """Return what a request is called in a sentence."""
        row = self.row(request)
        return short_number(row.number) if row is not None else text("request_panel.one")

    # ---- one request -----------------------------------------------------------------------------
    @property
    def wanted(self) -> RequestId | None:
        """The request on screen, or being read."""
        return self._wanted

    def show_request(self, request: RequestId | None) -> None:
        """Follow a request, none when None."""
        if request == self._wanted and self._detail_watch is not None:
            return
        if self._detail_watch is not None:
            self._detail_watch.close()
            self._detail_watch = None
        self._wanted, self.detail = request, None
        self.presence.turn_to(request)
        if request is None:
            self.detail_changed.emit()
            return
        try:
            self._detail_watch = self._desk.watch_request(request, self._on_detail, self._on_detail_failed)
        except AviseError as error:
            self._on_detail_failed(error)
            return
        self._tasks.spawn(self._read_drafts(request), name="drafts")
        self.presence.start()

    def _on_detail(self, detail: RequestDetail) -> None:
        if detail.request.id == self._wanted:
            self.detail = detail
            self.detail_changed.emit()

    def _on_detail_failed(self, error: AviseError) -> None:
        self.detail = None
        self.detail_failed.emit(error)

    async def _read_drafts(self, request: RequestId) -> None:
        try:
            drafts = await self._desk.request_drafts(request)
        except AviseError as error:
            self._fail(error)
            return
        if request == self._wanted:
            self.drafts_read.emit(request, drafts)

    def keep_draft(self, request: RequestId, target: str, words: str) -> None:
        """Keep what is being typed; empty words forget it."""
        self._tasks.spawn(
            self._keep_draft(request, target, words), name=f"draft {target}", when_busy="parallel"
        )

    async def _keep_draft(self, request: RequestId, target: str, words: str) -> None:
        try:
            await self._desk.save_request_draft(request, target, words)
        except AviseError as error:
            self._fail(error)

    # ---- colleagues ------------------------------------------------------------------------------
    async def _read_colleagues(self) -> None:
        try:
            self.colleagues = await self._desk.colleagues()
        except AviseError:
            # Nobody to mention or to assign to, offline: the menus say nobody.
            return
        self.colleagues_read.emit()

    # ---- files -----------------------------------------------------------------------------------
    async def save_file(self, request: RequestId, blob: str, folder: Path) -> Path:
        """Write a file of a request to a folder.

        Raises:
            AviseError: why not.
        """
        return await self._desk.save_attachment(request, blob, folder)

    # ---- views -----------------------------------------------------------------------------------
    def save_view(self, name: str, columns: Sequence[str], view: str = "") -> None:
        """Keep the list on screen under a name; with the identifier of a view, give that one the name."""
        if view:
            self.views.rename(view, name)
            return
        found = self.basket(self.query.basket)
        self.views.save(name, self.query, columns, on_view=found is not None and found.saved)

    def delete_view(self, view: str) -> None:
        """Forget a saved view; its message takes it back."""

        def leave() -> None:
            if self.query.basket == view:
                self.show_basket(FIRST_BASKET)

        self.views.delete(view, leave)

    def _fail(self, error: AviseError) -> None:
        self.message.emit(Message(failure(error), "circle-x", is_error=True))
