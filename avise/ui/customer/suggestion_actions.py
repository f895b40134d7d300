"""What a suggested answer can do here: insert its sentence, show its block, and what others offer.

An action that nobody offers on this workstation is not shown: no key does nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from avise.services.customer_updates import SuggestedAction, Suggestion
from avise.ui.customer.block_actions import BlockActions
from avise.ui.customer.suggestions_panel import SuggestionsPanel, plain_answer
from avise.ui.customer.view_model import CustomerViewModel

RunAction = Callable[[Suggestion, SuggestedAction], None]


class SuggestionActions(QObject):
    """Does what is asked of a suggested answer.

    Args:
        model: of the customer.
        blocks: show a facet.
        parent: page that it belongs to.
    """

    def __init__(self, model: CustomerViewModel, blocks: BlockActions, parent: QObject) -> None:
        super().__init__(parent)
        self._model, self._blocks = model, blocks
        self._panel: SuggestionsPanel | None = None
        self._runs: dict[str, RunAction] = {"insert": self._insert, "show": self._show}

    def offer(self, kind: str, run: RunAction) -> None:
        """Offer a kind of action ("request", "act" or "message"), done by `run`."""
        self._runs[kind] = run
        if self._panel is not None:
            self._panel.set_kinds(frozenset(self._runs))

    def bind(self, panel: SuggestionsPanel) -> None:
        """Follow the panel that was just built."""
        self._panel = panel
        panel.set_kinds(frozenset(self._runs))
        panel.action_requested.connect(self._on_action)

    @Slot(object, object)
    def _on_action(self, suggestion: Suggestion, action: SuggestedAction) -> None:
        run = self._runs.get(action.id)
        if run is not None:
            run(suggestion, action)

    def _insert(self, suggestion: Suggestion, _action: SuggestedAction) -> None:
        self._model.wrap_up.insert(plain_answer(suggestion), suggestion.reason)
        if suggestion.facets:
            self._model.note_deed("insert", suggestion.facets[0])

    def _show(self, suggestion: Suggestion, action: SuggestedAction) -> None:
        facet = action.target or (suggestion.facets[0] if suggestion.facets else "")
        if facet:
            self._blocks.show_facet(facet)
