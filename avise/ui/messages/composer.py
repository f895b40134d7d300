"""The composer: templates on the left, the message on the right, and one button that repeats whom it is for.

It shows the values of `avise.ui.messages.composer_model` and says what the agent does; it decides nothing.
"""

from __future__ import annotations

import itertools

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QScrollArea, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from avise.models.consent import ConsentChannel
from avise.models.outgoing import MessageDraft
from avise.services.customer_updates import Header
from avise.texts import LANGUAGES, plural, text
from avise.ui.customer.discreet import PanelVeil
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.messages.channel_picker import ChannelPicker
from avise.ui.messages.composer_model import ComposerModel, ShownMessage
from avise.ui.messages.gap_rows import BodyFindings, GapRows
from avise.ui.messages.letter_sheet import LetterSheet
from avise.ui.messages.message_text import MessageEdit, MessageLine
from avise.ui.messages.template_list import ROW_HEIGHT, TemplateDelegate, TemplateTable
from avise.ui.messages.wording import chosen_because, recipient_line, refusals, send_words, short_name
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column, row
from avise.ui.widgets.line import HorizontalLine, VerticalLine
from avise.ui.widgets.link import Link
from avise.ui.widgets.row_list import RowsView
from avise.ui.widgets.segmented import Segmented

WIDTH = 840
_LIST, _LIST_AT_MOST = 262, 0.28
_HEIGHT = 540
_CAPTION = 44


class Composer(FloatingPanel):
    """Writes a message to a member.

    Args:
        model: what is written.
        parent: page.

    Signals:
        facet_requested: a block where a missing fact is usually found.
    """

    facet_requested = Signal(str)

    def __init__(self, model: ComposerModel, parent: QWidget) -> None:
        super().__init__(text("composer.title"), "send", WIDTH, parent)
        self.model = model
        self._page_ = parent
        self._header: Header | None = None
        self._version = -1
        self._goes_to_message = False
        """A template was chosen from elsewhere: focus goes to its message once it is made."""
        self._captions: list[Label] = []
        self.words = QLineEdit()
        self.table = TemplateTable()
        self.list = RowsView(ROW_HEIGHT, text("composer.templates"))
        self._delegate = TemplateDelegate()
        self.channels = ChannelPicker()
        choices = [(code, text(f"composer.language.{code}")) for code in LANGUAGES]
        self.language = Segmented(choices, LANGUAGES[0], text("composer.language"))
        self._because = ElidedLabel("", "small", "text-2")
        self._refusals = QVBoxLayout()
        self.recipient = ElidedLabel("", "strong")
        self.subject = MessageLine(text("composer.subject"))
        self.body_edit = MessageEdit()
        self.sheet = LetterSheet()
        self.sheet.hide()
        self.gaps = GapRows()
        self.findings = BodyFindings()
        self._note = Label("", "small", "muted")
        self.restore = Link(text("composer.restore"))
        self.letter = Link(text("composer.sheet"))
        self._stale_icon, self._stale = Icon("history", 14, "warn"), Label("", "small", "warn", wrap=True)
        self._told_icon, self._told = (
            Icon("circle-alert", 14, "danger"),
            Label("", "body", "danger", wrap=True),
        )
        self._leaves = Label(text("composer.leaves_in"), "small", "muted")
        self.send = Button("", ButtonKind.PRIMARY, icon="send", keys=keys_of("validate"))
        self._build()
        self._connect()
        self.veil = PanelVeil(self)

    # ---- building ----------------------------------------------------------------------------------
    def _build(self) -> None:
        self.words.setPlaceholderText(text("composer.search"))
        self.words.setAccessibleName(text("composer.search"))
        self.words.setClearButtonEnabled(True)
        self.list.setModel(self.table)
        self.list.setItemDelegate(self._delegate)
        self._refusals.setSpacing(theme().px(2))
        self._side = QWidget()
        self._side.setLayout(column(self._padded(self.words), HorizontalLine(), self.list))
        self._main = QWidget()
        self._main.setLayout(self._message())
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self._main)
        middle = row(self._side, VerticalLine(), self.area)
        middle.setStretch(2, 1)
        self.body.addLayout(middle)
        self.body.addWidget(HorizontalLine())
        self.body.addLayout(row(self._leaves, None, self.send, gap=8, margins=(12, 10, 12, 10)))
        self._chain_tabs()
        self._rescale()
        theme().changed.connect(self._rescale)

    @Slot()
    def _rescale(self) -> None:
        # Large text leaves the room to the message.
        self._side.setFixedWidth(min(theme().px(_LIST), round(self._page_.width() * _LIST_AT_MOST)))
        for caption in self._captions:
            caption.setFixedWidth(theme().px(_CAPTION))

    def _chain_tabs(self) -> None:
        """Go through the message in the order in which it is read, what is missing before the button."""
        gaps: list[QWidget] = [part for made in self.gaps.rows for part in (made.field, made.link)]
        chain = [
            self.words, self.list, self.channels, self.language, self.body_edit, self.sheet, self.restore,
            self.letter, *gaps, self.findings.remove, self.send,
        ]  # fmt: skip
        for before, after in itertools.pairwise(chain):
            QWidget.setTabOrder(before, after)

    @staticmethod
    def _padded(field: QWidget) -> QWidget:
        holder = QWidget()
        holder.setLayout(row(field, margins=(8, 8, 8, 8)))
        return holder

    def _message(self) -> QVBoxLayout:
        self.recipient.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._subject_row = QWidget()
        self._subject_row.setLayout(row(self._caption("composer.subject"), self.subject, gap=8))
        told, stale = row(self._told_icon, self._told, gap=6), row(self._stale_icon, self._stale, gap=6)
        told.setStretch(1, 1)
        stale.setStretch(1, 1)
        message = column(
            row(self.channels, self.language, gap=10),
            self._because,
            self._refusals,
            HorizontalLine(),
            row(self._caption("composer.to"), self.recipient, gap=8),
            self._subject_row,
            self.body_edit,
            self.sheet,
            row(self._note, None, self.restore, self.letter, gap=14),
            self.gaps,
            self.findings,
            stale,
            told,
            gap=6,
            margins=(12, 10, 12, 10),
        )
        message.setStretchFactor(self.body_edit, 1)
        message.setStretchFactor(self.sheet, 1)
        return message

    def _caption(self, key: str) -> Label:
        caption = Label(text(key), "small", "muted")
        self._captions.append(caption)
        return caption

    def _connect(self) -> None:
        model = self.model
        model.changed.connect(self._on_changed)
        self.words.textEdited.connect(model.search)
        self.words.installEventFilter(self)
        self.list.selectionModel().currentChanged.connect(self._on_row)
        self.list.opened.connect(lambda _index: self._go_to_message())
        self.channels.chosen.connect(model.choose_channel)
        self.language.chosen.connect(model.choose_language)
        self.body_edit.edited.connect(model.write)
        self.gaps.given.connect(model.fill)
        self.gaps.facet_requested.connect(self._on_facet)
        self.findings.remove_requested.connect(model.remove_numbers)
        self.restore.clicked.connect(model.restore)
        self.letter.clicked.connect(model.show_letter)
        self.send.clicked.connect(model.send)

    # ---- opening -----------------------------------------------------------------------------------
    def open_for(
        self, header: Header | None, kind: ConsentChannel | None, template: str, reason: str, anchor: QPoint
    ) -> None:
        """Come on screen to write.

        Args:
            header: of whoever is written to.
            kind: only by a channel, None for any.
            template: chosen at once, "" to choose one.
            reason: for contact, whose templates come first.
            anchor: near which the panel stands.
        """
        self._header = header
        title = text(f"composer.title.{kind}" if kind is not None else "composer.title")
        self.title.setText(title)
        self.setAccessibleName(title)
        self.words.clear()
        self.language.set_current(LANGUAGES[0])
        self.model.open(kind, template, reason)
        self._on_changed()
        self.open_at(anchor)
        # The message of a template is made in a moment; until then only the list takes keys.
        self._goes_to_message = bool(template)
        self.words.setFocus(Qt.FocusReason.OtherFocusReason)
        self._go_once_made()

    @override
    def fit(self) -> None:
        """Keep one height, whatever the template: nothing jumps under the hand."""
        room = self._page_.height() - theme().px(16)
        self.setFixedHeight(min(theme().px(_HEIGHT), room))
        self._rescale()
        super().fit()
        self._fit_message()

    def _fit_message(self) -> None:
        """Scroll what is longer than the room, large text above all; nothing is squeezed."""
        layout = self._main.layout()
        if layout is not None:
            layout.invalidate()
            layout.activate()
            width = self.area.viewport().width()
            least = (
                layout.minimumHeightForWidth(width)
                if layout.hasHeightForWidth()
                else layout.minimumSize().height()
            )
            self._main.setMinimumHeight(least)

    # ---- content -----------------------------------------------------------------------------------
    @Slot()
    def _on_changed(self) -> None:
        shown = self.model.shown()
        if self.table.set_choices(shown.templates) or self.list.current_row() != self.table.row_of(
            shown.template
        ):
            self._show_row(shown.template)
        draft = shown.draft
        self._show_draft(shown, draft)
        self._show_told(shown)
        self._go_once_made()
        self._fit_message()
        self.send.setText(send_words(draft.channel if draft is not None else None, short_name(self._header)))
        self.send.setAccessibleDescription(self._told.text())
        self.send.setEnabled(shown.may_send)
        self.send.updateGeometry()

    def _go_once_made(self) -> None:
        """Go to the message of a template chosen from elsewhere, unless the user went somewhere else."""
        if not self._goes_to_message or not self.isVisible() or self.model.shown().draft is None:
            return
        self._goes_to_message = False
        if self.words.hasFocus() and not self.words.text():
            self.body_edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_row(self, template: str) -> None:
        selection = self.list.selectionModel()
        selection.blockSignals(True)
        self.list.go_to(self.table.row_of(template))
        selection.blockSignals(False)
        self.list.viewport().update()

    def _show_draft(self, shown: ShownMessage, draft: MessageDraft | None) -> None:
        self._main.setEnabled(draft is not None)
        if draft is None:
            return
        self.channels.show_choices(draft.choices, draft.channel)
        if self.language.current != draft.language:
            self.language.set_current(draft.language)
        self._because.setText(chosen_because(draft) or draft.chosen_because)
        self._show_refusals(refusals(draft.choices))
        self.recipient.setText(recipient_line(draft) or text("composer.nowhere"))
        self.recipient.setAccessibleName(f"{text('composer.to')}, {self.recipient.text()}")
        self._subject_row.setVisible(bool(draft.subject))
        self.subject.show_fragments(draft.subject)
        if self._version != shown.version:
            self._version = shown.version
            self.body_edit.load(self.model.body())
        self.body_edit.mark(draft.body, shown.findings)
        self._show_gaps(draft)
        self.findings.show_findings(shown.findings)
        self._show_notes(draft)
        self._show_letter(shown, draft)

    def _show_letter(self, shown: ShownMessage, draft: MessageDraft) -> None:
        is_printed = bool(shown.pages)
        if is_printed and self.sheet.isHidden():
            self.sheet.show_pages(shown.pages)
        self.body_edit.setVisible(not is_printed)
        self.sheet.setVisible(is_printed)
        self.letter.setText(text("composer.sheet_back" if is_printed else "composer.sheet"))
        self.letter.setVisible(draft.channel is ConsentChannel.LETTER)
        self.letter.updateGeometry()

    def _show_refusals(self, sentences: tuple[str, ...]) -> None:
        before = tuple(self._refusal_words)
        if sentences == before:
            return
        clear(self._refusals)
        for sentence in sentences:
            line = row(Icon("ban", 13, "text-3"), Label(sentence, "small", "muted", wrap=True), gap=6)
            line.setStretch(1, 1)
            holder = QWidget()
            holder.setLayout(line)
            holder.setAccessibleName(sentence)
            self._refusals.addWidget(holder)
        self._refusal_words = sentences

    _refusal_words: tuple[str, ...] = ()

    def _show_gaps(self, draft: MessageDraft) -> None:
        had_focus = self.gaps.holds_focus()
        if not self.gaps.show_facts(draft.missing):
            return
        self._chain_tabs()
        if had_focus and not self.gaps.focus_first():
            # The last gap is filled: what comes next is to read the message and send it.
            self.body_edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_notes(self, draft: MessageDraft) -> None:
        notes = [plural("composer.parts", draft.sms_parts)] if draft.sms_parts else []
        notes += [text("composer.rewritten")] if self.model.is_rewritten else [text("composer.from_file")]
        self._note.setText(" · ".join(notes))
        self.restore.setVisible(self.model.is_rewritten)
        stale = text("composer.stale", facts=", ".join(draft.stale)) if draft.stale else ""
        self._stale.setText(stale)
        self._stale.setVisible(bool(stale))
        self._stale_icon.setVisible(bool(stale))

    def _show_told(self, shown: ShownMessage) -> None:
        self._told.set_tone("danger" if shown.is_refusal else "muted")
        self._told.setText(shown.told)
        self._told.setVisible(bool(shown.told))
        self._told_icon.setVisible(bool(shown.told) and shown.is_refusal)

    def told(self) -> str:
        """Return the sentence under the message."""
        return self._told.text()

    def refusal_sentences(self) -> tuple[str, ...]:
        """Return why channels cannot be used."""
        return self._refusal_words

    def notes(self) -> str:
        """Return what stands under the body."""
        return self._note.text()

    # ---- what the user does ------------------------------------------------------------------------
    @Slot(QModelIndex, QModelIndex)
    def _on_row(self, current: QModelIndex, _before: QModelIndex) -> None:
        choice = self.table.choice(current.row())
        if choice is not None:
            self.model.choose(choice.id)

    @Slot(str)
    def _on_facet(self, facet: str) -> None:
        self.facet_requested.emit(facet)

    def _go_to_message(self) -> None:
        """Go from the list to what is to be done in the message."""
        if not self.gaps.focus_first():
            self.body_edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list from the field above it; Enter goes to the message."""
        if watched is self.words and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                return super().eventFilter(watched, event)
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                step = -1 if event.key() == Qt.Key.Key_Up else 1
                self.list.go_to(self.list.current_row() + step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._go_to_message()
                return True
        return super().eventFilter(watched, event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Entrée sends; no key of the composer reaches the page behind."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._take_typed()
            self.model.send()
            return
        super().keyPressEvent(event)
        if enter:
            event.accept()

    def _take_typed(self) -> None:
        """Take a fact that is being typed, as leaving its field does."""
        for made in self.gaps.rows:
            if made.field is QApplication.focusWidget() and made.field.text().strip():
                self.model.fill(made.fact.name, made.field.text())

    @override
    def forget(self) -> None:
        """Forget what was written."""
        self.model.forget()
        self._version = -1
        self.body_edit.load("")
        self.gaps.show_facts(())
        self.findings.show_findings(())
