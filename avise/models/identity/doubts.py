"""What speaks against one person so clearly that no score alone may join two records."""

from __future__ import annotations

from avise.models.identity.comparison import (
    FEATURES,
    Feature,
    Level,
    Vector,
    contradicts,
    is_unsupported,
    level_in,
)
from avise.models.identity.records import IdentityRecord
from avise.models.identity.weights import Model
from avise.models.names import phonetic_key


def is_doubtful(model: Model, vector: Vector, a: IdentityRecord, b: IdentityRecord) -> bool:
    """Say whether something speaks against one person so clearly that a human has to look.

    Anywhere: that nothing beside names and birth date agrees where more than one thing could, or nothing but
    a telephone, an e-mail, a place or a sex; of persons, that neither first name nor birth date could be
    compared, or that first names are but near (Luc and Lucie may be twins) without a key of their own in
    common: a telephone, an address on the net or a number. Where tables hold households: a contradiction of
    first name, birth date or sex; a first name that one lacks beside another birth date; first names one
    letter apart that both are names in use (Nina and Lina are twins); another surname without such a key.
    """
    if is_unsupported(vector) or _rests_on_contact(model, vector):
        return True
    if not model.of_persons:
        return False
    personal = any(vector[FEATURES.index(feature)] for feature in (Feature.FIRST_NAME, Feature.BIRTH_DATE))
    if not personal or (level_in(vector, Feature.FIRST_NAME) is Level.NEAR and not _has_own_key(vector)):
        return True
    if not model.households:
        return False
    nameless = Feature.FIRST_NAME in model.weights and level_in(vector, Feature.FIRST_NAME) is None
    if nameless and level_in(vector, Feature.BIRTH_DATE) is not Level.SAME:
        return True
    return contradicts(vector) or _are_two_names(model, vector, a, b) or _is_another_surname(vector)


_OF_TWO = 2
"""A telephone of more records than the two is a home's, not somebody's."""
_OFTEN = 3
"""A first name that stands so often in the tables is no slip of the pen…"""
_TIMES_RARER = 30
"""…unless the other stands that many times more often: frequent names are mistyped in the same ways."""


def _are_two_names(model: Model, vector: Vector, a: IdentityRecord, b: IdentityRecord) -> bool:
    if level_in(vector, Feature.FIRST_NAME) not in (Level.CLOSE, Level.NEAR) or _are_exchanged(a, b):
        return False
    one, other = a.first_name, b.first_name
    in_use = model.frequencies[Feature.FIRST_NAME].counts
    rarer, commoner = sorted((in_use.get(one, 1), in_use.get(other, 1)))
    often = rarer >= _OFTEN and rarer * _TIMES_RARER >= commoner
    return often and phonetic_key(one) != phonetic_key(other)


def _are_exchanged(a: IdentityRecord, b: IdentityRecord) -> bool:
    return a.first_name in b.last_names and b.first_name in a.last_names


_OF_A_HOME = (Feature.MEMBER_NUMBER, Feature.LAST_NAME)


def is_one_contract(model: Model, vector: Vector, a: IdentityRecord, b: IdentityRecord) -> bool:
    """Say whether two like records of one table stand under one member number, with nothing of their own.

    Whoever registered the second saw the first: a child entered twice, or twins and siblings of like first
    names. A slip in a name beside the very birth date tells that the same person stands there again.
    """
    if not all(level_in(vector, feature) is Level.SAME for feature in _OF_A_HOME):
        return False
    if level_in(vector, Feature.EMAIL) is Level.SAME:
        return False
    same_date = level_in(vector, Feature.BIRTH_DATE) is Level.SAME
    if same_date and level_in(vector, Feature.FIRST_NAME) is not Level.SAME:
        return False
    homes = model.frequencies[Feature.PHONE].counts if Feature.PHONE in model.frequencies else {}
    return all(homes.get(phone, 1) > _OF_TWO for phone in a.phones if phone in b.phones)


def _is_another_surname(vector: Vector) -> bool:
    return level_in(vector, Feature.LAST_NAME) is Level.DIFFERENT and not _has_own_key(vector)


def _has_own_key(vector: Vector) -> bool:
    own = (Feature.PHONE, Feature.EMAIL, Feature.MEMBER_NUMBER)
    return any(level_in(vector, feature) is Level.SAME for feature in own)


_CONTACT = frozenset({Feature.PHONE, Feature.EMAIL, Feature.PLACE, Feature.SEX})
_NOT_ALIKE = frozenset({None, Level.LITTLE, Level.DIFFERENT})


def _rests_on_contact(model: Model, vector: Vector) -> bool:
    """Say whether nothing is alike but what two persons of one home or one office share."""
    return all(feature in _CONTACT or level_in(vector, feature) in _NOT_ALIKE for feature in model.weights)
