"""Which property of a tool's record is which field of ours: by words, formats and codes, with a likeness.

A guess is never more than that: each one is written in the file with its likeness, for a human to confirm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from avise.connectors.declarative.mapping import Conversion
from avise.connectors.declarative.targets import Target
from avise.connectors.declarative.vocabulary import plain, wordings, words_of
from avise.connectors.openapi.shapes import Property
from avise.models.facet_specs import FACETS
from avise.models.facets import FieldKind

LEAST = 55
"""A likeness below this (0 to 100) would only mislead."""

SURE = 90
"""From here on a guess says that it is likely."""

_IDS = ("id", "number", "uuid", "code")

_CODES: Mapping[str, tuple[str, ...]] = {
    "paid": ("paye", "paid", "pay", "regle", "verse", "settled", "p"),
    "pending": ("attente", "pending", "en cours", "instruction", "processing", "att", "a"),
    "rejected": ("rejete", "refuse", "rejected", "refused", "declined", "rej", "r"),
    "refused": ("refuse", "rejete", "refused", "rejected", "declined", "ref"),
    "accepted": ("accepte", "accepted", "approved", "valide", "acc"),
    "cancelled": ("annule", "cancelled", "canceled", "ann"),
    "active": ("actif", "active", "en cours", "en vigueur", "act", "available"),
    "suspended": ("suspendu", "suspended", "susp"),
    "terminated": ("resilie", "terminated", "closed", "termine", "radie", "res"),
    "open": ("ouvert", "ouverte", "open", "ouv", "new"),
    "closed": ("ferme", "clos", "cloture", "closed", "resolved"),
    "due": ("a payer", "due", "emis", "emise", "appelee", "unpaid"),
    "mr": ("m", "mr", "monsieur", "homme"),
    "mrs": ("mme", "mrs", "ms", "madame", "femme"),
    "member": ("adherent", "assure", "member", "adh"),
    "provider": ("praticien", "tiers payant", "provider", "ps"),
    "pharmacy": ("pharmacie", "pharmacy", "pha", "phar"),
    "dental": ("dentaire", "dental", "dent", "den"),
    "optics": ("optique", "optical", "opti", "opt", "vision"),
    "hospital": ("hospitalisation", "hopital", "hospital", "hosp", "hos"),
    "audiology": ("audioprothese", "audiologie", "audiology", "aud", "audi"),
    "consultations": ("consultation", "soins courants", "honoraires", "medical", "cons"),
    "laboratory": ("laboratoire", "analyses", "laboratory", "labo"),
    "paramedical": ("paramedical", "auxiliaires medicaux", "auxm"),
    "direct_debit": ("prelevement", "direct debit", "prlv", "sepa"),
    "transfer": ("virement", "transfer", "vir"),
    "card": ("carte", "card", "cb"),
    "cheque": ("cheque", "check", "chq"),
    "spouse": ("conjoint", "spouse", "cjt"),
    "child": ("enfant", "child", "enf"),
    "individual": ("individuel", "individual", "ind"),
    "group_mandatory": ("collectif obligatoire", "collectif", "group"),
    "phone": ("telephone", "phone", "tel"),
    "letter": ("courrier", "letter", "mail"),
    "none": ("aucun", "none", "no"),
    "phone_in": (
        "appel entrant",
        "appel recu",
        "inbound call",
        "call in",
        "phone",
        "telephone",
        "tel",
        "call",
        "appel",
    ),
    "phone_out": ("appel sortant", "appel emis", "outbound call", "call out"),
    "email": ("mail", "courriel", "mel"),
    "secure_message": ("messagerie", "message", "espace client", "portal"),
    "web_form": ("formulaire", "web", "form"),
    "chat": ("tchat", "clavardage"),
    "sms": ("texto",),
    "letter_in": ("courrier", "courrier entrant", "courrier recu", "letter"),
    "letter_out": ("courrier sortant", "courrier emis"),
    "agency": ("agence", "visite", "accueil", "branch"),
    "in": ("entrant", "entree", "inbound", "incoming", "recu", "e"),
    "out": ("sortant", "sortie", "outbound", "outgoing", "emis", "s"),
    "internal": ("interne",),
}
"""Folded texts by which tools write our codes, longest use first; a code of one letter must be alone."""

RESTRICTED_WORDS = frozenset({"nir", "iban", "ins", "ssn", "nni"})
"""Words of numbers that never leave in a request, and that only a masked field may hold."""

_KINDS: Mapping[str, Mapping[str, FieldKind]] = {
    "timeline": {
        "at": FieldKind.DATETIME,
        "channel": FieldKind.ENUM,
        "direction": FieldKind.ENUM,
        "status": FieldKind.ENUM,
        "duration_s": FieldKind.INTEGER,
    },
    "directory": {
        "kind": FieldKind.ENUM,
        "title": FieldKind.ENUM,
        "birth_date": FieldKind.DATE,
        "phones": FieldKind.PHONE,
        "email": FieldKind.EMAIL,
        "restricted": FieldKind.BOOL,
        "deleted": FieldKind.BOOL,
    },
}
"""Of what is no facet; a field that is not here is text."""

_RESTRICTED = frozenset({FieldKind.NIR, FieldKind.IBAN})
_NO_DATES = frozenset({"id", "number", "code", "label", "name", "status", "kind"})
"""Words of what is no date, unless its format says so."""

_DATED = frozenset({FieldKind.DATE, FieldKind.DATETIME})
_TYPES: Mapping[FieldKind, tuple[str, ...]] = {
    FieldKind.AMOUNT: ("number", "integer", "string"),
    FieldKind.INTEGER: ("integer", "number"),
    FieldKind.BOOL: ("boolean",),
}
"""Types that hold what a field holds; for any other, text and whole numbers."""

_EXAMPLES = (
    (r"\d\d/\d\d/\d{4}", "%d/%m/%Y"),
    (r"\d{8}", "%Y%m%d"),
    (r"\d\d-\d\d-\d{4}", "%d-%m-%Y"),
)


@dataclass(frozen=True, slots=True)
class FieldGuess:
    """A property proposed for a field."""

    name: str
    property: Property
    likeness: int
    convert: Conversion | None = None
    """Written only where the field's own is not meant, or where none may be supposed."""
    format: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    unknown_codes: Sequence[str] = ()
    doubts: Sequence[str] = ()
    """Catalogue keys of what a human must decide."""


def guess_fields(
    facet: str, targets: Mapping[str, Target], properties: Sequence[Property]
) -> tuple[FieldGuess, ...]:
    """Return a property for each field that has a likely one; no property serves two fields but `id`.

    Args:
        facet: a facet, "timeline" or "directory".
        targets: its fields.
        properties: of a record.
    """
    kinds = {spec.name: spec.kind for spec in FACETS[facet].fields} if facet in FACETS else _KINDS[facet]
    ranked = sorted(
        (
            (likeness_of(name, kinds.get(name, FieldKind.TEXT), one), name, one)
            for name in targets
            if name not in ("id", "native_id", "version", "as_of")
            for one in properties
        ),
        key=lambda found: (-found[0], len(found[2].path)),
    )
    taken: dict[str, FieldGuess] = {}
    used: set[tuple[str, ...]] = set()
    for likeness, name, one in ranked:
        if likeness < LEAST:
            break
        if name not in taken and one.path not in used:
            taken[name] = _guess(name, kinds.get(name, FieldKind.TEXT), targets[name], one, likeness)
            used.add(one.path)
    own = "native_id" if "native_id" in targets else "id"
    return (_id_guess(own, properties), *(taken[name] for name in targets if name in taken))


def _id_guess(name: str, properties: Sequence[Property]) -> FieldGuess:
    """Return what tells records apart: an identifier, else a number, else the first value."""

    def rank(one: Property) -> tuple[bool, int, int, int]:
        words = words_of(one.name)
        place = min((_IDS.index(word) for word in words if word in _IDS), default=len(_IDS))
        # A post code tells nobody apart, and what is within an object is the object's own.
        return "post" in plain(one.name).lower(), place, len(one.path), len(words)

    best = min(properties, key=rank)
    sure = words_of(best.name)[0] == "id" and len(best.path) == 1
    doubts = () if sure else ("connector_new.doubt.id",)
    named = bool(set(_IDS) & set(words_of(best.name)))
    return FieldGuess(name, best, 95 if sure else 60 if named else 30, doubts=doubts)


def likeness_of(name: str, kind: FieldKind, one: Property) -> int:
    """Return how much a property resembles a field, from 0 to 99."""
    if not _fits(kind, one):
        return 0
    words = " ".join(words_of(one.name))
    whole = " ".join(word for key in one.path for word in words_of(key))
    best = max(
        max(fuzz.token_sort_ratio(words, choice), fuzz.token_sort_ratio(whole, choice) - 2)
        for choice in wordings(name)
    )
    told = 8 if _is_told(kind, one) else 0
    nested = 6 * (len(one.path) - 1)
    # What tells the rows apart says something else only where nothing better does.
    apart = 15 if words == "id" else 0
    return max(0, min(99, round(best) - nested - apart + told if best >= LEAST else 0))


def _fits(kind: FieldKind, one: Property) -> bool:
    """Tell whether a property can hold what a field holds, by its type and its format."""
    dated = one.format in {"date", "date-time"}
    secret = bool(RESTRICTED_WORDS & set(words_of(one.name)))
    if secret or kind in _RESTRICTED:
        return secret and kind in _RESTRICTED and str(kind) in plain(one.name).lower()
    if kind in _DATED:
        told = one.type in ("", "string", "integer") and not _NO_DATES & set(words_of(one.name))
        return (dated or told) and not one.codes
    if dated:
        return False
    if kind is FieldKind.BOOL and len(one.codes) == 2:
        return True
    if kind is FieldKind.ENUM and one.format in {"email", "uuid", "uri"}:
        return False
    return one.type in ("", *_TYPES.get(kind, ("string", "integer")))


def _is_told(kind: FieldKind, one: Property) -> bool:
    """Tell whether the format itself speaks for a field."""
    return (
        (kind in _DATED and one.format in {"date", "date-time"})
        or (kind is FieldKind.AMOUNT and one.type == "number")
        or (kind is FieldKind.BOOL and one.type == "boolean")
        or (kind is FieldKind.ENUM and bool(one.codes))
        or (kind is FieldKind.EMAIL and one.format == "email")
    )


def _guess(name: str, kind: FieldKind, target: Target, one: Property, likeness: int) -> FieldGuess:
    if kind is FieldKind.AMOUNT:
        return _amount(name, one, likeness)
    if kind in _DATED:
        return _dated(name, one, likeness)
    if kind is FieldKind.ENUM:
        codes, unknown = guess_codes(one.codes, target.values)
        doubts = () if one.codes else ("connector_new.doubt.codes_untold",)
        return FieldGuess(name, one, likeness, codes=codes, unknown_codes=unknown, doubts=doubts)
    if kind in _RESTRICTED:
        return FieldGuess(
            name, one, likeness, convert=target.accepts[0], doubts=("connector_new.doubt.masked",)
        )
    return FieldGuess(name, one, likeness)


def _amount(name: str, one: Property, likeness: int) -> FieldGuess:
    words = plain(" ".join((*one.path, one.description))).lower()
    if "cent" in words or one.name.lower().endswith(("cts", "_ct")):
        return FieldGuess(name, one, likeness, convert=Conversion.CENTS)
    doubts = ("connector_new.doubt.euros_or_cents",) if one.type == "integer" else ()
    return FieldGuess(name, one, likeness, convert=Conversion.DECIMAL, doubts=doubts)


def _dated(name: str, one: Property, likeness: int) -> FieldGuess:
    if one.format in {"date", "date-time"}:
        return FieldGuess(name, one, likeness)
    if one.type == "integer":
        return FieldGuess(name, one, likeness, format="unix", doubts=("connector_new.doubt.unix",))
    for pattern, written in _EXAMPLES:
        if re.fullmatch(pattern, one.example):
            return FieldGuess(name, one, likeness, format=written, doubts=("connector_new.doubt.date_form",))
    return FieldGuess(name, one, likeness, doubts=("connector_new.doubt.date_form",))


def guess_codes(codes: Sequence[str], ours: Sequence[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return our code for each code of a tool that resembles one, and those that resemble none."""
    found = {code: best for code in codes if (best := _our_code(code, ours))}
    # A code that is written as ours passes by itself.
    mapped = {code: best for code, best in found.items() if code != best}
    return mapped, tuple(code for code in codes if code not in found)


def _our_code(code: str, ours: Sequence[str]) -> str:
    written = plain(code).lower().replace("_", " ").replace("-", " ").strip()
    for choice in ours:
        if written in (choice, choice.replace("_", " ")):
            return choice
    for choice in ours:
        if written in _CODES.get(choice, ()):
            return choice
    close = [
        (
            max(fuzz.ratio(written, known) for known in (choice.replace("_", " "), *_CODES.get(choice, ()))),
            choice,
        )
        for choice in ours
        if len(written) > 3
    ]
    best = max(close, default=(0.0, ""))
    return best[1] if best[0] >= 80 else ""
