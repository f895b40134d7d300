"""The wrap-up in the right rail: reason, outcome, note, what was done, call-back, and one button.

It shows the values of `avise.ui.customer.wrap_up_model` and says what the agent does; it keeps nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from avise.models.wrap_up import Deed, Lack, Outcome
from avise.texts import plural, text
from avise.texts.formats import format_countdown, format_time
from avise.ui.customer.deeds import deed_time, deed_words
from avise.ui.customer.wrap_up_callback import CallbackFields
from avise.ui.customer.wrap_up_chips import DetailLink, ReasonChips
from avise.ui.customer.wrap_up_note import FindingsStrip, NoteEdit
from avise.ui.customer.wrap_up_reason import ReasonField
from avise.ui.customer.wrap_up_values import ShownWrapUp, WrapUpStage
from avise.ui.shortcuts import keys_of, with_keys
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.chip import Chip, ChipSpec, Tone
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column, row
from avise.ui.widgets.link import Link
from avise.ui.widgets.segmented import Segmented

_DEEDS_SHOWN = 5


class WrapUpPanel(QWidget):
    """The lower part of the right rail.

    Signals:
        reason_chosen: code of a reason.
        outcome_chosen: an `Outcome`.
        detail_chosen: one of the reason's own outcomes, "" for none.
        note_edited: the note as it is.
        callback_promised: a `CallbackPromise`, or None.
        mask_requested: numbers that must not stay are to be masked.
        close_requested: the exchange is to be recorded.
        request_requested: somebody else must go on: a request is to be sent.
    """

    reason_chosen = Signal(str)
    outcome_chosen = Signal(object)
    detail_chosen = Signal(str)
    note_edited = Signal(str)
    callback_promised = Signal(object)
    mask_requested = Signal()
    close_requested = Signal()
    request_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: ShownWrapUp | None = None
        self._is_compact = self._is_expanded = False
        self.setAccessibleName(text("zone.wrap_up"))
        self._title = Label("", "strong")
        self._countdown = Chip(ChipSpec("", Tone.WARN, "timer", small=True))
        self._countdown.hide()
        self._saved = Label("", "source", "meta")
        self._reason_title = Label(text("wrap_up.reason"), "small", "muted")
        self.guesses = ReasonChips()
        self.reason = ReasonField()
        self.detail = DetailLink()
        choices = [(outcome.value, text(f"wrap_up.outcome.{outcome}")) for outcome in Outcome]
        self.outcome = Segmented(choices, Outcome.RESOLVED.value, text("wrap_up.outcome"))
        self.outcome.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # Words are cut before the rail is: it never scrolls sideways.
        self.outcome.setMinimumWidth(1)
        self._outcome_title = Label(text("wrap_up.outcome"), "small", "muted")
        self.note = NoteEdit()
        self.findings = FindingsStrip()
        self._told = Label("", "small", "danger", wrap=True)
        self._told.hide()
        self.transmit = Link(text("new_request.from_wrap_up"))
        self.transmit.setToolTip(with_keys(self.transmit.text(), "new_request"))
        self._note_title = Label(text("wrap_up.note"), "small", "muted")
        self._deeds_title = Label("", "small", "muted")
        self._deeds = QVBoxLayout()
        self._more = Link("")
        self._more.hide()
        self.callback = CallbackFields()
        self.consent_place = QVBoxLayout()
        """Where the question of consent stands, over the button."""
        self.button = Button("", ButtonKind.PRIMARY, keys=keys_of("validate"))
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.footer = QWidget()
        """What became of the closing, and its button: kept in sight under what scrolls."""
        self._build()
        self._connect()
        self.show_wrap_up(ShownWrapUp())

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self._form = column(
            row(self._title, self._countdown, None, self._saved, gap=8),
            2,
            self._reason_title,
            self.guesses,
            self.reason,
            2,
            row(self._outcome_title, None, self.detail),
            self.outcome,
            2,
            row(self._note_title, None, self.transmit),
            self.note,
            self.findings,
            self._deeds_title,
            self._deeds,
            self._more,
            self.callback,
            self.consent_place,
            gap=4,
            margins=(12, 9, 12, 4),
        )
        self._form.setStretchFactor(self.note, 1)
        box.addLayout(self._form)
        self.footer.setLayout(column(self._told, self.button, gap=4, margins=(12, 4, 12, 10)))
        box.addWidget(self.footer)
        self._deeds.setSpacing(theme().px(2))

    def _connect(self) -> None:
        self.guesses.chosen.connect(self.reason_chosen)
        self.reason.chosen.connect(self.reason_chosen)
        self.outcome.chosen.connect(lambda key: self.outcome_chosen.emit(Outcome(key)))
        self.detail.chosen.connect(self.detail_chosen)
        self.note.edited.connect(self.note_edited)
        self.callback.promised.connect(self.callback_promised)
        self.findings.mask_requested.connect(self.mask_requested)
        self._more.clicked.connect(self._on_more_clicked)
        self.transmit.clicked.connect(self.request_requested)
        self.button.clicked.connect(self.close_requested)

    # ---- content -----------------------------------------------------------------------------
    def show_wrap_up(self, shown: ShownWrapUp) -> None:
        """Show a wrap-up; what is already so is left alone, the cursor above all."""
        before, self._shown = self._shown, shown
        if before is None or before.stage is not shown.stage:
            self._title.setText(text(f"wrap_up.title.{shown.stage}"))
            self.button.setText(text(f"wrap_up.close.{shown.stage}"))
        self._show_reason(shown)
        if self.outcome.current != shown.outcome.value:
            self.outcome.set_current(shown.outcome.value)
        self.note.load(shown.note)
        if before is None or before.findings != shown.findings:
            self.note.mark(shown.findings)
            self.findings.set_findings(shown.findings)
        self._show_deeds(before)
        self.callback.show_promise(shown.callback, shown.default_due)
        self._saved.setText(
            text("wrap_up.draft_at", time=format_time(shown.saved_at)) if shown.saved_at else ""
        )
        self._told.set_tone("danger" if shown.is_refusal else "muted")
        self._told.setText(shown.told)
        self._told.setVisible(bool(shown.told))

    def _show_reason(self, shown: ShownWrapUp) -> None:
        self.reason.set_reasons(shown.reasons)
        self.reason.set_reason(shown.reason, confirmed=shown.confirmed)
        self.guesses.set_guesses(shown.guesses, shown.reason, confirmed=shown.confirmed)
        self.detail.set_detail(shown.detail, shown.details)
        # A note about nothing in particular ends in no way.
        ends = shown.stage is not WrapUpStage.NOTE or bool(shown.reason)
        self._outcome_title.setVisible(ends)
        self.outcome.setVisible(ends)

    def _show_deeds(self, before: ShownWrapUp | None = None) -> None:
        shown = self._shown or ShownWrapUp()
        folded = self._is_folded(shown)
        if before is not None and _deeds_look(before, folded=self._is_folded(before)) == _deeds_look(
            shown, folded=folded
        ):
            return
        deeds = shown.deeds
        clear(self._deeds)
        listed = () if folded else deeds[-_DEEDS_SHOWN:]
        for deed in listed:
            self._deeds.addWidget(DeedRow(deed, shown.actions))
        in_call = shown.stage is not WrapUpStage.NOTE
        self._deeds_title.setText(text("wrap_up.done_in_call" if in_call else "wrap_up.done"))
        self._deeds_title.setVisible(bool(listed))
        self._more.setText(plural("wrap_up.steps", len(deeds)))
        self._more.setVisible(folded and bool(deeds))
        self._more.updateGeometry()

    def _is_folded(self, shown: ShownWrapUp) -> bool:
        """Return whether deeds leave their room to what is wanted more."""
        crowded = self._is_compact or bool(shown.findings) or shown.callback is not None
        return crowded and not self._is_expanded

    def show_seconds(self, seconds: int) -> None:
        """Show how long the wrap-up still is; 0 shows nothing."""
        self._countdown.setVisible(seconds > 0)
        if seconds > 0:
            self._countdown.set_spec(ChipSpec(format_countdown(seconds), Tone.WARN, "timer", small=True))
            self._countdown.setAccessibleName(plural("wrap_up.seconds_left", seconds))

    def set_compact(self, *, compact: bool) -> None:
        """Fold what was done behind one line, on small screens."""
        if compact != self._is_compact:
            self._is_compact = compact
            self._reason_title.setVisible(not compact)
            self._note_title.setVisible(not compact)
            self._show_deeds()

    def text(self) -> str:
        """Return the note."""
        return self.note.words().strip()

    def holds(self, widget: QWidget | None) -> bool:
        """Return whether a widget is part of the form."""
        return widget is not None and (self.isAncestorOf(widget) or self.footer.isAncestorOf(widget))

    def told(self) -> str:
        """Return the sentence that says what became of what was asked."""
        return self._told.text()

    def go_to(self, found: Sequence[Lack]) -> None:
        """Put focus on the first field that keeps the exchange from being recorded."""
        fields: dict[Lack, QWidget] = {
            Lack.REASON: self.reason,
            Lack.UNKNOWN_REASON: self.reason,
            Lack.OUTCOME: self.outcome,
            Lack.DETAIL: self.detail,
            Lack.NOTE: self.note,
            Lack.RESTRICTED: self.findings.mask_link if self.findings.mask_link.isVisible() else self.note,
        }
        if found:
            (fields.get(found[0]) or self.callback.fields.due).setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- what the user does --------------------------------------------------------------------
    @Slot()
    def _on_more_clicked(self) -> None:
        self._is_expanded = True
        self._show_deeds()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave keys that the form does not use to the page."""
        event.ignore()


def _deeds_look(shown: ShownWrapUp, *, folded: bool) -> tuple[object, ...]:
    return shown.deeds, shown.actions, shown.stage, folded


class DeedRow(QWidget):
    """One line of what was done: time, words."""

    def __init__(self, deed: Deed, actions: Mapping[str, str]) -> None:
        super().__init__()
        time = Label(deed_time(deed), "small", "meta", tabular=True)
        self.setLayout(row(time, ElidedLabel(deed_words(deed, actions), "value", "text"), gap=8))
