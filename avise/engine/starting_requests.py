"""The part of a starting desk around requests: every intention waits for the engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from avise.engine.awaited_desk import AwaitedDesk
from avise.models.customer import PersonId

if TYPE_CHECKING:
    from pathlib import Path

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


class StartingRequests(AwaitedDesk):
    """Implements `avise.services.request_desk.RequestDesk` by waiting for the real desk."""

    # ---- lists ---------------------------------------------------------------------------------
    def request_board(self, query: RequestQuery) -> AsyncIterator[RequestBoard]:
        """See `RequestDesk.request_board`."""
        return self._follow(lambda desk: desk.request_board(query))

    def requests_of(self, person: PersonId) -> AsyncIterator[tuple[RequestRow, ...]]:
        """See `RequestDesk.requests_of`."""
        return self._follow(lambda desk: desk.requests_of(person))

    async def find_request(self, words: str) -> tuple[RequestRow, ...]:
        """See `RequestDesk.find_request`."""
        return await (await self._desk()).find_request(words)

    # ---- one request ---------------------------------------------------------------------------
    def follow_request(self, request: RequestId) -> AsyncIterator[RequestDetail]:
        """See `RequestDesk.follow_request`."""
        return self._follow(lambda desk: desk.follow_request(request))

    async def note_presence(self, request: RequestId | None, *, writing: bool = False) -> None:
        """See `RequestDesk.note_presence`."""
        await (await self._desk()).note_presence(request, writing=writing)

    async def act_on_requests(self, requests: Sequence[RequestId], deed: RequestDeed) -> RequestActs:
        """See `RequestDesk.act_on_requests`."""
        return await (await self._desk()).act_on_requests(requests, deed)

    async def take_next(self, basket: str) -> RequestActs:
        """See `RequestDesk.take_next`."""
        return await (await self._desk()).take_next(basket)

    async def save_attachment(self, request: RequestId, blob: str, folder: Path) -> Path:
        """See `RequestDesk.save_attachment`."""
        return await (await self._desk()).save_attachment(request, blob, folder)

    async def save_request_draft(self, request: RequestId, target: str, words: str) -> None:
        """See `RequestDesk.save_request_draft`."""
        await (await self._desk()).save_request_draft(request, target, words)

    async def request_drafts(self, request: RequestId) -> dict[str, str]:
        """See `RequestDesk.request_drafts`."""
        return await (await self._desk()).request_drafts(request)

    # ---- creation ------------------------------------------------------------------------------
    async def request_types(self, person: PersonId | None = None) -> tuple[RequestTypeRow, ...]:
        """See `RequestDesk.request_types`."""
        return await (await self._desk()).request_types(person)

    async def request_form(self, type_id: str, person: PersonId | None) -> RequestForm:
        """See `RequestDesk.request_form`."""
        return await (await self._desk()).request_form(type_id, person)

    async def check_request(self, new: NewRequest) -> tuple[FieldTrouble, ...]:
        """See `RequestDesk.check_request`."""
        return await (await self._desk()).check_request(new)

    async def create_request(self, new: NewRequest) -> RequestActs:
        """See `RequestDesk.create_request`."""
        return await (await self._desk()).create_request(new)

    # ---- views and team ------------------------------------------------------------------------
    async def save_view(self, view: SavedView) -> SavedView:
        """See `RequestDesk.save_view`."""
        return await (await self._desk()).save_view(view)

    async def delete_view(self, view_id: str) -> None:
        """See `RequestDesk.delete_view`."""
        await (await self._desk()).delete_view(view_id)

    async def saved_view(self, view_id: str) -> SavedView | None:
        """See `RequestDesk.saved_view`."""
        return await (await self._desk()).saved_view(view_id)

    async def colleagues(self) -> tuple[ColleagueRow, ...]:
        """See `RequestDesk.colleagues`."""
        return await (await self._desk()).colleagues()

    def team_board(self) -> AsyncIterator[TeamBoard]:
        """See `RequestDesk.team_board`."""
        return self._follow(lambda desk: desk.team_board())

    # ---- the hub -------------------------------------------------------------------------------
    def hub_status(self) -> AsyncIterator[HubStatus]:
        """See `RequestDesk.hub_status`."""
        return self._follow(lambda desk: desk.hub_status())

    async def sign_in(self, password: str) -> None:
        """See `RequestDesk.sign_in`."""
        await (await self._desk()).sign_in(password)

    async def sign_in_with_provider(self) -> str:
        """See `RequestDesk.sign_in_with_provider`."""
        return await (await self._desk()).sign_in_with_provider()

    async def sign_out(self) -> None:
        """See `RequestDesk.sign_out`."""
        await (await self._desk()).sign_out()
