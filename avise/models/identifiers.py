"""Identifiers as people type and read them: parsed, checked, masked and written (`domain.md` 2.5).

Input is paste-tolerant: spaces of any kind, dots, dashes and slashes are dropped. A wrong key is
reported, never corrected. Syntax and keys are python-stdnum's; telephone numbers are parsed by
hand when they look French (phonenumbers costs 11 µs each, too much for millions), else by
phonenumbers. Nothing here logs or raises with a value.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from stdnum import iban as stdnum_iban
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidLength, ValidationError
from stdnum.fr import nir as stdnum_nir
from stdnum.fr import siret as stdnum_siret

BULLET = "•"
"""Stands for one hidden character."""

_SEPARATORS = re.compile(r"[\s.\-‐‑–/_]+")


class Flaw(StrEnum):
    """What is wrong with an identifier."""

    EMPTY = "empty"
    LENGTH = "length"
    FORMAT = "format"
    KEY = "key"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: the compact value, or what is wrong with it."""

    value: str = ""
    flaw: Flaw | None = None
    doubtful: bool = False
    """Accepted, but unusual: worth a second look (a civil record without a month, for instance)."""

    @property
    def valid(self) -> bool:
        """Whether the value may be used."""
        return self.flaw is None


def compact(text: str) -> str:
    """Return what was typed without its separators, upper case."""
    return _SEPARATORS.sub("", text).upper()


def _flaw(error: ValidationError) -> Flaw:
    if isinstance(error, InvalidChecksum):
        return Flaw.KEY
    if isinstance(error, InvalidLength):
        return Flaw.LENGTH
    if isinstance(error, InvalidComponent):
        return Flaw.COUNTRY
    return Flaw.FORMAT


# ---- NIR -----------------------------------------------------------------------------------------

_NIR = re.compile(r"[1-478]\d{4}(?:\d{2}|2[AB])\d{6}(\d{2})?")
_ORDINARY_MONTHS = range(1, 13)


def check_nir(text: str) -> Checked:
    """Check a NIR or a waiting number with its key, 15 characters.

    Months out of 01–12 belong to incomplete civil records: doubtful, never refused.
    """
    value = compact(text)
    if not value:
        return Checked(flaw=Flaw.EMPTY)
    if len(value) != 15:
        return Checked(flaw=Flaw.LENGTH)
    if not _NIR.fullmatch(value):
        return Checked(flaw=Flaw.FORMAT)
    if value[13:] != stdnum_nir.calc_check_digits(value[:13]):
        return Checked(flaw=Flaw.KEY)
    return Checked(value, doubtful=int(value[3:5]) not in _ORDINARY_MONTHS or is_waiting_number(value))


_NIR_WITHOUT_KEY = re.compile(
    r"[1-478]\d{2}(?:0[1-9]|1[0-2]|[23]\d|4[0-2]|[5-9]\d)(?:0[1-9]|[1-9]\d|2[AB])(?!000)\d{3}(?!000)\d{3}"
)
_ORDINARY_MONTH = re.compile(r"...(?:0[1-9]|1[0-2])")
_DATED_NUMBER = re.compile(r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")


def is_nir_without_key(text: str) -> bool:
    """Say whether thirteen characters have the shape of a NIR written without its key.

    Sex, month (pseudo months of incomplete civil records too), department, commune and order are looked
    at. There is no key to tell a number of another kind that happens to have this shape, but two kinds
    show by themselves, unless they are written in the groups of a NIR: the code of a product (EAN-13,
    as 3400930… on a box of medicine), which has a key of its own and never the first digit of a woman or
    a man; and a number that begins with a date of this century, whose month would be a pseudo month.
    """
    value = compact(text)
    if not value.isascii() or _NIR_WITHOUT_KEY.fullmatch(value) is None:
        return False
    return _in_nir_groups(text) or not (_is_product(value) or _is_dated(value))


def is_nir_with_wrong_key(text: str) -> bool:
    """Say whether fifteen characters have the shape of a NIR, its month an ordinary one, and another key.

    Pseudo months are left out: with them, every second number of fifteen digits would have this shape.
    """
    value = compact(text)
    shaped = value.isascii() and len(value) == 15 and _NIR_WITHOUT_KEY.fullmatch(value[:13]) is not None
    return shaped and value[13:].isdigit() and _ORDINARY_MONTH.match(value) is not None


def _in_nir_groups(text: str) -> bool:
    groups = [group for group in _SEPARATORS.split(text.strip()) if group]
    return [len(group) for group in groups] == [1, 2, 2, 2, 3, 3]


def _is_product(value: str) -> bool:
    """Say whether a number is an EAN-13, whose weights are 1 and 3 (GS1 general specifications, 7.9)."""
    if value[0] in "12" or not value.isdigit():
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(value)) % 10 == 0


def _is_dated(value: str) -> bool:
    return _DATED_NUMBER.match(value) is not None and _ORDINARY_MONTH.match(value) is None


def is_waiting_number(nir: str) -> bool:
    """Say whether a NIR is a « numéro d’attente », whose first digit is 3, 4, 7 or 8."""
    return nir[:1] in "3478" and bool(nir)


def mask_nir(nir: str) -> str:
    """Return the form that may be stored and shown: sex, year and month of birth (decision 4)."""
    value = compact(nir)
    if not value:
        return ""
    shown = value[:5] if len(value) >= 13 else ""
    return _nir_groups(shown + BULLET * (15 - len(shown)))


def is_masked_nir(text: str) -> bool:
    """Say whether a text can be kept at rest as a NIR: it tells at most sex, year and month."""
    return sum(character.isalnum() for character in text) <= 5


def _nir_groups(value: str) -> str:
    bounds = (0, 1, 3, 5, 7, 10, 13, 15)
    parts = (value[start:end] for start, end in itertools.pairwise(bounds))
    return "\u00a0".join(part for part in parts if part)


_GAP = rb"(?:[ .-]|\xc2\xa0|\xe2\x80\xaf|\\u00a0|\\u202f)?"
"""What may stand between two groups: a space, plain, no-break or thin, also as JSON escapes it."""
_NIR_IN_TEXT = re.compile(
    rb"(?<![0-9A-Za-z])([1-478])"
    + _GAP
    + _GAP.join([rb"(\d{2})", rb"(\d{2})", rb"(\d{2}|2[ABab])", rb"(\d{3})", rb"(\d{3})", rb"(\d{2})"])
    + rb"(?![0-9A-Za-z])"
)


def holds_nir(encoded: bytes) -> bool:
    """Say whether a text holds a complete NIR with its right key, whatever the field it stands in.

    The guard of what is written at rest: a number of fifteen digits that is no NIR passes 96 times
    in 97, one that is taken for a NIR is refused, which is the safe side.

    Args:
        encoded: UTF-8 text, JSON for instance.
    """
    return any(check_nir(b"".join(groups).decode("ascii")).valid for groups in _NIR_IN_TEXT.findall(encoded))


# ---- IBAN ----------------------------------------------------------------------------------------


def check_iban(text: str) -> Checked:
    """Check an IBAN of any country; for a French one, its inner RIB key too."""
    value = compact(text)
    if not value:
        return Checked(flaw=Flaw.EMPTY)
    try:
        stdnum_iban.validate(value)
    except ValidationError as error:
        return Checked(flaw=_flaw(error))
    if value[:2] in ("FR", "MC") and not _rib_key_is_right(value[4:]):
        return Checked(flaw=Flaw.KEY)
    return Checked(value)


_RIB_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")


def _rib_key_is_right(rib: str) -> bool:
    digits = rib.translate(_RIB_LETTERS)
    bank, branch, account, key = int(digits[:5]), int(digits[5:10]), int(digits[10:21]), int(digits[21:])
    return key == 97 - (89 * bank + 15 * branch + 3 * account) % 97


def mask_iban(iban: str) -> str:
    """Return the form that may be stored and shown: country and last four characters."""
    value = compact(iban)
    if len(value) < 8:
        return BULLET * len(value)
    return format_iban(value[:2] + BULLET * (len(value) - 6) + value[-4:])


def format_iban(iban: str) -> str:
    """Write an IBAN by groups of four."""
    value = compact(iban)
    return "\u00a0".join(value[start : start + 4] for start in range(0, len(value), 4))


# ---- companies -----------------------------------------------------------------------------------


def check_siret(text: str) -> Checked:
    """Check an establishment's SIRET, fourteen digits; La Poste's own rule included."""
    value = compact(text)
    if not value:
        return Checked(flaw=Flaw.EMPTY)
    try:
        return Checked(str(stdnum_siret.validate(value)))
    except ValidationError as error:
        return Checked(flaw=_flaw(error))


# ---- telephone -----------------------------------------------------------------------------------

_PHONE_NOISE = re.compile(r"[\s.\-‐‑–/()]+")
_FRENCH = re.compile(r"(?:(?:\+33|0033)0?|0)([1-9]\d{8})")
_FRENCH_BEGUN = re.compile(r"(?:(?:\+33|0033)0?|0)([1-9][0-9]{0,7})")
FRANCE = "+33"


def parse_phone(text: str, region: str = "FR") -> str:
    """Return a telephone number as E.164, or "" when no network could carry it.

    Possible, not valid: numbers of the fiction blocks are possible (decision 15).

    Args:
        text: any form: "06 39 98 41 27", "+33 6 39…", "0033639984127", "(0)6.39.98.41.27".
        region: country of a number written without its prefix.
    """
    digits = _PHONE_NOISE.sub("", text.replace("(0)", ""))
    if region == "FR" and (french := _FRENCH.fullmatch(digits)) and digits.isascii():
        return FRANCE + french[1]
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def begun_phone(text: str) -> str:
    """Return the digits of a French number of which only the beginning is there, without zero or prefix.

    Returns:
        One to eight digits; "" when the number is whole, or of another country.
    """
    begun = _FRENCH_BEGUN.fullmatch(_PHONE_NOISE.sub("", text.replace("(0)", "")))
    return begun[1] if begun else ""


def phone_digits(text: str) -> str:
    """Return the digits that identify a subscriber, for a partial number: no prefix, no leading zero."""
    digits = "".join(character for character in text if character in "0123456789")
    for prefix in ("0033", "33") if text.strip().startswith(("+", "00")) else ():
        if digits.startswith(prefix):
            digits = digits[len(prefix) :]
            break
    return digits.removeprefix("0")


# ---- member number -------------------------------------------------------------------------------


def normalised_member_number(text: str) -> str:
    """Return a member number as it is kept: opaque text without separators; leading zeros count."""
    return compact(text)
