"""What the screens of the middle office say: marks, lines and sentences, from values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from avise.models.errors import AviseError
from avise.models.requests import Exchange, ExchangeKind, Priority, RequestId, RequestStatus
from avise.services.request_values import (
    HubState,
    HubStatus,
    PresenceKind,
    PresentColleague,
    RequestActs,
    RequestDetail,
    RequestRow,
)
from avise.texts import plural, text
from avise.texts.formats import format_age, format_moment, format_time, local, weekday_and_day
from avise.ui.customer.discreet import discreet_words
from avise.ui.discretion import discretion
from avise.ui.widgets.chip import ChipSpec, Tone
from avise.ui.widgets.sla_chip import sla_words

_NUMBER = re.compile(r"([A-Z])-\d{4}-0*(\d+)-[A-Z0-9]+")
_THIS_YEAR = 300
"""Days within which a weekday and a day tell which one is meant."""
_ENDED = (RequestStatus.RESOLVED, RequestStatus.CLOSED, RequestStatus.CANCELLED)


def short_number(number: str) -> str:
    """Return a number as lists and messages write it: D-2026-000187-K is D-0187."""
    found = _NUMBER.fullmatch(number)
    if found is not None:
        return f"{found[1]}-{found[2]:0>4}"
    return number or text("request_panel.provisional")


def shown_title(row: RequestRow) -> str:
    """Return what a request is about; the name of its type's matter stays hidden on a discreet screen."""
    return text("request_panel.discreet_title") if discretion().is_on else row.title


def shown_words(words: str) -> str:
    """Return words as the screen may show them now."""
    return discreet_words(words) if discretion().is_on else words


# ---- rows --------------------------------------------------------------------------------------
def row_sentence(row: RequestRow, now: datetime, *, chosen: bool = False, gone: bool = False) -> str:
    """Return a row as one sentence: what, whom, number, by when, who holds it, what is particular."""
    due = "" if row.status in _ENDED else sla_words(row.clock, now)
    parts = [
        text("request_panel.heard.chosen") if chosen else "",
        shown_title(row),
        row.customer,
        row.number or text("request_panel.provisional"),
        due or text(f"request.status.{row.status}"),
        holder_words(row),
        watched_words(row),
        row.origin,
        *particulars(row),
        text("request_panel.heard.gone") if gone else "",
        row.refused,
    ]
    return ", ".join(filter(None, parts))


def particulars(row: RequestRow) -> list[str]:
    """Return what is particular to a request, in words: what its icons say."""
    return [
        words
        for shown, words in (
            (row.unread, text("request_panel.heard.unread")),
            (row.priority is Priority.P1, text("request_panel.heard.urgent")),
            (row.fragile, text("request_panel.heard.fragile")),
            (row.escalated, text("request_panel.heard.escalated")),
            (bool(row.attachments), plural("request_panel.heard.attachments", row.attachments)),
            (bool(row.questions), plural("request_panel.heard.questions", row.questions)),
            (bool(row.to_compare), plural("outbox.count.to_compare", row.to_compare)),
            (row.tentative, text("request_panel.tentative")),
        )
        if shown
    ]


def holder_words(row: RequestRow) -> str:
    """Return who holds a request."""
    return text("request_panel.held_by", name=row.holder_name) if row.holder else ""


def watched_words(row: RequestRow) -> str:
    """Return who looks at a request now."""
    return text("request_panel.watched_by", names=", ".join(row.watched_by)) if row.watched_by else ""


def age_words(row: RequestRow, now: datetime) -> str:
    """Return how long ago a request was sent, in a column."""
    return format_age(now - row.created_at)


# ---- one request -------------------------------------------------------------------------------
_STATE_LOOKS: Mapping[RequestStatus, tuple[Tone, str]] = {
    RequestStatus.SENT: (Tone.NEUTRAL, "circle-dashed"),
    RequestStatus.TAKEN: (Tone.NEUTRAL, "user"),
    RequestStatus.WAITING_MEMBER: (Tone.OUTLINE, "circle-pause"),
    RequestStatus.WAITING_THIRD_PARTY: (Tone.OUTLINE, "circle-pause"),
    RequestStatus.WAITING_INTERNAL: (Tone.INFO, "hourglass"),
    RequestStatus.RESOLVED: (Tone.OK, "circle-check"),
    RequestStatus.CLOSED: (Tone.NEUTRAL, "check"),
    RequestStatus.CANCELLED: (Tone.NEUTRAL, "x"),
}


def state_spec(row: RequestRow, user: str) -> ChipSpec:
    """Return the mark of where a request stands, and who holds it."""
    tone, icon = _STATE_LOOKS[row.status]
    if row.status is RequestStatus.TAKEN and row.holder == user:
        return ChipSpec(text("request_panel.state.mine"), Tone.ACCENT, "hand")
    words = text(f"request_panel.state.{row.status}", name=row.holder_name)
    return ChipSpec(words, tone, icon)


def hub_sentence(hub: HubStatus, now: datetime) -> str:
    """Return how old what is shown may be, and why; "" while the hub is there."""
    if hub.state is HubState.EMBEDDED:
        return ""
    if hub.state is HubState.ONLINE:
        return plural("request_panel.hub.pending", hub.pending) if hub.pending else ""
    if hub.sentence:
        return hub.sentence
    sentence = text(f"request_panel.hub.{hub.state}")
    if hub.as_of is None or hub.state is HubState.NONE:
        return sentence
    return f"{sentence} {text('request_panel.hub.as_of', when=format_moment(hub.as_of, now))}"


# ---- conversation ------------------------------------------------------------------------------
SYSTEM_ICONS: Mapping[str, str] = {
    "request_created": "inbox",
    "request_claimed": "hand",
    "request_released": "inbox",
    "request_assigned": "user",
    "request_transferred": "arrow-right-left",
    "request_paused": "circle-pause",
    "request_resumed": "rotate-cw",
    "request_prioritised": "arrow-up",
    "request_escalated": "arrow-up",
    "request_resolved": "circle-check",
    "request_closed": "check",
    "request_reopened": "history",
    "request_cancelled": "x",
    "request_merged": "git-compare",
    "request_attached": "paperclip",
    "request_completed": "clipboard-list",
}


def happened(exchange: Exchange, detail: RequestDetail) -> str:
    """Return what a system line says; its time stands after it."""
    names = {"queue": "", "assignee": "", "outcome": "", "number": "", "priority": "", **exchange.params}
    names["name"] = author_name(exchange, detail)
    names["assignee"] = detail.names.get(names["assignee"], names["assignee"])
    names["queue"] = _queue_label(names["queue"], detail)
    names["outcome"] = dict(detail.outcomes).get(names["outcome"], names["outcome"])
    names["number"] = short_number(names["number"]) if names["number"] else ""
    sentence = text(f"request.happened.{exchange.what}", **names)
    if names.get("reason"):
        sentence = f"{sentence} ({reason_words(names['reason'])})"
    return sentence


def exchange_moment(at: datetime, now: datetime) -> str:
    """Return when a line was written, with its hour: an exchange is read by days and by hours."""
    days = (local(now).date() - local(at).date()).days
    if 1 < days < _THIS_YEAR:
        return f"{weekday_and_day(local(at).date())} {format_time(at)}"
    return format_moment(at, now)


def reason_words(reason: str) -> str:
    """Return a reason kept by its code in words; one that was typed is left as it is."""
    for key in (f"request.pause.{reason}", f"request_panel.reason.{reason}"):
        words = text(key)
        if words != key:
            return words
    return reason


def _queue_label(code: str, detail: RequestDetail) -> str:
    if code == detail.row.queue:
        return detail.row.queue_label
    return dict(detail.queues).get(code, code)


def author_name(exchange: Exchange, detail: RequestDetail) -> str:
    """Return who wrote a line."""
    return detail.names.get(exchange.author, exchange.author)


def exchange_mark(exchange: Exchange) -> str:
    """Return the word beside the author: internal note, question, answer…; "" for a plain reply."""
    if exchange.kind in (ExchangeKind.NOTE, ExchangeKind.QUESTION, ExchangeKind.ANSWER, ExchangeKind.MEMBER):
        return text(f"request_panel.exchange.{exchange.kind}")
    return ""


def exchange_sentence(exchange: Exchange, detail: RequestDetail, now: datetime) -> str:
    """Return a line of the conversation as one sentence."""
    if exchange.kind is ExchangeKind.SYSTEM:
        said = (happened(exchange, detail), exchange_moment(exchange.at, now), *exchange_troubles(exchange))
        return ", ".join(said)
    files = ", ".join(found.name for found in exchange.attachments)
    parts = [
        author_name(exchange, detail),
        exchange_mark(exchange),
        exchange_moment(exchange.at, now),
        shown_words(exchange.words),
        text("request_panel.heard.files", names=files) if files else "",
        *exchange_troubles(exchange),
    ]
    return ", ".join(filter(None, parts))


def exchange_troubles(exchange: Exchange) -> list[str]:
    """Return what does not go by itself with a line: refused and why, waiting, written after the end."""
    found = []
    if exchange.refused:
        reason = refused_words(exchange.refused)
        found.append(text("request_panel.exchange.refused", reason=reason))
    if exchange.tentative:
        found.append(text("request_panel.tentative"))
    if exchange.after_close:
        found.append(text("request_panel.exchange.after_close"))
    return found


def refused_words(refused: str) -> str:
    """Return why the hub did not let something count."""
    key = f"request.refused.{refused}"
    words = text(key)
    return refused if words == key else words


# ---- presence ----------------------------------------------------------------------------------
def presence_words(colleague: PresentColleague, now: datetime) -> str:
    """Return what a colleague does now: "rédige depuis 2 min"."""
    if colleague.kind is PresenceKind.ABSENT:
        if colleague.until is None:
            return text("request_panel.presence.absent")
        return text("request_panel.presence.absent_until", when=format_moment(colleague.until, now))
    minutes = int((now - colleague.since).total_seconds()) // 60 if colleague.since is not None else 0
    if minutes < 1:
        return text(f"request_panel.presence.{colleague.kind}")
    return text(f"request_panel.presence.{colleague.kind}_since", minutes=minutes)


def present_sentence(colleagues: Sequence[PresentColleague], now: datetime) -> str:
    """Return who is beside a request, as one sentence."""
    return ", ".join(f"{colleague.name} {presence_words(colleague, now)}" for colleague in colleagues)


_BATCH = ("request_claimed", "request_transferred", "request_paused")
"""What can be done with several requests together."""


# ---- what was done -----------------------------------------------------------------------------
def told(kind: str, label: str, where: str = "", who: str = "", *, many: bool = False) -> str:
    """Return what was done, for the message that offers to undo it; without anybody's file named.

    Args:
        kind: of the event.
        label: number of the request, or how many there were.
        where: corbeille.
        who: colleague.
        many: several requests: those of a batch.
    """
    prefix = "request_panel.told.many" if many and kind in _BATCH else "request_panel.told"
    return text(f"{prefix}.{kind}", what=label, queue=where, name=who)


def refusals(acts: RequestActs, numbers: Mapping[RequestId, str]) -> str:
    """Return what was refused at once, each with its reason; "" when nothing was."""
    return " ".join(
        text("request_panel.told.refused", what=short_number(numbers.get(request, "")), reason=sentence)
        for request, sentence in acts.refused
    )


def failure(error: AviseError) -> str:
    """Return why something could not be done."""
    return text(error.message_key, **error.params)


def read_at(at: datetime | None) -> str:
    """Return a time of today for the head of a block, "" when nothing was read."""
    return format_time(at) if at is not None else ""


def counted(shown: int, total: int) -> str:
    """Return "41 sur 128", or the count alone when the list leaves nothing out."""
    return str(total) if shown == total else text("request_panel.of", shown=shown, total=total)
