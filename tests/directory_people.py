"""Ten people and a company, and what whoever looks for them types: the same answers on every database."""

from __future__ import annotations

from datetime import date

from avise.models.customer import Party, PartyKind

HELENE = Party(
    "1", PartyKind.MEMBER, "MARCHAND", "Hélène", birth_name="Le Goff", birth_date=date(1968, 3, 12),
    member_number="0482917350", phones=("+33639984127", "+33299001122"),
    email="helene.marchand@exemple.invalid", city="Nantes", postcode="44000",
    ids={"parties.party": "PTY-1", "benefits.insured": "B12"},
)  # fmt: skip
YVES = Party(
    "2", PartyKind.BENEFICIARY, "MARCHAND", "Yves", birth_date=date(1966, 1, 2), city="Nantes",
    postcode="44000", dossier="1", relation="spouse", member_number="0482917350",
)  # fmt: skip
HOMONYM = Party(
    "3", PartyKind.MEMBER, "Marchand", "Hélène", birth_date=date(1990, 5, 2), city="Saint-Évroult",
    postcode="61550", member_number="0001", restricted=True,
)  # fmt: skip
NDIAYE = Party(
    "4",
    PartyKind.MEMBER,
    "N’Diaye",
    "Jean-Marc",
    birth_date=date(1980, 2, 29),
    city="Rennes",
    postcode="35000",
)
NOBLE = Party("5", PartyKind.MEMBER, "de La Tour-Maubourg", "Marie-Claire", birth_date=date(1950, 12, 31))
COMPANY = Party(
    "6", PartyKind.COMPANY, company_name="SARL « Le Fournil des Ormes (fictif) »", siren="000123455",
    siret="00012345500016", city="Rennes", postcode="35000",
)  # fmt: skip
DUPONT = Party(
    "7", PartyKind.MEMBER, "Dupont", "Jacques", birth_date=date(1968, 3, 12), city="Nantes", postcode="44000"
)
DUPOND = Party("8", PartyKind.MEMBER, "Dupond", "Élodie", birth_date=date(1971, 7, 1))
CHILD = Party(
    "9", PartyKind.BENEFICIARY, "Dupond", "Lou", birth_date=date(2008, 7, 1), dossier="8", relation="child"
)
LEFEBVRE = Party("10", PartyKind.MEMBER, "Lefebvre", "Œnone", birth_date=date(1944, 1, 1))
EVERYBODY = (HELENE, YVES, HOMONYM, NDIAYE, NOBLE, COMPANY, DUPONT, DUPOND, CHILD, LEFEBVRE)

SEARCHES: list[tuple[str, list[str]]] = [
    ("marchand", ["1", "3", "2"]),
    ("MARCHAND Hélène", ["1", "3"]),
    ("helene marchand", ["1", "3"]),
    ("h marchand", ["1", "3"]),
    ("marchand hel", ["1", "3"]),
    ("march", ["1", "3", "2"]),
    ("merchand", ["1", "3", "2"]),
    ("marchant", ["1", "3", "2"]),
    ("mrachand yves", ["2"]),
    ("marchand yvse", ["2"]),
    ("marchand nantes", ["1", "2"]),
    ("nantes marchand", ["1", "2"]),
    ("marchand nant", ["1", "2"]),
    ("marchand 44000", ["1", "2"]),
    ("marchand 1968", ["1"]),
    ("1968 marchand", ["1"]),
    ("marchand 12/03/1968", ["1"]),
    ("merchand 12 mars 1968", ["1"]),
    ("helene 12031968", ["1"]),
    ("saint evroult marchand", ["3"]),
    ("le goff", ["1"]),
    ("legoff helene", ["1"]),
    ("goff", ["1"]),
    ("dupont j", ["7"]),
    ("dupont", ["7", "8", "9"]),
    ("ndiaye", ["4"]),
    ("n'diaye jean-marc", ["4"]),
    ("jean marc n diaye", ["4"]),
    ("diaye", ["4"]),
    ("maubourg", ["5"]),
    ("la tour maubourg claire", ["5"]),
    ("de la tour", ["5"]),
    ("lefevre", ["10"]),
    ("oenone", ["10"]),
    ("jean", ["4"]),
    ("jean rennes", ["4"]),
    ("12 mars 1968", ["7", "1"]),
    ("12031968", ["7", "1"]),
    ("le 12 mars 1968", ["1", "7"]),
    ("marchand le 12/03/1968", ["1"]),
    ("jacky", ["7"]),
    ("0639 984", ["1"]),
    ("mars 1968", ["7", "1"]),
    ("nantes", ["7", "1", "2"]),
    ("61550", ["3"]),
    ("0482917350", ["1", "2"]),
    ("0482 917 350", ["1", "2"]),
    ("0482 91", ["1", "2"]),
    ("marchand 0482917350", ["1", "2"]),
    ("yves 0482917350", ["2"]),
    ("0482917350 12/03/1968", ["1"]),
    ("nadège 0639984127", ["1"]),
    ("06 39 98 41 27", ["1"]),
    ("+33 6 39 98 41 27", ["1"]),
    ("0033639984127", ["1"]),
    ("02.99.00.11.22", ["1"]),
    ("98 41 27", ["1"]),
    ("helene.marchand@exemple.invalid", ["1"]),
    ("HELENE.MARCHAND@", ["1"]),
    ("fournil", ["6"]),
    ("le fournil des ormes", ["6"]),
    ("ormes fournil", ["6"]),
    ("fournil rennes", ["6"]),
    ("fournil nantes", []),
    ("000 123 455", ["6"]),
    ("000 123 455 00016", ["6"]),
    ("zzzzzz", []),
    ("marchand 99999", []),
    ("", []),
]
