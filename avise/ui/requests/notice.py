"""What a pane says when it has nothing to show: a fact, a sentence, one action (`ui.md` 5.20)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from avise.ui.accessible_roles import Role, heard_as
from avise.ui.widgets.button import Button
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row


class Notice(QWidget):
    """A title, a sentence and a button, at the top of a pane.

    Signals:
        acted: the button was pressed.
    """

    acted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heard_as(self, Role.StaticText)
        self._icon = Icon("inbox", 16, "text-3")
        self._title = Label("", "list-title", wrap=True)
        self._sentence = Label("", "body", "muted", wrap=True)
        self.button = Button()
        self.button.clicked.connect(self.acted)
        head = row(self._icon, self._title, gap=8)
        head.setStretch(1, 1)
        self.setLayout(
            column(head, self._sentence, row(self.button, None), None, gap=6, margins=(16, 16, 16, 16))
        )

    def show_notice(
        self, title: str, sentence: str, *, icon: str = "inbox", action: str = "", keys: str = ""
    ) -> None:
        """Say something; without an action the pane itself takes focus, so that it is read."""
        self._icon.set_icon(icon)
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self.button.setText(action)
        self.button.set_keys(keys)
        self.button.setVisible(bool(action))
        self.setAccessibleName(f"{title}. {sentence}")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if action else Qt.FocusPolicy.StrongFocus)

    def title(self) -> str:
        """Return the title shown."""
        return self._title.text()

    def focus_current(self) -> None:
        """Take focus on the button, or on the sentence."""
        target = self if self.button.isHidden() else self.button
        target.setFocus(Qt.FocusReason.OtherFocusReason)
