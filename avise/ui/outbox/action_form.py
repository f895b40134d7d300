"""The form of one action: its fields, then its plan before and after, then how each tool stands.

Nothing is written before « Confirmer »; going back keeps everything that was typed (`ui.md` 5.17).
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from avise.connectors.action_contract import InputType
from avise.connectors.action_inputs import InputFault, InputProblem, filled_inputs, input_problems
from avise.models.commands import CommandId, OutboxItem
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.services.acting_values import GroupPlan, PlannedAction, RefusedPlan
from avise.texts import plural, text
from avise.ui.aio import TaskScope
from avise.ui.customer.discreet import PanelVeil
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.outbox.action_fields import ActionField, Pick, make_field
from avise.ui.outbox.offers import Intention
from avise.ui.outbox.plan_view import PlanView
from avise.ui.outbox.sentences import state_chip
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column, row
from avise.ui.widgets.line import HorizontalLine

WIDTH = 480
_CHROME = 32 + 49 + 20
"""Header, footer and margins of the panel."""

AskPlan = Callable[[Intention, dict[str, JSON]], Awaitable[GroupPlan]]
Confirm = Callable[[Intention, GroupPlan], Awaitable[tuple[OutboxItem, ...]]]
Speak = Callable[[str], None]


class Step(StrEnum):
    """Where the form stands."""

    FILL = "fill"
    PLAN = "plan"
    REPORT = "report"


class ActionForm(FloatingPanel):
    """One action, from its fields to its confirmation.

    Args:
        ask_plan: what would change; writes nothing.
        confirm: promises what was planned.
        tasks: owner of what runs.
        speak: tells people who hear the screen.
        parent: page.
    """

    promised = Signal(object, object)
    """The intention and its commands (a tuple of `OutboxItem`): they are on disk."""

    def __init__(
        self, ask_plan: AskPlan, confirm: Confirm, tasks: TaskScope, speak: Speak, parent: QWidget
    ) -> None:
        super().__init__("", "send", WIDTH, parent)
        self._ask_plan, self._confirm, self._tasks, self._speak = ask_plan, confirm, tasks, speak
        self._page_ = parent
        self._intention: Intention | None = None
        self._fields: list[ActionField] = []
        self._plan: GroupPlan | None = None
        self._report: tuple[OutboxItem, ...] = ()
        self._refused: tuple[RefusedPlan, ...] = ()
        self.step = Step.FILL
        self._build()
        self.veil = PanelVeil(self)

    def _build(self) -> None:
        self._inputs = QWidget()
        self._input_box = QVBoxLayout(self._inputs)
        self._input_box.setContentsMargins(0, 0, 0, 0)
        self._input_box.setSpacing(theme().px(10))
        self.plan_view = PlanView()
        self._outcome_icon = Icon("circle-alert", 14, "danger")
        self._outcome = Label("", "body", "muted", wrap=True)
        outcome = row(self._outcome_icon, self._outcome, gap=6)
        outcome.setStretch(1, 1)
        self._content = QWidget()
        self._content.setLayout(
            column(self._inputs, self.plan_view, outcome, gap=8, margins=(12, 10, 12, 10))
        )
        self.scroller = QScrollArea()
        self.scroller.setWidgetResizable(True)
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setWidget(self._content)
        self.back = Button(text("action_form.back"), icon="arrow-left")
        self.check = Button(
            text("action_form.check"), ButtonKind.PRIMARY, icon="search", keys=keys_of("validate")
        )
        self.confirm = Button(
            text("action_form.confirm"), ButtonKind.PRIMARY, icon="send", keys=keys_of("validate")
        )
        self.close_button = Button(text("action_form.close"))
        self.back.clicked.connect(self._go_back)
        self.check.clicked.connect(self._check)
        self.confirm.clicked.connect(self._promise)
        self.close_button.clicked.connect(self.close_panel)
        self.body.addWidget(self.scroller)
        self.body.addWidget(HorizontalLine())
        self.body.addLayout(
            row(self.back, None, self.check, self.confirm, self.close_button, gap=6, margins=(12, 10, 12, 10))
        )

    # ---- opening -----------------------------------------------------------------------------
    def open_for(
        self,
        intention: Intention,
        known: dict[str, JSON],
        picks: dict[str, Sequence[Pick]],
        anchor: QPoint,
    ) -> None:
        """Come on screen with the fields of an intention.

        Args:
            intention: what is to be done.
            known: present values, by input; shown, to be kept or changed.
            picks: records that an input may be picked from.
            anchor: near which the panel stands.
        """
        self.forget()
        self._intention = intention
        self.title.setText(intention.label)
        self.setAccessibleName(intention.label)
        self.icon.set_icon(intention.icon)
        for declared in intention.inputs:
            field = make_field(declared, picks.get(declared.name, ()))
            if known.get(declared.name) is not None:
                field.set_value(known[declared.name])
            field.changed.connect(self._on_changed)
            field.submitted.connect(self._check)
            if not field.editors()[0].isEnabled():
                field.show_problem(text("action_form.fault.no_record"))
            self._fields.append(field)
            self._input_box.addWidget(field)
        self._chain_tabs()
        self._show(Step.FILL)
        self.open_at(anchor)
        self._focus_first()

    def open_plan(
        self, intention: Intention, plan: PlannedAction, picks: dict[str, Sequence[Pick]], anchor: QPoint
    ) -> None:
        """Come on screen with what a command asked, planned anew; its values can be changed."""
        self.open_for(intention, dict(plan.content.input), picks, anchor)
        self._show_plan(GroupPlan((plan,)))

    def _chain_tabs(self) -> None:
        editors = [editor for field in self._fields for editor in field.editors()]
        chain: list[QWidget] = [
            *editors,
            self.plan_view,
            self.back,
            self.check,
            self.confirm,
            self.close_button,
        ]
        for before, after in itertools.pairwise(chain):
            QWidget.setTabOrder(before, after)

    def field(self, name: str) -> ActionField:
        """Return the field of an input.

        Raises:
            KeyError: the form has none of that name.
        """
        for field in self._fields:
            if field.declared.name == name:
                return field
        raise KeyError(name)

    def _focus_first(self) -> None:
        """Go to the first field that is wrong, else to the first that is empty, else to the first."""
        usable = [field for field in self._fields if field.editors()[0].isEnabled()]
        wrong = next((field for field in usable if field.problem()), None)
        empty = next((field for field in usable if field.value() is None), None)
        target = wrong or empty or (usable[0] if usable else None)
        if target is None:
            self.check.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        target.take_focus()
        self.scroller.ensureWidgetVisible(target)

    # ---- steps -------------------------------------------------------------------------------
    def _show(self, step: Step) -> None:
        self.step = step
        self._inputs.setVisible(step is Step.FILL and bool(self._fields))
        self.plan_view.setVisible(step is not Step.FILL)
        self.back.setVisible(step is Step.PLAN)
        self.check.setVisible(step is Step.FILL)
        self.confirm.setVisible(step is Step.PLAN)
        self.close_button.setVisible(step is Step.REPORT)
        self.fit()

    @override
    def fit(self) -> None:
        """Take the size of the content, inside the page; what is longer scrolls."""
        width = min(theme().px(WIDTH), self._page_.width() - theme().px(16))
        layout = self._content.layout()
        if layout is not None:
            layout.invalidate()
            layout.activate()
            inner = width - 2
            wanted = (
                layout.totalHeightForWidth(inner)
                if layout.hasHeightForWidth()
                else layout.totalSizeHint().height()
            )
            room = self._page_.height() - theme().px(_CHROME + 16)
            self.scroller.setFixedHeight(max(min(wanted, room), theme().px(40)))
        super().fit()

    @Slot()
    def _on_changed(self) -> None:
        for field in self._fields:
            if field is self.sender() and field.problem():
                field.show_problem("")
        self._say("")

    @Slot()
    def _go_back(self) -> None:
        self._plan = None
        self._say("")
        self._show(Step.FILL)
        self._focus_first()

    @Slot()
    def _check(self) -> None:
        if self._intention is None or self.step is not Step.FILL:
            return
        given = {field.declared.name: field.value() for field in self._fields}
        problems = input_problems(self._intention.inputs, given)
        for field in self._fields:
            wrong = next((one for one in problems if one.name == field.declared.name), None)
            field.show_problem(problem_words(field, wrong) if wrong is not None else "")
        if problems:
            sentence = plural("action_form.to_correct", len(problems))
            self._say(sentence, "danger")
            self._focus_first()
            return
        values = filled_inputs(self._intention.inputs, given)
        self._tasks.spawn(self._plan_it(self._intention, values), name="plan an action", when_busy="drop")

    async def _plan_it(self, intention: Intention, values: dict[str, JSON]) -> None:
        self._say(text("action_form.reading"), "muted")
        try:
            plan = await self._ask_plan(intention, values)
        except AviseError as error:
            self._refuse(error)
            return
        if self._intention is not intention or not self.isVisible() or self.step is not Step.FILL:
            return
        self._show_plan(plan)

    def _show_plan(self, plan: GroupPlan) -> None:
        self._plan = plan
        self._say("" if plan.plans else text("acting.nothing"), "danger")
        self.plan_view.show_plan(plan)
        asks = any(planned.needs_second for planned in plan.plans)
        self.confirm.setText(text("action_form.ask" if asks else "action_form.confirm"))
        self._show(Step.PLAN)
        self.confirm.setEnabled(bool(plan.plans))
        # Read first, confirmed next: Enter pressed twice promises nothing.
        self.plan_view.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _promise(self) -> None:
        plan = self._plan
        if self._intention is not None and plan is not None and plan.plans and self.step is Step.PLAN:
            self._tasks.spawn(
                self._promise_it(self._intention, plan), name="confirm an action", when_busy="drop"
            )

    async def _promise_it(self, intention: Intention, plan: GroupPlan) -> None:
        self._say(text("action_form.keeping"), "muted")
        try:
            items = await self._confirm(intention, plan)
        except AviseError as error:
            self._refuse(error)
            return
        self._say("")
        self.promised.emit(intention, items)
        if self._intention is not intention or not self.isVisible():
            return
        if not intention.everywhere:
            self.close_panel()
            return
        self._refused = plan.refused
        self._show_report(items)
        self._show(Step.REPORT)
        self.plan_view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refuse(self, error: AviseError) -> None:
        if not self.isVisible():
            return
        self._say(text(error.message_key, **error.params), "danger")
        if self.step is Step.FILL:
            self._focus_first()

    # ---- report ------------------------------------------------------------------------------
    def follow(self, items: Sequence[OutboxItem]) -> None:
        """Take the commands as they now are: each tool's row of the report says its own state."""
        if self.step is not Step.REPORT:
            return
        known: dict[CommandId, OutboxItem] = {item.command_id: item for item in items}
        now = tuple(known.get(item.command_id, item) for item in self._report)
        if now == self._report:
            return
        moved = [new for new, old in zip(now, self._report, strict=True) if new.state is not old.state]
        self._show_report(now)
        self.fit()
        for item in moved:
            self._speak(f"{item.source_name}, {state_chip(item).text}")

    def _show_report(self, items: tuple[OutboxItem, ...]) -> None:
        self._report = items
        self.plan_view.show_report(items, self._refused)

    # ---- telling -----------------------------------------------------------------------------
    def _say(self, sentence: str, tone: str = "muted") -> None:
        self._outcome.setText(sentence)
        self._outcome.set_tone(tone)
        self._outcome.setVisible(bool(sentence))
        self._outcome_icon.setVisible(bool(sentence) and tone == "danger")
        if sentence:
            self._speak(sentence)
        self.fit()

    def outcome(self) -> str:
        """Return the sentence under the fields."""
        return self._outcome.text()

    @override
    def forget(self) -> None:
        """Forget what was typed and planned."""
        self._intention, self._plan, self._report, self._refused = None, None, (), ()
        self._fields = []
        clear(self._input_box)
        self._outcome.setText("")
        self._outcome.hide()
        self._outcome_icon.hide()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Entrée does the step's button; Échap goes back from the plan, then closes."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            {Step.FILL: self._check, Step.PLAN: self._promise, Step.REPORT: self.close_panel}[self.step]()
            return
        if event.key() == Qt.Key.Key_Escape and self.step is Step.PLAN:
            self._go_back()
            return
        if enter and QApplication.focusWidget() is self.plan_view:
            return  # reading is not confirming, and the page behind must not take the key
        super().keyPressEvent(event)


_FORMATS = frozenset({
    InputType.DATE, InputType.DATETIME, InputType.EMAIL, InputType.PHONE, InputType.POSTCODE, InputType.INT,
})  # fmt: skip


def problem_words(field: ActionField, problem: InputProblem) -> str:
    """Return what is wrong with a field, and what to do."""
    declared = field.declared
    if problem.fault is InputFault.FORMAT and declared.type in _FORMATS:
        return text(f"action_form.fault.format_{declared.type}")
    if problem.fault is InputFault.REQUIRED and declared.type in (InputType.CHOICE, InputType.RECORD):
        empty = not field.editors()[0].isEnabled()
        return text("action_form.fault.no_record" if empty else "action_form.fault.choice")
    return text(f"action_form.fault.{problem.fault}", most=declared.max_length)
