"""What somebody typed in the search field, read in every way that it may mean.

Parsing guesses nothing: it lists the readings (a number may be a member number, a telephone, a date),
and the search keeps those that find somebody.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import zip_longest

from avise.directory.spoken_numbers import spoken_digits, spoken_phones
from avise.directory.typed_text import addresses, meant_codes, meant_digits, plain_text, without_labels
from avise.models.free_text import holds_nir_in_words
from avise.models.identifiers import begun_phone, compact, parse_phone, phone_digits
from avise.models.names import fold, fold_words, spelt_out, without_particles
from avise.models.typed_search import MONTHS, MOST_CHARACTERS, OLDEST_YEAR, DateFault, faulty_date

MOST_WORDS = 8
"""Words that a name is put together from; the others are ignored."""
MIN_MEMBER_PREFIX = 4
"""Characters of a member number before it is looked for by its beginning."""
MIN_PHONE_END = 6
"""Digits of a telephone number before it is looked for by its end."""
MIN_PHONE_BEGINNING = 6
"""Digits of a telephone number, its zero apart, before it is looked for by its beginning: each of the
thousand numbers that begin so is looked up."""
MIN_PHONE_END_OF_SOMEBODY = 4
"""Digits that are enough beside a name."""
NATIONAL_DIGITS = 10
"""Of a French telephone number with its zero; fewer digits are the end of one, zeros included."""
MIN_CODE = 4
"""Characters of a word of digits, and letters that look like some, before it is looked for as a code."""
OLDEST = 120
"""Years of the oldest person that an age means."""


@dataclass(frozen=True, slots=True)
class DateSpan:
    """The days that a typed date may mean: one day, a month or a year."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """A run of digits, as typed: "0482 917 350", "+33 6 39…"."""

    text: str
    beside_name: bool = False
    """A name was typed too."""

    @property
    def digits(self) -> str:
        """The digits alone."""
        return "".join(character for character in self.text if character in "0123456789")

    def phone(self) -> str:
        """Return the number as E.164, "" when it is no telephone number."""
        return parse_phone(self.text)

    def phone_end(self) -> str:
        """Return the digits that may end a telephone number, "" when they are too few."""
        whole = len(self.digits) >= NATIONAL_DIGITS or self.text.startswith("+")
        digits = phone_digits(self.text) if whole else self.digits
        least = MIN_PHONE_END_OF_SOMEBODY if self.beside_name else MIN_PHONE_END
        return digits if len(digits) >= least else ""

    def phone_beginning(self) -> str:
        """Return the digits that begin a French number, without its zero, "" when they are too few or all."""
        begun = begun_phone(self.text)
        return begun if len(begun) >= MIN_PHONE_BEGINNING else ""

    def member(self) -> str:
        """Return the beginning of a member number that it may be, "" when too short."""
        found = compact(self.text.replace("+", ""))
        return found if len(found) >= MIN_MEMBER_PREFIX else ""

    def spans(self, today: date) -> tuple[DateSpan, ...]:
        """Return the dates that digits alone may be: "12031968", "120368", "1968"."""
        digits = self.text
        if not digits.isascii() or not digits.isdigit():
            return ()
        if len(digits) == 4:
            return tuple(_years(int(digits), today))
        if len(digits) == 8:
            return tuple(_days(digits[:2], digits[2:4], digits[4:], today))
        if len(digits) == 6:
            return tuple(_days(digits[:2], digits[2:4], digits[4:], today))
        return ()


@dataclass(frozen=True, slots=True)
class NameReading:
    """Words read as a surname and a first name, in one of the two orders."""

    last: str
    """Folded; "" when every word is the first name."""
    first: str
    """Folded; "" when every word is the surname."""
    forgiving: bool = True
    """Whether a letter may be wrong. Not when a lone letter was put in: DUPONT J is no DUPONTJ."""
    initials: str = ""
    """Of several first names, when `first` is but the first of them: J.-P. is J, then P."""
    born: bool = False
    """The surname is the one of birth: it was typed after « née »."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """The parts of what was typed."""

    words: tuple[str, ...] = ()
    """Folded words, in order."""
    numbers: tuple[TypedNumber, ...] = ()
    codes: tuple[str, ...] = ()
    """Words of letters and digits, upper case: member numbers of tools that use letters."""
    spans: tuple[DateSpan, ...] = ()
    """Readings of one typed date, the likeliest first."""
    emails: tuple[str, ...] = ()
    """Lower case, whole or the beginning."""
    email_is_a_guess: bool = False
    """The words, joined by a dot, may as well be a name: "helene.marchand"."""
    every_word: tuple[str, ...] = ()
    """All that was typed but for addresses, folded: figures may belong to a company's name."""
    number_spans: tuple[DateSpan, ...] = ()
    """Dates that the only number may be."""
    restricted: bool = False
    """It holds a NIR, which is no key of any search (`domain.md` 6.3): nothing of it is looked for."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not (self.words or self.numbers or self.codes or self.spans or self.emails)


_TITLES = frozenset(("MME", "MLLE", "MELLE", "MR", "MRS", "MM", "MONSIEUR", "MADAME", "MADEMOISELLE"))
_BIRTH_NAME_FOLLOWS = frozenset(("NEE", "NE"))
_SURNAME_FOLLOWS = _BIRTH_NAME_FOLLOWS | {"EPOUSE", "EP", "EPSE", "VEUVE", "VVE"}
"""Words between two surnames of one person."""
_ELIDED = frozenset("DLMNO")
"""Lone letters in front of a surname that belong to it: d'Aubigné, L'Hermitte, M'Barek, N'Diaye, O'Neill."""
_VOWELS = frozenset("AEIOUY")


def name_readings(words: tuple[str, ...]) -> tuple[NameReading, ...]:
    """Return every way to share words between surname and first name, in both orders.

    "Jean Le Goff" is read, among others, as LEGOFF + JEAN; particles in front may be left out. What follows
    « née » or « épouse » is another surname: each is read by itself.
    """
    readings: dict[NameReading, None] = {}
    place = next((place for place, word in enumerate(words) if word in _SURNAME_FOLLOWS), len(words))
    before, after = words[:place], words[place + 1 :]
    if before and after:
        readings.update(dict.fromkeys(_shared(before, born=words[place] not in _BIRTH_NAME_FOLLOWS)))
        # The first name stands on either side of the surname in use.
        both = [(*after, before[-1]), (*after, before[0])] if len(before) > 1 else []
        for kept in (*both, after):
            readings.update(dict.fromkeys(_shared(kept, born=words[place] in _BIRTH_NAME_FOLLOWS)))
        return tuple(readings)
    if after:
        readings.update(dict.fromkeys(_shared(after, born=words[place] in _BIRTH_NAME_FOLLOWS)))
    readings.update(dict.fromkeys(_shared(words)))
    if words[:1] == ("M",) and words[1:] and (len(words[1]) > 1 or words[1] in _ELIDED):
        # An initial, or « M. »: whoever has the initial comes first.
        readings.update(dict.fromkeys(_shared(words[1:])))
    return tuple(readings)


def _shared(words: tuple[str, ...], *, born: bool = False) -> Iterator[NameReading]:
    for kept in dict.fromkeys((words[:MOST_WORDS], without_particles(words[:MOST_WORDS]))):
        for cut in range(1, len(kept) + 1):
            head, tail = kept[:cut], kept[cut:]
            for last, first in ((head, tail), (tail, head)):
                yield _reading(last, first, born=born)
                if last and (initials := _initials(first)):
                    yield replace(_reading(last, (initials[0],), born=born), initials=initials)


def _reading(last: tuple[str, ...], first: tuple[str, ...], *, born: bool) -> NameReading:
    # DUPONT J is no DUPONTJ, but what is elided belongs to the name: d'Aubigné, N'Diaye.
    alone = len(last) > 1 and (len(last[-1]) == 1 or (len(last[0]) == 1 and last[0] not in _ELIDED))
    return NameReading("".join(spelt_out(last)), "".join(first), not alone, born=born and bool(last))


def _initials(first: tuple[str, ...]) -> str:
    """Return the initials that words are: J P, or JP, which begins no first name; "" for other words."""
    if len(first) == 1 and len(first[0]) == 2 and _VOWELS.isdisjoint(first[0]):
        return first[0]
    return "".join(first) if len(first) > 1 and max(map(len, first)) == 1 else ""


_ISO_DATE = re.compile(r"(?<![\d/.-])(\d{4})-(\d{1,2})-(\d{1,2})(?![\d/.-])")
_NUMERIC_DATE = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![/.-]?\d)")
_MONTH = re.compile(r"(?<![\d/.-])(\d{1,2})[/.-](\d{4})(?![/.-]?\d)")
_WORD_DATE = re.compile(
    r"(?<![\w-])(?:(\d{1,2})(?:er)?\s+)?([^\W\d_]{3,9})\.?\s+(\d{4})(?!\w)", re.IGNORECASE
)
_DOTTED = re.compile(r"[^\W\d_][\w-]*[._]\w")
"""Begins like an address: "helene.mar", "h_marchand"."""
_AGE = re.compile(r"(?<![\w.-])(\d{1,3})\s*ans?(?!\w)", re.IGNORECASE)
_NUMBER = re.compile(r"\+?[\d.\-‐‑–/()]*\d[\d.\-‐‑–/()]*")


def parse_search(text: str, today: date) -> SearchQuery:
    """Read what was typed.

    Args:
        text: anything: a name in any order, a date, a number, an e-mail, a town, or several; what follows
            `MOST_CHARACTERS` is ignored.
        today: years after it are not birth years.
    """
    rest = plain_text(text[:MOST_CHARACTERS])[:MOST_CHARACTERS]
    if holds_nir_in_words(rest):
        return SearchQuery(restricted=True)
    emails, plain = addresses(rest)
    plain = without_labels(plain)
    spans, rest = _dates(_without_unfinished_date(plain, today), today)
    said, tokens = spoken_phones(rest.split())
    numbers, codes, words = _sorted_out(tokens)
    guess = rest.strip().lower()
    named = len(words) > 1 or bool(codes)
    guessed = not emails and named and " " not in guess and _DOTTED.match(guess) is not None
    typed = tuple(TypedNumber(number, bool(words)) for number in (*said, *numbers))
    if words:
        # A number is typed figure by figure: until it is a key, whoever bears the name stays on screen.
        typed = tuple(number for number in typed if len(number.digits) >= MIN_MEMBER_PREFIX)
    return SearchQuery(
        words,
        typed,
        tuple(codes),
        spans,
        (guess,) if guessed else emails,
        guessed,
        fold_words(plain),
        typed[0].spans(today) if len(typed) == 1 and not spans else (),
    )


def _sorted_out(tokens: Sequence[str]) -> tuple[list[str], list[str], tuple[str, ...]]:
    """Return the numbers, the codes and the words among what was typed."""
    numbers: list[str] = []
    codes: list[str] = []
    typed: list[str] = []
    run: list[str] = []
    front = ""
    for token, after in zip_longest(tokens, tokens[1:], fillvalue=""):
        if _NUMBER.fullmatch(token):
            if front:
                # A code typed by groups: BO78 121825.
                front += compact(token)
                codes.extend(meant_codes(front))
            run.append(token)
            continue
        front = ""
        meant = meant_digits(token)
        in_run = bool(run) or _NUMBER.fullmatch(after) is not None
        if meant and (in_run or len(compact(token)) >= MIN_CODE or token[0].isdigit()):
            run.append(meant)
        else:
            _end_run(run, numbers)
        if not any(character.isdigit() for character in token):
            typed.extend(fold_words(token))
        elif (code := fold(token)) and not (meant and len(code) < MIN_CODE):
            front = code
            codes.extend(meant_codes(code))
    _end_run(run, numbers)
    said, words = spoken_digits(_without_titles(typed))
    return [*numbers, said] if said else numbers, codes, words


def _without_titles(words: Sequence[str]) -> Sequence[str]:
    """Leave out « Monsieur et Madame » in front of a name."""
    first = 0
    while first < len(words) - 1 and (words[first] in _TITLES or (first and words[first] == "ET")):
        first += 1
    return words[first:]


def _end_run(run: list[str], numbers: list[str]) -> None:
    """Put together digits that were typed in groups, a year at the end kept apart."""
    if not run:
        return
    if len(run) > 1 and re.fullmatch(r"(?:19|20)\d\d", run[-1]) and len("".join(run[:-1])) >= MIN_PHONE_END:
        numbers.extend(("".join(run[:-1]), run[-1]))
    else:
        numbers.append("".join(run))
    run.clear()


_UNFINISHED_DATE = re.compile(r"(?<=[^\W\d_])\s+\d{1,2}/(?:\d{1,2}(?:/(?:\d|\d{3})?)?)?$")


def _without_unfinished_date(text: str, today: date) -> str:
    """Leave out, behind a name, a date that is being typed: it is no key yet, and may not be one."""
    at_fault = faulty_date(text, today)
    if at_fault is not None and at_fault.fault is DateFault.NO_SUCH_DAY:
        return text
    return _UNFINISHED_DATE.sub("", text)


def _dates(text: str, today: date) -> tuple[tuple[DateSpan, ...], str]:
    """Take the first date out of a text; return its readings and what is left."""
    for pattern, read in _DATES:
        for found in pattern.finditer(text):
            spans = tuple(read(found, today))
            if spans:
                return spans, _without_article(text[: found.start()], text[found.end() :])
    return (), text


ARTICLES = frozenset(("LE", "DU", "AU"))
"""Words in front of a date: « le 12 mars 1968 ». Le and Du are surnames too."""
_ARTICLE = re.compile(r"(?<![\w-])(?:le|du|au),?\s+$", re.IGNORECASE)


def _without_article(before: str, after: str) -> str:
    """Return what stands around a date without its article, which stays when there is nothing else."""
    left = _ARTICLE.sub(" ", before) + " " + after
    return left if any(map(str.isalnum, left)) else f"{before} {after}"


def _read_age(found: re.Match[str], today: date) -> Iterator[DateSpan]:
    age = int(found[1])
    if age <= OLDEST:
        yield DateSpan(_years_before(today, age + 1) + timedelta(days=1), _years_before(today, age))


def _years_before(today: date, years: int) -> date:
    """Return that day of an earlier year; 28 February for a 29th that was none."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return today.replace(year=today.year - years, day=28)


def _read_iso(found: re.Match[str], today: date) -> Iterator[DateSpan]:
    yield from _days(found[3], found[2], found[1], today)


def _read_numeric(found: re.Match[str], today: date) -> Iterator[DateSpan]:
    yield from _days(found[1], found[3], found[4], today)


def _read_month(found: re.Match[str], today: date) -> Iterator[DateSpan]:
    month, year = int(found[1]), int(found[2])
    if 1 <= month <= 12 and OLDEST_YEAR <= year <= today.year:
        yield _month(year, month)


def _month(year: int, month: int) -> DateSpan:
    return DateSpan(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _read_words(found: re.Match[str], today: date) -> Iterator[DateSpan]:
    month = MONTHS.get(fold(found[2]))
    year = int(found[3])
    if month is None or not OLDEST_YEAR <= year <= today.year:
        return
    if found[1] is not None:
        yield from _days(found[1], str(month), found[3], today)
    else:
        yield _month(year, month)


def _days(day: str, month: str, year: str, today: date) -> Iterator[DateSpan]:
    """Yield the day, of each century that a two-digit year may belong to, the latest first."""
    short = len(year) == 2
    for candidate in (2000 + int(year), 1900 + int(year)) if short else (int(year),):
        try:
            found = date(candidate, int(month), int(day))
        except ValueError:
            continue
        if candidate >= OLDEST_YEAR and found <= today:
            yield DateSpan(found, found)


_DATES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Iterator[DateSpan]]], ...] = (
    (_ISO_DATE, _read_iso), (_NUMERIC_DATE, _read_numeric), (_MONTH, _read_month), (_WORD_DATE, _read_words),
    (_AGE, _read_age),
)  # fmt: skip


def _years(year: int, today: date) -> Iterator[DateSpan]:
    if OLDEST_YEAR <= year <= today.year:
        yield DateSpan(date(year, 1, 1), date(year, 12, 31))
