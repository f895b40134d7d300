"""What staff type during a call, by kind: for each, how it is made of a person and the reasons to be told."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from avise.directory.first_names import other_first_names
from avise.models.customer import MatchedOn, Party, PartyKind, PersonId, SearchAnswer, SearchHit
from avise.models.names import LEGAL_FORMS, PARTICLES, fold, fold_words, phonetic_key

FIRST_ROWS = 10
"""Rows in which somebody is seen at once."""
ENOUGH = 8
"""Rows under which the second part of an answer is asked for, as the palette does."""
Told = frozenset[MatchedOn]
LAST = frozenset({MatchedOn.NAME, MatchedOn.BIRTH_NAME})
FIRST = frozenset({MatchedOn.FIRST_NAME})
NEAR_LAST = LAST | {MatchedOn.NAME_TYPO, MatchedOn.NAME_PHONETIC}
NEAR_FIRST = FIRST | {MatchedOn.FIRST_NAME_TYPO, MatchedOn.FIRST_NAME_VARIANT}
BORN = frozenset({MatchedOn.BIRTH_DATE})
PHONE = frozenset({MatchedOn.PHONE})
EMAIL = frozenset({MatchedOn.EMAIL})
MEMBER = frozenset({MatchedOn.MEMBER_NUMBER})
TOWN = frozenset({MatchedOn.CITY})
COMPANY = frozenset({MatchedOn.COMPANY})
SIREN = frozenset({MatchedOn.SIREN})

Maker = Callable[[Party, random.Random], str]
"""Returns what is typed, "" when the kind does not apply to the person."""


class Kind(NamedTuple):
    """One way to ask for somebody."""

    name: str
    typed: Maker
    shared: str
    """What others who answer as well have in common with the person: a name of `SHARED`."""
    told: tuple[Told, ...]
    """One reason of each set is told."""
    recall: float = 1.0
    wide: bool = False
    """Whether the second part of the answer counts."""


SHARED: dict[str, Callable[[Party], list[str]]] = {
    "surname": lambda party: [fold(party.last_name), fold(party.birth_name)],
    "initial": lambda party: [f"{last} {fold(party.first_name)[:1]}" for last in _surnames(party)],
    "name": lambda party: [f"{last} {fold(party.first_name)}" for last in _surnames(party)],
    "called": lambda party: [
        f"{last} {part}" for last in _surnames(party) for part in fold_words(party.first_name)
    ],
    "born": lambda party: [f"{last} {party.birth_date}" for last in _surnames(party)],
    "year": lambda party: [f"{last} {party.birth_date:%Y}" for last in _surnames(party) if party.birth_date],
    "town": lambda party: [f"{last} {party.postcode}" for last in _surnames(party)],
    "birth date": lambda party: [str(party.birth_date)],
    "person": lambda party: [party.native_id],
    "company": lambda party: [fold(party.company_name)],
}


def _surnames(party: Party) -> list[str]:
    return list({fold(party.last_name), fold(party.birth_name)})


# ---- writing -------------------------------------------------------------------------------------


def _both(party: Party, last: str = "", first: str = "") -> str:
    return f"{last or party.last_name} {first or party.first_name}"


def _plain(party: Party, _chance: random.Random) -> str:
    return " ".join(fold_words(f"{party.first_name} {party.last_name}")).lower()


def _apostrophe(party: Party, chance: random.Random) -> str:
    name = _both(party)
    return (
        re.sub("['’]", chance.choice(("'", "’", "\u02bc", "`", "\u00b4", " ", "")), name)
        if "’" in name
        else ""
    )


def _hyphens(party: Party, chance: random.Random) -> str:
    name = _both(party)
    return name.replace("-", chance.choice((" ", "‐", "‑", "–", " - ", ""))) if "-" in name else ""


def _pasted(party: Party, chance: random.Random) -> str:
    gap = chance.choice(("\u00a0", "\u202f", "\t", "\r\n", " \u200b ", "\u2009"))
    inside = chance.choice(("\u200b", "\ufeff", "\u200e", "\u00ad"))
    last = party.last_name
    return f"\u00a0{last[:2]}{inside}{last[2:]}{gap}{party.first_name}{inside} \n"


def _initials(party: Party, chance: random.Random) -> str:
    parts = re.split("[- ]", party.first_name)
    if len(parts) != 2:
        return ""
    a, b = (part[0] for part in parts)
    return f"{chance.choice((f'{a}.-{b}.', f'{a}. {b}.', f'{a}-{b}', f'{a}.{b}.'))} {party.last_name}"


def _without_particle(party: Party, _chance: random.Random) -> str:
    words = re.split("[ ’]", party.last_name)
    while len(words) > 1 and fold(words[0]) in PARTICLES:
        words = words[1:]
    name = " ".join(words)
    return _both(party, name) if name != party.last_name.replace("’", " ") else ""


def _half(party: Party, chance: random.Random) -> str:
    parts = party.last_name.split("-")
    whole = [part for part in parts if len(fold(part)) >= 4]
    return _both(party, chance.choice(whole)) if len(parts) > 1 and whole else ""


def _one_first_name(party: Party, chance: random.Random) -> str:
    parts = [part for part in re.split("[ -]", party.first_name) if len(fold(part)) >= 3]
    return _both(party, first=chance.choice(parts)) if len(parts) > 1 else ""


def _titled(party: Party, chance: random.Random) -> str:
    title = chance.choice(("M.", "Mme", "Mr", "Mlle", "Monsieur", "Madame", "MME.", "M"))
    return f"{title} {_both(party)}"


def _titled_surname(party: Party, chance: random.Random) -> str:
    return f"{chance.choice(('Mme', 'Monsieur', 'Madame', 'Mlle', 'Mr'))} {party.last_name}"


def _married(party: Party, chance: random.Random) -> str:
    if fold(party.birth_name) == fold(party.last_name):
        return ""
    last, first, birth = party.last_name, party.first_name, party.birth_name
    return chance.choice(
        (
            f"née {birth}",
            f"{last} née {birth}",
            f"{first} {last} née {birth}",
            f"{birth} épouse {last}",
            f"{last} {first} (née {birth})",
            f"{birth} {first} ép. {last}",
        )
    )


def _birth_name(party: Party, _chance: random.Random) -> str:
    return _both(party, party.birth_name) if fold(party.birth_name) != fold(party.last_name) else ""


def _both_surnames(party: Party, chance: random.Random) -> str:
    if fold(party.birth_name) == fold(party.last_name):
        return ""
    pair = [party.last_name, party.birth_name]
    chance.shuffle(pair)
    return f"{'-'.join(pair)} {party.first_name}"


_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def _born(party: Party, chance: random.Random) -> str:
    born = party.birth_date
    assert born is not None
    return chance.choice(
        (
            f"{born:%d/%m/%Y}",
            f"{born:%d%m%Y}",
            f"{born:%d.%m.%y}",
            f"{born:%Y-%m-%d}",
            f"{born:%d %m %Y}",
            f"{born.day} {_MONTHS[born.month - 1]} {born.year}",
            f"né le {born:%d/%m/%Y}",
            f"née {born:%d-%m-%Y}",
            f"{born.day}/{born.month}/{born:%y}",
            f"né(e) le {born:%d/%m/%Y}",
        )
    )


def _name_and_birth(party: Party, chance: random.Random) -> str:
    parts = [party.last_name, _born(party, chance)]
    chance.shuffle(parts)
    return " ".join(parts)


def _year(party: Party, chance: random.Random) -> str:
    assert party.birth_date is not None
    return chance.choice(
        (
            f"{party.last_name} {party.birth_date.year}",
            f"{party.birth_date.year} {_both(party)}",
            f"{party.last_name} né en {party.birth_date.year}",
        )
    )


def _month(party: Party, _chance: random.Random) -> str:
    assert party.birth_date is not None
    return f"{party.last_name} {party.birth_date:%m/%Y}"


def _town(party: Party, chance: random.Random) -> str:
    town = party.city
    where = chance.choice((town, party.postcode, fold(town), f"à {town}", town.lower()))
    parts = [party.last_name, where]
    if " " not in where and chance.random() < 0.3:
        parts.reverse()
    return " ".join(parts)


def _everything(party: Party, chance: random.Random) -> str:
    assert party.birth_date is not None
    return f"{_both(party)} {chance.choice((_born(party, chance), str(party.birth_date.year)))} {party.city}"


# ---- numbers -------------------------------------------------------------------------------------


def _phone(party: Party, chance: random.Random) -> str:
    digits = "0" + chance.choice(party.phones)[3:]
    pairs = [digits[start : start + 2] for start in range(0, 10, 2)]
    return chance.choice(
        (
            " ".join(pairs),
            ".".join(pairs),
            digits,
            "-".join(pairs),
            "/".join(pairs),
            f"+33 {digits[1]} {' '.join(pairs[1:])}",
            f"0033{digits[1:]}",
            f"+33 (0){digits[1]} {' '.join(pairs[1:])}",
            f"00 33 {digits[1:]}",
            f"tél {' '.join(pairs)}",
            f"33{digits[1:]}",
            digits[1:],
            "\u00a0".join(pairs),
            "\u202f".join(pairs) + "\u200b",
            f"tel: {digits}",
            f" {digits} ",
        )
    )


def _phone_and_name(party: Party, chance: random.Random) -> str:
    return f"{party.last_name} {_phone(party, chance).removeprefix('tel: ').removeprefix('tél ')}"


_ONES = (
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
)
_FRENCH = ("", "", "vingt", "trente", "quarante", "cinquante", "soixante")
_BELGIAN = (*_FRENCH, "septante", "quatre-vingt", "nonante")
_SWISS = (*_FRENCH, "septante", "huitante", "nonante")


def _said(pair: int, tens: Sequence[str]) -> str:
    if pair < 10:
        return f"zéro {_ONES[pair]}"
    if pair < 20:
        return _ONES[pair]
    ten, unit = divmod(pair, 10)
    if tens is _FRENCH and ten >= 7:
        base = "soixante" if ten == 7 else "quatre-vingt"
        rest = pair - (60 if ten == 7 else 80)
        if not rest:
            return "quatre-vingts"
        return f"{base} et onze" if pair == 71 else f"{base}-{_ONES[rest]}"
    if not unit:
        return tens[ten] + ("s" if tens[ten] == "quatre-vingt" else "")
    joined = " et " if unit == 1 and tens[ten] != "quatre-vingt" else "-"
    return f"{tens[ten]}{joined}{_ONES[unit]}"


def _dictated(party: Party, chance: random.Random) -> str:
    digits = "0" + party.phones[0][3:]
    tens = chance.choice((_FRENCH, _FRENCH, _BELGIAN, _SWISS))
    said = [_said(int(digits[start : start + 2]), tens) for start in range(0, 10, 2)]
    words = chance.choice((" ", ", ", " ")).join(said)
    return chance.choice((words, words.replace("-", " "), words.upper(), fold_plain(words)))


def fold_plain(words: str) -> str:
    """Return words without accents, as a machine that listens writes them."""
    return " ".join(fold_words(words)).lower()


def _half_dictated(party: Party, chance: random.Random) -> str:
    """Some pairs in figures, others in words: what speech-to-text gives."""
    digits = "0" + party.phones[0][3:]
    pairs = [digits[start : start + 2] for start in range(0, 10, 2)]
    return " ".join(pair if chance.random() < 0.5 else _said(int(pair), _FRENCH) for pair in pairs)


def _member(party: Party, chance: random.Random) -> str:
    number = party.member_number
    return chance.choice(
        (
            number,
            f"{number[:4]} {number[4:7]} {number[7:]}",
            f"{number[:3]}.{number[3:]}",
            f" {number} ",
            f"n° {number}",
            number.lower(),
            f"N°{number}",
            "\u00a0".join((number[:4], number[4:])),
            f"{number}\u200b",
            f"adhérent {number}",
            f"{number[:5]}-{number[5:]}",
        )
    )


def _letters_for_digits(party: Party, chance: random.Random) -> str:
    """The letter O for a zero, l or I for a one."""
    number = party.member_number
    if not number.isdigit() or not {"0", "1"} & set(number):
        return ""
    return number.replace("0", chance.choice("Oo")).replace("1", chance.choice("lI1"))


def _digits_for_letters(party: Party, _chance: random.Random) -> str:
    return party.member_number.replace("O", "0") if party.member_number.startswith("BO") else ""


def _email(party: Party, chance: random.Random) -> str:
    local, _, domain = party.email.partition("@")
    return chance.choice(
        (
            party.email,
            party.email.upper(),
            f" {party.email} ",
            f"<{party.email}>",
            f"mailto:{party.email}",
            f"{local} @ {domain}",
            f"{party.email},",
            f"{local} arobase {domain}",
        )
    )


def _part_of_email(party: Party, chance: random.Random) -> str:
    local, _, domain = party.email.partition("@")
    return chance.choice((local, f"{local}@", f"{local}@{domain[:4]}", local.upper()))


def _name_and_digits(party: Party, _chance: random.Random) -> str:
    return f"{_both(party)} {party.phones[0][-4:]}"


# ---- mistakes ------------------------------------------------------------------------------------

_ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn")


def _edited(name: str, chance: random.Random) -> str:
    """Return a name with one honest mistake: a neighbour key, a letter twice, left out, swapped or put in."""
    word = name.lower().replace("œ", "oe")
    places = [place for place, letter in enumerate(word) if letter.isalpha()]
    place = chance.choice(places[1:] or places)
    letter = word[place]
    row = next((row for row in _ROWS if letter in row), "er")
    beside = row[row.find(letter) - 1] if letter in row else "e"
    made = chance.choice(
        (
            word[:place] + beside + word[place + 1 :],
            word[:place] + letter * 2 + word[place + 1 :],
            word[:place] + word[place + 1 :],
            word[: place - 1] + letter + word[place - 1] + word[place + 1 :] if place else word,
            word[:place] + chance.choice("abcdefghijklmnopqrstuvwxyz") + word[place:],
        )
    )
    return made if fold(made) != fold(name) else word[:place] + "k" + word[place:]


def _long(name: str, least: int = 5) -> bool:
    return len(fold(name)) >= least


def _typo(party: Party, chance: random.Random) -> str:
    return _both(party, _edited(party.last_name, chance)) if _long(party.last_name) else ""


def _typo_reversed(party: Party, chance: random.Random) -> str:
    return f"{party.first_name} {_edited(party.last_name, chance)}" if _long(party.last_name) else ""


def _typo_of_first(party: Party, chance: random.Random) -> str:
    return _both(party, first=_edited(party.first_name, chance)) if _long(party.first_name) else ""


def _typo_and_birth(party: Party, chance: random.Random) -> str:
    return f"{_edited(party.last_name, chance)} {party.birth_date:%d/%m/%Y}" if _long(party.last_name) else ""


def _typo_and_year(party: Party, chance: random.Random) -> str:
    return (
        f"{_edited(party.last_name, chance)} {party.first_name} {party.birth_date:%Y}"
        if _long(party.last_name)
        else ""
    )


def _typo_and_town(party: Party, chance: random.Random) -> str:
    return (
        f"{_edited(party.last_name, chance)} {party.first_name} {party.city}"
        if _long(party.last_name)
        else ""
    )


def _two_typos(party: Party, chance: random.Random) -> str:
    if not _long(party.last_name, 6):
        return ""
    return _both(party, _edited(_edited(party.last_name, chance), chance))


def _a_typo_each(party: Party, chance: random.Random) -> str:
    if not (_long(party.last_name) and _long(party.first_name)):
        return ""
    return f"{_edited(party.last_name, chance)} {_edited(party.first_name, chance)}"


def _two_typos_and_year(party: Party, chance: random.Random) -> str:
    words = _a_typo_each(party, chance)
    return f"{words} {party.birth_date:%Y}" if words else ""


def _two_typos_and_birth(party: Party, chance: random.Random) -> str:
    if not _long(party.last_name, 6):
        return ""
    return f"{_edited(_edited(party.last_name, chance), chance)} {party.birth_date:%d/%m/%Y}"


def _two_typos_and_town(party: Party, chance: random.Random) -> str:
    words = _a_typo_each(party, chance)
    return f"{words} {party.city}" if words else ""


_SOUND_CHANGES = (
    ("PH", "F"),
    ("AULT", "EAU"),
    ("È", "E"),
    ("FEBVRE", "FEVRE"),
    ("CK", "K"),
    ("TH", "T"),
    ("Y", "I"),
    ("SCH", "CH"),
    ("OE", "E"),
    ("LL", "L"),
    ("TT", "T"),
    ("NN", "N"),
    ("MM", "M"),
    ("Z", "S"),
    ("QU", "K"),
)


def _heard(party: Party, chance: random.Random) -> str:
    name = fold(party.last_name)
    made = [name.replace(old, new, 1) for old, new in _SOUND_CHANGES if old in name]
    made = [heard for heard in made if len(heard) >= 4 and phonetic_key(heard) == phonetic_key(name)]
    return _both(party, chance.choice(made)) if made else ""


def _first_heard(party: Party, chance: random.Random) -> str:
    name = fold(party.first_name)
    made = [name.replace(old, new, 1) for old, new in _SOUND_CHANGES if old in name]
    made = [heard for heard in made if len(heard) >= 4 and phonetic_key(heard) == phonetic_key(name)]
    return _both(party, first=chance.choice(made)) if made else ""


def _glued(party: Party, chance: random.Random) -> str:
    first, last = fold(party.first_name), fold(party.last_name)
    if min(len(first), len(last)) < 3:
        return ""
    return chance.choice((last + first, first + last)).lower()


def _diminutive(party: Party, chance: random.Random) -> str:
    others = sorted(other_first_names(fold(party.first_name)))
    return _both(party, first=chance.choice(others)) if others else ""


def _marked(party: Party, chance: random.Random) -> str:
    noise = chance.choice(("%", "_", "*", "\\", "🙂", '"', "?", "[]", "';--", "%%", "(", "!!", "\u202e", "—"))
    return f"{_both(party)} {noise}" if chance.random() < 0.5 else f"{noise} {_both(party)}"


def _company_words(party: Party, _chance: random.Random) -> list[str]:
    return party.company_name.replace("(fictif)", "").split()


def _company(party: Party, chance: random.Random) -> str:
    words = _company_words(party, chance)
    return chance.choice(
        (" ".join(words), " ".join(words).lower(), " ".join(reversed(words)), fold_plain(" ".join(words)))
    )


def _company_form(party: Party, chance: random.Random) -> str:
    words = _company_words(party, chance)
    own = words[1:] if fold(words[0]) in LEGAL_FORMS and len(words) > 2 else words
    return f"{chance.choice(('S.A.R.L.', 'sarl', 'SAS', 'S.A.', 'Sté', 'société', 'la sté'))} {' '.join(own)}"


def _company_and_town(party: Party, _chance: random.Random) -> str:
    return f"{' '.join(party.company_name.split()[1:-1])} {party.city}"


def _siret(party: Party, chance: random.Random) -> str:
    siret = party.siret
    grouped = f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"
    return chance.choice(
        (
            siret,
            grouped,
            f"SIRET {siret}",
            f"SIRET : {grouped}",
            f" {siret[:9]} {siret[9:]}",
            grouped.replace(" ", "\u00a0"),
        )
    )


def _siren(party: Party, chance: random.Random) -> str:
    siren = party.siren
    grouped = f"{siren[:3]} {siren[3:6]} {siren[6:]}"
    return chance.choice(
        (
            siren,
            grouped,
            f"SIREN {siren}",
            grouped.replace(" ", "."),
            f"siren: {grouped}",
            f"n° siren {siren}",
        )
    )


KINDS: tuple[Kind, ...] = (
    Kind("surname and first name", lambda party, _: _both(party), "name", (LAST, FIRST)),
    Kind(
        "first name and surname",
        lambda party, _: f"{party.first_name} {party.last_name}",
        "name",
        (LAST, FIRST),
    ),
    Kind("plain letters", _plain, "name", (LAST, FIRST)),
    Kind("capitals", lambda party, _: _both(party).upper(), "name", (LAST, FIRST)),
    Kind("comma between", lambda party, _: f"{party.last_name}, {party.first_name}", "name", (LAST, FIRST)),
    Kind("apostrophes", _apostrophe, "name", (LAST,)),
    Kind("hyphens", _hyphens, "name", (LAST, FIRST)),
    Kind("pasted", _pasted, "name", (LAST, FIRST)),
    Kind("surname", lambda party, _: party.last_name, "surname", (LAST,), 0.98),
    Kind(
        "surname and initial",
        lambda party, _: f"{party.last_name} {party.first_name[0]}",
        "initial",
        (LAST, FIRST),
    ),
    Kind(
        "initial and surname",
        lambda party, _: f"{party.first_name[0]}. {party.last_name}",
        "initial",
        (LAST, FIRST),
    ),
    Kind("initials of two first names", _initials, "initial", (LAST, FIRST | {MatchedOn.FIRST_NAME_VARIANT})),
    Kind("without its particle", _without_particle, "name", (LAST, FIRST), 0.99),
    Kind("half a double surname", _half, "name", (LAST, FIRST), 0.99),
    Kind("one of several first names", _one_first_name, "called", (LAST, NEAR_FIRST), 0.9),
    Kind("title and name", _titled, "name", (LAST, FIRST)),
    Kind("title and surname", _titled_surname, "surname", (LAST,), 0.98),
    Kind("birth name", _birth_name, "name", (LAST, FIRST)),
    Kind("née, épouse", _married, "surname", (LAST,), 0.98),
    Kind("both surnames", _both_surnames, "name", (NEAR_LAST, NEAR_FIRST), 0.95, wide=True),
    Kind("surname and birth date", _name_and_birth, "born", (LAST, BORN)),
    Kind("surname and year", _year, "year", (LAST, BORN), 0.97),
    Kind("surname and month", _month, "born", (LAST, BORN)),
    Kind("birth date", _born, "birth date", (BORN,)),
    Kind("surname and town", _town, "town", (LAST, TOWN)),
    Kind("name, birth and town", _everything, "born", (LAST, FIRST, BORN, TOWN), 0.97),
    Kind("telephone", _phone, "person", (PHONE,)),
    Kind("telephone and name", _phone_and_name, "person", (PHONE, LAST)),
    Kind("end of a telephone", lambda party, _: party.phones[0][-6:], "person", (PHONE,)),
    Kind("name and last four digits", _name_and_digits, "person", (LAST, PHONE), 0.95),
    Kind("telephone dictated", _dictated, "person", (PHONE,)),
    Kind("telephone half dictated", _half_dictated, "person", (PHONE,)),
    Kind("member number", _member, "person", (MEMBER,)),
    Kind("beginning of a member number", lambda party, _: party.member_number[:7], "person", (MEMBER,)),
    Kind("letters for digits", _letters_for_digits, "person", (MEMBER,)),
    Kind("digits for letters", _digits_for_letters, "person", (MEMBER,)),
    Kind(
        "member number and first name",
        lambda party, _: f"{party.first_name} {party.member_number}",
        "person",
        (MEMBER, FIRST | LAST),
    ),
    Kind("e-mail", _email, "person", (EMAIL,)),
    Kind("part of an e-mail", _part_of_email, "person", (EMAIL,)),
    Kind("diminutive", _diminutive, "name", (LAST, FIRST | {MatchedOn.FIRST_NAME_VARIANT})),
    Kind("surname as heard", _heard, "name", (NEAR_LAST, FIRST), 0.99),
    Kind("first name as heard", _first_heard, "name", (LAST, NEAR_FIRST), 0.99),
    Kind("one typo", _typo, "name", (NEAR_LAST, FIRST), 0.99),
    Kind("one typo, reversed", _typo_reversed, "name", (NEAR_LAST, FIRST), 0.99),
    Kind("one typo in the first name", _typo_of_first, "name", (LAST, NEAR_FIRST), 0.99),
    Kind("one typo and birth date", _typo_and_birth, "born", (NEAR_LAST, BORN), 0.99),
    Kind("one typo and year", _typo_and_year, "year", (NEAR_LAST, FIRST, BORN), 0.99),
    Kind("one typo and town", _typo_and_town, "town", (NEAR_LAST, FIRST, TOWN), 0.99),
    Kind("two typos", _two_typos, "name", (NEAR_LAST, FIRST), 0.9, wide=True),
    Kind("a typo in each name", _a_typo_each, "name", (NEAR_LAST, NEAR_FIRST), 0.9, wide=True),
    Kind("two typos and year", _two_typos_and_year, "year", (NEAR_LAST, NEAR_FIRST, BORN), 0.9, wide=True),
    Kind("two typos and birth date", _two_typos_and_birth, "born", (NEAR_LAST, BORN), 0.9, wide=True),
    Kind("two typos and town", _two_typos_and_town, "town", (NEAR_LAST, NEAR_FIRST, TOWN), 0.9, wide=True),
    Kind("names run together", _glued, "name", (LAST, FIRST), 0.9, wide=True),
    Kind("with signs around", _marked, "name", (LAST, FIRST)),
)

COMPANY_KINDS: tuple[Kind, ...] = (
    Kind("company", _company, "company", (COMPANY,)),
    Kind("company, another form", _company_form, "company", (COMPANY,)),
    Kind("company and town", _company_and_town, "company", (COMPANY, TOWN)),
    Kind("SIREN", _siren, "person", (SIREN,)),
    Kind("SIRET", _siret, "person", (SIREN,)),
)


@dataclass(frozen=True, slots=True)
class Typed:
    """One query, whom it is about, and how many answer it as well."""

    words: str
    party: Party
    rivals: int


class Searching(Protocol):
    """A directory to search."""

    def quick(self, words: str) -> SearchAnswer:
        """Return the first part of an answer."""

    def wide(self, words: str, known: Collection[PersonId]) -> SearchAnswer:
        """Return its second part."""


def drawn(everybody: Sequence[Party], kind: Kind, count: int, seed: int = 1) -> list[Typed]:
    """Return queries of a kind about people drawn at random."""
    chance = random.Random(f"{seed} {kind.name}")
    wanted = kind in COMPANY_KINDS
    shared = SHARED[kind.shared]
    bearers = Counter(key for party in everybody for key in shared(party))
    made: list[Typed] = []
    for party in chance.sample(everybody, len(everybody)):
        if (party.kind is PartyKind.COMPANY) is wanted and (words := kind.typed(party, chance)).strip():
            made.append(Typed(words, party, max(bearers[key] for key in shared(party))))
        if len(made) == count:
            break
    return made


def faults(
    everybody: Sequence[Party], kind: Kind, count: int, searching: Searching, seed: int = 1
) -> list[str]:
    """Ask so many queries of a kind; return a sentence for each that is not answered as it should be."""
    found = [(typed, _fault(kind, typed, searching)) for typed in drawn(everybody, kind, count, seed)]
    return [f"{typed.words!r}, {typed.party.native_id}: {fault}" for typed, fault in found if fault]


def _fault(kind: Kind, typed: Typed, searching: Searching) -> str:
    answer = searching.quick(typed.words)
    hits = list(answer.hits)
    if kind.wide and answer.total < ENOUGH:
        hits.extend(searching.wide(typed.words, [hit.entry.person for hit in hits]).hits)
    rank = next(
        (rank for rank, hit in enumerate(hits) if hit.entry.party.native_id == typed.party.native_id), None
    )
    if rank is None:
        return "" if _crowded_out(kind, typed, hits) else f"missing, {typed.rivals} answer as well"
    if rank >= FIRST_ROWS and typed.rivals <= FIRST_ROWS and kind.recall == 1.0:
        return f"row {rank}"
    told = set(hits[rank].matched_on)
    return "" if all(reasons & told for reasons in kind.told) else f"told {sorted(told)}"


def _crowded_out(kind: Kind, typed: Typed, hits: Sequence[SearchHit]) -> bool:
    """Say whether the first rows are taken by others who answer as well: the agent has to type more."""
    shared = SHARED[kind.shared]
    wanted = set(shared(typed.party))
    return (
        typed.rivals > FIRST_ROWS
        and len(hits) >= FIRST_ROWS
        and all(wanted & set(shared(hit.entry.party)) for hit in hits[:FIRST_ROWS])
    )
