"""One exchange of the timeline, whole: what the row had to cut, and its text when its tool gives it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from typing_extensions import override

from avise.models.errors import AviseError
from avise.models.interaction import TimelineEntry
from avise.texts import text
from avise.texts.formats import format_date, format_time, local
from avise.ui.aio import TaskScope
from avise.ui.customer.discreet import PanelVeil
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.customer.record_words import together
from avise.ui.customer.timeline_model import row_title, status_words
from avise.ui.theme import theme
from avise.ui.widgets.button import Button
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.reading import ReadingLine

ReadBody = Callable[[str], Awaitable[str]]
"""Identity of a line → text of the exchange."""
_WIDTH, _WIDTH_WITH_BODY = 400, 560
_BODY_HEIGHT = 300


class EntryPanel(FloatingPanel):
    """Shows one exchange over the page; nothing of its text is asked before the user wants it.

    Args:
        read_body: asks for the text of an exchange.
        tasks: owner of what runs.
        parent: page.
    """

    def __init__(self, read_body: ReadBody, tasks: TaskScope, parent: QWidget) -> None:
        super().__init__("", "history", _WIDTH, parent)
        self._read_body, self._tasks = read_body, tasks
        self._entry: TimelineEntry | None = None
        self._when = Label("", "small", "meta")
        self._summary = Label("", "body", wrap=True)
        self._summary.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._summary.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.read = Button("", icon="mail")
        self._reading = ReadingLine()
        self._told = Label("", "body", "muted", wrap=True)
        # Plain text: nothing in it is markup, a link or a picture to fetch.
        self.words = QPlainTextEdit()
        self.words.setReadOnly(True)
        self.words.setTabChangesFocus(True)
        self.words.setTextInteractionFlags(self._summary.textInteractionFlags())
        self.words.setAccessibleName(text("exchange_body.name"))
        self.body.addLayout(
            column(
                self._when, self._summary, self._reading, self._told, self.words, row(None, self.read),
                gap=6, margins=(12, 8, 12, 12),
            )
        )  # fmt: skip
        self.read.clicked.connect(self.ask_body)
        self.veil = PanelVeil(self)

    def open_entry(self, entry: TimelineEntry, source: str, anchor: QPoint) -> None:
        """Show an exchange near its row."""
        self.forget()
        self._entry = entry
        self.title.setText(row_title(entry))
        self.setAccessibleName(row_title(entry))
        day = format_date(local(entry.at).date())
        self._when.setText(together(f"{day} {format_time(entry.at)}", source, status_words(entry)))
        self._summary.setText(entry.summary)
        self._summary.setVisible(bool(entry.summary) or not entry.has_body)
        self.read.setText(text("exchange_body.read_newest" if entry.count > 1 else "exchange_body.read"))
        self.read.setVisible(entry.has_body)
        self.open_at(anchor)
        first: QWidget = self.read if entry.has_body else self._summary
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def ask_body(self) -> None:
        """Ask for the text of the exchange on screen."""
        if self._entry is not None and self._entry.has_body:
            self._tasks.spawn(self._show_body(self._entry), name="text of an exchange", when_busy="replace")

    async def _show_body(self, entry: TimelineEntry) -> None:
        self._tell(text("exchange_body.reading"), "muted", reading=True)
        try:
            words = await self._read_body(entry.id)
        except AviseError as error:
            if self._entry is entry:
                self.read.setText(text("exchange_body.again"))
                self._tell(text(error.message_key, **error.params), "danger", reading=False)
            return
        # Another exchange came on screen meanwhile, or none is: this text is nobody's to read any more.
        if self._entry is entry:
            self._show_words(words)

    def _tell(self, sentence: str, tone: str, *, reading: bool) -> None:
        self._told.set_tone(tone)
        self._told.setText(sentence)
        self._told.setVisible(bool(sentence))
        # Heard with the button, which keeps the focus.
        self.read.setAccessibleDescription(sentence)
        self._reading.setVisible(reading)
        self._reading.set_reading(reading)
        self.fit()

    def _show_words(self, words: str) -> None:
        had_focus = self.read.hasFocus()
        self._width = _WIDTH_WITH_BODY
        self.words.setFixedHeight(min(theme().px(_BODY_HEIGHT), self._page.height() // 2))
        self.words.setPlainText(words)
        self.words.show()
        if had_focus:
            self.words.setFocus(Qt.FocusReason.OtherFocusReason)
        self.read.hide()
        self._tell("", "muted", reading=False)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter on the button reads, as it opened the exchange; Échap closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.read.hasFocus():
            self.ask_body()
            return
        super().keyPressEvent(event)

    @override
    def forget(self) -> None:
        """Forget the text, and whatever of it is still under way."""
        self._entry = None
        self._width = _WIDTH
        self.words.clear()
        self.words.hide()
        self._told.hide()
        self._reading.hide()
        self._reading.set_reading(False)
        self.read.setAccessibleDescription("")
