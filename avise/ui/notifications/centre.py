"""The notifications of the day, kept in memory: nothing of them is written anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from avise.models.customer import PersonId
from avise.models.requests import RequestId
from avise.texts import text
from avise.texts.formats import local

KEPT = 100
"""Objects; the oldest are forgotten."""


@dataclass(frozen=True, slots=True)
class Notification:
    """Something that the agent did not do, and may want to know.

    It tells no health, no number and no name: it may be read over a shoulder.
    """

    about: str
    """The object that it tells of ("task/<id>", "source/<instance>"): a later one takes its row."""
    sentence: str
    where: str
    """What staff call the page or the tool."""
    at: datetime
    icon: str = "bell"
    page: str = ""
    """Page of the rail that Enter opens."""
    person: PersonId | None = None
    """Whose file Enter opens, when it is not a page."""
    request: RequestId | None = None
    """Which request Enter opens, on its page."""


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """What is told of one object: the last notification, and how many there were."""

    last: Notification
    count: int = 1
    unread: bool = True


class NotificationCentre(QObject):
    """Keeps what was told today, the latest first.

    Signals:
        changed: rows, or what was read of them.
        told: a notification came (a `Notification`).
    """

    changed = Signal()
    told = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[NotificationRow] = []

    @property
    def rows(self) -> tuple[NotificationRow, ...]:
        """One row an object, the latest first."""
        return tuple(self._rows)

    @property
    def unread(self) -> int:
        """How many objects tell something that was not seen."""
        return sum(row.unread for row in self._rows)

    def notify(self, notification: Notification) -> None:
        """Take a notification; those of the days before are forgotten."""
        safe = replace(notification, sentence=safe_sentence(notification.sentence))
        today = local(safe.at).date()
        of_today = [row for row in self._rows if local(row.last.at).date() >= today]
        before = next((row for row in of_today if row.last.about == safe.about), None)
        others = [row for row in of_today if row is not before]
        count = before.count + 1 if before is not None and before.unread else 1
        self._rows = [NotificationRow(safe, count), *others][:KEPT]
        self.told.emit(safe)
        self.changed.emit()

    def read(self, about: str) -> None:
        """Note that an object was seen."""
        self._mark(lambda row: row.last.about == about)

    def read_all(self) -> None:
        """Note that everything was seen."""
        self._mark(lambda _row: True)

    def withdraw(self, about: str) -> None:
        """Take back what is no longer true (a tool answers again)."""
        left = [row for row in self._rows if row.last.about != about]
        if len(left) != len(self._rows):
            self._rows = left
            self.changed.emit()

    def clear(self) -> None:
        """Forget everything: somebody else sits down."""
        self._rows = []
        self.changed.emit()

    def _mark(self, is_meant: Callable[[NotificationRow], bool]) -> None:
        self._rows = [
            replace(row, unread=False, count=1) if row.unread and is_meant(row) else row for row in self._rows
        ]
        self.changed.emit()


def safe_sentence(sentence: str) -> str:
    """Return a sentence as a notification may say it.

    One that tells of health, or holds a number that no note may hold, is told as news without content.
    """
    from avise.models.free_text import FindingKind, check_note  # noqa: PLC0415 - not needed at start
    from avise.services.note_words import note_words  # noqa: PLC0415 - reads a file

    forbidden = (FindingKind.HEALTH, FindingKind.NIR_LIKE)
    found = check_note(sentence, note_words())
    if any(finding.blocks or finding.kind in forbidden for finding in found):
        return text("notifications.neutral")
    return sentence


_current: NotificationCentre | None = None


def notifications() -> NotificationCentre:
    """Return the notifications of this process, kept from one window to the next."""
    global _current  # noqa: PLW0603 - one a process, as the theme is
    if _current is None:
        _current = NotificationCentre()
    return _current


def notify(notification: Notification) -> None:
    """Tell the agent something, wherever they are: the bell counts it."""
    notifications().notify(notification)
