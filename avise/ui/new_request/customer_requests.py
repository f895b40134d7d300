"""The requests of the customer on screen: the cards, the sheet of a new one, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.env import Env
from avise.models.errors import AviseError
from avise.texts import text
from avise.ui.aio import Report
from avise.ui.bridge import DeskBridge, Watch
from avise.ui.customer.view_model import CustomerViewModel
from avise.ui.theme import theme

if TYPE_CHECKING:
    from avise.models.acts import Act
    from avise.models.interaction import TimelineEntry
    from avise.services.customer_updates import SuggestedAction, Suggestion
    from avise.services.request_values import RequestActs, RequestForm, RequestRow
    from avise.ui.customer.request_cards import RequestCardsPanel
    from avise.ui.new_request.sheet import NewRequestSheet

COMPLAINT = "COMPLAINT"
"""The type of « Enregistrer un mécontentement » (`domain.md` R21)."""
NUMBER_MS = 300
"""The hub of this machine gives a number sooner; another one gives it when it is reached."""


class CustomerRequests(QObject):
    """What the agent can ask the middle office for one customer.

    Args:
        desk: the services.
        model: of the customer.
        env: the clock.
        report: told of what nobody expected.
        page: over which the sheet stands.

    Signals:
        acted: a sentence, and an act that can be taken back.
        opened: a request to show in the panel (its identity).
        spoken: a sentence for people who hear the screen.
        changed: the requests of the dossier are not what they were.
    """

    acted = Signal(str, object)
    opened = Signal(object)
    spoken = Signal(str)
    changed = Signal()

    def __init__(
        self, desk: DeskBridge, model: CustomerViewModel, env: Env, report: Report, page: QWidget
    ) -> None:
        super().__init__(page)
        self._desk, self._model, self._env, self._page = desk, model, env, page
        self._report = report
        self._watch: Watch | None = None
        self._sheet: NewRequestSheet | None = None
        self._panel: RequestCardsPanel | None = None
        self.rows: tuple[RequestRow, ...] = ()
        """Those of the dossier."""
        self._untold: tuple[Act, RequestForm] | None = None
        """A request that was sent, and is told as soon as it has a number."""
        self._number = QTimer(self)
        self._number.setSingleShot(True)
        self._number.setInterval(NUMBER_MS)
        self._number.timeout.connect(self._tell_sent)
        model.settled.connect(self._on_settled)

    def close(self) -> None:
        """Stop following; the page closes."""
        self._number.stop()
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        if self._sheet is not None:
            self._sheet.model.close()

    @Slot()
    def _on_settled(self) -> None:
        """Fill in what the tools have said since the form was opened."""
        if self._sheet is not None and self._sheet.isVisible():
            self._sheet.model.read_again()

    # ---- cards -------------------------------------------------------------------------------
    def bind(self, panel: RequestCardsPanel) -> None:
        """Fill the cards that were just built."""
        self._panel = panel
        panel.opened.connect(self.opened)
        panel.new_requested.connect(self.new)
        panel.complaint_requested.connect(self.complain)
        if self._watch is None:
            self._watch = self._desk.watch_requests_of(self._model.person, self.show_rows, self._on_failed)

    def show_rows(self, rows: Sequence[RequestRow]) -> None:
        """Take the requests of the dossier as they now are."""
        before, self.rows = self.rows, tuple(rows)
        if self.rows != before:
            self.changed.emit()
        if self._panel is not None:
            self._panel.show_rows(self.rows)
        if self._untold is not None and self._number_of(self._untold[0]):
            self._tell_sent()

    # ---- history -----------------------------------------------------------------------------
    def with_lines(self, entries: Sequence[TimelineEntry]) -> Sequence[TimelineEntry]:
        """Return the history of the customer with the lines of requests at their place."""
        if not self.rows:
            return entries
        from avise.ui.new_request.timeline_lines import joined  # noqa: PLC0415 - not at first paint

        return joined(entries, self.rows)

    def opens(self, entry: TimelineEntry) -> bool:
        """Show the request that a line of the history tells of; return whether it is one."""
        from avise.ui.new_request.timeline_lines import request_of_line  # noqa: PLC0415 - as above

        request = request_of_line(entry)
        if request is not None:
            self.opened.emit(request)
        return request is not None

    def _on_failed(self, error: AviseError) -> None:
        if self._panel is not None:
            self._panel.show_failure(text(error.message_key, **error.params))

    # ---- a new one ---------------------------------------------------------------------------
    @Slot()
    def new(self) -> None:
        """Ask for another request; the note of the exchange is proposed as its message."""
        self._open()

    @Slot()
    def complain(self) -> None:
        """Record that the person complains, with the legal clock in sight."""
        self._open(COMPLAINT)

    def answer(self, _suggestion: Suggestion, action: SuggestedAction) -> None:
        """Open the form that a suggested answer aims at ("REIMB_SEARCH")."""
        self._open(action.target)

    def _open(self, type_id: str = "") -> None:
        px = theme().px
        sheet = self.sheet()
        note = self._model.wrap_up.shown().note.strip() if type_id != COMPLAINT else ""
        sheet.open_for(QPoint(px(24), px(104)), type_id, note)

    def sheet(self) -> NewRequestSheet:
        """Return the sheet, built when it is first wanted."""
        if self._sheet is None:
            from avise.ui.new_request.sheet import NewRequestSheet  # noqa: PLC0415 - not at first paint
            from avise.ui.new_request.view_model import NewRequestModel  # noqa: PLC0415 - as above

            model = NewRequestModel(self._desk, self._model.person, self._env.now, self._report, self)
            self._sheet = NewRequestSheet(model, self._report, self._page)
            model.sent.connect(self._on_sent)
            model.completed.connect(self._on_completed)
            self._sheet.open_requested.connect(lambda found: self.opened.emit(found.id))
            self._sheet.note_requested.connect(self._model.wrap_up.insert)
            self._sheet.spoken.connect(self.spoken)
        return self._sheet

    def restore(self) -> None:
        """Give back to be written what was sent and is taken back."""
        if self._sheet is not None:
            self._sheet.model.restore()

    # ---- what became of it -------------------------------------------------------------------
    @Slot(object, object)
    def _on_sent(self, acts: RequestActs, form: RequestForm) -> None:
        self._model.note_deed("complaint_recorded" if form.legal is not None else "request_sent")
        if acts.act is None:
            return
        self._untold = (acts.act, form)
        if self._number_of(acts.act):
            self._tell_sent()
        else:
            self._number.start()

    def _number_of(self, act: Act) -> str:
        return next((found.number for found in self.rows if found.id == act.subject), "")

    @Slot()
    def _tell_sent(self) -> None:
        """Say that it left, with its number when it has one."""
        untold, self._untold = self._untold, None
        self._number.stop()
        if untold is not None:
            act, form = untold
            self.acted.emit(sent_words(self._number_of(act), form), act)

    @Slot(object, object)
    def _on_completed(self, acts: RequestActs, found: RequestRow) -> None:
        from avise.ui.requests.wording import short_number  # noqa: PLC0415 - not needed by the first paint

        self._model.note_deed("request_completed")
        if acts.act is not None:
            self.acted.emit(text("new_request.completed", number=short_number(found.number)), acts.act)


def sent_words(number: str, form: RequestForm) -> str:
    """Return what is said once a request left: « Demande D-0191 transmise au service Prestations soins »."""
    from avise.ui.requests.wording import short_number  # noqa: PLC0415 - not needed by the first paint

    key = "new_request.sent" if number else "new_request.sent_provisional"
    return text(key, number=short_number(number), queue=form.queue_label)
