"""What stands beside the tasks in Ma journée, as lines: requests, appointments, news, exchanges."""

from __future__ import annotations

from datetime import datetime

from avise.models.own_history import UnlinkedInteraction
from avise.services.day_values import DayRequests, Diary, DiaryEntry, DiaryState, TeamNews, WrapUpDraft
from avise.texts import plural, text
from avise.texts.formats import format_moment, format_phone, format_time, local, timeline_day
from avise.ui.home.lines_panel import Line
from avise.ui.home.moments import moment_words
from avise.ui.widgets.chip import ChipSpec, Tone

REQUESTS_SHOWN = 4
"""Requests passed on that always stand in Ma journée: questions first, then the nearest deadline."""

_CHIPS = {
    "tentative": (Tone.WARN, "hourglass"),
    "done": (Tone.OK, "circle-check"),
    "missed": (Tone.DANGER, "circle-x"),
}


def _asked(questions: int) -> ChipSpec | None:
    if not questions:
        return None
    return ChipSpec(plural("day.requests.asked", questions), Tone.WARN, "circle-help")


def request_lines(
    requests: DayRequests, now: datetime, shown: int = REQUESTS_SHOWN
) -> tuple[tuple[Line, ...], str]:
    """Return the requests passed on with the sentence to tell, and what to say when there is none.

    Args:
        requests: those that this user passed on.
        now: the present.
        shown: how many have room.
    """
    if not requests.followed:
        return (), text("day.requests.absent")
    today = local(now).date()
    lines = tuple(
        Line(
            title=" · ".join(part for part in (sent.number, sent.title) if part),
            left=timeline_day(local(sent.sent_at).date(), today),
            detail=sent.sentence,
            quiet=text("moment.due", when=moment_words(sent.due, now)) if sent.due is not None else "",
            action=text("day.requests.open") if sent.request is not None else "",
            chip=_asked(sent.questions),
            key=sent.request,
        )
        for sent in requests.rows[:shown]
    )
    left = len(requests.rows) - len(lines)
    if left > 0:
        return lines, plural("day.requests.more", left)
    return lines, "" if lines else text("day.requests.none")


def diary_lines(diary: Diary) -> tuple[tuple[Line, ...], str, str]:
    """Return the appointments, what is not known of them, and the tone of that sentence."""
    lines = tuple(
        Line(
            title=entry.subject or _kind(entry),
            left="–".join(format_time(at) for at in (entry.starts_at, entry.ends_at) if at is not None),
            detail=entry.place or (_kind(entry) if entry.subject else ""),
            chip=_status(entry.status),
        )
        for entry in diary.entries
    )
    if diary.state is DiaryState.FAILED:
        return lines, text("day.appointments.failed", source=", ".join(diary.missing)), "warn"
    if diary.state is not DiaryState.KNOWN:
        return lines, text(f"day.appointments.{diary.state}"), "muted"
    return lines, "" if lines else text("day.appointments.none"), "muted"


def _kind(entry: DiaryEntry) -> str:
    words = text(f"enum.appointments.kind.{entry.kind}") if entry.kind else ""
    return words[:1].upper() + words[1:]


def _status(status: str) -> ChipSpec | None:
    if status not in _CHIPS:
        return None
    tone, icon = _CHIPS[status]
    return ChipSpec(text(f"enum.appointments.status.{status}"), tone, icon, small=True)


def news_lines(news: TeamNews, now: datetime) -> tuple[tuple[Line, ...], str, str]:
    """Return the team's news, why they cannot be read, and the tone of that sentence."""
    today = local(now).date()
    lines = tuple(Line(item.title, timeline_day(item.day, today), item.words) for item in news.items)
    if news.trouble:
        return lines, "\n".join((news.trouble, *news.problems)), "warn"
    return lines, "" if lines else text("day.news.none"), "muted"


def unlinked_line(found: UnlinkedInteraction, now: datetime) -> Line:
    """Return one exchange that belongs to nobody yet."""
    return Line(
        title=unlinked_title(found),
        left=format_moment(found.interaction.at, now),
        detail=unlinked_detail(found),
        action=text("unlinked.attach"),
        key=found.event,
    )


def unlinked_title(found: UnlinkedInteraction) -> str:
    """Return who spoke, as far as one knows."""
    return found.caller or (format_phone(found.phone) if found.phone else text("unlinked.nobody"))


def unlinked_detail(found: UnlinkedInteraction) -> str:
    """Return the reason and the note."""
    reason = text(f"reason.{found.interaction.reason}") if found.interaction.reason else ""
    phone = format_phone(found.phone) if found.phone and found.caller else ""
    return " · ".join(part for part in (phone, reason, found.interaction.summary) if part)


def unfinished_line(draft: WrapUpDraft, now: datetime) -> Line:
    """Return a wrap-up that is still to be recorded."""
    reason = text(f"reason.{draft.wrap_up.reason}") if draft.wrap_up.reason else ""
    return Line(
        title=reason or text("day.unfinished.untitled"),
        left=format_moment(draft.saved_at, now),
        detail=draft.wrap_up.note,
        action=text("day.unfinished.resume") if draft.person is not None else "",
        key=draft.person,
    )
