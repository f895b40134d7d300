"""The number that staff read out for a request: "D-2026-000187-K".

A letter, the year, a dense counter of that year, and one check character (ISO/IEC 7064, hybrid system
MOD 37,36, over letters and digits without the hyphens), so that a slip of one character is always seen, and
one of two neighbours but for three in a thousand.
"""

from __future__ import annotations

import re

from stdnum.iso7064 import mod_37_36

_SHAPE = re.compile(r"D-(\d{4})-(\d{6,9})-([0-9A-Z])")


def request_number(year: int, count: int) -> str:
    """Return the number of a request.

    Args:
        year: in which the hub received it.
        count: its place among those of the year, from 1.
    """
    key = mod_37_36.calc_check_digit(f"D{year:04d}{count:06d}")
    return f"D-{year:04d}-{count:06d}-{key}"


def is_request_number(text: str) -> bool:
    """Say whether a text is a number with the right check character, as it is written."""
    found = _SHAPE.fullmatch(text)
    return found is not None and bool(mod_37_36.is_valid("D" + "".join(found.groups())))
