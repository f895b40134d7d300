"""The words of names that people give to fields: French and English, in whatever case, as one vocabulary."""

from __future__ import annotations

import re
import unicodedata
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
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)
    )


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
