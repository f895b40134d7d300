"""The note of the exchange: reason, outcome, text saved while it is typed, what was done, and the record."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from avise.texts import plural, text
from avise.ui.customer.deeds import Deed
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column, row
from avise.ui.widgets.link import Link
from avise.ui.widgets.segmented import Segmented

SAVE_AFTER_MS = 500
SAVE_AT_LEAST_MS = 2000
"""Somebody who types without a pause loses two seconds at most when the machine stops."""
OUTCOMES = ("resolved", "to_follow", "transferred")
_DEEDS_SHOWN = 5


class NoteEdit(QPlainTextEdit):
    """The text of the note; Tab leaves it, so that it is no trap (WCAG 2.1.2).

    Signals:
        edited: the user typed; loading a draft is silent.
    """

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._loading = False
        self.setTabChangesFocus(True)
        self.setAccessibleName(text("note.text"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.textChanged.connect(self._on_text_changed)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def load(self, words: str) -> None:
        """Show a text without saying that it was typed."""
        self._loading = True
        self.setPlainText(words)
        self.moveCursor(QTextCursor.MoveOperation.End)
        self._loading = False

    def insert_sentence(self, sentence: str) -> None:
        """Add a sentence on a line of its own, at the end."""
        self.moveCursor(QTextCursor.MoveOperation.End)
        before = self.toPlainText()
        self.insertPlainText(f"\n{sentence}" if before and not before.endswith("\n") else sentence)

    @Slot()
    def _on_text_changed(self) -> None:
        if not self._loading:
            self.edited.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFont(theme().font("body"))
        self.setMinimumHeight(theme().px(72))


class NotePanel(QWidget):
    """The lower part of the right rail.

    Signals:
        draft_edited: the text to keep, after a pause of 500 ms.
        record_requested: reason, outcome, text.
    """

    draft_edited = Signal(str)
    record_requested = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._in_call = False
        self._compact = False
        self._expanded = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SAVE_AFTER_MS)
        self._pause.timeout.connect(self._on_pause)
        self._longest = QTimer(self)
        self._longest.setSingleShot(True)
        self._longest.setInterval(SAVE_AT_LEAST_MS)
        self._longest.timeout.connect(self._on_pause)
        self._title = Label("", "strong")
        self._saved = Label("", "source", "meta")
        self.reason = QLineEdit()
        self.reason.setAccessibleName(text("note.reason"))
        self.reason.setPlaceholderText(text("note.reason_hint"))
        choices = [(outcome, text(f"note.outcome.{outcome}")) for outcome in OUTCOMES]
        self.outcome = Segmented(choices, OUTCOMES[0], text("note.outcome"))
        self.outcome.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.note = NoteEdit()
        self._said = ElidedLabel("", "small", "danger")
        self._said.hide()
        self._deeds_title = Label("", "small", "muted")
        self._deeds = QVBoxLayout()
        self._more = Link("")
        self._more.hide()
        self.button = Button(text("note.record"), ButtonKind.PRIMARY, keys=keys_of("validate"))
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._build()
        self.set_call(in_call=False)

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self._form = column(
            row(self._title, None, self._saved),
            2,
            Label(text("note.reason"), "small", "muted"),
            self.reason,
            2,
            Label(text("note.outcome"), "small", "muted"),
            self.outcome,
            2,
            Label(text("note.text"), "small", "muted"),
            self.note,
            self._said,
            self._deeds_title,
            self._deeds,
            self._more,
            2,
            self.button,
            gap=5,
            margins=(12, 9, 12, 10),
        )
        self._form.setStretchFactor(self.note, 1)
        box.addLayout(self._form)
        self._deeds.setSpacing(theme().px(2))
        self.note.edited.connect(self._pause.start)
        self.note.edited.connect(self._on_edited)
        self._more.clicked.connect(self._on_more_clicked)
        self.button.clicked.connect(self.submit)

    # ---- content -----------------------------------------------------------------------------
    def set_call(self, *, in_call: bool) -> None:
        """Word the panel for a call, or for work without one."""
        self._in_call = in_call
        self._title.setText(text("note.title_call" if in_call else "note.title"))

    def set_compact(self, *, compact: bool) -> None:
        """Fold what was done behind one line, on small screens."""
        self._compact = compact

    def load(self, words: str) -> None:
        """Show the note that was being typed."""
        self.note.load(words)

    def text(self) -> str:
        """Return the note."""
        return self.note.toPlainText().strip()

    def has_draft(self) -> bool:
        """Say whether something is being written."""
        return bool(self.text())

    def show_saved(self, time: str) -> None:
        """Say when the draft was kept; "" says nothing."""
        self._saved.setText(text("note.draft_at", time=time) if time else "")

    def say(self, words: str) -> None:
        """Say why the note was refused; "" takes the sentence away."""
        self._said.setText(words)
        self._said.setToolTip(words)
        self._said.setVisible(bool(words))

    def insert(self, sentence: str, reason: str = "") -> None:
        """Add a sentence to the note, and the reason when none was given."""
        self.note.insert_sentence(sentence)
        if reason and not self.reason.text():
            self.reason.setText(reason)

    def set_deeds(self, deeds: Iterable[Deed]) -> None:
        """List what was done, newest last."""
        items = tuple(deeds)
        clear(self._deeds)
        folded = self._compact and not self._expanded
        shown = () if folded else items[-_DEEDS_SHOWN:]
        for deed in shown:
            self._deeds.addWidget(DeedRow(deed))
        key = "note.done_in_call" if self._in_call else "note.done"
        self._deeds_title.setText(text(key))
        self._deeds_title.setVisible(bool(shown))
        self._more.setText(plural("note.steps", len(items)))
        self._more.setVisible(folded and bool(items))
        self._more.updateGeometry()

    # ---- what the user does --------------------------------------------------------------------
    @Slot()
    def _on_edited(self) -> None:
        self.say("")
        if not self._longest.isActive():
            self._longest.start()

    @Slot()
    def _on_pause(self) -> None:
        self._longest.stop()
        self.draft_edited.emit(self.text())

    @Slot()
    def _on_more_clicked(self) -> None:
        self._expanded = True
        self._compact = False
        self._more.hide()

    def flush(self) -> None:
        """Keep at once what a pause would keep: the page leaves the screen."""
        if self._pause.isActive():
            self._pause.stop()
            self._on_pause()

    @Slot()
    def submit(self) -> None:
        """Ask for the exchange to be recorded; an empty one says what is missing."""
        reason, words = self.reason.text().strip(), self.text()
        if not reason and not words:
            self.say(text("note.empty"))
            self.note.setFocus()
            return
        self._pause.stop()
        self.record_requested.emit(reason, self.outcome.current, words)

    def empty(self) -> None:
        """Start a blank note: the exchange was recorded."""
        self._pause.stop()
        self.note.load("")
        self.reason.clear()
        self.outcome.set_current(OUTCOMES[0])
        self.show_saved("")
        self.say("")

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave keys that the form does not use to the page."""
        event.ignore()


class DeedRow(QWidget):
    """One line of what was done: time, words."""

    def __init__(self, deed: Deed) -> None:
        super().__init__()
        time = Label(deed.time(), "small", "meta", tabular=True)
        self.setLayout(row(time, ElidedLabel(deed.words(), "value", "text"), gap=8))
