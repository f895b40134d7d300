"""What goes with a request: the documents that it asks for, ticked when they are there, and joined files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from avise.texts import text
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.check_box import CheckBox
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column, row


class DocumentList(QWidget):
    """The checklist over the joined files.

    Signals:
        ticked: a document (its code), and whether it is there.
        join_requested: files are to be chosen.
        left_out: a file that is joined no longer (a `Path`).
    """

    ticked = Signal(str, bool)
    join_requested = Signal()
    left_out = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = Label(text("new_request.documents"), "small-medium")
        self._boxes = QVBoxLayout()
        self._files = QVBoxLayout()
        for box in (self._boxes, self._files):
            box.setSpacing(theme().px(2))
        self.boxes: dict[str, CheckBox] = {}
        self.crosses: list[Button] = []
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem_line = QWidget()
        wrong = row(Icon("circle-alert", 13, "danger"), self._problem, gap=5)
        wrong.setStretch(1, 1)
        self._problem_line.setLayout(wrong)
        self._problem_line.hide()
        self._wrong: tuple[str, ...] = ()
        self.join = Button(text("new_request.join"), ButtonKind.QUIET, icon="paperclip", small=True)
        self.join.clicked.connect(self.join_requested)
        self.setLayout(
            column(row(self._title, None, self.join), self._boxes, self._problem_line, self._files, gap=2)
        )

    def show_documents(self, documents: Sequence[tuple[str, str, bool]], ticked: Sequence[str]) -> None:
        """Ask for documents: code, label, and whether it is required."""
        clear(self._boxes)
        self.boxes = {}
        for code, label, required in documents:
            words = label if required else f"{label} {text('action_form.optional')}"
            box = CheckBox(words)
            box.setChecked(code in ticked)
            box.toggled.connect(lambda on, which=code: self.ticked.emit(which, on))
            self.boxes[code] = box
            self._boxes.addWidget(box)

    def show_troubles(self, troubles: Mapping[str, str]) -> None:
        """Say which document is missing, and what to do."""
        self._wrong = tuple(code for code in self.boxes if code in troubles)
        self._problem.setText(" ".join(troubles[code] for code in self._wrong))
        self._problem_line.setVisible(bool(self._wrong))
        for code, box in self.boxes.items():
            box.setAccessibleDescription(troubles.get(code, ""))

    def first_wrong(self) -> CheckBox | None:
        """Return the first document that is said to be missing."""
        return self.boxes[self._wrong[0]] if self._wrong else None

    def show_files(self, files: Sequence[Path]) -> None:
        """Show what is joined."""
        clear(self._files)
        self.crosses = []
        for path in files:
            name = text("new_request.leave_out", name=path.name)
            cross = Button("", ButtonKind.QUIET, icon="x", small=True, name=name)
            cross.clicked.connect(lambda _checked=False, which=path: self.left_out.emit(which))
            line = QWidget()
            words = row(Icon("paperclip", 13, "text-2"), ElidedLabel(path.name, "body"), cross, gap=6)
            words.setStretch(1, 1)
            line.setLayout(words)
            self.crosses.append(cross)
            self._files.addWidget(line)
