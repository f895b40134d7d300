"""Reimbursements: when the acts happen, what each one costs, when and to whom it is paid."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

from avise.demo.population import defects
from avise.demo.population.acts import AGE_BANDS, FAMILIES, FAMILY, ActFamily
from avise.demo.population.business_days import add_months, working_day_from
from avise.demo.population.contracts import Cover
from avise.demo.population.entities import NO_DEFECT, Beneficiary, BenefitLine, Person
from avise.demo.population.money import Settlement, euros, settle
from avise.demo.population.people import Household, age_on
from avise.demo.population.plans import Plan
from avise.demo.population.spec import WorldSpec
from avise.demo.population.streams import overdispersed

OVERDISPERSION = 1.3
"""Shape of the gamma between persons (`domain.md` 7.4: negative binomial, r = 1.3)."""

_SEASONS = {
    "flat": {},
    "winter": {12: 1.25, 1: 1.25, 2: 1.25, 8: 0.75},
    "year_end": {11: 1.15, 12: 1.15, 1: 1.15},
    "september": {9: 1.6},
    "hospital": {8: 0.8},
}
_WEEKDAYS = (1.0, 1.0, 1.0, 1.0, 1.0, 0.45, 0.04)
_REJECTED_RATE = 0.012
_REJECTIONS = (
    "Facture illisible", "Décompte de la caisse manquant", "Acte déjà remboursé", "Prescription absente",
    "Acte non garanti par le contrat",
)  # fmt: skip

Dated = tuple[date, Person, ActFamily]


@lru_cache(maxsize=64)
def _calendar(season: str, first: date, days: int) -> tuple[float, ...]:
    """Cumulative weights of the days of the history for a season."""
    factors = _SEASONS[season]
    moments = (first + timedelta(days=place) for place in range(days))
    return tuple(accumulate(factors.get(day.month, 1.0) * _WEEKDAYS[day.weekday()] for day in moments))


def history_start(spec: WorldSpec) -> date:
    """Return the first day of the recorded history."""
    return add_months(spec.as_of, -spec.care_months)


def _acts_of(
    stream: random.Random, spec: WorldSpec, person: Person, days: tuple[date, date | None], factor: float
) -> Iterable[Dated]:
    """Draw the acts of one person over the whole history, and keep those of covered days."""
    first, as_of = history_start(spec), spec.as_of
    length = (as_of - first).days
    age = age_on(person.birth_date, add_months(as_of, -spec.care_months // 2))
    band, years = bisect_right(AGE_BANDS, age), spec.care_months / 12
    since, until = max(days[0], person.birth_date), days[1] or as_of
    for family in FAMILIES:
        mean = family.yearly[band] * years * factor
        if family.gap_months:
            count = int(stream.random() < mean)
        else:
            count = overdispersed(stream, mean, OVERDISPERSION)
        sums = _calendar(family.season, first, length) if count else ()
        for _ in range(count):
            day = first + timedelta(days=bisect_right(sums, stream.random() * sums[-1]))
            if since <= day <= until:
                yield day, person, family


class _Ceilings:
    """What is left of the yearly ceilings of one dossier, spent in the order of care."""

    __slots__ = ("_plan", "_used")

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._used: dict[tuple[str, str, int], int] = {}

    def left(self, person: str, family: ActFamily, year: int) -> int | None:
        """Return the cents left for that person that year, None when the family has no ceiling."""
        used = self._used.get((person, family.key, year), 0)
        if family.key == "soft_med":
            return self._plan.soft_session * self._plan.soft_count - used
        return self._plan.dental_ceiling - used if family.key == "dental_prosth" else None

    def spend(self, person: str, family: ActFamily, year: int, amount: int) -> None:
        """Record an amount paid, in cents."""
        key = (person, family.key, year)
        self._used[key] = self._used.get(key, 0) + amount


def _within_ceiling(settlement: Settlement, left: int | None) -> Settlement:
    if left is None or settlement.amount <= left:
        return settlement
    cut = settlement.amount - max(left, 0)
    return settlement._replace(amount=settlement.amount - cut, out_of_pocket=settlement.out_of_pocket + cut)


def statement_number(paid_on: date, index: int, *, to_provider: bool) -> str:
    """Return the number of the statement that paid a dossier that day: "26-0318-441"."""
    return f"{paid_on:%y-%m%d}-{(index * 389 + 441 + to_provider * 17) % 1000:03d}"


class _Payer:
    """Turns the dated acts of one dossier into benefit lines."""

    def __init__(self, stream: random.Random, spec: WorldSpec, index: int, cover: Cover) -> None:
        self._stream, self._spec, self._index, self._cover = stream, spec, index, cover
        self._ceilings = _Ceilings(cover.plan)
        self._count = 0

    def line(self, day: date, person: Person, family: ActFamily) -> BenefitLine | None:
        """Return the line of an act, None when nobody has sent it to the mutual yet."""
        stream, as_of = self._stream, self._spec.as_of
        direct = stream.random() < family.direct_billing
        received = day + timedelta(days=self._delay(direct=direct))
        if received > as_of:
            return None
        settlement = family.price(stream, family, self._cover.plan, day)
        party = person.ids.party
        settlement = _within_ceiling(settlement, self._ceilings.left(party, family, day.year))
        chance = stream.random()
        if chance < _REJECTED_RATE:
            return self._line(
                day, person, family, _unpaid(settlement), received, direct=False, status="rejected",
                reason=_REJECTIONS[int(stream.random() * len(_REJECTIONS))],
            )  # fmt: skip
        self._ceilings.spend(party, family, day.year, settlement.amount)
        return self._line(day, person, family, settlement, received, direct=direct)

    def _delay(self, *, direct: bool) -> int:
        draw = self._stream.random()
        if direct:
            return 1 + int(draw * 7)
        return 5 + int(draw * 5) if draw < 0.9 else 10 + int(self._stream.random() * 20)

    def _line(
        self, day: date, person: Person, family: ActFamily, settlement: Settlement, received: date, *,
        direct: bool, status: str = "paid", reason: str = "",
    ) -> BenefitLine:  # fmt: skip
        draw = int(self._stream.random() * 1_000)
        paid_on: date | None = working_day_from(received + timedelta(days=1 + draw % 3))
        if status == "paid" and paid_on is not None and paid_on > self._spec.as_of:
            status = "pending"
        if status != "paid":
            paid_on = None
        code, label = family.acts[draw % len(family.acts)]
        self._count += 1
        spent, base, rate, flat, mandatory, amount, rest = settlement
        return BenefitLine(
            f"L{self._index:07d}-{self._count:05d}",
            person.ids.party,
            self._cover.current.number,
            family.key,
            family.category,
            code,
            label,
            family.providers[draw // 7 % len(family.providers)],
            received,
            day,
            paid_on,
            euros(spent),
            euros(base),
            rate,
            euros(flat),
            euros(mandatory),
            euros(amount),
            euros(rest),
            "provider" if direct else "member",
            status,
            reason,
            statement_number(paid_on, self._index, to_provider=direct) if paid_on else "",
            direct,
            NO_DEFECT,
        )

    def faults(self, lines: Sequence[BenefitLine]) -> list[BenefitLine]:
        """Inject lines taken back, payments annulled and an act outside the rights (`domain.md` 7.8)."""
        kept: list[BenefitLine] = []
        for line in lines:
            chance = self._stream.random()
            if line.paid_on is None or chance >= defects.REGULARISATION_RATE + defects.REVERSED_RATE:
                kept.append(line)
            elif chance < defects.REVERSED_RATE:
                kept.append(replace(line, status="reversed", defects=frozenset({defects.REVERSED})))
            else:
                kept += [line, *self._taken_back(line)]
        return kept

    def _taken_back(self, line: BenefitLine) -> list[BenefitLine]:
        paid_on = working_day_from((line.paid_on or line.received_on) + timedelta(days=20))
        if paid_on > self._spec.as_of:
            return []
        self._count += 1
        return [
            replace(
                line, number=f"L{self._index:07d}-{self._count:05d}", received_on=paid_on, paid_on=paid_on,
                spent=-line.spent, base=-line.base, flat=-line.flat, mandatory_amount=-line.mandatory_amount,
                amount=-line.amount, out_of_pocket=-line.out_of_pocket, status="adjusted",
                statement=statement_number(paid_on, self._index, to_provider=line.paid_to == "provider"),
                defects=frozenset({defects.REGULARISATION}),
            )
        ]  # fmt: skip

    def outside_rights(self, person: Person) -> list[BenefitLine]:
        """Return the refusal of an act that came after the end of the cover, for one dossier in five."""
        until = self._cover.until
        if until is None or until >= self._spec.as_of - timedelta(days=45) or self._stream.random() > 0.2:
            return []
        day = until + timedelta(days=10)
        line = self._line(
            day, person, FAMILY["pharmacy"], _unpaid(settle(2400, 2400, 65, 100)), day + timedelta(days=6),
            direct=False, status="rejected", reason="Droits fermés à la date des soins",
        )  # fmt: skip
        return [replace(line, defects=frozenset({defects.OUTSIDE_RIGHTS}))]


def _unpaid(settlement: Settlement) -> Settlement:
    return settlement._replace(amount=0, out_of_pocket=settlement.out_of_pocket + settlement.amount)


def draw_benefits(
    stream: random.Random,
    spec: WorldSpec,
    index: int,
    household: Household,
    cover: Cover,
    factor: float = 1.0,
) -> tuple[BenefitLine, ...]:
    """Draw the reimbursements of a household over the recorded history, latest care first.

    Args:
        stream: the dossier's stream for care.
        spec: the world.
        index: the dossier's index.
        household: the persons.
        cover: their contracts.
        factor: multiplies every frequency (the very long dossiers).
    """
    people: list[tuple[Person, Beneficiary | None]] = [(household.member, None)]
    people += [(beneficiary.person, beneficiary) for beneficiary in household.beneficiaries]
    acts: list[Dated] = []
    for person, beneficiary in people:
        acts += _acts_of(stream, spec, person, cover.days_of(beneficiary), factor)
    acts.sort(key=lambda act: act[0])
    payer = _Payer(stream, spec, index, cover)
    lines = [line for act in acts if (line := payer.line(*act)) is not None]
    lines = [*payer.faults(lines), *payer.outside_rights(household.member)]
    lines.sort(key=lambda line: (line.care_date, line.number), reverse=True)
    return tuple(lines)
