"""Personas whose story is about care: quotes, hospital, cards, links with the fund, complaints."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from avise.demo.population.business_days import (
    add_working_days,
    is_working_day,
    paris,
    working_day_before,
    working_day_from,
)
from avise.demo.population.contracts import Cover
from avise.demo.population.entities import Dossier
from avise.demo.population.money import percent_cover, settle, settle_stay, tariffs_on
from avise.demo.population.places import LOIRE_ATLANTIQUE
from avise.demo.population.plans import BALANCED, COMFORT
from avise.demo.population.scripting import Born, Relative, Script, years
from avise.demo.population.spec import WorldSpec
from avise.demo.population.story_facts import (
    LineDays,
    ago,
    authorization,
    benefit_line,
    document,
    exchange,
    open_complaint,
    with_documents,
    with_exchanges,
    with_lines,
    with_link,
)

_HOME = LOIRE_ATLANTIQUE


def _dental_quote(world: WorldSpec, dossier: Dossier, cover: Cover) -> Dossier:
    as_of, day = world.as_of, ago(world.as_of, 6)
    settlement = settle(118_000, 12_000, 60, 0, percent_cover(12_000, cover.plan.dental))
    quote = authorization(
        dossier, "PEC-P01", "dental", settlement, day, "pending", as_of + timedelta(days=20)
    )
    quote = replace(quote, provider="Dr Orminel, dentiste")
    letter = exchange(
        dossier,
        1,
        paris(day, 9, 5),
        "letter_in",
        "in",
        "Courrier : devis dentaire",
        "Demande le reste à charge, réponse souhaitée par courrier",
    )
    dossier = replace(dossier, authorizations=(quote, *dossier.authorizations))
    dossier = with_documents(
        dossier, [document(dossier, 1, paris(day, 9, 5), "Devis dentaire, couronne", "quote")]
    )
    return with_exchanges(dossier, [replace(letter, reason="R05")])


def _newborn(world: WorldSpec, dossier: Dossier, _cover: Cover) -> Dossier:
    child = dossier.beneficiaries[-1].person
    dossier = with_link(dossier, child.ids.party, "rejected", "20", world.as_of, 4)
    call = exchange(
        dossier,
        1,
        paris(ago(world.as_of, 12), 10, 22),
        "phone_in",
        "in",
        "Appel entrant : naissance",
        "Ajout de l’enfant, acte de naissance reçu",
    )
    birth = document(dossier, 1, paris(ago(world.as_of, 11), 14, 2), "Acte de naissance", "certificate")
    dossier = with_documents(dossier, [birth])
    return with_exchanges(dossier, [replace(call, reason="R11", author="Solène Marteau", duration_s=402)])


def _hospital_tomorrow(world: WorldSpec, dossier: Dossier, cover: Cover) -> Dossier:
    as_of = world.as_of
    care = settle(62_000, 48_000, 80, 0, percent_cover(48_000, cover.plan.surgery))
    stay = settle_stay(care, nights=3, room=6_500, room_cover=cover.plan.room,
                       day_charge=tariffs_on(as_of).hospital_day,
                       heavy_act=tariffs_on(as_of).heavy_act)  # fmt: skip
    asked = working_day_before(as_of)
    pec = authorization(dossier, "PEC-P11", "hospital", stay, asked, "pending", as_of + timedelta(days=1))
    fax = exchange(
        dossier,
        1,
        paris(asked, 16, 48),
        "phone_in",
        "in",
        "Appel entrant : clinique",
        "Entrée demain à 8 h 00, prise en charge attendue",
    )
    dossier = replace(
        dossier, authorizations=(replace(pec, provider="Clinique des Salorges"), *dossier.authorizations)
    )
    return with_exchanges(dossier, [replace(fax, reason="R07", duration_s=214, author="Léa Girard")])


def _card_refused(world: WorldSpec, dossier: Dossier, _cover: Cover) -> Dossier:
    refusal = "Bénéficiaire inconnu du service de droits en ligne"
    cards = tuple(
        replace(card, status="refused", refusal=refusal) if card.valid_from.year == world.as_of.year else card
        for card in dossier.cards
    )
    return replace(dossier, cards=cards)


def _repeated_caller(world: WorldSpec, dossier: Dossier, cover: Cover) -> Dossier:
    as_of = world.as_of
    awaited = benefit_line(dossier, cover, 1, "consult_spec", settle(6_000, 3_150, 70, 200, 1_575),
                           LineDays(ago(as_of, 40), ago(as_of, 30), None))  # fmt: skip
    calls = [
        replace(
            exchange(dossier, place, paris(ago(as_of, days), 9 + place, 14), "phone_in", "in",
                     "Appel entrant : suivi d’un remboursement", said),
            reason="R01", duration_s=300 + 40 * place, wait_s=130, author="Thibault Ozanne",
        )
        for place, (days, said) in enumerate(
            ((25, "Délai annoncé : cinq jours."), (20, "Relance, délai de cinq jours redonné."),
             (16, "Très mécontent, rappel promis."), (2, "Rappel promis non tenu.")), start=1)
    ]  # fmt: skip
    tomorrow = working_day_from(as_of + timedelta(days=1))
    received = as_of
    while add_working_days(received, 10) > tomorrow or not is_working_day(received):
        received -= timedelta(days=1)
    complaint = open_complaint(
        2304,
        received,
        as_of,
        "Délai de traitement",
        "Quatre appels pour le même remboursement, sans réponse.",
        "Solène Marteau",
    )
    complaint = replace(complaint, channel="phone", acknowledged_on=None, status="open")
    return with_exchanges(with_lines(replace(dossier, complaints=(complaint,)), [awaited]), calls)


def _relay(world: WorldSpec, dossier: Dossier, _cover: Cover) -> Dossier:
    call = exchange(
        dossier,
        1,
        paris(ago(world.as_of, 5), 14, 35),
        "phone_in",
        "in",
        "Appel par centre relais",
        "Transcription écrite, réponse par messagerie sécurisée",
    )
    answer = exchange(
        dossier,
        2,
        paris(ago(world.as_of, 5), 15, 2),
        "secure_message",
        "out",
        "Réponse écrite : lunettes",
        "Date de renouvellement confirmée par écrit",
    )
    return with_exchanges(
        dossier, [replace(call, reason="R06", duration_s=940), replace(answer, reason="R06")]
    )


DENTAL_QUOTE = Script(
    "P01", "Devis dentaire reçu par courrier ; préfère les lettres.", "Trévallec", "Monique", "F", years(74),
    _HOME[1], "retired", COMFORT, 21, mobile=4101, person={"accessibility": "low_vision"},
    story=_dental_quote,
)  # fmt: skip
NEWBORN = Script(
    "P02", "Nouveau-né non rattaché : liaison rejetée par la caisse, code 20.", "Benhalla-Roux", "Karim", "M",
    years(34), _HOME[3], "active", BALANCED, 4, mobile=4102, story=_newborn,
    relatives=(
        Relative("Élodie", "F", years(32), "spouse"),
        Relative("Sofia", "F", Born(days_ago=24), with_nir=False),
    ),
)  # fmt: skip
HOSPITAL_TOMORROW = Script(
    "P11", "Prise en charge hospitalière attendue pour demain 8 h 00.", "Montravel", "Gisèle", "F", years(58),
    _HOME[2], "active", COMFORT, 11, mobile=4111, story=_hospital_tomorrow,
)  # fmt: skip
CARD_REFUSED = Script(
    "P12", "Carte de tiers payant refusée à la pharmacie, à l’instant.", "Tessandier", "Mickaël", "M",
    years(41),
    _HOME[4], "active", BALANCED, 3, mobile=4112, story=_card_refused,
)  # fmt: skip
REPEATED_CALLER = Script(
    "P13", "Quatre appels pour le même remboursement, puis une réclamation à accuser avant demain.",
    "Grimbaud",
    "Didier", "M", years(63), _HOME[5], "active", COMFORT, 16, mobile=4113, story=_repeated_caller,
)  # fmt: skip
RELAY = Script(
    "P15", "Sourde : appelle par centre relais, réponses par écrit.", "Quévignac", "Delphine", "F", years(44),
    _HOME[6], "active", BALANCED, 8, mobile=4115, person={"accessibility": "deaf"}, story=_relay,
)  # fmt: skip
