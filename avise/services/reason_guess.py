"""What the exchange is probably about: three reasons, each with why one thinks so (`domain.md` 3.3, a).

What the caller said to the voice menu counts most, then what the agent does during the call, then what
the dossier shows; the share of each reason in all contacts decides between equals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from avise.models.contact_reasons import SHOWN_GUESSES, ContactReason, GuessedReason
from avise.models.interaction import Interaction
from avise.models.names import fold_words
from avise.models.wrap_up import Deed
from avise.services.customer_updates import Alert, Likelihood, Severity, Suggestion
from avise.services.facts import Facts, word
from avise.services.suggestions import suggestions
from avise.services.wording import alert_text, facet_title
from avise.texts.formats import format_short_date, local

RECENT = timedelta(days=10)
"""An exchange of the last days on a reason makes another on the same one likely (`domain.md` 3.3, e)."""

_ANSWERS = {Likelihood.VERY_LIKELY: 35, Likelihood.LIKELY: 22, Likelihood.POSSIBLE: 8}
_ALERTS = {Severity.DANGER: 24, Severity.WARN: 16, Severity.NOTE: 12, Severity.NEUTRAL: 6}
_QUEUE, _SEARCHED, _REPEATED = 60, 30, 20
_DEED_FIRST, _DEED_OTHER = 40, 12
"""A block opened during the call speaks for the reasons that it answers first."""

_FACET_DEEDS = frozenset({"consulted", "reread", "insert"})


@dataclass(frozen=True, slots=True)
class _Clue:
    """Something that speaks for a reason."""

    reason: str
    weight: int
    because: str
    about: str = ""


def guess_reasons(
    reasons: Mapping[str, ContactReason],
    facts: Facts,
    alerts: Sequence[Alert] = (),
    interactions: Sequence[Interaction] = (),
    deeds: Sequence[Deed] = (),
    queue: str = "",
) -> tuple[GuessedReason, ...]:
    """Return the three likeliest reasons, best first.

    Args:
        reasons: every reason, by code.
        facts: what is known of the customer.
        alerts: of the customer's header.
        interactions: the last exchanges, whoever lists them.
        deeds: what the agent did since the exchange began.
        queue: where the call waited, or the choice in the voice menu.
    """
    clues = [
        *_from_queue(reasons, queue),
        *_from_deeds(reasons, deeds),
        *_from_answers(suggestions(facts)[0]),
        *_from_search(reasons, facts),
        *_from_alerts(reasons, alerts),
        *_from_interactions(facts, interactions),
    ]
    known = [clue for clue in clues if clue.reason in reasons]
    ranked = sorted(reasons.values(), key=lambda reason: (-_weight(reason, known), reason.id))
    return tuple(_guessed(reason, known) for reason in ranked[:SHOWN_GUESSES])


def _weight(reason: ContactReason, clues: Sequence[_Clue]) -> Decimal:
    return reason.share / 2 + sum(clue.weight for clue in clues if clue.reason == reason.id)


def _guessed(reason: ContactReason, clues: Sequence[_Clue]) -> GuessedReason:
    mine = [clue for clue in clues if clue.reason == reason.id]
    if not mine:
        return GuessedReason(reason.id, "common")
    best = max(mine, key=lambda clue: clue.weight)
    return GuessedReason(reason.id, best.because, best.about)


def _from_queue(reasons: Mapping[str, ContactReason], queue: str) -> Iterator[_Clue]:
    for reason in _said(reasons, queue):
        yield _Clue(reason, _QUEUE, "queue", queue.strip())


def _from_search(reasons: Mapping[str, ContactReason], facts: Facts) -> Iterator[_Clue]:
    record = facts.first("member_space")
    searched = word(record, "last_search") if record is not None else ""
    for reason in _said(reasons, searched):
        yield _Clue(reason, _SEARCHED, "search", searched)


def _said(reasons: Mapping[str, ContactReason], words: str) -> list[str]:
    """Return the reasons that some words name, by the beginning of a word: « remboursements optiques »."""
    said = _words(words)
    if not said.strip():
        return []
    return [reason.id for reason in reasons.values() if any(_words(name) in said for name in reason.words)]


def _words(text: str) -> str:
    return " " + " ".join(fold_words(text))


def _from_deeds(reasons: Mapping[str, ContactReason], deeds: Sequence[Deed]) -> Iterator[_Clue]:
    seen: set[str] = set()
    for deed in deeds:
        if deed.kind not in _FACET_DEEDS or deed.about in seen:
            continue
        seen.add(deed.about)
        for reason in reasons.values():
            if deed.about in reason.facets:
                weight = _DEED_FIRST if deed.about == reason.facets[0] else _DEED_OTHER
                yield _Clue(reason.id, weight, "deed", facet_title(deed.about))


def _from_answers(answers: Sequence[Suggestion]) -> Iterator[_Clue]:
    for answer in answers:
        yield _Clue(answer.reason, _ANSWERS[answer.likelihood], "answer", answer.question)


def _from_alerts(reasons: Mapping[str, ContactReason], alerts: Sequence[Alert]) -> Iterator[_Clue]:
    announced: dict[str, list[str]] = {}
    for reason in reasons.values():
        for name in reason.alerts:
            announced.setdefault(name, []).append(reason.id)
    for alert in alerts:
        precise = f"{alert.id}.{alert.params.get('kind', '')}"
        for reason_id in (*announced.get(alert.id, ()), *announced.get(precise, ())):
            yield _Clue(reason_id, _ALERTS[alert.severity], "alert", alert_text(alert))


def _from_interactions(facts: Facts, interactions: Sequence[Interaction]) -> Iterator[_Clue]:
    told: set[str] = set()
    for interaction in sorted(interactions, key=lambda found: found.at, reverse=True):
        recent = facts.now - RECENT <= interaction.at <= facts.now
        if recent and interaction.reason and interaction.reason not in told:
            told.add(interaction.reason)
            day = format_short_date(local(interaction.at).date())
            yield _Clue(interaction.reason, _REPEATED, "recent", day)
