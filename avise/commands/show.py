"""`avise show`: the customer's file in the terminal or as JSON, read as the window reads it.

JSON, all values masked for the role of the profile's user:

    {"customer": {"id", "dossier", "title", "last_name", "first_name", "birth_date", "age",
                  "member_number", "phone", "email", "address", "nir", "plan", "member_since",
                  "company", "restricted", "identifiers": {scheme: value}},
     "alerts": [{"id", "severity", "text"}],
     "suggestions": [{"id", "question", "answer", "likelihood", "reason", "stale"}],
     "facets": [{"id", "state", "source", "source_name", "as_of", "fetched_at", "total", "truncated_because",
                 "records": [{"id", …fields of the facet…}], "error": null | {"kind", "origin",
                 "reference", "message"}}],
     "timeline": [{"id", "at", "group", "variant", "title", "summary", "source", "status", "count"}],
     "timeline_missing": [names of the tools that could not be read]}

Dates are ISO 8601; amounts are decimal text; a state is one of `avise.models.facets.FacetState`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table
from rich.text import Text

from avise.env import Env
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.facet_specs import FACETS
from avise.models.facets import FacetView, Shape
from avise.models.json_types import JSON
from avise.models.roles import Purpose
from avise.services.customer_updates import (
    AlertsChanged,
    CustomerUpdate,
    FacetChanged,
    Header,
    HeaderChanged,
    NotKept,
    OpeningSettled,
    SuggestionsChanged,
    TimelineChanged,
)
from avise.services.desk import Desk
from avise.services.wording import alert_text, error_text, facet_title, field_label, state_text, value_text
from avise.texts import text
from avise.texts.formats import format_date, format_list_name, format_member_number, format_moment


@dataclass(slots=True)
class CustomerFile:
    """A customer's file once every reading has settled."""

    header: Header | None = None
    alerts: AlertsChanged = field(default_factory=lambda: AlertsChanged(()))
    suggestions: SuggestionsChanged = field(default_factory=lambda: SuggestionsChanged((), 0))
    facets: dict[tuple[str, str], FacetView] = field(default_factory=dict)
    timeline: TimelineChanged = field(default_factory=lambda: TimelineChanged(()))
    not_kept: NotKept | None = None
    """What could not be kept on this workstation."""

    def fold(self, update: CustomerUpdate) -> None:
        """Keep what an update says."""
        if isinstance(update, HeaderChanged):
            self.header = update.header
        elif isinstance(update, FacetChanged):
            self.facets[update.view.facet, update.view.source] = update.view
        elif isinstance(update, AlertsChanged):
            self.alerts = update
        elif isinstance(update, SuggestionsChanged):
            self.suggestions = update
        elif isinstance(update, TimelineChanged):
            self.timeline = update
        elif isinstance(update, NotKept):
            self.not_kept = update

    def ordered(self) -> list[FacetView]:
        """Return the blocks in the order of the screen."""
        order = list(FACETS)
        return sorted(self.facets.values(), key=lambda view: (order.index(view.facet), view.source))


async def find_person(desk: Desk, reference: str) -> PersonId:
    """Find whom a reference names: a member number, or `scheme:value`.

    Raises:
        AviseError: `show.nobody` when nobody bears it.
    """
    scheme, separator, value = reference.partition(":")
    if not separator:
        scheme, value = "member", re.sub(r"[\s\u00a0\u202f]", "", reference)
    person = await desk.find_by_identifier(scheme, value)
    if person is None:
        raise AviseError("show.nobody", reference=reference)
    return person


async def read_file(desk: Desk, person: PersonId, reason: str) -> CustomerFile:
    """Open a customer and wait until every reading has settled."""
    file = CustomerFile()
    updates = desk.open_customer(person, Purpose.SEARCH, reason)
    async with aclosing(updates) as stream:  # type: ignore[type-var]  # desks give generators
        async for update in stream:
            if isinstance(update, OpeningSettled):
                break
            file.fold(update)
    return file


def as_json(file: CustomerFile) -> dict[str, JSON]:
    """Return the file as the module's docstring describes."""
    header = file.header
    return {
        "customer": _customer(header) if header is not None else None,
        "alerts": [
            {"id": alert.id, "severity": alert.severity, "text": alert_text(alert)}
            for alert in file.alerts.alerts
        ],
        "suggestions": [
            {
                "id": item.id,
                "question": item.question,
                "answer": item.answer.replace("**", ""),
                "likelihood": item.likelihood,
                "reason": item.reason,
                "stale": item.stale,
            }
            for item in file.suggestions.suggestions
        ],
        "facets": [_facet(view) for view in file.ordered()],
        "timeline": [
            {
                "id": entry.id,
                "at": entry.at.isoformat(),
                "group": entry.group,
                "variant": entry.variant,
                "title": entry.title,
                "summary": entry.summary,
                "source": entry.source,
                "status": entry.status,
                "count": entry.count,
            }
            for entry in file.timeline.entries
        ],
        "timeline_missing": list(file.timeline.missing_sources),
    }


def _customer(header: Header) -> Mapping[str, JSON]:
    return {
        "id": str(header.person),
        "dossier": str(header.dossier),
        "title": header.title,
        "last_name": header.last_name,
        "first_name": header.first_name,
        "birth_date": header.birth_date.isoformat() if header.birth_date else None,
        "age": header.age,
        "member_number": header.member_number,
        "phone": header.phone,
        "email": header.email,
        "address": header.address,
        "nir": header.nir_masked,
        "plan": header.plan,
        "member_since": header.member_since.isoformat() if header.member_since else None,
        "company": header.company_name,
        "restricted": header.restricted,
        "identifiers": dict(header.identifiers),
    }


def _facet(view: FacetView) -> Mapping[str, JSON]:
    error = view.error
    return {
        "id": view.facet,
        "state": view.state,
        "source": view.source,
        "source_name": view.source_name,
        "as_of": view.as_of.isoformat() if view.as_of else None,
        "fetched_at": view.fetched_at.isoformat() if view.fetched_at else None,
        "total": view.total,
        "truncated_because": view.truncated_because,
        "unreadable": view.unreadable,
        "records": [{"id": record.id, **record.data} for record in view.records],
        "error": None
        if error is None
        else {
            "kind": error.kind,
            "origin": error.origin,
            "reference": error.reference,
            "message": error_text(view),
        },
    }


ROWS_SHOWN = 6
"""Rows of a block and of the timeline that the terminal shows."""


def print_file(file: CustomerFile, console: Console, env: Env) -> None:
    """Print the file for a person at a terminal."""
    header = file.header
    if header is None:
        return
    name = format_list_name(header.last_name, header.first_name)
    born = f" · {format_date(header.birth_date)}" if header.birth_date else ""
    heading = Text(name, style="bold")
    heading.append(f"{born} · {format_member_number(header.member_number)}", style="not bold")
    console.print(heading)
    for alert in file.alerts.alerts:
        console.print(f"  {alert_text(alert)}", style=_STYLE[alert.severity], highlight=False)
    for suggestion in file.suggestions.suggestions:
        console.print(f"  {suggestion.question} : {suggestion.answer.replace('**', '')}", highlight=False)
    for view in file.ordered():
        console.print(_block(view, env))
    console.print(_timeline(file, env))


_STYLE = {"danger": "red", "warn": "yellow", "note": "magenta", "neutral": "dim"}


def _block(view: FacetView, env: Env) -> Table:
    when = f" · {format_moment(view.as_of, env.now())}" if view.as_of else ""
    title = f"{facet_title(view.facet)} · {view.source_name}{when} · {state_text(view)}"
    table = Table(title=title, title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
    as_card = FACETS[view.facet].shape is Shape.CARD
    for record in view.records[:ROWS_SHOWN]:
        written = [
            (field_label(view.facet, name), value_text(view.facet, name, value))
            for name, value in record.data.items()
            if value not in (None, "")
        ]
        if as_card:
            for label, value in written:
                table.add_row(label, value)
        else:
            table.add_row(" · ".join(value for _, value in written))
    if view.error is not None:
        table.add_row(error_text(view))
    hidden = len(view.records) - ROWS_SHOWN
    if hidden > 0:
        table.add_row(text("show.more_rows", n=hidden))
    return table


def _timeline(file: CustomerFile, env: Env) -> Table:
    table = Table(title=text("show.timeline"), title_justify="left", show_header=False, box=None)
    for entry in file.timeline.entries[: 2 * ROWS_SHOWN]:
        table.add_row(format_moment(entry.at, env.now()), entry.title, entry.summary)
    for name in file.timeline.missing_sources:
        table.add_row("", text("show.timeline_missing", source=name))
    return table
