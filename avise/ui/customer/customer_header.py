"""The strip over the screen: who it is, how to reach them, what must not be missed (`ui.md` 5.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from avise.models.callers import THE_MEMBER, Caller, CallerKind
from avise.models.customer import PartyKind
from avise.models.facets import Datum
from avise.models.masking import Access, access
from avise.models.roles import Role
from avise.services.customer_updates import Alert, Header, Verification, VerificationLevel
from avise.texts import agreed, plural, text
from avise.texts.formats import (
    format_date,
    format_list_name,
    format_member_number,
    format_phone,
    format_siren,
    format_time,
)
from avise.ui.customer.alerts_line import AlertsLine
from avise.ui.customer.facts_line import NIR, Fact, FactsLine
from avise.ui.customer.record_words import together
from avise.ui.discretion import discretion
from avise.ui.shortcuts import with_keys
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.chip import Chip, ChipSpec, Tone, chip_size
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import row
from avise.ui.widgets.link import Link

HEIGHT, _MIN_WIDTH, _SIRET = 96, 300, 14


def customer_label(header: Header) -> str:
    """Return who it is as lists write it: MARCHAND Hélène; a company as it writes its name."""
    if header.kind is PartyKind.COMPANY:
        return header.last_name
    return format_list_name(header.last_name, header.first_name)


def customer_name(header: Header) -> str:
    """Return who it is as the header writes it: Mme Hélène MARCHAND; a company as it writes its name."""
    if header.kind is PartyKind.COMPANY:
        return header.last_name
    title = text(f"enum.identity.title.{header.title}") if header.title in ("mr", "mrs") else ""
    return " ".join(part for part in (title, header.first_name, header.last_name.upper()) if part)


def birth_words(header: Header) -> str:
    """Return age and birth, 58 ans · née le 12/03/1968; of a company its SIREN."""
    if header.kind is PartyKind.COMPANY:
        return text("customer.siren", siren=format_siren(header.siren)) if header.siren else ""
    age = plural("customer.years", header.age) if header.age is not None else ""
    if header.birth_date is None:
        return age
    born = agreed("customer.born_on", header.title, date=format_date(header.birth_date))
    return together(age, born)


def verification_chip(state: Verification, *, short: bool = False) -> ChipSpec:
    """Return the chip of the caller's verification: à vérifier, 1/3, 2/3, vérifiée 3/3 · 10:41 (`ui.md` 5.2).

    Args:
        state: where it stands.
        short: the count alone, where room lacks.
    """
    count = text("verify.chip.count", correct=_counted(state), needed=state.needed)
    if state.caller.kind is not CallerKind.MEMBER and state.level is not VerificationLevel.LOCKED:
        return _caller_chip(state, count, short=short)
    match state.level:
        case VerificationLevel.STRONG:
            words = count if short else together(text("verify.chip.strong", count=count), _at(state))
            return ChipSpec(words, Tone.OK, "shield-check")
        case VerificationLevel.LOCKED:
            words = text("verify.chip.locked_short" if short else "verify.chip.locked")
            return ChipSpec(words, Tone.DANGER, "lock")
        case VerificationLevel.WEAK:
            return ChipSpec(count, Tone.INFO, "circle-dot")
        case _ if state.correct:
            return ChipSpec(count, Tone.WARN, "circle-dot-dashed")
        case _:
            return ChipSpec(count if short else text("verify.chip.none"), Tone.WARN, "circle-help")


def _caller_chip(state: Verification, count: str, *, short: bool) -> ChipSpec:
    """Return the chip of somebody who speaks for the customer: who, and how sure one is (`ui.md` 5.2)."""
    strong = state.level is VerificationLevel.STRONG
    quality = text(f"caller.{state.caller.kind}")
    words = quality if short else text("caller.spoke", quality=quality, name=state.caller.name)
    told = together(words, count if state.correct or strong else "")
    return ChipSpec(told, Tone.OK if strong else Tone.INFO, "shield-check" if strong else "users")


def verification_sentence(state: Verification) -> str:
    """Return in one sentence who speaks and how sure one is: what the chip is too short to say."""
    if state.caller.kind is not CallerKind.MEMBER:
        member = replace(state, caller=THE_MEMBER)
        return ", ".join((caller_words(state.caller), verification_sentence(member)))
    answers = plural("verify.spoken.answers", state.correct, needed=state.needed)
    match state.level:
        case VerificationLevel.STRONG:
            return ", ".join(part for part in (text("verify.spoken.strong"), answers, _at(state)) if part)
        case VerificationLevel.LOCKED:
            return text("verify.chip.locked")
        case VerificationLevel.WEAK:
            lacks = text("verify.needs_recent") if state.correct >= state.needed else ""
            return ", ".join(part for part in (text("verify.spoken.weak"), answers, lacks) if part)
        case _ if state.correct:
            return f"{text('verify.spoken.none')}, {answers}"
        case _:
            return text("verify.spoken.none")


def caller_words(caller: Caller) -> str:
    """Return who calls, in which quality, what for and until when."""
    quality = text(f"caller.{caller.kind}")
    if not caller.name:
        return quality
    scope = ""
    if caller.kind is CallerKind.THIRD_PARTY and caller.scope:
        scope = text(f"enum.identity.authorized_scope.{caller.scope}")
    elif caller.kind is CallerKind.GUARDIAN:
        scope = text(f"enum.identity.protection.{caller.scope}")
    key = "caller.expired_on" if caller.expired else "customer.until"
    until = text(key, date=format_date(caller.until)) if caller.until is not None else ""
    return together(text("caller.spoke", quality=quality, name=caller.name), scope, until)


def to_send_chip(count: int) -> ChipSpec:
    """Return the chip of what waits to leave of a customer."""
    words, told = plural("outbox.count.to_send", count), plural("customer.to_send", count)
    return ChipSpec(words, Tone.INFO, "cloud-upload", told=told)


def _counted(state: Verification) -> int:
    """Return how many answers count: a recent one is among the three that make a strong level."""
    most = state.needed if state.level is VerificationLevel.STRONG else state.needed - 1
    return min(state.correct, most)


def _at(state: Verification) -> str:
    return format_time(state.at) if state.at is not None else ""


class CustomerHeader(QWidget):
    """The header, 96 high; it never scrolls.

    Args:
        role: decides whether the NIR may be revealed, compared, or neither.
        parent: of the widget.

    Signals:
        verification_requested, copy_requested, reveal_requested, compare_requested, retry_requested: what
            was pressed.
        facet_requested: the facet of the alert pressed.
    """

    verification_requested = Signal()
    copy_requested = Signal()
    reveal_requested = Signal()
    compare_requested = Signal()
    retry_requested = Signal()
    facet_requested = Signal(str)

    def __init__(self, role: Role, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(text("zone.header"))
        allowed = access(role, Datum.NIR)
        self._verification, self._short = Verification(), False
        self._name = Label("", "name")
        self._birth = Label("", "value", "muted")
        self._number = Label("", "value", "muted")
        self._reading = Label("", "small", "meta")
        self._read_so_far = text("customer.being_read")
        self.retry = Link(text("block.action.retry"))
        self._may_retry = False
        self.copy = Button(
            "", ButtonKind.QUIET, icon="copy", small=True,
            name=with_keys(text("customer.copy_number"), "copy_member_number"),
        )  # fmt: skip
        self.identity = Chip(verification_chip(Verification()), pressable=True)
        self.to_send = Chip(to_send_chip(0))
        self.to_send.hide()
        self.facts = FactsLine(
            may_reveal=allowed in (Access.CLEAR, Access.MASKED), may_compare=allowed is not Access.ABSENT
        )
        self.alerts = AlertsLine()
        self._build()
        self._connect()
        self.set_verification(self._verification)
        self._header: Header | None = None
        discretion().changed.connect(self._on_discretion_changed)
        self._on_discretion_changed()
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def _build(self) -> None:
        self._first = QHBoxLayout()
        for widget in (self._name, self._birth):
            self._first.addWidget(widget)
        self._first.addLayout(row(self._number, self.copy))
        self._first.addWidget(self.identity)
        self._first.addWidget(self.to_send)
        self._first.addWidget(self._reading)
        self._first.addWidget(self.retry)
        self._first.addStretch(1)
        self._lines = QVBoxLayout(self)
        self._lines.addLayout(self._first)
        self._lines.addWidget(self.facts)
        self._lines.addWidget(self.alerts)
        self.copy.hide()

    def _connect(self) -> None:
        self.copy.clicked.connect(self.copy_requested)
        self.identity.clicked.connect(self.verification_requested)
        self.retry.clicked.connect(self.retry_requested)
        self.facts.reveal_requested.connect(self.reveal_requested)
        self.facts.compare_requested.connect(self.compare_requested)
        self.alerts.facet_requested.connect(self.facet_requested)

    # ---- content -----------------------------------------------------------------------------
    def set_header(self, header: Header) -> None:
        """Show who it is."""
        self._header = header
        self._name.setText(customer_name(header))
        self._birth.setText(birth_words(header))
        number = format_member_number(header.member_number)
        self._number.setText(text("customer.number", number=number) if number else "")
        self.copy.setVisible(bool(header.member_number))
        known = text("people.prospect.label") if header.kind is PartyKind.PROSPECT else ""
        self._reading.setText(self._read_so_far if header.from_directory_only else known)
        facts = _facts(header)
        self.facts.set_facts([fact for fact in facts if fact.id != NIR] if discretion().is_on else facts)
        self._fit_first_line()

    def set_reading(self, words: str, *, may_retry: bool = False) -> None:
        """Say how the reading stands, for as long as only the directory says who it is.

        Args:
            words: what is being read, or which tool could not be.
            may_retry: offer to read it again.
        """
        self._read_so_far, self._may_retry = words, may_retry
        self.retry.setAccessibleName(f"{words}, {text('block.action.retry')}")
        self.retry.setToolTip(words)
        if self._header is not None:
            self.set_header(self._header)

    def set_alerts(self, alerts: Sequence[Alert]) -> None:
        """Show what must not be missed."""
        self.alerts.set_alerts(alerts)

    def set_verification(self, state: Verification) -> None:
        """Show where the caller's verification stands."""
        self._verification = state
        self.identity.set_spec(verification_chip(state, short=self._short))
        sentence = verification_sentence(state)
        self.identity.setAccessibleName(sentence)
        self.identity.setToolTip(with_keys(sentence, "identity_check"))

    def set_to_send(self, count: int) -> None:
        """Say how much of this customer waits to leave; nothing when nothing does."""
        self.to_send.set_spec(to_send_chip(count))
        self.to_send.setVisible(count > 0)
        self._fit_first_line()

    def restricted_anchor(self) -> QPoint:
        """Return where the panel about the NIR opens, in this widget."""
        return self.facts.mapTo(self, self.facts.anchor())

    def identity_anchor(self) -> QPoint:
        """Return where the verification opens, in this widget."""
        return self.identity.mapTo(self, QPoint(0, self.identity.height()))

    @Slot()
    def _on_discretion_changed(self) -> None:
        """Leave out the NIR and the alerts, which tell amounts, while the screen is discreet."""
        self.alerts.setVisible(not discretion().is_on)
        if self._header is not None:
            self.set_header(self._header)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the first line to the new width."""
        self._fit_first_line()

    def _fit_first_line(self) -> None:
        """Leave out birth, then number, where the name and the chip take all the room."""
        chip = chip_size(verification_chip(self._verification)).width()
        room = self.width() - self._name.sizeHint().width() - chip
        room -= theme().px(56)
        room -= 0 if self.to_send.isHidden() else self.to_send.sizeHint().width() + theme().px(10)
        for label in (self._number, self._birth):
            width = label.sizeHint().width() + theme().px(36)
            is_shown = bool(label.text()) and room >= width
            label.setVisible(is_shown)
            room -= width if is_shown else 0
        self._shorten(short=room < 0)
        offers = self._may_retry and self._header is not None and self._header.from_directory_only
        # The way out first: heard and hovered, it says the rest.
        self.retry.setVisible(offers)
        room -= self.retry.sizeHint().width() + theme().px(10) if offers else 0
        self._reading.setVisible(room >= self._reading.sizeHint().width())

    def _shorten(self, *, short: bool) -> None:
        """Say the verification by its count alone, where the name takes the room of its words."""
        if short == self._short:
            return
        self._short = short
        self.set_verification(self._verification)

    @Slot()
    def _on_theme_changed(self) -> None:
        px = theme().px
        self.setFixedHeight(px(HEIGHT))
        # Narrower than its words: facts leave in their order, the name never does.
        self.setMinimumWidth(px(_MIN_WIDTH))
        self._lines.setContentsMargins(px(14), px(7), px(14), px(7))
        self._lines.setSpacing(px(3))
        self._first.setSpacing(px(10))


def siret_words(siret: str) -> str:
    """Return a SIRET as it is read aloud: the SIREN by three, then the establishment."""
    return f"{format_siren(siret[:9])}\u00a0{siret[9:]}" if len(siret) == _SIRET else siret


def _facts(header: Header) -> tuple[Fact, ...]:
    since = text("customer.member_since", year=header.member_since.year) if header.member_since else ""
    plan = ", ".join(part for part in (header.plan, since) if part)
    return (
        Fact("phone", "phone", format_phone(header.phone), 1),
        Fact("email", "mail", header.email, 3),
        Fact("address", "map-pin", header.address, 4),
        _number_of(header),
        Fact("plan", "file-check", plan, 2),
        Fact("company", "store", header.company_name, 3),
        Fact("hr_contact", "user", _hr_words(header), 2),
        Fact("affiliated", "users", _affiliated_words(header), 2),
    )


def _hr_words(header: Header) -> str:
    return text("company.hr", name=header.hr_contact) if header.hr_contact else ""


def _affiliated_words(header: Header) -> str:
    return plural("company.affiliated", header.affiliated) if header.affiliated is not None else ""


def _number_of(header: Header) -> Fact:
    """Return the number by which others know the customer: a person's NIR, a company's SIRET."""
    if header.kind is not PartyKind.COMPANY:
        return Fact(NIR, "id-card", header.nir_masked, 5)
    siret = text("customer.siret", siret=siret_words(header.siret)) if header.siret else ""
    return Fact("siret", "store", siret, 5)
