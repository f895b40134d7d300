"""One message from its planning to its end: where it stands, when it leaves, what to do about it."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.models.outgoing import MessageStatus, OutgoingMessage
from avise.texts import text
from avise.texts.formats import format_date, format_time, local
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.messages.wording import (
    TROUBLED,
    channel_word,
    message_icon,
    status_chip,
    status_sentence,
    what_to_do,
)
from avise.ui.shortcuts import keys_of
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.chip import Chip, ChipSpec
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.line import HorizontalLine

_WIDTH = 420


class MessagePanel(FloatingPanel):
    """Shows one message over the page, and follows it while it is shown.

    Signals:
        undo_requested: the message must not leave (an `OutgoingMessage`).
        again_requested: the same is to be written again (an `OutgoingMessage`).
    """

    undo_requested = Signal(object)
    again_requested = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", "send", _WIDTH, parent)
        self.message: OutgoingMessage | None = None
        self._when = Label("", "small", "meta")
        self.chip = Chip(ChipSpec(""))
        self._sentence = Label("", "body", wrap=True)
        self._to_do = Label("", "body", "muted", wrap=True)
        self._code = Label("", "small", "meta", wrap=True)
        self.undo = Button(
            text("message_panel.undo"), ButtonKind.PRIMARY, icon="rotate-cw", keys=keys_of("validate")
        )
        self.again = Button(text("message_panel.again"), icon="send")
        self._actions = QWidget()
        self._actions.setLayout(row(None, self.again, self.undo, gap=6, margins=(12, 10, 12, 10)))
        self._line = HorizontalLine()
        self.body.addLayout(
            column(
                row(self._when, None, self.chip, gap=8),
                self._sentence,
                self._to_do,
                self._code,
                gap=6,
                margins=(12, 8, 12, 12),
            )
        )
        self.body.addWidget(self._line)
        self.body.addWidget(self._actions)
        self.undo.clicked.connect(self._on_undo)
        self.again.clicked.connect(self._on_again)

    def open_message(self, message: OutgoingMessage, now: datetime, anchor: QPoint) -> None:
        """Show a message near its row."""
        self.follow(message, now)
        self.open_at(anchor)
        button = next((button for button in (self.undo, self.again) if not button.isHidden()), None)
        target = button if button is not None else self
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def follow(self, message: OutgoingMessage, now: datetime) -> None:
        """Take the message as it stands now."""
        is_new = message != self.message
        self.message = message
        self._sentence.setText(status_sentence(message, now))
        self._sentence.setVisible(bool(self._sentence.text()))
        if is_new:
            self._show_state(message)
            self.fit()

    def _show_state(self, message: OutgoingMessage) -> None:
        self.title.setText(message.title)
        self.setAccessibleName(message.title)
        self.icon.set_icon(message_icon(message))
        day = format_date(local(message.planned_at).date())
        written = text("message_panel.written", date=day, time=format_time(message.planned_at))
        self._when.setText(f"{channel_word(message.channel)} · {written}")
        self.chip.set_spec(status_chip(message))
        self._to_do.setText(what_to_do(message))
        self._to_do.setVisible(bool(self._to_do.text()))
        self._code.setText(text("message_panel.code", code=message.detail) if message.detail else "")
        self._code.setVisible(bool(message.detail))
        waits, troubled = message.status is MessageStatus.PLANNED, message.status in TROUBLED
        self.undo.setVisible(waits)
        self.again.setVisible(troubled)
        self._actions.setVisible(waits or troubled)
        self._line.setVisible(waits or troubled)

    def sentence(self) -> str:
        """Return what became of the message."""
        return self._sentence.text()

    def to_do(self) -> str:
        """Return what can be done."""
        return self._to_do.text()

    @Slot()
    def _on_undo(self) -> None:
        if self.message is not None:
            self.undo_requested.emit(self.message)

    @Slot()
    def _on_again(self) -> None:
        message = self.message
        self.close_panel()
        if message is not None:
            self.again_requested.emit(message)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Entrée undoes what still waits; no key reaches the page behind."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if not self.undo.isHidden():
                self._on_undo()
            return
        super().keyPressEvent(event)
