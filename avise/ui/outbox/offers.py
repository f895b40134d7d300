"""What can be asked of the tools for one customer, grouped by intention and by block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from avise.connectors.action_contract import ActionInput, ActionOffer, InputType
from avise.models.facets import FacetRecord, FacetView
from avise.models.json_types import JSON
from avise.services.facts import moment, word
from avise.texts.formats import format_date, format_time, local
from avise.ui.customer.record_words import Moment, code_label, together
from avise.ui.outbox.action_fields import Pick

_ALSO_IN = {"contact_points": "identity"}
"""Coordinates are looked for where the person is."""
_DOCUMENTS_IN = "contracts"
_KNOWN = {
    "line": ("contact_points", "value"),
    "postcode": ("contact_points", "postcode"),
    "city": ("contact_points", "city"),
}
"""Inputs whose present value is known: shown, to be changed, never asked twice (WCAG 3.3.7)."""
_ICONS = {
    "rights": "credit-card",
    "appointments": "calendar",
    "contact_points": "map-pin",
    "documents": "file-text",
    "bank": "euro",
    "member_space": "user",
}


@dataclass(frozen=True, slots=True)
class Intention:
    """One thing to do, in one tool or in several that call it by the same name."""

    action: str
    offers: tuple[ActionOffer, ...]

    @property
    def label(self) -> str:
        """What staff read."""
        return self.offers[0].label

    @property
    def everywhere(self) -> bool:
        """Whether it is carried to several tools."""
        return len(self.offers) > 1

    @property
    def inputs(self) -> tuple[ActionInput, ...]:
        """The inputs of all its tools, each once."""
        found: dict[str, ActionInput] = {}
        for declared in (one for offer in self.offers for one in offer.inputs):
            found.setdefault(declared.name, declared)
        return tuple(found.values())

    @property
    def document(self) -> bool:
        """Whether a file comes back."""
        return any(offer.document for offer in self.offers)

    @property
    def blocks(self) -> frozenset[str]:
        """The blocks whose menu offers it."""
        touched = {facet for offer in self.offers for facet in offer.touches if facet != "timeline"}
        if self.everywhere and "contact_points" in touched:
            # What other tools hold of an address is their copy of it.
            touched = {"contact_points"}
        touched |= {_ALSO_IN[facet] for facet in touched & set(_ALSO_IN)}
        return frozenset(touched or ({_DOCUMENTS_IN} if self.document else set()))

    @property
    def icon(self) -> str:
        """Of the palette's row."""
        named = (_ICONS[facet] for facet in sorted(self.blocks) if facet in _ICONS)
        return next(named, "file-text" if self.document else "send")


def intentions(offers: Iterable[ActionOffer]) -> tuple[Intention, ...]:
    """Return what can be done, in the order in which tools offer it."""
    found: dict[str, list[ActionOffer]] = {}
    for offer in offers:
        found.setdefault(offer.action, []).append(offer)
    return tuple(Intention(action, tuple(group)) for action, group in found.items())


def named_by(target: str, offered: Iterable[Intention]) -> Intention | None:
    """Return the intention that an answer aims at: "address.change" is the action `change_address`."""
    words = set(target.replace(".", "_").split("_"))
    return next((one for one in offered if set(one.action.replace(".", "_").split("_")) == words), None)


# ---- what the customer's file gives to a form -----------------------------------------------------------
def picks_of(declared: ActionInput, views: Sequence[FacetView], now: Moment) -> tuple[Pick, ...]:
    """Return the records that a RECORD may be picked from: those to come first."""
    if declared.type is not InputType.RECORD:
        return ()
    records = [record for view in views for record in view.records]
    records = [record for record in records if word(record, "status") not in ("cancelled", "done", "missed")]
    records.sort(key=lambda record: _distance(record, now))
    return tuple(Pick(record.id, _record_words(declared.facet, record)) for record in records)


def _distance(record: FacetRecord, now: Moment) -> tuple[bool, float]:
    starts = moment(record, "starts_at")
    if starts is None:
        return True, 0.0
    seconds = (starts - now.now).total_seconds()
    return seconds < 0, abs(seconds)


def _record_words(facet: str, record: FacetRecord) -> str:
    starts = moment(record, "starts_at")
    when = f"{format_date(local(starts).date())} {format_time(starts)}" if starts else ""
    kind = code_label(facet, record, "kind") if "kind" in record.data else ""
    return together(when, kind, word(record, "subject") or word(record, "title")) or record.id


def known_value(declared: ActionInput, views: Sequence[FacetView]) -> JSON:
    """Return the present value of an input, None when the file does not tell it."""
    place = _KNOWN.get(declared.name)
    if place is None:
        return None
    records = [record for view in views for record in view.records]
    address = next((record for record in records if word(record, "kind") == "address"), None)
    if address is None or place[1] in address.masked:
        return None
    return word(address, place[1]) or None


def known_facet(declared: ActionInput) -> str:
    """Return the facet that an input's form reads, "" for none."""
    return declared.facet or _KNOWN.get(declared.name, ("", ""))[0]
