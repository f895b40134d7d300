"""The page of sign-in: a password of the hub's own, or the house's identity provider in the browser.

It takes the place of a page, never of the window: tabs, calls and what is being written stay where they are.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.shell.page import Zone
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.link import Link
from avise.ui.widgets.panel import Panel

_WIDTH = 420
OIDC = "oidc"


class SignInPage(QWidget):
    """The page.

    Args:
        who: display name of this station's user.
        login: of this station's user.
        parent: of the widget.

    Signals:
        password_given: what was typed.
        browser_wanted: the user signs in at the identity provider.
        put_off: the user signs in later.
    """

    password_given = Signal(str)
    browser_wanted = Signal()
    put_off = Signal()

    def __init__(self, who: str, login: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "app")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._way = ""
        self._is_busy = False
        self._caps_on = False
        self.panel = Panel(text("sign_in.title"), "lock", self)
        self._who = Label(f"{who} ({login})" if login else who, "strong")
        self._why = Label("", "body", "muted", wrap=True)
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(text("sign_in.password"))
        self.field.installEventFilter(self)
        self.field.textEdited.connect(self._on_edited)
        self.show_words = Button("", ButtonKind.QUIET, icon="eye", name=text("sign_in.show"))
        self.show_words.setCheckable(True)
        self.show_words.toggled.connect(self._on_show)
        self._caps = Label(text("sign_in.caps"), "small", "warn")
        self._caps_icon = Icon("triangle-alert", 13, "warn")
        self._outcome = Label("", "body", "danger", wrap=True)
        self._outcome_icon = Icon("circle-alert", 14, "danger")
        self.give = Button(text("sign_in.give"), ButtonKind.PRIMARY, icon="arrow-right")
        self.browser = Button(text("sign_in.browser"), ButtonKind.PRIMARY, icon="arrow-up-right")
        self.later = Link(text("sign_in.later"))
        self._kept = Label(text("sign_in.kept"), "small", "meta", wrap=True)
        self._build()
        self.give.clicked.connect(self._on_give)
        self.browser.clicked.connect(self._on_browser)
        self.later.clicked.connect(self.put_off)
        self.show_way("local")

    def _build(self) -> None:
        self._password = QWidget()
        field = row(self.field, self.show_words, gap=4)
        field.setStretch(0, 1)
        label = Label(text("sign_in.password"), "small-medium")
        label.setBuddy(self.field)
        self._caps_line = QWidget()
        self._caps_line.setLayout(row(self._caps_icon, self._caps, None, gap=5))
        self._password.setLayout(column(label, field, self._caps_line, gap=4))
        self._outcome_line = QWidget()
        told = row(self._outcome_icon, self._outcome, gap=6)
        told.setStretch(1, 1)
        self._outcome_line.setLayout(told)
        self.panel.body.addLayout(
            column(
                self._who, self._why, self._password, self._outcome_line,
                row(self.later, None, self.browser, self.give, gap=10), self._kept, gap=10,
                margins=(16, 14, 16, 14),
            )
        )  # fmt: skip
        self._caps_line.hide()
        self._outcome_line.hide()
        self.panel.setFixedWidth(theme().px(_WIDTH))
        self.setLayout(column(None, row(None, self.panel, None), None, None))
        for before, after in (
            (self.field, self.show_words), (self.show_words, self.later), (self.later, self.browser),
            (self.browser, self.give),
        ):  # fmt: skip
            QWidget.setTabOrder(before, after)

    # ---- page --------------------------------------------------------------------------------
    def zones(self) -> list[Zone]:
        """Return its one zone."""
        return [("zone.sign_in", self.browser if self._way == OIDC else self.field)]

    def activate(self) -> None:
        """Come on screen, ready to be typed into."""
        self.zones()[0][1].setFocus(Qt.FocusReason.OtherFocusReason)

    def deactivate(self) -> None:
        """Leave the screen: a password is not left in a field."""
        self.field.clear()
        self.show_words.setChecked(False)

    # ---- what it says ------------------------------------------------------------------------
    def show_way(self, way: str, sentence: str = "") -> None:
        """Ask for a password, or lead to the browser.

        Args:
            way: "local" or "oidc".
            sentence: why one must sign in, when the hub said it.
        """
        changed, self._way = way != self._way, way
        self._why.setText(sentence or text("sign_in.why_oidc" if way == OIDC else "sign_in.why"))
        self._password.setVisible(way != OIDC)
        self.give.setVisible(way != OIDC)
        self.browser.setVisible(way == OIDC)
        if changed:
            self.tell("")

    def tell(self, sentence: str, *, is_error: bool = True) -> None:
        """Say what became of the sign-in; "" says nothing."""
        self._outcome.setText(sentence)
        self._outcome.set_tone("danger" if is_error else "muted")
        self._outcome_icon.setVisible(is_error)
        self._outcome_line.setVisible(bool(sentence))
        self.field.setProperty("state", "error" if sentence and is_error and self._way != OIDC else "")
        self.field.style().unpolish(self.field)
        self.field.style().polish(self.field)
        self.field.setAccessibleDescription(sentence)

    def told(self) -> str:
        """Return what is said."""
        return self._outcome.text()

    def set_busy(self, *, busy: bool) -> None:
        """Wait for the hub, or take keys again."""
        self._is_busy = busy
        for part in (self.give, self.browser):
            part.setEnabled(not busy)
        self.field.setReadOnly(busy)
        if not busy and self._way != OIDC and self.isVisible():
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
            self.field.selectAll()

    @property
    def warns_of_capitals(self) -> bool:
        """Whether it says that capitals are locked."""
        return not self._caps_line.isHidden()

    # ---- what the user does ------------------------------------------------------------------
    @Slot()
    def _on_give(self) -> None:
        if self._is_busy:
            return
        if not self.field.text():
            self.tell(text("sign_in.empty"))
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.tell("")
        self.password_given.emit(self.field.text())

    @Slot()
    def _on_browser(self) -> None:
        if not self._is_busy:
            self.tell("")
            self.browser_wanted.emit()

    @Slot(str)
    def _on_edited(self, _words: str) -> None:
        self.tell("")

    @Slot(bool)
    def _on_show(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.field.setEchoMode(mode)
        name = text("sign_in.hide" if shown else "sign_in.show")
        self.show_words.setAccessibleName(name)
        self.show_words.setToolTip(name)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Validate with Entrée, put off with Échap."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self._on_browser if self._way == OIDC else self._on_give)()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.put_off.emit()
            return
        super().keyPressEvent(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that capitals are locked: Qt says it nowhere, the letters do."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._notice_capitals(event)
        return super().eventFilter(watched, event)

    def _notice_capitals(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_CapsLock:
            self._caps_on = not self._caps_on
        elif event.text().isalpha():
            with_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._caps_on = event.text().isupper() is not with_shift
        self._caps_line.setVisible(self._caps_on)
