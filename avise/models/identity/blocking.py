"""Which pairs of records are worth comparing: those that share one of several keys.

No full product is ever made. Each kind of key has a budget of pairs: its largest blocks (every MARTIN
of one city) are left out when it would pass it, and the pairs in them meet under another kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from avise.models.identity.attributes import Attribute, AttributeKind
from avise.models.identity.comparison import Compared, Feature
from avise.models.identity.records import IdentityRecord
from avise.models.identity.text_values import TextValue
from avise.models.names import phonetic_key

_ENOUGH = 400_000
"""Pairs up to which a kind of several keys a record has twice the budget: one pair meets under each."""
PAIRS_PER_RECORD = 8
"""How many pairs each kind of key may give for each record of the larger table, on average."""


@dataclass(frozen=True, slots=True)
class KeyKind:
    """One way to bring records together."""

    name: str
    features: frozenset[Compared]
    """What two records that share such a key have in common already: nothing is learnt of it there."""
    keys: Callable[[IdentityRecord], tuple[str, ...]]
    has_several: bool = False
    """A record has several such keys, under which one pair meets more than once."""


def _sound(folded: str) -> str:
    return phonetic_key(folded) or folded


def _last_sounds(record: IdentityRecord) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_sound, record.last_names)))


def _first_sound(record: IdentityRecord) -> str:
    return _sound(record.first_names[0]) if record.first_names else ""


def _whole_birth(record: IdentityRecord) -> tuple[str, ...]:
    birth = record.birth
    if not birth or birth.endswith("00"):
        return ()
    # Day and month in no order, so that an exchange of the two is no other key.
    return (birth[:4] + min(birth[4:6], birth[6:]) + max(birth[4:6], birth[6:]),)


def _names(record: IdentityRecord) -> tuple[str, ...]:
    first = _first_sound(record)
    return tuple("|".join(sorted((last, first))) for last in _last_sounds(record)) if first else ()


def _last_and_year(record: IdentityRecord) -> tuple[str, ...]:
    return tuple(last + record.birth[:4] for last in _last_sounds(record)) if record.birth else ()


def _last_and_day(record: IdentityRecord) -> tuple[str, ...]:
    known = record.birth and not record.birth.endswith("00")
    return tuple(last + record.birth[4:] for last in _last_sounds(record)) if known else ()


def _first_and_month(record: IdentityRecord) -> tuple[str, ...]:
    return (first + record.birth[:6],) if (first := _first_sound(record)) and record.birth else ()


def _first_and_day(record: IdentityRecord) -> tuple[str, ...]:
    known = record.birth and not record.birth.endswith("00")
    return (first + record.birth[4:],) if (first := _first_sound(record)) and known else ()


def _place(record: IdentityRecord) -> str:
    return record.postcode or record.city


def _last_and_place(record: IdentityRecord) -> tuple[str, ...]:
    return tuple(f"{last}|{place}" for last in _last_sounds(record)) if (place := _place(record)) else ()


def _first_and_place(record: IdentityRecord) -> tuple[str, ...]:
    first, place = _first_sound(record), _place(record)
    return (f"{first}|{place}",) if first and place else ()


def _street(record: IdentityRecord) -> tuple[str, ...]:
    return ("".join(sorted(record.street.split())) + record.postcode[:2],) if record.street else ()


def _first_and_beginning(record: IdentityRecord) -> tuple[str, ...]:
    first = _first_sound(record)
    return tuple(f"{first}|{name[:3]}" for name in record.last_names if len(name) > 3) if first else ()


def _first_and_end(record: IdentityRecord) -> tuple[str, ...]:
    first = _first_sound(record)
    return tuple(f"{first}|{name[-3:]}" for name in record.last_names if len(name) > 3) if first else ()


def _last_and_initial(record: IdentityRecord) -> tuple[str, ...]:
    if not record.first_names:
        return _last_sounds(record)
    return tuple(f"{last}|{record.first_names[0][:1]}" for last in _last_sounds(record))


def _place_and_initials(record: IdentityRecord) -> tuple[str, ...]:
    if not record.first_name or not record.last_name:
        return ()
    initials = "".join(sorted((record.last_name[:1], record.first_name[:1])))
    return tuple(f"{initials}|{place}" for place in (record.postcode, record.city) if place)


_LAST, _FIRST, _BIRTH = Feature.LAST_NAME, Feature.FIRST_NAME, Feature.BIRTH_DATE

BY_BIRTH = KeyKind("birth", frozenset({_BIRTH}), _whole_birth)
BY_NAMES = KeyKind("names", frozenset({_LAST, _FIRST}), _names)
BY_PHONE = KeyKind("phone", frozenset({Feature.PHONE}), lambda record: record.phones)
BY_EMAIL = KeyKind(
    "email", frozenset({Feature.EMAIL}), lambda record: (record.email,) if record.email else ()
)
BY_MEMBER_NUMBER = KeyKind(
    "member_number",
    frozenset({Feature.MEMBER_NUMBER}),
    lambda record: (record.member_number,) if record.member_number else (),
)
BY_LAST_NAME_AND_PLACE = KeyKind("last_place", frozenset({_LAST, Feature.PLACE}), _last_and_place)
BY_STREET = KeyKind("street", frozenset({Feature.STREET, Feature.PLACE}), _street)

KINDS: tuple[KeyKind, ...] = (
    BY_BIRTH,
    BY_NAMES,
    KeyKind("last_year", frozenset({_LAST, _BIRTH}), _last_and_year),
    KeyKind("last_day", frozenset({_LAST, _BIRTH}), _last_and_day),
    KeyKind("first_month", frozenset({_FIRST, _BIRTH}), _first_and_month),
    KeyKind("first_day", frozenset({_FIRST, _BIRTH}), _first_and_day),
    BY_PHONE,
    BY_EMAIL,
    BY_MEMBER_NUMBER,
    BY_LAST_NAME_AND_PLACE,
    KeyKind("first_place", frozenset({_FIRST, Feature.PLACE}), _first_and_place),
    BY_STREET,
    KeyKind("first_beginning", frozenset({_LAST, _FIRST}), _first_and_beginning),
    KeyKind("first_end", frozenset({_LAST, _FIRST}), _first_and_end),
    KeyKind("place_initials", frozenset({_LAST, _FIRST, Feature.PLACE}), _place_and_initials),
    KeyKind("last_initial", frozenset({_LAST, _FIRST}), _last_and_initial),
)


def keys_of_attributes(attributes: Sequence[Attribute]) -> tuple[KeyKind, ...]:
    """Return the keys of columns that no notion names: rare words, codes, dates, squares of the map."""
    kinds = [
        KeyKind(f"attribute {each.place}", frozenset({each}), _keys_of(each.place), has_several=True)
        for each in attributes
    ]
    kinds += [
        KeyKind(f"beginnings {each.place}", frozenset({each}), _beginnings_of(each.place), has_several=True)
        for each in attributes
        if each.kind is AttributeKind.TEXT
    ]
    texts = [each for each in attributes if each.kind is AttributeKind.TEXT]
    kinds += [
        KeyKind(
            f"crossed {one.place} {other.place}",
            frozenset({one, other}),
            _crossed_keys_of(one.place, other.place),
            has_several=True,
        )
        for one, other in combinations(texts, 2)
    ]
    return tuple(kinds)


_CROSSED = 3
"""How many of its rarest words a text gives to keys that join it to another column's."""


def _crossed_keys_of(one: int, other: int) -> Callable[[IdentityRecord], tuple[str, ...]]:
    """Return what gives a rare word of a title with a rare one of the authors: few records have both."""

    def keys(record: IdentityRecord) -> tuple[str, ...]:
        mine, far = record.attributes[one], record.attributes[other]
        if not isinstance(mine, TextValue) or not isinstance(far, TextValue):
            return ()
        return tuple(f"{a}&{b}" for a in mine.rarest[:_CROSSED] for b in far.rarest[:_CROSSED])

    return keys


def _keys_of(place: int) -> Callable[[IdentityRecord], tuple[str, ...]]:
    def keys(record: IdentityRecord) -> tuple[str, ...]:
        told = record.attributes[place]
        return told.blocks if told is not None else ()

    return keys


def _beginnings_of(place: int) -> Callable[[IdentityRecord], tuple[str, ...]]:
    def keys(record: IdentityRecord) -> tuple[str, ...]:
        told = record.attributes[place]
        return told.beginnings if isinstance(told, TextValue) else ()

    return keys


class Blocks:
    """The records of the second table by the keys that the first one has too.

    Args:
        ours: the first table.
        theirs: the second one; the same object when a table is compared with itself.
        kinds: of keys.
        pairs_per_record: the budget of each kind.
    """

    def __init__(
        self,
        ours: Sequence[IdentityRecord],
        theirs: Sequence[IdentityRecord],
        kinds: Sequence[KeyKind] = KINDS,
        pairs_per_record: int = PAIRS_PER_RECORD,
    ) -> None:
        self._ours = ours
        self._within = ours is theirs
        self._indexes: list[tuple[KeyKind, dict[str, list[int]]]] = []
        budget = pairs_per_record * max(len(ours), len(theirs))
        for kind in kinds:
            most = max(budget, min(2 * budget, _ENOUGH)) if kind.has_several else budget
            if index := self._index(kind, theirs, most):
                self._indexes.append((kind, index))

    def _index(self, kind: KeyKind, theirs: Sequence[IdentityRecord], budget: int) -> dict[str, list[int]]:
        sizes = Counter(key for record in self._ours for key in kind.keys(record))
        index: dict[str, list[int]] = {}
        for place, record in enumerate(theirs):
            for key in kind.keys(record):
                if sizes[key] > self._within:
                    index.setdefault(key, []).append(place)
        left = budget
        # The smallest blocks first: they tell most. Equal sizes stand or fall in the order of the keys.
        for key in sorted(index, key=lambda key: (sizes[key] * len(index[key]), key)):
            left -= sizes[key] * len(index[key]) >> self._within
            if left < 0:
                del index[key]
        return index

    def candidates(self, place: int) -> list[int]:
        """Return the records of the second table to compare with one of the first, in order."""
        record = self._ours[place]
        found: set[int] = set()
        for kind, index in self._indexes:
            for key in kind.keys(record):
                found.update(index.get(key, ()))
        if self._within:
            return sorted(other for other in found if other > place)
        return sorted(found)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield every pair worth comparing, each once."""
        for place in range(len(self._ours)):
            for other in self.candidates(place):
                yield place, other
