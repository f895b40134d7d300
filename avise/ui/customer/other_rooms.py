"""What other rooms do for the customer on a page: tools, messages, consents, files, requests, records."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QWidget

from avise.env import Env
from avise.models.interaction import TimelineEntry
from avise.ui.aio import TaskScope
from avise.ui.announce import Announcer
from avise.ui.bridge import DeskBridge
from avise.ui.customer.block_actions import BlockActions
from avise.ui.customer.data_reports import CustomerReports
from avise.ui.customer.suggestion_actions import SuggestionActions
from avise.ui.customer.view_model import CustomerViewModel
from avise.ui.customer.wrap_up_model import report
from avise.ui.export.exporting import CustomerExports
from avise.ui.messages.customer_consents import CustomerConsents
from avise.ui.messages.customer_messages import CustomerMessages
from avise.ui.new_request.customer_requests import CustomerRequests
from avise.ui.outbox.customer_acting import CustomerActing

if TYPE_CHECKING:
    from avise.ui.identity.deciding import DecidingRecords


class OtherRooms(QObject):
    """Makes what they show over the page, and offers it in the blocks and the suggested answers.

    Args:
        desk: the services.
        env: the clock.
        model: of the customer.
        blocks: of the page.
        page: over which panels stand.
        tasks: owner of what runs.
        announcer: speaks to people who hear the screen.

    Signals:
        message: what came of an action (a `Message`).
        acted: a sentence and an act that can be taken back.
        open_requested: another file, of a company or of a member (a `SearchHit`).
    """

    message = Signal(object)
    acted = Signal(str, object)
    open_requested = Signal(object)

    def __init__(
        self,
        desk: DeskBridge,
        env: Env,
        model: CustomerViewModel,
        blocks: BlockActions,
        page: QWidget,
        tasks: TaskScope,
        announcer: Announcer | None,
    ) -> None:
        super().__init__(page)
        self._desk, self._env, self._model = desk, env, model
        self._page, self._tasks = page, tasks
        self.acting = CustomerActing(desk, model, page, announcer)
        self.messages = CustomerMessages(desk, model, env, report, page)
        self.consents = CustomerConsents(desk, model, report, page)
        self.exports = CustomerExports(desk, model, report, page)
        self.reports = CustomerReports(desk, model, report, page)
        self.requests = CustomerRequests(desk, model, env, report, page)
        self.answers = SuggestionActions(model, blocks, page)
        self._tell()
        self._offer(blocks)

    def _tell(self) -> None:
        self.acting.message.connect(self.message)
        self.messages.message.connect(self.message)
        self.exports.message.connect(self.message)
        self.reports.acted.connect(self.acted)
        self.requests.acted.connect(self.acted)

    def _offer(self, blocks: BlockActions) -> None:
        blocks.offer(self.acting)
        self.messages.facet_requested.connect(blocks.show_facet)
        blocks.offer_messages(self._opens_entry)
        blocks.consents_requested.connect(self.consents.open)
        self.answers.offer("request", self.requests.answer)
        self.acting.loaded.connect(lambda: self.answers.offer("act", self.acting.open_answer))

    def _opens_entry(self, entry: TimelineEntry, anchor: QPoint) -> bool:
        """Show what a line of the history tells of, when it is a request or a message of this desk."""
        return self.requests.opens(entry) or self.messages.opens(entry, anchor)

    @cached_property
    def records(self) -> DecidingRecords:
        """What is decided of this customer's records, made at its first use."""
        from avise.ui.identity.deciding import DecidingRecords  # noqa: PLC0415 - few pages ever need it

        deciding = DecidingRecords(self._desk, self._env.now, self._tasks, self._page)
        deciding.acted.connect(self.acted)
        deciding.opened.connect(self.open_requested)
        self._model.alerts_changed.connect(deciding.read_again)
        return deciding

    def close(self) -> None:
        """Stop following the customer."""
        self.acting.close()
        self.messages.close()
        self.consents.close()
        self.requests.close()
