"""How the state of a reading looks and what it says: the table of `ui.md` 6.1 as one pure function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from avise.models.errors import ErrorKind, Failure
from avise.models.facets import FacetState, FacetView
from avise.models.freshness import Aboard, aboard
from avise.services.wording import facet_title
from avise.texts import plural, text
from avise.texts.formats import (
    format_age,
    format_ahead,
    format_moment,
    format_number,
    format_seconds,
    format_time,
    local,
)
from avise.ui.customer.block_content import BlockAction, Row, SentenceRow, Strip
from avise.ui.customer.facet_layouts import LAYOUTS
from avise.ui.widgets.chip import ChipSpec, Tone
from avise.ui.widgets.painting import Span

SKELETON_AFTER_S, COUNTER_AFTER_S = 0.2, 1.0
"""Nothing moves before 0.2 s; the seconds are counted from 1 s on (`ui.md` 1 and 6.1)."""

SIGN_IN = "sign_in"
"""The action of a block whose tool asks its user to sign in again."""

_SLOW = frozenset({ErrorKind.TIMEOUT, ErrorKind.RATE_LIMITED})
"""The copy stays in sight: the tool is late, not broken."""

_BLAMED = {
    ErrorKind.AUTH: ("block.chip.auth", Tone.WARN, "user-x"),
    ErrorKind.CONFIG: ("block.chip.config", Tone.WARN, "settings"),
    ErrorKind.TIMEOUT: ("block.chip.slow", Tone.WARN, "gauge"),
    ErrorKind.RATE_LIMITED: ("block.chip.slow", Tone.WARN, "gauge"),
    ErrorKind.UNSUPPORTED: ("block.chip.unsupported", Tone.NEUTRAL, "circle-slash"),
    ErrorKind.NOT_FOUND: ("block.chip.not_found", Tone.NEUTRAL, "circle-help"),
}
"""Kinds whose look is not the red "erreur": somebody else than the agent must act, or nobody."""

_USELESS_TO_RETRY = frozenset({ErrorKind.CONFIG, ErrorKind.UNSUPPORTED, ErrorKind.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class StateLook:
    """What the state of one reading adds to a block."""

    status: str = ""
    chip: ChipSpec | None = None
    reading: bool = False
    skeleton: bool = False
    strip: Strip | None = None
    sentences: tuple[Row, ...] = ()
    actions: tuple[BlockAction, ...] = ()
    records_shown: bool = True


def state_look(
    view: FacetView, now: datetime, *, reading_s: float | None = None, copy_shown: bool = False
) -> StateLook:
    """Return how a reading stands.

    Args:
        view: the reading.
        now: the present, for ages.
        reading_s: for how long its tool has been read, None when it is not being read.
        copy_shown: the user asked to see the copy of a tool in error.
    """
    match view.state:
        case FacetState.WAITING:
            return _waiting(view, reading_s)
        case FacetState.FRESH | FacetState.TRUNCATED | FacetState.PARTIAL:
            return _with_records(view, now, reading_s)
        case FacetState.EMPTY:
            return _empty(view, now, reading_s)
        case FacetState.STALE:
            return _stale(view, now, reading_s, copy_shown=copy_shown)
        case FacetState.FAILED:
            return _failed(view, now, reading_s)
        case _:
            return _closed(view)


def source_and_time(view: FacetView, now: datetime) -> str:
    """Return the quiet words of a block that is up to date: Prestations · 10:44."""
    if view.as_of is None:
        return view.source_name
    return text("block.at", source=view.source_name, time=format_moment(view.as_of, now))


def _counter(view: FacetView, reading_s: float) -> str:
    if reading_s < COUNTER_AFTER_S:
        return view.source_name
    return text("block.reading_for", seconds=format_seconds(round(reading_s, 1)))


def _waiting(view: FacetView, reading_s: float | None) -> StateLook:
    waited = reading_s or 0.0
    reading = waited >= SKELETON_AFTER_S
    return StateLook(_counter(view, waited), reading=reading, skeleton=reading, records_shown=False)


def _with_records(view: FacetView, now: datetime, reading_s: float | None) -> StateLook:
    refreshing = view.refreshing and (reading_s or 0.0) >= SKELETON_AFTER_S
    if view.state is FacetState.PARTIAL:
        return _partial(view, now, reading=refreshing)
    if view.state is FacetState.TRUNCATED:
        total = view.total or 0
        counted = plural("block.truncated", total, n=format_number(total))
        sentence = counted if total else text("block.truncated_unknown")
        return StateLook(
            source_and_time(view, now),
            reading=refreshing,
            sentences=(_sentence(sentence, "text-3"),),
            actions=(BlockAction("detail", text("block.action.see_all")),),
        )
    return StateLook(source_and_time(view, now), reading=refreshing)


def _partial(view: FacetView, now: datetime, *, reading: bool) -> StateLook:
    if not view.unreadable:
        # Pages are still coming: nothing is wrong.
        return StateLook(source_and_time(view, now), reading=True)
    return StateLook(
        chip=ChipSpec(text("block.chip.partial"), Tone.WARN, "circle-dashed", small=True),
        reading=reading,
        sentences=(_sentence(plural("block.unreadable", view.unreadable)),),
        actions=(BlockAction("retry", text("block.action.retry")),),
    )


def _empty(view: FacetView, now: datetime, reading_s: float | None) -> StateLook:
    refreshing = view.refreshing and (reading_s or 0.0) >= SKELETON_AFTER_S
    sentences = (_found_nothing(view, now),)
    return StateLook(source_and_time(view, now), reading=refreshing, sentences=sentences)


def _found_nothing(view: FacetView, now: datetime) -> Row:
    words = text(f"empty.{view.facet}")
    if view.as_of is not None:
        key = "at" if local(view.as_of).date() == local(now).date() else "on"
        words = f"{words} {text(f'block.checked_{key}', time=format_moment(view.as_of, now))}"
    return _sentence(words)


def _offline(view: FacetView, now: datetime, standing: Aboard) -> StateLook:
    """Return the look of a block whose tool waits for the network: the page says so once for all of them.

    What a tool was asked and did not hold is told with the time of that answer; what was not taken along
    has other words and another chip, and nothing that could be tried.
    """
    if standing is Aboard.ABSENT:
        chip = ChipSpec(text("block.chip.not_on_board"), Tone.NEUTRAL, "cloud-off", small=True)
        sentence = _sentence(text("block.sentence.not_on_board"))
        return StateLook(chip=chip, sentences=(sentence,), records_shown=False)
    chip = _on_board_chip(view, now) if standing is Aboard.CARRIED else _age_chip(view, now)
    if not view.records and not view.unreadable:
        return StateLook(chip=chip, sentences=(_found_nothing(view, now),))
    return StateLook(chip=chip, strip=_advice(view, may_refresh=False))


def _on_board_chip(view: FacetView, now: datetime) -> ChipSpec:
    if view.as_of is None or view.carried_until is None:
        return _age_chip(view, now)
    time = format_moment(view.as_of, now)
    age, end = format_age(now - view.as_of), format_ahead(view.carried_until, now)
    told = text("block.on_board", time=time, age=age, end=end)
    return ChipSpec(text("block.chip.on_board", time=time), Tone.OUTLINE, "hard-drive", small=True, told=told)


def _stale(view: FacetView, now: datetime, reading_s: float | None, *, copy_shown: bool) -> StateLook:
    standing, error = aboard(view, now), view.error
    if standing is not None:
        return _offline(view, now, standing)
    reading = view.refreshing and (reading_s or 0.0) >= SKELETON_AFTER_S
    if error is not None and error.kind not in _SLOW:
        return _error_with_copy(view, error, now, reading=reading, copy_shown=copy_shown)
    chip = _age_chip(view, now)
    sentences: tuple[Row, ...] = ()
    if error is not None:
        sentences = (_sentence(happened(view, error, now), "text-3"),)
    return StateLook(chip=chip, reading=reading, strip=_advice(view), sentences=sentences)


def _age_chip(view: FacetView, now: datetime) -> ChipSpec:
    age = now - view.as_of if view.as_of is not None else timedelta(0)
    return ChipSpec(format_age(age), Tone.WARN, "history", small=True)


def _advice(view: FacetView, *, may_refresh: bool = True) -> Strip | None:
    layout = LAYOUTS.get(view.facet)
    if layout is None or not layout.warns:
        return None
    words = text(f"stale_advice.{view.facet}")
    return Strip(words, BlockAction("retry", text("block.action.refresh")) if may_refresh else None)


def _error_with_copy(
    view: FacetView, error: Failure, now: datetime, *, reading: bool, copy_shown: bool
) -> StateLook:
    when = format_moment(view.as_of, now) if view.as_of else ""
    count = len(view.records)
    copy = plural("block.last_copy", count, time=when) if count else text("block.last_copy_empty", time=when)
    action = "hide_copy" if copy_shown else "show_copy"
    return StateLook(
        chip=_error_chip(error),
        reading=reading,
        sentences=(_happened(view, error, now), _sentence(copy)),
        actions=(
            _first_action(error),
            BlockAction(action, text(f"block.action.{action}")),
        ),
        records_shown=copy_shown,
    )


def _failed(view: FacetView, now: datetime, reading_s: float | None) -> StateLook:
    standing, error = aboard(view, now), view.error or Failure(ErrorKind.UNAVAILABLE)
    if standing is not None:
        return _offline(view, now, standing)
    reading = view.refreshing and (reading_s or 0.0) >= SKELETON_AFTER_S
    sentences: list[Row] = [_happened(view, error, now)]
    if error.retry_at is not None and error.retry_at > now:
        sentences.append(_sentence(text("block.next_try", time=format_time(error.retry_at))))
    actions = () if error.kind in _USELESS_TO_RETRY else (_first_action(error),)
    return StateLook(
        chip=_error_chip(error),
        reading=reading,
        sentences=tuple(sentences),
        actions=actions,
        records_shown=False,
    )


def _closed(view: FacetView) -> StateLook:
    """Return the look of a block that holds nothing on purpose."""
    key, tone, icon = _CLOSED[view.state]
    chip = ChipSpec(text(f"block.chip.{key}"), tone, icon, small=True)
    params = {"facet": facet_title(view.facet), "source": view.source_name}
    if view.state is FacetState.DISABLED and view.error is not None and view.error.retry_at is not None:
        words = text("block.suspended_until", time=format_time(view.error.retry_at))
    else:
        words = text(f"block.sentence.{key}", **params)
    actions = (
        (BlockAction("retry", text("block.action.retry"), button=True),)
        if view.state is FacetState.WITHHELD
        else ()
    )
    return StateLook(chip=chip, sentences=(_sentence(words),), actions=actions, records_shown=False)


_CLOSED = {
    FacetState.FORBIDDEN: ("forbidden", Tone.NEUTRAL, "lock"),
    FacetState.WITHHELD: ("withheld", Tone.DANGER, "user-x"),
    FacetState.NOT_APPLICABLE: ("not_applicable", Tone.PLAIN, "circle-dashed"),
    FacetState.DISABLED: ("disabled", Tone.OUTLINE, "circle-pause"),
}


def _first_action(error: Failure) -> BlockAction:
    """Return what helps: to sign in again, where that is up to the agent, or to ask once more."""
    if error.sign_in:
        return BlockAction(SIGN_IN, text("tool_sign_in.action"), button=True)
    return BlockAction("retry", text("block.action.retry"), button=True)


def _error_chip(error: Failure) -> ChipSpec:
    if error.sign_in:
        return ChipSpec(text("tool_sign_in.chip"), Tone.WARN, "user-x", small=True)
    key, tone, icon = _BLAMED.get(error.kind, ("block.chip.error", Tone.DANGER, "circle-x"))
    return ChipSpec(text(key), tone, icon, small=True)


def happened(view: FacetView, error: Failure, now: datetime) -> str:
    """Return what happened to a tool, since when if it is known."""
    params = {
        "source": view.source_name,
        "facet": facet_title(view.facet),
        "reference": error.reference or "–",
        "code": error.source_code or "–",
    }
    if error.sign_in:
        return text("tool_sign_in.asks", **params)
    if error.since is None:
        return text(f"error.{error.kind}", **params)
    since = text(f"error.{error.kind}.since", since=format_moment(error.since, now), **params)
    if since == f"error.{error.kind}.since":
        return text(f"error.{error.kind}", **params)
    return since


def _happened(view: FacetView, error: Failure, now: datetime) -> Row:
    return _sentence(happened(view, error, now), "text")


def _sentence(words: str, role: str = "text-2") -> SentenceRow:
    return SentenceRow((Span(words, "value", role),), role)
