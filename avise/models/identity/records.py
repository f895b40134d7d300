"""A record of a person in the form in which two are compared: folded once, compared many times.

The NIR is no field here: it may not serve to find duplicates (`domain.md` §6.3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from avise.models.identity import dates
from avise.models.identity.attributes import AttributeValue
from avise.models.names import PARTICLES, fold, fold_words


class Notion(StrEnum):
    """What a column of a table tells. Words of the mapping file, so never renamed."""

    ID = "id"
    LAST_NAME = "last_name"
    BIRTH_NAME = "birth_name"
    FIRST_NAME = "first_name"
    FULL_NAME = "full_name"
    TITLE = "title"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    BIRTH_YEAR = "birth_year"
    STREET = "street"
    POSTCODE = "postcode"
    CITY = "city"
    REGION = "region"
    PHONE = "phone"
    EMAIL = "email"
    MEMBER_NUMBER = "member_number"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table as it stands there: texts by notion, several where several columns were named."""

    reference: str
    """The row's own key."""
    values: dict[Notion, tuple[str, ...]] = field(repr=False)

    def first(self, notion: Notion) -> str:
        """Return the first text of a notion, "" when there is none."""
        found = self.values.get(notion, ())
        return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class IdentityRecord:
    """One person as one table tells, prepared to be compared; "" and () for what it does not tell."""

    reference: str
    last_names: tuple[str, ...] = field(default=(), repr=False)
    """Folded: the name in use, then the birth name and others."""
    first_names: tuple[str, ...] = field(default=(), repr=False)
    """Folded words: the first one is the one in use."""
    last_name: str = field(default="", repr=False)
    """The name in use."""
    first_name: str = field(default="", repr=False)
    """The first name in use, whole: "JEANMARC"."""
    birth: str = field(default="", repr=False)
    """Eight digits, year first; "00" for an unknown month or day."""
    sex: str = ""
    """"f", "m" or ""."""
    street: str = field(default="", repr=False)
    postcode: str = field(default="", repr=False)
    city: str = field(default="", repr=False)
    region: str = field(default="", repr=False)
    phones: tuple[str, ...] = field(default=(), repr=False)
    """The digits that count, so that two ways of writing a number meet."""
    email: str = field(default="", repr=False)
    member_number: str = field(default="", repr=False)
    attributes: tuple[AttributeValue | None, ...] = field(default=(), repr=False)
    """What it tells of the columns that no notion names, in the order of the mapping file."""


_UNTOLD = frozenset(
    {
        "NULL",
        "NA",
        "NAN",
        "NONE",
        "NIL",
        "NC",
        "ND",
        "NR",
        "SO",
        "UNKNOWN",
        "INCONNU",
        "INCONNUE",
        "UNBEKANNT",
    }
    | {"DESCONOCIDO", "NOTAVAILABLE", "NOTAPPLICABLE", "NONRENSEIGNE", "NONCOMMUNIQUE", "SANSOBJET"}
)
_MAY_BE_A_NAME = frozenset({"NA", "NC", "ND", "NR", "SO"})
"""Only with a stroke, a dot or a mark between or before them: Na and So are names."""


def is_untold(text: str) -> bool:
    """Say whether a text stands for nothing: "NULL", "N/A", "-", "inconnu"."""
    word = fold(text)
    if not word:
        return True
    return word in _UNTOLD and (word not in _MAY_BE_A_NAME or not text.strip().isalpha())


_FEMALE = frozenset({"F", "FEMALE", "FEMME", "FEMININ", "2", "MME", "MLLE", "MADAME", "MADEMOISELLE"}) | {
    "MRS", "MISS", "MS", "W", "WOMAN", "FILLE", "GIRL",
}  # fmt: skip
_MALE = frozenset({"M", "H", "MALE", "HOMME", "MASCULIN", "1", "MR", "MONSIEUR", "MISTER", "MAN"}) | {
    "GARCON", "BOY",
}  # fmt: skip
_TITLES = (_FEMALE | _MALE | {"DR", "DOCTEUR", "PR", "ME", "SIR", "JR", "SR"}) - {"1", "2", "F", "H", "W"}


def sex_of(text: str) -> str:
    """Return "f" or "m" for a sex or a title in French or English, "" for anything else."""
    word = fold(text)
    if word in _FEMALE:
        return "f"
    return "m" if word in _MALE else ""


_SAINTS = {"SAINT": "ST", "SAINTE": "STE"}
_NOT_OF_CITY = frozenset({"CEDEX", "CDX"})


def city_of(text: str) -> str:
    """Return the comparable name of a city: "Saint-Nazaire Cedex 2" and "ST NAZAIRE" are one."""
    words = [_SAINTS.get(word, word) for word in fold_words(text)]
    return "".join(word for word in words if word not in _NOT_OF_CITY and not word.isdigit()) or "".join(
        words
    )


_WAYS = {
    "AVENUE": "AV", "AVE": "AV", "BOULEVARD": "BD", "BLVD": "BD", "BVD": "BD", "RUE": "R", "STREET": "ST",
    "ROAD": "RD", "PLACE": "PL", "SQUARE": "SQ", "CHEMIN": "CH", "CHE": "CH", "IMPASSE": "IMP",
    "ALLEE": "ALL", "ALLEES": "ALL", "ROUTE": "RTE", "DRIVE": "DR", "LANE": "LN", "COURT": "CT",
    "CRESCENT": "CRES", "CLOSE": "CL", "TERRACE": "TCE", "SAINT": "ST", "SAINTE": "STE", "QUAI": "QU",
    "FAUBOURG": "FBG", "RESIDENCE": "RES", "LOTISSEMENT": "LOT", "CIRCUIT": "CCT", "APPARTEMENT": "APT",
}  # fmt: skip


def street_of(texts: tuple[str, ...]) -> str:
    """Return the comparable words of an address line, in the order in which they stand."""
    return " ".join(_WAYS.get(word, word) for text in texts for word in fold_words(text))


_NOT_A_DIGIT = re.compile(r"\D+")
_PHONE_DIGITS = 9
"""A French number without its zero, or most of another's: what stays whatever prefix is written."""


def phone_of(text: str) -> str:
    """Return the last nine digits of a telephone number, "" when there are fewer than six."""
    digits = _NOT_A_DIGIT.sub("", text)
    return digits[-_PHONE_DIGITS:] if len(digits) >= 6 and digits.strip("0") else ""


def prepared(
    row: TableRow, style: NameStyle | None = None, order: dates.DateOrder | str = ""
) -> IdentityRecord:
    """Return a row as it is compared.

    Args:
        row: what the table tells.
        style: how its full names are written; needed only where it has no column for each name.
        order: how its dates are written.
    """
    last_names, first_names = _names(row, style or NameStyle.LAST_WORD)
    birth = dates.birth_digits(row.first(Notion.BIRTH_DATE), order)
    if not birth:
        birth = dates.year_digits(row.first(Notion.BIRTH_YEAR))
    return IdentityRecord(
        row.reference,
        last_names,
        first_names,
        last_names[0] if last_names else "",
        "".join(first_names),
        birth,
        sex_of(row.first(Notion.SEX)) or sex_of(row.first(Notion.TITLE)),
        street_of(row.values.get(Notion.STREET, ())),
        fold(row.first(Notion.POSTCODE)),
        city_of(row.first(Notion.CITY)),
        fold(row.first(Notion.REGION)),
        tuple(filter(None, map(phone_of, row.values.get(Notion.PHONE, ())))),
        row.first(Notion.EMAIL).strip().casefold(),
        fold(row.first(Notion.MEMBER_NUMBER)),
    )


def _names(row: TableRow, style: NameStyle) -> tuple[tuple[str, ...], tuple[str, ...]]:
    last = [fold(name) for name in row.values.get(Notion.LAST_NAME, ())]
    first = [word for name in row.values.get(Notion.FIRST_NAME, ()) for word in fold_words(name)]
    if not any(last) or not any(first):
        found_last, found_first = split_full_name(" ".join(row.values.get(Notion.FULL_NAME, ())), style)
        last = last if any(last) else [found_last]
        first = first if any(first) else list(found_first)
    last.extend(fold(name) for name in row.values.get(Notion.BIRTH_NAME, ()))
    return tuple(dict.fromkeys(filter(None, last))), tuple(filter(None, first))


class NameStyle(StrEnum):
    """Where the surname stands in a full name."""

    FIRST_WORD = "first_word"
    LAST_WORD = "last_word"


def split_full_name(text: str, style: NameStyle) -> tuple[str, tuple[str, ...]]:
    """Return the folded surname and the folded words of the first name of a full name.

    A comma ("Dupont, Jean") and capitals ("DUPONT Jean") say where the surname is; otherwise the style
    of the table does. Titles are dropped; particles stay with the name that they stand before.
    """
    if "," in text:
        last, _, first = text.partition(",")
        return fold("".join(_without_titles(last))), tuple(map(fold, _without_titles(first)))
    words = _without_titles(text)
    capitals = [word for word in words if len(word) > 1 and word.isupper()]
    if capitals and len(capitals) < len(words):
        capital = {index for index, word in enumerate(words) if len(word) > 1 and word.isupper()}
        particle = {i for i, word in enumerate(words) if fold(word) in PARTICLES and i + 1 in capital}
        chosen = capital | particle
        last = "".join(fold(word) for index, word in enumerate(words) if index in chosen)
        return last, tuple(fold(word) for index, word in enumerate(words) if index not in chosen)
    return _split_by_style(tuple(map(fold, words)), style)


def _split_by_style(words: tuple[str, ...], style: NameStyle) -> tuple[str, tuple[str, ...]]:
    if len(words) < 2:
        return "".join(words), ()
    if style is NameStyle.LAST_WORD:
        start = len(words) - 1
        while start > 1 and words[start - 1] in PARTICLES:
            start -= 1
        return "".join(words[start:]), words[:start]
    end = 1
    while end < len(words) - 1 and words[end - 1] in PARTICLES:
        end += 1
    return "".join(words[:end]), words[end:]


def _without_titles(text: str) -> list[str]:
    words = [word for word in re.split(r"[\s.;]+", text) if fold(word)]
    kept = [word for word in words if fold(word) not in _TITLES]
    return kept or words


def name_style(full_names: list[str], known_first_names: frozenset[str]) -> NameStyle:
    """Return where the surname stands in a table's full names.

    The end that holds more first names, as the other table or common usage knows them, is theirs;
    without any, the end with fewer different words is, for first names repeat more than surnames.
    """
    ends = [words for name in full_names if "," not in name and len(words := _folded(name)) > 1]
    if not ends:
        return NameStyle.LAST_WORD
    in_front = sum(words[0] in known_first_names for words in ends)
    behind = sum(words[-1] in known_first_names for words in ends)
    if max(in_front, behind) * 20 >= len(ends):
        return NameStyle.LAST_WORD if in_front >= behind else NameStyle.FIRST_WORD
    fewer = len({words[0] for words in ends}) <= len({words[-1] for words in ends})
    return NameStyle.LAST_WORD if fewer else NameStyle.FIRST_WORD


def _folded(name: str) -> list[str]:
    return [fold(word) for word in _without_titles(name)]
