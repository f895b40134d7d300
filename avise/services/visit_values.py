"""What a window shows of a representative's visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from avise.models.customer import PersonId
from avise.models.visits import VisitId

__all__ = [
    "Delivery",
    "ProposedRequest",
    "SheetLine",
    "VisitDay",
    "VisitDetail",
    "VisitId",
    "VisitNeed",
    "VisitOutcome",
    "VisitReport",
    "VisitRow",
    "VisitState",
]


class VisitState(StrEnum):
    """Where a visit is."""

    PLANNED = "planned"
    TO_CONFIRM = "to_confirm"
    UNDER_WAY = "under_way"
    DONE = "done"
    """Its report is written."""
    MISSED = "missed"


class VisitOutcome(StrEnum):
    """The result of a visit, as the report's codes say (domain page, 5.2)."""

    DISCOVERY = "discovery"
    QUOTE_HANDED = "quote_handed"
    SIGNED = "signed"
    REFUSED_PRICE = "refused_price"
    REFUSED_COMPETITOR = "refused_competitor"
    REFUSED_NO_NEED = "refused_no_need"
    REFUSED_WAITING = "refused_waiting"
    POSTPONED = "postponed"
    ABSENT = "absent"
    SERVICE = "service"


class Delivery(StrEnum):
    """Where what was written on this machine is."""

    HERE = "here"
    """On this machine alone, being written."""
    WAITING = "waiting"
    """Complete; waits for the network."""
    SENT = "sent"
    CONFIRMED = "confirmed"
    """The hub has it."""
    TO_CORRECT = "to_correct"


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit of the list.

    Args:
        visit: its identity.
        person: whom it is to; None for an appointment whose customer is not known here.
        title: who is visited, as the header of their file says.
        place: town.
        purpose: what the appointment is for.
        starts_at: of the appointment.
        ends_at: of the appointment.
        state: where it is.
        on_board: whether the customer's pack is on board.
        minutes_by_car: estimated from the previous visit of the day; None when a place is not known.
        delivery: of what was written about it; None when nothing was.
        asked: the appointment itself was asked from here, and the calendar has not answered yet.
    """

    visit: VisitId
    person: PersonId | None
    title: str
    place: str
    purpose: str
    starts_at: datetime
    ends_at: datetime
    state: VisitState
    on_board: bool
    minutes_by_car: int | None = None
    delivery: Delivery | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class VisitDay:
    """One day of visits, in the order of the route.

    Args:
        day: the day.
        visits: of that day, by time.
        kilometres: estimated from the first visit to the last; None when a place is not known.
        read_at: when the calendar was read; None when it never was.
    """

    day: date
    visits: tuple[VisitRow, ...]
    kilometres: int | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of the visit's sheet: a label of the catalogue and its value, with its date."""

    label: str
    value: str
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class VisitNeed:
    """A need told by the customer: a code of the catalogue, how much it counts (1–5), words."""

    need: str
    priority: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class VisitReport:
    """What came of a visit.

    Args:
        outcome: its code; None while not chosen.
        needs: told by the customer.
        objections: in words.
        note: in words, under the rules of free text.
        next_step: what happens now, in words.
        next_appointment: to be asked of the calendar; None without one.
        requests: which of the proposed requests are to be filed (`ProposedRequest.id`).
        recap_by_email: whether the customer gets a summary at the next contact.
    """

    outcome: VisitOutcome | None = None
    needs: tuple[VisitNeed, ...] = ()
    objections: str = ""
    note: str = ""
    next_step: str = ""
    next_appointment: datetime | None = None
    requests: tuple[str, ...] = ()
    recap_by_email: bool = False


@dataclass(frozen=True, slots=True)
class ProposedRequest:
    """A request to the middle office that an outcome or a need calls for.

    Args:
        id: of the rule that proposes it (`resources/visits/requests.toml`).
        label: of the type of request.
        because: why, in words.
        filed: whether it was sent already.
    """

    id: str
    label: str
    because: str
    filed: bool = False


@dataclass(frozen=True, slots=True)
class VisitDetail:
    """One visit, whole.

    Args:
        row: as in the list.
        address: where to go; masked for nobody who may see the visit.
        phone: the customer's number as the role may see it.
        access_notes: how to get in.
        sheet: the synthesis of the customer, from what is on board.
        past: earlier visits and exchanges, newest first: when, and a sentence.
        report: written so far.
        saved_at: when it was last on the disk of this machine; None when nothing was written.
        proposed_requests: that the outcome and the needs written so far call for.
        appointment: where the next appointment is that was asked of the calendar; None when none was.
        can_recap: whether the customer can be written to by e-mail.
        started_at: when the visit began; None before.
    """

    row: VisitRow
    address: str
    phone: str
    access_notes: str
    sheet: tuple[SheetLine, ...]
    past: tuple[tuple[datetime, str], ...]
    report: VisitReport
    saved_at: datetime | None
    proposed_requests: tuple[ProposedRequest, ...] = ()
    appointment: Delivery | None = None
    can_recap: bool = False
    started_at: datetime | None = None
