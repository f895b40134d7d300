"""Explicit rules, which come before any score: what joins two records for certain, and what stops that.

No rule reads a NIR; none rests on an e-mail or a telephone alone (`connectors.md` C13). A birth date, a
sex or a first name that contradicts stops every rule.
"""

from __future__ import annotations

from enum import StrEnum

from avise.models.identity.comparison import Feature, Level, Vector, contradicts, level_in


class Rule(StrEnum):
    """Which rule joined two records. Sentence: catalogue key `identity.rule.<rule>`."""

    MEMBER_NUMBER = "member_number"
    """One member number, one birth date and one first name: a household shares the number."""
    NAMES_AND_CONTACT = "names_and_contact"
    """Both names, one birth date, and a telephone or an e-mail."""


_FIRST_NAME_ENOUGH = frozenset({Level.SAME, Level.SHORT_FORM, Level.PART})
_LAST_NAME_ENOUGH = frozenset({Level.SAME, Level.OTHER_NAME})


def rule_for(vector: Vector) -> Rule | None:
    """Return the rule that joins two records compared so, None where rules are silent."""
    if contradicts(vector) or level_in(vector, Feature.BIRTH_DATE) is not Level.SAME:
        return None
    if level_in(vector, Feature.FIRST_NAME) not in _FIRST_NAME_ENOUGH:
        return None
    if level_in(vector, Feature.MEMBER_NUMBER) is Level.SAME:
        return Rule.MEMBER_NUMBER
    reached = Level.SAME in (level_in(vector, Feature.PHONE), level_in(vector, Feature.EMAIL))
    named = level_in(vector, Feature.FIRST_NAME) is Level.SAME
    if named and level_in(vector, Feature.LAST_NAME) in _LAST_NAME_ENOUGH and reached:
        return Rule.NAMES_AND_CONTACT
    return None
