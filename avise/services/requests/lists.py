"""Which requests a basket holds, which of them its filters leave in, and in what order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from avise.hub.port import Perimeter
from avise.models.business_hours import to_minute
from avise.models.customer import PersonId
from avise.models.names import fold
from avise.models.requests import CLOCK_STOPS, Request, RequestId, RequestStatus
from avise.models.sla import SlaClock, SlaState
from avise.services.request_values import (
    Basket,
    BasketSection,
    HourLoad,
    RequestFilters,
    RequestQuery,
    RequestSort,
    SavedView,
)
from avise.services.request_wording import queue_label
from avise.services.requests.clocks import Clocks
from avise.services.requests.rows import attached, questions_for
from avise.services.requests.standing import Standing
from avise.services.requests.team import hours_of
from avise.texts import text
from avise.texts.formats import local

UNANSWERED_FOR = timedelta(hours=24)
"""Without a word from whoever handles it for so long, a request is in « sans réponse »."""

VIEWS = ("late", "due_today", "unanswered", "fragile")
"""Views over every corbeille. Label: catalogue key `requests.view.<view>`."""

_ICONS = {
    "me/todo": "inbox", "me/waiting": "hourglass", "me/sent": "send", "view/late": "alarm-clock",
    "view/due_today": "calendar-clock", "view/unanswered": "message-circle-question", "view/fragile": "heart",
}  # fmt: skip
QUEUE_ICON, SAVED_ICON, TEAM_ICON = "tray", "bookmark", "users"

TEAM_BASKET = "team"
"""Whatever this user's own team passed on."""

_WAITING = (*CLOCK_STOPS, RequestStatus.WAITING_INTERNAL)


_KEEPING = ("me/sent", TEAM_BASKET)
"""Baskets that show what has ended as well: whoever passed it on looks for what came of it."""

_Mark = tuple[int, bool, tuple[Perimeter, ...]]


@dataclass(frozen=True, slots=True)
class Listing:
    """One list at one moment, before it is drawn."""

    found: tuple[Request, ...]
    """In order, all of them."""
    basket_total: int
    hours: tuple[HourLoad, ...]


@dataclass(slots=True)
class Lists:
    """Sorts requests into baskets.

    Args:
        standing: who reads.
        clocks: of the requests.
        views: lists that this user named, by basket.
    """

    standing: Standing
    clocks: Clocks
    views: Mapping[str, SavedView]
    _kept: dict[RequestId, tuple[Request, _Mark, frozenset[str]]] = field(default_factory=dict)
    """Baskets of each request, as long as nothing that decides of them changes."""

    # ---- the left pane -------------------------------------------------------------------------
    def baskets(
        self, requests: Iterable[Request], fragile: frozenset[PersonId], now: datetime
    ) -> tuple[Basket, ...]:
        """Return the left pane; each count is that of the rows that its list shows without filters."""
        counted: Counter[str] = Counter()
        late: Counter[str] = Counter()
        saved = {name: self._of_view(view, fragile, now) for name, view in self.views.items()}
        for request in requests:
            held = (*self._baskets_of(request, fragile, now), *_holding(saved, request))
            names = [name for name in held if self._is_shown(request, RequestQuery(name))]
            counted.update(names)
            if request.is_open and self._is_late(request, now):
                late.update(names)
        return tuple(
            replace(basket, count=counted[basket.id], late=late[basket.id]) for basket in self._pane()
        )

    def _pane(self) -> Iterable[Basket]:
        handles = bool(self.standing.own_queues)
        for name in ("me/todo", "me/waiting", "me/sent"):
            # Whoever passes requests on is asked questions: they wait in "me/todo" too.
            if handles or name != "me/waiting":
                yield _basket(name, BasketSection.ME, text(f"requests.basket.{name.removeprefix('me/')}"))
        if not handles and self.standing.own_teams:
            yield _basket(TEAM_BASKET, BasketSection.TEAM, text("requests.basket.team"), TEAM_ICON)
        own = self.standing.own_queues
        for queue in sorted(own, key=queue_label):
            yield _basket(f"queue/{queue}", BasketSection.TEAM, queue_label(queue), QUEUE_ICON)
        for queue in sorted(set(self.standing.readable_queues) - set(own), key=queue_label):
            yield _basket(f"queue/{queue}", BasketSection.OTHERS, queue_label(queue), QUEUE_ICON)
        for view in VIEWS:
            yield _basket(f"view/{view}", BasketSection.VIEWS, text(f"requests.view.{view}"))
        for name, saved in self.views.items():
            yield replace(_basket(name, BasketSection.VIEWS, saved.name, SAVED_ICON), saved=True)

    def _baskets_of(self, request: Request, fragile: frozenset[PersonId], now: datetime) -> frozenset[str]:
        """Return the baskets that hold a request, those with a name of the user's excepted."""
        mark = (to_minute(now), request.dossier in fragile, self.standing.perimeters)
        kept = self._kept.get(request.id)
        if kept is not None and kept[0] is request and kept[1] == mark:
            return kept[2]
        found = frozenset(self._sorted(request, fragile, now))
        self._kept[request.id] = (request, mark, found)
        return found

    def _sorted(self, request: Request, fragile: frozenset[PersonId], now: datetime) -> Iterable[str]:
        user = self.standing.session.user
        yield f"queue/{request.queue}"
        if request.requester == user:
            yield "me/sent"
        if request.team in self.standing.own_teams:
            yield TEAM_BASKET
        if not request.is_open:
            return
        if questions_for(request, user) or (request.holder == user and request.status not in _WAITING):
            yield "me/todo"
        elif request.holder == user:
            yield "me/waiting"
        clock = self.clocks.of(request, now)
        if clock.state is SlaState.LATE:
            yield "view/late"
        if clock.state is not SlaState.PAUSED and local(clock.due_at).date() == local(now).date():
            yield "view/due_today"
        if _is_unanswered(request, now):
            yield "view/unanswered"
        if request.dossier in fragile:
            yield "view/fragile"

    def _of_view(
        self, view: SavedView, fragile: frozenset[PersonId], now: datetime
    ) -> Callable[[Request], bool]:
        left_in = self._filter(view.query.filters, now)
        basket = view.query.basket
        return lambda request: left_in(request) and basket in self._baskets_of(request, fragile, now)

    # ---- one list ------------------------------------------------------------------------------
    def listing(
        self, query: RequestQuery, requests: Iterable[Request], fragile: frozenset[PersonId], now: datetime
    ) -> Listing:
        """Return what a query asks."""
        view = self.views.get(query.basket)
        if view is not None:
            inside = self._of_view(view, fragile, now)
            here = [request for request in requests if inside(request)]
        else:
            here = [
                request for request in requests if query.basket in self._baskets_of(request, fragile, now)
            ]
        shown = [request for request in here if self._is_shown(request, query)]
        left_in = self._filter(query.filters, now)
        found = sorted((request for request in shown if left_in(request)), key=self._order(query.sort, now))
        return Listing(tuple(found), len(shown), hours_of(here, now))

    def _is_shown(self, request: Request, query: RequestQuery) -> bool:
        """Say whether a list shows a request: what has ended only to its requester, or when it is asked for.

        The counts of the left pane ask the same, so that a corbeille never holds more than it says.
        """
        if request.is_open or request.status is RequestStatus.RESOLVED:
            return True
        view = self.views.get(query.basket)
        asked = (query, view.query) if view is not None else (query,)
        return any(one.filters.status is not None or one.basket in _KEEPING for one in asked)

    def _order(self, sort: RequestSort, now: datetime) -> Callable[[Request], tuple[object, ...]]:
        def due(request: Request) -> tuple[object, ...]:
            # What has ended comes after everything that is still to do.
            clock = self.clocks.of(request, now)
            return not request.is_open, clock.due_at, request.priority, request.created_at, request.id

        def created(request: Request) -> tuple[object, ...]:
            return -request.created_at.timestamp(), request.id

        def changed(request: Request) -> tuple[object, ...]:
            return -(request.changed_at or request.created_at).timestamp(), request.id

        return {RequestSort.DUE: due, RequestSort.CREATED: created, RequestSort.CHANGED: changed}[sort]

    def _filter(self, filters: RequestFilters, now: datetime) -> Callable[[Request], bool]:
        user, words, today = self.standing.session.user, fold(filters.words), local(now).date()
        tests: Sequence[tuple[bool, Callable[[Request], bool]]] = (
            (filters.unheld_or_mine, lambda request: request.holder in ("", user)),
            (bool(filters.holder), lambda request: request.holder == filters.holder),
            (filters.status is not None, lambda request: request.status is filters.status),
            (bool(filters.type), lambda request: request.type == filters.type),
            (bool(filters.channel), lambda request: request.channel == filters.channel),
            (filters.priority is not None, lambda request: request.priority is filters.priority),
            (filters.late, lambda request: self._is_late(request, now)),
            (filters.due_today, lambda request: local(self.clocks.of(request, now).due_at).date() == today),
            (filters.with_attachment, lambda request: bool(attached(request))),
            (bool(words), lambda request: words in fold(f"{request.number} {request.title}")),
        )
        wanted = [test for asked, test in tests if asked]
        return lambda request: all(test(request) for test in wanted)

    def searched(self, words: str, requests: Iterable[Request]) -> list[Request]:
        """Return the requests whose number or title holds some words, those changed last first."""
        wanted = fold(words)
        found = [request for request in requests if wanted in fold(f"{request.number} {request.title}")]
        found.sort(key=lambda request: request.changed_at or request.created_at, reverse=True)
        return found

    def _is_late(self, request: Request, now: datetime) -> bool:
        clock: SlaClock = self.clocks.of(request, now)
        return clock.state is SlaState.LATE


def _holding(saved: Mapping[str, Callable[[Request], bool]], request: Request) -> Iterable[str]:
    return (name for name, inside in saved.items() if inside(request))


def _basket(name: str, section: BasketSection, label: str, icon: str = "") -> Basket:
    return Basket(name, section, label, icon or _ICONS[name], 0)


def _is_unanswered(request: Request, now: datetime) -> bool:
    """Say whether nobody but the requester's side has said anything for a day."""
    spoken = [line.at for line in request.exchanges if line.author != request.requester and not line.refused]
    return now - max(spoken, default=request.created_at) > UNANSWERED_FOR
