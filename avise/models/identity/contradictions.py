"""What forbids that several records are one person's, whoever says so."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from avise.models.identity.comparison import Feature, Level, compared, level_in
from avise.models.identity.records import IdentityRecord


def contradiction(records: Sequence[IdentityRecord]) -> str:
    """Return what contradicts among all records of one person to be, "" when nothing does.

    A slip of one digit is none. Key of the catalogue: `identity.refused.<contradiction>`.
    """
    for one, other in combinations(records, 2):
        vector = compared(one, other)
        if level_in(vector, Feature.BIRTH_DATE) is Level.DIFFERENT:
            return "birth_date"
        if level_in(vector, Feature.SEX) is Level.DIFFERENT:
            return "sex"
    return ""
