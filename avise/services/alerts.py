"""What an agent must not miss: the chips of the header, from facts, in the order of `domain.md` 2.1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

from avise.models.facets import FacetRecord
from avise.models.interaction import TimelineEntry, TimelineGroup
from avise.services.customer_updates import Alert, Severity
from avise.services.facts import Facts, amount, day, word
from avise.services.identity.values import SamePersonNews
from avise.texts.formats import format_amount, format_date, format_short_date

_RANK = {Severity.DANGER: 0, Severity.WARN: 1, Severity.NOTE: 2, Severity.NEUTRAL: 3}

NO_RECORDS = SamePersonNews()

UNPAID = frozenset({"rejected", "represented"})
"""States of a contribution that was presented and came back."""

LEGAL_STAGES = frozenset({"formal_notice", "suspension", "termination"})
REPEATED_CONTACT_DAYS = 7
REPEATED_CONTACTS = 3
"""Contacts by the member in that many days that make a repeated call (`domain.md` 2.1, alert 10)."""


def alerts(
    facts: Facts,
    timeline: tuple[TimelineEntry, ...] = (),
    open_requests: int = 0,
    records: SamePersonNews = NO_RECORDS,
) -> tuple[Alert, ...]:
    """Return every alert of a customer, danger first, then by priority."""
    found = [alert for rule in _RULES for alert in rule(facts)]
    found.extend(_repeated_contact(facts, timeline))
    found.extend(_open_requests(open_requests))
    found.extend(_of_one_person(records))
    return tuple(sorted(found, key=lambda alert: (_RANK[alert.severity], alert.priority)))


def _open_requests(count: int) -> Iterator[Alert]:
    if count:
        key = "open_request" if count == 1 else "open_requests"
        yield Alert(key, Severity.NOTE, 12, "list-plus", {"n": str(count)}, "")


def _of_one_person(records: SamePersonNews) -> Iterator[Alert]:
    if records.proposals:
        count = {"n": str(records.proposals)}
        yield Alert("same_person", Severity.WARN, 11, "git-compare", count, opens="same_person")
    if records.links:
        count = {"n": str(records.links)}
        yield Alert("linked_records", Severity.NEUTRAL, 13, "users", count, opens="linked_records")


def _complaint(facts: Facts) -> Iterator[Alert]:
    for record in facts.records("complaints"):
        if word(record, "status") not in ("open", "acknowledged"):
            continue
        due = day(record, "answer_by")
        number = {"number": word(record, "number")}
        if due is None:
            yield Alert("complaint_open", Severity.DANGER, 1, "flag", number, "complaints")
            continue
        kind = "complaint_late" if due < facts.today else "complaint"
        params = {**number, "date": format_short_date(due)}
        yield Alert(kind, Severity.DANGER, 1, "flag", params, "complaints")


def _arrears(facts: Facts) -> Iterator[Alert]:
    rows = [record for record in facts.records("contributions") if word(record, "status") in UNPAID]
    if not rows:
        return
    total = sum((amount(record, "amount") or Decimal(0) for record in rows), Decimal(0))
    oldest = min((due for record in rows if (due := day(record, "due_on"))), default=None)
    params = {"amount": format_amount(total), "date": format_short_date(oldest) if oldest else "?"}
    legal = next((word(record, "stage") for record in rows if word(record, "stage") in LEGAL_STAGES), "")
    if legal:
        yield Alert(f"arrears_{legal}", Severity.DANGER, 2, "circle-alert", params, "contributions")
    else:
        yield Alert("arrears", Severity.WARN, 7, "circle-alert", params, "contributions")


def _identity(facts: Facts) -> Iterator[Alert]:
    record = facts.first("identity")
    if record is None:
        return
    if word(record, "vital_status") == "deceased":
        yield Alert("deceased", Severity.DANGER, 0, "circle-slash", _dated(record, "death_date"), "identity")
    if record.data.get("restricted") is True:
        yield Alert("restricted", Severity.NOTE, 3, "lock", {}, "identity")
    if record.data.get("staff_member") is True:
        yield Alert("staff_member", Severity.NOTE, 3, "lock", {}, "identity")
    protection = word(record, "protection")
    if protection not in ("", "none"):
        params = {"representative": word(record, "legal_representative")}
        yield Alert(f"protection_{protection}", Severity.NOTE, 4, "shield-check", params, "identity")
    accessibility = word(record, "accessibility")
    if accessibility not in ("", "none"):
        params = {"title": word(record, "title")}
        yield Alert(f"accessibility_{accessibility}", Severity.NOTE, 12, "ear", params, "identity")
    rights = word(record, "rights_status")
    if rights in ("closed", "suspended"):
        severity = Severity.WARN if rights == "closed" else Severity.DANGER
        yield Alert(
            f"rights_{rights}", severity, 2, "circle-slash", _dated(record, "rights_until"), "identity"
        )


def _dated(record: FacetRecord, name: str) -> dict[str, str]:
    found = day(record, name)
    return {"date": format_date(found) if found else "?"}


def _noemie(facts: Facts) -> Iterator[Alert]:
    for record in facts.records("noemie"):
        state = word(record, "state")
        if state in ("rejected", "conflict"):
            params = {"person": word(record, "person"), "code": word(record, "code")}
            yield Alert(f"noemie_{state}", Severity.WARN, 5, "arrow-right-left", params, "noemie")


def _authorizations(facts: Facts) -> Iterator[Alert]:
    for record in facts.records("authorizations"):
        if word(record, "status") not in ("pending", "missing_document"):
            continue
        care = day(record, "care_date")
        if care is not None and care < facts.today:
            continue
        urgent = care is not None and care - facts.today <= timedelta(days=2)
        params = {"kind": word(record, "kind"), "date": format_short_date(care) if care else "?"}
        if word(record, "status") == "missing_document":
            yield Alert("document_awaited", Severity.WARN, 9, "file-x", params, "authorizations")
        elif urgent:
            yield Alert("authorization_urgent", Severity.DANGER, 6, "timer", params, "authorizations")
        else:
            yield Alert("authorization_pending", Severity.NEUTRAL, 6, "file-clock", params, "authorizations")


def _contracts(facts: Facts) -> Iterator[Alert]:
    for record in facts.records("contracts"):
        end = day(record, "end_date")
        if end is None or end < facts.today or word(record, "status") not in ("ending", "active"):
            continue
        params = {"date": format_short_date(end)}
        if word(record, "kind") == "portability":
            yield Alert("portability_ends", Severity.WARN, 8, "hourglass", params, "contracts")
        elif word(record, "status") == "ending":
            yield Alert("termination", Severity.NEUTRAL, 8, "log-out", params, "contracts")


def _beneficiaries(facts: Facts) -> Iterator[Alert]:
    for record in facts.records("beneficiaries"):
        awaited = word(record, "awaited_document")
        if awaited not in ("", "none"):
            params = {"person": word(record, "first_name"), "document": awaited}
            yield Alert(f"awaited_{awaited}", Severity.NEUTRAL, 9, "file-x", params, "beneficiaries")


def _contact_points(facts: Facts) -> Iterator[Alert]:
    states = {(word(r, "kind"), word(r, "status")) for r in facts.records("contact_points")}
    if ("address", "returned") in states:
        yield Alert("address_returned", Severity.WARN, 11, "map-pin", {}, "contact_points")
    if ("email", "in_error") in states:
        yield Alert("email_in_error", Severity.WARN, 11, "mail", {}, "contact_points")


def _bank(facts: Facts) -> Iterator[Alert]:
    for record in facts.records("bank"):
        if word(record, "holder_check") == "no_match" or word(record, "status") == "suspect":
            yield Alert("bank_suspect", Severity.DANGER, 2, "triangle-alert", {}, "bank")


def _cards(facts: Facts) -> Iterator[Alert]:
    for record in facts.records("rights"):
        if word(record, "status") == "refused":
            params = {"person": word(record, "person")}
            yield Alert("card_refused", Severity.DANGER, 6, "credit-card", params, "rights")


def _company(facts: Facts) -> Iterator[Alert]:
    record = facts.first("company")
    if record is not None and word(record, "declaration_state") in ("anomaly", "missing"):
        year, _, month = word(record, "declaration_month").partition("-")
        params = {"month": f"{month}/{year}" if month else year}
        yield Alert("declaration_anomaly", Severity.NEUTRAL, 10, "file-x", params, "company")


def _consents(facts: Facts) -> Iterator[Alert]:
    refused = [
        record
        for record in facts.records("consents")
        if word(record, "purpose") == "commercial"
        and word(record, "channel") == "phone"
        and word(record, "state") == "no"
    ]
    if refused:
        yield Alert("commercial_refused", Severity.NEUTRAL, 13, "ban", {}, "consents")


def _repeated_contact(facts: Facts, timeline: tuple[TimelineEntry, ...]) -> Iterator[Alert]:
    since = facts.now - timedelta(days=REPEATED_CONTACT_DAYS)
    recent = [
        entry
        for entry in timeline
        if entry.group in (TimelineGroup.CALL, TimelineGroup.EMAIL)
        and entry.variant in ("call_in", "call_missed", "email_in")
        and since <= entry.at <= facts.now
    ]
    if len(recent) >= REPEATED_CONTACTS:
        params = {"n": str(len(recent)), "days": str(REPEATED_CONTACT_DAYS)}
        yield Alert("repeated_contact", Severity.WARN, 10, "phone-incoming", params, "")


_RULES: tuple[Callable[[Facts], Iterator[Alert]], ...] = (
    _identity, _complaint, _arrears, _bank, _cards, _noemie, _authorizations, _contracts,
    _beneficiaries, _contact_points, _company, _consents,
)  # fmt: skip
