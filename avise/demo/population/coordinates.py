"""Addresses, telephones and e-mails of a member (`domain.md` 7.2)."""

from __future__ import annotations

import random
import unicodedata
from datetime import date, timedelta

from avise.demo.population import official_numbers
from avise.demo.population.entities import ContactPoint, Person
from avise.demo.population.people import age_on
from avise.demo.population.places import Commune, street

_NOT_DECOMPOSED = str.maketrans({"Þ": "Th", "þ": "th", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "Oe"})


def email_address(first_name: str, last_name: str, index: int) -> str:
    """Return an address under `.invalid`, which never receives anything."""
    text = f"{first_name}.{last_name}".translate(_NOT_DECOMPOSED).lower().replace(" ", "-").replace("'", "")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().strip(".")
    return f"{plain}.{index:03d}@exemple.invalid"


def draw_contact_points(
    stream: random.Random, person: Person, index: int, home: Commune, as_of: date
) -> tuple[ContactPoint, ...]:
    """Draw how to write to a member and how to call."""
    age = age_on(person.birth_date, as_of)
    since = as_of - timedelta(days=int(stream.expovariate(1 / 2200)) + 1)
    returned = stream.random() < 0.012
    points = [
        ContactPoint("address", street(stream), home.name, home.postcode,
                     "returned" if returned else "ok", preferred=False, since=since)
    ]  # fmt: skip
    mobile = stream.random() < (0.58 if age >= 75 else 0.86)
    if mobile:
        points.append(
            ContactPoint("mobile", official_numbers.mobile_phone(stream), preferred=True, since=since)
        )
    if stream.random() < (0.70 if age >= 75 else 0.33):
        number = official_numbers.landline(stream)
        points.append(ContactPoint("landline", number, preferred=not mobile, since=since))
    if stream.random() < (0.45 if age >= 75 else 0.79):
        draw = stream.random()
        status = "in_error" if draw < 0.06 else "unverified" if draw < 0.14 else "ok"
        address = email_address(person.first_name, person.last_name, index)
        points.append(ContactPoint("email", address, status=status, since=since))
    return tuple(points)


def other_address(stream: random.Random, home: Commune) -> ContactPoint:
    """Draw a former address, which another tool kept."""
    return ContactPoint("address", street(stream), home.name, home.postcode, "unverified")
