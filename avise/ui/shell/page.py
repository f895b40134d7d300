"""What the window expects of the page it shows in a session tab or from the rail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from avise.models.customer import PersonId
from avise.models.roles import Purpose
from avise.services.desk import IncomingCall
from avise.ui.announce import Announcer

if TYPE_CHECKING:
    from avise.models.commands import OutboxItem
    from avise.ui.palette.values import PaletteCommand

Zone = tuple[str, QWidget]
"""Catalogue key of a zone's name ("zone.timeline") and the widget that takes focus in it (F6)."""


class Page(Protocol):
    """A page of the rail.

    One that is about many people has `hidden_when_discreet = True`: while the screen is discreet, the window
    shows `avise.ui.shell.discreet_page.DiscreetPage` in its place.
    """

    def zones(self) -> list[Zone]:
        """Return the zones in the order in which they are seen."""

    def activate(self) -> None:
        """Come on screen."""

    def deactivate(self) -> None:
        """Leave the screen; nothing that is under way stops."""


class CustomerPageLike(Page, Protocol):
    """A customer's page, as `avise.ui.customer.page.CustomerPage` is (a QWidget).

    Built by `CustomerPage(desk, env, announcer, parent)`, for nobody yet.

    Signals:
        title_changed: NOM Prénom, for the tab.
        draft_changed: whether a text is being written.
        close_requested: the user wants to leave this customer.
        open_requested: another file, of a company or of a member (a `SearchHit`).
        call_end_requested: the call that nobody follows is over.
        message: what came of an action (a `Message`).
        followed: the commands for this customer, counted (an `OutboxCounts`).
        acted: a sentence, and an act that can be taken back.
        wrap_up_ticked: seconds of wrap-up left, 0 when it is over.
        request_requested: a request to show in the middle office (its identity).
        sign_in_requested: instance of a tool that asks its user to sign in again.
        compare_requested: a command that met another change (an `OutboxItem`).
    """

    def open(self, person: PersonId, purpose: Purpose, reason: str = "") -> None:
        """Become the page of a customer, once: opened for a purpose, a protected file for a reason."""

    def build_ahead(self) -> None:
        """Make what can be made before it is known whose page it is, a piece a turn."""

    @property
    def title_changed(self) -> SignalInstance:
        """NOM Prénom."""

    @property
    def draft_changed(self) -> SignalInstance:
        """Whether a text is being written."""

    @property
    def close_requested(self) -> SignalInstance:
        """The user leaves this customer."""

    @property
    def open_requested(self) -> SignalInstance:
        """The user goes to another person's dossier."""

    @property
    def call_end_requested(self) -> SignalInstance:
        """The user says that the call is over."""

    @property
    def message(self) -> SignalInstance:
        """What came of an action."""

    @property
    def followed(self) -> SignalInstance:
        """The commands, counted."""

    def set_outbox(self, items: Sequence[OutboxItem]) -> None:
        """Take the outbox as it now is."""

    def set_to_send(self, count: int) -> None:
        """Say how much of this customer waits to leave."""

    def redo(self, item: OutboxItem) -> None:
        """Plan anew what a command asked that was not done."""

    def commands(self) -> list[PaletteCommand]:
        """Return what the palette offers for this customer besides the shortcuts."""

    @property
    def acted(self) -> SignalInstance:
        """Something was done that can be taken back."""

    @property
    def compare_requested(self) -> SignalInstance:
        """See the class."""

    @property
    def sign_in_requested(self) -> SignalInstance:
        """Instance of a tool that asks its user to sign in again."""

    @property
    def request_requested(self) -> SignalInstance:
        """A request to show in the middle office."""

    @property
    def wrap_up_ticked(self) -> SignalInstance:
        """Seconds of wrap-up left."""

    def restore_draft(self) -> None:
        """Take back what an undone recording gives again to be written."""

    def set_call(self, call: IncomingCall | None) -> None:
        """Show the call that this customer is on, None when it ended."""

    def refresh(self, facet: str = "") -> None:
        """Read a block again, the one with focus when it is named so, or everything."""

    def run_command(self, identifier: str) -> None:
        """Do what a shortcut of scope CUSTOMER says ("facets", "refresh_block", "copy_member_number"…).

        The window owns the keys and the palette's rows: the page makes no QShortcut for them.
        """

    def close_page(self) -> None:
        """Stop following the customer: the tab closes. The draft is kept."""


MakeCustomerPage = Callable[[Announcer, QWidget], QWidget]
"""Who speaks for the window, parent → a page for nobody yet (a `CustomerPageLike`)."""
