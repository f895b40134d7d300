"""« Comparer les deux »: what one typed and what the office holds, side by side, and the choice."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from avise.models.merging import Choice, Choices, Keep, Side
from avise.services.comparison_values import ComparedField, Comparison
from avise.texts import text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.conflicts.value_choice import ValueChoice
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.chip import Chip, ChipSpec, Tone
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column, row
from avise.ui.widgets.line import HorizontalLine

WIDTH = 640
_SIDES = {
    Side.BOTH: (Tone.WARN, "git-compare"),
    Side.MINE: (Tone.OUTLINE, "user"),
    Side.THEIRS: (Tone.OUTLINE, "database"),
    Side.ALIKE: (Tone.OK, "check"),
}


class ComparedRow(QWidget):
    """One field: what it was, the two values, and whose is kept.

    Args:
        field: as it is compared.
        keep: whose value is chosen already.
        parent: of the widget.

    Signals:
        chosen: its name, and whose value (a `Keep`).
    """

    chosen = Signal(str, object)

    def __init__(self, field: ComparedField, keep: Keep | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.choices: dict[Keep, ValueChoice] = {}
        heard_as(self, Role.Grouping)
        self.setAccessibleName(field.label)
        tone, icon = _SIDES[field.side]
        head = row(
            Label(field.label, "value-strong"),
            Label(text("conflict.was", value=field.before or text("conflict.nothing")), "small", "meta"),
            None,
            Chip(ChipSpec(text(f"conflict.side.{field.side}"), tone, icon)),
            gap=8,
        )
        values = [(Keep.MINE, field.mine), (Keep.THEIRS, field.theirs)]
        if field.side is Side.BOTH:
            body = row(*(self._choice(whose, value, keep) for whose, value in values), gap=8)
        else:
            body = row(*(_value(value, kept=field.keep is whose) for whose, value in values), gap=8)
        for place in range(2):
            body.setStretch(place, 1)
        self.setLayout(column(head, body, gap=6, margins=(0, 8, 0, 8)))

    def _choice(self, whose: Keep, value: str, keep: Keep | None) -> ValueChoice:
        field = self.field
        told = text(
            "conflict.choice",
            field=field.label,
            side=text(f"conflict.{whose}"),
            value=value or text("conflict.nothing"),
            before=field.before or text("conflict.nothing"),
        )
        made = ValueChoice(value, told, self)
        made.setChecked(keep is whose)
        made.toggled.connect(self._on_toggled)
        self.choices[whose] = made
        return made

    @property
    def keep(self) -> Keep | None:
        """Whose value is chosen."""
        return next((whose for whose, choice in self.choices.items() if choice.isChecked()), None)

    def take(self, whose: Keep) -> None:
        """Choose one side."""
        if whose in self.choices:
            self.choices[whose].setChecked(True)

    @Slot(bool)
    def _on_toggled(self, checked: bool) -> None:
        keep = self.keep
        if checked and keep is not None:
            self.chosen.emit(self.field.name, keep)


def _value(value: str, *, kept: bool) -> Label:
    words = value or text("conflict.nothing")
    return Label(words, "value-strong" if kept else "value", "" if kept else "meta", wrap=True)


class ComparePanel(FloatingPanel):
    """The panel; nothing is applied before « Appliquer le choix ».

    Args:
        parent: page over which it stands.

    Signals:
        noted: what is chosen so far (`Choices`), each time that it changes.
        applied: what was chosen of every field (`Choices`).
    """

    noted = Signal(object)
    applied = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(text("conflict.title"), "git-compare", WIDTH, parent)
        self.rows: list[ComparedRow] = []
        self._subtitle = Label("", "body", "muted", wrap=True)
        explained = Label(text("conflict.explained"), "small", "meta", wrap=True)
        self._columns = QWidget()
        heads = row(
            Label(text("conflict.mine"), "small-medium"),
            Label(text("conflict.theirs"), "small-medium"),
            gap=8,
        )
        for place in range(2):
            heads.setStretch(place, 1)
        self._columns.setLayout(heads)
        self._box = QVBoxLayout()
        self._box.setSpacing(0)
        self.trouble = Label("", "body", "danger", wrap=True)
        self.trouble.hide()
        self.all_mine = Button(text("conflict.keep_all.mine"))
        self.all_theirs = Button(text("conflict.keep_all.theirs"))
        self.apply = Button(text("conflict.apply"), ButtonKind.PRIMARY, icon="check")
        self.later = Button(text("conflict.later"), ButtonKind.QUIET)
        self.all_mine.clicked.connect(self._on_all_mine)
        self.all_theirs.clicked.connect(self._on_all_theirs)
        self.apply.clicked.connect(self._on_apply)
        self.later.clicked.connect(self.close_panel)
        self.body.addLayout(
            column(
                self._subtitle,
                explained,
                self._columns,
                HorizontalLine(),
                self._box,
                self.trouble,
                row(self.all_mine, self.all_theirs, None, gap=6),
                row(self.apply, self.later, None, gap=6),
                gap=8,
                margins=(12, 10, 12, 12),
            )
        )

    # ---- what it shows -------------------------------------------------------------------------
    def begin(self, anchor: QPoint) -> None:
        """Come on screen while the office is asked."""
        self._show_rows(())
        self._subtitle.setText(text("conflict.reading"))
        self.trouble.hide()
        self.open_at(anchor)
        self.later.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_comparison(self, comparison: Comparison) -> None:
        """Show two changes; a choice made on what has changed since is asked again."""
        names = {"what": comparison.what, "where": comparison.where}
        subtitle = text("conflict.subtitle", **names)
        self._subtitle.setText(" · ".join(filter(None, (comparison.whom, subtitle))))
        self._show_rows(comparison.fields)
        self.trouble.hide()
        self.fit()
        first = next((each for each in self.rows if each.choices), None)
        inside = first.choices[first.keep or Keep.MINE] if first is not None else self.apply
        inside.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_trouble(self, sentence: str) -> None:
        """Tell why it cannot be compared, or applied; what was chosen stays."""
        if not self.rows:
            self._subtitle.setText("")
        self.trouble.setText(sentence)
        self.trouble.show()
        self.fit()

    def _show_rows(self, fields: tuple[ComparedField, ...]) -> None:
        clear(self._box)
        self.rows = []
        for field in fields:
            made = ComparedRow(field, field.keep)
            made.chosen.connect(self._on_chosen)
            self.rows.append(made)
            self._box.addWidget(made)
            # A part of a panel that is on screen counts for nothing in its size before it is shown.
            made.show()
        has_choice = any(each.choices for each in self.rows)
        self._columns.setVisible(bool(fields))
        self.all_mine.setVisible(has_choice)
        self.all_theirs.setVisible(has_choice)
        self.apply.setVisible(bool(fields))
        self._enable()

    @override
    def forget(self) -> None:
        """Let go of the values."""
        self._show_rows(())
        self._subtitle.setText("")

    # ---- the choice ----------------------------------------------------------------------------
    def choices(self) -> Choices:
        """Return what is chosen so far."""
        return {
            each.field.name: Choice(each.keep, each.field.seen)
            for each in self.rows
            if each.choices and each.keep is not None
        }

    @property
    def is_complete(self) -> bool:
        """Whether every field that both changed was chosen."""
        return bool(self.rows) and all(each.keep is not None for each in self.rows if each.choices)

    @Slot()
    def _on_all_mine(self) -> None:
        self._take_all(Keep.MINE)

    @Slot()
    def _on_all_theirs(self) -> None:
        self._take_all(Keep.THEIRS)

    def _take_all(self, whose: Keep) -> None:
        for each in self.rows:
            each.take(whose)
        self.apply.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str, object)
    def _on_chosen(self, _name: str, _keep: object) -> None:
        self._enable()
        self.noted.emit(self.choices())

    def _enable(self) -> None:
        self.apply.setEnabled(self.is_complete)

    @Slot()
    def _on_apply(self) -> None:
        if self.is_complete:
            self.applied.emit(self.choices())


def centred(page: QWidget) -> QPoint:
    """Return where the panel stands over a page: in its middle, near the top."""
    return QPoint(max((page.width() - theme().px(WIDTH)) // 2, 0), theme().px(56))
