"""How alike two records are, field by field: each likeness has a name that people can read.

Each field gives a level; no level (`None` in a vector, 0 in its code) where one of the two tells nothing,
which speaks neither for nor against.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import token_sort_ratio

from avise.models.identity import dates
from avise.models.identity.attributes import Attribute, AttributeKind, AttributeValue
from avise.models.identity.closeness import CLOSE, EQUAL, FAR, NEAR, closeness
from avise.models.identity.first_names import are_forms_of_one
from avise.models.identity.records import IdentityRecord
from avise.models.names import fold


class Feature(StrEnum):
    """What is compared. Label: catalogue key `identity.feature.<feature>`."""

    FIRST_NAME = "first_name"
    BIRTH_DATE = "birth_date"
    LAST_NAME = "last_name"
    PHONE = "phone"
    EMAIL = "email"
    MEMBER_NUMBER = "member_number"
    PLACE = "place"
    STREET = "street"
    SEX = "sex"


FEATURES = tuple(Feature)
"""In the order in which they are compared: those that settle most come first."""

PERSONAL = frozenset({Feature.FIRST_NAME, Feature.BIRTH_DATE, Feature.SEX})
"""What tells a person from the others of a household, who share the rest."""


class Level(StrEnum):
    """How alike. Sentence: catalogue key `identity.<feature>.<level>`."""

    SAME = "same"
    OTHER_NAME = "other_name"
    """The birth name of one is the name in use of the other."""
    SHORT_FORM = "short_form"
    SWAPPED = "swapped"
    CLOSE = "close"
    PART = "part"
    NEAR = "near"
    LITTLE = "little"
    DIFFERENT = "different"


LEVELS: Mapping[Feature, tuple[Level, ...]] = {
    Feature.FIRST_NAME: (
        Level.SAME, Level.CLOSE, Level.SHORT_FORM, Level.PART, Level.NEAR, Level.DIFFERENT,
    ),
    Feature.BIRTH_DATE: (
        Level.SAME, Level.SWAPPED, Level.CLOSE, Level.PART, Level.NEAR, Level.DIFFERENT,
    ),
    Feature.LAST_NAME: (
        Level.SAME, Level.OTHER_NAME, Level.CLOSE, Level.SWAPPED, Level.PART, Level.NEAR, Level.DIFFERENT,
    ),
    Feature.PHONE: (Level.SAME, Level.CLOSE, Level.DIFFERENT),
    Feature.EMAIL: (Level.SAME, Level.CLOSE, Level.DIFFERENT),
    Feature.MEMBER_NUMBER: (Level.SAME, Level.CLOSE, Level.DIFFERENT),
    Feature.PLACE: (Level.SAME, Level.CLOSE, Level.NEAR, Level.DIFFERENT),
    Feature.STREET: (Level.SAME, Level.CLOSE, Level.NEAR, Level.DIFFERENT),
    Feature.SEX: (Level.SAME, Level.DIFFERENT),
}  # fmt: skip
"""The levels of each feature, the best first; the code of a level in a vector is its place here plus one."""

ATTRIBUTE_LEVELS: Mapping[AttributeKind, tuple[Level, ...]] = {
    AttributeKind.TEXT: (
        Level.SAME, Level.CLOSE, Level.PART, Level.NEAR, Level.LITTLE, Level.DIFFERENT,
    ),
    AttributeKind.NUMBER: (Level.SAME, Level.CLOSE, Level.NEAR, Level.DIFFERENT),
    AttributeKind.DATE: LEVELS[Feature.BIRTH_DATE],
    AttributeKind.EXACT: (Level.SAME, Level.CLOSE, Level.DIFFERENT),
    AttributeKind.GEO: (Level.SAME, Level.CLOSE, Level.NEAR, Level.DIFFERENT),
}  # fmt: skip
"""The same of each kind of attribute. Sentence: catalogue key `identity.attribute.<kind>.<level>`."""

Compared = Feature | Attribute
"""What is compared: of a person, or a column of whoever wrote the mapping."""

Vector = tuple[int, ...]
"""The code of each feature's level in the order of `FEATURES`, then of each attribute's; 0 where one of the
two tells nothing."""

_CODES = {
    feature: {level: code for code, level in enumerate(levels, 1)} for feature, levels in LEVELS.items()
}


_PLACES = {feature: place for place, feature in enumerate(FEATURES)}


def place_in_vector(feature: Compared) -> int:
    """Return where a vector holds the code of a feature or an attribute."""
    return len(FEATURES) + feature.place if isinstance(feature, Attribute) else _PLACES[feature]


def levels_of(feature: Compared) -> tuple[Level, ...]:
    """Return the levels of a feature or an attribute, the best first."""
    return ATTRIBUTE_LEVELS[feature.kind] if isinstance(feature, Attribute) else LEVELS[feature]


def level_in(vector: Vector, feature: Compared) -> Level | None:
    """Return the level of a feature in a vector; None where one of the two tells nothing."""
    code = vector[place_in_vector(feature)]
    return levels_of(feature)[code - 1] if code else None


# ---- names ---------------------------------------------------------------------------------------

_LAST = _CODES[Feature.LAST_NAME]
_LAST_BY_CLOSENESS = (_LAST[Level.DIFFERENT], _LAST[Level.NEAR], _LAST[Level.CLOSE], _LAST[Level.OTHER_NAME])
_UNSETTLED = frozenset({_LAST[Level.PART], _LAST[Level.NEAR], _LAST[Level.DIFFERENT]})
"""Surnames that names in each other's place would explain better."""


def _last_names(a: IdentityRecord, b: IdentityRecord) -> int:
    if not a.last_name or not b.last_name:
        return 0
    direct = _last_name_levels(a.last_names, b.last_names)
    if direct in _UNSETTLED and a.first_name and b.first_name and _crossed(a, b) >= CLOSE:
        return _LAST[Level.SWAPPED]
    return direct


@lru_cache(maxsize=1 << 18)
def _last_name_levels(ours: tuple[str, ...], theirs: tuple[str, ...]) -> int:
    if ours[0] == theirs[0]:
        return _LAST[Level.SAME]
    best = max(closeness(one, other) for one in ours for other in theirs)
    if best >= CLOSE:
        return _LAST_BY_CLOSENESS[best]
    if any(_is_part(one, other) for one in ours for other in theirs):
        return _LAST[Level.PART]
    return _LAST_BY_CLOSENESS[best]


def _crossed(a: IdentityRecord, b: IdentityRecord) -> int:
    """Return how close the names are when one record has them in each other's place."""
    one = max(closeness(name, b.first_name) for name in a.last_names)
    if one < CLOSE:
        return FAR
    return min(one, max(closeness(a.first_name, name) for name in b.last_names))


def _is_part(one: str, other: str) -> bool:
    """Say whether a name is one half of a double one, whose halves folding joined."""
    short, long = (one, other) if len(one) < len(other) else (other, one)
    return (
        len(short) >= 4 and len(long) >= len(short) + 3 and (long.startswith(short) or long.endswith(short))
    )


_FIRST = _CODES[Feature.FIRST_NAME]


def _first_names(a: IdentityRecord, b: IdentityRecord) -> int:
    if not a.first_name or not b.first_name:
        return 0
    direct = _first_name_levels(a.first_names, b.first_names)
    if direct == _FIRST[Level.DIFFERENT] and a.last_name and b.last_name and _crossed(a, b) >= CLOSE:
        return _FIRST[Level.CLOSE]
    return direct


@lru_cache(maxsize=1 << 18)
def _first_name_levels(ours: tuple[str, ...], theirs: tuple[str, ...]) -> int:
    if ours == theirs:
        return _FIRST[Level.SAME]
    one, other = "".join(ours), "".join(theirs)
    close = closeness(one, other)
    if close == EQUAL:
        return _FIRST[Level.SAME]
    if close == CLOSE:
        return _FIRST[Level.CLOSE]
    if (ours[0] != theirs[0] and are_forms_of_one(ours[0], theirs[0])) or are_forms_of_one(one, other):
        return _FIRST[Level.SHORT_FORM]
    if ours[0] == theirs[0] or _shares_a_name(ours, theirs) or _is_initial(one, other):
        return _FIRST[Level.PART]
    return _FIRST[Level.NEAR] if close == NEAR else _FIRST[Level.DIFFERENT]


def _shares_a_name(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    fewer, more = sorted((ours, theirs), key=lambda names: (len(names), names))
    return len(more) > 1 and all(
        any(word == other or (len(word) == 1 and other.startswith(word)) for other in more) for word in fewer
    )


def _is_initial(one: str, other: str) -> bool:
    return min(len(one), len(other)) == 1 and one[0] == other[0]


# ---- dates and places ----------------------------------------------------------------------------


def _birth_dates(a: IdentityRecord, b: IdentityRecord) -> int:
    return _likeness(a.birth, b.birth) if a.birth and b.birth else 0


_likeness = lru_cache(maxsize=1 << 16)(dates.likeness)

_PLACE = _CODES[Feature.PLACE]


def _places(a: IdentityRecord, b: IdentityRecord) -> int:
    if a.postcode and b.postcode:
        return _postcodes(a, b)
    if a.city and b.city:
        return _PLACE[Level.SAME if closeness(a.city, b.city) >= CLOSE else Level.DIFFERENT]
    if a.region and b.region:
        return _PLACE[Level.NEAR if a.region == b.region else Level.DIFFERENT]
    return 0


def _postcodes(a: IdentityRecord, b: IdentityRecord) -> int:
    same_city = bool(a.city and b.city) and closeness(a.city, b.city) >= CLOSE
    if a.postcode == b.postcode:
        # Another city of the same postcode is a neighbour, or another spelling.
        return _PLACE[Level.SAME if same_city or not (a.city and b.city) else Level.CLOSE]
    if same_city or OSA.distance(a.postcode, b.postcode, score_cutoff=1) <= 1:
        return _PLACE[Level.CLOSE]
    return _PLACE[Level.NEAR if a.postcode[:2] == b.postcode[:2] else Level.DIFFERENT]


_STREET = _CODES[Feature.STREET]


def _streets(a: IdentityRecord, b: IdentityRecord) -> int:
    if not a.street or not b.street:
        return 0
    if a.street == b.street:
        return _STREET[Level.SAME]
    alike = token_sort_ratio(a.street, b.street, score_cutoff=70.0)
    if alike < 70.0:
        return _STREET[Level.DIFFERENT]
    if alike >= 85.0 and _numbers(a.street) == _numbers(b.street):
        return _STREET[Level.CLOSE]
    return _STREET[Level.NEAR]


def _numbers(street: str) -> frozenset[str]:
    return frozenset(word for word in street.split() if word[:1].isdigit())


# ---- what is written in one way ------------------------------------------------------------------


def _phones(a: IdentityRecord, b: IdentityRecord) -> int:
    if not a.phones or not b.phones:
        return 0
    if not set(a.phones).isdisjoint(b.phones):
        return 1
    close = any(OSA.distance(one, other, score_cutoff=1) <= 1 for one in a.phones for other in b.phones)
    return 2 if close else 3


def _emails(a: IdentityRecord, b: IdentityRecord) -> int:
    if not a.email or not b.email:
        return 0
    if a.email == b.email:
        return 1
    ours, theirs = a.email.partition("@")[0], b.email.partition("@")[0]
    close = (ours == theirs and len(ours) > 4) or OSA.distance(a.email, b.email, score_cutoff=2) <= 2
    if not close:
        return 3
    # Addresses made of the same name are alike because the names are: homonyms have such ones.
    return 0 if _is_made_of_names(ours, a) else 2


def _is_made_of_names(local: str, record: IdentityRecord) -> bool:
    folded = fold(local)
    return any(len(name) > 2 and name in folded for name in (*record.last_names, *record.first_names))


def _member_numbers(a: IdentityRecord, b: IdentityRecord) -> int:
    if not a.member_number or not b.member_number:
        return 0
    if a.member_number == b.member_number:
        return 1
    return 2 if OSA.distance(a.member_number, b.member_number, score_cutoff=1) <= 1 else 3


def _sexes(a: IdentityRecord, b: IdentityRecord) -> int:
    if not a.sex or not b.sex:
        return 0
    return 1 if a.sex == b.sex else 2


COMPARERS: tuple[Callable[[IdentityRecord, IdentityRecord], int], ...] = (
    _first_names, _birth_dates, _last_names, _phones, _emails, _member_numbers, _places, _streets, _sexes,
)  # fmt: skip
"""One function a feature, in the order of `FEATURES`: the code of the level, 0 where one tells nothing."""


def compared(a: IdentityRecord, b: IdentityRecord) -> Vector:
    """Return how alike two records are, field by field."""
    of_person = tuple(comparer(a, b) for comparer in COMPARERS)
    if not a.attributes:
        return of_person
    return of_person + tuple(map(attribute_code, a.attributes, b.attributes))


def attribute_code(one: AttributeValue | None, other: AttributeValue | None) -> int:
    """Return the code of the likeness of two values, 0 where one of the two tells nothing."""
    return 0 if one is None or other is None else one.like(other)


def contradicts(vector: Vector) -> bool:
    """Say whether something personal contradicts: what a household shares then tells no person.

    Twins share birth date, surname and home, a father and his son both names.
    """
    return (
        level_in(vector, Feature.FIRST_NAME) is Level.DIFFERENT
        or level_in(vector, Feature.BIRTH_DATE) is Level.DIFFERENT
        or level_in(vector, Feature.SEX) is Level.DIFFERENT
    )


_GROUNDS = ((Feature.PLACE, Feature.STREET), (Feature.PHONE,), (Feature.EMAIL,), (Feature.MEMBER_NUMBER,))


def is_unsupported(vector: Vector) -> bool:
    """Say whether two or more grounds beside names and birth date could agree, and none does.

    Homonyms born on one day are so; somebody who moved and changed everything is, too.
    """
    told = 0
    for features in _GROUNDS:
        levels = {level_in(vector, feature) for feature in features} - {None}
        if levels & {Level.SAME, Level.CLOSE} and (levels != {Level.CLOSE} or Feature.PLACE in features):
            return False
        told += bool(levels)
    return told > 1
