"""Who is calling: questions whose answers are compared, never shown (`domain.md` 2.6).

Two right answers make a weak level, three with a dynamic one a strong level; three wrong answers
lock the session's verification, and the agent calls back on the known number. Who calls for a company
is asked about the company: nobody there has a birth date or a beneficiary.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from avise.models.callers import Caller
from avise.models.edits import within_one_edit
from avise.models.names import fold, fold_words
from avise.services.customer_updates import Verification, VerificationLevel
from avise.services.desk import Comparison, VerificationQuestion
from avise.services.facts import Facts, amount, day, word

WRONG_ANSWERS_THAT_LOCK = 3
ANSWERS_NEEDED = 3
WEAK_FROM = 2

AMOUNT_TOLERANCE = Decimal("1.00")
"""A caller rounds: "about 27 euros" answers 27.50."""


@dataclass(frozen=True, slots=True)
class _Question:
    id: str
    dynamic: bool
    matches: Callable[[Facts, str], bool | None]
    """None when the dossier holds no answer: the question is not asked."""
    of: frozenset[bool] = frozenset({True, False})
    """Whether it is asked of companies (True), of persons (False), or of both."""


def questions(facts: Facts) -> tuple[VerificationQuestion, ...]:
    """Return the questions that this dossier can answer."""
    return tuple(
        VerificationQuestion(question.id, question.dynamic)
        for question in _QUESTIONS
        if facts.is_company in question.of and question.matches(facts, "") is not None
    )


@dataclass(slots=True)
class CallerVerification:
    """State of one caller's verification on one dossier.

    A question counts once, whatever the number of times it is put.
    """

    state: Verification = field(default_factory=Verification)
    right: frozenset[str] = frozenset()
    """Questions that were answered right."""

    def answer(self, facts: Facts, question_id: str, answer: str, now: datetime) -> Comparison:
        """Compare one answer and return where the verification stands; locked answers nothing."""
        question = next((item for item in _QUESTIONS if item.id == question_id), None)
        if question is None or facts.is_company not in question.of:
            return self._comparison(correct=False)
        if self.state.level is VerificationLevel.LOCKED:
            return self._comparison(correct=False)
        correct = question.matches(facts, answer) is True
        if correct:
            self.right |= {question_id}
        wrong = self.state.wrong + (0 if correct else 1)
        self.state = replace(
            self.state,
            correct=len(self.right),
            wrong=wrong,
            needed=ANSWERS_NEEDED,
            level=self._level(wrong),
            at=now,
        )
        return self._comparison(correct=correct)

    def choose(self, caller: Caller) -> None:
        """Note who calls: another voice answers the questions anew, wrong answers still count."""
        self.right = frozenset()
        kept = self.state.level if self.state.level is VerificationLevel.LOCKED else VerificationLevel.NONE
        self.state = replace(self.state, caller=caller, correct=0, level=kept, at=None)

    def _level(self, wrong: int) -> VerificationLevel:
        if wrong >= WRONG_ANSWERS_THAT_LOCK:
            return VerificationLevel.LOCKED
        dynamic = any(question.dynamic and question.id in self.right for question in _QUESTIONS)
        if len(self.right) >= ANSWERS_NEEDED and dynamic:
            return VerificationLevel.STRONG
        if len(self.right) >= WEAK_FROM:
            return VerificationLevel.WEAK
        return VerificationLevel.NONE

    def _comparison(self, *, correct: bool) -> Comparison:
        left = max(WRONG_ANSWERS_THAT_LOCK - self.state.wrong, 0)
        return Comparison(correct=correct, verification=self.state, attempts_left=left)


def _member_number(facts: Facts, answer: str) -> bool | None:
    record = facts.first("identity")
    known = word(record, "member_number") if record else ""
    return _plain(answer) == _plain(known) if known else None


def _birth_date(facts: Facts, answer: str) -> bool | None:
    record = facts.first("identity")
    known = day(record, "birth_date") if record else None
    return read_day(answer) == known if known else None


def _address(facts: Facts, answer: str) -> bool | None:
    known = [
        fold_words(f"{word(record, 'value')} {word(record, 'postcode')} {word(record, 'city')}")
        for record in facts.records("contact_points")
        if word(record, "kind") == "address"
    ]
    if not known:
        return None
    said = fold_words(answer)
    # A street number alone, or a city alone, proves nothing.
    return len(said) >= 3 and any(set(said) <= set(address) for address in known)


def _effective_date(facts: Facts, answer: str) -> bool | None:
    known = {found for record in facts.records("contracts") if (found := day(record, "effective_date"))}
    if not known:
        return None
    said = read_day(answer)
    if said is not None:
        return said in known
    digits = _digits(answer)
    return len(digits) == 4 and int(digits) in {found.year for found in known}


def _beneficiary(facts: Facts, answer: str) -> bool | None:
    known = [fold(word(record, "first_name")) for record in facts.records("beneficiaries")]
    if not known:
        return None
    said = fold(answer)
    return any(said == name or (len(name) > 4 and within_one_edit(said, name)) for name in known)


def _last_reimbursement(facts: Facts, answer: str) -> bool | None:
    paid = [
        (on, value)
        for record in facts.records("benefits")
        if (on := day(record, "paid_on")) and (value := amount(record, "amount")) is not None
        if word(record, "paid_to") == "member" and word(record, "status") == "paid" and on <= facts.today
    ]
    return _matches_last(paid, answer) if paid else None


def _matches_last(paid: list[tuple[date, Decimal]], answer: str) -> bool:
    """Say whether an amount is the last one, or the sum of those of the last day."""
    last = max(on for on, _ in paid)
    amounts = [value for on, value in paid if on == last]
    said = read_amount(answer)
    if said is None:
        return False
    return any(abs(said - value) <= AMOUNT_TOLERANCE for value in (*amounts, sum(amounts, Decimal(0))))


def _company_number(facts: Facts, answer: str) -> bool | None:
    """Compare a SIREN or a SIRET: one question, since the second begins with the first."""
    record = facts.first("company")
    party = facts.party
    known = {party.siren, party.siret} if party is not None else set()
    known |= {word(record, "siren"), word(record, "siret")} if record is not None else set()
    known -= {""}
    return _digits(answer) in {_digits(number) for number in known} if known else None


def _contract_number(facts: Facts, answer: str) -> bool | None:
    known = {_plain(word(record, "number")) for record in facts.records("contracts")}
    known |= {_plain(word(record, "contract")) for record in facts.records("company")}
    known -= {""}
    return _plain(answer) in known if known else None


def _last_contribution(facts: Facts, answer: str) -> bool | None:
    called = [
        (on, value)
        for record in facts.records("contributions")
        if (on := day(record, "due_on")) and (value := amount(record, "amount")) is not None
        if on <= facts.today
    ]
    return _matches_last(called, answer) if called else None


_PERSONS, _COMPANIES = frozenset({False}), frozenset({True})

_QUESTIONS = (
    _Question("birth_date", dynamic=False, matches=_birth_date, of=_PERSONS),
    _Question("member_number", dynamic=False, matches=_member_number, of=_PERSONS),
    _Question("company_number", dynamic=False, matches=_company_number, of=_COMPANIES),
    _Question("contract_number", dynamic=False, matches=_contract_number, of=_COMPANIES),
    _Question("address", dynamic=False, matches=_address),
    _Question("effective_date", dynamic=False, matches=_effective_date),
    _Question("beneficiary", dynamic=False, matches=_beneficiary, of=_PERSONS),
    _Question("last_reimbursement", dynamic=True, matches=_last_reimbursement, of=_PERSONS),
    _Question("last_contribution", dynamic=True, matches=_last_contribution, of=_COMPANIES),
)


def _plain(answer: str) -> str:
    return "".join(character for character in answer.upper() if character.isalnum())


def _digits(answer: str) -> str:
    # Not `isdigit`, which takes "²" for a digit.
    return "".join(character for character in answer if character.isdecimal())


_MONTHS = (
    "JANVIER", "FEVRIER", "MARS", "AVRIL", "MAI", "JUIN", "JUILLET", "AOUT", "SEPTEMBRE", "OCTOBRE",
    "NOVEMBRE", "DECEMBRE",
)  # fmt: skip


def read_day(answer: str) -> date | None:
    """Read a date as callers say it: 12/03/1968, 12031968, 12 mars 1968; None when it is not one."""
    words = list(fold_words(answer))
    if len(words) == 1 and len(words[0]) == 8 and words[0].isdigit():
        words = [words[0][:2], words[0][2:4], words[0][4:]]
    if len(words) != 3:
        return None
    first, month, year = words
    if month in _MONTHS:
        month = str(_MONTHS.index(month) + 1)
    first = first.removesuffix("ER")
    if not (first.isdigit() and month.isdigit() and year.isdigit()):
        return None
    try:
        return date(int(year), int(month), int(first))
    except ValueError:
        return None


def read_amount(answer: str) -> Decimal | None:
    """Read an amount as callers say it: 27,50, 27.5 €, 1 234; None when it is not one."""
    plain = "".join(c for c in answer if c not in " \u00a0\u202f\u2009€").replace(",", ".")
    plain = plain.lower().removesuffix("euros").removesuffix("euro")
    try:
        found = Decimal(plain or "NaN")
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
