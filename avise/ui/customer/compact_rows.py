"""The lines of a block, from the records of its facet: composed where a sentence says more than fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from avise.models.facet_specs import FACETS
from avise.models.facets import FacetRecord, Shape
from avise.services.facts import day, word
from avise.services.wording import value_text
from avise.texts import text
from avise.texts.formats import format_phone, format_short_date
from avise.ui.customer import rows_of_company, rows_of_contract, rows_of_money, rows_of_relation
from avise.ui.customer.block_content import ListRow, Row, TableColumn, TableRow
from avise.ui.customer.facet_layouts import LAYOUTS
from avise.ui.customer.record_lines import RecordLines
from avise.ui.customer.record_words import Moment, key_value, narrow_date, plain, shown, together

Records = Sequence[FacetRecord]

_COMPOSERS: dict[str, Callable[[Records, Moment], Sequence[Row]]] = {
    "identity": rows_of_contract.identity,
    "contact_points": rows_of_contract.contact_points,
    "contracts": rows_of_contract.contracts,
    "rights": rows_of_contract.rights,
    "beneficiaries": rows_of_contract.beneficiaries,
    "noemie": rows_of_contract.noemie,
    "company": rows_of_company.company,
    "establishments": rows_of_company.establishments,
    "employees": rows_of_company.employees,
    "benefits": rows_of_money.benefits,
    "authorizations": rows_of_money.authorizations,
    "contributions": rows_of_money.contributions,
    "bank": rows_of_money.bank,
    "guarantees": rows_of_money.guarantees,
    "documents": rows_of_relation.documents,
    "appointments": rows_of_relation.appointments,
    "complaints": rows_of_relation.complaints,
    "member_space": rows_of_relation.member_space,
    "consents": rows_of_relation.consents,
}


def compact_rows(facet: str, records: Records, moment: Moment) -> Sequence[Row]:
    """Return every line of a block; the caller cuts them to the room it has, and reads no others."""
    if not records:
        return ()
    compose = _COMPOSERS.get(facet)
    return compose(records, moment) if compose is not None else generic_rows(facet, records)


def generic_rows(facet: str, records: Records) -> Sequence[Row]:
    """Return the lines of a facet that nobody composed: its fields one by one, or a line a record."""
    spec = FACETS[facet]
    if spec.shape is Shape.CARD:
        fields = ((field.name, shown(facet, records[0], field.name)) for field in spec.fields)
        return tuple(key_value(text(f"field.{facet}.{name}"), value) for name, value in fields if value)
    names = [field.name for field in spec.fields[:3]]
    return RecordLines(
        records, lambda r: ListRow("", (plain(together(*(shown(facet, r, name) for name in names))),))
    )


def wide_columns(facet: str) -> tuple[TableColumn, ...]:
    """Return the columns of the wide form, none when the facet has no such form."""
    return tuple(_column(facet, name) for name in LAYOUTS[facet].wide)


_WEIGHTS = {"label": 2.6, "provider": 2.4, "person": 1.1, "settlement": 1.5}


def _column(facet: str, name: str) -> TableColumn:
    title = text("customer.settlement") if name == "settlement" else text(f"field.{facet}.{name}")
    if name == "paid_on":
        title = text("customer.date")
    amounts = name in ("spent", "mandatory_amount", "amount", "out_of_pocket")
    muted = name in ("person", "provider", "settlement", "paid_on")
    return TableColumn(title, _WEIGHTS.get(name, 0), amounts, name == "amount", muted)


def wide_rows(facet: str, records: Records, moment: Moment) -> Sequence[TableRow]:
    """Return the rows of the wide form of reimbursements, newest first."""
    ordered = sorted(records, key=lambda r: word(r, "paid_on") or word(r, "care_date"), reverse=True)
    names = LAYOUTS[facet].wide
    return RecordLines(ordered, lambda r: TableRow(tuple(_cell(facet, r, name, moment) for name in names)))


def _cell(facet: str, record: FacetRecord, name: str, moment: Moment) -> str:
    if name == "paid_on":
        return narrow_date(day(record, "paid_on") or day(record, "care_date"), moment.today)
    if name == "label":
        return rows_of_money.act_label(record)
    if name == "settlement":
        return _settlement(record)
    value = value_text(facet, name, record.data.get(name))
    # The column says euros once: figures alone line up.
    return value.removesuffix("\u00a0€").removeprefix("€")


def _settlement(record: FacetRecord) -> str:
    if word(record, "status") != "paid":
        return shown("benefits", record, "status")
    if word(record, "paid_to") == "provider":
        return text("customer.third_party_payment")
    paid = day(record, "paid_on")
    return text("customer.transfer_on", date=format_short_date(paid)) if paid else ""


def folded_summary(facet: str, records: Records) -> str:
    """Return what a folded block says: the word that most calls need of it."""
    if not records:
        return ""
    if facet == "identity":
        return word(records[0], "advisor")
    if facet == "contact_points":
        phone = next((r for r in records if word(r, "kind") in ("mobile", "landline")), None)
        return format_phone(word(phone, "value")) if phone else word(records[0], "value")
    if facet == "consents":
        refused = [r for r in records if word(r, "state") == "no"]
        return text("customer.refusals") if refused else ""
    return str(len(records)) if FACETS[facet].shape is Shape.LIST else ""
