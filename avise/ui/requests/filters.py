"""What a list leaves out, in words, and each filter taken away by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

from avise.models.requests import Priority, RequestStatus
from avise.services.request_values import RequestFilters, RequestRow
from avise.texts import text

SWITCHES = ("unheld_or_mine", "late", "due_today", "with_attachment")
"""Filters that are on or off, in the order of the menu."""

ICONS = {
    "unheld_or_mine": "user-x",
    "late": "triangle-alert",
    "due_today": "calendar",
    "with_attachment": "paperclip",
    "holder": "user",
    "status": "circle-dot",
    "type": "list-checks",
    "channel": "phone",
    "priority": "arrow-up",
    "words": "search",
}


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """A value that a filter may have, as a menu offers it."""

    field: str
    value: object
    label: str


def active(filters: RequestFilters, rows: Sequence[RequestRow]) -> list[FilterChoice]:
    """Return the filters in force, each with its words.

    Args:
        filters: of the list.
        rows: of the list: they name types, origins and people.
    """
    found = []
    for field in fields(filters):
        value = getattr(filters, field.name)
        if value:
            found.append(FilterChoice(field.name, value, _label(field.name, value, rows)))
    return found


def without(filters: RequestFilters, name: str) -> RequestFilters:
    """Return the filters with one of them taken away."""
    return replace(filters, **{name: getattr(RequestFilters(), name)})


def with_choice(filters: RequestFilters, choice: FilterChoice) -> RequestFilters:
    """Return the filters with one more."""
    return replace(filters, **{choice.field: choice.value})  # type: ignore[arg-type]  # its own field


def merged(first: RequestFilters, second: RequestFilters) -> RequestFilters:
    """Return what both leave out; where both say something the second is kept."""
    said = {name: getattr(second, name) for name in _names() if getattr(second, name)}
    return replace(first, **said)


def _names() -> list[str]:
    return [field.name for field in fields(RequestFilters)]


def offered(rows: Sequence[RequestRow]) -> Iterator[tuple[str, list[FilterChoice]]]:
    """Give each filter that has several values, with those that the list knows."""
    yield "priority", [FilterChoice("priority", value, value.value) for value in Priority]
    statuses = [FilterChoice("status", value, text(f"request.status.{value}")) for value in RequestStatus]
    yield "status", statuses
    for name, labelled in (
        ("type", {row.type: row.type_label for row in rows}),
        ("channel", {row.channel: row.origin for row in rows}),
        ("holder", {row.holder: row.holder_name for row in rows if row.holder}),
    ):
        choices = [FilterChoice(name, value, label) for value, label in labelled.items() if value]
        if choices:
            yield name, sorted(choices, key=lambda choice: choice.label)


def _label(name: str, value: object, rows: Sequence[RequestRow]) -> str:
    if name in SWITCHES:
        return text(f"request_panel.filter.{name}")
    if name == "words":
        return text("request_panel.filter.words", words=value)
    for offered_name, choices in offered(rows):
        if offered_name == name:
            return next((choice.label for choice in choices if choice.value == value), str(value))
    return str(value)
