"""A customer's page that only notes what the window asks of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from avise.models.commands import OutboxItem
from avise.models.customer import PersonId
from avise.models.roles import Purpose
from avise.services.desk import IncomingCall
from avise.ui.announce import Announcer
from avise.ui.palette.values import PaletteCommand


class StubPage(QWidget):
    """Implements `CustomerPageLike`."""

    title_changed = Signal(str)
    draft_changed = Signal(bool)
    close_requested = Signal()
    open_requested = Signal(object)
    call_end_requested = Signal()
    message = Signal(object)
    followed = Signal(object)
    acted = Signal(str, object)
    wrap_up_ticked = Signal(int)
    request_requested = Signal(object)
    sign_in_requested = Signal(str)
    compare_requested = Signal(object)

    person: PersonId
    purpose: Purpose
    reason: str

    def __init__(self, announcer: Announcer, parent: QWidget) -> None:
        super().__init__(parent)
        self.announcer = announcer
        self.asked: list[object] = []
        self.call: IncomingCall | None = None
        self.to_send = 0
        self.notes = QPlainTextEdit()
        self.notes.setTabChangesFocus(True)
        self._who = QLabel()
        layout = QVBoxLayout(self)
        layout.addWidget(self._who)
        layout.addWidget(self.notes)

    def open(self, person: PersonId, purpose: Purpose, reason: str = "") -> None:
        """Say whose page it is."""
        self.person, self.purpose, self.reason = person, purpose, reason
        self._who.setText(str(person))

    def build_ahead(self) -> None:
        """Have nothing to build."""

    def zones(self) -> list[tuple[str, QWidget]]:
        """Return the notes."""
        return [("zone.page", self.notes)]

    def activate(self) -> None:
        """Note it."""
        self.asked.append("activate")

    def deactivate(self) -> None:
        """Note it."""
        self.asked.append("deactivate")

    def set_outbox(self, items: Sequence[OutboxItem]) -> None:
        """Note how many there are."""
        self.outbox = tuple(items)

    def set_to_send(self, count: int) -> None:
        """Keep it."""
        self.to_send = count

    def redo(self, item: OutboxItem) -> None:
        """Note it."""
        self.asked.append(("redo", item.command_id))

    def commands(self) -> list[PaletteCommand]:
        """Offer nothing."""
        return []

    def set_call(self, call: IncomingCall | None) -> None:
        """Keep the call."""
        self.call = call

    def refresh(self, facet: str = "") -> None:
        """Note it."""
        self.asked.append(("refresh", facet))

    def run_command(self, identifier: str) -> None:
        """Note it."""
        self.asked.append(("command", identifier))

    def restore_draft(self) -> None:
        """Note it."""
        self.asked.append("restore_draft")

    def close_page(self) -> None:
        """Note it."""
        self.asked.append("close")
