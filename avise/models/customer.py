"""The customer on screen: identity, identifiers in each tool, and what a search returns."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

PersonId = uuid.UUID
"""UUIDv5(site namespace, "scheme:native id") from the identity master (decision 1)."""


def person_id(site_namespace: uuid.UUID, scheme: str, native_id: str) -> PersonId:
    """Mint the identifier that every workstation of the site derives for the same person."""
    return uuid.uuid5(site_namespace, f"{scheme}:{native_id}")


CUSTOMER_STREAMS = "customer/"
"""Begins the stream of every customer, of records that only one tool knows among them."""


def customer_stream(person: PersonId) -> str:
    """Return the stream of a customer's events."""
    return f"{CUSTOMER_STREAMS}{person}"


class PartyKind(StrEnum):
    """What a party of the directory is."""

    MEMBER = "member"
    BENEFICIARY = "beneficiary"
    COMPANY = "company"
    PROSPECT = "prospect"


@dataclass(frozen=True, slots=True)
class Party:
    """One person or company as the identity master publishes it.

    Persons fill the name and birth fields, companies `company_name`, `siren` and `siret`.
    """

    native_id: str
    """The identity master's own key."""
    kind: PartyKind
    last_name: str = ""
    first_name: str = ""
    birth_name: str = ""
    title: str = ""
    """"mr", "mrs" or ""."""
    birth_date: date | None = None
    member_number: str = ""
    """Opaque; leading zeros count."""
    phones: tuple[str, ...] = ()
    """E.164."""
    email: str = ""
    city: str = ""
    postcode: str = ""
    company_name: str = ""
    siren: str = ""
    siret: str = ""
    restricted: bool = False
    """A protected file: listed with a lock, opened with a reason."""
    dossier: str = ""
    """Native id of the member whose dossier covers this person; "" when the person is the member."""
    relation: str = ""
    """Canonical relation to that member ("spouse", "child"…)."""
    representative: str = ""
    """Login of the travelling representative whose portfolio the party is in."""
    deleted: bool = False
    ids: Mapping[str, str] = field(default_factory=dict)
    """Identifier in each tool, by scheme ("parties.party", "benefits.insured"…)."""


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """One party of the search directory, under the identifier that Avise gives it."""

    person: PersonId
    dossier: PersonId
    """The member whose screen opens; the person itself for a member or a company."""
    party: Party


class MatchedOn(StrEnum):
    """Why a search result is there."""

    NAME = "name"
    NAME_TYPO = "name_typo"
    NAME_PHONETIC = "name_phonetic"
    FIRST_NAME = "first_name"
    FIRST_NAME_TYPO = "first_name_typo"
    FIRST_NAME_VARIANT = "first_name_variant"
    """A diminutive, another spelling, initials of which only the first is right."""
    BIRTH_NAME = "birth_name"
    BIRTH_DATE = "birth_date"
    BIRTH_DATE_TYPO = "birth_date_typo"
    """Day and month or two digits exchanged, or one digit another."""
    MEMBER_NUMBER = "member_number"
    PHONE = "phone"
    EMAIL = "email"
    CITY = "city"
    COMPANY = "company"
    SIREN = "siren"


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One row of search results, ready to be shown: values already masked for the role."""

    entry: DirectoryEntry
    score: float
    matched_on: tuple[MatchedOn, ...]
    highlights: tuple[tuple[str, int, int], ...] = ()
    """(field of `entry`, start, length) of each part that matched, for the tint."""
    homonyms: int = 0
    """How many other hits bear the same name: the row then shows birth date and city first."""
    member_label: str = ""
    """For a beneficiary: "conjoint de Hélène"."""


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """Hits of one search with what is needed to say how complete they are."""

    hits: tuple[SearchHit, ...]
    total: int
    """How many match, capped; `more` says when the count stopped."""
    more: bool = False
    as_of: str = ""
    """ISO datetime of the directory."""
    on_board_only: bool = False
    """The house's directory was out of reach: only what this workstation carries was looked in."""


@dataclass(frozen=True, slots=True)
class CustomerKey:
    """A customer as a connector sees one: only the identifiers that its manifest asked for."""

    avise_id: PersonId
    ids: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IdentityEvidence:
    """What an answer says about whom it concerns; compared with the customer on screen."""

    last_name: str = ""
    first_name: str = ""
    birth_date: date | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    other_last_names: tuple[str, ...] = ()
    """Birth name and former names: a tool may know the person under any of them."""
