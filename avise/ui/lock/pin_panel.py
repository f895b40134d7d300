"""The code that opens a locked desk, in the settings."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from avise.ui.code_panel import CodePanel, CodeWords

_WORDS = CodeWords(
    title="lock.settings",
    current="lock.current",
    new="lock.new",
    again="lock.again",
    set="lock.set",
    remove="lock.remove",
    there="lock.has_pin",
    absent="lock.has_no_pin",
    form="lock.pin_form",
    differ="lock.differ",
)


class PinPanel(CodePanel):
    """The code of the desk."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_WORDS, "lock", parent=parent)
