"""Named facts at work: rules compiled once, then asked of one customer's facts at each change.

Dates are compared as the ISO text that records hold, against bounds made once a day: a dossier of
thousands of lines is gone through at each page that comes.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from avise.models.facet_specs import FACETS
from avise.models.facets import FacetRecord, FieldKind
from avise.services.fact_rules import Condition, FactRule, Told
from avise.services.facts import Facts, amount, day, moment, word
from avise.services.wording import value_text
from avise.texts.formats import format_amount, format_date, format_long_date, format_short_date, format_time

T = TypeVar("T", str, Decimal)

Records = Sequence[FacetRecord]
Sieve = Callable[[Records], Records]
"""Keeps the records that meet one condition. A whole list at once: a call a record costs three times
as much, and a dossier of thousands of lines is sieved for each page that comes."""


@dataclass(frozen=True, slots=True)
class Found:
    """The record that a named fact is, today."""

    facet: str
    record: FacetRecord
    total: Decimal | None = None
    """What its rule adds up."""
    added: str = ""
    """The field that `total` stands for."""


Named = Mapping[str, Found | None]
"""What each named fact of a file is; None when there is no such record."""


class FactFinder:
    """One named fact, compiled for one day.

    Args:
        rule: which record of which facet.
        today: the day that dates are compared with.
    """

    def __init__(self, rule: FactRule, today: date) -> None:
        self.facet = rule.facet
        self._rule = rule
        # Days first: they leave the fewest records to the others.
        where = sorted(rule.where, key=lambda condition: condition.days is None)
        self._sieves = tuple(_sieve(condition, today) for condition in where)
        self._moments = tuple(c for c in rule.where if c.coming is not None)
        self.of_the_moment = bool(self._moments)
        """Changes while no record does: a moment passes."""

    def find(self, records: Records, now: datetime) -> Found | None:
        """Return the record among those of the facet, None when there is none."""
        for sieve in self._sieves:
            if not records:
                return None
            records = sieve(records)
        for condition in self._moments:
            records = [record for record in records if _is_coming(record, condition, now)]
        return self._chosen(records) if records else None

    def _chosen(self, matching: Records) -> Found | None:
        order = self._rule.order()
        if order is None:
            return self._found(matching[0], matching)
        name, by = order
        if name in ("latest", "earliest"):
            same = _extreme(matching, lambda record: _day_text(record, by), last=name == "latest")
        else:
            same = _extreme(matching, lambda record: _number(record, by), last=name == "most")
        return self._found(same[0], same) if same else None

    def _found(self, record: FacetRecord, same: Iterable[FacetRecord]) -> Found:
        if self._rule.add_up is None:
            return Found(self.facet, record)
        total = sum((amount(each, self._rule.add_up) or Decimal(0) for each in same), Decimal(0))
        return Found(self.facet, record, total, self._rule.add_up)


def _extreme(records: Records, read: Callable[[FacetRecord], T | None], *, last: bool) -> Records:
    """Return the records whose value comes last, or first; those without a value are left out."""
    ranked = [(value, record) for record in records if (value := read(record)) is not None]
    if not ranked:
        return ()
    values = [value for value, _ in ranked]
    best = max(values) if last else min(values)
    return [record for value, record in ranked if value == best]


def _day_text(record: FacetRecord, name: str) -> str | None:
    return word(record, name) if day(record, name) is not None else None


# ---- comparisons ----------------------------------------------------------------------------------


def _sieve(condition: Condition, today: date) -> Sieve:
    """Return what keeps the records that meet a condition."""
    return _MAKERS[condition.comparison()](condition.field or "", condition, today)


def _among(name: str, words: Iterable[str]) -> Sieve:
    wanted = frozenset(words)
    return lambda records: [record for record in records if record.data.get(name) in wanted]


def _not_among(name: str, words: Iterable[str]) -> Sieve:
    refused = frozenset(words)
    return lambda records: [record for record in records if record.data.get(name) not in refused]


def _between(name: str, first: date, last: date) -> Sieve:
    low, high = first.isoformat(), last.isoformat()

    def keep(records: Records) -> Records:
        near = [
            record
            for record in records
            if isinstance(value := record.data.get(name), str) and low <= value[:10] <= high
        ]
        return [record for record in near if day(record, name) is not None]

    return keep


def _within_days(name: str, days: list[int], today: date) -> Sieve:
    return _between(name, today + timedelta(days=days[0]), today + timedelta(days=days[1]))


def _aged(name: str, years: list[int], today: date) -> Sieve:
    # So many whole years, counted as birthdays are.
    first = _years_before(today, years[1] + 1) + timedelta(days=1)
    return _between(name, first, _years_before(today, years[0]))


def _years_before(today: date, years: int) -> date:
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return today.replace(year=today.year - years, day=28)


def _measured(name: str, limit: int, compare: Callable[[Decimal, Decimal], bool]) -> Sieve:
    bound = Decimal(limit)
    return lambda records: [
        record for record in records if (value := _number(record, name)) is not None and compare(value, bound)
    ]


def _flagged(name: str, *, wanted: bool) -> Sieve:
    return lambda records: [record for record in records if (record.data.get(name) is True) is wanted]


def _filled(name: str, *, wanted: bool) -> Sieve:
    return lambda records: [
        record for record in records if (record.data.get(name) not in (None, "")) is wanted
    ]


def _number(record: FacetRecord, name: str) -> Decimal | None:
    value = record.data.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return amount(record, name)


_MAKERS: Mapping[str, Callable[[str, Condition, date], Sieve]] = {
    "is_": lambda name, c, _: _among(name, (c.is_ or "",)),
    "is_not": lambda name, c, _: _not_among(name, (c.is_not or "",)),
    "in_": lambda name, c, _: _among(name, c.in_ or ()),
    "not_in": lambda name, c, _: _not_among(name, c.not_in or ()),
    "yes": lambda name, c, _: _flagged(name, wanted=c.yes is True),
    "days": lambda name, c, today: _within_days(name, c.days or [0, 0], today),
    "years": lambda name, c, today: _aged(name, c.years or [0, 0], today),
    "coming": lambda name, c, today: _within_days(name, [-1, (c.coming or timedelta(0)).days + 2], today),
    "at_least": lambda name, c, _: _measured(name, c.at_least or 0, operator.ge),
    "at_most": lambda name, c, _: _measured(name, c.at_most or 0, operator.le),
    "filled": lambda name, c, _: _filled(name, wanted=c.filled is True),
}


def _is_coming(record: FacetRecord, condition: Condition, now: datetime) -> bool:
    starts = moment(record, condition.field or "")
    return starts is not None and now <= starts <= now + (condition.coming or timedelta(0))


class Conditions:
    """Conditions over named facts, compiled for one day.

    Args:
        written: all must hold.
        own: the fact of those that name none.
        facets: the facet of each named fact.
        today: the day that dates are compared with.
    """

    def __init__(
        self, written: Iterable[Condition], own: str, facets: Mapping[str, str], today: date
    ) -> None:
        self._on_fields = tuple((c.fact or own, c, _sieve(c, today)) for c in written if c.found is None)
        self._on_facts = tuple((c.fact or own, c.found) for c in written if c.found is not None)
        self._facets = facets

    def hold(self, named: Named, facts: Facts) -> bool:
        """Say whether every condition holds; that a fact is not there needs a facet that was read."""
        for name, wanted in self._on_facts:
            there = named.get(name) is not None
            if there is not wanted or (not there and not facts.known(self._facets[name])):
                return False
        for name, condition, sieve in self._on_fields:
            found = named.get(name)
            if found is None or not sieve((found.record,)):
                return False
            if condition.coming is not None and not _is_coming(found.record, condition, facts.now):
                return False
        return True


# ---- values in sentences --------------------------------------------------------------------------


def told_value(told: Told, named: Named) -> str:
    """Return a field of a named fact as it is written in a sentence; "" when it is not known."""
    found = named.get(told.fact)
    if found is None:
        return ""
    field = FACETS[found.facet].field(told.field)
    if told.form is not None:
        return _in_form(told.form, found.record, told.field)
    if found.total is not None and told.field == found.added:
        return format_amount(found.total)
    if field.kind in (FieldKind.DATE, FieldKind.DATETIME):
        on = day(found.record, told.field)
        return format_short_date(on) if on is not None else ""
    if field.kind is FieldKind.AMOUNT:
        value = amount(found.record, told.field)
        return format_amount(value) if value is not None else ""
    value_read = found.record.data.get(told.field)
    # Two stars mark what a sentence shows in bold: a tool's text does not.
    return value_text(found.facet, told.field, value_read).replace("**", "")


def _in_form(form: str, record: FacetRecord, name: str) -> str:
    if form == "time":
        at = moment(record, name)
        return format_time(at) if at is not None else ""
    if form == "month":
        year, _, month = word(record, name)[:7].partition("-")
        return f"{month}/{year}" if month else year
    on = day(record, name)
    write = format_long_date if form == "long" else format_date
    return write(on) if on is not None else ""
