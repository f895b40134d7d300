"""What a desk offers around requests to the middle office, and the hub that carries them.

A part of `avise.services.desk.Desk`, which inherits it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Protocol

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


class RequestDesk(Protocol):
    """What the window asks of the middle office."""

    # ---- lists -------------------------------------------------------------------------------
    def request_board(self, query: RequestQuery) -> AsyncIterator[RequestBoard]:
        """Follow the corbeilles and one list: at once, then at each change, at most twice a second."""

    def requests_of(self, person: PersonId) -> AsyncIterator[tuple[RequestRow, ...]]:
        """Follow the requests of a customer's dossier: open ones by due date, then those ended lately."""

    async def find_request(self, words: str) -> tuple[RequestRow, ...]:
        """Return requests by number or title, those no longer on this station included when online."""

    # ---- one request -------------------------------------------------------------------------
    def follow_request(self, request: RequestId) -> AsyncIterator[RequestDetail]:
        """Follow one request; the opening is journaled when it is about a person.

        Raises:
            AviseError: `request.nobody_knows` or `request.no_right`.
        """

    async def note_presence(self, request: RequestId | None, *, writing: bool = False) -> None:
        """Say what is on screen; None when no request is. Told to colleagues for 15 seconds."""

    async def act_on_requests(self, requests: Sequence[RequestId], deed: RequestDeed) -> RequestActs:
        """Do something to at most 50 requests: stored and shown at once, then sent.

        A deed that the hub refuses later comes back as a task, with the text kept.

        Raises:
            AviseError: `request.too_many`, `request.file_refused`, or the store could not write.
        """

    async def take_next(self, basket: str) -> RequestActs:
        """Take the request of a corbeille that is due first and held by nobody; `done` is empty when none."""

    async def save_attachment(self, request: RequestId, blob: str, folder: Path) -> Path:
        """Write an attachment to a folder and return the file."""

    async def save_request_draft(self, request: RequestId, target: str, words: str) -> None:
        """Keep what is being typed to "requester", "note" or "member"; empty words forget it."""

    async def request_drafts(self, request: RequestId) -> dict[str, str]:
        """Return what was being typed on a request, by target."""

    # ---- creation ----------------------------------------------------------------------------
    async def request_types(self, person: PersonId | None = None) -> tuple[RequestTypeRow, ...]:
        """Return the types that this user may create, the likeliest for this customer first."""

    async def request_form(self, type_id: str, person: PersonId | None) -> RequestForm:
        """Return what a type asks, prefilled from what is known of the customer now."""

    async def check_request(self, new: NewRequest) -> tuple[FieldTrouble, ...]:
        """Return what is missing or malformed; empty when it can be sent."""

    async def create_request(self, new: NewRequest) -> RequestActs:
        """Send a request; it is durable here when this returns, and leaves when the hub can be reached.

        Raises:
            AviseError: `request.incomplete` (see `check_request`), `request.duplicate` unless `anyway`.
        """

    # ---- views and team ----------------------------------------------------------------------
    async def save_view(self, view: SavedView) -> SavedView:
        """Keep a list under a name; an empty id makes a new one."""

    async def delete_view(self, view_id: str) -> None:
        """Forget a saved view."""

    async def saved_view(self, view_id: str) -> SavedView | None:
        """Return a saved view, its query and columns."""

    async def colleagues(self) -> tuple[ColleagueRow, ...]:
        """Return colleagues, to assign a request to or to mention."""

    def team_board(self) -> AsyncIterator[TeamBoard]:
        """Follow the load of the teams that this user leads.

        Raises:
            AviseError: `board.leads_only`.
        """

    # ---- the hub -----------------------------------------------------------------------------
    def hub_status(self) -> AsyncIterator[HubStatus]:
        """Follow how this station stands with the hub."""

    async def sign_in(self, password: str) -> None:
        """Sign this station's user in with a password of the hub's own.

        Raises:
            AviseError: `hub.wrong_password`, `hub.locked`, `hub.unreachable`.
        """

    async def sign_in_with_provider(self) -> str:
        """Begin a sign-in at the identity provider; return the address to open in the system's browser.

        `hub_status` tells when it is done, or why it failed.
        """

    async def sign_out(self) -> None:
        """Forget the tokens of this station."""
