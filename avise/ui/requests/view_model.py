"""State of the middle office's screen: the list, the request on screen, and what is done with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from avise.env import Env
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.requests import RequestId
from avise.models.roles import Session
from avise.services.request_values import (
    BULK_LIMIT,
    Basket,
    BasketSection,
    ColleagueRow,
    NewRequest,
    RequestActs,
    RequestBoard,
    RequestDeed,
    RequestDetail,
    RequestQuery,
    RequestRow,
    RequestTypeRow,
)
from avise.texts import plural, text
from avise.ui.aio import Report, TaskScope
from avise.ui.bridge import DeskBridge, Watch
from avise.ui.requests.saved_views import SavedViews
from avise.ui.requests.wording import failure, refusals, short_number, told
from avise.ui.undoing import Undoing
from avise.ui.widgets.toast import Message

PRESENCE_MS = 10_000
"""What is on screen is told again every 10 s: colleagues forget it after 15."""
FIRST_BASKET = "me/todo"

DEED_ICONS: Mapping[EventKind, str] = {
    EventKind.REQUEST_CLAIMED: "hand",
    EventKind.REQUEST_RELEASED: "inbox",
    EventKind.REQUEST_TRANSFERRED: "arrow-right-left",
    EventKind.REQUEST_PAUSED: "circle-pause",
    EventKind.REQUEST_RESUMED: "rotate-cw",
    EventKind.REQUEST_ASSIGNED: "user",
    EventKind.REQUEST_PRIORITISED: "arrow-up",
    EventKind.REQUEST_ESCALATED: "arrow-up",
    EventKind.REQUEST_REPLIED: "send",
    EventKind.REQUEST_MEMBER_WRITTEN: "send",
    EventKind.REQUEST_NOTED: "lock",
    EventKind.REQUEST_ASKED: "circle-help",
    EventKind.REQUEST_REOPENED: "history",
    EventKind.REQUEST_MERGED: "git-compare",
    EventKind.REQUEST_CANCELLED: "x",
}
_LEAVES = frozenset(
    (
        EventKind.REQUEST_TRANSFERRED,
        EventKind.REQUEST_RELEASED,
        EventKind.REQUEST_RESOLVED,
        EventKind.REQUEST_CLOSED,
        EventKind.REQUEST_CANCELLED,
        EventKind.REQUEST_MERGED,
        EventKind.REQUEST_ASSIGNED,
    )
)
"""Deeds after which a request leaves the list at once: who did them has finished with it."""


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
        acted: requests on which the user did something, and whether they leave the list for it.
        sent: what was written was sent: its request, its target.
        taken: the request that was taken from a corbeille (its identity).
        taken_instead: one that a colleague had taken first, and the one taken in its place.
        message: something to say (a `Message`).
        colleagues_read: `colleagues` is known.
    """

    query_changed = Signal()
    board_changed = Signal()
    board_failed = Signal(str)
    detail_changed = Signal()
    detail_failed = Signal(object)
    drafts_read = Signal(object, object)
    acted = Signal(object, object)
    sent = Signal(object, str)
    taken = Signal(object)
    taken_instead = Signal(object, object)
    message = Signal(object)
    colleagues_read = Signal()

    def __init__(
        self, desk: DeskBridge, env: Env, undoing: Undoing, report: Report, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._env, self._undoing = desk, env, undoing
        self._tasks = TaskScope(self, report)
        self.views = SavedViews(desk, self._tasks, self.message.emit)
        self._board_watch: Watch | None = None
        self._detail_watch: Watch | None = None
        self._wanted: RequestId | None = None
        self._is_writing = False
        self.query = RequestQuery(FIRST_BASKET)
        self.board: RequestBoard | None = None
        self.failure = ""
        """Why the list cannot be followed, as a sentence; "" while it is."""
        self.detail: RequestDetail | None = None
        self.colleagues: Sequence[ColleagueRow] = ()
        self.columns: tuple[str, ...] = ()
        """Chosen by the user, or by the saved view that was shown last; none for all of them."""
        self._as_next: set[RequestId] = set()
        """Requests taken here as the next one of a corbeille; a colleague may have been quicker."""
        self._presence = QTimer(self)
        self._presence.setInterval(PRESENCE_MS)
        self._presence.timeout.connect(self._tell_presence)

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
        if self._wanted is not None:
            self._tell_presence()
            self._presence.start()

    def pause(self) -> None:
        """Leave the screen: nobody looks at a request any more; lists are followed on."""
        self._presence.stop()
        self._is_writing = False
        if self._wanted is not None:
            self._tasks.spawn(self._note_presence(None), name="presence")

    async def aclose(self) -> None:
        """Stop following, and wait for what was being written."""
        self._presence.stop()
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
            self._tell_instead()

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
        self._wanted, self.detail, self._is_writing = request, None, False
        if request is None:
            self._presence.stop()
            self.detail_changed.emit()
            return
        try:
            self._detail_watch = self._desk.watch_request(request, self._on_detail, self._on_detail_failed)
        except AviseError as error:
            self._on_detail_failed(error)
            return
        self._tasks.spawn(self._read_drafts(request), name="drafts")
        self._tell_presence()
        self._presence.start()

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

    # ---- presence --------------------------------------------------------------------------------
    def set_writing(self, *, writing: bool) -> None:
        """Say that somebody types on the request, or no longer; at once when that changes."""
        if writing != self._is_writing:
            self._is_writing = writing
            self._tell_presence()

    @Slot()
    def _tell_presence(self) -> None:
        self._tasks.spawn(self._note_presence(self._wanted), name="presence")

    async def _note_presence(self, request: RequestId | None) -> None:
        try:
            await self._desk.note_presence(request, writing=self._is_writing and request is not None)
        except AviseError:
            # Presence is a courtesy: what it cannot tell stops nobody from working.
            return

    async def _read_colleagues(self) -> None:
        try:
            self.colleagues = await self._desk.colleagues()
        except AviseError:
            # Nobody to mention or to assign to, offline: the menus say nobody.
            return
        self.colleagues_read.emit()

    # ---- what is done ----------------------------------------------------------------------------
    def act(self, requests: Sequence[RequestId], deed: RequestDeed, *, target: str = "") -> None:
        """Do something to requests; what it comes to is said with a way back."""
        if not requests:
            return
        if len(requests) > BULK_LIMIT:
            self._fail(AviseError("request.too_many", limit=str(BULK_LIMIT)))
            return
        name = f"{deed.kind} {requests[0]}"
        self._tasks.spawn(self._act(tuple(requests), deed, target), name=name, when_busy="drop")

    async def _act(self, requests: tuple[RequestId, ...], deed: RequestDeed, target: str) -> None:
        labels = {request: self._label(request) for request in requests}
        queues = dict(self.detail.queues) if self.detail is not None else {}
        try:
            acts = await self._desk.act_on_requests(requests, deed)
        except AviseError as error:
            self._fail(error)
            return
        if acts.done:
            leaves = deed.kind in _LEAVES or deed.then_close
            self.acted.emit(acts.done, leaves)
        if acts.done and target:
            self.sent.emit(requests[0], target)
        self._tell(acts, deed, labels, queues.get(deed.queue, deed.queue))

    async def complete(self, request: RequestId, deed: RequestDeed) -> str:
        """Write what was typed in a form; return what is wrong with it, "" once it is kept."""
        label = self._label(request)
        try:
            acts = await self._desk.act_on_requests((request,), deed)
        except AviseError as error:
            return failure(error)
        if acts.refused:
            return acts.refused[0][1]
        self.acted.emit(acts.done, False)
        self._tell(acts, deed, {request: label}, "")
        return ""

    def _label(self, request: RequestId) -> str:
        row = self.row(request)
        return short_number(row.number) if row is not None else text("request_panel.one")

    def _tell(
        self, acts: RequestActs, deed: RequestDeed, labels: Mapping[RequestId, str], queue: str
    ) -> None:
        refused = refusals(acts, labels)
        if acts.done and acts.act is not None:
            what = (
                labels[acts.done[0]]
                if len(acts.done) == 1
                else plural("request_panel.several", len(acts.done))
            )
            kind = EventKind.REQUEST_CLOSED if deed.then_close else deed.kind
            who = next((one.name for one in self.colleagues if one.login == deed.assignee), deed.assignee)
            if deed.assignee == self.session.user:
                kind = EventKind.REQUEST_CLAIMED
            sentence = told(kind.value, what, queue, who, many=len(acts.done) > 1)
            self._undoing.offer(sentence, acts.act, icon=DEED_ICONS.get(kind, "circle-check"))
        if refused:
            self.message.emit(Message(refused, "circle-x", is_error=True))

    def take_next(self) -> None:
        """Take the request that is due first and held by nobody, in the corbeille on screen or the team's."""
        if self.board is not None and not self.board.takes_next:
            self.message.emit(Message(text("request_panel.next.not_here"), "circle-help"))
            return
        self._tasks.spawn(self._take_next(self._next_from()), name="take the next one", when_busy="drop")

    def _next_from(self) -> str:
        """Return the corbeille on screen; from a list of one's own, the first one of the team."""
        baskets = self.board.baskets if self.board is not None else ()
        team = next((found.id for found in baskets if found.section is BasketSection.TEAM), "")
        shown = self.basket(self.query.basket)
        return team if team and (shown is None or shown.section is BasketSection.ME) else self.query.basket

    async def _take_next(self, basket: str) -> None:
        try:
            acts = await self._desk.take_next(basket)
        except AviseError as error:
            self._fail(error)
            return
        if not acts.done:
            self.message.emit(Message(text("request_panel.next.none"), "circle-check"))
            return
        if acts.act is not None:
            sentence = told(EventKind.REQUEST_CLAIMED.value, self._label(acts.done[0]))
            self._undoing.offer(sentence, acts.act, icon="hand")
        self.taken.emit(acts.done[0])
        self._as_next.add(acts.done[0])
        self._tell_instead()

    def _tell_instead(self) -> None:
        """Say once that a request taken here went to a colleague, and what was taken in its place."""
        instead = self.board.instead if self.board is not None else None
        if instead is None or instead.lost not in self._as_next:
            return
        self._as_next.discard(instead.lost)
        if instead.taken is None or instead.act is None:
            self.message.emit(Message(text("request_panel.next.gone"), "hand"))
            return
        self._as_next.add(instead.taken)
        told_ = text("request_panel.next.instead", what=self._label(instead.taken))
        self._undoing.offer(told_, instead.act, icon="hand")
        self.taken_instead.emit(instead.lost, instead.taken)

    # ---- splitting -------------------------------------------------------------------------------
    async def types(self, person: PersonId | None) -> Sequence[RequestTypeRow]:
        """Return the types of which a part of a request may become one.

        Raises:
            AviseError: why not.
        """
        return await self._desk.request_types(person)

    def split(self, detail: RequestDetail, type_id: str, words: str) -> None:
        """Make a second request of a part of this one."""
        self._tasks.spawn(self._split(detail, type_id, words), name="split", when_busy="drop")

    async def _split(self, detail: RequestDetail, type_id: str, words: str) -> None:
        new = NewRequest(
            type_id,
            detail.request.person,
            {},
            words=words,
            channel=detail.request.channel,
            split_from=detail.request.id,
            anyway=True,
        )
        try:
            troubles = await self._desk.check_request(new)
            if troubles:
                fields = " ".join(trouble.sentence for trouble in troubles)
                told_ = text("request_panel.split.incomplete", fields=fields)
                self.message.emit(Message(told_, "circle-x", is_error=True))
                return
            acts = await self._desk.create_request(new)
        except AviseError as error:
            self._fail(error)
            return
        if acts.act is not None:
            label = self._label(detail.request.id)
            self._undoing.offer(text("request_panel.told.split", what=label), acts.act, icon="list-plus")

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
