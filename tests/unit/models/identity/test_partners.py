"""A record that would be the same as several others, of which one at most can be true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from avise.models.identity.matching import ScoredPair, Thresholds, Verdict, matched
from avise.models.identity.records import IdentityRecord
from tests.unit.models.identity.records import record

_BEGINNINGS = ("Bal", "Cor", "Dun", "Fer", "Gal", "Kel", "Lor", "Mon", "Nar", "Pel", "Ros", "Tar")
_ENDS = ("bury", "ford", "mere", "ton")
_FIRST_NAMES = ("Paul", "Anne", "Luc", "Eva", "Zoé", "Hugo", "Léa", "Yann", "Nora", "Rémi", "Inès", "Karim")
CROWD = [
    record(
        str(number), last_name=name, first_name=_FIRST_NAMES[number * 7 % 12],
        birth_date=f"19{50 + number % 40}-0{number % 9 + 1}-{number % 28 + 1:02}",
        postcode=f"{44000 + number * 37 % 900}", phone=f"02{number * 7919:08}",
    )
    for number, name in enumerate(begins + ends for begins in _BEGINNINGS for ends in _ENDS)
]  # fmt: skip
ROSE = {"last_name": "Renardou", "first_name": "Rose"}
BORN = ("1950-02-03", "1990-11-27", "1973-06-14")


def _links_of(
    reference: str, ours: Sequence[IdentityRecord], theirs: Sequence[IdentityRecord]
) -> dict[str, ScoredPair]:
    """Return what comes of one record of the first table, by the other record's identifier."""
    return {
        theirs[pair.theirs].reference: pair
        for pair in matched(ours, theirs).pairs
        if ours[pair.ours].reference == reference
    }


def test_a_link_beside_one_that_stands_out_is_dropped() -> None:
    rose = record("rose", **ROSE, phone="0240998877", postcode="44000")
    namesake = record("namesake", **ROSE, birth_date=BORN[1], postcode="44010")
    herself = record("herself", **ROSE, birth_date=BORN[0], phone="0240998877", postcode="44000")
    without = [*CROWD, rose, namesake]
    assert _links_of("rose", without, without)["namesake"].verdict(Thresholds()) is not Verdict.NOTHING
    both = [*without, herself]
    found = _links_of("rose", both, both)
    assert found["herself"].verdict(Thresholds()) is Verdict.AUTOMATIC
    assert found["namesake"].verdict(Thresholds()) is Verdict.NOTHING


@pytest.mark.parametrize(("partners", "verdict"), [(1, Verdict.AUTOMATIC), (3, Verdict.PROPOSED)])
def test_the_partners_of_one_record_share_what_is_likely(partners: int, verdict: Verdict) -> None:
    rose = record("rose", **ROSE, postcode="44000")
    ours = [*CROWD, rose]
    homonyms = [record(day, **ROSE, birth_date=day, postcode="44000") for day in BORN[:partners]]
    theirs = [*(replace(each, reference=f"t{each.reference}") for each in CROWD), *homonyms]
    for one, other in ((ours, theirs), (theirs, ours)):
        pairs = [pair for pair in matched(one, other).pairs if rose in (one[pair.ours], other[pair.theirs])]
        assert {pair.verdict(Thresholds()) for pair in pairs} == {verdict}
        assert len(pairs) == partners
        assert sum(pair.probability for pair in pairs) == pytest.approx(1, abs=0.01)
