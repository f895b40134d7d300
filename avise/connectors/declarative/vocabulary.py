"""What people call our facets and fields, in French and in English, in whatever case: one vocabulary.

It suggests what an author may have meant, and proposes fields for a tool's own names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_MEANS: dict[str, str] = {}

for _canonical, _written in {
    "address": "adresse addr voie rue street line ligne",
    "amount": "montant mt mnt somme price prix value valeur total",
    "amc": "complementaire",
    "base": "brss br tarif conventionne",
    "beneficiary": "beneficiaire benef ayant dependent dependant",
    "birth": "naissance nais naiss dob born",
    "card": "carte",
    "category": "categorie poste famille rubrique nature",
    "ceiling": "plafond limit",
    "certified": "certifie",
    "city": "ville commune localite town locality",
    "code": "cd",
    "company": "entreprise societe employeur employer raison sociale organisation organization",
    "contract": "contrat ctr police policy",
    "created": "creation cree creee",
    "date": "dt jour day on at le timestamp datetime",
    "death": "deces dcd deceased",
    "due": "echeance exigibilite deadline",
    "effective": "effet debut start starts started begin from depuis",
    "email": "mail courriel mel",
    "end": "fin ends ended terminated termination resiliation radiation until to",
    "first": "prenom firstname given forename",
    "fund": "caisse organisme",
    "holder": "titulaire owner",
    "id": "identifiant ident identifier uuid guid key cle",
    "kind": "type genre typologie",
    "label": "libelle lib designation wording description intitule",
    "last": "lastname surname family",
    "level": "niveau",
    "mandate": "mandat rum",
    "mandatory": "obligatoire ro amo secu",
    "member": "adherent adh assure insured subscriber affilie societaire matricule customer client",
    "method": "mode moyen",
    "name": "nom",
    "number": "numero num no nr nb reference ref",
    "out": "reste",
    "paid": "paye payee paiement regle reglement versement verse payment",
    "person": "personne patient assure",
    "phone": "telephone tel mobile portable phonenumber",
    "place": "lieu location",
    "plan": "formule",
    "postcode": "cp postal zip zipcode",
    "product": "produit offre",
    "provider": "praticien prescripteur ps etablissement fournisseur professionnel executant",
    "quoted": "devis quote",
    "rank": "rang",
    "reason": "motif cause",
    "received": "reception recu recue opened ouverture",
    "reimbursed": "rembourse rembourses remboursement reimbursement refund rc",
    "rejected": "rejet refus rejete refuse",
    "relation": "lien parente relationship",
    "remaining": "restant solde left balance",
    "requested": "demande request",
    "size": "taille octets bytes length",
    "spent": "depense engage frais charge cost",
    "statement": "decompte releve",
    "status": "statut etat state situation",
    "subject": "objet sujet summary",
    "title": "civilite titre",
    "used": "consomme consommee utilise",
    "care": "soin soins acte executed execution service",
}.items():
    for _word in _written.split():
        _MEANS.setdefault(_word, _canonical)


def plain(text: str) -> str:
    """Return a text without accents, as ASCII as can be."""
    apart = unicodedata.normalize("NFKD", text.translate(_JOINED))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


_JOINED = str.maketrans({"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae"})
"""Letters that Unicode takes for one."""


@cache
def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name, each by the one that means it: "dtPaiement" gives date, paid."""
    pieces = [piece.lower() for piece in _PIECES.findall(plain(name))]
    return tuple(
        _MEANS.get(piece, _MEANS.get(piece.rstrip("s"), piece.rstrip("s") or piece)) for piece in pieces
    )


def slug(text: str, default: str) -> str:
    """Return a name of ours: lower case, digits, underscore, a letter first."""
    written = re.sub(r"[^a-z0-9]+", "_", plain(text).lower()).strip("_")
    written = re.sub(r"^[0-9_]+", "", written)
    return written[:40].rstrip("_") or default


FACET_WORDS: Mapping[str, str] = {
    "identity": "personne adherent assure member person customer party individu profil profile user",
    "contact_points": "coordonnees coordonnee contact telephone email adresse address joignabilite",
    "contracts": "contrat contract policy police adhesion subscription souscription",
    "guarantees": "garantie guarantee coverage couverture plafond",
    "benefits": "remboursement prestation claim reimbursement decompte sinistre benefit soin",
    "authorizations": "devis pec prise charge priseencharge authorization preauthorization quote",
    "contributions": "cotisation echeance echeancier premium appel facture invoice bill",
    "bank": "rib iban bank banque mandat mandate bancaire",
    "noemie": "noemie teletransmission",
    "rights": "droit tierspayant carte card eligibility right",
    "documents": "document ged courrier piece attachment file",
    "beneficiaries": "beneficiaire ayantdroit dependent dependant",
    "appointments": "rendezvous rdv appointment meeting booking",
    "complaints": "reclamation complaint plainte ticket",
    "member_space": "espace portail portal compteweb",
    "company": "entreprise employeur company employer",
    "establishments": "etablissement establishment site",
    "employees": "salarie employee effectif",
    "consents": "consentement consent preference optin",
}
"""Words for each facet, as they are written in addresses and in files."""

TIMELINE_WORDS = frozenset(
    words_of(
        "interaction echange historique history appel call message evenement event activite activity journal"
        " timeline communication contacts"
    )
)
"""Words for the exchanges of a customer, as they are written in addresses."""

SINCE_WORDS = frozenset(
    (
        "since", "updatedsince", "modifiedsince", "changedsince", "updatedafter", "modifiedafter",
        "lastmodified", "depuis", "modifiedepuis", "modifiesdepuis", "majdepuis", "datemaj", "updatedfrom",
    )
)  # fmt: skip
"""Parameters by which a list gives only what changed."""

CHANGED_WORDS = frozenset(
    (
        "updatedat", "modifiedat", "lastmodified", "lastmodifieddate", "lastupdate", "updated", "datemaj",
        "datemodification", "modifiele", "dernieremodification", "lastupdated", "lastmodifiedat", "maj",
    )
)  # fmt: skip
"""Fields that say when a row changed last."""

_WORDS: Mapping[str, str] = {
    "amount": "amount reimbursed",
    "paid_on": "date paid",
    "care_date": "date care",
    "due_on": "date due",
    "received_on": "date received",
    "requested_on": "date requested",
    "effective_date": "date effective",
    "end_date": "date end",
    "valid_from": "date effective",
    "valid_to": "date end",
    "valid_until": "date end",
    "joined_on": "date effective",
    "left_on": "date end",
    "since": "date effective",
    "member_since": "date member effective",
    "starts_at": "date effective",
    "ends_at": "date end",
    "dated": "date",
    "out_of_pocket": "out spent",
    "mandatory_amount": "amount mandatory",
    "quoted": "amount quoted",
    "spent": "amount spent",
    "employer_share": "company part",
    "person": "beneficiary",
    "media_type": "mime kind",
    "value": "value",
    "advisor": "conseiller",
    "agency": "agence",
    "handler": "gestionnaire",
    "iban": "iban",
    "nir": "nir",
    "relation": "relation",
    "card_number": "card number",
    "contract": "contract number",
    "member_number": "member number",
    "at": "date",
    "channel": "canal",
    "direction": "sens",
    "duration_s": "duree",
    "author": "auteur",
    "native_id": "id",
    "phones": "phone",
    "company_name": "company name",
    "siren": "siren",
    "siret": "siret",
    "restricted": "restricted",
    "deleted": "deleted",
    "representative": "representative",
}
"""Words of the fields whose own name says little: the canonical ones of `words`."""

_ALSO: Mapping[str, tuple[str, ...]] = {
    "paid_on": ("date reimbursed",),
    "amount": ("reimbursed", "amount reimbursed", "amount"),
    "label": ("label", "name", "care label", "label care"),
    "status": ("status",),
    "subject": ("subject", "title", "label"),
    "title": ("title", "name", "label", "subject"),
    "number": ("number", "id", "code", "number contract", "number complaint", "number quoted"),
    "member_since": ("date adhesion", "member date effective"),
    "rights_status": ("status droit", "status right"),
    "rights_until": ("date end droit",),
    "out_of_pocket": ("out a spent", "out a amount"),
    "advisor": ("advisor", "gestionnaire"),
    "nir": ("nir", "number secu", "number social security", "ssn", "nni"),
    "kind": ("kind", "category"),
    "name": ("name", "company name", "company"),
    "provider": ("provider", "name provider", "care provider"),
    "person": ("beneficiary", "first name beneficiary", "first", "first name", "person"),
    "plan": ("plan", "product"),
    "last_name": ("last name", "name", "last", "name used"),
    "first_name": ("first name", "first"),
    "birth_date": ("date birth", "birth"),
    "birth_name": ("name birth", "maiden name"),
    "email": ("email",),
    "statement": ("number statement", "statement", "id statement"),
    "starts_at": ("date effective", "date", "effective"),
    "received_on": ("date received", "date created", "date"),
    "dated": ("date", "date created", "created", "date received"),
    "due_on": ("date due", "due"),
    "contract": ("contract", "number contract", "id contract"),
    "holder": ("holder", "name holder"),
    "value": ("amount",),
    "at": ("date", "date created", "created", "hour", "heure", "occurred date"),
    "channel": ("channel", "media", "kind"),
    "direction": ("direction",),
    "duration_s": ("duration", "duree s", "duration s"),
    "author": ("agent", "handler", "gestionnaire", "utilisateur"),
    "deleted": ("supprime", "archive", "archived"),
    "phones": ("phone", "number phone"),
    "representative": ("conseiller", "advisor"),
    "reject_reason": ("reason rejected", "label rejected"),
}


def wordings(field: str) -> frozenset[str]:
    """Return what a field is called, as words of the vocabulary."""
    return frozenset({_WORDS.get(field, " ".join(words_of(field))), *_ALSO.get(field, ())})


def field_meant(name: str, fields: Iterable[str]) -> str:
    """Return the field that a name says in other words, "" when none does: "montant" is the amount."""
    words = " ".join(words_of(name))
    return next((field for field in fields if words in wordings(field)), "")


@cache
def facet_words(facet: str) -> frozenset[str]:
    """Return the words for a facet, by the vocabulary."""
    return frozenset(words_of(FACET_WORDS[facet]))


def facet_meant(name: str) -> str:
    """Return the facet that a name says in other words, "" when none does: "remboursements" are benefits."""
    words = set(words_of(name))
    for facet in FACET_WORDS:
        if words & facet_words(facet) or is_written(name, facet):
            return facet
    return ""


def is_written(name: str, facet: str) -> bool:
    """Tell whether a name is a word for a facet once it is written together: "rendez-vous"."""
    joined = plain(name).lower().replace("-", "").replace("_", "")
    return bool({joined, joined.rstrip("s")} & set(FACET_WORDS[facet].split()))
