"""What is remembered of all pairs is what the weights say, and nothing is given up too early."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from avise.models.identity.attributes import Attribute, AttributeKind, attribute_values
from avise.models.identity.blocking import KINDS, Blocks, keys_of_attributes
from avise.models.identity.comparison import compared
from avise.models.identity.estimation import ORDINARY
from avise.models.identity.matching import FORGOTTEN, matched
from avise.models.identity.records import IdentityRecord
from tests.unit.models.identity.test_partners import CROWD

_COPIED = ("first_name", "birth", "last_name", "phones", "street")
LIVING = [replace(one, street=f"{number} R {one.last_name[::-1]}") for number, one in enumerate(CROWD)]


def _half_copied() -> list[IdentityRecord]:
    """Return records that share with one of the crowd each possible set of fields, and no other."""
    sets = [names for size in range(1, len(_COPIED) + 1) for names in combinations(_COPIED, size)]
    strangers = [
        IdentityRecord(
            f"copy{number}", (f"YZ{number}VOST",), (f"UWE{number}",), f"YZ{number}VOST", f"UWE{number}",
            birth=f"{1890 + number}1224", street=f"{number} QU KLEBER", postcode=f"670{number:02}",
            phones=(f"6{number * 104_729:08}",),
        )
        for number in range(len(sets))
    ]  # fmt: skip
    found = []
    for number, (stranger, names) in enumerate(zip(strangers, sets, strict=True)):
        of = LIVING[number]
        copied = {name: getattr(of, name) for name in names}
        if "last_name" in copied:
            copied["last_names"] = of.last_names
        if "first_name" in copied:
            copied["first_names"] = of.first_names
        found.append(replace(stranger, **copied))
    return found


PEOPLE = [*LIVING, *_half_copied()]
CODES = tuple(Attribute(f"code{place}", AttributeKind.EXACT, place) for place in range(2))
TITLE = Attribute("title", AttributeKind.TEXT, len(CODES))
TWICE = 6
"""Persons who stand twice; works that do, under other codes."""
_WORDS = ("granite", "harbour", "salt", "clock", "moor", "canal", "lamp", "tide", "baker", "winter")
TITLES = [
    f"{_WORDS[number % 10]} and {_WORDS[number * 7 % 9]} of {name} {name[::-1]}"
    for number, name in enumerate(one.last_name for one in CROWD)
]


def _works() -> list[IdentityRecord]:
    titles = [*TITLES, *(title.replace("and", "or") for title in TITLES[:TWICE])]
    codes = [
        attribute_values(AttributeKind.EXACT, texts, texts)[0]
        for texts in ([f"{place}{number * 7_919:09}" for number in range(len(titles))] for place in range(2))
    ]
    told, _ = attribute_values(AttributeKind.TEXT, titles, titles)
    return [
        IdentityRecord(str(number), attributes=values)
        for number, values in enumerate(zip(*codes, told, strict=True))
    ]


WORKS = _works()


@pytest.mark.parametrize(
    ("table", "attributes"), [(PEOPLE, ()), (WORKS, (*CODES, TITLE))], ids=["people", "works"]
)
def test_whatever_the_weights_make_likely_is_remembered_with_its_weight(
    table: list[IdentityRecord], attributes: tuple[Attribute, ...]
) -> None:
    matching = matched(table, table, attributes)
    model = matching.model
    bits = {
        (one, other): model.score(compared(table[one], table[other]), table[one], table[other])
        for one, other in Blocks(table, table, (*KINDS, *keys_of_attributes(attributes))).pairs()
    }
    likely = {pair for pair, each in bits.items() if model.probability(each) >= FORGOTTEN}
    assert {(pair.ours, pair.theirs) for pair in matching.pairs} == likely
    assert matching.compared == len(bits) > len(likely) > 0
    for pair in matching.pairs:
        assert pair.bits == pytest.approx(bits[pair.ours, pair.theirs])


def test_how_likely_any_pair_is_comes_from_how_many_were_found() -> None:
    twice = [*LIVING, *(replace(one, reference=f"twice{one.reference}") for one in LIVING[:TWICE])]
    product = len(twice) * (len(twice) - 1) / 2
    assert matched(twice, twice).model.prior * product == pytest.approx(TWICE, abs=0.5)


@pytest.mark.parametrize(
    ("personal", "last_name", "against", "households", "bits"),
    [
        (8.0, 3.0, False, True, 20.0),
        (-1.0, 3.0, False, True, -1.0),
        (8.0, 3.0, True, True, 8.0),
        (8.0, -3.0, True, True, 5.0),
        (-1.0, -3.0, True, False, 20.0),
    ],
)
def test_where_something_personal_contradicts_nothing_of_a_home_speaks_for(
    personal: float, last_name: float, against: bool, households: bool, bits: float
) -> None:
    model = replace(ORDINARY, households=households)
    assert model.total(20.0, personal, last_name, against=against) == bits


def test_rare_words_in_common_weigh_more_than_common_ones() -> None:
    title = Attribute("title", AttributeKind.TEXT, 0)
    pairs = ("granite {} salt", "quagmires {} xylophones of Zzyzzxford")
    texts = [*(pair.format(word) for pair in pairs for word in ("and", "or")), *TITLES]
    told, _ = attribute_values(AttributeKind.TEXT, texts, texts)
    table = [IdentityRecord(str(number), attributes=(value,)) for number, value in enumerate(told)]
    model = matched(table, table, (title,)).model
    common, rare = (model.bits(title, 2, table[place], table[place + 1]) for place in (0, 2))
    assert rare > common + 2
