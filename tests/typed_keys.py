"""Numbers, addresses and companies as staff type, paste and hear them.

Each function returns what is typed to find somebody, "" when it does not apply.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from avise.models.customer import Party
from avise.models.names import LEGAL_FORMS, fold, fold_words
from tests import typed_names as names


def phone_beginning(party: Party, chance: random.Random) -> str:
    """Return the first seven or eight digits, alone or by pairs."""
    digits = "0" + chance.choice(party.phones)[3 : 9 + chance.randrange(2)]
    return chance.choice((digits, " ".join(digits[start : start + 2] for start in range(0, 8, 2))))


def phone(party: Party, chance: random.Random) -> str:
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


def phone_and_name(party: Party, chance: random.Random) -> str:
    return f"{party.last_name} {phone(party, chance).removeprefix('tel: ').removeprefix('tél ')}"


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


def said(pair: int, tens: Sequence[str]) -> str:
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


def dictated(party: Party, chance: random.Random) -> str:
    digits = "0" + party.phones[0][3:]
    tens = chance.choice((_FRENCH, _FRENCH, _BELGIAN, _SWISS))
    pairs = [said(int(digits[start : start + 2]), tens) for start in range(0, 10, 2)]
    words = chance.choice((" ", ", ", " ")).join(pairs)
    return chance.choice((words, words.replace("-", " "), words.upper(), fold_plain(words)))


def fold_plain(words: str) -> str:
    """Return words without accents, as a machine that listens writes them."""
    return " ".join(fold_words(words)).lower()


def half_dictated(party: Party, chance: random.Random) -> str:
    """Some pairs in figures, others in words: what speech-to-text gives."""
    digits = "0" + party.phones[0][3:]
    pairs = [digits[start : start + 2] for start in range(0, 10, 2)]
    return " ".join(pair if chance.random() < 0.5 else said(int(pair), _FRENCH) for pair in pairs)


def member(party: Party, chance: random.Random) -> str:
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


def letters_for_digits(party: Party, chance: random.Random) -> str:
    """The letter O for a zero, l or I for a one."""
    number = party.member_number
    if not number.isdigit() or not {"0", "1"} & set(number):
        return ""
    return number.replace("0", chance.choice("Oo")).replace("1", chance.choice("lI1"))


def digits_for_letters(party: Party, _chance: random.Random) -> str:
    return party.member_number.replace("O", "0") if party.member_number.startswith("BO") else ""


def email(party: Party, chance: random.Random) -> str:
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


def part_of_email(party: Party, chance: random.Random) -> str:
    local, _, domain = party.email.partition("@")
    return chance.choice((local, f"{local}@", f"{local}@{domain[:4]}", local.upper()))


def name_and_digits(party: Party, _chance: random.Random) -> str:
    return f"{names.both(party)} {party.phones[0][-4:]}"


def company_words(party: Party, _chance: random.Random) -> list[str]:
    return party.company_name.replace("(fictif)", "").split()


def company(party: Party, chance: random.Random) -> str:
    words = company_words(party, chance)
    return chance.choice(
        (" ".join(words), " ".join(words).lower(), " ".join(reversed(words)), fold_plain(" ".join(words)))
    )


def company_form(party: Party, chance: random.Random) -> str:
    words = company_words(party, chance)
    own = words[1:] if fold(words[0]) in LEGAL_FORMS and len(words) > 2 else words
    return f"{chance.choice(('S.A.R.L.', 'sarl', 'SAS', 'S.A.', 'Sté', 'société', 'la sté'))} {' '.join(own)}"


def company_and_town(party: Party, _chance: random.Random) -> str:
    if any(character.isdigit() for character in party.company_name):
        return ""
    return f"{' '.join(party.company_name.split()[1:-1])} {party.city}"


def siret(party: Party, chance: random.Random) -> str:
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


def siren(party: Party, chance: random.Random) -> str:
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
