"""What an action would change, tool by tool, before it is confirmed; and how each tool stands after."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from avise.models.commands import Change, OutboxItem
from avise.services.acting_values import GroupPlan, PlannedAction, RefusedPlan
from avise.texts import text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.outbox.detail import changes_grid
from avise.ui.outbox.sentences import change_words, reason, state_chip
from avise.ui.theme import theme
from avise.ui.widgets.chip import Chip
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import row, show_deep
from avise.ui.widgets.line import HorizontalLine


class PlanView(QWidget):
    """The plan, or the report; takes focus as a whole, so that it is read before it is confirmed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(theme().px(2), theme().px(2), theme().px(2), theme().px(2))
        self._box.setSpacing(theme().px(8))
        heard_as(self, Role.Grouping)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(text("action_form.plan"))

    # ---- before ------------------------------------------------------------------------------
    def show_plan(self, plan: GroupPlan) -> None:
        """Show what would change; tools that would change the same are told together."""
        clear_deep(self._box)
        spoken: list[str] = []
        for changes, same in _grouped(plan.plans):
            self._add_changes(changes, same)
            spoken.append(_spoken(changes, same))
        for warning in dict.fromkeys(one for planned in plan.plans for one in planned.warnings):
            self._add_line("triangle-alert", "warn", warning)
            spoken.append(warning)
        if any(planned.needs_second for planned in plan.plans):
            self._add_line("users", "muted", text("action_form.second"))
            spoken.append(text("action_form.second"))
        for refused in plan.refused:
            sentence = refusal(refused)
            self._add_line("circle-x", "danger", sentence)
            spoken.append(sentence)
        self._told(text("action_form.plan"), spoken)

    def _add_changes(self, changes: Sequence[Change], same: Sequence[PlannedAction]) -> None:
        tools = ", ".join(planned.offer.source_name for planned in same)
        self._box.addLayout(row(Icon("database", 14), Label(tools, "value-strong", wrap=True), gap=6))
        self._box.itemAt(self._box.count() - 1).layout().setStretch(1, 1)  # type: ignore[union-attr]  # just added
        summary = next((planned.summary for planned in same if planned.summary), "")
        if summary and summary != same[0].offer.label:
            self._box.addWidget(Label(summary, "body", "muted", wrap=True))
        if changes:
            self._box.addLayout(changes_grid(changes))
        else:
            self._box.addWidget(Label(_no_change(same[0]), "body", "muted", wrap=True))
        self._box.addWidget(HorizontalLine())

    def _add_line(self, icon: str, tone: str, sentence: str) -> None:
        colour = "text-2" if tone == "muted" else tone
        self._box.addLayout(row(Icon(icon, 14, colour), Label(sentence, "body", tone, wrap=True), gap=6))
        self._box.itemAt(self._box.count() - 1).layout().setStretch(1, 1)  # type: ignore[union-attr]  # just added

    # ---- after -------------------------------------------------------------------------------
    def show_report(self, items: Sequence[OutboxItem], refused: Sequence[RefusedPlan]) -> None:
        """Show a row for each tool, with its own state."""
        clear_deep(self._box)
        spoken: list[str] = []
        for item in items:
            chip = Chip(state_chip(item))
            name = Label(item.source_name, "value-strong", wrap=True)
            self._box.addLayout(row(name, chip, gap=6))
            self._box.itemAt(self._box.count() - 1).layout().setStretch(0, 1)  # type: ignore[union-attr]  # just added
            why = reason(item)
            if why:
                self._box.addWidget(Label(why, "small", "muted", wrap=True))
            spoken.append(f"{item.source_name}, {chip.spec.text}. {why}".strip())
        for plan in refused:
            sentence = refusal(plan)
            self._add_line("circle-x", "danger", sentence)
            spoken.append(sentence)
        if refused:
            self._add_line("list-plus", "muted", text("action_form.left_noted"))
            spoken.append(text("action_form.left_noted"))
        self._told(text("action_form.report"), spoken)

    def _told(self, name: str, spoken: Sequence[str]) -> None:
        self.setAccessibleName(name)
        self.setAccessibleDescription(" ".join(spoken))
        # Now, not at the next event: the form takes the height of what it shows.
        show_deep(self._box)


def refusal(refused: RefusedPlan) -> str:
    """Return why one tool of several will not be asked."""
    return text(refused.message_key, **refused.params)


def _no_change(planned: PlannedAction) -> str:
    key = "action_form.document_only" if planned.offer.document else "action_form.no_change"
    return text(key)


def _grouped(
    plans: Sequence[PlannedAction],
) -> list[tuple[Sequence[Change], Sequence[PlannedAction]]]:
    found: dict[tuple[Change, ...], list[PlannedAction]] = {}
    for planned in plans:
        found.setdefault(planned.changes, []).append(planned)
    return list(found.items())


def _spoken(changes: Sequence[Change], same: Sequence[PlannedAction]) -> str:
    tools = ", ".join(planned.offer.source_name for planned in same)
    if not changes:
        return f"{tools}. {_no_change(same[0])}"
    words = (
        text("action_form.spoken_change", field=f, before=b, after=a)
        for f, b, a in map(change_words, changes)
    )
    return f"{tools}. {' '.join(words)}"


def clear_deep(box: QVBoxLayout) -> None:
    """Remove everything from a column, what its rows hold included."""
    while (item := box.takeAt(0)) is not None:
        inner = item.layout()
        if inner is not None:
            while (child := inner.takeAt(0)) is not None:
                widget = child.widget()
                if widget is not None:
                    widget.hide()
                    widget.deleteLater()
            inner.deleteLater()
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
