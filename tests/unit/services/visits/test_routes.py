"""Estimates of the way between visits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.demo.population.places import LOIRE_ATLANTIQUE
from avise.services.visits.routes import (
    SAME_TOWN_MINUTES,
    Communes,
    Place,
    communes,
    straight_km,
    town_of,
)

PLACES = Communes(
    {"Vertaville": Place(47.3, -1.9), "Orvignac": Place(47.3, -1.6), "Là-Haut": Place(47.5, -1.9)}
)
LATITUDES, LONGITUDES = st.floats(-80, 80), st.floats(-179, 179)


def test_a_way_is_longer_than_the_straight_line_and_takes_its_time() -> None:
    straight = straight_km(Place(47.3, -1.9), Place(47.3, -1.6))
    leg = PLACES.leg("Vertaville", "Orvignac")
    assert leg is not None
    assert straight == pytest.approx(22.6, abs=0.2)
    assert leg.kilometres == pytest.approx(1.3 * straight)
    assert leg.minutes == pytest.approx(leg.kilometres / 45 * 60 + 4, abs=1)


def test_two_visits_of_one_commune_are_some_minutes_apart() -> None:
    leg = PLACES.leg("VERTAVILLE", "Vertaville")
    assert leg is not None
    assert leg.minutes == SAME_TOWN_MINUTES


def test_a_commune_is_found_whatever_its_accents_and_case() -> None:
    assert PLACES.place("là haut") == PLACES.place("LÀ-HAUT") is not None


@pytest.mark.parametrize(
    "towns", [["Vertaville", "Nulle-Part", "Orvignac"], ["Vertaville"], [], ["", "Orvignac"]]
)
def test_a_day_with_a_place_that_nobody_knows_has_no_kilometres(towns: list[str]) -> None:
    assert PLACES.kilometres(towns) is None


def test_only_the_legs_to_and_from_an_unknown_place_are_unknown() -> None:
    legs = PLACES.legs(["Vertaville", "Orvignac", "Nulle-Part", "Vertaville"])
    assert [leg is not None for leg in legs] == [False, True, False, False]
    assert PLACES.kilometres(["Vertaville", "Orvignac", "Vertaville"]) == 59


@pytest.mark.parametrize(
    ("address", "town"),
    [
        ("8 rue du Moulin, 44350 Guérande", "Guérande"),
        ("4 bis allée des Ormes, appt 12, 44996 Saint-Maudan-sur-Loire", "Saint-Maudan-sur-Loire"),
        ("Mme Y\n8 rue du Moulin\n44350 Guérande", "Guérande"),
        ("Vertaville Centre", ""),
        ("", ""),
    ],
)
def test_the_commune_of_an_address_stands_after_its_postcode(address: str, town: str) -> None:
    assert town_of(address) == town


def test_every_commune_of_the_demonstration_s_department_has_its_place() -> None:
    missing = [commune.name for commune in LOIRE_ATLANTIQUE if communes().place(commune.name) is None]
    assert missing == []


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_the_way_there_is_as_long_as_the_way_back(lat1: float, lon1: float, lat2: float, lon2: float) -> None:
    there = straight_km(Place(lat1, lon1), Place(lat2, lon2))
    back = straight_km(Place(lat2, lon2), Place(lat1, lon1))
    assert there == pytest.approx(back, abs=1e-6)
    assert 0 <= there <= 20_038
