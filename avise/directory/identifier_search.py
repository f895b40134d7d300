"""Whom an identifier names: a number, a code or an address, beside a name and a birth date or alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from avise.directory.keys import NameKind, company_words, day_number
from avise.directory.name_matching import best_match
from avise.directory.reading import DirectoryReader, Filters, as_filter
from avise.directory.reasons import Found, added, of_match, what_else
from avise.directory.search_query import NameReading, SearchQuery, TypedNumber, name_readings
from avise.models.customer import MatchedOn, Party, PartyKind
from avise.models.names import fold, name_keys

IDENTIFIER = 130.0
IDENTIFIER_BEGINNING = 75.0
BEGUN_PHONE = IDENTIFIER_BEGINNING - 1
"""Below the few whose number ends so: hundreds may have one that begins so."""
OTHER_NAME = 25.0
"""Taken off an identifier whose bearer has another name or birth date than the one typed beside it."""
YEAR_DIGITS = 4
SIREN_DIGITS, SIRET_DIGITS = 9, 14
MIN_COMPANY_NUMBER = 6
"""Digits of a company's number before it is looked for by its beginning."""
MOST_ZEROS = 3
"""Zeros in front of a member number that whoever reads it aloud leaves out."""


class IdentifierSearch:
    """Finds the bearers of what was typed that is no name.

    Args:
        reader: of the directory.
        today: tells birth years from other numbers.
    """

    def __init__(self, reader: DirectoryReader, today: date) -> None:
        self._reader = reader
        self._today = today

    def run(self, query: SearchQuery) -> dict[int, Found]:
        """Return the bearers, by their number in the directory: those of the name typed beside, if any."""
        found: dict[int, Found] = {}
        for party, why in self._hits(query):
            if party not in found or found[party].score < why.score:
                found[party] = why
        return self._confirmed(found, query) if found and (query.words or query.spans) else found

    def _hits(self, query: SearchQuery) -> Iterator[tuple[int, Found]]:
        for number in query.numbers:
            # Beside a name, four digits that are a year begin too many member numbers.
            if not (query.words and number.spans(self._today) and len(number.digits) == YEAR_DIGITS):
                yield from self._of_number(number)
        for code in query.codes:
            yield from self._of_member(code)
        for email in query.emails:
            for beginning, score in ((False, IDENTIFIER), (True, IDENTIFIER_BEGINNING)):
                for party in self._reader.by_email(email, beginning=beginning):
                    yield party, Found(score, (MatchedOn.EMAIL,), {"email": email})

    def _of_number(self, number: TypedNumber) -> Iterator[tuple[int, Found]]:
        if phone := number.phone():
            for party in self._reader.by_phone(phone):
                yield party, Found(IDENTIFIER, (MatchedOn.PHONE,), {"phones": phone})
        if end := number.phone_end():
            for party in self._reader.by_phone_end(end):
                yield party, Found(IDENTIFIER_BEGINNING, (MatchedOn.PHONE,), {"phones": end})
        if begun := number.phone_beginning():
            for party in self._reader.by_phone_beginning(begun):
                yield party, Found(BEGUN_PHONE, (MatchedOn.PHONE,), {"phones": begun})
        if MIN_COMPANY_NUMBER <= len(number.digits) <= SIRET_DIGITS:
            whole = len(number.digits) in (SIREN_DIGITS, SIRET_DIGITS)
            score = IDENTIFIER if whole else IDENTIFIER_BEGINNING
            for party in self._reader.by_company_number(number.digits, beginning=not whole):
                yield party, Found(score, (MatchedOn.SIREN,), {"siren": number.digits[:SIREN_DIGITS]})
        if member := number.member():
            yield from self._of_member(member)

    def _of_member(self, member: str) -> Iterator[tuple[int, Found]]:
        typed = {"member_number": member}
        for party in self._reader.by_member(member, beginning=False):
            yield party, Found(IDENTIFIER, (MatchedOn.MEMBER_NUMBER,), typed)
        begun = self._reader.by_member(member, beginning=True)
        if not begun and member.isdigit():
            begun = [
                party
                for zeros in range(1, MOST_ZEROS + 1)
                for party in self._reader.by_member("0" * zeros + member, beginning=False)
            ]
        for party in begun:
            yield party, Found(IDENTIFIER_BEGINNING, (MatchedOn.MEMBER_NUMBER,), typed)

    def _confirmed(self, identified: dict[int, Found], query: SearchQuery) -> dict[int, Found]:
        """Return the bearers whose name and birth are those typed beside the number.

        When there is none, a whole number still shows its bearers, lower: the caller may be the
        spouse of whoever bears it.
        """
        readings = name_readings(query.words)
        spans = [as_filter(span) for span in query.spans]
        parties = self._reader.parties(list(identified))
        confirmed = {}
        for number, entry in parties.items():
            if entry.party.kind is PartyKind.COMPANY:
                why = _company_confirmation(entry.party, query)
            else:
                why = _confirmation(entry.party, readings, spans)
            if why is not None:
                known = identified[number]
                confirmed[number] = Found(
                    known.score + why.score, known.matched_on + why.matched_on, known.typed | why.typed
                )
        if confirmed:
            return confirmed
        return {
            number: Found(why.score - OTHER_NAME, why.matched_on, why.typed)
            for number, why in identified.items()
            if why.score >= IDENTIFIER
        }


def _confirmation(
    party: Party, readings: Sequence[NameReading], spans: Sequence[tuple[int, int]]
) -> Found | None:
    """Return what a party's name and birth add to its number, None when one of them is another's."""
    born = day_number(party.birth_date)
    filters = Filters()
    if spans:
        bounds = next((span for span in spans if span[0] <= born <= span[1]), None)
        if bounds is None:
            return None
        filters = Filters(bounds)
    if not readings:
        return what_else(filters, "")
    first = fold(party.first_name)
    matches = [
        (match, kind)
        for last, kind in _names_of(party)
        if (match := best_match(readings, last, first, kind, {})) is not None
    ]
    if not matches:
        return None
    best, kind = max(matches, key=lambda match: match[0].score)
    found = of_match(best, kind)
    found.score = 0.0
    return added(found, what_else(filters, ""))


def _company_confirmation(party: Party, query: SearchQuery) -> Found | None:
    """Return what a company's name adds to its number, None when a word typed is of another's."""
    typed = company_words(" ".join(query.words))
    borne = company_words(party.company_name)
    if query.spans or not all(any(word.startswith(begun) for word in borne) for begun in typed):
        return None
    return Found(0.0, (MatchedOn.COMPANY,), {"company_name": " ".join(typed)})


def _names_of(party: Party) -> Iterator[tuple[str, NameKind]]:
    """Yield the surnames of a person, "" for a mononym."""
    for name, kind in ((party.last_name, NameKind.LAST), (party.birth_name, NameKind.BIRTH)):
        for place, key in enumerate(name_keys(name)):
            yield key, kind if place == 0 else NameKind.PART
    if not (party.last_name or party.birth_name):
        yield "", NameKind.LAST
