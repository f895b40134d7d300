"""The fields of a request's form, each with where its value comes from and what is wrong with it."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from avise.services.request_values import FormField
from avise.texts import text
from avise.texts.formats import format_moment
from avise.ui.new_request.choice_box import ChoiceBox
from avise.ui.theme import theme
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row

WIDE_KINDS = frozenset({"note"})
"""Fields that take a line of their own."""
_NARROW = {"date": 120, "month": 120, "time": 80, "amount": 120, "number": 96, "phone": 180}
_HINTS = ("date", "amount", "phone", "iban")
_LONGEST = 2000


class RequestField(QWidget):
    """One field.

    Args:
        asked: what it asks, and what is known.
        now: the present, for how old that is.
        parent: of the widget.

    Signals:
        edited: what it now holds, as it is typed.
    """

    edited = Signal(str)

    def __init__(self, asked: FormField, now: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.asked = asked
        optional = "" if asked.required else f" {text('action_form.optional')}"
        self._label = Label(f"{asked.label}{optional}", "small-medium", wrap=True)
        self._source = Label(source_words(asked, now), "source", "meta", wrap=True)
        self._stale = Icon("history", 12, "warn")
        self._source_line = QWidget()
        known = row(self._stale, self._source, gap=4)
        known.setStretch(1, 1)
        self._source_line.setLayout(known)
        if asked.hint:
            self._source.set_tone("warn")
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem_line = QWidget()
        wrong = row(Icon("circle-alert", 13, "danger"), self._problem, gap=5)
        wrong.setStretch(1, 1)
        self._problem_line.setLayout(wrong)
        self._problem_line.hide()
        self.editor = self._make()
        self.editor.setAccessibleName(self._label.text())
        self._label.setBuddy(self.editor)
        self.setFocusProxy(self.editor)
        fixed = asked.kind in _NARROW
        line = row(self.editor, *((None,) if fixed else ()))
        self.setLayout(column(self._label, line, self._source_line, self._problem_line, gap=3))
        self._show_source()

    def _make(self) -> QWidget:
        if self.asked.choices:
            return self._choice()
        return self._note() if self.asked.kind in WIDE_KINDS else self._line()

    def _line(self) -> QLineEdit:
        editor, kind = QLineEdit(), self.asked.kind
        if kind in _HINTS:
            editor.setPlaceholderText(text(f"new_request.hint.{kind}"))
        if kind in _NARROW:
            editor.setFixedWidth(theme().px(_NARROW[kind]))
        editor.setMaxLength(_LONGEST)
        editor.setMinimumWidth(theme().px(60))
        editor.textEdited.connect(self._on_edited)
        return editor

    def _note(self) -> QPlainTextEdit:
        editor = QPlainTextEdit()
        editor.setTabChangesFocus(True)
        editor.setFixedHeight(theme().px(58))
        editor.textChanged.connect(lambda: self._on_edited(editor.toPlainText()))
        return editor

    def _choice(self) -> QComboBox:
        editor = ChoiceBox()
        editor.setPlaceholderText(text("action_form.choose"))
        if not self.asked.required:
            editor.addItem(text("action_form.none"), "")
        for code, label in self.asked.choices:
            editor.addItem(label, code)
        editor.setCurrentIndex(-1)
        editor.activated.connect(lambda _index: self._on_edited(str(editor.currentData() or "")))
        return editor

    def _on_edited(self, words: str) -> None:
        self._source_line.hide()
        self.edited.emit(words)

    def _show_source(self) -> None:
        self._source_line.setVisible(bool(self._source.text()))
        self._stale.setVisible(bool(self.asked.hint))

    def take(self, asked: FormField, now: datetime) -> None:
        """Show what has become known of a field in which nothing was typed."""
        self.asked = asked
        self._source.setText(source_words(asked, now))
        self._source.set_tone("warn" if asked.hint else "meta")
        self.set_value(asked.value)

    # ---- what it holds -----------------------------------------------------------------------
    def set_value(self, words: str) -> None:
        """Show a value, without saying that it was typed."""
        self.editor.blockSignals(True)
        if isinstance(self.editor, QComboBox):
            self.editor.setCurrentIndex(self.editor.findData(words) if words else -1)
        elif isinstance(self.editor, QPlainTextEdit):
            self.editor.setPlainText(words)
        elif isinstance(self.editor, QLineEdit):
            self.editor.setText(words)
        self.editor.blockSignals(False)
        self._show_source()
        if words != self.asked.value:
            self._source_line.hide()

    def value(self) -> str:
        """Return what it holds."""
        if isinstance(self.editor, QComboBox):
            return str(self.editor.currentData() or "")
        if isinstance(self.editor, QPlainTextEdit):
            return self.editor.toPlainText()
        return self.editor.text() if isinstance(self.editor, QLineEdit) else ""

    def source(self) -> str:
        """Return what is said of where the value comes from; "" once it was typed over."""
        return self._source.text() if not self._source_line.isHidden() else ""

    # ---- what is wrong -----------------------------------------------------------------------
    def show_problem(self, sentence: str) -> None:
        """Say what is wrong and what to do; "" takes it away."""
        if sentence == self._problem.text():
            return
        self._problem.setText(sentence)
        self._problem_line.setVisible(bool(sentence))
        mark_wrong(self.editor, sentence)
        self.updateGeometry()

    def problem(self) -> str:
        """Return what is said to be wrong."""
        return self._problem.text()

    def take_focus(self) -> None:
        """Take focus, ready to be typed over."""
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(self.editor, QLineEdit):
            self.editor.selectAll()


def mark_wrong(editor: QWidget, sentence: str) -> None:
    """Give a field the edge of an error, and say why to people who hear it."""
    editor.setProperty("state", "error" if sentence else "")
    editor.style().unpolish(editor)
    editor.style().polish(editor)
    editor.setAccessibleDescription(sentence)


def source_words(asked: FormField, now: datetime) -> str:
    """Return where a value comes from and when it was read: « Remboursements · 10:44 »."""
    if not asked.source or not asked.value:
        return ""
    when = format_moment(asked.as_of, now) if asked.as_of is not None else ""
    return " · ".join(filter(None, (asked.source, when, asked.hint)))
