"""Lines of the blocks on the person and the cover: identity, contracts, cards, beneficiaries."""

from __future__ import annotations

from collections.abc import Sequence

from avise.models.facets import FacetRecord
from avise.services.customer_header import age_on
from avise.services.facts import day, word
from avise.texts import plural, text
from avise.texts.formats import format_phone
from avise.ui.customer.block_content import KeyValueRow, ListRow, Row
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
from avise.ui.widgets.chip import ChipSpec, Tone

Records = Sequence[FacetRecord]
_RUNNING = ("active", "ending", "suspended", "future")


def identity(records: Records, _moment: Moment) -> tuple[Row, ...]:
    """Return birth, rights, protection and who follows the member."""
    record = records[0]
    born = together(date_of(record, "birth_date"), word(record, "birth_place"))
    rights = shown("identity", record, "rights_status")
    until = date_of(record, "rights_until")
    third = word(record, "authorized_third_party")
    third_until = date_of(record, "authorized_until")
    return rows_with_a_value(
        (
            key_value(text("customer.born"), born),
            key_value(text("field.identity.birth_name"), word(record, "birth_name")),
            KeyValueRow(
                text("field.identity.rights_status"),
                (plain(together(capital(rights), text("customer.until", date=until) if until else "")),),
                code_chip("identity", record, "rights_status"),
            ),
            key_value(text("field.identity.protection"), *_protection(record)),
            key_value(
                text("field.identity.authorized_third_party"),
                third,
                shown("identity", record, "authorized_scope") if third else "",
                text("customer.until", date=third_until) if third and third_until else "",
            ),
            key_value(text("field.identity.advisor"), word(record, "advisor"), word(record, "agency")),
        )
    )


def _protection(record: FacetRecord) -> tuple[str, str]:
    if word(record, "protection") in ("", "none"):
        return "", ""
    return code_label("identity", record, "protection"), word(record, "legal_representative")


def contact_points(records: Records, _moment: Moment) -> tuple[Row, ...]:
    """Return one line a contact, the preferred ones first."""
    ordered = sorted(records, key=lambda r: r.data.get("preferred") is not True)
    return tuple(_contact_point(record) for record in ordered)


def _contact_point(record: FacetRecord) -> KeyValueRow:
    kind, value = word(record, "kind"), word(record, "value")
    if kind in ("mobile", "landline"):
        value = format_phone(value)
    if kind == "address":
        city = " ".join(part for part in (word(record, "postcode"), word(record, "city")) if part)
        value = ", ".join(part for part in (value, city) if part)
    chip = code_chip("contact_points", record, "status")
    return KeyValueRow(code_label("contact_points", record, "kind"), (plain(value),), chip)


def contracts(records: Records, moment: Moment) -> tuple[Row, ...]:
    """Return the running contract in full and one line for each other."""
    ordered = sorted(records, key=_running_first)
    first, *others = ordered
    rows: list[Row] = list(_contract(first))
    rows.extend(_other_contract(record, moment) for record in others)
    return tuple(rows)


def _running_first(record: FacetRecord) -> tuple[bool, int]:
    began = day(record, "effective_date")
    return word(record, "status") not in _RUNNING, -(began.toordinal() if began else 0)


def _contract(record: FacetRecord) -> tuple[KeyValueRow, ...]:
    options = word(record, "options")
    product = word(record, "product")
    plan = word(record, "plan") or product
    renewed = day(record, "anniversary_date")
    since = together(
        date_of(record, "effective_date"),
        text("customer.renewal", date=f"{renewed.day:02d}/{renewed.month:02d}") if renewed else "",
    )
    kind = code_label("contracts", record, "kind")
    responsible = text("customer.responsible") if record.data.get("responsible") is True else ""
    ends = date_of(record, "end_date")
    beside = f", {product}" if product and product != plan else ""
    return rows_with_a_value(
        (
            KeyValueRow(
                text("field.contracts.plan"),
                (strong(plan), plain(beside)) if plan else (),
                code_chip("contracts", record, "status"),
            ),
            key_value(text("customer.since"), since),
            key_value(text("field.contracts.fund"), word(record, "fund")),
            key_value(text("field.contracts.options"), options),
            key_value(text("field.contracts.kind"), kind, responsible),
            key_value(
                text("field.contracts.company_name"), word(record, "company_name"), word(record, "college")
            ),
            key_value(text("field.contracts.end_date"), ends, word(record, "end_reason")),
            key_value(text("field.contracts.number"), word(record, "number")),
        )
    )


def _other_contract(record: FacetRecord, moment: Moment) -> ListRow:
    chip = code_chip("contracts", record, "status")
    words = together(word(record, "plan") or word(record, "product"), code_label("contracts", record, "kind"))
    return ListRow(narrow_date(day(record, "effective_date"), moment.today), (plain(words),), chip=chip)


def rights(records: Records, _moment: Moment) -> tuple[Row, ...]:
    """Return one line a card: active, since when it is on its way, until when it is valid."""
    ordered = sorted(records, key=lambda r: word(r, "valid_to"), reverse=True)
    several = len({word(record, "person") for record in ordered}) > 1
    return tuple(_card(record, named=several) for record in ordered)


def _card(record: FacetRecord, *, named: bool) -> KeyValueRow:
    until = day(record, "valid_to")
    label = text("customer.card_of", year=until.year) if until else text("customer.card")
    if named and word(record, "person"):
        label = word(record, "person")
    chip = code_chip("rights", record, "status")
    sent = day(record, "sent_on")
    sent_words = text("customer.sent_on", date=f"{sent.day:02d}/{sent.month:02d}") if sent else ""
    if chip is not None:
        return KeyValueRow(label, (plain(word(record, "refusal") or sent_words),), chip)
    words = ", ".join(part for part in (shown("rights", record, "status"), sent_words) if part)
    if until is not None and (named or not sent_words):
        words = together(words, text("customer.valid_until", date=f"{until.day:02d}/{until.month:02d}"))
    active = word(record, "status") == "active"
    return KeyValueRow(
        label, (plain(words, tabular=True),), icon="circle-check" if active else "", icon_role="ok-solid"
    )


def beneficiaries(records: Records, moment: Moment) -> tuple[Row, ...]:
    """Return one line a person: first name and relation, what is awaited, age."""
    ordered = sorted(records, key=lambda r: (bool(word(r, "left_on")), _rank(r)))
    return tuple(_beneficiary(record, moment) for record in ordered)


def _rank(record: FacetRecord) -> int:
    rank = record.data.get("rank")
    return rank if isinstance(rank, int) else 0


def _beneficiary(record: FacetRecord, moment: Moment) -> ListRow:
    name = word(record, "first_name") or word(record, "last_name")
    relation = shown("beneficiaries", record, "relation")
    born = day(record, "birth_date")
    age = plural("customer.years", age_on(born, moment.today)) if born else ""
    words = ", ".join(part for part in (name, relation) if part)
    return ListRow("", (plain(words),), age, chip=_rights_chip(record, moment))


def _rights_chip(record: FacetRecord, moment: Moment) -> ChipSpec | None:
    left, until = day(record, "left_on"), day(record, "rights_until")
    if left is not None and left <= moment.today:
        return ChipSpec(
            text("customer.left_on", date=narrow_date(left, moment.today)), Tone.OUTLINE, small=True
        )
    awaited = word(record, "awaited_document")
    if awaited not in ("", "none"):
        return ChipSpec(
            shown("beneficiaries", record, "awaited_document"), Tone.WARN, "hourglass", small=True
        )
    if until is not None and (until - moment.today).days < _SOON_DAYS:
        words = text("customer.rights_until", date=narrow_date(until, moment.today))
        return ChipSpec(words, Tone.NEUTRAL, "clock", small=True)
    return None


_SOON_DAYS = 240
"""A child's rights that end within the school year are worth saying during a call."""


def noemie(records: Records, _moment: Moment) -> tuple[Row, ...]:
    """Return one line a person: whether the fund sends statements."""
    return tuple(_link(record) for record in records)


def _link(record: FacetRecord) -> KeyValueRow:
    fund = word(record, "other_insurer") or word(record, "fund")
    return KeyValueRow(word(record, "person"), (plain(fund),), code_chip("noemie", record, "state"))
