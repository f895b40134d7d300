"""What the Sources page says of a tool: pure functions from a status to sentences."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from avise.models.bulk_reading import ReadingStep
from avise.models.errors import ErrorKind
from avise.models.source_status import Attempt, SourceState, SourceStatus
from avise.services.bulk_words import row_words
from avise.services.support_words import meaning_of
from avise.texts import plural, text
from avise.texts.endings import ended_once
from avise.texts.formats import (
    HARD,
    format_age,
    format_duration,
    format_moment,
    format_number,
    format_percent,
    format_seconds,
    format_time_with_seconds,
)

_WORST_FIRST = (
    SourceState.MISCONFIGURED,
    SourceState.REFUSED,
    SourceState.NEEDS_AUTH,
    SourceState.FAILING,
    SourceState.SUSPENDED,
    SourceState.SLOW,
    SourceState.UP_TO_DATE,
    SourceState.NEVER_READ,
    SourceState.RESERVED,
)
_RANK = {state: rank for rank, state in enumerate(_WORST_FIRST)}

QUICK_MS = 2000
"""A reading under two seconds is quick (`ui.md` 11: all fresh facets)."""

_NEVER_ASKED = frozenset({SourceState.MISCONFIGURED, SourceState.REFUSED, SourceState.RESERVED})

QUARANTINED = "source.refused.quarantined"
"""Failed at three starts and put aside: trying again puts it back in service."""


def is_asked(source: SourceStatus) -> bool:
    """Return whether the tool is read at all: otherwise there is nothing to retry from here."""
    return source.state not in _NEVER_ASKED and not source.refused_because


def is_held(source: SourceStatus) -> bool:
    """Return whether the directory that the tool fills waits for somebody's decision."""
    return source.bulk is not None and source.bulk.step is ReadingStep.HELD


def asks_sign_in(source: SourceStatus) -> bool:
    """Return whether the user can put the tool right by signing in there again."""
    return bool(source.sign_in) and source.state is SourceState.NEEDS_AUTH


def worst_first(sources: Sequence[SourceStatus]) -> tuple[SourceStatus, ...]:
    """Return the tools with those that need somebody first, then by name."""
    return tuple(sorted(sources, key=lambda source: (not is_held(source), _RANK[source.state], source.name)))


def milliseconds(value: int | None) -> str:
    """Return a latency in seconds, "" when it is not known."""
    return "" if value is None else format_seconds(value / 1000)


def failures(source: SourceStatus) -> str:
    """Return failures and calls of the last hour: "12 / 12"."""
    if not source.calls_1h and not is_asked(source):
        return ""
    return f"{format_number(source.failures_1h)} / {format_number(source.calls_1h)}"


def level(source: SourceStatus) -> str:
    """Return the level of the connector in a few words, "" for one that was not loaded."""
    if source.refused_because:
        return ""
    if source.conformance is None:
        return text("sources.row.not_proven")
    return text("sources.row.level", level=text(f"conformance_level.{source.conformance}"))


def second_line(source: SourceStatus) -> str:
    """Return what stands under a tool’s name: what its directory waits for, its level, else its connector.

    What changes comes first: a narrow window cuts the end.
    """
    proven, waits_for = level(source), row_words(source.bulk)
    if not proven:
        return waits_for or text("sources.connector", connector=source.connector)
    return f"{waits_for} · {proven}" if waits_for else f"{proven} · {source.connector}"


def conformance(source: SourceStatus) -> str:
    """Return how far the connector was proven, "" for one that was not loaded."""
    if source.refused_because:
        return ""
    if source.conformance is None:
        return text("sources.not_proven", connector=source.connector)
    level = text(f"conformance_level.{source.conformance}")
    return text("sources.proven", connector=source.connector, level=level)


def last_reading(source: SourceStatus, now: datetime) -> str:
    """Return when the tool was last read, and whether what is shown is a copy."""
    if source.last_success is None:
        return text("sources.never")
    moment = format_moment(source.last_success, now)
    if source.state in (SourceState.FAILING, SourceState.NEEDS_AUTH, SourceState.SUSPENDED):
        return text("sources.copy_of", moment=moment)
    return moment


def can_retry(source: SourceStatus) -> bool:
    """Return whether Réessayer means anything."""
    if source.refused_because == QUARANTINED:
        return True
    return is_asked(source) and source.state in (
        SourceState.FAILING,
        SourceState.SLOW,
        SourceState.SUSPENDED,
        SourceState.NEEDS_AUTH,
    )


def since(source: SourceStatus, now: datetime) -> str:
    """Return the state and for how long: "en erreur depuis 14 min"."""
    word = text(f"source_state.{source.state}")
    if source.since is None or source.state is SourceState.UP_TO_DATE:
        return word
    if now - source.since < timedelta(minutes=1):
        return word
    return text("sources.since", state=word, duration=format_duration(now - source.since))


def explained(source: SourceStatus, now: datetime) -> str:
    """Return what happens, for people who are not technicians."""
    if source.refused_because:
        return _refusal(source)
    key = f"sources.explained.{source.state}"
    if source.state is SourceState.FAILING:
        kind = source.last_failure.kind if source.last_failure is not None else ErrorKind.UNAVAILABLE
        if meaning := meaning_of(source.last_failure.detail if source.last_failure else "", source.name):
            return meaning
        cause = text(f"attempt.{kind}")
        return text(key, source=source.name, cause=cause, failures=failures(source))
    if asks_sign_in(source):
        return text("tool_sign_in.explained", source=source.name)
    sentence = text(
        key,
        source=source.name,
        median=milliseconds(source.median_ms) or "?",
        moment=last_reading(source, now),
    )
    detail = source.last_failure.detail if source.last_failure is not None else ""
    if detail and source.state in (SourceState.MISCONFIGURED, SourceState.NEEDS_AUTH):
        meaning = meaning_of(detail, source.name)
        return meaning or ended_once(f"{sentence} {text('sources.for_support', detail=detail)}")
    return sentence


def _refusal(source: SourceStatus) -> str:
    reason = text(source.refused_because, detail=source.refused_detail)
    if source.refused_detail and source.refused_detail not in reason:
        return ended_once(f"{reason} {text('sources.for_support', detail=source.refused_detail)}")
    return reason


def retry_word(source: SourceStatus) -> str:
    """Return what its button says: a connector that was set apart is enabled again."""
    return text("sources.enable_again" if source.refused_because == QUARANTINED else "sources.retry")


def file_line(source: SourceStatus, now: datetime) -> tuple[str, str] | None:
    """Return what came of the last change of the connector's file: icon and sentence; None for no change."""
    change = source.file_change
    if change is None:
        return None
    moment = format_moment(change.at, now)
    if not change.refused_because:
        return "circle-check", text("sources.file_taken", moment=moment)
    reason = change.refused_detail or text(change.refused_because, detail="")
    # One that was refused from the start has no version before.
    key = "sources.file_still_bad" if source.refused_because else "sources.file_kept"
    return "circle-x", text(key, moment=moment, reason=reason)


def to_do(source: SourceStatus) -> str:
    """Return what somebody can do about it, "" when nothing needs to be done."""
    if source.state in (SourceState.UP_TO_DATE, SourceState.NEVER_READ):
        return ""
    if source.refused_because == QUARANTINED:
        return text("sources.to_do.quarantined")
    if source.refused_because and source.state is SourceState.SUSPENDED:
        return text("sources.to_do.disabled")
    if asks_sign_in(source):
        return text("tool_sign_in.to_do")
    return text(f"sources.to_do.{source.state}")


def countdown(source: SourceStatus, now: datetime) -> str:
    """Return when the next automatic try comes, "" when none is planned."""
    if source.retry_at is None:
        return ""
    left = source.retry_at - now
    if left <= timedelta(0):
        return text("sources.retry_soon")
    minutes, seconds = divmod(int(left.total_seconds()), 60)
    return text("sources.retry_in", left=f"{minutes}:{seconds:02d}")


def instead(source: SourceStatus, now: datetime) -> tuple[tuple[str, str], ...]:
    """Return what the screens show while the tool does not answer: icon and sentence."""
    if source.state in (SourceState.UP_TO_DATE, SourceState.NEVER_READ, SourceState.RESERVED):
        return ()
    found = []
    if source.cached_customers and source.oldest_copy is not None:
        age = format_age(now - source.oldest_copy)
        found.append(("history", _copies(source.cached_customers, age)))
    found.append(("circle-slash", text("sources.no_copy" if found else "sources.no_copy_at_all")))
    return tuple(found)


def _copies(count: int, age: str) -> str:
    return plural("sources.copies", count, count=format_number(count), age=age)


def attempt_line(attempt: Attempt, source: SourceStatus) -> tuple[str, str]:
    """Return the time and the outcome of a recent call; where users sign in, our account is not refused."""
    took = format_seconds(attempt.milliseconds / 1000)
    own = attempt.outcome == ErrorKind.AUTH and bool(source.sign_in)
    outcome = text("attempt.sign_in" if own else f"attempt.{attempt.outcome}")
    return format_time_with_seconds(attempt.at), text("sources.attempt", outcome=outcome, took=took)


def overall(sources: Sequence[SourceStatus]) -> tuple[str, str]:
    """Return the median of all readings, and the share under two seconds; "" when nothing was read."""
    samples = [sample for source in sources for sample in source.samples_ms]
    if not samples:
        return "", ""
    quick = sum(sample < QUICK_MS for sample in samples)
    return (
        milliseconds(round(statistics.median(samples))),
        format_percent(Decimal(100 * quick) / len(samples), 1),
    )


def chart_sentence(source: SourceStatus) -> str:
    """Return the chart in words."""
    return text(
        "sources.chart_spoken",
        count=len(source.samples_ms),
        median=milliseconds(source.median_ms),
        p95=milliseconds(source.p95_ms),
        last=milliseconds(source.samples_ms[-1]) if source.samples_ms else "",
    )


def row_sentence(source: SourceStatus, now: datetime) -> str:
    """Return a row of the table as one sentence."""
    pieces = [source.name, since(source, now)]
    if source.median_ms is not None:
        pieces.append(text("sources.spoken_median", median=milliseconds(source.median_ms)))
    if source.failures_1h:
        pieces.append(plural("sources.spoken_failures", source.failures_1h))
    pieces.append(text("sources.spoken_last", moment=last_reading(source, now)))
    if words := row_words(source.bulk):
        pieces.append(words)
    if proven := level(source):
        pieces.append(proven)
    return ", ".join(pieces).replace(HARD, " ")
