"""The visit's sheet: the synthesis of a customer in a few dated lines, from what is at hand.

Care is told by what each category came to, as it is carried on board, never by its lines: a representative
reads none of them (`domain.md` 2.7 and 5.1). A line that nobody knows is left out: nothing is shown as
empty that was not read. Every record is masked for the role first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from avise.models.care_totals import CareTotal
from avise.models.facet_specs import FACETS
from avise.models.facets import FacetRecord
from avise.models.interaction import TimelineEntry
from avise.models.masking import mask_record
from avise.models.roles import Role
from avise.services.customer_header import age_on
from avise.services.facts import READABLE, Facts, amount, day, word
from avise.services.visit_values import SheetLine
from avise.texts import plural, text
from avise.texts.formats import format_amount, format_date

PAST_AT_MOST = 6
"""Earlier exchanges that the sheet shows."""

_DUE = ("due", "rejected", "represented")


CATEGORIES_AT_MOST = 3
"""Categories of care that the sheet names, those that came to most."""


def sheet_lines(
    facts: Facts, role: Role, open_requests: int | None, care: Sequence[CareTotal] = ()
) -> tuple[SheetLine, ...]:
    """Return the lines of the sheet, in their order; labels are catalogue keys.

    Args:
        facts: of the open file.
        role: who reads it.
        open_requests: to the middle office, about this customer; None when nobody knows.
        care: what care came to by category, as it is carried on board; never its lines.
    """
    sheet = _Sheet(facts, role)
    lines = sheet.of_company() if facts.is_company else sheet.of_person()
    found = [line for line in lines if line is not None]
    if care and not facts.is_company:
        found.append(SheetLine("visit.sheet.care", _care_words(care)))
    if open_requests is not None:
        words = plural("visit.open_requests", open_requests) if open_requests else text("visit.no_request")
        found.append(SheetLine("visit.sheet.requests", words))
    return tuple(found)


def _care_words(care: Sequence[CareTotal]) -> str:
    largest = sorted(care, key=lambda total: (-Decimal(total.reimbursed), total.category))
    return ", ".join(
        f"{text(f'enum.benefits.category.{total.category}')} {format_amount(total.reimbursed)}"
        for total in largest[:CATEGORIES_AT_MOST]
    )


def past_lines(entries: Iterable[TimelineEntry]) -> tuple[tuple[datetime, str], ...]:
    """Return the last exchanges, newest first: when, and a sentence."""
    found = sorted(entries, key=lambda entry: entry.at, reverse=True)[:PAST_AT_MOST]
    return tuple((entry.at, entry.title or entry.summary) for entry in found)


class _Sheet:
    """Reads the lines of one customer for one role."""

    def __init__(self, facts: Facts, role: Role) -> None:
        self._facts = facts
        self._role = role

    def of_person(self) -> Iterator[SheetLine | None]:
        yield self._household()
        yield self._contract()
        yield self._contributions()
        yield self._rights()
        yield self._member_space()

    def of_company(self) -> Iterator[SheetLine | None]:
        yield self._firm()
        yield self._contract()
        yield self._declaration()
        yield self._contributions()

    # ---- reading -------------------------------------------------------------------------------
    def _records(self, facet: str) -> Iterator[FacetRecord]:
        for record in self._facts.records(facet):
            yield mask_record(FACETS[facet], record, self._role)

    def _line(self, label: str, value: str, facet: str) -> SheetLine | None:
        return SheetLine(f"visit.sheet.{label}", value, self._as_of(facet)) if value else None

    def _as_of(self, facet: str) -> datetime | None:
        views = (view for view in self._facts.views.get(facet, ()) if view.state in READABLE)
        return min((at for view in views if (at := view.as_of or view.fetched_at) is not None), default=None)

    # ---- a person ------------------------------------------------------------------------------
    def _household(self) -> SheetLine | None:
        member = next(self._records("identity"), None)
        people = ([_age(member, self._facts.today)] if member is not None else []) + [
            _age(other, self._facts.today)
            for other in self._records("beneficiaries")
            if day(other, "left_on") is None
        ]
        return self._line("household", ", ".join(filter(None, people)), "identity")

    def _contract(self) -> SheetLine | None:
        contracts = [found for found in self._records("contracts") if word(found, "status") != "terminated"]
        if not contracts:
            known = self._facts.known("contracts")
            return self._line("contract", text("visit.no_contract") if known else "", "contracts")
        contract = contracts[0]
        since, status = day(contract, "effective_date"), word(contract, "status")
        parts = [word(contract, "plan") or word(contract, "product")]
        if since is not None:
            parts.append(text("visit.since", date=format_date(since)))
        if status not in ("active", ""):
            parts.append(text(f"enum.contracts.status.{status}"))
        return self._line("contract", ", ".join(filter(None, parts)), "contracts")

    def _contributions(self) -> SheetLine | None:
        calls = list(self._records("contributions"))
        owed = [call for call in calls if word(call, "status") in _DUE and _is_past(call, self._facts.today)]
        if owed:
            total = sum((amount(call, "amount") or Decimal(0) for call in owed), Decimal(0))
            words = text("visit.owed", amount=format_amount(total), calls=plural("visit.calls", len(owed)))
            return self._line("contributions", words, "contributions")
        last = max(calls, key=lambda call: word(call, "due_on"), default=None)
        value = amount(last, "amount") if last is not None else None
        words = text("visit.up_to_date", amount=format_amount(value)) if value is not None else ""
        return self._line("contributions", words, "contributions")

    def _rights(self) -> SheetLine | None:
        identity = next(self._records("identity"), None)
        if identity is None or not word(identity, "rights_status"):
            return None
        status, until = word(identity, "rights_status"), day(identity, "rights_until")
        words = text(f"enum.identity.rights_status.{status}")
        if until is not None:
            words = ", ".join((words, text("visit.until", date=format_date(until))))
        return self._line("rights", words, "identity")

    def _member_space(self) -> SheetLine | None:
        space = next(self._records("member_space"), None)
        account = word(space, "account") if space is not None else ""
        words = text(f"enum.member_space.account.{account}") if account else ""
        return self._line("member_space", words, "member_space")

    # ---- a company -----------------------------------------------------------------------------
    def _firm(self) -> SheetLine | None:
        firm = next(self._records("company"), None)
        if firm is None:
            return None
        headcount = firm.data.get("headcount")
        people = plural("visit.employees", headcount) if isinstance(headcount, int) else ""
        parts = (people, word(firm, "collective_agreement"), word(firm, "hr_contact"))
        return self._line("company", ", ".join(filter(None, parts)), "company")

    def _declaration(self) -> SheetLine | None:
        firm = next(self._records("company"), None)
        state = word(firm, "declaration_state") if firm is not None else ""
        if firm is None or not state:
            return None
        anomaly = word(firm, "declaration_anomaly")
        words = text(f"enum.company.declaration_state.{state}")
        return self._line("declaration", f"{words}, {anomaly}" if anomaly else words, "company")


def _age(person: FacetRecord, today: date) -> str:
    first, birth = word(person, "first_name"), day(person, "birth_date")
    if not first or birth is None:
        return first
    return text("visit.person_age", name=first, age=age_on(birth, today))


def _is_past(call: FacetRecord, today: date) -> bool:
    due = day(call, "due_on")
    return due is not None and due <= today
