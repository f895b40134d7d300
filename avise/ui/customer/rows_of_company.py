"""Lines of the blocks on a company: the company itself, its sites, the members that its contract covers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from avise.models.facets import FacetRecord
from avise.services.facts import word
from avise.texts import plural, text
from avise.texts.formats import format_list_name, format_phone, format_siren
from avise.ui.customer.block_content import KeyValueRow, ListRow, Row
from avise.ui.customer.record_lines import RecordLines
from avise.ui.customer.record_words import (
    Moment,
    code_chip,
    code_label,
    key_value,
    plain,
    rows_with_a_value,
    shown,
    strong,
    together,
)
from avise.ui.widgets.chip import ChipSpec, Tone

Records = Sequence[FacetRecord]
_RUNNING = ("active", "ending")


def company(records: Records, _moment: Moment) -> tuple[Row, ...]:
    """Return the company, its declaration, its cover and who answers for it."""
    return rows_with_a_value(tuple(_company(records[0])))


def _company(record: FacetRecord) -> Iterator[KeyValueRow]:
    yield KeyValueRow(text("field.company.name"), (strong(word(record, "name")),))
    yield key_value(text("field.company.siren"), format_siren(word(record, "siren")))
    yield KeyValueRow(
        text("field.company.declaration_month"),
        (plain(together(word(record, "declaration_month"), word(record, "declaration_anomaly"))),),
        code_chip("company", record, "declaration_state"),
    )
    yield key_value(text("company.covered"), *_covered(record))
    yield key_value(text("field.company.headcount"), shown("company", record, "headcount"))
    share = shown("company", record, "employer_share")
    yield key_value(
        text("field.company.plan"),
        word(record, "plan"),
        text("company.employer_share", share=share) if share else "",
    )
    yield key_value(
        text("field.company.hr_contact"), word(record, "hr_contact"), format_phone(word(record, "hr_phone"))
    )
    yield key_value(text("field.company.collective_agreement"), word(record, "collective_agreement"))
    yield key_value(text("field.company.payroll_agent"), word(record, "payroll_agent"))


def _covered(record: FacetRecord) -> tuple[str, str]:
    kept = record.data.get("portability")
    more = plural("company.portability", kept) if isinstance(kept, int) and kept else ""
    return shown("company", record, "affiliated"), more


def establishments(records: Records, _moment: Moment) -> Sequence[Row]:
    """Return one line a site, the head office first."""
    ordered = sorted(records, key=lambda r: (r.data.get("head_office") is not True, word(r, "siret")))
    return RecordLines(ordered, _establishment)


def _establishment(record: FacetRecord) -> ListRow:
    place = " ".join(part for part in (word(record, "postcode"), word(record, "city")) if part)
    siret = word(record, "siret")
    # The company's number stands in the header: what tells a site apart is its own five digits.
    number = text("company.site_number", number=siret[9:]) if len(siret) == _SIRET else siret
    words = together(word(record, "name"), place, number)
    headcount = record.data.get("headcount")
    right = plural("company.people", headcount) if isinstance(headcount, int) else ""
    return ListRow("", (plain(words),), right)


_SIRET = 14


def employees(records: Records, _moment: Moment) -> Sequence[Row]:
    """Return one line a member covered: the name, the college, what is not the common case."""
    ordered = sorted(records, key=lambda r: (word(r, "status") not in _RUNNING, word(r, "last_name")))
    several = len({word(record, "college") for record in records}) > 1
    return RecordLines(ordered, lambda record: _employee(record, with_college=several))


def _employee(record: FacetRecord, *, with_college: bool) -> ListRow:
    name = format_list_name(word(record, "last_name"), word(record, "first_name"))
    college = word(record, "college") if with_college else ""
    return ListRow("", (plain(name),), college, chip=_cover_chip(record))


def _cover_chip(record: FacetRecord) -> ChipSpec | None:
    if word(record, "status") not in (*_RUNNING, ""):
        return ChipSpec(shown("employees", record, "status"), Tone.OUTLINE, small=True)
    if word(record, "kind") in ("portability", "evin"):
        return ChipSpec(code_label("employees", record, "kind"), Tone.NEUTRAL, "clock", small=True)
    return None
