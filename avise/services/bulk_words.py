"""What is said of the filling of the directory, on the Sources page and at a terminal."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from avise.models.bulk_reading import BulkReading, Decision, Doubt, DoubtKind, ReadingStep
from avise.texts import plural, text
from avise.texts.formats import HARD, format_duration, format_moment, format_number, format_percent

_UNITS = ("unit.kilobytes", "unit.megabytes", "unit.gigabytes")


def size_words(size: int) -> str:
    """Return a size for people: 12 ko, 1,4 Go."""
    value, unit = Decimal(size) / 1000, _UNITS[0]
    for larger in _UNITS[1:]:
        if value < 1000:
            break
        value, unit = value / 1000, larger
    decimals = 1 if value < 100 and unit != _UNITS[0] else 0
    return f"{format_number(round(value, decimals), decimals)}{HARD}{text(unit)}"


def progress_sentence(bulk: BulkReading) -> str:
    """Return how far a reading is: how many, of how many, how fast, how long."""
    count = format_number(bulk.count)
    pieces = [plural("bulk.read", bulk.count, count=count)]
    if bulk.total is not None and bulk.share is not None:
        share = format_percent(Decimal(str(round(100 * bulk.share))))
        pieces = [text("bulk.read_of", count=count, total=format_number(bulk.total), share=share)]
    if bulk.per_second:
        pieces.append(text("bulk.pace", pace=format_number(bulk.per_second)))
    if bulk.seconds_left is not None:
        left = timedelta(seconds=bulk.seconds_left)
        soon = left < timedelta(minutes=1)
        pieces.append(text("bulk.soon") if soon else text("bulk.left", duration=format_duration(left)))
    return ", ".join(pieces)


def row_words(bulk: BulkReading | None) -> str:
    """Return what the tool's row says of the directory, "" when there is nothing to say."""
    if bulk is None or bulk.step is ReadingStep.FOLLOWING:
        return ""
    if not bulk.of_directory:
        return text("bulk.row.held_file")
    if bulk.step is ReadingStep.READING and bulk.share is not None:
        share = format_percent(Decimal(str(round(100 * bulk.share))))
        return text("bulk.row.share", share=share)
    return text(f"bulk.row.{bulk.step}")


def act_key(bulk: BulkReading | None, decision: Decision) -> str:
    """Return the catalogue's key of what a decision does, as its button says it."""
    return f"bulk.{decision}{_of_what(bulk)}"


def decided_key(bulk: BulkReading | None, decision: Decision) -> str:
    """Return the catalogue's key of what was decided."""
    return f"bulk.decided.{decision}{_of_what(bulk)}"


def _of_what(bulk: BulkReading | None) -> str:
    return "" if bulk is None or bulk.of_directory else "_file"


def doubt_lines(doubt: Doubt, now: datetime) -> tuple[str, str]:
    """Return what is in use, and what came: sizes and dates."""
    moments = [format_moment(at, now) if at is not None else "" for at in (doubt.before_at, doubt.now_at)]
    if doubt.kind is DoubtKind.FILE:
        sizes = (size_words(doubt.before), size_words(doubt.now))
        return (
            text("bulk.held.file_in_use", size=sizes[0], moment=moments[0]),
            text("bulk.held.file_came", size=sizes[1], moment=moments[1]),
        )
    return (
        plural("bulk.held.listed", doubt.before, count=format_number(doubt.before)),
        plural("bulk.held.staying", doubt.now, count=format_number(doubt.now), moment=moments[1]),
    )


def held_file_sentence(doubt: Doubt, instance: str, now: datetime) -> str:
    """Return that a file waits, that the one before stays in use, and by which command somebody decides."""
    moments = {
        name: format_moment(at, now) if at is not None else "–"
        for name, at in (("before_at", doubt.before_at), ("now_at", doubt.now_at))
    }
    sizes = {"before": size_words(doubt.before), "now": size_words(doubt.now)}
    waits = text("bulk.held.file_waits", **sizes, **moments)
    return f"{waits} {text('bulk.how_to_decide', instance=instance)}"


def kept_sentence(since: datetime | None, now: datetime) -> str:
    """Return that what came was not taken, because somebody keeps the old directory.

    Args:
        since: when they said so, None when it was not noted.
        now: the time.
    """
    if since is None:
        return text("bulk.kept_out")
    return text("bulk.kept_out_since", moment=format_moment(since, now))


def remarks(bulk: BulkReading, source: str) -> list[str]:
    """Return what else there is to say of a reading that is not over."""
    lines = []
    if bulk.step is ReadingStep.INTERRUPTED:
        lines.append(text("bulk.interrupted", source=source))
    if bulk.started_over:
        lines.append(text("bulk.started_over", source=source))
    if bulk.gone_on_from:
        count = format_number(bulk.gone_on_from)
        lines.append(plural("bulk.gone_on", bulk.gone_on_from, count=count))
    return [*lines, text("bulk.meanwhile")]
