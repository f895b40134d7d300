"""The customers open at the same time: at most nine, in tab order and in recent order (`ui.md` 5.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from avise.models.customer import PersonId, SearchHit
from avise.models.roles import Purpose
from avise.services.desk import SavedTab
from avise.texts.formats import format_list_name

MAX_SESSIONS = 9
"""One for each of Alt+1…9; the tenth asks which to close."""


@dataclass(frozen=True, slots=True)
class SessionTab:
    """One open customer."""

    person: PersonId
    label: str
    """NOM Prénom."""
    purpose: Purpose = Purpose.SEARCH
    reason: str = ""
    """Why a protected file is open; asked again after a restart."""
    birth_year: int | None = None
    """Shown when two open customers bear the same name."""
    restricted: bool = False
    has_draft: bool = False
    on_call: bool = False
    unread: int = 0
    to_send: int = 0
    """What waits to leave: commands to tools, and what was written here while the hub is out of reach."""
    to_follow: int = 0
    """Commands to tools that need their owner."""


def tab_of(hit: SearchHit, purpose: Purpose, reason: str = "") -> SessionTab:
    """Return the tab of a search result."""
    party = hit.entry.party
    label = format_list_name(party.last_name, party.first_name) or party.company_name
    year = party.birth_date.year if party.birth_date else None
    return SessionTab(hit.entry.person, label, purpose, reason, year, party.restricted)


class Sessions(QObject):
    """Which customers are open and which one is shown.

    Signals:
        changed: tabs, their order or their marks.
        current_changed: another customer is shown, or none.
        closed: a tab went away (its person).
        full: a tenth customer wants in (its `SessionTab`).
    """

    changed = Signal()
    current_changed = Signal()
    closed = Signal(object)
    full = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tabs: list[SessionTab] = []
        self._recent: list[PersonId] = []
        self._closed: list[SessionTab] = []
        self._current: PersonId | None = None
        self._cycle: tuple[PersonId, ...] = ()

    # ---- reading -----------------------------------------------------------------------------
    @property
    def tabs(self) -> tuple[SessionTab, ...]:
        """The open customers, in tab order."""
        return tuple(self._tabs)

    @property
    def current(self) -> PersonId | None:
        """The customer shown, None when a page of the rail is."""
        return self._current

    @property
    def last_shown(self) -> PersonId | None:
        """The open customer shown most recently."""
        return self._recent[0] if self._recent else None

    def tab(self, person: PersonId) -> SessionTab | None:
        """Return the tab of a customer."""
        return next((tab for tab in self._tabs if tab.person == person), None)

    def label_of(self, tab: SessionTab) -> str:
        """Return what a tab says: the birth year is added for homonyms."""
        same = sum(other.label == tab.label for other in self._tabs)
        return f"{tab.label} {tab.birth_year}" if same > 1 and tab.birth_year else tab.label

    def saved(self) -> tuple[SavedTab, ...]:
        """Return the tabs as they are kept for the next start."""
        return tuple(
            SavedTab(tab.person, tab.label, position, tab.person == self._current)
            for position, tab in enumerate(self._tabs)
        )

    # ---- changing ----------------------------------------------------------------------------
    def open(self, tab: SessionTab, *, show: bool = True) -> bool:
        """Open a customer, or go to the tab that is already there.

        Returns:
            False when nine are open: `full` is emitted and nothing changes.
        """
        if self.tab(tab.person) is None:
            if len(self._tabs) >= MAX_SESSIONS:
                self.full.emit(tab)
                return False
            self._tabs.append(tab)
            self._recent.append(tab.person)
            self.changed.emit()
        if show:
            self.show(tab.person)
        return True

    def show(self, person: PersonId | None) -> None:
        """Show an open customer, or none."""
        if person is not None:
            if self.tab(person) is None:
                return
            if not self._cycle:
                self._to_front(person)
        if person != self._current:
            self._current = person
            self.changed.emit()
            self.current_changed.emit()

    def show_number(self, number: int) -> None:
        """Show the tab of a number, from 1; nothing when there is none."""
        if 1 <= number <= len(self._tabs):
            self.show(self._tabs[number - 1].person)

    def step(self, direction: int) -> None:
        """Go through the customers in recent order; `end_steps` says that the keys were released."""
        if not self._recent:
            return
        if not self._cycle:
            self._cycle = tuple(self._recent)
        here = self._cycle.index(self._current) if self._current in self._cycle else -direction
        self.show(self._cycle[(here + direction) % len(self._cycle)])

    def end_steps(self) -> None:
        """Make the customer shown the most recent one."""
        if self._cycle:
            self._cycle = ()
            if self._current is not None:
                self._to_front(self._current)

    def close(self, person: PersonId) -> None:
        """Close a customer; the one shown before comes back."""
        tab = self.tab(person)
        if tab is None:
            return
        self._cycle = ()
        self._tabs.remove(tab)
        self._recent.remove(person)
        self._closed = [*(old for old in self._closed if old.person != person), tab][-MAX_SESSIONS:]
        self.closed.emit(person)
        if self._current == person:
            self._current = None
            self.show(self._recent[0] if self._recent else None)
            if self._current is None:
                self.current_changed.emit()
        self.changed.emit()

    def reopen(self) -> SessionTab | None:
        """Return the customer closed last, to be opened again, and forget it; None when there is none."""
        return self._closed.pop() if self._closed else None

    def forget_closed(self) -> None:
        """Forget which customers were closed: nobody reopens them by a key."""
        self._closed.clear()

    def rename(self, person: PersonId, label: str) -> None:
        """Give a tab another label."""
        self._replace(person, label=label)

    def mark(
        self,
        person: PersonId,
        *,
        has_draft: bool | None = None,
        on_call: bool | None = None,
        unread: int | None = None,
        to_send: int | None = None,
        to_follow: int | None = None,
    ) -> None:
        """Change the marks of a tab; None leaves one as it is."""
        given = {
            "has_draft": has_draft, "on_call": on_call, "unread": unread, "to_send": to_send,
            "to_follow": to_follow,
        }  # fmt: skip
        self._replace(person, **{name: value for name, value in given.items() if value is not None})

    def _replace(self, person: PersonId, **values: object) -> None:
        tab = self.tab(person)
        if tab is None:
            return
        new = replace(tab, **values)  # type: ignore[arg-type]  # the callers above give the fields' types
        if new != tab:
            self._tabs[self._tabs.index(tab)] = new
            self.changed.emit()

    def _to_front(self, person: PersonId) -> None:
        self._recent.remove(person)
        self._recent.insert(0, person)
