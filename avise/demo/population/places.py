"""Invented communes and streets; their postcodes end in a number given to none of them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from avise.demo.population.streams import Weighted


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune that exists on no map."""

    name: str
    department: str
    postcode: str

    @property
    def fund_code(self) -> str:
        """Return the three digits of the local fund: the department and 1."""
        return f"{self.department[:2].replace('2A', '20').replace('2B', '20')}1"


def _communes(department: str, *names: str) -> list[Commune]:
    start = "20" if department in {"2A", "2B"} else department
    width = 5 - len(start)
    return [
        Commune(name, department, f"{start}{10**width - 1 - place * 3:0{width}d}")
        for place, name in enumerate(names)
    ]


LOIRE_ATLANTIQUE = _communes(
    "44", "Port-Lannion", "Vertaville", "Saint-Maudan-sur-Loire", "La Trévinière", "Orvignac", "Basse-Brière",
    "Clairmarais", "Le Pellerinet", "Savenelle", "Nortaison", "Vieillegrange", "Hautes-Landes",
)  # fmt: skip
_REGION = [
    *LOIRE_ATLANTIQUE,
    *_communes("49", "Angevillers-sur-Maine", "Trélignac", "Saumurel", "Les Ponts-d’Authion", "Cholvigny",
               "Beaupré-le-Vieux", "Brissard"),
    *_communes("53", "Lavalmont", "Mayennac", "Château-Gonthel", "Ernival"),
    *_communes("72", "Le Mansart", "Sablignac-sur-Sarthe", "La Fertelle", "Mamersac", "Ouestvilliers"),
    *_communes("85", "Roche-Vendaine", "Les Sables-d’Ormes", "Fontenelle-le-Marais", "Challandes"),
]  # fmt: skip
_ELSEWHERE = [
    *_communes("35", "Rennevel", "Saint-Malovic", "Fougerac", "Vitréval"),
    *_communes("56", "Vannelec", "Lorientis", "Kerlannic", "Pontivrac"),
    *_communes("29", "Quimperlan", "Brestoual", "Ploutrévan", "Landernac"),
    *_communes("75", "Parignac"),
    *_communes("69", "Lyonnelle", "Villefontaine-sur-Azergue"),
    *_communes("13", "Marsignac", "Aubanel-les-Pins"),
    *_communes("59", "Lillebourg", "Roubignies"),
    *_communes("33", "Bordelas", "Arcachenne"),
    *_communes("67", "Strasbühl", "Haguenheim"),
    *_communes("31", "Toulignac"),
    *_communes("2A", "Ajacciola"),
    *_communes("2B", "Bastiacce"),
    *_communes("974", "Saint-Denys-les-Hauts", "La Possessionnée"),
]
_COMMUNES = Weighted(
    [(commune, 3.0 / (place % 12 + 1)) for place, commune in enumerate(_REGION)]
    + [(commune, 0.35) for commune in _ELSEWHERE]
)

COMMUNES: tuple[Commune, ...] = (*_REGION, *_ELSEWHERE)

_WAYS = ("rue", "rue", "rue", "avenue", "impasse", "allée", "chemin", "place", "boulevard", "square")
_OBJECTS = (
    "des Tilleuls", "du Four-à-Chaux", "des Ormes", "de la Vieille-Forge", "du Puits-Salé", "des Capucines",
    "de l’Écluse", "du Moulin-Rompu", "des Trois-Pigeons", "de la Corderie", "du Bois-Joli",
    "de l’Ancien-Lavoir", "du Chêne-Creux", "des Hirondelles", "de la Grande-Ourse", "du Clos-Fleuri",
    "des Peupliers", "de la Petite-Vitesse", "du Pré-Long", "des Salorges", "de l’Orée-du-Bois",
)  # fmt: skip
_COMPLEMENTS = ("", "", "", "", " bis", " ter", ", bât. B", ", appt 12", ", résidence Les Embruns")


def commune(stream: random.Random) -> Commune:
    """Draw a commune; three in four are in the mutual's own region."""
    return _COMMUNES.draw(stream)


def street(stream: random.Random) -> str:
    """Draw the first line of an address: "14 rue des Tilleuls"."""
    number = 1 + int(stream.random() * stream.random() * 120)
    complement = _COMPLEMENTS[int(stream.random() * len(_COMPLEMENTS))]
    way = _WAYS[int(stream.random() * len(_WAYS))]
    thing = _OBJECTS[int(stream.random() * len(_OBJECTS))]
    if complement.startswith(","):
        return f"{number} {way} {thing}{complement}"
    return f"{number}{complement} {way} {thing}"
