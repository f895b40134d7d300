"""Lists that a user named: kept, renamed, forgotten, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from avise.models.errors import AviseError
from avise.services.request_values import RequestQuery, SavedView
from avise.texts import text
from avise.ui.aio import TaskScope
from avise.ui.bridge import DeskBridge
from avise.ui.requests.filters import merged
from avise.ui.requests.wording import failure
from avise.ui.widgets.toast import Message


class SavedViews:
    """What a user does with named lists.

    Args:
        desk: the services.
        tasks: owner of what runs.
        tell: shows what came of it.
    """

    def __init__(self, desk: DeskBridge, tasks: TaskScope, tell: Callable[[Message], None]) -> None:
        self._desk, self._tasks, self._tell = desk, tasks, tell

    async def read(self, view: str) -> SavedView | None:
        """Return a view; None, once it is told why, when it cannot be read."""
        try:
            return await self._desk.saved_view(view)
        except AviseError as error:
            self._fail(error)
            return None

    def save(self, name: str, query: RequestQuery, columns: Sequence[str], *, on_view: bool) -> None:
        """Keep a list under a name.

        Args:
            name: of the view.
            query: the list on screen.
            columns: it shows, when it is wide.
            on_view: the list is a saved view with more filters: what that one holds is kept too.
        """
        kept = self._save(name, query, tuple(columns), on_view=on_view)
        self._tasks.spawn(kept, name="save a view", when_busy="parallel")

    async def _save(self, name: str, query: RequestQuery, columns: tuple[str, ...], *, on_view: bool) -> None:
        try:
            below = await self._desk.saved_view(query.basket) if on_view else None
            if below is not None:
                filters = merged(below.query.filters, query.filters)
                query = replace(below.query, filters=filters, sort=query.sort)
            await self._desk.save_view(SavedView("", name, query, columns))
        except AviseError as error:
            self._fail(error)
            return
        self._tell(Message(text("request_panel.view.saved", name=name), "pin"))

    def rename(self, view: str, name: str) -> None:
        """Give a view another name."""
        self._tasks.spawn(self._rename(view, name), name="rename a view", when_busy="parallel")

    async def _rename(self, view: str, name: str) -> None:
        kept = await self.read(view)
        if kept is None:
            return
        try:
            await self._desk.save_view(replace(kept, name=name))
        except AviseError as error:
            self._fail(error)
            return
        self._tell(Message(text("request_panel.view.saved", name=name), "pin"))

    def delete(self, view: str, then: Callable[[], None]) -> None:
        """Forget a view; its message takes it back.

        Args:
            view: the one.
            then: called once it is forgotten.
        """
        self._tasks.spawn(self._delete(view, then), name="delete a view", when_busy="parallel")

    async def _delete(self, view: str, then: Callable[[], None]) -> None:
        kept = await self.read(view)
        if kept is None:
            return
        try:
            await self._desk.delete_view(view)
        except AviseError as error:
            self._fail(error)
            return
        then()
        self._tell(
            Message(
                text("request_panel.view.deleted", name=kept.name),
                "pin",
                action=text("undo.action"),
                on_action=lambda: self._take_back(replace(kept, id="")),
            )
        )

    def _take_back(self, view: SavedView) -> None:
        back = self._save(view.name, view.query, view.columns, on_view=False)
        self._tasks.spawn(back, name="save a view", when_busy="parallel")

    def _fail(self, error: AviseError) -> None:
        self._tell(Message(failure(error), "circle-x", is_error=True))
