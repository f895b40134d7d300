"""What the user does with requests from the screen: panels that ask what is needed, then the deed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.merging import Choices
from avise.models.requests import RequestId, RequestStatus
from avise.services.request_values import RequestDeed, RequestDetail
from avise.texts import text
from avise.ui.aio import TaskScope
from avise.ui.conflicts.compare_panel import ComparePanel
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.requests.complete_panel import CompletePanel
from avise.ui.requests.composer import Written
from avise.ui.requests.deed_panels import (
    ColleaguePanel,
    DeedPanel,
    EndPanel,
    MergePanel,
    NamePanel,
    PausePanel,
    PriorityPanel,
    QuestionPanel,
    ReasonPanel,
    SplitPanel,
    TransferPanel,
)
from avise.ui.requests.view_model import RequestsViewModel
from avise.ui.requests.wording import failure, short_number
from avise.ui.widgets.toast import Message

AnyDeedPanel = TypeVar("AnyDeedPanel", bound=DeedPanel)

WITHOUT_QUESTION = {
    "take": EventKind.REQUEST_CLAIMED,
    "release": EventKind.REQUEST_RELEASED,
    "resume": EventKind.REQUEST_RESUMED,
    "close": EventKind.REQUEST_CLOSED,
}
WITH_REASON = {
    "reopen": EventKind.REQUEST_REOPENED,
    "cancel": EventKind.REQUEST_CANCELLED,
    "escalate": EventKind.REQUEST_ESCALATED,
}


class Doing(QObject):
    """Does things with the request on screen, or with those chosen together.

    Args:
        model: of the screen.
        tasks: owner of what runs.
        page: over which panels stand.

    Signals:
        reply_requested: the composer is wanted.
        customer_requested: the customer's file is wanted (a `SearchHit`).
        message: something to say (a `Message`).
    """

    reply_requested = Signal()
    customer_requested = Signal(object)
    message = Signal(object)

    def __init__(self, model: RequestsViewModel, tasks: TaskScope, page: QWidget) -> None:
        super().__init__(page)
        self._model, self._tasks, self._page = model, tasks, page
        self._for: tuple[RequestId, ...] = ()
        """What the panel on screen is about."""
        self._reply: Written | None = None
        """What was written, and ends the request once it is known how."""
        self._anchor: Callable[[], QPoint] = lambda: QPoint(0, 0)
        self._renamed = ""

    def set_anchor(self, anchor: Callable[[], QPoint]) -> None:
        """Say where panels stand: under the actions of the request."""
        self._anchor = anchor

    # ---- panels, made at their first use ---------------------------------------------------------
    @cached_property
    def compare_panel(self) -> ComparePanel:
        """What two people changed at once in the form."""
        panel = ComparePanel(self._page)
        panel.applied.connect(self._on_chosen)
        return panel

    @cached_property
    def complete_panel(self) -> CompletePanel:
        """What lacks in the form."""
        panel = CompletePanel(self._model.now, self._page)
        panel.wanted.connect(self._on_completed)
        return panel

    @cached_property
    def transfer_panel(self) -> TransferPanel:
        """Another corbeille."""
        return self._made(TransferPanel(self._page))

    @cached_property
    def pause_panel(self) -> PausePanel:
        """For whom one waits."""
        return self._made(PausePanel(self._page))

    @cached_property
    def question_panel(self) -> QuestionPanel:
        """A question to the other desk."""
        return self._made(QuestionPanel(self._model.now, self._page))

    @cached_property
    def end_panel(self) -> EndPanel:
        """How the request ends."""
        panel = EndPanel(self._page)
        panel.wanted.connect(self._on_end)
        return panel

    @cached_property
    def colleague_panel(self) -> ColleaguePanel:
        """Whoever handles it from now on."""
        return self._made(ColleaguePanel(self._model.now, self._page))

    @cached_property
    def priority_panel(self) -> PriorityPanel:
        """How urgent it is."""
        return self._made(PriorityPanel(self._page))

    @cached_property
    def merge_panel(self) -> MergePanel:
        """Into which other request it goes."""
        return self._made(MergePanel(self._page))

    @cached_property
    def reason_panel(self) -> ReasonPanel:
        """Why."""
        return self._made(ReasonPanel(self._page))

    @cached_property
    def split_panel(self) -> SplitPanel:
        """A second request made of a part of it."""
        panel = SplitPanel(self._page)
        panel.split.connect(self._on_split)
        return panel

    @cached_property
    def name_panel(self) -> NamePanel:
        """The name of a list."""
        panel = NamePanel(self._page)
        panel.named.connect(self._on_named)
        return panel

    def _made(self, panel: AnyDeedPanel) -> AnyDeedPanel:
        panel.wanted.connect(self._on_wanted)
        return panel

    def panels(self) -> list[FloatingPanel]:
        """Return the panels made so far."""
        return [found for found in self.__dict__.values() if isinstance(found, FloatingPanel)]

    def close_panels(self) -> None:
        """Close every panel; nothing is done."""
        for panel in self.panels():
            panel.close_panel()

    def _open(
        self, panel: DeedPanel | CompletePanel | SplitPanel | NamePanel, about: Sequence[RequestId]
    ) -> None:
        self.close_panels()
        self._for = tuple(about)
        panel.open_at(self._anchor())
        panel.focus_first()
        panel.fit()

    # ---- one request -----------------------------------------------------------------------------
    def do(self, action: str) -> None:
        """Do what an action of `avise.ui.requests.action_row` says, with the request on screen."""
        detail = self._model.detail
        if detail is None:
            return
        about = (detail.request.id,)
        if action in WITHOUT_QUESTION:
            self._model.deeds.act(about, RequestDeed(WITHOUT_QUESTION[action]))
        elif action in WITH_REASON:
            self.reason_panel.ready(WITH_REASON[action])
            self._open(self.reason_panel, about)
        else:
            self._ask(action, detail)

    def _ask(self, action: str, detail: RequestDetail) -> None:
        asks: Mapping[str, Callable[[RequestDetail], None]] = {
            "reply": lambda _detail: self.reply_requested.emit(),
            "compare": self._compare,
            "complete": self._ask_fields,
            "transfer": self._ask_transfer,
            "pause": self._ask_pause,
            "end": self._ask_end,
            "ask": self._ask_question,
            "assign": self._ask_colleague,
            "prioritise": self._ask_priority,
            "merge": self._ask_merge,
            "split": lambda shown: self._tasks.spawn(self._ask_split(shown), name="types to split into"),
            "customer": lambda shown: self.customer_requested.emit(shown.who),
            "copy_number": self._copy_number,
        }
        if action in asks:
            asks[action](detail)

    def _compare(self, detail: RequestDetail) -> None:
        if detail.comparison is not None:
            self.close_panels()
            self._for = (detail.request.id,)
            self.compare_panel.begin(self._anchor())
            self.compare_panel.show_comparison(detail.comparison)

    @Slot(object)
    def _on_chosen(self, choices: Choices) -> None:
        self._model.deeds.act(self._for, RequestDeed(EventKind.REQUEST_COMPLETED, choices=choices))
        self.compare_panel.close_panel()

    def _ask_fields(self, detail: RequestDetail) -> None:
        self.complete_panel.ready(detail.fields)
        self._open(self.complete_panel, (detail.request.id,))

    @Slot(object)
    def _on_completed(self, deed: RequestDeed) -> None:
        self._tasks.spawn(self._complete(self._for[0], deed), name="complete a form", when_busy="drop")

    async def _complete(self, request: RequestId, deed: RequestDeed) -> None:
        problem = await self._model.deeds.complete(request, deed)
        if problem:
            self.complete_panel.show_problem(problem)
        else:
            self.complete_panel.close_panel()

    def _ask_transfer(self, detail: RequestDetail) -> None:
        self.transfer_panel.ready(detail.queues)
        self._open(self.transfer_panel, (detail.request.id,))

    def _ask_pause(self, detail: RequestDetail) -> None:
        self.pause_panel.ready()
        self._open(self.pause_panel, (detail.request.id,))

    def _ask_end(self, detail: RequestDetail) -> None:
        self._reply = None
        self.end_panel.ready(detail.outcomes)
        self._open(self.end_panel, (detail.request.id,))

    def _ask_question(self, detail: RequestDetail) -> None:
        self.question_panel.ready(detail.reply_to)
        self._open(self.question_panel, (detail.request.id,))

    def _ask_colleague(self, detail: RequestDetail) -> None:
        self.colleague_panel.ready(self._model.colleagues)
        self._open(self.colleague_panel, (detail.request.id,))

    def _ask_priority(self, detail: RequestDetail) -> None:
        self.priority_panel.ready(detail.request.priority)
        self._open(self.priority_panel, (detail.request.id,))

    def _ask_merge(self, detail: RequestDetail) -> None:
        self.merge_panel.ready(detail.related)
        self._open(self.merge_panel, (detail.request.id,))

    async def _ask_split(self, detail: RequestDetail) -> None:
        try:
            types = await self._model.deeds.types(detail.request.person)
        except AviseError as error:
            self.message.emit(Message(failure(error), "circle-x", is_error=True))
            return
        self.split_panel.ready([(row.id, row.label, row.queue_label) for row in types])
        self._open(self.split_panel, (detail.request.id,))

    def _copy_number(self, detail: RequestDetail) -> None:
        QGuiApplication.clipboard().setText(detail.request.number)
        self.message.emit(
            Message(text("request_panel.copied", what=short_number(detail.request.number)), "copy")
        )

    def take_over(self) -> None:
        """Take a request from whoever holds it, as a lead may; or simply take it."""
        detail = self._model.detail
        if detail is None:
            return
        deed = RequestDeed(EventKind.REQUEST_CLAIMED)
        if EventKind.REQUEST_CLAIMED not in detail.allowed:
            deed = RequestDeed(EventKind.REQUEST_ASSIGNED, assignee=self._model.session.user)
        self._model.deeds.act((detail.request.id,), deed)

    # ---- what is written -------------------------------------------------------------------------
    def send(self, written: Written) -> None:
        """Send what was written; ask first how the request ends, when it does and there is a choice.

        What was written for a request that is no longer on screen stays its draft.
        """
        detail = self._model.detail
        if detail is None or detail.request.id != written.request:
            return
        about, deed = (written.request,), written.deed
        if not deed.then_close or detail.request.status is RequestStatus.RESOLVED:
            self._model.deeds.act(about, deed, target=written.target)
        elif len(detail.outcomes) == 1:
            self._model.deeds.act(about, _ending(deed, detail.outcomes[0][0]), target=written.target)
        else:
            self._reply = written
            self.end_panel.ready(detail.outcomes, has_reply=True)
            self._open(self.end_panel, about)

    @Slot(object)
    def _on_end(self, deed: RequestDeed) -> None:
        reply, self._reply = self._reply, None
        if reply is None:
            self._model.deeds.act(self._for, deed)
        else:
            self._model.deeds.act(self._for, _ending(reply.deed, deed.outcome), target=reply.target)

    @Slot(object)
    def _on_wanted(self, deed: RequestDeed) -> None:
        self._model.deeds.act(self._for, deed)

    @Slot(str, str)
    def _on_split(self, type_id: str, words: str) -> None:
        detail = self._model.detail
        if detail is not None:
            self._model.deeds.split(detail, type_id, words)

    # ---- several requests ------------------------------------------------------------------------
    def take_all(self, requests: Sequence[RequestId]) -> None:
        """Take them."""
        self._model.deeds.act(requests, RequestDeed(EventKind.REQUEST_CLAIMED))

    def transfer_all(self, requests: Sequence[RequestId]) -> None:
        """Ask to which corbeille they go."""
        detail = self._model.detail
        if detail is not None:
            self.transfer_panel.ready(detail.queues, len(requests))
            self._open(self.transfer_panel, requests)

    def pause_all(self, requests: Sequence[RequestId]) -> None:
        """Ask for whom they wait."""
        self.pause_panel.ready()
        self._open(self.pause_panel, requests)

    # ---- views -----------------------------------------------------------------------------------
    _columns: Sequence[str] = ()

    def save_view(self, columns: Sequence[str]) -> None:
        """Ask under which name the list is kept."""
        self._renamed, self._columns = "", columns
        self.name_panel.ready("")
        self._open(self.name_panel, ())

    def rename_view(self, view: str, name: str) -> None:
        """Ask for another name."""
        self._renamed = view
        self.name_panel.ready(name)
        self._open(self.name_panel, ())

    @Slot(str)
    def _on_named(self, name: str) -> None:
        self._model.save_view(name, self._columns, self._renamed)


def _ending(deed: RequestDeed, outcome: str) -> RequestDeed:
    return replace(deed, outcome=outcome, then_close=True)
