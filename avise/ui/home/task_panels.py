"""The small forms of Ma journée: another time, another person, a task, an absence with a deputy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from itertools import pairwise
from uuid import UUID

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from avise.models.absences import Absence
from avise.models.tasks import NewTask, TaskId, TaskKind
from avise.texts import text
from avise.ui.form_panel import Field, FormPanel
from avise.ui.home.moments import choices, moment_words, read_moment
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column

Clock = Callable[[], datetime]
START_OF_DAY, END_OF_DAY = time(8), time(18)


class MomentField(Field):
    """A field for a time, which says how it was understood.

    Args:
        label: above the field.
        now: the clock.
        hour: of a day that comes without one.
    """

    def __init__(self, label: str, now: Clock, hour: time | None = None) -> None:
        super().__init__(label, text("moment.hint"))
        self._now, self._hour = now, hour
        self._read = Label("", "small", "meta")
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(2, self._read)
        self._read.hide()
        self.edit.textEdited.connect(self._on_edited)

    def moment(self) -> datetime | None:
        """Return the time typed, None when it is not one."""
        return read_moment(self.words(), self._now(), *([self._hour] if self._hour is not None else []))

    def required(self) -> datetime | None:
        """Return the time typed, and say what is wrong when there is none to come."""
        found = self.moment()
        if found is None:
            self.show_error(text("moment.unreadable"))
        elif found <= self._now():
            self.show_error(text("moment.past"))
            return None
        return found

    @Slot(str)
    def _on_edited(self, _words: str) -> None:
        found = self.moment()
        self._read.setText(moment_words(found, self._now()) if found is not None else "")
        self._read.setVisible(found is not None)


class MovePanel(FormPanel):
    """Another time for a task: a few ready ones, or one typed.

    Signals:
        chosen: the task and its time.
    """

    chosen = Signal(object, object)

    def __init__(self, now: Clock, parent: QWidget) -> None:
        super().__init__(text("day.move.title"), "calendar", text("day.move.submit"), parent)
        self._now = now
        self._task: TaskId | None = None
        self._choices = QVBoxLayout()
        self._choices.setSpacing(2)
        self.field = MomentField(text("day.move.other"), now)
        self.content.addLayout(self._choices)
        self.content.addWidget(self.field)

    def ready(self, task: TaskId) -> None:
        """Offer times for a task."""
        self._task = task
        clear(self._choices)
        self.field.edit.clear()
        self.field.show_error("")
        for choice in choices(self._now()):
            button = Button(choice.words, ButtonKind.QUIET, icon="clock")
            button.clicked.connect(lambda _checked=False, at=choice.at: self._choose(at))
            self._choices.addWidget(button)
            button.show()  # a widget added to a panel on screen is shown too late to be measured
        for before, after in pairwise([*self.buttons(), self.field.edit, self.submit_button]):
            QWidget.setTabOrder(before, after)

    def focus_first(self) -> None:
        """Give focus to the first time offered."""
        item = self._choices.itemAt(0)
        first = item.widget() if item is not None else None
        (first or self.field.edit).setFocus(Qt.FocusReason.OtherFocusReason)

    def buttons(self) -> list[Button]:
        """Return the times offered."""
        items = (self._choices.itemAt(place) for place in range(self._choices.count()))
        found = (item.widget() for item in items if item is not None)
        return [button for button in found if isinstance(button, Button)]

    @Slot()
    def submit(self) -> None:
        """Take the time typed, or the one whose button has focus."""
        focused = next((button for button in self.buttons() if button.hasFocus()), None)
        if focused is not None:
            focused.click()
        elif (found := self.field.required()) is not None:
            self._choose(found)

    def _choose(self, at: datetime) -> None:
        task = self._task
        self.close_panel()
        self.chosen.emit(task, at)


class AssignPanel(FormPanel):
    """Another person for a task.

    Signals:
        chosen: the task and the login.
    """

    chosen = Signal(object, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(text("day.assign.title"), "users", text("day.assign.submit"), parent)
        self._task: TaskId | None = None
        self.field = Field(text("day.assign.login"), text("day.login_hint"))
        self.content.addWidget(self.field)
        self.content.addWidget(Label(text("day.assign.explained"), "small", "meta", wrap=True))

    def ready(self, task: TaskId) -> None:
        """Ask to whom a task goes."""
        self._task = task
        self.field.edit.clear()
        self.field.show_error("")

    def focus_first(self) -> None:
        """Give focus to the field."""
        self.field.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def submit(self) -> None:
        """Give the task, when a login is typed."""
        login = self.field.words()
        if not login:
            self.field.show_error(text("task.no_assignee"))
            return
        task = self._task
        self.close_panel()
        self.chosen.emit(task, login)


class NewTaskPanel(FormPanel):
    """A task for oneself.

    Signals:
        added: what is to be done (a `NewTask`).
    """

    added = Signal(object)

    def __init__(self, now: Clock, parent: QWidget) -> None:
        super().__init__(text("day.new_task"), "list-plus", text("day.new.submit"), parent)
        self.task_words = Field(text("day.new.words"))
        self.when = MomentField(text("day.new.when"), now)
        self.content.addWidget(self.task_words)
        self.content.addWidget(self.when)

    def ready(self) -> None:
        """Start with empty fields."""
        for field in (self.task_words, self.when):
            field.edit.clear()
            field.show_error("")

    def focus_first(self) -> None:
        """Give focus to the words."""
        self.task_words.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def submit(self) -> None:
        """Add the task, when it says what and when."""
        if not self.task_words.words():
            self.task_words.show_error(text("task.no_words"))
            return
        due = self.when.required()
        if due is not None:
            new = NewTask(TaskKind.TODO, self.task_words.words(), due)
            self.close_panel()
            self.added.emit(new)


class AbsencePanel(FormPanel):
    """An absence: from when, until when, who does the tasks meanwhile; or the end of the one under way.

    Signals:
        declared: start, end, login of the deputy.
        ended: the absence that is over.
    """

    declared = Signal(object, object, str)
    ended = Signal(object)

    def __init__(self, now: Clock, parent: QWidget) -> None:
        super().__init__(text("absence.title"), "coffee", text("absence.submit"), parent)
        self._now = now
        self._absence: UUID | None = None
        self.starts = MomentField(text("absence.starts"), now, START_OF_DAY)
        self.ends = MomentField(text("absence.ends"), now, END_OF_DAY)
        self.deputy = Field(text("absence.deputy_field"), text("day.login_hint"))
        self._form = QWidget()
        explained = Label(text("absence.explained"), "small", "meta", wrap=True)
        self._form.setLayout(column(self.starts, self.ends, self.deputy, explained, gap=10))
        self._told = Label("", "body", wrap=True)
        self.content.addWidget(self._told)
        self.content.addWidget(self._form)

    def ready(self, absence: Absence | None) -> None:
        """Ask about an absence, or show the one declared, which can be ended."""
        self._absence = absence.id if absence is not None else None
        self._form.setVisible(absence is None)
        self._told.setVisible(absence is not None)
        self._told.setText(absence_words(absence, self._now()) if absence is not None else "")
        self.submit_button.setText(text("absence.submit" if absence is None else "absence.end"))
        self.submit_button.updateGeometry()
        for field in (self.starts, self.ends, self.deputy):
            field.edit.clear()
            field.show_error("")

    def focus_first(self) -> None:
        """Give focus to the first field, or to the button that ends the absence."""
        first = self.starts.edit if self._absence is None else self.submit_button
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def submit(self) -> None:
        """Declare the absence, or end the one shown."""
        if self._absence is not None:
            absence = self._absence
            self.close_panel()
            self.ended.emit(absence)
            return
        starts = self.starts.moment() if self.starts.words() else self._now()
        if starts is None:
            self.starts.show_error(text("moment.unreadable"))
            return
        ends = self.ends.required()
        if ends is None:
            return
        if ends <= starts:
            self.ends.show_error(text("absence.dates"))
        elif not self.deputy.words():
            self.deputy.show_error(text("absence.deputy"))
        else:
            login = self.deputy.words()
            self.close_panel()
            self.declared.emit(starts, ends, login)


def absence_words(absence: Absence, now: datetime) -> str:
    """Return an absence in a sentence: until when, and who does the tasks."""
    ends = moment_words(absence.ends, now)
    if absence.covers(now):
        return text("absence.under_way", ends=ends, login=absence.deputy)
    return text("absence.planned", starts=moment_words(absence.starts, now), ends=ends, login=absence.deputy)
