"""Direct-billing cards, and the electronic links with the funds (NOEMIE, `domain.md` 2.4)."""

from __future__ import annotations

import random
from datetime import date, timedelta

from avise.demo.population import defects
from avise.demo.population.contracts import Cover
from avise.demo.population.entities import BenefitLine, Card, NoemieEvent, NoemieLink, Person
from avise.demo.population.people import Household

AMC_NUMBER = "99900417"
"""Number of the complementary insurer; given to none."""

_REJECTED_CODES = ("02", "09", "17", "18", "20", "21", "30", "31")
_REPORTED_CODES = ("13", "19", "27", "38", "40", "41", "43")
_OTHER_INSURERS = (
    "Mutuelle du Littoral (fictif)",
    "Prévoyance Atlante (fictif)",
    "Santé Plus Ouest (fictif)",
)


def rights_of(cover: Cover, as_of: date) -> tuple[str, date | None]:
    """Return whether the member's rights are open, and until when."""
    if cover.current.status == "suspended":
        return "suspended", None
    if cover.until is not None and cover.until < as_of:
        return "closed", cover.until
    return "open", cover.until or date(as_of.year, 12, 31)


def draw_cards(
    stream: random.Random, index: int, household: Household, cover: Cover, as_of: date
) -> tuple[Card, ...]:
    """Draw the cards of this year and of the year before, one for the member and the young children."""
    digital = stream.random() < 0.42
    cards = []
    for year in (as_of.year, as_of.year - 1):
        start, end = max(date(year, 1, 1), cover.since), min(date(year, 12, 31), cover.until or date.max)
        if start > end:
            continue
        status = "active" if year == as_of.year else "expired"
        if cover.until is not None and cover.until < as_of:
            status = "cancelled"
        sent = max(start - timedelta(days=20 + int(stream.random() * 8)), cover.since)
        cards.append(
            Card(
                f"{year}{index * 7 % 10_000_000:07d}", household.member.ids.party, AMC_NUMBER, start, end,
                "digital" if digital else "paper", sent if sent <= as_of else None,
                "in_production" if sent > as_of else status,
            )
        )  # fmt: skip
    return tuple(cards)


def _state(stream: random.Random) -> tuple[str, str, str]:
    """Draw a link's state, its return code and the other insurer of a conflict."""
    draw = stream.random()
    if draw < defects.NOEMIE_REJECTED_RATE:
        return "rejected", _REJECTED_CODES[int(stream.random() * 8)], ""
    draw -= defects.NOEMIE_REJECTED_RATE
    if draw < defects.NOEMIE_WAITING_RATE:
        return "waiting", "", ""
    draw -= defects.NOEMIE_WAITING_RATE
    if draw < defects.NOEMIE_CONFLICT_RATE:
        return "conflict", "35", _OTHER_INSURERS[int(stream.random() * 3)]
    draw -= defects.NOEMIE_CONFLICT_RATE
    if draw < 0.02:
        return "reported", _REPORTED_CODES[int(stream.random() * 7)], ""
    return ("refused", "35", "") if draw < 0.024 else ("acknowledged", "33", "")


def draw_links(
    stream: random.Random, household: Household, cover: Cover, lines: tuple[BenefitLine, ...], as_of: date
) -> tuple[NoemieLink, ...]:
    """Draw the state of the link of each person of the dossier."""
    latest: dict[str, date] = {}
    for line in lines:
        if line.paid_on is not None and not line.direct_billing:
            latest[line.party] = max(latest.get(line.party, line.received_on), line.received_on)
    people = [household.member, *(beneficiary.person for beneficiary in household.beneficiaries)]
    return tuple(_link(stream, person, cover, latest.get(person.ids.party), as_of) for person in people)


def _link(
    stream: random.Random, person: Person, cover: Cover, last_statement: date | None, as_of: date
) -> NoemieLink:
    if not person.nir:
        return NoemieLink(
            person.ids.party, person.ids.registration, "none", "", person.fund_name, None, None, None
        )
    state, code, other = _state(stream)
    requested = max(cover.since, person.birth_date) + timedelta(days=int(stream.random() * 9))
    if state == "waiting":
        requested = as_of - timedelta(days=2 + int(stream.random() * 14))
    requested = min(requested, as_of)
    changed = min(requested + timedelta(days=2 + int(stream.random() * 9)), as_of)
    events = [NoemieEvent(requested, "out", "")]
    if code:
        events.append(NoemieEvent(changed, "in", code))
    works = state in {"acknowledged", "reported"}
    return NoemieLink(
        person.ids.party, person.ids.registration, state, code, person.fund_name, requested,
        changed if code else requested, last_statement if works else None, other, tuple(events),
    )  # fmt: skip
