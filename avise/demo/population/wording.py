"""What exchanges, documents and complaints say: short French texts with slots, all invented."""

from __future__ import annotations

from dataclasses import dataclass

from avise.demo.population.streams import Weighted


@dataclass(frozen=True, slots=True)
class ReasonWording:
    """How a reason of contact reads in a call's summary and in a message."""

    code: str
    title: str
    summaries: tuple[str, ...]
    message: str


_REASONS: tuple[tuple[float, ReasonWording], ...] = (
    (15.0, ReasonWording("R01", "Suivi d’un remboursement",
     ("Demande où en est le remboursement de {act}.", "Paiement annoncé, délai expliqué.",
      "Facture bien reçue, traitement en cours."),
     "Bonjour, je n’ai toujours pas reçu le remboursement de {act}. Pouvez-vous me dire où il en est ?")),
    (5.0, ReasonWording("R02", "Télétransmission",
     ("Décompte de la caisse absent, liaison à vérifier.", "Changement de caisse signalé."),
     "Bonjour, ma caisse dit avoir transmis mon décompte, mais je ne vois rien dans mon espace.")),
    (7.0, ReasonWording("R03", "Comprendre un remboursement",
     ("Reste à charge expliqué sur {act}.", "Conteste le montant, explication donnée."),
     "Bonjour, je ne comprends pas ce qui reste à ma charge sur {act}.")),
    (9.0, ReasonWording("R04", "Question sur les garanties",
     ("Garanties dentaires expliquées.", "Demande ce qui reste pour les lunettes.",
      "Forfait de médecines douces précisé."),
     "Bonjour, suis-je couvert pour une séance d’ostéopathie, et pour quel montant ?")),
    (5.5, ReasonWording("R05", "Devis dentaire",
     ("Devis reçu, estimation à envoyer.", "Relance pour un devis."),
     "Bonjour, voici le devis de mon dentiste. Quel sera mon reste à charge ?")),
    (4.5, ReasonWording("R06", "Devis optique",
     ("Devis de l’opticien transmis.", "Date de renouvellement donnée."),
     "Bonjour, à partir de quand puis-je renouveler mes lunettes ?")),
    (4.5, ReasonWording("R07", "Prise en charge hospitalière",
     ("Demande de prise en charge pour une entrée prochaine.", "Chambre particulière : plafond rappelé."),
     "Bonjour, j’entre à la clinique le mois prochain, comment obtenir la prise en charge ?")),
    (1.0, ReasonWording("R08", "Devis audioprothèse", ("Règle des quatre ans expliquée.",),
     "Bonjour, je vous envoie le devis de mon audioprothésiste.")),
    (8.5, ReasonWording("R09", "Carte de tiers payant", ("Carte non reçue, carte numérique renvoyée.",
     "Carte refusée en pharmacie, droits vérifiés."),
     "Bonjour, je n’ai pas reçu ma nouvelle carte de tiers payant.")),
    (4.0, ReasonWording("R10", "Attestation", ("Attestation de droits envoyée par e-mail.",),
     "Bonjour, pouvez-vous m’envoyer une attestation pour mon employeur ?")),
    (4.5, ReasonWording("R11", "Bénéficiaire à ajouter ou à retirer",
     ("Naissance annoncée, pièces demandées.", "Fin d’études, retrait demandé."),
     "Bonjour, je voudrais ajouter mon enfant à mon contrat.")),
    (2.5, ReasonWording("R12", "Changement de coordonnées", ("Nouvelle adresse notée.",),
     "Bonjour, je vous informe de ma nouvelle adresse.")),
    (3.5, ReasonWording("R13", "Changement de compte bancaire", ("RIB demandé, niveau 3 requis.",),
     "Bonjour, je change de banque, que dois-je vous envoyer ?")),
    (5.0, ReasonWording("R14", "Montant de la cotisation", ("Hausse de janvier expliquée.",
     "Date de prélèvement à changer."), "Bonjour, pourquoi ma cotisation a-t-elle augmenté ?")),
    (2.5, ReasonWording("R15", "Impayé", ("Rejet expliqué, paiement par carte proposé.",),
     "Bonjour, mon prélèvement a été rejeté, comment régulariser ?")),
    (3.5, ReasonWording("R16", "Résiliation", ("Conditions de résiliation données.",),
     "Bonjour, comment résilier mon contrat ?")),
    (2.5, ReasonWording("R17", "Suivi d’adhésion", ("Étape de l’adhésion précisée.",),
     "Bonjour, où en est mon adhésion ?")),
    (2.5, ReasonWording("R18", "Changement de formule", ("Écart de prix donné, devis à envoyer.",),
     "Bonjour, je souhaite changer de formule.")),
    (3.5, ReasonWording("R19", "Contrat collectif", ("Dispense expliquée.", "Portabilité : dates données."),
     "Bonjour, je quitte mon entreprise, que devient ma mutuelle ?")),
    (3.5, ReasonWording("R20", "Espace adhérent", ("Lien d’activation renvoyé.",),
     "Bonjour, je n’arrive plus à me connecter à mon espace.")),
    (1.5, ReasonWording("R21", "Réclamation", ("Mécontentement sur un délai, réclamation proposée.",),
     "Bonjour, je suis très mécontent du délai de traitement de mon dossier.")),
    (0.5, ReasonWording("R22", "Décès", ("Décès d’un proche annoncé, pièces indiquées.",),
     "Bonjour, je vous informe du décès d’un proche couvert par mon contrat.")),
    (0.5, ReasonWording("R23", "Recours, aide", ("Accident causé par un tiers déclaré.",),
     "Bonjour, j’ai eu un accident, que dois-je vous déclarer ?")),
)  # fmt: skip

REASONS = Weighted([(reason, share) for share, reason in _REASONS])
"""The 23 reasons with their shares (`domain.md` 3.3)."""

REASON: dict[str, ReasonWording] = {reason.code: reason for _, reason in _REASONS}

NOTICES: tuple[str, ...] = (
    "Lettre d’information", "Vos services en ligne", "Rappel : vos garanties", "Prévention : dépistage",
    "Enquête de satisfaction", "Votre échéancier est disponible",
)  # fmt: skip
PAGES: tuple[str, ...] = (
    "Mes remboursements", "Ma carte de tiers payant", "Mes garanties", "Mes cotisations", "Mes documents",
    "Mes devis", "Mon profil", "Contacter un conseiller",
)  # fmt: skip
SEARCHES: tuple[str, ...] = (
    "délai remboursement", "carte tiers payant", "ostéopathe", "changer de RIB", "lunettes renouvellement",
    "attestation", "ajouter enfant", "reste à charge dentaire", "résilier",
)  # fmt: skip
COMPLAINT_SUBJECTS: tuple[str, ...] = (
    "Délai de traitement", "Refus de prise en charge", "Montant remboursé", "Accueil téléphonique",
    "Démarchage commercial", "Données personnelles", "Cotisation contestée",
)  # fmt: skip
COMPLAINT_TEXTS: tuple[str, ...] = (
    "Malgré plusieurs relances, je n’ai reçu aucune réponse claire.",
    "Le montant ne correspond pas à ce qui m’avait été annoncé.",
    "J’ai attendu longtemps au téléphone, sans suite.",
)
