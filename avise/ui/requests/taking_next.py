"""Taking the next request of a corbeille, and going on to another when a colleague was quicker."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.requests import RequestId
from avise.services.request_values import BasketSection
from avise.texts import text
from avise.ui.aio import TaskScope
from avise.ui.bridge import DeskBridge
from avise.ui.requests.on_screen import OnScreen
from avise.ui.requests.wording import failure, told
from avise.ui.undoing import Undoing
from avise.ui.widgets.toast import Message


class TakingNext(QObject):
    """Takes what is due first and held by nobody.

    Args:
        desk: the services.
        screen: what is shown.
        undoing: offers to take back what is done here.
        tasks: owner of what runs.
        say: shows what came of it.

    Signals:
        taken: the request that was taken from a corbeille (its identity).
        taken_instead: one that a colleague had taken first, and the one taken in its place.
    """

    taken = Signal(object)
    taken_instead = Signal(object, object)

    def __init__(
        self,
        desk: DeskBridge,
        screen: OnScreen,
        undoing: Undoing,
        tasks: TaskScope,
        say: Callable[[Message], None],
    ) -> None:
        super().__init__(tasks)
        self._desk, self._screen, self._undoing = desk, screen, undoing
        self._tasks, self._say = tasks, say
        self._as_next: set[RequestId] = set()
        """Requests taken here as the next one of a corbeille; a colleague may have been quicker."""

    @Slot()
    def take(self) -> None:
        """Take the request that is due first and held by nobody, in the corbeille on screen or the team's."""
        if self._screen.board is not None and not self._screen.board.takes_next:
            self._say(Message(text("request_panel.next.not_here"), "circle-help"))
            return
        self._tasks.spawn(self._take(self._next_from()), name="take the next one", when_busy="drop")

    def _next_from(self) -> str:
        """Return the corbeille on screen; from a list of one's own, the first one of the team."""
        baskets = self._screen.board.baskets if self._screen.board is not None else ()
        team = next((found.id for found in baskets if found.section is BasketSection.TEAM), "")
        shown = self._screen.basket(self._screen.query.basket)
        return (
            team
            if team and (shown is None or shown.section is BasketSection.ME)
            else self._screen.query.basket
        )

    async def _take(self, basket: str) -> None:
        try:
            acts = await self._desk.take_next(basket)
        except AviseError as error:
            self._fail(error)
            return
        if not acts.done:
            self._say(Message(text("request_panel.next.none"), "circle-check"))
            return
        if acts.act is not None:
            sentence = told(EventKind.REQUEST_CLAIMED.value, self._screen.label(acts.done[0]))
            self._undoing.offer(sentence, acts.act, icon="hand")
        self.taken.emit(acts.done[0])
        self._as_next.add(acts.done[0])
        self.tell_instead()

    def tell_instead(self) -> None:
        """Say once that a request taken here went to a colleague, and what was taken in its place."""
        instead = self._screen.board.instead if self._screen.board is not None else None
        if instead is None or instead.lost not in self._as_next:
            return
        self._as_next.discard(instead.lost)
        if instead.taken is None or instead.act is None:
            self._say(Message(text("request_panel.next.gone"), "hand"))
            return
        self._as_next.add(instead.taken)
        told_ = text("request_panel.next.instead", what=self._screen.label(instead.taken))
        self._undoing.offer(told_, instead.act, icon="hand")
        self.taken_instead.emit(instead.lost, instead.taken)

    def _fail(self, error: AviseError) -> None:
        self._say(Message(failure(error), "circle-x", is_error=True))
