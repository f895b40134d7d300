"""The customers' pages: made when first shown, kept alive while their tab is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from avise.models.customer import PersonId
from avise.services.desk import IncomingCall
from avise.ui.announce import Announcer
from avise.ui.departing import depart
from avise.ui.outbox.situation import OutboxCounts
from avise.ui.shell.page import CustomerPageLike, MakeCustomerPage
from avise.ui.shell.sessions import Sessions
from avise.ui.shell.spare_page import SparePage
from avise.ui.theme import theme
from avise.ui.turns import turns

if TYPE_CHECKING:
    from avise.models.acts import Act
    from avise.models.commands import OutboxItem

DELETED_AFTER_MS, FRAME_MS = 150, 16
"""A closed page goes when the next one has had the time to come; its texts a frame later."""


class CustomerPages(QObject):
    """Makes, shows and closes the page of each open customer.

    Args:
        sessions: who is open.
        stack: where pages are shown.
        make_page: builds one.
        announcer: speaks for the window.
        parent: of the object.

    Signals:
        shown: a customer's page came on screen (its person).
        open_requested: a page leads to another file (a `SearchHit`).
        call_end_requested: the user says that the call is over.
        message: what came of an action on a page (a `Message`).
        acted: a sentence, an act that can be taken back, and what to do once it is.
        wrap_up_ticked: a person, and the seconds of wrap-up left; 0 when it is over.
        request_requested: a request to show in the middle office (its identity).
        sign_in_requested: instance of a tool that asks its user to sign in again.
        compare_requested: a command that met another change (an `OutboxItem`).
    """

    shown = Signal(object)
    open_requested = Signal(object)
    call_end_requested = Signal()
    message = Signal(object)
    acted = Signal(str, object, object)
    wrap_up_ticked = Signal(object, int)
    request_requested = Signal(object)
    sign_in_requested = Signal(str)
    compare_requested = Signal(object)

    def __init__(
        self,
        sessions: Sessions,
        stack: QStackedWidget,
        make_page: MakeCustomerPage,
        announcer: Announcer,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._sessions = sessions
        self._stack = stack
        self._spare = SparePage(make_page, announcer, stack, self)
        self._pages: dict[PersonId, QWidget] = {}
        self._stand_ins: dict[PersonId, QWidget] = {}
        """What is in the stack for pages that are in windows of their own."""
        self._outbox: Sequence[OutboxItem] = ()
        self._counts: dict[PersonId, OutboxCounts] = {}
        """Commands of each open customer."""
        self._unsent: Mapping[PersonId, int] = {}
        """What was written of each customer and waits for the hub."""
        sessions.closed.connect(self._on_closed)
        sessions.changed.connect(self._count_new_tabs)

    def page(self, person: PersonId | None) -> CustomerPageLike | None:
        """Return the page of a customer, None when it was never shown."""
        widget = self._pages.get(person) if person is not None else None
        return cast("CustomerPageLike | None", widget)

    def prepare(self, person: PersonId) -> QWidget:
        """Return the page of an open customer, built now when it was not."""
        if person in self._pages:
            return self._stand_ins.get(person, self._pages[person])
        tab = self._sessions.tab(person)
        if tab is None:
            raise KeyError(person)
        widget = self._spare.take()
        self._pages[person] = widget
        page = cast("CustomerPageLike", widget)
        page.open(person, tab.purpose, tab.reason)
        page.title_changed.connect(lambda label: self._sessions.rename(person, label))
        page.draft_changed.connect(lambda has: self._sessions.mark(person, has_draft=has))
        page.open_requested.connect(self.open_requested)
        page.call_end_requested.connect(self.call_end_requested)
        page.close_requested.connect(lambda: self._sessions.close(person))
        page.message.connect(self.message)
        page.wrap_up_ticked.connect(lambda seconds: self.wrap_up_ticked.emit(person, seconds))
        page.acted.connect(lambda sentence, act: self._on_acted(person, sentence, act))
        page.request_requested.connect(self.request_requested)
        page.sign_in_requested.connect(self.sign_in_requested)
        page.compare_requested.connect(self.compare_requested)
        page.followed.connect(lambda counts: self._count(person, counts))
        page.set_outbox(self._outbox)
        self._count(person, self._counts.get(person, OutboxCounts()))
        self._stack.addWidget(widget)
        # On screen first; what others wait for comes behind it.
        turns().give_way()
        return widget

    def show(self, person: PersonId) -> None:
        """Bring a customer's page on screen."""
        self._stack.setCurrentWidget(self.prepare(person))
        self.shown.emit(person)

    def set_call(self, person: PersonId, call: IncomingCall | None) -> None:
        """Tell a customer's page that its customer is on the telephone, or no longer."""
        page = self.page(person)
        if page is not None:
            page.set_call(call)

    def set_outbox(self, items: Sequence[OutboxItem]) -> None:
        """Tell every page, and the tabs not shown yet, what waits for their customer."""
        from avise.ui.outbox.counts import counted  # noqa: PLC0415 - not needed by the first paint

        self._outbox = items
        for tab in self._sessions.tabs:
            page = self.page(tab.person)
            if page is not None:
                page.set_outbox(items)
                continue
            mine = [item for item in items if item.person == tab.person]
            self._count(tab.person, counted(mine))

    @Slot()
    def _count_new_tabs(self) -> None:
        """Mark a tab that comes back behind the one on screen with what was told before it was there."""
        new = [tab.person for tab in self._sessions.tabs if tab.person not in self._counts]
        if not new:
            return
        from avise.ui.outbox.counts import counted  # noqa: PLC0415 - not needed by the first paint

        for person in new:
            self._count(person, counted(item for item in self._outbox if item.person == person))

    def set_unsent(self, unsent: Mapping[PersonId, int]) -> None:
        """Tell every page and tab how much of what was written of their customer waits for the hub."""
        self._unsent = dict(unsent)
        for tab in self._sessions.tabs:
            self._count(tab.person, self._counts.get(tab.person, OutboxCounts()))

    def _count(self, person: PersonId, counts: OutboxCounts) -> None:
        """Mark a tab and tell its page; a message is a command, and is not counted as writing."""
        self._counts[person] = counts
        to_send = counts.to_send + self._unsent.get(person, 0)
        self._sessions.mark(person, to_send=to_send, to_follow=counts.for_person)
        page = self.page(person)
        if page is not None:
            page.set_to_send(to_send)

    # ---- in another window -------------------------------------------------------------------
    def replace(self, person: PersonId, stand_in: QWidget) -> QWidget:
        """Have something stand in the stack for a page; return the page, which is still there."""
        self._stand_ins[person] = stand_in
        self._stack.addWidget(stand_in)
        return self._pages[person]

    def take_out(self, page: QWidget) -> QWidget:
        """Take a page out of the stack."""
        self._stack.removeWidget(page)
        return page

    def put_back(self, person: PersonId, page: QWidget) -> None:
        """Put a page into the stack again, in the place of what stood for it."""
        self._stack.addWidget(page)
        self._drop_stand_in(person)

    def _drop_stand_in(self, person: PersonId) -> None:
        stand_in = self._stand_ins.pop(person, None)
        if stand_in is not None:
            self._stack.removeWidget(stand_in)
            stand_in.hide()
            stand_in.deleteLater()

    def close_all(self) -> None:
        """Close every page: the window ends, or speaks another language."""
        for person in tuple(self._pages):
            self._on_closed(person)
        self._spare.close()

    def _on_acted(self, person: PersonId, sentence: str, act: Act) -> None:
        def restore() -> None:
            page = self.page(person)
            if page is not None:
                page.restore_draft()

        self.acted.emit(sentence, act, restore)

    @Slot(object)
    def _on_closed(self, person: PersonId) -> None:
        self._counts.pop(person, None)
        page = self.page(person)
        widget = self._pages.pop(person, None)
        if page is None or widget is None:
            return
        page.close_page()
        self._drop_stand_in(person)
        self._stack.removeWidget(widget)
        widget.hide()
        # Closing one file often opens another: its screen comes first.
        QTimer.singleShot(DELETED_AFTER_MS, widget, lambda: depart(widget))
        QTimer.singleShot(DELETED_AFTER_MS + FRAME_MS, self, theme().forget_texts)
