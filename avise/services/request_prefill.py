"""What a form starts from: values that the tools told about the open dossier, each with its tool and date.

Nothing is prefilled that the reader's role reads masked, nor from a facet that it does not open, nor
anything that the form itself would refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from avise.models.customer import PersonId
from avise.models.facet_specs import FACETS
from avise.models.facets import FacetRecord, FacetState, FacetView, FieldKind
from avise.models.free_text import folded_word
from avise.models.json_types import JSON
from avise.models.masking import mask_record, may_open
from avise.models.request_checks import is_empty, kept_value, problem_in
from avise.models.request_types import RequestField, RequestFieldKind, RequestType
from avise.models.roles import Role
from avise.services.facts import Facts, amount, day, moment, word
from avise.services.named_facts import FactFinder, Found
from avise.services.request_type_files import Prefill, RequestTypes
from avise.texts.formats import local


@dataclass(frozen=True, slots=True)
class PrefilledField:
    """A value that a form starts from, and who told it."""

    field: str
    value: JSON
    """As it would be recorded."""
    facet: str = ""
    """"" when no tool told it: the day itself."""
    source: str = ""
    """What staff call the tool."""
    as_of: datetime | None = None
    stale: bool = False
    """Read from an old copy: to be confirmed with the member."""


def prefill(
    types: RequestTypes, kind: RequestType, facts: Facts, role: Role, people: Mapping[PersonId, str]
) -> tuple[PrefilledField, ...]:
    """Return what is known of a form's fields, in their order.

    Args:
        types: that hold the type.
        kind: whose form is filled.
        facts: of the open dossier, in clear.
        role: who fills the form.
        people: the persons of the dossier, with their first and last names.
    """
    wells = types.prefills.get((kind.id, kind.version), {})
    return tuple(
        found
        for each in kind.fields
        if each.id in wells and (found := _prefilled(each, wells[each.id], facts, role, people)) is not None
    )


def _prefilled(
    each: RequestField, well: Prefill, facts: Facts, role: Role, people: Mapping[PersonId, str]
) -> PrefilledField | None:
    if well.fact is None:
        return PrefilledField(each.id, facts.today.isoformat())
    spec = FACETS[well.fact.facet]
    if not may_open(role, spec):
        return None
    found = FactFinder(well.fact, facts.today).find(tuple(facts.records(spec.id)), facts.now)
    view = _view_of(found.record, facts.views.get(spec.id, ())) if found is not None else None
    if found is None or view is None or well.field in mask_record(spec, found.record, role).masked:
        return None
    value = _value(each, well, found, people)
    if is_empty(value) or problem_in(each, value, facts.today) is not None:
        return None
    return PrefilledField(
        field=each.id,
        value=kept_value(each, value),
        facet=spec.id,
        source=view.source_name,
        as_of=found.record.as_of or view.as_of or view.fetched_at,
        stale=view.state is FacetState.STALE,
    )


def _view_of(record: FacetRecord, views: tuple[FacetView, ...]) -> FacetView | None:
    return next((view for view in views if any(each is record for each in view.records)), None)


# ---- from a tool's value to a form's ---------------------------------------------------------------


def _value(each: RequestField, well: Prefill, found: Found, people: Mapping[PersonId, str]) -> JSON:
    record, name = found.record, well.field
    match each.kind:
        case RequestFieldKind.PERSON:
            return _person(word(record, name), people)
        case RequestFieldKind.CHOICE:
            code = _code(record.data.get(name))
            return well.codes.get(code, code)
        case RequestFieldKind.DATE:
            on = _day(found.facet, record, name)
            return on.isoformat() if on is not None else None
        case RequestFieldKind.AMOUNT:
            euros = found.total if found.total is not None and found.added == name else amount(record, name)
            return f"{euros:.2f}" if euros is not None else None
        case _:
            return record.data.get(name)


def _code(value: JSON) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else ""


def _day(facet: str, record: FacetRecord, name: str) -> date | None:
    if FACETS[facet].field(name).kind is FieldKind.DATETIME:
        at = moment(record, name)
        return local(at).date() if at is not None else None
    return day(record, name)


def _person(told: str, people: Mapping[PersonId, str]) -> JSON:
    """Return the one person of the dossier whose names hold all the words told; None when two do."""
    wanted = set(_words(told))
    found = [person for person, names in people.items() if wanted and wanted <= set(_words(names))]
    return str(found[0]) if len(found) == 1 else None


def _words(names: str) -> Iterator[str]:
    yield from folded_word(names).replace("-", " ").split()
