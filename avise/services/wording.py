"""The sentences of what services return: titles, states, errors, alerts, values.

The window and the command line both speak through this module, so that a state has one sentence.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from avise.models.facet_specs import FACETS
from avise.models.facets import FacetState, FacetView, FieldKind
from avise.models.json_types import JSON
from avise.services.customer_updates import Alert
from avise.texts import agreed, text
from avise.texts.formats import (
    format_amount,
    format_date,
    format_phone,
    format_time,
    local,
)

FIELD_OF_PARAM = {
    ("authorization_pending", "kind"): ("authorizations", "kind"),
    ("authorization_urgent", "kind"): ("authorizations", "kind"),
    ("document_awaited", "kind"): ("authorizations", "kind"),
}
"""Parameters of alerts that are canonical codes, with the facet and field whose codes they are."""

AGREEING_ALERTS = frozenset({"accessibility_deaf", "accessibility_low_vision"})
"""Alerts whose sentence speaks of the person: their parameter `title` is "mr", "mrs" or ""."""


def facet_title(facet: str) -> str:
    """Return the title of a block."""
    return text(f"facet.{facet}")


def field_label(facet: str, name: str) -> str:
    """Return the label of a field."""
    return text(f"field.{facet}.{name}")


def alert_text(alert: Alert) -> str:
    """Return the sentence of an alert."""
    params = {
        name: value_text(*field, value) if (field := FIELD_OF_PARAM.get((alert.id, name))) else value
        for name, value in alert.params.items()
    }
    if alert.id in AGREEING_ALERTS:
        return agreed(f"alert.{alert.id}", alert.params.get("title", ""))
    return text(f"alert.{alert.id}", **params)


def state_text(view: FacetView) -> str:
    """Return the word of a block's state."""
    return text(f"state.{view.state}")


def error_text(view: FacetView) -> str:
    """Return what happened, what is shown instead and what to do, for a block in error; "" otherwise."""
    error = view.error
    if error is None:
        return ""
    params = {
        "source": view.source_name,
        "facet": facet_title(view.facet),
        "reference": error.reference or "–",
        "as_of": _when(view.as_of),
        "since": _when(error.since),
        "retry_at": format_time(error.retry_at) if error.retry_at else "",
        "code": error.source_code or "–",
    }
    happened = text(f"error.{error.kind}", **params)
    if view.state is FacetState.STALE and view.as_of is not None:
        return f"{happened} {text('error.copy_shown', **params)}"
    return happened


def _when(moment: datetime | None) -> str:
    if moment is None:
        return ""
    at = local(moment)
    return f"{format_date(at.date())} {format_time(moment)}"


def value_text(facet: str, name: str, value: JSON) -> str:
    """Return a field's value as it is written on screen; an unknown enumeration code as "? CODE"."""
    if value is None or value == "":
        return ""
    spec = FACETS[facet].field(name)
    if spec.kind is FieldKind.ENUM:
        known = str(value) in spec.values
        return text(f"enum.{facet}.{name}.{value}") if known else text("value.unknown_code", code=value)
    if spec.kind is FieldKind.BOOL:
        return text("value.yes" if value is True else "value.no")
    return _typed_text(spec.kind, str(value))


def _typed_text(kind: FieldKind, value: str) -> str:
    try:
        if kind is FieldKind.AMOUNT:
            return format_amount(Decimal(value))
        if kind is FieldKind.DATE:
            return format_date(date.fromisoformat(value))
        if kind is FieldKind.DATETIME:
            moment = datetime.fromisoformat(value)
            return f"{format_date(local(moment).date())} {format_time(moment)}"
        if kind is FieldKind.PHONE:
            return format_phone(value)
    except (ValueError, InvalidOperation):
        return value
    return value
