"""What the middle office shows, as the parts that act on it need to know it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from avise.models.requests import RequestId
from avise.models.roles import Session
from avise.services.request_values import Basket, ColleagueRow, RequestBoard, RequestDetail, RequestQuery


class OnScreen(Protocol):
    """The list and the request on screen; `RequestsViewModel` follows them."""

    query: RequestQuery
    board: RequestBoard | None
    detail: RequestDetail | None
    colleagues: Sequence[ColleagueRow]

    @property
    def session(self) -> Session:
        """Who works here."""

    def basket(self, basket: str) -> Basket | None:
        """Return a corbeille or a view by its identifier."""

    def label(self, request: RequestId) -> str:
        """Return what a request is called in a sentence."""
