"""Taking the next request of a corbeille: whoever is the slower of two gets the one after it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from avise.models.request_rules import Refusal
from avise.models.requests import Request, RequestId
from avise.services.request_values import RequestActs, TakenInstead
from avise.services.sync import Judgement

TRIES = 4
"""Requests that are tried one after the other; then the corbeille is asked for again by hand."""

_LOST = frozenset({Refusal.HELD_BY_OTHER.value, Refusal.STATUS.value})
"""Somebody was quicker: they hold it, or have done with it already."""


@dataclass(frozen=True, slots=True)
class _Taking:
    """A request that was taken as the next one, until the hub has judged it."""

    basket: str
    tried: frozenset[RequestId]


class NextRequests:
    """Takes what is due first and held by nobody.

    Args:
        heads: the requests of a corbeille, in the order in which they are due.
        take: takes one.
    """

    def __init__(
        self,
        heads: Callable[[str], Sequence[Request]],
        take: Callable[[RequestId], Awaitable[RequestActs]],
    ) -> None:
        self._heads, self._take_one = heads, take
        self._taking: dict[RequestId, _Taking] = {}
        self.instead: TakenInstead | None = None
        """What was taken last in the place of a request that went to somebody else."""

    async def take(self, basket: str) -> RequestActs:
        """Take the next request of a corbeille; nothing is done when all are held."""
        return await self._take(basket, frozenset())

    async def _take(self, basket: str, tried: frozenset[RequestId]) -> RequestActs:
        for request in self._heads(basket):
            if request.holder or not request.is_open or request.id in tried:
                continue
            acts = await self._take_one(request.id)
            if acts.done:
                self._taking[request.id] = _Taking(basket, tried | {request.id})
                return acts
        return RequestActs(None, ())

    async def settle(self, request: RequestId, judgement: Judgement, *, counts: bool) -> bool:
        """Take what the hub said of a request's taking; say whether another one was taken in its place.

        Args:
            request: which one.
            judgement: of the hub.
            counts: the request is this user's now.
        """
        taking = self._taking.pop(request, None)
        if taking is None or counts or judgement.refusal not in _LOST:
            return False
        acts = RequestActs(None, ())
        if len(taking.tried) < TRIES:
            acts = await self._take(taking.basket, taking.tried)
        self.instead = TakenInstead(request, next(iter(acts.done), None), acts.act)
        return True
