"""The lead persona: Hélène Marchand, whose screen the user guide shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from avise.demo.population import official_numbers
from avise.demo.population.business_days import add_months, paris, working_day_before
from avise.demo.population.consumption import guarantees_of
from avise.demo.population.contracts import Cover
from avise.demo.population.entities import (
    Appointment,
    BankAccount,
    BenefitLine,
    Dossier,
    MemberSpaceActivity,
    MemberSpaceVisit,
)
from avise.demo.population.money import Settlement, euros, settle
from avise.demo.population.people import Household
from avise.demo.population.places import Commune
from avise.demo.population.plans import SERENITY
from avise.demo.population.scripting import Born, Relative, Script, years
from avise.demo.population.spec import WorldSpec
from avise.demo.population.story_facts import (
    LineDays,
    ago,
    benefit_line,
    document,
    exchange,
    open_complaint,
    with_consents,
    with_documents,
    with_exchanges,
    with_lines,
    with_rejects,
)

_OPTICS: Settlement = settle(25_015, 15, 60, 0, 21_394)
_RECENT: tuple[tuple[int, str, str, Settlement, str], ...] = (
    (22, "consult_spec", "Consultation spécialiste", settle(4_955, 3_150, 70, 200, 3_150), "member"),
    (34, "pharmacy", "Pharmacie 65 %", settle(3_383, 3_383, 65, 100), "provider"),
    (49, "lab", "Analyses de biologie", settle(4_905, 4_905, 60, 200), "member"),
    (62, "paramed", "Kinésithérapie, 6 séances", settle(14_520, 14_520, 60, 600), "member"),
    (74, "consult_gp", "Consultation généraliste", settle(3_000, 3_000, 70, 200), "member"),
)
"""Days before today of the payment, family, label, amounts and who was paid."""


def _lines(dossier: Dossier, cover: Cover, as_of: date) -> list[BenefitLine]:
    glasses = LineDays(ago(as_of, 22), ago(as_of, 15), working_day_before(as_of))
    first = benefit_line(dossier, cover, 1, "optics", _OPTICS, glasses)
    lines = [replace(first, label="Optique, monture et verres")]
    for place, (days, family, label, settlement, payee) in enumerate(_RECENT, start=2):
        paid = ago(as_of, days)
        dates = LineDays(paid - timedelta(days=9), paid - timedelta(days=3), paid)
        line = benefit_line(dossier, cover, place, family, settlement, dates, payee)
        lines.append(replace(line, label=label))
    return lines


def _space(as_of: date) -> MemberSpaceActivity:
    visits = tuple(
        MemberSpaceVisit(paris(as_of - timedelta(days=days), hour, minute), "mobile", page, search)
        for days, hour, minute, page, search in (
            (41, 19, 12, "Ma carte de tiers payant", ""),
            (12, 12, 4, "Contacter un conseiller", ""),
            (5, 20, 31, "Mes remboursements", ""),
            (0, 8, 51, "Mes remboursements", ""),
            (0, 8, 53, "Mes remboursements", "délai virement optique"),
            (0, 8, 55, "Mes remboursements", ""),
        )
    )
    return MemberSpaceActivity("active", add_months(as_of, -70), "mobile", "email_and_sms", True, visits)


def _exchanges(dossier: Dossier, as_of: date) -> Dossier:
    number = dossier.benefit_lines[0].statement
    asked = ago(as_of, 12)
    body = (
        "Bonjour,\n\nJ’ai envoyé la facture de mes lunettes il y a plusieurs jours et je n’ai rien reçu. "
        "Je suis malentendante\u00a0: merci de me répondre par écrit.\n\nHélène Marchand"
    )
    text = exchange(
        dossier,
        1,
        paris(working_day_before(as_of), 9, 12),
        "sms",
        "out",
        "Votre remboursement est traité",
        f"Décompte {number}, 214,00 €",
    )
    call = exchange(
        dossier,
        2,
        paris(ago(as_of, 8), 17, 5),
        "phone_out",
        "out",
        "Appel sortant, sans réponse",
        "Message vocal laissé, rappel prévu",
    )
    mail = exchange(
        dossier,
        3,
        paris(asked, 11, 48),
        "email",
        "in",
        "Où en est mon dossier ?",
        "Demande le délai du virement optique",
    )
    answer = exchange(dossier, 4, paris(asked, 11, 49), "email", "out", "Nous avons bien reçu votre message",
                      "Réponse automatique")  # fmt: skip
    return with_exchanges(
        dossier,
        [
            replace(text, status="delivered"),
            replace(call, status="missed", author="Karim Benali", reason="R01"),
            replace(mail, reason="R01", body=body),
            replace(answer, status="delivered"),
        ],
    )


def _documents(dossier: Dossier, as_of: date) -> Dossier:
    day, printed = ago(as_of, 15), date(as_of.year - 1, 12, 12)
    address = "Carte de tiers payant, rectificatif d’adresse"
    return with_documents(
        dossier,
        [
            document(dossier, 1, paris(day, 8, 30), "Facture opticien, Optique du Port, 250,15 €", "invoice"),
            document(dossier, 2, paris(ago(as_of, 55), 10, 12), address, "other", "out"),
            document(dossier, 3, paris(printed, 9), f"Carte de tiers payant {as_of.year}", "other", "out"),
            document(dossier, 4, paris(ago(as_of, 49), 16, 20), "Devis optique", "quote"),
        ],
    )


def _appointment(dossier: Dossier, as_of: date) -> Appointment:
    start = paris(ago(as_of, 49), 16)
    return Appointment(
        f"rdv-{dossier.index:07d}-s1@exemple.invalid", start, start + timedelta(minutes=45), "agency",
        "Devis optique remis", "Nantes Centre", "Marc Le Goff", "done",
    )  # fmt: skip


def _bank(dossier: Dossier, cover: Cover) -> tuple[BankAccount, ...]:
    return (
        BankAccount("both", official_numbers.iban_ending(44, "4417"), "FICTFRPP",
                    f"{dossier.member.last_name} {dossier.member.first_name}", "RUM048291735", cover.since,
                    cover.since, "active", "match", 5),
    )  # fmt: skip


def tell(world: WorldSpec, dossier: Dossier, cover: Cover) -> Dossier:
    """Write the story: optical reimbursement paid the working day before, complaint open, debit rejected."""
    as_of = world.as_of
    kept = tuple(
        line for line in dossier.benefit_lines
        if line.care_date < as_of - timedelta(days=100) and line.act_family != "optics"
    )  # fmt: skip
    dossier = with_lines(replace(dossier, benefit_lines=kept), _lines(dossier, cover, as_of))
    household = Household("active", dossier.member, dossier.beneficiaries)
    calls = tuple(
        replace(call, amount=euros(8_420), method="direct_debit", due_on=call.due_on.replace(day=5))
        for call in dossier.contributions
    )  # fmt: skip
    dossier = replace(
        dossier,
        advisor="Marc Le Goff",
        agency="Nantes Centre",
        guarantees=guarantees_of(household, cover, dossier.benefit_lines, as_of),
        contributions=calls,
        accounts=_bank(dossier, cover),
        appointments=(_appointment(dossier, as_of),),
        member_space=_space(as_of),
        complaints=(
            open_complaint(2291, ago(as_of, 12), as_of, "Délai de traitement optique",
                           "Ma facture d’opticien n’est toujours pas remboursée.", "Karim Benali"),
        ),
        cards=tuple(
            replace(card, edition="paper", status="active", sent_on=date(as_of.year - 1, 12, 12))
            if card.valid_from.year == as_of.year else card
            for card in dossier.cards
        ),
    )  # fmt: skip
    dossier = with_rejects(dossier, as_of)
    dossier = with_consents(dossier, "no", as_of, "Appel, opposition notée")
    return _documents(_exchanges(dossier, as_of), as_of)


SCRIPT = Script(
    "P00",
    "Malentendante : remboursement optique payé la veille, réclamation ouverte, prélèvement rejeté.",
    "Marchand",
    "Hélène",
    "F",
    Born(date(1968, 3, 12)),
    Commune("Nantes", "44", "44000"),
    plan=SERENITY,
    since_years=12.2,
    birth_name="Kerbrat",
    birth_department="44",
    relatives=(
        Relative("Yves", "M", years(60.2), "spouse"),
        Relative("Lou", "F", years(22.1)),
    ),
    person={"accessibility": "deaf"},
    mobile=4127,
    street="14 rue des Tilleuls",
    story=tell,
)
