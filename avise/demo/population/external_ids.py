"""The identifiers that each tool gives, all different in shape, derived from the dossier's index alone.

They depend neither on the seed nor on the size of the world, so that a persona keeps its member number
everywhere. Bijections of the index keep them unique without a table.
"""

from __future__ import annotations

import hashlib
import uuid

from avise.demo.population.entities import ExternalIds

RANKS = 16
"""Party records that one dossier may hold: member 0, beneficiaries from 1, duplicates from 12."""

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CHECK_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_FIRST_MEMBER_NUMBER = 482_917_350
"""The mock-up's member, whose dossier has index 0: "0482 917 350"."""


def _spread(value: int, multiplier: int, modulus: int, offset: int = 0) -> int:
    """Scatter values below the modulus without collision (the two factors share no divisor)."""
    return (value * multiplier + offset) % modulus


def member_number(index: int) -> str:
    """Return the member number of a dossier: ten digits, leading zeros kept."""
    return f"{_spread(index, 3_860_257_943, 10**10, _FIRST_MEMBER_NUMBER):010d}"


def _base34(value: int, width: int) -> str:
    digits = []
    for _ in range(width):
        value, rest = divmod(value, 34)
        digits.append(_ALPHABET[rest])
    return "".join(reversed(digits))


def external_ids(index: int, rank: int) -> ExternalIds:
    """Return the identifiers of the person of that rank (0 to 15) in the dossier of that index."""
    person = index * RANKS + rank
    account = _spread(index, 48_271_907, 999_999_937, 41_200_317)
    folder = _spread(index, 7_368_787, 10**8 - 11, 3_928_170)
    registration = _spread(person, 1_640_531_527, 10**10, 48_213_977)
    client = _spread(index, 5_308_417, 10**7 - 9, 417_735)
    digest = hashlib.sha256(f"contact|{index}".encode()).digest()
    return ExternalIds(
        member_number=member_number(index),
        party=f"PTY-{_spread(person, 2_654_435_761, 2**32, 1_734_912_053):08X}",
        insured=_base34(_spread(person, 1_103_515_245, 34**8, 911_485_863_077), 8),
        account=account,
        folder=f"D{folder // 1_000_000:02d}-{folder % 1_000_000:06d}",
        calendar_contact=f"ct{_spread(index, 40_503, 2**28, 171_093_441):07x}",
        registration=f"R{registration:010d}{_CHECK_LETTERS[registration % 23]}",
        contact=str(uuid.UUID(bytes=digest[:16], version=4)),
        client=f"CLI{client:07d}{_CHECK_LETTERS[client % 23]}",
    )
