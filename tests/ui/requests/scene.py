"""The middle office of the design's picture: corbeilles, a list with every mark, one request told in full."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from avise.models.customer import DirectoryEntry, Party, PartyKind, SearchHit
from avise.models.journal import EventKind
from avise.models.requests import (
    AskedDocument,
    Attachment,
    Exchange,
    ExchangeKind,
    Priority,
    Request,
    RequestId,
    RequestStatus,
    ServiceTerms,
)
from avise.models.roles import Role, Session
from avise.models.sla import Pause, ServiceLevel, SlaClock, SlaState, clock
from avise.services.request_values import (
    Basket,
    BasketSection,
    CheckedFact,
    ColleagueRow,
    FormField,
    FormLine,
    HourLoad,
    HubState,
    HubStatus,
    PathLine,
    PresenceKind,
    PresentColleague,
    RequestDetail,
    RequestRow,
)
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_requests import request_id, request_row

ME, KARIM, LEA, TOM = "ines.morel", "karim.benali", "lea.girard", "tom.riou"
NAMES = {
    ME: "Inès Morel",
    KARIM: "Karim Benali",
    LEA: "Léa Girard",
    TOM: "Tom Riou",
    "member": "Hélène Marchand",
}
A_DAY = 540


def due(minutes: int, *, paused: bool = False, delay: int = 4 * A_DAY) -> SlaClock:
    """Return a clock with so many open minutes left now, below zero when it is late."""
    level = ServiceLevel(delay)
    started = NOW - timedelta(days=21)
    spent = clock(level, started, (), NOW)
    level_hours = level.hours
    begun = started
    target = spent.consumed + minutes
    found = clock(ServiceLevel(max(target, 1), level_hours), begun, (), NOW)
    if paused:
        pauses = (Pause(NOW - timedelta(hours=1)),)
        return clock(ServiceLevel(target + A_DAY, level_hours), begun, pauses, NOW)
    return found


def _state(found: SlaClock, state: SlaState) -> SlaClock:
    """Return a clock in a state, whatever its delay."""
    return replace(found, state=state)


def row(number: int, title: str, customer: str, origin: str, found: SlaClock, **more: object) -> RequestRow:
    """Return a row of the picture."""
    known: dict[str, object] = {
        "customer": customer,
        "origin": origin,
        "queue_label": "Remboursements",
        "clock": found,
    }
    return request_row(number, title, **(known | more))  # type: ignore[arg-type]  # test data


FIELDS = (
    FormField("amount", "Facturé", "amount", required=True, value="250,15"),
    FormField("provider", "Praticien", "text", required=True),
    FormField("words", "Message", "note", required=False, value="Bonjour."),
)
"""What may be completed in a form: a value that is there, one that lacks, and a long one."""

_MINE = {"holder": ME, "holder_name": NAMES[ME], "status": RequestStatus.TAKEN}
_PAUSED = {"holder": ME, "holder_name": NAMES[ME], "status": RequestStatus.WAITING_MEMBER}


def rows() -> tuple[RequestRow, ...]:
    """Return the list of the picture."""
    soon, on_time = SlaState.SOON, SlaState.ON_TIME
    return (
        row(
            96,
            "Double règlement, hospitalisation",
            "LE BIHAN Corentin",
            "Courrier",
            due(-A_DAY - 30),
            attachments=1,
            **_MINE,
        ),
        row(158, "Décompte introuvable, kiné", "ROUSSEAU Amélie", "Plateau", due(-130), escalated=True),
        row(
            187,
            "Remboursement optique non reçu",
            "MARCHAND Hélène",
            "Plateau",
            _state(due(122), soon),
            fragile=True,
            watched_by=("KB",),
        ),
        row(
            163,
            "Rejet de télétransmission, mars",
            "BENSAÏD Karima",
            "Espace",
            _state(due(160), soon),
            unread=True,
        ),
        row(
            169,
            "Facture dentaire illisible",
            "GUÉGAN Paul",
            "Espace",
            _state(due(185), soon),
            attachments=2,
            **_MINE,
        ),
        row(
            172,
            "Part sécu manquante, radiologie",
            "OLIVEIRA Sofia",
            "Plateau",
            _state(due(300), on_time),
            unread=True,
        ),
        row(
            174,
            "Forfait hospitalier réclamé à tort",
            "DA SILVA Mateus",
            "Courrier",
            _state(due(380), on_time),
            attachments=1,
        ),
        row(
            177,
            "Cure thermale, pièces à vérifier",
            "PERROT Jeanne",
            "Agence",
            _state(due(700), on_time),
            attachments=1,
        ),
        row(
            179,
            "Prothèses auditives, second devis",
            "CHAUVIN Robert",
            "Agence",
            _state(due(900), on_time),
            fragile=True,
        ),
        row(
            181,
            "Orthodontie, semestre 4",
            "NGUYEN Linh",
            "Espace",
            _state(due(1300), on_time),
            unread=True,
            priority=Priority.P1,
        ),
        row(
            183,
            "Lentilles, forfait annuel",
            "TANGUY Loïc",
            "Espace",
            _state(due(1400), on_time),
            tentative=True,
        ),
        row(
            131,
            "Attend une facture acquittée",
            "FERRAND Claire",
            "Espace",
            due(600, paused=True),
            attachments=1,
            **_PAUSED,
        ),
        row(119, "Attend l’accord du régime", "HAMON Bruno", "Courrier", due(600, paused=True), **_PAUSED),
        row(
            111,
            "Indu à vérifier",
            "LE GALL Ronan",
            "Courrier",
            _state(due(1500), on_time),
            refused="Prise en charge par quelqu’un d’autre.",
        ),
    )


def row_id() -> RequestId:
    """Return the identity of the request told in full."""
    return request_id(187)


def baskets() -> tuple[Basket, ...]:
    """Return the left pane of the picture."""
    me, team, others, views = BasketSection
    return (
        Basket("me/todo", me, "À traiter", "inbox", 6, 1),
        Basket("me/waiting", me, "Attend une réponse", "hourglass", 4),
        Basket("me/sent", me, "Suivies", "eye", 3),
        Basket("queue/PREST_SOINS", team, "Remboursements", "receipt-euro", 128, 9),
        Basket("queue/PEC", team, "Devis et PEC", "file-clock", 64, 3),
        Basket("queue/TP", team, "Tiers payant", "credit-card", 22),
        Basket("queue/COTIS", others, "Cotisations", "euro", 37),
        Basket("queue/CONTRATS", others, "Contrats", "file-check", 55, 1),
        Basket("queue/RECLA", others, "Réclamations", "flag", 12, 2),
        Basket("queue/RESIL", others, "Résiliations", "log-out", 18),
        Basket("queue/COURRIER", others, "Courrier à lier", "file-text", None),
        Basket("view/late", views, "En retard", "triangle-alert", 15),
        Basket("view/fragile", views, "Adhérents fragiles", "ear", 8),
        Basket("view/unanswered", views, "Sans réponse 24 h", "timer", 11),
        Basket("view/saved-1", views, "Mes optiques", "pin", 34, saved=True),
    )


def hours() -> tuple[HourLoad, ...]:
    """Return the day of the picture."""
    counts = ((8, 6, 9), (9, 9, 13), (10, 12, 16))
    return tuple(HourLoad(hour, received, done) for hour, received, done in counts)


def exchange(
    number: int, at: datetime, kind: ExchangeKind, author: str, words: str = "", **more: object
) -> Exchange:
    """Return a line of the conversation."""
    return Exchange(uuid5(UUID(int=1), str(number)), at, kind, author, words, **more)  # type: ignore[arg-type]  # test data


def _at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 3, day, hour - 1, minute, tzinfo=UTC)


FILE = Attachment("blob-1", "facture_0203.pdf", "application/pdf", 184_000)


def conversation() -> tuple[Exchange, ...]:
    """Return the conversation of the picture, with a line that waits and one that was refused."""
    kinds = ExchangeKind
    return (
        exchange(
            1,
            _at(12, 11, 48),
            kinds.MEMBER,
            "member",
            "Bonjour, j’ai envoyé ma facture d’optique il y a plus d’une semaine. "
            "Où en est mon dossier\u202f?",
            attachments=(FILE,),
        ),
        exchange(2, _at(12, 11, 50), kinds.SYSTEM, LEA, what="request_created"),
        exchange(
            3,
            _at(13, 9, 5),
            kinds.SYSTEM,
            TOM,
            what="request_transferred",
            params={"queue": "PREST_SOINS", "reason": "misrouted"},
        ),
        exchange(
            4,
            _at(23, 16, 20),
            kinds.REPLY,
            LEA,
            "L’adhérente rappelle. Le décompte apparaît liquidé le 20/03 mais elle n’a rien reçu. "
            "Le virement est-il parti\u202f?",
        ),
        exchange(
            5,
            _at(23, 18, 10),
            kinds.NOTE,
            KARIM,
            "Virement dans le lot de 18:02. Je vérifie la date de valeur demain matin.",
        ),
        exchange(
            6,
            _at(24, 10, 30),
            kinds.REPLY,
            LEA,
            "Adhérente en ligne, informée du virement. Merci de confirmer la date de valeur "
            "et de dire si R-2291 peut être clôturée.",
        ),
        exchange(7, _at(24, 10, 43), kinds.NOTE, ME, "Vu avec la trésorerie.", tentative=True),
    )


def _who() -> SearchHit:
    party = Party(
        last_name="MARCHAND",
        first_name="Hélène",
        birth_date=date(1968, 3, 12),
        city="Nantes",
        native_id="PTY-1",
        kind=PartyKind.MEMBER,
        member_number="0482917350",
    )
    return SearchHit(DirectoryEntry(HELENE, HELENE, party), 1.0, ())


_NOT_YET = (EventKind.REQUEST_REOPENED, EventKind.REQUEST_RESUMED, EventKind.REQUEST_CLOSED)
ALL = frozenset(kind for kind in EventKind if kind.value.startswith("request_") and kind not in _NOT_YET)


def detail(found: RequestRow | None = None, **more: object) -> RequestDetail:
    """Return the request of the picture."""
    found = found or rows()[2]
    request = Request(
        found.id,
        found.type,
        found.title,
        found.status,
        found.priority,
        "PREST_SOINS",
        "team/plateau",
        LEA,
        "phone_in",
        found.created_at,
        ServiceTerms(found.clock.target),
        found.number or "D-2026-000187-K",
        found.holder,
        HELENE,
        exchanges=conversation(),
        documents=(AskedDocument("invoice", required=True, received=True),),
        ver=9,
    )
    values: dict[str, object] = {
        "request": request,
        "row": found,
        "state_line": "Léa Girard, plateau, hier 16:20",
        "names": NAMES,
        "clock": found.clock,
        "legal": None,
        "who": _who(),
        "who_alerts": ("Malentendante\u00a0: confirmer par écrit", "Réclamation R-2291, due le 27/03"),
        "form": (
            FormLine("reason", "Motif", "Virement non reçu"),
            FormLine("care", "Soin", "Optique, 02/03/2026"),
            FormLine("amount", "Facturé", "250,15\u00a0€"),
            FormLine("provider", "Opticien", "Optique du Port, Nantes"),
            FormLine("account", "Compte", "…4417, vérifié le 12/01"),
            FormLine("answer", "Réponse", "par écrit"),
        ),
        "documents": (
            FormLine("invoice", "Facture", "facture_0203.pdf", attachment="blob-1"),
            FormLine("statement", "Décompte", "", missing=True),
        ),
        "facts": (
            CheckedFact("Décompte 26-0318-441 liquidé le 20/03", "Prestations", NOW - timedelta(minutes=2)),
            CheckedFact("Virement de 214,00\u00a0€ émis le 23/03, valeur le 25/03", "Trésorerie", NOW),
            CheckedFact("Facture reçue le 09/03", "GED", _at(23, 18, 20), stale=True),
        ),
        "facts_as_of": NOW,
        "path": (
            PathLine(_at(12, 11, 50), "Cotisations", 21 * 60, "", current=False),
            PathLine(_at(13, 9, 5), "Remboursements", 6 * A_DAY, "Karim Benali", current=True),
        ),
        "present": (
            PresentColleague(KARIM, "Karim Benali", "KB", PresenceKind.WRITING, NOW - timedelta(minutes=2)),
            PresentColleague(ME, "Inès Morel", "IM", PresenceKind.LOOKING, NOW),
        ),
        "allowed": ALL,
        "outcomes": (
            ("done", "Traité"),
            ("refused_contract", "Refusé par le contrat"),
            ("no_object", "Sans objet"),
        ),
        "queues": (("PEC", "Devis et PEC"), ("COTIS", "Cotisations"), ("RECLA", "Réclamations")),
        "sentence": "Le virement est émis\u202f; il apparaît sur le compte sous 48\u00a0h.",
        "reply_to": "Léa Girard",
        "related": (rows()[3],),
        "hub": HubStatus(HubState.ONLINE, NOW),
    }
    return RequestDetail(**(values | more))  # type: ignore[arg-type]  # test data


COLLEAGUES = (
    ColleagueRow(KARIM, NAMES[KARIM], Role.CASE_MANAGER, ("PREST_SOINS",), open_requests=12),
    ColleagueRow("marc.aubry", "Marc Aubry", Role.CASE_MANAGER, ("PREST_SOINS",), open_requests=7),
    ColleagueRow(TOM, NAMES[TOM], Role.CASE_MANAGER, ("COTIS",), NOW + timedelta(days=2), open_requests=3),
)


def desk(role: Role = Role.CASE_MANAGER) -> ScriptedDesk:
    """Return a desk on which the middle office shows what the picture does."""
    found = ScriptedDesk(
        session=Session(ME, NAMES[ME], role, "poste-7"),
        request_rows=rows(),
        baskets=baskets(),
        request_hours=hours(),
        hub=HubStatus(HubState.ONLINE, NOW),
        colleague_rows=COLLEAGUES,
    )
    for one in found.request_rows:
        found.request_details[one.id] = detail(one)
    found.request_details[request_id(187)] = detail()
    return found


def held(by: str, **more: object) -> RequestDetail:
    """Return the request of the picture, held by somebody."""
    row = replace(rows()[2], holder=by, holder_name=NAMES[by], status=RequestStatus.TAKEN)
    return detail(row, **more)


def unattended() -> RequestDetail:
    """Return the request of the picture, with nobody else beside it."""
    return detail(present=())
