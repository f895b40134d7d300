"""Exchanges with a member on every channel, notices included (`domain.md` 7.7)."""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

from avise.demo.population import defects, staff, wording
from avise.demo.population.business_days import is_working_day, last_sunday_of_october, paris
from avise.demo.population.care import history_start
from avise.demo.population.entities import BenefitLine, ContactPoint, Exchange, Person
from avise.demo.population.people import age_on
from avise.demo.population.spec import WorldSpec
from avise.demo.population.streams import Weighted, log_normal, poisson

YEARLY: dict[str, float] = {
    "phone_in": 1.55, "email": 0.45, "secure_message": 0.40, "web_form": 0.20, "letter_in": 0.40,
    "agency": 0.32, "chat": 0.10, "chatbot": 0.25, "social_facebook": 0.004, "field_visit": 0.03,
    "phone_out": 0.20,
}  # fmt: skip
"""Exchanges a dossier and a year."""
NOTICES_YEARLY: dict[str, float] = {"email": 14.0, "sms": 3.0, "letter_out": 1.4}

_MONTHS = (1.45, 1.10, 1.02, 0.95, 0.85, 0.95, 0.82, 0.70, 1.12, 1.05, 1.03, 0.96)
_WEEKDAYS = (1.25, 1.10, 0.95, 0.92, 0.78, 0.0, 0.0)
_MINUTES = Weighted(
    [((510, 570), 9.0), ((570, 720), 39.0), ((720, 780), 13.0), ((780, 1020), 34.0), ((1020, 1080), 5.0)]
)
_DIGITAL = frozenset({"email", "secure_message", "web_form", "chat", "chatbot", "social_facebook"})
_OUTGOING = frozenset({"phone_out", "field_visit"})
_WRITTEN = frozenset({"email", "secure_message", "web_form", "chat", "letter_in", "social_facebook"})
_PHONES = frozenset({"phone_in", "phone_out"})
_TITLES = {"phone_in": "Appel entrant", "phone_out": "Appel sortant", "agency": "Passage en agence",
           "field_visit": "Visite à domicile", "chatbot": "Échange avec l’assistant"}  # fmt: skip
_ABANDONED = 0.08


@dataclass(frozen=True, slots=True)
class Correspondent:
    """What writing to a member or answering takes."""

    index: int
    member: Person
    points: tuple[ContactPoint, ...]
    lines: tuple[BenefitLine, ...]
    since: date
    until: date

    def reach(self, channel: str) -> str:
        """Return the telephone or the e-mail used on a channel, "" when it has none."""
        kinds = {"email": {"email"}, "sms": {"mobile"}}.get(channel)
        if kinds is None and channel in _PHONES:
            kinds = {"mobile", "landline"}
        return next((point.value for point in self.points if point.kind in (kinds or ())), "")


@lru_cache(maxsize=8)
def _calendar(first: date, days: int) -> tuple[float, ...]:
    moments = [first + timedelta(days=place) for place in range(days)]
    return tuple(
        accumulate(
            _MONTHS[day.month - 1] * _WEEKDAYS[day.weekday()] if is_working_day(day) else 0.0
            for day in moments
        )
    )


class _Writer:
    """Draws the exchanges of one dossier."""

    def __init__(self, stream: random.Random, spec: WorldSpec, who: Correspondent) -> None:
        self._stream, self._who = stream, who
        self._first = history_start(spec)
        self._days = (spec.as_of - self._first).days
        self._sums = _calendar(self._first, self._days)
        self._count = 0

    def day(self) -> date | None:
        """Draw a working day of the history, None outside the membership."""
        place = bisect_right(self._sums, self._stream.random() * self._sums[-1])
        day = self._first + timedelta(days=place)
        return day if self._who.since <= day <= self._who.until else None

    def key(self) -> str:
        """Return the next identifier of an exchange."""
        self._count += 1
        return f"X{self._who.index:07d}-{self._count:05d}"

    def conversation(self, channel: str, day: date) -> Exchange:
        """Draw an exchange started by a person."""
        stream, who = self._stream, self._who
        low, high = _MINUTES.draw(stream)
        minute = low + int(stream.random() * (high - low))
        reason = wording.REASONS.draw(stream)
        seconds = wait = None
        status = ""
        if channel in _PHONES:
            seconds, wait = int(log_normal(stream, 380, 0.6)), int(stream.expovariate(1 / 95))
            if stream.random() < _ABANDONED:
                status, seconds = "missed", None
        act = self._act_before(day)
        said = reason.summaries[int(stream.random() * len(reason.summaries))].format(act=act)
        title = _TITLES.get(channel, "")
        return Exchange(
            id=self.key(),
            at=paris(day, minute // 60, minute % 60, int(stream.random() * 60)),
            channel=channel,
            direction="out" if channel in _OUTGOING else "in",
            title=f"{title} : {reason.title.lower()}" if title else reason.title,
            summary="" if status == "missed" else said,
            status=status,
            author=self._author(channel),
            reason=reason.code,
            duration_s=seconds,
            wait_s=wait,
            address=who.reach(channel),
            body=reason.message.format(act=act) if channel in _WRITTEN else "",
        )

    def _author(self, channel: str) -> str:
        if channel == "field_visit":
            return staff.representative(self._stream)
        return "" if channel == "chatbot" else staff.advisor(self._stream)

    def _act_before(self, day: date) -> str:
        for line in self._who.lines:
            if line.care_date < day:
                return f"« {line.label} » du {line.care_date:%d/%m/%Y}"
        return "mes soins"

    def notice(self, channel: str, day: date, title: str, summary: str = "") -> Exchange:
        """Return a message sent by a machine."""
        minute = 480 + int(self._stream.random() * 120)
        failed = self._stream.random() < 0.02
        return Exchange(
            id=self.key(),
            at=paris(day, minute // 60, minute % 60),
            channel=channel,
            direction="out",
            title=title,
            summary=summary,
            status="failed" if failed else "delivered",
            address=self._who.reach(channel),
        )


def _factor(channel: str, member: Person, as_of: date) -> float:
    """Return how much more or less an older member uses a channel."""
    if age_on(member.birth_date, as_of) < 70:
        return 1.0
    return 0.5 if channel in _DIGITAL else 1.35 if channel in _PHONES else 1.0


def _statement_notices(
    writer: _Writer, stream: random.Random, who: Correspondent, wanted: float
) -> list[Exchange]:
    """Tell of as many statements as the yearly figure allows: each one really was paid that day."""
    paid: dict[str, date] = {}
    for line in who.lines:
        if line.statement and line.paid_on and line.paid_to == "member":
            paid[line.statement] = line.paid_on
    share = min(1.0, wanted / len(paid)) if paid else 0.0
    return [
        writer.notice("email", day, "Votre décompte est disponible", f"Décompte {number}")
        for number, day in paid.items()
        if stream.random() < share
    ]


def _in_the_repeated_hour(
    writer: _Writer, stream: random.Random, spec: WorldSpec, who: Correspondent
) -> list[Exchange]:
    """Put, for one dossier in two hundred, an exchange in the hour that the clocks of Paris repeat."""
    if stream.random() >= defects.CLOCK_CHANGE_RATE:
        return []
    night = last_sunday_of_october(spec.as_of.year - 1)
    if not who.since <= night <= who.until:
        return []
    exchange = writer.conversation("chatbot", night)
    at = paris(night, 2, 30).replace(fold=int(stream.random() * 2))
    return [replace(exchange, at=at, defects=frozenset({defects.CLOCK_CHANGE}))]


def draw_exchanges(
    stream: random.Random, spec: WorldSpec, who: Correspondent, factor: float = 1.0
) -> tuple[Exchange, ...]:
    """Draw the exchanges of the recorded history, latest first.

    Args:
        stream: the dossier's stream for exchanges.
        spec: the world.
        who: the member and what is known of the dossier.
        factor: multiplies every frequency (the very long dossiers).
    """
    writer, years = _Writer(stream, spec, who), spec.care_months / 12
    exchanges: list[Exchange] = []
    first_year = 1.7 if (spec.as_of - who.since).days < 365 else 1.0
    for channel, yearly in YEARLY.items():
        mean = yearly * years * factor * first_year * _factor(channel, who.member, spec.as_of)
        days = (writer.day() for _ in range(poisson(stream, mean)))
        exchanges += [writer.conversation(channel, day) for day in days if day]
    if who.reach("email"):
        exchanges += _statement_notices(writer, stream, who, 8.0 * years * factor)
    for channel, yearly in NOTICES_YEARLY.items():
        if channel != "letter_out" and not who.reach(channel):
            continue
        mean = (yearly - (8.0 if channel == "email" else 0.0)) * years * factor
        for _ in range(poisson(stream, mean)):
            day = writer.day()
            if day:
                title = wording.NOTICES[int(stream.random() * len(wording.NOTICES))]
                exchanges.append(writer.notice(channel, day, title))
    exchanges += _in_the_repeated_hour(writer, stream, spec, who)
    exchanges.sort(key=lambda exchange: (exchange.at, exchange.id), reverse=True)
    return tuple(exchanges)
