"""Contribution calls, rejected debits and their stages, accounts and mandates (`domain.md` 6, 7.3)."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from avise.demo.population import official_numbers
from avise.demo.population.business_days import add_months, working_day_from
from avise.demo.population.contracts import Cover
from avise.demo.population.entities import BankAccount, ContributionCall, Person
from avise.demo.population.money import euros
from avise.demo.population.spec import WorldSpec
from avise.demo.population.streams import Weighted

BIC = "FICTFRPP"

_DEBIT_DAYS = Weighted([(5, 60), (10, 25), (15, 15)])
_METHODS = Weighted([("direct_debit", 91), ("cheque", 5), ("transfer", 3), ("card", 1)])
_REJECT_CODES = Weighted([("AM04", 75), ("MD01", 9), ("AC04", 9), ("MS02", 7)])
_REJECT_RATE = 0.016
_YEARLY_RISE = 1.045
"""Mean rise of the contributions each first of January (`domain.md` 7.3)."""


def stage_after(rejected_on: date, as_of: date) -> str:
    """Return the legal stage of an unpaid contribution (`domain.md` 3.3, R15).

    Formal notice 10 days after the due date, suspension 30 days later, termination 10 days after that.
    """
    days = (as_of - rejected_on).days
    if days < 10:
        return "reminder"
    if days < 40:
        return "formal_notice"
    return "suspension" if days < 50 else "termination"


def amount_in(cover: Cover, as_of: date, year: int) -> tuple[Decimal, Decimal]:
    """Return the monthly amount of a year and the employer's part of it, in euros."""
    monthly = int(cover.current.monthly_amount * 100)
    cents = round(monthly / _YEARLY_RISE ** (as_of.year - year))
    return euros(cents), euros(cents * cover.current.employer_percent // 100)


def draw_accounts(
    stream: random.Random, index: int, member: Person, cover: Cover, as_of: date
) -> tuple[BankAccount, ...]:
    """Draw the account of the benefits and, when it differs, that of the contributions."""
    holder = f"{member.last_name} {member.first_name}".strip()
    changed = cover.since + timedelta(days=int(stream.random() * max(1, (as_of - cover.since).days)))
    debit = _METHODS.draw(stream) == "direct_debit" and cover.current.employer_percent < 100
    check = "match" if stream.random() < 0.9 else "close_match" if stream.random() < 0.6 else "not_checked"
    first = BankAccount(
        "both" if debit else "benefits", official_numbers.iban(index, 1_000 + index * 17), BIC, holder,
        f"RUM{index * 104_729 % 10**9:09d}" if debit else "", cover.since if debit else None, changed,
        "active", check, _DEBIT_DAYS.draw(stream) if debit else None,
    )  # fmt: skip
    if not debit or stream.random() >= 0.3:
        return (first,)
    second = replace(
        first,
        usage="contributions",
        iban=official_numbers.iban(index, 5_000 + index * 13),
        changed_on=cover.since,
    )
    return replace(first, usage="benefits", mandate="", signed_on=None, debit_day=None), second


def _call(
    stream: random.Random, number: str, due: date, cover: Cover, method: str, as_of: date
) -> ContributionCall:
    amount, employer = amount_in(cover, as_of, due.year)
    call = ContributionCall(number, cover.current.number, due, amount, employer, "paid", method, due)
    if due > as_of:
        return replace(call, status="due", paid_on=None)
    if method != "direct_debit" or stream.random() >= _REJECT_RATE:
        return call
    rejected_on = min(due + timedelta(days=2), as_of)
    code = _REJECT_CODES.draw(stream)
    settled = working_day_from(due + timedelta(days=12 + int(stream.random() * 40)))
    if settled < as_of and stream.random() < 0.97:
        return replace(call, status="represented", paid_on=settled, reject_code=code, rejected_on=rejected_on)
    stage = "instalment_plan" if stream.random() < 0.15 else stage_after(rejected_on, as_of)
    return replace(
        call, status="rejected", paid_on=None, reject_code=code, rejected_on=rejected_on, stage=stage
    )


def draw_calls(
    stream: random.Random, spec: WorldSpec, index: int, cover: Cover, accounts: tuple[BankAccount, ...]
) -> tuple[ContributionCall, ...]:
    """Draw the monthly calls of the recorded history and the next three, latest first.

    The employee whose employer deducts the contribution from the pay has `payroll` calls.
    """
    as_of = spec.as_of
    day = next((account.debit_day for account in accounts if account.debit_day), 5)
    collective = cover.current.employer_percent > 0
    method = "payroll" if collective else "direct_debit" if any(a.mandate for a in accounts) else "cheque"
    calls = []
    for place in range(-spec.care_months, 4):
        due = add_months(as_of, place).replace(day=day)
        if due < cover.since or (cover.until is not None and due > cover.until):
            continue
        number = f"{due:%y%m}{index % 10_000_000:07d}"
        calls.append(_call(stream, number, due, cover, method, as_of))
    return tuple(reversed(calls))


def calls_for_suspension(calls: tuple[ContributionCall, ...]) -> bool:
    """Return whether an unpaid contribution has reached the suspension of the guarantees."""
    return any(call.stage in {"suspension", "termination"} for call in calls)
