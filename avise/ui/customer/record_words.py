"""Short words for the values of records, as the rows of a block write them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from avise.models.facet_specs import FACETS
from avise.models.facets import FacetRecord
from avise.models.masking import MASK
from avise.services.facts import day, word
from avise.services.wording import value_text
from avise.texts.formats import format_date, format_short_date
from avise.ui.customer.block_content import KeyValueRow, Spans
from avise.ui.widgets.chip import ChipSpec, Tone
from avise.ui.widgets.painting import Span

SEPARATOR = " · "
RECENT = timedelta(days=300)
"""Older dates carry their year."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When rows are composed."""

    now: datetime
    today: date


def plain(text: str, role: str = "text", *, tabular: bool = False) -> Span:
    """Return a run of a value."""
    return Span(text, "value", role, tabular=tabular)


def strong(text: str, role: str = "text", *, tabular: bool = False) -> Span:
    """Return a run that stands out."""
    return Span(text, "value-strong", role, tabular=tabular)


def capital(text: str) -> str:
    """Return a text with a capital first: labels of codes are written small, for use in sentences."""
    return text[:1].upper() + text[1:]


def shown(facet: str, record: FacetRecord, name: str) -> str:
    """Return a field as the screen writes it, "" when absent."""
    return value_text(facet, name, record.data.get(name))


def code_label(facet: str, record: FacetRecord, name: str) -> str:
    """Return the label of a code, with a capital."""
    return capital(shown(facet, record, name))


def date_of(record: FacetRecord, name: str) -> str:
    """Return a date in full, "" when absent."""
    found = day(record, name)
    return format_date(found) if found else ""


def narrow_date(found: date | None, today: date) -> str:
    """Return a date for a narrow column: 24/03, or 24/03/25 when it is not of these months."""
    if found is None:
        return ""
    short = format_short_date(found)
    return short if abs(today - found) < RECENT else f"{short}/{found.year % 100:02d}"


def is_masked(record: FacetRecord, name: str) -> bool:
    """Say whether a field's value is hidden from this role."""
    return name in record.masked


def together(*parts: str) -> str:
    """Return the parts that exist, with a middle dot between them."""
    return SEPARATOR.join(part for part in parts if part)


def key_value(label: str, value: str, *more: str) -> KeyValueRow:
    """Return a row whose value is plain."""
    return KeyValueRow(label, (plain(together(value, *more), tabular=_is_figures(value)),))


def rows_with_a_value(rows: Iterable[KeyValueRow]) -> tuple[KeyValueRow, ...]:
    """Leave out the rows that have nothing to say."""
    return tuple(row for row in rows if row.chip or any(span.text for span in row.spans))


def _is_figures(value: str) -> bool:
    """Amounts line up from block to block; words around dates take their natural width."""
    return bool(value) and (value[0].isdigit() or value[0] in "−€") and "€" in value


def spans_of(*spans: Span) -> Spans:
    """Return the runs that hold a text."""
    return tuple(span for span in spans if span.text)


_TONES: dict[str, tuple[Tone, str]] = {
    "contracts.status.suspended": (Tone.DANGER, "circle-pause"),
    "contracts.status.terminated": (Tone.OUTLINE, "log-out"),
    "contracts.status.ending": (Tone.WARN, "hourglass"),
    "contracts.status.future": (Tone.INFO, "clock"),
    "benefits.status.pending": (Tone.INFO, "hourglass"),
    "benefits.status.rejected": (Tone.DANGER, "circle-x"),
    "benefits.status.adjusted": (Tone.NEUTRAL, "rotate-cw"),
    "benefits.status.reversed": (Tone.OUTLINE, "circle-slash"),
    "authorizations.status.pending": (Tone.INFO, "hourglass"),
    "authorizations.status.accepted": (Tone.OK, "circle-check"),
    "authorizations.status.partial": (Tone.WARN, "circle-dot"),
    "authorizations.status.refused": (Tone.DANGER, "circle-x"),
    "authorizations.status.missing_document": (Tone.WARN, "file-x"),
    "authorizations.status.expired": (Tone.OUTLINE, "clock"),
    "authorizations.status.cancelled": (Tone.OUTLINE, "circle-slash"),
    "contributions.status.rejected": (Tone.DANGER, "circle-x"),
    "contributions.status.represented": (Tone.WARN, "rotate-cw"),
    "contributions.status.due": (Tone.NEUTRAL, "clock"),
    "contributions.stage.reminder": (Tone.WARN, "bell"),
    "contributions.stage.formal_notice": (Tone.DANGER, "triangle-alert"),
    "contributions.stage.suspension": (Tone.DANGER, "circle-pause"),
    "contributions.stage.termination": (Tone.DANGER, "log-out"),
    "contributions.stage.instalment_plan": (Tone.INFO, "calendar"),
    "bank.status.suspect": (Tone.DANGER, "triangle-alert"),
    "bank.status.pending": (Tone.WARN, "hourglass"),
    "bank.status.closed": (Tone.OUTLINE, "circle-slash"),
    "noemie.state.waiting": (Tone.INFO, "hourglass"),
    "noemie.state.acknowledged": (Tone.OK, "circle-check"),
    "noemie.state.reported": (Tone.WARN, "circle-alert"),
    "noemie.state.rejected": (Tone.DANGER, "circle-x"),
    "noemie.state.conflict": (Tone.WARN, "git-compare"),
    "noemie.state.refused": (Tone.OUTLINE, "ban"),
    "noemie.state.none": (Tone.OUTLINE, "circle-dashed"),
    "rights.status.refused": (Tone.DANGER, "circle-x"),
    "rights.status.expired": (Tone.WARN, "clock"),
    "rights.status.cancelled": (Tone.OUTLINE, "circle-slash"),
    "rights.status.in_production": (Tone.INFO, "hourglass"),
    "documents.status.rejected": (Tone.DANGER, "file-x"),
    "documents.status.awaited": (Tone.WARN, "hourglass"),
    "appointments.status.tentative": (Tone.INFO, "circle-help"),
    "appointments.status.cancelled": (Tone.OUTLINE, "circle-slash"),
    "appointments.status.missed": (Tone.WARN, "user-x"),
    "complaints.status.open": (Tone.DANGER, "flag"),
    "complaints.status.acknowledged": (Tone.WARN, "flag"),
    "complaints.status.answered": (Tone.OK, "circle-check"),
    "contact_points.status.returned": (Tone.WARN, "circle-alert"),
    "contact_points.status.in_error": (Tone.WARN, "circle-alert"),
    "contact_points.status.unverified": (Tone.OUTLINE, "circle-help"),
    "member_space.account.locked": (Tone.WARN, "lock"),
    "member_space.account.to_activate": (Tone.INFO, "hourglass"),
    "company.declaration_state.anomaly": (Tone.WARN, "circle-alert"),
    "company.declaration_state.missing": (Tone.DANGER, "file-x"),
    "identity.rights_status.closed": (Tone.WARN, "circle-slash"),
    "identity.rights_status.suspended": (Tone.DANGER, "circle-pause"),
    "identity.vital_status.deceased": (Tone.DANGER, "circle-slash"),
}
"""Codes that deserve a chip; what needs no action stays plain text (`ui.md` 1, Carbon)."""


def code_chip(facet: str, record: FacetRecord, name: str) -> ChipSpec | None:
    """Return the chip of a code, None for one that needs no action; an unknown one is shown as it came."""
    code = word(record, name)
    if code not in ("", MASK) and code not in FACETS[facet].field(name).values:
        return ChipSpec(shown(facet, record, name), Tone.NEUTRAL, "circle-help", small=True)
    look = _TONES.get(f"{facet}.{name}.{code}")
    if look is None:
        return None
    tone, icon = look
    return ChipSpec(shown(facet, record, name), tone, icon, small=True)
