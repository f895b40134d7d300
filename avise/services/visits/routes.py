"""How far the visits of a day are from each other: an estimate from the places of their communes.

Nothing is asked of a map: a laptop without network must answer. Between two communes the road is taken as
1.3 times the straight line, driven at 45 km/h, and four minutes go to parking and to the last street;
two addresses of one commune are six minutes and three kilometres apart. Estimates of ours, to be read as
such: what is not known is None, never zero.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from avise.models.names import fold
from avise.resources import resource_folder

ROAD = 1.3
"""Kilometres of road for one of straight line."""
SPEED_KMH = 45.0
ASIDE_MINUTES = 4.0
SAME_TOWN_MINUTES, SAME_TOWN_KM = 6, 3.0
EARTH_KM = 6371.0

_POSTCODE = re.compile(r"\b(\d{5})\s+([^,]+)$")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a commune is, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Leg:
    """The way from one visit to the next."""

    minutes: int
    kilometres: float


class Communes:
    """Where communes are.

    Args:
        places: by name.
    """

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._places = {fold(name): place for name, place in places.items()}

    def place(self, town: str) -> Place | None:
        """Return where a commune is; None when it is not known."""
        return self._places.get(fold(town)) if town else None

    def leg(self, before: str, after: str) -> Leg | None:
        """Return the way from one commune to another; None when either is not known."""
        start, end = self.place(before), self.place(after)
        if start is None or end is None:
            return None
        if fold(before) == fold(after):
            return Leg(SAME_TOWN_MINUTES, SAME_TOWN_KM)
        road = ROAD * straight_km(start, end)
        return Leg(round(road / SPEED_KMH * 60 + ASIDE_MINUTES), road)

    def legs(self, towns: Iterable[str]) -> tuple[Leg | None, ...]:
        """Return the way to each commune from the one before; the first has none."""
        found: list[Leg | None] = []
        before: str | None = None
        for town in towns:
            found.append(self.leg(before, town) if before is not None else None)
            before = town
        return tuple(found)

    def kilometres(self, towns: Iterable[str]) -> int | None:
        """Return how far it is from the first commune to the last; None when one is not known."""
        ways = self.legs(towns)[1:]
        known = [way.kilometres for way in ways if way is not None]
        return round(sum(known)) if ways and len(known) == len(ways) else None


def straight_km(start: Place, end: Place) -> float:
    """Return the straight line between two places on a round Earth (haversine)."""
    lat1, lat2 = math.radians(start.latitude), math.radians(end.latitude)
    across = math.radians(end.longitude - start.longitude)
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(across / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(half, 1.0)))


def town_of(address: str) -> str:
    """Return the commune of an address: what stands after its postcode; "" when there is none."""
    last = address.strip().splitlines()[-1] if address.strip() else ""
    found = _POSTCODE.search(last)
    return found[2].strip() if found is not None else ""


def load_communes(path: Path) -> Communes:
    """Return the communes of a file.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not such a file.
    """
    told = tomllib.loads(path.read_text("utf-8"))
    return Communes(
        {name: Place(float(at[0]), float(at[1])) for name, at in told.get("communes", {}).items()}
    )


@cache
def communes() -> Communes:
    """Return the communes that ship with Avise, read once a process."""
    return load_communes(resource_folder("visits") / "communes.toml")
