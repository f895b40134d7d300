"""NIR, SIREN, IBAN and telephones with valid keys, taken where nobody's can be (`domain.md` 7.1)."""

from __future__ import annotations

import random
from datetime import date

from avise.demo.population.streams import Weighted

FICTION_BLOCKS: tuple[str, ...] = ("019900", "026191", "035301", "046571", "053649", "063998")
"""The blocks that ARCEP keeps for fiction; the last is the mobile one."""
MOBILE_BLOCK = "063998"
BANK_CODE = "99999"
UNASSIGNED_COMMUNE = "999"

_DEPARTMENTS = Weighted(
    [(f"{number:02d}", 6.0 if number in {44, 49, 53, 72, 85, 35, 56} else 1.0) for number in range(1, 96)
     if number != 20]
)  # fmt: skip
_FIXED_BLOCKS = FICTION_BLOCKS[:-1]


def nir_key(body: str) -> str:
    """Return the two digits of the key of a 13-character NIR; 2A counts as 19 and 2B as 18."""
    number = int(body.replace("2A", "19").replace("2B", "18"))
    return f"{97 - number % 97:02d}"


def nir(sex: str, born: date, place: str, order: int) -> str:
    """Return a NIR that cannot exist.

    Args:
        sex: "F" or "M".
        born: date of birth.
        place: department of birth ("44", "2A"), "974" overseas, "99" abroad; the commune is then 999
            (99 after a three-digit department), which is assigned to none.
        order: order number, 1 to 999.
    """
    digit = "2" if sex == "F" else "1"
    commune = "99" if len(place) == 3 else UNASSIGNED_COMMUNE
    body = f"{digit}{born:%y%m}{place}{commune}{order:03d}"
    return body + nir_key(body)


def birth_department(stream: random.Random) -> str:
    """Draw where a person was born: a department, Corsica, overseas or abroad."""
    draw = stream.random()
    if draw < 0.012:
        return "2A" if draw < 0.006 else "2B"
    if draw < 0.03:
        return ("971", "972", "973", "974", "976")[stream.randrange(5)]
    return "99" if draw < 0.14 else _DEPARTMENTS.draw(stream)


def luhn_digit(body: str) -> int:
    """Return the digit that makes `body` followed by it pass Luhn's check."""
    total = 0
    for place, character in enumerate(reversed(body)):
        digit = int(character) * (2 if place % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit
    return -total % 10


def siren(number: int) -> str:
    """Return the SIREN number `number` (below 100,000) under the unallocated prefix 000."""
    body = f"000{number:05d}"
    return f"{body}{luhn_digit(body)}"


def siret(siren_number: str, establishment: int) -> str:
    """Return the SIRET of an establishment (1 to 9999)."""
    body = f"{siren_number}{establishment:04d}"
    return f"{body}{luhn_digit(body)}"


def iban(counter: int, account: int) -> str:
    """Return a French IBAN with both keys, at the unassigned bank code 99999."""
    branch, digits = f"{counter % 100_000:05d}", f"{account % 10**11:011d}"
    key = 97 - (89 * int(BANK_CODE) + 15 * int(branch) + 3 * int(digits)) % 97
    bban = f"{BANK_CODE}{branch}{digits}{key:02d}"
    check = 98 - int(bban + "152700") % 97
    return f"FR{check:02d}{bban}"


RESERVED_MOBILES = range(4_100, 4_200)
"""Last four digits kept for the scripted personas, so that their calls find one person."""


def mobile_phone(stream: random.Random) -> str:
    """Draw a mobile number of the fiction block, in E.164; it holds 10,000, so that some are shared."""
    last = int(stream.random() * (10_000 - len(RESERVED_MOBILES)))
    if last >= RESERVED_MOBILES.start:
        last += len(RESERVED_MOBILES)
    return reserved_mobile(last)


def reserved_mobile(last: int) -> str:
    """Return the mobile number of the fiction block that ends in those four digits, in E.164."""
    return f"+33{MOBILE_BLOCK[1:]}{last:04d}"


def landline(stream: random.Random) -> str:
    """Draw a fixed number of a fiction block, in E.164."""
    return f"+33{_FIXED_BLOCKS[stream.randrange(5)][1:]}{stream.randrange(10_000):04d}"


def iban_ending(branch: int, ending: str) -> str:
    """Return an IBAN of the unassigned bank that ends in these four digits, which a screen shows."""
    for account in range(int(ending[:2]), 100_000, 100):
        number = iban(branch, account)
        if number.endswith(ending):
            return number
    raise ValueError(ending)
