"""Personas whose story is about the contract, the money or the person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from avise.demo.population import official_numbers
from avise.demo.population.business_days import add_months, paris
from avise.demo.population.contracts import Cover
from avise.demo.population.entities import Consent, Dossier, MemberSpaceActivity
from avise.demo.population.places import COMMUNES, LOIRE_ATLANTIQUE, Commune
from avise.demo.population.plans import BALANCED, COMFORT, ESSENTIAL, SERENITY
from avise.demo.population.scripting import Born, Relative, Script, years
from avise.demo.population.spec import WorldSpec
from avise.demo.population.story_facts import (
    ago,
    document,
    exchange,
    with_consents,
    with_documents,
    with_exchanges,
    with_rejects,
)

_HOME = LOIRE_ATLANTIQUE
_BY_NAME = {commune.name: commune for commune in COMMUNES}


def _ending(dossier: Dossier, until: date, status: str, reason: str) -> Dossier:
    """End the current contract: no call and no right after that day."""
    current = replace(
        dossier.contracts[0], end_date=until, status=status, end_reason=reason, anniversary_date=None
    )
    return replace(
        dossier,
        contracts=(current, *dossier.contracts[1:]),
        rights_until=until,
        contributions=tuple(call for call in dossier.contributions if call.due_on <= until),
        cards=tuple(replace(card, valid_to=min(card.valid_to, until)) for card in dossier.cards),
    )


def _termination(world: WorldSpec, dossier: Dossier, _cover: Cover) -> Dossier:
    received = ago(world.as_of, 3)
    dossier = _ending(
        dossier, add_months(received, 1), "ending", "Résiliation à tout moment, mandat du nouvel organisme"
    )
    letter = exchange(
        dossier,
        1,
        paris(received, 8, 40),
        "letter_in",
        "in",
        "Courrier : demande de résiliation",
        "Envoyé par le nouvel organisme, mandat joint",
    )
    mandate = document(
        dossier, 1, paris(received, 8, 40), "Mandat de résiliation du nouvel organisme", "form"
    )
    return with_exchanges(with_documents(dossier, [mandate]), [replace(letter, reason="R16")])


def _madelin(world: WorldSpec, dossier: Dossier, _cover: Cover) -> Dossier:
    asked = exchange(
        dossier,
        1,
        paris(ago(world.as_of, 2), 18, 5),
        "email",
        "in",
        "Attestation Madelin",
        "Demande l’attestation fiscale de l’an dernier",
    )
    body = "Bonjour, mon comptable attend mon attestation Madelin. Pouvez-vous me l’envoyer ?"
    last_year = paris(date(world.as_of.year - 1, 4, 14), 10)
    kept = document(
        dossier, 1, last_year, f"Attestation Madelin {world.as_of.year - 2}", "certificate", "out"
    )
    return with_exchanges(with_documents(dossier, [kept]), [replace(asked, reason="R10", body=body)])


def _curatorship(world: WorldSpec, dossier: Dossier, _cover: Cover) -> Dossier:
    until = add_months(world.as_of, 14)
    member = replace(
        dossier.member,
        authorized_third_party="Annick Kerdraon (sœur)",
        authorized_scope="benefits",
        authorized_until=until,
    )
    return replace(dossier, member=member)


def _student(world: WorldSpec, dossier: Dossier, _cover: Cover) -> Dossier:
    certificate = document(
        dossier, 1, paris(ago(world.as_of, 10), 9), "Certificat de scolarité", "certificate"
    )
    dossier = with_documents(dossier, [replace(certificate, status="awaited")])
    return replace(dossier, rights_until=world.as_of + timedelta(days=18))


def _retirement(world: WorldSpec, dossier: Dossier, _cover: Cover) -> Dossier:
    call = exchange(
        dossier,
        1,
        paris(ago(world.as_of, 7), 11, 10),
        "phone_in",
        "in",
        "Appel entrant : départ à la retraite",
        "Part dans quatre mois, maintien loi Évin expliqué",
    )
    return with_exchanges(dossier, [replace(call, reason="R19", duration_s=611, author="Gwenn Lescop")])


def _arrears(world: WorldSpec, dossier: Dossier, _cover: Cover) -> Dossier:
    dossier = with_rejects(dossier, world.as_of, count=2, stage="instalment_plan")
    call = exchange(
        dossier,
        1,
        paris(ago(world.as_of, 4), 9, 31),
        "phone_in",
        "in",
        "Appel entrant : impayé",
        "Plan d’apurement en trois échéances accordé",
    )
    return with_exchanges(dossier, [replace(call, reason="R15", duration_s=505, author="Maud Estrelle")])


def _suspect_account(world: WorldSpec, dossier: Dossier, _cover: Cover) -> Dossier:
    changed = ago(world.as_of, 3)
    account = replace(
        dossier.accounts[0], usage="benefits", iban=official_numbers.iban_ending(911, "0666"), mandate="",
        signed_on=None, changed_on=changed, status="suspect", holder_check="no_match", debit_day=None,
    )  # fmt: skip
    asked = exchange(
        dossier,
        1,
        paris(changed, 22, 47),
        "secure_message",
        "in",
        "Changement de compte bancaire",
        "Nouveau RIB envoyé depuis un appareil inconnu",
    )
    return with_exchanges(
        replace(dossier, accounts=(account, *dossier.accounts)), [replace(asked, reason="R13")]
    )


def _death(world: WorldSpec, dossier: Dossier, _cover: Cover) -> Dossier:
    died = world.as_of - timedelta(days=9)
    dossier = _ending(dossier, died, "terminated", "Décès")
    member = replace(dossier.member, vital_status="deceased", death_date=died)
    call = exchange(
        dossier,
        1,
        paris(ago(world.as_of, 6), 10, 3),
        "phone_in",
        "in",
        "Appel entrant : décès",
        "Déclaré par l’épouse, pièces indiquées, prélèvements arrêtés",
    )
    dossier = replace(
        dossier,
        member=member,
        rights_status="closed",
        benefit_lines=tuple(line for line in dossier.benefit_lines if line.care_date <= died),
        appointments=(),
        consents=tuple(
            Consent(row.purpose, row.channel, "no", world.as_of - timedelta(days=6), "Décès déclaré")
            for row in dossier.consents
        ),
    )
    return with_exchanges(dossier, [replace(call, reason="R22", duration_s=720, author="Patricia Veyrac")])


def _portability(world: WorldSpec, dossier: Dossier, _cover: Cover) -> Dossier:
    return _ending(dossier, world.as_of + timedelta(days=29), "ending", "Fin de portabilité")


def _prospect(world: WorldSpec, dossier: Dossier, _cover: Cover) -> Dossier:
    bare = Dossier(
        dossier.index, dossier.persona, dossier.member, world.as_of, "closed", None, dossier.advisor,
        dossier.agency,
        contact_points=dossier.contact_points, consents=dossier.consents,
        member_space=MemberSpaceActivity("none", None, "web", "none", two_factor=False),
    )  # fmt: skip
    form = exchange(
        bare,
        1,
        paris(ago(world.as_of, 2), 20, 14),
        "web_form",
        "in",
        "Demande de rappel",
        "Souhaite un devis pour deux personnes",
    )
    bare = with_consents(bare, "yes", world.as_of, "Formulaire du site, case cochée", channels=("phone",))
    return with_exchanges(bare, [form])


def _delegate(world: WorldSpec, dossier: Dossier, _cover: Cover) -> Dossier:
    sheet = exchange(
        dossier,
        1,
        paris(ago(world.as_of, 1), 17, 20),
        "delegate",
        "in",
        "Fiche contact d’élu",
        "Pour une adhérente de Vertaville : attend une réponse écrite à un devis dentaire",
    )
    return with_exchanges(dossier, [sheet])


def _homonym(
    code: str, sentence: str, names: tuple[str, str, str], born: date, home: Commune, mobile: int
) -> Script:
    last_name, first_name, sex = names
    return Script(
        code, sentence, last_name, first_name, sex, Born(born), home, "active", BALANCED, 6, mobile=mobile
    )


_MARTIN, _CAMILLE = ("Lefort", "Martin", "M"), ("Duval", "Camille", "F")
_SAME_DAY = "Homonyme, né le même jour dans une autre ville."

TERMINATION = Script(
    "P03", "Résilie à tout moment ; le nouvel organisme a le mandat.", "Lormeau", "Bastien", "M", years(27),
    _HOME[0], "active", ESSENTIAL, 2.4, mobile=4103, story=_termination,
)  # fmt: skip
BAKERY_EMPLOYEE = Script(
    "P04", "Salariée du Fournil des Ormes (fictif) ; l’anomalie de DSN bloque son affiliation.", "Ormelin",
    "Rozenn",
    "F", years(33), _HOME[1], "employee", since_years=3, bakery=True, mobile=4104,
)  # fmt: skip
POTTER = Script(
    "P05", "Potière à son compte ; attend son attestation Madelin.", "Coulibert", "Nadège", "F", years(46),
    _HOME[7], "self_employed", COMFORT, 7, mobile=4105, story=_madelin,
)  # fmt: skip
CURATORSHIP = Script(
    "P06", "Sous curatelle ; sa sœur est autorisée.", "Kerdraon", "Yvon", "M", years(81), _HOME[8], "retired",
    BALANCED, 30, mobile=4106, story=_curatorship,
    person={"protection": "curatorship", "legal_representative": "Mme Rochard, curatrice"},
)  # fmt: skip
STUDENT = Script(
    "P07", "Certificat de scolarité bientôt expiré.", "Pastourel", "Inès", "F", years(20), _HOME[9],
    "student",
    ESSENTIAL, 1.6, mobile=4107, story=_student,
)  # fmt: skip
FAMILY = Script(
    "P08", "Cinq bénéficiaires, deux en garde alternée.", "Vasseur-Ndiaye", "Aurélie", "F", years(42),
    _HOME[10],
    "active", COMFORT, 9, mobile=4108,
    relatives=(
        Relative("Mamadou", "M", years(44), "spouse", "Ndiaye"),
        Relative("Salomé", "F", years(16), link={"own_statements": True}),
        Relative("Ibrahim", "M", years(12), link={"shared_custody": True}),
        Relative("Rose", "F", years(9), link={"shared_custody": True}),
        Relative("Isaac", "M", years(3)),
    ),
)  # fmt: skip
RETIREMENT = Script(
    "P09", "Part à la retraite dans quatre mois ; maintien loi Évin à proposer.", "Abadie", "Jean-Luc", "M",
    years(62),
    _HOME[11], "employee", since_years=14, mobile=4109, story=_retirement,
    relatives=(Relative("Corinne", "F", years(60), "spouse"),),
)  # fmt: skip
ARREARS = Script(
    "P10", "Deux prélèvements rejetés ; plan d’apurement accordé.", "Oudin", "Sabrina", "F", years(38),
    _HOME[0],
    "active", BALANCED, 5, mobile=4110, story=_arrears, relatives=(Relative("Enzo", "M", years(15)),),
)  # fmt: skip
SUSPECT_ACCOUNT = Script(
    "P14", "Compte changé il y a trois jours ; la banque ne reconnaît pas le titulaire.", "Harmelin",
    "Odette", "F",
    years(79), _HOME[2], "retired", SERENITY, 26, mobile=4114, story=_suspect_account,
)  # fmt: skip
CONFIDENTIAL = Script(
    "P16", "Adresse confidentielle : dossier protégé.", "Urvoisin", "Magali", "F", years(36), _HOME[3],
    "active",
    BALANCED, 3, mobile=4116, person={"restricted": True}, relatives=(Relative("Noah", "M", years(7)),),
)  # fmt: skip
STAFF_MEMBER = Script(
    "P17", "Salarié de la mutuelle : son propre dossier.", "Vasquelin", "Rémi", "M", years(45), _HOME[4],
    "employee",
    since_years=10, mobile=4117, person={"restricted": True, "staff_member": True},
)  # fmt: skip
DEATH = Script(
    "P18", "Décès déclaré ; campagnes et prélèvements arrêtés.", "Sauvineau", "Gaston", "M", years(84),
    _HOME[5],
    "retired", COMFORT, 33, mobile=4118, story=_death,
    relatives=(Relative("Huguette", "F", years(82), "spouse"),),
)  # fmt: skip
PORTABILITY = Script(
    "P19", "Portabilité : droits ouverts encore 29 jours.", "Daubousset", "Cédric", "M", years(39), _HOME[6],
    "portability", since_years=4, mobile=4119, story=_portability,
)  # fmt: skip
HOMONYM_A = _homonym("P20", _SAME_DAY, _MARTIN, date(1979, 9, 3), _BY_NAME["Vertaville"], 4120)
HOMONYM_B = _homonym("P20b", _SAME_DAY, _MARTIN, date(1979, 9, 3), _BY_NAME["Rennevel"], 4125)
HOMONYM_C = _homonym("P20c", _SAME_DAY, _CAMILLE, date(1992, 2, 29), _BY_NAME["Lavalmont"], 4126)
HOMONYM_D = _homonym("P20d", _SAME_DAY, _CAMILLE, date(1992, 2, 29), _BY_NAME["Lorientis"], 4128)
OVERSEAS = Script(
    "P21", "Né à La Réunion : NIR en 974.", "Hoarivelle", "Jérôme", "M", years(50),
    _BY_NAME["Saint-Denys-les-Hauts"],
    "active", BALANCED, 6, birth_department="974", mobile=4121,
)  # fmt: skip
CORSICANS = Script(
    "P22", "Nés en Corse : NIR en 2A et 2B.", "Casanelli", "Lucia", "F", years(57), _BY_NAME["Ajacciola"],
    "active",
    BALANCED, 12, birth_department="2A", mobile=4122,
    relatives=(Relative("Ange", "M", years(59), "spouse", birth_department="2B"),),
)  # fmt: skip
PROSPECT = Script(
    "P23", "Prospect sans contrat qui a demandé à être rappelé.", "Jaubreton", "Anaïs", "F", years(31),
    _HOME[7],
    "prospect", mobile=4123, story=_prospect,
)  # fmt: skip
DELEGATE = Script(
    "P24", "Élue : remonte une fiche contact pour une adhérente.", "Estivelle", "Béatrice", "F", years(66),
    _HOME[1],
    "retired", COMFORT, 18, mobile=4124, story=_delegate,
)  # fmt: skip
