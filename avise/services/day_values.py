"""What Ma journée and the wrap-up are made of; the window draws these values and nothing else.

Apart from the services that make them so that the window imports neither connectors nor checked files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from avise.models.absences import Absence
from avise.models.customer import PersonId, SearchHit
from avise.models.note_findings import Finding
from avise.models.own_history import UnlinkedInteraction
from avise.models.source_status import SourceState
from avise.models.tasks import Task, TaskId
from avise.models.wrap_up import WrapUp

if TYPE_CHECKING:
    from avise.models.confirmations import Confirmation


@dataclass(frozen=True, slots=True)
class WrapUpDraft:
    """A wrap-up that was being written."""

    person: PersonId | None
    """None while nobody knows who speaks; the call says which exchange it is."""
    wrap_up: WrapUp
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class SavedWrapUp:
    """What became of a draft that was handed over to be kept."""

    saved_at: datetime
    findings: tuple[Finding, ...]
    """Of the note, for the screen."""
    masked: bool
    """Whether a number was masked in what is kept."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as a list shows it."""

    task: Task
    holder: str
    """Login of whoever has to do it now: its assignee, or a deputy."""
    who: SearchHit | None = None
    """Whom it is about, as this role may see people in a list; None when nobody, or unknown here."""


@dataclass(frozen=True, slots=True)
class TaskBoard:
    """The open tasks of this user at one moment, the first due first."""

    mine: tuple[TaskRow, ...] = ()
    """What this user has to do, others' tasks during their absence included."""
    entrusted: tuple[TaskRow, ...] = ()
    """This user's tasks that a deputy holds during an absence."""
    reminders: tuple[TaskId, ...] = ()
    """Tasks of `mine` whose reminder, or whose hour, has come."""
    absence: Absence | None = None
    """This user's absence under way, or the next one."""


class DiaryState(StrEnum):
    """Whether the day's appointments are known. Sentence: catalogue key `day.appointments.<state>`."""

    ABSENT = "absent"
    """No tool keeps diaries of staff."""
    READING = "reading"
    """A tool is being asked for the first time."""
    KNOWN = "known"
    FAILED = "failed"
    """A tool that does could not be asked: some appointments may lack."""


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """One appointment of the agent's."""

    id: str
    starts_at: datetime
    ends_at: datetime | None
    kind: str
    """Canonical code of the facet's field."""
    subject: str
    place: str
    status: str
    source: str
    """Instance of the connector."""


@dataclass(frozen=True, slots=True)
class Diary:
    """The appointments of one day."""

    state: DiaryState = DiaryState.ABSENT
    entries: tuple[DiaryEntry, ...] = ()
    """The first first; those cancelled are left out."""
    missing: tuple[str, ...] = ()
    """Names of the tools that could not be asked."""
    as_of: datetime | None = None
    """The oldest of the readings."""


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One piece of news."""

    day: date
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class TeamNews:
    """The news of a day, or why they cannot be read."""

    items: tuple[NewsItem, ...] = ()
    """Newest first."""
    trouble: str = ""
    """A sentence when the file cannot be read; the errors themselves are in `problems`."""
    problems: tuple[str, ...] = ()
    """"line 12: …", in the order of lines."""


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request that this user passed on, with the sentence to tell whoever asks about it."""

    number: str
    """"" while it has none."""
    title: str
    sent_at: datetime
    sentence: str
    """Ready to be said: « Votre demande est entre les mains de… »."""
    due: datetime | None = None
    person: PersonId | None = None
    request: UUID | None = None
    """Of the request itself, to open it."""
    questions: int = 0
    """Questions of the middle office that wait for this user's answer."""


@dataclass(frozen=True, slots=True)
class DayRequests:
    """The requests passed on, and whether anything follows them at all."""

    followed: bool = False
    """False: nobody keeps requests yet, which is not the same as none (`day.requests.absent`)."""
    rows: tuple[SentRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedConfirmation:
    """What a colleague asks this user to confirm, as this role may see it."""

    asked: Confirmation
    who: SearchHit | None
    """Whom it is about."""
    asker: str
    """What colleagues call whoever asks."""
    sealed: bool = False
    """A protected file: it is opened, with its reason, before what would change is shown."""


@dataclass(frozen=True, slots=True)
class ToolState:
    """How one tool is."""

    instance: str
    name: str
    state: SourceState
    since: datetime | None


@dataclass(frozen=True, slots=True)
class MyDay:
    """One day of one user, at one moment."""

    day: date
    late: tuple[TaskRow, ...] = ()
    today: tuple[TaskRow, ...] = ()
    later: tuple[TaskRow, ...] = ()
    board: TaskBoard = field(default_factory=TaskBoard)
    """The same tasks, with those entrusted to a deputy, the reminders and the absence."""
    confirmations: tuple[AskedConfirmation, ...] = ()
    """What colleagues ask this user to confirm, what expires first before the rest."""
    unfinished: tuple[WrapUpDraft, ...] = ()
    """Wrap-ups that are still to be recorded, newest first."""
    unlinked: tuple[UnlinkedInteraction, ...] = ()
    """Exchanges that belong to nobody yet, newest first."""
    diary: Diary = field(default_factory=Diary)
    requests: DayRequests = field(default_factory=DayRequests)
    news: TeamNews = field(default_factory=TeamNews)
    tools: tuple[ToolState, ...] = ()
