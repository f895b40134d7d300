"""The part of the scripted desk around requests: lists, one request, forms and a hub that a test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from avise.models.acts import Act
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.requests import (
    Exchange,
    ExchangeKind,
    Priority,
    Request,
    RequestId,
    RequestStatus,
    ServiceTerms,
)
from avise.models.roles import Role
from avise.models.sla import ServiceLevel, clock
from avise.services.request_values import (
    Basket,
    BasketSection,
    ColleagueRow,
    FieldTrouble,
    FormField,
    HourLoad,
    HubState,
    HubStatus,
    NewRequest,
    PathLine,
    RequestActs,
    RequestBoard,
    RequestCall,
    RequestDeed,
    RequestDetail,
    RequestForm,
    RequestQuery,
    RequestRow,
    RequestTypeRow,
    SavedView,
    TakenInstead,
    TeamBoard,
)
from tests.ui.persona import HELENE
from tests.ui.stream import Stream

NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
ME = "lea.girard"
A_DAY = 540
"""Business minutes of a day."""


def request_id(number: int) -> RequestId:
    """Return the identity of a scripted request; the same number gives the same one."""
    return uuid5(UUID(int=0), f"request/{number}")


def request_row(
    number: int,
    title: str = "Réexaminer un remboursement",
    /,
    *,
    minutes: int = A_DAY,
    sent: datetime = NOW - timedelta(hours=1),
    **more: object,
) -> RequestRow:
    """Return a row of a list.

    Args:
        number: makes the identity of the request, and its number unless `more` says another.
        title: as the list shows it.
        minutes: business minutes promised from `sent`: few of them make it late.
        sent: when it was.
        more: any other field of `RequestRow`.
    """
    known: dict[str, object] = {
        "id": request_id(number),
        "number": f"D-2026-{number:06d}-K",
        "title": title,
        "type": "refund_review",
        "type_label": title,
        "status": RequestStatus.SENT,
        "priority": Priority.P3,
        "queue": "PREST_SOINS",
        "queue_label": "Prestations soins",
        "clock": clock(ServiceLevel(minutes), sent, (), NOW),
        "holder": "",
        "holder_name": "",
        "requester_name": "Léa Girard",
        "customer": "MARCHAND Hélène",
        "person": HELENE,
        "channel": "phone_in",
        "origin": "Plateau",
        "created_at": sent,
        "changed_at": sent,
    }
    return RequestRow(**(known | more))  # type: ignore[arg-type]  # test data


def request_detail(row: RequestRow, words: str = "Merci de revoir ce remboursement.") -> RequestDetail:
    """Return a request as its row tells it, with one exchange."""
    first = Exchange(row.id, row.created_at, ExchangeKind.REPLY, ME, words)
    request = Request(
        row.id, row.type, row.title, row.status, row.priority, row.queue, "team/plateau", ME, row.channel,
        row.created_at, ServiceTerms(row.clock.target), row.number, row.holder, row.person,
        exchanges=(first,), ver=1, tentative=row.tentative,
    )  # fmt: skip
    return RequestDetail(
        request=request,
        row=row,
        state_line="Léa Girard, plateau, hier 16:20",
        names={ME: "Léa Girard", "marc.aubry": "Marc Aubry"},
        clock=row.clock,
        legal=None,
        who=None,
        who_alerts=(),
        form=(),
        documents=(),
        facts=(),
        facts_as_of=None,
        path=(PathLine(row.created_at, row.queue_label, row.clock.consumed, row.holder_name, current=True),),
        present=(),
        allowed=frozenset(
            (EventKind.REQUEST_CLAIMED, EventKind.REQUEST_REPLIED, EventKind.REQUEST_NOTED)
        ),
        outcomes=(("done", "Traité"), ("refused_contract", "Refusé par le contrat")),
        queues=(("PREST_DENT", "Prestations dentaires"),),
        sentence="Votre demande est en cours de traitement.",
        reply_to="Léa Girard",
    )  # fmt: skip


BASKETS = (
    Basket("me/todo", BasketSection.ME, "À traiter", "inbox", 0),
    Basket("me/waiting", BasketSection.ME, "En attente", "hourglass", 0),
    Basket("me/sent", BasketSection.ME, "Transmises", "send", 0),
    Basket("queue/PREST_SOINS", BasketSection.TEAM, "Prestations soins", "tray", 3, 1),
    Basket("queue/RECLA", BasketSection.OTHERS, "Réclamations", "tray", None),
    Basket("view/late", BasketSection.VIEWS, "En retard", "alarm", 1, 1),
)
ROWS = (
    request_row(187, minutes=20, sent=NOW - timedelta(hours=2)),
    request_row(188, "Envoyer une carte", customer="DUVAL Bastien", person=UUID(int=5)),
    request_row(189, "Corriger des coordonnées", tentative=True, number="", customer="", person=None),
)
TYPE = RequestTypeRow(
    "refund_review", "Réexaminer un remboursement", "Prestations soins", ("R01",), "réponse sous 1 jour ouvré"
)
FORM = RequestForm(
    "refund_review",
    TYPE.label,
    HELENE,
    (FormField("care_date", "Date des soins", "date", required=True),),
    (("invoice", "Facture acquittée", True),),
    "Prestations soins",
    NOW + timedelta(days=1),
    "Votre demande est transmise\u202f; vous aurez une réponse sous 1 jour ouvré.",
)
COLLEAGUE_ROWS = (ColleagueRow("marc.aubry", "Marc Aubry", Role.CASE_MANAGER, ("PREST_SOINS",)),)
HERE = HubStatus(HubState.EMBEDDED, NOW)
NO_TEAM = TeamBoard((), (), (), ())


@dataclass(kw_only=True)
class ScriptedRequests:
    """Implements `RequestDesk` from values; a test changes them and reads `asked`."""

    asked: list[tuple[object, ...]] = field(default_factory=list)
    request_rows: tuple[RequestRow, ...] = ROWS
    baskets: tuple[Basket, ...] = BASKETS
    request_hours: tuple[HourLoad, ...] = ()
    request_calls: tuple[RequestCall, ...] = ()
    request_instead: TakenInstead | None = None
    hub: HubStatus = HERE
    request_details: dict[RequestId, RequestDetail] = field(default_factory=dict)
    """Those not here are made from their row."""
    request_refusals: dict[RequestId, str] = field(default_factory=dict)
    """What acts on these requests are refused with, at once."""
    request_error: AviseError | None = None
    """Raised by acts, creation and sign-in."""
    type_rows: tuple[RequestTypeRow, ...] = (TYPE,)
    form: RequestForm = FORM
    troubles: tuple[FieldTrouble, ...] = ()
    views: dict[str, SavedView] = field(default_factory=dict)
    colleague_rows: tuple[ColleagueRow, ...] = COLLEAGUE_ROWS
    team: TeamBoard = NO_TEAM
    request_texts: dict[tuple[RequestId, str], str] = field(default_factory=dict)
    """What is being typed, by request and target."""
    list_streams: dict[RequestQuery, Stream] = field(default_factory=dict)
    rows_stream: Stream = field(default_factory=Stream)
    detail_streams: dict[RequestId, Stream] = field(default_factory=dict)
    team_stream: Stream = field(default_factory=Stream)
    hub_stream: Stream = field(default_factory=Stream)

    # ---- what a test plays -------------------------------------------------------------------
    def show_rows(self, rows: Iterable[RequestRow]) -> None:
        """Change what every list holds, on open screens too."""
        self.request_rows = tuple(rows)
        for query, stream in self.list_streams.items():
            stream.tell(self.board_of(query))
        self.rows_stream.tell(self.request_rows)

    def show_detail(self, detail: RequestDetail) -> None:
        """Change one request, on open screens too."""
        self.request_details[detail.request.id] = detail
        self.detail_streams.setdefault(detail.request.id, Stream()).tell(detail)

    def show_hub(self, hub: HubStatus) -> None:
        """Change how this station stands with the hub."""
        self.hub = hub
        self.hub_stream.tell(hub)
        for query, stream in self.list_streams.items():
            stream.tell(self.board_of(query))

    def show_team(self, team: TeamBoard) -> None:
        """Change the load of the team."""
        self.team = team
        self.team_stream.tell(team)

    def board_of(self, query: RequestQuery) -> RequestBoard:
        """Return a board whose list is the rows of its basket that its filters leave in."""
        here = tuple(row for row in self.request_rows if _in_basket(row, query.basket))
        rows = tuple(row for row in here if _left_in(row, query))
        shown = rows[: query.limit]
        return RequestBoard(
            query, self.baskets, shown, len(rows), len(here), self.hub, self.request_hours,
            self.request_calls, self.request_instead,
        )  # fmt: skip

    def _row(self, request: RequestId) -> RequestRow:
        found = next((row for row in self.request_rows if row.id == request), None)
        if found is None:
            raise AviseError("request.nobody_knows")
        return found

    # ---- lists -------------------------------------------------------------------------------
    async def request_board(self, query: RequestQuery) -> AsyncIterator[RequestBoard]:
        """Play the boards of a query."""
        self.asked.append(("request_board", query))
        stream = self.list_streams.setdefault(query, Stream())
        async for board in stream.follow(self.board_of(query)):
            yield board  # type: ignore[misc]  # a stream of boards by construction

    async def requests_of(self, person: PersonId) -> AsyncIterator[tuple[RequestRow, ...]]:
        """Play the rows of a customer."""
        self.asked.append(("requests_of", person))
        async for rows in self.rows_stream.follow(self.request_rows):
            yield tuple(row for row in rows if row.person == person)  # type: ignore[attr-defined]  # rows

    async def find_request(self, words: str) -> tuple[RequestRow, ...]:
        """Find by number or title."""
        self.asked.append(("find_request", words))
        wanted = words.casefold()
        return tuple(row for row in self.request_rows if wanted in f"{row.number} {row.title}".casefold())

    # ---- one request -------------------------------------------------------------------------
    async def follow_request(self, request: RequestId) -> AsyncIterator[RequestDetail]:
        """Play one request."""
        self.asked.append(("follow_request", request))
        first = self.request_details.get(request) or request_detail(self._row(request))
        stream = self.detail_streams.setdefault(request, Stream())
        try:
            async for detail in stream.follow(first):
                yield detail  # type: ignore[misc]  # a stream of details by construction
        finally:
            self.asked.append(("left_request", request))

    async def note_presence(self, request: RequestId | None, *, writing: bool = False) -> None:
        """Note what is on screen."""
        self.asked.append(("note_presence", request, writing))

    async def act_on_requests(self, requests: Sequence[RequestId], deed: RequestDeed) -> RequestActs:
        """Note the deed; refuse it where the script says so."""
        self.asked.append(("act_on_requests", tuple(requests), deed))
        if self.request_error is not None:
            raise self.request_error
        refused = tuple(
            (request, self.request_refusals[request])
            for request in requests
            if request in self.request_refusals
        )
        done = tuple(request for request in requests if request not in self.request_refusals)
        return RequestActs(self._deed(deed.kind, done) if done else None, done, refused)

    async def take_next(self, basket: str) -> RequestActs:
        """Take the first row of a basket that nobody holds."""
        self.asked.append(("take_next", basket))
        free = [row for row in self.request_rows if _in_basket(row, basket) and not row.holder]
        if not free:
            return RequestActs(None, ())
        self.show_rows(
            replace(row, holder=ME, holder_name="Léa Girard", status=RequestStatus.TAKEN)
            if row is free[0]
            else row
            for row in self.request_rows
        )
        return RequestActs(self._deed(EventKind.REQUEST_CLAIMED, (free[0].id,)), (free[0].id,))

    async def save_attachment(self, request: RequestId, blob: str, folder: Path) -> Path:
        """Note the wish, and name a file."""
        self.asked.append(("save_attachment", request, blob, folder))
        return folder / "facture.pdf"

    async def save_request_draft(self, request: RequestId, target: str, words: str) -> None:
        """Keep what is being typed."""
        self.asked.append(("save_request_draft", request, target, words))
        self.request_texts.pop((request, target), None)
        if words:
            self.request_texts[request, target] = words

    async def request_drafts(self, request: RequestId) -> dict[str, str]:
        """Return what was being typed."""
        return {target: words for (found, target), words in self.request_texts.items() if found == request}

    # ---- creation ----------------------------------------------------------------------------
    async def request_types(self, person: PersonId | None = None) -> tuple[RequestTypeRow, ...]:
        """Return the scripted types."""
        self.asked.append(("request_types", person))
        return self.type_rows

    async def request_form(self, type_id: str, person: PersonId | None) -> RequestForm:
        """Return the scripted form."""
        self.asked.append(("request_form", type_id, person))
        return replace(self.form, type=type_id, person=person)

    async def check_request(self, new: NewRequest) -> tuple[FieldTrouble, ...]:
        """Return the scripted troubles."""
        self.asked.append(("check_request", new))
        return self.troubles

    async def create_request(self, new: NewRequest) -> RequestActs:
        """Note the request; refuse it while it has troubles."""
        self.asked.append(("create_request", new))
        if self.request_error is not None:
            raise self.request_error
        if self.troubles:
            raise AviseError("request.incomplete")
        made = request_id(1000 + len(self.asked))
        return RequestActs(self._deed(EventKind.REQUEST_CREATED, (made,)), (made,))

    # ---- views and team ----------------------------------------------------------------------
    async def save_view(self, view: SavedView) -> SavedView:
        """Keep a view; one without identifier gets one."""
        kept = replace(view, id=view.id or f"view/saved-{len(self.views) + 1}")
        self.views[kept.id] = kept
        return kept

    async def delete_view(self, view_id: str) -> None:
        """Forget a view."""
        self.views.pop(view_id, None)

    async def saved_view(self, view_id: str) -> SavedView | None:
        """Return a view."""
        return self.views.get(view_id)

    async def colleagues(self) -> tuple[ColleagueRow, ...]:
        """Return the scripted colleagues."""
        return self.colleague_rows

    async def team_board(self) -> AsyncIterator[TeamBoard]:
        """Play the load of the team."""
        async for board in self.team_stream.follow(self.team):
            yield board  # type: ignore[misc]  # a stream of boards by construction

    # ---- the hub -----------------------------------------------------------------------------
    async def hub_status(self) -> AsyncIterator[HubStatus]:
        """Play how this station stands with the hub."""
        async for status in self.hub_stream.follow(self.hub):
            yield status  # type: ignore[misc]  # a stream of states by construction

    async def sign_in(self, password: str) -> None:
        """Take "oui" as the right password."""
        self.asked.append(("sign_in",))
        if self.request_error is not None:
            raise self.request_error
        if password != "oui":  # noqa: S105 - the scripted one
            raise AviseError("hub.wrong_password")
        self.show_hub(HubStatus(HubState.ONLINE, NOW))

    async def sign_in_with_provider(self) -> str:
        """Return an address of nobody."""
        self.asked.append(("sign_in_with_provider",))
        return "https://connexion.exemple.invalid/autoriser"

    async def sign_out(self) -> None:
        """Note the wish."""
        self.asked.append(("sign_out",))
        self.show_hub(HubStatus(HubState.SIGN_IN_NEEDED))

    def _deed(self, kind: EventKind, done: Sequence[RequestId]) -> Act:
        events = tuple(uuid5(request, f"{kind}/{len(self.asked)}") for request in done)
        return Act(kind, events, NOW + timedelta(minutes=10), done[0])


def _in_basket(row: RequestRow, basket: str) -> bool:
    section, _, name = basket.partition("/")
    if section == "queue":
        return row.queue == name
    if basket == "view/late":
        return row.clock.remaining <= 0
    if basket == "me/todo":
        return row.holder == ME and row.status is RequestStatus.TAKEN
    return True


def _left_in(row: RequestRow, query: RequestQuery) -> bool:
    filters = query.filters
    return (
        (not filters.unheld_or_mine or row.holder in ("", ME))
        and (not filters.holder or row.holder == filters.holder)
        and (filters.status is None or row.status is filters.status)
        and (not filters.type or row.type == filters.type)
        and (not filters.channel or row.channel == filters.channel)
        and (filters.priority is None or row.priority is filters.priority)
        and (not filters.late or row.clock.remaining <= 0)
        and (not filters.with_attachment or row.attachments > 0)
        and filters.words.casefold() in f"{row.number} {row.title}".casefold()
    )
