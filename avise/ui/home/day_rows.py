"""What the list of Ma journée shows: call-backs and tasks in three groups of time, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from avise.models.tasks import TaskKind
from avise.services.day_values import MyDay, TaskRow
from avise.texts import plural, text
from avise.texts.formats import format_list_name, format_phone
from avise.ui.home.moments import due_chip, due_sentence
from avise.ui.widgets.chip import ChipSpec


class DayAction(StrEnum):
    """What can be done with a task. Label: catalogue key `day.action.<action>`."""

    CALL = "call"
    """Open the file of whoever is to be called back."""
    OPEN = "open"
    COMPARE = "compare"
    """Compare two changes of the same."""
    DONE = "done"
    MOVE = "move"
    ASSIGN = "assign"


@dataclass(frozen=True, slots=True)
class DayRow:
    """One row: the title of a group, a sentence, or a task."""

    title: str
    detail: str = ""
    """Under the title: whom it is about, the telephone number, what it is about."""
    is_title: bool = False
    """Of a group."""
    count: str = ""
    """Beside the title of a group."""
    late: bool = False
    """A group whose tasks are late."""
    icon: str = ""
    chip: ChipSpec | None = None
    when: str = ""
    """When it is due, in a sentence."""
    aside: str = ""
    """Who gave it, or who holds it meanwhile."""
    task: TaskRow | None = None
    actions: tuple[DayAction, ...] = ()
    """The primary one first, when there is a person; what else can be done after it."""

    @property
    def primary(self) -> DayAction | None:
        """What Enter does."""
        return self.actions[0] if self.actions and self.actions[0] in _PRIMARY else None

    @property
    def sentence(self) -> str:
        """The row as one sentence, for a screen reader."""
        parts = (self.title, self.count, self.detail, self.when, self.aside)
        return ", ".join(part for part in parts if part)


_PRIMARY = (DayAction.CALL, DayAction.OPEN, DayAction.COMPARE)
_OTHERS = (DayAction.DONE, DayAction.MOVE, DayAction.ASSIGN)


def day_rows(day: MyDay, user: str, now: datetime) -> tuple[DayRow, ...]:
    """Return the rows of a day.

    Args:
        day: as the desk tells it.
        user: login of whoever looks: tasks of others say so.
        now: the present, for what is late and what is soon.
    """
    rows: list[DayRow] = []
    if day.late:
        rows += _group("day.group.late", day.late, user, now, late=True)
    rows += _group("day.group.today", day.today, user, now)
    if not day.today:
        rows.append(DayRow(text("day.nothing_left" if day.late or day.later else "day.nothing")))
    if day.later:
        rows += _group("day.group.later", day.later, user, now)
    if day.board.entrusted:
        rows += _group("day.group.entrusted", day.board.entrusted, user, now)
    return tuple(rows)


def _group(
    key: str, tasks: Sequence[TaskRow], user: str, now: datetime, *, late: bool = False
) -> list[DayRow]:
    title = DayRow(text(key), is_title=True, count=str(len(tasks)) if tasks else "", late=late)
    return [title, *(task_row(task, user, now) for task in tasks)]


def task_row(row: TaskRow, user: str, now: datetime) -> DayRow:
    """Return the row of one task."""
    is_callback = row.task.kind is TaskKind.CALLBACK
    return DayRow(
        title=_title(row),
        detail=_detail(row),
        icon="phone-outgoing" if is_callback else "list-checks",
        chip=due_chip(row.task.due, now),
        when=due_sentence(row.task.due, now),
        aside=_aside(row, user),
        task=row,
        actions=_actions(row, user),
    )


def who_words(row: TaskRow) -> str:
    """Return whom a task is about, as lists write people; "" when nobody."""
    if row.who is None:
        return ""
    party = row.who.entry.party
    return format_list_name(party.last_name, party.first_name) or party.company_name


def _title(row: TaskRow) -> str:
    who = who_words(row)
    if row.task.kind is TaskKind.CALLBACK:
        return text("day.call_back", name=who) if who else row.task.words or text("task.kind.callback")
    return row.task.words


def _detail(row: TaskRow) -> str:
    """Return the second line; a protected file shows no number."""
    parts: list[str] = []
    if row.task.kind is TaskKind.CALLBACK:
        phones = row.who.entry.party.phones if row.who is not None else ()
        parts += [format_phone(phones[0])] if phones else []
        parts += [text(f"reason.{row.task.reason}")] if row.task.reason else []
        parts += [row.task.words] if row.who is not None else []
    else:
        parts.append(who_words(row))
    if row.task.moves > 1:
        parts.append(plural("day.moved", row.task.moves))
    return " · ".join(part for part in parts if part)


def _aside(row: TaskRow, user: str) -> str:
    task = row.task
    if row.holder != user:
        return text("day.held_by", login=row.holder)
    if task.assignee != user:
        return text("day.for_absent", login=task.assignee)
    return text("day.given_by", login=task.author) if task.author != user else ""


def _actions(row: TaskRow, user: str) -> tuple[DayAction, ...]:
    """Return what can be done: a deputy's tasks are only looked at."""
    opens: tuple[DayAction, ...] = ()
    if row.task.about and row.holder == user:
        opens = (DayAction.COMPARE,)
    elif row.who is not None:
        may_call = row.task.kind is TaskKind.CALLBACK and bool(row.who.entry.party.phones)
        opens = (DayAction.CALL if may_call else DayAction.OPEN,)
    return (*opens, *(_OTHERS if row.holder == user else ()))
