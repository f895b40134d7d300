"""What the caller probably asks, and the sentence that answers it, from facts of several tools.

Each rule looks at the facts and proposes at most one answer with a likelihood. A rule that rests on a
stale reading says so and loses one rank (`ui.md` 5.4). Sentences live in the catalogue
(`suggestion.<id>.question`, `suggestion.<id>.answer`) and hold at most 95 characters; ** surrounds the
fact shown in bold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from avise.models.facets import FacetState
from avise.services.customer_updates import Likelihood, SuggestedAction, Suggestion
from avise.services.facts import Facts, amount, day, moment, word
from avise.services.wording import value_text
from avise.texts import text
from avise.texts.formats import format_amount, format_short_date, format_time

SHOWN = 3
_ORDER = (Likelihood.VERY_LIKELY, Likelihood.LIKELY, Likelihood.POSSIBLE)

RECENT_PAYMENT_DAYS = 10
"""A payment of the last days is what most callers ask about (reason R01, 15 % of calls)."""

BANK_DAYS = 2
"""A transfer reaches an account within 48 hours; told later, it has arrived."""

_INSERT = SuggestedAction("insert", "pen-line")
_SHOW = SuggestedAction("show", "arrow-up-right")


@dataclass(frozen=True, slots=True)
class _Draft:
    """What a rule proposes, before staleness and ranking."""

    id: str
    likelihood: Likelihood
    reason: str
    facets: tuple[str, ...]
    params: dict[str, str]
    weight: int = 0
    """Breaks ties within a likelihood; higher first."""


def suggestions(facts: Facts) -> tuple[tuple[Suggestion, ...], int]:
    """Return at most three suggested answers, best first, and how many fresh sources were read."""
    drafts = [draft for rule in _RULES for draft in rule(facts)]
    searched = _searched_words(facts)
    drafts = [_raised(draft, searched) for draft in drafts]
    found = sorted(
        ((_suggestion(draft, facts), draft.weight) for draft in drafts),
        key=lambda pair: (_ORDER.index(pair[0].likelihood), -pair[1], pair[0].id),
    )
    fresh = {
        view.source
        for views in facts.views.values()
        for view in views
        if view.state in (FacetState.FRESH, FacetState.TRUNCATED, FacetState.EMPTY)
    }
    return tuple(suggestion for suggestion, _ in found[:SHOWN]), len(fresh)


def _suggestion(draft: _Draft, facts: Facts) -> Suggestion:
    stale = any(facts.stale(facet) for facet in draft.facets)
    likelihood = draft.likelihood
    if stale:
        likelihood = _ORDER[min(_ORDER.index(likelihood) + 1, len(_ORDER) - 1)]
    return Suggestion(
        id=draft.id,
        question=_sentence(text(f"suggestion.{draft.id}.question", **draft.params)),
        answer=_sentence(text(f"suggestion.{draft.id}.answer", **draft.params)),
        likelihood=likelihood,
        reason=draft.reason,
        facets=draft.facets,
        stale=stale,
        actions=(_INSERT, _SHOW),
    )


def _sentence(words: str) -> str:
    """Start with a capital, behind the mark of the fact in bold."""
    start = len(words) - len(words.lstrip("*"))
    return words[:start] + words[start : start + 1].upper() + words[start + 1 :]


def _searched_words(facts: Facts) -> str:
    record = facts.first("member_space")
    return word(record, "last_search").lower() if record is not None else ""


_WORDS_OF_REASON = {
    "R01": ("remboursement", "virement", "décompte"),
    "R15": ("prélèvement", "impayé"),
    "R06": ("optique", "lunettes", "devis"),
    "R09": ("carte", "tiers payant"),
    "R02": ("télétransmission", "noemie"),
}


def _raised(draft: _Draft, searched: str) -> _Draft:
    """Raise an answer that the member searched for in the member space."""
    if searched and any(wanted in searched for wanted in _WORDS_OF_REASON.get(draft.reason, ())):
        rank = max(_ORDER.index(draft.likelihood) - 1, 0)
        return replace(draft, likelihood=_ORDER[rank], weight=draft.weight + 10)
    return draft


def _payment(facts: Facts) -> Iterator[_Draft]:
    """R01: the last payment to the member, when it is recent."""
    paid: dict[date, Decimal] = {}
    category: dict[date, str] = {}
    for record in facts.records("benefits"):
        on, value = day(record, "paid_on"), amount(record, "amount")
        if on is None or value is None or word(record, "status") != "paid":
            continue
        if word(record, "paid_to") == "provider" or on > facts.today:
            continue
        paid[on] = paid.get(on, Decimal(0)) + value
        category.setdefault(on, word(record, "category"))
    if not paid:
        return
    last = max(paid)
    age = facts.today - last
    if age > timedelta(days=RECENT_PAYMENT_DAYS):
        return
    likelihood = Likelihood.VERY_LIKELY if age <= timedelta(days=4) else Likelihood.LIKELY
    params = {
        "amount": format_amount(paid[last]),
        "date": format_short_date(last),
        "category": value_text("benefits", "category", category[last]),
    }
    identifier = "payment" if age <= timedelta(days=BANK_DAYS) else "payment_settled"
    yield _Draft(identifier, likelihood, "R01", ("benefits",), params, weight=5)


def _pending_benefit(facts: Facts) -> Iterator[_Draft]:
    """R01: a line received and not yet paid."""
    pending = [record for record in facts.records("benefits") if word(record, "status") == "pending"]
    cared = max((found for record in pending if (found := day(record, "care_date"))), default=None)
    if cared is not None:
        params = {"date": format_short_date(cared)}
        yield _Draft("pending_benefit", Likelihood.LIKELY, "R01", ("benefits",), params, weight=4)


def _rejected_benefit(facts: Facts) -> Iterator[_Draft]:
    """R03: a line rejected in the last two months."""
    since = facts.today - timedelta(days=60)
    for record in facts.records("benefits"):
        on = day(record, "paid_on") or day(record, "care_date")
        if word(record, "status") == "rejected" and on is not None and on >= since:
            params = {"date": format_short_date(on), "why": word(record, "reject_reason")}
            yield _Draft("rejected_benefit", Likelihood.LIKELY, "R03", ("benefits",), params, weight=3)
            return


def _complaint(facts: Facts) -> Iterator[_Draft]:
    """R21: a complaint that waits for its answer."""
    for record in facts.records("complaints"):
        due = day(record, "answer_by")
        if word(record, "status") in ("open", "acknowledged") and due is not None:
            params = {"number": word(record, "number"), "date": format_short_date(due)}
            yield _Draft("complaint", Likelihood.LIKELY, "R21", ("complaints",), params, weight=6)
            return


def _debit(facts: Facts) -> Iterator[_Draft]:
    """R15: the last direct debit came back."""
    rejected = [record for record in facts.records("contributions") if word(record, "status") == "rejected"]
    for record in rejected[:1]:
        value, due = amount(record, "amount"), day(record, "due_on")
        if value is None or due is None:
            continue
        code = word(record, "reject_code")
        params = {
            "amount": format_amount(value),
            "date": format_short_date(due),
            "why": value_text("contributions", "reject_code", code),
        }
        yield _Draft("debit", Likelihood.POSSIBLE, "R15", ("contributions",), params, weight=4)


def _noemie(facts: Facts) -> Iterator[_Draft]:
    """R02: the link with the fund is broken for somebody of the dossier."""
    for record in facts.records("noemie"):
        if word(record, "state") in ("rejected", "conflict"):
            params = {"person": word(record, "person"), "code": word(record, "code")}
            identifier = f"noemie_{word(record, 'state')}"
            yield _Draft(identifier, Likelihood.LIKELY, "R02", ("noemie",), params, weight=3)
            return


_REASON_OF_KIND = {"optics": "R06", "dental": "R05", "hospital": "R07", "audiology": "R08"}


def _authorization(facts: Facts) -> Iterator[_Draft]:
    """R05 to R08: the last quote or authorization."""
    for record in facts.records("authorizations"):
        asked = day(record, "requested_on")
        if asked is None or facts.today - asked > timedelta(days=60):
            continue
        kind, status = word(record, "kind"), word(record, "status")
        if status not in ("pending", "accepted", "partial", "refused", "missing_document"):
            continue
        covered, left = amount(record, "amount"), amount(record, "out_of_pocket")
        params = {
            "kind": value_text("authorizations", "kind", kind),
            "amount": format_amount(covered or Decimal(0)),
            "left": format_amount(left or Decimal(0)),
            "date": format_short_date(asked),
        }
        identifier = (
            "authorization_granted" if status in ("accepted", "partial") else f"authorization_{status}"
        )
        care = day(record, "care_date")
        soon = care is not None and timedelta(0) <= care - facts.today <= timedelta(days=7)
        likelihood = Likelihood.VERY_LIKELY if soon else Likelihood.POSSIBLE
        reason = _REASON_OF_KIND.get(kind, "R04")
        yield _Draft(identifier, likelihood, reason, ("authorizations",), params, weight=5)
        return


def _card(facts: Facts) -> Iterator[_Draft]:
    """R09: the card, refused at a provider or just sent."""
    for record in facts.records("rights"):
        sent = day(record, "sent_on")
        if word(record, "status") == "refused":
            params = {"person": word(record, "person")}
            yield _Draft("card_refused", Likelihood.VERY_LIKELY, "R09", ("rights",), params, weight=8)
            return
        if word(record, "status") == "active" and sent and facts.today - sent <= timedelta(days=21):
            params = {"date": format_short_date(sent)}
            yield _Draft("card_sent", Likelihood.POSSIBLE, "R09", ("rights",), params, weight=2)
            return


def _termination(facts: Facts) -> Iterator[_Draft]:
    """R16 and R19: the contract ends soon."""
    for record in facts.records("contracts"):
        end = day(record, "end_date")
        if end is None or not facts.today <= end <= facts.today + timedelta(days=62):
            continue
        identifier = "portability_ends" if word(record, "kind") == "portability" else "termination"
        reason = "R19" if identifier == "portability_ends" else "R16"
        params = {"date": format_short_date(end)}
        yield _Draft(identifier, Likelihood.LIKELY, reason, ("contracts",), params, weight=3)
        return


def _awaited(facts: Facts) -> Iterator[_Draft]:
    """R11: a document of a beneficiary is awaited."""
    for record in facts.records("beneficiaries"):
        awaited = word(record, "awaited_document")
        until = day(record, "rights_until")
        if awaited not in ("", "none") and until is not None:
            params = {
                "person": word(record, "first_name"),
                "document": value_text("beneficiaries", "awaited_document", awaited),
                "date": format_short_date(until),
            }
            yield _Draft("awaited_document", Likelihood.POSSIBLE, "R11", ("beneficiaries",), params, weight=1)
            return


def _appointment(facts: Facts) -> Iterator[_Draft]:
    """The next appointment of the coming fortnight."""
    for record in sorted(facts.records("appointments"), key=lambda r: word(r, "starts_at")):
        starts = moment(record, "starts_at")
        if starts is None or not facts.now <= starts <= facts.now + timedelta(days=14):
            continue
        if word(record, "status") in ("confirmed", "tentative"):
            params = {
                "date": format_short_date(starts.date()),
                "time": format_time(starts),
                "place": word(record, "place"),
            }
            yield _Draft("appointment", Likelihood.POSSIBLE, "R17", ("appointments",), params, weight=1)
            return


_RULES: tuple[Callable[[Facts], Iterator[_Draft]], ...] = (
    _payment, _pending_benefit, _rejected_benefit, _complaint, _debit, _noemie, _authorization, _card,
    _termination, _awaited, _appointment,
)  # fmt: skip
