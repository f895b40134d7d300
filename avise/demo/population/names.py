"""Names to combine at random: first names by cohort, surnames common or invented (`domain.md` 7.2).

One surname in eight is there to test layouts and searches: compound, apostrophe, particle, hyphen, very
long, of an origin other than Latin; a few persons have one name only.
"""

from __future__ import annotations

import random


def _words(text: str, separator: str | None = None) -> tuple[str, ...]:
    return tuple(text.split(separator))


_COHORTS: tuple[tuple[int, str, str], ...] = (
    (
        1950,
        "Monique Jacqueline Denise Yvette Simone Jeannine Paulette Odette Ginette Marie-Thérèse Lucienne "
        "Raymonde Huguette Germaine Andrée",
        "Jean André Michel Roger Marcel René Robert Maurice Henri Lucien Raymond Yvon Fernand Émile Gaston",
    ),
    (
        1970,
        "Catherine Sylvie Martine Nathalie Brigitte Véronique Isabelle Chantal Dominique Anne-Marie Corinne "
        "Hélène Marie-Noëlle Béatrice Annick Pascale",
        "Philippe Patrick Alain Pascal Thierry Didier Bruno Jean-Marc Jean-Luc Yves Gilles Loïc Hervé "
        "Dominique Joël François",
    ),
    (
        1990,
        "Céline Stéphanie Aurélie Émilie Nadège Karine Virginie Sabrina Élodie Laëtitia Magali Gaëlle "
        "Anne-Sophie Fatima Soizic Delphine",
        "Nicolas Sébastien David Julien Christophe Cédric Karim Yann Mickaël Frédéric Gwenaël Mohamed "
        "Jérôme Pierre-Yves Benoît Ronan",
    ),
    (
        2008,
        "Camille Léa Manon Chloé Inès Océane Mathilde Clara Maëlys Justine Anaïs Salomé Yasmine Noémie "
        "Lou Marine",
        "Thomas Lucas Hugo Maxime Bastien Théo Enzo Quentin Mathis Clément Antoine Yanis Malo Alexis "
        "Dylan Corentin",
    ),
    (
        9999,
        "Jade Louise Emma Alba Alice Rose Lina Ambre Léna Zoé Inaya Éloïse Nina Romy Aïssatou Lou-Anne",
        "Gabriel Léo Raphaël Adam Louis Arthur Maël Noah Jules Sacha Isaac Eliott Timothée Ibrahim Aaron "
        "Nathanaël",
    ),
)
_FIRST_NAMES = tuple((until, _words(women), _words(men)) for until, women, men in _COHORTS)

_COMMON = _words(
    "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre Michel "
    "Garcia David Bertrand Roux Vincent Fournier Morel Girard André Mercier Dupont Lambert Bonnet François "
    "Martinez Legrand Garnier Faure Rousseau Blanc Guérin Muller Henry Roussel Nicolas Perrin Morin Mathieu "
    "Clément Gauthier Dumont Lopez Fontaine Chevalier Robin Masson Sanchez Gérard Nguyen Boyer Denis Lemaire "
    "Duval Joly Gautier Roger Roche Roy Noël Meyer Lucas Meunier Jean Perez Marchand Dufour Blanchard Marie "
    "Barbier Brun Dumas Brunet Schmitt Leroux Colas Fernandez Renard Arnaud Rolland Caron Aubert Giraud "
    "Leclerc Vidal Bourgeois Renaud Lemoine Picard Gaillard Philippe Leclercq Lacroix Fabre Dupuis Olivier "
    "Rodriguez Hubert Louis Charles Guillot Rivière Maréchal Bailly Tessier Briand Hervé Guillou "
    "Kervella Lebreton Lelièvre Pasquier Poirier Chauvin Bouvier Hamon Huet Jégou Cadiou Riou Tanguy"
)
_HEADS = _words(
    "Trév Ker Lorm Coul Past Brév Morv Chant Daub Esc Fonv Gar Harm Jaubr Lanv Mirv Nauv Orm Pell Quév "
    "Rabl Sauv Tréz Urv Valm Viss Ablard Bourl Corv Drouv Ferr Grimb Hest Landr Malb Plouv"
)
_TAILS = _words(
    "allec aran eau ibert ourel adel ignac ouin ard elin oudet ival anche ergne ousset atier elou iquet "
    "andon euil onnec azan olivet ineau aret ussier eroux abert avoine ichon"
)
_UNUSUAL = _words(
    "N'Diaye|de La Rochemaure|Le Goff-Trévidic|D'Hermance|Benhalla-Roux|Vasseur-Ndiaye|Nguyễn|O'Brennan|"
    "Öztürk|Kowalczewski|Ben Saïd El Mansouri|de Kermoisan du Plessis-Bréval|Þorvaldsen|Çelik|Škvorová|"
    "Le Bras|Du Bois de la Motte|L'Hostis|Traoré|Ait Ouakrim|van den Broeckhoven|Rakotomalala|D'Aubrémont|"
    "El Khattabi|Saint-Aubrac|Lê|Montfort-Delacroix-Vauvillers|Sow|Diabaté|Møllersen",
    "|",
)


def first_name(stream: random.Random, sex: str, year: int) -> str:
    """Draw a first name that was in use that year of birth."""
    for until, women, men in _FIRST_NAMES:
        if year <= until:
            names = women if sex == "F" else men
            return names[int(stream.random() * len(names))]
    raise AssertionError


def surname(stream: random.Random) -> str:
    """Draw a surname: common 45 %, invented 43 %, unusual 12 %."""
    draw = stream.random()
    if draw < 0.45:
        return _COMMON[int(stream.random() * len(_COMMON))]
    if draw < 0.88:
        head = _HEADS[int(stream.random() * len(_HEADS))]
        return head + _TAILS[int(stream.random() * len(_TAILS))]
    if draw < 0.92:
        return f"{surname(stream)}-{_COMMON[int(stream.random() * len(_COMMON))]}"
    return _UNUSUAL[int(stream.random() * len(_UNUSUAL))]


def misspelt(stream: random.Random, name: str) -> str:
    """Return the name with one slip of the keyboard: two letters swapped, one doubled or one lost."""
    if len(name) < 4:
        return name + name[-1]
    place = 1 + int(stream.random() * (len(name) - 2))
    slip = int(stream.random() * 3)
    if slip == 0 and name[place] != name[place + 1]:
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    if slip == 1:
        return name[:place] + name[place] + name[place:]
    return name[:place] + name[place + 1 :]
