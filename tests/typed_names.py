"""Names as staff type them: every way to write one, with what stands beside it, and with honest mistakes.

Each function returns what is typed to find somebody, "" when it does not apply to the person.
"""

from __future__ import annotations

import random
import re

from avise.directory.first_names import other_first_names
from avise.models.customer import Party
from avise.models.names import PARTICLES, fold, fold_words, phonetic_key


def both(party: Party, last: str = "", first: str = "") -> str:
    return f"{last or party.last_name} {first or party.first_name}"


def plain(party: Party, _chance: random.Random) -> str:
    return " ".join(fold_words(f"{party.first_name} {party.last_name}")).lower()


def apostrophe(party: Party, chance: random.Random) -> str:
    name = both(party)
    return (
        re.sub("['’]", chance.choice(("'", "’", "\u02bc", "`", "\u00b4", " ", "")), name)
        if "’" in name
        else ""
    )


def hyphens(party: Party, chance: random.Random) -> str:
    name = both(party)
    return name.replace("-", chance.choice((" ", "‐", "‑", "–", " - ", ""))) if "-" in name else ""


def pasted(party: Party, chance: random.Random) -> str:
    gap = chance.choice(("\u00a0", "\u202f", "\t", "\r\n", " \u200b ", "\u2009"))
    inside = chance.choice(("\u200b", "\ufeff", "\u200e", "\u00ad"))
    last = party.last_name
    return f"\u00a0{last[:2]}{inside}{last[2:]}{gap}{party.first_name}{inside} \n"


def initials(party: Party, chance: random.Random) -> str:
    parts = re.split("[- ]", party.first_name)
    if len(parts) != 2:
        return ""
    a, b = (part[0] for part in parts)
    return f"{chance.choice((f'{a}.-{b}.', f'{a}. {b}.', f'{a}-{b}', f'{a}.{b}.'))} {party.last_name}"


def without_particle(party: Party, _chance: random.Random) -> str:
    words = re.split("[ ’]", party.last_name)
    while len(words) > 1 and fold(words[0]) in PARTICLES:
        words = words[1:]
    name = " ".join(words)
    return both(party, name) if name != party.last_name.replace("’", " ") else ""


def half(party: Party, chance: random.Random) -> str:
    parts = party.last_name.split("-")
    whole = [part for part in parts if len(fold(part)) >= 4 and not part.lower().startswith("saint")]
    return both(party, chance.choice(whole)) if len(parts) > 1 and whole else ""


def one_first_name(party: Party, chance: random.Random) -> str:
    parts = [part for part in re.split("[ -]", party.first_name) if len(fold(part)) >= 3]
    return both(party, first=chance.choice(parts)) if len(parts) > 1 else ""


def titled(party: Party, chance: random.Random) -> str:
    title = chance.choice(("M.", "Mme", "Mr", "Mlle", "Monsieur", "Madame", "MME.", "M"))
    return f"{title} {both(party)}"


def titled_surname(party: Party, chance: random.Random) -> str:
    return f"{chance.choice(('Mme', 'Monsieur', 'Madame', 'Mlle', 'Mr'))} {party.last_name}"


def married(party: Party, chance: random.Random) -> str:
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


def with_birth_name(party: Party, chance: random.Random) -> str:
    if fold(party.birth_name) == fold(party.last_name):
        return ""
    last, birth = party.last_name, party.birth_name
    return chance.choice(
        (f"{last} née {birth}", f"{birth} épouse {last}", f"Mme {last} ({party.first_name}) née {birth}")
    )


def birth_name(party: Party, _chance: random.Random) -> str:
    return both(party, party.birth_name) if fold(party.birth_name) != fold(party.last_name) else ""


def both_surnames(party: Party, chance: random.Random) -> str:
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


def born(party: Party, chance: random.Random) -> str:
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


def name_and_birth(party: Party, chance: random.Random) -> str:
    parts = [party.last_name, born(party, chance)]
    chance.shuffle(parts)
    return " ".join(parts)


def year(party: Party, chance: random.Random) -> str:
    assert party.birth_date is not None
    return chance.choice(
        (
            f"{party.last_name} {party.birth_date.year}",
            f"{party.birth_date.year} {both(party)}",
            f"{party.last_name} né en {party.birth_date.year}",
        )
    )


def month(party: Party, _chance: random.Random) -> str:
    assert party.birth_date is not None
    return f"{party.last_name} {party.birth_date:%m/%Y}"


def town(party: Party, chance: random.Random) -> str:
    town = party.city
    where = chance.choice((town, party.postcode, fold(town), f"à {town}", town.lower()))
    parts = [party.last_name, where]
    if " " not in where and chance.random() < 0.3:
        parts.reverse()
    return " ".join(parts)


def postcode_and_town(party: Party, chance: random.Random) -> str:
    parts = [party.last_name, f"{party.postcode} {party.city}"]
    return f"{parts[0]} {parts[1]}" if chance.random() < 0.7 else f"{parts[1]} {parts[0]}"


def everything(party: Party, chance: random.Random) -> str:
    assert party.birth_date is not None
    return f"{both(party)} {chance.choice((born(party, chance), str(party.birth_date.year)))} {party.city}"


# ---- mistakes ------------------------------------------------------------------------------------

_ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn")


def edited(name: str, chance: random.Random) -> str:
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


def long(name: str, least: int = 5) -> bool:
    return len(fold(name)) >= least


def typo(party: Party, chance: random.Random) -> str:
    return both(party, edited(party.last_name, chance)) if long(party.last_name) else ""


def typo_reversed(party: Party, chance: random.Random) -> str:
    return f"{party.first_name} {edited(party.last_name, chance)}" if long(party.last_name) else ""


def typo_of_first(party: Party, chance: random.Random) -> str:
    return both(party, first=edited(party.first_name, chance)) if long(party.first_name) else ""


def typo_and_birth(party: Party, chance: random.Random) -> str:
    return f"{edited(party.last_name, chance)} {party.birth_date:%d/%m/%Y}" if long(party.last_name) else ""


def typo_and_year(party: Party, chance: random.Random) -> str:
    return (
        f"{edited(party.last_name, chance)} {party.first_name} {party.birth_date:%Y}"
        if long(party.last_name)
        else ""
    )


def typo_and_town(party: Party, chance: random.Random) -> str:
    return (
        f"{edited(party.last_name, chance)} {party.first_name} {party.city}" if long(party.last_name) else ""
    )


def two_typos(party: Party, chance: random.Random) -> str:
    if not long(party.last_name, 6):
        return ""
    return both(party, edited(edited(party.last_name, chance), chance))


def a_typo_each(party: Party, chance: random.Random) -> str:
    if not (long(party.last_name) and long(party.first_name)):
        return ""
    return f"{edited(party.last_name, chance)} {edited(party.first_name, chance)}"


def two_typos_and_year(party: Party, chance: random.Random) -> str:
    words = a_typo_each(party, chance)
    return f"{words} {party.birth_date:%Y}" if words else ""


def two_typos_and_birth(party: Party, chance: random.Random) -> str:
    if not long(party.last_name, 6):
        return ""
    return f"{edited(edited(party.last_name, chance), chance)} {party.birth_date:%d/%m/%Y}"


def two_typos_and_town(party: Party, chance: random.Random) -> str:
    words = a_typo_each(party, chance)
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


def heard(party: Party, chance: random.Random) -> str:
    name = fold(party.last_name)
    made = [name.replace(old, new, 1) for old, new in _SOUND_CHANGES if old in name]
    made = [heard for heard in made if len(heard) >= 4 and phonetic_key(heard) == phonetic_key(name)]
    return both(party, chance.choice(made)) if made else ""


def first_heard(party: Party, chance: random.Random) -> str:
    name = fold(party.first_name)
    made = [name.replace(old, new, 1) for old, new in _SOUND_CHANGES if old in name]
    made = [heard for heard in made if len(heard) >= 4 and phonetic_key(heard) == phonetic_key(name)]
    return both(party, first=chance.choice(made)) if made else ""


def glued(party: Party, chance: random.Random) -> str:
    first, last = fold(party.first_name), fold(party.last_name)
    if min(len(first), len(last)) < 3:
        return ""
    return chance.choice((last + first, first + last)).lower()


def diminutive(party: Party, chance: random.Random) -> str:
    others = sorted(other_first_names(fold(party.first_name)))
    return both(party, first=chance.choice(others)) if others else ""


def marked(party: Party, chance: random.Random) -> str:
    noise = chance.choice(("%", "_", "*", "\\", "🙂", '"', "?", "[]", "';--", "%%", "(", "!!", "\u202e", "—"))
    return f"{both(party)} {noise}" if chance.random() < 0.5 else f"{noise} {both(party)}"
