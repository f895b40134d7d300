"""Lines of the blocks on care and money: reimbursements, quotes, contributions, accounts, guarantees."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from avise.models.facets import FacetRecord
from avise.models.masking import MASK
from avise.services.facts import amount, day, word
from avise.texts import plural, text
from avise.texts.formats import format_amount, format_date, format_short_date
from avise.ui.customer.block_content import BarRow, KeyValueRow, ListRow, Row
from avise.ui.customer.record_lines import RecordLines
from avise.ui.customer.record_words import (
    Moment,
    capital,
    code_chip,
    code_label,
    date_of,
    key_value,
    narrow_date,
    plain,
    rows_with_a_value,
    shown,
    strong,
    together,
)

Records = Sequence[FacetRecord]
UNPAID = frozenset({"rejected", "represented"})
LOW_SHARE, SPENT_SHARE = 0.75, 1.0
"""From there a guarantee's bar warns, then says that nothing is left."""


def act_label(record: FacetRecord) -> str:
    """Return an act's label, or its category when the role may not read the act."""
    label = word(record, "label")
    return capital(label) if label and label != MASK else code_label("benefits", record, "category")


def benefits(records: Records, moment: Moment) -> Sequence[Row]:
    """Return one line a reimbursement, newest first, the newest in bold."""
    ordered = sorted(records, key=lambda r: word(r, "paid_on") or word(r, "care_date"), reverse=True)
    newest = ordered[0]
    return RecordLines(ordered, lambda record: _benefit(record, moment, newest=record is newest))


def _benefit(record: FacetRecord, moment: Moment, *, newest: bool) -> ListRow:
    on = day(record, "paid_on") or day(record, "care_date")
    chip = code_chip("benefits", record, "status")
    value = amount(record, "amount")
    right = format_amount(value) if value is not None and word(record, "status") != "rejected" else ""
    provider_paid = word(record, "paid_to") == "provider" and word(record, "status") == "paid"
    label = act_label(record)
    if provider_paid:
        label = text("customer.paid_to_provider", act=label)
    return ListRow(narrow_date(on, moment.today), (plain(label),), right, newest and not chip, chip)


def authorizations(records: Records, moment: Moment) -> Sequence[Row]:
    """Return one line a quote: when it was asked, for what, by whom, and where it stands."""
    ordered = sorted(records, key=lambda r: word(r, "requested_on"), reverse=True)
    return RecordLines(ordered, lambda record: _authorization(record, moment))


def _authorization(record: FacetRecord, moment: Moment) -> ListRow:
    provider = word(record, "provider")
    provider = "" if provider == MASK else provider
    words = together(code_label("authorizations", record, "kind"), provider)
    chip = code_chip("authorizations", record, "status")
    right = "" if chip else shown("authorizations", record, "status")
    return ListRow(narrow_date(day(record, "requested_on"), moment.today), (plain(words),), right, chip=chip)


def contributions(records: Records, moment: Moment) -> tuple[Row, ...]:
    """Return what is owed, what is taken each time, and what was paid this year."""
    rows = [_balance(records), _next_due(records, moment), _paid_this_year(records, moment)]
    staged = next((r for r in records if code_chip("contributions", r, "stage")), None)
    if staged is not None:
        chip = code_chip("contributions", staged, "stage")
        rows.insert(1, KeyValueRow(text("field.contributions.stage"), (), chip))
    return rows_with_a_value(rows)


def _balance(records: Records) -> KeyValueRow:
    unpaid = [r for r in records if word(r, "status") in UNPAID]
    total = sum((amount(r, "amount") or Decimal(0) for r in unpaid), Decimal(0))
    label = text("customer.balance")
    if not unpaid:
        return KeyValueRow(label, (plain(text("customer.balance_clear")),))
    rejects = plural("customer.rejects", len(unpaid))
    return KeyValueRow(
        label,
        (strong(format_amount(-total), "danger", tabular=True), plain(f" · {rejects}")),
    )


def _next_due(records: Records, moment: Moment) -> KeyValueRow:
    coming = sorted((r for r in records if _is_coming(r, moment)), key=lambda r: word(r, "due_on"))
    past = sorted((r for r in records if word(r, "status") == "paid"), key=lambda r: word(r, "due_on"))
    known = coming[0] if coming else (past[-1] if past else None)
    if known is None:
        return KeyValueRow(text("customer.instalment"), ())
    value = amount(known, "amount")
    words = format_amount(value) if value is not None else ""
    due = day(known, "due_on")
    if coming and due is not None:
        words = together(words, text("customer.next_on", date=format_short_date(due)))
    return KeyValueRow(text("customer.instalment"), (plain(words, tabular=True),))


def _is_coming(record: FacetRecord, moment: Moment) -> bool:
    due = day(record, "due_on")
    return word(record, "status") == "due" and due is not None and due >= moment.today


def _paid_this_year(records: Records, moment: Moment) -> KeyValueRow:
    year = moment.today.year
    called = [r for r in records if (due := day(r, "due_on")) and due.year == year and due <= moment.today]
    if not called:
        return KeyValueRow(text("customer.paid_in", year=year), ())
    total = sum((amount(r, "amount") or Decimal(0) for r in called), Decimal(0))
    paid = sum((amount(r, "amount") or Decimal(0) for r in called if word(r, "status") == "paid"), Decimal(0))
    words = text("customer.paid_of", paid=format_amount(paid), total=format_amount(total))
    return KeyValueRow(text("customer.paid_in", year=year), (plain(words, tabular=True),))


def bank(records: Records, _moment: Moment) -> tuple[Row, ...]:
    """Return one line an account, masked, and its mandate."""
    rows: list[Row] = []
    for record in records:
        chip = code_chip("bank", record, "status")
        if chip is None and word(record, "holder_check") == "no_match":
            chip = code_chip("bank", FacetRecord("", {"status": "suspect"}), "status")
        label = (
            text("customer.account")
            if word(record, "usage") == "both"
            else code_label("bank", record, "usage")
        )
        rows.append(KeyValueRow(label, (plain(short_iban(word(record, "iban"))),), chip))
        if word(record, "mandate"):
            signed = date_of(record, "signed_on")
            since = text("customer.signed_on", date=signed) if signed else ""
            rows.append(key_value(text("customer.mandate"), word(record, "mandate"), since))
    return tuple(rows)


def short_iban(masked: str) -> str:
    """Return a masked IBAN for a narrow column: its country and its last four characters."""
    shown_characters = [c for c in masked if c.isalnum()]
    if len(masked) <= _SHORT_IBAN or len(shown_characters) < 8:
        return masked
    return f"{masked[:4]} … {''.join(shown_characters[-4:])}"


_SHORT_IBAN = 16


def guarantees(records: Records, moment: Moment) -> tuple[Row, ...]:
    """Return a bar for each guarantee that has a ceiling, the most used first, then the others."""
    capped = [r for r in records if amount(r, "ceiling")]
    capped.sort(key=lambda r: (-_share(r), word(r, "label")))
    bars: list[Row] = [_bar(record, moment) for record in capped]
    others = [r for r in records if not amount(r, "ceiling")]
    bars.extend(key_value(_guarantee_name(r), word(r, "rule")) for r in others)
    return tuple(bars)


def _guarantee_name(record: FacetRecord) -> str:
    return capital(word(record, "label")) or code_label("guarantees", record, "category")


def whole(value: Decimal) -> str:
    """Return an amount without its cents when there are none: a bar is read at a glance."""
    words = format_amount(value)
    return words.replace(",00", "").replace(".00", "")


def _share(record: FacetRecord) -> float:
    ceiling, used, left = (amount(record, name) for name in ("ceiling", "used", "remaining"))
    if not ceiling:
        return 0.0
    spent = used if used is not None else ceiling - (left if left is not None else ceiling)
    return min(max(float(spent / ceiling), 0.0), 1.0)


def _bar(record: FacetRecord, moment: Moment) -> BarRow:
    share = _share(record)
    ceiling = amount(record, "ceiling") or Decimal(0)
    left = amount(record, "remaining")
    if left is None:
        left = ceiling - (amount(record, "used") or Decimal(0))
    waiting = day(record, "waiting_until")
    renews = day(record, "renews_on")
    if waiting is not None and waiting > moment.today:
        right, tone = text("customer.waiting_until", date=format_date(waiting)), "warn-solid"
    elif left <= 0 and renews is not None:
        right, tone = text("customer.renewable_on", date=format_date(renews)), "danger-solid"
    else:
        right = text("customer.left_of", left=whole(left), ceiling=whole(ceiling))
        tone = "warn-solid" if share >= LOW_SHARE else "accent"
        tone = "danger-solid" if share >= SPENT_SHARE else tone
    person = word(record, "person")
    label = together(_guarantee_name(record), person)
    return BarRow(label, right, share, tone)
