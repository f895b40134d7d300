"""The code that protects what is on board, in the settings."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea, QWidget

from avise.services.pack_values import PacksStatus
from avise.ui.code_panel import CodePanel, CodeWords
from avise.ui.on_board.wording import is_allowed

_WORDS = CodeWords(
    title="on_board.code_of",
    current="on_board.code_current",
    new="on_board.code_new",
    again="on_board.code_again",
    set="on_board.code_set",
    remove="on_board.code_remove",
    there="on_board.has_code",
    absent="on_board.has_no_code",
    form="pack.weak_pin",
    differ="on_board.codes_differ",
)


class OnBoardCodePanel(CodePanel):
    """The code of what is on board; hidden where nothing may be carried."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_WORDS, "hard-drive", names_itself=True, parent=parent)
        self.hide()

    def show_status(self, status: PacksStatus | None) -> None:
        """Say whether a code protects what is on board."""
        self.setVisible(is_allowed(status))
        self.show_code(is_set=status is not None and status.pin_set)

    def come_into_view(self) -> None:
        """Have the page scrolled to here."""
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None:
            around.ensureWidgetVisible(self)
