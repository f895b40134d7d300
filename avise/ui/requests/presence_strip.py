"""The line above the composer: who else is there, and the question before replies cross (`ui.md` 5.11)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.services.request_values import PresenceKind, PresentColleague, RequestDetail
from avise.texts import text
from avise.ui.requests.wording import presence_words, present_sentence
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.layout import row
from avise.ui.widgets.link import Link
from avise.ui.widgets.presence import PresenceAvatar


class PresenceStrip(QWidget):
    """The line; hidden while nobody else is there and nothing stops one from writing.

    Args:
        now: the present.
        user: login of whoever works here.
        parent: of the widget.

    Signals:
        anyway: what was written is sent although somebody else writes.
        kept_back: it is not sent for now.
        take_over_requested: a lead takes the request over.
        write_requested: a note to whoever is there is wanted (a login).
    """

    anyway = Signal()
    kept_back = Signal()
    take_over_requested = Signal()
    write_requested = Signal(str)

    def __init__(self, now: Callable[[], datetime], user: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now, self._user = now, user
        self._others: tuple[PresentColleague, ...] = ()
        self.is_asking = False
        """Whether the question is on screen."""
        self._taken = ""
        self._avatar = PresenceAvatar("", "")
        self._icon = Icon("lock", 14, "text-2")
        self._words = ElidedLabel("", "value")
        self.send = Button(text("request_panel.presence.send_anyway"), ButtonKind.PLAIN, small=True)
        self.keep = Button(text("request_panel.presence.not_yet"), ButtonKind.QUIET, small=True)
        self.take_over = Button(text("request_panel.take_over"), ButtonKind.PLAIN, icon="hand", small=True)
        self.write = Link(text("request_panel.presence.write"))
        self.write.clicked.connect(self._on_write)
        self.setLayout(
            row(
                self._avatar,
                self._icon,
                self._words,
                self.write,
                self.take_over,
                self.send,
                self.keep,
                gap=8,
                margins=(16, 6, 12, 2),
            )
        )
        self.send.clicked.connect(self._on_send)
        self.keep.clicked.connect(self._on_keep)
        self.take_over.clicked.connect(self.take_over_requested)
        self._show()

    # ---- what it says ----------------------------------------------------------------------------
    def show_detail(self, detail: RequestDetail, *, taken_by: str, may_take_over: bool) -> None:
        """Show who is there.

        Args:
            detail: the request.
            taken_by: who holds it, when that stops this user from replying; "" else.
            may_take_over: this user may take it over from them.
        """
        self._others = tuple(one for one in detail.present if one.login != self._user)
        self._taken = taken_by
        self.take_over.setVisible(bool(taken_by) and may_take_over)
        if self.is_asking and not self.writers():
            self.is_asking = False
        self._show()

    def writers(self) -> tuple[PresentColleague, ...]:
        """Return who else writes now."""
        return tuple(one for one in self._others if one.kind is PresenceKind.WRITING)

    def ask(self) -> None:
        """Ask in place whether what was written is sent although somebody else writes."""
        self.is_asking = True
        self._show()

    def tick(self) -> None:
        """Tell since when again."""
        self._show()

    def words(self) -> str:
        """Return what the line says."""
        return self._words.text()

    def _show(self) -> None:
        writers = self.writers()
        first = next(iter(writers or self._others), None)
        if self.is_asking and writers:
            words = text("request_panel.presence.ask", name=writers[0].name)
        elif self._taken:
            words = text("request_panel.taken_by", name=self._taken)
        elif first is not None:
            words = f"{first.name} {presence_words(first, self._now())}"
            if len(self._others) > 1:
                words = f"{words} (+{len(self._others) - 1})"
        else:
            words = ""
        self._words.setText(words)
        told = present_sentence(self._others, self._now())
        self._words.setToolTip(told)
        self._words.setAccessibleName(f"{words}. {told}" if told and told != words else words)
        show_person = first is not None and not (self._taken and not self.is_asking)
        self._avatar.setVisible(show_person)
        if first is not None:
            self._avatar.show_person(
                first.initials, f"{first.name} {presence_words(first, self._now())}", first.kind
            )
        self._icon.setVisible(bool(self._taken) and not self.is_asking)
        self.write.setVisible(first is not None and not self.is_asking)
        self.send.setVisible(self.is_asking)
        self.keep.setVisible(self.is_asking)
        self.setVisible(bool(words))

    @Slot()
    def _on_write(self) -> None:
        first = next(iter(self.writers() or self._others), None)
        if first is not None:
            self.write_requested.emit(first.login)

    @Slot()
    def _on_send(self) -> None:
        self.is_asking = False
        self._show()
        self.anyway.emit()

    @Slot()
    def _on_keep(self) -> None:
        self.is_asking = False
        self._show()
        self.kept_back.emit()
