"""Small forms of what is done with requests: where to, why, to whom, how it ends; by the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.models.business_hours import DEFAULT_HOURS
from avise.models.journal import EventKind
from avise.models.requests import Priority
from avise.services.request_values import ColleagueRow, RequestDeed, RequestRow
from avise.texts import plural, text
from avise.texts.formats import format_moment, local
from avise.ui.form_panel import Field, FormPanel
from avise.ui.home.task_panels import MomentField
from avise.ui.requests.choice_field import Choice, ChoiceField
from avise.ui.requests.wording import short_number
from avise.ui.widgets.check_box import CheckBox
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column
from avise.ui.widgets.segmented import Segmented

WIDTH = 380
ASK_WITHIN = 4 * 60
"""Open minutes that a question leaves to answer, unless told."""
PAUSES = {
    "member": ("document", "answer", "signature", "payment", "member"),
    "third_party": ("fund", "provider", "employer", "other_insurer", "third_party"),
}
"""Why one waits, by whom one waits for."""
MISROUTED = "misrouted"


class DeedPanel(FormPanel):
    """A form of which comes one deed.

    Signals:
        wanted: what is to be done (a `RequestDeed`).
    """

    wanted = Signal(object)

    def __init__(self, title: str, icon: str, submit: str, parent: QWidget) -> None:
        super().__init__(title, icon, submit, parent, WIDTH)

    def do(self, deed: RequestDeed) -> None:
        """Close, and have it done."""
        self.close_panel()
        self.wanted.emit(deed)

    def focus_first(self) -> None:
        """Take focus on the first field.

        Raises:
            NotImplementedError: the subclass does not say.
        """
        raise NotImplementedError


class TransferPanel(DeedPanel):
    """Another corbeille, and whether it came here by mistake."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            text("request_panel.transfer"), "arrow-right-left", text("request_panel.transfer.submit"), parent
        )
        self.queues = ChoiceField(text("request_panel.transfer.queue"))
        self.misrouted = CheckBox(text("request_panel.transfer.misrouted"))
        self.field = Field(text("request_panel.transfer.words"))
        for part in (self.queues, self.misrouted, self.field):
            self.content.addWidget(part)
        self.queues.taken.connect(self.submit)

    def ready(self, queues: Sequence[tuple[str, str]], count: int = 1) -> None:
        """Offer these corbeilles."""
        self.title.setText(
            text("request_panel.transfer") if count == 1 else plural("request_panel.transfer.many", count)
        )
        self.queues.show_choices([Choice(code, label) for code, label in queues])
        self.misrouted.setChecked(False)
        self.field.edit.clear()

    def focus_first(self) -> None:
        """Take focus on the corbeilles."""
        self.queues.focus_first()

    @Slot()
    def submit(self) -> None:
        """Transfer."""
        queue = self.queues.current()
        if not queue:
            self.queues.show_error(text("request_panel.transfer.none"))
            return
        reason = MISROUTED if self.misrouted.isChecked() else ""
        words = self.field.words()
        self.do(RequestDeed(EventKind.REQUEST_TRANSFERRED, queue=queue, reason=reason, words=words))


class PausePanel(DeedPanel):
    """For whom and for what one waits: the clock of the service stops meanwhile."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            text("request_panel.pause"), "circle-pause", text("request_panel.pause.submit"), parent
        )
        choices = [(code, text(f"request_panel.pause.{code}")) for code in PAUSES]
        self.whom = Segmented(choices, "member", text("request_panel.pause.whom"))
        self.reasons = ChoiceField(text("request_panel.pause.reason"))
        self.content.addLayout(
            column(Label(text("request_panel.pause.whom"), "small-medium"), self.whom, gap=4)
        )
        self.content.addWidget(self.reasons)
        self.content.addWidget(Label(text("request_panel.pause.explained"), "small", "meta", wrap=True))
        self.whom.chosen.connect(self._show_reasons)
        self.reasons.taken.connect(self.submit)

    def ready(self) -> None:
        """Offer to wait for the member."""
        self.whom.set_current("member")
        self._show_reasons("member")

    @Slot(str)
    def _show_reasons(self, whom: str) -> None:
        choices = [Choice(code, text(f"request.pause.{code}")) for code in PAUSES[whom]]
        self.reasons.show_choices(choices)

    def focus_first(self) -> None:
        """Take focus on whom one waits for."""
        self.whom.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def submit(self) -> None:
        """Pause."""
        reason = self.reasons.current()
        if not reason:
            self.reasons.show_error(text("request_panel.pause.none"))
            return
        self.do(RequestDeed(EventKind.REQUEST_PAUSED, waits_for=self.whom.current, reason=reason))


class QuestionPanel(DeedPanel):
    """A question to the other desk, with a time of its own to answer."""

    def __init__(self, now: Callable[[], datetime], parent: QWidget) -> None:
        super().__init__(text("request_panel.ask"), "circle-help", text("request_panel.ask.submit"), parent)
        self._now = now
        self.words_field = Field(text("request_panel.ask.words"))
        self.due = MomentField(text("request_panel.ask.due"), now)
        self.content.addWidget(self.words_field)
        self.content.addWidget(self.due)

    def ready(self, name: str) -> None:
        """Ask somebody; they have four open hours unless told."""
        self.title.setText(text("request_panel.ask.whom", name=name) if name else text("request_panel.ask"))
        due = DEFAULT_HOURS.add(self._now(), ASK_WITHIN)
        self.words_field.edit.clear()
        self.words_field.show_error("")
        self.due.edit.setText(_typed(due, self._now()))
        self.due.show_error("")

    def focus_first(self) -> None:
        """Take focus on the question."""
        self.words_field.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def submit(self) -> None:
        """Ask, when something is asked."""
        if not self.words_field.words():
            self.words_field.show_error(text("request_panel.ask.none"))
            return
        due = self.due.required()
        if due is not None:
            self.do(RequestDeed(EventKind.REQUEST_ASKED, words=self.words_field.words(), due_at=due))


def _typed(due: datetime, now: datetime) -> str:
    """Return a time as the field reads it: an hour of today, or a day and an hour."""
    at = local(due)
    hour = f"{at.hour}:{at.minute:02d}"
    return hour if at.date() == local(now).date() else f"{at.day:02d}/{at.month:02d} {hour}"


class EndPanel(DeedPanel):
    """How a request ends, with a word for the other desk; closed as well unless told."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(text("request_panel.end"), "circle-check", text("request_panel.end.submit"), parent)
        self.outcomes = ChoiceField(text("request_panel.end.outcome"))
        self.field = Field(text("request_panel.end.words"))
        self.close_too = CheckBox(text("request_panel.end.close"))
        for part in (self.outcomes, self.field, self.close_too):
            self.content.addWidget(part)
        self.outcomes.taken.connect(self.submit)

    def ready(self, outcomes: Sequence[tuple[str, str]], *, has_reply: bool = False) -> None:
        """Offer the outcomes of the request's type; no more is asked after a reply that ends it."""
        self.field.setVisible(not has_reply)
        self.close_too.setVisible(not has_reply)
        self.outcomes.show_choices([Choice(code, label) for code, label in outcomes])
        self.field.edit.clear()
        self.close_too.setChecked(True)

    def focus_first(self) -> None:
        """Take focus on the outcomes."""
        self.outcomes.focus_first()

    @Slot()
    def submit(self) -> None:
        """End it."""
        outcome = self.outcomes.current()
        if not outcome:
            self.outcomes.show_error(text("request_panel.end.none"))
            return
        self.do(
            RequestDeed(
                EventKind.REQUEST_RESOLVED,
                words=self.field.words(),
                outcome=outcome,
                then_close=self.close_too.isChecked(),
            )
        )


class ColleaguePanel(DeedPanel):
    """A colleague who handles the request from now on."""

    def __init__(self, now: Callable[[], datetime], parent: QWidget) -> None:
        super().__init__(text("request_panel.assign"), "user", text("request_panel.assign.submit"), parent)
        self._now = now
        self.people = ChoiceField(text("request_panel.assign.whom"))
        self.content.addWidget(self.people)
        self.people.taken.connect(self.submit)

    def ready(self, colleagues: Sequence[ColleagueRow]) -> None:
        """Offer colleagues, those who have least to do first; an absence is said."""
        ordered = sorted(
            colleagues, key=lambda one: (one.absent_until is not None, one.open_requests, one.name)
        )
        self.people.show_choices([Choice(one.login, one.name, self._aside(one)) for one in ordered])

    def _aside(self, one: ColleagueRow) -> str:
        if one.absent_until is not None:
            return text(
                "request_panel.presence.absent_until", when=format_moment(one.absent_until, self._now())
            )
        return plural("request_panel.assign.open", one.open_requests)

    def focus_first(self) -> None:
        """Take focus on the colleagues."""
        self.people.focus_first()

    @Slot()
    def submit(self) -> None:
        """Assign."""
        login = self.people.current()
        if login:
            self.do(RequestDeed(EventKind.REQUEST_ASSIGNED, assignee=login))
        else:
            self.people.show_error(text("request_panel.assign.none"))


class PriorityPanel(DeedPanel):
    """How urgent a request is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            text("request_panel.priority"), "arrow-up", text("request_panel.priority.submit"), parent
        )
        self.levels = ChoiceField(text("request_panel.priority.level"))
        self.content.addWidget(self.levels)
        self.levels.taken.connect(self.submit)

    def ready(self, current: Priority) -> None:
        """Offer the four levels."""
        choices = [
            Choice(level.value, text(f"request_panel.priority.{level.value.lower()}")) for level in Priority
        ]
        self.levels.show_choices(choices, current.value)

    def focus_first(self) -> None:
        """Take focus on the levels."""
        self.levels.focus_first()

    @Slot()
    def submit(self) -> None:
        """Give it that level."""
        self.do(RequestDeed(EventKind.REQUEST_PRIORITISED, priority=self.levels.current()))


class MergePanel(DeedPanel):
    """Another open request of the same customer, into which this one goes."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            text("request_panel.merge"), "git-compare", text("request_panel.merge.submit"), parent
        )
        self._rows: Sequence[RequestRow] = ()
        self.requests = ChoiceField(text("request_panel.merge.into"))
        self.content.addWidget(self.requests)
        self.content.addWidget(Label(text("request_panel.merge.explained"), "small", "meta", wrap=True))
        self.requests.taken.connect(self.submit)

    def ready(self, related: Sequence[RequestRow]) -> None:
        """Offer these."""
        self._rows = related
        self.requests.show_choices(
            [
                Choice(str(row.id), f"{short_number(row.number)} · {row.title}", row.queue_label)
                for row in related
            ]
        )

    def focus_first(self) -> None:
        """Take focus on the requests."""
        self.requests.focus_first()

    @Slot()
    def submit(self) -> None:
        """Merge."""
        found = next((row.id for row in self._rows if str(row.id) == self.requests.current()), None)
        if found is None:
            self.requests.show_error(text("request_panel.merge.none"))
        else:
            self.do(RequestDeed(EventKind.REQUEST_MERGED, into=found))


class ReasonPanel(DeedPanel):
    """Why a request is reopened, cancelled, escalated or given back."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", "circle-help", text("request_panel.why.request_cancelled"), parent)
        self._kind = EventKind.REQUEST_CANCELLED
        self.field = Field(text("request_panel.why"))
        self.content.addWidget(self.field)

    def ready(self, kind: EventKind) -> None:
        """Ask why; the button says what is then done."""
        self._kind = kind
        deed = text(f"request_panel.why.{kind}")
        self.title.setText(deed)
        self.submit_button.setText(deed)
        self.setAccessibleName(deed)
        self.field.edit.clear()
        self.field.show_error("")

    def focus_first(self) -> None:
        """Take focus on the reason."""
        self.field.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def submit(self) -> None:
        """Do it, once there is a reason."""
        if self.field.words():
            self.do(RequestDeed(self._kind, reason=self.field.words(), words=self.field.words()))
        else:
            self.field.show_error(text("request_panel.why.none"))


class SplitPanel(FormPanel):
    """A second request made of a part of this one.

    Signals:
        split: type of the new one, and its words.
    """

    split = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            text("request_panel.split"), "list-plus", text("request_panel.split.submit"), parent, WIDTH
        )
        self.types = ChoiceField(text("request_panel.split.type"))
        self.field = Field(text("request_panel.split.words"))
        self.content.addWidget(self.types)
        self.content.addWidget(self.field)

    def ready(self, types: Sequence[tuple[str, str, str]]) -> None:
        """Offer these types: code, label, corbeille."""
        self.types.show_choices([Choice(code, label, queue) for code, label, queue in types])
        self.field.edit.clear()
        self.field.show_error("")

    def focus_first(self) -> None:
        """Take focus on the types."""
        self.types.focus_first()

    @Slot()
    def submit(self) -> None:
        """Split, once the new request has a type and says something."""
        if not self.types.current():
            self.types.show_error(text("request_panel.split.no_type"))
        elif not self.field.words():
            self.field.show_error(text("request_panel.split.none"))
        else:
            words = self.field.words()
            self.close_panel()
            self.split.emit(self.types.current(), words)


class NamePanel(FormPanel):
    """The name under which a list is kept.

    Signals:
        named: the name.
    """

    named = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            text("request_panel.view.save"), "pin", text("request_panel.view.submit"), parent, WIDTH
        )
        self.field = Field(text("request_panel.view.name"))
        self.field.edit.setMaxLength(60)
        self.content.addWidget(self.field)

    def ready(self, name: str) -> None:
        """Ask for a name; the one that it has is there to be changed."""
        self.title.setText(text("request_panel.view.rename" if name else "request_panel.view.save"))
        self.field.edit.setText(name)
        self.field.edit.selectAll()
        self.field.show_error("")

    def focus_first(self) -> None:
        """Take focus on the name."""
        self.field.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def submit(self) -> None:
        """Keep it."""
        if self.field.words():
            name = self.field.words()
            self.close_panel()
            self.named.emit(name)
        else:
            self.field.show_error(text("request_panel.view.none"))
