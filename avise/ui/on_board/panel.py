"""« Données à bord » over any page: the card, without its frame."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.on_board.card import OnBoardCard
from avise.ui.on_board.view_model import OnBoardViewModel

WIDTH = 360


class OnBoardPanel(FloatingPanel):
    """The panel.

    Args:
        model: what is known, and what can be done.
        parent: over which it stands.
    """

    def __init__(self, model: OnBoardViewModel, parent: QWidget) -> None:
        super().__init__(text("on_board.title"), "hard-drive", WIDTH, parent)
        self.card = OnBoardCard(model, stays=True)
        self.card.header.hide()
        self.card.set_header_line(shown=False)
        self.right.insertWidget(0, self.card.size_words)
        self.body.addWidget(self.card)
        self.card.show_status()

    def open_near(self, corner: QPoint) -> None:
        """Come on screen, with focus on the first button."""
        self.open_at(corner)
        self.card.first().setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def event(self, event: QEvent) -> bool:
        """Make room for what came: a question, a sentence."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self.fit()
        return handled
