"""The call-back promised during an exchange: day and hour, reminder, and what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QDate, QDateTime, QLocale, QTime, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDateTimeEdit, QLineEdit, QSizePolicy, QWidget
from typing_extensions import override

from avise.models.wrap_up import CallbackPromise
from avise.texts import language, text
from avise.texts.formats import PARIS, format_short_date, format_time, local
from avise.ui.theme import theme
from avise.ui.widgets.check_box import CheckBox
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.painting import draw_box

REMIND_BEFORE = timedelta(minutes=15)


class DueEdit(QDateTimeEdit):
    """A day and an hour in Paris, typed or moved with the arrows."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(text("wrap_up.callback_due"))
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setFrame(False)
        self.setLocale(QLocale(language()))
        self.setDisplayFormat("ddd dd/MM/yyyy  HH:mm")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def set_due(self, due: datetime) -> None:
        """Show a moment."""
        there = local(due)
        shown = QDateTime(QDate(there.year, there.month, there.day), QTime(there.hour, there.minute))
        if shown != self.dateTime():
            self.setDateTime(shown)

    def due(self) -> datetime:
        """Return the moment shown."""
        day, hour = self.date(), self.time()
        there = datetime(day.year(), day.month(), day.day(), hour.hour(), hour.minute(), tzinfo=PARIS)
        return there.astimezone(UTC)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box of a field; a style sheet would leave no room for the words in this one."""
        painter = QPainter(self)
        draw_box(painter, self.rect(), theme().px(4), "bg-surface", "border-control", theme().line_width)
        painter.end()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFont(theme().font("value", tabular=True))
        self.lineEdit().setFont(self.font())
        self.setFixedHeight(theme().height_of("control"))
        self._place()

    def _place(self) -> None:
        """Leave the edge to the box: the field inside fills its own ground."""
        side, edge = theme().px(6), max(round(theme().line_width), 1) + 1
        self.lineEdit().setGeometry(self.rect().adjusted(side, edge, -side, -edge))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the field inside."""
        super().resizeEvent(event)
        self._place()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Place the field inside: a style sheet that comes late moves it."""
        super().showEvent(event)
        self._place()


class PromiseFields(QWidget):
    """Day and hour, reminder, and words of a promised call-back.

    Signals:
        changed: the user changed one of them.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._is_showing = False
        self.due = DueEdit()
        self.remind = CheckBox(text("wrap_up.callback_remind"))
        self.words = QLineEdit()
        self.words.setAccessibleName(text("wrap_up.callback_words"))
        self.words.setPlaceholderText(text("wrap_up.callback_words"))
        on = Label(text("wrap_up.callback_on"), "small", "muted")
        self.setLayout(column(row(on, self.due, gap=8), self.remind, self.words, gap=3))
        self.due.dateTimeChanged.connect(self._on_changed)
        self.remind.toggled.connect(self._on_changed)
        self.words.textEdited.connect(self._on_changed)

    def show_promise(self, promise: CallbackPromise) -> None:
        """Show a promise; what is already so is left alone."""
        self._is_showing = True
        self.due.set_due(promise.due)
        self.remind.setChecked(promise.remind_at is not None)
        if promise.words != self.words.text():
            self.words.setText(promise.words)
        self._is_showing = False

    def promise(self) -> CallbackPromise:
        """Return what the fields say."""
        due = self.due.due()
        return CallbackPromise(
            due, due - REMIND_BEFORE if self.remind.isChecked() else None, self.words.text()
        )

    @Slot()
    def _on_changed(self) -> None:
        if not self._is_showing:
            self.changed.emit()


class CallbackFields(QWidget):
    """A box to tick, and the fields that it opens; they are built when a call-back is first promised.

    Signals:
        promised: the promise (a `CallbackPromise`), or None when it is taken back.
    """

    promised = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._promise: CallbackPromise | None = None
        self._default_due: datetime | None = None
        self._is_showing = False
        self._fields: PromiseFields | None = None
        self.wanted = CheckBox(text("wrap_up.callback_wanted"))
        self._lines = column(self.wanted, gap=2)
        self.setLayout(self._lines)
        self.wanted.toggled.connect(self._on_toggled)

    @property
    def fields(self) -> PromiseFields:
        """The fields of the promise."""
        if self._fields is None:
            self._fields = PromiseFields(self)
            self._fields.hide()
            self._fields.changed.connect(self._on_fields_changed)
            self._lines.addWidget(self._fields)
            QWidget.setTabOrder(self.wanted, self._fields.due)
            QWidget.setTabOrder(self._fields.due, self._fields.remind)
            QWidget.setTabOrder(self._fields.remind, self._fields.words)
        return self._fields

    def show_promise(self, promise: CallbackPromise | None, default_due: datetime | None) -> None:
        """Show a promise, or when it would be."""
        if promise == self._promise and default_due == self._default_due:
            return
        self._promise, self._default_due = promise, default_due
        self._is_showing = True
        self.wanted.setChecked(promise is not None)
        self._is_showing = False
        self.wanted.setText(_wanted_words(promise.due if promise is not None else default_due))
        self.wanted.updateGeometry()
        if promise is not None:
            self.fields.show_promise(promise)
        if self._fields is not None:
            self._fields.setVisible(promise is not None)

    @Slot(bool)
    def _on_toggled(self, wanted: bool) -> None:
        if self._is_showing:
            return
        due = self._default_due
        self.promised.emit(CallbackPromise(due, due - REMIND_BEFORE) if wanted and due is not None else None)

    @Slot()
    def _on_fields_changed(self) -> None:
        if self._promise is not None:
            self.promised.emit(self.fields.promise())


def _wanted_words(due: datetime | None) -> str:
    if due is None:
        return text("wrap_up.callback_wanted")
    return text("wrap_up.callback_at", day=format_short_date(local(due).date()), time=format_time(due))
