"""The agent says that a call is over, where no telephony will: it hangs nothing up."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from avise.texts import text
from avise.ui.shortcuts import keys_of
from avise.ui.widgets.button import Button


class EndCallButton(Button):
    """« Appel terminé », with the keys that do the same in its tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(text("call.end"), icon="phone-off", small=True, parent=parent)
        self.setAccessibleName(text("call.end"))
        self.setToolTip(text("call.end_hint", keys=keys_of("end_call")))
