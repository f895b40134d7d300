"""The desk around requests to the middle office, and the hub that carries them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TypeVar

from avise.engine.local_day import LocalDay
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.requests import RequestId
from avise.services.request_desk import RequestDesk
from avise.services.request_values import (
    ColleagueRow,
    FieldTrouble,
    HubState,
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

T = TypeVar("T")

NO_HUB = HubStatus(HubState.NONE)


class LocalRequests(LocalDay):
    """Implements `avise.services.request_desk.RequestDesk`; `LocalDesk` is one.

    A profile without a hub has no middle office: its lists are empty, and whatever is asked of it is
    refused with a sentence that says so.
    """

    _middle_office: RequestDesk | None = None

    def use_requests(self, middle_office: RequestDesk) -> None:
        """Show the requests of a hub."""
        self._middle_office = middle_office

    def _requests(self) -> RequestDesk:
        if self._middle_office is None:
            raise AviseError("hub.none")
        return self._middle_office

    # ---- lists ---------------------------------------------------------------------------------
    def request_board(self, query: RequestQuery) -> AsyncIterator[RequestBoard]:
        """Follow the corbeilles and one list."""
        if self._middle_office is None:
            return _once(RequestBoard(query, (), (), 0, 0, NO_HUB))
        return self._middle_office.request_board(query)

    def requests_of(self, person: PersonId) -> AsyncIterator[tuple[RequestRow, ...]]:
        """Follow the requests of a customer's dossier."""
        if self._middle_office is None:
            nobody: tuple[RequestRow, ...] = ()
            return _once(nobody)
        return self._middle_office.requests_of(person)

    async def find_request(self, words: str) -> tuple[RequestRow, ...]:
        """Return requests by number or title."""
        return await self._middle_office.find_request(words) if self._middle_office is not None else ()

    # ---- one request ---------------------------------------------------------------------------
    def follow_request(self, request: RequestId) -> AsyncIterator[RequestDetail]:
        """Follow one request."""
        return self._requests().follow_request(request)

    async def note_presence(self, request: RequestId | None, *, writing: bool = False) -> None:
        """Say what is on screen."""
        if self._middle_office is not None:
            await self._middle_office.note_presence(request, writing=writing)

    async def act_on_requests(self, requests: Sequence[RequestId], deed: RequestDeed) -> RequestActs:
        """Do something to requests."""
        return await self._requests().act_on_requests(requests, deed)

    async def take_next(self, basket: str) -> RequestActs:
        """Take the request of a corbeille that is due first and held by nobody."""
        return await self._requests().take_next(basket)

    async def save_attachment(self, request: RequestId, blob: str, folder: Path) -> Path:
        """Write an attachment to a folder and return the file."""
        return await self._requests().save_attachment(request, blob, folder)

    async def save_request_draft(self, request: RequestId, target: str, words: str) -> None:
        """Keep what is being typed."""
        await self._requests().save_request_draft(request, target, words)

    async def request_drafts(self, request: RequestId) -> dict[str, str]:
        """Return what was being typed on a request."""
        return await self._requests().request_drafts(request)

    # ---- creation ------------------------------------------------------------------------------
    async def request_types(self, person: PersonId | None = None) -> tuple[RequestTypeRow, ...]:
        """Return the types that this user may create."""
        return await self._middle_office.request_types(person) if self._middle_office is not None else ()

    async def request_form(self, type_id: str, person: PersonId | None) -> RequestForm:
        """Return what a type asks."""
        return await self._requests().request_form(type_id, person)

    async def check_request(self, new: NewRequest) -> tuple[FieldTrouble, ...]:
        """Return what is missing or malformed."""
        return await self._requests().check_request(new)

    async def create_request(self, new: NewRequest) -> RequestActs:
        """Send a request."""
        return await self._requests().create_request(new)

    # ---- views and team ------------------------------------------------------------------------
    async def save_view(self, view: SavedView) -> SavedView:
        """Keep a list under a name."""
        return await self._requests().save_view(view)

    async def delete_view(self, view_id: str) -> None:
        """Forget a saved view."""
        await self._requests().delete_view(view_id)

    async def saved_view(self, view_id: str) -> SavedView | None:
        """Return a saved view."""
        return await self._middle_office.saved_view(view_id) if self._middle_office is not None else None

    async def colleagues(self) -> tuple[ColleagueRow, ...]:
        """Return colleagues."""
        return await self._middle_office.colleagues() if self._middle_office is not None else ()

    def team_board(self) -> AsyncIterator[TeamBoard]:
        """Follow the load of the teams that this user leads."""
        return self._requests().team_board()

    # ---- the hub -------------------------------------------------------------------------------
    def hub_status(self) -> AsyncIterator[HubStatus]:
        """Follow how this station stands with the hub."""
        return self._middle_office.hub_status() if self._middle_office is not None else _once(NO_HUB)

    async def sign_in(self, password: str) -> None:
        """Sign this station's user in."""
        await self._requests().sign_in(password)

    async def sign_in_with_provider(self) -> str:
        """Begin a sign-in at the identity provider."""
        return await self._requests().sign_in_with_provider()

    async def sign_out(self) -> None:
        """Forget the tokens of this station."""
        await self._requests().sign_out()


async def _once(value: T) -> AsyncIterator[T]:
    yield value
