"""Somebody whom no tool knows, a prospect for instance, kept until a tool does (decision 1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from avise.models.customer import DirectoryEntry, Party, PartyKind, PersonId
from avise.models.event_fold import effective, identity_of, text_in
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON

PREFIX = "person/"
"""Begins the stream of every person who was added."""

KINDS = (EventKind.PERSON_ADDED, EventKind.UNDONE)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is known of somebody who gets in touch; no NIR before a subscription (`domain.md` 1.1)."""

    last_name: str = ""
    first_name: str = ""
    phone: str = ""
    """As typed or as the telephony told it."""
    email: str = ""
    city: str = ""
    company_name: str = ""


def person_stream(person: PersonId) -> str:
    """Return the stream of somebody who was added."""
    return f"{PREFIX}{person}"


def person_body(new: NewPerson, phone: str) -> dict[str, JSON]:
    """Return the body of `person_added`, with a telephone number as E.164."""
    written: dict[str, JSON] = {
        "last_name": new.last_name.strip(),
        "first_name": new.first_name.strip(),
        "phone": phone,
        "email": new.email.strip(),
        "city": new.city.strip(),
        "company_name": new.company_name.strip(),
    }
    return {name: value for name, value in written.items() if value}


def fold_people(events: Iterable[EventEnvelope]) -> Mapping[PersonId, DirectoryEntry]:
    """Return the people whom events added, as the directory gives people; those taken back are not there."""
    found: dict[PersonId, DirectoryEntry] = {}
    for event in effective(events):
        person = identity_of(event.stream.removeprefix(PREFIX))
        if event.kind is EventKind.PERSON_ADDED and person is not None:
            found[person] = DirectoryEntry(person, person, _party(event, person))
    return found


def _party(event: EventEnvelope, person: PersonId) -> Party:
    phone = text_in(event, "phone")
    return Party(
        native_id=str(person),
        kind=PartyKind.PROSPECT,
        last_name=text_in(event, "last_name"),
        first_name=text_in(event, "first_name"),
        phones=(phone,) if phone else (),
        email=text_in(event, "email"),
        city=text_in(event, "city"),
        company_name=text_in(event, "company_name"),
    )
