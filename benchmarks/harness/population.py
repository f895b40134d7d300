"""A whole mutual's worth of people, quickly: 4.3 million in a minute, the same for the same seed.

The demo's generator makes each person with contracts and a history, from some two thousand surnames; a
directory is judged on what a country has: 178,900 surnames by Zipf's law (the commonest borne by one person
in eighty), two thousand first names, three thousand towns, homonyms by the dozen. Nobody exists: telephones
are in 070, which is not allocated, addresses end in `.invalid`, company numbers begin with 000.
"""

from __future__ import annotations

import itertools
import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from avise.demo.population import names
from avise.models.customer import Party, PartyKind
from avise.models.names import fold
from avise.resources import resource_folder

FULL = 4_300_000
SURNAMES = 178_900
TOWNS = 3_000
PER_DOSSIER = (1, 1, 1, 2, 2, 2, 3, 4, 1, 2)
"""1.9 persons on average (`domain.md` 0: 1.85)."""
COMPANY_EVERY = 66
"""Dossiers for one company: 65,000 for 4.3 million persons."""
PAGE = 5_000
_FIRST_DAY = date(1925, 1, 1)
_DAYS = 100 * 365

_ONSETS = (
    "B", "C", "D", "F", "G", "L", "M", "N", "P", "R", "S", "T", "V", "Br", "Cr", "Dr", "Fr", "Gr", "Pr",
    "Tr", "Bl", "Cl", "Fl", "Pl", "Ch", "Gu", "Qu", "J", "H", "K",
)  # fmt: skip
_NUCLEI = (
    "a", "e", "i", "o", "u", "ou", "ai", "oi", "eu", "au", "an", "en", "on", "in",
)  # fmt: skip
_ENDINGS = (
    "rd", "t", "l", "n", "r", "s", "x", "y", "ot", "ier", "eau", "in", "on", "et", "ard", "el", "as",
    "is", "aud", "ec", "ez", "ault", "and", "ert", "ain", "oux",
)  # fmt: skip
_TOWN_ENDINGS = (
    "ville", "court", "mont", "bourg", "val", "ac", "ay", "euil", "ières", "euse", "oncy", "igny",
)  # fmt: skip


def _built(chance: random.Random, endings: Sequence[str]) -> str:
    syllables = chance.choice((1, 1, 2, 2, 2, 3))
    middle = "".join(chance.choice(_ONSETS) + chance.choice(_NUCLEI) for _ in range(syllables))
    return (middle + chance.choice(endings)).capitalize()


def _zipf(count: int, flat: float) -> list[float]:
    """Return cumulative weights by rank; the larger `flat`, the more equal the first ranks."""
    return list(itertools.accumulate(1 / (rank + flat) for rank in range(count)))


@lru_cache(maxsize=1)
def _surnames(seed: int) -> list[str]:
    chance = random.Random(seed)
    known = dict.fromkeys((*names._COMMON, *names._UNUSUAL))  # noqa: SLF001 - the demo's own lists
    while len(known) < SURNAMES:
        made = _built(chance, _ENDINGS)
        draw = chance.random()
        if draw < 0.03:
            made = f"{made}-{_built(chance, _ENDINGS)}"
        elif draw < 0.06:
            made = f"{chance.choice(('de', 'Le', 'La', 'du', 'de la', 'Saint'))} {made}"
        known[made] = None
    return list(known)


def _first_names() -> list[str]:
    cohorts = [group for _, *sexes in names._FIRST_NAMES for group in sexes]  # noqa: SLF001 - the demo's own lists
    known = dict.fromkeys(name for group in cohorts for name in group)
    listed = tomllib.loads((resource_folder("names") / "first_names.toml").read_text("utf-8"))["same"]
    whole = [group[0] for group in listed]
    known.update(dict.fromkeys(whole))
    heads = [name for name in whole if "-" not in name][:45]
    known.update(dict.fromkeys(f"{head}-{tail}" for head, tail in itertools.permutations(heads, 2)))
    return list(known)[:2_000]


def _towns(chance: random.Random) -> list[tuple[str, str]]:
    known: dict[str, str] = {}
    while len(known) < TOWNS:
        made = _built(chance, _TOWN_ENDINGS)
        if chance.random() < 0.15:
            made = f"Saint-{made}"
        known.setdefault(made, f"{chance.randrange(1, 96):02d}{chance.randrange(1000):03d}")
    return list(known.items())


@dataclass(slots=True)
class Crowd:
    """People of a seed, by pages.

    Args:
        persons: about how many.
        seed: any integer.
    """

    persons: int
    seed: int = 1
    _number: int = field(default=0, init=False)

    def pages(self) -> Iterator[list[Party]]:
        """Stream them, members before those that they cover."""
        people = self._people()
        while page := list(itertools.islice(people, PAGE)):
            yield page

    def _people(self) -> Iterator[Party]:
        chance = random.Random(self.seed)
        surnames, first_names, towns = _surnames(self.seed), _first_names(), _towns(chance)
        by_surname, by_first = _zipf(len(surnames), 8.0), _zipf(len(first_names), 20.0)
        by_town = _zipf(len(towns), 10.0)
        dossier = made = 0
        while made < self.persons:
            lasts = chance.choices(surnames, cum_weights=by_surname, k=2_000)
            births = chance.choices(surnames, cum_weights=by_surname, k=2_000)
            firsts = iter(chance.choices(first_names, cum_weights=by_first, k=10_000))
            homes = chance.choices(towns, cum_weights=by_town, k=1_000)
            for last, birth, home in zip(lasts[:1_000], births[:1_000], homes, strict=True):
                dossier += 1
                yield from self._dossier(chance, dossier, last, birth, home, firsts)
                if dossier % COMPANY_EVERY == 0:
                    yield _company(chance, dossier, lasts[1_000 + dossier % 1_000], home)
                made += PER_DOSSIER[dossier % 10]
                if made >= self.persons:
                    return

    def _dossier(
        self, chance: random.Random, dossier: int, last: str, birth: str, home: tuple[str, str],
        firsts: Iterator[str],
    ) -> Iterator[Party]:  # fmt: skip
        town, postcode = home
        # Scattered over their ten digits, as numbers given over forty years are.
        member = f"{dossier * 2_654_435_761 % 10_000_000_000:010d}"
        head = f"PTY-{dossier * 2_246_822_519 % 4_294_967_296:08X}"
        for rank in range(PER_DOSSIER[dossier % 10]):
            self._number += 1
            number, draw = self._number, chance.random()
            first = next(firsts)
            born = _FIRST_DAY + timedelta(days=int(chance.random() * _DAYS))
            native = head if rank == 0 else f"PTZ-{number * 3_266_489_917 % 4_294_967_296:08X}"
            phones = (f"+3370{number * 7_368_787 % 10_000_000:07d}",) if draw < 0.66 else ()
            yield Party(
                native_id=native,
                kind=PartyKind.MEMBER if rank == 0 else PartyKind.BENEFICIARY,
                last_name=last,
                first_name=first,
                birth_name=birth if draw < 0.16 else last,
                birth_date=born,
                member_number=member,
                phones=phones,
                email=f"{fold(first)}.{fold(last)}.{number}@exemple.invalid".lower() if draw > 0.58 else "",
                city=town,
                postcode=postcode,
                dossier="" if rank == 0 else head,
                relation="" if rank == 0 else ("spouse" if rank == 1 else "child"),
                ids={
                    "member": member,
                    "parties.party": native,
                    "benefits.insured": f"B{number * 2_654_435_761 % 4_294_967_296:08X}",
                },
            )


def _company(chance: random.Random, number: int, name: str, home: tuple[str, str]) -> Party:
    trade = chance.choice(
        ("Boulangerie", "Garage", "Menuiserie", "Transports", "Pharmacie", "Atelier", "Cabinet")
    )
    siren = f"000{number % 1_000_000:06d}"
    return Party(
        native_id=f"ENT-{number:08d}", kind=PartyKind.COMPANY, company_name=f"SARL {trade} {name} (fictif)",
        siren=siren, siret=f"{siren}00012", city=home[0], postcode=home[1],
        ids={"parties.party": f"ENT-{number:08d}"},
    )  # fmt: skip
