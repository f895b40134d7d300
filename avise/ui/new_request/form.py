"""The form of a new request: at most six fields in sight, the others folded, then what goes with it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QWidget

from avise.services.request_values import FormField
from avise.texts import plural, text
from avise.ui.new_request.choice_box import ChoiceBox
from avise.ui.new_request.documents import DocumentList
from avise.ui.new_request.fields import WIDE_KINDS, RequestField, mark_wrong
from avise.ui.new_request.strips import DuplicateBox, LegalBox, SayBox
from avise.ui.new_request.view_model import CHANNELS, WORDS, NewRequestModel
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row

MOST_VISIBLE = 6
"""Fields in sight (`domain.md` 3.3)."""


class RequestForm(QWidget):
    """Fields, documents, message, and the sentence for the member.

    Args:
        model: what it shows.
        parent: of the widget.

    Signals:
        resized: it needs another height.
    """

    resized = Signal()

    def __init__(self, model: NewRequestModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.fields: dict[str, RequestField] = {}
        self.legal, self.duplicates = LegalBox(), DuplicateBox()
        self.say = SayBox(with_note=model.person is not None)
        self.documents = DocumentList()
        self._visible, self._folded = QWidget(), QWidget()
        self._grids = (_grid(self._visible), _grid(self._folded))
        self.more = Button("", ButtonKind.QUIET, icon="chevron-right", small=True)
        self.more.setCheckable(True)
        self.words = QPlainTextEdit()
        self.words.setTabChangesFocus(True)
        self.words.setFixedHeight(theme().px(58))
        self.words.setAccessibleName(text("new_request.words"))
        self._words_problem = Label("", "small", "danger", wrap=True)
        self._words_line = QWidget()
        wrong = row(Icon("circle-alert", 13, "danger"), self._words_problem, gap=5)
        wrong.setStretch(1, 1)
        self._words_line.setLayout(wrong)
        self._words_line.hide()
        self._words = QWidget()
        optional = text("action_form.optional")
        label = Label(f"{text('new_request.words')} {optional}", "small-medium")
        self._words.setLayout(column(label, self.words, self._words_line, gap=3))
        self.channel = ChoiceBox()
        self.channel.setAccessibleName(text("new_request.channel"))
        for code in CHANNELS:
            self.channel.addItem(text(f"new_request.channel.{code}"), code)
        self._channel = QWidget()
        self._channel.setLayout(
            column(Label(text("new_request.channel"), "small-medium"), self.channel, gap=3)
        )
        self._build()

    def _build(self) -> None:
        self.setLayout(
            column(
                self.legal, self.duplicates, self._visible, self.documents, self._words,
                row(self.more, None), self._folded, self.say, gap=9, margins=(12, 10, 12, 12),
            )
        )  # fmt: skip
        self.more.toggled.connect(self._on_more)
        self.documents.ticked.connect(lambda code, on: self.model.tick(code, on=on))
        self.documents.left_out.connect(self._on_left_out)
        self.words.textChanged.connect(lambda: self.model.write_words(self.words.toPlainText()))
        self.channel.activated.connect(
            lambda _index: self.model.choose_channel(str(self.channel.currentData()))
        )

    # ---- content -----------------------------------------------------------------------------
    def show_form(self) -> None:
        """Show the form of the model, with what was typed before."""
        form = self.model.form
        if form is None:
            return
        self.legal.show_clock(form.legal)
        self.duplicates.show_rows(form.duplicates, self.model.now())
        in_sight = [field for field in form.fields if field.visible][:MOST_VISIBLE]
        folded = [field for field in form.fields if field not in in_sight]
        self.fields = {}
        self._fill(self._grids[0], in_sight)
        self._fill(self._grids[1], folded)
        self._grids[1].addWidget(self._channel, self._grids[1].rowCount(), 0)
        self.channel.setCurrentIndex(self.channel.findData(self.model.draft.channel or self.model.channel))
        self.documents.show_documents(form.documents, self.model.draft.documents)
        self.show_files()
        # What the person said is a field of some forms: it is not asked twice.
        self._words.setHidden(any(field.id == WORDS for field in form.fields))
        self.words.blockSignals(True)
        self.words.setPlainText(self.model.draft.words)
        self.words.blockSignals(False)
        self.show_troubles({})
        self.say.show_sentence(form.say)
        self.more.setText(plural("new_request.more", len(folded) + 1))
        self.more.setChecked(any(field.id in self.model.draft.values for field in folded))
        self._folded.setVisible(self.more.isChecked())
        self._chain_tabs()

    def show_known(self) -> None:
        """Show what has become known; what was typed, and where the cursor is, stay as they are."""
        form = self.model.form
        if form is None:
            return
        for asked in form.fields:
            field = self.fields.get(asked.id)
            untouched = asked.id not in self.model.draft.values
            if field is not None and untouched and not field.editor.hasFocus() and asked.value:
                field.take(asked, self.model.now())
        if form.duplicates != self.duplicates.rows:
            self.duplicates.show_rows(form.duplicates, self.model.now())
            self._chain_tabs()
        self.resized.emit()

    def _fill(self, grid: QGridLayout, asked: Sequence[FormField]) -> None:
        _clear_grid(grid, keep=self._channel)
        place, side = 0, 0
        for field in asked:
            made = RequestField(field, self.model.now())
            made.set_value(self.model.value(field.id))
            made.edited.connect(lambda words, name=field.id: self._on_edited(name, words))
            self.fields[field.id] = made
            wide = field.kind in WIDE_KINDS
            if wide and side:
                place, side = place + 1, 0
            grid.addWidget(made, place, side, 1, 2 if wide else 1, Qt.AlignmentFlag.AlignTop)
            # At once: a form that takes the place of another is ready for the keys.
            made.show()
            side = 0 if wide else 1 - side
            place += 0 if side else 1

    def show_files(self) -> None:
        """Show the files joined."""
        self.documents.show_files(self.model.draft.files)
        self._chain_tabs()
        self.resized.emit()

    def _chain_tabs(self) -> None:
        chain: list[QWidget] = [
            *self.duplicates.controls(),
            self.duplicates.anyway,
            *(field.editor for field in self.fields.values() if self._visible.isAncestorOf(field)),
            self.documents.join,
            *self.documents.boxes.values(),
            *self.documents.crosses,
            self.words,
            self.more,
            *(field.editor for field in self.fields.values() if self._folded.isAncestorOf(field)),
            self.channel,
            self.say.note,
        ]
        for before, after in itertools.pairwise(chain):
            QWidget.setTabOrder(before, after)

    def _on_edited(self, field: str, words: str) -> None:
        self.model.write(field, words)
        self.resized.emit()

    @Slot(object)
    def _on_left_out(self, path: Path) -> None:
        self.model.leave_out(path)
        self.show_files()

    @Slot(bool)
    def _on_more(self, shown: bool) -> None:
        self.more.set_icon("chevron-down" if shown else "chevron-right")
        self._folded.setVisible(shown)
        self.resized.emit()

    # ---- what is wrong -----------------------------------------------------------------------
    def show_troubles(self, troubles: Mapping[str, str]) -> None:
        """Say under each field what is wrong with it; a folded one comes in sight."""
        for name, field in self.fields.items():
            field.show_problem(troubles.get(name, ""))
            if name in troubles and self._folded.isAncestorOf(field):
                self.more.setChecked(True)
        self.documents.show_troubles(troubles)
        words = troubles.get(WORDS, "") if WORDS not in self.fields else ""
        self._words_problem.setText(words)
        self._words_line.setVisible(bool(words))
        mark_wrong(self.words, words)
        self.resized.emit()

    def homeless(self, troubles: Mapping[str, str]) -> list[str]:
        """Return the troubles that nothing of the form shows."""
        shown = {*self.fields, *self.documents.boxes, WORDS}
        return [told for name, told in troubles.items() if name not in shown]

    def focus_first(self) -> QWidget:
        """Go to what keeps it from being sent, else to the first field that is empty; return it."""
        target: QWidget
        shown = [field for field in self.fields.values() if self._is_in_sight(field)]
        wrong = next((field for field in shown if field.problem()), None)
        empty = next((field for field in shown if not field.value() and field.asked.required), None)
        if wrong is not None or (empty is not None and not self.duplicates.rows):
            found = wrong or empty
            assert found is not None  # noqa: S101 - one of the two is there
            found.take_focus()
            return found
        missing = self.documents.first_wrong()
        target = missing or (self.words if self._words_problem.text() else self._calm_start(shown))
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        return target

    def _is_in_sight(self, field: RequestField) -> bool:
        return self.more.isChecked() or not self._folded.isAncestorOf(field)

    def _calm_start(self, shown: Sequence[RequestField]) -> QWidget:
        if not self._words.isHidden():
            return self.words
        if self.duplicates.rows:
            return self.duplicates.links[0]
        return shown[0].editor if shown else self.documents.join


def _grid(holder: QWidget) -> QGridLayout:
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(theme().px(14))
    grid.setVerticalSpacing(theme().px(9))
    for side in (0, 1):
        grid.setColumnStretch(side, 1)
        grid.setColumnMinimumWidth(side, theme().px(120))
    return grid


def _clear_grid(grid: QGridLayout, keep: QWidget) -> None:
    while (item := grid.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None and widget is not keep:
            widget.hide()
            widget.deleteLater()
