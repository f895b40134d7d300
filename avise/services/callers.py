"""Who may speak for a customer, from what the tools say: mandates, protection, a company's contacts."""

from __future__ import annotations

from collections.abc import Iterator

from avise.models.callers import THE_MEMBER, Caller, CallerKind
from avise.models.errors import AviseError
from avise.services.facts import Facts, day, word


def callers(facts: Facts) -> tuple[Caller, ...]:
    """Return who may call about this file, whoever it is about first."""
    found = _for_company(facts) if facts.is_company else _for_person(facts)
    return (THE_MEMBER, *found)


def refuse_unknown(caller: Caller, facts: Facts) -> None:
    """Refuse somebody whom no tool names, or whose mandate is over.

    Raises:
        AviseError: `caller.unknown` or `caller.expired`.
    """
    if caller not in callers(facts):
        raise AviseError("caller.unknown")
    if caller.expired:
        raise AviseError("caller.expired")


def _for_person(facts: Facts) -> Iterator[Caller]:
    record = facts.first("identity")
    if record is None:
        return
    protection = word(record, "protection")
    if protection not in ("", "none") and word(record, "legal_representative"):
        yield Caller(CallerKind.GUARDIAN, word(record, "legal_representative"), protection)
    name, until = word(record, "authorized_third_party"), day(record, "authorized_until")
    if name:
        over = until is not None and until < facts.today
        yield Caller(CallerKind.THIRD_PARTY, name, word(record, "authorized_scope"), until, over)


def _for_company(facts: Facts) -> Iterator[Caller]:
    record = facts.first("company")
    if record is None:
        return
    for kind, field in (
        (CallerKind.HR_CONTACT, "hr_contact"),
        (CallerKind.PAYROLL_AGENT, "payroll_agent"),
    ):
        if word(record, field):
            yield Caller(kind, word(record, field))
