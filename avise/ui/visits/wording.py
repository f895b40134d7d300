"""What the page of visits says of a visit: the look of its state, of its delivery, and its sentence."""

from __future__ import annotations

from datetime import date

from avise.services.visit_values import Delivery, VisitDay, VisitRow, VisitState
from avise.texts import plural, text
from avise.texts.formats import format_long_date, format_time
from avise.ui.widgets.chip import ChipSpec, Tone

STATES: dict[VisitState, tuple[str, str]] = {
    VisitState.PLANNED: ("calendar", "text-2"),
    VisitState.TO_CONFIRM: ("circle-help", "warn-solid"),
    VisitState.UNDER_WAY: ("circle-dot", "accent-text"),
    VisitState.DONE: ("circle-check", "ok-solid"),
    VisitState.MISSED: ("circle-slash", "text-3"),
}
"""Icon and its colour; the word stands beside it."""

DELIVERIES: dict[Delivery, tuple[str, Tone]] = {
    Delivery.HERE: ("hard-drive", Tone.NEUTRAL),
    Delivery.WAITING: ("clock", Tone.INFO),
    Delivery.SENT: ("cloud-upload", Tone.INFO),
    Delivery.CONFIRMED: ("circle-check", Tone.OK),
    Delivery.TO_CORRECT: ("triangle-alert", Tone.WARN),
}


def delivery_spec(delivery: Delivery) -> ChipSpec:
    """Return the chip of a delivery state."""
    icon, tone = DELIVERIES[delivery]
    return ChipSpec(text(f"visit.delivery.{delivery}"), tone, icon, small=True)


def state_words(row: VisitRow) -> str:
    """Return where a visit is, in words."""
    return text("visit.asked") if row.asked else text(f"visit.state.{row.state}")


def row_sentence(row: VisitRow) -> str:
    """Return a visit in one sentence, for people who hear the screen."""
    said = text(
        "visit.row_said",
        time=format_time(row.starts_at),
        title=row.title,
        place=row.place,
        purpose=row.purpose,
        state=state_words(row),
    )
    more = [text("visit.minutes_said", minutes=row.minutes_by_car)] if row.minutes_by_car else []
    if row.delivery is not None:
        more.append(text(f"visit.delivery.{row.delivery}"))
    return ", ".join((said, *more))


def day_title(day: date) -> str:
    """Return the title of a day: « Mardi 24 mars »."""
    of_month = format_long_date(day).rpartition(" ")[0]
    return text("visit.day", weekday=text(f"visit.weekday.{day.weekday()}"), day=of_month)


def day_aside(day: VisitDay) -> str:
    """Return how many visits a day has, and how far they are from each other."""
    found = [plural("visit.count", len(day.visits))] if day.visits else []
    if day.kilometres:
        found.append(text("visit.km", km=day.kilometres))
    return ", ".join(found)


def missing_sheets(day: VisitDay) -> int:
    """Return how many visits of a day have a customer whose file is not on board."""
    return sum(not row.on_board for row in day.visits)
