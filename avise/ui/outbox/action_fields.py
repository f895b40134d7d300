"""The fields of an action's form, made from its declared inputs (`ui.md` 5.17)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from avise.connectors.action_contract import ActionInput, InputType
from avise.models.json_types import JSON
from avise.texts import text
from avise.texts.formats import PARIS, format_date, format_time
from avise.ui.theme import theme
from avise.ui.widgets.check_box import CheckBox
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row

LONG_TEXT = 160
"""Longer texts get several lines."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One thing that a field offers: its code and what staff read."""

    code: str
    label: str


# ---- reading what was typed --------------------------------------------------------------------------
_DAY = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")
_HOUR = re.compile(r"(\d{1,2})\s*(?:[:hH]\s*(\d{2})?)?")


def read_day(words: str) -> date | None:
    """Return a date typed as 24/03/2026, None when it is not one."""
    found = _DAY.fullmatch(words.strip())
    if found is None:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None


def read_hour(words: str) -> time | None:
    """Return a time typed as 14:30, 14h30 or 14 h, None when it is not one."""
    found = _HOUR.fullmatch(words.replace("\u00a0", " ").strip())
    if found is None:
        return None
    try:
        return time(int(found[1]), int(found[2] or 0))
    except ValueError:
        return None


def read_phone(words: str) -> str:
    """Return a number in E.164 when it is a French one by pairs, else as typed."""
    digits = re.sub(r"[\s.\u00a0\u202f-]", "", words)
    return f"+33{digits[1:]}" if re.fullmatch(r"0[1-9]\d{8}", digits) else digits


# ---- fields --------------------------------------------------------------------------------------------
class ActionField(QWidget):
    """One labelled field, with what is wrong with it under it.

    Args:
        declared: the input.
        parent: of the widget.

    Signals:
        changed: the user changed the value.
        submitted: Enter was pressed in it.
    """

    changed = Signal()
    submitted = Signal()

    def __init__(self, declared: ActionInput, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.declared = declared
        optional = "" if _needed(declared) else f" {text('action_form.optional')}"
        self._label = Label(f"{declared.label}{optional}", "small-medium")
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem_line = QWidget()
        line = row(Icon("circle-alert", 13, "danger"), self._problem, gap=5)
        line.setStretch(1, 1)
        self._problem_line.setLayout(line)
        self._problem_line.hide()
        self._help = Label(declared.help, "small", "meta", wrap=True)
        self._help.setVisible(bool(declared.help))

    def _place(self, *editors: QWidget) -> None:
        # Named by the label, so that the reader says what the eye reads above the field.
        for editor in editors:
            if not editor.accessibleName():
                editor.setAccessibleName(self._label.text())
        self._label.setBuddy(editors[0])
        fixed = editors[-1].maximumWidth() == editors[-1].minimumWidth()
        line = row(*editors, *((None,) if fixed else ()), gap=6)
        self.setLayout(column(self._label, line, self._help, self._problem_line, gap=4))
        self.setFocusProxy(editors[0])

    def editors(self) -> Sequence[QWidget]:
        """Return what takes what is typed, in tab order."""
        raise NotImplementedError

    def value(self) -> JSON:
        """Return the value as the action takes it; None when empty, what was typed when it means nothing."""
        raise NotImplementedError

    def set_value(self, value: JSON) -> None:
        """Show a known value, to be kept or changed."""
        raise NotImplementedError

    def show_problem(self, sentence: str) -> None:
        """Say what is wrong and what to do; "" takes it away."""
        changed = sentence != self._problem.text()
        self._problem.setText(sentence)
        self._problem_line.setVisible(bool(sentence))
        for editor in self.editors():
            editor.setProperty("state", "error" if sentence else "")
            editor.style().unpolish(editor)
            editor.style().polish(editor)
            editor.setAccessibleDescription(sentence)
        if changed:
            self.updateGeometry()

    def problem(self) -> str:
        """Return what is said to be wrong."""
        return self._problem.text()

    def take_focus(self) -> None:
        """Take focus, ready to be typed over."""
        first = self.editors()[0]
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(first, QLineEdit):
            first.selectAll()


def _line(field: ActionField, hint: str = "") -> QLineEdit:
    editor = QLineEdit()
    editor.setPlaceholderText(hint)
    editor.textEdited.connect(lambda _words: field.changed.emit())
    editor.returnPressed.connect(field.submitted)
    return editor


_HINTS = {
    InputType.POSTCODE: "action_form.hint.postcode",
    InputType.EMAIL: "action_form.hint.email",
    InputType.PHONE: "action_form.hint.phone",
    InputType.INT: "",
}
_NARROW = {InputType.POSTCODE: 96, InputType.INT: 96, InputType.PHONE: 180}


class LineField(ActionField):
    """A short text, a number, an address of e-mail, a telephone number or a post code."""

    def __init__(self, declared: ActionInput, parent: QWidget | None = None) -> None:
        super().__init__(declared, parent)
        key = _HINTS.get(declared.type, "")
        self._editor = _line(self, text(key) if key else "")
        if declared.type is InputType.TEXT:
            self._editor.setMaxLength(declared.max_length)
        if declared.type in _NARROW:
            self._editor.setFixedWidth(theme().px(_NARROW[declared.type]))
        self._place(self._editor)

    def editors(self) -> Sequence[QWidget]:
        """Return the line."""
        return (self._editor,)

    def value(self) -> JSON:
        """Return the words without spaces around; a number as a number."""
        words = self._editor.text().strip()
        if not words:
            return None
        if self.declared.type is InputType.INT:
            return int(words) if re.fullmatch(r"-?\d{1,9}", words, re.ASCII) else words
        return read_phone(words) if self.declared.type is InputType.PHONE else words

    def set_value(self, value: JSON) -> None:
        """Show a known value."""
        self._editor.setText("" if value is None else str(value))


class LongField(ActionField):
    """A text of several lines, sent as one paragraph: Tab leaves it."""

    def __init__(self, declared: ActionInput, parent: QWidget | None = None) -> None:
        super().__init__(declared, parent)
        self._editor = QPlainTextEdit()
        self._editor.setTabChangesFocus(True)
        self._editor.setFixedHeight(theme().px(64))
        self._editor.textChanged.connect(self.changed)
        self._place(self._editor)

    def editors(self) -> Sequence[QWidget]:
        """Return the text area."""
        return (self._editor,)

    def value(self) -> JSON:
        """Return the words on one line."""
        return " ".join(self._editor.toPlainText().split()) or None

    def set_value(self, value: JSON) -> None:
        """Show a known value."""
        self._editor.setPlainText("" if value is None else str(value))


class DateField(ActionField):
    """A day typed as it is said; the value is an ISO date."""

    def __init__(self, declared: ActionInput, parent: QWidget | None = None) -> None:
        super().__init__(declared, parent)
        self._editor = _line(self, text("action_form.hint.date"))
        self._editor.setFixedWidth(theme().px(120))
        self._place(self._editor)

    def editors(self) -> Sequence[QWidget]:
        """Return the line."""
        return (self._editor,)

    def value(self) -> JSON:
        """Return the day."""
        words = self._editor.text().strip()
        day = read_day(words)
        return day.isoformat() if day is not None else (words or None)

    def set_value(self, value: JSON) -> None:
        """Show a known day."""
        self._editor.setText(format_date(date.fromisoformat(str(value))) if value else "")


class MomentField(ActionField):
    """A day and a time in Paris; the value is an ISO date and time with its offset."""

    def __init__(self, declared: ActionInput, parent: QWidget | None = None) -> None:
        super().__init__(declared, parent)
        self._day = _line(self, text("action_form.hint.date"))
        self._hour = _line(self, text("action_form.hint.time"))
        self._day.setFixedWidth(theme().px(120))
        self._hour.setFixedWidth(theme().px(72))
        self._day.setAccessibleName(text("action_form.day_of", label=declared.label))
        self._hour.setAccessibleName(text("action_form.time_of", label=declared.label))
        self._place(self._day, self._hour)

    def editors(self) -> Sequence[QWidget]:
        """Return day and time."""
        return (self._day, self._hour)

    def value(self) -> JSON:
        """Return the moment."""
        words = (self._day.text().strip(), self._hour.text().strip())
        day, hour = read_day(words[0]), read_hour(words[1])
        if day is not None and hour is not None:
            return datetime.combine(day, hour, PARIS).isoformat()
        return " ".join(words).strip() or None

    def set_value(self, value: JSON) -> None:
        """Show a known moment."""
        if not value:
            self._day.clear()
            self._hour.clear()
            return
        at = datetime.fromisoformat(str(value)).astimezone(PARIS)
        self._day.setText(format_date(at.date()))
        self._hour.setText(format_time(at))

    def take_focus(self) -> None:
        """Take focus where something is missing."""
        missing = self._hour if read_day(self._day.text()) is not None else self._day
        missing.setFocus(Qt.FocusReason.OtherFocusReason)
        missing.selectAll()


class PickField(ActionField):
    """One among several: codes of the action, or records of the customer."""

    def __init__(self, declared: ActionInput, picks: Sequence[Pick], parent: QWidget | None = None) -> None:
        super().__init__(declared, parent)
        self._editor = QComboBox()
        self._editor.setPlaceholderText(text("action_form.choose"))
        if not _needed(declared):
            self._editor.addItem(text("action_form.none"), "")
        for pick in picks:
            self._editor.addItem(pick.label, pick.code)
        self._editor.setCurrentIndex(-1)
        if len(picks) == 1 and _needed(declared):
            self._editor.setCurrentIndex(0)
        self._editor.setEnabled(bool(picks))
        self._editor.activated.connect(lambda _index: self.changed.emit())
        self._editor.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self._place(self._editor)

    def editors(self) -> Sequence[QWidget]:
        """Return the list."""
        return (self._editor,)

    def value(self) -> JSON:
        """Return the code of what is chosen."""
        return self._editor.currentData() or None

    def set_value(self, value: JSON) -> None:
        """Choose a code; one that is not offered chooses nothing."""
        self._editor.setCurrentIndex(self._editor.findData(value))


class SwitchField(ActionField):
    """Yes or no."""

    def __init__(self, declared: ActionInput, parent: QWidget | None = None) -> None:
        super().__init__(declared, parent)
        self._editor = CheckBox(declared.label)
        self._editor.toggled.connect(lambda _on: self.changed.emit())
        self._label.hide()
        self._place(self._editor)

    def editors(self) -> Sequence[QWidget]:
        """Return the box."""
        return (self._editor,)

    def value(self) -> JSON:
        """Return whether it is on."""
        return self._editor.isChecked()

    def set_value(self, value: JSON) -> None:
        """Show a known value."""
        self._editor.setChecked(value is True)


def make_field(declared: ActionInput, records: Sequence[Pick] = ()) -> ActionField:
    """Return the field of an input.

    Args:
        declared: the input.
        records: what a RECORD may be picked from.
    """
    match declared.type:
        case InputType.CHOICE:
            field: ActionField = PickField(declared, [Pick(one.code, one.label) for one in declared.choices])
        case InputType.RECORD:
            field = PickField(declared, records)
        case InputType.BOOL:
            field = SwitchField(declared)
        case InputType.DATE:
            field = DateField(declared)
        case InputType.DATETIME:
            field = MomentField(declared)
        case InputType.TEXT if declared.max_length > LONG_TEXT:
            field = LongField(declared)
        case _:
            field = LineField(declared)
    if declared.default is not None:
        field.set_value(declared.default)
    return field


def _needed(declared: ActionInput) -> bool:
    return declared.required or declared.default is not None or declared.type is InputType.BOOL
