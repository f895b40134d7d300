"""What people read of a type of request: labels, values of a form, and the sentence for the member.

The sentence is ready to be said: where the request is and by when it is answered. A type may have its
own (`request_type.<id>.say.<status>`); the others share one a status, which names the service that
holds the request (`queue_of.<queue>`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from avise.models.customer import PersonId
from avise.models.identifiers import BULLET, mask_iban
from avise.models.json_types import JSON
from avise.models.masking import MASK
from avise.models.request_types import FieldProblem, RequestField, RequestFieldKind, person_of
from avise.models.requests import CLOCK_STOPS, OPEN, RequestStatus
from avise.texts import LANGUAGES, language, text
from avise.texts.catalogue import catalogue
from avise.texts.formats import format_amount, format_date, format_long_date, format_phone, format_time, local


def type_label(type_id: str) -> str:
    """Return the label of a type; the identifier of one that nobody describes any more."""
    key = f"request_type.{type_id}.label"
    return text(key) if _is_written(key) else type_id


def queue_label(queue: str) -> str:
    """Return the label of a queue; the identifier of one that nobody describes any more."""
    key = f"queue.{queue}"
    return text(key) if _is_written(key) else queue


def field_label(field: str) -> str:
    """Return the label of a field of a form."""
    return text(f"request_field.{field}")


def document_label(document: str) -> str:
    """Return the label of a document of a check list."""
    return text(f"request_document.{document}")


def outcome_label(outcome: str) -> str:
    """Return how a request ended, in words."""
    return text(f"request.outcome.{outcome}")


def choice_labels(each: RequestField) -> tuple[tuple[str, str], ...]:
    """Return the codes of a choice with their labels, in the order of the type."""
    return tuple((code, text(f"request_choice.{each.id}.{code}")) for code in each.choices)


def problem_sentence(problem: FieldProblem) -> str:
    """Return what to do about a field."""
    return text(problem.message_key, **problem.params)


def value_words(each: RequestField, value: JSON, people: Mapping[PersonId, str]) -> str:
    """Return what a field holds as it is read; "" when it holds nothing.

    Args:
        each: the field.
        value: as recorded, and masked already for the reader.
        people: names of the persons of the dossier.
    """
    if value in (None, "", MASK):
        return MASK if value == MASK else ""
    match each.kind:
        case RequestFieldKind.CHOICE:
            return text(f"request_choice.{each.id}.{value}") if value in each.choices else str(value)
        case RequestFieldKind.YES_NO:
            return text("value.yes" if value is True else "value.no")
        case RequestFieldKind.PERSON:
            person = person_of(value)
            return people.get(person, "") if person is not None else ""
        case RequestFieldKind.IBAN:
            return str(value) if BULLET in str(value) else mask_iban(str(value))
        case _:
            return _plain_words(each.kind, str(value))


def _plain_words(kind: RequestFieldKind, value: str) -> str:
    try:
        if kind is RequestFieldKind.DATE:
            return format_date(date.fromisoformat(value))
        if kind is RequestFieldKind.AMOUNT:
            return format_amount(Decimal(value))
    except (ValueError, InvalidOperation):
        return value
    return format_phone(value) if kind is RequestFieldKind.PHONE else value


def as_typed(each: RequestField, value: JSON) -> str:
    """Return what a field holds as somebody would type it, for a form to start from."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if each.kind is RequestFieldKind.DATE:
        return _plain_words(each.kind, str(value))
    if each.kind is RequestFieldKind.AMOUNT and language() == LANGUAGES[0]:
        return str(value).replace(".", ",")
    return str(value)


def say(type_id: str, status: RequestStatus, queue: str, due: datetime | None, now: datetime) -> str:
    """Return the sentence to tell the member about a request, as it stands.

    Args:
        type_id: of the request.
        status: of the request.
        queue: that holds it.
        due: when it is to be answered; None when nobody promised a day.
        now: the moment at which it is said.
    """
    service = _service(queue)
    waits = status in OPEN and status not in CLOCK_STOPS
    own = f"request_type.{type_id}.say.{status}"
    key = own if _is_written(own) else f"request_say.{status}"
    if waits and "{date}" in _sentence(key):
        if due is None:
            return text("request_say.undated", service=service)
        if due < now:
            return text("request_say.late", service=service)
    return text(key, service=service, date=_due_words(due, now) if due is not None else "")


def _service(queue: str) -> str:
    key = f"queue_of.{queue}"
    return text(key if _is_written(key) else "queue_of.ACCUEIL")


def _due_words(due: datetime, now: datetime) -> str:
    """Write a day, with its hour when it is today or tomorrow."""
    on = local(due).date()
    if on - local(now).date() > timedelta(days=1):
        return format_long_date(on)
    return text("request_say.day_and_time", date=format_long_date(on), time=format_time(due))


def _is_written(key: str) -> bool:
    return catalogue(LANGUAGES[0]).get(key) is not None


def _sentence(key: str) -> str:
    return catalogue(LANGUAGES[0]).get(key) or ""
