"""The panel of one sign-in at a tool: the page in the browser, or the code to type, until it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.models.tool_sign_in import DeviceCode, SignInWay
from avise.texts import text
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row

WIDTH = 440
SECOND_MS = 1000


class ToolSignInPanel(FloatingPanel):
    """One sign-in; closing it abandons it.

    Args:
        source: what staff call the tool.
        parent: window over which it stands.
        now: the clock, for what is left of a code.

    Signals:
        page_wanted: the page of the sign-in is to be opened (again).
        way_wanted: another way, or the same from its beginning (a `SignInWay`).
    """

    page_wanted = Signal()
    way_wanted = Signal(object)

    def __init__(self, source: str, parent: QWidget, now: Callable[[], datetime]) -> None:
        super().__init__(text("tool_sign_in.title", source=source), "lock", WIDTH, parent)
        self._source, self._now = source, now
        self._code: DeviceCode | None = None
        self._way = SignInWay.BROWSER
        self.sentence = Label("", "body", wrap=True)
        self.code = Label("", "figure", tabular=True)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.address = Label("", "strong", "accent", wrap=True)
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.left = Label("", "small", "muted", tabular=True)
        self.copy = Button(text("tool_sign_in.copy"), icon="copy")
        self.page = Button(text("tool_sign_in.open_again"), icon="globe")
        self.again = Button(text("tool_sign_in.again"), ButtonKind.PRIMARY, icon="rotate-cw")
        self.other_way = Button("", ButtonKind.QUIET)
        self.cancel = Button(text("tool_sign_in.cancel"))
        self._typed = QWidget()
        self._typed.setLayout(
            column(
                Label(text("tool_sign_in.address"), "small", "meta"),
                self.address,
                6,
                Label(text("tool_sign_in.code"), "small", "meta"),
                row(self.code, None, self.copy, gap=10),
                self.left,
                gap=4,
            )
        )
        buttons = row(self.again, self.page, self.other_way, None, self.cancel, gap=6)
        self.body.addLayout(column(self.sentence, self._typed, buttons, gap=10, margins=(12, 10, 12, 12)))
        self._seconds = QTimer(self)
        self._seconds.setInterval(SECOND_MS)
        self._seconds.timeout.connect(self._show_left)
        self.copy.clicked.connect(self._on_copy)
        self.page.clicked.connect(self.page_wanted)
        self.again.clicked.connect(lambda: self.way_wanted.emit(self._way))
        self.other_way.clicked.connect(lambda: self.way_wanted.emit(self._other()))
        self.cancel.clicked.connect(self.close_panel)
        self.show_preparing(SignInWay.BROWSER)

    def open_under(self, corner: QPoint) -> None:
        """Come on screen under a corner of the window, ready to be left."""
        self.open_at(corner)
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- where the sign-in is ------------------------------------------------------------------
    def show_preparing(self, way: SignInWay, *, may_change: bool = True) -> None:
        """Say that the tool is asked where one signs in.

        Args:
            way: that was begun.
            may_change: whether the other way may be asked for.
        """
        self._way, self._may_change = way, may_change
        self._show(text("tool_sign_in.preparing", source=self._source))

    def show_browser(self) -> None:
        """Say that the page is in the browser."""
        self._show(text("tool_sign_in.in_browser"), page="tool_sign_in.open_again")

    def show_code(self, code: DeviceCode) -> None:
        """Show what to type, and where."""
        self._code = code
        self.code.setText(code.code)
        # Letter by letter: a screen reader would say a word that nobody can type.
        self.code.setAccessibleName(text("tool_sign_in.code_spoken", code=" ".join(code.code)))
        self.address.setText(code.address)
        self._show(text("tool_sign_in.with_code"), typed=True, page="tool_sign_in.open_page")
        self._seconds.start()
        self._show_left()

    def show_failure(self, sentence: str) -> None:
        """Say why it did not end well; it can be started again."""
        self._show(sentence, "danger", again=True)
        self.again.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(
        self, sentence: str, tone: str = "text", *, typed: bool = False, page: str = "", again: bool = False
    ) -> None:
        if not typed:
            self._forget_code()
        self.sentence.setText(sentence)
        self.sentence.set_tone(tone)
        self.setAccessibleDescription(sentence)
        self._typed.setVisible(typed)
        if not again and self.again.hasFocus():
            # Hidden with focus, it would give it to something behind the panel.
            self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)
        self.again.setVisible(again)
        self.page.setVisible(bool(page))
        if page:
            self.page.setText(text(page))
        other = "use_code" if self._other() is SignInWay.DEVICE else "use_browser"
        self.other_way.setText(text(f"tool_sign_in.{other}"))
        self.other_way.setVisible(self._may_change)
        if self.isVisible():
            self.fit()

    def _other(self) -> SignInWay:
        return SignInWay.DEVICE if self._way is SignInWay.BROWSER else SignInWay.BROWSER

    @Slot()
    def _show_left(self) -> None:
        if self._code is None:
            return
        left = self._code.ends_at - self._now()
        if left <= timedelta(0):
            self.left.setText(text("tool_sign_in.over"))
            self._seconds.stop()
            return
        minutes, seconds = divmod(int(left.total_seconds()), 60)
        self.left.setText(text("tool_sign_in.left", left=f"{minutes}:{seconds:02d}"))

    @Slot()
    def _on_copy(self) -> None:
        if self._code is not None:
            QGuiApplication.clipboard().setText(self._code.code)
            self.copy.setText(text("tool_sign_in.copied"))

    def _forget_code(self) -> None:
        self._code = None
        self._seconds.stop()
        self.code.setText("")
        self.code.setAccessibleName("")
        self.copy.setText(text("tool_sign_in.copy"))

    @override
    def forget(self) -> None:
        """Forget the code."""
        self._forget_code()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """Count nothing that nobody sees."""
        super().hideEvent(event)
        self._seconds.stop()

    @override
    def event(self, event: QEvent) -> bool:
        """Make room for what came."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self.fit()
        return handled
