"""The panel of the wrap-up and its values, bound."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from avise.ui.customer.wrap_up_model import WrapUpModel
from avise.ui.customer.wrap_up_panel import WrapUpPanel


class WrapUpBinding(QObject):
    """Shows the values of a wrap-up, and takes what the agent does.

    Args:
        model: of the wrap-up.
        panel: where it is written.
    """

    def __init__(self, model: WrapUpModel, panel: WrapUpPanel) -> None:
        super().__init__(panel)
        self._model, self._panel = model, panel
        panel.reason_chosen.connect(model.choose_reason)
        panel.outcome_chosen.connect(model.choose_outcome)
        panel.detail_chosen.connect(model.choose_detail)
        panel.note_edited.connect(model.write)
        panel.callback_promised.connect(model.promise)
        panel.mask_requested.connect(model.mask)
        panel.close_requested.connect(model.record)
        model.changed.connect(self._on_changed)
        model.ticked.connect(panel.show_seconds)
        model.refused.connect(panel.go_to)
        panel.show_seconds(model.seconds_left)
        self._take_typed()
        self._on_changed()

    def _take_typed(self) -> None:
        """Take what was typed before the form was bound: what is shown never writes over it."""
        typed, note = self._panel.note.words(), self._model.shown().note
        if typed:
            self._model.write(f"{note}\n{typed}" if note else typed)

    @Slot()
    def _on_changed(self) -> None:
        self._panel.show_wrap_up(self._model.shown())
