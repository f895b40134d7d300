"""« Appeler »: the number goes to the telephone of the workstation, or to the clipboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QUrl, Slot, qInstallMessageHandler
from PySide6.QtGui import QDesktopServices, QGuiApplication

from avise.models.customer import SearchHit
from avise.services.settings_file import CallWith
from avise.texts import text
from avise.ui.widgets.toast import Message


class Dialling(QObject):
    """Hands numbers over to the system; no number is in a log, a title or a message.

    Args:
        call_with: what the workstation's telephone answers to.
        tell: shows a message.
        parent: of the object.
    """

    def __init__(self, call_with: CallWith, tell: Callable[[Message], None], parent: QObject) -> None:
        super().__init__(parent)
        self._call_with, self._tell = call_with, tell

    @Slot(object)
    def call(self, hit: SearchHit) -> None:
        """Call the first number of somebody found; without one, nothing happens."""
        number = next(iter(hit.entry.party.phones), "")
        if not number:
            return
        if self._call_with is CallWith.NOTHING:
            self._copy(number, "dialling.copied")
        elif _opened(QUrl(f"{self._call_with}:{_dialled(number)}")):
            # The system may hand it to a program that does nothing: the number is one press away.
            self._tell(
                Message(
                    text("dialling.handed_over"),
                    "phone-outgoing",
                    action=text("dialling.copy"),
                    on_action=lambda: self._copy(number, "dialling.copied"),
                )
            )
        else:
            self._copy(number, "dialling.no_telephone")

    def _copy(self, number: str, key: str) -> None:
        QGuiApplication.clipboard().setText(number)
        self._tell(Message(text(key), "copy"))


def _dialled(number: str) -> str:
    return "".join(sign for sign in number if sign.isdigit() or sign == "+")


def _opened(url: QUrl) -> bool:
    """Return whether the system took an address, in silence: Qt's own complaint would quote it."""
    before = qInstallMessageHandler(lambda *_said: None)
    try:
        return QDesktopServices.openUrl(url)
    finally:
        qInstallMessageHandler(before)
