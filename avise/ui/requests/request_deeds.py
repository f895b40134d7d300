"""What a user does with requests: carried out, told with a way back, or refused in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.requests import RequestId
from avise.services.request_values import (
    BULK_LIMIT,
    NewRequest,
    RequestActs,
    RequestDeed,
    RequestDetail,
    RequestTypeRow,
)
from avise.texts import plural, text
from avise.ui.aio import TaskScope
from avise.ui.bridge import DeskBridge
from avise.ui.requests.on_screen import OnScreen
from avise.ui.requests.wording import failure, refusals, told
from avise.ui.undoing import Undoing
from avise.ui.widgets.toast import Message

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


class RequestDeeds(QObject):
    """Does deeds at the desk.

    Args:
        desk: the services.
        screen: what is shown.
        undoing: offers to take back what is done here.
        tasks: owner of what runs.
        say: shows what came of it.

    Signals:
        acted: requests on which the user did something, and whether they leave the list for it.
        sent: what was written was sent: its request, its target.
    """

    acted = Signal(object, object)
    sent = Signal(object, str)

    def __init__(
        self,
        desk: DeskBridge,
        screen: OnScreen,
        undoing: Undoing,
        tasks: TaskScope,
        say: Callable[[Message], None],
    ) -> None:
        super().__init__(tasks)
        self._desk, self._screen, self._undoing = desk, screen, undoing
        self._tasks, self._say = tasks, say

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
        labels = {request: self._screen.label(request) for request in requests}
        queues = dict(self._screen.detail.queues) if self._screen.detail is not None else {}
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
        label = self._screen.label(request)
        try:
            acts = await self._desk.act_on_requests((request,), deed)
        except AviseError as error:
            return failure(error)
        if acts.refused:
            return acts.refused[0][1]
        self.acted.emit(acts.done, False)
        self._tell(acts, deed, {request: label}, "")
        return ""

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
            who = next(
                (one.name for one in self._screen.colleagues if one.login == deed.assignee), deed.assignee
            )
            if deed.assignee == self._screen.session.user:
                kind = EventKind.REQUEST_CLAIMED
            sentence = told(kind.value, what, queue, who, many=len(acts.done) > 1)
            self._undoing.offer(sentence, acts.act, icon=DEED_ICONS.get(kind, "circle-check"))
        if refused:
            self._say(Message(refused, "circle-x", is_error=True))

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
                self._say(Message(told_, "circle-x", is_error=True))
                return
            acts = await self._desk.create_request(new)
        except AviseError as error:
            self._fail(error)
            return
        if acts.act is not None:
            label = self._screen.label(detail.request.id)
            self._undoing.offer(text("request_panel.told.split", what=label), acts.act, icon="list-plus")

    def _fail(self, error: AviseError) -> None:
        self._say(Message(failure(error), "circle-x", is_error=True))
