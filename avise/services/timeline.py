"""One history of a customer, whatever the channel: exchanges of the tools, the journal, and the acts.

Tools that list exchanges give `Interaction`s; other facets tell of acts that nobody wrote as an
exchange (a payment, a rejection, a complaint, a document). Both become `TimelineEntry`s, newest
first; three or more identical automatic messages in a row fold into one line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

from avise.models.facets import FacetRecord, FacetView
from avise.models.interaction import Channel, Direction, Interaction, TimelineEntry, TimelineGroup
from avise.services.facts import READABLE, amount, day, moment, word
from avise.services.wording import value_text
from avise.texts import text
from avise.texts.formats import PARIS, format_amount, format_date

FOLD_FROM = 3
"""Identical automatic messages in a row before they fold."""

_GROUPS = {
    Channel.PHONE_IN: TimelineGroup.CALL,
    Channel.PHONE_OUT: TimelineGroup.CALL,
    Channel.EMAIL: TimelineGroup.EMAIL,
    Channel.LETTER_IN: TimelineGroup.LETTER,
    Channel.LETTER_OUT: TimelineGroup.LETTER,
    Channel.MEMBER_SPACE: TimelineGroup.MEMBER_SPACE,
    Channel.MOBILE_APP: TimelineGroup.MEMBER_SPACE,
    Channel.EMPLOYER_PORTAL: TimelineGroup.MEMBER_SPACE,
    Channel.AGENCY: TimelineGroup.AGENCY,
    Channel.FIELD_VISIT: TimelineGroup.AGENCY,
    Channel.VIDEO: TimelineGroup.AGENCY,
}
"""Every other channel is a message."""

_VARIANTS = {
    Channel.PHONE_OUT: "call_out",
    Channel.SMS: "sms",
    Channel.LETTER_IN: "letter_in",
    Channel.LETTER_OUT: "letter_out",
    Channel.MEMBER_SPACE: "member_space",
    Channel.MOBILE_APP: "member_space",
    Channel.EMPLOYER_PORTAL: "member_space",
    Channel.AGENCY: "agency",
    Channel.FIELD_VISIT: "agency",
    Channel.VIDEO: "agency",
}


def entry_id(interaction: Interaction, source: str) -> str:
    """Return the identity of the line of one exchange."""
    return f"{source}/{interaction.id}"


def entry_of(interaction: Interaction, source: str, *, opens_bodies: bool = False) -> TimelineEntry:
    """Return the line of one exchange.

    Args:
        interaction: the exchange.
        source: that told it.
        opens_bodies: the source gives the text of exchanges, and whoever looks may read it.
    """
    return TimelineEntry(
        id=entry_id(interaction, source),
        at=interaction.at,
        group=_GROUPS.get(interaction.channel, TimelineGroup.MESSAGE),
        variant=_variant(interaction),
        title=interaction.title or _title(interaction),
        summary=" · ".join(part for part in (_caller(interaction), interaction.summary) if part),
        source=source,
        status=interaction.status,
        has_body=opens_bodies and bool(interaction.body_ref),
    )


def _caller(interaction: Interaction) -> str:
    """Return who spoke for the customer, "" when it was the customer."""
    kind, name = interaction.links.get("caller", ""), interaction.links.get("caller_name", "")
    return text("caller.spoke", quality=text(f"caller.{kind}"), name=name) if name else ""


def _title(interaction: Interaction) -> str:
    """Return the title of an exchange that is known by its reason alone."""
    if interaction.reason:
        return text(f"reason.{interaction.reason}")
    return text("wrap_up.note_title") if interaction.direction is Direction.INTERNAL else ""


def _variant(interaction: Interaction) -> str:
    if interaction.direction is Direction.INTERNAL:
        return "note"
    if interaction.channel is Channel.PHONE_IN:
        return "call_missed" if interaction.status == "missed" else "call_in"
    if interaction.channel is Channel.EMAIL:
        return "email_out" if interaction.direction is Direction.OUT else "email_in"
    return _VARIANTS.get(interaction.channel, "message")


def entries_of(view: FacetView) -> Iterator[TimelineEntry]:
    """Yield the acts that a facet tells of."""
    tell = _TELLERS.get(view.facet)
    if tell is not None and view.state in READABLE:
        yield from tell(view)


def unified(entries: Iterable[TimelineEntry], fold: bool = True) -> tuple[TimelineEntry, ...]:
    """Return the entries newest first, each once, identical automatic messages folded."""
    unique = {entry.id: entry for entry in entries}
    ordered = sorted(unique.values(), key=lambda entry: (entry.at, entry.id), reverse=True)
    return tuple(_folded(ordered)) if fold else tuple(ordered)


def _folded(entries: list[TimelineEntry]) -> Iterator[TimelineEntry]:
    run: list[TimelineEntry] = []
    for entry in entries:
        if run and _same_message(run[0], entry):
            run.append(entry)
            continue
        yield from _closed(run)
        run = [entry]
    yield from _closed(run)


def _same_message(first: TimelineEntry, second: TimelineEntry) -> bool:
    foldable = first.variant in ("sms", "email_out") and first.source != "journal"
    return foldable and (first.variant, first.title, first.source) == (
        second.variant,
        second.title,
        second.source,
    )


def _closed(run: list[TimelineEntry]) -> Iterator[TimelineEntry]:
    if len(run) >= FOLD_FROM:
        yield replace(run[0], count=len(run))
    else:
        yield from run


def _noon(found: date) -> datetime:
    """Acts that only have a day stand at noon, Paris time."""
    return datetime.combine(found, time(12), PARIS)


def _line(view: FacetView, key: str, at: datetime, variant: str, title: str, summary: str) -> TimelineEntry:
    return TimelineEntry(
        id=f"{view.source}/{view.facet}/{key}",
        at=at,
        group=_GROUP_OF_VARIANT.get(variant, TimelineGroup.ACT),
        variant=variant,
        title=title,
        summary=summary,
        source=view.source,
    )


_GROUP_OF_VARIANT = {
    "letter_in": TimelineGroup.LETTER,
    "letter_out": TimelineGroup.LETTER,
    "appointment": TimelineGroup.AGENCY,
}


def _benefits(view: FacetView) -> Iterator[TimelineEntry]:
    """One line a statement paid, one a rejection."""
    statements: dict[tuple[str, date], list[FacetRecord]] = defaultdict(list)
    for record in view.records:
        paid = day(record, "paid_on")
        if paid is None:
            continue
        if word(record, "status") == "rejected":
            title = text("timeline.benefit_rejected")
            yield _line(view, record.id, _noon(paid), "rejection", title, word(record, "reject_reason"))
        elif word(record, "status") in ("paid", "adjusted"):
            statements[word(record, "statement") or record.id, paid].append(record)
    for (statement, paid), records in statements.items():
        yield _statement(view, statement, paid, records)


def _statement(view: FacetView, number: str, paid: date, records: list[FacetRecord]) -> TimelineEntry:
    to_member = [record for record in records if word(record, "paid_to") != "provider"]
    if not to_member:
        total = sum((amount(record, "amount") or Decimal(0) for record in records), Decimal(0))
        title = text("timeline.paid_to_provider", amount=format_amount(total))
    else:
        total = sum((amount(record, "amount") or Decimal(0) for record in to_member), Decimal(0))
        title = text("timeline.payment", amount=format_amount(total))
    categories = sorted({value_text("benefits", "category", word(r, "category")) for r in records} - {""})
    summary = text("timeline.statement", number=number, categories=", ".join(categories))
    variant = "payment" if to_member else "statement"
    return _line(view, f"{number}/{paid.isoformat()}", _noon(paid), variant, title, summary)


def _contributions(view: FacetView) -> Iterator[TimelineEntry]:
    for record in view.records:
        due, value = day(record, "due_on"), amount(record, "amount")
        if due is None or value is None or word(record, "status") not in ("rejected", "represented"):
            continue
        summary = value_text("contributions", "reject_code", word(record, "reject_code"))
        title = text("timeline.debit_rejected", amount=format_amount(value))
        yield _line(view, record.id, _noon(due), "rejection", title, summary)


def _complaints(view: FacetView) -> Iterator[TimelineEntry]:
    for record in view.records:
        received = day(record, "received_on")
        if received is not None:
            title = text("timeline.complaint_opened", number=word(record, "number"))
            yield _line(view, record.id, _noon(received), "complaint", title, word(record, "subject"))


def _documents(view: FacetView) -> Iterator[TimelineEntry]:
    for record in view.records:
        dated = moment(record, "dated")
        if dated is None or word(record, "status") == "awaited":
            continue
        outward = word(record, "direction") == "out"
        kind = value_text("documents", "kind", word(record, "kind"))
        title = text("timeline.document_sent" if outward else "timeline.document_received", kind=kind)
        variant = "letter_out" if outward else "letter_in"
        summary = "" if "title" in record.masked else word(record, "title")
        yield _line(view, record.id, dated, variant, title, summary)


def _appointments(view: FacetView) -> Iterator[TimelineEntry]:
    for record in view.records:
        starts = moment(record, "starts_at")
        if starts is None:
            continue
        kind = value_text("appointments", "kind", word(record, "kind"))
        summary = " · ".join(part for part in (word(record, "place"), word(record, "subject")) if part)
        yield _line(view, record.id, starts, "appointment", text("timeline.appointment", kind=kind), summary)


def _authorizations(view: FacetView) -> Iterator[TimelineEntry]:
    for record in view.records:
        asked = day(record, "requested_on")
        if asked is None:
            continue
        kind = value_text("authorizations", "kind", word(record, "kind"))
        status = value_text("authorizations", "status", word(record, "status"))
        title = text("timeline.authorization", kind=kind)
        valid = day(record, "valid_until")
        summary = status
        if valid is not None and word(record, "status") in ("accepted", "partial"):
            summary = text("timeline.authorization_valid", status=status, date=format_date(valid))
        yield _line(view, record.id, _noon(asked), "statement", title, summary)


_TELLERS = {
    "benefits": _benefits,
    "contributions": _contributions,
    "complaints": _complaints,
    "documents": _documents,
    "appointments": _appointments,
    "authorizations": _authorizations,
}
