"""The form for somebody whom no tool knows: who, from which number, why, and a note under its rules."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.models.contact_reasons import ContactReason
from avise.models.identifiers import parse_phone
from avise.models.note_findings import Finding, blocking
from avise.texts import text
from avise.texts.formats import format_phone
from avise.ui.aio import TaskScope
from avise.ui.customer.wrap_up_note import FindingsStrip, NoteEdit
from avise.ui.customer.wrap_up_reason import ReasonField
from avise.ui.form_panel import Field, FormPanel
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row

CHECK_AFTER_MS = 300
"""A note is checked once the user pauses."""

_WIDTH = 460

CheckNote = Callable[[str], Awaitable[tuple[Finding, ...]]]


class FormKind(StrEnum):
    """What the form makes. Texts: catalogue keys `people.<kind>.…`."""

    PROSPECT = "prospect"
    EXCHANGE = "exchange"


_ICONS = {FormKind.PROSPECT: "user", FormKind.EXCHANGE: "user-x"}


@dataclass(frozen=True, slots=True)
class CallerDetails:
    """What the form says."""

    last_name: str
    first_name: str
    phone: str
    city: str
    reason: str
    """Code of a contact reason, "" when none was chosen."""
    note: str


class CallerForm(FormPanel):
    """A prospect, or an exchange without a file.

    Args:
        kind: what it makes.
        check_note: says what a note may not hold.
        tasks: owner of what runs.
        window: over which it stands.

    Signals:
        submitted: what the form says (`CallerDetails`).
    """

    submitted = Signal(object)

    def __init__(self, kind: FormKind, check_note: CheckNote, tasks: TaskScope, window: QWidget) -> None:
        key = f"people.{kind}"
        super().__init__(text(f"{key}.title"), _ICONS[kind], text(f"{key}.submit"), window, _WIDTH)
        self._kind, self._check_note, self._tasks = kind, check_note, tasks
        self._findings: tuple[Finding, ...] = ()
        self._code = ""
        self.last_name = Field(text("people.last_name"))
        self.first_name = Field(text("people.first_name"))
        self.phone = Field(text("people.phone"))
        self.city = Field(text("people.city"))
        self.reason = ReasonField()
        self.note = NoteEdit()
        self.findings = FindingsStrip()
        self._build(text(f"{key}.explained"))
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(CHECK_AFTER_MS)
        self._pause.timeout.connect(self._check)
        self.reason.chosen.connect(self._on_reason)
        self.note.edited.connect(lambda _words: self._pause.start())
        self.findings.mask_requested.connect(self._mask)

    def _build(self, explained: str) -> None:
        self.content.addWidget(Label(explained, "small", "muted", wrap=True))
        names = row(self.last_name, self.first_name, gap=8)
        self.content.addLayout(names)
        if self._kind is FormKind.PROSPECT:
            self.content.addLayout(row(self.phone, self.city, gap=8))
        else:
            self.city.hide()
            self.content.addWidget(self.phone)
        self.content.addLayout(column(Label(text("people.reason"), "small-medium"), self.reason, gap=3))
        note = column(Label(text("people.note"), "small-medium"), self.note, self.findings, gap=3)
        self.content.addLayout(note)

    def ready(self, phone: str, reasons: Sequence[ContactReason], guessed: str) -> None:
        """Start anew.

        Args:
            phone: of the call, E.164, "" when there is none.
            reasons: to choose from.
            guessed: code of the likeliest reason, "" when nobody knows.
        """
        for field in (self.last_name, self.first_name, self.city, self.phone):
            field.edit.clear()
            field.show_error("")
        self.phone.edit.setText(format_phone(phone) if phone else "")
        self.note.load("")
        self._show_findings(())
        self.reason.set_reasons(tuple(reasons))
        self._code = guessed
        self.reason.set_reason(guessed, confirmed=False)
        self.submit_button.setEnabled(True)

    def focus_first(self) -> None:
        """Give focus to the name."""
        self.last_name.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def details(self) -> CallerDetails:
        """Return what the form says now."""
        return CallerDetails(
            self.last_name.words(),
            self.first_name.words(),
            self.phone.words(),
            self.city.words(),
            self._code,
            self.note.words().strip(),
        )

    def say_failed(self, sentence: str) -> None:
        """Say why it was not kept; what is typed stays."""
        self.submit_button.setEnabled(True)
        self.last_name.show_error(sentence)
        self.fit()

    @Slot()
    def submit(self) -> None:
        """Hand over what the form says, when nothing is wrong in it."""
        told = self.details()
        if told.phone and not parse_phone(told.phone):
            self.phone.show_error(text("person.phone"))
        elif self._lacks_somebody(told):
            self.last_name.show_error(text(f"people.{self._kind}.lacks"))
        elif blocking(self._findings):
            self.note.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._tasks.spawn(self._checked(told), name="check the form", when_busy="drop")
            return
        self.fit()

    def _lacks_somebody(self, told: CallerDetails) -> bool:
        if self._kind is FormKind.PROSPECT:
            return not (told.last_name or told.phone)
        return not (told.last_name or told.phone or told.note or told.reason)

    async def _checked(self, told: CallerDetails) -> None:
        """Look at the note once more: it may have been typed since the last pause."""
        self._show_findings(await self._check_note(told.note))
        if blocking(self._findings):
            self.note.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.submit_button.setEnabled(False)
        self.submitted.emit(told)

    # ---- the note ----------------------------------------------------------------------------
    @Slot(str)
    def _on_reason(self, code: str) -> None:
        self._code = code
        self.reason.set_reason(code, confirmed=True)

    @Slot()
    def _check(self) -> None:
        self._tasks.spawn(self._look(self.note.words()), name="check the note")

    async def _look(self, words: str) -> None:
        self._show_findings(await self._check_note(words))

    def _show_findings(self, findings: Sequence[Finding]) -> None:
        self._findings = tuple(findings)
        self.note.mark(self._findings)
        self.findings.set_findings(self._findings)
        if self.isVisible():
            self.fit()

    @Slot()
    def _mask(self) -> None:
        from avise.models.free_text import masked_note  # noqa: PLC0415 - checks of numbers, rarely needed

        self.note.load(masked_note(self.note.words()))
        self._check()
