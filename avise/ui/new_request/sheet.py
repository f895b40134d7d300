"""The sheet of a new request, over the page: its type, then its form, then it is sent (`ui.md` 5.17)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget
from typing_extensions import override

from avise.texts import plural, text
from avise.texts.formats import format_time, local, weekday_and_day
from avise.ui.aio import Report, TaskScope
from avise.ui.customer.discreet import Veil
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.new_request.form import RequestForm
from avise.ui.new_request.type_list import TypeList
from avise.ui.new_request.view_model import NewRequestModel
from avise.ui.requests.wording import short_number
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.line import HorizontalLine
from avise.ui.widgets.link import Link

if TYPE_CHECKING:
    from avise.services.request_values import RequestForm as FormValues
    from avise.services.request_values import RequestRow

WIDTH = 600
_CHROME = 32 + 49 + 4
"""Header and footer of the panel."""


class NewRequestSheet(FloatingPanel):
    """Creates a request, or completes one that is open already.

    Args:
        model: what it knows.
        report: told of what nobody expected.
        parent: over which it stands.

    Signals:
        open_requested: a request to read in the panel of the middle office (a `RequestRow`).
        note_requested: a sentence for the note of the exchange.
        spoken: a sentence for people who hear the screen.
    """

    open_requested = Signal(object)
    note_requested = Signal(str)
    spoken = Signal(str)

    def __init__(self, model: NewRequestModel, report: Report, parent: QWidget) -> None:
        super().__init__(text("new_request.title"), "send", WIDTH, parent)
        self.model, self._page_ = model, parent
        self._tasks = TaskScope(self, report)
        self.types = TypeList()
        self.form = RequestForm(model)
        self.area = QScrollArea()
        self.change = Link(text("new_request.change"))
        self.due = ElidedLabel("", "small", "text-3")
        self.send = Button(
            text("new_request.send"), ButtonKind.PRIMARY, icon="send", keys=keys_of("validate")
        )
        self._told_icon = Icon("circle-alert", 14, "danger")
        self._told = Label("", "body", "danger", wrap=True)
        self._build()
        self._connect()
        self.veil = Veil(self)

    def _build(self) -> None:
        self.right.insertWidget(0, self.change)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self.form)
        self._told_line = QWidget()
        told = row(self._told_icon, self._told, gap=6, margins=(12, 8, 12, 8))
        told.setStretch(1, 1)
        self._told_line.setLayout(told)
        self._told_line.hide()
        self._footer = QWidget()
        bottom = row(self.due, self.send, gap=10, margins=(12, 10, 12, 10))
        bottom.setStretch(0, 1)
        self._footer.setLayout(column(HorizontalLine(), bottom))
        self.body.addLayout(column(self.types, self.area, self._told_line, self._footer))
        self._show_step()

    def _connect(self) -> None:
        model = self.model
        model.types_read.connect(self._on_types)
        model.form_read.connect(self._on_form)
        model.form_known.connect(self._on_form_known)
        model.closed_form.connect(self._on_closed_form)
        model.troubles_found.connect(self._on_troubles)
        model.told.connect(self.tell)
        model.sent.connect(self._on_done)
        model.completed.connect(self._on_done)
        self.types.chosen.connect(model.choose)
        self.change.clicked.connect(model.choose_again)
        self.send.clicked.connect(self._send)
        self.form.resized.connect(self.fit)
        self.form.duplicates.complete_requested.connect(model.complete)
        self.form.duplicates.open_requested.connect(self._on_open_requested)
        self.form.duplicates.anyway_requested.connect(self._send_anyway)
        self.form.documents.join_requested.connect(self._ask_files)
        self.form.say.note_requested.connect(self._on_note)

    # ---- opening -----------------------------------------------------------------------------
    def open_for(self, anchor: QPoint, type_id: str = "", words: str = "") -> None:
        """Come on screen, on a type or to choose one; what was being written is taken up.

        Args:
            anchor: near which the sheet stands.
            type_id: chosen at once.
            words: of the message, when none was being written.
        """
        self.tell("", is_refusal=False)
        if not self.isVisible():
            self.model.form = None
            self._show_step()
        self.open_at(anchor)
        self.types.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.model.open(type_id, words)

    @Slot()
    def _on_types(self) -> None:
        self.types.show_types(self.model.types, guessed=self.model.person is not None)
        self.fit()

    @Slot()
    def _on_form(self) -> None:
        form = self.model.form
        if form is None:
            return
        self.title.setText(form.label)
        self.setAccessibleName(text("new_request.name", type=form.label))
        self.icon.set_icon("flag" if form.legal is not None else "send")
        key = "new_request.due_legal" if form.legal is not None else "new_request.due"
        self.due.setText(text(key, queue=form.queue_label, when=_day_and_time(form)))
        self.send.setText(self._send_words(form))
        self.tell("", is_refusal=False)
        self.form.show_form()
        self._show_step()
        if self.isVisible():
            self._go_to(self.form.focus_first())

    @Slot()
    def _on_form_known(self) -> None:
        form = self.model.form
        if form is not None:
            self.form.show_known()
            self.send.setText(self._send_words(form))
            self.send.updateGeometry()

    @Slot()
    def _on_closed_form(self) -> None:
        self.tell("", is_refusal=False)
        self._show_step()
        self.types.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_step(self) -> None:
        has_form = self.model.form is not None
        if not has_form:
            self.title.setText(text("new_request.title"))
            self.setAccessibleName(text("new_request.title"))
            self.icon.set_icon("send")
        self.types.setVisible(not has_form)
        self.area.setVisible(has_form)
        self._footer.setVisible(has_form)
        self.change.setVisible(has_form)
        self.fit()

    def _go_to(self, target: QWidget) -> None:
        self.area.ensureWidgetVisible(target, 0, theme().px(24))

    @override
    def fit(self) -> None:
        """Take the size of the content, inside the page; what is longer scrolls."""
        room = self._page_.height() - theme().px(_CHROME + 16)
        if self._told_line.isVisibleTo(self):
            room -= self._told_line.sizeHint().height()
        self.types.set_room(room)
        layout = self.form.layout()
        if layout is not None and self.model.form is not None:
            layout.invalidate()
            layout.activate()
            inner = min(theme().px(WIDTH), self._page_.width() - theme().px(16)) - 2
            wanted = (
                layout.totalHeightForWidth(inner)
                if layout.hasHeightForWidth()
                else layout.totalSizeHint().height()
            )
            self.form.setMinimumHeight(wanted)
            self.area.setFixedHeight(max(min(wanted, room), theme().px(80)))
        super().fit()

    # ---- sending -----------------------------------------------------------------------------
    @staticmethod
    def _send_words(form: FormValues) -> str:
        """Return what the button does: with one that is open already, it completes it."""
        if len(form.duplicates) == 1:
            return text("new_request.complete", number=short_number(form.duplicates[0].number))
        return text("new_request.record" if form.legal is not None else "new_request.send")

    @Slot()
    def _send(self) -> None:
        self.tell("", is_refusal=False)
        form = self.model.form
        if form is not None and len(form.duplicates) == 1:
            self.model.complete(form.duplicates[0])
        else:
            self.model.send()

    @Slot()
    def _send_anyway(self) -> None:
        self.tell("", is_refusal=False)
        self.model.send(anyway=True)

    @Slot(dict)
    def _on_troubles(self, troubles: dict[str, str]) -> None:
        self.form.show_troubles(troubles)
        if troubles and self.model.is_sending:
            homeless = self.form.homeless(troubles)
            count = plural("action_form.to_correct", len(troubles))
            self.tell(" · ".join([count, *homeless]), is_refusal=True)
            self._go_to(self.form.focus_first())
        elif not troubles:
            self.tell("", is_refusal=False)

    @Slot(object, object)
    def _on_done(self, _acts: object, _what: object) -> None:
        self.close_panel()
        self.model.choose_again()

    @Slot(object)
    def _on_open_requested(self, found: RequestRow) -> None:
        self.close_panel()
        self.open_requested.emit(found)

    @Slot(str)
    def _on_note(self, sentence: str) -> None:
        self.note_requested.emit(sentence)
        self.spoken.emit(text("new_request.noted"))

    @Slot(str, bool)
    def tell(self, sentence: str, is_refusal: bool) -> None:
        """Say a sentence over the button; "" says nothing."""
        self._told.setText(sentence)
        self._told.set_tone("danger" if is_refusal else "muted")
        self._told_icon.setVisible(is_refusal)
        self._told_line.setVisible(bool(sentence))
        self.send.setAccessibleDescription(sentence)
        if sentence:
            self.spoken.emit(sentence)
        self.fit()

    def told(self) -> str:
        """Return the sentence over the button."""
        return self._told.text()

    # ---- files -------------------------------------------------------------------------------
    @Slot()
    def _ask_files(self) -> None:
        self._tasks.spawn(self._add_files(), name="files to join", when_busy="drop")

    async def _add_files(self) -> None:
        from avise.ui.requests.files import asked_files  # noqa: PLC0415 - not needed before

        self.join(await asked_files(self))

    def join(self, files: tuple[Path, ...]) -> None:
        """Join files of this machine."""
        if files:
            self.model.join(files)
            self.form.show_files()

    # ---- keys --------------------------------------------------------------------------------
    @override
    def forget(self) -> None:
        """Keep what was typed: closing is not giving up."""
        self.model.keep()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Entrée sends; Échap closes, and what was typed is kept."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if self.model.form is not None:
                self._send()
            return
        if enter:
            return  # the page behind must not take it
        super().keyPressEvent(event)


def _day_and_time(form: FormValues) -> str:
    if form.legal is not None:
        return weekday_and_day(form.legal.answer_day)
    return f"{weekday_and_day(local(form.due_at).date())} {format_time(form.due_at)}"
