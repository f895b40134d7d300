"""Whether an answer is about the customer on screen: another person's data is the worst failure.

A contradiction withholds the whole answer (`connectors.md` C13). What the tool does not say, and
what we do not know, contradicts nothing.
"""

from __future__ import annotations

from avise.models.customer import IdentityEvidence
from avise.models.names import fold, fold_words


def contradicts(expected: IdentityEvidence, found: IdentityEvidence) -> bool:
    """Tell whether an answer says that it is about somebody else.

    Args:
        expected: the customer on screen.
        found: what the answer says; names in any case, order of accents and hyphens.
    """
    if expected.birth_date and found.birth_date and expected.birth_date != found.birth_date:
        return True
    if any(
        value and found.ids.get(scheme) and fold(value) != fold(found.ids[scheme])
        for scheme, value in expected.ids.items()
    ):
        return True
    if _differ(expected.first_name, found.first_name):
        return True
    return bool(expected.last_name) and all(
        _differ(name, found.last_name) for name in (expected.last_name, *expected.other_last_names)
    )


def _differ(expected: str, found: str) -> bool:
    """Tell whether two names cannot be the same: neither holds the other's words nor its initial.

    A tool may hold one of two forenames, one part of a double name, or "H." for Hélène.
    """
    ours, theirs = fold_words(expected), fold_words(found)
    if not ours or not theirs or "".join(ours) == "".join(theirs):
        return False
    fewer, more = sorted((ours, theirs), key=len)
    return not all(any(_same_word(word, other) for other in more) for word in fewer)


def _same_word(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) == 1 and longer.startswith(shorter))
