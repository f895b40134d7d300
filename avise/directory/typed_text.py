"""What was typed, pasted or dictated, without what says nothing about whom it names.

Spaces and signs that cannot be seen, labels in front of a number ("tél.", "n°", "SIRET :"), the little words
of a sentence ("né le", "à"), an address said aloud ("arobase"), the letter O typed for a zero.
"""

from __future__ import annotations

import re
import unicodedata

from avise.models.names import LEGAL_FORMS, fold

_AT_SAID = re.compile(r"\s+(?:arobase|arobas|@)\s+", re.IGNORECASE)
_SAID_IN_ADDRESS = (
    (re.compile(r"\s+(?:tiret bas|underscore|souligné)\s+", re.IGNORECASE), "_"),
    (re.compile(r"\s+tiret\s+", re.IGNORECASE), "-"),
    (re.compile(r"\s+point\s+", re.IGNORECASE), "."),
)
_ADDRESS = re.compile(r"(?:[^\s@]*:)?(\S*@\S*)")
"""With what announces it: "mailto:", « Courriel : »."""
_AROUND_ADDRESS = "<>()[]\"'«»,;:."
_BORN = re.compile(r"(?<!\w)n[ée]{1,2}(?:\s?\(e\))?\s+(?:(?:le|en)\s+)?(?=\d)", re.IGNORECASE)
"""« né le », « née en », in front of a date; « née Martin » is a birth name."""
_PLACED = re.compile(r"(?<!\w)(?:(?:habit(?:e|ant)|demeurant|domicilié(?:e|\(e\))?)\s+)?à\s+", re.IGNORECASE)
_LABEL = re.compile(
    r"(?<!\w)(?:n\s?°\s?(?:d’|d')?|num[ée]ro|t[ée]l(?:[ée]phone)?|portable|mobile|fixe|siren|siret|tva"
    r"|adh[ée]rent(?:e|\(e\))?|matricule)(?:\s?[.:]\s?|\s+|(?<=°))+(?=[+(]?[A-Z]{0,3}\d|n\s?°|siren|siret|adh)",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"(?<!\w)(?:nom(?: (?:de naissance|de jeune fille|de famille|d[’']usage|marital))?|pr[ée]noms?"
    r"|date de naissance|n[ée]{1,2}(?:\(e\))?(?: le)?|ville|commune|code postal|cp|adresse"
    r"|e-?mail|courriel|m[ée]l|raison sociale)\s?:\s?",
    re.IGNORECASE,
)
"""In front of a value in a form or a letter: « Nom : Dupont »."""
_VAT = re.compile(r"(?<!\w)FR\s?\d{2}\s?((?:\d\s?){9})(?!\w)", re.IGNORECASE)
"""A French VAT number: its key, then the SIREN (article 286 ter of the tax code's annex)."""
_INSIDE = re.compile(r"(?<=\w)['’`](?=\w(?!\w))")
"""An apostrophe before a last letter, as in « Floc’h »: no letter that stands alone."""
_DOTTED_FORM = re.compile(r"(?<!\w)(?:[A-Za-z]\.){1,4}[A-Za-z]\b\.?")
_LIKE_DIGITS = str.maketrans("OoIl|", "00111")
_ONLY_DIGITS_MEANT = re.compile(r"[\dOoIl|.\-/+()]*\d[\dOoIl|.\-/+()]*")
_LETTERS_IN_FRONT = re.compile(r"[A-Z]*[A-Z0](?=[\dOIL])")


def plain_text(text: str) -> str:
    """Return a text with one form for each character, plain spaces, and nothing that cannot be seen."""
    shown = (character for character in unicodedata.normalize("NFKC", text) if _is_seen(character))
    return " ".join("".join(shown).replace("\0", " ").split())


def _is_seen(character: str) -> bool:
    return character.isascii() or unicodedata.category(character) != "Cf"


def addresses(text: str) -> tuple[tuple[str, ...], str]:
    """Take the e-mail addresses out of a text, whole or begun; return them in lower case, and the rest."""
    if _AT_SAID.search(text) is not None:
        for said, sign in _SAID_IN_ADDRESS:
            text = said.sub(sign, text)
        text = _AT_SAID.sub("@", text)
    if "@" not in text:
        return (), text
    found = [match[1].strip(_AROUND_ADDRESS).lower() for match in _ADDRESS.finditer(text)]
    return tuple(address for address in found if len(address) > 1), _ADDRESS.sub(" ", text)


def without_labels(text: str) -> str:
    """Return a text without the words that only announce a number, a date or a town.

    « Floc’h » and « S.A.R.L. » are then one word.
    """
    text = _DOTTED_FORM.sub(_legal_form, with_last_letters(_FIELD.sub(" ", _VAT.sub(r"\1", text))))
    return _LABEL.sub("", _PLACED.sub("", _BORN.sub(", ", text)))


def with_last_letters(text: str) -> str:
    """Return a text whose words keep a last letter behind an apostrophe: « Penmarc’h » is one word."""
    return _INSIDE.sub("", text)


def _legal_form(dotted: re.Match[str]) -> str:
    letters = fold(dotted[0])
    return letters if letters in LEGAL_FORMS else dotted[0]


def meant_digits(token: str) -> str:
    """Return the number that a word of digits and of letters that look like some may mean, "" when none."""
    return token.translate(_LIKE_DIGITS) if _ONLY_DIGITS_MEANT.fullmatch(token) else ""


def meant_codes(code: str) -> tuple[str, ...]:
    """Return a code, and what it is when zeros were typed for the letter O, or the contrary.

    Args:
        code: upper case, without separators.
    """
    front = _LETTERS_IN_FRONT.match(code)
    if front is None:
        return (code,)
    begun, rest = front[0].replace("0", "O"), code[front.end() :]
    return tuple(dict.fromkeys((code, begun + rest.translate(_LIKE_DIGITS), code[: front.end()] + rest)))
