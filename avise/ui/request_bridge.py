"""The part of the bridge around requests to the middle office, and the hub that carries them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from avise.models.customer import PersonId
from avise.ui.crossing import Crossing, Failed, Watch

if TYPE_CHECKING:
    from avise.models.requests import RequestId
    from avise.services.request_values import (
        ColleagueRow,
        FieldTrouble,
        HubStatus,
        NewRequest,
        RequestActs,
        RequestBoard,
        RequestDeed,
        RequestDetail,
        RequestForm,
        RequestQuery,
        RequestRow,
        RequestTypeRow,
        SavedView,
        TeamBoard,
    )


class RequestBridge(Crossing):
    """The intentions of `avise.services.request_desk.RequestDesk`, as the window calls them."""

    # ---- watches -----------------------------------------------------------------------------
    def watch_board(
        self, query: RequestQuery, on_board: Callable[[RequestBoard], None], on_failed: Failed | None = None
    ) -> Watch:
        """Follow the baskets and one list; another query is another watch."""
        return self._watch(
            lambda: self._desk.request_board(query), lambda _board: "board", on_board, on_failed
        )

    def watch_requests_of(
        self,
        person: PersonId,
        on_rows: Callable[[tuple[RequestRow, ...]], None],
        on_failed: Failed | None = None,
    ) -> Watch:
        """Follow the requests of a customer's dossier."""
        return self._watch(lambda: self._desk.requests_of(person), lambda _rows: "rows", on_rows, on_failed)

    def watch_request(
        self,
        request: RequestId,
        on_detail: Callable[[RequestDetail], None],
        on_failed: Failed | None = None,
        on_interrupted: Callable[[], None] | None = None,
    ) -> Watch:
        """Follow one request.

        Args:
            request: the one.
            on_detail: called on Qt's thread with its latest state.
            on_failed: `request.nobody_knows` or `request.no_right`; nothing is followed any more.
            on_interrupted: the engine was lost; the next one tells it again.
        """
        return self._watch(
            lambda: self._desk.follow_request(request),
            lambda _detail: "detail",
            on_detail,
            on_failed,
            on_interrupted,
        )

    def watch_team(self, on_board: Callable[[TeamBoard], None], on_failed: Failed | None = None) -> Watch:
        """Follow the load of the teams that this user leads; `board.leads_only` for anybody else."""
        return self._watch(self._desk.team_board, lambda _board: "team", on_board, on_failed)

    def watch_hub(self, on_status: Callable[[HubStatus], None], on_failed: Failed | None = None) -> Watch:
        """Follow how this station stands with the hub."""
        return self._watch(self._desk.hub_status, lambda _status: "hub", on_status, on_failed)

    # ---- one request -------------------------------------------------------------------------
    async def find_request(self, words: str) -> tuple[RequestRow, ...]:
        """Return requests by number or title."""
        return await self._call(self._desk.find_request(words))

    async def note_presence(self, request: RequestId | None, *, writing: bool = False) -> None:
        """Say what is on screen; None when no request is."""
        await self._call(self._desk.note_presence(request, writing=writing))

    async def act_on_requests(self, requests: Sequence[RequestId], deed: RequestDeed) -> RequestActs:
        """Do something to requests: stored and shown at once, then sent."""
        return await self._call(self._desk.act_on_requests(requests, deed))

    async def take_next(self, basket: str) -> RequestActs:
        """Take the request of a corbeille that is due first and held by nobody."""
        return await self._call(self._desk.take_next(basket))

    async def save_attachment(self, request: RequestId, blob: str, folder: Path) -> Path:
        """Write an attachment to a folder and return the file."""
        return await self._call(self._desk.save_attachment(request, blob, folder))

    async def save_request_draft(self, request: RequestId, target: str, words: str) -> None:
        """Keep what is being typed to "requester", "note" or "member"; empty words forget it."""
        await self._call(self._desk.save_request_draft(request, target, words))

    async def request_drafts(self, request: RequestId) -> dict[str, str]:
        """Return what was being typed on a request, by target."""
        return await self._call(self._desk.request_drafts(request))

    # ---- creation ----------------------------------------------------------------------------
    async def request_types(self, person: PersonId | None = None) -> tuple[RequestTypeRow, ...]:
        """Return the types that this user may create, the likeliest for this customer first."""
        return await self._call(self._desk.request_types(person))

    async def request_form(self, type_id: str, person: PersonId | None) -> RequestForm:
        """Return what a type asks, prefilled from what is known of the customer now."""
        return await self._call(self._desk.request_form(type_id, person))

    async def check_request(self, new: NewRequest) -> tuple[FieldTrouble, ...]:
        """Return what is missing or malformed; empty when it can be sent."""
        return await self._call(self._desk.check_request(new))

    async def create_request(self, new: NewRequest) -> RequestActs:
        """Send a request; it is durable here when this returns."""
        return await self._call(self._desk.create_request(new))

    # ---- views and team ----------------------------------------------------------------------
    async def save_view(self, view: SavedView) -> SavedView:
        """Keep a list under a name; an empty id makes a new one."""
        return await self._call(self._desk.save_view(view))

    async def delete_view(self, view_id: str) -> None:
        """Forget a saved view."""
        await self._call(self._desk.delete_view(view_id))

    async def saved_view(self, view_id: str) -> SavedView | None:
        """Return a saved view, its query and columns."""
        return await self._call(self._desk.saved_view(view_id))

    async def colleagues(self) -> tuple[ColleagueRow, ...]:
        """Return colleagues, to assign a request to or to mention."""
        return await self._call(self._desk.colleagues())

    # ---- the hub -----------------------------------------------------------------------------
    async def sign_in(self, password: str) -> None:
        """Sign this station's user in with a password of the hub's own."""
        await self._call(self._desk.sign_in(password))

    async def sign_in_with_provider(self) -> str:
        """Begin a sign-in at the identity provider; return the address to open in the system's browser."""
        return await self._call(self._desk.sign_in_with_provider())

    async def sign_out(self) -> None:
        """Forget the tokens of this station."""
        await self._call(self._desk.sign_out())
