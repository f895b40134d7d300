"""What the requests of the demonstration say, by type: titles, first words, questions, answers, notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestWording:
    """How requests of one type read.

    Args:
        share: how often, beside the other types.
        titles: what the list shows.
        firsts: what the requester writes.
        reasons: why it waits for the member.
    """

    share: float
    titles: tuple[str, ...]
    firsts: tuple[str, ...]
    waits: tuple[str, ...] = ("Pièce demandée par courriel.",)


WORDINGS: Mapping[str, RequestWording] = {
    "REIMB_SEARCH": RequestWording(
        26.0,
        (
            "Remboursement non reçu",
            "Décompte introuvable, kiné",
            "Double règlement, hospitalisation",
            "Part sécu manquante, radiologie",
            "Facture dentaire illisible",
            "Forfait hospitalier réclamé à tort",
            "Virement annoncé, compte non crédité",
            "Analyses payées deux fois",
        ),
        (
            "L’adhérent rappelle : le décompte de la caisse est arrivé, rien de notre côté.",
            "Facture acquittée jointe. Merci de dire quand le virement partira.",
            "Tiers payant refusé, l’adhérent a tout avancé.",
        ),
        ("Attend une facture acquittée.", "Attend le décompte de la caisse."),
    ),
    "REIMB_REVIEW": RequestWording(
        7.0,
        ("Reste à charge contesté", "Plafond appliqué à tort", "Dépassement non remboursé"),
        (
            "Conteste le montant : le devis accepté annonçait davantage.",
            "Pense que le plafond de l’an dernier a été appliqué.",
        ),
    ),
    "NOEMIE_REPAIR": RequestWording(
        9.0,
        ("Rejet de télétransmission", "Changement de caisse, liaison coupée", "Autre mutuelle déclarée"),
        (
            "La caisse dit avoir transmis, nous ne recevons rien depuis deux mois.",
            "Déménagement : nouvelle caisse, attestation demandée.",
        ),
        ("Attend l’attestation de droits.", "Attend le certificat de radiation."),
    ),
    "QUOTE_DENTAL": RequestWording(
        9.0,
        ("Couronne, devis à estimer", "Orthodontie, semestre 4", "Prothèses, second devis", "Implant, devis"),
        (
            "Devis du dentiste joint, l’adhérent attend le reste à charge.",
            "Deuxième devis, moins cher : comparer.",
        ),
    ),
    "QUOTE_OPTIC": RequestWording(
        7.0,
        ("Lunettes, renouvellement anticipé", "Lentilles, forfait annuel", "Monture hors réseau"),
        ("Devis de l’opticien joint.", "Renouvellement anticipé, justificatif joint."),
    ),
    "HOSPITAL_PEC": RequestWording(
        7.0,
        (
            "Entrée à la clinique, prise en charge",
            "Chambre particulière, prise en charge",
            "Chirurgie ambulatoire, prise en charge",
        ),
        (
            "Entrée prévue dans trois jours, la clinique attend l’accord.",
            "L’établissement redemande la prise en charge.",
        ),
    ),
    "QUOTE_AUDIO": RequestWording(
        2.0, ("Prothèses auditives, second devis", "Appareillage, devis"), ("Devis de classe II joint.",)
    ),
    "CARD_REISSUE": RequestWording(
        7.0,
        ("Carte non reçue", "Carte perdue", "Erreur de prénom sur la carte"),
        ("Carte à renvoyer à l’adresse du contrat.", "N’a jamais reçu la carte de janvier."),
    ),
    "CARD_REFUSED_AT_PROVIDER": RequestWording(
        1.5, ("Carte refusée en pharmacie",), ("Le pharmacien lit « droits fermés ».",)
    ),
    "CERTIFICATE": RequestWording(
        3.0, ("Attestation pour l’employeur", "Certificat de radiation"), ("Attendue pour vendredi.",)
    ),
    "BENEF_ADD": RequestWording(
        5.0,
        ("Naissance à ajouter", "Conjoint à ajouter"),
        ("Acte de naissance joint, rattaché aux deux parents.", "Effet demandé au premier du mois."),
        ("Attend l’acte de naissance.", "Attend l’attestation de droits."),
    ),
    "BANK_CHANGE": RequestWording(
        3.0, ("Changement de compte",), ("Nouveau relevé joint, titulaire inchangé.",), ("Attend le relevé.",)
    ),
    "CONTRIB_REVIEW": RequestWording(
        5.0,
        ("Cotisation de janvier contestée", "Prélèvement en double"),
        ("Ne comprend pas la hausse.", "Deux prélèvements le même jour."),
    ),
    "ARREARS_PLAN": RequestWording(
        2.0,
        ("Échéancier demandé",),
        ("Propose de payer en quatre fois.",),
        ("Attend l’accord de l’adhérent.",),
    ),
    "TERMINATION": RequestWording(
        4.0,
        ("Résiliation reçue", "Départ, mutuelle d’entreprise"),
        ("Mandat du nouvel assureur joint.", "Attestation de l’employeur jointe."),
    ),
    "PLAN_CHANGE": RequestWording(2.5, ("Changement de formule",), ("Avenant à préparer.",)),
    "AFFILIATION": RequestWording(2.5, ("Affiliation à terminer",), ("Bulletin signé joint.",)),
    "PORTABILITY": RequestWording(1.5, ("Portabilité à ouvrir",), ("Justificatif de chômage joint.",)),
    "DIGITAL_INCIDENT": RequestWording(
        2.5, ("Espace adhérent bloqué", "Notification en double"), ("Le lien d’activation n’arrive pas.",)
    ),
    "COMPLAINT": RequestWording(
        3.0,
        (
            "Réclamation : délai de remboursement",
            "Réclamation : accueil téléphonique",
            "Réclamation : refus de prise en charge",
        ),
        ("Quatre appels en dix jours pour le même dossier.", "S’estime mal renseigné à deux reprises."),
    ),
    "DEATH": RequestWording(0.6, ("Décès à enregistrer",), ("Acte joint par la famille.",)),
    "SOCIAL_AID": RequestWording(0.8, ("Aide exceptionnelle",), ("Dossier remis en agence.",)),
    "EMAIL_CONTACT": RequestWording(3.0, ("Courriel à orienter",), ("Reçu sur l’adresse générale.",)),
    "SOCIAL_CONTACT": RequestWording(
        1.5, ("Message privé, réseau social",), ("Demande de rappel en privé.",)
    ),
}

REPLIES = (
    "Vu, je regarde et je reviens vers vous dans la journée.",
    "Virement dans le lot de ce soir.",
    "La caisse a renvoyé le flux ce matin, le décompte suit.",
    "Accord envoyé à l’établissement.",
)
NOTES = (
    "Même motif le mois dernier : vérifier le paramétrage du contrat.",
    "Virement dans le lot de 18:02. Je vérifie la date de valeur demain matin.",
    "Titulaire du compte à contrôler avant paiement.",
)
QUESTIONS = (
    "La facture est-elle acquittée ou reste-t-il une part à régler ?",
    "De quelle date de soins s’agit-il exactement ?",
    "L’adhérent a-t-il changé de caisse cette année ?",
)
ANSWERS = (
    "Acquittée en totalité, tampon visible en bas de page.",
    "Du 2 du mois dernier.",
    "Oui, depuis son déménagement.",
)
AGAIN = "L’adhérent rappelle. Merci de confirmer la date."
