"""People of many origins to look for: names that our generators do not have; nobody of them exists.

Surnames and first names are drawn apart, telephones are in 070 (not allocated), addresses end in `.invalid`,
company numbers begin with 000.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from avise.models.customer import Party, PartyKind
from avise.models.names import fold

_SURNAMES = {
    "breton": (
        "Le Bihan,Le Goff,Le Guennec,Quéméneur,Kervella,Kerjean,Guivarc’h,L’Helgouac’h,Abgrall,"
        "Riou,Tanguy,Le Corre,Cozic,Penn,Bozec,Floc’h,Jézéquel,Guéguen,Plougoulm,Ar Rouz,Le Dû,"
        "Le Bras,Morvan,Penmarc’h,Kerléo"
    ),
    "basque": (
        "Etcheverry,Etxeberria,Irigoyen,Harismendy,Bidegaray,Goyhenetche,Iriart,Haritschelhar,"
        "Uhart,Mendiboure,Arrambide,Larralde,Urruty,Oyhénart,Elissalde,Sallaberry,Aguerre,"
        "Ospital"
    ),
    "corse": (
        "Colonna,Paoli,Mattei,Santoni,Casanova,Luciani,Poggi,Orsoni,Giacobbi,Rossi,Albertini,"
        "Mariani,Acquaviva,Pietri,Antonini,Franceschini,Leca,Ciccaldi"
    ),
    "alsacien": (
        "Schneider,Schmitt,Meyer,Muller,Müller,Klein,Wurtz,Oberlé,Haffner,Kieffer,Schaeffer,"
        "Schweitzer,Bischoff,Zimmermann,Heitz,Kuntz,Gross,Weiß,Hirtz,Pfister,Sturm,Fritsch"
    ),
    "antillais": (
        "Sainte-Rose,Jean-Baptiste,Pierre-Louis,Marie-Sainte,Zobda,Célestin,Nilor,Bellance,"
        "Jean-Marie,Edmond,Lurel,Gratien,Dorville,Placide,Saint-Aimé,Joseph-Monrose,"
        "Charles-Nicolas,Zaïre,Édouard"
    ),
    "maghrebin": (
        "Ben Ali,Benali,Ben Youssef,Belkacem,Boukhari,El Amrani,El Khattabi,Aït Ahmed,Bouazza,"
        "Haddad,Cherkaoui,Mansouri,Zerrouki,Belhadj,Ould Ali,Khelifi,Bensaïd,El Idrissi,"
        "Benmoussa,Hamidi,Abdelkader"
    ),
    "portugais": (
        "da Silva,dos Santos,Ferreira,Gonçalves,de Oliveira,Rodrigues,Magalhães,Simões,Pereira,"
        "de Sousa,Araújo,Guimarães,Conceição,de Almeida,Teixeira,Lopes,Antunes,Brandão"
    ),
    "espagnol": "Núñez,Muñoz,García,Fernández y Lopez,Ibáñez,Castaño,Peña,Martínez,de la Fuente,Del Río",
    "vietnamien": "Nguyen,Nguyễn,Trần,Tran,Lê,Phạm,Pham,Huỳnh,Hoang,Vo,Vũ,Đặng,Bui,Do,Ngo,Ly,Ho",
    "polonais": (
        "Kowalski,Kowalska,Wiśniewski,Wójcik,Szymański,Dąbrowski,Kozłowski,Nowak,Zieliński,"
        "Jabłoński,Lewandowski,Krawczyk,Walczak,Przybylski,Szczepaniak,Łukasik"
    ),
    "flamand": (
        "van der Meersch,Van den Broeck,Vandenberghe,van Damme,De Smet,Declercq,Verhaeghe,"
        "Vanhoutte,Dhondt,D’Hulst,Deschuytter,van de Velde"
    ),
    "francais": (
        "Dupont,Dupond,Durand,Martin,Bernard,Lefèvre,Lefebvre,Lefebure,Fabre,Faure,Gauthier,"
        "Gautier,Roux,Leroux,Le Roux,Petit,Blanc,Leblanc,Moreau,Morel,Girard,Gérard,Rousseau,"
        "Rousselot,Chevalier,Renaud,Renault,Reynaud,Bertrand,Thibault,Thibaud,Marchand,Marchant,"
        "Hébert,Ébert,Duval,de la Tour,d’Aubigné,d’Ormesson,de Villeneuve,du Plessis,"
        "de La Rochefoucauld,des Essarts,L’Hermitte,L’Huillier,Saint-Martin,de Saint-Exupéry,"
        "Nœuvéglise,Lecœur,Bœuf,Françon,Garçon,Aÿrault,Noël,Haÿ,O,Y,A,Eu,Ré,Oé,Py,Roi,Bey,Thé"
    ),
    "prenoms": (
        "Paul,Pierre,Michel,Robert,Simon,Thomas,Vincent,Jacques,Laurent,Denis,Benoît,Olivier,"
        "Philippe,Lucas,Richard,Charles,Guillaume,Daniel,Rémy,Henry,Louis,André,Marie,Claude,"
        "Dominique"
    ),
    "villes": (
        "Paris,Lyon,Nantes,Toulouse,Bourges,Rennes,Dijon,Nevers,Lille,Orléans,Cannes,Tours,Vichy,Caen"
    ),
    "nombres": "Six,Dix,Vingt,Trente,Douze,Neuf,Cent,Septante,Dame",
}
_FIRST_NAMES = {
    "breton": (
        "Yann,Gwenaël,Gwenaëlle,Maël,Maëlys,Erwan,Ronan,Soazig,Goulven,Loïc,Nolwenn,Tugdual,Enora,Annaïg"
    ),
    "basque": "Xabi,Maitena,Iñaki,Peio,Amaia,Eneko,Maïté,Ramuntxo,Elaia",
    "corse": "Ange,Doria,Pasquale,Ghjulia,Lisandru,Pancrace,Vannina,Don-Jacques,Ange-Marie",
    "alsacien": "Hans,Liesel,Odile,Jean-Georges,Jean-Jacques,Gretel,Fritz,Édith,Anne-Catherine",
    "antillais": "Célimène,Joséphine,Aimé,Euzhan,Marie-Josée,Rose-Aimée,Victorin,Maryse,Roméo",
    "maghrebin": (
        "Mohamed,Mohammed,Fatima,Fatima-Zohra,Yacine,Yassine,Abdel-Kader,Nour-Eddine,Khadija,"
        "Samira,Aïcha,Ismaël,Rachid,El Hadj,Abd el Malek"
    ),
    "portugais": "João,José,Maria da Conceição,Luís,Inês,António,Manuel,Graça,Tiago,Lourdes",
    "espagnol": "Begoña,Íñigo,Ángel,Concepción,José María,Núria",
    "vietnamien": "Thi Hoa,Van Minh,Thị Lan,Minh,Anh,Ngọc,Đức,Quang,Thu Hà",
    "polonais": "Stanisław,Małgorzata,Wojciech,Zbigniew,Agnieszka,Łucja,Jadwiga,Krzysztof",
    "flamand": "Joris,Liesbeth,Wout,Annelies,Pieter-Jan,Hendrik,Griet",
    "francais": (
        "Jean,Jean-Pierre,Jean-Paul,Jean-François,Jean-Luc,Marie,Marie-Thérèse,Marie-Claude,"
        "Anne-Sophie,Philippe,Catherine,Nathalie,Isabelle,Christophe,Stéphane,Frédéric,Alexandre,"
        "Sébastien,Élisabeth,Françoise,Geneviève,Jacqueline,Hélène,Chloé,Zoé,Léa,Noé,Lou,Jo,Éva,"
        "Camille,Dominique,Claude,Paul,Martin,Olivier,Guillaume,Benjamin,Emmanuel,Véronique,Théo,"
        "Mathieu,Matthieu,Mickaël,Œnone,François,Maud,Maude,Cyrille"
    ),
    "prenoms": ("Paul,Martin,Pierre,Simon,Thomas,Vincent,Laurent,Denis,Olivier,Michel,Robert,Marie"),
    "villes": "Sophie,Jacques,Hélène,Lucie,Bruno,Éric,Annie",
    "nombres": "Monique,Apolline,Octave,Quentin,Prosper,Septime",
}
_TOWNS = (
    ("Nantes", "44000"),
    ("Paris", "75011"),
    ("Lyon", "69003"),
    ("Saint-Denis", "93200"),
    ("L’Haÿ-les-Roses", "94240"),
    ("Aix-en-Provence", "13100"),
    ("Le Mans", "72000"),
    ("La Rochelle", "17000"),
    ("Fort-de-France", "97200"),
    ("Saint-Étienne", "42000"),
    ("Sainte-Foy-lès-Lyon", "69110"),
    ("Ajaccio", "20000"),
    ("Bayonne", "64100"),
    ("Strasbourg", "67000"),
    ("Le Havre", "76600"),
    ("Villeneuve-d’Ascq", "59650"),
    ("Y", "80190"),
    ("Eu", "76260"),
    ("Plougastel-Daoulas", "29470"),
    ("Saint-Pierre", "97410"),
    ("Bourg-en-Bresse", "01000"),
    ("Vic-sur-Aisne", "02290"),
    ("Mâcon", "71000"),
    ("Châlons-en-Champagne", "51000"),
    ("Béziers", "34500"),
    ("Orléans", "45000"),
)
_FORMS = ("SARL", "SAS", "SA", "EURL", "SCI", "Association", "Ets", "Société", "")
_TRADES = (
    "Boulangerie", "Garage", "L’Atelier", "Transports", "Pharmacie de la Gare", "Les Jardins", "Menuiserie",
    "Au Bon Pain", "Cabinet", "Chez", "Coopérative des Pêcheurs", "3D Bois", "A2C", "Bar le 421",
)  # fmt: skip
SERIAL = 7_368_787
"""Prime to ten million: each number gives another telephone."""


def people(count: int, seed: int = 1) -> Iterator[Party]:
    """Yield so many people and companies, the same for the same seed."""
    chance = random.Random(seed)
    origins = list(_SURNAMES)
    lasts = {origin: _SURNAMES[origin].split(",") for origin in origins}
    firsts = {origin: _FIRST_NAMES[origin].split(",") for origin in origins}
    weights = [3 if origin == "francais" else 1 for origin in origins]
    for number in range(1, count + 1):
        (origin,) = chance.choices(origins, weights)
        last = _one_of(chance, lasts, origins, origin)
        if number % 40 == 0:
            yield _company(chance, number, last)
            continue
        if chance.random() < 0.12:
            other = _one_of(chance, lasts, origins, chance.choice(origins))
            last = f"{last}{chance.choice('- ')}{other}" if len(other) > 2 else last
        first = _one_of(chance, firsts, origins, origin)
        if chance.random() < 0.06:
            first = f"{first} {chance.choice(firsts['francais'])} {chance.choice(firsts['prenoms'])}"
        birth = _one_of(chance, lasts, origins, chance.choice(origins)) if chance.random() < 0.2 else last
        yield _person(chance, number, last, first, birth)


def _one_of(chance: random.Random, lists: dict[str, list[str]], origins: Sequence[str], origin: str) -> str:
    """Return a name, one in four of another origin."""
    return chance.choice(lists[chance.choice(origins) if chance.random() < 0.25 else origin])


def _person(chance: random.Random, number: int, last: str, first: str, birth: str) -> Party:
    town, postcode = chance.choice(_TOWNS)
    serial = number * SERIAL % 10_000_000
    member = f"{number * 2_654_435_761 % 10_000_000_000:010d}"
    if number % 20 == 0:
        member = f"BO{member[:8]}"
    draw = chance.random()
    return Party(
        f"P{number}",
        PartyKind.MEMBER,
        last.upper() if draw < 0.3 else last,
        first,
        birth_name=birth,
        birth_date=date(1925, 1, 1) + timedelta(days=int(chance.random() * 36_500)),
        member_number=member,
        phones=(f"+3370{serial:07d}",) if draw < 0.8 else (f"+3370{serial:07d}", f"+3310{serial:07d}"),
        email=f"{fold(first)[:12]}.{fold(last)[:12]}.{number}@exemple.invalid".lower(),
        city=town,
        postcode=postcode,
    )


def _company(chance: random.Random, number: int, last: str) -> Party:
    town, postcode = chance.choice(_TOWNS)
    siren = f"000{number % 1_000_000:06d}"
    name = " ".join(filter(None, (chance.choice(_FORMS), chance.choice(_TRADES), last, "(fictif)")))
    return Party(
        f"C{number}", PartyKind.COMPANY, company_name=name, siren=siren, siret=f"{siren}00012", city=town,
        postcode=postcode,
    )  # fmt: skip
