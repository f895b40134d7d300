"""The form of a request that exists already: what may be completed in it, and what was typed there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.identifiers import BULLET
from avise.models.json_types import JSON
from avise.models.masking import MASK
from avise.models.request_checks import is_empty, kept_value, problems_of, read_fields
from avise.models.request_conflicts import first_conflicts
from avise.models.request_types import RequestField, RequestFieldKind, RequestType
from avise.models.requests import Request
from avise.services.request_values import FormField, TypedField
from avise.services.request_wording import as_typed, choice_labels, field_label, problem_sentence
from avise.texts import text


def fields_to_complete(
    request: Request, kind: RequestType | None, names: Mapping[PersonId, str], today: date
) -> tuple[FormField, ...]:
    """Return the fields that somebody may complete, each with what it holds now.

    What this role reads masked is left out, and what two people changed at once: that is compared.

    Args:
        request: masked for the role.
        kind: of the request; nothing is asked when no file tells it any more.
        names: of the persons in the form.
        today: the present day, for what is asked.
    """
    if kind is None or not request.is_open:
        return ()
    waiting = first_conflicts(request)
    return tuple(
        _field(each, request.fields.get(each.id), names)
        for each in kind.asked(request.fields, today)
        if each.id not in waiting and not each.same_as and not _is_masked(request.fields.get(each.id))
    )


def completed(
    request: Request, kind: RequestType | None, typed: Mapping[str, TypedField], today: date
) -> tuple[Mapping[str, JSON], Mapping[str, JSON]]:
    """Return what fields hold from now on, and what their author saw in them (decision 021).

    Raises:
        AviseError: `request.field_wrong`, which names the field and says what to do, or `request.no_type`.
    """
    if kind is None:
        raise AviseError("request.no_type")
    read = read_fields(kind, {name: found.words for name, found in typed.items()})
    merged = {**request.fields, **{name: read.get(name) for name in typed}}
    for problem in problems_of(kind, merged, today):
        if problem.field in typed:
            raise AviseError(
                "request.field_wrong", field=field_label(problem.field), why=problem_sentence(problem)
            )
    fields: dict[str, JSON] = {}
    seen: dict[str, JSON] = {}
    for name, found in typed.items():
        each = kind.field_named(name)
        if each is not None:
            fields[name] = _recorded(each, read.get(name))
            seen[name] = _seen(each, kind, request.fields.get(name), found.seen)
    return fields, seen


def _recorded(each: RequestField, value: JSON) -> JSON:
    return None if is_empty(value) else kept_value(each, value)


def _seen(each: RequestField, kind: RequestType, now: JSON, shown: str) -> JSON:
    """Return the value behind what was on screen: the present one when it is written the same."""
    if as_typed(each, now) == shown:
        return now
    return _recorded(each, read_fields(kind, {each.id: shown}).get(each.id))


def _field(each: RequestField, value: JSON, names: Mapping[PersonId, str]) -> FormField:
    return FormField(
        id=each.id,
        label=field_label(each.id),
        kind=each.kind.value,
        required=each.required,
        value=as_typed(each, value),
        choices=_choices(each, names),
    )


def _choices(each: RequestField, names: Mapping[PersonId, str]) -> tuple[tuple[str, str], ...]:
    if each.kind is RequestFieldKind.PERSON:
        return tuple((str(person), name) for person, name in names.items())
    if each.kind is RequestFieldKind.YES_NO:
        return tuple((code, text(f"value.{code}")) for code in ("yes", "no"))
    return choice_labels(each)


def _is_masked(value: JSON) -> bool:
    return isinstance(value, str) and (value == MASK or BULLET in value)
